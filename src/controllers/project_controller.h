// DevOpsProject: each has a namespace of its own, which goes with it. Pipelines, runs and credentials live there.
//
// A namespace of the project's name that belongs to nobody is not taken over silently: that would give the project's
// members what is already in it. Whoever may label namespaces hands it over (`kubesphere.io/devopsproject=NAME`).
// Source: kubesphere controllers 2.1; nothing outside has to answer for a deletion, so none hangs (ill 18).
#pragma once

#include <cstdint>
#include <functional>

#include "base/fault.h"
#include "base/result.h"
#include "controllers/controller.h"
#include "controllers/events.h"

namespace windlass::controllers {

class ProjectReconciler final : public Reconciler {
 public:
  /// Takes every right in a project away, durably; nothing to do where nobody has one.
  using ForgetMembers = std::function<Result<>(const std::string& project)>;
  ProjectReconciler(objects::ObjectStore& store, EventRecorder& events, std::function<std::int64_t()> now_millis,
                    ForgetMembers forget_members, Fault* fault = nullptr)
      : store_(store),
        events_(events),
        now_millis_(std::move(now_millis)),
        forget_members_(std::move(forget_members)),
        fault_(fault) {}
  rt::Task<Requeue> reconcile(Key key) override;

  /// The project that a namespace belongs to, for Controller::also.
  static std::vector<Key> project_of_namespace(const data::Value& space);

 private:
  rt::Task<Requeue> finish(data::Value project);
  struct Space {
    std::string name;     ///< empty: there is none
    std::string problem;  ///< why it is not as it should be
    bool created = false;
  };
  /// The project's namespace, made if need be.
  rt::Task<Space> ensure_namespace(const data::Value& project);

  objects::ObjectStore& store_;
  EventRecorder& events_;
  std::function<std::int64_t()> now_millis_;
  ForgetMembers forget_members_;
  Fault* fault_;  ///< crash tests; may be null
};

}  // namespace windlass::controllers
