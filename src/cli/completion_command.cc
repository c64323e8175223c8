// windlass completion SHELL: a script for bash, zsh or fish; and what such a script asks for while somebody types.
#include "catalog/catalog.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/state.h"
#include "cli/terminal_text.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    {"SHELL", "bash|zsh|fish", Shape::value, {"for which shell", "针对哪个 shell"}},
    {"--list",
     "runs|steps|commands",
     Shape::value,
     {"print names, one a line: what the scripts ask for", "逐行输出名称，供补全脚本使用"}},
    {"--state", "FOLDER", Shape::value, {"the state folder of --list runs", "--list runs 使用的状态目录"}},
};

constexpr std::size_t kMostRuns = 200;

int list_names(const Invocation& in, const ParsedOptions& options) {
  auto what = options.get("--list");
  std::string out;
  if (what == "steps") {
    for (const auto& step : catalog::Catalog().steps()) out += std::string(step.name) + "\n";
  } else if (what == "commands") {
    for (const auto* command : commands()) out += std::string(command->name) + "\n";
  } else {
    auto state = open_state(in, options.get("--state"));
    if (!state) return complain("completion: " + state.error().text(), kExitInternal);
    auto runs = (*state)->list(kMostRuns);
    if (!runs) return complain("completion: " + runs.error().text(), kExitInternal);
    for (const auto& run : *runs) out += run.id() + "\n";
  }
  return print(out) ? kExitSuccess : kExitInternal;
}

int run(const Invocation& in, const ParsedOptions& options) {
  if (options.has("--list")) return list_names(in, options);
  auto shell = options.get("SHELL");
  if (shell == "bash") return print(bash_completion()) ? kExitSuccess : kExitInternal;
  if (shell == "zsh") return print(zsh_completion(in.language)) ? kExitSuccess : kExitInternal;
  if (shell == "fish") return print(fish_completion(in.language)) ? kExitSuccess : kExitInternal;
  return complain(
      say(in.language, {"completion: name a shell: bash, zsh or fish", "completion：请指定 shell：bash、zsh 或 fish"}),
      kExitUsage);
}

constexpr Example kExamples[] = {
    {"source <(windlass completion bash)", {"in this shell, now", "立即在当前 shell 中启用"}},
    {"windlass completion bash > ~/.local/share/bash-completion/completions/windlass",
     {"in every bash of this user", "为当前用户的所有 bash 启用"}},
    {"windlass completion zsh > ~/.zfunc/_windlass", {"zsh, with ~/.zfunc in fpath", "zsh，且 fpath 中有 ~/.zfunc"}},
    {"windlass completion fish > ~/.config/fish/completions/windlass.fish", {"fish", "fish"}},
};

}  // namespace

const Command kCompletionCommand{
    "completion",
    {"print a completion script for a shell", "输出 shell 补全脚本"},
    "bash|zsh|fish",
    kOptions,
    {"Commands, options, their values, steps, runs and files are completed. An installed "
     "Windlass (cmake --install) brings these scripts with it.",
     "可补全命令、选项及其取值、步骤、运行编号与文件。通过 cmake --install 安装时已包含这些脚本。"},
    run,
    Group::program,
    kExamples};

}  // namespace windlass::cli
