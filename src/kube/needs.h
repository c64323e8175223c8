// What Windlass needs of a cluster: API versions, custom resources, rights, each with what it is for. Data, read by the
// check of a cluster and by its page. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "kube/reviews.h"

namespace windlass::kube {

/// What stops working without it.
enum class Feature : std::uint8_t {
  agents,        ///< pods as agents
  claims,        ///< volumes that are made for a pod and go with it
  pull_secrets,  ///< registryCredentialsId of agent { docker }
  exec,          ///< steps in containers that keep their own entry point
  events,        ///< why a pod does not start
  objects,       ///< the cluster's objects drive Windlass
  credentials,   ///< Secrets as credentials
  settings,      ///< ConfigMaps: pod templates, Maven settings
  kinds,         ///< our kinds are installed and brought up to date by the server
  leadership,    ///< a second replica
  sign_in,       ///< tokens of the cluster are accepted
  binding,       ///< rights in the namespaces of projects, where they are not there for the whole cluster
};
std::string_view to_string(Feature feature);

struct NeededResource {
  Feature feature;
  std::string_view group, version, plural;  ///< plural may have a sub-resource: "pods/exec"
};
std::span<const NeededResource> needed_resources();

/// Where a right has to reach, and so which role has it (cluster/manifests.h makes the roles of these rows).
enum class Reach : std::uint8_t {
  workers,    ///< the namespace of the agents
  registry,   ///< the same, of the server's account alone: who only makes pods needs no Secrets
  system,     ///< the namespace of the server itself
  projects,   ///< namespaces of projects: bound there by the server, one by one
  cluster,    ///< everywhere
  installer,  ///< everywhere, of whoever installs: a server that was installed does without
};

struct NeededRight {
  Feature feature;
  std::string_view verb, group, resource, subresource;
  Reach reach;
  std::string_view name = {};  ///< of this object alone; empty: of all
};
std::span<const NeededRight> needed_rights();
[[nodiscard]] Attributes attributes_of(const NeededRight& right, std::string_view workers_namespace,
                                       std::string_view system_namespace);

/// The ClusterRole of the rows that reach into projects.
inline constexpr std::string_view kProjectRole = "windlass-project";

/// Is it in a document of discovery (APIResourceList)?
bool has_resource(const data::Value& api_resource_list, std::string_view plural);

}  // namespace windlass::kube
