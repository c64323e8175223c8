#include "engine/reactor.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cerrno>
#include <map>
#include <optional>
#include <sys/timerfd.h>
#include <system_error>
#include <time.h>
#include <unistd.h>
#include <unordered_map>
#include <utility>

namespace windlass::engine {

namespace asio = boost::asio;

namespace {

struct Watch {
  asio::posix::stream_descriptor descriptor;
  std::function<void()> readable;
};

void arm(const std::shared_ptr<Watch>& watch) {
  watch->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                               [watch](const boost::system::error_code& error) {
                                 if (error || !watch->descriptor.is_open()) return;
                                 watch->readable();
                                 if (watch->descriptor.is_open()) arm(watch);
                               });
}

std::int64_t boot_nanos() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

struct SystemReactor::Impl {
  struct Timer {
    TimerId id;
    Callback callback;
  };

  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{io.get_executor()};
  std::size_t pool_threads = 4;
  std::optional<asio::thread_pool> pool;  // made on first use: a run without blocking work starts no thread
  std::optional<asio::signal_set> signals;
  std::map<int, std::shared_ptr<Watch>> watches;
  std::multimap<std::int64_t, Timer> timers;  ///< by deadline
  std::unordered_map<TimerId, std::int64_t> deadlines;
  TimerId next_timer = 1;
  asio::posix::stream_descriptor clock{io};  // a timerfd, made with the first timer
  std::int64_t armed_for = 0;                // deadline that it will wake us for; 0: none

  void open_clock();
  void listen();
  void arm();
  void fire();
};

void SystemReactor::Impl::open_clock() {
  if (clock.is_open()) return;
  int fd = ::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  // Without it no deadline would ever come: better no run than one that waits for ever.
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "no timer");
  clock.assign(fd);
  listen();
}

void SystemReactor::Impl::listen() {
  clock.async_wait(asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
    if (error) return;
    std::uint64_t expirations = 0;
    (void)!::read(clock.native_handle(), &expirations, sizeof expirations);
    armed_for = 0;
    fire();
    listen();
  });
}

/// Wakes only for an earlier deadline than the one it is set to: cancelled ones cost a wake-up, not a system call each.
void SystemReactor::Impl::arm() {
  if (timers.empty() || !clock.is_open()) return;
  auto first = std::max<std::int64_t>(1, timers.begin()->first);
  if (armed_for != 0 && armed_for <= first) return;
  armed_for = first;
  itimerspec setting{};
  setting.it_value.tv_sec = first / 1'000'000'000;
  setting.it_value.tv_nsec = first % 1'000'000'000;
  ::timerfd_settime(clock.native_handle(), TFD_TIMER_ABSTIME, &setting, nullptr);
}

void SystemReactor::Impl::fire() {
  const auto now = boot_nanos();
  while (!timers.empty() && timers.begin()->first <= now && !io.stopped()) {
    auto timer = std::move(timers.begin()->second);
    timers.erase(timers.begin());
    deadlines.erase(timer.id);
    timer.callback();
  }
  arm();
}

SystemReactor::SystemReactor(std::size_t pool_threads) : impl_(std::make_unique<Impl>()) {
  impl_->pool_threads = pool_threads;
}

SystemReactor::~SystemReactor() {
  while (!impl_->watches.empty()) unwatch(impl_->watches.begin()->first);
  end_pool();
}

void SystemReactor::end_pool() {
  if (!impl_->pool) return;
  impl_->pool->stop();
  impl_->pool->join();
}

void SystemReactor::watch(int fd, std::function<void()> readable) {
  auto watch = std::make_shared<Watch>(Watch{asio::posix::stream_descriptor(impl_->io, fd), std::move(readable)});
  impl_->watches[fd] = watch;
  arm(watch);
}

void SystemReactor::unwatch(int fd) {
  auto found = impl_->watches.find(fd);
  if (found == impl_->watches.end()) return;
  found->second->descriptor.release();
  impl_->watches.erase(found);
}

Reactor::TimerId SystemReactor::after(std::chrono::milliseconds delay, Callback callback) {
  auto id = impl_->next_timer++;
  // Scripts wait for as long as numbers go; a century will do, and can be counted in nanoseconds.
  constexpr std::chrono::milliseconds kMost = std::chrono::hours(24 * 365 * 100);
  delay = std::clamp(delay, -kMost, kMost);
  auto deadline = boot_nanos() + delay.count() * 1'000'000;
  impl_->open_clock();
  impl_->timers.emplace(deadline, Impl::Timer{id, std::move(callback)});
  impl_->deadlines.emplace(id, deadline);
  impl_->arm();
  return id;
}

void SystemReactor::cancel(TimerId timer) {
  auto found = impl_->deadlines.find(timer);
  if (found == impl_->deadlines.end()) return;
  auto [begin, end] = impl_->timers.equal_range(found->second);
  for (auto it = begin; it != end; ++it) {
    if (it->second.id != timer) continue;
    impl_->timers.erase(it);
    break;
  }
  impl_->deadlines.erase(found);
}

void SystemReactor::post(Callback callback) { asio::post(impl_->io, std::move(callback)); }

void SystemReactor::offload(Callback work) {
  if (!impl_->pool) impl_->pool.emplace(impl_->pool_threads);
  asio::post(*impl_->pool, std::move(work));
}

void SystemReactor::on_interrupt(std::function<void(int)> callback) {
  impl_->signals.emplace(impl_->io, SIGINT, SIGTERM);
  struct Waiter {
    static void wait(asio::signal_set& signals, std::function<void(int)> callback) {
      signals.async_wait(
          [&signals, callback = std::move(callback)](const boost::system::error_code& error, int signal) {
            if (error) return;
            callback(signal);
            wait(signals, callback);
          });
    }
  };
  Waiter::wait(*impl_->signals, std::move(callback));
}

void SystemReactor::run() { impl_->io.run(); }
void SystemReactor::stop() { impl_->io.stop(); }

}  // namespace windlass::engine
