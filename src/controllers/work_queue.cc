#include "controllers/work_queue.h"

#include <algorithm>

namespace windlass::controllers {

std::chrono::milliseconds Backoff::after(std::uint32_t failures) const {
  auto delay = first;
  for (std::uint32_t i = 1; i < failures && delay < longest; ++i) delay *= 2;
  return std::min(delay, longest);
}

void WorkQueue::add(const Key& key) {
  if (const auto delayed = delayed_.find(key); delayed != delayed_.end()) {
    due_.erase({delayed->second, key});
    delayed_.erase(delayed);
  }
  if (const auto working = in_work_.find(key); working != in_work_.end()) {
    working->second = true;
    return;
  }
  if (queued_.insert(key).second) ready_.push_back(key);
}

void WorkQueue::add_at(const Key& key, Time time) {
  if (queued_.contains(key)) return;
  const auto [entry, added] = delayed_.try_emplace(key, time);
  if (!added) {
    if (entry->second <= time) return;
    due_.erase({entry->second, key});
    entry->second = time;
  }
  due_.emplace(time, key);
}

void WorkQueue::ripen(Time now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const Key key = due_.begin()->second;
    add(key);
  }
}

std::optional<Key> WorkQueue::take(Time now) {
  ripen(now);
  if (ready_.empty()) return std::nullopt;
  Key key = std::move(ready_.front());
  ready_.pop_front();
  queued_.erase(key);
  in_work_.emplace(key, false);
  return key;
}

void WorkQueue::done(const Key& key) {
  const auto working = in_work_.find(key);
  if (working == in_work_.end()) return;
  const bool again = working->second;
  in_work_.erase(working);
  if (again) add(key);
}

std::optional<WorkQueue::Time> WorkQueue::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

}  // namespace windlass::controllers
