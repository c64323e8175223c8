// The queue of a controller: which key is looked at next. Pure: no clock, no thread; times are arguments.
//
// A key is in work at most once at a time and waits at most once: what is added while it waits is one visit, what is
// added while it is in work is one more visit afterwards. Keys that failed come back later and later.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace windlass::controllers {

/// An object of the controller's kind.
struct Key {
  std::string namespace_;  ///< empty for cluster scope
  std::string name;
  friend auto operator<=>(const Key&, const Key&) = default;
  /// "namespace/name", for people.
  [[nodiscard]] std::string text() const { return namespace_.empty() ? name : namespace_ + "/" + name; }
};

struct Backoff {
  std::chrono::milliseconds first{200};
  std::chrono::milliseconds longest{60'000};
  /// After the n-th failure in a row (n from 1): doubled each time, at most `longest`.
  [[nodiscard]] std::chrono::milliseconds after(std::uint32_t failures) const;
};

class WorkQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// The key is due now.
  void add(const Key& key);
  /// The key is due at `time` unless it is due earlier for another reason.
  void add_at(const Key& key, Time time);
  /// The next key that is due and not in work; it is in work until done(). Keys of the same time come in order.
  std::optional<Key> take(Time now);
  /// The visit ended; if the key was added meanwhile it waits again.
  void done(const Key& key);
  /// When the next delayed key is due; nothing while none waits.
  [[nodiscard]] std::optional<Time> next_due() const;
  /// Nothing is due and nothing is in work.
  [[nodiscard]] bool idle() const { return ready_.empty() && in_work_.empty(); }
  [[nodiscard]] std::size_t waiting() const { return ready_.size() + delayed_.size(); }
  [[nodiscard]] std::size_t in_work() const { return in_work_.size(); }

 private:
  void ripen(Time now);

  std::deque<Key> ready_;
  std::set<Key> queued_;                ///< those of ready_
  std::map<Key, bool> in_work_;         ///< value: added meanwhile
  std::map<Key, Time> delayed_;         ///< one time each, the earliest
  std::set<std::pair<Time, Key>> due_;  ///< the same, by time
};

}  // namespace windlass::controllers
