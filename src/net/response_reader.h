// Bytes of a server to its answers, without I/O: the head once, the body piece by piece as it comes. RFC 9112 by
// Beast's parser, stricter where that one is lenient. The twin of request_reader.h, for those whom we call.
//
// Bounded whatever the server sends: a head by `max_head_bytes`, a chunk's head likewise, a body by who takes its
// pieces.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace windlass::net {

class ResponseReader {
 public:
  explicit ResponseReader(std::size_t max_head_bytes = 64 * 1024);
  ~ResponseReader();
  ResponseReader(ResponseReader&&) noexcept;
  ResponseReader& operator=(ResponseReader&&) noexcept;

  enum class State : unsigned char { head, body, complete };

  /// Begins with the next answer; `to_head`: to a HEAD request, which has no body.
  void begin(bool to_head = false);
  /// Takes as much of `bytes` as belongs to this answer; the count taken. What is left comes again in front of what
  /// follows. Interim answers (1xx but 101) are passed over. Errors: invalid (no HTTP), exhausted (too large a head).
  Result<std::size_t> feed(std::string_view bytes);
  /// The connection has ended. Errors: unavailable (in the middle of the answer).
  Result<> end();
  [[nodiscard]] State state() const;
  // From State::body on:
  [[nodiscard]] int status() const;
  [[nodiscard]] const Headers& headers() const;
  /// What has come of the body since the last call.
  std::string take_body();
  /// May another request follow on this connection?
  [[nodiscard]] bool keep_alive() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace windlass::net
