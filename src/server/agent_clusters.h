// Which cluster each cloud's pods are in, and the fleets that make them there: the server's own cluster, or another one
// by the cloud's serverUrl and credentialsId. Each cluster has a client of its own, so one that does not answer, or
// does not know us, is a matter of its clouds alone.
//
// Reactor thread. Not here: what a cloud offers (pods/), what a pod of it goes through (clouds/).
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "casc/configuration.h"
#include "clouds/pod_fleet.h"
#include "cluster/connection.h"
#include "kube/client.h"
#include "kube/kubeconfig.h"

namespace windlass::server {

/// The access that a cloud asks for; nothing: it is in the cluster that the server itself was given. Errors: not_found
/// (no such credential), invalid (the URL, the certificate, the kubeconfig), with a sentence that holds no secret.
Result<std::optional<kube::Access>> access_of(const pods::Cloud& cloud,
                                              const std::vector<casc::Credential>& credentials,
                                              const kube::Access* own);

/// How long a call to a cloud's own cluster may take, to connect and to be answered, and how many may be under way.
cluster::CallLimits limits_of(const pods::Cloud& cloud);

struct AgentClustersOptions {
  kube::Client* client = nullptr;      ///< of the server's own cluster; null: it has none for its objects
  std::optional<kube::Access> access;  ///< then: of the cluster that pods are in by default, if there is any
  kube::Surroundings surroundings;
  std::string user_agent;
  clouds::FleetOptions fleet;  ///< of each
};

class AgentClusters {
 public:
  AgentClusters(boost::asio::io_context& io, AgentClustersOptions options);
  ~AgentClusters();

  /// The fleet of a cloud's cluster, the same for the same access. Errors: those of access_of, not_found (the server
  /// was given no cluster and the cloud names none).
  Result<clouds::PodFleet*> fleet_of(const pods::Cloud& cloud, const std::vector<casc::Credential>& credentials);
  /// What no cloud needs any more keeps no idle pods; runs that have pods there go on with them, to the end of the
  /// process.
  void keep(const std::set<clouds::PodFleet*>& needed);
  void start();
  void stop();

 private:
  struct Cluster {
    std::unique_ptr<cluster::Connection> connection;  ///< null: the server's own client
    std::unique_ptr<clouds::PodFleet> fleet;
  };

  boost::asio::io_context& io_;
  AgentClustersOptions options_;
  std::map<std::string, Cluster> clusters_;  ///< by what they are called with
  std::map<std::string, std::string, std::less<>> key_of_cloud_;
  std::string primary_;  ///< the first of them
  bool started_ = false;
};

}  // namespace windlass::server
