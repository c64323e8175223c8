#include "engine/shared_resources.h"

#include <gtest/gtest.h>

#include "engine/node_slots.h"

namespace windlass::engine {
namespace {

using OneRun = SharedResources::Run;

struct Fixture : testing::Test {
  int one = 0, two = 0;
  OneRun first{&one, "a/p", 1};
  OneRun second{&two, "a/p", 2};
  SharedResources shared;

  /// Waits and holds under lease = ticket when granted; the names of those granted come into `order`.
  void lock(const OneRun& run, std::uint64_t ticket, std::vector<std::string> names, const char* label,
            bool front = false, std::int64_t since = 0) {
    shared.wait_for_lock(run.key, ticket, names, front, since, [this, run, ticket, names, label] {
      shared.hold_lock(run, ticket, names, "");
      order += label;
    });
  }
  void node(const OneRun& run, std::uint64_t ticket, const char* label) {
    shared.wait_for_executor(run, ticket, "built-in", 0, [this, run, ticket, label](int executor) {
      shared.hold_node(run, ticket, "built-in", executor, "/w/" + std::to_string(ticket), false);
      order += label + std::to_string(executor);
    });
  }
  std::string order;
};

TEST_F(Fixture, LocksGoInOrderOfTheQueueAndFreeOnesPass) {
  lock(first, 1, {"x"}, "a");
  lock(second, 1, {"x"}, "b");
  lock(first, 2, {"x", "y"}, "c");
  lock(second, 2, {"y"}, "d");
  EXPECT_EQ(order, "ad");
  EXPECT_EQ(shared.lock_holder("x")->run.number, 1u);
  shared.release_lock(&one, 1);
  EXPECT_EQ(order, "adb");
  shared.release_lock(&two, 2);
  EXPECT_EQ(order, "adb");  // c wants x too
  shared.release_lock(&two, 1);
  EXPECT_EQ(order, "adbc");
}

TEST_F(Fixture, InversePrecedenceGoesToTheFront) {
  lock(first, 1, {"x"}, "a");
  lock(second, 1, {"x"}, "b");
  lock(second, 2, {"x"}, "c", true);
  shared.release_lock(&one, 1);
  EXPECT_EQ(order, "ac");
}

TEST_F(Fixture, SlotsOfACategoryAreHeldByAsManyAsItHas) {
  const auto slot = SharedResources::slot_of("db");
  EXPECT_EQ(SharedResources::category_of(slot), "db");
  EXPECT_EQ(SharedResources::category_of("db"), std::nullopt);
  shared.set_slots({{"db", 2}});
  lock(first, 1, {slot}, "a");
  lock(first, 2, {slot}, "b");
  lock(second, 1, {slot}, "c");
  lock(second, 2, {SharedResources::slot_of("free")}, "d");
  EXPECT_EQ(order, "abd");
  EXPECT_EQ(shared.slots_of("db").taken, 2);
  EXPECT_EQ(shared.lock_holder(slot)->run.number, 1u);
  EXPECT_EQ(shared.claims_of(first).locks.size(), 2u);
  // What a run that is parked waits for is kept for it, one slot for one run.
  int woken = 0;
  shared.park(second, {[&] { ++woken; }, nullptr});
  shared.release_lock(&one, 1);
  EXPECT_EQ(woken, 1);
  lock(first, 3, {slot}, "e");
  EXPECT_EQ(order, "abd");
  shared.forget(&two);
  EXPECT_EQ(order, "abde");
  shared.set_slots({{"db", 1}});
  lock(second, 5, {slot}, "f");
  shared.release_lock(&one, 2);
  EXPECT_EQ(order, "abde");
  shared.forget(&one);
  EXPECT_EQ(order, "abdef");
  EXPECT_EQ(shared.slots_of("db").taken, 1);
}

TEST_F(Fixture, SlotsOfANodeAreCountedApart) {
  const auto all = SharedResources::slot_of("db"), here = SharedResources::slot_of(on_node("db", "built-in")),
             there = SharedResources::slot_of(on_node("db", "other"));
  EXPECT_EQ(plain_category(*SharedResources::category_of(here)), std::pair(std::string("db"), std::string("built-in")));
  EXPECT_EQ(plain_category(*SharedResources::category_of(all)), std::pair(std::string("db"), std::string()));
  shared.set_slots({{"db", 3}, {each_node("db"), 1}});
  lock(first, 1, {all, here}, "a");
  lock(first, 2, {all, here}, "b");  // waits for the node
  lock(second, 1, {all, there}, "c");
  lock(second, 2, {all}, "d");  // a pod is a node of its own
  lock(second, 3, {all}, "e");  // waits for the category
  EXPECT_EQ(order, "acd");
  EXPECT_EQ(shared.slots_of("db").taken, 3);
  EXPECT_EQ(shared.slots_of("db").limit, 3);
  EXPECT_EQ(shared.slots_of(on_node("db", "built-in")).limit, 1);
  EXPECT_EQ(shared.lock_holder(here)->run.number, 1u);
  shared.release_lock(&two, 2);
  EXPECT_EQ(order, "acde") << "the place is for whoever can take it";
  shared.release_lock(&one, 1);
  EXPECT_EQ(order, "acdeb");
}

TEST_F(Fixture, NothingIsGrantedWhileRunsTellWhatTheyHold) {
  shared.holding(true);
  lock(second, 1, {"x"}, "b");
  shared.hold_lock(first, 7, {"x"}, "");  // its journal said so
  shared.holding(false);
  EXPECT_EQ(order, "");
  shared.forget(&one);
  EXPECT_EQ(order, "b");
}

TEST_F(Fixture, ExecutorsAreLimitedAndNumbered) {
  shared.set_executors("built-in", 2);
  node(first, 1, "a");
  node(second, 1, "b");
  node(first, 2, "c");
  EXPECT_EQ(order, "a0b1");
  EXPECT_EQ(shared.load().front().waiting, 1);
  shared.release_node(&one, 1);
  EXPECT_EQ(order, "a0b1c0");
  EXPECT_EQ(shared.load().front().busy, 2);
}

TEST_F(Fixture, ExecutorsGoRoundTheProjects) {
  const SharedResources::Run big{&one, "big/a", 1}, small{&two, "small/a", 1};
  shared.set_executors("built-in", 1);
  node(big, 1, "a");
  for (std::uint64_t ticket = 2; ticket < 6; ++ticket) node(big, ticket, "b");
  node(small, 1, "s");
  node(small, 2, "s");
  EXPECT_EQ(order, "a0");
  for (const auto* next : {"s0", "b0", "s0", "b0"}) {
    order.clear();
    shared.release_node(&one, 1);
    for (std::uint64_t lease = 1; lease < 6; ++lease) {
      shared.release_node(&one, lease);
      if (!order.empty()) break;
      shared.release_node(&two, lease);
      if (!order.empty()) break;
    }
    EXPECT_EQ(order, next);
  }
}

TEST_F(Fixture, MilestonesOfEarlierProcessesHold) {
  std::string kept;
  shared.know_milestone("team/app", 1, 7);
  shared.keep_milestones([&](const std::string& job, std::int64_t ordinal, std::uint64_t newest) {
    kept += job + ":" + std::to_string(ordinal) + ":" + std::to_string(newest) + " ";
  });
  const SharedResources::Run late{&one, "team/app", 6}, newer{&two, "team/app", 8};
  EXPECT_EQ(shared.pass_milestone(late, 1), 7u);
  EXPECT_FALSE(shared.pass_milestone(newer, 1));
  EXPECT_EQ(kept, "team/app:1:8 ");
}

TEST_F(Fixture, WorkspacesInUseGetACopy) {
  EXPECT_EQ(shared.free_workspace("/w/p"), "/w/p");
  shared.hold_node(first, 1, "built-in", 0, "/w/p", false);
  EXPECT_EQ(shared.free_workspace("/w/p"), "/w/p@2");
}

TEST_F(Fixture, ANewerRunSupersedesOlderOnesAtItsMilestone) {
  std::string told;
  shared.join_milestones(first, [&](std::uint64_t newer, std::int64_t) { told += "1 by " + std::to_string(newer); });
  shared.join_milestones(second, [&](std::uint64_t, std::int64_t) { told += "2"; });
  EXPECT_FALSE(shared.pass_milestone(first, 1));
  EXPECT_FALSE(shared.pass_milestone(second, 1));
  EXPECT_EQ(told, "");  // the older one has passed it
  EXPECT_FALSE(shared.pass_milestone(second, 2));
  EXPECT_EQ(told, "1 by 2");
  EXPECT_EQ(shared.pass_milestone(first, 2), 2u);
}

struct Parked : Fixture {
  void park(const OneRun& run, const char* label) {
    shared.park(run, {[this, label] { order += std::string("wake ") + label + " "; },
                      [this, label](std::uint64_t newer, std::int64_t) {
                        order += std::string("supersede ") + label + " by " + std::to_string(newer) + " ";
                      }});
  }
};

TEST_F(Parked, AParkedRunIsWokenAndNobodyOvertakesIt) {
  lock(first, 1, {"x"}, "a");
  lock(second, 1, {"x", "y"}, "b");
  lock(first, 2, {"y"}, "c");  // y is free: it passes
  order.clear();
  park(second, "b");
  shared.release_lock(&one, 1);
  shared.release_lock(&one, 2);
  EXPECT_EQ(order, "wake b ");
  lock(first, 3, {"x"}, "d");
  EXPECT_EQ(order, "wake b ");  // it is promised, and its owner is called once
  lock(second, 1, {"x", "y"}, "b");
  shared.came_back(&two);
  EXPECT_EQ(order, "wake b b");
  shared.release_lock(&two, 1);
  EXPECT_EQ(order, "wake b bd");
}

TEST_F(Parked, WhoComesBackWithoutAskingLosesItsPlace) {
  lock(first, 1, {"x"}, "a");
  lock(second, 1, {"x"}, "b");
  lock(first, 2, {"x"}, "c");
  park(second, "b");
  shared.release_lock(&one, 1);
  shared.came_back(&two);
  EXPECT_EQ(order, "awake b c");
}

TEST_F(Parked, ExecutorsArePromisedToo) {
  shared.set_executors("built-in", 1);
  node(first, 1, "a");
  node(second, 1, "b");
  node(first, 2, "c");
  park(second, "b");
  shared.release_node(&one, 1);
  EXPECT_EQ(order, "a0wake b ");
  node(second, 1, "b");
  EXPECT_EQ(order, "a0wake b b0");
}

TEST_F(Parked, WhatARunHoldsAndWaitsForGoesToAnotherProcess) {
  shared.set_executors("built-in", 1);
  node(second, 7, "n");
  lock(second, 1, {"x"}, "a", false, 10);
  lock(first, 1, {"x", "y"}, "b", false, 20);
  node(first, 2, "m");
  shared.pass_milestone(second, 4);
  park(first, "first");
  park(second, "second");
  const auto mine = shared.claims_of(first);
  const auto theirs = shared.claims_of(second);

  SharedResources other;
  std::swap(shared, other);
  order.clear();
  shared.set_executors("built-in", 1);
  shared.holding(true);
  int three = 0;
  lock({&three, "b/q", 1}, 9, {"y"}, "late", false, 30);
  shared.park(first, mine, {[this] { order += "wake first "; }, {}});
  shared.park(second, theirs, {[this] { order += "wake second "; }, {}});
  shared.holding(false);
  EXPECT_EQ(shared.lock_holder("x")->run.number, 2u);
  EXPECT_EQ(shared.load().front().busy, 1);
  EXPECT_EQ(shared.load().front().waiting, 1);
  EXPECT_EQ(order, "late");  // y is free and the one before it waits for x
  shared.release_lock(&three, 9);
  shared.release_lock(&two, 1);
  EXPECT_EQ(order, "latewake first ");
  EXPECT_EQ(shared.pass_milestone(first, 3), 2u);
}

TEST_F(Parked, QueuesAreInOrderOfAskingAfterARestart) {
  shared.holding(true);
  shared.hold_lock(first, 9, {"x"}, "");
  lock(first, 1, {"x"}, "c", false, 30);
  lock(second, 1, {"x"}, "a", false, 10);
  lock(second, 2, {"x"}, "first", true, 20);
  lock(second, 3, {"x"}, "b", false, 15);
  shared.holding(false);
  shared.release_lock(&one, 9);
  for (const auto& [run, lease] : {std::pair{&two, 2}, {&two, 1}, {&two, 3}}) {
    shared.release_lock(run, static_cast<std::uint64_t>(lease));
  }
  EXPECT_EQ(order, "firstabc");
}

TEST_F(Parked, AMilestoneIsToldToWhoIsAway) {
  shared.join_milestones(first, {});
  park(first, "one");
  EXPECT_FALSE(shared.pass_milestone(second, 1));
  EXPECT_EQ(order, "supersede one by 2 ");
}

TEST_F(Fixture, WhoeverLeavesWaitsNoLonger) {
  lock(first, 1, {"x"}, "a");
  lock(second, 1, {"x"}, "b");
  shared.forget(&two);
  shared.release_lock(&one, 1);
  EXPECT_EQ(order, "a");
}

}  // namespace
}  // namespace windlass::engine
