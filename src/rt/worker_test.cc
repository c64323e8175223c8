#include "rt/worker.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <thread>

namespace windlass::rt {
namespace {

/// Notes where it was destroyed.
struct Owned {
  explicit Owned(std::optional<std::thread::id>& where_) : where(where_) {}
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() { where = std::this_thread::get_id(); }
  std::optional<std::thread::id>& where;
};

TEST(Worker, WhatItsWorkOwnsIsGoneOnTheReactorWhenItGoesOn) {
  constexpr int kTimes = 200;  // whose thread was faster was a matter of chance
  boost::asio::io_context io;
  Worker worker(io);
  const auto here = std::this_thread::get_id();
  int done = 0;
  boost::asio::co_spawn(
      io,
      [&]() -> boost::asio::awaitable<void> {
        for (; done < kTimes; ++done) {
          std::optional<std::thread::id> where;
          auto owned = std::make_shared<Owned>(where);
          const auto ran = co_await worker.run([owned = std::move(owned)] { return std::this_thread::get_id(); });
          EXPECT_NE(ran, here);
          EXPECT_EQ(where, here);
        }
      },
      boost::asio::detached);
  io.run();
  EXPECT_EQ(done, kTimes);
}

}  // namespace
}  // namespace windlass::rt
