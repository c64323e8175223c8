#include "jenkinsfile/text_edits.h"

#include <gtest/gtest.h>
#include <random>

namespace windlass::jenkinsfile {
namespace {

TEST(TextEdits, OnlyWhatDiffersIsTouched) {
  const std::string before = "a {\n  // kept\n  echo 'one'\n  x\n}\n";
  const std::string after = "a {\n  // kept\n  echo 'two'\n  x\n  y\n}\n";
  const auto edits = edits_between(before, after);
  ASSERT_EQ(edits.size(), 2u);
  EXPECT_EQ(before.substr(edits[0].begin, edits[0].end - edits[0].begin) + ">" + edits[0].text, "one>two");
  EXPECT_EQ(edits[1].begin, edits[1].end) << "an insertion takes nothing away";
  EXPECT_EQ(apply_edits(before, edits), after);
  EXPECT_TRUE(edits_between(before, before).empty());
}

TEST(TextEdits, CharactersStayWhole) {
  const auto edits = edits_between("x 构建 y\n", "x 构件 y\n");
  ASSERT_EQ(edits.size(), 1u);
  EXPECT_EQ(edits[0].text, "件");
}

TEST(TextEdits, AlwaysLeadToTheOtherText) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto text = [&] {
    std::string out(std::uniform_int_distribution<std::size_t>(0, 60)(random), 'a');
    for (auto& c : out) c = "ab\n"[std::uniform_int_distribution<>(0, 2)(random)];
    return out;
  };
  for (int i = 0; i < 2000; ++i) {
    const auto before = text(), after = text();
    const auto edits = edits_between(before, after);
    EXPECT_EQ(apply_edits(before, edits), after);
    for (std::size_t k = 1; k < edits.size(); ++k) EXPECT_LE(edits[k - 1].end, edits[k].begin);
  }
  std::string large, other;
  for (int i = 0; i < 5000; ++i) large += "a" + std::to_string(i) + "\n", other += "b" + std::to_string(i) + "\n";
  EXPECT_EQ(apply_edits(large, edits_between(large, other)), other);
}

}  // namespace
}  // namespace windlass::jenkinsfile
