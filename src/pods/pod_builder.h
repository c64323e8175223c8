// A resolved template and its run to the whole pod: fields on top of the manifest, the agent, what Kubernetes needs,
// security. The order is that of docs/compat/kubernetes-agents.md, "The pod".
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "pods/pods.h"

namespace windlass::pods {

struct BuildInput {
  const Clouds* clouds = nullptr;
  const Cloud* cloud = nullptr;
  PodTemplate resolved;
  /// What pipelines wrote of it, each with its own fields only; the policy is about these.
  std::vector<PodTemplate> pipeline_parts;
  /// What the administrator's templates alone come to; its containers are not for pipelines to change.
  PodTemplate administrators;
  std::string pod_name;
};

/// Everything of the plan but template_id. Errors as plan_pod's.
Result<PodPlan> build_pod(const BuildInput& input, const PodRequest& request);

/// Name of the agent's container, its workingDir; mounts and variables of all containers; workspace, defaults.
/// Also for one more container: a container named in `only` alone, when that is not empty.
void complete_containers(data::Value& pod, const std::string& agent_container, const data::Value& mounts,
                         const data::Value& env, const data::Value& workspace, const std::string& only = {});

}  // namespace windlass::pods
