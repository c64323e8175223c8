// Looks at a cluster with the eyes of Windlass: who are we there, which of what we need is there, what may we do. Reads
// only; facts for a surface to put into sentences.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kube/client.h"
#include "kube/crash_reasons.h"
#include "kube/needs.h"

namespace windlass::kube {

struct CheckItem {
  enum class Kind : std::uint8_t { resource, right, namespace_, registration, crash };
  enum class State : std::uint8_t { there, missing, unknown };
  Kind kind = Kind::resource;
  State state = State::unknown;
  Feature feature = Feature::agents;
  std::string what;     ///< "pods/exec of v1", "create pods in namespace x", "APIService v1.apps", "pod x/y"
  std::string message;  ///< of the server, where it said something; of a crash: container, restarts, how it ended
  std::vector<MissingKind> kinds;  ///< of a crash: what its last log complains about and the cluster does not serve
};

struct ClusterReport {
  std::string version;  ///< "v1.20.2"
  std::string user;     ///< empty: the server does not tell and nothing else does
  std::vector<std::string> groups;
  std::string user_from;  ///< "server", "certificate", "token"
  std::vector<CheckItem> items;
  [[nodiscard]] bool is_complete() const;
};

/// Fails only where the server cannot be reached or knows us not at all (401).
ApiTask<ClusterReport> check_cluster(Client& client, std::string workers_namespace);

/// The subject of a JWT, unverified: for showing only.
std::string token_subject(std::string_view token);

}  // namespace windlass::kube
