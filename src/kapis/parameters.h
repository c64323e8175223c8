// Whether a pipeline has the parameters that a run is asked for with: one that it does not have is left out, as in
// Jenkins, but not silently.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/value.h"
#include "kapis/route.h"

namespace windlass::kapis {

/// The names that a pipeline's spec defines, or the `parameters` of its model (a Declarative script as JSON; null: it
/// is none). Nothing where that is known only when it runs. Pure.
std::optional<std::vector<std::string>> defined_parameters(const data::Value& spec, const data::Value& model);

/// Looks at `parameters` (a list of {name, value}, or null) for the pipeline that is addressed. The value of a header
/// `Warning`, empty where there is nothing to say; bad_request where the caller wants such a run refused
/// (`unknownParameters=refuse`). What is wrong with the list itself is not said here.
objects::ApiTask<std::string> check_parameters(Call& call, const data::Value* parameters);

}  // namespace windlass::kapis
