// The server's events and those who follow them: the ring, cursors that only this server can read, and waking.
//
// A follower keeps nothing but its place in the ring, so one that does not read costs nobody anything: it falls behind,
// and hears of a gap when the ring has gone on without it. A cursor is sealed: a plain number would tell how much
// happens in projects that its holder may not see. The reactor's thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "rt/timers.h"
#include "runs/event_ring.h"

namespace windlass::kapis {

struct EventHubOptions {
  std::function<std::string(std::string_view clear)> seal;  ///< authenticated; another text each time
  std::function<std::optional<std::string>(std::string_view sealed)> unseal;
  std::uint64_t life = 0;  ///< random; positions of another life of the server are gaps
  runs::EventRingLimits limits;
  rt::Timers* timers = nullptr;  ///< null: the real clock. They must outlive the io_context's last run
};

class EventHub {
 public:
  EventHub(boost::asio::io_context& io, EventHubOptions options);

  void add(runs::Event event);
  void lose_all();
  /// From time to time, so that a server on which nothing happens any more keeps nothing.
  void expire(std::int64_t now_millis) { ring_.expire(now_millis); }
  [[nodiscard]] const runs::EventRing& ring() const { return ring_; }

  /// A position as clients get it.
  [[nodiscard]] std::string cursor(std::uint64_t position);
  [[nodiscard]] std::string cursor() { return cursor(ring_.newest()); }
  /// Whether anybody can ask for what happens: somebody has got a cursor of this life. Until then, events need not be
  /// made; a server that goes on with thousands of runs has better things to do.
  [[nodiscard]] bool wanted() const { return wanted_; }
  /// The position of a cursor; nothing for one that is none of ours, or of an earlier life.
  [[nodiscard]] std::optional<std::uint64_t> position(std::string_view cursor) const;

  /// Somebody who follows; wakes it when there is something new.
  class Follower {
   public:
    Follower(EventHub& hub, std::string user);
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;
    /// Returns when there is something behind `after`, at the deadline, or after wake().
    boost::asio::awaitable<void> wait(std::uint64_t after, rt::Timers::Moment deadline);
    /// Lets what comes meanwhile come together: returns at that moment, or after wake().
    boost::asio::awaitable<void> rest(rt::Timers::Moment until);
    void wake();

   private:
    friend class EventHub;
    EventHub& hub_;
    std::string user_;
    std::list<Follower*>::iterator place_;
    rt::Signal changed_, woken_;
  };
  /// How many follow, of all and of one user.
  [[nodiscard]] std::size_t followers() const { return followers_.size(); }
  [[nodiscard]] std::size_t followers_of(const std::string& user) const;

  /// All followers end; for a server that stops.
  void stop();
  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] rt::Timers& timers() { return timers_; }

 private:
  boost::asio::io_context& io_;
  EventHubOptions options_;
  std::unique_ptr<rt::Timers> own_timers_;  ///< where the options have none
  rt::Timers& timers_;
  runs::EventRing ring_;
  std::list<Follower*> followers_;  ///< as they came: who is woken first is no matter of addresses
  std::map<std::string, std::size_t> by_user_;
  bool stopped_ = false;
  bool wanted_ = false;
};

}  // namespace windlass::kapis
