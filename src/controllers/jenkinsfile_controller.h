// A pipeline's script and its JSON for the graphical editor, kept alike. Which of the two was edited last is in the
// annotation jenkinsfile.edit.mode, written by whoever edits and taken away here once the other one follows.
//
//   raw   the script was edited   → JSON from script
//   json  the JSON was edited     → script from JSON, changing only what differs
//   ""    the script is not the one that the JSON was made from (a pipeline that is new or came by kubectl) → as raw
//
// Converting happens on a worker, writing in one step that looks whether both are still what was converted; if somebody
// was faster, the next visit converts again (ill 5). Only type `pipeline`. Source: kubesphere controllers 5.
#pragma once

#include "controllers/controller.h"
#include "controllers/events.h"
#include "jenkinsfile/catalog.h"
#include "rt/worker.h"

namespace windlass::controllers {

class JenkinsfileReconciler final : public Reconciler {
 public:
  /// `catalog` is read on the worker's thread.
  JenkinsfileReconciler(objects::ObjectStore& store, EventRecorder& events, rt::Worker& worker,
                        const jenkinsfile::Catalog& catalog)
      : store_(store), events_(events), worker_(worker), catalog_(catalog) {}
  rt::Task<Requeue> reconcile(Key key) override;

 private:
  objects::ObjectStore& store_;
  EventRecorder& events_;
  rt::Worker& worker_;
  const jenkinsfile::Catalog& catalog_;
};

}  // namespace windlass::controllers
