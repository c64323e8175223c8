// A connection's bytes: TCP, or TLS over it, behind one interface, so that everything above is compiled once.
//
// The server's port speaks both: a first byte of 0x16 begins a TLS handshake, anything else is plain. Deadlines are
// moments that the server's sweep looks at (http_server.h) or timers of those who call (http_client.h); a connection
// past its deadline is closed, which ends any wait here.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "rt/task.h"

namespace windlass::net {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// At least one byte, or 0 at the end. `cancelled` when the connection was closed here.
  virtual rt::Task<std::size_t> read_some(std::span<char> into) = 0;
  /// All of `bytes`, which must live until it returns.
  virtual rt::Task<> write_all(std::string_view bytes) = 0;
  /// Waits until there is something to read or the other end is gone; false: gone. Reads nothing.
  virtual rt::Task<bool> wait_readable() = 0;
  /// Nobody has said anything that was not read, and the other end is there as far as can be known without asking.
  [[nodiscard]] virtual bool is_quiet() const = 0;
  /// Ends every wait; idempotent.
  virtual void close() = 0;
  [[nodiscard]] virtual bool is_tls() const = 0;
  [[nodiscard]] virtual std::string peer() const = 0;
};

}  // namespace windlass::net
