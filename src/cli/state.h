// The state folder of `windlass run`: where it is, and which run of it is meant.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "cli/command.h"
#include "engine/run_inputs.h"
#include "journal/state_folder.h"

namespace windlass::cli {

/// `given`, else $XDG_STATE_HOME/windlass, else ~/.local/state/windlass. Makes what is missing.
Result<std::unique_ptr<journal::StateFolder>> open_state(const Invocation& invocation, const std::string& given);

/// The run that `--resume ID` means; without an ID the newest unfinished one, else the newest. not_found: there is
/// none.
Result<journal::RunInfo> find_run_to_resume(journal::StateFolder& state, const std::string& id, Language language);

/// The run that an ID names, without one the newest. not_found, invalid: a sentence for the user.
Result<journal::RunInfo> find_stored_run(journal::StateFolder& state, const std::string& id, Language language);

/// Durations of the job's last good run (else its last) by stage path, "" the whole; empty when there is none.
std::map<std::string, std::int64_t> expected_durations(journal::StateFolder& state, const std::string& job);

/// The inputs that a stored run began with.
Result<engine::RunInputs> inputs_of(journal::StateFolder& state, const journal::RunInfo& run);

}  // namespace windlass::cli
