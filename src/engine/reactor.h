// One thread's loop: descriptors, timers, work from other threads, and a small pool for what blocks (git, archives,
// HTTP). Boost.Asio behind it, seen only in reactor.cc. What runs on it knows the interface alone, so that a simulation
// can have the time of its own (tests/simulation).
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

  Reactor() = default;
  virtual ~Reactor() = default;
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  /// Calls back each time `fd` is readable, until unwatch(). The descriptor stays the caller's.
  virtual void watch(int fd, std::function<void()> readable) = 0;
  virtual void unwatch(int fd) = 0;

  /// Calls back once after `delay`; those that are due already come in the order of their deadlines, so a negative
  /// delay means something. The id is never 0.
  virtual TimerId after(std::chrono::milliseconds delay, Callback callback) = 0;
  virtual void cancel(TimerId timer) = 0;  ///< 0 and unknown ones are none

  /// Runs `callback` on the loop's thread, after what is queued already. Any thread.
  virtual void post(Callback callback) = 0;

  /// Runs `work` on the pool; what is more than its threads waits in order.
  virtual void offload(Callback work) = 0;

  /// Calls back on the loop's thread for each SIGINT and SIGTERM.
  virtual void on_interrupt(std::function<void(int signal)> callback) = 0;

  /// Runs until stop(); then everything that watches is dropped.
  virtual void run() = 0;
  virtual void stop() = 0;
};

/// The loop of this machine.
class SystemReactor final : public Reactor {
 public:
  /// `pool_threads`: how much blocking work at once.
  explicit SystemReactor(std::size_t pool_threads = 4);
  ~SystemReactor() override;

  void watch(int fd, std::function<void()> readable) override;
  void unwatch(int fd) override;
  TimerId after(std::chrono::milliseconds delay, Callback callback) override;
  void cancel(TimerId timer) override;
  void post(Callback callback) override;
  void offload(Callback work) override;
  void on_interrupt(std::function<void(int signal)> callback) override;
  void run() override;
  void stop() override;
  /// After run(): drops the pool's queue and waits for what is under way, so that whoever gave it work may go.
  void end_pool();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace windlass::engine
