#include "files/root.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <unistd.h>

namespace windlass::files {

namespace {

struct DirCloser {
  void operator()(DIR* dir) const { ::closedir(dir); }
};
using Dir = std::unique_ptr<DIR, DirCloser>;

Entry entry_of(std::string path, const struct stat& info) {
  Entry out;
  out.path = std::move(path);
  out.kind = S_ISREG(info.st_mode)   ? EntryKind::file
             : S_ISDIR(info.st_mode) ? EntryKind::folder
             : S_ISLNK(info.st_mode) ? EntryKind::link
                                     : EntryKind::other;
  out.size = out.kind == EntryKind::folder ? 0 : static_cast<std::uint64_t>(info.st_size);
  out.modified = info.st_mtim.tv_sec * 1000 + info.st_mtim.tv_nsec / 1'000'000;
  out.mode = info.st_mode & 07777;
  return out;
}

Result<void> refuse_special(const struct stat& info, std::string_view what, std::string_view path) {
  if (S_ISREG(info.st_mode)) return {};
  return fail(make_error(S_ISDIR(info.st_mode) ? EISDIR : ENXIO, what, path));
}

// Names of a folder without "." and "..", sorted, so that results do not depend on the file system.
Result<std::vector<std::string>> names_of(Fd folder, std::string_view path) {
  const Dir dir(::fdopendir(folder.get()));
  if (!dir) return fail(make_error(errno, "list", path));
  static_cast<void>(folder.release());
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(dir.get());
    if (entry == nullptr) {
      if (errno != 0) return fail(make_error(errno, "list", path));
      break;
    }
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<void> write_all(int fd, std::string_view bytes, std::string_view path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return fail(make_error(errno, "write", path));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<Root> Root::confined(const std::string& folder) {
  Fd fd(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return fail(make_error(errno, "open the folder", folder));
  return Root(std::move(fd), true);
}

Result<Root> Root::absolute(const std::string& folder) {
  Root root = WL_TRY(confined(folder));
  root.confined_ = false;
  return root;
}

Result<Fd> Root::open(std::string_view path, int flags, mode_t mode, Links links) const {
  if (confined_) return open_beneath(fd_.get(), path, flags, mode, links);
  WL_CHECK_OK(check_path(path));
  Fd fd(::openat(fd_.get(), std::string(path).c_str(), flags | O_CLOEXEC, mode));
  if (!fd.valid()) return fail(make_error(errno, "open", path));
  return fd;
}

Result<Parent> Root::parent(std::string_view path) const {
  if (confined_) return open_parent(fd_.get(), path, Links::follow_inside);
  WL_CHECK_OK(check_path(path));
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (name.empty() || name == "." || name == "..") {
    return fail(ErrorKind::invalid,
                {"the path '{}' does not name a file inside of a folder", "路径“{}”所指的不是目录内的文件"}, {path});
  }
  const std::string_view folder = slash == std::string_view::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  Fd fd = WL_TRY(open(folder, O_PATH | O_DIRECTORY));
  return Parent{std::move(fd), std::string(name)};
}

Result<Root> Root::enter(std::string_view folder) const {
  Fd fd = WL_TRY(open(folder, O_PATH | O_DIRECTORY));
  return Root(std::move(fd), confined_);
}

// Asks what it is before it is opened, as opening a device or pipe can already have an effect; and again afterwards, as
// it may have been swapped in between (T13, T18).
Result<Fd> Root::checked_open(std::string_view path, int flags, mode_t mode, std::string_view what) const {
  struct stat info = {};
  if (auto look = open(path, O_PATH)) {
    if (::fstat(look->get(), &info) != 0) return fail(make_error(errno, what, path));
    WL_CHECK_OK(refuse_special(info, what, path));
  } else if (look.error().kind != ErrorKind::not_found || (flags & O_CREAT) == 0) {
    return fail(look.error());
  }
  Fd fd = WL_TRY(open(path, flags | O_NONBLOCK | O_NOCTTY, mode));
  if (::fstat(fd.get(), &info) != 0) return fail(make_error(errno, what, path));
  WL_CHECK_OK(refuse_special(info, what, path));
  return fd;
}

Result<Fd> Root::open_read(std::string_view path) const { return checked_open(path, O_RDONLY, 0, "read"); }

Result<Fd> Root::open_write(std::string_view path, const WriteOptions& options) const {
  WL_CHECK_OK(check_path(path));
  if (path.ends_with('/')) return fail(make_error(EISDIR, "write", path));
  if (options.make_parents) {
    const std::size_t slash = path.rfind('/');
    if (slash != std::string_view::npos && slash > 0) WL_CHECK_OK(make_folders(path.substr(0, slash)));
  }
  const int flags = O_WRONLY | O_CREAT | (options.append ? O_APPEND : 0);
  Fd fd = WL_TRY(checked_open(path, flags, options.mode & 0777, "write"));
  // Emptied only now that it is known to be a regular file.
  if (!options.append && ::ftruncate(fd.get(), 0) != 0) return fail(make_error(errno, "write", path));
  return fd;
}

Result<std::string> Root::read(std::string_view path, std::uint64_t max_bytes) const {
  const Fd fd = WL_TRY(open_read(path));
  struct stat info = {};
  if (::fstat(fd.get(), &info) != 0) return fail(make_error(errno, "read", path));
  std::string out;
  // The size is a hint only: files of /proc say 0, others may grow.
  out.reserve(std::min<std::uint64_t>(static_cast<std::uint64_t>(info.st_size), max_bytes));
  char buffer[65536];
  for (;;) {
    const ssize_t count = ::read(fd.get(), buffer, sizeof buffer);
    if (count < 0) {
      if (errno == EINTR) continue;
      return fail(make_error(errno, "read", path));
    }
    if (count == 0) return out;
    if (out.size() + static_cast<std::size_t>(count) > max_bytes) {
      return fail(ErrorKind::exhausted, {"cannot read '{}': it is larger than {} bytes", "无法读取“{}”：大于 {} 字节"},
                  {path.substr(0, 300), max_bytes});
    }
    out.append(buffer, static_cast<std::size_t>(count));
  }
}

Result<void> Root::write(std::string_view path, std::string_view bytes, const WriteOptions& options) const {
  const Fd fd = WL_TRY(open_write(path, options));
  return write_all(fd.get(), bytes, path);
}

bool Root::exists(std::string_view path) const { return open(path, O_PATH).has_value(); }

Result<Entry> Root::stat(std::string_view path, bool follow_last_link) const {
  const Fd fd = WL_TRY(open(path, O_PATH | (follow_last_link ? 0 : O_NOFOLLOW)));
  struct stat info = {};
  if (::fstat(fd.get(), &info) != 0) return fail(make_error(errno, "look at", path));
  return entry_of(std::string(path), info);
}

Result<std::vector<Entry>> Root::list(std::string_view folder) const {
  Fd fd = WL_TRY(open(folder, O_RDONLY | O_DIRECTORY));
  const Fd keep(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
  const std::vector<std::string> names = WL_TRY(names_of(std::move(fd), folder));
  std::vector<Entry> out;
  for (const auto& name : names) {
    struct stat info = {};
    if (::fstatat(keep.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) out.push_back(entry_of(name, info));
  }
  return out;
}

Result<void> Root::make_folders(std::string_view path) const {
  if (confined_) {
    WL_TRY(files::make_folders(fd_.get(), path, Links::follow_inside));
    return {};
  }
  WL_CHECK_OK(check_path(path));
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string prefix(path.substr(0, end));
    if (::mkdirat(fd_.get(), prefix.c_str(), 0777) != 0 && errno != EEXIST && errno != EISDIR) {
      return fail(make_error(errno, "make the folder", path));
    }
    if (end == std::string_view::npos) break;
  }
  WL_TRY(open(path, O_PATH | O_DIRECTORY));
  return {};
}

Result<void> Root::touch(std::string_view path, std::optional<std::int64_t> modified) const {
  WL_CHECK_OK(check_path(path));
  // A folder's time may be set too; only what is missing is made.
  Fd fd;
  if (auto folder = open(path, O_RDONLY | O_DIRECTORY)) {
    fd = std::move(*folder);
  } else {
    fd = WL_TRY(open_write(path, {.append = true}));
  }
  timespec times[2] = {};
  times[0].tv_nsec = times[1].tv_nsec = UTIME_NOW;
  if (modified) {
    const std::int64_t millis = (*modified % 1000 + 1000) % 1000;
    times[0].tv_sec = times[1].tv_sec = (*modified - millis) / 1000;
    times[0].tv_nsec = times[1].tv_nsec = millis * 1'000'000;
  }
  if (::futimens(fd.get(), times) != 0) return fail(make_error(errno, "touch", path));
  return {};
}

Result<void> Root::walk(std::string_view folder, const PathFilter& accept,
                        const std::function<Result<void>(const Entry&)>& visit, const WalkOptions& options) const {
  using Identity = std::pair<dev_t, ino_t>;
  struct Level {
    std::string path;  // of the folder, relative to the start
    std::vector<std::string> names;
    std::size_t next = 0;
    Identity identity;
  };
  std::vector<Level> levels;
  const Links links = options.follow_links ? Links::follow_inside : Links::refuse;
  // Folders are opened by their path from the start each time: no descriptor is held, and a folder that was swapped for
  // a link meanwhile is refused by the kernel, not followed.
  Root start = WL_TRY(enter(folder));
  auto open_level = [&](const std::string& path) -> Result<Level> {
    Fd fd = WL_TRY(start.confined_ || links == Links::refuse
                       ? open_beneath(start.fd(), path.empty() ? "." : path, O_RDONLY | O_DIRECTORY, 0, links)
                       : start.open(path.empty() ? "." : path, O_RDONLY | O_DIRECTORY));
    struct stat info = {};
    if (::fstat(fd.get(), &info) != 0) return fail(make_error(errno, "look at", path));
    Level level{path, {}, 0, {info.st_dev, info.st_ino}};
    level.names = WL_TRY(names_of(std::move(fd), path));
    return level;
  };
  levels.push_back(WL_TRY(open_level("")));
  std::uint64_t seen = 0;
  while (!levels.empty()) {
    Level& top = levels.back();
    if (top.next == top.names.size()) {
      levels.pop_back();
      continue;
    }
    const std::string path = (top.path.empty() ? "" : top.path + "/") + top.names[top.next++];
    if (++seen > options.max_entries) {
      return fail(ErrorKind::exhausted, {"the folder holds more than {} entries", "目录中的条目超过 {} 个"},
                  {options.max_entries});
    }
    auto entry = start.stat(path, options.follow_links);
    if (!entry && options.follow_links) entry = start.stat(path, false);  // a link to nowhere or out of the root
    if (!entry) continue;
    if (entry->kind != EntryKind::folder) {
      if (accept(path, false)) WL_CHECK_OK(visit(*entry));
      continue;
    }
    if (!accept(path, true)) continue;
    if (options.folders) WL_CHECK_OK(visit(*entry));
    if (levels.size() >= options.max_depth) {
      return fail(ErrorKind::exhausted, {"folders are nested deeper than {}", "目录嵌套超过 {} 层"},
                  {options.max_depth});
    }
    auto level = open_level(path);
    if (!level) continue;
    const bool loop = std::any_of(levels.begin(), levels.end(),
                                  [&level](const Level& above) { return above.identity == level->identity; });
    if (!loop) levels.push_back(std::move(*level));
  }
  return {};
}

}  // namespace windlass::files
