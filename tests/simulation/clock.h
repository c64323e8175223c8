// The time of a simulation: everything that will happen, in order. Nothing waits; the clock jumps to the next event.
//
// Invariant: events of one moment come in the order in which they were planned, so a seed is one history.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace windlass::simulation {

class Clock {
 public:
  using Event = std::move_only_function<void()>;
  using Place = std::pair<std::int64_t, std::uint64_t>;

  [[nodiscard]] std::int64_t now() const { return now_; }  ///< milliseconds since the simulation began
  [[nodiscard]] std::int64_t wall() const { return kBegin + now_; }
  [[nodiscard]] std::uint64_t events() const { return next_; }

  Place at(std::int64_t millis, Event event) {
    const Place place{millis, next_++};
    planned_.emplace(place, std::move(event));
    return place;
  }
  Place in(std::int64_t millis, Event event) { return at(now_ + (millis < 0 ? 0 : millis), std::move(event)); }
  void forget(const Place& place) { planned_.erase(place); }

  /// Lets the next event happen, if there is one no later than `until`; else it is `until`, and false.
  bool step(std::int64_t until) {
    if (planned_.empty() || planned_.begin()->first.first > until) {
      now_ = until;
      return false;
    }
    auto next = planned_.extract(planned_.begin());
    if (next.key().first > now_) now_ = next.key().first;  // one that was due before comes now
    next.mapped()();
    return true;
  }

 private:
  static constexpr std::int64_t kBegin = 1'795'539'152'000;
  std::int64_t now_ = 0;
  std::uint64_t next_ = 1;
  std::map<Place, Event> planned_;
};

}  // namespace windlass::simulation
