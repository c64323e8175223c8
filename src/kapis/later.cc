// Routes of KubeSphere that are known and not offered by this version: each says so with 501 and a sentence, so that a
// client knows it from a wrong path. The rights are asked for all the same.
#include "kapis/answers.h"
#include "kapis/crud.h"

namespace windlass::kapis {

using net::Response;
using objects::ApiTask;

namespace {

std::unexpected<objects::ApiStatus> not_offered(std::string what) {
  objects::ApiStatus status;
  status.code = 501;
  status.reason = "NotImplemented";
  status.message = std::move(what);
  return std::unexpected(std::move(status));
}

ApiTask<Response> forges(Call&) { co_return not_offered("accounts at forges are not asked by this version"); }
ApiTask<Response> repository(Call&) {
  co_return not_offered("this version does not look into repositories by this API");
}
ApiTask<Response> discovery(Call&) {
  co_return not_offered("branches of repositories are not discovered by this version");
}
ApiTask<Response> pushes(Call&) { co_return not_offered("pushes are not taken by webhooks in this version"); }
/// What a Jenkins tells of its builds. The original makes a PipelineRun of each that it does not know; here a run is
/// made by whoever has the right, never by who rings, and no Jenkins has any of ours: it is taken, as the plugin
/// expects, and nothing comes of it.
ApiTask<Response> jenkins_events(Call& call) {
  WL_API_TRY(call.json());
  co_return Response::text(200, "");
}
ApiTask<Response> jenkins(Call&) { co_return not_offered("there is no Jenkins behind this server to pass that to"); }
ApiTask<Response> gitops(Call&) { co_return not_offered("continuous delivery is not offered by this version"); }

/// SonarQube's status of a pipeline: nothing was analysed, which the original answers the same way.
ApiTask<Response> no_analysis(Call&) { co_return json_answer(data::Value::list()); }

constexpr Right kAnybody{};
constexpr Right of_pipeline(std::string_view verb) { return {verb, kDevops, "pipelines", "d", "p"}; }
constexpr Right kRepository{"get", kDevops, "gitrepositories", "d", "name"};

constexpr Route kRoutes[] = {
    {"POST", "v1alpha3", "/scms/{scm}/verify", kAnybody, Failures::plain, forges, "501"},
    {"GET", "v1alpha3", "/scms/{scm}/organizations", kAnybody, Failures::plain, forges, "501"},
    {"GET", "v1alpha3", "/scms/{scm}/organizations/{org}/repositories", kAnybody, Failures::plain, forges, "501"},
    {"ANY", "v1alpha3", "/DP/gitrepositories/{name}/**", kRepository, Failures::plain, repository, "501"},
    {"POST", "v1alpha3", "/webhooks/jenkins", kAnybody, Failures::plain, jenkins_events,
     "events of a Jenkins, as its plugin posts them: taken, and nothing comes of it"},
    {"POST", "v1alpha3", "/webhooks/scm", kAnybody, Failures::plain, pushes, "501"},
    {"POST", "v1alpha2", "/DP/pipelines/{p}/scan", of_pipeline("update"), Failures::plain, discovery, "501"},
    {"GET", "v1alpha2", "/DP/pipelines/{p}/consolelog", of_pipeline("get"), Failures::plain, discovery, "501"},
    {"GET", "v1alpha2", "/DP/pipelines/{p}/branches", of_pipeline("get"), Failures::plain, discovery, "501"},
    {"GET", "v1alpha2", "/DP/pipelines/{p}/branches/{b}", of_pipeline("get"), Failures::plain, discovery, "501"},
    {"GET", "v1alpha2", "/DP/pipelines/{p}/branches/{b}/runs", of_pipeline("get"), Failures::plain, discovery, "501"},
    {"POST", "v1alpha2", "/DP/pipelines/{p}/branches/{b}/runs", of_pipeline("get"), Failures::plain, discovery, "501"},
    {"GET", "v1alpha2", "/DP/pipelines/{p}/sonarstatus", of_pipeline("get"), Failures::plain, no_analysis,
     "analyses by SonarQube: none"},
    {"GET", "v1alpha2", "/DP/pipelines/{p}/branches/{b}/sonarstatus", of_pipeline("get"), Failures::plain, no_analysis,
     "the same for a branch"},
    {"ANY", "v1alpha2", "/scms/{scm}/**", kAnybody, Failures::plain, forges, "501"},
    {"ANY", "v1alpha2", "/webhook/git", kAnybody, Failures::plain, pushes, "501"},
    {"POST", "v1alpha2", "/webhook/github", kAnybody, Failures::plain, pushes, "501"},
    {"ANY", "v1alpha2", "/jenkins/**", kAnybody, Failures::plain, jenkins, "501; nothing is passed on to anything"},
    {"ANY",
     "v1alpha2",
     "/DP/jenkins/**",
     {"list", kDevops, "pipelines", "d", ""},
     Failures::plain,
     jenkins,
     "501; nothing is passed on to anything"},
    {"ANY", "gitops", "/**", kAnybody, Failures::plain, gitops, "501"},
};

}  // namespace

std::span<const Route> later_routes() { return kRoutes; }

}  // namespace windlass::kapis
