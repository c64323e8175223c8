#include "net/http_client.h"

#include <array>
#include <list>
#include <utility>

#include "net/proxy_tunnel.h"
#include "net/response_reader.h"

namespace windlass::net {

using Moment = rt::Timers::Moment;

namespace {

constexpr std::size_t kReadSize = 16 * 1024;
constexpr std::size_t kMaxRefusal = 64 * 1024;

bool is_clean(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool is_repeatable(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

}  // namespace

/// One connection. Whoever holds it has it for himself.
struct ClientConnection {
  ClientConnection(std::unique_ptr<ByteStream> bytes, std::size_t max_head, bool absolute_)
      : stream(std::move(bytes)), reader(max_head), absolute(absolute_) {}
  std::unique_ptr<ByteStream> stream;
  ResponseReader reader;
  std::string buffer;     ///< read and not used yet
  bool absolute = false;  ///< a proxy wants whole addresses
  bool answered = false;  ///< something of the current answer has come
  Moment idle_since;
};

struct HttpClient::Pool : std::enable_shared_from_this<HttpClient::Pool> {
  Pool(boost::asio::io_context& io_, rt::Timers& timers_, Connector& connector_, HttpClientOptions options_)
      : io(io_),
        timers(timers_),
        connector(connector_),
        options(std::move(options_)),
        free_call(io_, timers_),
        free_stream(io_, timers_) {}

  boost::asio::io_context& io;
  rt::Timers& timers;
  Connector& connector;
  HttpClientOptions options;
  std::list<std::unique_ptr<ClientConnection>> idle;  ///< used last first
  std::list<ByteStream*> in_use;                      ///< to be closed by close()
  rt::Signal free_call, free_stream;
  std::size_t calls = 0, streams = 0, waiting = 0, opened = 0;
  bool closed = false;

  void close() {
    if (std::exchange(closed, true)) return;
    idle.clear();
    for (auto* stream : in_use) stream->close();
    free_call.notify();
    free_stream.notify();
  }

  std::unique_ptr<ClientConnection> take_idle() {
    const auto now = timers.now();
    while (!idle.empty()) {
      auto connection = std::move(idle.front());
      idle.pop_front();
      // What a server says unasked is that it goes away.
      if (now - connection->idle_since < options.idle_limit && connection->stream->is_quiet()) return connection;
      connection->stream->close();
    }
    return nullptr;
  }
  void give_back(std::unique_ptr<ClientConnection> connection) {
    if (closed || !connection->buffer.empty()) return connection->stream->close();
    const auto now = timers.now();
    connection->idle_since = now;
    idle.push_front(std::move(connection));
    while (idle.size() > options.max_idle || now - idle.back()->idle_since >= options.idle_limit) {
      idle.back()->stream->close();
      idle.pop_back();
    }
  }

  rt::Task<std::unique_ptr<ClientConnection>> open(Moment deadline);
};

namespace {

using Pool = HttpClient::Pool;

/// The right to one connection.
class Slot {
 public:
  Slot(std::shared_ptr<Pool> pool, HttpClient::Use use) : pool_(std::move(pool)), use_(use) {}
  Slot(Slot&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), use_(other.use_) {}
  Slot& operator=(Slot&&) = delete;
  ~Slot() { release(); }
  void release() {
    if (auto pool = std::exchange(pool_, nullptr)) {
      const bool is_call = use_ == HttpClient::Use::call;
      // Handed to who has waited longest, else given back.
      if (!(is_call ? pool->free_call : pool->free_stream).notify_one()) --(is_call ? pool->calls : pool->streams);
    }
  }

 private:
  std::shared_ptr<Pool> pool_;
  HttpClient::Use use_;
};

rt::Task<Slot> acquire(std::shared_ptr<Pool> pool, HttpClient::Use use, Moment deadline) {
  const bool is_call = use == HttpClient::Use::call;
  auto& count = is_call ? pool->calls : pool->streams;
  const auto most = is_call ? pool->options.max_calls : pool->options.max_streams;
  if (pool->closed) co_return fail(ErrorKind::cancelled, "the client was closed");
  if (count < most) {
    ++count;
    co_return Slot(std::move(pool), use);
  }
  if (pool->waiting >= pool->options.max_waiting) {
    co_return fail(ErrorKind::exhausted, "too many requests to " + pool->options.origin.text() + " wait already");
  }
  ++pool->waiting;
  const bool given = co_await (is_call ? pool->free_call : pool->free_stream).wait(deadline);
  --pool->waiting;
  if (pool->closed) co_return fail(ErrorKind::cancelled, "the client was closed");
  if (given) co_return Slot(std::move(pool), use);
  co_return fail(ErrorKind::timeout, "no connection to " + pool->options.origin.text() +
                                         " was free in time: " + std::to_string(most) + " are in use");
}

/// Registers a stream with the pool for as long as somebody uses it.
class Busy {
 public:
  Busy(std::shared_ptr<Pool> pool, ByteStream* stream) : pool_(std::move(pool)) {
    place_ = pool_->in_use.insert(pool_->in_use.end(), stream);
  }
  ~Busy() { pool_->in_use.erase(place_); }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  std::shared_ptr<Pool> pool_;
  std::list<ByteStream*>::iterator place_;
};

Error too_late(const Pool& pool, std::string_view what) {
  return {ErrorKind::timeout, pool.options.origin.text() + " " + std::string(what)};
}

/// Reads until something of the answer came that reader and caller have not seen.
rt::Task<> read_more(ClientConnection& connection) {
  auto space = std::make_unique_for_overwrite<char[]>(kReadSize);
  const auto count = WL_CO_TRY(co_await connection.stream->read_some({space.get(), kReadSize}));
  if (count == 0) {
    WL_CO_TRY_VOID(connection.reader.end());
    co_return Result<>();
  }
  connection.answered = true;
  connection.buffer.append(space.get(), count);
  const auto taken = WL_CO_TRY(connection.reader.feed(connection.buffer));
  connection.buffer.erase(0, taken);
  co_return Result<>();
}

/// Sends the request and reads the answer's head.
rt::Task<> converse(std::shared_ptr<Pool> pool, ClientConnection& connection, std::string bytes, bool to_head,
                    Moment deadline) {
  connection.answered = false;
  connection.reader.begin(to_head);
  const Busy busy(pool, connection.stream.get());
  const rt::Deadline limit(pool->timers, deadline, [&connection] { connection.stream->close(); });
  auto done = co_await connection.stream->write_all(bytes);
  while (done && connection.reader.state() == ResponseReader::State::head) done = co_await read_more(connection);
  if (limit.is_over()) co_return fail(too_late(*pool, "did not answer in time"));
  if (pool->closed) co_return fail(ErrorKind::cancelled, "the client was closed");
  co_return done;
}

class Answer final : public HttpAnswer {
 public:
  Answer(std::shared_ptr<Pool> pool, Slot slot, std::unique_ptr<ClientConnection> connection)
      : pool_(std::move(pool)),
        slot_(std::move(slot)),
        connection_(std::move(connection)),
        status_(connection_->reader.status()),
        headers_(connection_->reader.headers()) {
    finish_if_whole();
  }
  ~Answer() override { close(); }

  [[nodiscard]] int status() const override { return status_; }
  [[nodiscard]] const Headers& headers() const override { return headers_; }

  rt::Task<std::string> read(Moment deadline) override {
    for (;;) {
      if (!last_.empty()) co_return std::exchange(last_, {});
      if (!connection_) {
        if (given_up_) co_return fail(ErrorKind::cancelled, "the answer was given up");
        co_return std::string();
      }
      if (auto piece = connection_->reader.take_body(); !piece.empty()) co_return piece;
      // The buffer may hold what came behind a piece that was taken before.
      Result<> done;
      {
        const Busy busy(pool_, connection_->stream.get());
        const rt::Deadline limit(pool_->timers, deadline, [this] { connection_->stream->close(); });
        done = co_await read_more(*connection_);
        if (limit.is_over()) done = fail(too_late(*pool_, "did not go on with its answer in time"));
        if (pool_->closed || given_up_) done = fail(ErrorKind::cancelled, "the answer was given up");
      }
      if (!done) {
        given_up_ = true;  // whoever asks again does not take it for the end
        drop();
        co_return fail(std::move(done).error());
      }
      finish_if_whole();
    }
  }

  rt::Task<std::string> read_all(std::size_t max_bytes, Moment deadline) override {
    std::string out;
    for (;;) {
      auto piece = WL_CO_TRY(co_await read(deadline));
      if (piece.empty()) co_return out;
      if (out.size() + piece.size() > max_bytes) {
        close();
        co_return fail(ErrorKind::exhausted, "the answer of " + pool_->options.origin.text() + " is larger than " +
                                                 std::to_string(max_bytes) + " bytes");
      }
      out += piece;
    }
  }

  void close() override {
    if (!connection_) return;
    given_up_ = true;
    connection_->stream->close();  // who reads now drops it
  }

 private:
  void finish_if_whole() {
    if (connection_->reader.state() != ResponseReader::State::complete) return;
    last_ = connection_->reader.take_body();
    if (connection_->reader.keep_alive()) {
      pool_->give_back(std::exchange(connection_, nullptr));
    } else {
      connection_->stream->close();
    }
    drop();
  }
  void drop() {
    connection_.reset();
    slot_.release();
  }

  std::shared_ptr<Pool> pool_;
  Slot slot_;
  std::unique_ptr<ClientConnection> connection_;
  int status_;
  Headers headers_;
  std::string last_;  ///< of a body whose connection is in use by others already
  bool given_up_ = false;
};

/// An upgraded connection: keeps its slot, and closes with the client.
class UpgradedStream final : public ByteStream {
 public:
  UpgradedStream(std::shared_ptr<Pool> pool, Slot slot, std::unique_ptr<ByteStream> inner)
      : slot_(std::move(slot)), inner_(std::move(inner)), busy_(std::move(pool), inner_.get()) {}
  rt::Task<std::size_t> read_some(std::span<char> into) override { return inner_->read_some(into); }
  rt::Task<> write_all(std::string_view bytes) override { return inner_->write_all(bytes); }
  rt::Task<bool> wait_readable() override { return inner_->wait_readable(); }
  [[nodiscard]] bool is_quiet() const override { return inner_->is_quiet(); }
  void close() override { inner_->close(); }
  [[nodiscard]] bool is_tls() const override { return inner_->is_tls(); }
  [[nodiscard]] std::string peer() const override { return inner_->peer(); }

 private:
  Slot slot_;
  std::unique_ptr<ByteStream> inner_;
  Busy busy_;
};

Result<std::string> format_request(const Pool& pool, const ClientRequest& request, bool absolute) {
  const auto& origin = pool.options.origin;
  std::string target = origin.path + request.target;
  if (!request.target.starts_with('/') || target.find_first_of(" \r\n\t#") != std::string::npos || !is_clean(target)) {
    return fail(ErrorKind::invalid, "the path of a request has a character that must be encoded");
  }
  if (absolute) target.insert(0, "http://" + origin.authority());
  const bool default_port = origin.port == (origin.is_tls() ? 443 : 80);
  auto host = origin.authority();
  if (default_port) host.erase(host.rfind(':'));
  std::string out = request.method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n";
  if (absolute) {
    if (const auto who = proxy_authorization(*pool.options.proxy); !who.empty()) {
      out += "Proxy-Authorization: " + who + "\r\n";
    }
  }
  for (const auto& [name, value] : request.headers.entries()) {
    if (!is_clean(name) || !is_clean(value))
      return fail(ErrorKind::invalid, "the header " + name.substr(0, 40) + " has a line break in it");
    out.append(name).append(": ").append(value).append("\r\n");
  }
  if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD")) {
    out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return out.append("\r\n").append(request.body);
}

struct Opened {
  Slot slot;
  std::unique_ptr<ClientConnection> connection;
};

/// To the head of the answer, once more over a new connection where a kept one turned out to be dead.
rt::Task<Opened> exchange(std::shared_ptr<Pool> pool, ClientRequest request, Moment deadline, HttpClient::Use use) {
  auto slot = WL_CO_TRY(co_await acquire(pool, use, deadline));
  auto connection = pool->take_idle();
  const bool kept = connection != nullptr;
  if (!kept) connection = WL_CO_TRY(co_await pool->open(deadline));
  for (bool again = false;; again = true) {
    auto bytes = WL_CO_TRY(format_request(*pool, request, connection->absolute));
    auto done = co_await converse(pool, *connection, std::move(bytes), request.method == "HEAD", deadline);
    if (done) co_return Opened{std::move(slot), std::move(connection)};
    connection->stream->close();
    const bool swallowed = kept && !again && !connection->answered && is_repeatable(request.method) &&
                           (done.error().kind == ErrorKind::unavailable || done.error().kind == ErrorKind::cancelled);
    if (!swallowed || pool->closed) co_return fail(std::move(done).error());
    connection = WL_CO_TRY(co_await pool->open(deadline));
  }
}

}  // namespace

rt::Task<std::unique_ptr<ClientConnection>> HttpClient::Pool::open(Moment deadline) {
  auto self = shared_from_this();
  const auto& origin = options.origin;
  const auto limit_at = std::min(deadline, timers.now() + options.connect_limit);
  const Url first = options.proxy.value_or(origin);
  auto stream = WL_CO_TRY(co_await connector.connect(first.host, first.port, limit_at));
  if (closed) co_return fail(ErrorKind::cancelled, "the client was closed");
  ++opened;
  bool absolute = false;
  if (options.proxy) {
    if (first.is_tls()) {
      auto trust = WL_CO_TRY(TlsClientContext::make({}));
      stream = WL_CO_TRY(co_await trust->connect(io, timers, std::move(stream), first.host, limit_at));
    }
    // A proxy for http takes the request itself; everything else goes through a tunnel.
    absolute = !origin.is_tls() && first.scheme != "socks5";
    if (!absolute) {
      const Busy busy(self, stream.get());
      const rt::Deadline limit(timers, limit_at, [raw = stream.get()] { raw->close(); });
      auto done = co_await open_tunnel(*stream, first, origin);
      if (limit.is_over()) co_return fail(ErrorKind::timeout, "the proxy " + first.text() + " did not answer in time");
      if (!done) co_return fail(std::move(done).error());
    }
  }
  if (origin.is_tls()) {
    if (!options.tls) co_return fail(ErrorKind::internal, "no TLS for " + origin.text());
    auto trust = WL_CO_TRY(options.tls());
    stream = WL_CO_TRY(co_await trust->connect(
        io, timers, std::move(stream), options.server_name.empty() ? origin.host : options.server_name, limit_at));
  }
  if (closed) co_return fail(ErrorKind::cancelled, "the client was closed");
  co_return std::make_unique<ClientConnection>(std::move(stream), options.max_head_bytes, absolute);
}

HttpClient::HttpClient(boost::asio::io_context& io, rt::Timers& timers, Connector& connector, HttpClientOptions options)
    : pool_(std::make_shared<Pool>(io, timers, connector, std::move(options))) {}
HttpClient::~HttpClient() { pool_->close(); }
void HttpClient::close() { pool_->close(); }
void HttpClient::drop_idle() { pool_->idle.clear(); }
std::size_t HttpClient::connections_opened() const { return pool_->opened; }

rt::Task<std::unique_ptr<HttpAnswer>> HttpClient::send(ClientRequest request, Moment deadline, Use use) {
  auto pool = pool_;
  auto opened = WL_CO_TRY(co_await exchange(pool, std::move(request), deadline, use));
  co_return std::make_unique<Answer>(std::move(pool), std::move(opened.slot), std::move(opened.connection));
}

rt::Task<Upgrade> HttpClient::upgrade(ClientRequest request, Moment deadline) {
  auto pool = pool_;
  auto opened = WL_CO_TRY(co_await exchange(pool, std::move(request), deadline, Use::stream));
  Upgrade out;
  out.status = opened.connection->reader.status();
  out.headers = opened.connection->reader.headers();
  if (out.status == 101) {
    out.first = std::move(opened.connection->buffer);
    out.stream =
        std::make_unique<UpgradedStream>(std::move(pool), std::move(opened.slot), std::move(opened.connection->stream));
    co_return out;
  }
  Answer answer(std::move(pool), std::move(opened.slot), std::move(opened.connection));
  out.body = WL_CO_TRY(co_await answer.read_all(kMaxRefusal, deadline));
  co_return out;
}

}  // namespace windlass::net
