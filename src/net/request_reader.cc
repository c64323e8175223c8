#include "net/request_reader.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

namespace windlass::net {

namespace http = boost::beast::http;

namespace {

constexpr std::string_view kLastChunk = "0\r\n\r\n";

using Parser = http::request_parser<http::string_body>;

bool is_token(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alphanumeric && std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string_view::npos) return false;
  }
  return true;
}

}  // namespace

struct RequestReader::Impl {
  std::size_t max_head_bytes;
  std::size_t max_body_bytes;
  InPieces wanted_in_pieces;
  bool in_pieces = false;
  std::optional<Parser> parser;
  std::string pending;  ///< of a head that is not whole yet
  bool asked_continue = false;
  bool keep_alive = true;
  bool http_1_1 = true;
  State state = State::idle;

  void restart() {
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(max_head_bytes));
    parser->body_limit(max_body_bytes);
    parser->eager(true);
    pending.clear();
    asked_continue = false;
    in_pieces = false;
    state = State::idle;
  }

  /// Asked before Beast sees the head, because it compares the length with the limit there.
  [[nodiscard]] bool is_in_pieces(std::string_view head) const {
    if (!wanted_in_pieces) return false;
    const auto line = head.substr(0, head.find("\r\n"));
    const auto first = line.find(' ');
    if (first == line.npos) return false;
    const auto second = line.find(' ', first + 1);
    return second != line.npos && wanted_in_pieces(line.substr(0, first), line.substr(first + 1, second - first - 1));
  }

  Request head() {
    keep_alive = parser->keep_alive();
    const auto& message = parser->get();
    http_1_1 = message.version() == 11;
    Request out;
    out.method = std::string(message.method_string());
    if (!is_token(out.method)) out.method = "INVALID";
    out.target = std::string(message.target());
    for (const auto& field : message) out.headers.add(std::string(field.name_string()), std::string(field.value()));
    return out;
  }

  std::optional<Refusal> check_head() {
    const auto& message = parser->get();
    if (message.version() != 10 && message.version() != 11)
      return Refusal{505, "only HTTP/1.0 and HTTP/1.1 are spoken"};
    if (message.version() == 11 && message.count(http::field::host) != 1) {
      return Refusal{400, "a request must have exactly one Host header"};
    }
    if (message.count(http::field::transfer_encoding) > 0 && message.count(http::field::content_length) > 0) {
      return Refusal{400, "a request may not have both Content-Length and Transfer-Encoding"};
    }
    if (message.count(http::field::content_length) > 1) return Refusal{400, "more than one Content-Length"};
    const auto length = message[http::field::content_length];
    if (length.find_first_not_of("0123456789") != length.npos) return Refusal{400, "Content-Length is no number"};
    if (message.count(http::field::transfer_encoding) > 0 &&
        (message.count(http::field::transfer_encoding) != 1 ||
         !boost::beast::iequals(message[http::field::transfer_encoding], "chunked"))) {
      return Refusal{501, "the only transfer encoding understood is chunked"};
    }
    return std::nullopt;
  }
};

RequestReader::RequestReader(std::size_t max_head_bytes, std::size_t max_body_bytes, InPieces in_pieces)
    : impl_(std::make_unique<Impl>()) {
  impl_->wanted_in_pieces = std::move(in_pieces);
  impl_->max_head_bytes = max_head_bytes;
  impl_->max_body_bytes = max_body_bytes;
  impl_->restart();
}
RequestReader::~RequestReader() = default;
RequestReader::RequestReader(RequestReader&&) noexcept = default;
RequestReader& RequestReader::operator=(RequestReader&&) noexcept = default;

std::expected<std::size_t, RequestReader::Refusal> RequestReader::feed(std::string_view bytes) {
  Impl& self = *impl_;
  std::size_t taken = 0;
  while (!bytes.empty() && self.state != State::complete) {
    if (self.state == State::idle || self.state == State::head) {
      // Beast wants the head in one piece.
      if (self.state == State::idle) {
        while (!bytes.empty() && (bytes.front() == '\r' || bytes.front() == '\n') && self.pending.empty()) {
          bytes.remove_prefix(1);  // blank lines before a request are nothing
          ++taken;
        }
        if (bytes.empty()) break;
        self.state = State::head;
      }
      const std::size_t before = self.pending.size();
      const std::size_t search = before < 3 ? 0 : before - 3;
      self.pending.append(bytes.substr(0, self.max_head_bytes + 4 - std::min(before, self.max_head_bytes)));
      const auto end = self.pending.find("\r\n\r\n", search);
      if (end == std::string::npos) {
        if (self.pending.size() > self.max_head_bytes) {
          return std::unexpected(Refusal{431, "the head of the request is too large"});
        }
        taken += bytes.size();
        return taken;
      }
      const std::size_t head = end + 4;
      const std::size_t used = head - before;
      const std::string_view whole(self.pending.data(), head);
      if (whole.find("\r\n ") != whole.npos || whole.find("\r\n\t") != whole.npos) {
        return std::unexpected(Refusal{400, "a header line may not be folded"});
      }
      if (self.pending.find('\0') < head) return std::unexpected(Refusal{400, "a NUL byte in the head"});
      self.in_pieces = self.is_in_pieces(whole);
      if (self.in_pieces) self.parser->body_limit(boost::none);
      boost::system::error_code error;
      self.parser->put(boost::asio::buffer(self.pending.data(), head), error);
      if (error && error != http::error::need_more) {
        if (error == http::error::header_limit) {
          return std::unexpected(Refusal{431, "the head of the request is too large"});
        }
        if (error == http::error::body_limit) return std::unexpected(Refusal{413, "the body is too large"});
        return std::unexpected(Refusal{400, "the request is malformed: " + error.message()});
      }
      if (!self.parser->is_header_done()) return std::unexpected(Refusal{400, "the request is malformed"});
      if (auto refusal = self.check_head()) return std::unexpected(std::move(*refusal));
      if (const auto length = self.parser->content_length();
          length && !self.in_pieces && *length > self.max_body_bytes) {
        return std::unexpected(
            Refusal{413, "the body is larger than " + std::to_string(self.max_body_bytes) + " bytes"});
      }
      self.pending.clear();
      taken += used;
      bytes.remove_prefix(used);
      self.state = self.parser->is_done() ? State::complete : State::body;
      if (self.in_pieces) return taken;
      continue;
    }
    // Nothing shorter ends a chunked body, and Beast takes that for granted when it sees a last chunk again.
    if (self.parser->chunked() && bytes.front() == '0' && bytes.size() < kLastChunk.size()) return taken;
    boost::system::error_code error;
    const std::size_t used = self.parser->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    taken += used;
    bytes.remove_prefix(used);
    if (error == http::error::need_more) {
      // A piece of a chunk header: what is left comes again, in front of what follows.
      if (self.parser->is_done()) self.state = State::complete;
      return taken;
    }
    if (error) {
      if (error == http::error::body_limit) {
        return std::unexpected(
            Refusal{413, "the body is larger than " + std::to_string(self.max_body_bytes) + " bytes"});
      }
      return std::unexpected(Refusal{400, "the body is malformed: " + error.message()});
    }
    if (self.parser->is_done()) self.state = State::complete;
    if (used == 0) return taken;
  }
  return taken;
}

RequestReader::State RequestReader::state() const { return impl_->state; }

bool RequestReader::wants_continue() {
  if (impl_->state != State::body || impl_->asked_continue) return false;
  const auto& message = impl_->parser->get();
  const auto expect = message[http::field::expect];
  if (message.version() != 11 || !boost::beast::iequals(expect, "100-continue")) return false;
  impl_->asked_continue = true;
  return true;
}

Request RequestReader::take() {
  Request out = impl_->head();
  out.body = std::move(impl_->parser->get().body());
  impl_->restart();
  return out;
}

bool RequestReader::comes_in_pieces() const { return impl_->in_pieces; }
Request RequestReader::take_head() { return impl_->head(); }
std::string RequestReader::take_part() { return std::exchange(impl_->parser->get().body(), {}); }
void RequestReader::finish() { impl_->restart(); }

bool RequestReader::keep_alive() const { return impl_->keep_alive; }
bool RequestReader::is_http_1_1() const { return impl_->http_1_1; }

}  // namespace windlass::net
