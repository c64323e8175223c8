// File operations of steps under one folder. A confined root keeps every path below its folder, links included; a free
// root takes what a shell in that folder would take (absolute paths, `..`), as pipelines may on their own agent. Both
// refuse to read or write devices, pipes and sockets (T18).
//
// It is not a cache: every call asks the file system. Calls block; never on a reactor thread. Any number of threads may
// use one Root. Modification times are milliseconds since 1970.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

#include "base/result.h"
#include "files/fd.h"
#include "files/resolve.h"

namespace windlass::files {

enum class EntryKind : std::uint8_t { file, folder, link, other };

struct Entry {
  std::string path;  ///< relative to the folder that was asked for; from stat() as given
  EntryKind kind = EntryKind::file;
  std::uint64_t size = 0;
  std::int64_t modified = 0;
  std::uint32_t mode = 0;  ///< permission bits only
  [[nodiscard]] std::string_view name() const {
    return std::string_view(path).substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
  }
};

/// Asked for each file ("does it belong?") and each folder ("look inside?"), with the path relative to the walk's
/// start.
using PathFilter = std::function<bool(const std::string& path, bool is_folder)>;

struct WalkOptions {
  bool follow_links =
      false;  ///< linked folders are entered (each real folder once per branch), linked files reported as files
  bool folders = false;  ///< folders are reported too, before what they hold
  std::uint32_t max_depth = 1000;
  std::uint64_t max_entries = 10'000'000;
};

struct WriteOptions {
  bool append = false;
  bool make_parents = true;
  std::uint32_t mode = 0666;  ///< of a new file, less the umask
};

enum class Hash : std::uint8_t { md5, sha1, sha256, sha512 };

class Root {
 public:
  static constexpr std::uint64_t kDefaultReadLimit = 512u * 1024 * 1024;

  /// Nothing outside of `folder` can be reached. Errors: as open(2); the folder must exist.
  static Result<Root> confined(const std::string& folder);
  /// Relative paths start at `folder`; absolute ones and `..` are taken as they are.
  static Result<Root> absolute(const std::string& folder = "/");

  [[nodiscard]] bool is_confined() const { return confined_; }
  [[nodiscard]] int fd() const { return fd_.get(); }

  /// The whole content. Errors: not_found, forbidden (device, leaves the root), invalid (a folder), exhausted (limit).
  [[nodiscard]] Result<std::string> read(std::string_view path, std::uint64_t max_bytes = kDefaultReadLimit) const;
  /// Replaces (or appends to) the file's content; parents are made when asked. Not atomic: readers may see a part.
  Result<void> write(std::string_view path, std::string_view bytes, const WriteOptions& options = {}) const;
  /// A regular file opened for reading, for streams; refused as read() refuses.
  [[nodiscard]] Result<Fd> open_read(std::string_view path) const;
  /// A regular file opened for writing, emptied unless appending.
  [[nodiscard]] Result<Fd> open_write(std::string_view path, const WriteOptions& options = {}) const;

  /// True for files, folders and anything else that is there; false when it is missing or cannot be reached.
  [[nodiscard]] bool exists(std::string_view path) const;
  /// Errors: not_found, forbidden.
  [[nodiscard]] Result<Entry> stat(std::string_view path, bool follow_last_link = true) const;
  /// The folder's own entries by name.
  [[nodiscard]] Result<std::vector<Entry>> list(std::string_view folder) const;

  /// Makes the folder and its parents; no error when it exists.
  Result<void> make_folders(std::string_view path) const;
  /// Sets the modification time (now when not given), making an empty file when there is none.
  Result<void> touch(std::string_view path, std::optional<std::int64_t> modified = {}) const;
  /// Removes a file, a link (never its target) or a folder with all it holds. False when there was nothing. Folders
  /// without write permission are made writable first. Errors: forbidden, invalid (the root itself).
  Result<bool> remove(std::string_view path) const;
  /// Removes all that the folder holds, not the folder.
  Result<void> remove_content(std::string_view folder) const;

  /// Calls `visit` for each accepted entry below `folder`, sorted by name in each folder; stops at its first error.
  /// Folders that vanish or cannot be read during the walk are passed over. A missing start is not_found.
  Result<void> walk(std::string_view folder, const PathFilter& accept,
                    const std::function<Result<void>(const Entry&)>& visit, const WalkOptions& options = {}) const;
  /// Lower-case hexadecimal digest of a file's content.
  [[nodiscard]] Result<std::string> hash(std::string_view path, Hash algorithm) const;
  /// Copies accepted files (links as links) from `folder` to `to_folder` of `to`, with their permission bits and times.
  /// Returns the number of files and links. Targets are never written through a link.
  Result<std::uint64_t> copy_tree(std::string_view folder, const Root& to, std::string_view to_folder,
                                  const PathFilter& accept) const;
  /// A root of its own for a folder inside; confined when this one is.
  [[nodiscard]] Result<Root> enter(std::string_view folder) const;

  /// open(2) by this root's rules.
  [[nodiscard]] Result<Fd> open(std::string_view path, int flags, mode_t mode = 0,
                                Links links = Links::follow_inside) const;
  /// Folder and last name by this root's rules.
  [[nodiscard]] Result<Parent> parent(std::string_view path) const;

 private:
  Root(Fd fd, bool confined) : fd_(std::move(fd)), confined_(confined) {}
  [[nodiscard]] Result<Fd> checked_open(std::string_view path, int flags, mode_t mode, std::string_view what) const;

  Fd fd_;
  bool confined_ = true;
};

/// Java's names: MD5, SHA-1, SHA-256, SHA-512; nullopt for others.
std::optional<Hash> find_hash(std::string_view java_name);
/// Digest of bytes in memory, lower-case hexadecimal.
std::string hash_bytes(std::string_view bytes, Hash algorithm);

/// All of `bytes` to a descriptor. Errors: as make_error ("cannot write 'PATH': no space left").
Result<void> write_all(int fd, std::string_view bytes, std::string_view path);

}  // namespace windlass::files
