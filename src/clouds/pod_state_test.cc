// Successive versions of a pod's object, as API servers give them, and what a log says of them.
#include "clouds/pod_state.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace windlass::clouds {
namespace {

using data::Value;

constexpr std::int64_t kNow = 1'800'000'000'000;
constexpr std::string_view kSpec =
    R"("spec":{"nodeName":"node1","restartPolicy":"Never","containers":[{"name":"jnlp","image":"agent:1"},)"
    R"({"name":"maven","image":"maven:3","resources":{"limits":{"memory":"64Mi"}}}]})";

Value pod(const std::string& status, const std::string& metadata = "") {
  auto parsed = data::parse_json("{\"metadata\":{\"namespace\":\"ns\",\"name\":\"p\",\"uid\":\"u1\"" + metadata + "}," +
                                 std::string(kSpec) + ",\"status\":{" + status + "}}");
  EXPECT_TRUE(parsed) << status;
  return parsed ? *parsed : Value();
}
std::string waiting(const std::string& reason, const std::string& message = "") {
  return R"("phase":"Pending","conditions":[{"type":"Initialized","status":"True"},{"type":"PodScheduled","status":"True"},)"
         R"({"type":"Ready","status":"False","reason":"ContainersNotReady","message":"containers with unready status: [maven]"},)"
         R"({"type":"ContainersReady","status":"False","reason":"ContainersNotReady","message":"containers with unready status: [maven]"}],)"
         R"("containerStatuses":[{"name":"jnlp","state":{"running":{}}},{"name":"maven","image":"docker.io/maven:3","state":{"waiting":{"reason":")" +
         reason + "\"" + (message.empty() ? "" : R"(,"message":")" + message + "\"") + "}}}]";
}
const std::string kRunning =
    R"("phase":"Running","conditions":[{"type":"Ready","status":"True"},{"type":"ContainersReady","status":"True"}],)"
    R"("containerStatuses":[{"name":"jnlp","state":{"running":{}}},{"name":"maven","state":{"running":{}}}])";
std::string ended(const std::string& reason, int code, const std::string& more = "") {
  return R"("phase":"Running","conditions":[{"type":"Ready","status":"False","reason":"ContainersNotReady"}],)" + more +
         R"("containerStatuses":[{"name":"jnlp","state":{"running":{}}},{"name":"maven","state":{"terminated":{"reason":")" +
         reason + R"(","exitCode":)" + std::to_string(code) + "}}}]";
}
std::string joined(const PodNews& news) {
  std::string out;
  for (const auto& line : news.lines) out += line + "\n";
  return out;
}

TEST(PodState, WhatItWaitsForIsSaidOnceAndReadyOnce) {
  PodState state("ns", "p");
  EXPECT_EQ(joined(state.saw(pod(R"("phase":"Pending")"), kNow)), "");
  auto news = state.saw(pod(waiting("ContainerCreating")), kNow);
  EXPECT_EQ(joined(news),
            "[PodInfo] ns/p\n\tContainer [maven] waiting [ContainerCreating] No message\n"
            "\tPod [Pending][ContainersNotReady] containers with unready status: [maven]\n");
  EXPECT_FALSE(news.trouble);
  EXPECT_EQ(joined(state.saw(pod(waiting("ContainerCreating")), kNow + 1)), "");
  EXPECT_EQ(state.why_not_ready(), "container maven waits: ContainerCreating");
  news = state.saw(pod(kRunning), kNow + 2);
  EXPECT_TRUE(news.became_ready);
  EXPECT_EQ(joined(news), "");
  EXPECT_FALSE(state.saw(pod(kRunning), kNow + 3).became_ready);
}

TEST(PodState, WhatBroughtTheAgentMayEndOnceItHasCalled) {
  const std::string over =
      R"("phase":"Running","conditions":[{"type":"Ready","status":"False","reason":"ContainersNotReady"}],)"
      R"("containerStatuses":[{"name":"jnlp","state":{"running":{}}},{"name":"maven","state":{"running":{}}},)"
      R"({"name":"windlass-agent","state":{"terminated":{"reason":"Error","exitCode":1}}}])";
  PodState online("ns", "p");
  online.set_online();
  EXPECT_FALSE(online.saw(pod(over), kNow).trouble);
  PodState before("ns", "p");
  const auto news = before.saw(pod(over), kNow);
  ASSERT_TRUE(news.trouble);
  EXPECT_EQ(news.trouble->code, "pod-container-ended");
  EXPECT_NE(joined(news).find("Container windlass-agent was terminated"), std::string::npos) << joined(news);
}

TEST(PodState, WhatCouldNotBringTheAgentExplainsWhyTheOthersDidNotStart) {
  PodState state("ns", "p");
  const auto news = state.saw(
      pod(R"("phase":"Failed","containerStatuses":[)"
          R"({"name":"jnlp","state":{"terminated":{"reason":"StartError","exitCode":128,"message":"no such file"}}},)"
          R"({"name":"windlass-agent","state":{"terminated":{"reason":"Error","exitCode":1,"message":"noexec"}}}])"),
      kNow);
  ASSERT_TRUE(news.trouble);
  EXPECT_EQ(sentence(*news.trouble), "container windlass-agent ended with exit code 1 (Error): noexec");
}

TEST(PodState, TheSchedulersWordsAndThatItHealed) {
  PodState state("ns", "p");
  const std::string unschedulable =
      R"("phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes are available: 3 Insufficient cpu."}])";
  auto news = state.saw(pod(unschedulable), kNow);
  ASSERT_TRUE(news.trouble);
  EXPECT_EQ(news.trouble->code, "pod-unschedulable");
  EXPECT_FALSE(news.trouble->final);
  EXPECT_EQ(news.trouble->error, AgentError::none);
  EXPECT_EQ(joined(news),
            "[PodInfo] ns/p\n\tPod [Pending][Unschedulable] 0/3 nodes are available: 3 Insufficient cpu.\n"
            "WARNING: no node takes the pod: 0/3 nodes are available: 3 Insufficient cpu.\n");
  EXPECT_EQ(sentence(*news.trouble, true), "没有节点可以调度该 Pod：0/3 nodes are available: 3 Insufficient cpu.");
  EXPECT_FALSE(state.saw(pod(unschedulable), kNow + 1).trouble);
  news = state.saw(pod(waiting("ContainerCreating")), kNow + 2);
  EXPECT_TRUE(news.healed);
  EXPECT_FALSE(state.trouble());
}

TEST(PodState, AnImageThatCannotBePulledEndsItWithTheThirdBackOff) {
  PodState state("ns", "p");
  const auto failed = pod(waiting("ErrImagePull", "rpc error: no such host"));
  const auto backs_off = pod(waiting("ImagePullBackOff", R"(Back-off pulling image \"maven:3\")"));
  auto news = state.saw(failed, kNow);
  ASSERT_TRUE(news.trouble);
  EXPECT_EQ(news.trouble->evidence, Value::map_of("container", "maven", "image", "maven:3", "since",
                                                  "2027-01-15T08:00:00Z", "message", "rpc error: no such host"));
  EXPECT_EQ(
      sentence(*news.trouble),
      "the image maven:3 of container maven cannot be pulled since 2027-01-15T08:00:00Z: rpc error: no such host");
  news = state.saw(backs_off, kNow + 1'000);
  EXPECT_FALSE(news.trouble);  // it is the same one
  EXPECT_NE(joined(news).find("ERROR: Image pull backoff detected, waiting for image to be available. Will wait for 2 "
                              "more events before terminating the node.\n"),
            std::string::npos);
  EXPECT_EQ(joined(state.saw(backs_off, kNow + 2'000)), "");  // the same back-off
  (void)state.saw(failed, kNow + 10'000);
  EXPECT_NE(joined(state.saw(backs_off, kNow + 11'000)).find("Will wait for 1 more events"), std::string::npos);
  (void)state.saw(failed, kNow + 30'000);
  news = state.saw(backs_off, kNow + 31'000);
  EXPECT_TRUE(news.is_over());
  EXPECT_EQ(news.trouble->error, AgentError::cancelled);
  EXPECT_NE(joined(news).find(
                "ERROR: Unable to pull container image \"maven:3\". Check if image tag name is spelled correctly.\n"),
            std::string::npos);
  EXPECT_EQ(joined(state.saw(pod(kRunning), kNow + 32'000)), "");  // after a final one nothing is told
}

TEST(PodState, BackOffsOfMoreThanAQuarterOfAnHourAgoDoNotCount) {
  PodState state("ns", "p");
  const auto failed = pod(waiting("ErrImagePull", "no"));
  const auto backs_off = pod(waiting("ImagePullBackOff", "x"));
  for (int i = 0; i < 10; ++i) {
    (void)state.saw(failed, kNow + i * 10 * 60'000);
    EXPECT_FALSE(state.saw(backs_off, kNow + i * 10 * 60'000 + 1).is_over()) << i;
  }
}

TEST(PodState, AnErrorThatOnlyAnEventTells) {
  PodState state("ns", "p");
  auto news = state.saw(pod(waiting("ImagePullBackOff", R"(Back-off pulling image \"maven:3\")")), kNow);
  EXPECT_TRUE(news.ask_events);
  const auto event = Value::map_of("type", "Warning", "reason", "Failed", "message",
                                   "Failed to pull image \"maven:3\": rpc error: denied");
  news = state.saw_events({event, event}, kNow);
  ASSERT_TRUE(news.trouble);
  EXPECT_EQ(news.trouble->evidence.get_string("message"), "rpc error: denied");
  EXPECT_EQ(news.lines.size(), 2u) << joined(news);
  EXPECT_EQ(state.saw_events({event}, kNow).lines.size(), 0u);
  PodState newer("ns", "p");
  news =
      newer.saw(pod(waiting("ImagePullBackOff", R"(Back-off pulling image \"maven:3\": ErrImagePull: denied)")), kNow);
  EXPECT_EQ(news.trouble->evidence.get_string("message"), "ErrImagePull: denied");
}

TEST(PodState, AnImpossibleImageIsFinalAtOnce) {
  PodState state("ns", "p");
  EXPECT_TRUE(state.saw(pod(waiting("InvalidImageName", "couldn't parse")), kNow).is_over());
  PodState never("ns", "p");
  EXPECT_TRUE(never.saw(pod(waiting("ErrImageNeverPull", "not present")), kNow).is_over());
}

TEST(PodState, OutOfMemoryHasLimitAndPeakAndIsNotRetried) {
  PodState state("ns", "p");
  (void)state.saw(pod(kRunning), kNow);
  state.set_online();
  state.saw_memory("maven", 66'000'000);
  state.saw_memory("maven", 60'000'000);
  const auto news = state.saw(pod(ended("OOMKilled", 137)), kNow);
  ASSERT_TRUE(news.is_over());
  EXPECT_EQ(news.trouble->error, AgentError::ignored);
  EXPECT_EQ(news.trouble->reasons, std::vector<std::string>{"OOMKilled"});
  EXPECT_EQ(joined(news),
            "ns/p Container maven was terminated. Reason: OOMKilled.\n"
            "ERROR: container maven ran out of memory, its limit is 64Mi, it had used 62.9Mi\n");
  EXPECT_EQ(news.tails, (std::vector<std::string>{"jnlp", "maven"}));
  EXPECT_EQ(tail_heading(state.containers().at(1)), "- maven -- terminated (137)");
}

TEST(PodState, AnEndedContainerRemovesTheNodeAndOneThatCompletedIsNotRetried) {
  PodState state("ns", "p");
  (void)state.saw(pod(kRunning), kNow);
  state.set_online();
  auto news = state.saw(pod(ended("Error", 2)), kNow);
  ASSERT_TRUE(news.is_over());
  EXPECT_EQ(news.trouble->code, "pod-container-ended");
  EXPECT_EQ(news.trouble->error, AgentError::removed);
  EXPECT_EQ(sentence(*news.trouble), "container maven ended with exit code 2 (Error)");
  PodState done("ns", "p");
  news = done.saw(pod(ended("Completed", 0)), kNow);
  EXPECT_EQ(news.trouble->error, AgentError::ignored);
  // Started again by its restart policy: what ran in it is lost all the same.
  PodState again("ns", "p");
  news = again.saw(
      pod(R"("phase":"Running","containerStatuses":[{"name":"maven","restartCount":1,"state":{"running":{}},"lastState":{"terminated":{"reason":"Error","exitCode":1}}}])"),
      kNow);
  EXPECT_TRUE(news.is_over());
}

TEST(PodState, SeveralContainersTheOneThatRanOutOfMemoryExplains) {
  PodState state("ns", "p");
  const auto news = state.saw(
      pod(R"("phase":"Failed","containerStatuses":[{"name":"jnlp","state":{"terminated":{"reason":"Error","exitCode":143}}},)"
          R"({"name":"maven","state":{"terminated":{"reason":"OOMKilled","exitCode":137}}}])"),
      kNow);
  ASSERT_TRUE(news.is_over());
  EXPECT_EQ(news.trouble->code, "pod-memory");
  EXPECT_EQ(news.trouble->error, AgentError::cancelled);  // Error is no reason that is ignored
  EXPECT_NE(joined(news).find("\nns/p Containers jnlp,maven were terminated. Reason: OOMKilled.\n"), std::string::npos)
      << joined(news);
}

TEST(PodState, InitContainers) {
  PodState state("ns", "p");
  auto news = state.saw(
      pod(R"("phase":"Pending","initContainerStatuses":[{"name":"setup","state":{"terminated":{"reason":"Completed","exitCode":0}}}])"),
      kNow);
  EXPECT_FALSE(news.trouble);
  EXPECT_EQ(joined(news), "");
  news = state.saw(
      pod(R"("phase":"Failed","initContainerStatuses":[{"name":"setup","state":{"terminated":{"reason":"Error","exitCode":3}}}])"),
      kNow);
  ASSERT_TRUE(news.is_over());
  EXPECT_EQ(sentence(*news.trouble), "init container setup failed with exit code 3 (Error)");
}

TEST(PodState, Evictions) {
  PodState state("ns", "p");
  (void)state.saw(pod(kRunning), kNow);
  state.set_online();
  auto news =
      state.saw(pod(R"("phase":"Failed","reason":"Evicted","message":"The node was low on resource: memory. ")"), kNow);
  ASSERT_TRUE(news.is_over());
  EXPECT_EQ(news.trouble->code, "pod-evicted");
  EXPECT_EQ(news.trouble->error, AgentError::removed);
  EXPECT_EQ(news.lines.at(0), "ns/p Pod just failed. Reason: Evicted, Message: The node was low on resource: memory.");
  PodState drained("ns", "p");
  news = drained.saw(
      pod(R"("phase":"Running","conditions":[{"type":"DisruptionTarget","status":"True","reason":"EvictionByEvictionAPI","message":"Eviction API: evicting"}])",
          R"(,"deletionTimestamp":"2027-01-15T08:00:00Z")"),
      kNow);
  ASSERT_TRUE(news.is_over());
  EXPECT_EQ(joined(news),
            "Pod ns/p was just deleted\nPod was evicted by the Kubernetes Eviction API.\n"
            "ERROR: the pod was evicted from node node1: Eviction API: evicting\n");
}

TEST(PodState, ADeadlineIsNotRetried) {
  PodState state("ns", "p");
  const auto news = state.saw(
      pod(R"("phase":"Failed","reason":"DeadlineExceeded","message":"Pod was active on the node longer than the specified deadline")"),
      kNow);
  EXPECT_EQ(news.trouble->code, "pod-deadline");
  EXPECT_EQ(news.trouble->error, AgentError::ignored);
}

TEST(PodState, ASilentNodeIsToldAndFinalWhenItsPodIsTakenAway) {
  PodState state("ns", "p");
  (void)state.saw(pod(kRunning), kNow);
  const std::string silent =
      R"("phase":"Running","conditions":[{"type":"Ready","status":"False"},{"type":"ContainersReady","status":"True"}],)"
      R"("containerStatuses":[{"name":"jnlp","state":{"running":{}}}])";
  auto news = state.saw(pod(silent), kNow);
  ASSERT_TRUE(news.trouble);
  EXPECT_EQ(sentence(*news.trouble), "node node1 of the pod does not answer");
  EXPECT_FALSE(news.is_over());
  EXPECT_TRUE(state.saw(pod(kRunning), kNow).healed);
  (void)state.saw(pod(silent), kNow);
  news = state.saw(pod(silent, R"(,"deletionTimestamp":"2027-01-15T08:00:00Z")"), kNow);
  ASSERT_TRUE(news.is_over());
  EXPECT_EQ(news.trouble->code, "pod-node-lost");
}

TEST(PodState, DeletedByHandOrByUs) {
  PodState state("ns", "p");
  (void)state.saw(pod(kRunning), kNow);
  state.set_online();
  auto news = state.saw(pod(kRunning, R"(,"deletionTimestamp":"2027-01-15T08:00:00Z")"), kNow);
  ASSERT_TRUE(news.is_over());
  EXPECT_EQ(news.trouble->code, "pod-deleted");
  EXPECT_EQ(news.trouble->error, AgentError::removed);
  EXPECT_EQ(joined(state.gone()), "");  // told already
  PodState ours("ns", "p");
  EXPECT_FALSE(ours.saw(pod(kRunning, R"(,"deletionTimestamp":"2027-01-15T08:00:00Z")"), kNow, true).trouble);
  EXPECT_FALSE(ours.gone(true).trouble);
  PodState vanished("ns", "p");
  EXPECT_TRUE(vanished.gone().is_over());
}

TEST(PodState, AVolumeThatIsNotThereIsToldByEventsUntilThePodIsReady) {
  PodState state("ns", "p");
  (void)state.saw(pod(waiting("ContainerCreating")), kNow);
  auto news = state.saw_events(
      {Value::map_of("type", "Warning", "reason", "FailedMount", "message", "configmap \"x\" not found"),
       Value::map_of("type", "Normal", "reason", "Scheduled", "message", "yes")},
      kNow);
  ASSERT_TRUE(news.trouble);
  EXPECT_EQ(joined(news),
            "\tEvent [Warning][FailedMount] configmap \"x\" not found\n"
            "WARNING: a volume of the pod is not there: configmap \"x\" not found\n");
  EXPECT_FALSE(state.saw(pod(waiting("ContainerCreating")), kNow).healed);
  EXPECT_TRUE(state.saw(pod(kRunning), kNow).healed);
}

TEST(PodState, WhatIsNoPodDoesNotHarm) {
  PodState state("ns", "p");
  for (const auto* text : {"{}", R"({"status":[]})", R"({"status":{"containerStatuses":{"a":1},"conditions":"x"}})",
                           R"({"status":{"containerStatuses":[1,{"state":1}],"conditions":[null]}})"}) {
    EXPECT_FALSE(state.saw(*data::parse_json(text), kNow).trouble) << text;
  }
}

TEST(Trouble, EveryTextIsWholeInBothLanguages) {
  for (const auto& text : pods::trouble_texts()) {
    Trouble bare;
    bare.code = text.code;
    for (const bool chinese : {false, true}) {
      const auto said = sentence(bare, chinese);
      EXPECT_FALSE(said.empty());
      EXPECT_EQ(said.find_first_of("[]{}"), std::string::npos) << said;
    }
  }
  Trouble unknown;
  unknown.code = "something-new";
  EXPECT_EQ(sentence(unknown), "something-new");
}

TEST(FormatBytes, AsPeopleWriteThem) {
  EXPECT_EQ(format_bytes(0), "0");
  EXPECT_EQ(format_bytes(1023), "1023");
  EXPECT_EQ(format_bytes(64U << 20U), "64Mi");
  EXPECT_EQ(format_bytes(1'610'612'736), "1.5Gi");
}

}  // namespace
}  // namespace windlass::clouds
