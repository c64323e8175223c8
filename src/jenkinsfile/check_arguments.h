// Arguments of steps, conditions, options … against a signature: names, presence, types of literals, count.
// Source: pipeline-language 2.2, 2.11 (step arguments).
#pragma once

#include <string_view>

#include "jenkinsfile/catalog.h"
#include "jenkinsfile/findings.h"
#include "jenkinsfile/model.h"

namespace windlass::jenkinsfile {

/// Arguments of a step or a `when` condition. A block step's closure is not among them.
void check_step_arguments(Place place, std::string_view name, const StepArguments& arguments,
                          const Signature& signature, Findings& findings);

/// The parameter that takes a single unnamed argument: the only required one, or the only one at all, or else the one
/// that the signature names; null: there is none.
const Parameter* find_sole(const Signature& signature);

/// Arguments of an option, trigger, parameter, or of a symbol within one; `kind` says where the name is looked up.
void check_call_arguments(const Call& call, SymbolKind kind, const Catalog& catalog, Findings& findings);

}  // namespace windlass::jenkinsfile
