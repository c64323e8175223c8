// Where agents that call us arrive, and where conversations with them begin.
//
// An agent in a pod keeps one WebSocket to the server. Whoever wants to speak to a container of that pod asks call()
// for the end of a socket; the other end is carried over the agent's connection to that container's link. While the
// agent is away the conversation waits; when its connection breaks, its conversations end, and whoever had one calls
// again and goes on by offset. The hub reads none of what is said.
//
// Reactor thread, but for call() and gone(), which are for any. Source: docs/formats/agent.md §6.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"
#include "proc/fd.h"
#include "rt/timers.h"

namespace windlass::agents {

struct AgentHubOptions {
  /// What proves, once, that a caller is the agent of that name: it stands in its pod's object.
  std::function<std::string(std::string_view name)> secret_of;
  /// What proves from then on that it is the agent which called from that very pod: nobody but the two has it.
  std::function<std::string(std::string_view name, std::string_view pod_uid)> own_secret_of;
  /// The uid of the pod of that name, as far as it is known yet. Reactor thread.
  std::function<std::optional<std::string>(std::string_view name)> pod_of;
  std::function<void(const std::string& name)> connected;     ///< reactor thread
  std::function<void(const std::string& name)> disconnected;  ///< reactor thread; not when it is replaced
  std::function<void(std::string_view)> log;                  ///< one line, without its end
  std::size_t max_agents = 20'000;
  std::size_t max_waiting = 100'000;  ///< conversations that wait for an agent
};

class AgentHub {
 public:
  /// `io` and `timers` must outlive it.
  AgentHub(boost::asio::io_context& io, rt::Timers& timers, AgentHubOptions options);
  /// stop(); what waits ends.
  ~AgentHub();
  AgentHub(const AgentHub&) = delete;
  AgentHub& operator=(const AgentHub&) = delete;

  /// Ends all connections and takes no more. Runs that go on to the process's end may call: their conversations wait,
  /// as for an agent that is away, since none has been given up. Reactor thread.
  void stop();

  /// `/kapis/windlass.io/v1/agents/NAME/link`
  static bool serves(std::string_view path);
  /// The answer to an agent that knocks: 101 and its connection is the hub's, or a sentence why not.
  net::Response accept(const net::Request& request);

  /// A connected stream socket, non-blocking, that speaks to the link of `container` (empty: the one that dials) of the
  /// agent `name` as if it had knocked at its socket. Errors: unavailable (the agent is gone for good, with the reason
  /// that gone() was given), exhausted.
  [[nodiscard]] Result<proc::Fd> call(const std::string& name, const std::string& container);
  /// It will not come back: its conversations end, later calls fail with `why`. What is said first counts; the last
  /// hundred thousand are remembered, since whoever had a conversation may find its end only after a while.
  void gone(const std::string& name, const Error& why);
  /// It has called before, to an earlier process: the secret that its pod's object shows is used up. Any thread.
  void has_called(const std::string& name);

  [[nodiscard]] bool is_connected(const std::string& name) const;
  [[nodiscard]] std::size_t count() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace windlass::agents
