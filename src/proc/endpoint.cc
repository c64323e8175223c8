#include "proc/endpoint.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace windlass::proc {
namespace {

ErrorKind kind_of(int error) {
  switch (error) {
    case ENOENT:
      return ErrorKind::not_found;
    case EACCES:
    case EPERM:
      return ErrorKind::forbidden;
    default:
      return ErrorKind::unavailable;
  }
}

struct Address {
  Fd folder;
  sockaddr_un raw{};
};

Result<Address> make_address(const std::string& folder, const std::string& name) {
  Address address;
  address.raw.sun_family = AF_UNIX;
  std::string path = folder + "/" + name;
  if (path.size() >= sizeof address.raw.sun_path) {
    address.folder = Fd(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!address.folder.is_open()) {
      return fail(kind_of(errno), "cannot open the folder " + folder + ": " + std::strerror(errno));
    }
    path = "/proc/self/fd/" + std::to_string(address.folder.get()) + "/" + name;
  }
  std::memcpy(address.raw.sun_path, path.c_str(), path.size() + 1);
  return address;
}

}  // namespace

Result<std::optional<Fd>> try_lock(const std::string& path) {
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.is_open()) return fail(kind_of(errno), "cannot open the lock " + path + ": " + std::strerror(errno));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<Fd>{};
    return fail(kind_of(errno), "cannot lock " + path + ": " + std::strerror(errno));
  }
  return std::optional<Fd>(std::move(file));
}

std::optional<ProcessIdentity> read_lock_owner(const std::string& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return std::nullopt;
  char bytes[256];
  const auto count = ::read(file.get(), bytes, sizeof bytes);
  return count > 0 ? parse_identity(std::string_view(bytes, static_cast<std::size_t>(count))) : std::nullopt;
}

void write_lock_owner(const Fd& lock, const ProcessIdentity& identity) {
  const std::string text = format_identity(identity) + "\n";
  // A lock without a name is still a lock, so a failure here changes nothing.
  if (::pwrite(lock.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size())) {
    (void)!::ftruncate(lock.get(), static_cast<off_t>(text.size()));
  }
}

Result<Fd> listen_in(const std::string& folder, const std::string& name) {
  auto address = WL_TRY(make_address(folder, name));
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open())
    return fail(ErrorKind::exhausted, std::string("cannot make a socket: ") + std::strerror(errno));
  ::unlink((folder + "/" + name).c_str());
  ::fchmod(socket.get(), 0600);  // before bind: the file is made with these rights
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address.raw), sizeof address.raw) != 0 ||
      ::listen(socket.get(), 64) != 0) {
    return fail(kind_of(errno), "cannot listen on " + folder + "/" + name + ": " + std::strerror(errno));
  }
  return socket;
}

Result<Fd> connect_in(const std::string& folder, const std::string& name) {
  auto address = WL_TRY(make_address(folder, name));
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open())
    return fail(ErrorKind::exhausted, std::string("cannot make a socket: ") + std::strerror(errno));
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address.raw), sizeof address.raw) != 0) {
    return fail(kind_of(errno), "nobody listens on " + folder + "/" + name + ": " + std::strerror(errno));
  }
  return socket;
}

}  // namespace windlass::proc
