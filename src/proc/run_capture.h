// Runs a program to its end and keeps what it printed: for git and the like, which steps use and nobody watches.
// Blocking: for a worker thread or a command, never for a reactor.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "proc/spawn.h"

namespace windlass::proc {

struct CaptureOptions {
  std::vector<std::string> argv;  ///< argv[0] is looked up in the PATH of `env`
  std::vector<std::string> env;
  std::string cwd;
  std::string input;                        ///< given as standard input
  std::chrono::milliseconds limit{60'000};  ///< after it the whole session is killed
  std::size_t max_bytes = 64U << 20U;       ///< of out and err each; what comes beyond is read and dropped
  bool join_err = false;                    ///< standard error into `out`, in the order of writing
  /// Asked some times a second, by the calling thread: true ends the session, gently first.
  std::function<bool()> cancelled;
};

struct Captured {
  ExitStatus status;
  std::string out, err;
  bool is_truncated = false;
};

/// Errors: those of spawn(); timeout (with the program's name and the limit); cancelled.
[[nodiscard]] Result<Captured> run_capture(const CaptureOptions& options);

}  // namespace windlass::proc
