#include "journal/folder_claim.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

#include "store/database.h"

namespace windlass::journal {

namespace {

std::string path_of(const std::string& state) { return state + "/server.lock"; }

struct flock whole_file() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::int64_t pid_in(int fd) {
  char text[24] = {};
  return ::pread(fd, text, sizeof text - 1, 0) > 0 ? std::strtoll(text, nullptr, 10) : 0;
}

}  // namespace

Result<FolderClaim> FolderClaim::take(const std::string& state) {
  const auto path = path_of(state);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return fail(store::make_system_error(errno, path, "open"));
  FolderClaim claim(fd);
  auto lock = whole_file();
  if (::fcntl(fd, F_OFD_SETLK, &lock) != 0) {
    if (errno != EAGAIN && errno != EACCES) return fail(store::make_system_error(errno, path, "lock"));
    return fail(ErrorKind::conflict,
                {"the runs in {} belong to the server of process {}; end that process first",
                 "{} 中的运行属于进程 {} 的服务器；请先结束该进程"},
                {state, pid_in(fd)});
  }
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return fail(store::make_system_error(errno, path, "write"));
  }
  return claim;
}

FolderClaim::FolderClaim(FolderClaim&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FolderClaim::~FolderClaim() {
  if (fd_ >= 0) ::close(fd_);
}

std::optional<std::int64_t> claimed_by(const std::string& state) {
  const int fd = ::open(path_of(state).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return std::nullopt;
  auto lock = whole_file();
  std::optional<std::int64_t> out;
  if (::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK) out = pid_in(fd);
  ::close(fd);
  return out;
}

}  // namespace windlass::journal
