// `--restart-stage` and `--restart-step`: which run is restarted, whether it may be there, and with what.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/language.h"
#include "engine/run_inputs.h"
#include "engine/step_restart.h"
#include "journal/state_folder.h"

namespace windlass::cli {

/// `id` empty: the last ended run of the job. The error is one sentence, with the nearest stage when there is none of
/// that name: exit code 64.
Result<engine::RunInputs> restart_inputs(journal::StateFolder& state, engine::RunInputs fresh, const std::string& stage,
                                         const std::string& id, Language language);

/// `step` is a node of the flow graph, or "@" and an entry of the journal. Errors: as restart_inputs().
Result<engine::RestartPlan> plan_step_restart(journal::StateFolder& state, const engine::RunInputs& fresh,
                                              const std::string& step, const std::string& id, Language language);

/// One sentence: why the restart begins further out.
std::string moved_text(const engine::MovedOut& moved, Language language);

}  // namespace windlass::cli
