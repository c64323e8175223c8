// Programs that an effect runs on the node and waits for (docker login, ssh-add, kubectl): with the step's environment,
// from its current directory, ended when the effect is cancelled.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "proc/run_capture.h"
#include "steps/effect.h"

namespace windlass::steps {

struct ToolOptions {
  std::vector<std::pair<std::string, std::string>> variables;  ///< added to the step's environment
  std::string input;                                           ///< standard input; secrets go this way, never by argv
  std::chrono::minutes limit{10};
  bool join_err = false;
};

/// Runs to the end, whatever the status. Errors: not_found (no such program), timeout, cancelled.
Result<proc::Captured> run_tool(EffectContext& context, std::vector<std::string> argv, const ToolOptions& options = {});

/// Text of a tool into the log as whole lines; nothing for nothing.
void log_output(EffectContext& context, std::string_view text);

}  // namespace windlass::steps
