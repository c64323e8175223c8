// Pods as agents of this server, wired: templates from Configuration as Code, a fleet in the cluster, the hub where
// agents call. What each does is theirs; here they meet.
//
// Reactor thread, but for nodes(), whose calls are for the engine's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "casc/configuration.h"
#include "net/http.h"
#include "nodes/remote_nodes.h"
#include "rt/task.h"
#include "rt/timers.h"
#include "server/agent_clusters.h"

namespace windlass::server {

struct AgentPodsOptions {
  AgentClustersOptions clusters;  ///< all but what each fleet is told
  std::string store_id;           ///< whose pods these are
  std::string agent_image;        ///< holds the agent's programs
  std::string agent_url;          ///< where agents in pods reach this server, of clouds that do not say
  std::string agent_authority;    ///< PEM: signs what is shown at agent_url; empty: somebody whom images trust
  std::uint16_t agent_port = 0;   ///< where agents call: a cloud's jenkinsUrl with this port is the same place
  /// The hosts of https:// URLs that lead there, when they are others than before; the certificate is to be for them.
  std::function<void(std::vector<std::string> hosts)> hosts_changed;
  std::vector<pods::Pair> proxy_variables;  ///< of this process, for clouds with addMasterProxyEnvVars
  bool host_takes_work = false;             ///< --executors was given: the host is a node too
  std::function<std::string(std::string_view name)> secret_of;  ///< of a pod, to call with once; any thread
  /// Of the agent that has called from that pod.
  std::function<std::string(std::string_view name, std::string_view pod_uid)> own_secret_of;
  std::function<std::int64_t()> now_millis;
  std::function<std::uint64_t()> random;  ///< that nobody can foresee
  /// Whether the run of this uid is known and has not ended.
  std::function<rt::Task<bool>(std::string run_uid)> is_alive;
  std::function<void(std::string_view)> log;  ///< one line, without its end
};

class AgentPods {
 public:
  /// Everything given must outlive it. Errors: the configuration cannot be used, with file, line and key.
  static Result<std::unique_ptr<AgentPods>> make(boost::asio::io_context& io, rt::Timers& timers,
                                                 AgentPodsOptions options);
  ~AgentPods();
  AgentPods(const AgentPods&) = delete;
  AgentPods& operator=(const AgentPods&) = delete;

  void start();
  /// Agents are hung up on; pods stay as they are, the next process finds them.
  void stop();
  [[nodiscard]] nodes::RemoteNodes& nodes();
  static bool serves(std::string_view path);
  net::Response accept(const net::Request& request);
  /// Clouds and templates from now on; where it names none, or is null, those of the chart. Before start(), and
  /// whenever they change.
  void use(const casc::Configuration* configuration);

 private:
  struct Impl;
  explicit AgentPods(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace windlass::server
