// posix_spawn says only errno, so what was missing is looked up afterwards.
#include "proc/spawn.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace windlass::proc {
namespace {

ErrorKind kind_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return ErrorKind::not_found;
    case EACCES:
    case EPERM:
      return ErrorKind::forbidden;
    case E2BIG:
    case ENOEXEC:
    case ELOOP:
    case ENAMETOOLONG:
      return ErrorKind::invalid;
    case EAGAIN:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
      return ErrorKind::exhausted;
    default:
      return ErrorKind::unavailable;
  }
}

bool is_folder(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::unexpected<Error> explain(const SpawnOptions& options, int error) {
  const std::string reason = std::strerror(error);
  if (!options.cwd.empty() && !is_folder(options.cwd)) {
    return fail(kind_of(error), "cannot run " + options.program + ": no folder " + options.cwd);
  }
  if (!options.cwd.empty() && error == EACCES && ::access(options.cwd.c_str(), X_OK) != 0) {
    return fail(kind_of(error),
                "cannot run " + options.program + ": the folder " + options.cwd + " may not be entered");
  }
  if (error == E2BIG) {
    return fail(kind_of(error), "cannot run " + options.program + ": arguments and environment are too large");
  }
  if (error == ENOENT && ::access(options.program.c_str(), F_OK) == 0) {
    return fail(kind_of(error), "cannot run " + options.program + ": its interpreter or loader is missing");
  }
  return fail(kind_of(error), "cannot run " + options.program + ": " + reason);
}

struct FileActions {
  posix_spawn_file_actions_t raw{};
  FileActions() { posix_spawn_file_actions_init(&raw); }
  ~FileActions() { posix_spawn_file_actions_destroy(&raw); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
};

std::vector<char*> pointers(const std::vector<std::string>& list) {
  std::vector<char*> out;
  out.reserve(list.size() + 1);
  for (const auto& text : list) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

}  // namespace

ExitStatus make_exit_status(int wait_status) {
  if (WIFSIGNALED(wait_status)) return {128 + WTERMSIG(wait_status), WTERMSIG(wait_status)};
  return {WEXITSTATUS(wait_status), 0};
}

Result<std::int64_t> spawn_pid(const SpawnOptions& options) {
  FileActions actions;
  // A source that is also somebody's target would be overwritten before its turn: such sources are moved away first.
  int highest = 2;
  for (auto [ours, theirs] : options.fds) highest = std::max(highest, theirs);
  std::vector<Fd> moved;
  bool given[3] = {false, false, false};
  for (auto [ours, theirs] : options.fds) {
    int source = ours;
    if (source <= highest) {
      moved.emplace_back(::fcntl(ours, F_DUPFD_CLOEXEC, highest + 1));
      source = moved.back().get();
      if (source < 0)
        return fail(ErrorKind::exhausted, {"cannot run {}: no descriptor is free", "无法运行 {}：没有空闲的描述符"},
                    {options.program});
    }
    if (theirs < 3) given[theirs] = true;
    posix_spawn_file_actions_adddup2(&actions.raw, source, theirs);
  }
  for (int fd = 0; fd < 3; ++fd) {
    if (!given[fd]) {
      posix_spawn_file_actions_addopen(&actions.raw, fd, "/dev/null", fd == 0 ? O_RDONLY : O_WRONLY, 0);
    }
  }
  posix_spawn_file_actions_addclosefrom_np(&actions.raw, highest + 1);
  if (!options.cwd.empty()) posix_spawn_file_actions_addchdir_np(&actions.raw, options.cwd.c_str());

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  if (options.new_session) flags |= POSIX_SPAWN_SETSID;
  posix_spawnattr_setflags(&attributes, flags);

  auto argv = pointers(options.argv);
  auto env = pointers(options.env);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, options.program.c_str(), &actions.raw, &attributes, argv.data(), env.data());
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return explain(options, error);
  return pid;
}

Result<Process> spawn(const SpawnOptions& options) {
  Process process;
  process.pid_ = WL_TRY(spawn_pid(options));
  // It is our child and not yet waited for, so the number still means it.
  process.pidfd_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid_, 0)));
  if (!process.pidfd_.is_open()) {
    ::kill(static_cast<pid_t>(process.pid_), SIGKILL);
    ::waitpid(static_cast<pid_t>(process.pid_), nullptr, 0);
    return fail(ErrorKind::unsupported, {"cannot watch processes: this kernel has no pidfd_open (Linux 5.3 or newer)",
                                         "无法监视进程：此内核没有 pidfd_open（需 Linux 5.3 或更新）"});
  }
  return process;
}

std::optional<ExitStatus> Process::try_wait() {
  if (status_ || pid_ == 0) return status_;
  int status = 0;
  if (::waitpid(static_cast<pid_t>(pid_), &status, WNOHANG) == pid_) status_ = make_exit_status(status);
  return status_;
}

std::optional<ExitStatus> Process::wait_for(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    if (auto status = try_wait()) return status;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() < 0) return std::nullopt;
    pollfd watched{pidfd_.get(), POLLIN, 0};
    ::poll(&watched, 1, static_cast<int>(left.count()) + 1);
  }
}

void Process::signal(int number) const {
  if (!status_ && pidfd_.is_open()) ::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0);
}

Result<std::string> find_program(std::string_view name, std::string_view path) {
  if (name.empty()) return fail(ErrorKind::invalid, {"no program named", "没有指定程序"});
  if (name.find('/') != std::string_view::npos) return std::string(name);
  while (true) {
    const auto colon = path.find(':');
    std::string candidate(path.substr(0, colon));
    if (candidate.empty()) candidate = ".";
    candidate += '/';
    candidate += name;
    struct stat status{};
    if (::access(candidate.c_str(), X_OK) == 0 && ::stat(candidate.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
      return candidate;
    }
    if (colon == std::string_view::npos) break;
    path.remove_prefix(colon + 1);
  }
  return fail(ErrorKind::not_found, {"no program {} on the PATH", "PATH 中没有程序 {}"}, {name});
}

namespace {

/// Whose folder it is that lets us not in; empty: that is not why. Images and pods bring users of their own. A folder
/// of root's is a path that is not ours at all, and another user would be no help.
std::string of_another_user(const std::string& path, int error) {
  if (error != EACCES && error != EPERM) return {};
  auto folder = path;
  struct stat info{};
  do {
    const auto slash = folder.rfind('/');
    if (slash == std::string::npos || folder.size() == 1) return {};
    folder.resize(std::max<std::size_t>(slash, 1));
  } while (::stat(folder.c_str(), &info) != 0);
  if (info.st_uid == ::geteuid() || info.st_uid == 0) return {};
  return "; " + folder + " belongs to user " + std::to_string(info.st_uid) + " and this process is user " +
         std::to_string(::geteuid()) + ": let both be one user (in a pod: runAsUser of the containers)";
}

/// Makes one folder. Below a folder that a group shares (its files are the group's, and it may write there: a pod's
/// volume with an fsGroup) the group may write too, whoever of its members was first.
bool make_folder(const std::string& path, unsigned mode) {
  if (::mkdir(path.c_str(), mode) != 0) return false;
  constexpr unsigned kShared = S_ISGID | S_IWGRP, kOpen = S_IRGRP | S_IXGRP;
  struct stat around{};
  if ((mode & kOpen) == kOpen && ::stat((path + "/..").c_str(), &around) == 0 &&
      (around.st_mode & kShared) == kShared) {
    (void)::chmod(path.c_str(), mode | kShared);
  }
  return true;
}

}  // namespace

Result<> ensure_folder(const std::string& path, unsigned mode) {
  if (make_folder(path, mode)) return {};
  if (errno == EEXIST && is_folder(path)) return {};
  if (errno == ENOENT) {
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
      const std::string parent = path.substr(0, slash);
      if (!make_folder(parent, mode) && errno != EEXIST) {
        const int error = errno;
        return fail(kind_of(error),
                    "cannot make the folder " + parent + ": " + std::strerror(error) + of_another_user(parent, error));
      }
    }
    if (make_folder(path, mode) || (errno == EEXIST && is_folder(path))) return {};
  }
  const int error = errno;
  return fail(kind_of(error), "cannot make the folder " + path + ": " +
                                  (error == EEXIST ? "something else has that name" : std::strerror(error)) +
                                  of_another_user(path, error));
}

}  // namespace windlass::proc
