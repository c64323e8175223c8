// The link's loop, its connections, and the streaming of output. Orders of the server: link_orders.cc.
#include "agent/link.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/state_folder.h"

namespace windlass::agent {

using namespace agentproto;

namespace {

constexpr std::uint64_t kTagShim = 1;
constexpr std::uint64_t kTagListen = 2;
constexpr std::uint64_t kEmbedded = 3;          ///< the one connection that is no socket
constexpr std::uint64_t kWindow = 4U << 20U;    ///< unacknowledged bytes of one stream
constexpr std::size_t kQueueLimit = 1U << 20U;  ///< bytes that wait for a slow server
constexpr std::size_t kChunk = 256U << 10U;
constexpr std::size_t kMostConnections = 256;
constexpr int kIdleMillis = 100;                  ///< without a frame: then folders are given up
constexpr int kMemoryMillis = 1000;               ///< between looks at the container's memory, while a task runs
constexpr std::uint64_t kMemoryStep = 1U << 20U;  ///< less growth than that is no news

}  // namespace

Link::Link(LinkOptions options) : options_(std::move(options)), fault_(options_.fault) {}
Link::~Link() = default;

int Link::run() {
  shim_ = proc::Fd(options_.shim_fd);
  listener_ = proc::Fd(options_.listen_fd);
  for (int fd : {shim_.get(), listener_.get()}) {
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
  ::signal(SIGPIPE, SIG_IGN);
  epoll_ = proc::Fd(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kTagShim}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, shim_.get(), &event);
  epoll_event events[64];
  for (;;) {
    const bool measures = !options_.environment.empty() && has_running_task();
    const int idle = leftovers_.empty() ? -1 : kIdleMillis;
    const int wait = untidy_ > 0 ? 0 : measures && idle < 0 ? kMemoryMillis : idle;
    const int count = ::epoll_wait(epoll_.get(), events, 64, wait);
    if (measures && now() - memory_at_ >= Micros{kMemoryMillis} * 1000) tell_memory();
    if (count == 0) tidy(wait != 0);
    for (int i = 0; i < count; ++i) {
      const auto tag = events[i].data.u64;
      if (tag == kTagShim) {
        if (!read_shim()) {
          tidy_all();
          return 0;
        }
      } else if (tag == kTagListen) {
        accept();
      } else {
        read(tag);
      }
    }
    flush();
  }
}

bool Link::read_shim() {
  for (;;) {
    auto [data, room] = shim_in_.space();
    const auto count = ::recv(shim_.get(), data, room, MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return true;
    if (count <= 0) return false;
    shim_in_.commit(static_cast<std::size_t>(count));
    for (;;) {
      auto frame = shim_in_.next();
      if (!frame) return false;
      if (!*frame) break;
      if (!handle_shim(**frame)) return false;
    }
    if (static_cast<std::size_t>(count) < room) return true;
  }
}

bool Link::handle_shim(const Frame& frame) {
  if (auto record = parse<Task>(frame)) {
    auto& task = tasks_[record->token];
    task = std::make_unique<TaskEntry>();
    task->token = record->token;
    task->owner = record->owner;
    task->control_dir = record->control_dir;
    task->state = record->state;
    task->pid = record->pid;
    task->exit = record->exit;
    task->exit.token = record->token;
    task->streams[0].size = record->exit.log_bytes;
    task->streams[1].size = record->exit.out_bytes;
    task->streams[0].is_spilled = (record->spilled & 1U) != 0;
    task->streams[1].is_spilled = (record->spilled & 2U) != 0;
    task->streams[0].head = std::move(record->log_head);
    task->streams[1].head = std::move(record->out_head);
  } else if (auto table = parse<Table>(frame)) {
    instance_ = table->instance;
    boot_id_ = table->boot_id;
    if (!is_ready_ && listener_.is_open()) {
      is_ready_ = true;
      epoll_event event{.events = EPOLLIN, .data = {.u64 = kTagListen}};
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event);
    }
  } else if (auto owner = parse<Owner>(frame)) {
    on_owner(*owner);
  } else if (auto started = parse<Started>(frame)) {
    auto found = tasks_.find(started->token);
    if (found == tasks_.end()) return true;
    auto& task = *found->second;
    task.pid = started->pid;
    if (task.state == State::unknown) task.state = State::running;
    fault_.pass("started");
    if (auto* connection = find_connection(task.owner)) append_frame(connection->out.tail(), *started);
  } else if (auto failed = parse<StartFailed>(frame)) {
    auto found = tasks_.find(failed->token);
    if (found == tasks_.end()) return true;
    if (auto* connection = find_connection(found->second->owner)) append_frame(connection->out.tail(), *failed);
    if (found->second->state == State::unknown) {
      leave(std::move(found->second->control_dir));
      tasks_.erase(found);
    } else {
      found->second->state = State::lost;
    }
  } else if (auto output = parse<Output>(frame)) {
    auto found = tasks_.find(output->token);
    if (found == tasks_.end() || output->stream > 1) return true;
    auto& stream = found->second->streams[output->stream];
    if (output->offset != stream.head.size()) return true;
    stream.head += output->bytes;
    stream.size = stream.head.size();
    push(*found->second);
  } else if (auto grown = parse<Grown>(frame)) {
    auto found = tasks_.find(grown->token);
    if (found == tasks_.end()) return true;
    for (unsigned i = 0; i < 2; ++i) {
      auto& stream = found->second->streams[i];
      const auto size = i == 0 ? grown->log_bytes : grown->out_bytes;
      if (size == stream.size) continue;
      stream.size = size;
      stream.is_spilled = true;
      stream.head.clear();
    }
    push(*found->second);
  } else if (auto exit = parse<Exit>(frame)) {
    auto found = tasks_.find(exit->token);
    if (found == tasks_.end()) return true;
    found->second->state = State::ended;
    found->second->exit = std::move(*exit);
    fault_.pass("ended");
    if (!options_.environment.empty() && found->second->exit.code != 0) tell_memory();
    push(*found->second);
  } else if (auto killed = parse<CookieKilled>(frame)) {
    for (auto& [id, connection] : connections_) {
      if (connection->is_greeted) append_frame(connection->out.tail(), *killed);
    }
  }
  return true;
}

void Link::accept() {
  for (;;) {
    proc::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket.is_open()) return;
    ucred peer{};
    socklen_t size = sizeof peer;
    const bool is_known = ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    // In a pod containers have users of their own, and the one that dials may be any of them.
    const bool is_ours = options_.is_open_to_pod || peer.uid == ::geteuid() || peer.uid == 0;
    if (!is_known || !is_ours || connections_.size() >= kMostConnections) continue;
    const auto id = next_id_++;
    auto connection = std::make_unique<Connection>();
    epoll_event event{.events = EPOLLIN, .data = {.u64 = id}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket.get(), &event);
    connection->socket = std::move(socket);
    connections_[id] = std::move(connection);
    read(id);
  }
}

void Link::read(std::uint64_t id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Connection& connection = *found->second;
  for (;;) {
    auto [data, room] = connection.in.space();
    const auto count = ::recv(connection.socket.get(), data, room, MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return drop(id);
    connection.in.commit(static_cast<std::size_t>(count));
    process(connection);
    if (connection.is_closing || static_cast<std::size_t>(count) < room) return;
  }
}

void Link::process(Connection& connection) {
  // Until the shim has said whose epoch it is, what follows the Hello waits in the buffer.
  while (!connection.is_closing && !connection.is_waiting) {
    auto frame = connection.in.next();
    if (!frame) return refuse(connection, kRefusedProtocol, frame.error().text());
    if (!*frame) return;
    handle(connection, **frame);
  }
}

void Link::greet(Connection& connection, const Hello& hello) {
  connection.owner = hello.owner;
  connection.epoch = hello.epoch;
  connection.is_waiting = true;
  append_frame(shim_out_.tail(), Owner{.owner = hello.owner, .epoch = hello.epoch, .state = kOwnerConnected});
}

void Link::on_owner(const Owner& message) {
  Connection* newest = nullptr;
  std::uint64_t newest_id = 0;
  for (auto& [id, connection] : connections_) {
    if (connection->owner != message.owner || connection->is_closing) continue;
    if (message.state == kOwnerRefused && connection->is_waiting && connection->epoch < message.epoch) {
      refuse(*connection, kRefusedStaleEpoch,
             "this agent serves epoch " + std::to_string(message.epoch) + " of " + message.owner + ", not the older " +
                 std::to_string(connection->epoch));
    } else if (message.state == kOwnerSuperseded && connection->is_greeted) {
      refuse(*connection, kRefusedSuperseded, "another connection of " + message.owner + " took over");
    } else if (message.state == kOwnerConnected && connection->is_waiting && connection->epoch == message.epoch &&
               (newest == nullptr || id < newest_id)) {
      newest = connection.get();  // answers come in the order of the questions
      newest_id = id;
    }
  }
  if (newest == nullptr) {
    // Who asked has gone in the meantime.
    if (message.state == kOwnerConnected && find_connection(message.owner) == nullptr) {
      append_frame(shim_out_.tail(),
                   Owner{.owner = message.owner, .epoch = message.epoch, .state = kOwnerDisconnected});
    }
    return;
  }
  if (auto* former = find_connection(message.owner)) {
    refuse(*former, kRefusedSuperseded, "another connection of " + message.owner + " took over");
  }
  newest->is_waiting = false;
  newest->is_greeted = true;
  for (auto& [token, task] : tasks_) {
    if (task->owner == message.owner) task->is_attached = false;
  }
  append_frame(newest->out.tail(),
               Welcome{.instance = instance_, .boot_id = boot_id_, .epoch = message.epoch, .version = "0.1.0"});
  if (!options_.environment.empty()) {
    append_frame(newest->out.tail(), Surroundings{options_.environment});
    // How often the kernel had to end something before: from there on it counts.
    if (const auto use = read_memory_use()) append_frame(newest->out.tail(), Memory{use->peak, use->limit, use->kills});
  }
  process(*newest);
}

bool Link::has_running_task() const {
  return std::ranges::any_of(tasks_, [](const auto& item) { return item.second->state == State::running; });
}

void Link::tell_memory() {
  memory_at_ = now();
  const auto use = read_memory_use();
  if (!use || (use->kills == memory_.kills && use->peak < memory_.peak + kMemoryStep)) return;
  memory_ = *use;
  for (auto& [id, connection] : connections_) {
    if (connection->is_greeted) append_frame(connection->out.tail(), Memory{use->peak, use->limit, use->kills});
  }
}

void Link::refuse(Connection& connection, std::uint8_t reason, std::string text) {
  append_frame(connection.out.tail(), Refused{reason, std::move(text)});
  connection.is_closing = true;
}

void Link::drop(std::uint64_t id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  const Connection& connection = *found->second;
  // A refused connection speaks for nobody: its owner is served by another.
  const bool is_replaced = std::any_of(connections_.begin(), connections_.end(), [&](const auto& item) {
    return item.first != id && item.second->owner == connection.owner && item.second->is_waiting;
  });
  if (connection.is_greeted && !connection.is_closing && !connection.has_said_goodbye && !is_replaced) {
    append_frame(shim_out_.tail(),
                 Owner{.owner = connection.owner, .epoch = connection.epoch, .state = kOwnerDisconnected});
  }
  connections_.erase(found);
}

Link::Connection* Link::find_connection(const std::string& owner) {
  for (auto& [id, connection] : connections_) {
    if (connection->is_greeted && !connection->is_closing && connection->owner == owner) return connection.get();
  }
  return nullptr;
}

void Link::push(TaskEntry& task) {
  if (!task.is_attached) return;
  Connection* connection = find_connection(task.owner);
  if (connection == nullptr) return;
  push_stream(*connection, task, kStreamLog);
  push_stream(*connection, task, kStreamOut);
  const bool is_all_sent = task.streams[0].sent >= task.streams[0].size && task.streams[1].sent >= task.streams[1].size;
  if (task.state == State::ended && is_all_sent && !task.is_exit_sent) {
    fault_.pass("exit");
    append_frame(connection->out.tail(), task.exit);
    task.is_exit_sent = true;
  }
}

void Link::push_stream(Connection& connection, TaskEntry& task, std::uint8_t index) {
  auto& stream = task.streams[index];
  while (stream.sent < stream.size && stream.sent - std::min(stream.sent, stream.acked) < kWindow &&
         connection.out.size() < kQueueLimit) {
    Output output{.token = task.token, .stream = index, .offset = stream.sent};
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, stream.size - stream.sent));
    // Much at once: without growing step by step, since the queue begins anew each time it is taken away.
    if (wanted == kChunk) connection.out.tail().reserve(kQueueLimit + kChunk + 256);
    if (!stream.is_spilled) {
      if (stream.sent >= stream.head.size()) return;
      output.bytes = std::string_view(stream.head).substr(stream.sent, wanted);
    } else {
      if (!stream.file.is_open()) {
        // The shim has made the key before its first task.
        auto cipher = OutputCipher::open(options_.state_dir);
        if (!cipher) return complain(options_.state_dir, cipher.error().text());
        cipher_ = *cipher;
        stream.file =
            proc::Fd(::open(output_path(options_.state_dir, task.token, index).c_str(), O_RDONLY | O_CLOEXEC));
      }
      chunk_.resize(kChunk);
      const auto count = ::pread(stream.file.get(), chunk_.data(), wanted, static_cast<off_t>(stream.sent));
      if (count <= 0) {
        complain(options_.state_dir, "the output of " + task.token + " is shorter than the shim says");
        return;
      }
      cipher_.apply(task.token, index, stream.sent, chunk_.data(), static_cast<std::size_t>(count));
      output.bytes = std::string_view(chunk_).substr(0, static_cast<std::size_t>(count));
    }
    fault_.pass("output");
    append_frame(connection.out.tail(), output);
    stream.sent += output.bytes.size();
  }
  if (task.state == State::ended && stream.sent >= stream.size) stream.file.reset();
}

void Link::flush() {
  std::vector<std::uint64_t> dead;
  for (auto& [id, connection] : connections_) {
    if (id == kEmbedded) continue;  // take_outgoing() does it
    bool is_alive = connection->out.flush(connection->socket.get());
    // What waited for room in the queue goes on, until the socket is full again.
    while (is_alive && connection->out.is_empty() && connection->is_greeted && !connection->is_closing) {
      for (auto& [token, task] : tasks_) {
        if (task->owner == connection->owner) push(*task);
      }
      if (connection->out.is_empty()) break;
      is_alive = connection->out.flush(connection->socket.get());
    }
    if (!is_alive || (connection->is_closing && connection->out.is_empty())) {
      dead.push_back(id);
      continue;
    }
    update(connection->socket.get(), id, !connection->out.is_empty(), connection->is_out_watched);
  }
  for (auto id : dead) drop(id);
  if (!shim_out_.is_empty()) shim_out_.flush(shim_.get());
  update(shim_.get(), kTagShim, !shim_out_.is_empty(), is_shim_out_watched_);
  fault_.pass("round");
}

void Link::embed(proc::Fd shim) {
  shim_ = std::move(shim);
  connections_[kEmbedded] = std::make_unique<Connection>();
}

bool Link::turn() {
  const bool is_alive = read_shim();
  if (!shim_out_.is_empty()) shim_out_.flush(shim_.get());
  return is_alive;
}

void Link::feed(std::string_view frames) {
  Connection& connection = *connections_[kEmbedded];
  while (!frames.empty()) {
    auto [data, room] = connection.in.space();
    const auto count = std::min(room, frames.size());
    frames.copy(data, count);
    connection.in.commit(count);
    frames.remove_prefix(count);
    process(connection);
  }
  if (!shim_out_.is_empty()) shim_out_.flush(shim_.get());
}

std::string Link::take_outgoing() {
  Connection& connection = *connections_[kEmbedded];
  std::string frames = std::exchange(connection.out.tail(), {});
  connection.out.clear();
  // The queue has room again.
  if (frames.size() >= kQueueLimit && connection.is_greeted) {
    for (auto& [token, task] : tasks_) push(*task);
  }
  return frames;
}

bool Link::has_outgoing() const { return !connections_.at(kEmbedded)->out.is_empty(); }

void Link::tidy_one() {
  if (untidy_ > 0) tidy(false);
}

void Link::tidy_all() {
  while (untidy_ > 0) tidy(false);
  tidy(true);
}

void Link::update(int fd, std::uint64_t tag, bool wants_out, bool& is_watched) const {
  if (wants_out == is_watched) return;
  is_watched = wants_out;
  epoll_event event{.events = EPOLLIN | (wants_out ? static_cast<std::uint32_t>(EPOLLOUT) : 0U), .data = {.u64 = tag}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

}  // namespace windlass::agent
