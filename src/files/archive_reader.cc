#include "files/archive_reader.h"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>

namespace windlass::files {

namespace {
constexpr std::size_t kBlock = 65536;

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }
}  // namespace

ArchiveReader::ArchiveReader(Fd fd, std::string shown, const ArchiveLimits& limits)
    : fd_(std::move(fd)), shown_(std::move(shown)), limits_(limits) {}

ArchiveReader::~ArchiveReader() {
  if (archive_ != nullptr) archive_read_free(archive_);
}

std::unexpected<Error> ArchiveReader::damaged() const {
  return fail(ErrorKind::corrupt, {"cannot unpack '{}': {}", "无法解包“{}”：{}"},
              {shown_, text_of(archive_error_string(archive_))});
}

std::unexpected<Error> ArchiveReader::too_large() const {
  return fail(ErrorKind::exhausted,
              {"cannot unpack '{}': it holds more than {} bytes", "无法解包“{}”：内容超过 {} 字节"},
              {shown_, limits_.max_bytes});
}

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open(const Root& from, std::string_view path,
                                                           const ArchiveLimits& limits) {
  Fd fd = WL_TRY(from.open_read(path));
  struct stat info = {};
  if (::fstat(fd.get(), &info) != 0) return fail(make_error(errno, "read", path));
  std::unique_ptr<ArchiveReader> reader(new ArchiveReader(std::move(fd), std::string(path.substr(0, 300)), limits));
  reader->packed_ = static_cast<std::uint64_t>(info.st_size);
  archive* a = reader->archive_ = archive_read_new();
  if (a == nullptr)
    return fail(ErrorKind::exhausted, {"cannot unpack '{}': out of memory", "无法解包“{}”：内存不足"},
                {reader->shown_});
  // Formats and filters by name: the rest of libarchive (cpio, rar, mtree, external programs …) stays out of reach.
  archive_read_support_format_tar(a);
  archive_read_support_format_zip(a);
  archive_read_support_filter_gzip(a);
  archive_read_support_filter_bzip2(a);
  archive_read_support_filter_xz(a);
  archive_read_support_filter_zstd(a);
  // Names are bytes: without this, names in UTF-8 are lost when the process runs in the C locale.
  archive_read_set_option(a, "tar", "hdrcharset", "BINARY");
  if (archive_read_open_fd(a, reader->fd_.get(), kBlock) != ARCHIVE_OK) return reader->damaged();
  return reader;
}

Result<archive_entry*> ArchiveReader::next() {
  archive_entry* entry = nullptr;
  int status = ARCHIVE_RETRY;
  for (int attempt = 0; status == ARCHIVE_RETRY && attempt < 3; ++attempt)
    status = archive_read_next_header(archive_, &entry);
  if (status == ARCHIVE_EOF) return nullptr;
  if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return damaged();
  if (++entries_ > limits_.max_entries) {
    return fail(ErrorKind::exhausted,
                {"cannot unpack '{}': it has more than {} entries", "无法解包“{}”：条目超过 {} 个"},
                {shown_, limits_.max_entries});
  }
  // A sparse file counts with its full length: whoever reads it later reads that much.
  if (archive_entry_size_is_set(entry) != 0) {
    const auto size = static_cast<std::uint64_t>(std::max<std::int64_t>(archive_entry_size(entry), 0));
    declared_ += std::min(size, limits_.max_bytes + 1);
    if (declared_ > limits_.max_bytes) return too_large();
  }
  return entry;
}

Result<void> ArchiveReader::data(const std::function<Result<void>(std::uint64_t, std::string_view)>& sink) {
  std::uint64_t end = 0;
  for (;;) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int status = archive_read_data_block(archive_, &block, &size, &offset);
    if (status == ARCHIVE_EOF) return {};
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return damaged();
    if (offset < 0 || static_cast<std::uint64_t>(offset) > limits_.max_bytes) {
      return too_large();
    }
    const std::uint64_t reach = static_cast<std::uint64_t>(offset) + size;
    if (reach > end) bytes_ += reach - end, end = reach;
    if (bytes_ > limits_.max_bytes) {
      return too_large();
    }
    if (bytes_ > limits_.ratio_free_bytes && bytes_ / limits_.max_ratio > packed_) {
      return fail(ErrorKind::exhausted, "cannot unpack '" + shown_ + "': it grows to more than " +
                                            std::to_string(limits_.max_ratio) + " times its size");
    }
    WL_CHECK_OK(sink(static_cast<std::uint64_t>(offset), std::string_view(static_cast<const char*>(block), size)));
  }
}

std::string ArchiveReader::path_of(archive_entry* entry) {
  const char* path = archive_entry_pathname(entry);
  // A zip that marks its names as UTF-8 has no form in the C locale; the UTF-8 one is there.
  if (path == nullptr) path = archive_entry_pathname_utf8(entry);
  return text_of(path);
}

ArchiveEntry ArchiveReader::describe(archive_entry* entry) {
  ArchiveEntry out;
  out.path = path_of(entry);
  const auto type = archive_entry_filetype(entry);
  out.kind = type == AE_IFREG   ? EntryKind::file
             : type == AE_IFDIR ? EntryKind::folder
             : type == AE_IFLNK ? EntryKind::link
                                : EntryKind::other;
  out.size = static_cast<std::uint64_t>(std::max<std::int64_t>(archive_entry_size(entry), 0));
  // A time beyond what file systems keep is no reason to fail, and none to overflow.
  constexpr std::int64_t kLast = 253'402'300'799;
  const auto seconds = std::min<std::int64_t>(std::max<std::int64_t>(archive_entry_mtime(entry), 0), kLast);
  out.modified =
      seconds * 1000 + std::min<long>(std::max<long>(archive_entry_mtime_nsec(entry), 0), 999'999'999) / 1'000'000;
  out.mode = archive_entry_perm(entry) & 0777;
  return out;
}

Result<std::vector<ArchiveEntry>> list_archive(const Root& from, std::string_view archive,
                                               const ArchiveLimits& limits) {
  auto reader = WL_TRY(ArchiveReader::open(from, archive, limits));
  std::vector<ArchiveEntry> out;
  while (archive_entry* entry = WL_TRY(reader->next())) {
    ArchiveEntry described = ArchiveReader::describe(entry);
    WL_CHECK_OK(reader->data([](std::uint64_t, std::string_view) -> Result<void> { return {}; }));
    out.push_back(std::move(described));
  }
  return out;
}

Result<std::vector<std::pair<std::string, std::string>>> read_archive(const Root& from, std::string_view archive,
                                                                      const PathFilter& accept,
                                                                      const ArchiveLimits& limits) {
  auto reader = WL_TRY(ArchiveReader::open(from, archive, limits));
  std::vector<std::pair<std::string, std::string>> out;
  while (archive_entry* entry = WL_TRY(reader->next())) {
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) continue;
    const std::string path = WL_TRY(clean_entry_path(ArchiveReader::path_of(entry)));
    if (path.empty() || (accept && !accept(path, false))) continue;
    std::string content;
    WL_CHECK_OK(reader->data([&content](std::uint64_t offset, std::string_view bytes) -> Result<void> {
      if (content.size() < offset) content.resize(offset);
      content.append(bytes);
      return {};
    }));
    out.emplace_back(path, std::move(content));
  }
  return out;
}

}  // namespace windlass::files
