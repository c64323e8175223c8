// Templates of pipelines and steps, filled in. Pure. Source: kubesphere API 4.5, 8.5.
#pragma once

#include <string>

#include "base/result.h"
#include "data/value.h"

namespace windlass::kapis {

/// spec.template of a (Cluster)Template with `$( … )` replaced; data is `.params.NAME`. `parameters` is the body's list
/// of {name, value}; what it leaves out has the template's default. Errors: invalid (the template, a required
/// parameter), exhausted.
Result<std::string> render_pipeline_template(const data::Value& template_, const data::Value& parameters);

/// The JSON of one step of the graphical editor, indented. `parameters` is a free map; `secret` the Secret that wraps
/// it, without its values, or null. Errors as above.
Result<std::string> render_step_template(const data::Value& template_, const data::Value& parameters,
                                         const data::Value& secret);

}  // namespace windlass::kapis
