// The one sequence of what happens on a server, kept for a while so that clients can go on where they stopped.
//
// Every event tells the newest state of one thing (a run, a node, the length of a log …), so a newer event about the
// same thing takes the older one's place: whoever is behind hears of each thing once, and nothing is lost by it. What
// falls out by age or size is lost, and the ring knows up to where: a position before that is a gap, never a silence.
// Pure: no clock, no threads, no I/O. Format of the events: docs/formats/event-stream.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace windlass::runs {

enum class EventKind : std::uint8_t { run, node, log, approval, queue, agent, object };
inline constexpr std::size_t kEventKinds = 7;
std::string_view to_string(EventKind kind);

struct Event {
  EventKind kind = EventKind::run;
  // Whom it may be told: those who may `get` this. An empty resource: everybody who is authenticated.
  std::string_view group, resource;  ///< literals
  std::string space;                 ///< namespace, or empty
  std::string name;
  std::string job;  ///< "project/pipeline[/branch]" of what belongs to a run
  std::uint64_t number = 0;
  std::string thing;  ///< unique for what it tells the state of; a newer event with the same takes its place
  std::string data;   ///< JSON, one line
  std::int64_t time_millis = 0;
};

struct EventRingLimits {
  std::int64_t keep_millis = 20 * 60 * 1000;  ///< promised are 15 minutes
  std::size_t most_bytes = 32u << 20;         ///< what is above goes earlier, as a gap
};

class EventRing {
 public:
  explicit EventRing(EventRingLimits limits = {}) : limits_(limits) {}

  /// Adds it behind all others; its time is now.
  void add(Event event);
  /// Lets go of what is too old.
  void expire(std::int64_t now_millis);
  /// Whatever was told until now is not complete: positions up to here are gaps.
  void lose_all();

  /// The position behind the newest event; 0: there has been none.
  [[nodiscard]] std::uint64_t newest() const { return newest_; }
  /// Is everything behind that position still here?
  [[nodiscard]] bool keeps(std::uint64_t position) const { return position >= lost_ && position <= newest_; }

  /// Calls visit(position, event) for what is behind `after`, in order, until it gives false.
  template <class Visit>
  void each(std::uint64_t after, Visit visit) const {
    for (auto it = events_.upper_bound(after); it != events_.end(); ++it) {
      if (!visit(it->first, it->second)) return;
    }
  }
  [[nodiscard]] std::size_t size() const { return events_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  using Events = std::map<std::uint64_t, Event>;
  void erase(Events::iterator event);

  EventRingLimits limits_;
  Events events_;
  std::unordered_map<std::string, std::uint64_t> by_thing_;
  std::uint64_t newest_ = 0;
  std::uint64_t lost_ = 0;  ///< everything up to here may be missing
  std::size_t bytes_ = 0;
};

}  // namespace windlass::runs
