// Jenkins' Configuration as Code while the server runs: files and a ConfigMap as one document, taken as a whole or not
// at all. What is wrong changes nothing and is said once: in the log, by problem(), by the counters.
//
//   --casc PATH ─┐
//   ConfigMap ───┴─► casc::read ─► apply (pods, settings of runs, rights) ─► current()
//
// The ConfigMap that was taken last is kept, sealed, in the server's folder: a server that starts has it before the
// cluster answers. Reactor thread. Who watches the ConfigMap is casc_map.h.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "casc/casc.h"

namespace windlass::server {

struct LiveCascOptions {
  std::string path;  ///< file or folder; empty: none
  /// Of the environment, for ${…}.
  std::function<std::string(const std::string& name)> variable;
  /// Takes it over as a whole; null: there is no configuration. An error: nothing of it was taken.
  std::function<Result<>(const casc::Configuration* configuration)> apply;
  /// The ConfigMap as it was kept, and where it is kept from now on. Empty functions: it is not.
  std::function<Result<std::string>()> kept;
  std::function<Result<>(const std::string& text)> keep;
  std::function<void(std::string_view)> log;
};

class LiveCasc {
 public:
  explicit LiveCasc(LiveCascOptions options) : options_(std::move(options)) {}

  /// At the start: nothing is applied yet, current() is there to begin with. Error: the file cannot be taken.
  Result<> load();
  /// Everything again, whether it has changed or not.
  Result<> reload();
  /// Whether the files have changed; then they are read. About every two seconds.
  void look();
  /// The files of the ConfigMap as they are now; nullopt: there is none, which changes nothing. True: they differ from
  /// what was there before, and are taken. Errors: as they are refused; said once for the same content.
  Result<bool> set_map(std::optional<std::vector<casc::File>> files);
  /// Writes down what is kept, by the newest key.
  Result<> keep_again();

  /// What holds now; nullptr: there is no configuration.
  [[nodiscard]] const casc::Outcome* current() const { return current_ ? &*current_ : nullptr; }
  /// Why what stands in the files or the ConfigMap is not taken; empty: it is.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  struct Counts {
    std::uint64_t taken = 0, refused = 0;
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }
  /// Reads texts without taking anything, for `check`.
  Result<casc::Outcome> read(const std::vector<casc::File>& files) const;

 private:
  Result<std::vector<casc::File>> texts() const;
  Result<> take(bool apply);
  void say(const casc::Outcome* before, const casc::Outcome& now);

  LiveCascOptions options_;
  std::string stamp_;
  std::vector<casc::File> map_;  ///< of the ConfigMap that is there
  std::string kept_;
  std::optional<casc::Outcome> current_;
  std::string problem_;
  Counts counts_;
};

}  // namespace windlass::server
