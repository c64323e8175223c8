#include "controllers/work_queue.h"

#include <gtest/gtest.h>

namespace windlass::controllers {
namespace {

using std::chrono::milliseconds;
const Key a{"p", "a"}, b{"p", "b"};

TEST(WorkQueue, AKeyWaitsOnce) {
  WorkQueue queue;
  const WorkQueue::Time now;
  queue.add(a);
  queue.add(b);
  queue.add(a);
  EXPECT_EQ(queue.take(now), a);
  EXPECT_EQ(queue.take(now), b);
  EXPECT_EQ(queue.take(now), std::nullopt);
}

TEST(WorkQueue, AKeyInWorkIsVisitedAgainAfterwardsAndNotBeside) {
  WorkQueue queue;
  const WorkQueue::Time now;
  queue.add(a);
  ASSERT_EQ(queue.take(now), a);
  queue.add(a);
  queue.add(a);
  EXPECT_EQ(queue.take(now), std::nullopt);
  EXPECT_FALSE(queue.idle());
  queue.done(a);
  EXPECT_EQ(queue.take(now), a);
  queue.done(a);
  EXPECT_EQ(queue.take(now), std::nullopt);
  EXPECT_TRUE(queue.idle());
}

TEST(WorkQueue, TheEarlierOfTwoTimesHolds) {
  WorkQueue queue;
  const WorkQueue::Time now;
  queue.add_at(a, now + milliseconds(50));
  queue.add_at(a, now + milliseconds(10));
  queue.add_at(a, now + milliseconds(90));
  EXPECT_EQ(queue.next_due(), now + milliseconds(10));
  EXPECT_EQ(queue.take(now + milliseconds(9)), std::nullopt);
  EXPECT_EQ(queue.take(now + milliseconds(10)), a);
  EXPECT_EQ(queue.next_due(), std::nullopt);
}

TEST(WorkQueue, AddingNowOverridesADelay) {
  WorkQueue queue;
  const WorkQueue::Time now;
  queue.add_at(a, now + milliseconds(50));
  queue.add(a);
  EXPECT_EQ(queue.take(now), a);
  queue.done(a);
  EXPECT_EQ(queue.take(now + milliseconds(100)), std::nullopt);
}

TEST(WorkQueue, ADelayDuringWorkIsKept) {
  WorkQueue queue;
  const WorkQueue::Time now;
  queue.add(a);
  ASSERT_EQ(queue.take(now), a);
  queue.add_at(a, now + milliseconds(5));
  EXPECT_EQ(queue.take(now + milliseconds(6)), std::nullopt) << "it is in work";
  queue.done(a);
  EXPECT_EQ(queue.take(now + milliseconds(6)), a);
}

TEST(Backoff, DoublesUpToItsEnd) {
  const Backoff backoff{milliseconds(100), milliseconds(1000)};
  EXPECT_EQ(backoff.after(1), milliseconds(100));
  EXPECT_EQ(backoff.after(2), milliseconds(200));
  EXPECT_EQ(backoff.after(4), milliseconds(800));
  EXPECT_EQ(backoff.after(5), milliseconds(1000));
  EXPECT_EQ(backoff.after(4'000'000'000u), milliseconds(1000));
}

}  // namespace
}  // namespace windlass::controllers
