// The HTTP side of one life of the server: the real connections, event ring and streams on simulated sockets, and
// routes enough to start runs, to follow what happens and to fetch something large. The routes of the real server need
// its threads; what they do with the store is the same.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string_view>

#include "kapis/event_hub.h"
#include "net/http_server.h"
#include "objects.h"
#include "runs/run_types.h"
#include "server/event_feed.h"
#include "sockets.h"

namespace windlass::simulation {

class HttpLife {
 public:
  HttpLife(ObjectLife& objects, std::uint64_t life, std::function<std::int64_t()> now_millis,
           std::function<void(std::string_view)> complain);

  /// The client's end of a new connection.
  std::shared_ptr<SimulatedSocket> connect();
  void run_changed(const runs::RunInfo& run, const runs::RunDelta& delta) { feed_.run_changed(run, delta); }
  [[nodiscard]] bool tells_events() const { return hub_.wanted(); }
  /// Whether nothing has happened behind that place.
  [[nodiscard]] bool is_newest(std::string_view cursor) const { return hub_.position(cursor) == hub_.ring().newest(); }
  [[nodiscard]] std::size_t connections() const { return server_.connections(); }
  /// Until then, or until the process is dead.
  boost::asio::awaitable<void> pause(std::int64_t millis);
  /// The process is dead: its clients hear no more.
  void end();

 private:
  rt::Task<net::Response> answer(net::Request request);
  rt::Task<net::Response> start(const net::Request& request);
  net::Response follow(const net::Request& request);

  ObjectLife& objects_;
  std::function<std::int64_t()> now_millis_;
  kapis::EventHub hub_;
  server::EventFeed feed_;
  net::HttpServer server_;
  std::list<std::weak_ptr<SimulatedSocket>> clients_;
  rt::Signal over_;
  bool is_over_ = false;
};

}  // namespace windlass::simulation
