// An answer that is not a good one, in the terms of the Kubernetes API: the `Status` of its body where there is one,
// else what the number says (a proxy or load balancer in between answers with pages of its own). Pure.
#pragma once

#include <string_view>

#include "net/http.h"
#include "objects/api_status.h"

namespace windlass::kube {

/// `what` is what was asked, for sentences of our own: "GET /api/v1/pods".
objects::ApiStatus read_status(int code, const net::Headers& headers, std::string_view body, std::string_view what);
/// The `Status` object itself, wherever it stands (an event of a watch, the error channel of an exec).
objects::ApiStatus status_of(const data::Value& status, int otherwise_code);
/// How an error of the connection reads to those who expect a Status: 504 for a passed deadline, 503 for a server that
/// is away, 499 for cancelled, 500 for the rest.
objects::ApiStatus status_of(const Error& error);
inline constexpr int kCancelled = 499;

}  // namespace windlass::kube
