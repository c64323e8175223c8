#include "cli/tree_picture.h"

#include <gtest/gtest.h>

#include "cli/terminal_text.h"
#include "cli/tree_testing.h"
#include "text/utf.h"

namespace windlass::cli {
namespace {

class TreePicture : public ::testing::Test {
 protected:
  TreePicture() : run(model) {
    facts.started_millis = run.now;
    facts.file = "Jenkinsfile";
    style.color = false;
    style.width = 60;
  }
  std::string live() { return joined(frame(model, facts, style, run.now)); }
  std::string rest(const std::vector<std::string>& hints = {}) {
    return joined(summary(model, facts, style, run.now, hints));
  }
  static std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) out += line + "\n";
    return out;
  }
  /// A line with its time at the right edge.
  [[nodiscard]] std::string at(const std::string& left, const std::string& time) const {
    return padded(left, style.width - 1 - time.size()) + time + "\n";
  }
  /// A stage of that name that is over.
  void done(const std::string& name, std::uint64_t parent = 0, const std::string& result = "SUCCESS") {
    auto id = run.start(parent, "stage", name);
    run.end(id, result);
  }

  TreeModel model;
  PlayedRun run;
  TreeFacts facts;
  TreeStyle style;
};

TEST_F(TreePicture, ShowsStagesBranchesTimesAndTheLastLine) {
  facts.expected = {{"", 60'000}, {"Test / unit", 12'000}};
  auto build = run.start(0, "stage", "Build");
  run.now += 4'200;
  run.end(build);
  auto test = run.start(0, "stage", "Test");
  auto unit = run.start(test, "branch", "unit", "/0");
  auto inner = run.start(unit, "stage", "unit", "/0");  // Declarative's stage of the same name: no line of its own
  auto shell = run.start(inner, "sh", "", "/0", 12);
  auto lint = run.start(test, "branch", "lint", "/1");
  auto sleep = run.start(lint, "sleep", "", "/1");
  run.now += 10'800;
  run.log(shell, "compiling a.cc\n\x1b[31mcompil");
  run.log(shell, "ing b.cc\x1b[0m\n[par");
  model.on_waiting({{"/0", "shell", ""}, {"/1", "timer", std::to_string(run.now + 2'500)}});
  EXPECT_EQ(live(), "app#7  ━━━━━───────────────  15s / ~1m00s\n" + at("  ✓ Build", "4.2s") +
                        at("  ⠋ Test    0/2", "10s") + at("    ⠋ unit  › compiling b.cc", "10s / ~12s") +
                        at("    ⠋ lint  sleeps, 3.0s left", "10s"));
  run.end(sleep);
  run.end(lint);
  run.end(shell);
  run.end(inner);
  run.end(unit);
  run.end(test);
  model.on_finished("SUCCESS");
  EXPECT_EQ(rest({"whole log"}), at("  ✓ Build", "4.2s") + at("  ✓ Test", "10s") + at("    ✓ unit", "10s") +
                                     at("    ✓ lint", "10s") +
                                     "\n"
                                     "✓ SUCCESS  app#7  15s\n"
                                     "\n"
                                     "whole log\n");
}

TEST_F(TreePicture, TheSummaryOfAFailureNamesItsFirstCause) {
  auto test = run.start(0, "stage", "Test");
  auto caught = run.start(test, "sh", "", "", 8);  // the script caught this one
  run.log(caught, "not this\n");
  run.end(caught, "FAILURE", "script returned exit code 9");
  auto shell = run.start(test, "sh", "", "", 12);
  for (int i = 1; i <= 12; ++i) run.log(shell, "line " + std::to_string(i) + "\n");
  run.log(shell, "no newline at the end");
  run.end(shell, "FAILURE", "script returned exit code 1");
  run.now += 2'000;
  run.end(test, "FAILURE", "script returned exit code 1");
  auto skipped = run.start(0, "stage", "Deploy");
  run.end(skipped, "NOT_BUILT", "failure");
  model.on_finished("FAILURE");
  EXPECT_EQ(rest(),
            at("  ✗ Test    script returned exit code 1", "2.0s") +
                "  - Deploy  skipped: an earlier failure\n"
                "\n"
                "✗ FAILURE  app#7  2.0s\n"
                "\n"
                "First cause: Test › sh at Jenkinsfile:12\n"
                "  script returned exit code 1\n"
                "  │ line 4\n  │ line 5\n  │ line 6\n  │ line 7\n  │ line 8\n  │ line 9\n  │ line 10\n  │ line 11\n"
                "  │ line 12\n  │ no newline at the end\n");
}

TEST_F(TreePicture, ARunThatWasCutOffIsNeitherGoodNorBad) {
  run.start(0, "stage", "Slow");
  run.now += 2'000;
  EXPECT_EQ(rest({"go on"}), at("  ■ Slow", "2.0s") + "\n■ stopped  app#7  2.0s\n\ngo on\n");
}

TEST_F(TreePicture, WhatFailsFastIsAConsequence) {
  auto test = run.start(0, "stage", "Test");
  auto slow = run.start(test, "branch", "slow", "/0");
  auto slow_step = run.start(slow, "sh", "", "/0", 5);
  auto bad = run.start(test, "branch", "bad", "/1");
  auto bad_step = run.start(bad, "sh", "", "/1", 6);
  run.end(bad_step, "FAILURE", "script returned exit code 2");
  run.end(bad, "FAILURE", "script returned exit code 2");
  run.end(slow_step, "ABORTED", "Failed in branch bad");
  run.end(slow, "ABORTED", "Failed in branch bad");
  run.end(test, "FAILURE", "script returned exit code 2");
  model.on_finished("FAILURE");
  EXPECT_NE(rest().find("First cause: Test / bad › sh at Jenkinsfile:6\n"), std::string::npos) << rest();
}

TEST_F(TreePicture, ABlockThatEndedWellCaughtWhatFailedInIt) {
  auto outer = run.start(0, "retry", "");
  auto step = run.start(outer, "sh", "", "", 3);
  run.end(step, "FAILURE", "script returned exit code 1");
  EXPECT_EQ(model.bad_nodes().size(), 2U);
  run.end(outer);
  EXPECT_TRUE(model.bad_nodes().empty());
}

TEST_F(TreePicture, AMillionCaughtFailuresAreNotKept) {
  auto stage = run.start(0, "stage", "Loop");
  for (int i = 0; i < 1000; ++i) {
    auto step = run.start(stage, "sh", "");
    run.log(step, "x\n");
    run.end(step, "FAILURE", "script returned exit code 1");
    step = run.start(stage, "echo", "");
    run.end(step);
  }
  EXPECT_LT(model.bad_nodes().size(), 30U);
}

TEST_F(TreePicture, FoldsWhatIsDoneWhenThereIsLittleRoom) {
  auto outer = run.start(0, "stage", "All");
  for (int i = 1; i <= 9; ++i) done("s" + std::to_string(i), outer);
  run.end(outer);
  auto now = run.start(0, "stage", "Now");
  style.height = 5;
  EXPECT_EQ(live(), std::string("app#7  0.0s\n") + at("  ✓ All  (9)", "0.0s") + at("  ⠋ Now", "0.0s"));
  run.end(now);
  for (int i = 1; i <= 9; ++i) done("t" + std::to_string(i));
  auto last = run.start(0, "stage", "Last");
  EXPECT_EQ(live(),
            "app#7  0.0s\n"
            "  ✓ 11 done\n" +
                at("  ⠋ Last", "0.0s"));
  run.end(last, "FAILURE", "no");
  EXPECT_NE(live().find("✗ Last"), std::string::npos) << live();
}

TEST_F(TreePicture, ManyBranchesOnASmallTerminal) {
  auto test = run.start(0, "stage", "Matrix");
  for (int i = 0; i < 40; ++i) run.start(test, "branch", "cell " + std::to_string(i), "/" + std::to_string(i));
  style.height = 6;
  EXPECT_EQ(live(), std::string("app#7  0.0s\n") + at("  ⠋ cell 0", "0.0s") + at("  ⠋ cell 1", "0.0s") +
                        at("  ⠋ cell 2", "0.0s") + "  … 37 more are running\n");
}

TEST_F(TreePicture, WaitsAreExplainedInBothLanguages) {
  run.start(0, "stage", "Deploy");
  model.on_waiting({{"", "lock", "[Resource: db] is locked by build app #6"}});
  EXPECT_NE(live().find("waits: [Resource: db] is locked by"), std::string::npos) << live();
  style.language = Language::chinese;
  EXPECT_NE(live().find("等待：[Resource: db]"), std::string::npos) << live();
  model.on_aborting();
  EXPECT_NE(live().find("正在中止"), std::string::npos) << live();
}

TEST_F(TreePicture, ARunWithoutStagesShowsItsStep) {
  auto step = run.start(0, "sh", "make all");
  EXPECT_EQ(live(), "app#7  0.0s\n  › sh make all\n");
  run.log(step, "cc a.c\n");
  EXPECT_EQ(live(), "app#7  0.0s\n  › cc a.c\n");
}

TEST_F(TreePicture, OutputOfACommandIsShownRatherThanTheCommand) {
  auto stage = run.start(0, "stage", "Build");
  auto step = run.start(stage, "sh", "");
  run.log(step, "+ make\n");
  EXPECT_NE(live().find("› + make"), std::string::npos) << live();
  run.log(step, "cc a.c\n+ sleep 1\n");
  EXPECT_NE(live().find("› cc a.c"), std::string::npos) << live();
  run.end(step);
  step = run.start(stage, "sh", "");
  run.log(step, "+ make install\n");
  EXPECT_NE(live().find("› + make install"), std::string::npos) << live();
}

TEST_F(TreePicture, TakesLongerThanLastTimeIsSeen) {
  facts.expected = {{"Build", 10'000}};
  style.color = true;
  run.start(0, "stage", "Build");
  run.now += 15'000;
  EXPECT_EQ(live().find("\x1b[33m15s"), std::string::npos);
  run.now += 10'000;
  EXPECT_NE(live().find("\x1b[33m25s / ~10s"), std::string::npos) << live();
}

/// The invariant, at every size, in every language, with everything that makes lines long.
TEST_F(TreePicture, NeverLeavesItsRectangle) {
  facts.expected = {{"", 3'600'000}, {"构建与测试", 1'000}};
  auto build = run.start(0, "stage", "构建与测试");
  auto long_name = run.start(build, "branch", std::string(200, 'n') + "名字很长", "/0");
  auto step = run.start(long_name, "sh", "", "/0", 99);
  run.log(step, std::string(300, 'x') + "\t" + "输出很长输出很长\n");
  auto deep = long_name;
  for (int i = 0; i < 30; ++i) deep = run.start(deep, "stage", "deep" + std::to_string(i), "/0");
  auto failed = run.start(build, "branch", "失败", "/1");
  run.end(failed, "FAILURE", "一个很长的原因 " + std::string(100, 'c'));
  model.on_waiting({{"/0", "input", std::string(150, 'w')}});
  model.on_aborting();
  run.now += 7'200'000;
  for (bool over : {false, true}) {
    if (over) model.on_finished("FAILURE");
    for (auto language : {Language::english, Language::chinese}) {
      for (bool ascii : {false, true}) {
        for (std::size_t width = 1; width < 130; width += width < 24 ? 1 : 17) {
          for (std::size_t height : {1U, 2U, 3U, 5U, 10U, 60U}) {
            style = {width, height, true, ascii, language};
            auto lines = over ? summary(model, facts, style, run.now, {}) : frame(model, facts, style, run.now);
            if (!over) ASSERT_LE(lines.size(), std::max<std::size_t>(height, 2) - 1);
            for (const auto& line : lines) {
              auto columns = text::display_width(without_controls(line));
              // A summary scrolls: its lines may wrap on a terminal that is narrower than any sentence.
              ASSERT_LE(columns, over && width < 30 ? 200 : width) << width << "x" << height << ": " << line;
              if (ascii && language == Language::english && line.find("xxx") == std::string::npos) {
                ASSERT_EQ(line.find("…"), std::string::npos) << line;
              }
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace windlass::cli
