#include "text/cron.h"

#include <bit>
#include <gtest/gtest.h>
#include <set>

namespace windlass::text {
namespace {

std::int64_t at(std::string_view text, std::string_view zone = "UTC") {
  return parse_simple_date("yyyy-MM-dd HH:mm", text, TimeZone::find(zone).value()).value();
}
std::string show(std::optional<std::int64_t> millis, std::string_view zone = "UTC") {
  if (!millis) return "never";
  return format_simple_date("yyyy-MM-dd HH:mm Z", *millis, TimeZone::find(zone).value()).value();
}

TEST(Cron, NextAndPrevious) {
  struct {
    const char* line;
    const char* next;
    const char* previous;
  } rows[] = {
      {"* * * * *", "2026-11-24 16:53 +0000", "2026-11-24 16:51 +0000"},
      {"0 4 * * 1-5", "2026-11-25 04:00 +0000", "2026-11-24 04:00 +0000"},
      {"*/15 * * * *", "2026-11-24 17:00 +0000", "2026-11-24 16:45 +0000"},
      {"5-20/5,50 3 * * *", "2026-11-25 03:05 +0000", "2026-11-24 03:50 +0000"},
      {"0 0 29 2 *", "2028-02-29 00:00 +0000", "2024-02-29 00:00 +0000"},
      {"0 0 13 * 5", "2027-08-13 00:00 +0000", "2026-11-13 00:00 +0000"},
      {"30 12 * * 7", "2026-11-29 12:30 +0000", "2026-11-22 12:30 +0000"},
      {"52 16 24 11 *", "2027-11-24 16:52 +0000", "2025-11-24 16:52 +0000"},
      {"0 0 30 2 *", "never", "never"},
  };
  for (const auto& row : rows) {
    auto table = CronTable::parse(row.line, "job").value();
    EXPECT_EQ(show(table.next_after(at("2026-11-24 16:52"))), row.next) << row.line;
    EXPECT_EQ(show(table.previous_before(at("2026-11-24 16:52"))), row.previous) << row.line;
    if (auto next = table.next_after(at("2026-11-24 16:52"))) {
      EXPECT_TRUE(table.fires_at(*next + 59999));
      EXPECT_FALSE(CronTable::parse("1 1 1 1 *", "job")->fires_at(*next));
    }
  }
}

TEST(Cron, ZoneAndClockChanges) {
  auto table = CronTable::parse("TZ=Europe/Berlin\n# comment\n30 2 * * *", "job").value();
  EXPECT_EQ(show(table.next_after(at("2026-06-01 00:00")), "Europe/Berlin"), "2026-06-01 02:30 +0200");
  // 02:30 does not exist on 2024-03-31 and exists twice on 2024-10-27.
  EXPECT_EQ(show(table.next_after(at("2024-03-30 12:00")), "Europe/Berlin"), "2024-04-01 02:30 +0200");
  auto once = table.next_after(at("2024-10-26 12:00"));
  EXPECT_EQ(show(once, "Europe/Berlin"), "2024-10-27 02:30 +0200");
  EXPECT_EQ(show(table.next_after(*once), "Europe/Berlin"), "2024-10-28 02:30 +0100");
  auto hourly = CronTable::parse("TZ=Europe/Berlin\n0 * * * *", "job").value();
  std::int64_t time = at("2024-10-26 23:30");
  for (int i = 0; i < 5; ++i) {
    auto next = hourly.next_after(time).value();
    EXPECT_EQ(next - (time - time % 3600000), 3600000);
    time = next;
  }
}

TEST(Cron, HashIsStableAndInRange) {
  std::set<std::uint64_t> minutes;
  for (int i = 0; i < 200; ++i) {
    std::string job = "folder/job-" + std::to_string(i);
    auto table = CronTable::parse("H H(2-4) H H/3 H", job).value();
    const CronLine& line = table.lines()[0];
    EXPECT_EQ(std::popcount(line.minutes), 1);
    minutes.insert(line.minutes);
    EXPECT_EQ(std::popcount(line.hours), 1);
    EXPECT_EQ(line.hours & ~0b11100U, 0U);
    EXPECT_EQ(std::popcount(line.days_of_month), 1);
    EXPECT_LT(line.days_of_month, 1U << 29);
    EXPECT_EQ(std::popcount(line.months), 4);
    EXPECT_LT(line.days_of_week, 1U << 7);
    EXPECT_EQ(CronTable::parse("H H(2-4) H H/3 H", job)->lines()[0].minutes, line.minutes);
    EXPECT_LT(CronTable::parse("@midnight", job)->lines()[0].hours, 8U);
  }
  EXPECT_GT(minutes.size(), 40U);
  // These values are a promise: a changed hash would move every job of an installation.
  EXPECT_EQ(std::countr_zero(CronTable::parse("H * * * *", "folder/job")->lines()[0].minutes), 41);
}

TEST(Cron, ErrorsNameLineAndField) {
  const std::pair<const char*, const char*> rows[] = {
      {"* * * *",
       "cron line 1: expected five fields (minute, hour, day of month, month, day of week), found 4 in `* * * *`"},
      {"\n60 * * * *", "cron line 2: the minute field `60` is wrong: 60 is not between 0 and 59"},
      {"* 5-3 * * *",
       "cron line 1: the hour field `5-3` is wrong: the range goes down from 5 to 3; write the smaller number first"},
      {"*/0 * * * *", "cron line 1: the minute field `*/0` is wrong: the step 0 is not between 1 and 60"},
      {"5/10 * * * *",
       "cron line 1: the minute field `5/10` is wrong: a step needs a range, for example `*/5` or `10-40/5`"},
      {"* * * * MON", "cron line 1: the day of week field `MON` is wrong: expected a number, `*` or `H`"},
      {"H(5) * * * *", "cron line 1: the minute field `H(5)` is wrong: expected `-` in H(a-b)"},
      {"@reboot", "cron line 1: `@reboot` is no alias; use @yearly, @monthly, @weekly, @daily, @midnight or @hourly"},
      {"* * * * *\nTZ=UTC", "cron line 2: TZ= must stand before all other lines"},
      {"TZ=Nowhere/Land",
       "cron line 1: no time zone is called `Nowhere/Land`; use a name such as Europe/Berlin, or GMT+02:00"},
  };
  for (const auto& [text, message] : rows) {
    auto table = CronTable::parse(text, "job");
    ASSERT_FALSE(table) << text;
    EXPECT_EQ(table.error().message, message);
  }
}

TEST(Cron, Warnings) {
  EXPECT_EQ(CronTable::parse("H/7 H * * *", "job")->warnings().size(), 1U);
  EXPECT_EQ(CronTable::parse("* 3 * * *", "job")->warnings().size(), 1U);
  EXPECT_EQ(CronTable::parse("0 3 * * *", "job")->warnings().size(), 1U);
  EXPECT_EQ(CronTable::parse("H 3 * * *\n@daily\nH/15 * * * *", "job")->warnings().size(), 0U);
}

}  // namespace
}  // namespace windlass::text
