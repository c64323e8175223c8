// Java's META-INF/MANIFEST.MF: main attributes, then named sections; lines of at most 72 bytes continued by a line that
// starts with a blank. Source: "JAR File Specification", manifest section.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "data/value.h"

namespace windlass::data {

struct ManifestLimits {
  std::size_t max_bytes = 16u * 1024 * 1024;
  std::size_t max_attributes = 1'000'000;
};

/// {main: {Name: text …}, entries: {"path": {Name: text …} …}}, as readManifest gives it. Names keep their spelling.
/// Errors: invalid ("manifest, line 2: …"), exhausted.
Result<Value> parse_manifest(std::string_view text, const ManifestLimits& limits = {});

}  // namespace windlass::data
