#include "cli/help.h"

#include <algorithm>

#include "cli/terminal_text.h"
#include "text/utf.h"

namespace windlass::cli {
namespace {

constexpr std::size_t kWidestHead = 26;
constexpr std::size_t kNarrow = 60;  ///< below that the help of an option stands under it

std::string heading(Text text, const HelpStyle& style) {
  return "\n" + paint(text.in(style.language), Ink::bold, style.color) + "\n";
}

std::string indented(std::string_view text, std::size_t indent, const HelpStyle& style) {
  std::string out;
  auto room = style.width > indent + 10 ? style.width - indent : 10;
  for (const auto& line : wrapped(text, room)) {
    if (!line.empty()) out.append(indent, ' ').append(line);
    out += '\n';
  }
  return out;
}

/// Two columns; what is too long for the left one, or all on a narrow terminal, has its text on the lines below.
std::string row(std::string_view head, std::string_view text, std::size_t left, const HelpStyle& style) {
  auto width = text::display_width(head);
  std::string out = "  " + paint(head, Ink::cyan, style.color);
  if (style.width < kNarrow) return out + "\n" + indented(text, 6, style);
  if (width + 2 > left - 2) return out + "\n" + indented(text, left, style);
  auto body = indented(text, left, style);
  return out + std::string(left - 2 - width, ' ') + body.substr(left);
}

std::size_t left_column(std::size_t widest) { return std::min(widest, kWidestHead) + 4; }

std::string option_rows(const Command& command, const HelpStyle& style) {
  std::size_t widest = 0;
  for (const auto& option : command.options)
    widest = std::max(widest, text::display_width(head_of(command.options, option)));
  std::string out;
  bool first = true;
  for (const auto& option : command.options) {
    auto section = option.section.in(style.language);
    if (!section.empty()) {
      out += heading(option.section, style);
    } else if (first) {
      out += heading({"Options", "选项"}, style);
    }
    first = false;
    out += row(head_of(command.options, option), option.help.in(style.language), left_column(widest), style);
  }
  return out;
}

}  // namespace

std::size_t help_width(std::size_t columns) {
  if (columns == 0) return 80;
  return std::clamp<std::size_t>(columns, 20, 100);
}

std::string_view group_title(Group group, Language language) {
  switch (group) {
    case Group::pipelines:
      return Text{"Pipelines", "流水线"}.in(language);
    case Group::runs:
      return Text{"Runs", "运行记录"}.in(language);
    case Group::server:
      return Text{"Server", "服务器"}.in(language);
    case Group::program:
      return Text{"This program", "本程序"}.in(language);
  }
  return "";
}

std::string overview(const HelpStyle& style) {
  auto language = style.language;
  auto out = indented(say(language, {"windlass runs Jenkinsfiles as they are: no Jenkins, no JVM.",
                                     "windlass 直接运行 Jenkinsfile：不需要 Jenkins，也不需要 JVM。"}),
                      0, style);
  out += say(language, {"\nusage: windlass COMMAND [ARGUMENT…]\n", "\n用法：windlass 命令 [参数…]\n"});
  std::size_t widest = 0;
  for (const auto* command : commands()) widest = std::max(widest, command->name.size());
  const Group* before = nullptr;
  for (const auto* command : commands()) {
    if (before == nullptr || *before != command->group) {
      out += "\n" + paint(group_title(command->group, language), Ink::bold, style.color) + "\n";
    }
    before = &command->group;
    out += row(command->name, command->summary.in(language), left_column(widest), style);
  }
  out += "\n" +
         indented(say(language, {"windlass COMMAND --help tells more, with examples. First steps: windlass lint, then "
                                 "windlass run, in a folder with a Jenkinsfile.",
                                 "windlass 命令 --help 给出详细说明与示例。入门：在有 Jenkinsfile 的目录中先执行 "
                                 "windlass lint，再执行 windlass run。"}),
                  0, style);
  return out;
}

std::string help_of(const Command& command, const HelpStyle& style) {
  auto language = style.language;
  auto out = indented(
      "windlass " + std::string(command.name) + say(language, {": ", "："}) + std::string(command.summary.in(language)),
      0, style);
  std::string usage = "windlass " + std::string(command.name);
  if (!command.usage.empty()) usage += " " + std::string(command.usage);
  auto word = say(language, {"usage: ", "用法："});
  auto hang = text::display_width(word);
  out += "\n" + word + indented(usage, hang, style).substr(hang);
  out += option_rows(command, style);
  if (auto details = command.details.in(language); !details.empty()) out += "\n" + indented(details, 0, style);
  if (!command.examples.empty()) {
    out += heading({"Examples", "示例"}, style);
    for (const auto& example : command.examples) {
      out += "  " + paint("$ ", Ink::dim, style.color) + std::string(example.line) + "\n";
      out += indented(example.what.in(language), 6, style);
    }
  }
  if (!command.exits.empty()) {
    out += heading({"Exit codes", "退出码"}, style);
    for (const auto& exit : command.exits) {
      auto number = std::to_string(exit.code);
      out += row(std::string(3 - number.size(), ' ') + number, exit.what.in(language), 8, style);
    }
  }
  return out;
}

}  // namespace windlass::cli
