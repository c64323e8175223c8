// A checkout by Subversion's own program, where it is installed.
#pragma once

#include "steps/effect.h"

namespace windlass::steps {

/// `form` is the canonical map of svnScm. The value is {variables: {SVN_REVISION, SVN_URL}, changes: [commit …]}.
Outcome check_out_svn(EffectContext& context, const data::Value& form, bool changelog);

}  // namespace windlass::steps
