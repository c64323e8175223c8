// The paths of the Kubernetes API: /api/v1/namespaces/NS/secrets/NAME, /apis/GROUP/VERSION/…/NAME/status, the old
// /watch/ prefix. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "objects/resource_type.h"

namespace windlass::kubeapi {

struct ResourcePath {
  const objects::ResourceType* type = nullptr;
  std::string namespace_;
  std::string name;
  std::string subresource;  ///< "status", "finalize"
  bool watch = false;       ///< by the path
};

/// Decoded segments behind /api or /apis, e.g. {"v1", "namespaces", "p", "secrets"}; `core`: behind /api. nullopt: no
/// resource of ours is there.
std::optional<ResourcePath> parse_resource_path(const std::vector<std::string>& segments, bool core);

}  // namespace windlass::kubeapi
