// An HTTP/1.1 server: connections, limits, deadlines; what is answered is the Handler's matter.
//
// One thread (that of the io_context). A client that is slow, silent or gone costs only its own connection: each
// connection has one deadline, which a sweep checks each second while there are any; bodies and heads are bounded;
// requests of one connection are answered in order, the next is read only when the one before is answered. Framing that
// two parsers could read differently (both Content-Length and Transfer-Encoding, repeated lengths, bare CR, obsolete
// folding) is refused and the connection closed. Source: RFC 9110, RFC 9112.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/byte_stream.h"
#include "net/http.h"
#include "net/tls.h"
#include "rt/task.h"
#include "rt/timers.h"

namespace windlass::net {

struct HttpServerOptions {
  std::chrono::seconds head_timeout{10};   ///< from the first byte of a request to the end of its head
  std::chrono::seconds body_timeout{60};   ///< without any progress of the body
  std::chrono::seconds idle_timeout{120};  ///< between requests, and before the first
  std::chrono::seconds write_timeout{60};  ///< a client that does not read
  std::chrono::seconds sweep{1};           ///< how often deadlines are looked at
  rt::Timers* timers = nullptr;            ///< null: the real clock. They must outlive the io_context's last run
  std::size_t max_head_bytes = 64 * 1024;
  std::size_t max_body_bytes = 16u << 20;
  std::size_t max_connections = 20'000;
  std::shared_ptr<TlsContext> tls;  ///< null: plain only; else the first byte of a connection decides
  /// Plain connections from these peers only when TLS is there; empty: from everywhere.
  bool plain_from_loopback_only = false;
  /// Whose bodies, by method and target, come to the handler in pieces and of any size: it bounds them itself, and has
  /// the request before its body is there. Empty: nobody's.
  std::function<bool(std::string_view method, std::string_view target)> in_pieces;
};

/// Runs on the io_context's thread. An error becomes a 500 without its text; the text goes to `complain`.
using Handler = std::function<rt::Task<Response>(Request)>;
/// Asked before the Handler: what can be answered without waiting for anything. May be empty.
using QuickHandler = std::function<std::optional<Response>(const Request&)>;

class HttpServer {
 public:
  HttpServer(boost::asio::io_context& io, HttpServerOptions options, Handler handler,
             std::function<void(std::string_view)> complain, QuickHandler quick = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// "127.0.0.1:0", "[::1]:80". Returns the address it listens on, with the port. Errors: invalid, unavailable.
  Result<std::string> listen(const std::string& address);
  /// Takes a connection that came by another way: a simulation's.
  void serve(std::unique_ptr<ByteStream> connection);
  /// Stops accepting, closes idle connections at once and the others when their answer is written or `grace` is over.
  void stop(std::chrono::seconds grace);
  [[nodiscard]] std::size_t connections() const;
  /// Connections from now on see this certificate; there must have been one from the start.
  void set_tls(std::shared_ptr<TlsContext> tls);

  struct Impl;

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace windlass::net
