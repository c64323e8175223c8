// The shim's dealings with processes: start, output, end, the ladder of signals.
#include <algorithm>
#include <functional>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "agent/shim.h"
#include "agent/shim_tags.h"
#include "agent/state_folder.h"
#include "proc/identity.h"
#include "proc/spawn.h"

namespace windlass::agent {

using namespace agentproto;

namespace {

/// A step that ends within this time costs no wake-up for its output.
constexpr Micros kQuiet = 2 * kMilli;
constexpr Micros kRest = kMilli;                 ///< of a pipe with much in small pieces
constexpr Micros kBusy = 2 * kMilli;             ///< written to again within that time
constexpr std::size_t kSmallPiece = 32U << 10U;  ///< an eighth of what it holds
constexpr Micros kStopGrace = 5 * kSecond;
constexpr int kMostKills = 5;

std::string server_cookie(const std::string& instance, const std::string& token) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a: names a task within one instance, guards nothing
  for (char c : token) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  std::string cookie = "JENKINS_SERVER_COOKIE=durable-" + instance.substr(0, 16);
  for (int shift = 60; shift >= 0; shift -= 4) cookie += kDigits[(hash >> static_cast<unsigned>(shift)) & 15U];
  return cookie;
}

std::string explain_start(const Spawn& spawn, const Error& error) {
  if (spawn.kind == kKindShell && error.kind == ErrorKind::not_found && spawn.program == "/bin/sh" &&
      ::access("/bin/sh", X_OK) != 0) {
    return "this machine or container has no /bin/sh, and a shell step needs one: use an image with a shell, or begin "
           "the "
           "script with the #! line of an interpreter that is there";
  }
  return error.text();
}

}  // namespace

void Shim::spawn(LinkChannel& link, const Spawn& order) {
  // An order of somebody who was superseded in the meantime.
  if (!is_served_by(order.owner, link)) return;
  if (auto known = tasks_.find(order.token); known != tasks_.end()) {
    send(order.owner, Started{order.token, known->second->record.pid});
    return;
  }
  auto task = std::make_unique<TaskEntry>();
  task->record.token = order.token;
  task->record.owner = order.owner;
  task->record.control_dir = order.control_dir;
  task->record.cookie = order.cookie;
  proc::SpawnOptions options;
  options.program = order.program;
  options.argv = order.argv;
  options.cwd = order.cwd;
  options.new_session = true;
  options.env.reserve(order.env.size() + 2);
  for (const auto& entry : order.env) {
    const bool is_replaced = entry.starts_with("JENKINS_SERVER_COOKIE=") ||
                             (!order.cookie.empty() && entry.starts_with("JENKINS_NODE_COOKIE="));
    if (!is_replaced) options.env.push_back(entry);
  }
  if (!order.cookie.empty()) options.env.push_back("JENKINS_NODE_COOKIE=" + order.cookie);
  options.env.push_back(server_cookie(instance_, order.token));

  for (unsigned i = 0; i < 2; ++i) task->streams[i].name(cipher_, options_.state_dir, order.token, i);
  proc::Fd log = task->streams[0].open();
  proc::Fd out;
  if (order.capture_stdout != 0) out = task->streams[1].open();
  if (!log.is_open() || (order.capture_stdout != 0 && !out.is_open())) {
    send(order.owner, StartFailed{order.token, "the agent has no descriptor free for another task"});
    return;
  }
  options.fds = {{out.is_open() ? out.get() : log.get(), 1}, {log.get(), 2}};
  task->started_at = now();
  auto pid = proc::spawn_pid(options);
  log.reset();
  out.reset();
  fault_.pass("spawned");
  if (!pid) {
    const auto kind = pid.error().kind;
    if (order.kind != kKindHashBang || (kind != ErrorKind::not_found && kind != ErrorKind::forbidden)) {
      send(order.owner, StartFailed{order.token, explain_start(order, pid.error())});
      return;
    }
    // A shell that cannot find the interpreter of a script says so and ends with 127 (126: it may not be executed).
    TaskEntry& entry = *(tasks_[order.token] = std::move(task));
    entry.streams[0].append(order.argv.back() + ": " + order.program +
                            (kind == ErrorKind::not_found ? ": not found\n" : ": Permission denied\n"));
    send(order.owner, Started{order.token, 0});
    end_task(entry, kind == ErrorKind::not_found ? 127 : 126, 0);
    return;
  }
  TaskEntry& entry = *(tasks_[order.token] = std::move(task));
  entry.record.pid = static_cast<std::uint64_t>(*pid);
  if (auto stat = proc::read_proc_stat(*pid)) entry.record.pid_start = stat->start_time;
  by_pid_[*pid] = &entry;
  entry.serial = next_serial_++;
  by_serial_[entry.serial] = &entry;
  entry.quiet_until = entry.started_at + kQuiet;
  quiet_.push_back(&entry);
  write_down(entry);
  send(order.owner, Started{order.token, entry.record.pid});
}

void Shim::watch(TaskEntry& task) {
  if (task.is_watched) return;
  task.is_watched = true;
  for (unsigned i = 0; i < 2; ++i) {
    if (task.streams[i].pipe() < 0) continue;
    epoll_event event{.events = EPOLLIN, .data = {.u64 = kTagTasks + 2 * task.serial + i}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, task.streams[i].pipe(), &event);
  }
}

void Shim::unwatch(int pipe) { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, pipe, nullptr); }

void Shim::on_pipe(std::uint64_t tag) {
  if ((tag & kTagOrphan) != 0) {
    const int fd = static_cast<int>(tag & ~kTagOrphan);
    char bytes[16U << 10U];
    const auto count = ::read(fd, bytes, sizeof bytes);
    if (count == 0) orphans_.erase(fd);
    return;
  }
  const auto found = by_serial_.find((tag - kTagTasks) / 2);
  if (found == by_serial_.end()) return;
  TaskEntry& task = *found->second;
  auto& stream = task.streams[tag & 1U];
  // Bounded, so that one noisy task does not keep the others waiting. A closed pipe leaves the epoll set by itself.
  stream.pump(1U << 20U, room());
  if (!stream.trouble().empty() && !task.is_stop_ordered) {
    complain(options_.state_dir, stream.trouble());
    stop(task, kStopGrace);
  }
  rest_if_busy(task, tag);
  mark(task);
}

OutputStream* Shim::find_stream(std::uint64_t tag) {
  const auto found = by_serial_.find((tag - kTagTasks) / 2);
  return found == by_serial_.end() ? nullptr : &found->second->streams[tag & 1U];
}

void Shim::watch_pipe(std::uint64_t tag, bool wanted) {
  const auto* stream = find_stream(tag);
  if (stream == nullptr || stream->pipe() < 0) return;
  epoll_event event{.events = wanted ? static_cast<std::uint32_t>(EPOLLIN) : 0U, .data = {.u64 = tag}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, stream->pipe(), &event);
}

void Shim::rest_if_busy(TaskEntry& task, std::uint64_t tag) {
  const auto& stream = task.streams[tag & 1U];
  if (!stream.is_spilled() || stream.pipe() < 0) return;
  const Micros time = now();
  const Micros before = std::exchange(task.pumped_at[tag & 1U], time);
  if (stream.pumped() >= kSmallPiece || time - before > kBusy) return;
  watch_pipe(tag, false);
  resting_.push_back({tag, time + kRest});
}

void Shim::on_child_signal() {
  signalfd_siginfo info;
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
    if (info.ssi_signo != SIGCHLD) begin_to_end();
  }
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid == link_pid_) {
      on_link_process_ended(pid);
    } else if (pid == dialer_pid_) {
      on_dialer_ended(status);
    } else if (auto found = by_pid_.find(pid); found != by_pid_.end()) {
      on_main_ended(*found->second, status);
    }
  }
  if (!ladders_.empty()) climb(true);
}

void Shim::begin_to_end() {
  if (std::exchange(is_stopping_, true)) return;
  stop_deadline_ = now() + 2 * kStopGrace;
  // A container that is ended takes its shells with it: they did not end by themselves, and nobody is to hear that.
  if (options_.is_open_to_pod) {
    for (const auto companion : {dialer_pid_, link_pid_}) {
      if (companion != 0) ::kill(static_cast<pid_t>(companion), SIGKILL);
    }
  }
  for (auto& [token, task] : tasks_) stop(*task, kStopGrace);
}

void Shim::on_main_ended(TaskEntry& task, int wait_status) {
  by_pid_.erase(static_cast<std::int64_t>(task.record.pid));
  for (auto& stream : task.streams) {
    stream.drain(room());
    stream.stop_recording();
  }
  const auto status = proc::make_exit_status(wait_status);
  end_task(task, status.code, status.signal);
}

void Shim::end_task(TaskEntry& task, int code, int signal) {
  std::erase(quiet_, &task);
  if (task.serial != 0 && !task.is_watched) watch(task);  // a survivor may write on: its pipe is emptied, not kept
  auto& record = task.record;
  record.state = State::ended;
  record.exit.code = static_cast<std::uint32_t>(code);
  record.exit.signal = static_cast<std::uint32_t>(signal);
  record.exit.elapsed_ms = static_cast<std::uint64_t>((now() - task.started_at + kMilli / 2) / kMilli);
  record.exit.log_bytes = task.streams[0].size();
  record.exit.out_bytes = task.streams[1].size();
  record.log_head = cipher_.applied(record.token, 0, task.streams[0].head());
  record.out_head = cipher_.applied(record.token, 1, task.streams[1].head());
  record.spilled =
      static_cast<std::uint8_t>((task.streams[0].is_spilled() ? 1U : 0U) | (task.streams[1].is_spilled() ? 2U : 0U));
  const std::string& trouble =
      task.streams[0].trouble().empty() ? task.streams[1].trouble() : task.streams[0].trouble();
  if (!trouble.empty()) record.state = State::lost;
  fault_.pass("before-end");
  write_down(task);
  fault_.pass("after-end");
  if (!trouble.empty()) {
    send(record.owner, StartFailed{record.token, trouble});
  } else {
    mark(task);
  }
  record.log_head.clear();
  record.out_head.clear();
}

void Shim::stop(TaskEntry& task, Micros grace) {
  const auto session = static_cast<std::int64_t>(task.record.pid);
  task.is_stop_ordered = true;
  if (task.record.state == State::lost || session == 0) return;
  for (auto& ladder : ladders_) {
    if (ladder.query.session != session) continue;
    ladder.kill_at = std::min(ladder.kill_at, now() + grace);
    return;
  }
  // An ended shell's number may belong to somebody else by now; its cookie does not.
  const bool is_running = task.record.state == State::running;
  add_ladder({.query = {.session = is_running ? session : 0, .cookie = server_cookie(instance_, task.record.token)},
              .kill_at = now() + grace});
}

void Shim::add_ladder(Ladder ladder) {
  const bool is_immediate = ladder.kill_at <= now();
  ladder.ended = static_cast<std::uint32_t>(proc::signal_tree(ladder.query, is_immediate ? SIGKILL : SIGTERM));
  if (ladder.ended == 0) {
    if (auto* link = ladder.is_cookie ? find_link(ladder.asker) : nullptr) {
      append_frame(link->out.tail(), CookieKilled{ladder.cookie, 0});
    }
    return;
  }
  if (is_immediate) {
    ladder.kills = 1;
    ladder.kill_at = now() + 50 * kMilli;
  }
  ladders_.push_back(std::move(ladder));
}

void Shim::climb(bool children_changed) {
  const Micros time = now();
  std::erase_if(ladders_, [&](Ladder& ladder) {
    const bool is_due = ladder.kill_at <= time;
    if (!is_due && !children_changed) return false;
    bool is_over = false;
    if (is_due) {
      is_over = proc::signal_tree(ladder.query, SIGKILL) == 0 || ++ladder.kills > kMostKills;
      ladder.kill_at = time + 50 * kMilli;
    } else {
      is_over = proc::find_tree(ladder.query).empty();
    }
    if (auto* link = is_over && ladder.is_cookie ? find_link(ladder.asker) : nullptr) {
      append_frame(link->out.tail(), CookieKilled{ladder.cookie, ladder.ended});
    }
    return is_over;
  });
}

void Shim::kill_cookie(LinkChannel& link, const KillCookie& order) {
  if (order.cookie.empty() || !has_foreign_children()) {
    append_frame(link.out.tail(), CookieKilled{order.cookie, 0});
    return;
  }
  add_ladder({.query = {.cookie = "JENKINS_NODE_COOKIE=" + order.cookie},
              .kill_at = now() + Micros{order.grace_ms} * kMilli,
              .is_cookie = true,
              .cookie = order.cookie,
              .asker = link.id});
}

bool Shim::has_foreign_children() const {
  auto children = proc::list_children();
  if (!children) return true;
  return std::any_of(children->begin(), children->end(),
                     [&](std::int64_t pid) { return pid != link_pid_ && pid != dialer_pid_; });
}

void Shim::forget(const std::string& token) {
  auto found = tasks_.find(token);
  if (found == tasks_.end()) return;
  TaskEntry& task = *found->second;
  if (task.record.state == State::running) {
    stop(task, 0);
    by_pid_.erase(static_cast<std::int64_t>(task.record.pid));
  }
  report_trouble(ledger_.append(Forget{token}));
  for (auto& stream : task.streams) {
    stream.stop_recording();
    stream.remove_file();
    if (stream.pipe() < 0) continue;
    // Somebody who survived holds it: emptied for as long as he writes, so that he is not ended by SIGPIPE.
    stream.pump(1U << 20U, room());
    if (stream.pipe() < 0) continue;
    proc::Fd pipe = stream.take_pipe();
    const int fd = pipe.get();
    epoll_event event{.events = EPOLLIN, .data = {.u64 = kTagOrphan | static_cast<std::uint64_t>(fd)}};
    ::epoll_ctl(epoll_.get(), task.is_watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    orphans_[fd] = std::move(pipe);
  }
  std::erase(quiet_, &task);
  std::erase(dirty_, &task);
  by_serial_.erase(task.serial);
  tasks_.erase(found);
}

}  // namespace windlass::agent
