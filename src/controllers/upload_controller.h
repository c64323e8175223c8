// S2iBinary ⇄ its file: what is kept for an object goes with it, and one that a server was taking when it died is not
// Uploading for ever.
#pragma once

#include <string>

#include "controllers/controller.h"
#include "uploads/upload_store.h"

namespace windlass::controllers {

/// The name of an object's content: no other object's and no other bytes'. Lower case; empty for an `md5` that is none.
std::string upload_content(const std::string& uid, const std::string& md5);

/// A Reconciler of the kind S2iBinary.
class UploadReconciler final : public Reconciler {
 public:
  UploadReconciler(objects::ObjectStore& store, uploads::UploadStore& files) : store_(store), files_(files) {}
  rt::Task<Requeue> reconcile(Key key) override;

 private:
  objects::ObjectStore& store_;
  uploads::UploadStore& files_;
};

}  // namespace windlass::controllers
