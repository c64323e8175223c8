#include "controllers/run_history.h"

#include <gtest/gtest.h>

namespace windlass::controllers {
namespace {

runs::RunInfo run(std::uint64_t number, const std::string& result, std::int64_t millis = 10) {
  runs::RunInfo out;
  out.job = "p/build";
  out.number = number;
  out.started_millis = 1000;
  out.phase = result.empty() ? runs::Phase::running : runs::Phase::ended;
  out.result = result;
  if (!result.empty()) out.ended_millis = 1000 + millis;
  return out;
}

TEST(RunHistory, WeatherIsTheLastFiveThatEndedByThemselves) {
  RunHistory history;
  EXPECT_EQ(history.facts_of({"p", "build"}).weather_score, 100);
  for (int i = 1; i <= 4; ++i) history.note(run(static_cast<std::uint64_t>(i), "FAILURE"));
  EXPECT_EQ(history.facts_of({"p", "build"}).weather_score, 0);
  history.note(run(5, "SUCCESS", 30));
  history.note(run(6, "ABORTED"));
  history.note(run(7, "SUCCESS", 10));
  const auto facts = history.facts_of({"p", "build"});
  EXPECT_EQ(facts.weather_score, 40);
  EXPECT_EQ(facts.estimated_duration_millis, 20);
  EXPECT_EQ(facts.latest_run->get_string("id"), "7");
}

TEST(RunHistory, OnlyWhatClientsSeeCountsAsAChange) {
  RunHistory history;
  EXPECT_TRUE(history.note(run(1, "")));
  EXPECT_FALSE(history.note(run(1, "")));
  EXPECT_TRUE(history.note(run(1, "SUCCESS")));
  EXPECT_FALSE(history.note(run(1, "SUCCESS")));
  EXPECT_FALSE(history.facts_of({"p", "other"}).latest_run);
}

TEST(RunHistory, OldRunsDoNotPushOutNewOnes) {
  RunHistory history;
  for (std::uint64_t i = 20; i > 0; --i) history.note(run(i, "SUCCESS"));
  EXPECT_EQ(history.facts_of({"p", "build"}).latest_run->get_string("id"), "20");
}

TEST(RunHistory, TheNewestIsShownAsItIsNow) {
  RunHistory history;
  history.note(run(1, ""));
  history.note(run(2, ""));
  EXPECT_EQ(history.facts_of({"p", "build"}).latest_run->get_string("state"), "RUNNING");
  history.note(run(1, "FAILURE"));
  auto facts = history.facts_of({"p", "build"});
  EXPECT_EQ(facts.latest_run->get_string("id"), "2");
  EXPECT_EQ(facts.weather_score, 0);
  history.note(run(2, "SUCCESS", 50));
  facts = history.facts_of({"p", "build"});
  EXPECT_EQ(facts.latest_run->get_string("state"), "FINISHED");
  EXPECT_EQ(facts.weather_score, 50);
  EXPECT_EQ(facts.estimated_duration_millis, 50);
}

}  // namespace
}  // namespace windlass::controllers
