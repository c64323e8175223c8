// Cutting frames; the field lists are in messages.h.
#include "agentproto/codec.h"

#include <array>
#include <bit>

namespace windlass::agentproto {

static_assert(std::endian::native == std::endian::little, "the wire is little endian; numbers are copied as they are");

bool is_valid_token(std::string_view token) {
  if (token.empty() || token.size() > kMaxToken || token.front() == '.') return false;
  for (char c : token) {
    const bool fine =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!fine) return false;
  }
  return true;
}

Result<std::optional<Frame>> cut_frame(std::string_view& bytes) {
  if (bytes.size() < 4) return std::optional<Frame>{};
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length < 2 || length > kMaxFrame) {
    return fail(ErrorKind::corrupt, "agent protocol: frame length " + std::to_string(length) + " is out of range");
  }
  if (bytes.size() < 4U + length) return std::optional<Frame>{};
  const auto version = static_cast<std::uint8_t>(bytes[4]);
  if (version != kVersion) {
    return fail(ErrorKind::corrupt, "agent protocol: version " + std::to_string(version) + " is not known here");
  }
  Frame frame{static_cast<Type>(static_cast<std::uint8_t>(bytes[5])), bytes.substr(6, length - 2)};
  bytes.remove_prefix(4U + length);
  return std::optional<Frame>(frame);
}

std::pair<char*, std::size_t> FrameBuffer::space() {
  // Room is memory that is touched: most links carry some hundred bytes, a noisy step fills what it gets.
  constexpr std::size_t kFirst = 4U << 10U;
  constexpr std::size_t kChunk = 64U << 10U;
  if (begin_ == end_) begin_ = end_ = 0;
  std::size_t wanted = is_busy_ ? kChunk : kFirst;
  if (end_ - begin_ >= 4) {
    std::uint32_t length = 0;
    std::memcpy(&length, buffer_.data() + begin_, sizeof length);
    const std::size_t whole = 4U + std::size_t{length};
    if (length <= kMaxFrame && whole > end_ - begin_) wanted = std::max(wanted, whole - (end_ - begin_));
  }
  if (buffer_.size() - end_ < wanted) {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (buffer_.size() - end_ < wanted) buffer_.resize(end_ + wanted);
  }
  return {buffer_.data() + end_, buffer_.size() - end_};
}

Result<std::optional<Frame>> FrameBuffer::next() {
  std::string_view bytes(buffer_.data() + begin_, end_ - begin_);
  auto frame = cut_frame(bytes);
  if (frame && *frame) begin_ = end_ - bytes.size();
  return frame;
}

namespace {

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? 0xEDB88320U ^ (value >> 1U) : value >> 1U;
    table[i] = value;
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

}  // namespace

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t value = 0xFFFFFFFFU;
  for (char c : bytes) value = kCrcTable[(value ^ static_cast<std::uint8_t>(c)) & 0xFFU] ^ (value >> 8U);
  return ~value;
}

}  // namespace windlass::agentproto
