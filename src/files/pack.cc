// Packing: a walk of the tree written through libarchive to a descriptor that we opened ourselves.
#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

#include "files/archive.h"

// libarchive's table of all formats names xar's writer, which would bring libxml2, ICU and their start-up into a
// program that writes no xar. This definition is found first, so that one stays in the archive.
extern "C" int archive_write_set_format_xar(archive* a) {
  archive_set_error(a, ENOSYS, "xar is not written by this program");
  return ARCHIVE_FATAL;
}

namespace windlass::files {

namespace {

struct WriterDeleter {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct EntryDeleter {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Writer = std::unique_ptr<archive, WriterDeleter>;

class Packer {
 public:
  Packer(const Root& source, Writer writer, const struct stat& own, std::string_view shown)
      : source_(source), writer_(std::move(writer)), own_(own), shown_(shown) {}

  Result<void> add(const Entry& found) {
    // Looked at again through the descriptor that is read, so that header and content belong to one file.
    Fd fd;
    struct stat info = {};
    if (found.kind == EntryKind::file) {
      fd = WL_TRY(source_.open_read(found.path));
    } else {
      fd = WL_TRY(source_.open(found.path, O_PATH | O_NOFOLLOW));
    }
    if (::fstat(fd.get(), &info) != 0) return fail(make_error(errno, "pack", found.path));
    if (info.st_dev == own_.st_dev && info.st_ino == own_.st_ino) return {};
    const std::unique_ptr<archive_entry, EntryDeleter> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), found.path.c_str());
    archive_entry_set_mtime(entry.get(), info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
    archive_entry_set_perm(entry.get(), info.st_mode & 0777);
    std::string target;
    if (S_ISREG(info.st_mode)) {
      archive_entry_set_filetype(entry.get(), AE_IFREG);
      archive_entry_set_size(entry.get(), info.st_size);
    } else if (S_ISDIR(info.st_mode)) {
      archive_entry_set_filetype(entry.get(), AE_IFDIR);
    } else if (S_ISLNK(info.st_mode)) {
      target.resize(4096);
      const ssize_t size = ::readlinkat(fd.get(), "", target.data(), target.size());
      if (size < 0) return fail(make_error(errno, "pack", found.path));
      target.resize(static_cast<std::size_t>(size));
      archive_entry_set_filetype(entry.get(), AE_IFLNK);
      archive_entry_set_symlink(entry.get(), target.c_str());
    } else {
      return {};  // pipes and sockets have no place in an archive, as in Jenkins
    }
    const int status = archive_write_header(writer_.get(), entry.get());
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return wrong(found.path);
    if (S_ISDIR(info.st_mode)) {
      ++totals_.folders;
      return {};
    }
    ++totals_.files;
    if (!S_ISREG(info.st_mode)) return {};
    return content(fd.get(), static_cast<std::uint64_t>(info.st_size), found.path);
  }

  Result<ArchiveTotals> finish() {
    if (archive_write_close(writer_.get()) != ARCHIVE_OK) return wrong("the end of the archive");
    return totals_;
  }

 private:
  // Exactly the size of the header: a file that grows meanwhile is cut, one that shrinks is filled with zeros.
  Result<void> content(int fd, std::uint64_t left, const std::string& path) {
    char buffer[65536];
    totals_.bytes += left;
    while (left > 0) {
      ssize_t count = ::read(fd, buffer, std::min<std::uint64_t>(left, sizeof buffer));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail(make_error(errno, "pack", path));
      if (count == 0) {
        count = static_cast<ssize_t>(std::min<std::uint64_t>(left, sizeof buffer));
        std::fill(buffer, buffer + count, '\0');
      }
      if (archive_write_data(writer_.get(), buffer, static_cast<std::size_t>(count)) != count) return wrong(path);
      left -= static_cast<std::uint64_t>(count);
    }
    return {};
  }

  [[nodiscard]] std::unexpected<Error> wrong(std::string_view at) const {
    const char* why = archive_error_string(writer_.get());
    const bool full = archive_errno(writer_.get()) == ENOSPC;
    return fail(full ? ErrorKind::exhausted : ErrorKind::unavailable,
                "cannot pack '" + std::string(at) + "' into '" + std::string(shown_) +
                    "': " + (why == nullptr ? "unknown reason" : why));
  }

  const Root& source_;
  Writer writer_;
  struct stat own_;
  std::string_view shown_;
  ArchiveTotals totals_;
};

Result<Writer> open_writer(int fd, const PackOptions& options, std::string_view shown) {
  Writer writer(archive_write_new());
  archive* a = writer.get();
  if (a == nullptr)
    return fail(ErrorKind::exhausted, {"cannot pack '{}': out of memory", "无法打包“{}”：内存不足"}, {shown});
  int status = ARCHIVE_OK;
  switch (options.format) {
    case ArchiveFormat::zip:
      status = archive_write_set_format_zip(a);
      break;
    case ArchiveFormat::tar_gz:
      status = archive_write_add_filter_gzip(a);
      break;
    case ArchiveFormat::tar_zst:
      status = archive_write_add_filter_zstd(a);
      break;
    case ArchiveFormat::tar:
      break;
  }
  if (options.format == ArchiveFormat::tar_gz) archive_write_set_filter_option(a, "gzip", "timestamp", nullptr);
  if (options.format != ArchiveFormat::zip) {
    status = std::min(status, archive_write_set_format_pax_restricted(a));
    // Names are bytes (archive_reader.cc says why).
    archive_write_set_format_option(a, "pax", "hdrcharset", "BINARY");
  }
  if (options.level >= 0) {
    const std::string level = std::to_string(options.level);
    if (options.format == ArchiveFormat::zip) {
      archive_write_set_format_option(a, "zip", "compression-level", level.c_str());
    } else {
      archive_write_set_filter_option(a, nullptr, "compression-level", level.c_str());
    }
  }
  archive_write_set_bytes_in_last_block(a, 1);
  if (status < ARCHIVE_WARN || archive_write_open_fd(a, fd) != ARCHIVE_OK) {
    const char* why = archive_error_string(a);
    return fail(ErrorKind::unavailable, {"cannot pack '{}': {}", "无法打包“{}”：{}"},
                {shown, (why == nullptr ? "unknown reason" : why)});
  }
  return writer;
}

}  // namespace

Result<ArchiveTotals> pack(const Root& root, std::string_view folder, const PathFilter& accept, const Root& out,
                           std::string_view archive, const PackOptions& options) {
  const Root source = WL_TRY(root.enter(folder));
  const Fd fd = WL_TRY(out.open_write(archive));
  struct stat own = {};
  if (::fstat(fd.get(), &own) != 0) return fail(make_error(errno, "pack", archive));
  Packer packer(source, WL_TRY(open_writer(fd.get(), options, archive)), own, archive);
  const WalkOptions walk{.follow_links = options.follow_links, .folders = options.empty_folders};
  WL_CHECK_OK(source.walk(".", accept, [&packer](const Entry& entry) { return packer.add(entry); }, walk));
  return packer.finish();
}

}  // namespace windlass::files
