// A run between the state folder and its actor: owned, with what it was given and its program compiled. For the run of
// a command and for those that its `build` steps begin.
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "engine/local_run.h"
#include "engine/prefix.h"
#include "engine/program.h"
#include "engine/run_inputs.h"
#include "journal/state_folder.h"

namespace windlass::engine {

struct OpenedRun {
  std::unique_ptr<journal::RunJournal> journal;
  RunInputs inputs;
  Program program;
  bool resumed = false;
  std::optional<Prefix> prefix;  ///< of a restart from a step
};

/// Takes the next number of the job, or `number`; durable with the journal's first commit.
Result<OpenedRun> open_new_run(journal::StateFolder& state, RunInputs inputs, std::uint64_t number = 0);
/// A run that restarts another one from a step: all it needs of that run is in its first commit.
Result<OpenedRun> open_restarted_run(journal::StateFolder& state, const RestartPlan& plan, RunInputs fresh,
                                     std::uint64_t number = 0);
/// A run that a dead process left. Errors: those of StateFolder::resume_run, unsupported (another build's run).
Result<OpenedRun> open_kept_run(journal::StateFolder& state, const journal::RunInfo& run);
/// The same of a journal that StateFolder::resume_elsewhere() has opened.
Result<OpenedRun> open_kept_journal(std::unique_ptr<journal::RunJournal> journal, const journal::StateFolder& state);
/// Where the program is not valid or lacks a library, the run ends before it begins; nothing where it can begin.
Result<std::optional<RunEnding>> end_unstarted(OpenedRun& run, const LocalRunHooks& hooks);

}  // namespace windlass::engine
