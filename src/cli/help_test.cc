#include "cli/help.h"

#include <gtest/gtest.h>

#include "cli/man_page.h"
#include "cli/terminal_text.h"
#include "text/utf.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kRows[] = {
    {"--file", "FILE", Shape::value, {"the file to take", "要使用的文件"}, {"Input", "输入"}},
    {"--a-very-long-option-name", "SOMETHING", Shape::value, {"long", "长"}},
    {"--quick", "", Shape::flag, {"hurry, as far as that is possible here and now", "尽量快"}, {"How", "方式"}},
};
constexpr Example kExamples[] = {{"windlass probe --quick", {"in a hurry", "快速"}}};
constexpr ExitCode kExits[] = {{0, {"fine", "正常"}}, {64, {"wrong", "错误"}}};
constexpr Command kProbe{"probe",
                         {"probes things", "探测"},
                         "[--quick]",
                         kRows,
                         {"More words.", "更多说明。"},
                         nullptr,
                         Group::runs,
                         kExamples,
                         kExits};

TEST(Help, AlignsWrapsAndGroups) {
  EXPECT_EQ(help_of(kProbe, {Language::english, false, 60}),
            "windlass probe: probes things\n"
            "\n"
            "usage: windlass probe [--quick]\n"
            "\n"
            "Input\n"
            "  -f, --file FILE             the file to take\n"
            "  --a-very-long-option-name SOMETHING\n"
            "                              long\n"
            "\n"
            "How\n"
            "  --quick                     hurry, as far as that is\n"
            "                              possible here and now\n"
            "\n"
            "More words.\n"
            "\n"
            "Examples\n"
            "  $ windlass probe --quick\n"
            "      in a hurry\n"
            "\n"
            "Exit codes\n"
            "    0   fine\n"
            "   64   wrong\n");
}

TEST(Help, ColoursAddNothingButSequences) {
  auto colored = help_of(kProbe, {Language::chinese, true, 80});
  auto plain = help_of(kProbe, {Language::chinese, false, 80});
  std::string stripped;
  for (std::size_t i = 0; i < colored.size(); ++i) {
    if (colored[i] == '\x1b') {
      i = colored.find('m', i);
    } else {
      stripped += colored[i];
    }
  }
  EXPECT_NE(colored, plain);
  EXPECT_EQ(stripped, plain);
}

TEST(Help, NoLineIsWiderThanTheTerminal) {
  for (auto width : {40U, 60U, 80U, 100U}) {
    for (auto language : {Language::english, Language::chinese}) {
      for (const auto* command : commands()) {
        auto text = help_of(*command, {language, false, width});
        while (!text.empty()) {
          auto line = text.substr(0, text.find('\n'));
          text.erase(0, line.size() + 1);
          bool may_be_long = line.starts_with("  $ ") ||
                             line.find(' ', line.find_first_not_of(' ')) == std::string::npos ||
                             line.starts_with("  --");
          EXPECT_TRUE(text::display_width(line) <= width || may_be_long)
              << command->name << " at " << width << ": " << line;
        }
      }
    }
  }
}

TEST(Help, TheOverviewNamesEveryCommandOnce) {
  auto text = overview({Language::english, false, 80});
  for (const auto* command : commands()) {
    EXPECT_NE(text.find("\n  " + std::string(command->name) + " "), std::string::npos) << command->name;
  }
}

TEST(ManPage, EscapesWhatRoffReads) {
  EXPECT_EQ(roff_text(".x"), "\\&.x");
  EXPECT_EQ(roff_text("'x"), "\\&\\(aqx");
  EXPECT_EQ(roff_text("a-b\\c"), "a\\-b\\ec");
  for (auto language : {Language::english, Language::chinese}) {
    auto page = man_page(language);
    // Where a line may break nothing is printed.
    for (std::size_t at = 0; (at = page.find("\\:", at)) != std::string::npos;) page.erase(at, 2);
    EXPECT_TRUE(page.starts_with(".\\\" Made by")) << page.substr(0, 40);
    for (const auto* command : commands()) {
      for (const auto& row : command->options) {
        EXPECT_NE(page.find("\\fB" + roff_text(head_of(command->options, row)) + "\\fR\n"), std::string::npos)
            << row.name;
      }
    }
  }
}

}  // namespace
}  // namespace windlass::cli
