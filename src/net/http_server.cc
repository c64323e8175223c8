#include "net/http_server.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <list>
#include <sys/socket.h>
#include <vector>

#include "net/http_connection.h"
#include "net/tcp_stream.h"

namespace windlass::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kStopLook{100};

/// Of answers; made again each second while there are connections.
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 40> out{};
  const auto size = std::strftime(out.data(), out.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {out.data(), size};
}

}  // namespace

struct HttpServer::Impl : HttpHost {
  using HttpHost::HttpHost;

  std::list<tcp::acceptor> acceptors;
  std::size_t handshakes = 0;  ///< connections that are none yet

  // A coroutine starts at the next turn of the loop, when the server may be gone: each holds what it works on itself.
  static asio::awaitable<void> accept(std::shared_ptr<Impl> self, tcp::acceptor& acceptor);
  static asio::awaitable<void> begin(std::shared_ptr<Impl> self, tcp::socket socket);
  static asio::awaitable<void> sweep(std::shared_ptr<Impl> self);
};

asio::awaitable<void> HttpServer::Impl::accept(std::shared_ptr<Impl> self, tcp::acceptor& acceptor) {
  while (!self->stopping) {
    auto [error, socket] = co_await acceptor.async_accept(kAwait);
    if (error == asio::error::operation_aborted || self->stopping) co_return;
    if (error) {
      // Out of descriptors, mostly: wait a little, existing connections go on.
      self->complain("cannot accept a connection: " + error.message());
      asio::steady_timer pause(self->io, std::chrono::milliseconds(100));
      co_await pause.async_wait(kAwait);
      continue;
    }
    if (self->connections.size() + self->handshakes >= self->options.max_connections) {
      boost::system::error_code ignored;
      socket.close(ignored);
      continue;
    }
    asio::co_spawn(self->io, begin(self, std::move(socket)), asio::detached);
  }
}

/// Plain or TLS, told by the first byte; then requests.
asio::awaitable<void> HttpServer::Impl::begin(std::shared_ptr<Impl> self, tcp::socket socket) {
  if (self->stopping) co_return;
  const auto& options = self->options;
  if (!options.tls) {
    co_await HttpConnection::serve(std::make_shared<HttpConnection>(self, make_tcp_stream(std::move(socket))));
    co_return;
  }
  // Until a Connection exists, a timer is the deadline.
  asio::steady_timer timer(self->io, options.head_timeout);
  auto waiting = std::make_shared<bool>(true);
  timer.async_wait([&socket, waiting](const boost::system::error_code& late) {
    boost::system::error_code ignored;
    if (!late && *waiting) socket.close(ignored);
  });
  char first = 0;
  for (;;) {
    auto [error] = co_await socket.async_wait(tcp::socket::wait_read, kAwait);
    if (error || !socket.is_open()) {
      *waiting = false;
      co_return;
    }
    const auto count = ::recv(socket.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count == 1) break;
    // The loop may wake us for what was meant for a socket of the same number that has just been closed.
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    *waiting = false;
    co_return;
  }
  *waiting = false;
  timer.cancel();
  if (first != 0x16) {
    boost::system::error_code ignored;
    const auto peer = socket.remote_endpoint(ignored);
    auto connection = std::make_shared<HttpConnection>(self, make_tcp_stream(std::move(socket)));
    if (options.plain_from_loopback_only && !peer.address().is_loopback()) {
      co_await connection->refuse(400, "this address speaks TLS only: use https://");
      co_return;
    }
    co_await HttpConnection::serve(std::move(connection));
    co_return;
  }
  ++self->handshakes;
  const auto tls = options.tls;  // may be another one while this one shakes hands
  auto stream = co_await tls->accept(std::move(socket), options.head_timeout);
  --self->handshakes;
  if (!stream) co_return;
  co_await HttpConnection::serve(std::make_shared<HttpConnection>(self, std::move(*stream)));
}

asio::awaitable<void> HttpServer::Impl::sweep(std::shared_ptr<Impl> self) {
  while (!self->stopping || !self->connections.empty()) {
    if (self->connections.empty()) {
      (void)co_await self->stirred.wait(rt::Timers::Moment::max());  // a server that nobody asks is not woken
      self->date = http_date();
      continue;
    }
    // One that stops looks more often.
    const bool was_stopping = self->stopping;
    const auto look = self->timers.now() + (was_stopping ? kStopLook : self->options.sweep);
    while (self->timers.now() < look && self->stopping == was_stopping && !self->connections.empty()) {
      (void)co_await self->stirred.wait(look);
    }
    self->date = http_date();
    const auto now = self->timers.now();
    std::vector<std::shared_ptr<HttpConnection>> late;
    for (auto* connection : self->connections) {
      if (connection->deadline < now) {
        if (auto alive = connection->weak_from_this().lock()) late.push_back(std::move(alive));
      }
    }
    for (const auto& connection : late) connection->close();
  }
}

HttpServer::HttpServer(asio::io_context& io, HttpServerOptions options, Handler handler,
                       std::function<void(std::string_view)> complain, QuickHandler quick)
    : impl_(std::make_shared<Impl>(io, std::move(options), std::move(handler), std::move(complain), std::move(quick))) {
  impl_->date = http_date();
  asio::co_spawn(io, Impl::sweep(impl_), asio::detached);
}

HttpServer::~HttpServer() { stop(std::chrono::seconds(0)); }

void HttpServer::serve(std::unique_ptr<ByteStream> connection) {
  if (impl_->stopping) return;
  asio::co_spawn(impl_->io, HttpConnection::serve(std::make_shared<HttpConnection>(impl_, std::move(connection))),
                 asio::detached);
}

Result<std::string> HttpServer::listen(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos)
    return fail(ErrorKind::invalid, "the address '" + address + "' lacks a port: HOST:PORT");
  auto host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) host = "0.0.0.0";
  if (host == "localhost") host = "127.0.0.1";
  unsigned port = 0;
  const auto* end = address.data() + address.size();
  const auto [stop, wrong] = std::from_chars(address.data() + colon + 1, end, port);
  if (wrong != std::errc() || stop != end || port > 65535) {
    return fail(ErrorKind::invalid, "the port in '" + address + "' is no number from 0 to 65535");
  }
  boost::system::error_code error;
  const auto ip = asio::ip::make_address(host, error);
  if (error) return fail(ErrorKind::invalid, "'" + host + "' is no IP address to listen on");
  const tcp::endpoint endpoint(ip, static_cast<unsigned short>(port));
  auto& acceptor = impl_->acceptors.emplace_back(impl_->io);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && ip.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(1024, error);
  if (error) {
    impl_->acceptors.pop_back();
    return fail(ErrorKind::unavailable, "cannot listen on " + address + ": " + error.message());
  }
  const auto bound = acceptor.local_endpoint(error);
  asio::co_spawn(impl_->io, Impl::accept(impl_, acceptor), asio::detached);
  const auto text = bound.address().to_string();
  return (bound.address().is_v6() ? "[" + text + "]" : text) + ":" + std::to_string(bound.port());
}

void HttpServer::stop(std::chrono::seconds grace) {
  auto impl = impl_;
  if (std::exchange(impl->stopping, true)) return;
  boost::system::error_code ignored;
  for (auto& acceptor : impl->acceptors) acceptor.close(ignored);
  std::vector<std::shared_ptr<HttpConnection>> idle;
  for (auto* connection : impl->connections) {
    auto alive = connection->weak_from_this().lock();
    if (!alive) continue;
    if (!connection->is_busy() || grace.count() == 0) {
      idle.push_back(std::move(alive));
    } else {
      connection->deadline = std::min(connection->deadline, impl->timers.now() + grace);
    }
  }
  for (const auto& connection : idle) connection->close();
  impl->stirred.notify();
}

void HttpServer::set_tls(std::shared_ptr<TlsContext> tls) { impl_->options.tls = std::move(tls); }

std::size_t HttpServer::connections() const { return impl_->connections.size(); }

}  // namespace windlass::net
