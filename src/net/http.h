// HTTP messages as the rest of the program sees them: no Beast, no sockets. A handler takes a Request and gives a
// Response, whose body is bytes or a stream that is written while the client reads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/byte_stream.h"
#include "rt/task.h"

namespace windlass::net {

/// Names compare without case; the order is kept.
class Headers {
 public:
  using Entry = std::pair<std::string, std::string>;
  void add(std::string name, std::string value) { entries_.emplace_back(std::move(name), std::move(value)); }
  /// Replaces every field of that name.
  void set(std::string_view name, std::string value);
  /// The first field of that name; empty view when there is none.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

/// A body that is taken while it comes.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// The next bytes; empty: that was all. `cancelled` once the client is gone or has sent nothing for the body's
  /// deadline; `invalid` for a body that is malformed.
  virtual rt::Task<std::string> next() = 0;
};

struct Request {
  std::string method;
  std::string target;                                      ///< as sent: path and query, still encoded
  std::string path;                                        ///< the path, still percent-encoded, without the query
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order
  Headers headers;
  std::string body;
  std::shared_ptr<BodyReader> incoming;  ///< of a request whose body is taken in pieces; `body` is empty then
  std::string peer;                      ///< address of the other end, for logs
  bool tls = false;

  /// The first value of a query parameter; nullopt when it is absent.
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
  /// The path's segments, decoded; a segment that decodes to something with '/' stays one segment.
  [[nodiscard]] std::vector<std::string> segments() const;
};

/// Percent-decoding; nullopt for a broken escape. `plus` turns '+' into a space (queries).
std::optional<std::string> percent_decode(std::string_view text, bool plus);
/// A text as one segment of a path or a value of a query.
std::string percent_encode(std::string_view text);
/// Splits a target; false when an escape is broken or it is no origin-form.
bool parse_target(std::string_view target, Request& request);

/// Where a streamed body is written.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  /// Sends `bytes` (which must live until it returns) as a piece of its own. `cancelled` once the client is gone or
  /// has not read for the write deadline.
  virtual rt::Task<> write(std::string_view bytes) = 0;
  [[nodiscard]] virtual bool closed() const = 0;
  /// Calls back once when the client goes away; replaces the callback before.
  virtual void on_closed(std::function<void()> callback) = 0;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  /// Writes the body piece by piece instead of `body`; an error ends the connection without the proper end.
  std::function<rt::Task<>(BodyWriter&)> stream;
  /// With status 101: the connection speaks another protocol from now on and is the callee's; `first` is what the
  /// client has sent already. The server looks after it no longer, neither its deadlines nor its end.
  std::function<rt::Task<>(std::unique_ptr<ByteStream> connection, std::string first)> upgrade;
  /// Which route answered, for counters; not sent. A text of the program: few there are, whatever clients ask for.
  std::string_view route = {};

  static Response text(int status, std::string body, std::string_view type = "text/plain; charset=utf-8");
  static Response json(int status, std::string body);
};

std::string_view reason_phrase(int status);

}  // namespace windlass::net
