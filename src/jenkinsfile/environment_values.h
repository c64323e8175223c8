// Values in an `environment` block may refer to other keys of the same block in any order. This rewrites an expression
// so that such references ask the prelude (`__get('KEY')`), which computes them by need. Source: pipeline-language 2.5.
#pragma once

#include <set>
#include <string>

#include "jenkinsfile/tree_building.h"

namespace windlass::jenkinsfile {

/// The expression with `KEY` and `env.KEY` of another key replaced by `__get('KEY', { -> KEY })`, and other bare names
/// by
/// `__get('name', { -> name })`, which gives null where nothing defines them. A reference to `own` stays: it means the
/// outer variable of that name. Unchanged parts are shared with the given expression.
groovy::Expr* rewrite_environment_value(Builder& builder, groovy::Expr* expr,
                                        const std::set<std::string, std::less<>>& keys, const std::string& own);

}  // namespace windlass::jenkinsfile
