// Structs to frames and back, and a buffer that cuts a byte stream into frames.
//
// Pure: no I/O. The invariant: no bytes, however hostile, make the reader allocate more than the frame that carries
// them, read outside of it, or loop. Format: docs/formats/agent.md §1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "agentproto/messages.h"
#include "base/result.h"

namespace windlass::agentproto {

namespace detail {

template <class T>
concept Number = std::is_integral_v<T> || std::is_enum_v<T>;

struct Writer {
  std::string& out;

  template <Number T>
  void operator()(const T& value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));  // little endian only: checked in codec.cc
    out.append(bytes, sizeof(T));
  }
  void operator()(std::string_view text) {
    (*this)(static_cast<std::uint32_t>(text.size()));
    out.append(text);
  }
  void operator()(const std::string& text) { (*this)(std::string_view(text)); }
  template <class T>
  void operator()(std::vector<T>& list) {
    (*this)(static_cast<std::uint32_t>(list.size()));
    for (auto& item : list) {
      if constexpr (std::is_same_v<T, std::string>) {
        (*this)(item);
      } else {
        item.fields(*this);
      }
    }
  }
};

struct Reader {
  std::string_view rest;
  bool failed = false;

  std::string_view take(std::size_t count) {
    if (failed || rest.size() < count) {
      failed = true;
      return {};
    }
    auto head = rest.substr(0, count);
    rest.remove_prefix(count);
    return head;
  }
  template <Number T>
  void operator()(T& value) {
    if (auto bytes = take(sizeof(T)); !failed) std::memcpy(&value, bytes.data(), sizeof(T));
  }
  void operator()(std::string_view& text) {
    std::uint32_t size = 0;
    (*this)(size);
    text = take(size);
  }
  void operator()(std::string& text) {
    std::string_view view;
    (*this)(view);
    text.assign(view);
  }
  template <class T>
  void operator()(std::vector<T>& list) {
    std::uint32_t count = 0;
    (*this)(count);
    // Each item has four bytes at least, so a count cannot ask for more memory than the frame already took.
    if (failed || count > kMaxList || count > rest.size() / 4) {
      failed = true;
      return;
    }
    list.clear();
    for (std::uint32_t i = 0; i < count && !failed; ++i) {
      T& item = list.emplace_back();
      if constexpr (std::is_same_v<T, std::string>) {
        (*this)(item);
      } else {
        item.fields(*this);
      }
    }
  }
};

}  // namespace detail

/// Appends one frame. The caller keeps a frame within kMaxFrame; see is_too_large().
template <class Message>
void append_frame(std::string& out, const Message& message) {
  const std::size_t begin = out.size();
  out.append(4, '\0');
  out.push_back(static_cast<char>(kVersion));
  out.push_back(static_cast<char>(Message::kType));
  detail::Writer writer{out};
  // fields() is one list for both directions, hence not const; the writer changes nothing.
  const_cast<Message&>(message).fields(writer);
  const auto length = static_cast<std::uint32_t>(out.size() - begin - 4);
  std::memcpy(out.data() + begin, &length, sizeof length);
}

/// One frame of a stream, or of a ledger. `payload` views the buffer it was cut from.
struct Frame {
  Type type{};
  std::string_view payload;
};

/// The fields of a frame whose type is Message's. Errors: corrupt (it ends too early, or a list is too long).
template <class Message>
[[nodiscard]] Result<Message> parse(const Frame& frame) {
  Message message;
  detail::Reader reader{frame.payload};
  message.fields(reader);
  if (reader.failed || frame.type != Message::kType) {
    return fail(ErrorKind::corrupt,
                "agent protocol: damaged frame of type " + std::to_string(static_cast<unsigned>(Message::kType)));
  }
  return message;
}

/// Cuts the first frame off `bytes`; nothing if it is not whole yet. Errors: corrupt (length or version).
[[nodiscard]] Result<std::optional<Frame>> cut_frame(std::string_view& bytes);

/// A growing input buffer: space() to read into, commit() what came, next() until it gives nothing.
class FrameBuffer {
 public:
  /// At least 4 KiB, 64 once that has been filled, or what the frame that has begun needs. Invalidates frames given out
  /// before.
  std::pair<char*, std::size_t> space();
  void commit(std::size_t count) {
    end_ += count;
    is_busy_ = is_busy_ || end_ == buffer_.size();
  }
  /// The next whole frame, valid until space() is called. Errors: corrupt; the stream is unusable from then on.
  [[nodiscard]] Result<std::optional<Frame>> next();
  void clear() { begin_ = end_ = 0; }

 private:
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;
  bool is_busy_ = false;
};

/// CRC-32 (IEEE 802.3, reflected), as the ledger has it after each record.
std::uint32_t crc32(std::string_view bytes);

}  // namespace windlass::agentproto
