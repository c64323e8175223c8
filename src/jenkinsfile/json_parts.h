// The JSON of a model together with where each part of it stands in the text: what to_json() gives away without the
// places, and what a patch compares. Invariant: the JSON of a part is in the root's, at the paths from the root down; a
// part that was put below another has none of its own, so that deep nesting is not copied at each level.
#pragma once

#include <string>
#include <vector>

#include "data/value.h"
#include "jenkinsfile/catalog.h"
#include "jenkinsfile/model.h"

namespace windlass::jenkinsfile {

/// How a part is written as text.
enum class Role : std::uint8_t {
  pipeline,
  stage,
  section,  ///< blocks of named members; `section` is one statement of them
  stages,
  environment,
  tools,
  calls,
  libraries,  ///< lists of statements
  steps,
  conditions,
  post,
  axes,
  step,
  condition,
  call,
  environment_entry,
  tool,
  library,
  post_condition,
  axis,
  agent,
  value,
  name,
  code,
  flag,  ///< parts of statements
};

struct Part {
  Role role = Role::value;
  std::vector<std::string> path;  ///< below the parent's JSON: member names and indices
  groovy::Span span;              ///< what is replaced or deleted as a whole
  std::uint32_t open = 0;         ///< after the `{` of a block, 0: no block
  std::uint32_t close = 0;        ///< at its `}`
  data::Value json;               ///< of the root only, once all is put together
  std::vector<Part> parts;
};

Part describe(const groovy::Source& source, const Model& model, const Catalog& catalog);

}  // namespace windlass::jenkinsfile
