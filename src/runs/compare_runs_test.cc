#include "runs/compare_runs.h"

#include <gtest/gtest.h>

namespace windlass::runs {
namespace {

TEST(CompareRuns, TimesAndDurationsMeanNothing) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"2026-11-29T07:26:19.123Z done", "<time> done"},
      {"[2026-11-29 07:26:19,5 +0100] x", "[<time>] x"},
      {"at 07:26:19 and 7:26:19.5", "at <time> and <time>"},
      {"took 1.5 s", "took <duration>"},
      {"took 3m12s", "took <duration><duration>"},
      {"1795906876241", "<time>"},
      {"in 12 ms, 3 minutes", "in <duration>, <duration>"},
      {"3 more, 5 modules, 17 tests", "3 more, 5 modules, 17 tests"},
      {"v1.2.3", "v1.2.3"},
      {"a12s", "a12s"},
      {"29/11/2026", "<time>"},
      {"", ""},
  };
  for (const auto& [line, wanted] : cases) EXPECT_EQ(without_times(line), wanted) << line;
}

TEST(CompareRuns, ChangedLinesWithWhatIsAroundThem) {
  const auto changes = compare_texts("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nX\ne\nf\n", 1);
  std::string shown;
  for (const auto& one : changes) {
    shown += (one.kind == TextChange::Kind::same ? " " : one.kind == TextChange::Kind::removed ? "-" : "+") + one.text;
  }
  EXPECT_EQ(shown, " c-d+X e");
  EXPECT_TRUE(compare_texts("a\nb\n", "a\nb\n").empty());
  EXPECT_EQ(compare_texts("", "one\n").size(), 1u);
  EXPECT_EQ(compare_texts("", "").size(), 0u);
  std::string large, other;
  for (int i = 0; i < 5000; ++i) large += std::to_string(i) + "\n", other += "x" + std::to_string(i) + "\n";
  EXPECT_EQ(compare_texts(large, other).size(), 10'000u) << "a large difference costs no quadratic time";
}

engine::FlowNode node(std::uint64_t id, std::uint64_t parent, std::string step, std::string label, std::string result,
                      std::int64_t took) {
  engine::FlowNode out;
  out.id = id;
  out.parent = parent;
  out.step = std::move(step);
  out.label = std::move(label);
  out.result = std::move(result);
  out.started_millis = 1000;
  out.ended_millis = took < 0 ? 0 : 1000 + took;
  out.line = static_cast<std::uint32_t>(id);
  return out;
}

TEST(CompareRuns, StagesByTheirPath) {
  const FlowNodes a = {node(1, 0, "stage", "Build", "SUCCESS", 10), node(2, 1, "sh", "", "SUCCESS", 9),
                       node(3, 0, "stage", "Test", "FAILURE", 20), node(4, 3, "branch", "Linux", "FAILURE", 19)};
  const FlowNodes b = {node(1, 0, "stage", "Build", "SUCCESS", 15), node(2, 0, "stage", "Lint", "SUCCESS", 1),
                       node(3, 0, "stage", "Test", "SUCCESS", 25)};
  const auto pairs = compare_stages(a, b);
  ASSERT_EQ(pairs.size(), 4u);
  EXPECT_EQ(pairs[0].path, "Build");
  EXPECT_EQ(pairs[0].a.millis, 10);
  EXPECT_EQ(pairs[0].b.millis, 15);
  EXPECT_EQ(pairs[1].path, "Lint");
  EXPECT_EQ(pairs[1].a.node, 0u);
  EXPECT_EQ(pairs[2].path, "Test");
  EXPECT_EQ(pairs[3].path, "Test / Linux");
  EXPECT_EQ(pairs[3].b.millis, -1);
  EXPECT_EQ(paths_of(a).of(*a.find(2)), "Build / sh@2");
  const FlowNodes twice = {node(1, 0, "stage", "Build", "", 1), node(2, 0, "stage", "Build", "", 1)};
  EXPECT_EQ(paths_of(twice).of(*twice.find(2)), "Build (2)");
}

TEST(CompareRuns, LinesThatOnlyOneLogHas) {
  const auto lines = [](std::initializer_list<std::string> texts) {
    std::vector<LogLine> out;
    for (const auto& text : texts) {
      LogLine line;
      line.number = out.size() + 1;
      line.text = text;
      out.push_back(std::move(line));
    }
    return out;
  };
  const auto a = lines({"start 10:00:00", "same", "only a", "same", "took 5 s"});
  const auto b = lines({"start 11:30:00", "same", "took 7 s", "only b", "only b"});
  LogDifference difference;
  for (const auto& line : a) difference.add_a(line);
  for (const auto& line : b) difference.add_b(line);
  difference.settle();
  for (const auto& line : a) difference.show_a(line);
  for (const auto& line : b) difference.show_b(line);
  EXPECT_EQ(difference.differing(), (std::pair<std::uint64_t, std::uint64_t>{2, 2}));
  ASSERT_EQ(difference.only_a().size(), 2u);
  EXPECT_EQ(difference.only_a()[0].text, "same") << "once too often";
  EXPECT_EQ(difference.only_a()[1].text, "only a");
  ASSERT_EQ(difference.only_b().size(), 2u);
  EXPECT_EQ(difference.only_b()[0].number, 4u);
}

}  // namespace
}  // namespace windlass::runs
