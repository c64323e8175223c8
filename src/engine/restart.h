// Restart from a stage: a new run that skips the stages before it, with what it may have of the run it restarts.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/run_inputs.h"
#include "journal/state_folder.h"

namespace windlass::engine {

/// The inputs of a run that restarts another one from a step; what has to be of that run is its program and prefix.
RunInputs restarted_at_step(const RunInputs& before, std::uint64_t number, RunInputs fresh, const std::string& point);

/// What a restart must know of a Declarative Jenkinsfile.
struct RestartOutline {
  bool is_declarative = false;
  std::vector<std::string> stages;  ///< top-level
  bool forbids_restart = false;     ///< disableRestartFromStage()
  bool preserves_stashes = false;
};
RestartOutline restart_outline(const RunInputs& inputs);

/// The inputs of a run that restarts `run` at `stage`: its Jenkinsfile, parameters, project and environment. What a run
/// does not keep or what is a matter of today comes from `fresh`: time, seed, user, credentials, answers, limits.
/// `stashes`: the run's pipeline preserves them.
RunInputs restarted(const RunInputs& before, std::uint64_t number, RunInputs fresh, std::string stage, bool stashes);

/// Copies into the folder and batch of the new run what restarted() promised it: the project as it was, stashes.
/// Nothing to do for a run that restarts none. Errors: not_found (the run is gone), those of files.
Result<> carry_over(journal::StateFolder& state, const RunInputs& inputs, journal::RunJournal& to);

}  // namespace windlass::engine
