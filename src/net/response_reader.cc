#include "net/response_reader.h"

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <optional>
#include <utility>

namespace windlass::net {

namespace http = boost::beast::http;

namespace {

constexpr std::string_view kLastChunk = "0\r\n\r\n";
constexpr std::size_t kMaxInterim = 16;

using Parser = http::response_parser<http::buffer_body>;

std::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorKind::invalid, "the server's answer is no HTTP: " + std::string(why));
}

}  // namespace

struct ResponseReader::Impl {
  std::size_t max_head_bytes = 0;
  std::optional<Parser> parser;
  std::string pending;  ///< of a head that is not whole yet
  std::string body;     ///< come and not taken
  Headers headers;
  int status = 0;
  std::size_t interim = 0;
  bool to_head = false;
  bool keep_alive = false;
  State state = State::head;

  void restart() {
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(max_head_bytes));
    parser->body_limit(boost::none);
    parser->eager(true);
    if (to_head) parser->skip(true);
    pending.clear();
    body.clear();
    headers = {};
    state = State::head;
  }

  Result<> take_head() {
    const auto& message = parser->get();
    if (message.version() != 10 && message.version() != 11) return malformed("its version is neither 1.0 nor 1.1");
    if (message.count(http::field::transfer_encoding) > 0) {
      if (message.count(http::field::content_length) > 0) return malformed("it has two lengths");
      if (message.count(http::field::transfer_encoding) != 1 ||
          !boost::beast::iequals(message[http::field::transfer_encoding], "chunked")) {
        return malformed("its transfer encoding is not chunked");
      }
    }
    if (message.count(http::field::content_length) > 1) return malformed("it has more than one Content-Length");
    const auto length = message[http::field::content_length];
    if (length.find_first_not_of("0123456789") != length.npos) return malformed("its Content-Length is no number");
    status = static_cast<int>(message.result_int());
    for (const auto& field : message) headers.add(std::string(field.name_string()), std::string(field.value()));
    return {};
  }
};

ResponseReader::ResponseReader(std::size_t max_head_bytes) : impl_(std::make_unique<Impl>()) {
  impl_->max_head_bytes = max_head_bytes;
  begin();
}
ResponseReader::~ResponseReader() = default;
ResponseReader::ResponseReader(ResponseReader&&) noexcept = default;
ResponseReader& ResponseReader::operator=(ResponseReader&&) noexcept = default;

void ResponseReader::begin(bool to_head) {
  impl_->to_head = to_head;
  impl_->interim = 0;
  impl_->keep_alive = false;
  impl_->restart();
}

Result<std::size_t> ResponseReader::feed(std::string_view bytes) {
  Impl& self = *impl_;
  std::size_t taken = 0;
  while (!bytes.empty() && self.state != State::complete) {
    if (self.state == State::head) {
      // Beast wants the head in one piece.
      const std::size_t before = self.pending.size();
      const std::size_t search = before < 3 ? 0 : before - 3;
      self.pending.append(bytes.substr(0, self.max_head_bytes + 4 - std::min(before, self.max_head_bytes)));
      const auto end = self.pending.find("\r\n\r\n", search);
      if (end == std::string::npos) {
        if (!std::string_view("HTTP/").starts_with(std::string_view(self.pending).substr(0, 5))) {
          return malformed("it does not begin with HTTP/");
        }
        if (self.pending.size() > self.max_head_bytes) {
          return fail(ErrorKind::exhausted, "the head of the server's answer is too large");
        }
        return taken + bytes.size();
      }
      const std::size_t head = end + 4;
      const std::string_view whole(self.pending.data(), head);
      if (whole.find("\r\n ") != whole.npos || whole.find("\r\n\t") != whole.npos)
        return malformed("a header is folded");
      if (whole.find('\0') != whole.npos) return malformed("a NUL byte is in its head");
      boost::system::error_code error;
      self.parser->put(boost::asio::buffer(self.pending.data(), head), error);
      if (error && error != http::error::need_more) return malformed(error.message());
      if (!self.parser->is_header_done()) return malformed("its head has no end");
      WL_CHECK_OK(self.take_head());
      const std::size_t used = head - before;
      taken += used;
      bytes.remove_prefix(used);
      if (self.status >= 100 && self.status < 200 && self.status != 101) {
        if (++self.interim > kMaxInterim) return malformed("it never gets beyond interim answers");
        self.restart();
        continue;
      }
      self.keep_alive = self.parser->keep_alive();
      self.pending.clear();
      const bool bodiless = self.to_head || self.status == 101 || self.status == 204 || self.status == 304;
      self.state = bodiless || self.parser->is_done() ? State::complete : State::body;
      continue;
    }
    // Nothing shorter ends a chunked body, and Beast takes that for granted when it sees a last chunk again.
    if (self.parser->chunked() && bytes.front() == '0' && bytes.size() < kLastChunk.size()) return taken;
    boost::system::error_code error;
    // Room for all that these bytes can hold; never for what a header promises.
    const std::size_t had = self.body.size();
    self.body.resize(had + bytes.size());
    auto& room = self.parser->get().body();
    room.data = self.body.data() + had;
    room.size = bytes.size();
    const std::size_t used = self.parser->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    self.body.resize(had + bytes.size() - room.size);
    taken += used;
    bytes.remove_prefix(used);
    if (error && error != http::error::need_more && error != http::error::need_buffer)
      return malformed(error.message());
    if (self.parser->is_done()) self.state = State::complete;
    if (error == http::error::need_more || used == 0) {
      // A piece of a chunk's head: what is left comes again, in front of what follows.
      if (bytes.size() > self.max_head_bytes) return malformed("a chunk's head is too long");
      return taken;
    }
  }
  return taken;
}

Result<> ResponseReader::end() {
  Impl& self = *impl_;
  if (self.state == State::complete) return {};
  if (self.state == State::head) {
    return fail(ErrorKind::unavailable, self.pending.empty()
                                            ? "the server closed the connection without an answer"
                                            : "the server closed the connection inside of its answer's head");
  }
  boost::system::error_code error;
  self.parser->put_eof(error);
  if (error) return fail(ErrorKind::unavailable, "the server closed the connection in the middle of its answer");
  self.keep_alive = false;
  self.state = State::complete;
  return {};
}

ResponseReader::State ResponseReader::state() const { return impl_->state; }
int ResponseReader::status() const { return impl_->status; }
const Headers& ResponseReader::headers() const { return impl_->headers; }
std::string ResponseReader::take_body() { return std::exchange(impl_->body, {}); }
bool ResponseReader::keep_alive() const { return impl_->keep_alive; }

}  // namespace windlass::net
