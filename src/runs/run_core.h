// All runs of a server that have not ended, on the engine's thread: queue, start, stop, answers, recovery.
//
// Invariants: a run is accepted when its row is durable, and begins at most once per uid; after a restart nothing
// (lock, executor) is granted before every run has told from its journal what it holds. A run that this process cannot
// go on with is `stuck`, with the reason, and keeps everything; it is never ended for that. A run that only waits
// leaves memory after a while; that can be seen nowhere (parking.cc). One thread (the reactor's). Source: the design's
// run store and restart rules; docs/formats/runs.md.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/fault.h"
#include "engine/group_commit.h"
#include "engine/library_fetch.h"
#include "engine/local_run.h"
#include "engine/reactor.h"
#include "engine/shared_resources.h"
#include "journal/state_folder.h"
#include "runs/downstream_runs.h"
#include "runs/job_book.h"
#include "runs/live_run.h"
#include "runs/park_record.h"
#include "runs/run_queue.h"
#include "runs/run_restart.h"
#include "runs/run_settings.h"
#include "runs/run_table.h"
#include "runs/storage_use.h"

namespace windlass::runs {

struct RunCoreOptions {
  std::string folder;  ///< runs.db, state/ (journals, workspaces)
  std::string agent_binary;
  nodes::ConnectAgent connect_agent;           ///< empty: the agent of this machine
  nodes::RemoteNodes* remote_nodes = nullptr;  ///< who makes nodes for runs; null: nobody
  std::shared_ptr<store::Disk> disk;           ///< null: that of this machine
  int executors = 2;
  std::vector<std::string> labels;  ///< of the built-in node
  RunSettings settings;
  std::map<std::string, std::int64_t> throttle;  ///< categories of throttling
  std::size_t most_live = 2000;                  ///< runs in memory; more wait in the queue, but for projects with few
  std::int64_t park_after_millis = 30'000;       ///< how long a run only waits before it leaves memory
  std::uint64_t most_log_bytes = 0;              ///< of a run; 0: any number
  std::uint64_t most_project_bytes = 0;          ///< of the runs of a project; 0: any number
  std::size_t most_waiting_here = 500;           ///< more leave at once, those that have waited longest first
  std::function<bool()> memory_is_short;         ///< then all that may leave do; may be empty
  Fault* fault = nullptr;                        ///< crash tests
  std::function<std::int64_t()> now_millis;
  std::function<std::uint64_t()> random;
  std::function<void(std::string_view)> log;
  /// Asks for the credentials of a project; `done` may be called on any thread, once.
  using Credentials = std::function<void(const std::string& project, std::function<void(Result<data::Value>)> done)>;
  Credentials credentials;
  /// Asked before a run begins: `done` is told when the world has been told that this store has it. Empty: nobody else
  /// could begin it. not_found: nobody wants it any more.
  using Claim = std::function<void(const RunInfo& run, std::function<void(Result<>)> done)>;
  Claim claim;
  DownstreamOptions::FindPipeline find_pipeline;
  DownstreamOptions::MakeRun make_run;
  /// A pipeline's Jenkinsfile has changed what it says about the pipeline. The engine's thread.
  std::function<void(const std::string& job, const JobProperties& properties)> properties_changed;
  /// Something about a run has changed; coalesced. The engine's thread.
  std::function<void(const RunInfo&, RunDelta)> changed;
  /// Executors were taken, given back or waited for. The engine's thread.
  std::function<void(const std::vector<engine::SharedResources::NodeLoad>&)> load_changed;
};

class RunCore {
 public:
  static Result<std::unique_ptr<RunCore>> open(engine::Reactor& reactor, RunCoreOptions options,
                                               std::shared_ptr<const journal::KeyRing> key);
  ~RunCore();

  /// Goes on with everything that has not ended.
  Result<> recover();

  /// A run, durable, or the refusal of it. After an error nobody knows which: ask again with the same uid.
  Result<Acceptance> accept(const RunRequest& request);
  /// The same for many who ask at about the same time: their rows are one transaction.
  void accept_soon(RunRequest request, std::function<void(Result<Acceptance>)> done);
  Result<std::optional<RunInfo>> find(const std::string& uid);
  /// The same, and what is durable of it is in its own file, for whoever reads that.
  Result<std::optional<RunInfo>> find_to_read(const std::string& uid);
  /// The log of a run from `offset`, without a look at its file, where all of it is in memory.
  std::optional<LogPart> short_log(const std::string& uid, std::uint64_t offset, std::size_t max_bytes);
  Result<std::optional<RunInfo>> find(const std::string& job, std::uint64_t number);
  Result<std::vector<RunInfo>> of_job(const std::string& job, std::size_t limit, std::uint64_t before);
  Result<LatestRuns> latest_of_jobs(std::size_t each, const std::string& after, std::size_t most);
  /// Of a run of this process; nothing of one that has ended a while ago (its journal knows).
  std::optional<FlowNodes> nodes(const std::string& uid);
  /// The same of what its journal keeps besides, of one that has ended lately.
  std::optional<KeptFacts> kept_facts(const std::string& uid);
  using Done = LiveRun::Done;
  /// `done` is told once the order is durable; `conflict` when the run has ended.
  void stop(const std::string& uid, const std::string& user, Stop how, Done done);
  void answer(const std::string& uid, const Answer& answer, Done done);
  /// An order of a `build` step that no run can come of.
  Result<> refuse_order(const std::string& ref, const std::string& why) { return downstream_->refuse(ref, why); }
  /// Holds it up until it is resumed: one that waits stays in the queue. `conflict` when it has ended or cannot go on.
  void pause(const std::string& uid, const std::string& user, Done done);
  void resume(const std::string& uid, const std::string& user, Done done);
  /// What Jenkinsfiles say about their pipelines.
  [[nodiscard]] const std::map<std::string, JobProperties>& properties() const { return book_->all(); }
  Result<> set_limits(const std::string& project, ProjectLimits limits);
  [[nodiscard]] ProjectStorage storage(const std::string& project) const { return storage_.of(project); }
  /// Of every project that keeps something; empty where there is no limit.
  [[nodiscard]] const std::map<std::string, ProjectStorage>& storage_of_all() const { return storage_.all(); }
  /// Categories of throttling with how many runs, and how many `node` blocks of the step `throttle`, each takes.
  void set_throttle(const std::map<std::string, std::int64_t>& limits);
  /// Deletes an ended run with its log and files. `conflict` while it goes on; nothing to do for an unknown one.
  Result<> remove(const std::string& uid);
  [[nodiscard]] Load load() const;
  void set_settings(RunSettings settings) { options_.settings = std::move(settings); }
  void set_executors(int count) { resources_.set_executors("built-in", options_.executors = count); }
  Result<> seal_anew() { return table_->seal_anew(); }
  /// A new key for what journals keep sealed; those that are there are wrapped anew by whoever asked (state_keys.h),
  /// when `done` is told that no commit log holds keys that the old one wraps.
  void begin_state_rotation(Done done);
  Result<> renew_state_keys() { return state_->renew_keys(); }
  /// All that have not ended, as they are at this turn of the loop.
  [[nodiscard]] Result<std::vector<FrozenRun>> frozen() const;
  [[nodiscard]] std::shared_ptr<journal::LateRuns> late_runs() const { return state_->late_runs(); }
  void release_memory() {
    ends_.clear();
    ends_in_order_.clear();
    nodes_of_ends_ = 0;
    table_->release_memory();
  }
  /// While it is held (a count), nothing is deleted.
  void hold_deletions(int change) { deletions_held_ += change; }

 private:
  RunCore(engine::Reactor& reactor, RunCoreOptions options, std::unique_ptr<RunTable> table,
          std::unique_ptr<journal::StateFolder> state);
  LiveRun& add(RunRow row);
  void stop_for(const std::string& uid, const std::string& cause, Stop how, Done done);
  LiveRun* live(const std::string& uid);
  void pump();
  void enqueue(LiveRun& run, bool begun, bool asked);
  /// The runs whose reason to wait may have changed, and those that newer ones end.
  void follow_queue();
  void supersede(LiveRun& run, std::uint64_t newer);
  /// Ends a run whose log has become too long.
  void limit_log(LiveRun& run);
  /// As it is now, with the reason that it waits for.
  const RunInfo& look(LiveRun& run);
  /// All of them get their credentials from one look per project.
  void begin(const std::vector<LiveRun*>& runs);
  void claim(LiveRun& run);
  void claimed(const std::string& uid, const Result<>& done);
  void begin_with(const std::string& uid, Result<data::Value> credentials);
  void begin_each(std::vector<std::string> uids, std::size_t at, std::shared_ptr<const Result<data::Value>> list);
  /// The libraries of the configuration first, where it needs some.
  Result<> prepare(LiveRun& run, data::Value credentials);
  using Libraries = std::shared_ptr<const engine::FetchedLibraries>;
  /// What a new run needs that takes a while; it is made on the pool.
  struct Ready {
    Libraries libraries;
    std::shared_ptr<const Result<engine::RestartPlan>> restart;
  };
  Result<> open_and_begin(LiveRun& run, data::Value credentials, const Ready& ready);
  Result<> begin_opened(LiveRun& run, data::Value credentials, engine::OpenedRun opened);
  void cannot_begin(LiveRun& run, const Error& why);
  Result<std::optional<engine::OpenedRun>> open_run(LiveRun& run, const Ready& ready);
  void became_live(const std::string& uid);
  void give(LiveRun& run, LiveRun::Order order);
  void carry_out(LiveRun& run, LiveRun::Order order);

  // ---- leaving memory (parking.cc)
  void look_for_idle();
  void leave(const std::vector<std::pair<LiveRun*, engine::RunActor::Leave>>& runs);
  engine::SharedResources::ParkedCalls parked_calls(LiveRun& run);
  void set_due(LiveRun& run, std::int64_t due_millis);
  void call_back(LiveRun& run);
  void fetch_called();
  void arrived(LiveRun& run);
  void call_later(LiveRun& run);
  Result<bool> take_up_parked(LiveRun& run, const std::string& bytes);
  struct Reopening {
    std::string uid;
    data::Value credentials;
    journal::StateFolder::Open open;
    Result<std::unique_ptr<journal::RunJournal>> journal = nullptr;
  };
  Result<> reopen(LiveRun& run, data::Value credentials);
  void open_next();
  void reopened(Reopening& run);
  LiveRun* at(std::uint64_t order);
  engine::RunInputs inputs_of(const LiveRun& run, const Libraries& libraries) const;
  engine::LocalRunHooks hooks();
  void ended(const std::string& uid);
  /// `journal_knows`: that it has ended, so the next start would find out. Else, where the end cannot be made durable,
  /// it is not told either and the run stays: the error.
  Result<> end_row(LiveRun& run, const std::string& result, std::int64_t ended_millis = 0, Reason why = {},
                   bool journal_knows = false);
  /// What whoever shows its end asks for next, without opening its journal again.
  void remember_end(LiveRun& run);
  void forget_end(const std::string& uid);
  void accept_waiting();
  /// Its row is durable: it comes into the queue.
  Result<std::optional<Refusal>> refusal(const RunRequest& request);
  Result<Acceptance> accepted(RunRow row);
  /// Ends what a stuck run has left on the agent, then its row.
  Result<> give_up(LiveRun& run);
  void hold(const std::string& uid, const std::string& by, bool on, Done done);
  [[nodiscard]] std::size_t room() const;
  void leave_journal(LiveRun& run);
  void get_stuck(LiveRun& run, std::string code, const Error& why);
  void announce(LiveRun& run);
  void tell(LiveRun& run);
  std::function<bool()> still_kept(const std::string& uid);
  void sweep();
  void check_recovery();

  engine::Reactor& reactor_;
  RunCoreOptions options_;
  std::unique_ptr<RunTable> table_;
  std::unique_ptr<journal::StateFolder> state_;
  std::unique_ptr<engine::GroupCommit> group_commit_;  ///< older than all actors
  std::optional<JobBook> book_;
  RunQueue queue_;
  StorageUse storage_;
  engine::SharedResources resources_;
  std::unique_ptr<DownstreamRuns> downstream_;              ///< the actors' and older than they
  std::map<std::uint64_t, std::unique_ptr<LiveRun>> runs_;  ///< by order of acceptance
  struct Asking {
    RunRequest request;
    std::function<void(Result<Acceptance>)> done;
  };
  std::vector<std::string> claimed_;  ///< uids, to begin in this turn of the loop
  std::vector<Asking> asking_;        ///< to be accepted in this turn of the loop
  std::unordered_map<std::string, std::uint64_t> by_uid_;
  std::uint64_t next_ = 1;
  std::vector<engine::SharedResources::NodeLoad> told_load_;
  bool load_posted_ = false;
  std::unordered_map<std::string, bool> announced_;  ///< uids whose change is on its way
  std::vector<std::unique_ptr<LiveRun>> leaving_;    ///< ended, but work of them is still on the pool
  struct End {
    RunInfo info;
    FlowNodes nodes;
  };
  std::unordered_map<std::string, End> ends_;  ///< by uid, of runs that ended lately
  std::deque<std::string> ends_in_order_;
  std::size_t nodes_of_ends_ = 0;
  std::unordered_set<std::string> recovering_;  ///< uids; what they hold is not known yet
  bool holding_ = false;
  int deletions_held_ = 0;
  std::uint64_t ended_entries_ = 0, ended_log_bytes_ = 0;  ///< of runs that have ended in this process
  bool recovery_posted_ = false;
  std::multimap<std::int64_t, std::uint64_t> called_;  ///< parked runs that are to come back: since when, order
  std::size_t on_the_way_ = 0;
  std::deque<Reopening> to_open_;  ///< of those on the way: their journals are not read yet
  int opening_ = 0;
  int closing_ = 0;
  bool fetching_posted_ = false;
  std::size_t left_since_trim_ = 0;
  engine::Reactor::TimerId idle_timer_ = 0;
  bool pump_posted_ = false;
  engine::Reactor::TimerId pump_timer_ = 0;
};

}  // namespace windlass::runs
