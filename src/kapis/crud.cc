#include "kapis/crud.h"

#include "controllers/names.h"
#include "kapis/answers.h"
#include "objects/metadata.h"

namespace windlass::kapis {

using data::Value;
using objects::ApiTask;

const objects::ResourceType& resource(std::string_view plural) {
  const auto* devops = objects::find_resource(kDevops, "v1alpha3", plural);
  return devops != nullptr ? *devops : *objects::find_resource("", "v1", plural);
}

ApiTask<std::vector<Value>> list_objects(Call& call, const objects::ResourceType& type, std::string namespace_) {
  objects::ListOptions options;
  options.namespace_ = std::move(namespace_);
  auto found = WL_API_TRY(co_await call.services.store.list(type, std::move(options)));
  co_return std::move(found.items);
}

ApiTask<net::Response> list_answer(Call& call, const objects::ResourceType& type, std::string namespace_,
                                   std::function<bool(const Value&)> keep) {
  const auto query = WL_API_TRY(ListQuery::parse(call.request));
  auto all = WL_API_TRY(co_await list_objects(call, type, std::move(namespace_)));
  co_return json_answer(list_body(std::move(all), query, keep));
}

Value replaced(const Value& stored, Value body) {
  objects::erase_meta(body, "resourceVersion");
  const auto& before = objects::metadata_of(stored);
  for (const auto* field : {"uid", "ownerReferences", "finalizers"}) {
    const Value* kept = before.find(field);
    if (kept != nullptr && objects::metadata_of(std::as_const(body)).find(field) == nullptr) {
      objects::set_meta(body, field, *kept);
    }
  }
  if (const Value* status = stored.find("status"); status != nullptr && body.find("status") == nullptr) {
    body.set("status", *status);
  }
  return body;
}

void mark_pending(Value& object, std::string_view prefix, std::int64_t now_millis) {
  namespace names = controllers::names;
  objects::set_annotation(object, std::string(prefix) + std::string(names::kSyncStatus), "pending");
  objects::set_annotation(object, std::string(prefix) + std::string(names::kSyncTime),
                          objects::format_rfc3339(now_millis));
}

}  // namespace windlass::kapis
