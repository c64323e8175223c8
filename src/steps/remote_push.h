// Files on their way to a pod, as scripts for the agent there: `put` writes pieces of files into a folder. And all the
// scripts of one effect, one after the other: what it reads, then the request itself.
//
// Every script may run again: a piece names its offset, and writing it twice changes nothing. The form is
// docs/formats/worker.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "steps/remote_effect.h"

namespace windlass::steps {

inline constexpr std::size_t kPieceBytes = 8U << 20U;

/// A piece of a file; the file is complete when `offset + size` is `total`.
struct PutPiece {
  std::string path;  ///< clean, below the request's folder
  bool is_folder = false;
  std::uint32_t mode = 0600;
  std::int64_t modified = 0;  ///< milliseconds since 1970
  std::uint64_t offset = 0, size = 0, total = 0;
};
struct PutRequest {
  std::string folder;  ///< absolute; made when missing
  std::vector<PutPiece> pieces;
  std::string content;  ///< of all pieces, one behind the other
};
std::string encode_put(const PutRequest& put);
/// Errors: corrupt, unsupported (of another version), forbidden (a path that leaves the folder).
Result<PutRequest> decode_put(std::string_view document);

/// All folders (their paths end in a slash) and regular files below a folder of this machine, to arrive below `prefix`.
Result<std::vector<RemoteInput>> inputs_below(const std::string& folder, const std::string& prefix);

/// The scripts that bring `files` to `folder` of a pod, each of about kPieceBytes.
class PushScripts {
 public:
  PushScripts(std::string folder, std::vector<RemoteInput> files);
  ~PushScripts();
  PushScripts(PushScripts&& other) noexcept;
  PushScripts& operator=(PushScripts&& other) = delete;
  /// Nothing after the last. The same files give the same scripts. Errors: those of reading a file; invalid (a file
  /// that grew shorter meanwhile).
  Result<std::optional<std::string>> next();

 private:
  struct Open;
  Result<bool> open_next();
  std::string folder_;
  std::vector<RemoteInput> files_;
  std::size_t next_file_ = 0;
  std::unique_ptr<Open> open_;
};

/// All scripts of one effect in order; the output of the last one has the effect's outcome, those before it give an
/// outcome without value, decoded with DecoderLimits of no effect. An error ends the effect.
class RemoteScripts {
 public:
  explicit RemoteScripts(RemoteRequest request);
  Result<std::optional<std::string>> next();
  /// Whether the script that next() gave is the request itself.
  [[nodiscard]] bool is_last() const { return is_last_; }

 private:
  RemoteRequest request_;
  std::string document_;
  std::unique_ptr<PushScripts> inputs_, large_request_;
  bool is_last_ = false;
};

}  // namespace windlass::steps
