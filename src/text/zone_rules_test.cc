#include "text/detail/zone_rules.h"

#include <gtest/gtest.h>
#include <string>

namespace windlass::text::detail {
namespace {

std::string big_endian(std::uint64_t n, int width) {
  std::string out;
  for (int i = width - 1; i >= 0; --i) out += static_cast<char>(n >> (8 * i) & 0xFF);
  return out;
}

/// A zone file with one offset and one change to a second one, and that rule.
std::string zone_file(const std::string& rule) {
  const std::string header = std::string("TZif2") + std::string(15, '\0');
  const std::string counts = big_endian(0, 4) + big_endian(0, 4) + big_endian(0, 4);
  std::string out = header + counts + big_endian(0, 4) + big_endian(1, 4) + big_endian(1, 4);
  out += big_endian(0, 4) + std::string(2, '\0') + std::string(1, '\0');  // the block of 32-bit times
  out += header + counts + big_endian(1, 4) + big_endian(2, 4) + big_endian(8, 4);
  out += big_endian(1'000'000'000, 8) + std::string(1, '\1');
  out += big_endian(3600, 4) + std::string(1, '\0') + std::string(1, '\0');
  out += big_endian(7200, 4) + std::string(1, '\1') + std::string(1, '\4');
  out += std::string("ONE\0TWO\0", 8);
  return out + "\n" + rule + "\n";
}

TEST(ZoneRules, FollowTheRuleBehindTheLastChange) {
  const auto rules = ZoneRules::parse(zone_file("CET-1CEST,M3.5.0,M10.5.0/3"));
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->at(999'999'999).abbreviation, "ONE");
  const auto summer = rules->at(4'087'148'400);  // 2099-07-08
  EXPECT_EQ(summer.abbreviation, "CEST");
  EXPECT_EQ(summer.offset, 7200);
  EXPECT_TRUE(summer.daylight);
  EXPECT_EQ(summer.begin, 4'078'429'200);  // 2099-03-29 01:00 UTC
  EXPECT_EQ(summer.end, 4'096'573'200);    // 2099-10-25 01:00 UTC
  EXPECT_EQ(rules->at(summer.end).abbreviation, "CET");
  // 02:30 is skipped in March, and comes twice in October.
  const std::int64_t skipped = summer.begin + 3600 + 1800;
  EXPECT_EQ(rules->local_offset(skipped, false), 3600);
  EXPECT_EQ(rules->local_offset(skipped, true), 3600);
  const std::int64_t twice = summer.end + 3600 + 1800;
  EXPECT_EQ(rules->local_offset(twice, false), 7200);
  EXPECT_EQ(rules->local_offset(twice, true), 3600);
}

TEST(ZoneRules, UnderstandAllFormsOfRules) {
  const auto quoted = ZoneRules::parse(zone_file("<-03>3"));
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->at(2'000'000'000).abbreviation, "-03");
  EXPECT_EQ(quoted->at(2'000'000'000).offset, -10800);
  // Southern: daylight time over the new year. Day of the year, with and without leap days.
  const auto south = ZoneRules::parse(zone_file("A-10B,J274/2,J91/3"));
  ASSERT_TRUE(south);
  EXPECT_EQ(south->at(2'019'686'400).abbreviation, "B");  // 2034-01-01
  EXPECT_EQ(south->at(2'034'806'400).abbreviation, "A");  // 2034-06-25
  const auto zero_based = ZoneRules::parse(zone_file("A0B,59,300"));
  ASSERT_TRUE(zero_based);
  EXPECT_EQ(zero_based->at(2'019'686'400).abbreviation, "A");
  EXPECT_EQ(zero_based->at(2'034'806'400).abbreviation, "B");
  // Daylight time for ever, as some zones have it.
  const auto always = ZoneRules::parse(zone_file("A3B,0/0,J365/25"));
  ASSERT_TRUE(always);
  for (const std::int64_t at : {2'019'686'400, 2'034'806'400, 2'051'222'399, 2'051'222'400}) {
    EXPECT_EQ(always->at(at).abbreviation, "B") << at;
  }
}

TEST(ZoneRules, RefuseWhatIsCutOrDamaged) {
  const auto whole = zone_file("CET-1CEST,M3.5.0,M10.5.0/3");
  for (std::size_t cut = 0; cut < whole.size(); ++cut) EXPECT_FALSE(ZoneRules::parse(whole.substr(0, cut))) << cut;
  for (const auto* rule : {"C", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-999"}) {
    EXPECT_FALSE(ZoneRules::parse(zone_file(rule))) << rule;
  }
  EXPECT_EQ(ZoneRules::find("../../etc/passwd"), nullptr);
  EXPECT_EQ(ZoneRules::find("/Europe/Berlin"), nullptr);
  EXPECT_EQ(ZoneRules::find("posix/Europe/Berlin"), nullptr);
  EXPECT_EQ(ZoneRules::find("Europe"), nullptr);
  EXPECT_EQ(ZoneRules::find("Europe/Nowhere"), nullptr);
  EXPECT_NE(ZoneRules::find("Europe/Berlin"), nullptr);
}

}  // namespace
}  // namespace windlass::text::detail
