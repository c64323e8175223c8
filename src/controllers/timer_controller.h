// Pipelines with spec.pipeline.timer_trigger.cron, or with `cron` triggers in their Jenkinsfile: makes a PipelineRun
// when its minute comes.
//
// The run of a minute has a name of its own (PIPELINE-t-MINUTE), so however often a visit is repeated, and whoever
// repeats it, there is one. Minutes that passed while no server ran are skipped, as Jenkins does; the annotation
// windlass.io/timer-missed: run-once asks for one run for all of them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "controllers/controller.h"
#include "controllers/events.h"
#include "controllers/job_facts.h"

namespace windlass::controllers {

class TimerReconciler final : public Reconciler {
 public:
  TimerReconciler(objects::ObjectStore& store, const JobFacts& facts, EventRecorder& events,
                  std::function<std::int64_t()> now_millis)
      : store_(store), facts_(facts), events_(events), now_millis_(std::move(now_millis)) {}
  rt::Task<Requeue> reconcile(Key key) override;

 private:
  rt::Task<> fire(const data::Value& pipeline, std::int64_t minute_millis);

  objects::ObjectStore& store_;
  const JobFacts& facts_;
  EventRecorder& events_;
  std::function<std::int64_t()> now_millis_;
};

/// What is due of a pipeline at a time: the minute to run for, and how long until the next look. Pure.
struct TimerPlan {
  std::optional<std::int64_t> fire;  ///< a full minute, milliseconds since 1970
  std::optional<std::int64_t> again_millis;
};
/// `declared`: the lines of its Jenkinsfile, besides those that it is configured with.
TimerPlan plan_timer(const data::Value& pipeline, std::int64_t now_millis, const std::string& declared = {});

}  // namespace windlass::controllers
