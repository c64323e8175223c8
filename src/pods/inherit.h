// Templates that build on templates: `inheritFrom`, nesting, the cloud's default. Fields meet one by one; manifests are
// only collected, pod_merge.h makes one of them. Source: docs/compat/kubernetes-agents.md, "Inheritance".
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "pods/pod_template.h"

namespace windlass::pods {

/// `child` on top of `parent`. Name, label, id, usage and retention are always the child's.
PodTemplate combine(const PodTemplate& parent, const PodTemplate& child);
/// The same for one container of the same name.
ContainerTemplate combine(const ContainerTemplate& parent, const ContainerTemplate& child);

/// `pod` with all that it inherits: from `around` (nullptr: it stands in no other template) when it does not say from
/// what, else from the named ones of `all`, left to right, later ones win; from `defaults` first of all. A name that
/// nobody has is no error. invalid: templates inherit from each other in a circle.
Result<PodTemplate> resolve(const PodTemplate& pod, const std::vector<PodTemplate>& all, const std::string& defaults,
                            const PodTemplate* around);

}  // namespace windlass::pods
