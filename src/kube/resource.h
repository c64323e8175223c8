// What is asked for, and the paths and queries that ask for it. Pure. The kinds that Windlass uses are named here once,
// each at a version that Kubernetes 1.20 and current releases share (docs/compat/kubernetes-api.md).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "objects/resource_type.h"

namespace windlass::kube {

struct Resource {
  std::string group;    ///< "" for the core group
  std::string version;  ///< "v1"
  std::string plural;   ///< "pods"
  std::string kind;     ///< "Pod"
  bool namespaced = true;

  /// "v1", "coordination.k8s.io/v1".
  [[nodiscard]] std::string api_version() const { return group.empty() ? version : group + "/" + version; }
  [[nodiscard]] objects::Subject subject(std::string_view name) const { return {group, plural, kind, name}; }
};

Resource resource_of(const objects::ResourceType& type);

namespace resources {
const Resource& pods();
const Resource& namespaces();
const Resource& nodes();
const Resource& secrets();
const Resource& config_maps();
const Resource& events();
const Resource& service_accounts();
const Resource& persistent_volume_claims();
const Resource& leases();
const Resource& custom_resource_definitions();
const Resource& token_reviews();
const Resource& subject_access_reviews();
const Resource& self_subject_access_reviews();
/// All of the above.
std::span<const Resource> all();
}  // namespace resources

using Query = std::vector<std::pair<std::string, std::string>>;

/// "/api/v1/namespaces/ns/pods/p/log?container=c": every part is encoded. `namespace_` empty: cluster-wide; `name`
/// empty: the collection. Errors: invalid (a name that no object can have, which could lead to another path).
Result<std::string> resource_path(const Resource& resource, std::string_view namespace_, std::string_view name,
                                  std::string_view subresource = {}, const Query& query = {});
std::string format_query(const Query& query);

}  // namespace windlass::kube
