// PipelineRuns as objects: v1alpha3. Source: kubesphere API 4.3.
#include <algorithm>
#include <cstdlib>

#include "controllers/names.h"
#include "data/json.h"
#include "kapis/answers.h"
#include "kapis/blue_answer.h"
#include "kapis/crud.h"
#include "kapis/parameters.h"
#include "kapis/run_access.h"
#include "objects/metadata.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
namespace names = controllers::names;

namespace {

const objects::ResourceType& type() { return resource("pipelineruns"); }

constexpr std::size_t kBatch = 200;

bool is_of_branch(const Value& run, const std::string& branch) {
  const auto* spec = run.find("spec");
  const auto* scm = spec == nullptr ? nullptr : spec->find("scm");
  return branch.empty() || (scm != nullptr && scm->get_string("refName") == branch);
}

/// What was made last first, by pages. `backward` (the default) lists only what Jenkins knew, as Jenkins told it;
/// consoles ask for objects.
ApiTask<Response> list(Call& call) {
  const auto branch = call.request.parameter("branch").value_or("");
  const bool backward = call.request.parameter("backward").value_or("true") != "false";
  const auto query = WL_API_TRY(ListQuery::parse(call.request));
  if (!objects::check_label_value(call.at("p")).empty()) {
    co_return json_answer(Value::map_of("items", Value::list(), "totalItems", 0));  // no run can carry that as a label
  }
  objects::ListOptions options;
  options.namespace_ = call.at("ns");
  options.labels = WL_API_TRY(objects::LabelSelector::parse(std::string(names::kPipelineLabel) + "=" + call.at("p")));
  options.newest_first = true;
  options.counted_by = names::kRunId;
  auto items = Value::list();
  const auto answer = [&](std::size_t total) {
    return json_answer(Value::map_of("items", std::move(items), "totalItems", static_cast<std::int64_t>(total)));
  };
  if (!backward && branch.empty()) {
    options.offset = query.offset;
    options.limit = query.limit;
    auto page = WL_API_TRY(co_await call.services.store.list(type(), options));
    for (auto& one : page.items) items.push(std::move(one));
    co_return answer(page.total);
  }
  // Some are left out: pages are counted among the rest. Of a branch all are looked at, for their number.
  std::size_t seen = 0, left_out = 0, total = 0;
  options.limit = kBatch;
  for (options.offset = 0;; options.offset += kBatch) {
    const auto batch = WL_API_TRY(co_await call.services.store.list(type(), options));
    total = batch.total;
    for (const auto& one : batch.items) {
      const auto status = objects::annotation(one, names::kRunStatus);
      if (!is_of_branch(one, branch) || (backward && status.empty())) {
        ++left_out;
        continue;
      }
      const auto place = seen++;
      if (place < query.offset || place - query.offset >= query.limit) continue;
      if (!backward) {
        items.push(one);
      } else if (auto told = data::parse_json(status)) {
        items.push(std::move(*told));
      }
    }
    const bool is_full = branch.empty() && seen >= query.offset && seen - query.offset >= query.limit;
    if (batch.items.size() < kBatch || is_full) break;
  }
  co_return answer(branch.empty() ? total - left_out : seen);
}

ApiTask<Response> create(Call& call) {
  const auto body = WL_API_TRY(call.json());
  const auto* parameters = body.is_map() ? body.find("parameters") : nullptr;
  if (parameters != nullptr && parameters->is_null()) parameters = nullptr;
  const auto warning = WL_API_TRY(co_await check_parameters(call, parameters));
  auto out = json_answer(WL_API_TRY(co_await create_run(call, parameters, Value())));
  if (!warning.empty()) out.headers.add("Warning", warning);
  co_return out;
}

ApiTask<Response> get(Call& call) {
  co_return json_answer(WL_API_TRY(co_await call.services.store.get(type(), call.at("ns"), call.at("pr"))));
}

ApiTask<Response> remove(Call& call) {
  const auto object = WL_API_TRY(co_await call.services.store.get(type(), call.at("ns"), call.at("pr")));
  const auto* status = object.find("status");
  const auto phase = status == nullptr ? std::string() : status->get_string("phase");
  if (phase != "Succeeded" && phase != "Failed" && phase != "Cancelled" && phase != "Unknown") {
    co_return objects::bad_request("the run " + call.at("pr") + " has not ended; stop it first");
  }
  if (call.is_set("keepJenkinsRecord")) {
    WL_API_TRY(co_await call.services.store.modify(type(), call.at("ns"), call.at("pr"),
                                                   [](Value one) -> objects::Outcome<Value> {
                                                     objects::set_annotation(one, names::kRunKeepRecord, "true");
                                                     return one;
                                                   }));
  }
  WL_API_TRY(co_await call.services.store.remove(type(), call.at("ns"), call.at("pr")));
  co_return Response();
}

ApiTask<Response> nodes(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_object(call));
  if (!run) co_return json_answer(Value::list());
  runs::BlueContext context;
  context.now_millis = call.services.now_millis();
  // Whether this caller may answer, not merely whether somebody may.
  co_return co_await blue_answer(call, *run, std::move(context), true, {.name = "approvable", .otherwise = true});
}

ApiTask<Response> download(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_object(call));
  auto wanted = call.request.parameter("filename").value_or("");
  // Consoles encode it twice.
  if (const auto again = net::percent_decode(wanted, true)) wanted = *again;
  if (run) {
    for (const auto& artifact : WL_API_TRY(to_outcome(co_await call.services.runs.artifacts(run->uid)))) {
      if (artifact.path == wanted) co_return file_answer(call, artifact.file, artifact.path, type());
    }
  }
  co_return objects::not_found(type().subject("artifact " + wanted));
}

constexpr Right of_run(std::string_view verb) { return {verb, kDevops, "pipelineruns", "ns", "pr"}; }

constexpr Route kRoutes[] = {
    {"GET",
     "v1alpha3",
     "/namespaces/{ns}/pipelines/{p}/pipelineruns",
     {"list", kDevops, "pipelineruns", "ns", ""},
     Failures::plain,
     list,
     "runs of a pipeline; backward=false: the objects"},
    {"POST",
     "v1alpha3",
     "/namespaces/{ns}/pipelines/{p}/pipelineruns",
     {"create", kDevops, "pipelineruns", "ns", ""},
     Failures::plain,
     create,
     "starts a run"},
    {"GET", "v1alpha3", "/namespaces/{ns}/pipelineruns/{pr}", of_run("get"), Failures::plain, get, "one run"},
    {"DELETE", "v1alpha3", "/namespaces/{ns}/pipelineruns/{pr}", of_run("delete"), Failures::plain, remove,
     "deletes an ended run with its log and files"},
    {"GET", "v1alpha3", "/namespaces/{ns}/pipelineruns/{pr}/nodedetails", of_run("get"), Failures::plain, nodes,
     "its stages with their steps"},
    {"GET", "v1alpha3", "/namespaces/{ns}/pipelineruns/{pr}/artifacts/download", of_run("get"), Failures::plain,
     download, "an archived file, with ranges"},
};

}  // namespace

std::span<const Route> run_routes() { return kRoutes; }

}  // namespace windlass::kapis
