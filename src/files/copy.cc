// Copying trees between roots: what is written goes to new names only, never through a link.
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include "files/root.h"

namespace windlass::files {

namespace {

Result<void> copy_bytes(int from, int to, std::string_view path) {
  for (;;) {
    const ssize_t moved = ::copy_file_range(from, nullptr, to, nullptr, 1 << 30, 0);
    if (moved > 0) continue;
    if (moved == 0) break;
    if (errno == EINTR) continue;
    if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
      return fail(make_error(errno, "copy", path));
    break;
  }
  // File systems without the call, and files of /proc that say they are empty: the rest by hand.
  char buffer[65536];
  for (;;) {
    const ssize_t count = ::read(from, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(make_error(errno, "copy", path));
    if (count == 0) return {};
    WL_CHECK_OK(write_all(to, std::string_view(buffer, static_cast<std::size_t>(count)), path));
  }
}

}  // namespace

Result<std::uint64_t> Root::copy_tree(std::string_view folder, const Root& to, std::string_view to_folder,
                                      const PathFilter& accept) const {
  const Root source = WL_TRY(enter(folder));
  WL_CHECK_OK(to.make_folders(to_folder));
  const Root target = WL_TRY(to.enter(to_folder));
  std::uint64_t count = 0;
  auto visit = [&](const Entry& entry) -> Result<void> {
    if (entry.kind == EntryKind::other) return {};
    const std::size_t slash = entry.path.rfind('/');
    const std::string parent = slash == std::string::npos ? "." : entry.path.substr(0, slash);
    const std::string name = slash == std::string::npos ? entry.path : entry.path.substr(slash + 1);
    const Fd place = WL_TRY(files::make_folders(target.fd(), parent, Links::refuse));
    if (::unlinkat(place.get(), name.c_str(), 0) != 0 && errno != ENOENT)
      return fail(make_error(errno, "copy to", entry.path));
    ++count;
    if (entry.kind == EntryKind::link) {
      const Fd link = WL_TRY(source.open(entry.path, O_PATH | O_NOFOLLOW));
      std::string content(4096, '\0');
      const ssize_t size = ::readlinkat(link.get(), "", content.data(), content.size());
      if (size < 0) return fail(make_error(errno, "copy", entry.path));
      content.resize(static_cast<std::size_t>(size));
      if (::symlinkat(content.c_str(), place.get(), name.c_str()) != 0)
        return fail(make_error(errno, "copy to", entry.path));
      return {};
    }
    const Fd from = WL_TRY(source.open_read(entry.path));
    const Fd out(::openat(place.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!out.valid()) return fail(make_error(errno, "copy to", entry.path));
    WL_CHECK_OK(copy_bytes(from.get(), out.get(), entry.path));
    const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                               {.tv_sec = entry.modified / 1000, .tv_nsec = entry.modified % 1000 * 1'000'000}};
    if (::fchmod(out.get(), entry.mode & 0777) != 0 || ::futimens(out.get(), times) != 0) {
      return fail(make_error(errno, "copy to", entry.path));
    }
    return {};
  };
  WL_CHECK_OK(source.walk(".", accept, visit));
  return count;
}

}  // namespace windlass::files
