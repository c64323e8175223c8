// The runs of a server as its surfaces and controllers see them: coroutines on the server's reactor. Behind it one
// thread evaluates (RunCore), one reads journals, so that nobody's log holds up a run and no run an answer, and one
// takes what must look at all of a run.
//
// Every call answers on the caller's reactor. What it tells is durable. Errors: not_found, conflict, unavailable,
// corrupt, each with a sentence.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/fault.h"
#include "engine/downstream.h"
#include "journal/key_ring.h"
#include "nodes/remote_nodes.h"
#include "rt/task.h"
#include "runs/job_properties.h"
#include "runs/log_lines.h"
#include "runs/run_types.h"

namespace windlass::runs {

struct RunSettings;

struct RunServiceOptions {
  std::string folder;
  std::string agent_binary;
  nodes::RemoteNodes* remote_nodes = nullptr;  ///< who makes nodes for runs; null: nobody. Must outlive the service
  int executors = 2;
  std::uint64_t most_log_bytes = 0;      ///< of a run; 0: any number
  std::uint64_t most_project_bytes = 0;  ///< of the runs of a project; 0: any number
  std::vector<std::string> labels;
  std::shared_ptr<const RunSettings> settings;   ///< null: none
  std::map<std::string, std::int64_t> throttle;  ///< categories of throttling
  std::int64_t park_after_millis = 30'000;       ///< how long a run only waits before it leaves memory
  std::size_t most_waiting_here = 500;           ///< more of them leave at once
  std::function<bool()> memory_is_short;         ///< then all leave that may; empty: never. The engine's thread
  Fault* fault = nullptr;                        ///< crash tests
  std::function<std::int64_t()> now_millis;      ///< any thread
  std::function<std::uint64_t()> random;         ///< any thread
  std::function<void(std::string_view)> log;     ///< any thread
  /// The credentials of a project as `windlass run --credentials` takes them; on the server's reactor.
  std::function<rt::Task<data::Value>(std::string project)> credentials;
  /// Before a run begins: its object is to say that this store has it. Empty: it need not. not_found: it has no object
  /// any more. On the server's reactor.
  std::function<rt::Task<>(RunInfo run)> claim;
  /// Called before each piece of work that may have an effect; it returns, or ends the process. Empty: nobody else
  /// could do it. Any thread.
  std::function<void()> fence;
  /// For `build`: the pipeline that a name means in a run of `from`, if it may start it; and the object of an order,
  /// made unless it is there. On the server's reactor.
  std::function<rt::Task<std::optional<engine::DownstreamJob>>(std::string from, std::string name)> find_pipeline;
  std::function<rt::Task<>(RunOrder order)> make_run;
};

class RunService {
 public:
  /// Starts the threads and goes on with all runs that have not ended.
  static Result<std::unique_ptr<RunService>> start(boost::asio::io_context& io, RunServiceOptions options,
                                                   std::shared_ptr<const journal::KeyRing> key);
  /// Stops them. Runs go on after the next start; shells meanwhile.
  ~RunService();
  RunService(const RunService&) = delete;
  RunService& operator=(const RunService&) = delete;

  /// Called on the server's reactor for each change of a run, coalesced.
  void on_change(std::function<void(const RunInfo&, const RunDelta&)> changed);
  /// Called there when executors were taken, given back or waited for.
  void on_load(std::function<void(const std::vector<engine::SharedResources::NodeLoad>&)> changed);

  /// As RunCore::accept.
  rt::Task<Acceptance> accept(RunRequest request);
  rt::Task<std::optional<RunInfo>> find(std::string uid);
  rt::Task<std::optional<RunInfo>> find(std::string job, std::uint64_t number);
  rt::Task<std::vector<RunInfo>> of_job(std::string job, std::size_t limit, std::uint64_t before = 0);
  /// The newest `each` runs of `most` jobs, those that come behind `after` by name.
  rt::Task<LatestRuns> latest_of_jobs(std::size_t each, std::string after, std::size_t most);
  rt::Task<Load> load();
  rt::Task<> stop(std::string uid, std::string user, Stop how);
  rt::Task<> answer(std::string uid, Answer answer);
  rt::Task<> pause(std::string uid, std::string user);
  rt::Task<> resume(std::string uid, std::string user);
  rt::Task<> remove(std::string uid);
  /// What Jenkinsfiles say about their pipelines ("project/pipeline"): as it was stored, and each change, on the
  /// server's reactor.
  [[nodiscard]] const std::map<std::string, JobProperties>& stored_properties() const;
  void on_properties(std::function<void(const std::string& job, const JobProperties& properties)> changed);
  rt::Task<> set_limits(std::string project, ProjectLimits limits);
  rt::Task<ProjectStorage> storage(std::string project);
  /// Of every project that keeps something; empty where there is no limit.
  rt::Task<std::map<std::string, ProjectStorage>> storage_of_all();
  /// An order of a `build` step that no run can come of: whoever waits for it hears why.
  rt::Task<> refuse_order(std::string ref, std::string why);
  /// The steps at which an ended run can be restarted, and where a restart would really begin (docs/decisions/017).
  /// Each evaluates the run, on the thread for long looks.
  rt::Task<std::vector<RestartChoice>> restart_choices(std::string job, std::uint64_t number);
  rt::Task<RestartPreview> preview_restart(std::string job, std::uint64_t number, std::uint64_t node, std::string user);
  rt::Task<> check_restart_stage(std::string job, std::uint64_t number, std::string stage);

  /// True until something about the run changes or it goes: for answers that are kept. Reactor's thread.
  std::shared_ptr<const bool> unchanged(const std::string& uid);
  /// Caches and journals that are open for reading go, soon. For times when nothing happens.
  void release_memory();
  /// For the runs that begin from now on.
  rt::Task<> set_settings(std::shared_ptr<const RunSettings> settings);
  /// Of the built-in node; what runs on more goes on to its end.
  rt::Task<> set_executors(int count);
  /// Categories of throttling; what runs beyond a new limit goes on to its end.
  rt::Task<> set_throttle(std::map<std::string, std::int64_t> limits);
  /// Seals what older keys of the ring sealed by the newest one.
  rt::Task<> seal_anew();
  /// The same for journals, in three parts: a new key; journal::finish_state_rotation(), which is not for this thread
  /// nor the engine's; the old key is forgotten.
  rt::Task<> begin_state_rotation();
  rt::Task<> renew_state_keys();
  /// Calls `look` on the engine's thread, where no run moves meanwhile, with all that have not ended. Until what it
  /// gives back goes, nothing is deleted.
  rt::Task<std::shared_ptr<void>> freeze(std::function<Result<>(const std::vector<FrozenRun>&)> look);

  /// The flow nodes by id, of a run that goes on or has ended; none of one that has not begun.
  rt::Task<FlowNodes> nodes(std::string uid);
  /// What a run that has ended left besides; empty of one that has not begun.
  rt::Task<KeptFacts> kept_facts(std::string uid);
  /// The console text from `offset`.
  rt::Task<LogPart> log(std::string uid, std::uint64_t offset, std::size_t max_bytes);
  /// The text of some steps only (`nodes`: their ids), from `offset` within it.
  rt::Task<LogPart> log_of(std::string uid, std::vector<std::uint64_t> nodes, std::uint64_t offset,
                           std::size_t max_bytes);
  /// Lines by number.
  rt::Task<Lines> log_lines(std::string uid, LinesWanted wanted);
  /// Looks into the journal of a run, on the thread that reads them; false when the run has none yet. What `work`
  /// takes must be its own. Short, or in parts: others wait meanwhile.
  rt::Task<bool> look_into(std::string uid, std::function<Result<>(journal::RunReader&)> work);
  /// The same for what must look at all of the journal, on a thread for such looks and with a reader of its own: only
  /// they wait for each other.
  rt::Task<bool> look_at_all(std::string uid, std::function<Result<>(journal::RunReader&)> work);
  struct Artifact {
    std::string path;
    std::uint64_t size = 0;
    std::string file;  ///< absolute, to read from
  };
  rt::Task<std::vector<Artifact>> artifacts(std::string uid);
  /// The run once it is accepted; nothing if it is not by the deadline.
  rt::Task<std::optional<RunInfo>> find_accepted(std::string uid, std::chrono::steady_clock::time_point deadline);
  /// Returns when the run has changed behind `version`, or at the deadline.
  rt::Task<> wait(std::string uid, std::uint64_t version, std::chrono::steady_clock::time_point deadline);

 private:
  struct Impl;
  explicit RunService(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace windlass::runs
