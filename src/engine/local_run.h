// Runs one pipeline in this process, from its first line or from where a killed process left it, until it ends.
//
// This is the run actor with a reactor of its own; a server will hold many actors on one reactor. The journal is the
// truth: everything here can be thrown away at any instant and made again from it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/fault.h"
#include "base/result.h"
#include "data/value.h"
#include "engine/console.h"
#include "engine/run_inputs.h"
#include "engine/step_restart.h"
#include "journal/state_folder.h"
#include "nodes/agent_connection.h"
#include "nodes/remote_nodes.h"

namespace windlass::engine {

class Downstream;
class GroupCommit;
class SharedResources;

/// A question of an `input` step for the person at the terminal.
struct Question {
  std::string id;
  std::string message;
  std::string ok;
  data::Value parameters;  ///< list of parameter definitions
};

struct LocalRunHooks {
  RunObserver* observer = nullptr;  ///< never null while the run goes on
  /// Called about ten times a second while something runs; for the live tree. May be null.
  std::function<void()> tick;
  /// Asks on the terminal and answers as --input does; null: there is nobody to ask. Blocks.
  std::function<std::optional<data::Value>(const Question&)> ask;
  std::function<std::int64_t()> now_millis;
  /// Not empty: a run that is gone on with is to end as soon as it is live; why, as its log says it.
  std::string abort_at_start;
  /// Inputs wait for RunActor::answer_input; else one that nobody can answer is rejected.
  bool inputs_wait = false;
  /// What this run shares with others of this process; null: it is alone.
  SharedResources* shared = nullptr;
  /// Where many runs make their commits durable together; null: each by itself.
  GroupCommit* group_commit = nullptr;
  /// Who the run is there. Given where a run can leave memory and come back as another object: then whoever gave it
  /// tells when the run has left for good.
  const void* shared_key = nullptr;
  /// The observer is told a resumed run's log from its beginning.
  bool retells = true;
  /// Who keeps the runs of other pipelines; null: `build` starts those of --job-file in this process.
  Downstream* downstream = nullptr;
  /// Where windlass-agent is; empty: beside this program.
  std::string agent_binary;
  /// Who makes nodes for runs; null: there are only those of this machine.
  nodes::RemoteNodes* remote_nodes = nullptr;
  /// Under which its nodes are known to them: a name of the run that outlives its journal. Empty: the journal's.
  std::string run_uid;
  nodes::ConnectAgent connect_agent;  ///< empty: start_local_agent()
  /// What our own complaints and warnings are told to (standard error).
  std::function<void(std::string_view)> complain;
  /// Crash tests: where this process dies, and the shim that it starts. Null and empty otherwise.
  Fault* fault = nullptr;
  std::string shim_fault, link_fault;
};

struct RunEnding {
  std::string result;    ///< SUCCESS …
  bool invalid = false;  ///< the Jenkinsfile is not valid: nothing ran
  bool killed = false;   ///< a second interrupt ended us; the run can be resumed
  std::string run_id;    ///< "JOB#7"
};

/// Starts a new run. Errors are of Windlass itself (state folder, disk): exit code 70.
Result<RunEnding> run_new(journal::StateFolder& state, RunInputs inputs, const LocalRunHooks& hooks);

/// Starts a run that restarts another one from a step (step_restart.h). What is a matter of today (user, seed, time,
/// credentials, answers) comes from `fresh`.
Result<RunEnding> run_restarted(journal::StateFolder& state, const RestartPlan& plan, RunInputs fresh,
                                const LocalRunHooks& hooks);

/// Goes on with a run that a dead process left. Prints its log from the first line on, then what comes.
Result<RunEnding> run_resume(journal::StateFolder& state, const journal::RunInfo& run, const LocalRunHooks& hooks);

/// The run whose `build` step began `run`, and so on upwards; `run` itself where nobody did, where that
/// run is gone, or where it has ended and `run` has not.
Result<journal::RunInfo> outermost_run(journal::StateFolder& state, journal::RunInfo run);

/// A stored run's log and ending, as if it ran again: for `--resume` of an ended run.
Result<RunEnding> run_print(journal::StateFolder& state, const journal::RunInfo& run, const LocalRunHooks& hooks);

}  // namespace windlass::engine
