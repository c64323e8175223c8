// PipelineRun: starts the run that an object asks for, stops it, shows on the object how it goes, cleans up behind it.
//
// The truth about a run is in the run store; the object is a small view of it, written again at any time. One object
// is one run, by its uid. An object that says it had begun while the store knows no run of it is never started again:
// phase Unknown, reason RecordLost.
//
//   status.phase   Pending (queued) · Running · Succeeded (also UNSTABLE) · Failed · Cancelled (aborted, superseded)
//   annotations    …/jenkins-pipelinerun-id, -status (Blue Ocean's run as JSON)
//   ConfigMap      of the run's name: `status`, `stage` (nodes with steps as JSON)
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "controllers/controller.h"
#include "controllers/events.h"
#include "controllers/job_facts.h"
#include "controllers/run_port.h"

namespace windlass::controllers {

struct PipelineRunOptions {
  /// Runs are claimed on their objects before they begin (run_claim.h), which puts the finalizer on as well: a write
  /// less on the way of a run to its beginning. Until then a run whose object goes is forgotten when that is seen.
  bool are_claimed = false;
  std::function<bool()> saw_all;  ///< whether saw() was told of all objects that there are
};

class PipelineRunReconciler final : public Reconciler {
 public:
  PipelineRunReconciler(objects::ObjectStore& store, RunPort& service, const JobFacts& facts, EventRecorder& events,
                        std::function<std::int64_t()> now_millis, PipelineRunOptions options = {})
      : store_(store),
        service_(service),
        facts_(facts),
        events_(events),
        now_millis_(std::move(now_millis)),
        options_(std::move(options)),
        began_millis_(now_millis_()) {}

  rt::Task<Requeue> reconcile(Key key) override;
  /// Each object, as the watch has it: which numbers are taken.
  void saw(const data::Value& object);
  /// Each change of a run: one that ended before it began may have no object any more. True where one of its pods has
  /// come into trouble, or out of it: that is not kept waiting.
  bool run_changed(const runs::RunInfo& run);
  /// Whether a visit of such an object can have anything to do; of thousands that have ended none has.
  static bool concerns(const data::Value& object);
  /// The object of a run.
  static Key key_of(const runs::RunInfo& run);

 private:
  rt::Task<Requeue> clean_up(const data::Value& object);
  /// Asks a run to end whose object is to go, and looks again.
  rt::Task<Requeue> end(std::string uid);
  /// Ends the run, then takes its record away: nobody has its object any more.
  rt::Task<Requeue> forget(std::string uid);
  /// Accepts the run of an object; nothing when it cannot be, which the object's status says then.
  rt::Task<std::optional<runs::RunInfo>> accept(const Key& key, const data::Value& object);
  rt::Task<std::uint64_t> highest_number(std::string namespace_, std::string pipeline);
  rt::Task<> refuse(const Key& key, const std::string& uid, const std::string& phase, const std::string& reason,
                    const std::string& message);
  rt::Task<> obey(const data::Value& object, const runs::RunInfo& run);
  [[nodiscard]] std::chrono::milliseconds until_first_show(const runs::RunInfo& run) const;
  /// Pipelines that run after this one, before anybody hears that it has ended: so a crash loses none, and a run whose
  /// name follows from this one's is made once.
  rt::Task<> start_followers(const runs::RunInfo& run);
  rt::Task<Requeue> show(const Key& key, const data::Value& object, const runs::RunInfo& run);

  objects::ObjectStore& store_;
  RunPort& service_;
  const JobFacts& facts_;
  EventRecorder& events_;
  std::function<std::int64_t()> now_millis_;
  PipelineRunOptions options_;
  std::map<Key, std::string> left_;               ///< objects that may have gone before they held their run: its uid
  std::map<std::string, std::uint64_t> numbers_;  ///< by pipeline ("project/pipeline"): the highest seen
  std::int64_t began_millis_;                     ///< what was before has been told by another process
  std::map<std::string, std::string> ails_;       ///< by run that is under way: what_ails(), where something does
  std::map<std::string, std::set<std::string>> told_ends_;  ///< by run: of its pods (agent_ends())
  std::set<std::string> counted_;  ///< pipelines ("project/pipeline") whose objects' numbers have been looked at
};

}  // namespace windlass::controllers
