// Old runs go: the discarder of a pipeline says which. A run that has not ended never goes, nor does the last one that
// succeeded, the last one that ended, or one that is pinned (`windlass.io/keep: "true"`).
//
//   num_to_keep   of the runs that ended, so many of the newest stay (per branch, where there are branches)
//   days_to_keep  what ended longer ago goes
// The same words of `buildDiscarder` in its Jenkinsfile hold instead where it has any. Nothing, 0 and -1 mean no limit.
// Source: the rules of `ks pip gc` without its faults (ill 17: -1 deleted nearly everything, a run without phase
// stopped it all, branches were never looked at, running runs went).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "controllers/controller.h"
#include "controllers/events.h"
#include "controllers/job_facts.h"

namespace windlass::controllers {

struct Discarded {
  std::vector<std::size_t> runs;               ///< positions in the list that was given
  std::optional<std::int64_t> next_in_millis;  ///< when the next one is too old; nothing: none will be
};
/// Which of a pipeline's runs go now. What its Jenkinsfile says holds before what it is configured with. Pure.
Discarded runs_to_discard(const data::Value& pipeline, const std::vector<data::Value>& runs, std::int64_t now_millis,
                          const runs::JobProperties& declared = {});

/// A Reconciler of the kind Pipeline.
class RetentionReconciler final : public Reconciler {
 public:
  RetentionReconciler(objects::ObjectStore& store, const JobFacts& facts, EventRecorder& events,
                      std::function<std::int64_t()> now_millis)
      : store_(store), facts_(facts), events_(events), now_millis_(std::move(now_millis)) {}
  rt::Task<Requeue> reconcile(Key key) override;

  /// The pipeline of a run that has ended, for Controller::also: no other event of a run matters here.
  static std::vector<Key> pipeline_of_ended_run(const data::Value& run);

 private:
  objects::ObjectStore& store_;
  const JobFacts& facts_;
  EventRecorder& events_;
  std::function<std::int64_t()> now_millis_;
};

}  // namespace windlass::controllers
