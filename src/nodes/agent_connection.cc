// The connection's state machine. Phases of the wire: down → greeting (Hello sent) → ready (Welcome came) → down …
// Phases of a task: queued (no wire yet) → asked (Start sent, unconfirmed) → live (Started or Known came) → ended.
// What an agent says of a task counts in the phase in which it belongs; else it is not heard, whoever the agent is.
#include "nodes/agent_connection.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <map>
#include <optional>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <unordered_map>

#include "agent/link.h"
#include "agentproto/codec.h"
#include "nodes/local_agent.h"
#include "proc/write_queue.h"

namespace windlass::nodes {

using namespace agentproto;

namespace {

constexpr int kCheckSeconds = 10;  ///< how often silence is looked at
constexpr int kSilentChecks = 6;   ///< so many checks without a byte: the link is stuck, another connection is tried
constexpr long kAgainNanos = 300'000'000;  ///< an agent elsewhere that hangs up at once is called again after that
constexpr std::chrono::seconds kLastingWire{1};  ///< one that has not lasted so long is not replaced at once
constexpr std::size_t kMostUnread = 1U << 20U;   ///< bytes of ours; pings of who leaves more unread get no answer
constexpr std::uint64_t kLongestTask = 10ULL * 366 * 24 * 3600 * 1000;  ///< milliseconds; nothing lasts longer
constexpr int kMostRestarts = 3;  ///< shims started by one connection, without a task ever ending between them

enum class Phase : std::uint8_t { queued, asked, live, resuming, ended };

struct OpenTask {
  Phase phase = Phase::queued;
  std::string start_frame;  ///< kept until the start is confirmed
  std::string instance;     ///< which one the start went to, or must have gone to
  std::uint64_t received[2] = {0, 0};
  std::uint64_t acked[2] = {0, 0};
  std::uint32_t stop_grace = 0;
  bool is_stop_ordered = false, is_resumed_by_caller = false;
};

}  // namespace

/// Over a Unix socket: to the shim of a folder on this machine, or to whoever carries the bytes to one elsewhere.
class SocketAgentConnection final : public AgentConnection {
 public:
  struct Impl;
  explicit SocketAgentConnection(std::unique_ptr<Impl> impl);
  ~SocketAgentConnection() override;

  [[nodiscard]] int fd() const override;
  void pump() override;
  [[nodiscard]] const std::string& instance() const override;
  [[nodiscard]] Result<> start(const TaskSpec& spec) override;
  [[nodiscard]] Result<> resume(const TaskResume& task) override;
  void ack(std::string_view token, Stream stream, std::uint64_t offset) override;
  void stop(std::string_view token, std::chrono::milliseconds grace) override;
  void forget(std::string_view token) override;
  void kill_by_cookie(std::string_view cookie, std::chrono::milliseconds grace) override;
  void goodbye() override;
  [[nodiscard]] bool is_flushed() const override;

 private:
  std::unique_ptr<Impl> impl_;
};

struct SocketAgentConnection::Impl {
  LocalAgentOptions options;
  ReachAgent reach;  ///< of an agent elsewhere
  AgentEvents& events;
  proc::Fd epoll, timer, wake, socket;
  std::unique_ptr<agent::Link> link;  ///< ours, unless we speak to the link process by `socket`
  std::vector<proc::Process> shims;   ///< children of ours to be reaped
  FrameBuffer in;
  proc::WriteQueue out;
  std::chrono::steady_clock::time_point wired_at{};
  bool is_ready = false, is_out_watched = false, is_gone = false, has_said_goodbye = false, is_timer_armed = false,
       is_woken = false, is_pausing = false;
  int silent_checks = 0, restarts = 0;
  std::string instance;
  std::unordered_map<std::string, OpenTask> tasks;
  std::map<std::string, std::uint32_t> cookies;  ///< kill orders without an answer
  std::deque<std::string> forgotten;             ///< the latest: a link may have died with the order in its hands
  std::deque<std::string> order;                 ///< tokens queued before the agent was ready, first come first served

  Impl(LocalAgentOptions o, AgentEvents& e) : options(std::move(o)), events(e) {}

  Result<> open();
  Result<LocalEndpoint> find();
  Result<> connect();
  void adopt(LocalEndpoint endpoint);
  void lose_wire();
  void give_up(const Error& why);
  void lose_all(const Error& why);
  void read();
  void turn_link();
  [[nodiscard]] bool is_wired() const { return link != nullptr || socket.is_open(); }
  bool handle(const Frame& frame);
  void on_welcome(const Welcome& welcome);
  void on_output(const Output& output);
  void on_known(const Known& known);
  void flush();
  void update();
  void watch_out(int fd, bool wanted);
  void wake_soon();
  void check_silence();
  void arm_timer();
  void reap();
  void end_lost(const std::string& token, const Error& why);

  template <class Message>
  void send(const Message& message) {
    if (is_ready) append_frame(out.tail(), message);
  }
};

Result<> SocketAgentConnection::Impl::open() {
  epoll = proc::Fd(::epoll_create1(EPOLL_CLOEXEC));
  timer = proc::Fd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  wake = proc::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll.is_open() || !timer.is_open() || !wake.is_open())
    return fail(ErrorKind::exhausted, {"no descriptors for the agent connection", "没有可用于代理连接的描述符"});
  epoll_event event{.events = EPOLLIN, .data = {.fd = timer.get()}};
  ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, timer.get(), &event);
  event = {.events = EPOLLIN, .data = {.fd = wake.get()}};
  ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake.get(), &event);
  return connect();
}

Result<LocalEndpoint> SocketAgentConnection::Impl::find() {
  if (!reach) return reach_local_agent(options);
  LocalEndpoint endpoint;
  endpoint.socket = WL_TRY(reach());
  return endpoint;
}

Result<> SocketAgentConnection::Impl::connect() {
  adopt(WL_TRY(find()));
  return {};
}

void SocketAgentConnection::Impl::adopt(LocalEndpoint endpoint) {
  if (endpoint.is_started) shims.push_back(std::move(endpoint.shim));
  is_ready = is_out_watched = false;
  wired_at = std::chrono::steady_clock::now();
  silent_checks = 0;
  in.clear();
  out.clear();
  epoll_event event{.events = EPOLLIN, .data = {.fd = endpoint.socket.get()}};
  ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, endpoint.socket.get(), &event);
  if (options.through_link_process) {
    socket = std::move(endpoint.socket);
  } else {
    link =
        std::make_unique<agent::Link>(agent::LinkOptions{.state_dir = options.state_dir, .fault = options.link_fault});
    link->embed(std::move(endpoint.socket));
  }
  append_frame(out.tail(), Hello{options.owner, options.epoch});
  arm_timer();
  flush();
}

void SocketAgentConnection::Impl::lose_wire() {
  const bool has_lasted = is_ready && std::chrono::steady_clock::now() - wired_at >= kLastingWire;
  socket.reset();
  link.reset();
  is_ready = false;
  out.clear();
  if (is_gone) return;
  reap();
  if (has_said_goodbye && tasks.empty()) return;
  // Its container may not be up yet, its network is down, or it does not mean well: not asked again without a breath.
  if (reach && !has_lasted && !is_pausing) {
    is_pausing = is_timer_armed = true;
    itimerspec setting{};
    setting.it_value.tv_nsec = kAgainNanos;
    ::timerfd_settime(timer.get(), 0, &setting, nullptr);
    return;
  }
  auto endpoint = find();
  if (!endpoint) return give_up(endpoint.error());
  if (endpoint->is_started && ++restarts > kMostRestarts) {
    return give_up(Error(ErrorKind::unavailable,
                         "the agent in " + options.state_dir + " dies again and again; see its agent.log"));
  }
  adopt(std::move(*endpoint));
}

void SocketAgentConnection::Impl::end_lost(const std::string& token, const Error& why) {
  if (tasks.erase(token) != 0) events.on_lost(token, why);
}

void SocketAgentConnection::Impl::lose_all(const Error& why) {
  std::vector<std::string> tokens;
  for (const auto& [token, task] : tasks) tokens.push_back(token);
  for (const auto& token : tokens) end_lost(token, why);
}

void SocketAgentConnection::Impl::give_up(const Error& why) {
  is_gone = true;
  is_ready = false;
  socket.reset();
  link.reset();
  out.clear();
  if (why.kind != ErrorKind::conflict) lose_all(why);
  events.on_gone(why);
}

void SocketAgentConnection::Impl::read() {
  // One round takes what is there now; what comes meanwhile makes the descriptor readable again.
  while (socket.is_open()) {
    auto [data, room] = in.space();
    const auto count = ::recv(socket.get(), data, room, MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return lose_wire();
    silent_checks = 0;
    in.commit(static_cast<std::size_t>(count));
    for (;;) {
      auto frame = in.next();
      if (!frame || (*frame && !handle(**frame))) return is_gone ? void() : lose_wire();
      if (!*frame) break;
    }
    if (static_cast<std::size_t>(count) < room) return;
  }
}

void SocketAgentConnection::Impl::turn_link() {
  const bool is_alive = link->turn();
  silent_checks = 0;
  // What callbacks order is answered in the same turn; unacknowledged output is bounded, hence so is this.
  while (link != nullptr) {
    const std::string frames = link->take_outgoing();
    if (frames.empty()) break;
    std::string_view rest = frames;
    for (;;) {
      auto frame = cut_frame(rest);
      if (!frame || (*frame && !handle(**frame))) return is_gone ? void() : lose_wire();
      if (!*frame) break;
    }
    flush();
  }
  if (!is_alive && link != nullptr) lose_wire();
}

bool SocketAgentConnection::Impl::handle(const Frame& frame) {
  // Once, and before all else: each is answered with all that has been ordered.
  const bool is_welcome = frame.type == Type::welcome;
  if (is_welcome == is_ready && frame.type != Type::refused) return false;
  if (auto output = parse<Output>(frame)) {
    on_output(*output);
  } else if (auto exit = parse<Exit>(frame)) {
    auto found = tasks.find(exit->token);
    if (found == tasks.end() || found->second.phase != Phase::live) return true;
    // An exit before the last byte would be a fault of the agent: the stream is taken up again from where we are.
    if (found->second.received[0] < exit->log_bytes || found->second.received[1] < exit->out_bytes) return false;
    found->second.phase = Phase::ended;
    restarts = 0;
    events.on_exit(exit->token, TaskExit{.code = static_cast<int>(exit->code),
                                         .signal = static_cast<int>(exit->signal),
                                         .elapsed = std::chrono::milliseconds(std::min(exit->elapsed_ms, kLongestTask)),
                                         .log_bytes = exit->log_bytes,
                                         .out_bytes = exit->out_bytes});
  } else if (auto started = parse<Started>(frame)) {
    auto found = tasks.find(started->token);
    if (found == tasks.end() || found->second.phase != Phase::asked) return true;
    found->second.phase = Phase::live;
    found->second.start_frame = {};
    events.on_started(started->token, static_cast<std::int64_t>(started->pid));
  } else if (auto failed = parse<StartFailed>(frame)) {
    auto found = tasks.find(failed->token);
    if (found == tasks.end() || found->second.phase == Phase::queued || found->second.phase == Phase::ended)
      return true;
    const bool was_running = found->second.phase != Phase::asked;
    const Error why(was_running ? ErrorKind::unavailable : ErrorKind::invalid, failed->text);
    if (was_running) {
      end_lost(failed->token, why);
    } else {
      tasks.erase(found);
      events.on_start_failed(failed->token, why);
    }
  } else if (auto known = parse<Known>(frame)) {
    on_known(*known);
  } else if (auto killed = parse<CookieKilled>(frame)) {
    if (cookies.erase(killed->cookie) != 0) events.on_cookie_killed(killed->cookie, killed->killed);
  } else if (auto welcome = parse<Welcome>(frame)) {
    on_welcome(*welcome);
  } else if (auto refused = parse<Refused>(frame)) {
    const bool is_newer = refused->reason == kRefusedStaleEpoch || refused->reason == kRefusedSuperseded;
    give_up(Error(is_newer ? ErrorKind::conflict : ErrorKind::unsupported, refused->text));
    return false;
  } else if (auto surroundings = parse<Surroundings>(frame)) {
    events.on_surroundings(surroundings->env);
  } else if (auto memory = parse<Memory>(frame)) {
    events.on_memory(memory->peak, memory->limit, memory->kills);
  } else if (auto ping = parse<Ping>(frame)) {
    if (out.size() < kMostUnread) send(Pong{ping->nonce});
  }
  return true;
}

void SocketAgentConnection::Impl::on_welcome(const Welcome& welcome) {
  is_ready = true;
  instance = welcome.instance;
  Query query;
  std::vector<std::string> to_start;
  for (auto& [token, task] : tasks) {
    if (task.phase == Phase::ended) continue;
    if (task.phase == Phase::queued) continue;
    if (task.phase == Phase::asked && task.instance == instance) {
      to_start.push_back(token);
      continue;
    }
    // A start that another instance may have performed is not repeated here: the question decides, and its "unknown" is
    // lost.
    query.items.push_back({token, task.received[0], task.received[1]});
  }
  if (!query.items.empty()) send(query);
  for (const auto& token : to_start) out.tail() += tasks[token].start_frame;
  for (auto& token : std::exchange(order, {})) {
    auto found = tasks.find(token);
    if (found == tasks.end() || found->second.phase != Phase::queued) continue;
    found->second.phase = Phase::asked;
    found->second.instance = instance;
    out.tail() += found->second.start_frame;
  }
  for (const auto& [token, task] : tasks) {
    if (task.is_stop_ordered && task.phase != Phase::ended) send(Stop{token, task.stop_grace});
  }
  for (const auto& token : forgotten) send(Forget{token});
  for (const auto& [cookie, grace] : cookies) send(KillCookie{cookie, grace});
  events.on_ready(instance);
}

void SocketAgentConnection::Impl::on_output(const Output& output) {
  auto found = tasks.find(output.token);
  if (found == tasks.end() || found->second.phase != Phase::live || output.stream > 1) return;
  auto& received = found->second.received[output.stream];
  if (output.offset > received || output.offset + output.bytes.size() <= received) return;
  const auto fresh = output.bytes.substr(static_cast<std::size_t>(received - output.offset));
  const auto offset = received;
  received += fresh.size();
  events.on_output(output.token, static_cast<Stream>(output.stream), offset, fresh);
}

void SocketAgentConnection::Impl::on_known(const Known& known) {
  for (const auto& item : known.items) {
    auto found = tasks.find(item.token);
    if (found == tasks.end()) continue;
    auto& task = found->second;
    if (task.phase == Phase::queued || task.phase == Phase::ended) continue;
    const bool is_asked_by_caller = task.is_resumed_by_caller;
    const bool is_expected = task.instance.empty() || task.instance == instance;
    TaskState state = TaskState::lost;
    switch (item.state) {
      case State::running:
        state = TaskState::running;
        break;
      case State::ended:
        state = TaskState::ended;
        break;
      case State::lost:
        state = TaskState::lost;
        break;
      // Another instance cannot know what its predecessor did.
      case State::unknown:
        state = is_expected && is_asked_by_caller ? TaskState::unknown : TaskState::lost;
        break;
    }
    task.is_resumed_by_caller = false;
    if (state == TaskState::running || state == TaskState::ended) {
      task.phase = Phase::live;
      task.start_frame = {};
      if (is_asked_by_caller) events.on_resumed(item.token, state);
      continue;
    }
    if (is_asked_by_caller) {
      tasks.erase(found);
      events.on_resumed(item.token, state);
    } else {
      end_lost(item.token, Error(ErrorKind::unavailable,
                                 "the agent process that ran this step was killed; the step's fate is unknown"));
    }
  }
}

void SocketAgentConnection::Impl::flush() {
  if (link != nullptr) {
    const std::string frames = std::exchange(out.tail(), {});
    out.clear();
    if (!frames.empty()) link->feed(frames);
    return update();
  }
  if (!socket.is_open()) return;
  // A dead peer shows as the end of the stream when reading, where what it still said is read first.
  if (!out.is_empty() && !out.flush(socket.get())) out.clear();
  update();
}

void SocketAgentConnection::Impl::update() {
  if (link != nullptr) {
    // Answers that came at once, and orders that wait for company: both need a turn of ours.
    if (link->has_outgoing() || !out.is_empty()) wake_soon();
    watch_out(link->shim_fd(), link->wants_out());
  } else if (socket.is_open()) {
    watch_out(socket.get(), !out.is_empty());
  }
}

void SocketAgentConnection::Impl::watch_out(int fd, bool wanted) {
  if (wanted == is_out_watched) return;
  is_out_watched = wanted;
  epoll_event event{.events = EPOLLIN | (wanted ? static_cast<std::uint32_t>(EPOLLOUT) : 0U), .data = {.fd = fd}};
  ::epoll_ctl(epoll.get(), EPOLL_CTL_MOD, fd, &event);
}

void SocketAgentConnection::Impl::wake_soon() {
  if (is_woken) return;
  is_woken = true;
  const std::uint64_t one = 1;
  (void)!::write(wake.get(), &one, sizeof one);
}

void SocketAgentConnection::Impl::arm_timer() {
  // Nobody is woken for an agent from which nothing is expected.
  if (is_pausing && !is_wired()) return;
  const bool wants = !is_gone && is_wired() && (!is_ready || !tasks.empty() || !cookies.empty());
  if (wants == is_timer_armed) return;
  is_timer_armed = wants;
  itimerspec setting{};
  if (wants) setting.it_value.tv_sec = setting.it_interval.tv_sec = kCheckSeconds;
  ::timerfd_settime(timer.get(), 0, &setting, nullptr);
}

void SocketAgentConnection::Impl::check_silence() {
  std::uint64_t expirations = 0;
  if (::read(timer.get(), &expirations, sizeof expirations) != sizeof expirations) return;
  if (is_pausing) {
    is_timer_armed = false;
    lose_wire();  // which calls again
    is_pausing = false;
    return;
  }
  arm_timer();
  if (!is_timer_armed) return;
  if (++silent_checks > kSilentChecks) return lose_wire();
  send(Ping{static_cast<std::uint64_t>(silent_checks)});
}

void SocketAgentConnection::Impl::reap() {
  std::erase_if(shims, [](proc::Process& shim) { return shim.try_wait().has_value(); });
}

SocketAgentConnection::SocketAgentConnection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SocketAgentConnection::~SocketAgentConnection() {
  impl_->flush();
  if (impl_->link != nullptr) impl_->link->tidy_all();
  impl_->reap();
}

int SocketAgentConnection::fd() const { return impl_->epoll.get(); }

void SocketAgentConnection::pump() {
  epoll_event fired[4];
  const int count = ::epoll_wait(impl_->epoll.get(), fired, 4, 0);
  for (int i = 0; i < count; ++i) {
    if (fired[i].data.fd == impl_->timer.get()) {
      impl_->check_silence();
    } else if (fired[i].data.fd == impl_->wake.get()) {
      std::uint64_t ignored = 0;
      (void)!::read(impl_->wake.get(), &ignored, sizeof ignored);
      impl_->is_woken = false;
    } else if (impl_->link == nullptr) {
      impl_->read();
    }
  }
  impl_->flush();
  if (impl_->link != nullptr) impl_->turn_link();
  // The shell that was started above runs now, and nobody waits for us.
  if (impl_->link != nullptr) impl_->link->tidy_one();
}

const std::string& SocketAgentConnection::instance() const { return impl_->instance; }

Result<> SocketAgentConnection::start(const TaskSpec& spec) {
  if (!is_valid_token(spec.token)) return fail(ErrorKind::invalid, "not a task token: " + spec.token);
  if (impl_->is_gone)
    return fail(ErrorKind::unavailable, {"the agent in {} is gone", "{} 中的代理已消失"}, {impl_->options.state_dir});
  if (impl_->tasks.contains(spec.token)) return {};
  Start start{.token = spec.token,
              .mode = spec.mode == TaskMode::argv ? kModeArgv : kModeScript,
              .capture_stdout = static_cast<std::uint8_t>(spec.capture_stdout ? 1 : 0),
              .control_dir = spec.control_dir,
              .cwd = spec.cwd,
              .cookie = spec.cookie,
              .script = spec.script,
              .argv = spec.argv,
              .inherit_env = static_cast<std::uint8_t>(spec.inherit_env ? 1 : 0)};
  start.env.reserve(spec.env.size());
  for (const auto& [key, value] : spec.env) start.env.push_back(key + "=" + value);
  if (start.argv.size() > kMaxList || start.env.size() > kMaxList) {
    return fail(ErrorKind::invalid, "a step may have " + std::to_string(kMaxList) + " arguments and variables at most");
  }
  OpenTask task;
  append_frame(task.start_frame, start);
  if (task.start_frame.size() > kMaxFrame) {
    return fail(ErrorKind::invalid, "script and environment of a step may have 16 MiB together");
  }
  if (impl_->is_ready) {
    task.phase = Phase::asked;
    task.instance = impl_->instance;
    impl_->out.tail() += task.start_frame;
  } else {
    impl_->order.push_back(spec.token);
  }
  impl_->tasks.emplace(spec.token, std::move(task));
  impl_->arm_timer();
  impl_->flush();
  return {};
}

Result<> SocketAgentConnection::resume(const TaskResume& known) {
  if (!is_valid_token(known.token)) return fail(ErrorKind::invalid, "not a task token: " + known.token);
  if (impl_->is_gone)
    return fail(ErrorKind::unavailable, {"the agent in {} is gone", "{} 中的代理已消失"}, {impl_->options.state_dir});
  if (impl_->tasks.contains(known.token)) return fail(ErrorKind::conflict, "already attached to task " + known.token);
  OpenTask task{.phase = Phase::resuming, .instance = known.instance};
  task.received[0] = known.log_offset;
  task.received[1] = known.out_offset;
  task.is_resumed_by_caller = true;
  impl_->tasks.emplace(known.token, std::move(task));
  impl_->send(Query{.items = {{known.token, known.log_offset, known.out_offset}}});
  impl_->arm_timer();
  impl_->flush();
  return {};
}

void SocketAgentConnection::ack(std::string_view token, Stream stream, std::uint64_t offset) {
  auto found = impl_->tasks.find(std::string(token));
  if (found == impl_->tasks.end()) return;
  auto& acked = found->second.acked[static_cast<unsigned>(stream)];
  // The window is 4 MiB: telling each small step would cost more than it gives.
  constexpr std::uint64_t kWorthTelling = 256U << 10U;
  if (offset < acked + kWorthTelling) return;
  acked = offset;
  impl_->send(Ack{std::string(token), static_cast<std::uint8_t>(stream), offset});
  impl_->flush();
}

void SocketAgentConnection::stop(std::string_view token, std::chrono::milliseconds grace) {
  auto found = impl_->tasks.find(std::string(token));
  if (found == impl_->tasks.end() || found->second.phase == Phase::ended) return;
  found->second.is_stop_ordered = true;
  found->second.stop_grace = static_cast<std::uint32_t>(std::clamp<std::int64_t>(grace.count(), 0, 0xFFFFFFFF));
  impl_->send(Stop{std::string(token), found->second.stop_grace});
  impl_->flush();
}

void SocketAgentConnection::forget(std::string_view token) {
  constexpr std::size_t kRemembered = 1024;
  impl_->tasks.erase(std::string(token));
  impl_->forgotten.emplace_back(token);
  if (impl_->forgotten.size() > kRemembered) impl_->forgotten.pop_front();
  impl_->send(Forget{std::string(token)});
  // Not sent yet: what waits makes fd() ready, so it goes out with the next start or at the next turn of the caller's
  // loop, and the agent is woken once for both.
  impl_->update();
}

void SocketAgentConnection::kill_by_cookie(std::string_view cookie, std::chrono::milliseconds grace) {
  const auto milliseconds = static_cast<std::uint32_t>(std::clamp<std::int64_t>(grace.count(), 0, 0xFFFFFFFF));
  impl_->cookies[std::string(cookie)] = milliseconds;
  impl_->send(KillCookie{std::string(cookie), milliseconds});
  impl_->arm_timer();
  impl_->flush();
}

void SocketAgentConnection::goodbye() {
  impl_->has_said_goodbye = true;
  impl_->tasks.clear();
  impl_->send(Goodbye{});
  impl_->flush();
}

bool SocketAgentConnection::is_flushed() const {
  return impl_->is_gone || (impl_->out.is_empty() && (impl_->link == nullptr || !impl_->link->wants_out()));
}

Result<std::unique_ptr<AgentConnection>> call_agent(RemoteAgentOptions options, AgentEvents& events) {
  LocalAgentOptions as_local;
  as_local.state_dir = options.name;
  as_local.owner = std::move(options.owner);
  as_local.epoch = options.epoch;
  as_local.through_link_process = true;
  if (as_local.owner.empty()) return fail(ErrorKind::invalid, "an agent connection needs an owner's name");
  auto impl = std::make_unique<SocketAgentConnection::Impl>(std::move(as_local), events);
  impl->reach = std::move(options.reach);
  WL_CHECK_OK(impl->open());
  return std::make_unique<SocketAgentConnection>(std::move(impl));
}

Result<std::unique_ptr<AgentConnection>> start_local_agent(const LocalAgentOptions& options, AgentEvents& events) {
  auto impl = std::make_unique<SocketAgentConnection::Impl>(options, events);
  if (options.owner.empty()) return fail(ErrorKind::invalid, "an agent connection needs an owner's name");
  WL_CHECK_OK(impl->open());
  return std::make_unique<SocketAgentConnection>(std::move(impl));
}

}  // namespace windlass::nodes
