// Pipelines in Blue Ocean's words: one, and the search that older consoles list them with. The original asked Jenkins;
// here it is what the object's metadata says, and the newest run. Source: kubesphere API 5, 8.2; Blue Ocean 3, 8.
#include <algorithm>

#include "controllers/names.h"
#include "data/json.h"
#include "kapis/answers.h"
#include "kapis/crud.h"
#include "kapis/run_access.h"
#include "objects/metadata.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
namespace names = controllers::names;

namespace {

constexpr std::int64_t kFairWeather = 100;  ///< of a pipeline that says nothing of its own
constexpr std::size_t kMostShown = 10'000;

rights::Attributes asked(std::string_view verb, std::string_view kind, const std::string& project,
                         const std::string& pipeline) {
  rights::Attributes out;
  out.verb = verb;
  out.group = kDevops;
  out.resource = kind;
  out.namespace_ = project;
  out.name = kind == "pipelines" ? pipeline : std::string();
  out.pipeline = kind == "pipelines" ? std::string() : pipeline;
  return out;
}

Value link(const std::string& href) {
  return Value::map_of("_class", "io.jenkins.blueocean.rest.hal.Link", "href", href);
}

ApiTask<Value> blue_pipeline(Call& call, const Value& pipeline) {
  const auto project = objects::meta_text(pipeline, "namespace"), name = objects::meta_text(pipeline, "name");
  const Value* spec = pipeline.find("spec");
  const bool is_multi = spec != nullptr && spec->get_string("type") == "multi-branch-pipeline";
  const auto path = "/blue/rest/organizations/jenkins/pipelines/" + project + "/pipelines/" + name + "/";
  auto out = Value::map_of("_class", is_multi ? "io.jenkins.blueocean.rest.impl.pipeline.MultiBranchPipelineImpl"
                                              : "io.jenkins.blueocean.rest.impl.pipeline.PipelineImpl");
  auto links = Value::map();
  links.set("self", link(path));
  links.set("runs", link(path + "runs/"));
  if (is_multi) links.set("branches", link(path + "branches/"));
  out.set("_links", std::move(links));
  out.set("actions", Value::list());
  out.set("displayName", name);
  out.set("fullDisplayName", project + "/" + name);
  out.set("fullName", project + "/" + name);
  out.set("organization", "jenkins");
  // What lists show of it, which the controller keeps; a pipeline that it has not seen yet says less.
  const auto metadata = data::parse_json(objects::annotation(pipeline, names::kPipelineMetadata));
  if (metadata && metadata->is_map()) {
    for (const auto& [key, value] : metadata->members()) out.set(key, value);
  }
  out.set("name", name);
  if (out.find("weatherScore") == nullptr) out.set("weatherScore", kFairWeather);
  if (out.find("estimatedDurationInMillis") == nullptr) out.set("estimatedDurationInMillis", -1);
  if (out.find("parameters") == nullptr) out.set("parameters", Value::list());
  if (out.find("disabled") == nullptr) out.set("disabled", false);
  const auto newest = WL_API_TRY(to_outcome(co_await call.services.runs.of_job(project + "/" + name, 1)));
  out.set("latestRun", newest.empty() ? Value() : runs::blue_run(newest.front(), blue_context(call, newest.front())));
  const auto may = [&](std::string_view verb, std::string_view kind) {
    return rights::decide(call.user, asked(verb, kind, project, name)).allowed;
  };
  out.set("permissions", Value::map_of("create", may("create", "pipelines"), "configure", may("update", "pipelines"),
                                       "read", may("get", "pipelines"), "start", may("create", "pipelineruns"), "stop",
                                       may("update", "pipelineruns")));
  auto annotations = Value::map();
  if (const auto* all = objects::metadata_of(pipeline).find("annotations"); all != nullptr) annotations = *all;
  out.set("annotations", std::move(annotations));
  co_return out;
}

/// `?check=true`: whether the name is taken, which is no failure.
ApiTask<Response> get(Call& call) {
  auto pipeline = co_await call.services.store.get(resource("pipelines"), call.at("d"), call.at("p"));
  if (call.is_set("check")) {
    if (!pipeline && pipeline.error().code != 404) co_return std::unexpected(std::move(pipeline).error());
    co_return json_answer(Value::map_of("exist", pipeline.has_value()));
  }
  const auto found = WL_API_TRY(std::move(pipeline));
  co_return json_answer(WL_API_TRY(co_await blue_pipeline(call, found)));
}

/// The word behind `name:` in `q`, whose words stand between semicolons.
std::string word_of(std::string_view q, std::string_view name) {
  for (std::size_t at = 0; at <= q.size();) {
    const auto end = std::min(q.find(';', at), q.size());
    const auto word = q.substr(at, end - at);
    if (word.starts_with(name) && word.substr(name.size()).starts_with(':')) {
      return std::string(word.substr(name.size() + 1));
    }
    at = end + 1;
  }
  return {};
}

std::size_t count_of(const Call& call, std::string_view name, std::size_t otherwise) {
  const auto text = call.request.parameter(name).value_or("");
  if (text.empty() || text.size() > 6 || text.find_first_not_of("0123456789") != std::string::npos) return otherwise;
  return static_cast<std::size_t>(std::stoul(text));
}

/// q=type:pipeline;pipeline:PROJECT/*PART*;… : pipelines of a project whose name has the part, by name.
ApiTask<Response> search(Call& call) {
  const auto q = call.request.parameter("q").value_or("");
  const auto wanted = word_of(q, "pipeline");
  const auto slash = wanted.find('/');
  const auto project = wanted.substr(0, slash);
  auto part = slash == std::string::npos ? std::string() : wanted.substr(slash + 1);
  std::erase(part, '*');
  if (project.empty() || project.find('*') != std::string::npos) {
    co_return objects::bad_request("q must name a project: q=type:pipeline;pipeline:PROJECT/*PART*");
  }
  const auto right = asked("list", "pipelines", project, "");
  auto decision = rights::decide(call.user, right);
  if (!decision.allowed && call.services.also_allowed) {
    decision.allowed = WL_API_TRY(to_outcome(co_await call.services.also_allowed(call.user, right)));
  }
  if (!decision.allowed) co_return objects::forbidden(resource("pipelines").subject(""), decision.reason);
  auto all = WL_API_TRY(co_await list_objects(call, resource("pipelines"), project));
  std::erase_if(all, [&](const Value& one) { return objects::meta_text(one, "name").find(part) == std::string::npos; });
  std::ranges::sort(all, {}, [](const Value& one) { return objects::meta_text(one, "name"); });
  const auto start = count_of(call, "start", 0);
  const auto limit = std::min(count_of(call, "limit", 10), kMostShown);
  auto items = Value::list();
  for (std::size_t i = start; i < all.size() && i - start < limit; ++i) {
    items.push(WL_API_TRY(co_await blue_pipeline(call, all[i])));
  }
  co_return json_answer(Value::map_of("items", std::move(items), "total_count", static_cast<std::int64_t>(all.size())));
}

constexpr Route kRoutes[] = {
    {"GET",
     "v1alpha2",
     "/DP/pipelines/{p}",
     {"get", kDevops, "pipelines", "d", "p"},
     Failures::plain,
     get,
     "a pipeline with its newest run; ?check=true: whether there is one of that name"},
    {"GET",
     "v1alpha2",
     "/search",
     {},
     Failures::plain,
     search,
     "pipelines of the project that ?q=pipeline:PROJECT/*PART* names, which the caller must be able to list"},
};

}  // namespace

std::span<const Route> blue_pipeline_routes() { return kRoutes; }

}  // namespace windlass::kapis
