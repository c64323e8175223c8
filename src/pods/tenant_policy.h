// What a pipeline may ask of the cluster: an allow-list over the manifest that it brings. Templates of the
// administrator are not looked at, only what a pipeline makes of them.
//
// Not admission: what a cluster refuses besides is its own. Threats T57, T58.
#pragma once

#include <string>
#include <vector>

#include "data/value.h"
#include "pods/pods.h"

namespace windlass::pods {

/// Why this part of a pipeline's pod is refused, a sentence each that begins with the field; empty: it is allowed.
std::vector<std::string> tenant_violations(const data::Value& part, const TenantPolicy& policy,
                                           const std::vector<std::string>& namespaces);

/// Why `part`, which is allowed in itself, is refused on top of what the administrator's templates say
/// (`administrators`: their part alone): it changes a container that has privileges from them, or mounts a folder of
/// the host that the whole `pod` has where they do not.
std::vector<std::string> takeover_violations(const data::Value& part, const data::Value& pod,
                                             const data::Value& administrators, const TenantPolicy& policy);

/// The namespaces that pods of pipelines may be in.
std::vector<std::string> tenant_namespaces(const Clouds& clouds, const Cloud& cloud);

}  // namespace windlass::pods
