#include "controllers/timer_controller.h"

#include <gtest/gtest.h>
#include <map>

#include "controllers/names.h"
#include "objects/metadata.h"
#include "text/cron.h"

namespace windlass::controllers {
namespace {

using data::Value;

constexpr std::int64_t kNoon = 1'795'953'600'000;  // 2026-11-29T12:00:00Z

Value pipeline(const std::string& cron, Value annotations = Value::map()) {
  auto block = Value::map_of("name", "p", "timer_trigger", Value::map_of("cron", cron));
  return Value::map_of("metadata", Value::map_of("name", "p", "namespace", "d", "annotations", std::move(annotations)),
                       "spec", Value::map_of("type", "pipeline", "pipeline", std::move(block)));
}

TEST(TimerPlan, FiresInItsMinuteOnceAndSaysWhenToLookAgain) {
  const auto due = plan_timer(pipeline("0 12 * * *"), kNoon + 5'000);
  EXPECT_EQ(due.fire, kNoon);
  EXPECT_GT(*due.again_millis, 3'600'000);
  const auto done = plan_timer(
      pipeline("0 12 * * *", Value::map_of(std::string(names::kTimerLast), std::to_string(kNoon))), kNoon + 5'000);
  EXPECT_FALSE(done.fire);
  const auto soon = plan_timer(pipeline("0 12 * * *"), kNoon - 5'000);
  EXPECT_FALSE(soon.fire);
  EXPECT_EQ(soon.again_millis, 5'020);
}

TEST(TimerPlan, MissedMinutesAreSkippedUnlessAskedFor) {
  const auto day = std::to_string(kNoon - 24 * 3'600'000);
  EXPECT_FALSE(
      plan_timer(pipeline("0 12 * * *", Value::map_of(std::string(names::kTimerLast), day)), kNoon + 600'000).fire);
  EXPECT_EQ(plan_timer(pipeline("0 12 * * *", Value::map_of(std::string(names::kTimerLast), day,
                                                            std::string(names::kTimerMissed), "run-once")),
                       kNoon + 600'000)
                .fire,
            kNoon);
}

TEST(TimerPlan, LinesOfTheJenkinsfileCountToo) {
  EXPECT_EQ(plan_timer(pipeline(""), kNoon, "0 12 * * *").fire, kNoon);
  EXPECT_EQ(plan_timer(pipeline("TZ=Asia/Shanghai\n0 12 * * *"), kNoon, "0 12 * * *").fire, kNoon);
  EXPECT_EQ(*plan_timer(pipeline("0 14 * * *"), kNoon + 1, "0 13 * * *").again_millis, 3'600'019);
  EXPECT_EQ(plan_timer(pipeline("0 12 * * *"), kNoon, "no cron").fire, kNoon);
}

/// T68: a storm of timers is spread over its time, and a clock that jumps fires no year's runs.
TEST(TimerPlan, T68StormsAreSpreadAndJumpsFireOnce) {
  constexpr int kPipelines = 10'000;
  constexpr std::int64_t kMinute = 60'000, kDay = 24 * 60 * kMinute;
  std::map<std::int64_t, int> by_minute;
  for (int i = 0; i < kPipelines; ++i) {
    const auto table = text::CronTable::parse("H H(0-7) * * *", "d/p" + std::to_string(i));
    ASSERT_TRUE(table);
    const auto next = table->next_after(kNoon);
    ASSERT_TRUE(next);
    ++by_minute[*next / kMinute];
  }
  EXPECT_GT(by_minute.size(), 400u) << "of 480 minutes of a night";
  for (const auto& [minute, count] : by_minute) EXPECT_LT(count, kPipelines / 100) << minute;

  const auto at = [](std::int64_t last, const std::string& missed) {
    return Value::map_of(std::string(names::kTimerLast), std::to_string(last), std::string(names::kTimerMissed),
                         missed);
  };
  const auto later = kNoon + 365 * kDay + 600'000;
  EXPECT_FALSE(plan_timer(pipeline("*/5 13 * * *", at(kNoon, "")), later).fire);
  const auto once = plan_timer(pipeline("0 12 * * *", at(kNoon, "run-once")), later).fire;
  EXPECT_EQ(once, kNoon + 365 * kDay) << "the newest minute stands for all";
  EXPECT_FALSE(plan_timer(pipeline("0 12 * * *", at(*once, "run-once")), later).fire);
  // And back: what has fired does not fire again.
  EXPECT_FALSE(plan_timer(pipeline("0 12 * * *", at(kNoon + 365 * kDay, "run-once")), kNoon).fire);
}

TEST(TimerPlan, ZonesAndNonsense) {
  EXPECT_EQ(plan_timer(pipeline("TZ=Asia/Shanghai\n0 20 * * *"), kNoon).fire, kNoon);
  EXPECT_FALSE(plan_timer(pipeline("99 * * * *"), kNoon).again_millis);
  EXPECT_FALSE(plan_timer(pipeline(""), kNoon).again_millis);
}

}  // namespace
}  // namespace windlass::controllers
