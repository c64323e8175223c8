// What the runs of a server are asked for and what they look like from outside. Plain values.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "data/value.h"
#include "engine/console.h"
#include "engine/downstream.h"
#include "engine/shared_resources.h"
#include "runs/flow_nodes.h"

namespace windlass::runs {

using FlowNode = engine::FlowNode;
using Waiting = engine::Waiting;
using DownstreamJob = engine::DownstreamJob;
using JobParameter = engine::JobParameter;

enum class Phase : std::uint8_t {
  queued,   ///< accepted and durable; `reason` says what it waits for
  running,  ///< its script is evaluated, or waits for a step
  ended,
  stuck,  ///< this process cannot go on with it (`reason`); nothing of it is lost
};

/// Why something waits or cannot go on: a code and its parameters; texts in both languages are made from them.
struct Reason {
  std::string code;      ///< "quiet-period", "concurrent-build", "replay", "storage", "program" …
  data::Value evidence;  ///< map
};

/// What holds for the runs of one project; 0: no limit.
struct ProjectLimits {
  std::int64_t max_running = 0;
  std::int64_t max_queued = 0;
  friend bool operator==(const ProjectLimits&, const ProjectLimits&) = default;
};

struct RunRequest {
  std::string uid;  ///< of the object that asks; one run per uid, whatever happens
  std::string project, pipeline, branch;
  std::string name;  ///< of the object
  std::string script;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::set<std::string> secret_parameters;  ///< those whose values are passwords
  std::set<std::string> boolean_parameters;
  std::string upstream;  ///< the order of another run's `build` that it is for; empty: none
  std::string cause;     ///< first line of the log
  std::string user_id, user_name;
  std::map<std::string, std::string> environment;
  bool disable_concurrent = false;
  std::int64_t max_running = 0;    ///< runs of this pipeline at once; 0: any number
  std::int64_t quiet_millis = -1;  ///< before it begins; -1: as its pipeline has it
  bool by_user = false;            ///< a person has started it
  std::uint64_t at_least_number = 1;
  std::uint64_t restart_of = 0;    ///< a run of the same job; 0: this one restarts none
  std::string restart_stage;       ///< from this stage …
  std::uint64_t restart_step = 0;  ///< … or from this step (its flow node)

  /// "project/pipeline", with the branch behind it where there is one: what Jenkins calls the job's full name.
  [[nodiscard]] std::string job() const {
    return project + "/" + pipeline + (branch.empty() ? std::string() : "/" + branch);
  }
};

/// Of a run that has ended: nothing about it changes any more. The largest number that every client's JSON holds.
inline constexpr std::uint64_t kFinalVersion = (1ULL << 53) - 1;

/// A run of another pipeline that a `build` step has ordered: kept until the object of that run is accepted.
struct RunOrder {
  std::string ref;  ///< which effect of which run; one order per reference
  std::string job;  ///< "project/pipeline"
  std::vector<std::pair<std::string, std::string>> parameters;
  std::set<std::string> secret_parameters;
  std::string cause;              ///< as its log begins
  std::string by;                 ///< "project/pipeline#7": who ordered
  std::string user_id;            ///< of the run that ordered
  std::int64_t start_millis = 0;  ///< not before that; 0: as its pipeline has it
};

struct RunInfo {
  std::string uid;
  std::string job;
  std::string name;
  std::uint64_t number = 0;
  Phase phase = Phase::queued;
  Reason reason;
  std::string result;  ///< SUCCESS …; empty until it has ended
  std::string user_id;
  std::string cause;
  std::string definition;  ///< digest of its Jenkinsfile, while it has not ended
  std::string commit;      ///< of the project that it was made from; empty where there is none
  std::string upstream;    ///< the order that it came from
  std::string held_by;     ///< who has paused it; empty: nobody
  std::int64_t held_millis = 0;
  std::int64_t queued_millis = 0;
  std::int64_t started_millis = 0;
  std::int64_t ended_millis = 0;
  std::vector<engine::Waiting> waiting;     ///< per branch, while it runs
  std::vector<engine::AgentReport> agents;  ///< pods that were made for it, the oldest first; the newest ones of many.
                                            ///< Of this process: of one that ended before, read_agents() has them
  bool keep_log = false;                    ///< its script said so; of one that has ended, where its journal was asked
  /// Grows with everything that changes about it in this process; kFinalVersion once it has ended.
  std::uint64_t version = 0;

  /// Does it wait for a person?
  [[nodiscard]] bool paused() const {
    if (!held_by.empty() && phase != Phase::queued) return true;
    for (const auto& one : waiting) {
      if (one.code == "input") return true;
    }
    return false;
  }
};

/// What the ended runs of a project take on disk.
struct ProjectStorage {
  std::uint64_t bytes = 0, runs = 0;
  std::uint64_t most = 0;  ///< the limit; 0: none, and nothing is measured
  bool is_known = false;   ///< not all were measured yet
};

/// There will be no run of this request, now or later. Whatever else goes wrong (a disk that is full, say) is an error,
/// after which the same request is asked again: the run may stand in the table already.
struct Refusal {
  enum class Code : std::uint8_t {
    queue_full,    ///< of its project
    storage_full,  ///< the same
    not_ordered,   ///< no run waits for it, or another object was first
  };
  Code code = Code::queue_full;
  std::string message;
};

using Acceptance = std::expected<RunInfo, Refusal>;

/// What a run that has ended left besides its nodes and its log.
struct KeptFacts {
  std::vector<engine::AgentReport> agents;  ///< what became of its pods
  bool keep_log = false;                    ///< its script said that it is not to be discarded
};

/// Part of what the newest runs of all jobs are.
struct LatestRuns {
  std::vector<RunInfo> runs;
  std::string last;  ///< the job to go on behind; empty: there are no more
};

/// What changed about a run beside its RunInfo since its last change was told: for those who follow it.
struct RunDelta {
  std::vector<FlowNode> nodes;  ///< as they are now; one may be there twice, the later one counts
  std::uint64_t log_bytes = 0;  ///< how long its log is by now; 0: it has not grown
};

/// What somebody decided about an `input` that waits.
struct Answer {
  std::string input;  ///< its id
  bool approved = false;
  data::Value parameters;  ///< map by name; missing ones have their defaults
  std::string user_id, user_name;
};

/// A run that has not ended, as of one moment.
struct FrozenRun {
  std::string job;
  std::uint64_t number = 0;
  std::optional<std::uint64_t> sequence;  ///< its newest durable entry; nothing: it is not evaluated here now
};

struct Load {
  std::size_t queued = 0, running = 0, stuck = 0;
  std::uint64_t journal_entries = 0, log_bytes = 0;  ///< made durable, and told, by this process
  std::size_t parked = 0;                            ///< of those that run, how many are out of memory
  std::vector<engine::SharedResources::NodeLoad> nodes;
};

/// A step at which a run can be restarted.
struct RestartChoice {
  std::uint64_t node = 0;  ///< its flow node
  std::string step, label, stage, branch;
  std::uint32_t line = 0;
};
/// Why a restart would begin further out than it is asked to; codes of engine::MovedOut::Why.
struct RestartMove {
  std::string why;  ///< workspace-gone, file-changed, step-wrote, not-yours
  std::string workspace, what;
  RestartChoice to;
};
struct RestartPreview {
  RestartChoice at;
  std::vector<RestartMove> moved;
};

struct LogPart {
  std::string text;
  std::uint64_t next = 0;   ///< offset behind it
  std::uint64_t total = 0;  ///< bytes there are now
  bool more = false;        ///< there is, or may come, more
};

enum class Stop : std::uint8_t {
  ask,       ///< interrupt what runs; `post` and `finally` happen. Asked again, it does not wait; a third time it ends
  ask_once,  ///< the same, but asking again changes nothing
  term,      ///< a second time: do not wait for what is being interrupted
  kill,      ///< end it where it stands
};

}  // namespace windlass::runs
