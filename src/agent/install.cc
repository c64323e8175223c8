#include "agent/install.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <vector>

#include "proc/fd.h"
#include "proc/spawn.h"

namespace windlass::agent {

namespace {

Result<> copy_program(const std::string& from, const std::string& to) {
  const auto broken = [](const std::string& what, const std::string& path) {
    return fail(ErrorKind::unavailable, "cannot " + what + " " + path + ": " + std::strerror(errno));
  };
  const proc::Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source.is_open()) return broken("read", from);
  const std::string fresh = to + ".new";
  const proc::Fd target(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755));
  if (!target.is_open()) return broken("write", fresh);
  std::vector<char> piece(256U << 10U);
  for (;;) {
    const auto count = ::read(source.get(), piece.data(), piece.size());
    if (count < 0) return broken("read", from);
    if (count == 0) break;
    for (ssize_t at = 0; at < count;) {
      const auto written = ::write(target.get(), piece.data() + at, static_cast<std::size_t>(count - at));
      if (written <= 0) return broken("write", fresh);
      at += written;
    }
  }
  if (::fchmod(target.get(), 0755) != 0 || ::rename(fresh.c_str(), to.c_str()) != 0) return broken("write", to);
  return {};
}

}  // namespace

Result<> check_executable(const std::string& folder) {
  struct statvfs found{};
  if (::statvfs(folder.c_str(), &found) != 0 || (found.f_flag & ST_NOEXEC) == 0) return {};
  return fail(ErrorKind::forbidden,
              folder +
                  " is on a file system from which no program may be started (noexec): the node mounts the volumes "
                  "of pods so, and the agent cannot be brought into a pod there");
}

namespace {

proc::Fd watch(const std::string& folder, std::uint32_t what) {
  proc::Fd out(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (out.is_open() && ::inotify_add_watch(out.get(), folder.c_str(), what | IN_ONLYDIR) < 0) out.reset();
  return out;
}

void drain(int fd) {
  std::array<char, 4096> bytes;
  while (::read(fd, bytes.data(), bytes.size()) > 0) {
  }
}

std::unexpected<Error> cannot_watch(const std::string& folder) {
  return fail(ErrorKind::unavailable, "cannot watch " + folder + ": " + std::strerror(errno));
}

sigset_t end_signals() {
  sigset_t out;
  sigemptyset(&out);
  sigaddset(&out, SIGTERM);
  sigaddset(&out, SIGINT);
  return out;
}

std::string given_up_path(const std::string& common_folder) { return common_folder + "/given-up"; }

}  // namespace

Result<> install_programs(const std::string& program, const std::string& folder) {
  WL_CHECK_OK(proc::ensure_folder(folder, 0755));
  WL_CHECK_OK(check_executable(folder));
  const std::string worker = program.substr(0, program.rfind('/') + 1) + "windlass-worker";
  if (::access(worker.c_str(), R_OK) == 0) WL_CHECK_OK(copy_program(worker, folder + "/windlass-worker"));
  return copy_program(program, folder + "/windlass-agent");
}

Result<> await_programs(const std::string& folder, std::chrono::milliseconds limit) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + limit;
  const auto program = folder + "/windlass-agent";
  WL_CHECK_OK(proc::ensure_folder(folder, 0755));
  const auto seen = watch(folder, IN_MOVED_TO);
  if (!seen.is_open()) return cannot_watch(folder);
  while (::access(program.c_str(), X_OK) != 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0)
      return fail(ErrorKind::timeout, program + " is not there after " + std::to_string(limit.count()) + " ms");
    pollfd one{seen.get(), POLLIN, 0};
    ::poll(&one, 1, static_cast<int>(left));
    drain(seen.get());
  }
  return {};
}

void mark_given_up(const std::string& common_folder) {
  const proc::Fd mark(::open(given_up_path(common_folder).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
}

void block_end_signals() {
  const auto numbers = end_signals();
  ::sigprocmask(SIG_BLOCK, &numbers, nullptr);
}

Result<> await_end(const std::string& common_folder) {
  const auto numbers = end_signals();
  const proc::Fd signals(::signalfd(-1, &numbers, SFD_CLOEXEC | SFD_NONBLOCK));
  // As the agents make it, whoever comes first.
  if (::mkdir(common_folder.c_str(), 01777) == 0) ::chmod(common_folder.c_str(), 01777);
  const auto seen = watch(common_folder, IN_CREATE);
  if (!signals.is_open() || !seen.is_open()) return cannot_watch(common_folder);
  while (::access(given_up_path(common_folder).c_str(), F_OK) != 0) {
    pollfd both[] = {{signals.get(), POLLIN, 0}, {seen.get(), POLLIN, 0}};
    ::poll(both, 2, -1);
    if ((both[0].revents & POLLIN) != 0) break;
    drain(seen.get());
  }
  return {};
}

}  // namespace windlass::agent
