// Restarts of runs on the server: from a stage as Jenkins does, or from any step (docs/decisions/017). Whatever asks
// for steps blocks for one evaluation of the run, half a second where it has a hundred thousand entries: not on the
// engine's thread. Any other; `state` is the caller's own.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/open_run.h"
#include "engine/step_restart.h"
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
/// Where the restart that `request` asks for begins, if that is a step; it reads the folder by itself. `late`: of the
/// server's own.
Result<engine::RestartPlan> plan_restart(const std::string& state_folder, std::shared_ptr<journal::LateRuns> late,
                                         const RunRequest& request);
/// The new run, ready to begin. `fresh`: what is a matter of today. `plan`: of one from a step, else null. The engine's
/// thread.
Result<engine::OpenedRun> open_restart(journal::StateFolder& state, const RunRequest& request, std::uint64_t number,
                                       engine::RunInputs fresh, const Result<engine::RestartPlan>* plan);

}  // namespace windlass::runs
