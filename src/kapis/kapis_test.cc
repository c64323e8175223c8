// The pure parts: paths, lists, rendering; and rules that every row must keep.
#include "kapis/kapis.h"

#include <gtest/gtest.h>

#include "data/json.h"
#include "kapis/answers.h"
#include "kapis/list_query.h"
#include "kapis/parameters.h"
#include "kapis/render.h"

namespace windlass::kapis {
namespace {

using data::Value;

Value json(std::string_view text) {
  auto value = data::parse_json(text);
  EXPECT_TRUE(value) << text;
  return value ? std::move(*value) : Value();
}

net::Request request(std::string_view target) {
  net::Request out;
  out.method = "GET";
  EXPECT_TRUE(net::parse_target(target, out));
  return out;
}

TEST(Parameters, OfThePipelineThenOfItsScript) {
  const auto own = json(R"({"pipeline": {"jenkinsfile": "x", "parameters": [{"name": "A"}, {"name": "B"}]}})");
  EXPECT_EQ(defined_parameters(own, Value()), (std::vector<std::string>{"A", "B"}));
  const auto bare = json(R"({"pipeline": {"jenkinsfile": "pipeline { }", "parameters": []}})");
  const auto model = json(R"({"pipeline": {"parameters": {"parameters": [{"name": "string", "arguments": [
    {"key": "name", "value": {"isLiteral": true, "value": "WHO"}}]}]}}})");
  EXPECT_EQ(defined_parameters(bare, model), std::vector<std::string>{"WHO"});
  EXPECT_EQ(defined_parameters(bare, json(R"({"pipeline": {}})")), std::vector<std::string>());
  // Known only when it runs: Scripted, a name that is no literal, the step `properties`.
  EXPECT_EQ(defined_parameters(bare, Value()), std::nullopt);
  const auto computed = json(R"({"pipeline": {"parameters": {"parameters": [{"name": "string", "arguments": [
    {"key": "name", "value": {"isLiteral": false, "value": "${X}"}}]}]}}})");
  EXPECT_EQ(defined_parameters(bare, computed), std::nullopt);
  const auto step = json(R"({"pipeline": {"jenkinsfile": "pipeline { script { properties([]) } }"}})");
  EXPECT_EQ(defined_parameters(step, model), std::nullopt);
}

TEST(ApiPath, Forms) {
  const auto path = [](std::string_view target) {
    auto parsed = parse_api_path(request(target));
    if (!parsed) return std::string("none");
    std::string out = parsed->version;
    for (const auto& segment : parsed->segments) out += " " + segment;
    return out;
  };
  EXPECT_EQ(path("/kapis/devops.kubesphere.io/v1alpha3/devops/d/pipelines"), "v1alpha3 devops d pipelines");
  EXPECT_EQ(path("/kapis/devops.kubesphere.io/v1alpha2/namespaces/d/pipelines/"), "v1alpha2 namespaces d pipelines");
  EXPECT_EQ(path("/kapis/clusters/host/devops.kubesphere.io/v1alpha3/ci/nodelabels"), "v1alpha3 ci nodelabels");
  EXPECT_EQ(path("/kapis/devops.kubesphere.io/v1alpha3/klusters/host/workspaces/w/namespaces"),
            "v1alpha3 workspaces w namespaces");
  EXPECT_EQ(path("/v1alpha3/workspaces/w/devops"), "v1alpha3 workspaces w devops");
  EXPECT_EQ(path("/v1alpha1/namespaces/n/applications"), "gitops namespaces n applications");
  EXPECT_EQ(path("/kapis/gitops.kubesphere.io/v1alpha1/clusters"), "gitops clusters");
  EXPECT_EQ(path("/kapis/devops.kubesphere.io/v1alpha3/devops/d/pipelines/a%2Fb"), "v1alpha3 devops d pipelines a/b");
  EXPECT_EQ(path("/kapis/iam.kubesphere.io/v1alpha2/users"), "none");
  EXPECT_EQ(path("/kapis"), "none");
  EXPECT_EQ(path("/v1alpha4/x"), "none");
  EXPECT_EQ(path("/"), "none");
}

TEST(Routes, EachHasARightOrSaysThatItChecksItself) {
  std::set<std::string> seen;
  for (const auto& route : all_routes()) {
    const std::string name = std::string(route.method) + " " + std::string(route.version) + std::string(route.path);
    EXPECT_TRUE(seen.insert(name).second) << name << " is there twice";
    EXPECT_NE(route.handler, nullptr) << name;
    EXPECT_FALSE(route.what.empty()) << name;
    if (route.right.verb.empty()) continue;
    EXPECT_FALSE(route.right.resource.empty()) << name;
    for (const auto parameter : {route.right.namespace_, route.right.name}) {
      if (parameter.empty()) continue;
      const bool of_family = (parameter == "d" && route.path.find("/DP") != std::string_view::npos) ||
                             (parameter == "ws" && route.path.find("/WS") != std::string_view::npos);
      EXPECT_TRUE(of_family || route.path.find("{" + std::string(parameter) + "}") != std::string_view::npos)
          << name << " has no parameter " << parameter;
    }
  }
}

std::vector<Value> five() {
  std::vector<Value> out;
  for (int i = 0; i < 5; ++i) {
    out.push_back(json(R"({"metadata":{"name":"n)" + std::to_string(i) + R"(","uid":"u)" + std::to_string(i) +
                       R"(","creationTimestamp":"2026-01-0)" + std::to_string(5 - i) +
                       R"(T00:00:00Z","labels":{"k":")" + std::to_string(i % 2) + R"("}}})"));
  }
  return out;
}

std::string names(std::string_view query) {
  auto parsed = ListQuery::parse(request("/x?" + std::string(query)));
  if (!parsed) return parsed.error().message;
  const auto body = list_body(five(), *parsed);
  std::string out;
  for (const auto& item : body.find("items")->items()) out += item.find("metadata")->get_string("name") + " ";
  return out + std::to_string(body.get_int("totalItems"));
}

TEST(Lists, Conventions) {
  EXPECT_EQ(names(""), "n0 n1 n2 n3 n4 5") << "the newest first";
  EXPECT_EQ(names("ascending=true"), "n4 n3 n2 n1 n0 5");
  EXPECT_EQ(names("sortBy=name"), "n4 n3 n2 n1 n0 5");
  EXPECT_EQ(names("sortBy=name&ascending=true&limit=2&page=2"), "n2 n3 5");
  EXPECT_EQ(names("limit=2&page=3"), "n4 5");
  EXPECT_EQ(names("limit=2&page=4"), "5") << "past the end: empty, with the total";
  EXPECT_EQ(names("limit=-1"), "n0 n1 n2 n3 n4 5");
  EXPECT_EQ(names("limit=2&start=1"), "n1 n2 5");
  EXPECT_EQ(names("limit=2&start=1&page=1"), "n0 n1 5") << "page wins";
  EXPECT_EQ(names("page=abc&limit=1"), "n0 5");
  EXPECT_EQ(names("page=99999999999999999999"), "n0 n1 n2 n3 n4 5");
  EXPECT_EQ(names("name=3"), "n3 1");
  EXPECT_EQ(names("names=n1,n4"), "n1 n4 2");
  EXPECT_EQ(names("uid=u2"), "n2 1");
  EXPECT_EQ(names("label=k%3D1"), "n1 n3 2");
  EXPECT_EQ(names("label=k!%3D1"), "n0 n2 n4 3");
  EXPECT_EQ(names("labelSelector=k%20in%20(0)"), "n0 n2 n4 3");
  EXPECT_EQ(names("nonsense=1"), "n0 n1 n2 n3 n4 5");
  EXPECT_FALSE(ListQuery::parse(request("/x?labelSelector=a%20b")));
}

TEST(Render, PipelineTemplate) {
  const auto made = json(R"j({"metadata":{"name":"t"},"spec":{"template":"sh '$(.params.cmd)' // $(.params.n)",
      "parameters":[{"name":"cmd","required":true},{"name":"n","default":3}]}})j");
  EXPECT_EQ(render_pipeline_template(made, json(R"([{"name":"cmd","value":"make"}])")).value(), "sh 'make' // 3");
  EXPECT_EQ(render_pipeline_template(made, json(R"([{"name":"cmd","value":"x"},{"name":"n","value":true}])")).value(),
            "sh 'x' // true");
  EXPECT_EQ(render_pipeline_template(made, Value()).error().message, "the template t needs the parameter 'cmd'");
  const auto broken = json(R"j({"metadata":{"name":"t"},"spec":{"template":"$(date)"}})j");
  EXPECT_EQ(render_pipeline_template(broken, Value()).error().message, "template: t:1: function \"date\" not defined");
}

TEST(Render, Ill14AShellStepOfSeveralLinesIsValidJson) {
  const auto shell =
      json(R"({"metadata":{"name":"shell"},"spec":{"runtime":"shell","template":"{{.param.command}}"}})");
  const auto text = render_step_template(shell, json(R"({"command":"echo \"a\"\nls"})"), Value());
  ASSERT_TRUE(text) << text.error().message;
  const auto step = json(*text);
  EXPECT_EQ(step.get_string("name"), "sh");
  EXPECT_EQ(step.find("arguments")->items()[0].find("value")->get_string("value"), "echo \"a\"\nls");
  const auto dsl = json(R"({"metadata":{"name":"script"},"spec":{"runtime":"dsl",
      "template":"{\"name\":\"script\",\"arguments\":{\"isLiteral\":true,\"value\":\"{{.param.script}}\"}}"}})");
  const auto dsl_text = render_step_template(dsl, json(R"({"script":"echo \"a\"\nls"})"), Value());
  ASSERT_TRUE(dsl_text) << dsl_text.error().message;
  EXPECT_EQ(json(*dsl_text).find("arguments")->get_string("value"), "echo \"a\"\nls");
}

TEST(Render, AStepInItsCredentialAndContainer) {
  const auto made = json(R"({"metadata":{"name":"s"},"spec":{"container":"maven","secret":{"wrap":true},
      "template":"make {{.param.goal}} {{.secret.metadata.name}}","parameters":[{"name":"goal","defaultValue":"all"}]}})");
  const auto secret = json(R"({"metadata":{"name":"it's"},"type":"credential.devops.kubesphere.io/secret-text"})");
  EXPECT_EQ(render_step_template(made, Value::map(), secret).value(),
            R"({
  "arguments": {
    "isLiteral": true,
    "value": "maven"
  },
  "children": [
    {
      "arguments": {
        "isLiteral": false,
        "value": "${[string(credentialsId: 'it\\'s', variable: 'VARIABLE')]}"
      },
      "children": [
        {
          "arguments": [
            {
              "key": "script",
              "value": {
                "isLiteral": true,
                "value": "make all it's"
              }
            }
          ],
          "name": "sh"
        }
      ],
      "name": "withCredentials"
    }
  ],
  "name": "container"
})");
}

TEST(Answers, FailuresOfEachManner) {
  const auto code = [](auto status, Failures manner) { return failure_answer(status.error(), manner).status; };
  EXPECT_EQ(code(objects::not_found({}), Failures::crud), 404);
  EXPECT_EQ(code(objects::conflict({}, "x"), Failures::crud), 409);
  EXPECT_EQ(code(objects::already_exists({}), Failures::crud), 400);
  EXPECT_EQ(code(objects::invalid({}, {}), Failures::crud), 400);
  EXPECT_EQ(code(objects::invalid({}, {}), Failures::plain), 422);
  EXPECT_EQ(code(objects::unavailable("x"), Failures::crud), 503);
  const auto answer = failure_answer(objects::bad_request("<script>&").error(), Failures::crud);
  EXPECT_EQ(answer.body, "&lt;script&gt;&amp;\n");
  EXPECT_EQ(answer.headers.get("X-Windlass-Reason"), "BadRequest");
}

}  // namespace
}  // namespace windlass::kapis
