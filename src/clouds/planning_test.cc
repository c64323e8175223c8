// The decisions of a fleet that need no cluster: caps, answers to creations, marks of objects.
#include <gtest/gtest.h>

#include "clouds/cap_queue.h"
#include "clouds/create_answer.h"
#include "clouds/pod_marks.h"
#include "data/json.h"
#include "objects/metadata.h"
#include "objects/patch.h"

namespace windlass::clouds {
namespace {

using data::Value;
using Names = std::vector<std::string>;

PodClaim claim(std::string project, std::string id = "maven", int cloud_cap = 2, int instance_cap = 0) {
  return {.cloud = "kubernetes",
          .template_id = std::move(id),
          .project = std::move(project),
          .cloud_cap = cloud_cap,
          .instance_cap = instance_cap};
}

TEST(CapQueue, FirstComeFirstServedWithinAProjectAndFairBetweenThem) {
  CapQueue caps;
  for (const auto* key : {"a1", "a2", "a3", "a4"}) caps.wait(key, claim("a"));
  caps.wait("b1", claim("b"));
  EXPECT_EQ(caps.admit(), (Names{"a1", "b1"}));
  EXPECT_EQ(caps.admit(), Names{});
  caps.drop("b1");
  EXPECT_EQ(caps.admit(), Names{"a2"});
  caps.wait("b2", claim("b"));
  caps.drop("a1");
  EXPECT_EQ(caps.admit(), Names{"b2"});  // b has none, a has one
  caps.drop("a3");                       // waits no more
  caps.drop("a2");
  EXPECT_EQ(caps.admit(), Names{"a4"});
  EXPECT_EQ(caps.held(), 2u);
  EXPECT_EQ(caps.waiting(), 0u);
}

TEST(CapQueue, ATemplatesCapHoldsUpNobodyElse) {
  CapQueue caps;
  caps.wait("m1", claim("a", "maven", 10, 1));
  caps.wait("m2", claim("a", "maven", 10, 1));
  caps.wait("g1", claim("a", "go", 10, 1));
  EXPECT_EQ(caps.admit(), (Names{"m1", "g1"}));
  const auto full = caps.full(claim("a", "maven", 10, 1));
  ASSERT_TRUE(full);
  EXPECT_FALSE(full->cloud);
  EXPECT_EQ(full->what, "maven");
  EXPECT_EQ(full->cap, 1);
}

TEST(CapQueue, PodsOfAnEarlierProcessCountAndOnce) {
  CapQueue caps;
  caps.hold("ns/old", claim("a", "maven", 1));
  caps.hold("ns/old", claim("a", "maven", 1));
  caps.wait("new", claim("a", "maven", 1));
  EXPECT_EQ(caps.admit(), Names{});
  caps.drop("ns/old");
  caps.drop("ns/old");
  EXPECT_EQ(caps.admit(), Names{"new"});
}

CreateStep judge(int code, std::string reason, std::string message, unsigned tries = 0) {
  objects::ApiStatus status;
  status.code = code;
  status.reason = std::move(reason);
  status.message = std::move(message);
  return judge_creation(status, "ns", "kubernetes ns/p", tries);
}

TEST(CreateAnswer, QuotasAreWaitedForAndOtherRefusalsAreFinal) {
  using Kind = CreateStep::Kind;
  auto step = judge(403, "Forbidden",
                    "pods \"p\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1");
  EXPECT_EQ(step.kind, Kind::again);
  EXPECT_EQ(step.trouble.code, "pod-quota");
  EXPECT_FALSE(step.trouble.final);
  EXPECT_EQ(sentence(step.trouble),
            "the quota q of namespace ns is used up: the pod asks for pods=1, pods=1 are used, and no more than pods=1 "
            "may be");
  EXPECT_EQ(sentence(judge(403, "Forbidden", "exceeded quota: q").trouble),
            "the quota of namespace ns is used up: exceeded quota: q");
  EXPECT_EQ(step.line,
            "WARNING: Unable to create pod: kubernetes ns/p because kubernetes resource quota exceeded. pods \"p\" is "
            "forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1 Retrying...");
  step = judge(409, "Conflict", "Operation cannot be fulfilled on resourcequotas \"q\"");
  EXPECT_EQ(step.kind, Kind::again);
  EXPECT_TRUE(step.quick);
  EXPECT_EQ(step.trouble.code, "");
  EXPECT_EQ(judge(409, "AlreadyExists", "pods \"p\" already exists").kind, Kind::look);
  for (const int code : {500, 503, 504, 429, 401}) {
    step = judge(code, "", "no");
    EXPECT_EQ(step.kind, Kind::again) << code;
    EXPECT_EQ(step.trouble.code, "pod-api") << code;
  }
  for (const auto& [code, reason] :
       {std::pair(403, "Forbidden"), {404, "NotFound"}, {422, "Invalid"}, {400, "BadRequest"}}) {
    step = judge(code, reason, "because");
    EXPECT_EQ(step.kind, Kind::refused) << code;
    EXPECT_TRUE(step.trouble.final);
    EXPECT_EQ(step.trouble.error, AgentError::cancelled);
    EXPECT_EQ(step.line, "ERROR: Unable to create pod kubernetes ns/p. because");
  }
}

TEST(CreateAnswer, AnAccountThatIsNotThereYetIsWaitedForAMoment) {
  const std::string message =
      "pods \"p\" is forbidden: error looking up service account ns/default: serviceaccount \"default\" not found";
  EXPECT_EQ(judge(403, "Forbidden", message, 0).kind, CreateStep::Kind::again);
  EXPECT_EQ(judge(403, "Forbidden", message, 10).kind, CreateStep::Kind::refused);
}

TEST(PodMarks, APodCarriesWhatIsNeededOfItsPlan) {
  auto manifest = *data::parse_json(R"({"metadata":{"name":"p","labels":{"app":"x"}},"spec":{"containers":[
      {"name":"jnlp","env":[{"name":"JENKINS_URL","value":"http://windlass:80/"}]}]}})");
  const PodTerms terms{.cloud = "kubernetes",
                       .template_id = "id1",
                       .agent_container = "jnlp",
                       .project = "shop",
                       .connect_timeout_seconds = 60,
                       .idle_minutes = 5,
                       .cloud_cap = 10,
                       .instance_cap = 3,
                       .retention = pods::Retention::on_failure};
  auto lease = lease_object("store-1", "run-1", "shop/build-7");
  EXPECT_EQ(objects::meta_text(lease, "name"), "windlass-run-run-1");
  objects::set_meta(lease, "uid", "lease-uid");
  mark_pod(manifest, "store-1", "run-1", "3.1", "shop/build-7", terms, owner_reference(lease));
  EXPECT_EQ(terms_of(manifest), terms);
  auto marked = marks_of(manifest);
  EXPECT_EQ(marked.store, "store-1");
  EXPECT_EQ(marked.run, "run-1");
  EXPECT_EQ(marked.effect, "3.1");
  EXPECT_EQ(marked.idle_since, 0);
  EXPECT_EQ(objects::label(manifest, "app"), "x");
  EXPECT_EQ(objects::owner_uids(manifest), Names{"lease-uid"});
  EXPECT_EQ(agent_url(manifest, "jnlp"), "http://windlass:80/");
  EXPECT_EQ(terms_of(Value::map()), PodTerms{});
}

TEST(PodMarks, LabelsAreValidWhateverTheTextIs) {
  EXPECT_EQ(label_value("6b7e5c9e-0000-4000-8000-000000000000"), "6b7e5c9e-0000-4000-8000-000000000000");
  for (const auto& text :
       {std::string("a/b"), std::string(), std::string(64, 'a'), std::string("-a"), std::string("idle")}) {
    EXPECT_EQ(label_value(text).size(), 40u) << text;
  }
  EXPECT_EQ(lease_name("s", "Run_1").size(), std::string("windlass-run-").size() + 40);
  EXPECT_EQ(lease_name("s", "run-1"), lease_name("t", "run-1"));
  EXPECT_EQ(lease_name("s", "warm"), "windlass-run-warm-s");
  EXPECT_NE(lease_name("s", "warm"), lease_name("t", "warm")) << "stores may share a namespace";
}

}  // namespace
}  // namespace windlass::clouds
