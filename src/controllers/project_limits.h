// How many runs of a project may be under way and wait: annotations of its DevOpsProject, told to whoever keeps the
// runs.
//
//   windlass.io/max-running, windlass.io/max-queued   whole numbers; nothing and 0: no limit
#pragma once

#include "controllers/controller.h"
#include "controllers/events.h"
#include "controllers/run_port.h"

namespace windlass::controllers {

/// What a project's annotations say; a word that is no number is no limit, and `problem` says so. Pure.
runs::ProjectLimits limits_of(const data::Value& project, std::string* problem = nullptr);

/// A Reconciler of the kind DevOpsProject.
class ProjectLimitsReconciler final : public Reconciler {
 public:
  ProjectLimitsReconciler(objects::ObjectStore& store, RunPort& service, EventRecorder& events)
      : store_(store), service_(service), events_(events) {}
  rt::Task<Requeue> reconcile(Key key) override;

 private:
  objects::ObjectStore& store_;
  RunPort& service_;
  EventRecorder& events_;
  std::map<std::string, runs::ProjectLimits> told_;
};

}  // namespace windlass::controllers
