#include "controllers/jenkinsfile_controller.h"

#include "controllers/names.h"
#include "controllers/object_changes.h"
#include "jenkinsfile/script_json.h"
#include "objects/metadata.h"

namespace windlass::controllers {

using data::Value;
using jenkinsfile::Converted;

namespace {

constexpr std::size_t kMaxJson = 180 * 1024;  ///< Kubernetes keeps 256 KiB of annotations in all

const objects::ResourceType& pipeline_type() { return *objects::find_resource(names::kGroup, "v1alpha3", "pipelines"); }

/// The parts of a pipeline that belong together here.
struct Pair {
  std::string script, json, mode, converted;
  bool plain = false;      ///< of type pipeline
  bool has_block = false;  ///< spec.pipeline is there
  friend bool operator==(const Pair&, const Pair&) = default;
};

Pair pair_of(const Value& pipeline) {
  Pair out;
  const Value* spec = pipeline.find("spec");
  out.plain = spec != nullptr && spec->get_string("type") == "pipeline";
  const Value* block = spec != nullptr ? spec->find("pipeline") : nullptr;
  out.has_block = block != nullptr && block->has_members();
  if (out.has_block) out.script = block->get_string("jenkinsfile");
  out.json = objects::annotation(pipeline, names::kPipelineJson);
  out.mode = objects::annotation(pipeline, names::kPipelineEditMode);
  out.converted = objects::annotation(pipeline, names::kPipelineConverted);
  return out;
}

std::string hash_of(const std::string& script) { return fingerprint_of(Value(script)); }

std::string text_of(const std::vector<jenkinsfile::ScriptProblem>& problems) {
  std::string out;
  for (const auto& problem : problems) {
    if (!out.empty()) out += "; ";
    if (problem.position.line > 0) {
      out += std::to_string(problem.position.line) + ":" + std::to_string(problem.position.column) + ": ";
    }
    for (const auto& part : problem.location) out += part + (&part == &problem.location.back() ? ": " : "/");
    out += problem.message;
  }
  return out;
}

}  // namespace

rt::Task<Requeue> JenkinsfileReconciler::reconcile(Key key) {
  auto found = co_await store_.look(pipeline_type(), key.namespace_, key.name);
  if (!found) {
    if (found.error().code == 404) co_return Requeue{};
    co_return fail(objects::to_error(found.error()));
  }
  if (objects::is_being_deleted(*found)) co_return Requeue{};
  const Pair before = pair_of(*found);
  if (!before.plain || !before.has_block) co_return Requeue{};
  const bool from_json = before.mode == "json";
  if (!from_json && before.mode != "raw" && before.converted == hash_of(before.script)) co_return Requeue{};

  const Converted made = co_await worker_.run([before, from_json, catalog = &catalog_]() -> Converted {
    if (from_json) return jenkinsfile::json_to_script(before.json, before.script, *catalog);
    auto json = jenkinsfile::script_to_json(before.script, *catalog);
    if (json.text.size() > kMaxJson) return {{}, {{"its JSON is too large for an annotation", {}, {}}}};
    return json;
  });
  auto written = co_await store_.modify(
      pipeline_type(), key.namespace_, key.name, [before, made, from_json](Value object) -> objects::Outcome<Value> {
        const Pair now = pair_of(object);
        if (objects::is_being_deleted(object) || !(now == before)) return object;
        std::string script = now.script;
        if (from_json && made.good()) {
          script = made.text;
          object.find("spec")->find("pipeline")->set("jenkinsfile", script);
        }
        if (!from_json) ensure_annotation(object, names::kPipelineJson, made.text);
        ensure_annotation(object, names::kPipelineEditMode, "");
        ensure_annotation(object, names::kPipelineValidate, made.good() ? "success" : "failure");
        ensure_annotation(object, names::kPipelineConverted, hash_of(script));
        return object;
      });
  if (!written) {
    if (written.error().code == 404) co_return Requeue{};
    co_return fail(objects::to_error(written.error()));
  }
  const bool written_by_us =
      objects::annotation(*written, names::kPipelineEditMode).empty() &&
      objects::annotation(*written, names::kPipelineValidate) == (made.good() ? "success" : "failure");
  if (written_by_us && !made.good() && !before.mode.empty()) {
    co_await events_.record(
        *written, EventType::warning, "ConvertFailed",
        (from_json ? "the JSON cannot become a Jenkinsfile: " : "the Jenkinsfile has no JSON form: ") +
            text_of(made.problems));
  }
  co_return Requeue{};
}

}  // namespace windlass::controllers
