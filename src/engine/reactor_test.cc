#include "engine/reactor.h"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <unistd.h>

namespace windlass::engine {
namespace {

TEST(Reactor, DescriptorsTimersPostsAndPoolMeetOnOneThread) {
  SystemReactor reactor;
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  std::string order;
  auto home = std::this_thread::get_id();
  reactor.watch(pipe[0], [&] {
    char c = 0;
    ASSERT_EQ(::read(pipe[0], &c, 1), 1);
    order += c;
    if (c == 'b') reactor.stop();
  });
  auto never = reactor.after(std::chrono::milliseconds(5), [&] { order += '!'; });
  reactor.cancel(never);
  reactor.after(std::chrono::milliseconds(1), [&] {
    ASSERT_EQ(::write(pipe[1], "a", 1), 1);
    reactor.offload([&] {
      EXPECT_NE(std::this_thread::get_id(), home);
      reactor.post([&] {
        EXPECT_EQ(std::this_thread::get_id(), home);
        ASSERT_EQ(::write(pipe[1], "b", 1), 1);
      });
    });
  });
  reactor.run();
  EXPECT_EQ(order, "ab");
  reactor.unwatch(pipe[0]);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

// After a restart several deadlines have passed at once.
TEST(Reactor, TimersThatAreDueComeInTheOrderOfTheirDeadlines) {
  SystemReactor reactor;
  std::string order;
  reactor.after(std::chrono::milliseconds(-1000), [&] { order += 'b'; });
  reactor.after(std::chrono::milliseconds(-5000), [&] { order += 'a'; });
  auto cancelled = reactor.after(std::chrono::milliseconds(-3000), [&] { order += '!'; });
  reactor.after(std::chrono::milliseconds(0), [&] {
    order += 'c';
    reactor.after(std::chrono::milliseconds(-1), [&] {
      order += 'd';
      reactor.stop();
    });
  });
  reactor.cancel(cancelled);
  reactor.cancel(cancelled);
  reactor.run();
  EXPECT_EQ(order, "abcd");
}

}  // namespace
}  // namespace windlass::engine
