// The way through a proxy to the server behind it: CONNECT for http and https proxies, SOCKS5 (RFC 1928, 1929).
#pragma once

#include "net/byte_stream.h"
#include "net/url.h"
#include "rt/task.h"

namespace windlass::net {

/// Asks `proxy`, to which `stream` leads, for a tunnel to `target`. Closing the stream ends it. Errors: forbidden (the
/// proxy refuses), unavailable, invalid (it speaks something else).
rt::Task<> open_tunnel(ByteStream& stream, Url proxy, Url target);
/// The value of Proxy-Authorization for an HTTP proxy; empty when it has no user.
std::string proxy_authorization(const Url& proxy);

}  // namespace windlass::net
