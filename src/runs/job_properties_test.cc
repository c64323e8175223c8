#include "runs/job_properties.h"

#include <gtest/gtest.h>

#include "data/json.h"
#include "engine/declared_properties.h"

namespace windlass::runs {
namespace {

JobProperties of(const char* json) { return job_properties_of(data::parse_json(json).value()); }

TEST(JobProperties, OfDeclarativeOptions) {
  const auto got = of(R"({"options":[
    {"name":"disableConcurrentBuilds","args":[{"abortPrevious":true}]},
    {"name":"quietPeriod","args":[7]},
    {"name":"buildDiscarder","args":[{"$class":"logRotator","numToKeepStr":"5","daysToKeepStr":""}]},
    {"name":"rateLimitBuilds","args":[{"$class":"throttle","count":4,"durationName":"hour","userBoost":true}]},
    {"name":"durabilityHint","args":["MAX_SURVIVABILITY"]}],
    "triggers":[{"name":"cron","args":["H 4 * * *"]},{"name":"cron","args":["@daily"]},
      {"name":"upstream","args":[{"upstreamProjects":"a, ../b,,","threshold":"UNSTABLE"}]}]})");
  EXPECT_TRUE(got.disable_concurrent && got.abort_previous);
  EXPECT_EQ(got.quiet_millis, 7000);
  EXPECT_EQ(got.keep_runs, 5);
  EXPECT_EQ(got.keep_days, -1);
  EXPECT_EQ(got.rate_millis, 900'000);
  EXPECT_TRUE(got.rate_spares_users);
  EXPECT_EQ(got.cron, "H 4 * * *\n@daily");
  ASSERT_EQ(got.upstream.size(), 1u);
  EXPECT_EQ(got.upstream[0].projects, (std::vector<std::string>{"a", "../b"}));
  EXPECT_EQ(got.upstream[0].threshold, "UNSTABLE");
  EXPECT_EQ(job_properties_from(to_value(got)), got);
}

TEST(JobProperties, OfTheStepProperties) {
  const auto got = of(R"({"properties":[
    {"$class":"disableConcurrentBuilds"},
    {"$class":"buildDiscarder","strategy":{"$class":"logRotator","daysToKeepStr":"3"}},
    {"$class":"hudson.plugins.throttleconcurrents.ThrottleJobProperty","throttleEnabled":true,"maxConcurrentTotal":2},
    {"$class":"pipelineTriggers","triggers":[{"$class":"cron","spec":"5 * * * *"},
      {"$class":"upstream","upstreamProjects":"x","threshold":"hudson.model.Result.FAILURE"}]}]})");
  EXPECT_TRUE(got.disable_concurrent);
  EXPECT_FALSE(got.abort_previous);
  EXPECT_EQ(got.keep_days, 3);
  EXPECT_EQ(got.keep_runs, -1);
  EXPECT_EQ(got.max_running, 2);
  EXPECT_EQ(got.cron, "5 * * * *");
  EXPECT_EQ(got.upstream.at(0).threshold, "FAILURE");
}

TEST(JobProperties, Throttling) {
  const auto category = of(R"({"options":[{"name":"throttleJobProperty","args":[{"categories":["db","net"],
    "throttleEnabled":true,"throttleOption":"category","maxConcurrentTotal":3}]}]})");
  EXPECT_EQ(category.categories, (std::vector<std::string>{"db", "net"}));
  EXPECT_EQ(category.max_running, 0);
  EXPECT_EQ(job_properties_from(to_value(category)), category);
  EXPECT_EQ(
      of(R"({"options":[{"name":"throttleConcurrentBuilds","args":[{"maxPerNode":2,"maxTotal":3}]}]})").max_running, 2);
  EXPECT_EQ(of(R"({"properties":[{"$class":"ThrottleJobProperty","throttleEnabled":false,"categories":["x"],
    "throttleOption":"category"}]})"),
            JobProperties());
}

TEST(JobProperties, AGenericTrigger) {
  const auto got = of(R"({"triggers":[{"name":"GenericTrigger","args":[{"token":"t","causeString":"c $ref",
    "regexpFilterText":"$ref","regexpFilterExpression":"^main$","genericVariables":[{"key":"ref","value":"$.ref",
    "regexpFilter":"^refs/heads/"}],"genericHeaderVariables":[{"key":"X-Event"}]}]}]})");
  EXPECT_EQ(got.webhook.get_string("token"), "t");
  EXPECT_EQ(got.webhook.find("post_variables")->items().at(0).get_string("expression"), "$.ref");
  EXPECT_EQ(got.webhook.find("header_variables")->items().at(0).get_string("key"), "X-Event");
  EXPECT_EQ(job_properties_from(to_value(got)), got);
  // Without a token everybody could start it; what is not known yet is told by the run.
  EXPECT_EQ(of(R"({"triggers":[{"name":"GenericTrigger","args":[{"causeString":"c"}]}]})"), JobProperties());
  const auto open =
      data::parse_json(R"({"triggers":[{"name":"GenericTrigger","args":[{"token":"t","$leftOut":true}]}]})");
  EXPECT_EQ(job_properties_of(*open), JobProperties());
  EXPECT_TRUE(leaves_webhook_open(*open));
}

TEST(JobProperties, Parameters) {
  const auto told = engine::declared_properties(R"(pipeline { agent none
    parameters {
      string(name: 'GREETING', defaultValue: 'hi', description: 'what to say')
      booleanParam(name: 'LOUD', defaultValue: true)
      choice(name: 'TO', choices: ['a', 'b'])
      choice(name: 'OLD', choices: "c\nd")
      password(name: 'PIN', defaultValue: 'secret')
      text(name: 'LONG')
    }
    stages { stage('x') { steps { echo 'x' } } } })");
  ASSERT_TRUE(told);
  EXPECT_FALSE(leaves_parameters_open(*told));
  const auto got = job_properties_of(*told);
  std::string all;
  for (const auto& one : got.parameters.items()) all += data::format_json(one) + "\n";
  EXPECT_EQ(all, R"({"name":"GREETING","type":"string","default_value":"hi","description":"what to say"}
{"name":"LOUD","type":"boolean","default_value":"true","description":""}
{"name":"TO","type":"choice","default_value":"a\nb","description":""}
{"name":"OLD","type":"choice","default_value":"c\nd","description":""}
{"name":"PIN","type":"password","default_value":"","description":""}
{"name":"LONG","type":"text","default_value":"","description":""}
)");
  EXPECT_EQ(job_properties_from(to_value(got)), got);
  // As the step tells them.
  EXPECT_EQ(of(R"({"properties":[],"parameters":[{"$class":"hudson.model.StringParameterDefinition","name":"A",
    "defaultValue":7},{"$class":"string"}]})")
                .parameters.size(),
            1U);
  const auto open = engine::declared_properties(R"(pipeline { agent none
    parameters { string(name: 'A', defaultValue: env.HOME) }
    stages { stage('x') { steps { echo 'x' } } } })");
  ASSERT_TRUE(open);
  EXPECT_TRUE(leaves_parameters_open(*open));
}

TEST(JobProperties, OfAScriptBeforeItRuns) {
  const auto told = engine::declared_properties(R"(pipeline { agent none
    options { throttleJobProperty(categories: ['a', "b"], throttleEnabled: true, throttleOption: 'category') }
    triggers { GenericTrigger(genericVariables: [[key: 'ref', value: '$.ref']], token: 't') }
    stages { stage('x') { steps { echo 'x' } } } })");
  ASSERT_TRUE(told);
  const auto got = job_properties_of(*told);
  EXPECT_EQ(got.categories, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(got.webhook.find("post_variables")->items().at(0).get_string("key"), "ref");
  EXPECT_FALSE(leaves_webhook_open(*told));
}

TEST(JobProperties, NothingIsNothing) {
  for (const auto* odd :
       {"{}", R"({"options":7})", R"({"options":[7,null,"x",{"name":"quietPeriod","args":["soon"]}]})",
        R"({"triggers":[{"name":"cron","args":[]},{"name":"upstream","args":[{}]}]})"}) {
    EXPECT_EQ(of(odd), JobProperties()) << odd;
  }
}

TEST(JobProperties, ThresholdsAreInOrder) {
  EXPECT_TRUE(reaches("SUCCESS", "SUCCESS"));
  EXPECT_TRUE(reaches("UNSTABLE", "FAILURE"));
  EXPECT_FALSE(reaches("UNSTABLE", "SUCCESS"));
  EXPECT_FALSE(reaches("", "FAILURE"));
  EXPECT_FALSE(reaches("SUCCESS", "anything"));
}

}  // namespace
}  // namespace windlass::runs
