// The proof that a server has understood a WebSocket handshake (RFC 6455 §1.3). Frames are the module websocket's.
#pragma once

#include <string>
#include <string_view>

namespace windlass::net {

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string websocket_accept(std::string_view key);

}  // namespace windlass::net
