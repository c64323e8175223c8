#include "controllers/pipeline_controller.h"

#include "controllers/names.h"
#include "controllers/object_changes.h"
#include "controllers/pipeline_rules.h"
#include "data/json.h"
#include "objects/metadata.h"

namespace windlass::controllers {

using data::Value;
using objects::to_result;

namespace {

constexpr std::size_t kMaxMetadata = 48 * 1024;

const objects::ResourceType& pipeline_type() { return *objects::find_resource(names::kGroup, "v1alpha3", "pipelines"); }

/// Everything a visit wants to be so, on the object as it is now. A pure function: the store may call it again.
bool bring_in_order(Value& pipeline, const PipelineFacts& facts, const Value& declared, std::int64_t now_millis) {
  const Value empty;
  const Value* spec = pipeline.find("spec");
  bool changed = add_finalizer(pipeline, names::kPipelineFinalizer);
  const auto problem = joined_sentences(check_pipeline(pipeline));
  // The hash goes in with the state it belongs to: one pass is enough (ill 7).
  const bool new_spec =
      ensure_annotation(pipeline, names::kPipelineSpecHash, fingerprint_of(spec != nullptr ? *spec : empty));
  const bool new_state = write_sync(pipeline, names::kPipelineSync, {problem.empty(), problem}, now_millis);
  if (new_spec && !new_state) {
    ensure_annotation(pipeline, std::string(names::kPipelineSync) + std::string(names::kSyncTime),
                      objects::format_rfc3339(now_millis));
  }
  changed |= new_spec | new_state;
  auto metadata = pipeline_metadata(pipeline, facts, declared);
  auto text = data::format_json(metadata);
  if (text.size() > kMaxMetadata) {
    // Kubernetes keeps 256 KiB of annotations in all; a form of so many parameters nobody fills in.
    metadata.set("parameters", Value::list());
    text = data::format_json(metadata);
  }
  changed |= ensure_annotation(pipeline, names::kPipelineMetadata, text);
  return changed;
}

}  // namespace

rt::Task<Requeue> PipelineReconciler::reconcile(Key key) {
  auto found = co_await store_.look(pipeline_type(), key.namespace_, key.name);
  if (!found) {
    if (found.error().code == 404) co_return Requeue{};
    co_return fail(objects::to_error(found.error()));
  }
  if (objects::is_being_deleted(*found)) {
    // Its runs go by their owner reference; nothing outside has to agree (ill 18).
    if (!has_finalizer(*found, names::kPipelineFinalizer)) co_return Requeue{};
    auto gone =
        co_await store_.modify(pipeline_type(), key.namespace_, key.name, [](Value object) -> objects::Outcome<Value> {
          remove_finalizer(object, names::kPipelineFinalizer);
          return object;
        });
    if (!gone && gone.error().code != 404) co_return fail(objects::to_error(gone.error()));
    co_return Requeue{};
  }
  const auto message_key = std::string(names::kPipelineSync) + std::string(names::kSyncMessage);
  const auto before = objects::annotation(*found, message_key);
  const auto facts = facts_.facts_of(key);
  const auto declared = job_facts_.of(key).parameters;
  Value wanted = *found;
  if (!bring_in_order(wanted, facts, declared, now_millis_())) co_return Requeue{};
  auto written =
      co_await store_.modify(pipeline_type(), key.namespace_, key.name,
                             [facts, declared, now = now_millis_()](Value object) -> objects::Outcome<Value> {
                               if (!objects::is_being_deleted(object)) bring_in_order(object, facts, declared, now);
                               return object;
                             });
  if (!written) {
    if (written.error().code == 404) co_return Requeue{};
    co_return fail(objects::to_error(written.error()));
  }
  const auto message = objects::annotation(*written, message_key);
  if (!message.empty() && message != before) {
    co_await events_.record(*written, EventType::warning, "SpecInvalid", message);
  }
  co_return Requeue{};
}

}  // namespace windlass::controllers
