#include "rt/timers.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>
#include <vector>

#include "rt/testing/manual_timers.h"

namespace windlass::rt {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

asio::awaitable<void> wait_for(Signal& signal, Timers::Moment deadline, std::vector<std::string>& told,
                               std::string name) {
  const bool notified = co_await signal.wait(deadline);
  told.push_back(name + (notified ? " notified" : " late"));
}

TEST(Timers, EarlierMomentsComeFirstAndCancelledOnesNever) {
  asio::io_context io;
  auto timers = make_timers(io);
  std::vector<int> came;
  const auto now = timers->now();
  timers->at(now + 3ms, [&] { came.push_back(3); });
  const auto never = timers->at(now + 2ms, [&] { came.push_back(2); });
  timers->at(now + 1ms, [&] { came.push_back(1); });
  timers->at(now - 1s, [&] { came.push_back(0); });
  timers->cancel(never);
  timers->cancel(never);
  io.run();  // ends: nothing is planned any more
  EXPECT_EQ(came, (std::vector<int>{0, 1, 3}));
}

TEST(Timers, OneThatIsPlannedByAnotherIsCalledToo) {
  asio::io_context io;
  auto timers = make_timers(io);
  int count = 0;
  timers->at(timers->now(), [&] { timers->at(timers->now(), [&] { ++count; }); });
  io.run();
  EXPECT_EQ(count, 1);
}

TEST(Signal, WakesAllOrOneOrNobody) {
  asio::io_context io;
  ManualTimers timers(io);
  std::vector<std::string> told;
  Signal signal(io, timers);
  for (const auto* name : {"a", "b", "c"}) {
    asio::co_spawn(io, wait_for(signal, timers.now() + 10s, told, name), asio::detached);
  }
  timers.settle();
  EXPECT_TRUE(signal.notify_one());
  timers.settle();
  EXPECT_EQ(told, (std::vector<std::string>{"a notified"}));
  signal.notify();
  timers.settle();
  EXPECT_EQ(told.size(), 3u);
  EXPECT_FALSE(signal.notify_one());
  asio::co_spawn(io, wait_for(signal, timers.now() + 10s, told, "d"), asio::detached);
  timers.advance(9s);
  EXPECT_EQ(told.size(), 3u);
  timers.advance(2s);
  EXPECT_EQ(told.back(), "d late");
}

TEST(Signal, GoneEndsItsWaits) {
  asio::io_context io;
  ManualTimers timers(io);
  std::vector<std::string> told;
  {
    Signal signal(io, timers);
    asio::co_spawn(io, wait_for(signal, timers.now() + 10s, told, "a"), asio::detached);
    timers.settle();
  }
  timers.settle();
  EXPECT_EQ(told, (std::vector<std::string>{"a late"}));
  timers.advance(1min);  // its timer is gone with it
}

TEST(Deadline, ActsOnceUnlessItsScopeEnds) {
  asio::io_context io;
  ManualTimers timers(io);
  int acted = 0;
  {
    const Deadline kept(timers, timers.now() + 5s, [&] { ++acted; });
    timers.advance(4s);
    EXPECT_FALSE(kept.is_over());
  }
  timers.advance(4s);
  EXPECT_EQ(acted, 0);
  const Deadline late(timers, timers.now() + 5s, [&] { ++acted; });
  timers.advance(6s);
  EXPECT_TRUE(late.is_over());
  EXPECT_EQ(acted, 1);
}

}  // namespace
}  // namespace windlass::rt
