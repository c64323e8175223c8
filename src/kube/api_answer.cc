#include "kube/api_answer.h"

#include <algorithm>
#include <charconv>

#include "data/json.h"

namespace windlass::kube {

using data::Value;
using objects::ApiStatus;

namespace {

constexpr std::size_t kMaxBytes = 1U << 20U;
constexpr std::size_t kMaxMessage = 4096;
constexpr int kMaxRetryAfter = 24 * 3600;

std::string_view reason_of(int code) {
  switch (code) {
    case 400:
      return "BadRequest";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "NotFound";
    case 405:
      return "MethodNotAllowed";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "RequestEntityTooLarge";
    case 415:
      return "UnsupportedMediaType";
    case 422:
      return "Invalid";
    case 429:
      return "TooManyRequests";
    case 503:
      return "ServiceUnavailable";
    case 504:
      return "Timeout";
    default:
      return code >= 500 ? "InternalError" : "";
  }
}

/// Text of somebody else on one line of ours.
std::string one_line(std::string_view text) {
  std::string out(text.substr(0, kMaxMessage));
  std::replace_if(out.begin(), out.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return out;
}

int bounded_seconds(std::int64_t seconds) {
  return static_cast<int>(std::clamp<std::int64_t>(seconds, 0, kMaxRetryAfter));
}

}  // namespace

ApiStatus status_of(const Value& status, int otherwise_code) {
  ApiStatus out;
  const auto code = status.get_int("code", otherwise_code);
  out.code = code >= 100 && code <= 599 ? static_cast<int>(code) : otherwise_code;
  out.reason = one_line(status.get_string("reason", reason_of(out.code)));
  out.message = one_line(status.get_string("message"));
  if (const Value* details = status.find("details")) {
    out.group = details->get_string("group");
    out.kind = details->get_string("kind");
    out.name = details->get_string("name");
    out.retry_after_seconds = bounded_seconds(details->get_int("retryAfterSeconds"));
    if (const Value* causes = details->find("causes")) {
      for (const auto& one : causes->items()) {
        if (out.causes.size() == 100) break;
        out.causes.push_back({one.get_string("reason"), one.get_string("field"), one_line(one.get_string("message"))});
      }
    }
  }
  return out;
}

ApiStatus read_status(int code, const net::Headers& headers, std::string_view body, std::string_view what) {
  data::JsonParseOptions options;
  options.max_bytes = kMaxBytes;
  options.max_depth = 64;
  ApiStatus out;
  const bool is_json = body.starts_with('{');
  const auto parsed = is_json ? data::parse_json(body, options) : Result<Value>(Value());
  if (parsed && parsed->get_string("kind") == "Status") {
    out = status_of(*parsed, code);
    out.code = code;
  } else {
    out.code = code;
    out.reason = reason_of(code);
  }
  if (out.message.empty()) {
    out.message = "the API server answered " + std::string(what) + " with " + std::to_string(code);
    // The first words of a page are better than none.
    const auto type = headers.get("Content-Type");
    if (!is_json && type.starts_with("text/plain") && !body.empty())
      out.message += ": " + one_line(body.substr(0, 200));
  }
  if (const auto header = headers.get("Retry-After"); !header.empty()) {
    int seconds = 0;
    const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), seconds);
    // A date instead of seconds: soon, since clocks may differ.
    if (error != std::errc() || end != header.data() + header.size() || seconds < 0) seconds = 1;
    out.retry_after_seconds = bounded_seconds(std::max(seconds, out.retry_after_seconds));
  }
  return out;
}

ApiStatus status_of(const Error& error) {
  ApiStatus out;
  out.message = error.text();
  switch (error.kind) {
    case ErrorKind::timeout:
      out.code = 504;
      break;
    case ErrorKind::unavailable:
    case ErrorKind::not_found:  // of a host
    case ErrorKind::exhausted:
      out.code = 503;
      break;
    case ErrorKind::cancelled:
      out.code = kCancelled;
      out.reason = "Cancelled";
      return out;
    case ErrorKind::unauthenticated:
      out.code = 401;
      break;
    case ErrorKind::forbidden:  // a certificate, a proxy: not a matter of rights in the cluster
    case ErrorKind::invalid:
    case ErrorKind::already_exists:
    case ErrorKind::conflict:
    case ErrorKind::unsupported:
    case ErrorKind::corrupt:
    case ErrorKind::internal:
      out.code = 500;
      break;
  }
  out.reason = reason_of(out.code);
  return out;
}

}  // namespace windlass::kube
