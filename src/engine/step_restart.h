// Restart from a step: at which steps of an ended run another one can begin, where it really begins, and what it is
// told before that. Pure but for the check of workspaces, which the caller gives: a command looks at its own disk, a
// server asks its agents. Why it is so: docs/decisions/017-restart-from-a-step.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/prefix.h"
#include "engine/run_trace.h"
#include "journal/state_folder.h"

namespace windlass::engine {

/// A step at which a restart can begin: one that asks something of the world.
struct RestartPoint {
  std::uint64_t entry = 0;      ///< of its intent
  std::uint64_t flow_node = 0;  ///< of the step, or of the block that it opens
  std::string step, label, stage;
  std::string branch;  ///< label of the innermost parallel branch around it
  std::uint32_t line = 0;
  std::size_t effect = 0;  ///< in the trace

  /// "step sh (line 6)", "stage Build, step sh (line 6)"
  [[nodiscard]] std::string text() const;
};

/// In the order in which they were asked. Of a run that is a restart itself: those of its own part.
std::vector<RestartPoint> restart_points(const RunTrace& trace);

/// Why a restart begins further out than it was asked to.
struct MovedOut {
  enum class Why : std::uint8_t {
    workspace_gone,
    file_changed,  ///< `what`: the file, relative to the workspace
    step_wrote,    ///< `what`: a later step of the run that writes files
    not_yours,     ///< an input that somebody else has to answer; `what`: who
  };
  Why why = Why::workspace_gone;
  std::string workspace;
  std::string what;
  std::uint32_t line = 0;  ///< of that step
  RestartPoint to;
};

struct WorkspaceState {
  bool is_there = false;
  std::string changed;  ///< a path in it that changed after the time; empty: none did
};

struct RestartRules {
  /// Is the workspace there, and was anything in it changed after that time (milliseconds since 1970)?
  std::function<WorkspaceState(const std::string& node, const std::string& path, std::int64_t after_millis)> workspace;
  /// Could whoever restarts have answered an input with that `submitter`?
  std::function<bool(const std::string& submitter)> may_answer;
};

/// Looks at this machine's disk.
WorkspaceState local_workspace(const std::string& path, std::int64_t after_millis);
/// No submitter, or the user is one of them by name.
bool may_answer_locally(std::string_view submitter, std::string_view user);

struct RestartPlan {
  journal::RunInfo run;  ///< that is restarted
  RestartPoint asked;
  RestartPoint at;              ///< where it begins
  std::vector<MovedOut> moved;  ///< why, when that is further out
  Prefix prefix;
};

/// Errors: invalid (the run has not ended), unsupported (a version that did not know what blocks take began it).
Result<RestartPlan> plan_restart(journal::StateFolder& state, const journal::RunInfo& run, const RunTrace& trace,
                                 const RestartPoint& point, const RestartRules& rules);

}  // namespace windlass::engine
