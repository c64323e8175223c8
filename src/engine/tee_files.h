// Files that the log of a block is copied to (`tee`). A copy is what the steps of the block printed, masked as the log
// is; the engine's own `[Pipeline]` lines are not in it.
//
// Written when the log is durable, so a crash can only leave a copy short; rebuild() makes it whole again from the log.
// Reactor's thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journal/run_journal.h"

namespace windlass::engine {

class TeeFiles {
 public:
  /// Begins to copy what `branch` and the branches inside it print to the end of the file `path`, which has `size`
  /// bytes. `after`: the newest entry before it began.
  void open(std::uint64_t id, std::string branch, std::string path, std::uint64_t size, std::uint64_t after);
  /// Ends a copy. Errors: the first write that failed.
  Result<> close(std::uint64_t id);
  [[nodiscard]] bool empty() const { return files_.empty(); }

  /// Text that has become part of the log.
  void write(std::string_view branch, std::string_view text);
  /// After a restart: every open copy is what the log says.
  Result<> rebuild(journal::RunReader& log);

 private:
  struct Copy {
    std::string branch;
    std::string path;
    std::uint64_t size = 0;
    std::uint64_t after = 0;
    std::string problem;
  };
  static bool belongs(const Copy& copy, std::string_view branch);

  std::map<std::uint64_t, Copy> files_;
};

}  // namespace windlass::engine
