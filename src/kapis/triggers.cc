// Triggers from outside that bring a token of their own. Source: kubesphere API 5, `/webhook/generic-trigger`; the
// answers are those of the plugin that the original passed it on to.
#include <algorithm>

#include "controllers/generic_trigger.h"
#include "controllers/names.h"
#include "controllers/pipeline_run_rules.h"
#include "data/json.h"
#include "kapis/answers.h"
#include "kapis/crud.h"
#include "objects/metadata.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
namespace names = controllers::names;

namespace {

/// In the query, or where forges put it.
std::string token_of(const net::Request& request) {
  if (auto given = request.parameter("token")) return *given;
  for (const auto* name : {"token", "X-Gitlab-Token"}) {
    if (const auto header = request.headers.get(name); !header.empty()) return std::string(header);
  }
  constexpr std::string_view kBearer = "Bearer ";
  const auto header = request.headers.get("Authorization");
  return header.starts_with(kBearer) ? std::string(header.substr(kBearer.size())) : std::string();
}

/// JSON, or a form as a map of lists; null for anything else: whoever is rung for must not fail for its body.
Value body_of(const Call& call) {
  if (call.request.headers.get("Content-Type").starts_with("application/x-www-form-urlencoded")) {
    auto out = Value::map();
    net::Request form;
    if (!net::parse_target("/?" + call.request.body, form)) return {};
    for (const auto& [name, value] : form.query) {
      if (out.find(name) == nullptr) out.set(name, Value::list());
      out.find(name)->push(value);
    }
    return out;
  }
  auto json = call.json();
  return json ? std::move(*json) : Value();
}

ApiTask<Value> start(Call& call, const Value& pipeline, const controllers::TriggerOutcome& outcome) {
  auto environment = Value::map();
  for (const auto& [name, value] : outcome.variables) environment.set(name, value);
  auto parameters = Value::list();  // what the pipeline does not define is left out when it is accepted
  for (const auto& [name, value] : outcome.variables) parameters.push(Value::map_of("name", name, "value", value));
  auto run = controllers::new_run(pipeline, Value(), std::move(parameters),
                                  {{std::string(names::kRunTrigger), "webhook"},
                                   {std::string(names::kRunCause), outcome.cause},
                                   {std::string(names::kRunEnvironment), data::format_json(environment)}});
  co_return co_await call.services.store.create(resource("pipelineruns"), objects::meta_text(pipeline, "namespace"),
                                                std::move(run));
}

/// Whoever has the token may: it is the pipeline's, not a user's. Without one the pipeline is not found.
ApiTask<Response> generic(Call& call) {
  const auto keys = call.services.triggers.with_token(token_of(call.request));
  if (keys.empty() && !call.user.authenticated()) co_return status_answer(objects::unauthorized().error());
  controllers::TriggerRequest given;
  given.query = call.request.query;
  std::erase_if(given.query, [](const auto& one) { return one.first == "token"; });
  for (const auto& [name, value] : call.request.headers.entries()) given.headers.emplace_back(name, value);
  if (!keys.empty()) {
    given.body = body_of(call);
    given.text = call.request.body;
  }
  auto jobs = Value::map();
  bool failed = false;
  for (const auto& key : keys) {
    const auto pipeline = co_await call.services.store.get(resource("pipelines"), key.namespace_, key.name);
    if (!pipeline) continue;
    const auto webhook = call.services.triggers.webhook_of(key, *pipeline);
    if (webhook.is_null() || webhook.get_string("token") != token_of(call.request)) continue;
    const auto outcome = controllers::try_trigger(webhook, given);
    auto variables = Value::map();
    for (const auto& [name, value] : outcome.variables) variables.set(name, value);
    auto job = Value::map_of("regexpFilterExpression", outcome.expression, "regexpFilterText", outcome.text,
                             "triggered", outcome.triggered);
    job.set("resolvedVariables", std::move(variables));
    if (outcome.triggered) {
      auto made = co_await start(call, *pipeline, outcome);
      failed = failed || !made;
      job.set("id", made ? Value(objects::meta_text(*made, "name")) : Value());
      job.set("url", made ? Value("pipelineruns/" + objects::meta_text(*made, "name")) : Value());
      if (!made) job.set("triggered", false);
    }
    jobs.set(key.text(), std::move(job));
  }
  if (jobs.size() == 0) {
    auto out = json_answer(
        Value::map_of("jobs", Value(), "message", "Did not find any jobs with GenericTrigger configured!\n"));
    out.status = 404;
    co_return out;
  }
  auto out = json_answer(Value::map_of("jobs", std::move(jobs), "message", "Triggered jobs."));
  if (failed) out.status = 500;
  co_return out;
}

constexpr Right kOwnToken{.verb = {}, .group = {}, .resource = "token", .namespace_ = {}, .name = {}};

constexpr Route kRoutes[] = {
    {"POST", "v1alpha2", "/webhook/generic-trigger", kOwnToken, Failures::plain, generic,
     "starts the pipelines whose generic webhook has that token"},
};

}  // namespace

std::span<const Route> trigger_routes() { return kRoutes; }

}  // namespace windlass::kapis
