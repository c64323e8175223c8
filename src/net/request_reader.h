// Bytes to requests, without I/O: what came in goes to feed(), a whole request comes out. The framing rules of
// RFC 9112 by Beast's parser, stricter where that one is lenient.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace windlass::net {

class RequestReader {
 public:
  /// By method and target: whether the body of a request is taken in pieces.
  using InPieces = std::function<bool(std::string_view method, std::string_view target)>;
  RequestReader(std::size_t max_head_bytes, std::size_t max_body_bytes, InPieces in_pieces = {});
  ~RequestReader();
  RequestReader(RequestReader&&) noexcept;
  RequestReader& operator=(RequestReader&&) noexcept;

  enum class State : unsigned char { idle, head, body, complete };

  /// What a wrong request is answered with, before the connection is closed.
  struct Refusal {
    int status = 400;
    std::string message;
  };

  /// Takes as much of `bytes` as belongs to the current request; the count taken. After `complete` it takes nothing
  /// until take().
  std::expected<std::size_t, Refusal> feed(std::string_view bytes);
  [[nodiscard]] State state() const;
  /// The client waits for "100 Continue"; true once per request.
  bool wants_continue();
  /// The complete request; the reader begins with the next one.
  Request take();

  // ---- of a request in pieces, which has no limit here: feed() stops behind its head
  [[nodiscard]] bool comes_in_pieces() const;
  /// The request without its body; once, when its head is whole.
  Request take_head();
  /// What of the body has been fed since the last call.
  std::string take_part();
  /// Behind the last part: the reader begins with the next request.
  void finish();

  /// Of the request taken last: whether the connection may go on, and whether it speaks HTTP/1.1.
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] bool is_http_1_1() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace windlass::net
