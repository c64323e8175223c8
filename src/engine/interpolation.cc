// The warning about secrets that Groovy, not the shell, has put into a script: anybody who may read the process list or
// the script file would see them. Source: pipeline-language 6.3.
#include <algorithm>

#include "engine/run_actor.h"

namespace windlass::engine {

namespace {

bool is_shell(std::string_view step) { return step == "sh" || step == "bat" || step == "powershell" || step == "pwsh"; }

}  // namespace

void RunActor::warn_of_interpolation(vm::FiberId fiber, const std::string& step, std::span<const vm::Value> args,
                                     const data::Map& arguments, const Scope* scope) {
  if (!is_shell(step)) return;
  bool is_interpolated = false;
  for (const auto& arg : args) {
    is_interpolated = is_interpolated || arg.is_gstring();
    if (!arg.is(vm::Kind::map)) continue;
    for (auto slot : vm_->heap().map_order(arg)) {
      is_interpolated = is_interpolated || vm_->heap().slots(arg)[slot].value.plain().is_gstring();
    }
  }
  const auto* script = arguments.find("script");
  if (!is_interpolated || script == nullptr) return;
  std::vector<std::string> sensitive;  // of the outermost block first, as they were bound
  for (const auto* one = scope; one != nullptr; one = one->outer.get()) {
    sensitive.insert(sensitive.begin(), one->sensitive.begin(), one->sensitive.end());
  }
  if (sensitive.empty()) return;
  const auto environment = environment_at(scope);
  std::string used;
  for (const auto& name : sensitive) {
    auto value = environment.find(name);
    if (value == environment.end() || value->second.empty()) continue;
    if (script->text().find(value->second) == std::string::npos) continue;
    if ((", " + used + ",").find(", " + name + ",") != std::string::npos) continue;
    used += (used.empty() ? "" : ", ") + name;
  }
  if (used.empty()) return;
  log_line(fiber, "Warning: A secret was passed to \"" + step +
                      "\" using Groovy String interpolation, which is insecure.\n\t\t Affected argument(s) used the "
                      "following variable(s): [" +
                      used + "]\n\t\t See https://jenkins.io/redirect/groovy-string-interpolation for details.\n");
}

}  // namespace windlass::engine
