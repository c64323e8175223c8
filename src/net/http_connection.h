// One client of an HttpServer: its requests in order, their answers, one deadline. Inner part of http_server.h.
//
// Invariant: a connection is known to its host as long as it lives; a deadline that is over ends whatever it waits for.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/byte_stream.h"
#include "net/http_server.h"
#include "net/request_reader.h"
#include "rt/timers.h"

namespace windlass::net {

class HttpConnection;

/// What all connections of a server share.
struct HttpHost {
  HttpHost(boost::asio::io_context& io_, HttpServerOptions options_, Handler handler_,
           std::function<void(std::string_view)> complain_, QuickHandler quick_);

  boost::asio::io_context& io;
  HttpServerOptions options;
  Handler handler;
  QuickHandler quick;
  std::function<void(std::string_view)> complain;
  std::unique_ptr<rt::Timers> own_timers;  ///< where the options have none
  rt::Timers& timers;
  rt::Signal stirred;                      ///< a connection is there, or there is none any more, or it is stopped
  std::list<HttpConnection*> connections;  ///< as they came
  bool stopping = false;
  std::string date;  ///< of answers
};

class HttpConnection final : public BodyWriter, public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(std::shared_ptr<HttpHost> host, std::unique_ptr<ByteStream> bytes);
  ~HttpConnection() override;

  /// Requests until one of both ends it.
  static boost::asio::awaitable<void> serve(std::shared_ptr<HttpConnection> self);
  /// An answer to what is no request; the last thing it says.
  boost::asio::awaitable<void> refuse(int status, std::string message);
  void close();
  [[nodiscard]] bool is_busy() const { return busy_; }

  rt::Timers::Moment deadline = rt::Timers::Moment::max();

  // ---- BodyWriter
  rt::Task<> write(std::string_view bytes) override;
  [[nodiscard]] bool closed() const override { return gone_; }
  void on_closed(std::function<void()> callback) override;

 private:
  /// The body of the request that is being answered, while it comes.
  class Incoming;
  friend class Incoming;
  rt::Task<std::string> next_part();
  /// What a client still sends of a body that nobody reads is swallowed for a moment: whoever is cut off while sending
  /// does not look at the answer.
  boost::asio::awaitable<void> linger();

  /// Until a request is complete, or its head where its body comes in pieces; false: there is none, and the connection
  /// is closed.
  boost::asio::awaitable<bool> read_request();
  /// False: the connection is no longer served.
  boost::asio::awaitable<bool> answer(Request request, bool keep);
  boost::asio::awaitable<void> stream_body(const Response& response, std::string_view what);
  void leave();
  std::string head_of(const Response& response, const Request& request, bool keep, bool http_1_1);
  /// While a stream is written: notices that the client is away.
  static boost::asio::awaitable<void> watch_client(std::shared_ptr<HttpConnection> self);
  [[nodiscard]] rt::Timers::Moment after(std::chrono::seconds time) const { return host_->timers.now() + time; }

  std::shared_ptr<HttpHost> host_;
  std::optional<std::list<HttpConnection*>::iterator> place_;  ///< among the host's; none once it is another's
  std::unique_ptr<ByteStream> stream_;
  RequestReader reader_;
  std::string buffer_;         ///< what came and is not taken yet
  bool busy_ = false;          ///< a request is being answered
  bool gone_ = false;          ///< the client is away, or was too slow
  bool is_malformed_ = false;  ///< a body in pieces
  bool chunked_ = false;
  std::size_t since_turn_ = 0;  ///< bytes that were written since others had a turn
  bool head_only_ = false;
  std::function<void()> closed_callback_;
};

}  // namespace windlass::net
