#include "runs/job_properties.h"

#include <gtest/gtest.h>

#include "data/json.h"

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
