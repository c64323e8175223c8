#include "runs/blue_text.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace windlass::runs {
namespace {

FlowNode node(std::uint64_t id, std::uint64_t parent, const std::string& step, const std::string& label = "") {
  FlowNode out;
  out.id = id;
  out.parent = parent;
  out.step = step;
  out.label = label;
  out.started_millis = 1000;
  out.ended_millis = 2000;
  out.result = "SUCCESS";
  return out;
}

std::string whole(BlueText& text, std::size_t bytes) {
  std::string out;
  for (auto piece = text.next(bytes); !piece.empty(); piece = text.next(bytes)) out += piece;
  return out;
}

FlowNodes some() {
  return {node(1, 0, "stage", "A"), node(2, 1, "sh"),          node(3, 1, "echo"), node(4, 0, "stage", "empty"),
          node(5, 0, "stage", "B"), node(6, 5, "branch", "x"), node(7, 6, "sh"),   node(8, 5, "branch", "y")};
}

TEST(BlueText, IsTheSameInPiecesOfAnySize) {
  for (const bool steps : {false, true}) {
    BlueText at_once({}, some(), {}, steps);
    const auto text = whole(at_once, 1u << 20);
    const auto list = data::parse_json(text);
    ASSERT_TRUE(list) << text;
    ASSERT_EQ(list->size(), 5u);
    EXPECT_EQ(list->items()[0].find("steps") != nullptr, steps);
    EXPECT_EQ(list->items()[3].get_string("type"), "PARALLEL");
    if (steps) {
      EXPECT_EQ(list->items()[0].find("steps")->size(), 2u);
      EXPECT_EQ(list->items()[1].find("steps")->size(), 0u);
    }
    BlueText by_and_by({}, some(), {}, steps);
    EXPECT_EQ(whole(by_and_by, 1), text);
  }
}

TEST(BlueText, OfNothingIsAnEmptyList) {
  BlueText none({}, {}, {}, true);
  EXPECT_EQ(whole(none, 100), "[]");
}

TEST(BlueText, StepsOfOneStageOnly) {
  BlueText text({}, some(), {}, true, [](data::Value& step, std::uint64_t id) { step.set("mine", id == 2); });
  ASSERT_TRUE(text.narrow(1));
  const auto list = data::parse_json(whole(text, 1));
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ(list->items()[0].get_string("id"), "2");
  EXPECT_TRUE(list->items()[0].get_bool("mine"));
  EXPECT_FALSE(list->items()[1].get_bool("mine"));
  BlueText other({}, some(), {}, true);
  EXPECT_FALSE(other.narrow(2));
}

TEST(BlueText, AQuestionPausesTheStagesAroundIt) {
  RunInfo run;
  Waiting question;
  question.code = "input";
  question.node = 7;
  question.input = data::Value::map();
  run.waiting = {question};
  EXPECT_EQ(paused_of(run, some()), (std::set<std::uint64_t>{5, 6, 7}));
}

TEST(BlueText, MoreThanMayBeIsNothing) {
  EXPECT_FALSE(BlueText({}, some(), {}, true).rest(100));
  BlueText text({}, some(), {}, true);
  EXPECT_TRUE(data::parse_json(*text.rest(100'000)));
}

}  // namespace
}  // namespace windlass::runs
