// Our own API beside the view of a run: lists, restarts, load. Facts as codes and numbers, never as sentences; whoever
// shows them has the words in both languages. Source: docs/compat/windlass.md.
#include <algorithm>

#include "controllers/names.h"
#include "kapis/answers.h"
#include "kapis/apidocs.h"
#include "kapis/crud.h"
#include "kapis/job.h"
#include "kapis/kapis.h"
#include "kapis/run_access.h"
#include "kapis/run_facts.h"
#include "objects/metadata.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
namespace names = controllers::names;

namespace {

constexpr std::uint64_t kPointsShown = 1000;  ///< a run may have a hundred thousand
constexpr std::uint64_t kMostPoints = 5000;   ///< at once

std::string job_of(const Call& call) { return call.at("d") + "/" + call.at("p"); }

ApiTask<Response> openapi(Call& call) { co_return json_answer(open_api(all_routes(), call.services.version)); }

ApiTask<Response> list(Call& call) {
  const auto limit = std::clamp<std::uint64_t>(WL_API_TRY(number(call, "limit")).value_or(20), 1, 1000);
  const auto before = WL_API_TRY(number(call, "before")).value_or(0);
  const auto all = WL_API_TRY(to_outcome(co_await call.services.runs.of_job(job_of(call), limit, before)));
  auto items = Value::list();
  for (const auto& run : all) {
    items.push(Value::map_of("number", static_cast<std::int64_t>(run.number), "name", run.name, "phase", phase_of(run),
                             "result", run.result, "user", run.user_id, "cause", run.cause, "queued", run.queued_millis,
                             "started", run.started_millis, "ended", run.ended_millis));
  }
  co_return json_answer(Value::map_of("items", std::move(items), "now", call.services.now_millis()));
}

Value choice_of(const runs::RestartChoice& choice) {
  return Value::map_of("step", static_cast<std::int64_t>(choice.node), "kind", choice.step, "label", choice.label,
                       "stage", choice.stage, "branch", choice.branch, "line", static_cast<std::int64_t>(choice.line));
}

Value preview_of(const runs::RestartPreview& preview) {
  auto moved = Value::list();
  for (const auto& one : preview.moved) {
    moved.push(Value::map_of("why", one.why, "workspace", one.workspace, "what", one.what, "to", choice_of(one.to)));
  }
  return Value::map_of("at", choice_of(preview.at), "moved", std::move(moved));
}

std::uint64_t step_in(const Value& body) {
  const auto* step = body.find("step");
  return step != nullptr && step->is_int() && step->as_int() > 0 ? static_cast<std::uint64_t>(step->as_int()) : 0;
}

/// The last ones, or those before one, in order; each look evaluates the whole run.
ApiTask<Response> restart_points(Call& call) {
  const JobPlace place(call.services.jobs, call.user.name);
  if (!place.good()) co_return objects::unavailable("too many runs are being looked at; try again");
  const auto run = WL_API_TRY(co_await run_by_number(call));
  const auto all = WL_API_TRY(to_outcome(co_await call.services.runs.restart_choices(job_of(call), run.number)));
  const auto below = WL_API_TRY(number(call, "before")).value_or(0);
  const auto limit =
      std::clamp<std::uint64_t>(WL_API_TRY(number(call, "limit")).value_or(kPointsShown), 1, kMostPoints);
  // Steps of branches that ran side by side were asked for in another order than that of their ids.
  auto end = below == 0 ? all.end() : std::ranges::find(all, below, &runs::RestartChoice::node);
  if (below != 0 && end == all.end()) co_return objects::bad_request("before: no such step");
  const auto begin =
      end - static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(limit, static_cast<std::uint64_t>(end - all.begin())));
  auto items = Value::list();
  for (auto one = begin; one != end; ++one) items.push(choice_of(*one));
  co_return json_answer(Value::map_of("items", std::move(items), "total", static_cast<std::int64_t>(all.size()),
                                      "itemsBefore",
                                      begin == all.begin() ? Value() : Value(static_cast<std::int64_t>(begin->node))));
}

/// {"stage": NAME} or {"step": ID}; {"dryRun": true} only says where it would begin, and why there.
ApiTask<Response> restart(Call& call) {
  const JobPlace place(call.services.jobs, call.user.name);
  if (!place.good()) co_return objects::unavailable("too many runs are being looked at; try again");
  const auto body = WL_API_TRY(call.object());
  const auto run = WL_API_TRY(co_await run_by_number(call));
  const auto stage = body.get_string("stage");
  const auto step = step_in(body);
  if (stage.empty() == (step == 0)) {
    co_return objects::bad_request("a restart needs {\"stage\": NAME} or {\"step\": ID}, one of both");
  }
  auto out = Value::map();
  if (step != 0) {
    out = preview_of(WL_API_TRY(
        to_outcome(co_await call.services.runs.preview_restart(job_of(call), run.number, step, call.user.name))));
  } else {
    WL_API_TRY(to_outcome(co_await call.services.runs.check_restart_stage(job_of(call), run.number, stage)));
  }
  if (body.get_bool("dryRun")) co_return json_answer(out);
  std::vector<std::pair<std::string, std::string>> notes = {
      {std::string(names::kRunRestartOf), std::to_string(run.number)}};
  if (stage.empty()) {
    notes.emplace_back(names::kRunRestartStep, std::to_string(step));
  } else {
    notes.emplace_back(names::kRunRestartStage, stage);
  }
  const auto before = WL_API_TRY(co_await call.services.store.get(resource("pipelineruns"), call.at("d"), run.name));
  Value spec;
  if (const auto* whole = before.find("spec")) {
    if (const auto* snapshot = whole->find("pipelineSpec")) spec = *snapshot;
  }
  const auto object = WL_API_TRY(co_await create_run(call, nullptr, std::move(spec), notes));
  const auto made = WL_API_TRY(co_await accepted_run(call, object));
  out.set("number", static_cast<std::int64_t>(made.number));
  out.set("name", made.name);
  co_return json_answer(out);
}

ApiTask<Response> load(Call& call) {
  const auto load = WL_API_TRY(to_outcome(co_await call.services.runs.load()));
  auto nodes = Value::list();
  for (const auto& node : load.nodes) {
    nodes.push(
        Value::map_of("node", node.node, "executors", node.executors, "busy", node.busy, "waiting", node.waiting));
  }
  co_return json_answer(Value::map_of("queued", static_cast<std::int64_t>(load.queued), "running",
                                      static_cast<std::int64_t>(load.running), "stuck",
                                      static_cast<std::int64_t>(load.stuck), "nodes", std::move(nodes)));
}

ApiTask<Response> storage(Call& call) {
  const auto now = WL_API_TRY(to_outcome(co_await call.services.runs.storage(call.at("d"))));
  const auto bytes = now.most != 0 && now.is_known ? Value(static_cast<std::int64_t>(now.bytes)) : Value();
  const auto runs = now.most != 0 && now.is_known ? Value(static_cast<std::int64_t>(now.runs)) : Value();
  const auto most = now.most != 0 ? Value(static_cast<std::int64_t>(now.most)) : Value();
  co_return json_answer(Value::map_of("bytes", bytes, "runs", runs, "limit", most));
}

constexpr Route kRoutes[] = {
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs",
     {"list", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     list,
     "runs, newest first: limit, before",
     "limit before"},
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}/restartpoints",
     {"get", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     restart_points,
     "steps at which it can be restarted: the last ones; before, limit",
     "before limit"},
    {"POST",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}/restart",
     {"create", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     restart,
     "restarts it from a stage or a step; dryRun says where it would begin"},
    {"GET", "windlass", "/openapi", {}, Failures::plain, openapi, "this API as an OpenAPI 3 document"},
    {"GET", "windlass", "/load", {}, Failures::plain, load, "how busy the server is"},
    {"GET",
     "windlass",
     "/projects/{d}/storage",
     {"list", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     storage,
     "what the runs of a project take on disk, where that has a limit"},
};

}  // namespace

std::span<const Route> windlass_routes() { return kRoutes; }

}  // namespace windlass::kapis
