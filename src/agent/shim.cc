// The shim's loop, its beginning and its end. Links and owners: shim_links.cc. Processes: shim_tasks.cc.
#include "agent/shim.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/shim_tags.h"
#include "agent/state_folder.h"
#include "proc/endpoint.h"
#include "proc/identity.h"
#include "proc/spawn.h"

namespace windlass::agent {

using namespace agentproto;

namespace {

constexpr Micros kNever = std::numeric_limits<Micros>::max();

std::string make_instance_id() {
  unsigned char bytes[16] = {};
  if (::getrandom(bytes, sizeof bytes, 0) != sizeof bytes) {
    const Micros time = now();
    const auto pid = static_cast<std::uint64_t>(::getpid());
    std::copy_n(reinterpret_cast<const unsigned char*>(&time), 8, bytes);
    std::copy_n(reinterpret_cast<const unsigned char*>(&pid), 8, bytes + 8);
  }
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string id;
  for (unsigned char byte : bytes) {
    id += kDigits[byte >> 4U];
    id += kDigits[byte & 15U];
  }
  return id;
}

/// Kills and waits until the kernel has taken them away. They are nobody's children here, so nothing announces their
/// end.
void end_leftovers(const proc::TreeQuery& query) {
  constexpr int kMostTries = 2000;
  for (int i = 0; i < kMostTries && proc::signal_tree(query, SIGKILL) > 0; ++i) {
    const timespec pause{0, 1'000'000};
    ::nanosleep(&pause, nullptr);
  }
}

}  // namespace

Shim::Shim(ShimOptions options) : options_(std::move(options)), fault_(options_.shim_fault) {}
Shim::~Shim() = default;

int Shim::run() {
  if (auto ready = prepare(); !ready) {
    complain(options_.state_dir, ready.error().text());
    return ready.error().kind == ErrorKind::conflict ? 75 : 1;
  }
  epoll_event events[64];
  while (!is_done()) {
    const Micros deadline = next_deadline();
    int wait = -1;
    if (deadline != kNever) {
      wait = static_cast<int>(std::clamp<Micros>((deadline - now() + kMilli - 1) / kMilli, 0, 3'600'000));
    }
    const int count = ::epoll_wait(epoll_.get(), events, 64, wait);
    for (int i = 0; i < count; ++i) {
      switch (events[i].data.u64) {
        case kTagSignals:
          on_child_signal();
          break;
        case kTagListener:
          start_link_process();
          break;
        case kTagDirect:
          accept_direct();
          break;
        case kTagFolder:
          on_folder_event();
          break;
        default:
          if ((events[i].data.u64 & (kTagLink | kTagOrphan)) == kTagLink) {
            read_link(events[i].data.u64 & ~kTagLink);
          } else {
            on_pipe(events[i].data.u64);
          }
      }
    }
    on_deadlines();
    tell_links();
  }
  // Whatever our shells left is our child by now, however it was started.
  if (tasks_.empty() && orphans_.empty() && !has_foreign_children()) report_trouble(ledger_.append_clean_end());
  return 0;
}

Result<> Shim::prepare() {
  const std::string& dir = options_.state_dir;
  WL_CHECK_OK(proc::ensure_folder(dir, 0700));
  WL_CHECK_OK(proc::ensure_folder(output_folder(dir), 0700));
  if (!options_.lock.is_open()) {
    auto lock = WL_TRY(proc::try_lock(lock_path(dir)));
    if (!lock) {
      auto owner = proc::read_lock_owner(lock_path(dir));
      return fail(ErrorKind::conflict, "an agent lives in " + dir + " already, process " +
                                           (owner ? std::to_string(owner->pid) : std::string("unknown")));
    }
    options_.lock = std::move(*lock);
  }
  proc::write_lock_owner(options_.lock, WL_TRY(proc::identify(::getpid())));
  instance_ = make_instance_id();
  boot_id_ = proc::read_boot_id();
  cipher_ = WL_TRY(OutputCipher::open(dir));
  WL_CHECK_OK(adopt_former_shim());
  if (!options_.listener.is_open()) options_.listener = WL_TRY(proc::listen_in(dir, kSocketName));
  if (!options_.direct_listener.is_open()) options_.direct_listener = WL_TRY(proc::listen_in(dir, kDirectName));

  if (::getsid(0) != ::getpid()) ::setsid();
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t handled;
  sigemptyset(&handled);
  for (int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGPIPE}) sigaddset(&handled, number);
  ::sigprocmask(SIG_BLOCK, &handled, nullptr);
  sigdelset(&handled, SIGPIPE);
  sigdelset(&handled, SIGHUP);
  signals_ = proc::Fd(::signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK));
  epoll_ = proc::Fd(::epoll_create1(EPOLL_CLOEXEC));
  if (!signals_.is_open() || !epoll_.is_open()) return fail(ErrorKind::exhausted, "no descriptors for the agent");
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kTagSignals}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, signals_.get(), &event);
  event = {.events = EPOLLIN, .data = {.u64 = kTagDirect}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, options_.direct_listener.get(), &event);
  event = {.events = EPOLLIN | EPOLLONESHOT, .data = {.u64 = kTagListener}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, options_.listener.get(), &event);
  watch_folder();
  if (options_.is_open_to_pod) {
    // Names can be reached, nothing in here can be read: sockets are all that others may use.
    ::chmod(dir.c_str(), 0711);
    ::chmod((dir + "/" + kSocketName).c_str(), 0666);
  }
  start_dialer();
  // A pod is there for a run, which need not wait for it: elsewhere a link begins when somebody knocks.
  if (!options_.dial.url.empty()) start_link_process();
  idle_since_ = now();
  return {};
}

void Shim::watch_folder() {
  // Its parent is watched, not the folder: what is open in there keeps the folder itself from telling that it is gone.
  const std::string& dir = options_.state_dir;
  const auto slash = dir.find_last_of('/');
  const std::string parent = slash == std::string::npos ? "." : dir.substr(0, std::max<std::size_t>(slash, 1));
  folder_watch_ = proc::Fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!folder_watch_.is_open()) return;  // only the time limits end an agent whose folder is gone
  ::inotify_add_watch(folder_watch_.get(), parent.c_str(), IN_DELETE | IN_ONLYDIR);
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kTagFolder}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, folder_watch_.get(), &event);
}

void Shim::on_folder_event() {
  alignas(inotify_event) std::array<char, 4096> events;
  while (::read(folder_watch_.get(), events.data(), events.size()) > 0) {
  }
  if (::access(options_.state_dir.c_str(), F_OK) == 0 || errno != ENOENT) return;
  folder_watch_ = proc::Fd();
  options_.abandon_after = options_.abandon_aborted_after = 0;
}

Result<> Shim::adopt_former_shim() {
  const std::string path = ledger_path(options_.state_dir);
  LedgerContent content = WL_TRY(Ledger::load(path));
  const bool is_same_boot = content.boot_id == boot_id_;
  if (is_same_boot && !content.instance.empty()) {
    // Nobody watches them any more, their output has no reader: they end here, before anyone is told "lost".
    end_leftovers(
        {.cookie = "JENKINS_SERVER_COOKIE=durable-" + content.instance.substr(0, 16), .cookie_is_prefix = true});
  }
  for (auto& [token, task] : content.tasks) {
    if (task.state == State::running) {
      const proc::ProcessIdentity main{static_cast<std::int64_t>(task.pid), task.pid_start, content.boot_id};
      if (is_same_boot && proc::is_alive(main)) end_leftovers({.session = main.pid});
      task.state = State::lost;
    }
    auto entry = std::make_unique<TaskEntry>();
    const bool is_out_spilled = (task.spilled & 2U) != 0;
    for (unsigned i = 0; i < 2; ++i) entry->streams[i].name(cipher_, options_.state_dir, token, i);
    entry->streams[0].restore(task.exit.log_bytes, (task.spilled & 1U) != 0, cipher_.applied(token, 0, task.log_head));
    entry->streams[1].restore(task.exit.out_bytes, is_out_spilled, cipher_.applied(token, 1, task.out_head));
    entry->record = task;
    tasks_.emplace(token, std::move(entry));
  }
  for (const auto& [name, epoch] : content.owners) {
    owners_[name] = {.epoch = epoch, .state = kOwnerDisconnected, .since = now()};
  }
  content.instance = instance_;
  content.boot_id = boot_id_;
  return ledger_.rewrite(path, content);
}

void Shim::mark(TaskEntry& task) {
  if (task.is_dirty) return;
  task.is_dirty = true;
  dirty_.push_back(&task);
}

void Shim::tell_links() {
  for (TaskEntry* task : dirty_) {
    task->is_dirty = false;
    const auto& owner = task->record.owner;
    bool has_grown = false;
    for (std::uint8_t i = 0; i < 2; ++i) {
      auto& stream = task->streams[i];
      if (stream.size() == task->told[i]) continue;
      if (stream.is_spilled()) {
        has_grown = true;
      } else {
        send(owner, Output{.token = task->record.token,
                           .stream = i,
                           .offset = task->told[i],
                           .bytes = std::string_view(stream.head()).substr(task->told[i])});
      }
      task->told[i] = stream.size();
    }
    // A stream that is still in memory has been sent above, so its length says the same.
    if (has_grown) send(owner, Grown{task->record.token, task->streams[0].size(), task->streams[1].size()});
    if (task->record.state == State::ended) {
      Exit exit = task->record.exit;
      exit.token = task->record.token;
      send(owner, exit);
    }
  }
  dirty_.clear();
  for (auto& [id, link] : links_) {
    // One that is gone shows at the next read.
    if (!link->out.is_empty() && !link->out.flush(link->socket.get())) link->out.clear();
    if (link->out.is_empty() != link->is_out_watched) continue;
    link->is_out_watched = !link->out.is_empty();
    epoll_event event{.events = EPOLLIN | (link->is_out_watched ? static_cast<std::uint32_t>(EPOLLOUT) : 0U),
                      .data = {.u64 = kTagLink | id}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, link->socket.get(), &event);
  }
}

Micros Shim::next_deadline() const {
  Micros deadline = kNever;
  const Micros time = now();
  for (const auto& rest : resting_) deadline = std::min(deadline, rest.until);
  for (const TaskEntry* task : quiet_) deadline = std::min(deadline, task->quiet_until);
  for (const auto& ladder : ladders_) deadline = std::min(deadline, ladder.kill_at);
  if (link_restart_at_ != 0) deadline = std::min(deadline, link_restart_at_);
  if (dialer_restart_at_ != 0) deadline = std::min(deadline, dialer_restart_at_);
  if (is_stopping_) deadline = std::min(deadline, stop_deadline_);
  const Micros idle = may_end_when_idle() ? options_.exit_when_idle : options_.abandon_after;
  bool is_served = false;
  for (const auto& [name, owner] : owners_) {
    if (owner.state == kOwnerConnected) is_served = true;
    if (owner.state != kOwnerDisconnected) continue;
    for (const Micros limit : {options_.abandon_after, options_.abandon_aborted_after}) {
      if (owner.since + limit > time) deadline = std::min(deadline, owner.since + limit);
    }
  }
  if (!is_served && tasks_.empty()) deadline = std::min(deadline, idle_since_ + idle);
  // A passed deadline that changed nothing must not turn the loop into a spin.
  return deadline == kNever ? kNever : std::max(deadline, time + kMilli / 2);
}

void Shim::on_deadlines() {
  const Micros time = now();
  if (!quiet_.empty()) {
    std::erase_if(quiet_, [&](TaskEntry* task) {
      if (task->quiet_until > time) return false;
      watch(*task);
      return true;
    });
  }
  if (!resting_.empty()) {
    std::erase_if(resting_, [&](const Rest& rest) {
      if (rest.until > time) return false;
      watch_pipe(rest.tag, true);
      return true;
    });
  }
  if (!ladders_.empty()) climb(false);
  if (link_restart_at_ != 0 && link_restart_at_ <= time) {
    link_restart_at_ = 0;
    await_server();
  }
  if (dialer_restart_at_ != 0 && dialer_restart_at_ <= time) start_dialer();
  abandon_owners();
}

void Shim::forget_all_of(const std::string& owner) {
  std::vector<std::string> tokens;
  for (auto& [token, task] : tasks_) {
    if (task->record.owner == owner) tokens.push_back(token);
  }
  for (const auto& token : tokens) forget(token);
}

void Shim::abandon_owners() {
  const Micros time = now();
  for (auto it = owners_.begin(); it != owners_.end();) {
    const auto& [name, owner] = *it;
    if (owner.state != kOwnerDisconnected) {
      ++it;
      continue;
    }
    bool is_aborted = true, has_tasks = false;
    for (auto& [token, task] : tasks_) {
      if (task->record.owner != name) continue;
      has_tasks = true;
      if (task->record.state == State::running && !task->is_stop_ordered) is_aborted = false;
    }
    const Micros limit = has_tasks && is_aborted ? options_.abandon_aborted_after : options_.abandon_after;
    if (owner.since + limit > time) {
      ++it;
      continue;
    }
    complain(options_.state_dir,
             "no server came back for " + name + ": its processes are ended and its tasks forgotten");
    const Owner gone{.owner = name, .epoch = owner.epoch, .state = kOwnerGoodbye};
    forget_all_of(gone.owner);
    report_trouble(ledger_.append(gone));
    it = owners_.erase(it);
  }
}

bool Shim::may_end_when_idle() const { return options_.exit_when_idle > 0 && owners_.empty(); }

bool Shim::is_done() {
  const Micros time = now();
  if (!tasks_.empty() || !ladders_.empty() || !orphans_.empty()) idle_since_ = time;
  if (is_stopping_) {
    // In a pod nobody comes for what is kept: it goes with the container.
    const bool is_quiet = by_pid_.empty() && ladders_.empty() && (tasks_.empty() || options_.is_open_to_pod);
    return is_quiet || time >= stop_deadline_;
  }
  compact();
  if (!tasks_.empty() || !ladders_.empty() || !orphans_.empty()) return false;
  bool is_served = false;
  for (const auto& [name, owner] : owners_) is_served |= owner.state == kOwnerConnected;
  if (is_served) return false;
  if (may_end_when_idle() && time - idle_since_ >= options_.exit_when_idle) return true;
  return time - idle_since_ >= options_.abandon_after;
}

void Shim::write_down(const TaskEntry& task) {
  const auto written = ledger_.append(task.record);
  report_trouble(written);
  // Where it cannot grow there may still be room for what counts: most of it is of tasks that are forgotten.
  if (!written) rewrite_ledger();
}

void Shim::compact() {
  constexpr std::uint64_t kWorthwhile = 256U << 10U;
  if (ledger_.size() >= std::max(kWorthwhile, 2 * rewritten_size_)) rewrite_ledger();
}

void Shim::rewrite_ledger() {
  LedgerContent content{.instance = instance_, .boot_id = boot_id_};
  for (const auto& [name, owner] : owners_) content.owners[name] = owner.epoch;
  for (const auto& [token, task] : tasks_) {
    auto& record = content.tasks[token] = task->record;
    if (record.state == State::running) continue;
    record.log_head = cipher_.applied(token, 0, task->streams[0].head());
    record.out_head = cipher_.applied(token, 1, task->streams[1].head());
  }
  report_trouble(ledger_.rewrite(ledger_path(options_.state_dir), content));
  rewritten_size_ = ledger_.size();
}

void Shim::report_trouble(const Result<>& result) {
  if (!result) complain(options_.state_dir, result.error().text());
}

}  // namespace windlass::agent
