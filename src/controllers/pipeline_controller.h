// Pipeline: in order or not, and why; what the list of pipelines shows about it; gone when it is deleted.
//
// Each visit is one comparison and at most one write, which touches its own annotations only: what people and other
// programs wrote meanwhile stays (ill 5). Source: kubesphere controllers 2.2 and 4, with nothing behind it to mirror
// to.
#pragma once

#include <cstdint>
#include <functional>

#include "controllers/controller.h"
#include "controllers/events.h"
#include "controllers/job_facts.h"
#include "controllers/run_facts.h"

namespace windlass::controllers {

class PipelineReconciler final : public Reconciler {
 public:
  PipelineReconciler(objects::ObjectStore& store, EventRecorder& events, const RunFacts& facts,
                     const JobFacts& job_facts, std::function<std::int64_t()> now_millis)
      : store_(store), events_(events), facts_(facts), job_facts_(job_facts), now_millis_(std::move(now_millis)) {}
  rt::Task<Requeue> reconcile(Key key) override;

 private:
  objects::ObjectStore& store_;
  EventRecorder& events_;
  const RunFacts& facts_;
  const JobFacts& job_facts_;
  std::function<std::int64_t()> now_millis_;
};

}  // namespace windlass::controllers
