// Three pipes and a pidfd in one poll loop; the end of the process ends the reading even if a grandchild holds a pipe.
#include "proc/run_capture.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>

namespace windlass::proc {
namespace {

constexpr std::chrono::milliseconds kAskEvery{100};
constexpr std::chrono::seconds kGentle{2};

struct Pipe {
  Fd read, write;
  bool open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    read = Fd(ends[0]);
    write = Fd(ends[1]);
    return true;
  }
};

/// Reads what is there. False at the end of the stream.
bool drain(const Fd& fd, std::string& into, std::size_t max_bytes, bool& is_truncated) {
  char bytes[64U << 10U];
  for (;;) {
    const auto count = ::read(fd.get(), bytes, sizeof bytes);
    if (count == 0) return false;
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    const std::size_t room = max_bytes - std::min(max_bytes, into.size());
    into.append(bytes, std::min(room, static_cast<std::size_t>(count)));
    if (static_cast<std::size_t>(count) > room) is_truncated = true;
  }
}

std::string_view path_of(const std::vector<std::string>& env) {
  for (const auto& entry : env) {
    if (entry.starts_with("PATH=")) return std::string_view(entry).substr(5);
  }
  return "/usr/local/bin:/usr/bin:/bin";
}

}  // namespace

Result<Captured> run_capture(const CaptureOptions& options) {
  if (options.argv.empty()) return fail(ErrorKind::invalid, {"no program to run", "没有要运行的程序"});
  SpawnOptions spawned;
  spawned.program = WL_TRY(find_program(options.argv[0], path_of(options.env)));
  spawned.argv = options.argv;
  spawned.env = options.env;
  spawned.cwd = options.cwd;
  spawned.new_session = true;
  Pipe in, out, err;
  if (!in.open() || !out.open() || (!options.join_err && !err.open())) {
    return fail(ErrorKind::exhausted, "cannot run " + options.argv[0] + ": no pipe: " + std::strerror(errno));
  }
  const int error_target = options.join_err ? out.write.get() : err.write.get();
  spawned.fds = {{in.read.get(), 0}, {out.write.get(), 1}, {error_target, 2}};
  auto process = WL_TRY(spawn(spawned));
  in.read.reset();
  out.write.reset();
  err.write.reset();
  for (const Fd* fd : {&in.write, &out.read, &err.read}) {
    if (fd->is_open()) ::fcntl(fd->get(), F_SETFL, O_NONBLOCK);
  }
  if (options.input.empty()) in.write.reset();

  // A child that ends without reading its input must not end us: only this thread's SIGPIPE is held back.
  sigset_t pipe_signal, before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);

  Captured captured;
  std::size_t written = 0;
  const auto end = std::chrono::steady_clock::now() + options.limit;
  bool is_late = false;
  bool is_cancelled = false;
  while (!process.try_wait()) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (options.cancelled && !is_cancelled && options.cancelled()) {
      // Programs like git remove their lock files when they are asked to end.
      is_cancelled = true;
      ::kill(static_cast<pid_t>(-process.pid()), SIGTERM);
      if (process.wait_for(kGentle)) break;
      left = std::chrono::milliseconds(-1);
    }
    if (left.count() < 0) {
      is_late = true;
      ::kill(static_cast<pid_t>(-process.pid()), SIGKILL);
      process.signal(SIGKILL);
      process.wait_for(std::chrono::seconds(5));
      break;
    }
    pollfd watched[4] = {{process.pidfd(), POLLIN, 0},
                         {out.read.get(), POLLIN, 0},
                         {err.read.get(), POLLIN, 0},
                         {in.write.get(), POLLOUT, 0}};
    if (options.cancelled) left = std::min(left, kAskEvery);
    ::poll(watched, 4, static_cast<int>(left.count()) + 1);
    if (watched[1].revents != 0 && !drain(out.read, captured.out, options.max_bytes, captured.is_truncated)) {
      out.read.reset();
    }
    if (watched[2].revents != 0 && !drain(err.read, captured.err, options.max_bytes, captured.is_truncated)) {
      err.read.reset();
    }
    if (watched[3].revents != 0) {
      const auto count = ::write(in.write.get(), options.input.data() + written, options.input.size() - written);
      if (count > 0) written += static_cast<std::size_t>(count);
      if (written == options.input.size() || (count < 0 && errno != EAGAIN)) in.write.reset();
    }
  }
  if (out.read.is_open()) drain(out.read, captured.out, options.max_bytes, captured.is_truncated);
  if (err.read.is_open()) drain(err.read, captured.err, options.max_bytes, captured.is_truncated);
  const timespec none{};
  while (sigtimedwait(&pipe_signal, nullptr, &none) > 0) {
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (is_cancelled) return fail(ErrorKind::cancelled, {"{} was asked to stop", "{} 已被要求停止"}, {options.argv[0]});
  if (is_late) {
    return fail(ErrorKind::timeout, {"{} did not end within {} ms and was killed", "{} 在 {} 毫秒内没有结束，已被终止"},
                {options.argv[0], options.limit.count()});
  }
  captured.status = *process.try_wait();
  return captured;
}

}  // namespace windlass::proc
