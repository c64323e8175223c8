// GET /: where a log-in leads, and whoever types the address. Who one is, and how to go on: there is no page for runs
// yet, the client, kubectl and the APIs are. Pure.
#pragma once

#include <optional>
#include <string>

#include "net/http.h"
#include "rights/rights.h"

namespace windlass::server {

/// A browser of nobody is led to the log-in; other clients hear what is missing (no value: as on every path).
std::optional<net::Response> front_page(const net::Request& request, const std::optional<rights::User>& user,
                                        const std::string& address, const std::string& version);

}  // namespace windlass::server
