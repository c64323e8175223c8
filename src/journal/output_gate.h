// Holds back what must not be seen before the journal it relies on is durable.
//
// Not a queue between threads: the owner pushes with the sequence that the thing relies on and, after each commit,
// takes what is free. Order of pushing is kept, also between things that rely on different sequences. Source: the
// output gate of the design.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace windlass::journal {

template <class T>
class OutputGate {
 public:
  /// `relies_on` is an entry's sequence (RunJournal::last_sequence() when in doubt); 0 relies on nothing.
  void hold(std::uint64_t relies_on, T thing) {
    if (!held_.empty() && held_.back().first > relies_on) relies_on = held_.back().first;
    held_.emplace_back(relies_on, std::move(thing));
  }

  /// The oldest thing if all it relies on is durable, else nothing.
  std::optional<T> take(std::uint64_t durable_sequence) {
    if (held_.empty() || held_.front().first > durable_sequence) return std::nullopt;
    std::optional<T> thing(std::move(held_.front().second));
    held_.pop_front();
    return thing;
  }

  [[nodiscard]] bool empty() const { return held_.empty(); }

 private:
  std::deque<std::pair<std::uint64_t, T>> held_;
};

}  // namespace windlass::journal
