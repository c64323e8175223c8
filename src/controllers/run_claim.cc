#include "controllers/run_claim.h"

#include "controllers/names.h"
#include "controllers/object_changes.h"
#include "objects/metadata.h"

namespace windlass::controllers {

using data::Value;

rt::Task<> claim_run(objects::ObjectStore& store, runs::RunInfo run, std::string store_id) {
  const auto& type = *objects::find_resource(names::kGroup, "v1alpha3", "pipelineruns");
  const objects::Modifier claim = [run, store_id, &type](Value object) -> objects::Outcome<Value> {
    if (objects::meta_text(object, "uid") != run.uid || objects::is_being_deleted(object)) {
      return objects::not_found(type.subject(run.name));
    }
    add_finalizer(object, names::kRunFinalizer);
    ensure_annotation(object, names::kRunId, std::to_string(run.number));
    ensure_annotation(object, names::kRunClaim, store_id);
    return object;
  };
  auto claimed = co_await store.modify(type, run.job.substr(0, run.job.find('/')), run.name, claim);
  if (!claimed) co_return fail(objects::to_error(claimed.error()));
  co_return Result<>();
}

}  // namespace windlass::controllers
