// Addresses of those we call: `https://host:port/prefix`, and which proxy leads there. Pure.
//
// The rules for proxies are those of Go's HTTP client, because kubeconfigs and cluster environments are written for it:
// HTTPS_PROXY for https, HTTP_PROXY for http, lower case names too, NO_PROXY with host names (and all below them),
// `.suffix`, `*.suffix`, addresses, CIDR blocks, an optional port, `*`; the own machine is never behind a proxy.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace windlass::net {

struct Url {
  std::string scheme;  ///< "http", "https"; of proxies also "socks5"
  std::string host;    ///< lower case, an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string path;            ///< "" or "/…" without a slash at its end; still encoded
  std::string user, password;  ///< decoded

  [[nodiscard]] bool is_tls() const { return scheme == "https"; }
  /// "host:port" with brackets where they are needed.
  [[nodiscard]] std::string authority() const;
  /// As a message may show it: without user and password.
  [[nodiscard]] std::string text() const;
};

/// Errors: invalid, one sentence that names `what` ("the server's address") and holds no password.
Result<Url> parse_url(std::string_view text, std::string_view what);

/// The value of an environment variable; empty when it is not set.
using Environment = std::function<std::string(std::string_view name)>;

/// Which proxy leads to `target`; nothing: none. Errors: invalid (the variable's value is no address).
Result<std::optional<Url>> proxy_for(const Url& target, const Environment& environment);
/// Does a NO_PROXY list name this host?
bool is_excepted(std::string_view no_proxy, std::string_view host, std::uint16_t port);

/// An address in numbers, 4 or 16 bytes; nothing for a name.
std::optional<std::string> parse_ip(std::string_view text);

}  // namespace windlass::net
