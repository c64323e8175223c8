// Runs by their number, in Blue Ocean's words: v1alpha2. The original passed these on to Jenkins; here they are
// answered from our own runs. Source: kubesphere API 5.
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <chrono>

#include "controllers/names.h"
#include "kapis/answers.h"
#include "kapis/approvals.h"
#include "kapis/blue_answer.h"
#include "kapis/crud.h"
#include "kapis/parameters.h"
#include "kapis/run_access.h"
#include "kapis/run_graph.h"
#include "objects/metadata.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
namespace names = controllers::names;

namespace {

constexpr std::size_t kMostRuns = 10'000;

std::int64_t number(Call& call, std::string_view name, std::int64_t otherwise) {
  const auto text = call.request.parameter(name).value_or("");
  if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos) return otherwise;
  return std::stoll(text);
}

ApiTask<Response> list(Call& call) {
  const auto job = call.at("d") + "/" + call.at("p");
  const auto all = WL_API_TRY(to_outcome(co_await call.services.runs.of_job(job, kMostRuns)));
  const auto start = static_cast<std::size_t>(number(call, "start", 0));
  const auto limit = static_cast<std::size_t>(number(call, "limit", 10));
  auto items = Value::list();
  for (std::size_t i = start; i < all.size() && i - start < limit; ++i) {
    items.push(runs::blue_run(all[i], blue_context(call, all[i])));
  }
  co_return json_answer(Value::map_of("items", std::move(items), "totalItems", static_cast<std::int64_t>(all.size())));
}

ApiTask<Response> get(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  co_return json_answer(runs::blue_run(run, blue_context(call, run)));
}

ApiTask<Response> start(Call& call) {
  const auto body = WL_API_TRY(call.json());
  const auto* parameters = body.is_map() ? body.find("parameters") : nullptr;
  if (parameters != nullptr && parameters->is_null()) parameters = nullptr;
  const auto warning = WL_API_TRY(co_await check_parameters(call, parameters));
  const auto object = WL_API_TRY(co_await create_run(call, parameters, Value()));
  const auto run = WL_API_TRY(co_await accepted_run(call, object));
  auto out = json_answer(runs::blue_run(run, blue_context(call, run)));
  if (!warning.empty()) out.headers.add("Warning", warning);
  co_return out;
}

ApiTask<Response> stop(Call& call) {
  auto run = WL_API_TRY(co_await run_by_number(call));
  if (run.phase != runs::Phase::ended) {
    auto done = co_await call.services.runs.stop(run.uid, call.user.name, runs::Stop::ask);
    if (!done && done.error().kind != ErrorKind::conflict) co_return std::unexpected(status_of(done.error()));
    const auto patience = call.is_set("blocking") ? std::min<std::int64_t>(number(call, "timeOutInSecs", 10), 60) : 0;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(patience);
    for (;;) {
      auto now = WL_API_TRY(to_outcome(co_await call.services.runs.find(run.uid)));
      if (now) run = std::move(*now);
      if (run.phase == runs::Phase::ended || std::chrono::steady_clock::now() >= deadline) break;
      WL_API_TRY(to_outcome(co_await call.services.runs.wait(run.uid, run.version, deadline)));
    }
  }
  co_return json_answer(runs::blue_run(run, blue_context(call, run)));
}

/// The object of a run, for what it began with.
ApiTask<Value> object_of(Call& call, const runs::RunInfo& run) {
  co_return co_await call.services.store.get(resource("pipelineruns"), call.at("d"), run.name);
}

ApiTask<Response> replay(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  const auto before = WL_API_TRY(co_await object_of(call, run));
  Value spec, parameters;
  if (const auto* whole = before.find("spec")) {
    if (const auto* snapshot = whole->find("pipelineSpec")) spec = *snapshot;
    if (const auto* given = whole->find("parameters")) parameters = *given;
  }
  // A changed script is given as {"script": "…"}: what Jenkins' page of the same name has.
  const auto body = WL_API_TRY(call.json());
  if (const auto script = body.is_map() ? body.get_string("script") : std::string(); !script.empty()) {
    // Who may start runs does not thereby choose what runs with the project's credentials.
    if (const auto decision = rights::decide(call.user, {.verb = "update",
                                                         .group = std::string(kDevops),
                                                         .resource = "pipelines",
                                                         .subresource = {},
                                                         .namespace_ = call.at("d"),
                                                         .name = call.at("p")});
        !decision.allowed) {
      co_return objects::forbidden(resource("pipelines").subject(call.at("p")),
                                   "a replay with another script needs the right to change the pipeline");
    }
    if (spec.is_null()) {
      const auto pipeline =
          WL_API_TRY(co_await call.services.store.get(resource("pipelines"), call.at("d"), call.at("p")));
      if (const auto* own = pipeline.find("spec")) spec = *own;
    }
    auto block = spec.find("pipeline") != nullptr ? *spec.find("pipeline") : Value::map();
    block.set("jenkinsfile", script);
    spec.set("pipeline", std::move(block));
  }
  const auto object =
      WL_API_TRY(co_await create_run(call, parameters.is_list() ? &parameters : nullptr, std::move(spec),
                                     {{std::string(names::kRunReplayOf), std::to_string(run.number)}}));
  const auto made = WL_API_TRY(co_await accepted_run(call, object));
  co_return json_answer(runs::blue_run(made, blue_context(call, made)));
}

ApiTask<Response> artifacts(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  const auto path = "/job/" + call.at("d") + "/job/" + call.at("p") + "/" + std::to_string(run.number) + "/artifact/";
  auto out = Value::list();
  const auto all = WL_API_TRY(to_outcome(co_await call.services.runs.artifacts(run.uid)));
  const auto first = static_cast<std::size_t>(number(call, "start", 0));
  const auto limit = static_cast<std::size_t>(number(call, "limit", 100));
  for (std::size_t i = first; i < all.size() && i - first < limit; ++i) {
    const auto& one = all[i];
    out.push(Value::map_of("downloadable", true, "id",
                           "io.jenkins.blueocean.rest.impl.pipeline.ArtifactImpl:" + one.path, "name",
                           one.path.substr(one.path.rfind('/') + 1), "path", one.path, "size",
                           static_cast<std::int64_t>(one.size), "url", path + one.path));
  }
  co_return json_answer(out);
}

ApiTask<Response> log(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  co_return co_await log_answer(call, run, {});
}

ApiTask<Response> nodes(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  co_return co_await blue_answer(call, run, blue_context(call, run), false, {});
}

/// Whether the caller may answer, with the original's spelling, which clients read. Only steps that wait for an answer
/// may be.
ApiTask<Response> node_details(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  co_return co_await blue_answer(call, run, blue_context(call, run), true, {.name = "aprovable", .otherwise = false});
}

ApiTask<Response> steps(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  auto context = blue_context(call, run);
  context.path += "nodes/" + call.at("n") + "/";
  co_return co_await blue_answer(call, run, context, true, {.stage = call.at("n")});
}

ApiTask<Response> node_log(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  const auto graph = WL_API_TRY(co_await graph_of(call, run));
  const auto& id = call.parameters.contains("s") ? call.at("s") : call.at("n");
  const auto number = number_of(id);
  if (number && graph->nodes().find(*number) != nullptr) {
    co_return co_await log_answer(call, run, runs::below(graph->nodes(), *number));
  }
  co_return objects::not_found(resource("pipelineruns").subject("node " + id));
}

Response refused(const std::string& message) {
  return json_answer(Value::map_of("allow", "false", "message", message));
}

/// Refusals are 200 with allow=false, as the original has them: the console shows the message.
ApiTask<Response> answer(Call& call) {
  const auto body = WL_API_TRY(call.object());
  const auto run = WL_API_TRY(co_await run_by_number(call));
  const runs::Waiting* input = nullptr;
  for (const auto& one : run.waiting) {
    if (one.code == "input" && std::to_string(one.node) == call.at("s")) input = &one;
  }
  if (input == nullptr) co_return refused("this step waits for no answer; perhaps somebody has answered already");
  const auto id = input->input.get_string("id");
  if (const auto given = body.get_string("id"); !given.empty() && given != id) {
    co_return refused("the step waits for the input " + id + ", not " + given);
  }
  for (const auto& [field, own] : {std::pair("definition", run.definition), std::pair("commit", run.commit)}) {
    if (const auto* given = body.find(field); given != nullptr && !given->is_null() && given->text() != own) {
      co_return objects::conflict(
          resource("pipelineruns").subject(run.name),
          std::string("the answer is to another ") + field + " than this run has: look at it again");
    }
  }
  if (!may_answer(call.user, *input)) {
    co_return refused("only " + input->input.get_string("submitter") + " may answer this input");
  }
  runs::Answer decision;
  decision.input = id;
  decision.approved = !body.get_bool("abort");
  decision.user_id = decision.user_name = call.user.name;
  decision.parameters = Value::map();
  if (const auto* list = body.find("parameters"); list != nullptr && list->is_list()) {
    for (const auto& one : list->items()) {
      if (const auto* value = one.is_map() ? one.find("value") : nullptr) {
        decision.parameters.set(one.get_string("name"), *value);
      }
    }
  }
  if (decision.approved) {
    const auto rule = WL_API_TRY(co_await approval_rule_of(call, false));
    if (!rule.own && run.user_id == call.user.name) co_return refused("whoever started a run may not approve it here");
    if (rule.wanted > 1) {
      const auto now = WL_API_TRY(co_await note_approval(call, run, *input, decision.parameters, rule));
      if (now.given < rule.wanted) {
        auto out = approvals_value(now);
        out.set("id", id);
        out.set("approvals", now.given);
        out.set("message", std::to_string(now.given) + " of " + std::to_string(rule.wanted) +
                               " people have approved this" +
                               (now.answers > 1 ? ", and others with another answer" : ""));
        co_return json_answer(out);
      }
    }
  }
  auto done = co_await call.services.runs.answer(run.uid, std::move(decision));
  if (!done) co_return refused(done.error().message);
  co_return json_answer(Value::map_of("id", id));
}

constexpr Right of_runs(std::string_view verb) { return {verb, kDevops, "pipelineruns", "d", ""}; }

// Each row stands for a branch of a multi-branch pipeline as well.
#define WL_RUN_ROUTE(method, rest, verb, handler, what)                                                           \
  {method, "v1alpha2", "/DP/pipelines/{p}/runs" rest, of_runs(verb), Failures::plain, handler, what}, {           \
    method, "v1alpha2", "/DP/pipelines/{p}/branches/{b}/runs" rest, of_runs(verb), Failures::plain, handler, what \
  }

constexpr Route kRoutes[] = {
    {"GET", "v1alpha2", "/DP/pipelines/{p}/runs", of_runs("list"), Failures::plain, list, "runs, newest first"},
    {"POST", "v1alpha2", "/DP/pipelines/{p}/runs", of_runs("create"), Failures::plain, start, "starts a run"},
    WL_RUN_ROUTE("GET", "/{r}", "get", get, "one run"),
    WL_RUN_ROUTE("POST", "/{r}/stop", "update", stop, "stops it; again: without waiting for what is interrupted"),
    WL_RUN_ROUTE("POST", "/{r}/replay", "create", replay, "runs it again; {\"script\"} runs another script"),
    WL_RUN_ROUTE("GET", "/{r}/artifacts", "get", artifacts, "its archived files"),
    WL_RUN_ROUTE("GET", "/{r}/log", "get", log, "console text from start"),
    WL_RUN_ROUTE("GET", "/{r}/nodes", "get", nodes, "its stages"),
    WL_RUN_ROUTE("GET", "/{r}/nodesdetail", "get", node_details, "its stages with their steps"),
    WL_RUN_ROUTE("GET", "/{r}/nodes/{n}/steps", "get", steps, "steps of a stage"),
    WL_RUN_ROUTE("GET", "/{r}/nodes/{n}/log", "get", node_log, "text of a stage"),
    WL_RUN_ROUTE("GET", "/{r}/nodes/{n}/steps/{s}/log", "get", node_log, "text of a step"),
    WL_RUN_ROUTE("POST", "/{r}/nodes/{n}/steps/{s}", "update", answer, "answers an input"),
};

#undef WL_RUN_ROUTE

}  // namespace

std::span<const Route> build_routes() { return kRoutes; }

}  // namespace windlass::kapis
