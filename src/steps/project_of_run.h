// The project of the Jenkinsfile as a run sees it: its snapshot beside the run or, in a pod, the copy that was sent
// there.
#pragma once

#include <expected>
#include <string_view>

#include "steps/effect.h"
#include "steps/git_form.h"
#include "steps/project_snapshot.h"

namespace windlass::steps {

/// Errors: StepError for the script; `step` is named where there is no project.
std::expected<ProjectSnapshot, StepError> project_of(EffectContext& context, std::string_view step);

/// Whether a checkout of this map reads the project.
bool asks_for_project(const data::Value& scm, const std::map<std::string, std::string>& environment);

}  // namespace windlass::steps
