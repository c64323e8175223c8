// Replaces `pipeline { … }` by `__declarative(MODEL)`: a Groovy map literal in which everything that is evaluated late
// is a closure. The prelude (src/prelude/declarative.groovy) runs it. The shape of MODEL is in README.md.
//
// Only a model without errors may be transformed. Closures that were written in the file stay as they are, so their
// code sees the script as ever. Source: pipeline-language 2.1 (what is evaluated when), 2.4.
#pragma once

#include <vector>

#include "groovy/ast.h"
#include "jenkinsfile/model.h"

namespace windlass::jenkinsfile {

/// Changes the statements that the models were read from, in place; the models keep pointing into the tree and stay
/// valid.
void transform(groovy::Tree& tree, const std::vector<Model>& models);

}  // namespace windlass::jenkinsfile
