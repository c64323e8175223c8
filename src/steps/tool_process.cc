#include "steps/tool_process.h"

namespace windlass::steps {

Result<proc::Captured> run_tool(EffectContext& context, std::vector<std::string> argv, const ToolOptions& options) {
  proc::CaptureOptions capture;
  capture.argv = std::move(argv);
  auto environment = context.place.environment;
  for (const auto& [name, value] : options.variables) environment[name] = value;
  for (const auto& [name, value] : environment) capture.env.push_back(name + "=" + value);
  capture.cwd = context.place.has_node ? context.place.cwd : "/";
  capture.input = options.input;
  capture.limit = options.limit;
  capture.join_err = options.join_err;
  capture.cancelled = [&context] { return context.run.cancelled(); };
  return proc::run_capture(capture);
}

void log_output(EffectContext& context, std::string_view text) {
  if (text.empty()) return;
  context.run.log(text.ends_with('\n') ? std::string(text) : std::string(text) + "\n");
}

}  // namespace windlass::steps
