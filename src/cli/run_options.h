// From the command line of `windlass run` to the inputs of a run.
#pragma once

#include "base/result.h"
#include "cli/command.h"
#include "engine/run_inputs.h"

namespace windlass::cli {

/// Reads everything that the options name: the Jenkinsfile, credentials, job files, the git work tree. Errors are one
/// sentence each: exit code 64.
Result<engine::RunInputs> gather_inputs(const Invocation& in, const ParsedOptions& options, std::int64_t now_millis);

}  // namespace windlass::cli
