// windlass convert: a Declarative Jenkinsfile as JSON, and JSON back into the text, changing only what changed.
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/terminal_text.h"
#include "data/json.h"
#include "groovy/parser.h"
#include "jenkinsfile/convert.h"
#include "jenkinsfile/step_catalog.h"
#include "jenkinsfile/validate.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    {"FILE",
     "FILE",
     Shape::value,
     {"the Jenkinsfile (default: Jenkinsfile), - for standard input", "Jenkinsfile（默认 Jenkinsfile），- 为标准输入"}},
    {"--to",
     "json|jenkinsfile",
     Shape::value,
     {"json (default): print the model; jenkinsfile: FILE is JSON, print a Jenkinsfile",
      "json（默认）：输出模型；jenkinsfile：FILE 为 JSON，输出 Jenkinsfile"}},
    {"--patch",
     "JSON-FILE",
     Shape::value,
     {"print FILE with the changes of this JSON; all other bytes stay", "按此 JSON 的改动输出 FILE，其余字节不变"}},
};

constexpr Example kExamples[] = {
    {"windlass convert > pipeline.json", {"the model of ./Jenkinsfile", "输出 ./Jenkinsfile 的模型"}},
    {"windlass convert --patch pipeline.json > Jenkinsfile.new",
     {"the Jenkinsfile with what was changed in the JSON; comments and layout of the rest stay",
      "按 JSON 中的改动生成 Jenkinsfile；其余部分的注释与排版不变"}},
    {"windlass convert --to jenkinsfile pipeline.json",
     {"a new Jenkinsfile from JSON", "由 JSON 生成新的 Jenkinsfile"}},
};

constexpr ExitCode kExits[] = {
    {0, {"converted", "已转换"}},
    {5, {"the Jenkinsfile or the JSON is not valid", "Jenkinsfile 或 JSON 无效"}},
    {64, {"the command line is wrong, or a file cannot be read", "命令行错误，或文件不可读"}},
};

std::string pretty(const data::Value& json) {
  auto text = data::format_json(json);
  auto printed = data::pretty_print_json(text);
  return printed ? std::move(*printed) : text;
}

/// Prints what the JSON made, when it is a pipeline that would run.
int print_if_valid(const Invocation& in, const std::string& text, const jenkinsfile::Catalog& known) {
  auto source = std::make_shared<const groovy::Source>("Jenkinsfile", text);
  auto parsed = groovy::parse(source);
  auto errors = parsed.diagnostics;
  if (errors.empty()) errors = jenkinsfile::validate(*parsed.tree, known).errors;
  if (errors.empty()) return print(text) ? kExitSuccess : kExitInternal;
  auto told = groovy::format_diagnostics(*source, errors);
  while (told.ends_with('\n')) told.pop_back();
  return complain(say(in.language,
                      {"convert: what the JSON says is no valid pipeline; in the Jenkinsfile that it makes:\n{}",
                       "convert：该 JSON 所描述的流水线无效；由其生成的 Jenkinsfile 中：\n{}"},
                      {told}),
                  kExitInvalid);
}

int run(const Invocation& in, const ParsedOptions& options) {
  auto file = options.get("FILE", "Jenkinsfile");
  auto to = options.get("--to", "json");
  auto text = read_file(file == "-" ? file : absolute_path(in.working_folder, file), in.language);
  if (!text) return complain("convert: " + error_text(text.error(), in.language), kExitUsage);
  catalog::Catalog steps;
  auto known = jenkinsfile::make_step_catalog(steps);
  if (to == "jenkinsfile") {
    auto json = data::parse_json(*text);
    if (!json)
      return complain(say(in.language, {"convert: {} is not JSON: {}", "convert：{} 不是 JSON：{}"},
                          {file, error_text(json.error(), in.language)}),
                      kExitInvalid);
    auto made = jenkinsfile::from_json(*json, *known);
    if (!made) return complain("convert: " + error_text(made.error(), in.language), kExitInvalid);
    return print_if_valid(in, *made, *known);
  }
  auto source = std::make_shared<const groovy::Source>(file, *text);
  auto parsed = groovy::parse(source);
  auto errors = parsed.diagnostics;
  jenkinsfile::Validation validation;
  if (errors.empty()) {
    validation = jenkinsfile::validate(*parsed.tree, *known);
    errors = validation.errors;
  }
  if (!errors.empty()) {
    print(groovy::format_diagnostics(*source, errors));
    return kExitInvalid;
  }
  if (validation.models.empty())
    return complain(say(in.language,
                        {"convert: {} has no pipeline { } block; only Declarative has a model",
                         "convert：{} 没有 pipeline { } 块；只有声明式流水线才有模型"},
                        {file}),
                    kExitInvalid);
  if (options.has("--patch")) {
    auto changed_text = read_file(absolute_path(in.working_folder, options.get("--patch")), in.language);
    if (!changed_text) return complain("convert: " + error_text(changed_text.error(), in.language), kExitUsage);
    auto changed = data::parse_json(*changed_text);
    if (!changed)
      return complain(say(in.language, {"convert: {} is not JSON: {}", "convert：{} 不是 JSON：{}"},
                          {options.get("--patch"), error_text(changed.error(), in.language)}),
                      kExitInvalid);
    auto patched = jenkinsfile::patch_with_json(*source, validation.models.front(), *known, *changed);
    if (!patched) return complain("convert: " + error_text(patched.error(), in.language), kExitInvalid);
    return print_if_valid(in, *patched, *known);
  }
  auto json = jenkinsfile::to_json(*source, validation.models.front(), *known);
  return print(pretty(json) + "\n") ? kExitSuccess : kExitInternal;
}

}  // namespace

const Command kConvertCommand{"convert",
                              {"turn a Declarative Jenkinsfile into JSON and back", "声明式 Jenkinsfile 与 JSON 互转"},
                              "[--to json|jenkinsfile] [--patch JSON-FILE] [FILE]",
                              kOptions,
                              {"The JSON is that of Jenkins' model converter, which visual pipeline editors speak.",
                               "JSON 格式与 Jenkins 模型转换器相同，可供可视化流水线编辑器使用。"},
                              run,
                              Group::pipelines,
                              kExamples,
                              kExits};

}  // namespace windlass::cli
