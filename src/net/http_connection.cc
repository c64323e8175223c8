#include "net/http_connection.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <utility>

namespace windlass::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kHeadSize = 1024;  ///< most requests are shorter
constexpr std::size_t kReadSize = 16 * 1024;
constexpr std::chrono::seconds kLinger{5};
constexpr std::size_t kTurn = 16 * 1024;  ///< bytes of a body that one turn of the loop writes, about

bool is_clean(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

}  // namespace

HttpHost::HttpHost(asio::io_context& io_, HttpServerOptions options_, Handler handler_,
                   std::function<void(std::string_view)> complain_, QuickHandler quick_)
    : io(io_),
      options(std::move(options_)),
      handler(std::move(handler_)),
      quick(std::move(quick_)),
      complain(std::move(complain_)),
      own_timers(options.timers == nullptr ? rt::make_timers(io) : nullptr),
      timers(options.timers == nullptr ? *own_timers : *options.timers),
      stirred(io, timers) {}

HttpConnection::HttpConnection(std::shared_ptr<HttpHost> host, std::unique_ptr<ByteStream> bytes)
    : host_(std::move(host)),
      stream_(std::move(bytes)),
      reader_(host_->options.max_head_bytes, host_->options.max_body_bytes, host_->options.in_pieces) {
  place_ = host_->connections.insert(host_->connections.end(), this);
  host_->stirred.notify();
}

void HttpConnection::leave() {
  if (place_) host_->connections.erase(*place_);
  place_.reset();
}

HttpConnection::~HttpConnection() {
  leave();
  if (host_->connections.empty()) host_->stirred.notify();
}

void HttpConnection::close() {
  if (std::exchange(gone_, true)) return;
  if (stream_) stream_->close();
  if (auto callback = std::exchange(closed_callback_, nullptr)) callback();
}

rt::Task<> HttpConnection::write(std::string_view bytes) {
  if (gone_) co_return fail(ErrorKind::cancelled, "the client is gone");
  if (bytes.empty() || head_only_) co_return Result<>();
  deadline = after(host_->options.write_timeout);
  Result<> done;
  if (chunked_) {
    std::array<char, 20> size{};
    const auto [end, error] = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16);
    std::string piece(size.data(), end);
    piece.append("\r\n").append(bytes).append("\r\n");
    done = co_await stream_->write_all(piece);
  } else {
    done = co_await stream_->write_all(bytes);
  }
  deadline = rt::Timers::Moment::max();
  if (!done) close();
  // What the kernel takes at once needs no turn of the loop: others get theirs all the same.
  since_turn_ += bytes.size();
  if (done && since_turn_ >= kTurn) {
    since_turn_ = 0;
    co_await asio::post(host_->io, asio::use_awaitable);
    if (gone_) co_return fail(ErrorKind::cancelled, "the client is gone");
  }
  co_return done;
}

void HttpConnection::on_closed(std::function<void()> callback) {
  if (gone_ && callback) {
    callback();
  } else {
    closed_callback_ = std::move(callback);
  }
}

std::string HttpConnection::head_of(const Response& response, const Request& request, bool keep, bool http_1_1) {
  std::string head;
  head.reserve(kHeadSize / 2 + (response.stream ? 0 : response.body.size()));
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  head.append(reason_phrase(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers.entries()) {
    if (is_clean(name) && is_clean(value)) head.append(name).append(": ").append(value).append("\r\n");
  }
  head.append("Date: ").append(host_->date).append("\r\n");
  chunked_ = false;
  const bool bodiless = response.status == 204 || response.status == 304 || response.status == 101;
  if (response.stream && !bodiless) {
    if (http_1_1) {
      chunked_ = true;
      head.append("Transfer-Encoding: chunked\r\n");
    }
  } else if (!bodiless) {
    head.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  }
  if (!keep && response.status != 101) head.append("Connection: close\r\n");
  if (keep && !http_1_1) head.append("Connection: keep-alive\r\n");
  head.append("\r\n");
  head_only_ = request.method == "HEAD" || bodiless;
  return head;
}

asio::awaitable<void> HttpConnection::refuse(int status, std::string message) {
  Request none;
  auto head = head_of(Response::text(status, message + "\n"), none, false, true) + message + "\n";
  deadline = after(host_->options.write_timeout);
  (void)co_await stream_->write_all(head);
  close();
}

asio::awaitable<void> HttpConnection::watch_client(std::shared_ptr<HttpConnection> self) {
  auto readable = co_await self->stream_->wait_readable();
  if (!readable || !*readable) self->close();
}

asio::awaitable<bool> HttpConnection::read_request() {
  auto& buffer = buffer_;
  std::array<char, kHeadSize> head;  // ten thousand connections that wait have no more than this each
  std::unique_ptr<char[]> space;     // for what is longer, while it is read
  auto& options = host_->options;
  std::string_view fresh;  // stands in `head` or `space`, behind all of `buffer`
  while (reader_.state() != RequestReader::State::complete) {
    const bool from_buffer = !buffer.empty();
    if (from_buffer) buffer.append(std::exchange(fresh, {}));
    const std::string_view bytes = from_buffer ? std::string_view(buffer) : fresh;
    if (!bytes.empty()) {
      const auto before = reader_.state();
      auto taken = reader_.feed(bytes);
      if (!taken) {
        co_await refuse(taken.error().status, taken.error().message);
        co_return false;
      }
      if (from_buffer) {
        buffer.erase(0, *taken);
      } else {
        buffer = fresh.substr(*taken);
        fresh = {};
      }
      const auto now = reader_.state();
      if (before == RequestReader::State::idle && now == RequestReader::State::head) {
        deadline = after(options.head_timeout);
      } else if (now == RequestReader::State::body && *taken > 0) {
        deadline = after(options.body_timeout);
      }
      if (now == RequestReader::State::body && reader_.comes_in_pieces()) break;
      if (reader_.wants_continue() && !co_await stream_->write_all("HTTP/1.1 100 Continue\r\n\r\n")) {
        close();
        co_return false;
      }
      if (now == RequestReader::State::complete) break;
      if (buffer.size() > options.max_head_bytes) {
        co_await refuse(400, "a chunk's head is too long");
        co_return false;
      }
    }
    std::span<char> into = head;
    if (reader_.state() == RequestReader::State::idle) {
      space.reset();
    } else {
      if (!space) space = std::make_unique_for_overwrite<char[]>(kReadSize);
      into = {space.get(), kReadSize};
    }
    auto count = co_await stream_->read_some(into);
    if (!count || *count == 0) {
      close();
      co_return false;
    }
    fresh = {into.data(), *count};
  }
  co_return true;
}

class HttpConnection::Incoming final : public BodyReader {
 public:
  explicit Incoming(std::shared_ptr<HttpConnection> connection) : connection_(std::move(connection)) {}
  rt::Task<std::string> next() override { return connection_->next_part(); }

 private:
  std::shared_ptr<HttpConnection> connection_;
};

rt::Task<std::string> HttpConnection::next_part() {
  std::string out = reader_.take_part();
  std::unique_ptr<char[]> space;
  while (out.empty() && reader_.state() != RequestReader::State::complete) {
    if (gone_) co_return fail(ErrorKind::cancelled, "the client is gone");
    deadline = after(host_->options.body_timeout);
    if (!buffer_.empty()) {
      auto taken = reader_.feed(buffer_);
      is_malformed_ = !taken;
      if (!taken) co_return fail(ErrorKind::invalid, taken.error().message);
      buffer_.erase(0, *taken);
      out = reader_.take_part();
      if (!out.empty() || reader_.state() == RequestReader::State::complete) break;
      if (buffer_.size() > host_->options.max_head_bytes)
        co_return fail(ErrorKind::invalid, "a chunk's head is too long");
    }
    if (reader_.wants_continue() && !co_await stream_->write_all("HTTP/1.1 100 Continue\r\n\r\n")) close();
    if (!space) space = std::make_unique_for_overwrite<char[]>(kReadSize);
    auto count = co_await stream_->read_some(std::span(space.get(), kReadSize));
    if (!count || *count == 0) {
      close();
      continue;
    }
    buffer_.append(space.get(), *count);
  }
  deadline = rt::Timers::Moment::max();
  co_return out;
}

asio::awaitable<void> HttpConnection::linger() {
  if (is_malformed_ || reader_.wants_continue()) co_return;  // or it was not told to send anything
  auto space = std::make_unique_for_overwrite<char[]>(kReadSize);
  deadline = after(kLinger);
  while (!gone_ && buffer_.size() <= host_->options.max_head_bytes) {
    auto taken = reader_.feed(buffer_);
    if (!taken || reader_.state() == RequestReader::State::complete) break;
    (void)reader_.take_part();
    buffer_.erase(0, *taken);
    auto count = co_await stream_->read_some(std::span(space.get(), kReadSize));
    if (!count || *count == 0) break;
    buffer_.append(space.get(), *count);
  }
}

asio::awaitable<bool> HttpConnection::answer(Request request, bool keep) {
  const bool http_1_1 = reader_.is_http_1_1();
  const std::string what = request.method + " " + request.target;
  Request head_request;
  head_request.method = request.method;
  const bool in_pieces = request.incoming != nullptr;
  auto at_once = host_->quick ? host_->quick(request) : std::nullopt;
  Response response;
  if (at_once) {
    response = std::move(*at_once);
  } else if (auto answered = co_await host_->handler(std::move(request))) {
    response = std::move(*answered);
  } else {
    host_->complain(what + ": " + answered.error().text());
    response = Response::text(500, "internal error\n");
  }
  bool is_unread = false;
  if (in_pieces) {
    is_unread = reader_.state() != RequestReader::State::complete;
    if (!is_unread) reader_.finish();
    keep = keep && !is_unread;
  }
  // A connection on which an answer was streamed is closed behind it; who would use it again has to know.
  if (response.stream && head_request.method != "HEAD") keep = false;
  auto bytes = head_of(response, head_request, keep, http_1_1);
  if (!response.stream && !head_only_) bytes += response.body;
  deadline = after(host_->options.write_timeout);
  if (!co_await stream_->write_all(bytes)) {
    close();
    co_return false;
  }
  if (response.upgrade) {
    auto connection = std::move(stream_);
    gone_ = true;
    leave();
    auto host = host_;
    auto done = co_await response.upgrade(std::move(connection), std::move(buffer_));
    if (!done && done.error().kind != ErrorKind::cancelled) host->complain(what + ": " + done.error().text());
    co_return false;
  }
  if (response.stream && !head_only_) {
    co_await stream_body(response, what);
    co_return false;
  }
  if (is_unread) co_await linger();
  busy_ = false;
  if (!keep) close();
  co_return keep;
}

asio::awaitable<void> HttpConnection::stream_body(const Response& response, std::string_view what) {
  deadline = rt::Timers::Moment::max();
  asio::co_spawn(host_->io, watch_client(shared_from_this()), asio::detached);
  const bool was_chunked = chunked_;
  auto done = co_await response.stream(*this);
  closed_callback_ = nullptr;
  if (!done && !gone_ && done.error().kind != ErrorKind::cancelled) {
    host_->complain(std::string(what) + " was cut off: " + done.error().text());
  }
  if (done && !gone_ && was_chunked) {
    deadline = after(host_->options.write_timeout);
    (void)co_await stream_->write_all("0\r\n\r\n");
  }
  // Whoever waits for the client above still reads: such a connection is not used again.
  close();
}

asio::awaitable<void> HttpConnection::serve(std::shared_ptr<HttpConnection> self) {
  self->deadline = self->after(self->host_->options.idle_timeout);
  while (!self->gone_) {
    if (!co_await self->read_request()) co_return;
    const bool in_pieces = self->reader_.comes_in_pieces();
    Request request = in_pieces ? self->reader_.take_head() : self->reader_.take();
    if (in_pieces) request.incoming = std::make_shared<Incoming>(self);
    const bool keep = self->reader_.keep_alive() && !self->host_->stopping;
    request.peer = self->stream_->peer();
    request.tls = self->stream_->is_tls();
    const std::string target = request.target;
    if (!parse_target(target, request)) {
      co_await self->refuse(400, "the request target is malformed");
      co_return;
    }
    self->deadline = rt::Timers::Moment::max();  // answering has its own deadlines
    self->busy_ = true;
    if (!co_await self->answer(std::move(request), keep)) co_return;
    self->deadline = self->after(self->host_->options.idle_timeout);
  }
}

}  // namespace windlass::net
