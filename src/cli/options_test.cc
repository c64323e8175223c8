#include "cli/options.h"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "cli/command.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kRows[] = {
    {"FILE", "FILE", Shape::value, {"f", "f"}},      {"--file", "FILE", Shape::value, {"f", "f"}},
    {"--param", "K=V", Shape::repeated, {"p", "p"}}, {"--resume", "ID", Shape::optional_value, {"r", "r"}},
    {"--sandbox", "", Shape::flag, {"s", "s"}},      {"--output", "plain|json", Shape::value, {"o", "o"}},
};
constexpr OptionRow kListRows[] = {
    {"FILE…", "FILE", Shape::repeated, {"f", "f"}},
    {"--output", "plain|json", Shape::value, {"o", "o"}},
};

std::string problem(std::vector<std::string> arguments, Language language = Language::english) {
  auto parsed = parse_options(kRows, arguments, language);
  return parsed ? "" : parsed.error().message;
}

TEST(Options, ValuesStandBehindOrAfterAnEqualsSign) {
  auto parsed =
      parse_options(kRows, {"--file=a b", "--param", "X=1", "--param=Y=--z", "--sandbox", "-"}, Language::english);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->get("--file"), "a b");
  EXPECT_EQ(parsed->all("--param"), (std::vector<std::string>{"X=1", "Y=--z"}));
  EXPECT_TRUE(parsed->has("--sandbox"));
  EXPECT_EQ(parsed->get("FILE"), "-");
  EXPECT_FALSE(parsed->has("--resume"));
}

TEST(Options, TheLastOfASingleValueWins) {
  auto parsed = parse_options(kRows, {"--output", "plain", "--output", "json"}, Language::english);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->get("--output"), "json");
}

TEST(Options, AnOptionalValueMayBeLeftOut) {
  auto bare = parse_options(kRows, {"--resume", "--sandbox"}, Language::english);
  ASSERT_TRUE(bare) << bare.error().message;
  EXPECT_TRUE(bare->has("--resume"));
  EXPECT_EQ(bare->get("--resume", "newest"), "newest");
  auto given = parse_options(kRows, {"--resume", "app#7"}, Language::english);
  ASSERT_TRUE(given) << given.error().message;
  EXPECT_EQ(given->get("--resume"), "app#7");
}

TEST(Options, ValuesThatLookLikeListsStayText) {
  auto parsed = parse_options(kRows, {"--param", "[a,b]", "--param", "{}", "--file", "[x]"}, Language::english);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->all("--param"), (std::vector<std::string>{"[a,b]", "{}"}));
  EXPECT_EQ(parsed->get("--file"), "[x]");
}

TEST(Options, ListsTakeAllPositionals) {
  auto parsed = parse_options(kListRows, {"a", "--output", "json", "b", "--", "--c"}, Language::english);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->all("FILE"), (std::vector<std::string>{"a", "b", "--c"}));
}

TEST(Options, WhatFollowsAScriptIsTheScripts) {
  constexpr OptionRow kScriptRows[] = {
      {"FILE", "FILE", Shape::value, {"f", "f"}},
      {"ARG…", "ARG", Shape::rest, {"a", "a"}},
      {"--quick", "", Shape::flag, {"q", "q"}},
  };
  auto parsed = parse_options(kScriptRows, {"--quick", "a.groovy", "--quick", "-x", "--", "y"}, Language::english);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->get("FILE"), "a.groovy");
  EXPECT_EQ(parsed->all("ARG"), (std::vector<std::string>{"--quick", "-x", "--", "y"}));
}

TEST(Options, LettersStandForTheFirstNameThatTheCommandHas) {
  constexpr OptionRow kFollowRows[] = {
      {"--file", "FILE", Shape::value, {"f", "f"}},
      {"--follow", "", Shape::flag, {"f", "f"}},
  };
  auto parsed = parse_options(kRows, {"-f", "a", "-p", "X=1", "-o=json"}, Language::english);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->get("--file"), "a");
  EXPECT_EQ(parsed->all("--param"), std::vector<std::string>{"X=1"});
  EXPECT_EQ(parsed->get("--output"), "json");
  parsed = parse_options(kFollowRows, {"-f"}, Language::english);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_TRUE(parsed->has("--follow"));
  EXPECT_EQ(head_of(kFollowRows, kFollowRows[0]), "--file FILE");
  EXPECT_EQ(head_of(kFollowRows, kFollowRows[1]), "-f, --follow");
  EXPECT_EQ(head_of(kRows, kRows[1]), "-f, --file FILE");
  EXPECT_EQ(problem({"-x"}), "there is no option -x");
}

TEST(Options, ComplaintsNameTheNearestRightThing) {
  EXPECT_EQ(problem({"--fiel", "x"}), "there is no option --fiel; did you mean --file?");
  EXPECT_EQ(problem({"--fiel=x"}), "there is no option --fiel; did you mean --file?");
  EXPECT_EQ(problem({"--zzzzzzzz"}), "there is no option --zzzzzzzz");
  EXPECT_EQ(problem({"--output", "jsn"}), "--output is plain or json, not jsn; did you mean json?");
  EXPECT_EQ(problem({"--file"}), "--file needs a value: FILE");
  EXPECT_EQ(problem({"--file", "--sandbox"}), "--file needs a value: FILE");
  EXPECT_EQ(problem({"--sandbox=yes"}), "--sandbox takes no value");
  EXPECT_EQ(problem({"a", "b"}), "one argument too many: b");
  EXPECT_EQ(problem({"--fiel"}, Language::chinese), "没有选项 --fiel；您是否想用 --file？");
  EXPECT_EQ(problem({"--output", "x"}, Language::chinese), "--output 应为 plain 或 json，而不是 x");
}

TEST(Options, EveryCommandDescribesItselfInBothLanguages) {
  for (const auto* command : commands()) {
    EXPECT_FALSE(command->summary.en.empty()) << command->name;
    EXPECT_FALSE(command->summary.zh.empty()) << command->name;
    EXPECT_EQ(command->details.en.empty(), command->details.zh.empty()) << command->name;
    for (const auto& row : command->options) {
      EXPECT_FALSE(row.help.en.empty()) << command->name << " " << row.name;
      EXPECT_FALSE(row.help.zh.empty()) << command->name << " " << row.name;
      EXPECT_EQ(row.shape == Shape::flag, row.metavar.empty()) << command->name << " " << row.name;
    }
    for (const auto& example : command->examples) {
      EXPECT_NE(example.line.find("windlass"), std::string_view::npos) << example.line;
    }
  }
}

TEST(Options, AWordWithCapitalsIsAForm) {
  constexpr OptionRow kScopes[] = {{"--scope", "read|project:NAME", Shape::repeated, {"s", "s"}}};
  const auto good = [&](const std::string& scope) {
    return parse_options(kScopes, {"--scope", scope}, Language::english).has_value();
  };
  EXPECT_TRUE(good("read"));
  EXPECT_TRUE(good("project:shop"));
  EXPECT_FALSE(good("project:"));
  EXPECT_FALSE(good("reads"));
  EXPECT_FALSE(good("projects:shop"));
}

TEST(Options, TheContractPageNamesEveryCommandAndEveryOptionOfRun) {
  std::ifstream file("docs/cli.md");
  std::string page((std::istreambuf_iterator<char>(file)), {});
  for (const auto* command : commands()) {
    EXPECT_NE(page.find("`" + std::string(command->name)), std::string::npos) << command->name;
  }
  for (const auto& row : find_command("run")->options) {
    EXPECT_NE(page.find("`" + std::string(row.name)), std::string::npos) << row.name;
  }
}

}  // namespace
}  // namespace windlass::cli
