// What the compiler refuses after parsing although the syntax is right: a name declared twice, a break outside of a
// loop, a method or class defined twice. Needs no types and no class path; unknown classes are not its business.
#pragma once

#include <vector>

#include "groovy/ast.h"
#include "groovy/parser.h"

namespace windlass::groovy {

/// All findings in text order, in the compiler's words. Pure; linear in the tree.
std::vector<Diagnostic> check(const Tree& tree);

}  // namespace windlass::groovy
