// HTTP/1.1 to one server that is called all the time: connections kept and used again, streams that last for hours,
// upgrades, proxies. On the reactor; libcurl (steps/http_client.h) is for what a step sends once, on a thread of its
// own.
//
// Every call has a deadline and ends at it, whatever the other end does. Bounds: connections for calls, connections for
// streams, calls that wait for one. A GET that a kept connection swallowed is sent once more; nothing else is.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "net/byte_stream.h"
#include "net/connector.h"
#include "net/http.h"
#include "net/tls_client.h"
#include "net/url.h"
#include "rt/task.h"
#include "rt/timers.h"

namespace windlass::net {

struct HttpClientOptions {
  Url origin;  ///< its path is put in front of every target
  std::optional<Url> proxy;
  std::string server_name;  ///< whom the certificate must name; empty: the origin's host
  /// Of a new connection to an https origin: who is trusted, who we are. Asked each time, so that certificates may
  /// change.
  std::function<Result<std::shared_ptr<TlsClientContext>>()> tls;
  std::size_t max_calls = 32;     ///< connections for calls at once
  std::size_t max_streams = 512;  ///< connections for streams and upgrades at once
  std::size_t max_waiting = 4096;
  std::size_t max_idle = 8;
  std::chrono::milliseconds connect_limit{10'000};
  std::chrono::milliseconds idle_limit{60'000};
  std::size_t max_head_bytes = 64 * 1024;
};

struct ClientRequest {
  std::string method = "GET";
  std::string target;  ///< "/path?query", encoded
  Headers headers;     ///< without Host, Content-Length, Connection
  std::string body;
};

/// An answer whose body is read as one likes. Given up before its end, it costs the connection.
class HttpAnswer {
 public:
  virtual ~HttpAnswer() = default;
  [[nodiscard]] virtual int status() const = 0;
  [[nodiscard]] virtual const Headers& headers() const = 0;
  /// The next piece of the body, as it comes; empty at its end. Errors: timeout (and the connection is closed),
  /// unavailable (the server went away in the middle), invalid, cancelled. One call at a time.
  virtual rt::Task<std::string> read(rt::Timers::Moment deadline) = 0;
  /// The rest of the body. Errors: also exhausted (more than `max_bytes`).
  virtual rt::Task<std::string> read_all(std::size_t max_bytes, rt::Timers::Moment deadline) = 0;
  /// Ends a waiting read; idempotent.
  virtual void close() = 0;
};

/// What came of asking for another protocol.
struct Upgrade {
  int status = 0;  ///< 101: `stream` speaks it, `first` are bytes that have come already
  Headers headers;
  std::unique_ptr<ByteStream> stream;
  std::string first;
  std::string body;  ///< of a refusal, at most 64 KiB
};

class HttpClient {
 public:
  enum class Use : unsigned char { call, stream };

  /// All three must outlive it.
  HttpClient(boost::asio::io_context& io, rt::Timers& timers, Connector& connector, HttpClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Until the answer's head. Errors: those of Connector and TlsClientContext, timeout, unavailable (the server went
  /// away: whether it acted is not known), invalid (the answer is no HTTP; a header that may not be sent), exhausted
  /// (too many calls wait), cancelled.
  rt::Task<std::unique_ptr<HttpAnswer>> send(ClientRequest request, rt::Timers::Moment deadline, Use use = Use::call);
  /// Asks for another protocol with `request`, which has the Upgrade header. Errors as send().
  rt::Task<Upgrade> upgrade(ClientRequest request, rt::Timers::Moment deadline);

  /// Ends everything that waits, with `cancelled`; idempotent.
  void close();
  /// Closes connections that nobody uses: after a change of who we are.
  void drop_idle();
  [[nodiscard]] std::size_t connections_opened() const;

  struct Pool;

 private:
  std::shared_ptr<Pool> pool_;
};

}  // namespace windlass::net
