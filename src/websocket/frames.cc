// 0               1               2               3
// |F|RSV|opcode(4)|M|length 7     | 126: 16 bits, 127: 64 bits | mask 32 bits if M | payload
#include "websocket/frames.h"

#include <utility>

namespace windlass::websocket {

namespace {

constexpr std::size_t kMaxControl = 125;

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const char c : bytes) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}

void apply_mask(std::string& bytes, std::string_view mask) {
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bytes[i] ^ mask[i % 4]);
}

bool is_close_code(std::uint16_t code) {
  return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
         (code >= 3000 && code <= 4999);
}

}  // namespace

std::unexpected<Error> Reader::broken(std::string why, std::uint16_t code, ErrorKind kind) {
  ended_ = true;
  error_code_ = code;
  buffer_.clear();
  fragments_.clear();
  return fail(kind, "the other end broke the WebSocket protocol: " + why);
}

Result<std::optional<Message>> Reader::next() {
  while (!ended_) {
    if (at_ > 0 && (at_ == buffer_.size() || at_ > 64 * 1024)) {
      buffer_.erase(0, at_);
      at_ = 0;
    }
    const std::string_view rest = std::string_view(buffer_).substr(at_);
    if (rest.size() < 2) return std::nullopt;
    const auto first = static_cast<unsigned char>(rest[0]), second = static_cast<unsigned char>(rest[1]);
    const bool final = (first & 0x80U) != 0, masked = (second & 0x80U) != 0;
    const unsigned code = first & 0x0fU;
    const bool control = code >= 8;
    if ((first & 0x70U) != 0) return broken("a reserved bit is set");
    if (code > 10 || (code > 2 && code < 8)) return broken("opcode " + std::to_string(code) + " does not exist");
    if (masked == (role_ == Role::client))
      return broken(masked ? "a server's frame is masked" : "a client's frame is not masked");
    std::uint64_t size = second & 0x7fU;
    std::size_t head = 2;
    if (size >= 126) {
      const std::size_t more = size == 126 ? 2 : 8;
      if (control) return broken("a control frame is longer than 125 bytes");
      if (rest.size() < head + more) return std::nullopt;
      size = big_endian(rest.substr(head, more));
      head += more;
      if (size < (more == 2 ? 126U : 65536U)) return broken("a length is not written in its shortest form");
    }
    if (control && !final) return broken("a control frame is fragmented");
    if (!control && (size > max_ || fragments_.size() + size > max_)) {
      return broken("a message is larger than " + std::to_string(max_) + " bytes", 1009, ErrorKind::exhausted);
    }
    const std::size_t mask_at = head;
    if (masked) head += 4;
    if (rest.size() < head + size) return std::nullopt;
    std::string payload(rest.substr(head, size));
    if (masked) apply_mask(payload, rest.substr(mask_at, 4));
    at_ += head + size;

    if (control) {
      Message out{static_cast<Opcode>(code), std::move(payload), 0};
      if (out.opcode == Opcode::close) {
        if (out.payload.size() == 1) return broken("a close frame with half a code");
        out.close_code = out.payload.empty()
                             ? 1005
                             : static_cast<std::uint16_t>(big_endian(std::string_view(out.payload).substr(0, 2)));
        if (!out.payload.empty() && !is_close_code(out.close_code))
          return broken("close code " + std::to_string(out.close_code) + " does not exist");
        out.payload.erase(0, 2);
        if (!is_text(out.payload)) return broken("a close frame's reason is not UTF-8", 1007);
        ended_ = true;
      }
      return out;
    }
    if (code == 0) {
      if (!fragmented_) return broken("a continuation without a beginning");
      fragments_ += payload;
      if (!final) continue;
      payload = std::exchange(fragments_, {});
    } else {
      if (fragmented_) return broken("a message begins inside of another one");
      fragmented_ = static_cast<Opcode>(code);
      if (!final) {
        fragments_ = std::move(payload);
        continue;
      }
    }
    Message out{*fragmented_, std::move(payload), 0};
    fragmented_.reset();
    if (out.opcode == Opcode::text && !is_text(out.payload)) return broken("a text message is not UTF-8", 1007);
    return out;
  }
  return std::nullopt;
}

std::string format_frame(Opcode opcode, std::string_view payload, std::optional<std::uint32_t> mask) {
  std::string out(1, static_cast<char>(0x80U | static_cast<unsigned>(opcode)));
  const unsigned mask_bit = mask ? 0x80U : 0U;
  if (payload.size() < 126) {
    out += static_cast<char>(mask_bit | payload.size());
  } else {
    const int bytes = payload.size() < 65536 ? 2 : 8;
    out += static_cast<char>(mask_bit | (bytes == 2 ? 126U : 127U));
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(payload.size() >> (8 * i) & 0xffU);
  }
  if (!mask) return out.append(payload);
  std::string key;
  for (int i = 3; i >= 0; --i) key += static_cast<char>(*mask >> (8 * i) & 0xffU);
  std::string covered(payload);
  apply_mask(covered, key);
  return out + key + covered;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  std::string out;
  out += static_cast<char>(code >> 8);
  out += static_cast<char>(code & 0xff);
  auto cut = reason.substr(0, kMaxControl - 2);
  // Not in the middle of a character.
  while (cut.size() < reason.size() && !cut.empty() &&
         (static_cast<unsigned char>(reason[cut.size()]) & 0xc0U) == 0x80U) {
    cut.remove_suffix(1);
  }
  return out.append(cut);
}

}  // namespace windlass::websocket
