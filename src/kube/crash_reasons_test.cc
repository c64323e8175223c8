#include "kube/crash_reasons.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace windlass::kube {
namespace {

TEST(CrashReasons, KindsThatTheClusterDoesNotServeAreNamedOnce) {
  const std::string log =
      "I0812 watching\n"
      "E0812 10:11:12.13 1 reflector.go:138] no matches for kind \"Config\" in version "
      "\"notification.kubesphere.io/v2beta1\"\n"
      "{\"level\":\"error\",\"msg\":\"if kind is a CRD, it should be installed before calling Start\","
      "\"error\":\"no matches for kind \\\"Pipeline\\\" in version \\\"devops.kubesphere.io/v1alpha3\\\"\"}\n"
      "F0812 no matches for kind \"Config\" in version \"notification.kubesphere.io/v2beta1\"";
  EXPECT_EQ(missing_kinds_in(log), (std::vector<MissingKind>{{"Config", "notification.kubesphere.io/v2beta1"},
                                                             {"Pipeline", "devops.kubesphere.io/v1alpha3"}}));
}

TEST(CrashReasons, WhatIsCutOffOrNoNameIsNone) {
  EXPECT_TRUE(missing_kinds_in("no matches for kind ").empty());
  EXPECT_TRUE(missing_kinds_in("no matches for kind \"A\" in version \"").empty());
  EXPECT_TRUE(missing_kinds_in("no matches for kind \"A\\").empty());
  EXPECT_TRUE(missing_kinds_in("no matches for kind \"A; rm\" in version \"b/v1\"").empty());
  EXPECT_TRUE(missing_kinds_in("no matches for kind \"A\nB\" in version \"b/v1\"").empty());
}

TEST(CrashReasons, OnlyContainersThatWaitForTheirNextStart) {
  const auto pod = data::parse_json(R"({"status": {"containerStatuses": [
    {"name": "a", "restartCount": 7, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
     "lastState": {"terminated": {"reason": "Error", "exitCode": 1}}},
    {"name": "b", "restartCount": 1, "state": {"running": {}}},
    {"name": "c", "restartCount": 0, "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}})");
  ASSERT_TRUE(pod);
  const auto found = crashing_containers(*pod);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "a");
  EXPECT_EQ(found[0].restarts, 7);
  EXPECT_EQ(found[0].last_end, "Error, exit code 1");
  EXPECT_TRUE(crashing_containers(data::Value()).empty());
}

}  // namespace
}  // namespace windlass::kube
