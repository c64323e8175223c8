// Two pod manifests to one: by name what Kubernetes knows by name, key by key what it knows as maps, the child's else.
// Used for a template's fields on top of its manifest, and for manifests with the strategy merge().
// Source: docs/compat/kubernetes-agents.md, "Manifests".
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/value.h"

namespace windlass::pods {

data::Value combine_pods(const data::Value& parent, const data::Value& child);

/// One manifest of a template. invalid: no YAML, no map, another kind than Pod, a list where a map belongs;
/// exhausted: more than a manifest can be.
Result<data::Value> parse_manifest(const std::string& yaml);

/// The manifest that a template's texts amount to: the last, or with `merge` all of them in order. A map.
Result<data::Value> combine_yamls(const std::vector<std::string>& yamls, bool merge);

}  // namespace windlass::pods
