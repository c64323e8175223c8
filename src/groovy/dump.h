// A tree as compact S-expressions, for golden tests and for looking at what the parser understood. Not a format to
// store.
#pragma once

#include <string>

#include "groovy/ast.h"

namespace windlass::groovy {

/// One line for each top-level import, statement, method and class. Recursion is bounded by the nesting of the tree;
/// operator and member chains of any length are walked in a loop.
std::string dump(const Tree& tree);
std::string dump(const Expr* expression);
std::string dump(const Stmt* statement);

}  // namespace windlass::groovy
