// The shim's dealings with links: the process it starts when a server knocks at agent.sock, and servers of this machine
// that come straight to direct.sock with the link inside them. Which link speaks for which owner is decided here alone.
#include <algorithm>
#include <cerrno>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/shim.h"
#include "agent/shim_tags.h"
#include "agent/state_folder.h"
#include "proc/spawn.h"

namespace windlass::agent {

using namespace agentproto;

void Shim::await_server() {
  // One shot: while a link process lives, the connections are its own.
  epoll_event event{.events = EPOLLIN | EPOLLONESHOT, .data = {.u64 = kTagListener}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, options_.listener.get(), &event);
}

void Shim::start_link_process() {
  if (link_pid_ != 0 || (is_stopping_ && options_.is_open_to_pod)) return;
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
    link_restart_at_ = now() + kSecond;
    return;
  }
  proc::Fd ours(ends[0]);
  const proc::Fd theirs(ends[1]);
  proc::SpawnOptions spawned;
  spawned.program = ::access(options_.program.c_str(), X_OK) == 0 ? options_.program : "/proc/self/exe";
  spawned.argv = {"windlass-agent", "link", "--state=" + options_.state_dir};
  if (!options_.environment.empty()) {
    spawned.argv.push_back("--lends-environment");
    spawned.env = options_.environment;
  }
  if (options_.is_open_to_pod) spawned.argv.push_back("--open-to-pod");
  // Once only: the next link is to live.
  if (!options_.link_fault.empty()) spawned.argv.push_back("--test-fault=" + std::exchange(options_.link_fault, {}));
  spawned.fds = {{theirs.get(), kLinkShimFd}, {options_.listener.get(), kLinkListenFd}};
  spawned.new_session = true;
  auto pid = proc::spawn_pid(spawned);
  link_started_at_ = now();
  if (!pid) {
    complain(options_.state_dir, pid.error().text());
    link_restart_at_ = now() + kSecond;
    return;
  }
  link_pid_ = *pid;
  link_restart_at_ = 0;
  add_link(std::move(ours), *pid);
}

void Shim::on_link_process_ended(std::int64_t pid) {
  link_pid_ = 0;
  for (auto& [id, link] : links_) {
    if (link->pid != pid) continue;
    const auto dead = id;
    read_link(dead);  // what it had handed over still counts
    lose_link(dead);
    break;
  }
  // At once if a server waits; only a link that cannot live is given pauses.
  quick_deaths_ = now() - link_started_at_ < kSecond ? quick_deaths_ + 1 : 0;
  if (quick_deaths_ < 5) {
    await_server();
  } else {
    link_restart_at_ = now() + std::min(quick_deaths_ - 4, 50) * 100 * kMilli;
  }
}

void Shim::accept_direct() {
  constexpr std::size_t kMostLinks = 256;
  for (;;) {
    proc::Fd socket(::accept4(options_.direct_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket.is_open()) return;
    ucred peer{};
    socklen_t size = sizeof peer;
    const bool is_known = ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    if (is_known && (peer.uid == ::geteuid() || peer.uid == 0) && links_.size() < kMostLinks) {
      read_link(add_link(std::move(socket), 0).id);
    }
  }
}

Shim::LinkChannel& Shim::add_link(proc::Fd socket, std::int64_t pid) {
  auto link = std::make_unique<LinkChannel>();
  LinkChannel& added = *link;
  added.id = next_link_++;
  added.pid = pid;
  added.socket = std::move(socket);
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kTagLink | added.id}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, added.socket.get(), &event);
  append_frame(added.out.tail(), Table{.instance = instance_, .boot_id = boot_id_});
  links_[added.id] = std::move(link);
  return added;
}

Shim::LinkChannel* Shim::find_link(std::uint64_t id) {
  const auto found = links_.find(id);
  return found == links_.end() ? nullptr : found->second.get();
}

void Shim::lose_link(std::uint64_t id) {
  const auto found = links_.find(id);
  if (found == links_.end()) return;
  // Dead, or talking nonsense; SIGCHLD of the process tells when another may take its place.
  if (found->second->pid > 0 && found->second->pid == link_pid_) ::kill(static_cast<pid_t>(link_pid_), SIGKILL);
  links_.erase(found);
  for (auto& [name, owner] : owners_) {
    if (owner.state == kOwnerConnected && owner.link == id) owner = {owner.epoch, kOwnerDisconnected, now()};
  }
}

void Shim::read_link(std::uint64_t id) {
  for (;;) {
    LinkChannel* link = find_link(id);
    if (link == nullptr) return;
    auto [data, room] = link->in.space();
    const auto count = ::recv(link->socket.get(), data, room, MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return lose_link(id);
    link->in.commit(static_cast<std::size_t>(count));
    for (;;) {
      auto frame = link->in.next();
      if (!frame) return lose_link(id);
      if (!*frame) break;
      handle(*link, **frame);
    }
    if (static_cast<std::size_t>(count) < room) return;
  }
}

void Shim::handle(LinkChannel& link, const Frame& frame) {
  switch (frame.type) {
    case Type::spawn:
      if (auto message = parse<Spawn>(frame)) spawn(link, *message);
      return;
    case Type::stop:
      if (auto message = parse<Stop>(frame)) {
        auto found = tasks_.find(message->token);
        if (found == tasks_.end() || !is_served_by(found->second->record.owner, link)) return;
        stop(*found->second, Micros{message->grace_ms} * kMilli);
      }
      return;
    case Type::forget:
      if (auto message = parse<Forget>(frame)) {
        auto found = tasks_.find(message->token);
        if (found != tasks_.end() && is_served_by(found->second->record.owner, link)) forget(message->token);
      }
      return;
    case Type::kill_cookie:
      if (auto message = parse<KillCookie>(frame)) kill_cookie(link, *message);
      return;
    case Type::owner:
      if (auto message = parse<Owner>(frame)) on_owner(link, *message);
      return;
    case Type::hello:
    case Type::welcome:
    case Type::refused:
    case Type::start:
    case Type::started:
    case Type::start_failed:
    case Type::output:
    case Type::ack:
    case Type::exit:
    case Type::query:
    case Type::known:
    case Type::cookie_killed:
    case Type::surroundings:
    case Type::memory:
    case Type::ping:
    case Type::pong:
    case Type::goodbye:
    case Type::task:
    case Type::table:
    case Type::grown:
      return;
  }
}

bool Shim::is_served_by(const std::string& owner, const LinkChannel& link) const {
  const auto found = owners_.find(owner);
  return found != owners_.end() && found->second.state == kOwnerConnected && found->second.link == link.id;
}

void Shim::on_owner(LinkChannel& link, const Owner& message) {
  idle_since_ = now();
  if (message.state != kOwnerConnected) {
    // The word of one who was superseded counts no more.
    if (!is_served_by(message.owner, link)) return;
    if (message.state == kOwnerDisconnected) {
      auto& owner = owners_[message.owner];
      owner = {owner.epoch, kOwnerDisconnected, now()};
      return;
    }
    forget_all_of(message.owner);
    owners_.erase(message.owner);
    report_trouble(ledger_.append(message));
    return;
  }
  auto& owner = owners_[message.owner];
  if (message.epoch < owner.epoch) {
    append_frame(link.out.tail(), Owner{message.owner, owner.epoch, kOwnerRefused});
    return;
  }
  if (owner.state == kOwnerConnected && owner.link != link.id) {
    if (auto* other = find_link(owner.link)) {
      append_frame(other->out.tail(), Owner{message.owner, message.epoch, kOwnerSuperseded});
    }
  }
  if (message.epoch > owner.epoch) report_trouble(ledger_.append(message));
  owner = {message.epoch, kOwnerConnected, now(), link.id};
  for (auto& [token, task] : tasks_) {
    if (task->record.owner == message.owner) introduce(link, *task);
  }
  append_frame(link.out.tail(), Owner{message.owner, message.epoch, kOwnerConnected});
}

void Shim::introduce(LinkChannel& link, TaskEntry& task) {
  Task record = task.record;
  record.exit.log_bytes = task.streams[0].size();
  record.exit.out_bytes = task.streams[1].size();
  record.log_head = task.streams[0].head();
  record.out_head = task.streams[1].head();
  record.spilled =
      static_cast<std::uint8_t>((task.streams[0].is_spilled() ? 1U : 0U) | (task.streams[1].is_spilled() ? 2U : 0U));
  task.told[0] = task.streams[0].size();
  task.told[1] = task.streams[1].size();
  append_frame(link.out.tail(), record);
}

}  // namespace windlass::agent
