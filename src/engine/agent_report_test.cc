// What is kept of an agent's troubles, one after the other.
#include "engine/agent_report.h"

#include <gtest/gtest.h>

namespace windlass::engine {
namespace {

using data::Value;

AgentTrouble trouble(std::string code, std::int64_t since, bool final = false, Value evidence = Value::map()) {
  return {std::move(code), std::move(evidence), "words", since, 0, final};
}

TEST(AgentReport, TroublesFollowEachOther) {
  AgentReport report;
  EXPECT_EQ(report.trouble(), nullptr);
  EXPECT_FALSE(take_trouble(report, trouble("", 1))) << "nothing to heal";
  EXPECT_TRUE(take_trouble(report, trouble("pod-unschedulable", 10)));
  EXPECT_FALSE(take_trouble(report, trouble("pod-unschedulable", 20)));
  EXPECT_TRUE(take_trouble(report, trouble("pod-unschedulable", 30, false, Value::map_of("message", "other"))));
  ASSERT_EQ(report.troubles.size(), 1u);
  EXPECT_EQ(report.trouble()->since_millis, 10) << "the same trouble, in other words";
  EXPECT_TRUE(take_trouble(report, trouble("pod-image", 40)));
  EXPECT_EQ(report.troubles[0].until_millis, 40);
  EXPECT_TRUE(take_trouble(report, trouble("", 50)));
  EXPECT_EQ(report.trouble(), nullptr);
  EXPECT_TRUE(take_trouble(report, trouble("pod-memory", 60, true)));
  EXPECT_FALSE(take_trouble(report, trouble("", 70))) << "what has ended it stays";
  EXPECT_FALSE(take_trouble(report, trouble("pod-deleted", 80, true)));
  EXPECT_EQ(report.trouble()->code, "pod-memory");
  AgentReport many;
  for (int i = 0; i < 60; ++i) take_trouble(many, trouble("code-" + std::to_string(i), i));
  EXPECT_EQ(many.troubles.size(), 20u);
  EXPECT_EQ(many.trouble()->code, "code-59");
}

TEST(AgentReport, KeptAndReadAgain) {
  AgentReport report;
  report.key = "b:7";
  report.flow_node = 12;
  report.label = "maven";
  report.node = "maven-x";
  report.up = true;
  report.times = Value::map_of("asked", 1, "created", 2);
  take_trouble(report, trouble("pod-quota", 10, false, Value::map_of("quota", "q")));
  take_trouble(report, trouble("pod-evicted", 20, true));
  const auto again = agent_report_of(value_of(report));
  EXPECT_EQ(value_of(again), value_of(report));
  EXPECT_EQ(again.key, "b:7");
  EXPECT_EQ(again.flow_node, 12u);
  ASSERT_EQ(again.troubles.size(), 2u);
  EXPECT_EQ(again.troubles[0].evidence.get_string("quota"), "q");
  EXPECT_TRUE(again.trouble()->final);
  EXPECT_EQ(agent_report_of(Value()).key, "");
}

}  // namespace
}  // namespace windlass::engine
