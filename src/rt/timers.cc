#include "rt/timers.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <utility>

namespace windlass::rt {

namespace asio = boost::asio;

namespace {

/// One timer of the loop for the earliest of many moments.
class RealTimers final : public Timers {
 public:
  explicit RealTimers(asio::io_context& io) : timer_(io) {}
  ~RealTimers() override { *alive_ = false; }

  [[nodiscard]] Moment now() const override { return Clock::now(); }

  Id at(Moment when, std::function<void()> call) override {
    const Id id = next_++;
    if (when == Moment::max()) return id;
    const auto placed = planned_.emplace(std::pair(when, id), std::move(call)).first;
    moments_.emplace(id, when);
    if (placed == planned_.begin()) arm();
    return id;
  }

  void cancel(Id id) override {
    const auto found = moments_.find(id);
    if (found == moments_.end()) return;
    planned_.erase({found->second, id});
    moments_.erase(found);
    if (planned_.empty()) timer_.cancel();  // nothing keeps the loop
  }

 private:
  void arm() {
    timer_.expires_at(planned_.begin()->first.first);
    timer_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
      if (!error && *alive) fire(alive);
    });
  }
  void fire(const std::shared_ptr<bool>& alive) {
    const auto now = Clock::now();
    while (*alive && !planned_.empty() && planned_.begin()->first.first <= now) {
      auto due = planned_.extract(planned_.begin());
      moments_.erase(due.key().second);
      due.mapped()();
    }
    if (*alive && !planned_.empty()) arm();
  }

  asio::steady_timer timer_;
  std::map<std::pair<Moment, Id>, std::function<void()>> planned_;
  std::map<Id, Moment> moments_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Id next_ = 1;
};

}  // namespace

std::unique_ptr<Timers> make_timers(asio::io_context& io) { return std::make_unique<RealTimers>(io); }

Deadline::Deadline(Timers& timers, Timers::Moment when, std::function<void()> act)
    : timers_(timers), id_(timers.at(when, [over = over_, act = std::move(act)] {
        *over = true;
        act();
      })) {}
Deadline::~Deadline() { timers_.cancel(id_); }

Signal::~Signal() {
  for (const auto& waiter : std::exchange(waiters_, {})) finish(waiter, false);
}

void Signal::finish(const std::shared_ptr<Waiter>& waiter, bool notified) {
  timers_.cancel(waiter->timer);
  if (auto resume = std::exchange(waiter->resume, nullptr)) {
    asio::post(io_, [resume = std::move(resume), notified] { resume(notified); });
  }
}

asio::awaitable<bool> Signal::wait(Timers::Moment deadline) {
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(
      [this, deadline](auto handler) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        auto waiter = std::make_shared<Waiter>();
        waiter->resume = [shared](bool notified) { std::move (*shared)(notified); };
        const auto place = waiters_.insert(waiters_.end(), waiter);
        waiter->timer = timers_.at(deadline, [this, place, waiter] {
          waiters_.erase(place);
          finish(waiter, false);
        });
      },
      asio::use_awaitable);
}

void Signal::notify() {
  for (const auto& waiter : std::exchange(waiters_, {})) finish(waiter, true);
}

bool Signal::notify_one() {
  if (waiters_.empty()) return false;
  const auto first = waiters_.front();
  waiters_.pop_front();
  finish(first, true);
  return true;
}

asio::awaitable<void> sleep_until(asio::io_context& io, Timers& timers, Timers::Moment when) {
  Signal signal(io, timers);
  (void)co_await signal.wait(when);
}

}  // namespace windlass::rt
