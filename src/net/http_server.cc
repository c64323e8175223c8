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
#include <unordered_set>

#include "net/request_reader.h"
#include "net/tcp_stream.h"

namespace windlass::net {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using asio::ip::tcp;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kHeadSize = 1024;  ///< most requests are shorter
constexpr std::size_t kReadSize = 16 * 1024;

bool is_clean(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 40> out{};
  const auto size = std::strftime(out.data(), out.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {out.data(), size};
}

}  // namespace

struct Connection;

struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  Impl(asio::io_context& io_, HttpServerOptions options_, Handler handler_,
       std::function<void(std::string_view)> complain_, QuickHandler quick_)
      : io(io_),
        options(std::move(options_)),
        handler(std::move(handler_)),
        quick(std::move(quick_)),
        complain(std::move(complain_)),
        sweep_timer(io_) {}

  asio::io_context& io;
  HttpServerOptions options;
  Handler handler;
  QuickHandler quick;
  std::function<void(std::string_view)> complain;
  std::list<tcp::acceptor> acceptors;
  asio::steady_timer sweep_timer;
  std::unordered_set<Connection*> connections;
  bool stopping = false;
  std::string date;  ///< of answers, made again each second

  std::size_t handshakes = 0;  ///< connections that are none yet

  // A coroutine starts at the next turn of the loop, when the server may be gone: each holds what it works on itself.
  static asio::awaitable<void> accept(std::shared_ptr<Impl> self, tcp::acceptor& acceptor);
  static asio::awaitable<void> begin(std::shared_ptr<Impl> self, tcp::socket socket);
  static asio::awaitable<void> sweep(std::shared_ptr<Impl> self);
};

struct Connection final : BodyWriter, std::enable_shared_from_this<Connection> {
  Connection(std::shared_ptr<HttpServer::Impl> owner, std::unique_ptr<ByteStream> bytes)
      : server(std::move(owner)),
        stream(std::move(bytes)),
        reader(server->options.max_head_bytes, server->options.max_body_bytes) {
    server->connections.insert(this);
  }
  ~Connection() override { server->connections.erase(this); }

  std::shared_ptr<HttpServer::Impl> server;
  std::unique_ptr<ByteStream> stream;
  RequestReader reader;
  Clock::time_point deadline = Clock::time_point::max();
  bool busy = false;  ///< a request is being answered
  bool gone = false;  ///< the client is away, or was too slow
  bool chunked = false;
  bool head_only = false;
  std::function<void()> closed_callback;

  void close() {
    if (std::exchange(gone, true)) return;
    stream->close();
    if (auto callback = std::exchange(closed_callback, nullptr)) callback();
  }

  // ---- BodyWriter
  rt::Task<> write(std::string_view bytes) override {
    if (gone) co_return fail(ErrorKind::cancelled, "the client is gone");
    if (bytes.empty() || head_only) co_return Result<>();
    deadline = Clock::now() + server->options.write_timeout;
    Result<> done;
    if (chunked) {
      std::array<char, 20> size{};
      const auto [end, error] = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16);
      std::string piece(size.data(), end);
      piece.append("\r\n").append(bytes).append("\r\n");
      done = co_await stream->write_all(piece);
    } else {
      done = co_await stream->write_all(bytes);
    }
    deadline = Clock::time_point::max();
    if (!done) close();
    co_return done;
  }
  [[nodiscard]] bool closed() const override { return gone; }
  void on_closed(std::function<void()> callback) override {
    if (gone && callback) {
      callback();
    } else {
      closed_callback = std::move(callback);
    }
  }

  std::string head_of(const Response& response, const Request& request, bool keep, bool http_1_1) {
    std::string head;
    head.reserve(kHeadSize / 2 + (response.stream ? 0 : response.body.size()));
    head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    head.append(reason_phrase(response.status)).append("\r\n");
    for (const auto& [name, value] : response.headers.entries()) {
      if (is_clean(name) && is_clean(value)) head.append(name).append(": ").append(value).append("\r\n");
    }
    head.append("Date: ").append(server->date).append("\r\n");
    chunked = false;
    const bool bodiless = response.status == 204 || response.status == 304 || response.status == 101;
    if (response.stream && !bodiless) {
      if (http_1_1) {
        chunked = true;
        head.append("Transfer-Encoding: chunked\r\n");
      }
    } else if (!bodiless) {
      head.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
    }
    if (!keep && response.status != 101) head.append("Connection: close\r\n");
    if (keep && !http_1_1) head.append("Connection: keep-alive\r\n");
    head.append("\r\n");
    head_only = request.method == "HEAD" || bodiless;
    return head;
  }

  asio::awaitable<void> refuse(int status, std::string message) {
    Request none;
    auto head = head_of(Response::text(status, message + "\n"), none, false, true) + message + "\n";
    deadline = Clock::now() + server->options.write_timeout;
    (void)co_await stream->write_all(head);
    close();
  }

  /// While a stream is written: notices that the client is away.
  static asio::awaitable<void> watch_client(std::shared_ptr<Connection> self) {
    auto readable = co_await self->stream->wait_readable();
    if (!readable || !*readable) self->close();
  }

  static asio::awaitable<void> serve(std::shared_ptr<Connection> self) {
    std::string buffer;                // what came and is not taken yet
    std::array<char, kHeadSize> head;  // ten thousand connections that wait have no more than this each
    std::unique_ptr<char[]> space;     // for what is longer, while it is read
    auto& options = self->server->options;
    self->deadline = Clock::now() + options.idle_timeout;
    while (!self->gone) {
      // Read until one request is complete.
      std::string_view fresh;  // stands in `head` or `space`, behind all of `buffer`
      while (self->reader.state() != RequestReader::State::complete) {
        const bool from_buffer = !buffer.empty();
        if (from_buffer) buffer.append(std::exchange(fresh, {}));
        const std::string_view bytes = from_buffer ? std::string_view(buffer) : fresh;
        if (!bytes.empty()) {
          const auto before = self->reader.state();
          auto taken = self->reader.feed(bytes);
          if (!taken) {
            co_await self->refuse(taken.error().status, taken.error().message);
            co_return;
          }
          if (from_buffer) {
            buffer.erase(0, *taken);
          } else {
            buffer = fresh.substr(*taken);
            fresh = {};
          }
          const auto now = self->reader.state();
          if (before == RequestReader::State::idle && now == RequestReader::State::head) {
            self->deadline = Clock::now() + options.head_timeout;
          } else if (now == RequestReader::State::body && *taken > 0) {
            self->deadline = Clock::now() + options.body_timeout;
          }
          if (self->reader.wants_continue()) {
            if (!co_await self->stream->write_all("HTTP/1.1 100 Continue\r\n\r\n")) co_return self->close();
          }
          if (now == RequestReader::State::complete) break;
          if (buffer.size() > options.max_head_bytes) {
            co_await self->refuse(400, "a chunk's head is too long");
            co_return;
          }
        }
        std::span<char> into = head;
        if (self->reader.state() == RequestReader::State::idle) {
          space.reset();
        } else {
          if (!space) space = std::make_unique_for_overwrite<char[]>(kReadSize);
          into = {space.get(), kReadSize};
        }
        auto count = co_await self->stream->read_some(into);
        if (!count || *count == 0) co_return self->close();
        fresh = {into.data(), *count};
      }
      Request request = self->reader.take();
      bool keep = self->reader.keep_alive() && !self->server->stopping;
      const bool http_1_1 = self->reader.is_http_1_1();
      request.peer = self->stream->peer();
      request.tls = self->stream->is_tls();
      const std::string target = request.target;
      if (!parse_target(target, request)) {
        co_await self->refuse(400, "the request target is malformed");
        co_return;
      }
      self->deadline = Clock::time_point::max();  // answering has its own deadlines
      self->busy = true;
      Request head_request;
      head_request.method = request.method;
      auto at_once = self->server->quick ? self->server->quick(request) : std::nullopt;
      Response response;
      if (at_once) {
        response = std::move(*at_once);
      } else if (auto answered = co_await self->server->handler(std::move(request))) {
        response = std::move(*answered);
      } else {
        self->server->complain(head_request.method + " " + target + ": " + answered.error().text());
        response = Response::text(500, "internal error\n");
      }
      // A connection on which an answer was streamed is closed behind it; who would use it again has to know.
      if (response.stream && head_request.method != "HEAD") keep = false;
      auto bytes = self->head_of(response, head_request, keep, http_1_1);
      if (!response.stream && !self->head_only) bytes += response.body;
      self->deadline = Clock::now() + options.write_timeout;
      if (!co_await self->stream->write_all(bytes)) co_return self->close();
      if (response.upgrade) {
        auto connection = std::move(self->stream);
        self->gone = true;
        self->server->connections.erase(self.get());
        auto server = self->server;
        auto done = co_await response.upgrade(std::move(connection), std::move(buffer));
        if (!done && done.error().kind != ErrorKind::cancelled) server->complain(target + ": " + done.error().text());
        co_return;
      }
      if (response.stream && !self->head_only) {
        self->deadline = Clock::time_point::max();
        asio::co_spawn(self->server->io, watch_client(self), asio::detached);
        const bool was_chunked = self->chunked;
        auto done = co_await response.stream(*self);
        self->closed_callback = nullptr;
        if (!done && !self->gone && done.error().kind != ErrorKind::cancelled) {
          self->server->complain(head_request.method + " " + target + " was cut off: " + done.error().text());
        }
        if (!done || self->gone) co_return self->close();
        if (was_chunked && !co_await self->stream->write_all("0\r\n\r\n")) co_return self->close();
        // Whoever waits for the client above still reads: such a connection is not used again.
        co_return self->close();
      }
      self->busy = false;
      if (!keep) co_return self->close();
      self->deadline = Clock::now() + options.idle_timeout;
    }
  }
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
    co_await Connection::serve(std::make_shared<Connection>(self, make_tcp_stream(std::move(socket))));
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
    auto connection = std::make_shared<Connection>(self, make_tcp_stream(std::move(socket)));
    if (options.plain_from_loopback_only && !peer.address().is_loopback()) {
      co_await connection->refuse(400, "this address speaks TLS only: use https://");
      co_return;
    }
    co_await Connection::serve(std::move(connection));
    co_return;
  }
  ++self->handshakes;
  const auto tls = options.tls;  // may be another one while this one shakes hands
  auto stream = co_await tls->accept(std::move(socket), options.head_timeout);
  --self->handshakes;
  if (!stream) co_return;
  co_await Connection::serve(std::make_shared<Connection>(self, std::move(*stream)));
}

asio::awaitable<void> HttpServer::Impl::sweep(std::shared_ptr<Impl> self) {
  while (!self->stopping || !self->connections.empty()) {
    self->date = http_date();
    self->sweep_timer.expires_after(std::chrono::seconds(1));
    (void)co_await self->sweep_timer.async_wait(kAwait);
    const auto now = Clock::now();
    std::vector<std::shared_ptr<Connection>> late;
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
  std::vector<std::shared_ptr<Connection>> idle;
  for (auto* connection : impl->connections) {
    auto alive = connection->weak_from_this().lock();
    if (!alive) continue;
    if (!connection->busy || grace.count() == 0) {
      idle.push_back(std::move(alive));
    } else {
      connection->deadline = std::min(connection->deadline, Clock::now() + grace);
    }
  }
  for (const auto& connection : idle) connection->close();
  impl->sweep_timer.cancel();
}

void HttpServer::set_tls(std::shared_ptr<TlsContext> tls) { impl_->options.tls = std::move(tls); }

std::size_t HttpServer::connections() const { return impl_->connections.size(); }

}  // namespace windlass::net
