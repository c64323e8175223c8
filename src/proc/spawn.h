// Starting processes: posix_spawn (which does not copy the caller's memory) with the folder, the descriptors, the
// session and the signals set as asked. Nothing is inherited but what is named here.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "proc/fd.h"

namespace windlass::proc {

struct SpawnOptions {
  std::string program;            ///< path; no PATH lookup (find_program does that)
  std::vector<std::string> argv;  ///< with argv[0]
  std::vector<std::string> env;   ///< "K=V", exactly this
  std::string cwd;                ///< empty: the caller's
  bool new_session = false;
  /// (ours, theirs). Descriptors 0, 1, 2 that are not named are /dev/null; every other is closed.
  std::vector<std::pair<int, int>> fds;
};

struct ExitStatus {
  int code = 0;    ///< 128+n after signal n
  int signal = 0;  ///< n or 0
};
/// From what wait() gave.
ExitStatus make_exit_status(int wait_status);

/// Starts it and returns its pid; the caller waits for it (Process, or waitpid). All signals are at their default
/// there. Errors: not_found (program, interpreter or cwd missing: the sentence says which), forbidden, exhausted,
/// invalid.
[[nodiscard]] Result<std::int64_t> spawn_pid(const SpawnOptions& options);

/// A child of ours, waited for by pidfd: no SIGCHLD handler is needed, no other child is touched.
class Process {
 public:
  [[nodiscard]] std::int64_t pid() const { return pid_; }
  /// Readable when the process has ended.
  [[nodiscard]] int pidfd() const { return pidfd_.get(); }
  /// Nothing while it runs. Reaps it once; later calls repeat the answer.
  std::optional<ExitStatus> try_wait();
  /// Waits at most that long.
  std::optional<ExitStatus> wait_for(std::chrono::milliseconds limit);
  /// To this very process, never to a later one of the same number.
  void signal(int number) const;

 private:
  friend Result<Process> spawn(const SpawnOptions& options);
  std::int64_t pid_ = 0;
  Fd pidfd_;
  std::optional<ExitStatus> status_;
};
[[nodiscard]] Result<Process> spawn(const SpawnOptions& options);

/// The first executable file of that name in a PATH value; a name with a slash is itself. Errors: not_found.
[[nodiscard]] Result<std::string> find_program(std::string_view name, std::string_view path);

/// Like `mkdir -p`; below a folder that a group shares (setgid, writable for it) folders are shared too, unless `mode`
/// is the owner's alone. Errors: forbidden, unavailable, with the folder that could not be made.
[[nodiscard]] Result<> ensure_folder(const std::string& path, unsigned mode);

}  // namespace windlass::proc
