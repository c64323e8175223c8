// Pods as agents on a real API server and kubelet: what src/clouds says of them, how soon, and that nothing is left.
// Tests of NodePods need a node. The agents are busybox; `connected` is told by hand.
#include <algorithm>
#include <map>
#include <set>

#include "clouds/pod_fleet.h"
#include "objects/metadata.h"
#include "world.h"

namespace windlass::clouds {
namespace {

using namespace std::chrono_literals;
using data::Value;
using Kind = PodEvent::Kind;
using Clock = std::chrono::steady_clock;

class Pods : public testing::Test {
 protected:
  Pods() : space(kube::make_space(world, "windlass-fleet")) {
    options.store_id = space;
    options.namespaces = {space};
    options.wall_millis = [] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
    };
    options.is_alive = [this](std::string_view run) { return alive.contains(std::string(run)); };
    options.sweep = 1s;
    options.lease_linger = 500ms;
    start();
  }
  ~Pods() override {
    alive.clear();
    // Nothing is left: that is what each test ends with.
    EXPECT_TRUE(nothing_is_left()) << names("pods") << " " << names("leases");
    fleet.reset();
    (void)world.wait(world.client->remove(kube::resources::namespaces(), "", space));
  }
  void start() {
    fleet = std::make_unique<PodFleet>(*world.client, options);
    fleet->start();
  }
  std::string names(const std::string& plural) {
    auto out = kube::kubectl("-n " + space + " get " + plural + " -l windlass.io/store=" + space + " -o name");
    return out.starts_with("No resources found") ? "" : out;
  }
  /// Within a minute; kubectl takes its time, so it is asked now and then.
  bool nothing_is_left() {
    for (int i = 0; i < 60; ++i) {
      if (names("pods").empty() && names("leases").empty()) return true;
      (void)world.until([] { return false; }, 1s);
    }
    return false;
  }
  /// `containers` behind the agent's own.
  Order order(const std::string& name, const std::string& containers = "", const std::string& spec = "") {
    Order out;
    out.plan.cloud = "kubernetes";
    out.plan.namespace_ = space;
    out.plan.name = name;
    out.plan.template_id = "t";
    out.plan.agent_container = "jnlp";
    out.plan.manifest = *data::parse_json(
        R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name + R"("},"spec":{)" + spec +
        R"("restartPolicy":"Never","terminationGracePeriodSeconds":0,"containers":[{"name":"jnlp","image":"localhost/base:1",)"
        R"("imagePullPolicy":"IfNotPresent","command":["sh","-c","echo hello; sleep 3600"],)"
        R"("env":[{"name":"JENKINS_URL","value":"http://127.0.0.1:1/"}]})" +
        containers + "]}}");
    out.run_uid = "run-" + name;
    out.effect_key = "1";
    out.project = "shop";
    return out;
  }
  void launch(Order what) {
    alive.insert(what.run_uid);
    const auto name = what.plan.name;
    fleet->launch(std::move(what), listener(name));
  }
  PodListener listener(const std::string& name) {
    return [this, name](const PodEvent& event) {
      told[name].push_back(event);
      when[name].push_back(Clock::now());
    };
  }
  const PodEvent* find(const std::string& name, Kind kind, std::string_view code = {}) {
    for (const auto& event : told[name]) {
      if (event.kind == kind && (code.empty() || event.trouble.code == code)) return &event;
    }
    return nullptr;
  }
  bool wait_for(const std::string& name, Kind kind, std::string_view code = {}, std::chrono::seconds limit = 60s) {
    return world.until([&] { return find(name, kind, code) != nullptr; }, limit);
  }
  std::string text(const std::string& name) {
    std::string out;
    for (const auto& event : told[name]) {
      if (event.kind == Kind::line) out += event.line + "\n";
      if (!event.trouble.code.empty()) out += "<" + event.trouble.code + "> " + sentence(event.trouble) + "\n";
    }
    return out;
  }

  kube::World world;
  std::string space;
  FleetOptions options;
  std::set<std::string> alive;
  std::map<std::string, std::vector<PodEvent>> told;
  std::map<std::string, std::vector<Clock::time_point>> when;
  std::unique_ptr<PodFleet> fleet;
};

TEST_F(Pods, TheSchedulersWordsWithinASecond) {
  launch(order("nowhere", "", R"("nodeSelector":{"no-such":"label"},)"));
  ASSERT_TRUE(wait_for("nowhere", Kind::created)) << text("nowhere");
  const auto made = Clock::now();
  ASSERT_TRUE(wait_for("nowhere", Kind::trouble, "pod-unschedulable")) << text("nowhere");
  EXPECT_LT(Clock::now() - made, 1s);
  EXPECT_NE(find("nowhere", Kind::trouble)->trouble.evidence.get_string("message").find("nodes"), std::string::npos);
  EXPECT_EQ(kube::kubectl("-n " + space + " get pod nowhere -o jsonpath={.metadata.ownerReferences[0].name}"),
            "windlass-run-run-nowhere");
}

TEST_F(Pods, AQuotaIsWaitedFor) {
  kube::kubectl("-n " + space + " create quota q --hard=pods=1");
  ASSERT_TRUE(world.until(
      [&] { return kube::kubectl("-n " + space + " get quota q -o jsonpath={.status.hard.pods}") == "1"; }));
  launch(order("one", "", R"("nodeSelector":{"no-such":"label"},)"));
  ASSERT_TRUE(wait_for("one", Kind::created)) << text("one");
  launch(order("two", "", R"("nodeSelector":{"no-such":"label"},)"));
  ASSERT_TRUE(wait_for("two", Kind::trouble, "pod-quota")) << text("two");
  fleet->release("run-one", "1", false);
  ASSERT_TRUE(wait_for("two", Kind::created)) << text("two");
}

TEST_F(Pods, WhatIsInvalidIsRefusedWithTheServersWords) {
  launch(order("bad", R"(,{"name":"UPPER","image":"x"})"));
  ASSERT_TRUE(wait_for("bad", Kind::failed, "pod-refused")) << text("bad");
  EXPECT_NE(text("bad").find("UPPER"), std::string::npos) << text("bad");
}

TEST_F(Pods, TheLeaseOwnsThePodAndWhoDeletesItIsTold) {
  launch(order("owned", "", R"("nodeSelector":{"no-such":"label"},)"));
  ASSERT_TRUE(wait_for("owned", Kind::created)) << text("owned");
  // The owner is in the pod's namespace: nobody collects it.
  ASSERT_FALSE(world.until([&] { return find("owned", Kind::failed) != nullptr; }, 3s)) << text("owned");
  kube::kubectl("-n " + space + " delete lease windlass-run-run-owned");
  ASSERT_TRUE(wait_for("owned", Kind::failed, "pod-deleted")) << text("owned");
}

TEST_F(Pods, AnotherProcessFindsThePodOfAnOrder) {
  launch(order("first", "", R"("nodeSelector":{"no-such":"label"},)"));
  ASSERT_TRUE(wait_for("first", Kind::created));
  start();
  auto again = order("second", "", R"("nodeSelector":{"no-such":"label"},)");
  again.run_uid = "run-first";
  launch(again);
  ASSERT_TRUE(wait_for("second", Kind::created));
  EXPECT_EQ(find("second", Kind::created)->pod, "first");
  EXPECT_TRUE(find("second", Kind::created)->adopted);
  alive.clear();
  start();  // and one that knows of no run sweeps it
  ASSERT_TRUE(nothing_is_left());
}

TEST_F(Pods, TwoHundredOrdersAreTwoHundredPods) {
  for (int i = 0; i < 200; ++i) {
    launch(order("many-" + std::to_string(i), "", R"("nodeSelector":{"no-such":"label"},)"));
  }
  ASSERT_TRUE(world.until([&] {
    return std::ranges::count_if(told, [](const auto& one) {
             return std::ranges::any_of(one.second, [](const auto& event) { return event.kind == Kind::created; });
           }) == 200;
  }));
  const auto list = names("pods");
  EXPECT_EQ(std::ranges::count(list, '\n'), 200);
}

class NodePods : public Pods {};

TEST_F(NodePods, ReadyConnectedReleasedGone) {
  launch(order("well"));
  ASSERT_TRUE(wait_for("well", Kind::ready)) << text("well");
  fleet->connected(space, "well");
  std::optional<objects::Outcome<std::string>> log;
  log = world.wait(fleet->container_log(space, "well", "jnlp", {.tail_lines = 5}));
  ASSERT_TRUE(*log) << log->error().message;
  EXPECT_EQ(**log, "hello\n");
  fleet->release("run-well", "1", false);
  ASSERT_TRUE(wait_for("well", Kind::gone)) << text("well");
  EXPECT_EQ(find("well", Kind::trouble), nullptr) << text("well");
}

TEST_F(NodePods, DeletedByHandIsToldWithinASecond) {
  launch(order("victim"));
  ASSERT_TRUE(wait_for("victim", Kind::ready)) << text("victim");
  fleet->connected(space, "victim");
  ASSERT_TRUE(world.wait(world.client->remove(kube::resources::pods(), space, "victim")));
  const auto deleted = Clock::now();
  ASSERT_TRUE(wait_for("victim", Kind::failed, "pod-deleted")) << text("victim");
  EXPECT_LT(Clock::now() - deleted, 1s);
  EXPECT_EQ(find("victim", Kind::failed)->trouble.error, AgentError::removed);
}

TEST_F(NodePods, OutOfMemory) {
  launch(order(
      "hungry",
      R"(,{"name":"tool","image":"localhost/base:1","command":["sh","-c","echo eating; sleep 3; exec tail /dev/zero"],)"
      R"("resources":{"limits":{"memory":"32Mi"}}})"));
  ASSERT_TRUE(wait_for("hungry", Kind::ready)) << text("hungry");
  fleet->connected(space, "hungry");
  ASSERT_TRUE(wait_for("hungry", Kind::failed)) << text("hungry");
  const auto& trouble = find("hungry", Kind::failed)->trouble;
  EXPECT_EQ(trouble.code, "pod-memory") << text("hungry");
  EXPECT_EQ(trouble.error, AgentError::ignored);
  EXPECT_EQ(trouble.evidence.get_string("limit"), "32Mi");
  EXPECT_NE(text("hungry").find("- tool -- terminated (137)\n-----Logs-------------\neating\n"), std::string::npos)
      << text("hungry");
}

TEST_F(NodePods, AContainerThatEnds) {
  launch(order("short", R"(,{"name":"tool","image":"localhost/base:1","command":["sh","-c","echo bye; exit 3"]})"));
  ASSERT_TRUE(wait_for("short", Kind::failed)) << text("short");
  EXPECT_EQ(sentence(find("short", Kind::failed)->trouble), "container tool ended with exit code 3 (Error)");
  EXPECT_NE(text("short").find("-----Logs-------------\nbye\n"), std::string::npos) << text("short");
}

TEST_F(NodePods, AnImageThatCannotBePulled) {
  launch(order("image", R"(,{"name":"tool","image":"localhost:1/none:1","imagePullPolicy":"IfNotPresent"})"));
  ASSERT_TRUE(wait_for("image", Kind::trouble, "pod-image")) << text("image");
  const auto& evidence = find("image", Kind::trouble, "pod-image")->trouble.evidence;
  EXPECT_EQ(evidence.get_string("image"), "localhost:1/none:1");
  EXPECT_EQ(evidence.get_string("container"), "tool");
  EXPECT_NE(text("image").find("refused"), std::string::npos) << text("image");
  // The third back-off within a quarter of an hour.
  ASSERT_TRUE(wait_for("image", Kind::failed, "pod-image", 180s)) << text("image");
  EXPECT_EQ(find("image", Kind::failed)->trouble.error, AgentError::cancelled);
  EXPECT_NE(text("image").find("ERROR: Unable to pull container image \"localhost:1/none:1\""), std::string::npos);
}

TEST_F(NodePods, AVolumeThatIsNotThere) {
  auto what = order("volume", "", R"("volumes":[{"name":"v","configMap":{"name":"none"}}],)");
  what.plan.manifest.find("spec")
      ->find("containers")
      ->mutable_items()[0]
      .set("volumeMounts", Value::list_of(Value::map_of("name", "v", "mountPath", "/v")));
  launch(what);
  ASSERT_TRUE(wait_for("volume", Kind::trouble, "pod-mount")) << text("volume");
  EXPECT_NE(text("volume").find("configmap \"none\" not found"), std::string::npos) << text("volume");
  kube::kubectl("-n " + space + " create configmap none --from-literal=a=b");
  ASSERT_TRUE(wait_for("volume", Kind::ready, {}, 150s)) << text("volume");
  EXPECT_NE(find("volume", Kind::healed), nullptr);
}

TEST_F(NodePods, AnAgentThatDoesNotConnect) {
  options.reminder = 1s;
  start();
  auto what = order("silent");
  what.plan.connect_timeout_seconds = 4;
  launch(what);
  ASSERT_TRUE(wait_for("silent", Kind::failed)) << text("silent");
  const auto& trouble = find("silent", Kind::failed)->trouble;
  EXPECT_EQ(trouble.code, "pod-agent") << text("silent");
  EXPECT_EQ(trouble.evidence.get_string("tail"), "hello");
  EXPECT_NE(sentence(trouble).find("the pod itself"), std::string::npos) << sentence(trouble);
}

TEST_F(NodePods, TheAgentIsStartedByOneExecWhereAContainerKeepsItsEntryPoint) {
  auto what = order(
      "exec",
      R"(,{"name":"tool","image":"localhost/base:1","command":["sleep","3600"],"volumeMounts":[{"name":"w","mountPath":"/windlass"}]})",
      R"("volumes":[{"name":"w","emptyDir":{}}],"initContainers":[{"name":"windlass-agent","image":"localhost/base:1",)"
      R"("command":["sh","-c","mkdir /windlass/bin; cd /windlass/bin; printf '#!/bin/sh\\necho \"$@\" > /proc/1/fd/1\\n' > windlass-agent; chmod 755 windlass-agent"],)"
      R"("volumeMounts":[{"name":"w","mountPath":"/windlass"}]}],)");
  launch(what);
  ASSERT_TRUE(wait_for("exec", Kind::ready)) << text("exec");
  fleet->connected(space, "exec");
  const auto done = world.wait(fleet->exec_agent(space, "exec", "tool"));
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_TRUE(world.until([&] {
    const auto log = world.wait(fleet->container_log(space, "exec", "tool"));
    return log && *log == "pod --detach --container=tool\n";
  }));
  const auto refused = world.wait(fleet->exec_agent(space, "exec", "jnlp"));  // has no such program
  EXPECT_FALSE(refused);
}

}  // namespace
}  // namespace windlass::clouds
