// How the bytes of a log row lie in the file: as they are, or zstd-compressed. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace windlass::journal {

/// Compresses rows of one commit; its memory is there only while it is.
class LogPacker {
 public:
  LogPacker() = default;
  ~LogPacker();
  LogPacker(const LogPacker&) = delete;
  LogPacker& operator=(const LogPacker&) = delete;
  /// The compressed bytes; nothing when it is not worth it.
  std::optional<std::string> pack(std::string_view bytes);

 private:
  void* context_ = nullptr;
};

/// What was packed; nothing when it is damaged or is not exactly `size` bytes.
std::optional<std::string> unpack_log(std::string_view packed, std::uint64_t size);

}  // namespace windlass::journal
