// Declarative as JSON and back: the format that visual pipeline editors exchange with Jenkins' model converter.
// Patching changes only the bytes of what changed in the JSON: comments, blank lines and everything that the JSON
// cannot say survive.
//
// What this is not: a validator of JSON from outside beyond what is needed to write text; validate the result as text.
// Source: the public JSON of pipeline-model-definition (`{"pipeline": {"stages": […], "agent": {"type": "any"}}}`).
#pragma once

#include <string>

#include "base/result.h"
#include "data/value.h"
#include "jenkinsfile/catalog.h"
#include "jenkinsfile/model.h"

namespace windlass::jenkinsfile {

/// A model without errors as JSON. A step's single unnamed argument gets the name of its only required parameter.
data::Value to_json(const groovy::Source& source, const Model& model, const Catalog& catalog);

/// A whole Jenkinsfile. Errors are `invalid`, with the place in the JSON ("pipeline/stages/0: a stage needs a name").
Result<std::string> from_json(const data::Value& json, const Catalog& catalog);

/// The text with the changes that lead from to_json() of it to `changed`. Equal JSON gives equal bytes.
Result<std::string> patch_with_json(const groovy::Source& source, const Model& model, const Catalog& catalog,
                                    const data::Value& changed);

}  // namespace windlass::jenkinsfile
