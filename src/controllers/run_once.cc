#include "controllers/run_once.h"

#include <utility>

#include "controllers/names.h"
#include "controllers/pipeline_run_rules.h"
#include "objects/metadata.h"

namespace windlass::controllers {

objects::ApiTask<data::Value> create_run_once(objects::ObjectStore& store, const std::string& space,
                                              const std::string& pipeline, data::Value run, RunKey key) {
  const auto& type = *objects::find_kind("devops.kubesphere.io", "PipelineRun");
  if (key.key.size() > kLongestRunKey) co_return objects::bad_request("an Idempotency-Key has at most 255 letters");
  const auto name = derived_name(pipeline, "k", key.user + "\n" + key.key);
  objects::erase_meta(run, "generateName");
  objects::set_meta(run, "name", name);
  objects::set_annotation(run, names::kIdempotency, key.print);
  auto made = co_await store.create(type, space, std::move(run));
  if (made || made.error().code != 409) co_return made;
  auto before = WL_API_TRY(co_await store.get(type, space, name));
  if (objects::annotation(before, names::kIdempotency) != key.print) {
    co_return objects::conflict(type.subject(name), "this Idempotency-Key has been used for another request");
  }
  co_return before;
}

}  // namespace windlass::controllers
