// The part of JSONPath that triggers are written with: `$.a.b`, `$['a']`, `$.list[0]`, `[-1]`, `.*`, `[*]`, `..name`.
// No filters and no slices. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/value.h"

namespace windlass::data {

struct JsonPathMatches {
  std::vector<const Value*> values;  ///< in order of the document; parts of it
  bool several = false;              ///< the path may have more than one match: `*`, `..`
};

/// At most `most` matches. invalid: what is no such path.
Result<JsonPathMatches> find_json_path(const Value& document, std::string_view path, std::size_t most = 1000);

}  // namespace windlass::data
