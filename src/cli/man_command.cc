// windlass man: the manual page, made from the same descriptions as --help.
#include "cli/commands.h"
#include "cli/man_page.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    {"--language", "en|zh", Shape::value, {"which language (default: by locale)", "语言（默认按区域设置）"}},
};

constexpr Example kExamples[] = {
    {"windlass man | man -l -", {"read it", "阅读手册页"}},
    {"windlass man --language zh > windlass.1", {"the page in Chinese", "生成中文手册页"}},
};

int run(const Invocation& in, const ParsedOptions& options) {
  auto language = in.language;
  if (options.has("--language")) language = options.get("--language") == "zh" ? Language::chinese : Language::english;
  return print(man_page(language)) ? kExitSuccess : kExitInternal;
}

}  // namespace

const Command kManCommand{
    "man",    {"print the manual page", "输出手册页"}, "[--language en|zh]", kOptions, {"", ""}, run, Group::program,
    kExamples};

}  // namespace windlass::cli
