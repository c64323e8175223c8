// windlass lint: every error of a Jenkinsfile at once, as compilers print them. The contract is docs/cli.md.
#include <filesystem>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/lint_report.h"
#include "cli/terminal_text.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    {"FILE…",
     "FILE",
     Shape::repeated,
     {"Jenkinsfiles or library scripts; - is standard input", "Jenkinsfile 或库脚本；- 为标准输入"}},
    {"--file", "FILE", Shape::repeated, {"the same", "同上"}},
    {"--output",
     "text|json",
     Shape::value,
     {"text with carets, or one JSON object a line", "带指示符的文本，或每行一个 JSON 对象"}},
};

constexpr Example kExamples[] = {
    {"windlass lint", {"the Jenkinsfile of this folder", "检查本目录的 Jenkinsfile"}},
    {"windlass lint Jenkinsfile vars/*.groovy", {"several files; library scripts too", "多个文件，也包括库脚本"}},
    {"git show HEAD:Jenkinsfile | windlass lint --output json -",
     {"from standard input, one JSON object a finding", "从标准输入读取，每个发现一个 JSON 对象"}},
};

constexpr ExitCode kExits[] = {
    {0, {"valid; there may be warnings", "有效；可能有警告"}},
    {5, {"a file is not valid", "有文件无效"}},
    {64, {"the command line is wrong, or a file cannot be read", "命令行错误，或文件不可读"}},
};

/// The functions of the library that `file` belongs to: the scripts of its `vars` folder.
std::vector<std::string> functions_beside(const std::string& file) {
  std::vector<std::string> out;
  const auto folder = std::filesystem::path(file).parent_path();
  if (folder.filename() != "vars") return out;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".groovy") out.push_back(at->path().stem().string());
  }
  return out;
}

int run(const Invocation& in, const ParsedOptions& options) {
  auto files = options.all("FILE");
  for (const auto& file : options.all("--file")) files.push_back(file);
  if (files.empty()) files.emplace_back("Jenkinsfile");
  bool json = options.get("--output", "text") == "json";
  LintStyle style{.json = json, .color = in.color(), .warnings = true, .language = in.language};
  int code = kExitSuccess;
  for (const auto& file : files) {
    const auto path = file == "-" ? file : absolute_path(in.working_folder, file);
    style.library_functions = functions_beside(path);
    auto text = read_file(path, in.language);
    if (!text) {
      code = complain("lint: " + error_text(text.error(), in.language), kExitUsage);
    } else if (!report_findings(file, std::move(*text), style, print) && code == kExitSuccess) {
      code = kExitInvalid;
    }
  }
  return code;
}

}  // namespace

const Command kLintCommand{
    "lint",
    {"check Jenkinsfiles without running anything", "检查 Jenkinsfile，不执行任何内容"},
    "[--output text|json] [FILE…]",
    kOptions,
    {"All errors are shown, not only the first, in Jenkins' words. Nothing is executed and "
     "nothing outside of the files is looked at but the names of the scripts beside one in "
     "vars: what depends on an installation is at most a warning.",
     "显示全部错误（不只第一个），措辞与 Jenkins "
     "相同。不执行任何代码，除 vars 目录中同级脚本的名称外也不读取文件以外的内容：依赖具体安装环境的问题最多为警告。"},
    run,
    Group::pipelines,
    kExamples,
    kExits};

}  // namespace windlass::cli
