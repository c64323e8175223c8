// Moments to be woken at, and a thing to wait for: what coroutines of one thread need beside sockets. Behind an
// interface, so that a test plays hours in no time (testing/manual_timers.h).
//
// One thread: that of the io_context. Nothing here is called from another one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>

namespace windlass::rt {

class Timers {
 public:
  using Clock = std::chrono::steady_clock;
  using Moment = Clock::time_point;
  using Id = std::uint64_t;

  virtual ~Timers() = default;
  [[nodiscard]] virtual Moment now() const = 0;
  /// Calls `call` once at `when`, or at the next turn of the loop if that is over; never for Moment::max(). Ids are not
  /// used again.
  virtual Id at(Moment when, std::function<void()> call) = 0;
  /// Nothing happens if it has been called or cancelled.
  virtual void cancel(Id id) = 0;
};

/// Timers of the real clock. `io` must outlive them.
std::unique_ptr<Timers> make_timers(boost::asio::io_context& io);

/// Does `act` at `when` unless it goes out of scope before: a deadline for what stands in its scope.
class Deadline {
 public:
  Deadline(Timers& timers, Timers::Moment when, std::function<void()> act);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  [[nodiscard]] bool is_over() const { return *over_; }

 private:
  Timers& timers_;
  std::shared_ptr<bool> over_ = std::make_shared<bool>(false);
  Timers::Id id_;
};

/// Coroutines wait for it, somebody notifies them; each wait has a deadline. Gone with waits left, it ends them as if
/// their time were over.
class Signal {
 public:
  Signal(boost::asio::io_context& io, Timers& timers) : io_(io), timers_(timers) {}
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  /// True when notify() was called, false at `deadline`.
  boost::asio::awaitable<bool> wait(Timers::Moment deadline);
  /// Wakes all that wait now; they go on at the next turn of the loop.
  void notify();
  /// Wakes the one that has waited longest; false: nobody does.
  bool notify_one();

 private:
  struct Waiter {
    std::function<void(bool)> resume;
    Timers::Id timer = 0;
  };
  using Waiters = std::list<std::shared_ptr<Waiter>>;
  void finish(const std::shared_ptr<Waiter>& waiter, bool notified);

  boost::asio::io_context& io_;
  Timers& timers_;
  Waiters waiters_;
};

/// Waits until `when`, at least one turn of the loop.
boost::asio::awaitable<void> sleep_until(boost::asio::io_context& io, Timers& timers, Timers::Moment when);

}  // namespace windlass::rt
