#include "runs/event_ring.h"

#include <array>
#include <utility>

namespace windlass::runs {

namespace {

constexpr std::size_t kOverhead = 256;  ///< of an event beside its texts: nodes of both maps

std::size_t size_of(const Event& event) {
  return kOverhead + sizeof(Event) + event.space.size() + event.name.size() + event.job.size() +
         2 * event.thing.size() + event.data.size();
}

}  // namespace

std::string_view to_string(EventKind kind) {
  constexpr std::array<std::string_view, kEventKinds> kNames = {"run",   "node",  "log",   "approval",
                                                                "queue", "agent", "object"};
  return kNames[static_cast<std::size_t>(kind)];
}

void EventRing::add(Event event) {
  const auto now = event.time_millis;
  const auto position = ++newest_;
  if (const auto known = by_thing_.find(event.thing); known != by_thing_.end()) {
    const auto old = events_.find(known->second);
    bytes_ -= size_of(old->second);
    events_.erase(old);
    known->second = position;
  } else {
    by_thing_.emplace(event.thing, position);
  }
  bytes_ += size_of(event);
  events_.emplace_hint(events_.end(), position, std::move(event));
  expire(now);
}

void EventRing::expire(std::int64_t now_millis) {
  while (!events_.empty()) {
    const auto oldest = events_.begin();
    if (bytes_ <= limits_.most_bytes && oldest->second.time_millis + limits_.keep_millis >= now_millis) break;
    lost_ = oldest->first;
    erase(oldest);
  }
}

void EventRing::lose_all() {
  // A position of its own, so that those who have heard everything so far notice too.
  lost_ = ++newest_;
  events_.clear();
  by_thing_.clear();
  bytes_ = 0;
}

void EventRing::erase(Events::iterator event) {
  bytes_ -= size_of(event->second);
  by_thing_.erase(event->second.thing);
  events_.erase(event);
}

}  // namespace windlass::runs
