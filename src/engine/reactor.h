// One thread's loop: descriptors, timers, work from other threads, and a small pool for what blocks (git, archives,
// HTTP). Boost.Asio behind it, seen only in reactor.cc.
//
// Timers run on CLOCK_BOOTTIME: a machine that slept has waited. Wall time is for people and for carrying deadlines
// over a restart, never for waiting.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace windlass::engine {

class Reactor {
 public:
  using Callback = std::move_only_function<void()>;
  using TimerId = std::uint64_t;

  /// `pool_threads`: how much blocking work at once.
  explicit Reactor(std::size_t pool_threads = 4);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  /// Calls back each time `fd` is readable, until unwatch(). The descriptor stays the caller's.
  void watch(int fd, std::function<void()> readable);
  void unwatch(int fd);

  /// Calls back once after `delay`; those that are due already come in the order of their deadlines, so a negative
  /// delay means something. The id is never 0.
  TimerId after(std::chrono::milliseconds delay, Callback callback);
  void cancel(TimerId timer);  ///< 0 and unknown ones are none

  /// Runs `callback` on the loop's thread, after what is queued already. Any thread.
  void post(Callback callback);

  /// Runs `work` on the pool; what is more than its threads waits in order.
  void offload(Callback work);

  /// Calls back on the loop's thread for each SIGINT and SIGTERM.
  void on_interrupt(std::function<void(int signal)> callback);

  /// Runs until stop(); then everything that watches is dropped.
  void run();
  void stop();
  /// After run(): drops the pool's queue and waits for what is under way, so that whoever gave it work may go.
  void end_pool();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace windlass::engine
