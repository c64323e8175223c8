// Syntax tree → Declarative model: which statement is which section. Reports what is wrong with the shape (a section
// that is no call, an unknown name, a value that cannot stand there); what the sections *say* is checked by
// check_model. Source: pipeline-language 2.1 - 2.11.
#pragma once

#include "groovy/ast.h"
#include "jenkinsfile/findings.h"
#include "jenkinsfile/model.h"

namespace windlass::jenkinsfile {

/// Reads the `pipeline { … }` statement. The model points into the tree. Depth is bounded by the parser's limit.
Model read_model(const groovy::Stmt* pipeline, Findings& findings);

/// Names of post conditions in the order in which they run, as messages list them.
const std::vector<std::string>& post_condition_names();

}  // namespace windlass::jenkinsfile
