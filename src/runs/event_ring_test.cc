#include "runs/event_ring.h"

#include <gtest/gtest.h>
#include <vector>

namespace windlass::runs {
namespace {

Event event(std::string thing, std::int64_t time, std::string data = "{}") {
  Event out;
  out.thing = std::move(thing);
  out.time_millis = time;
  out.data = std::move(data);
  return out;
}

std::vector<std::string> told(const EventRing& ring, std::uint64_t after) {
  std::vector<std::string> out;
  ring.each(after, [&](std::uint64_t, const Event& one) {
    out.push_back(one.thing + one.data);
    return true;
  });
  return out;
}

TEST(EventRing, TellsWhatIsBehindAPosition) {
  EventRing ring;
  EXPECT_TRUE(ring.keeps(0));
  ring.add(event("a", 1));
  ring.add(event("b", 2));
  EXPECT_EQ(told(ring, 0), (std::vector<std::string>{"a{}", "b{}"}));
  EXPECT_EQ(told(ring, 1), (std::vector<std::string>{"b{}"}));
  EXPECT_TRUE(told(ring, ring.newest()).empty());
  EXPECT_FALSE(ring.keeps(3)) << "a position that was never given";
}

TEST(EventRing, ANewerStateTakesTheOldOnesPlaceWithoutAGap) {
  EventRing ring;
  ring.add(event("a", 1, "1"));
  ring.add(event("b", 2, "1"));
  ring.add(event("a", 3, "2"));
  EXPECT_EQ(told(ring, 0), (std::vector<std::string>{"b1", "a2"}));
  EXPECT_EQ(told(ring, 1), (std::vector<std::string>{"b1", "a2"}));
  EXPECT_TRUE(ring.keeps(0));
  EXPECT_EQ(ring.size(), 2u);
}

TEST(EventRing, WhatIsTooOldIsAGap) {
  EventRing ring({.keep_millis = 100, .most_bytes = 1u << 20});
  ring.add(event("a", 0));
  ring.add(event("b", 50));
  ring.add(event("c", 101));
  EXPECT_FALSE(ring.keeps(0));
  EXPECT_TRUE(ring.keeps(1));
  ring.add(event("d", 300));
  EXPECT_FALSE(ring.keeps(2));
  EXPECT_TRUE(ring.keeps(3));
  EXPECT_EQ(told(ring, 3), (std::vector<std::string>{"d{}"}));
}

TEST(EventRing, NothingIsKeptForEver) {
  EventRing ring({.keep_millis = 100, .most_bytes = 1u << 20});
  ring.add(event("a", 0));
  ring.expire(100);
  EXPECT_EQ(ring.size(), 1u);
  ring.expire(101);
  EXPECT_EQ(ring.size(), 0u);
  EXPECT_EQ(ring.bytes(), 0u);
  EXPECT_FALSE(ring.keeps(0));
  EXPECT_TRUE(ring.keeps(1));
}

TEST(EventRing, IsBoundedInBytesWhateverComes) {
  EventRing ring({.keep_millis = 1'000'000, .most_bytes = 100'000});
  for (int i = 0; i < 5000; ++i) ring.add(event("thing " + std::to_string(i), i, std::string(200, 'x')));
  EXPECT_LE(ring.bytes(), 100'000u);
  EXPECT_GT(ring.size(), 50u);
  EXPECT_FALSE(ring.keeps(0));
  for (int i = 0; i < 5000; ++i) ring.add(event("one thing", i, std::string(200, 'x')));
  EXPECT_LE(ring.bytes(), 100'000u);
  EXPECT_GT(ring.size(), 50u) << "one busy thing drives nobody out";
}

TEST(EventRing, LosingTellsEverybody) {
  EventRing ring;
  ring.add(event("a", 1));
  const auto before = ring.newest();
  ring.lose_all();
  EXPECT_FALSE(ring.keeps(before));
  EXPECT_TRUE(ring.keeps(ring.newest()));
  ring.add(event("a", 2));
  EXPECT_EQ(told(ring, ring.newest() - 1), (std::vector<std::string>{"a{}"}));
}

}  // namespace
}  // namespace windlass::runs
