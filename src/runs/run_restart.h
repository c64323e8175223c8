// Restarts of runs on the server: from a stage as Jenkins does, or from any step (docs/decisions/017). Blocking for the
// milliseconds of one evaluation; the engine's thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/open_run.h"
#include "journal/state_folder.h"
#include "runs/run_types.h"

namespace windlass::runs {

/// Errors: not_found (no such run), conflict (it has not ended), unsupported, invalid.
Result<std::vector<RestartChoice>> restart_choices(journal::StateFolder& state, const std::string& job,
                                                   std::uint64_t number);
/// Where a restart at that step by that user would begin. Errors as above, and not_found for another step.
Result<RestartPreview> preview_restart(journal::StateFolder& state, const std::string& job, std::uint64_t number,
                                       std::uint64_t node, const std::string& user);
/// Whether it could be restarted from that stage; the error says why not.
Result<> check_restart_stage(journal::StateFolder& state, const std::string& job, std::uint64_t number,
                             const std::string& stage);
/// The new run, ready to begin. `fresh`: what is a matter of today.
Result<engine::OpenedRun> open_restart(journal::StateFolder& state, const RunRequest& request, std::uint64_t number,
                                       engine::RunInputs fresh);

}  // namespace windlass::runs
