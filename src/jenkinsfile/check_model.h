// What a Declarative model says, checked: required and repeated sections, nesting, names and arguments against the
// catalog. Source: pipeline-language 2.1 - 2.11; the order of findings is model order, as people know it.
#pragma once

#include "jenkinsfile/catalog.h"
#include "jenkinsfile/findings.h"
#include "jenkinsfile/model.h"

namespace windlass::jenkinsfile {

/// Reports errors, and warnings for what depends on the installation (tool versions, options that only a plugin knows).
void check_model(const Model& model, const Catalog& catalog, Findings& findings);

}  // namespace windlass::jenkinsfile
