#include "net/connector.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "net/tcp_stream.h"

namespace windlass::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

/// Keep-alive probes for a silent connection, a limit for bytes that nobody acknowledges.
void notice_vanished_peers(int socket) {
  const int on = 1, idle_seconds = 15, between_seconds = 5, probes = 3, unacknowledged_millis = 30'000;
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof idle_seconds);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &between_seconds, sizeof between_seconds);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_millis, sizeof unacknowledged_millis);
}

class TcpConnector final : public Connector {
 public:
  TcpConnector(asio::io_context& io, rt::Timers& timers) : io_(io), timers_(timers) {}

  rt::Task<std::unique_ptr<ByteStream>> connect(std::string host, std::uint16_t port,
                                                rt::Timers::Moment deadline) override {
    tcp::resolver resolver(io_);
    tcp::resolver::results_type found;
    {
      const rt::Deadline limit(timers_, deadline, [&resolver] { resolver.cancel(); });
      auto [error, results] =
          co_await resolver.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service, kAwait);
      if (limit.is_over()) co_return fail(ErrorKind::timeout, "the name " + host + " was not resolved in time");
      if (error) co_return fail(ErrorKind::not_found, "the name " + host + " cannot be resolved: " + error.message());
      found = results;
    }
    Error last(ErrorKind::not_found, "the name " + host + " has no address");
    auto left = static_cast<int>(found.size());
    for (const auto& entry : found) {
      const auto now = timers_.now();
      if (now >= deadline) break;
      tcp::socket socket(io_);
      const auto share = now + (deadline - now) / left--;
      const auto where = host + ":" + std::to_string(port);
      const rt::Deadline limit(timers_, share, [&socket] {
        boost::system::error_code ignored;
        socket.close(ignored);
      });
      auto [error] = co_await socket.async_connect(entry.endpoint(), kAwait);
      if (!error) {
        notice_vanished_peers(socket.native_handle());
        co_return make_tcp_stream(std::move(socket));
      }
      last = limit.is_over() ? Error(ErrorKind::timeout, where + " does not answer")
                             : Error(ErrorKind::unavailable, "no connection to " + where + ": " + error.message());
    }
    co_return fail(std::move(last));
  }

 private:
  asio::io_context& io_;
  rt::Timers& timers_;
};

}  // namespace

std::unique_ptr<Connector> make_tcp_connector(asio::io_context& io, rt::Timers& timers) {
  return std::make_unique<TcpConnector>(io, timers);
}

}  // namespace windlass::net
