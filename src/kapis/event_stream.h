// One client's stream of events while it is written: server-sent events from a position of the ring on.
//
// It remembers one position and asks the ring for what is behind it: nothing is queued for a client that does not read.
// Whom an event may be told is decided when it is sent, with the roles that the caller has then.
// Format: docs/formats/event-stream.md.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "kapis/event_hub.h"
#include "net/http.h"
#include "rights/rights.h"

namespace windlass::kapis {

/// What a client asked for.
struct EventsWanted {
  std::array<bool, runs::kEventKinds> kinds{};
  std::string project, job;
  std::uint64_t number = 0;

  [[nodiscard]] bool has(const runs::Event& event) const;
};

class EventStream {
 public:
  struct Client {
    rights::User user;
    std::function<std::optional<rights::User>()> look_again;  ///< who it is by now
  };
  /// `end`: it ends there, or with the first events; nothing: with the client.
  EventStream(EventHub& hub, std::function<std::int64_t()> now_millis, Client client, EventsWanted wanted,
              std::uint64_t position, std::optional<rt::Timers::Moment> end);

  /// The stream does not begin where the client stopped.
  void begin_with_gap(std::string why) { gap_ = std::move(why); }
  EventHub::Follower& follower() { return follower_; }

  rt::Task<> run(net::BodyWriter& writer);

 private:
  /// Roles may have changed and tokens ended since. False: the caller is nobody any more.
  bool look_again();
  bool may_see(const runs::Event& event);
  /// Appends what is new and may be seen, and goes on. True when there was any.
  bool collect(std::string& part);

  EventHub& hub_;
  std::function<std::int64_t()> now_millis_;
  Client client_;
  EventsWanted wanted_;
  std::uint64_t position_;
  std::optional<rt::Timers::Moment> end_;
  std::string gap_;
  rt::Timers::Moment look_again_;
  std::unordered_map<std::string, bool> may_;
  EventHub::Follower follower_;
};

/// The answer that is this stream.
net::Response stream_answer(std::shared_ptr<EventStream> stream);

}  // namespace windlass::kapis
