// The prefix of a run that restarts another one from a step: what its evaluation is told before the run itself begins.
// Kept in the run's first commit, as records `prefix`. Why: docs/decisions/017-restart-from-a-step.md.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/run_inputs.h"
#include "engine/run_trace.h"
#include "journal/run_journal.h"

namespace windlass::engine {

struct Prefix {
  RunInputs inputs;             ///< in force at its beginning
  std::vector<ToldItem> items;  ///< in the order of telling
  /// Effects that took what is still open at the cut: performed anew where they stand.
  std::set<std::pair<std::string, std::uint64_t>> live;
};

/// Into the batch of a new run. Errors: those of the journal.
Result<> keep_prefix(journal::RunJournal& run, const Prefix& prefix);
/// Nothing for a run that restarts none, or restarts one from a stage. Errors: corrupt, those of the journal.
Result<std::optional<Prefix>> kept_prefix(journal::RunReader& run);

}  // namespace windlass::engine
