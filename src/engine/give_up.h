// Ends a stored run that nobody can go on with: one whose replay disagrees, or whose owner is dead and not wanted back.
// Nothing of its script runs: no post condition, no `finally`. Its shells are ended first, then its journal: ABORTED.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "journal/state_folder.h"

namespace windlass::engine {

/// `by`: who gave it up. Errors: conflict (a process is at work on it, or it has ended), those of opening it.
Result<> give_up_run(journal::StateFolder& state, const journal::RunInfo& run, const std::string& by,
                     const std::string& agent_binary, std::int64_t now_millis);

}  // namespace windlass::engine
