// Templates of pipelines and of steps, and filling them in. Source: kubesphere API 4.5, 8.5.
#include "controllers/names.h"
#include "controllers/template_match.h"
#include "controllers/template_origin.h"
#include "kapis/answers.h"
#include "kapis/crud.h"
#include "kapis/job.h"
#include "kapis/render.h"
#include "objects/metadata.h"
#include "objects/secrets.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
using objects::Outcome;
namespace names = controllers::names;

namespace {

constexpr std::string_view kResult = "devops.kubesphere.io/render-result";

const objects::ResourceType& templates() { return resource("templates"); }
const objects::ResourceType& cluster_templates() { return resource("clustertemplates"); }
const objects::ResourceType& step_templates() { return resource("clustersteptemplates"); }

ApiTask<Response> list_templates(Call& call) { return list_answer(call, templates(), call.at("d")); }
ApiTask<Response> list_cluster_templates(Call& call) { return list_answer(call, cluster_templates(), ""); }
ApiTask<Response> list_step_templates(Call& call) { return list_answer(call, step_templates(), ""); }

ApiTask<Response> get_template(Call& call) {
  co_return json_answer(WL_API_TRY(co_await call.services.store.get(templates(), call.at("d"), call.at("t"))));
}
ApiTask<Response> get_cluster_template(Call& call) {
  co_return json_answer(WL_API_TRY(co_await call.services.store.get(cluster_templates(), "", call.at("t"))));
}
ApiTask<Response> get_step_template(Call& call) {
  co_return json_answer(WL_API_TRY(co_await call.services.store.get(step_templates(), "", call.at("t"))));
}

Outcome<std::string> outcome_of(Result<std::string> text) {
  if (text) return std::move(*text);
  return objects::bad_request(text.error().message);
}

ApiTask<Response> render(Call& call, const objects::ResourceType& type, std::string namespace_) {
  const auto body = WL_API_TRY(call.json());
  auto found = WL_API_TRY(co_await call.services.store.get(type, std::move(namespace_), call.at("t")));
  const Value* parameters = body.find("parameters");
  const Value given = parameters != nullptr ? *parameters : Value();
  auto text = WL_API_TRY(co_await run_job(
      call, [found, given]() -> Result<std::string> { return render_pipeline_template(found, given); }));
  auto filled_in = WL_API_TRY(outcome_of(std::move(text)));
  if (call.services.rendered != nullptr) {
    call.services.rendered->note(objects::meta_text(found, "namespace"), std::string(type.kind) + "/" + call.at("t"),
                                 filled_in);
  }
  objects::set_annotation(found, kResult, std::move(filled_in));
  co_return json_answer(found);
}
ApiTask<Response> render_template(Call& call) { return render(call, templates(), call.at("d")); }
ApiTask<Response> render_cluster_template(Call& call) { return render(call, cluster_templates(), ""); }

ApiTask<Response> render_step(Call& call) {
  const auto body = WL_API_TRY(call.json());
  auto found = WL_API_TRY(co_await call.services.store.get(step_templates(), "", call.at("t")));
  Value secret;
  const auto name = call.request.parameter("secret").value_or("");
  const auto space = call.request.parameter("secretNamespace").value_or("");
  if (!name.empty() && !space.empty()) {
    // Who renders must be allowed to see that the secret is there; its values no template sees.
    auto decision = rights::decide(call.user, {"get", "", "secrets", "", space, name});
    if (!decision.allowed) co_return objects::forbidden(resource("secrets").subject(name), decision.reason);
    auto stored = co_await call.services.store.get(resource("secrets"), space, name);
    if (!stored && stored.error().code != 404) co_return std::unexpected(std::move(stored).error());
    if (stored) {
      objects::mask_secret(*stored);
      secret = std::move(*stored);
    }
  }
  auto text = WL_API_TRY(co_await run_job(
      call, [found, body, secret]() -> Result<std::string> { return render_step_template(found, body, secret); }));
  co_return json_answer(Value::map_of("data", WL_API_TRY(outcome_of(std::move(text)))));
}

/// How a pipeline tells that it was made from a template: it says so, or its script is what that is filled in to.
/// Empty: it was not. A pipeline that says where it is from is from nowhere else.
std::string_view made_how(const Value& pipeline, const std::string& origin, std::string_view text) {
  const auto says = objects::annotation(pipeline, names::kFromTemplate);
  if (!says.empty()) return says == origin ? "annotation" : "";
  const auto* spec = pipeline.find("spec");
  const auto* inner = spec == nullptr ? nullptr : spec->find("pipeline");
  return inner != nullptr && controllers::is_made_from(text, inner->get_string("jenkinsfile")) ? "script" : "";
}

/// Pipelines that were made from it, of projects whose pipelines the caller may see.
ApiTask<Response> usage(Call& call, const objects::ResourceType& type, std::string namespace_) {
  const auto template_ = WL_API_TRY(co_await call.services.store.get(type, namespace_, call.at("t")));
  const auto origin = std::string(type.kind) + "/" + call.at("t");
  const auto* content = template_.find("spec");
  const auto text = content == nullptr ? std::string() : content->get_string("template");
  auto items = Value::list();
  auto pipelines = WL_API_TRY(co_await list_objects(call, resource("pipelines"), namespace_));
  const auto found = co_await call.services.worker.run([pipelines = std::move(pipelines), origin, text] {
    std::vector<std::pair<Value, std::string_view>> out;
    for (const auto& pipeline : pipelines) {
      if (const auto how = made_how(pipeline, origin, text); !how.empty()) out.emplace_back(pipeline, how);
    }
    return out;
  });
  for (const auto& [pipeline, how] : found) {
    const auto space = objects::meta_text(pipeline, "namespace");
    if (!rights::decide(call.user, {.verb = "get",
                                    .group = std::string(kDevops),
                                    .resource = "pipelines",
                                    .subresource = {},
                                    .namespace_ = space,
                                    .name = objects::meta_text(pipeline, "name")})
             .allowed) {
      continue;
    }
    items.push(Value::map_of("project", space, "pipeline", objects::meta_text(pipeline, "name"), "by", how));
  }
  const auto total = static_cast<std::int64_t>(items.size());
  co_return json_answer(Value::map_of("items", std::move(items), "totalItems", total));
}
ApiTask<Response> template_usage(Call& call) { return usage(call, templates(), call.at("d")); }
ApiTask<Response> cluster_template_usage(Call& call) { return usage(call, cluster_templates(), ""); }

constexpr Right of_template(std::string_view verb) { return {verb, kDevops, "templates", "d", "t"}; }
constexpr Right of_cluster_template(std::string_view verb) { return {verb, kDevops, "clustertemplates", "", "t"}; }
constexpr Right of_step(std::string_view verb) { return {verb, kDevops, "clustersteptemplates", "", "t"}; }

constexpr Route kRoutes[] = {
    {"GET",
     "v1alpha3",
     "/clustertemplates",
     {"list", kDevops, "clustertemplates", "", ""},
     Failures::plain,
     list_cluster_templates,
     "pipeline templates for all projects"},
    {"GET", "v1alpha3", "/clustertemplates/{t}", of_cluster_template("get"), Failures::plain, get_cluster_template,
     "one of them"},
    {"POST", "v1alpha3", "/clustertemplates/{t}/render", of_cluster_template("get"), Failures::plain,
     render_cluster_template, "the template with its parameters filled in, as annotation render-result"},
    {"GET",
     "v1alpha3",
     "/DP/templates",
     {"list", kDevops, "templates", "d", ""},
     Failures::plain,
     list_templates,
     "pipeline templates of a project"},
    {"GET", "v1alpha3", "/DP/templates/{t}", of_template("get"), Failures::plain, get_template, "one of them"},
    {"POST", "v1alpha3", "/DP/templates/{t}/render", of_template("get"), Failures::plain, render_template,
     "the same with its parameters filled in"},
    {"GET",
     "v1alpha3",
     "/clustersteptemplates",
     {"list", kDevops, "clustersteptemplates", "", ""},
     Failures::plain,
     list_step_templates,
     "steps of the graphical editor"},
    {"GET", "v1alpha3", "/clustersteptemplates/{t}", of_step("get"), Failures::plain, get_step_template, "one of them"},
    {"POST", "v1alpha3", "/clustersteptemplates/{t}/render", of_step("get"), Failures::plain, render_step,
     "a step as the editor's JSON; ?secret&secretNamespace wraps it in withCredentials"},
    {"GET", "windlass", "/projects/{d}/templates/{t}/usage", of_template("get"), Failures::plain, template_usage,
     "which pipelines say that they were made from it"},
    {"GET", "windlass", "/clustertemplates/{t}/usage", of_cluster_template("get"), Failures::plain,
     cluster_template_usage, "the same of all projects that the caller sees"},
};

}  // namespace

std::span<const Route> template_routes() { return kRoutes; }

}  // namespace windlass::kapis
