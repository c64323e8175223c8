#include "cli/man_page.h"

#include "cli/command.h"
#include "cli/help.h"
#include "cli/terminal_text.h"

namespace windlass::cli {
namespace {

/// With break points where a line without spaces (Chinese) may break.
std::string breakable(std::string_view line) {
  std::string out;
  for (auto part : unbreakable_parts(line)) {
    if (!out.empty() && !out.ends_with(' ')) out += "\\:";
    out += roff_text(part);
  }
  return out;
}

class Page {
 public:
  explicit Page(Language language) : language_(language) {}

  void request(std::string_view line) { out_ += "." + std::string(line) + "\n"; }
  void section(Text title) { request("SH \"" + std::string(title.in(language_)) + "\""); }
  void subsection(std::string_view title) { request("SS \"" + roff_text(title) + "\""); }
  /// Paragraphs of `text` stay apart.
  void paragraph(std::string_view text) {
    for (;;) {
      auto end = text.find('\n');
      out_ += breakable(text.substr(0, end)) + "\n";
      if (end == std::string_view::npos) return;
      text.remove_prefix(end + 1);
      request("PP");
    }
  }
  /// May break between the words of a choice.
  void bold_line(std::string_view text) {
    out_ += "\\fB";
    for (const char c : roff_text(text)) out_ += c == '|' ? std::string("|\\:") : std::string(1, c);
    out_ += "\\fR\n";
  }
  void tagged(std::string_view tag, std::string_view text) {
    request("TP");
    bold_line(tag);
    paragraph(text);
  }
  [[nodiscard]] Language language() const { return language_; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  Language language_;
  std::string out_;
};

void add_command(Page& page, const Command& command) {
  auto language = page.language();
  page.subsection("windlass " + std::string(command.name) +
                  (command.usage.empty() ? "" : " " + std::string(command.usage)));
  page.paragraph(command.summary.in(language));
  if (auto details = command.details.in(language); !details.empty()) {
    page.request("PP");
    page.paragraph(details);
  }
  for (const auto& option : command.options) page.tagged(head_of(command.options, option), option.help.in(language));
  for (const auto& example : command.examples) {
    page.request("PP");
    page.paragraph(example.what.in(language));
    page.request("RS 4");
    page.request("nf");
    page.bold_line("$ " + std::string(example.line));
    page.request("fi");
    page.request("RE");
  }
  if (command.exits.empty()) return;
  page.request("PP");
  page.paragraph(Text{"Exit codes:", "退出码："}.in(language));
  for (const auto& exit : command.exits) page.tagged(std::to_string(exit.code), exit.what.in(language));
}

}  // namespace

std::string roff_text(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  for (char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '"':
        out += "\\(dq";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string man_page(Language language) {
  Page page(language);
  page.request("\\\" Made by `windlass man` from the descriptions of its commands.");
  page.request("TH WINDLASS 1 \"\" \"Windlass " + std::string(kVersion) + "\"");
  page.request("ad l");
  page.request("nh");
  page.section({"NAME", "名称"});
  page.paragraph(Text{"windlass - run Jenkinsfiles without Jenkins and without a JVM",
                      "windlass - 运行 Jenkinsfile，不需要 Jenkins，也不需要 JVM"}
                     .in(language));
  page.section({"SYNOPSIS", "概要"});
  page.paragraph(Text{"windlass COMMAND [ARGUMENT…]", "windlass 命令 [参数…]"}.in(language));
  page.section({"DESCRIPTION", "说明"});
  page.paragraph(
      Text{"Windlass takes Declarative and Scripted Jenkinsfiles as they are and runs them on this machine. "
           "A run survives the program: what was done is in a journal, and windlass run --resume goes on.",
           "Windlass 直接在本机运行声明式与脚本式 Jenkinsfile。运行不依赖进程存活：已完成的内容记录在日志库中，"
           "windlass run --resume 可继续运行。"}
          .in(language));
  const Group* before = nullptr;
  for (const auto* command : commands()) {
    if (before == nullptr || *before != command->group) {
      auto title = group_title(command->group, language);
      page.section({title, title});
    }
    before = &command->group;
    add_command(page, *command);
  }
  page.section({"ENVIRONMENT", "环境变量"});
  page.tagged("XDG_STATE_HOME", Text{"runs are kept in its folder windlass; without it in ~/.local/state/windlass",
                                     "运行记录保存在其下的 windlass 目录；未设置时为 ~/.local/state/windlass"}
                                    .in(language));
  page.tagged("NO_COLOR", Text{"set and not empty: no colours", "已设置且非空：不使用颜色"}.in(language));
  page.tagged("TERM", Text{"dumb: no live tree and no colours", "为 dumb 时：不显示实时树与颜色"}.in(language));
  page.tagged("LC_ALL, LC_MESSAGES, LANG",
              Text{"the first that is set chooses the language: zh… is Chinese", "首个已设置者决定语言：zh… 为中文"}.in(
                  language));
  page.tagged("TZ", Text{"the time zone of dates in pipelines and lists", "流水线与列表中日期的时区"}.in(language));
  return page.take();
}

}  // namespace windlass::cli
