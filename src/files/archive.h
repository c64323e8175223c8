// Making and unpacking tar and zip files, for the tar, untar, zip, unzip, stash and unstash steps. Archives are
// strangers' data: an entry can only ever become a new file, folder or link below the target folder, and the sum of all
// entries is bounded (T12). A stash is a tar.zst with permission bits and links kept.
//
// Limits that are reached and entries that are refused end the work with an error; what was unpacked before stays.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "files/root.h"

namespace windlass::files {

enum class ArchiveFormat : std::uint8_t { tar, tar_gz, tar_zst, zip };

struct ArchiveLimits {
  std::uint64_t max_entries = 2'000'000;
  std::uint64_t max_bytes = 64ull << 30;        ///< of all unpacked files together
  std::uint64_t max_ratio = 1'000;              ///< unpacked to packed size …
  std::uint64_t ratio_free_bytes = 256u << 20;  ///< … checked only beyond this many unpacked bytes
};

struct PackOptions {
  ArchiveFormat format = ArchiveFormat::tar_gz;
  bool follow_links = false;   ///< store what links inside of the root point to; else links themselves
  bool empty_folders = false;  ///< store folders that were accepted, else only what holds files
  int level = -1;              ///< of compression; -1 is the format's default
};

/// Counts of an archive made or unpacked.
struct ArchiveTotals {
  std::uint64_t files = 0;  ///< files and links
  std::uint64_t folders = 0;
  std::uint64_t bytes = 0;  ///< unpacked
};

/// Packs the accepted entries below `folder` into the file `archive` of `out` (replaced; not packed into itself).
/// Owners are not stored; entries are sorted, so equal trees with equal times give equal archives.
Result<ArchiveTotals> pack(const Root& root, std::string_view folder, const PathFilter& accept, const Root& out,
                           std::string_view archive, const PackOptions& options = {});

enum class LinkTargets : std::uint8_t {
  inside_only,  ///< a symbolic link whose target lies outside of the folder is refused
  any,          ///< kept as it is (stashes): unpacking never follows a link, so it cannot lead a later entry astray
};

struct UnpackOptions {
  LinkTargets link_targets = LinkTargets::inside_only;
  ArchiveLimits limits;
  PathFilter accept;         ///< empty: everything. Asked with the cleaned path
  bool quiet_modes = false;  ///< new files get 0666/0777 less the umask instead of the stored bits
};

/// Unpacks the file `archive` of `from` (tar, compressed by gzip, bzip2, xz or zstd, or zip: recognised by content)
/// into `folder` of `to`, which is made when missing. Existing files are replaced, existing links too (never followed).
/// Setuid, setgid and sticky bits are dropped. Errors: forbidden (an entry that would leave the folder, is a device,
/// resolves to the folder itself, passes a link), exhausted (limits, disk), corrupt (not an archive, damaged).
Result<ArchiveTotals> unpack(const Root& from, std::string_view archive, const Root& to, std::string_view folder,
                             const UnpackOptions& options = {});

struct ArchiveEntry {
  std::string path;  ///< as stored
  EntryKind kind = EntryKind::file;
  std::uint64_t size = 0;
  std::int64_t modified = 0;
  std::uint32_t mode = 0;
};

/// All entries, read to the end, so that checksums are verified (unzip test: true).
Result<std::vector<ArchiveEntry>> list_archive(const Root& from, std::string_view archive,
                                               const ArchiveLimits& limits = {});
/// Accepted regular files with their content (unzip read: true). `limits.max_bytes` bounds memory; give a small one.
Result<std::vector<std::pair<std::string, std::string>>> read_archive(const Root& from, std::string_view archive,
                                                                      const PathFilter& accept,
                                                                      const ArchiveLimits& limits);

/// The path an entry may have below its folder: without ".", empty names and a trailing slash; empty for the folder
/// itself. Errors: forbidden for absolute paths and "..", invalid for NUL, backslash-separated drive paths and overlong
/// ones.
Result<std::string> clean_entry_path(std::string_view path);
/// Whether a link at `entry` (clean) with this target stays below the folder, judged by names alone.
bool link_stays_inside(std::string_view entry, std::string_view target);

}  // namespace windlass::files
