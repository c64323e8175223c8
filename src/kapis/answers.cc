#include "kapis/answers.h"

#include "data/json.h"

namespace windlass::kapis {

using data::Value;
using net::Response;

Response json_answer(const Value& value) { return Response::json(200, data::format_json(value)); }
Response deleted_answer() { return json_answer(Value::map_of("message", "success")); }
Response changed_answer() { return json_answer(Value::map_of("result", "success")); }

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

Response failure_answer(const objects::ApiStatus& status, Failures manner) {
  int code = status.code;
  // What the client sent is wrong, says 400, whatever Kubernetes calls it; what is our trouble stays ours.
  if (manner == Failures::crud && code >= 400 && code < 500 && code != 404 && code != 409 && code != 403) code = 400;
  if (manner == Failures::crud && status.reason == "AlreadyExists") code = 400;
  auto out = Response::text(code, escape_html(status.message) + "\n");
  out.headers.add("X-Windlass-Reason", status.reason);
  out.headers.add("X-Content-Type-Options", "nosniff");
  if (status.retry_after_seconds > 0) out.headers.add("Retry-After", std::to_string(status.retry_after_seconds));
  return out;
}

Response status_answer(const objects::ApiStatus& status) {
  return Response::json(status.code, data::format_json(status.to_value()));
}

}  // namespace windlass::kapis
