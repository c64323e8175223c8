#include "objects/api_status.h"

namespace windlass::objects {

using data::Value;

namespace {

std::unexpected<ApiStatus> status(int code, std::string_view reason, std::string message, const Subject& subject = {}) {
  ApiStatus out;
  out.code = code;
  out.reason = reason;
  out.message = std::move(message);
  out.group = subject.group;
  out.kind = subject.plural;
  out.name = subject.name;
  return std::unexpected(std::move(out));
}

}  // namespace

Value ApiStatus::to_value() const {
  Value out = Value::map_of("kind", "Status", "apiVersion", "v1", "metadata", Value::map(), "status", "Failure",
                            "message", message, "reason", reason);
  Value details = Value::map();
  if (!name.empty()) details.set("name", name);
  if (!group.empty()) details.set("group", group);
  if (!kind.empty()) details.set("kind", kind);
  if (!causes.empty()) {
    Value list = Value::list();
    for (const auto& cause : causes) {
      list.push(Value::map_of("reason", cause.reason, "message", cause.message, "field", cause.field));
    }
    details.set("causes", std::move(list));
  }
  if (retry_after_seconds > 0) details.set("retryAfterSeconds", retry_after_seconds);
  if (details.size() > 0) out.set("details", std::move(details));
  out.set("code", code);
  return out;
}

std::string subject_text(const Subject& subject) {
  std::string out(subject.plural);
  if (!subject.group.empty()) out.append(".").append(subject.group);
  if (!subject.name.empty()) out.append(" \"").append(subject.name).append("\"");
  return out;
}

std::unexpected<ApiStatus> not_found(const Subject& subject) {
  return status(404, "NotFound", subject_text(subject) + " not found", subject);
}
std::unexpected<ApiStatus> already_exists(const Subject& subject) {
  return status(409, "AlreadyExists", subject_text(subject) + " already exists", subject);
}
std::unexpected<ApiStatus> conflict(const Subject& subject, std::string_view why) {
  return status(409, "Conflict", "Operation cannot be fulfilled on " + subject_text(subject) + ": " + std::string(why),
                subject);
}
std::unexpected<ApiStatus> invalid(const Subject& subject, std::vector<FieldError> causes) {
  std::string message(subject.kind);
  if (!subject.group.empty()) message.append(".").append(subject.group);
  message.append(" \"").append(subject.name).append("\" is invalid: ");
  if (causes.size() > 1) message += "[";
  for (std::size_t i = 0; i < causes.size(); ++i) {
    if (i > 0) message += ", ";
    message += causes[i].field + ": " + causes[i].message;
  }
  if (causes.size() > 1) message += "]";
  auto out = status(422, "Invalid", std::move(message), subject);
  out.error().kind = subject.kind;  // Kubernetes names the kind here, not the plural
  out.error().causes = std::move(causes);
  return out;
}
std::unexpected<ApiStatus> bad_request(std::string message) { return status(400, "BadRequest", std::move(message)); }
std::unexpected<ApiStatus> forbidden(const Subject& subject, std::string_view why) {
  return status(403, "Forbidden", subject_text(subject) + " is forbidden: " + std::string(why), subject);
}
std::unexpected<ApiStatus> unauthorized() { return status(401, "Unauthorized", "Unauthorized"); }
std::unexpected<ApiStatus> expired(std::string message) { return status(410, "Expired", std::move(message)); }
std::unexpected<ApiStatus> method_not_supported(std::string message) {
  return status(405, "MethodNotAllowed", std::move(message));
}
std::unexpected<ApiStatus> unavailable(std::string message) {
  auto out = status(503, "ServiceUnavailable", std::move(message));
  out.error().retry_after_seconds = 1;
  return out;
}
std::unexpected<ApiStatus> too_many_requests(std::string message, int retry_after_seconds) {
  auto out = status(429, "TooManyRequests", std::move(message));
  out.error().retry_after_seconds = retry_after_seconds;
  return out;
}
std::unexpected<ApiStatus> internal(std::string message) {
  return status(500, "InternalError", "Internal error occurred: " + message);
}

std::unexpected<ApiStatus> store_failure(const Error& error) {
  if (error.kind == ErrorKind::exhausted || error.kind == ErrorKind::unavailable) return unavailable(error.message);
  return internal(error.message);
}

Error to_error(const ApiStatus& status) {
  const auto kind = [&] {
    switch (status.code) {
      case 400:
      case 422:
        return ErrorKind::invalid;
      case 401:
        return ErrorKind::unauthenticated;
      case 403:
        return ErrorKind::forbidden;
      case 404:
        return ErrorKind::not_found;
      case 405:
      case 415:
      case 501:
        return ErrorKind::unsupported;
      case 409:
        return status.reason == "AlreadyExists" ? ErrorKind::already_exists : ErrorKind::conflict;
      case 410:
        return ErrorKind::conflict;
      case 413:
        return ErrorKind::exhausted;
      case 429:
      case 503:
        return ErrorKind::unavailable;
      case 504:
        return ErrorKind::timeout;
      default:
        return ErrorKind::internal;
    }
  };
  return {kind(), status.message};
}

}  // namespace windlass::objects
