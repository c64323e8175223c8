// How a request on objects fails, in the terms of the Kubernetes API: code, reason, message, details of the `Status`
// that every client of that protocol understands. Pure data; the surfaces turn it into bytes.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "data/value.h"

namespace windlass::objects {

/// One field that is wrong, as `details.causes` lists it.
struct FieldError {
  std::string reason;   ///< "FieldValueRequired", "FieldValueInvalid", "FieldValueNotSupported" …
  std::string field;    ///< "spec.type"
  std::string message;  ///< `Unsupported value: "x": supported values: "a", "b"`
};

struct ApiStatus {
  int code = 500;
  std::string reason;  ///< "NotFound", "Conflict" …
  std::string message;
  std::string group, kind, name;  ///< of `details`; kind is the plural name of the resource, as Kubernetes has it
  std::vector<FieldError> causes;
  int retry_after_seconds = 0;

  /// The `Status` object.
  [[nodiscard]] data::Value to_value() const;
};

template <class T>
using Outcome = std::expected<T, ApiStatus>;

/// What a failure is about.
struct Subject {
  std::string_view group;
  std::string_view plural;
  std::string_view kind;
  std::string_view name;
};

std::unexpected<ApiStatus> not_found(const Subject& subject);
std::unexpected<ApiStatus> already_exists(const Subject& subject);
std::unexpected<ApiStatus> conflict(const Subject& subject, std::string_view why);
std::unexpected<ApiStatus> invalid(const Subject& subject, std::vector<FieldError> causes);
std::unexpected<ApiStatus> bad_request(std::string message);
std::unexpected<ApiStatus> forbidden(const Subject& subject, std::string_view why);
std::unexpected<ApiStatus> unauthorized();
/// 410: the resource version asked for is older than what is kept.
std::unexpected<ApiStatus> expired(std::string message);
std::unexpected<ApiStatus> method_not_supported(std::string message);
std::unexpected<ApiStatus> unavailable(std::string message);
std::unexpected<ApiStatus> too_many_requests(std::string message, int retry_after_seconds);
std::unexpected<ApiStatus> internal(std::string message);
/// What the store said: 503 where trying again may help (disk full, in use), else 500.
std::unexpected<ApiStatus> store_failure(const Error& error);

/// The same failure for those who do not speak HTTP: a kind they can decide on, and the message.
Error to_error(const ApiStatus& status);
template <class T>
Result<T> to_result(Outcome<T> outcome) {
  if (!outcome) return fail(to_error(outcome.error()));
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(*outcome);
  }
}

/// `pipelines.devops.kubesphere.io "x"`: how messages name a subject.
std::string subject_text(const Subject& subject);

}  // namespace windlass::objects
