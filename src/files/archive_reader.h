// libarchive opened for reading one file, with the limits counted along the way. Inside of files.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <functional>
#include <memory>
#include <string>

#include "files/archive.h"

namespace windlass::files {

class ArchiveReader {
 public:
  static Result<std::unique_ptr<ArchiveReader>> open(const Root& from, std::string_view path,
                                                     const ArchiveLimits& limits);
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;
  ~ArchiveReader();

  /// The next entry, nullptr at the end; counted against the limits. Errors: corrupt, exhausted.
  Result<archive_entry*> next();
  /// The content of the current entry, in order; holes of sparse files are skipped. `sink(offset, bytes)`.
  Result<void> data(const std::function<Result<void>(std::uint64_t, std::string_view)>& sink);

  static std::string path_of(archive_entry* entry);
  static ArchiveEntry describe(archive_entry* entry);

 private:
  ArchiveReader(Fd fd, std::string shown, const ArchiveLimits& limits);
  [[nodiscard]] std::unexpected<Error> damaged() const;
  [[nodiscard]] std::unexpected<Error> too_large() const;

  Fd fd_;
  std::string shown_;
  ArchiveLimits limits_;
  archive* archive_ = nullptr;
  std::uint64_t packed_ = 0;
  std::uint64_t entries_ = 0;
  std::uint64_t declared_ = 0;  // sum of the sizes in the headers, holes of sparse files included
  std::uint64_t bytes_ = 0;     // sum of what was really read
};

}  // namespace windlass::files
