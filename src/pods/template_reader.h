// One pod template from its three spellings: an entry of JCasC's `templates`, the map of a `podTemplate` step, the map
// of Declarative's `agent { kubernetes { … } }`. They differ in how describables and numbers are written, no more.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/value.h"
#include "pods/field_reader.h"
#include "pods/pod_template.h"

namespace windlass::pods {

struct ReadTemplate {
  PodTemplate pod;
  std::string cloud;        ///< of a step; empty: any
  std::vector<Note> notes;  ///< keys that have no meaning here or cannot be used
};

/// invalid: a container without a name or of a name that Kubernetes does not take, a volume without what it needs, an
/// unknown kind of volume; the sentence begins with the path.
Result<ReadTemplate> read_template(const data::Value& map, const std::string& path = {});

/// The typed template as JCasC writes it; read_template gives it back.
data::Value write_template(const PodTemplate& pod);

/// never, always, onFailure, evicted in any spelling of a describable; nullopt: default() or nothing.
Result<std::optional<Retention>> read_retention(const data::Value& value, const std::string& path);

/// A DNS label of RFC 1123.
bool is_dns_label(std::string_view name);

}  // namespace windlass::pods
