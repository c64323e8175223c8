#include "agents/agent_hub.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <sys/socket.h>
#include <unordered_map>

#include "agentproto/channels.h"
#include "net/websocket_accept.h"
#include "websocket/frames.h"

namespace windlass::agents {

namespace asio = boost::asio;
using agentproto::ChannelKind;
using net::Request;
using net::Response;
using LocalSocket = asio::local::stream_protocol::socket;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kPingEvery{20};
constexpr std::chrono::seconds kSilenceLimit{70};
constexpr std::size_t kPiece = 64U << 10U;
constexpr std::size_t kQueueLimit = 4U << 20U;    ///< bytes on their way to an agent; then its conversations wait
constexpr std::size_t kUnreadLimit = 64U << 20U;  ///< bytes that a conversation's owner does not read
constexpr std::size_t kMostGone = 100'000;        ///< names that are remembered, of each kind
constexpr std::string_view kPrefix = "/kapis/windlass.io/v1/agents/", kSuffix = "/link";

bool is_same(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || a.empty()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

std::string_view name_in(std::string_view path) {
  if (!path.starts_with(kPrefix) || !path.ends_with(kSuffix) || path.size() <= kPrefix.size() + kSuffix.size())
    return {};
  const auto name = path.substr(kPrefix.size(), path.size() - kPrefix.size() - kSuffix.size());
  return name.contains('/') || name.contains('%') ? std::string_view() : name;
}

struct Agent;

struct Channel : std::enable_shared_from_this<Channel> {
  Channel(asio::io_context& io, int fd) : socket(io, asio::local::stream_protocol(), fd) {}
  LocalSocket socket;
  std::string container;
  std::uint32_t id = 0;
  std::string unsent;  ///< from the agent, for whoever called
  bool writing = false;

  void close() {
    boost::system::error_code ignored;
    socket.close(ignored);
  }
};

struct Agent : std::enable_shared_from_this<Agent> {
  Agent(asio::io_context& io, rt::Timers& timers, std::string name_, std::unique_ptr<net::ByteStream> stream_)
      : name(std::move(name_)), stream(std::move(stream_)), room(io, timers) {}
  std::string name;
  std::unique_ptr<net::ByteStream> stream;
  websocket::Reader reader{websocket::Reader::Role::server, agentproto::kMaxChannelMessage};
  std::string out;
  std::string said;  ///< why a conversation ended, as it was logged last
  bool writing = false, over = false;
  rt::Signal room;  ///< `out` has become shorter
  std::map<std::uint32_t, std::shared_ptr<Channel>> channels;
  std::uint32_t next_channel = 1;
  rt::Timers::Id ping_timer = 0;

  void close() {
    if (std::exchange(over, true)) return;
    stream->close();
    for (auto& [id, channel] : channels) channel->close();
    channels.clear();
    room.notify();
  }
};

}  // namespace

struct AgentHub::Impl : std::enable_shared_from_this<AgentHub::Impl> {
  Impl(asio::io_context& io_, rt::Timers& timers_, AgentHubOptions options_)
      : io(io_), timers(timers_), options(std::move(options_)) {}

  asio::io_context& io;
  rt::Timers& timers;
  AgentHubOptions options;
  std::unordered_map<std::string, std::shared_ptr<Agent>> agents;
  std::unordered_map<std::string, std::deque<std::shared_ptr<Channel>>> waiting;
  bool stopped = false;
  std::set<std::string> registered;          ///< agents that have secrets of their own
  std::deque<std::string> registered_order;  ///< the same, the oldest first; some may be gone
  std::mutex mutex;
  std::unordered_map<std::string, Error> gone;  ///< under the mutex
  std::deque<std::string> gone_order;           ///< the same, the oldest first
  std::size_t called = 0;                       ///< under the mutex: conversations that wait or are on their way here

  /// From now on the secret that its pod's object shows opens nothing.
  void remember(const std::string& name) {
    if (!registered.insert(name).second) return;
    registered_order.push_back(name);
    if (registered_order.size() <= kMostGone) return;
    registered.erase(registered_order.front());
    registered_order.pop_front();
  }

  void serve(std::string name, std::unique_ptr<net::ByteStream> stream, const std::string& first) {
    if (stopped) return stream->close();
    auto agent = std::make_shared<Agent>(io, timers, std::move(name), std::move(stream));
    agent->reader.feed(first);
    auto& place = agents[agent->name];
    const bool is_new = place == nullptr;
    // The one before has lost its network and does not know it yet, or its process was replaced.
    if (auto former = std::exchange(place, agent)) former->close();
    asio::co_spawn(io, read(shared_from_this(), agent), asio::detached);
    ping_later(agent);
    if (auto found = waiting.extract(agent->name)) {
      const std::lock_guard lock(mutex);
      called -= found.mapped().size();
      for (auto& channel : found.mapped()) open(agent, std::move(channel));
    }
    if (is_new && options.connected) options.connected(agent->name);
  }

  void ping_later(const std::shared_ptr<Agent>& agent) {
    agent->ping_timer = timers.at(timers.now() + kPingEvery, [weak = weak_from_this(), agent] {
      auto self = weak.lock();
      if (!self || agent->over) return;
      self->send(agent, websocket::Opcode::ping, {});
      self->ping_later(agent);
    });
  }

  void end(const std::shared_ptr<Agent>& agent) {
    timers.cancel(agent->ping_timer);
    agent->close();
    const auto found = agents.find(agent->name);
    if (found == agents.end() || found->second != agent) return;
    agents.erase(found);
    if (!stopped && options.disconnected) options.disconnected(agent->name);
  }

  static asio::awaitable<void> read(std::shared_ptr<Impl> self, std::shared_ptr<Agent> agent) {
    auto space = std::make_unique_for_overwrite<char[]>(kPiece);
    for (;;) {
      auto message = agent->reader.next();
      if (!message) {
        self->options.log("agent " + agent->name + ": " + message.error().message);
        break;
      }
      if (*message) {
        if ((*message)->opcode == websocket::Opcode::close || !self->take(agent, **message)) break;
        continue;
      }
      const rt::Deadline limit(self->timers, self->timers.now() + kSilenceLimit, [agent] { agent->stream->close(); });
      auto count = co_await agent->stream->read_some({space.get(), kPiece});
      if (!count || *count == 0) break;
      agent->reader.feed({space.get(), *count});
    }
    self->end(agent);
  }

  bool take(const std::shared_ptr<Agent>& agent, const websocket::Message& message) {
    if (message.opcode == websocket::Opcode::ping) {
      send(agent, websocket::Opcode::pong, message.payload);
      return true;
    }
    if (message.opcode == websocket::Opcode::text && message.payload == agentproto::kSecretKept) {
      remember(agent->name);
      return true;
    }
    if (message.opcode != websocket::Opcode::binary) return message.opcode == websocket::Opcode::pong;
    const auto parsed = agentproto::parse_channel_message(message.payload);
    if (!parsed || parsed->kind == ChannelKind::open) {
      options.log("agent " + agent->name + " sent what no agent says");
      return false;
    }
    const auto found = agent->channels.find(parsed->channel);
    if (found == agent->channels.end()) return true;  // it has ended here meanwhile
    auto channel = found->second;
    if (parsed->kind == ChannelKind::close) {
      // Whoever waits for it calls again and again: once is enough.
      if (const std::string why(parsed->bytes.substr(0, 200)); !why.empty() && why != agent->said) {
        options.log("agent " + agent->name + ": " + why);
        agent->said = why;
      }
      agent->channels.erase(found);
      if (channel->unsent.empty()) channel->close();  // else when all is written
      return true;
    }
    channel->unsent += parsed->bytes;
    if (channel->unsent.size() > kUnreadLimit) {
      end_channel(agent, channel);
    } else if (!std::exchange(channel->writing, true)) {
      asio::co_spawn(io, write_channel(shared_from_this(), agent, channel), asio::detached);
    }
    return true;
  }

  static asio::awaitable<void> write_channel(std::shared_ptr<Impl> self, std::shared_ptr<Agent> agent,
                                             std::shared_ptr<Channel> channel) {
    while (!channel->unsent.empty()) {
      const auto bytes = std::exchange(channel->unsent, {});
      auto [error, count] = co_await asio::async_write(channel->socket, asio::buffer(bytes), kAwait);
      if (error) {
        self->end_channel(agent, channel);
        co_return;
      }
    }
    channel->writing = false;
    if (!agent->channels.contains(channel->id)) channel->close();
  }

  void end_channel(const std::shared_ptr<Agent>& agent, const std::shared_ptr<Channel>& channel) {
    channel->close();
    if (agent->channels.erase(channel->id) == 0 || agent->over) return;
    send(agent, websocket::Opcode::binary, agentproto::format_channel_message(channel->id, ChannelKind::close, {}));
  }

  void open(const std::shared_ptr<Agent>& agent, std::shared_ptr<Channel> channel) {
    channel->id = agent->next_channel++;
    agent->channels[channel->id] = channel;
    send(agent, websocket::Opcode::binary,
         agentproto::format_channel_message(channel->id, ChannelKind::open, channel->container));
    asio::co_spawn(io, read_channel(shared_from_this(), agent, std::move(channel)), asio::detached);
  }

  static asio::awaitable<void> read_channel(std::shared_ptr<Impl> self, std::shared_ptr<Agent> agent,
                                            std::shared_ptr<Channel> channel) {
    auto space = std::make_unique_for_overwrite<char[]>(kPiece);
    while (!agent->over) {
      auto [error, count] = co_await channel->socket.async_read_some(asio::buffer(space.get(), kPiece), kAwait);
      if (error || agent->over) break;
      self->send(agent, websocket::Opcode::binary,
                 agentproto::format_channel_message(channel->id, ChannelKind::data, {space.get(), count}));
      while (!agent->over && agent->out.size() > kQueueLimit) {
        if (!co_await agent->room.wait(self->timers.now() + kSilenceLimit)) break;
      }
    }
    self->end_channel(agent, channel);
  }

  void send(const std::shared_ptr<Agent>& agent, websocket::Opcode opcode, std::string_view payload) {
    if (agent->over) return;
    agent->out += websocket::format_frame(opcode, payload, std::nullopt);
    if (!std::exchange(agent->writing, true)) asio::co_spawn(io, write(shared_from_this(), agent), asio::detached);
  }

  static asio::awaitable<void> write(std::shared_ptr<Impl> self, std::shared_ptr<Agent> agent) {
    while (!agent->out.empty() && !agent->over) {
      const auto bytes = std::exchange(agent->out, {});
      const rt::Deadline limit(self->timers, self->timers.now() + kSilenceLimit, [agent] { agent->stream->close(); });
      if (!co_await agent->stream->write_all(bytes)) break;
      agent->room.notify();
    }
    agent->writing = false;
    if (!agent->out.empty()) agent->stream->close();  // the reader ends it
  }

  void attach(const std::string& name, const std::string& container, int fd) {
    auto channel = std::make_shared<Channel>(io, fd);
    channel->container = container;
    const std::lock_guard lock(mutex);
    if (gone.contains(name)) {
      --called;
      return channel->close();
    }
    const auto found = agents.find(name);
    if (stopped || found == agents.end()) {
      waiting[name].push_back(std::move(channel));
      return;
    }
    --called;
    open(found->second, std::move(channel));
  }

  void stop() {
    stopped = true;
    auto all = std::exchange(agents, {});
    for (auto& [name, agent] : all) {
      timers.cancel(agent->ping_timer);
      agent->close();
    }
  }
};

AgentHub::AgentHub(asio::io_context& io, rt::Timers& timers, AgentHubOptions options)
    : impl_(std::make_shared<Impl>(io, timers, std::move(options))) {}

AgentHub::~AgentHub() {
  impl_->stop();
  impl_->waiting.clear();
}

void AgentHub::stop() { impl_->stop(); }

bool AgentHub::serves(std::string_view path) { return !name_in(path).empty(); }

Response AgentHub::accept(const Request& request) {
  if (impl_->stopped) return Response::text(503, "this server is stopping\n");
  const std::string name(name_in(request.path));
  constexpr std::string_view kBearer = "Bearer ";
  std::string_view secret = request.headers.get("Authorization");
  secret.remove_prefix(secret.starts_with(kBearer) ? kBearer.size() : secret.size());
  const std::string pod(request.headers.get(agentproto::kPodHeader));
  const auto own_secret = impl_->options.own_secret_of(name, pod);
  const bool has_called = is_same(secret, own_secret);
  if (!has_called && !is_same(secret, impl_->options.secret_of(name))) {
    return Response::text(403, "the secret is not that of the agent " + name + "\n");
  }
  const auto key = request.headers.get("Sec-WebSocket-Key");
  if (request.method != "GET" || key.empty() || request.headers.get("Sec-WebSocket-Version") != "13" ||
      request.headers.get("Sec-WebSocket-Protocol") != agentproto::kChannelProtocol) {
    auto out = Response::text(
        426, "agents speak the WebSocket protocol " + std::string(agentproto::kChannelProtocol) + " here\n");
    out.headers.add("Upgrade", "websocket");
    return out;
  }
  {
    const std::lock_guard lock(impl_->mutex);
    if (const auto found = impl_->gone.find(name); found != impl_->gone.end()) {
      return Response::text(410, "the agent " + name + " has been given up: " + found->second.text() + "\n");
    }
  }
  // The secret that the pod's object shows is good for one agent in that very pod, and for nobody once it has called.
  const auto known = impl_->options.pod_of(name);
  if (known && *known != pod) {
    return Response::text(403, "the agent " + name + " calls from another pod than the one made for it\n");
  }
  if (!has_called && impl_->registered.contains(name)) {
    return Response::text(403,
                          "the first secret of the agent " + name + " is used up: it has its own since it called\n");
  }
  if (!has_called && !known) return Response::text(503, "the pod " + name + " is not known yet; call again\n");
  if (impl_->agents.size() >= impl_->options.max_agents)
    return Response::text(503, "this server has too many agents\n");
  Response out;
  out.status = 101;
  out.headers.add("Upgrade", "websocket");
  out.headers.add("Connection", "Upgrade");
  out.headers.add("Sec-WebSocket-Accept", net::websocket_accept(key));
  out.headers.add("Sec-WebSocket-Protocol", std::string(agentproto::kChannelProtocol));
  if (has_called) {
    impl_->remember(name);
  } else {
    out.headers.add(std::string(agentproto::kSecretHeader), own_secret);
  }
  out.upgrade = [impl = impl_, name](std::unique_ptr<net::ByteStream> stream, std::string first) -> rt::Task<> {
    impl->serve(name, std::move(stream), first);
    co_return Result<>();
  };
  return out;
}

Result<proc::Fd> AgentHub::call(const std::string& name, const std::string& container) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (const auto found = impl_->gone.find(name); found != impl_->gone.end()) return fail(found->second);
    if (impl_->called >= impl_->options.max_waiting) {
      return fail(ErrorKind::exhausted, "too many steps wait for agents that are not connected");
    }
    ++impl_->called;
  }
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
    const std::lock_guard lock(impl_->mutex);
    --impl_->called;
    return fail(ErrorKind::exhausted, "no descriptors for a conversation with the agent " + name);
  }
  proc::Fd ours(ends[0]);
  asio::post(impl_->io, [impl = impl_, name, container, fd = ends[1]] { impl->attach(name, container, fd); });
  return ours;
}

void AgentHub::gone(const std::string& name, const Error& why) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->gone.try_emplace(name, why).second) impl_->gone_order.push_back(name);
    if (impl_->gone_order.size() > kMostGone) {
      impl_->gone.erase(impl_->gone_order.front());
      impl_->gone_order.pop_front();
    }
  }
  asio::post(impl_->io, [impl = impl_, name] {
    if (auto found = impl->waiting.extract(name)) {
      const std::lock_guard lock(impl->mutex);
      impl->called -= found.mapped().size();
    }
    if (const auto found = impl->agents.find(name); found != impl->agents.end()) found->second->close();
  });
}

void AgentHub::has_called(const std::string& name) {
  asio::post(impl_->io, [impl = impl_, name] { impl->remember(name); });
}

bool AgentHub::is_connected(const std::string& name) const { return impl_->agents.contains(name); }
std::size_t AgentHub::count() const { return impl_->agents.size(); }

}  // namespace windlass::agents
