// tar as far as a backup needs it: regular files, in order, written and read as streams. Any tar reads what is written
// here (POSIX ustar, pax headers for long names and sizes); what is read here may be anybody's, and is refused where it
// is not such a tar.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace windlass::server {

inline constexpr std::size_t kTarBlock = 512;
inline constexpr std::size_t kMostTarName = 1024;

/// What stands before a file's bytes.
std::string tar_head(std::string_view name, std::uint64_t size, std::int64_t modified_seconds);
/// What stands behind them: up to the next block.
std::string tar_padding(std::uint64_t size);
/// What stands at the end of the archive.
std::string tar_end();

struct TarFile {
  std::string name;  ///< relative, no "..", no empty parts
  std::uint64_t size = 0;
};

/// Reads an archive from first to last. `read` gives up to that many bytes, empty at the end.
class TarReader {
 public:
  using Read = std::function<Result<std::string>(std::size_t)>;
  explicit TarReader(Read read) : read_(std::move(read)) {}

  /// The next file; false at the archive's end. What is left of the one before is passed over. Errors: corrupt.
  Result<bool> next(TarFile& file);
  /// Bytes of the current file; empty at its end.
  Result<std::string> bytes(std::size_t most);

 private:
  Result<std::string> exactly(std::size_t count);
  Result<> skip(std::uint64_t count);

  Read read_;
  std::string buffer_;
  std::uint64_t left_ = 0, padding_ = 0;
};

}  // namespace windlass::server
