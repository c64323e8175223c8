#include "journal/owner_lock.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>
#include <utility>

#include "journal/seal.h"
#include "store/database.h"

namespace windlass::journal {

namespace {

constexpr std::string_view kMagic = "WLOWNER1";
constexpr std::size_t kSize = 72;

std::string encode(const OwnerHint& hint) {
  std::string out(kMagic);
  const auto put = [&](std::uint64_t value) {
    for (int i = 0; i < 8; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
  };
  put(static_cast<std::uint64_t>(hint.pid));
  put(hint.epoch);
  put(hint.sequence);
  put(hint.log_bytes);
  out.append(reinterpret_cast<const char*>(hint.chain.data()), hint.chain.size());
  const auto check = Digester().bytes(out).finish();
  out.append(reinterpret_cast<const char*>(check.data()), check.size());
  return out;
}

std::optional<OwnerHint> decode(int fd) {
  char raw[kSize];
  if (::pread(fd, raw, kSize, 0) != static_cast<ssize_t>(kSize)) return std::nullopt;
  const std::string_view bytes(raw, kSize);
  const auto check = Digester().bytes(bytes.substr(0, kSize - 16)).finish();
  if (!bytes.starts_with(kMagic) || std::memcmp(check.data(), raw + kSize - 16, 16) != 0) return std::nullopt;
  const auto get = [&](std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) value |= std::uint64_t{static_cast<unsigned char>(raw[at + i])} << (8 * i);
    return value;
  };
  OwnerHint hint{static_cast<std::int64_t>(get(8)), get(16), get(24), get(32), {}};
  std::memcpy(hint.chain.data(), raw + 40, 16);
  return hint;
}

std::string lock_path(const std::string& folder) { return folder + "/owner.lock"; }

}  // namespace

Result<OwnerLock> OwnerLock::take(const std::string& folder) {
  const std::string path = lock_path(folder);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return fail(store::make_system_error(errno, path, "open"));
  OwnerLock lock(fd);
  // Who lists runs holds a shared lock for an instant; only one that stays is an owner's.
  constexpr int kTries = 20;
  int code = ::flock(fd, LOCK_EX | LOCK_NB);
  for (int i = 0; code != 0 && (errno == EINTR || (errno == EWOULDBLOCK && i < kTries)); ++i) {
    const timespec pause{0, 1'000'000};
    ::nanosleep(&pause, nullptr);
    code = ::flock(fd, LOCK_EX | LOCK_NB);
  }
  if (code != 0) {
    if (errno != EWOULDBLOCK) return fail(store::make_system_error(errno, path, "lock"));
    const auto owner = decode(fd);
    SentencePart who = Sentence{"another process", "另一进程"};
    if (owner) {
      who.en = "process " + std::to_string(owner->pid);
      who.zh = "进程 " + std::to_string(owner->pid) + " ";
    }
    return fail(ErrorKind::conflict,
                {"the run is being executed by {}; wait until it is done, or end that process first",
                 "该运行正由{}执行；请等它完成，或先结束该进程"},
                {who});
  }
  lock.previous_ = decode(fd);
  return lock;
}

OwnerLock::OwnerLock(OwnerLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), previous_(std::move(other.previous_)) {}

OwnerLock::~OwnerLock() {
  if (fd_ >= 0) ::close(fd_);
}

void OwnerLock::leave(const OwnerHint& hint) const {
  const std::string bytes = encode(hint);
  [[maybe_unused]] const auto wrote = ::pwrite(fd_, bytes.data(), bytes.size(), 0);
}

std::optional<OwnerHint> read_hint(const std::string& folder) {
  const int fd = ::open(lock_path(folder).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  auto hint = decode(fd);
  ::close(fd);
  return hint;
}

OwnerProbe probe_owner(const std::string& folder) {
  OwnerProbe probe;
  const int fd = ::open(lock_path(folder).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return probe;
  // A shared lock asks without standing in the way of other askers.
  if (::flock(fd, LOCK_SH | LOCK_NB) != 0) probe.held = errno == EWOULDBLOCK;
  probe.hint = decode(fd);
  if (probe.held && probe.hint) probe.pid = probe.hint->pid;
  ::close(fd);
  return probe;
}

}  // namespace windlass::journal
