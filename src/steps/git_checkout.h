// One checkout by git, from an empty or used folder to the revision that was asked for, as Jenkins' git plugin does it.
#pragma once

#include "steps/effect.h"
#include "steps/git_form.h"
#include "steps/project_snapshot.h"

namespace windlass::steps {

/// `project`: the local project stands in for the remote of `form`; null: real remotes. The value is
/// {variables: {GIT_COMMIT: …}, changes: [commit …]}. Repeatable: a try that was killed is ended and cleaned up first.
Outcome check_out_git(EffectContext& context, const GitForm& form, const ProjectSnapshot* project,
                      const std::string& project_branch, bool changelog);

}  // namespace windlass::steps
