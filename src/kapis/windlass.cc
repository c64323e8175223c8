// Our own API: what the old surfaces cannot say. Facts as codes and numbers, never as sentences; whoever shows them has
// the words in both languages. Source: docs/compat/windlass.md.
#include <algorithm>

#include "controllers/names.h"
#include "data/json.h"
#include "kapis/answers.h"
#include "kapis/apidocs.h"
#include "kapis/crud.h"
#include "kapis/event_hub.h"
#include "kapis/expected.h"
#include "kapis/kapis.h"
#include "kapis/run_access.h"
#include "kapis/run_facts.h"
#include "objects/metadata.h"
#include "runs/compare_runs.h"
#include "runs/run_phases.h"
#include "runs/run_record.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
namespace names = controllers::names;

namespace {

constexpr std::size_t kMostKept = 4096;  ///< answers; each a few kilobytes

Value may(const Call& call, const std::string& verb, const runs::RunInfo& run) {
  rights::Attributes asked{.verb = verb,
                           .group = std::string(kDevops),
                           .resource = "pipelineruns",
                           .subresource = {},
                           .namespace_ = call.at("d"),
                           .name = run.name,
                           .pipeline = call.at("p")};
  const auto decision = rights::decide(call.user, asked);
  return Value::map_of("allowed", decision.allowed, "reason", decision.reason);
}

/// The first cause of a run of which nothing ran, because its Jenkinsfile is not valid; null where it is.
ApiTask<Value> invalid_cause(Call& call, const runs::RunInfo& run) {
  const auto found = std::make_shared<std::optional<runs::InvalidScript>>();
  WL_API_TRY(to_outcome(co_await call.services.runs.look_into(run.uid, [found](auto& journal) -> Result<> {
    *found = WL_TRY(runs::read_invalid_script(journal));
    return {};
  })));
  if (!*found) co_return Value();
  const auto& one = **found;
  co_return Value::map_of("code", "invalid", "line", one.line, "column", one.column, "cause", one.message, "others",
                          one.count - 1);
}

/// While it goes on they are in memory.
ApiTask<std::vector<engine::AgentReport>> agents_of(Call& call, const runs::RunInfo& run) {
  if (run.phase != runs::Phase::ended || !run.agents.empty()) co_return run.agents;
  const auto found = std::make_shared<std::vector<engine::AgentReport>>();
  WL_API_TRY(to_outcome(co_await call.services.runs.look_into(run.uid, [found](auto& journal) -> Result<> {
    *found = WL_TRY(runs::read_agents(journal));
    return {};
  })));
  co_return std::move(*found);
}

/// A whole run in one answer; `version` grows with everything that changes in it while this process lives.
ApiTask<Response> view(Call& call) {
  // The place in the event stream from which on this answer is to be completed: taken before anything is read.
  const auto cursor = call.services.events.cursor();
  auto run = WL_API_TRY(co_await run_by_number(call));
  // Before it is looked at: what changes meanwhile makes the answer one that is not kept.
  const auto holds = call.services.runs.unchanged(run.uid);
  run = WL_API_TRY(co_await run_by_number(call));
  const auto nodes = WL_API_TRY(to_outcome(co_await call.services.runs.nodes(run.uid)));
  auto out = Value::map_of("project", call.at("d"), "pipeline", call.at("p"), "number",
                           static_cast<std::int64_t>(run.number), "name", run.name, "uid", run.uid, "phase",
                           phase_of(run), "result", run.result, "user", run.user_id, "cause", run.cause);
  out.set("queued", run.queued_millis);
  out.set("started", run.started_millis);
  out.set("ended", run.ended_millis);
  out.set("version", static_cast<std::int64_t>(run.version));
  out.set("pausedBy", run.held_by);
  out.set("pausedSince", run.held_millis);
  out.set("reason",
          run.reason.code.empty() ? Value() : Value::map_of("code", run.reason.code, "evidence", run.reason.evidence));
  auto waiting = Value::list();
  for (const auto& one : run.waiting) {
    auto entry = Value::map_of("branch", one.branch, "node", static_cast<std::int64_t>(one.node), "code", one.code,
                               "detail", one.detail, "since", one.since_millis);
    if (!one.holder.is_null()) entry.set("holder", one.holder);
    if (!one.evidence.is_null()) entry.set("evidence", one.evidence);
    if (one.code == "input") {
      entry.set("input", one.input);
      entry.set("mayAnswer", may_answer(call, one));
      // What an answer is bound to: given back with it, it is refused where it is not this run's.
      entry.set("definition", run.definition);
      entry.set("commit", run.commit);
    }
    waiting.push(std::move(entry));
  }
  out.set("waiting", std::move(waiting));
  auto agents = Value::list();
  for (const auto& one : WL_API_TRY(co_await agents_of(call, run))) agents.push(agent_value(one));
  out.set("agents", std::move(agents));
  const auto beside = WL_API_TRY(co_await neighbours_of(call, run));
  const auto expected = WL_API_TRY(co_await expected_of(call, run.job, beside.green));
  const auto number_or_null = [](std::uint64_t number) {
    return number == 0 ? Value() : Value(static_cast<std::int64_t>(number));
  };
  out.set("previous", number_or_null(beside.previous));
  out.set("next", number_or_null(beside.next));
  out.set("lastGreen", number_or_null(beside.last_green));
  out.set("expected", expected->whole == 0 ? Value() : Value(expected->whole));
  auto list = Value::list();
  const auto how = counted(run, nodes);
  const auto paths = runs::paths_of(nodes);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto one = node_value(nodes[i]);
    one.set("path", paths.at(nodes[i].id));
    if (how[i] != Counted::none) {
      one.set("counted", how[i] == Counted::yes ? "yes" : how[i] == Counted::caught ? "caught" : "failfast");
    }
    if (const auto part = expected->parts.find(paths.at(nodes[i].id)); part != expected->parts.end()) {
      one.set("expected", part->second);
    }
    list.push(std::move(one));
  }
  out.set("nodes", std::move(list));
  const auto* cause = first_cause(run, nodes);
  Value first;
  if (cause != nullptr) {
    first = node_value(*cause);
    first.set("path", paths.at(cause->id));
  }
  if (nodes.empty() && run.phase == runs::Phase::ended && run.result == "FAILURE") {
    first = WL_API_TRY(co_await invalid_cause(call, run));
  }
  out.set("firstCause", std::move(first));
  auto rights = Value::map();
  rights.set("stop", may(call, "update", run));
  rights.set("pause", may(call, "update", run));
  rights.set("replay", may(call, "create", run));
  rights.set("delete", may(call, "delete", run));
  out.set("may", std::move(rights));
  Services::Kept kept{.body = data::format_json(out),
                      .tag = "\"" + run.uid + "-" + std::to_string(run.version) + "-" +
                             std::to_string(call.services.now_millis()) + "\"",
                      .holds = holds};
  kept.body.pop_back();
  auto answer = kept_answer(kept, call.request, call.services.now_millis(), cursor);
  // The newest run that has ended gets a next one without changing itself.
  const bool complete = run.phase != runs::Phase::ended || beside.next != 0;
  if (*holds && complete && call.request.query.empty()) {
    if (call.services.kept.size() >= kMostKept) call.services.kept.clear();
    call.services.kept[kept_key(call.request.path, call.user)] = std::move(kept);
  }
  co_return answer;
}

ApiTask<Response> openapi(Call& call) { co_return json_answer(open_api(all_routes(), call.services.version)); }

/// What the time of each node went into, milliseconds.
ApiTask<Response> phases(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  const auto nodes = WL_API_TRY(to_outcome(co_await call.services.runs.nodes(run.uid)));
  const auto found = std::make_shared<std::map<std::uint64_t, runs::Phases>>();
  const auto now = call.services.now_millis();
  WL_API_TRY(to_outcome(co_await call.services.runs.look_into(run.uid, [=](auto& journal) -> Result<> {
    *found = WL_TRY(runs::read_phases(journal, nodes, now));
    return {};
  })));
  // A wait that is one transaction with its end has no entry before that.
  for (const auto& waiting : run.waiting) {
    auto& times = (*found)[waiting.node];
    if (times.open) continue;
    times.open = true;
    const auto since = std::max<std::int64_t>(now - waiting.since_millis, 0);
    (waiting.code == "executor" || waiting.code == "throttle" ? times.queue
     : waiting.code == "lock"                                 ? times.lock
     : waiting.code == "input"                                ? times.input
     : waiting.code == "build"                                ? times.build
     : waiting.code == "timer"                                ? times.sleep
                                                              : times.run) += since;
  }
  auto items = Value::list();
  for (const auto& [node, times] : *found) {
    auto one = Value::map_of("node", static_cast<std::int64_t>(node), "queue", times.queue, "lock", times.lock, "input",
                             times.input, "build", times.build, "sleep", times.sleep, "connect", times.connect, "run",
                             times.run, "open", times.open);
    auto holder = times.holder;
    for (const auto& waiting : run.waiting) {
      if (waiting.node == node && !waiting.holder.is_null()) holder = waiting.holder;
    }
    if (!holder.is_null()) one.set("holder", std::move(holder));
    items.push(std::move(one));
  }
  const auto begun = run.started_millis != 0 ? run.started_millis : now;
  co_return json_answer(Value::map_of("queue", begun - run.queued_millis, "nodes", std::move(items)));
}

ApiTask<Response> list(Call& call) {
  const auto number = [&](std::string_view name, std::uint64_t otherwise) {
    const auto text = call.request.parameter(name).value_or("");
    return text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos
               ? otherwise
               : std::stoull(text);
  };
  const auto limit = std::clamp<std::uint64_t>(number("limit", 20), 1, 1000);
  const auto all = WL_API_TRY(
      to_outcome(co_await call.services.runs.of_job(call.at("d") + "/" + call.at("p"), limit, number("before", 0))));
  auto items = Value::list();
  for (const auto& run : all) {
    items.push(Value::map_of("number", static_cast<std::int64_t>(run.number), "name", run.name, "phase", phase_of(run),
                             "result", run.result, "user", run.user_id, "cause", run.cause, "queued", run.queued_millis,
                             "started", run.started_millis, "ended", run.ended_millis));
  }
  co_return json_answer(Value::map_of("items", std::move(items), "now", call.services.now_millis()));
}

std::string job_of(const Call& call) { return call.at("d") + "/" + call.at("p"); }

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

ApiTask<Response> restart_points(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  auto items = Value::list();
  for (const auto& one :
       WL_API_TRY(to_outcome(co_await call.services.runs.restart_choices(job_of(call), run.number)))) {
    items.push(choice_of(one));
  }
  co_return json_answer(Value::map_of("items", std::move(items)));
}

/// {"stage": NAME} or {"step": ID}; {"dryRun": true} only says where it would begin, and why there.
ApiTask<Response> restart(Call& call) {
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
     "/projects/{d}/pipelines/{p}/runs/{r}",
     {"get", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     view,
     "a whole run: nodes, what waits and why, what the caller may do"},
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}/restartpoints",
     {"get", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     restart_points,
     "steps at which it can be restarted"},
    {"POST",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}/restart",
     {"create", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     restart,
     "restarts it from a stage or a step; dryRun says where it would begin"},
    {"GET", "windlass", "/openapi", {}, Failures::plain, openapi, "this API as an OpenAPI 3 document"},
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}/phases",
     {"get", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     phases,
     "what the time of its steps went into: queue, lock, input, build, sleep, run"},
    {"GET", "windlass", "/load", {}, Failures::plain, load, "how busy the server is"},
};

}  // namespace

std::span<const Route> windlass_routes() { return kRoutes; }

}  // namespace windlass::kapis
