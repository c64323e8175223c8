// Unpacking: each entry is placed by descriptor of its parent folder, opened without following any link, under a name
// that did not exist before (T12). Folder modes come last, so that read-only folders can be filled.
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_set>

#include "files/archive_reader.h"

namespace windlass::files {

namespace {

class Unpacker {
 public:
  Unpacker(Root target, const UnpackOptions& options) : target_(std::move(target)), options_(options) {}

  Result<ArchiveTotals> run(ArchiveReader& reader) {
    while (archive_entry* entry = WL_TRY(reader.next())) {
      const ArchiveEntry info = ArchiveReader::describe(entry);
      const std::string path = WL_TRY(clean_entry_path(info.path));
      const char* hard = archive_entry_hardlink(entry);
      if (path.empty()) {
        // "./" opens most tar files and says nothing; anything else of that name would replace the folder itself.
        if (info.kind == EntryKind::folder && hard == nullptr) continue;
        return refuse(info.path, "stands for the target folder itself");
      }
      if (options_.accept && !options_.accept(path, info.kind == EntryKind::folder)) continue;
      if (hard != nullptr) {
        WL_CHECK_OK(hard_link(path, hard));
        continue;
      }
      switch (info.kind) {
        case EntryKind::folder:
          WL_CHECK_OK(folder(path, info));
          break;
        case EntryKind::file:
          WL_CHECK_OK(file(path, info, reader));
          break;
        case EntryKind::link:
          WL_CHECK_OK(link(path, entry));
          break;
        case EntryKind::other:
          return refuse(info.path, "is a device, pipe or socket");
      }
    }
    return finish();
  }

 private:
  static std::unexpected<Error> refuse(std::string_view path, std::string_view why) {
    return fail(ErrorKind::forbidden,
                "refused to unpack the entry '" + std::string(path.substr(0, 200)) + "': it " + std::string(why));
  }

  // The parent folder without passing a link, and the last name free for a new entry.
  Result<Parent> place(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    Parent out;
    out.name = slash == std::string::npos ? path : path.substr(slash + 1);
    auto parent = make_folders(target_.fd(), slash == std::string::npos ? "." : path.substr(0, slash), Links::refuse);
    if (!parent) {
      if (parent.error().kind == ErrorKind::forbidden) return refuse(path, "would be written through a symbolic link");
      return fail(std::move(parent.error()));
    }
    out.folder = std::move(*parent);
    if (::unlinkat(out.folder.get(), out.name.c_str(), 0) != 0 && errno != ENOENT) {
      if (errno == EISDIR || errno == EPERM) return refuse(path, "has the name of a folder");
      return fail(make_error(errno, "unpack", path));
    }
    return out;
  }

  Result<void> folder(const std::string& path, const ArchiveEntry& info) {
    auto made = make_folders(target_.fd(), path, Links::refuse);
    if (!made) {
      if (made.error().kind == ErrorKind::forbidden) return refuse(path, "would be written through a symbolic link");
      return fail(std::move(made.error()));
    }
    ++totals_.folders;
    if (!options_.quiet_modes) folders_.push_back({path, info.mode | 0700});
    return {};
  }

  Result<void> file(const std::string& path, const ArchiveEntry& info, ArchiveReader& reader) {
    const Parent parent = WL_TRY(place(path));
    const mode_t mode = options_.quiet_modes ? ((info.mode & 0100) != 0 ? 0777 : 0666) : 0600;
    const Fd fd(
        ::openat(parent.folder.get(), parent.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!fd.valid()) return fail(make_error(errno, "unpack", path));
    std::uint64_t end = 0;
    WL_CHECK_OK(reader.data([&](std::uint64_t offset, std::string_view bytes) -> Result<void> {
      end = std::max(end, offset + bytes.size());
      while (!bytes.empty()) {
        const ssize_t count = ::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(make_error(errno, "unpack", path));
        bytes.remove_prefix(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
      }
      return {};
    }));
    // A hole at the end of a sparse file has no block of its own.
    if (info.size > end && ::ftruncate(fd.get(), static_cast<off_t>(info.size)) != 0)
      return fail(make_error(errno, "unpack", path));
    const timespec times[2] = {
        {.tv_sec = 0, .tv_nsec = UTIME_OMIT},
        {.tv_sec = info.modified / 1000, .tv_nsec = std::max<std::int64_t>(info.modified % 1000, 0) * 1'000'000}};
    if (!options_.quiet_modes && ::fchmod(fd.get(), info.mode & 0777) != 0)
      return fail(make_error(errno, "unpack", path));
    static_cast<void>(::futimens(fd.get(), times));
    ++totals_.files;
    totals_.bytes += std::max(end, info.size);
    unpacked_.insert(path);
    return {};
  }

  Result<void> link(const std::string& path, archive_entry* entry) {
    const char* stored = archive_entry_symlink(entry);
    if (stored == nullptr) stored = archive_entry_symlink_utf8(entry);
    const std::string target = stored == nullptr ? "" : stored;
    if (target.empty() || target.size() > 4095) return refuse(path, "is a link without a usable target");
    if (options_.link_targets == LinkTargets::inside_only && !link_stays_inside(path, target)) {
      return refuse(path, "is a link that leads out of the folder");
    }
    const Parent parent = WL_TRY(place(path));
    if (::symlinkat(target.c_str(), parent.folder.get(), parent.name.c_str()) != 0)
      return fail(make_error(errno, "unpack", path));
    unpacked_.erase(path);
    ++totals_.files;
    return {};
  }

  // Only to a file of this very archive: a link to anything else would share what the archive's maker does not own.
  Result<void> hard_link(const std::string& path, const char* stored) {
    const std::string target = WL_TRY(clean_entry_path(stored));
    if (target == path) return {};
    if (!unpacked_.contains(target)) return refuse(path, "is a hard link to something that this archive did not bring");
    const Parent parent = WL_TRY(place(path));
    const Parent source = WL_TRY(open_parent(target_.fd(), target, Links::refuse));
    struct stat info = {};
    if (::fstatat(source.folder.get(), source.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(info.st_mode)) {
      return refuse(path, "is a hard link to something that is no longer a file");
    }
    if (::linkat(source.folder.get(), source.name.c_str(), parent.folder.get(), parent.name.c_str(), 0) != 0) {
      return fail(make_error(errno, "unpack", path));
    }
    unpacked_.insert(path);
    ++totals_.files;
    return {};
  }

  Result<ArchiveTotals> finish() {
    for (auto one = folders_.rbegin(); one != folders_.rend(); ++one) {
      auto fd = open_beneath(target_.fd(), one->first, O_RDONLY | O_DIRECTORY, 0, Links::refuse);
      if (fd) static_cast<void>(::fchmod(fd->get(), one->second & 0777));
    }
    return totals_;
  }

  Root target_;
  const UnpackOptions& options_;
  ArchiveTotals totals_;
  std::unordered_set<std::string> unpacked_;
  std::vector<std::pair<std::string, std::uint32_t>> folders_;
};

}  // namespace

Result<ArchiveTotals> unpack(const Root& from, std::string_view archive, const Root& to, std::string_view folder,
                             const UnpackOptions& options) {
  auto reader = WL_TRY(ArchiveReader::open(from, archive, options.limits));
  WL_CHECK_OK(to.make_folders(folder));
  Root target = WL_TRY(to.enter(folder));
  return Unpacker(std::move(target), options).run(*reader);
}

}  // namespace windlass::files
