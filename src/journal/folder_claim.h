// A state folder that belongs to one process as a whole: a server, whose runs are not all open at every moment.
//
// The kernel's lock on STATE/server.lock, which dies with the process; the file's content, the process id, is for
// sentences only. Whoever asks takes nothing, so asking stands in nobody's way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace windlass::journal {

class FolderClaim {
 public:
  /// `conflict` names the process that has it.
  [[nodiscard]] static Result<FolderClaim> take(const std::string& state);
  FolderClaim(FolderClaim&& other) noexcept;
  FolderClaim& operator=(FolderClaim&&) = delete;
  FolderClaim(const FolderClaim&) = delete;
  FolderClaim& operator=(const FolderClaim&) = delete;
  ~FolderClaim();

 private:
  explicit FolderClaim(int fd) : fd_(fd) {}
  int fd_;
};

/// The process that has claimed the folder, 0 where it has not said yet; nothing where nobody has.
[[nodiscard]] std::optional<std::int64_t> claimed_by(const std::string& state);

}  // namespace windlass::journal
