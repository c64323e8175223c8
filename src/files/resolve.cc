#include "files/resolve.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace windlass::files {

namespace {

constexpr std::size_t kMaxPath = 4095;
constexpr int kRaceRetries = 100;

std::string shown(std::string_view path) {
  std::string out;
  for (char c : path.substr(0, 300)) out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return out;
}

}  // namespace

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Error make_error(int error_number, std::string_view what, std::string_view path) {
  ErrorKind kind = ErrorKind::unavailable;
  std::string why;
  switch (error_number) {
    case ENOENT:
      kind = ErrorKind::not_found, why = "no such file or folder";
      break;
    case ENOTDIR:
      kind = ErrorKind::not_found, why = "a part of the path is not a folder";
      break;
    case EEXIST:
      kind = ErrorKind::already_exists, why = "it exists already";
      break;
    case ENOTEMPTY:
      kind = ErrorKind::conflict, why = "the folder is not empty";
      break;
    case EISDIR:
      kind = ErrorKind::invalid, why = "it is a folder";
      break;
    case EXDEV:
      kind = ErrorKind::forbidden, why = "it leads out of the folder it must stay in";
      break;
    case ELOOP:
      kind = ErrorKind::forbidden, why = "a symbolic link stands in the path";
      break;
    case ENXIO:
      kind = ErrorKind::forbidden, why = "it is a device, pipe or socket";
      break;
    case EACCES:
    case EPERM:
      kind = ErrorKind::forbidden, why = "permission denied";
      break;
    case EROFS:
      kind = ErrorKind::forbidden, why = "the file system is read-only";
      break;
    case ENAMETOOLONG:
      kind = ErrorKind::invalid, why = "the name is too long";
      break;
    case EINVAL:
      kind = ErrorKind::invalid, why = "the path is not usable";
      break;
    case ENOSPC:
    case EDQUOT:
      kind = ErrorKind::exhausted, why = "no space left";
      break;
    case EFBIG:
      kind = ErrorKind::exhausted, why = "the file is too large";
      break;
    case EMFILE:
    case ENFILE:
      kind = ErrorKind::exhausted, why = "too many open files";
      break;
    default: {
      char buffer[128];
      why = ::strerror_r(error_number, buffer, sizeof buffer);
    }
  }
  return Error(kind, "cannot " + std::string(what) + " '" + shown(path) + "': " + why);
}

Result<void> check_path(std::string_view path) {
  if (path.empty()) return fail(ErrorKind::invalid, {"the path is empty", "路径为空"});
  if (path.find('\0') != std::string_view::npos) {
    return fail(ErrorKind::invalid, {"the path '{}' holds a NUL character", "路径“{}”含有 NUL 字符"}, {shown(path)});
  }
  if (path.size() > kMaxPath) {
    return fail(ErrorKind::invalid, {"the path is longer than {} bytes", "路径超过 {} 字节"}, {kMaxPath});
  }
  return {};
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (!name.empty() && name != ".") out.emplace_back(name);
  }
  return out;
}

Result<Fd> open_by_steps(int root_fd, std::string_view path, int flags, mode_t mode) {
  const std::vector<std::string> names = split_path(path);
  Fd at(::openat(root_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!at.valid()) return fail(make_error(errno, "open", path));
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == "..") return fail(make_error(EXDEV, "open", path));
    const bool last = i + 1 == names.size();
    const int step_flags = last ? flags : O_PATH | O_DIRECTORY;
    Fd next(::openat(at.get(), names[i].c_str(), step_flags | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!next.valid()) {
      // O_DIRECTORY with O_NOFOLLOW reports a link as "not a folder"; say what it is.
      struct stat info = {};
      const int error = errno;
      const bool link = ::fstatat(at.get(), names[i].c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
      return fail(make_error(link ? ELOOP : error, "open", path));
    }
    at = std::move(next);
  }
  if (!names.empty()) return at;
  Fd root(::openat(root_fd, ".", flags | O_CLOEXEC, mode));
  if (!root.valid()) return fail(make_error(errno, "open", path));
  return root;
}

Result<Fd> open_beneath(int root_fd, std::string_view path, int flags, mode_t mode, Links links) {
  WL_CHECK_OK(check_path(path));
  if (path.front() == '/') return fail(make_error(EXDEV, "open", path));
  const std::string name(path);
  struct open_how how = {};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (links == Links::refuse ? RESOLVE_NO_SYMLINKS : 0);
  for (int attempt = 0;; ++attempt) {
    const long fd = ::syscall(SYS_openat2, root_fd, name.c_str(), &how, sizeof how);
    if (fd >= 0) return Fd(static_cast<int>(fd));
    if (errno == ENOSYS) return open_by_steps(root_fd, path, flags, mode);
    // The kernel saw a rename while it followed "..": it cannot be sure, so it asks to try again.
    if ((errno == EAGAIN || errno == EINTR) && attempt < kRaceRetries) continue;
    return fail(make_error(errno, "open", path));
  }
}

Result<Parent> open_parent(int root_fd, std::string_view path, Links links) {
  WL_CHECK_OK(check_path(path));
  if (path.front() == '/') return fail(make_error(EXDEV, "open", path));
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (name.empty() || name == "." || name == "..") {
    return fail(ErrorKind::invalid,
                {"the path '{}' does not name a file inside of the folder", "路径“{}”所指的不是该目录内的文件"},
                {shown(path)});
  }
  const std::string_view folder = slash == std::string_view::npos ? "." : path.substr(0, slash);
  Fd parent = WL_TRY(open_beneath(root_fd, folder, O_PATH | O_DIRECTORY, 0, links));
  return Parent{std::move(parent), std::string(name)};
}

Result<Fd> make_folders(int root_fd, std::string_view path, Links links) {
  WL_CHECK_OK(check_path(path));
  if (path.front() == '/') return fail(make_error(EXDEV, "make the folder", path));
  constexpr int kFlags = O_PATH | O_DIRECTORY;
  if (auto whole = open_beneath(root_fd, path, kFlags, 0, links)) {
    return whole;
  } else if (whole.error().kind != ErrorKind::not_found) {
    return fail(whole.error());
  }
  // Each prefix is resolved from the root again, so that no step leaves it through a name that was just swapped.
  std::string prefix;
  Fd folder = WL_TRY(open_beneath(root_fd, ".", kFlags, 0, links));
  for (const auto& name : split_path(path)) {
    prefix += prefix.empty() ? name : "/" + name;
    auto next = open_beneath(root_fd, prefix, kFlags, 0, links);
    if (!next && next.error().kind == ErrorKind::not_found) {
      if (::mkdirat(folder.get(), name.c_str(), 0777) != 0 && errno != EEXIST) {
        return fail(make_error(errno, "make the folder", path));
      }
      next = open_beneath(root_fd, prefix, kFlags, 0, links);
    }
    if (!next) return fail(next.error());
    folder = std::move(*next);
  }
  return folder;
}

}  // namespace windlass::files
