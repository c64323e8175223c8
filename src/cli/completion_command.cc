// windlass completion SHELL: a script for bash, zsh or fish; and what such a script asks for while somebody types.
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/completion_lists.h"
#include "cli/terminal_text.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    {"SHELL", "bash|zsh|fish", Shape::value, {"for which shell", "针对哪个 shell"}},
    {"--list",
     "runs|steps|commands|parameters|stages|points|projects|pipelines|questions",
     Shape::value,
     {"print names, one a line, with a tab and what each is: what the scripts ask for; points: of --restart-step; "
      "questions: of input --id",
      "逐行输出名称，并以制表符附上说明，供补全脚本使用；points 用于 --restart-step，questions 用于 input --id"}},
    {"--line",
     "WORD",
     Shape::repeated,
     {"a word of the command line so far, for --list", "当前命令行中的一个词，用于 --list"}},
};

int list_names(const Invocation& in, const ParsedOptions& options) {
  const auto names = completion_list(in, options.get("--list"), options.all("--line"));
  if (!names) return complain("completion: " + error_text(names.error(), in.language), kExitInternal);
  std::string out;
  for (const auto& one : *names) out += one.value + (one.help.empty() ? "" : "\t" + one.help) + "\n";
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

const Command kCompletionCommand{"completion",
                                 {"print a completion script for a shell", "输出 shell 补全脚本"},
                                 "bash|zsh|fish",
                                 kOptions,
                                 {"Commands, options, their values, steps, runs, files, parameters and stages of the "
                                  "Jenkinsfile are completed, and of the server that one is logged in to projects, "
                                  "pipelines, their parameters and questions. "
                                  "An installed "
                                  "Windlass (cmake --install) brings these scripts with it.",
                                  "可补全命令、选项及其取值、步骤、运行编号、文件、Jenkinsfile 的参数与阶段，"
                                  "以及已登录服务器上的项目、流水线及其参数与提问。通过 "
                                  "cmake --install 安装时已包含这些脚本。"},
                                 run,
                                 Group::program,
                                 kExamples};

}  // namespace windlass::cli
