// Timers whose time a test moves. run(): all that can happen now and, when nothing can, the next planned moment; so a
// test plays hours of waiting at once and in one order.
#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <utility>

#include "rt/timers.h"

namespace windlass::rt {

class ManualTimers final : public Timers {
 public:
  explicit ManualTimers(boost::asio::io_context& io) : io_(io) {}

  [[nodiscard]] Moment now() const override { return now_; }
  Id at(Moment when, std::function<void()> call) override {
    if (when == Moment::max()) return next_++;
    planned_.emplace(std::pair(when, next_), std::move(call));
    moments_.emplace(next_, when);
    return next_++;
  }
  void cancel(Id id) override {
    if (const auto found = moments_.find(id); found != moments_.end()) {
      planned_.erase({found->second, id});
      moments_.erase(found);
    }
  }

  /// Everything that can happen without time passing.
  void settle() {
    io_.restart();
    while (io_.poll() > 0) io_.restart();
  }
  /// Lets things happen until `done` or until nothing is planned any more; false: it never came true.
  template <class Done>
  bool run_until(Done done, Moment limit = Moment::max()) {
    for (;;) {
      settle();
      if (done()) return true;
      if (planned_.empty() || planned_.begin()->first.first > limit) return false;
      auto next = planned_.extract(planned_.begin());
      moments_.erase(next.key().second);
      if (next.key().first > now_) now_ = next.key().first;
      next.mapped()();
    }
  }
  /// Moves the time on by `step`, with all that is planned in it.
  void advance(Clock::duration step) {
    const auto end = now_ + step;
    (void)run_until([] { return false; }, end);
    now_ = end;
    settle();
  }

 private:
  boost::asio::io_context& io_;
  Moment now_ = Moment(std::chrono::hours(1));
  std::map<std::pair<Moment, Id>, std::function<void()>> planned_;
  std::map<Id, Moment> moments_;
  Id next_ = 1;
};

}  // namespace windlass::rt
