// Every node of a syntax tree once, without recursion of our own: what lint and the rules about `pipeline` blocks need.
#pragma once

#include <functional>
#include <vector>

#include "groovy/ast.h"

namespace windlass::jenkinsfile {

/// The direct children of a node, expressions and statements, in written order.
std::vector<const groovy::Node*> children_of(const groovy::Node* node);

/// Calls `visit` for the node and everything below it, parents first. A visit that answers false keeps its children
/// out.
void walk(const groovy::Node* root, const std::function<bool(const groovy::Node*)>& visit);

/// walk() over the script's statements, the bodies of its methods and of the methods of its classes.
void walk_unit(const groovy::Unit& unit, const std::function<bool(const groovy::Node*)>& visit);

}  // namespace windlass::jenkinsfile
