// The dialer's connection to its server: bytes over a socket that does not block, plain or in TLS.
//
// TLS is a client's only: 1.2, the server's certificate always checked, against the authorities that the pod was given
// or else those of its image, and for the name or address that was called. Nothing is sent before that. Who is calling
// is said inside, by the agent's secret. Why this library: docs/decisions/026-tls-of-agents.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace windlass::agent {

class ServerStream {
 public:
  enum class State { done, wait_to_read, wait_to_write, ended };
  struct Step {
    State state = State::done;
    std::size_t count = 0;  ///< of bytes, with `done`
  };
  virtual ~ServerStream() = default;
  virtual Step read(char* to, std::size_t size) = 0;
  /// After anything but `done` the same bytes come first the next time, and may be followed by more.
  virtual Step write(std::string_view bytes) = 0;
};

/// The socket stays the caller's.
std::unique_ptr<ServerStream> plain_stream(int socket);

struct TlsWanted {
  std::string host;         ///< a DNS name or an address, as it was called
  std::string shown;        ///< for sentences: the URL
  std::string authorities;  ///< PEM, or the absolute path of a file of it; empty: those of the image
};
/// Shakes hands over a connected socket. Errors: forbidden (the certificate, in a sentence that says what is wrong and
/// what to do), unavailable, timeout, invalid (the authorities cannot be read).
Result<std::unique_ptr<ServerStream>> tls_stream(int socket, const TlsWanted& wanted,
                                                 std::chrono::steady_clock::time_point deadline);

/// Until the socket is ready for that. False: the time is over.
bool wait_for_socket(int socket, short events, std::chrono::steady_clock::time_point deadline);

}  // namespace windlass::agent
