// How many bytes the runs of each project take on disk: journals with their logs, artifacts, stashes. For the limit of
// a project, and measured only where there is one: all of it at the start, each run when it has ended, and what goes on
// a moment after it has moved, so seldom that looking takes at most a tenth of a thread.
//
// The reactor's thread; the disk is read on its pool.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/reactor.h"
#include "runs/run_types.h"

namespace windlass::runs {

class StorageUse {
 public:
  /// `folder`: of the journals (STATE/runs). `most`: bytes of a project; 0: no limit, and nothing is ever measured.
  StorageUse(engine::Reactor& reactor, std::string folder, std::uint64_t most);
  ~StorageUse();

  void measure_all();
  /// `is_kept` is asked when the measure is there: the run may have been deleted meanwhile.
  void measure(const RunInfo& run, std::function<bool()> is_kept);
  /// It goes on and has done something: it is measured soon, once for all that it does until then.
  void moved(const RunInfo& run, std::function<bool()> is_kept);
  void forget(const RunInfo& run);
  [[nodiscard]] ProjectStorage of(const std::string& project) const;
  [[nodiscard]] bool is_full(const std::string& project) const;
  /// Of every project that has any, by name; empty while not all is known.
  [[nodiscard]] const std::map<std::string, ProjectStorage>& all() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace windlass::runs
