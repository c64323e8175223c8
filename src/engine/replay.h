// Looking into a stored run: its program is evaluated again up to a journal entry, and what its variables held then is
// copied out. Nothing is performed and nothing is written.
//
// What is shown went through the log's masking. A value that withCredentials bound is never shown: while the run can go
// on it is masked, and when the run has ended its key is gone and `****` stands in its place.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/value.h"
#include "engine/run_trace.h"
#include "journal/state_folder.h"

namespace windlass::engine {

struct ReplayedFrame {
  std::string function;  ///< "WorkflowScript.run"
  std::string source;    ///< "WorkflowScript", "vars/build.groovy"
  std::uint32_t line = 0;
  data::Value variables;  ///< map
};

struct ReplayedBranch {
  std::string path;  ///< "" is the main branch
  std::string step;  ///< what it waits for: the step that asked; empty when it waits for its own branches
  std::uint32_t line = 0;
  std::vector<ReplayedFrame> frames;  ///< of the pipeline and its libraries, innermost first
};

struct Replay {
  journal::Entry at;          ///< the entry, without its payload
  std::uint64_t entries = 0;  ///< how many the journal has
  bool ended = false;         ///< the script is over at this entry
  data::Value binding;        ///< variables without `def`: map
  std::vector<ReplayedBranch> branches;
};

inline constexpr std::uint64_t kLastEntry = UINT64_MAX;

/// `until` is an entry's sequence, or kLastEntry. Errors: not_found (no such entry), unsupported (another build began
/// the run), conflict (this evaluation asks for other things than the journal has).
Result<Replay> replay_until(journal::StateFolder& state, const journal::RunInfo& run, std::uint64_t until);

/// Everything that a stored run's evaluation is told and asks. Errors: as replay_until().
Result<RunTrace> trace_run(journal::StateFolder& state, const journal::RunInfo& run);

}  // namespace windlass::engine
