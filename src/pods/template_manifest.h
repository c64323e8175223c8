// The fields of a template as a pod manifest: containers, volumes, variables, labels. Nothing of the agent, nothing of
// security. Source: docs/compat/kubernetes-agents.md, "From fields to a manifest".
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/value.h"
#include "pods/pod_template.h"

namespace windlass::pods {

inline constexpr std::string_view kWorkspaceVolume = "workspace-volume";

struct TemplateManifest {
  data::Value pod;                  ///< metadata.annotations and spec
  data::Value mounts;               ///< of the volumes that all containers have
  data::Value env;                  ///< that all containers have
  data::Value workspace;            ///< the volume of the workspace
  std::vector<data::Value> claims;  ///< PersistentVolumeClaims to make, named after the pod
  std::vector<std::string> warnings;
};

/// `pod` is resolved. `pod_name` names claims and stands for ${computer.name}. invalid: words of a command with an open
/// quote, a mode that is no octal number.
Result<TemplateManifest> manifest_of(const PodTemplate& pod, const std::string& pod_name);

}  // namespace windlass::pods
