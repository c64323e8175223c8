// WebSocket frames without I/O: bytes to messages and messages to bytes, for either end. RFC 6455.
//
// Fragments are put together, control frames between them are given at once; what the RFC forbids ends the connection
// with one sentence. What we send is never fragmented, because old servers of Kubernetes (golang.org/x/net/websocket)
// take each frame for a message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace windlass::websocket {

enum class Opcode : std::uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct Message {
  Opcode opcode = Opcode::binary;
  std::string payload;
  std::uint16_t close_code = 0;  ///< of a close: 1005 when it has none; `payload` is then the reason
};

class Reader {
 public:
  enum class Role : std::uint8_t { client, server };
  /// Whether bytes are UTF-8, which the RFC asks of texts; null where no text is taken for one.
  using TextCheck = bool (*)(std::string_view);
  /// `role` is ours: a client's peer may not mask its frames, a server's must.
  Reader(Role role, std::size_t max_message_bytes, TextCheck check = nullptr)
      : role_(role), max_(max_message_bytes), check_(check) {}

  /// Takes all of `bytes`.
  void feed(std::string_view bytes) { buffer_.append(bytes); }
  /// The next whole message; nothing when more bytes are needed. Errors: invalid (the frame breaks the protocol),
  /// exhausted (a message larger than allowed). After an error, and after a close, nothing more comes.
  Result<std::optional<Message>> next();
  /// The code of the close frame to answer an error with.
  [[nodiscard]] std::uint16_t error_code() const { return error_code_; }

 private:
  std::unexpected<Error> broken(std::string why, std::uint16_t code = 1002, ErrorKind kind = ErrorKind::invalid);

  [[nodiscard]] bool is_text(std::string_view bytes) const { return check_ == nullptr || check_(bytes); }

  Role role_;
  std::size_t max_;
  TextCheck check_;
  std::string buffer_;
  std::size_t at_ = 0;  ///< bytes of the buffer that are used up
  std::string fragments_;
  std::optional<Opcode> fragmented_;
  bool ended_ = false;
  std::uint16_t error_code_ = 1002;
};

/// One frame, masked when `mask` is given (a client must; the four bytes should be random).
std::string format_frame(Opcode opcode, std::string_view payload, std::optional<std::uint32_t> mask);
/// The payload of a close frame.
std::string close_payload(std::uint16_t code, std::string_view reason);

}  // namespace windlass::websocket
