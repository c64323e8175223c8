#include "runs/blue_ocean.h"

#include <gtest/gtest.h>

namespace windlass::runs {
namespace {

FlowNode node(std::uint64_t id, std::uint64_t parent, const std::string& step, const std::string& label = "",
              const std::string& result = "SUCCESS") {
  FlowNode out;
  out.id = id;
  out.parent = parent;
  out.step = step;
  out.label = label;
  out.started_millis = 1000;
  out.ended_millis = result.empty() ? 0 : 2000;
  out.result = result;
  return out;
}

/// "A>B,C" for each stage: its name and the names behind it.
std::string graph(const FlowNodes& nodes) {
  const auto stages = stages_of(nodes);
  const auto name = [&](std::uint64_t id) {
    for (const auto& stage : stages) {
      if (stage.node->id == id) return stage.node->label;
    }
    return std::string("?");
  };
  std::string out;
  for (const auto& stage : stages) {
    out += (out.empty() ? "" : " ") + stage.node->label + (stage.branch ? "*" : "");
    std::string next;
    for (const auto id : stage.next) next += (next.empty() ? ">" : ",") + name(id);
    out += next;
  }
  return out;
}

TEST(BlueOcean, StagesFollowEachOther) {
  EXPECT_EQ(graph({node(1, 0, "node"), node(2, 1, "stage", "A"), node(3, 2, "sh"), node(4, 1, "stage", "B")}), "A>B B");
}

TEST(BlueOcean, BranchesStandSideBySideAndJoin) {
  // As Declarative makes them: a stage of the same name within each branch is the branch itself.
  EXPECT_EQ(graph({node(1, 0, "stage", "P"), node(2, 1, "branch", "x"), node(3, 2, "stage", "x"), node(4, 3, "echo"),
                   node(5, 1, "branch", "y"), node(6, 0, "stage", "Z")}),
            "P>x,y x*>Z y*>Z Z");
}

TEST(BlueOcean, StagesWithinABranchAreShown) {
  EXPECT_EQ(graph({node(1, 0, "stage", "P"), node(2, 1, "branch", "x"), node(3, 2, "stage", "x1"),
                   node(4, 2, "stage", "x2"), node(5, 1, "branch", "y"), node(6, 0, "stage", "Z")}),
            "P>x,y x*>x1 x1>x2 x2>Z y*>Z Z");
}

TEST(BlueOcean, StepsBelongToTheInnermostStageAndBlocksAreNoSteps) {
  const FlowNodes nodes = {node(1, 0, "stage", "A"), node(2, 1, "dir"), node(3, 2, "sh"), node(4, 1, "stage", "inner"),
                           node(5, 4, "echo")};
  const auto stages = stages_of(nodes);
  ASSERT_EQ(stages.size(), 2u);
  ASSERT_EQ(stages[0].steps.size(), 1u);
  EXPECT_EQ(stages[0].steps[0]->id, 3u);
  EXPECT_EQ(stages[1].steps[0]->id, 5u);
  EXPECT_EQ(below(nodes, 1), (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
}

TEST(BlueOcean, StatesAndResults) {
  RunInfo run;
  run.job = "p/x";
  run.number = 3;
  EXPECT_EQ(blue_state(run), "QUEUED");
  run.phase = Phase::running;
  EXPECT_EQ(blue_state(run), "RUNNING");
  Waiting question;
  question.code = "input";
  question.node = 7;
  question.input = data::Value::map_of("id", "Go", "message", "Sure?", "ok", "", "submitter", "");
  run.waiting = {question};
  EXPECT_EQ(blue_state(run), "PAUSED");
  EXPECT_EQ(blue_result(run), "UNKNOWN");
  const auto step = blue_step(run, node(7, 1, "input", "", ""), {});
  EXPECT_EQ(step.get_string("state"), "PAUSED");
  EXPECT_EQ(step.find("input")->get_string("ok"), "Proceed");
  EXPECT_TRUE(step.find("input")->find("submitter")->is_null());
  run.phase = Phase::ended;
  run.result = "UNSTABLE";
  EXPECT_EQ(blue_run(run, {}).get_string("result"), "UNSTABLE");
  EXPECT_EQ(blue_run(run, {}).get_string("pipeline"), "x");
}

}  // namespace
}  // namespace windlass::runs
