// How our agent gets into a pod: a container of its image copies it into a volume that every container mounts, before
// the others start; it becomes the first process of the agent's container and of those that only wait. Contract:
// docs/compat/kubernetes-agents.md, "The agent in a pod"; why so: docs/decisions/027-delivery-by-hook.md.
//
// Never: the secret in another container than the agent's.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/value.h"
#include "pods/pods.h"

namespace windlass::pods {

inline constexpr std::string_view kAgentVolume = "windlass-agent";
inline constexpr std::string_view kAgentFolder = "/windlass";
inline constexpr std::string_view kAgentProgram = "/windlass/bin/windlass-agent";
/// Of a template: "init-container" where the nodes start the containers of a pod all at once.
inline constexpr std::string_view kDeliveryAnnotation = "windlass.io/agent-delivery";
inline constexpr std::string_view kByInitContainer = "init-container";
inline constexpr std::string_view kDefaultContainer = "kubectl.kubernetes.io/default-container";

struct Injection {
  std::string pod_name, secret, agent_url;  ///< agent_url ends with '/'
  std::string agent_image;                  ///< of the container that brings the agent
  std::string agent_container;
  std::vector<Pair> proxy_variables;
  std::string authority;  ///< PEM, of the server's certificate; empty: the agent trusts whom its image trusts
};

/// Changes the manifest; the containers in its order. `shells` are those of templates, by container.
/// invalid: a name or a mount path that is the agent's is taken.
Result<std::vector<ContainerPlan>> inject_agent(data::Value& pod, const Injection& how,
                                                const std::vector<Pair>& shells);

/// Whether a container does nothing but wait for us: `cat`, `sleep N`, `tail -f /dev/null`, a bare shell, or no command
/// and a terminal.
bool only_waits(const data::Value& container);

}  // namespace windlass::pods
