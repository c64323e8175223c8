// What `windlass run` must know of the project's git work tree: found without starting git where there is none, with
// git itself where there is one. Nothing is ever written into the project.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/run_inputs.h"

namespace windlass::cli {

/// `environment`: "K=V" for git. nullopt when `folder` is in no git work tree or has no commit. Errors: unavailable
/// when it is one and git is not installed.
Result<std::optional<engine::ScmInput>> inspect_git(const std::string& folder,
                                                    const std::vector<std::string>& environment);

}  // namespace windlass::cli
