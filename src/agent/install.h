// Copying the agent's programs to where a pod's containers find them.
#pragma once

#include <string>

#include "base/result.h"

namespace windlass::agent {

/// Copies `program` and, where it stands beside it, `windlass-worker` into `folder`, executable for everybody, each
/// whole or not at all. Errors: unavailable, with the file.
[[nodiscard]] Result<> install_programs(const std::string& program, const std::string& folder);

}  // namespace windlass::agent
