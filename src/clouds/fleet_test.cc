// The fleet against an API server in memory, on a clock that the test moves: what is asked in which order, what is
// told, and what is left when this process or that server dies in between.
#include <algorithm>
#include <gtest/gtest.h>
#include <optional>
#include <set>

#include "clouds/pod_fleet.h"
#include "clouds/testing/fake_cluster.h"
#include "kube/credentials.h"
#include "rt/testing/manual_timers.h"

namespace windlass::clouds {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using data::Value;
using Kind = PodEvent::Kind;
using Fault = FakeCluster::Fault;

const std::string kReady = R"({"phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[)"
                           R"({"name":"jnlp","state":{"running":{}}},{"name":"maven","state":{"running":{}}}]})";
const std::string kUnschedulable =
    R"({"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/1 nodes"}]})";
const std::string kKilled = R"({"phase":"Running","containerStatuses":[{"name":"jnlp","state":{"running":{}}},)"
                            R"({"name":"maven","state":{"terminated":{"reason":"OOMKilled","exitCode":137}}}]})";

std::string status_body(int code, const std::string& reason, const std::string& message) {
  return data::format_json(
      Value::map_of("kind", "Status", "status", "Failure", "code", code, "reason", reason, "message", message));
}

struct World {
  World() {
    kube::Access access;
    access.server = *net::parse_url("http://127.0.0.1:8001", "x");
    kube::Surroundings surroundings;
    surroundings.wall_millis = [this] { return wall(); };
    surroundings.random = [] { return std::uint64_t{1} << 63U; };
    client = std::move(*kube::Client::make(io, timers, cluster.connector, access, surroundings));
    options.store_id = "store1";
    options.namespaces = {"ns"};
    options.wall_millis = [this] { return wall(); };
    options.is_alive = [this](std::string_view run) { return alive.contains(std::string(run)); };
    options.log = [this](const std::string& text) { log += text + "\n"; };
  }
  ~World() {
    EXPECT_EQ(cluster.without_owner, 0u);
    fleet.reset();
    client->close();
    timers.settle();
  }
  std::int64_t wall() const {
    return 1'800'000'000'000 + std::chrono::duration_cast<std::chrono::milliseconds>(timers.now() - began).count();
  }
  /// This process begins, or begins again: the one before left everything as it was.
  void start() {
    fleet = std::make_unique<PodFleet>(*client, options);
    fleet->start();
    timers.settle();
  }
  static Order order(const std::string& run, const std::string& effect, const std::string& name) {
    Order out;
    out.plan.cloud = "kubernetes";
    out.plan.namespace_ = "ns";
    out.plan.name = name;
    out.plan.template_id = "maven";
    out.plan.agent_container = "jnlp";
    out.plan.connect_timeout_seconds = 100;
    out.plan.manifest = *data::parse_json(
        R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name +
        R"("},"spec":{"containers":[{"name":"jnlp","image":"a","env":[{"name":"JENKINS_URL","value":"http://windlass/"}]},)"
        R"({"name":"maven","image":"m","resources":{"limits":{"memory":"64Mi"}}}]}})");
    out.run_uid = run;
    out.effect_key = effect;
    out.project = "shop";
    out.run_name = "shop/build-7";
    return out;
  }
  PodListener listener(const std::string& name) {
    return [this, name](const PodEvent& event) { told[name].push_back(event); };
  }
  void launch(const Order& what, const std::string& as) {
    alive.insert(what.run_uid);
    fleet->launch(what, listener(as));
    timers.settle();
  }
  /// A pod that is there, ready and connected.
  void run(const Order& what, const std::string& as) {
    launch(what, as);
    cluster.set_status(what.plan.name, kReady);
    timers.settle();
    fleet->connected("ns", what.plan.name);
    timers.settle();
  }
  std::string kinds(const std::string& name) {
    std::string out;
    for (const auto& event : told[name]) {
      switch (event.kind) {
        case Kind::waiting:
          out += "waiting:" + event.trouble.code + " ";
          break;
        case Kind::created:
          out += (event.adopted ? "adopted:" : "created:") + event.pod + " ";
          break;
        case Kind::line:
        case Kind::ending:  // told_to_end()
          break;
        case Kind::trouble:
          out += (event.trouble.final ? "end:" : "trouble:") + event.trouble.code + " ";
          break;
        case Kind::healed:
          out += "healed ";
          break;
        case Kind::ready:
          out += "ready ";
          break;
        case Kind::failed:
          out += "failed:" + std::string(to_string(event.trouble.error)) + " ";
          break;
        case Kind::gone:
          out += event.kept ? "kept " : "gone ";
          break;
      }
    }
    return out;
  }
  bool told_to_end(const std::string& name) {
    return std::ranges::any_of(told[name], [](const auto& event) { return event.kind == Kind::ending; });
  }
  std::string lines(const std::string& name) {
    std::string out;
    for (const auto& event : told[name]) {
      if (event.kind == Kind::line) out += event.line + "\n";
    }
    return out;
  }
  const Trouble& last_trouble(const std::string& name) {
    static const Trouble kNone;
    const Trouble* out = &kNone;
    for (const auto& event : told[name]) {
      if (event.kind == Kind::trouble) out = &event.trouble;
    }
    return *out;
  }
  std::vector<std::string> writes() const {
    std::vector<std::string> out;
    for (const auto& call : cluster.calls) {
      if (!call.starts_with("GET ") && !call.starts_with("WATCH ")) out.push_back(call);
    }
    return out;
  }
  std::string owner_of(const std::string& pod) const {
    const auto owners = objects::owner_uids(*cluster.find("pods", pod));
    return owners.empty() ? "" : owners.front();
  }

  asio::io_context io;
  rt::ManualTimers timers{io};
  rt::Timers::Moment began = timers.now();
  FakeCluster cluster{io, timers};
  std::unique_ptr<kube::Client> client;
  FleetOptions options;
  std::set<std::string> alive;
  std::map<std::string, std::vector<PodEvent>> told;
  std::string log;
  std::unique_ptr<PodFleet> fleet;
};

using Writes = std::vector<std::string>;

// ---- making

TEST(Fleet, TheOwnerFirstThenThePodThenItIsWatched) {
  World world;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  EXPECT_EQ(world.writes(), (Writes{"POST leases/windlass-run-run1 201", "POST pods/p1 201"}));
  const auto* pod = world.cluster.find("pods", "p1");
  ASSERT_NE(pod, nullptr);
  EXPECT_EQ(objects::label(*pod, "windlass.io/store"), "store1");
  EXPECT_EQ(objects::label(*pod, "windlass.io/run"), "run1");
  EXPECT_EQ(objects::annotation(*pod, "windlass.io/effect"), "1");
  EXPECT_EQ(objects::annotation(*pod, "windlass.io/run-name"), "shop/build-7");
  EXPECT_EQ(world.owner_of("p1"), objects::meta_text(*world.cluster.find("leases", "windlass-run-run1"), "uid"));
  EXPECT_EQ(world.kinds("a"), "created:p1 ");
  EXPECT_EQ(world.lines("a"), "Created Pod: kubernetes ns/p1\n");
  world.cluster.set_status("p1", kReady);
  world.timers.settle();
  EXPECT_EQ(world.kinds("a"), "created:p1 ready ");
  world.fleet->connected("ns", "p1");
  world.timers.advance(1h);
  EXPECT_EQ(world.kinds("a"), "created:p1 ready ");
  EXPECT_EQ(world.cluster.called("GET pods/p1/exec"), 0u);
}

TEST(Fleet, ARunHasOneLeaseHoweverManyPods) {
  World world;
  world.start();
  for (int i = 0; i < 5; ++i) {
    const auto n = std::to_string(i);
    world.alive.insert("run1");
    world.fleet->launch(World::order("run1", n, "p" + n), world.listener(n));
  }
  world.timers.settle();
  EXPECT_EQ(world.cluster.called("POST leases"), 1u);
  EXPECT_EQ(world.cluster.count("pods"), 5u);
}

Order with_secret(const std::string& run, const std::string& name) {
  auto out = World::order(run, "1", name);
  out.plan.secrets = {Value::map_of("apiVersion", "v1", "kind", "Secret", "metadata",
                                    Value::map_of("name", name + "-pull"), "data", Value::map_of("x", "c2VjcmV0"))};
  return out;
}

TEST(FleetSecrets, AreThereBeforeThePodAndGoWithIt) {
  World world;
  world.start();
  world.launch(with_secret("run1", "p1"), "a");
  EXPECT_EQ(world.writes(), (Writes{"POST leases/windlass-run-run1 201", "POST secrets/p1-pull 201", "POST pods/p1 201",
                                    "PATCH secrets/p1-pull 200"}));
  const auto* secret = world.cluster.find("secrets", "p1-pull");
  EXPECT_EQ(objects::owner_uids(*secret),
            std::vector<std::string>{objects::meta_text(*world.cluster.find("pods", "p1"), "uid")});
  EXPECT_EQ(objects::label(*secret, marks::kStore), "store1");
  world.fleet->release("run1", "1", false);
  world.timers.settle();
  world.cluster.collect();
  EXPECT_EQ(world.cluster.count("secrets"), 0u);
  EXPECT_EQ(world.log.find("c2VjcmV0"), std::string::npos);
}

TEST(FleetSecrets, OfAProcessThatDiedBeforeThePodGoWithTheLeaseOrAreTakenOver) {
  World world;
  world.start();
  world.cluster.fault = [](const std::string& call) -> std::optional<Fault> {
    if (call.starts_with("POST pods/")) return Fault{.kind = Fault::Kind::lose_before, .code = 0, .body = {}};
    return std::nullopt;
  };
  world.launch(with_secret("run1", "p1"), "a");
  world.cluster.fault = nullptr;
  ASSERT_EQ(world.cluster.count("secrets"), 1u);
  world.start();
  world.launch(with_secret("run1", "p1"), "b");
  EXPECT_EQ(world.kinds("b"), "created:p1 ");
  EXPECT_EQ(world.cluster.count("secrets"), 1u);
  world.cluster.remove("pods", "p1");
  world.cluster.collect();
  EXPECT_EQ(world.cluster.count("secrets"), 0u);
  // Another process that never comes to its pod: the lease takes it along.
  world.cluster.add(
      "secrets",
      *data::parse_json(
          R"({"metadata":{"name":"p9-pull","ownerReferences":[{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","name":"gone","uid":"gone"}]}})"));
  world.cluster.collect();
  EXPECT_EQ(world.cluster.count("secrets"), 0u);
}

TEST(FleetSecrets, ThatMayNotBeMadeEndTheOrderWithoutAPod) {
  World world;
  world.start();
  world.cluster.fault = [](const std::string& call) -> std::optional<Fault> {
    if (!call.starts_with("POST secrets/")) return std::nullopt;
    return Fault{.kind = Fault::Kind::answer, .code = 403, .body = status_body(403, "Forbidden", "no secrets for you")};
  };
  world.launch(with_secret("run1", "p1"), "a");
  EXPECT_NE(world.kinds("a").find("failed:"), std::string::npos) << world.kinds("a");
  EXPECT_EQ(world.cluster.count("pods"), 0u);
}

TEST(Fleet, TheSameOrderTwiceIsOnePodAndTheSecondIsToldAll) {
  World world;
  world.start();
  world.alive.insert("run1");
  world.fleet->launch(World::order("run1", "1", "p1"), world.listener("a"));
  world.fleet->launch(World::order("run1", "1", "p1-other"), world.listener("b"));
  world.timers.settle();
  EXPECT_EQ(world.cluster.count("pods"), 1u);
  EXPECT_EQ(world.kinds("a"), "");
  EXPECT_EQ(world.kinds("b"), "created:p1 ");
  world.cluster.set_status("p1", kReady);
  world.timers.settle();
  world.fleet->launch(World::order("run1", "1", "p1"), world.listener("c"));
  world.timers.settle();
  EXPECT_EQ(world.kinds("c"), "adopted:p1 ready ");
}

TEST(Fleet, AnOrderBeforeTheStartWaitsForIt) {
  World world;
  world.fleet = std::make_unique<PodFleet>(*world.client, world.options);
  world.launch(World::order("run1", "1", "p1"), "a");
  EXPECT_EQ(world.cluster.calls.size(), 0u);
  world.fleet->start();
  world.timers.settle();
  EXPECT_EQ(world.kinds("a"), "created:p1 ");
}

TEST(Fleet, WhatTheApiServerRefusesIsFinalAndLeavesNothing) {
  World world;
  world.start();
  world.cluster.fault = [](const std::string& call) -> std::optional<Fault> {
    if (call != "POST pods/p1") return std::nullopt;
    return Fault{.code = 422, .body = status_body(422, "Invalid", "spec.containers: Required value")};
  };
  world.launch(World::order("run1", "1", "p1"), "a");
  world.timers.settle();
  EXPECT_EQ(world.kinds("a"), "end:pod-refused failed:cancelled gone ");
  EXPECT_EQ(world.lines("a"), "ERROR: Unable to create pod kubernetes ns/p1. spec.containers: Required value\n");
  world.timers.advance(11s);
  EXPECT_EQ(world.cluster.count("leases"), 0u);
}

TEST(Fleet, AQuotaIsWaitedForAndTriedWhenAPodGoes) {
  World world;
  world.start();
  world.run(World::order("run0", "1", "p0"), "z");
  bool full = true;
  world.cluster.fault = [&](const std::string& call) -> std::optional<Fault> {
    if (!full || call != "POST pods/p1") return std::nullopt;
    return Fault{.code = 403, .body = status_body(403, "Forbidden", "exceeded quota: q")};
  };
  world.launch(World::order("run1", "1", "p1"), "a");
  world.timers.advance(20min);
  EXPECT_EQ(world.kinds("a"), "trouble:pod-quota ");
  EXPECT_EQ(world.lines("a"),
            "WARNING: Unable to create pod: kubernetes ns/p1 because kubernetes resource quota exceeded. exceeded "
            "quota: q Retrying...\n");
  full = false;
  world.fleet->release("run0", "1", false);
  world.timers.settle();
  EXPECT_EQ(world.kinds("a"), "trouble:pod-quota healed created:p1 ");
}

// ---- crash points

TEST(FleetCrash, AfterTheLease) {
  World world;
  world.start();
  world.cluster.fault = [](const std::string& call) -> std::optional<Fault> {
    if (call == "POST pods/p1") return Fault{.kind = Fault::Kind::lose_before};
    return std::nullopt;
  };
  world.launch(World::order("run1", "1", "p1"), "a");
  EXPECT_EQ(world.cluster.count("leases"), 1u);
  EXPECT_EQ(world.cluster.count("pods"), 0u);
  const auto owner = objects::meta_text(*world.cluster.find("leases", "windlass-run-run1"), "uid");
  world.cluster.fault = nullptr;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "b");
  EXPECT_EQ(world.kinds("b"), "created:p1 ");
  EXPECT_EQ(world.owner_of("p1"), owner);
  EXPECT_EQ(world.cluster.count("leases"), 1u);
}

TEST(FleetCrash, AfterACreationWhoseAnswerNeverCame) {
  World world;
  world.start();
  bool lost = false;
  world.cluster.fault = [&](const std::string& call) -> std::optional<Fault> {
    if (call != "POST pods/p1" || std::exchange(lost, true)) return std::nullopt;
    return Fault{.kind = Fault::Kind::lose_after};
  };
  world.launch(World::order("run1", "1", "p1"), "a");
  world.timers.advance(5s);
  EXPECT_EQ(world.cluster.count("pods"), 1u);
  EXPECT_EQ(world.kinds("a").substr(0, 11), "created:p1 ") << world.kinds("a");  // the watch has told
  EXPECT_EQ(world.cluster.called("POST pods/p1 409"), 1u);
}

TEST(FleetCrash, ALeaseWhoseAnswerNeverCame) {
  World world;
  world.start();
  bool lost = false;
  world.cluster.fault = [&](const std::string& call) -> std::optional<Fault> {
    if (!call.starts_with("POST leases") || std::exchange(lost, true)) return std::nullopt;
    return Fault{.kind = Fault::Kind::lose_after};
  };
  world.launch(World::order("run1", "1", "p1"), "a");
  world.timers.advance(5s);
  EXPECT_EQ(world.kinds("a"), "trouble:pod-api healed created:p1 ");
  EXPECT_EQ(world.cluster.count("leases"), 1u);
}

TEST(FleetCrash, ThePodIsThereAndItsNameIsNotKnownAnyMore) {
  World world;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  world.start();
  world.launch(World::order("run1", "1", "another-name"), "b");
  EXPECT_EQ(world.kinds("b"), "adopted:p1 ");
  EXPECT_EQ(world.cluster.count("pods"), 1u);
  world.cluster.set_status("p1", kReady);
  world.timers.settle();
  EXPECT_EQ(world.kinds("b"), "adopted:p1 ready ");
}

TEST(FleetCrash, RunningPodsAreAdoptedAndOnesThatWentHaveFailed) {
  World world;
  world.start();
  world.run(World::order("run1", "1", "p1"), "a");
  world.run(World::order("run2", "1", "p2"), "x");
  world.fleet.reset();
  world.cluster.remove("pods", "p2");
  world.start();
  world.fleet->adopt("run1", "1", "ns", "p1", world.listener("b"));
  world.fleet->adopt("run2", "1", "ns", "p2", world.listener("y"));
  world.fleet->connected("ns", "p1");
  world.timers.settle();
  EXPECT_EQ(world.kinds("b"), "adopted:p1 ready ");
  EXPECT_EQ(world.kinds("y"), "adopted:p2 end:pod-deleted failed:cancelled gone ");
  world.timers.advance(1h);
  EXPECT_EQ(world.kinds("b"), "adopted:p1 ready ");
  world.fleet->release("run1", "1", false);
  world.timers.advance(11s);
  EXPECT_EQ(world.cluster.count("pods") + world.cluster.count("leases"), 0u);
}

TEST(FleetCrash, WhatBefellAPodMeanwhileIsToldAsIfItHadBeenSeen) {
  World world;
  world.start();
  for (const auto* one : {"1", "2", "3"})
    world.run(World::order(std::string("run") + one, "1", std::string("p") + one), one);
  world.fleet.reset();
  world.cluster.set_status("p1", kKilled);
  world.cluster.logs["p1/maven"] = "last words\n";
  world.cluster.set_status("p2", R"({"phase":"Failed","reason":"Evicted","message":"The node was low on memory."})");
  world.cluster.remove("pods", "p3");
  world.cluster.add("events",
                    *data::parse_json(R"({"metadata":{"name":"e"},"involvedObject":{"name":"p3","uid":"x"},)"
                                      R"("type":"Normal","reason":"Preempted","message":"by default/urgent"})"));
  world.start();
  for (const auto* one : {"1", "2", "3"}) {
    world.fleet->adopt(std::string("run") + one, "1", "ns", std::string("p") + one,
                       world.listener(std::string("b") + one));
  }
  world.timers.settle();
  EXPECT_EQ(world.last_trouble("b1").code, "pod-memory");
  EXPECT_NE(world.lines("b1").find("last words\n"), std::string::npos) << world.lines("b1");
  EXPECT_EQ(world.last_trouble("b2").code, "pod-evicted");
  const auto failed = std::ranges::find(world.told["b3"], Kind::failed, &PodEvent::kind);
  ASSERT_NE(failed, world.told["b3"].end());
  EXPECT_EQ(failed->trouble.code, "pod-preempted") << "its name is all that is known of it";
}

TEST(FleetCrash, WhatAnEarlierProcessMadeCountsForTheCaps) {
  World world;
  world.start();
  auto first = World::order("run1", "1", "p1"), second = World::order("run2", "1", "p2");
  first.plan.cloud_cap = second.plan.cloud_cap = 1;
  world.launch(first, "a");
  world.start();
  world.launch(second, "b");
  EXPECT_EQ(world.kinds("b"), "waiting:pod-cap ");
  world.alive.erase("run1");
  world.timers.advance(1min);
  EXPECT_EQ(world.kinds("b"), "waiting:pod-cap healed created:p2 ");
}

// ---- outages

TEST(FleetOutage, AnOrderDuringOneIsMadeOnceAfterIt) {
  World world;
  world.start();
  world.cluster.go_down();
  world.launch(World::order("run1", "1", "p1"), "a");
  world.timers.advance(10min);
  EXPECT_EQ(world.kinds("a"), "trouble:pod-api ");
  EXPECT_EQ(world.last_trouble("a").evidence.get_string("message").find("secret"), std::string::npos);
  world.cluster.come_up();
  world.timers.advance(31s);
  EXPECT_EQ(world.kinds("a"), "trouble:pod-api healed created:p1 ");
  EXPECT_EQ(world.cluster.count("pods"), 1u);
}

TEST(FleetOutage, OneFromTheBeginningToo) {
  World world;
  world.cluster.go_down();
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  world.timers.advance(5min);
  EXPECT_EQ(world.kinds("a"), "trouble:pod-api ");
  EXPECT_NE(world.fleet->load().trouble, "");
  world.cluster.come_up();
  world.timers.advance(31s);
  EXPECT_EQ(world.kinds("a"), "trouble:pod-api healed created:p1 ");
  EXPECT_EQ(world.fleet->load().trouble, "");
}

TEST(FleetOutage, NobodyIsBlamedWhileTheClusterIsNotSeen) {
  World world;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  world.timers.advance(20s);
  world.cluster.go_down();
  world.timers.advance(10min);
  world.cluster.set_status("p1", kReady);
  world.cluster.come_up();
  world.fleet->connected("ns", "p1");
  world.timers.advance(20s);
  EXPECT_EQ(world.kinds("a"), "created:p1 ready ");
}

TEST(FleetOutage, WhatWentMeanwhileIsTold) {
  World world;
  world.start();
  world.run(World::order("run1", "1", "p1"), "a");
  world.cluster.go_down();
  world.cluster.remove("pods", "p1");
  world.cluster.forget_history();
  world.timers.advance(3min);
  EXPECT_EQ(world.kinds("a"), "created:p1 ready ");
  world.cluster.come_up();
  world.timers.advance(31s);
  EXPECT_EQ(world.kinds("a"), "created:p1 ready end:pod-deleted failed:removed gone ");
}

TEST(FleetOutage, APodThatCameAndWentUnseenIsLookedFor) {
  World world;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  // The watch breaks, the pod is created and removed, and history is forgotten: no event tells of it.
  world.cluster.go_down();
  world.cluster.remove("pods", "p1");
  world.cluster.forget_history();
  world.cluster.come_up();
  world.timers.advance(1min);
  EXPECT_EQ(world.kinds("a"), "created:p1 end:pod-deleted failed:cancelled gone ");
}

// ---- what happens to pods

TEST(FleetTrouble, DeletedByHand) {
  World world;
  world.cluster.grace = true;
  world.start();
  world.run(World::order("run1", "1", "p1"), "a");
  world.cluster.mark_deleted("p1");
  world.timers.settle();  // no time has passed
  EXPECT_EQ(world.kinds("a"), "created:p1 ready end:pod-deleted ");
  world.timers.advance(300ms);  // whether an event says why
  EXPECT_EQ(world.kinds("a"), "created:p1 ready end:pod-deleted failed:removed ");
  EXPECT_NE(world.lines("a").find("Pod ns/p1 was just deleted\nERROR: somebody deleted the pod\n"), std::string::npos);
  world.cluster.remove("pods", "p1");
  world.timers.settle();
  EXPECT_EQ(world.kinds("a"), "created:p1 ready end:pod-deleted failed:removed gone ");
}

TEST(FleetTrouble, WhomAnEventNamesAsPreemptedNobodyHasDeleted) {
  World world;
  world.cluster.grace = true;
  world.start();
  world.run(World::order("run1", "1", "p1"), "a");
  world.cluster.mark_deleted("p1");
  world.timers.settle();
  const auto uid = objects::meta_text(*world.cluster.find("pods", "p1"), "uid");
  world.cluster.add("events",
                    *data::parse_json(R"({"metadata":{"name":"e"},"involvedObject":{"uid":")" + uid +
                                      R"("},"type":"Normal","reason":"Preempted","message":"by default/urgent"})"));
  world.timers.advance(300ms);
  EXPECT_EQ(world.kinds("a"), "created:p1 ready end:pod-deleted failed:removed ");
  const auto failed = std::ranges::find(world.told["a"], Kind::failed, &PodEvent::kind);
  ASSERT_NE(failed, world.told["a"].end());
  EXPECT_EQ(failed->trouble.code, "pod-preempted");
  EXPECT_NE(world.lines("a").find("ERROR: the pod had to make room for one of higher priority: by default/urgent\n"),
            std::string::npos);
}

TEST(FleetTrouble, WhoeverDeletedTheLeaseTookThePodAlongAndTheNextOneHasANewOwner) {
  World world;
  world.start();
  world.run(World::order("run1", "1", "p1"), "a");
  world.cluster.remove("leases", "windlass-run-run1");
  world.cluster.collect();
  world.timers.advance(300ms);
  EXPECT_EQ(world.kinds("a"), "created:p1 ready end:pod-deleted failed:removed gone ");
  world.launch(World::order("run1", "2", "p2"), "b");
  EXPECT_EQ(world.kinds("b"), "created:p2 ");
  world.cluster.collect();
  EXPECT_EQ(world.cluster.count("pods"), 1u);
}

TEST(FleetTrouble, OutOfMemoryWithEventsAndTheLastLines) {
  World world;
  world.start();
  world.run(World::order("run1", "1", "p1"), "a");
  world.fleet->saw_memory("ns", "p1", "maven", 67'000'000);
  world.cluster.logs["p1/maven"] = "compiling\nstill compiling\n";
  world.cluster.logs["p1/jnlp"] = "connected\n";
  const auto uid = objects::meta_text(*world.cluster.find("pods", "p1"), "uid");
  world.cluster.add("events",
                    Value::map_of("metadata", Value::map_of("name", "e1"), "involvedObject", Value::map_of("uid", uid),
                                  "type", "Warning", "reason", "Killing", "message", "by the kernel"));
  world.cluster.set_status("p1", kKilled);
  world.timers.settle();
  EXPECT_EQ(world.kinds("a"), "created:p1 ready end:pod-memory failed:ignored gone ");
  EXPECT_EQ(world.lines("a").substr(world.lines("a").find("ns/p1 Container")),
            "ns/p1 Container maven was terminated. Reason: OOMKilled.\n"
            "ERROR: container maven ran out of memory, its limit is 64Mi, it had used 63.8Mi\n"
            "\tEvent [Warning][Killing] by the kernel\n"
            "- jnlp -- running\n-----Logs-------------\nconnected\n"
            "- maven -- terminated (137)\n-----Logs-------------\ncompiling\nstill compiling\n");
}

TEST(FleetTrouble, UnschedulableUntilItsTimeIsOver) {
  World world;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  world.cluster.set_status("p1", kUnschedulable);
  world.timers.settle();
  EXPECT_EQ(world.kinds("a"), "created:p1 trouble:pod-unschedulable ");
  world.timers.advance(101s);
  EXPECT_EQ(world.kinds("a"), "created:p1 trouble:pod-unschedulable end:pod-unschedulable failed:cancelled gone ");
  EXPECT_NE(world.lines("a").find("Failed to launch p1\n"), std::string::npos);
  EXPECT_EQ(world.cluster.count("pods"), 0u);
}

TEST(FleetTrouble, AnAgentThatDoesNotConnect) {
  World world;
  std::string asked;
  world.options.check_url = [&](std::string url) -> asio::awaitable<data::Value> {
    asked = url;
    co_return data::Value::map_of("code", "url-ours");
  };
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  world.cluster.logs["p1/jnlp"] = "dialing\nno such host windlass\n";
  world.cluster.set_status("p1", kReady);
  world.timers.advance(5500ms);
  EXPECT_EQ(asked, "http://windlass/");
  EXPECT_EQ(world.kinds("a"), "created:p1 ready trouble:pod-agent ");
  EXPECT_EQ(sentence(world.last_trouble("a")),
            "the agent in the pod has not connected to http://windlass/ for 5 s; the server itself reaches that "
            "address: what keeps the pod from it lies between them (a network policy, the pod's DNS, a proxy); it "
            "says: no such host windlass");
  EXPECT_EQ(sentence(world.last_trouble("a"), true),
            "Pod 中的代理 5 秒内未连接到 http://windlass/；服务器自身可访问该地址：阻碍在 Pod "
            "与服务器之间（网络策略、Pod 的 DNS、"
            "代理）；其日志：no such host windlass");
  world.timers.advance(26s);
  EXPECT_NE(world.lines("a").find("Waiting for agent to connect (30/100): p1\n"), std::string::npos);
  world.timers.advance(75s);
  EXPECT_NE(world.lines("a").find("Waiting for agent to connect (90/100): p1\n"), std::string::npos);
  EXPECT_EQ(world.kinds("a"), "created:p1 ready trouble:pod-agent end:pod-agent failed:cancelled gone ");
  EXPECT_EQ(world.last_trouble("a").evidence.get_int("seconds"), 100);
}

TEST(FleetTrouble, AnAgentThatConnectsLate) {
  World world;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  world.cluster.set_status("p1", kReady);
  world.timers.advance(45s);
  world.fleet->connected("ns", "p1");
  world.timers.advance(10min);
  EXPECT_EQ(world.kinds("a"), "created:p1 ready trouble:pod-agent healed ");
}

TEST(FleetTrouble, AVolumeThatIsMissingIsFoundInTheEvents) {
  World world;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  const auto uid = objects::meta_text(*world.cluster.find("pods", "p1"), "uid");
  world.cluster.add("events", Value::map_of("metadata", Value::map_of("name", "e1"), "involvedObject",
                                            Value::map_of("uid", uid), "type", "Warning", "reason", "FailedMount",
                                            "message", "configmap \"settings\" not found"));
  world.timers.advance(11s);
  EXPECT_EQ(world.kinds("a"), "created:p1 trouble:pod-mount ");
}

TEST(FleetTrouble, AnotherPodOfThatName) {
  World world;
  world.cluster.add("pods", *data::parse_json(R"({"metadata":{"name":"p1"}})"));
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  world.timers.settle();
  EXPECT_EQ(world.kinds("a"), "end:pod-name failed:cancelled gone ");
  world.timers.advance(5min);
  EXPECT_EQ(world.cluster.count("pods"), 1u);  // it is not ours
}

// ---- caps

TEST(FleetCaps, OneAfterTheOtherAndFairly) {
  World world;
  world.start();
  auto make = [](const std::string& name, const std::string& project) {
    auto out = World::order("run-" + name, "1", name);
    out.plan.cloud_cap = 1;
    out.project = project;
    return out;
  };
  world.launch(make("p1", "shop"), "1");
  world.launch(make("p2", "shop"), "2");
  world.launch(make("p3", "bank"), "3");
  EXPECT_EQ(world.kinds("1"), "created:p1 ");
  EXPECT_EQ(world.kinds("2"), "waiting:pod-cap ");
  EXPECT_EQ(sentence(world.told["2"].at(0).trouble), "waits for one of the 1 pods that cloud kubernetes may have");
  world.cluster.grace = true;
  world.fleet->release("run-p1", "1", false);
  world.timers.settle();
  EXPECT_EQ(world.kinds("2"), "waiting:pod-cap healed created:p2 ");  // the place is free before the pod has ended
  world.fleet->release("run-p2", "1", false);
  world.timers.settle();
  EXPECT_EQ(world.kinds("3"), "waiting:pod-cap healed created:p3 ");
  EXPECT_EQ(world.fleet->load().held, 1u);
}

TEST(FleetCaps, WhoWaitsMayGiveUp) {
  World world;
  world.start();
  auto first = World::order("run1", "1", "p1"), second = World::order("run2", "1", "p2");
  first.plan.cloud_cap = second.plan.cloud_cap = 1;
  world.launch(first, "a");
  world.launch(second, "b");
  world.fleet->release("run2", "1", false);
  world.timers.settle();
  EXPECT_EQ(world.kinds("b"), "waiting:pod-cap healed gone ");
  world.fleet->release("run1", "1", false);
  world.timers.advance(11s);
  EXPECT_EQ(world.cluster.called("POST pods"), 1u);
  EXPECT_EQ(world.cluster.count("pods") + world.cluster.count("leases"), 0u);
  EXPECT_EQ(world.fleet->load().held, 0u);
}

// ---- the end

TEST(FleetEnd, DeletedAndTheLeaseAMomentLater) {
  World world;
  world.cluster.grace = true;
  world.start();
  world.run(World::order("run1", "1", "p1"), "a");
  world.fleet->release("run1", "1", false);
  world.timers.settle();
  EXPECT_EQ(world.kinds("a"), "created:p1 ready ");  // it ends in its own time
  EXPECT_TRUE(objects::is_being_deleted(*world.cluster.find("pods", "p1")));
  world.timers.advance(5s);
  EXPECT_EQ(world.cluster.count("leases"), 1u);
  world.cluster.remove("pods", "p1");
  world.timers.advance(6s);
  EXPECT_EQ(world.kinds("a"), "created:p1 ready gone ");
  EXPECT_EQ(world.cluster.count("leases"), 0u);
  EXPECT_NE(world.log.find("Terminated Kubernetes instance for agent ns/p1\nDisconnected computer p1\n"),
            std::string::npos);
}

TEST(FleetEnd, AnAgentIsToldWhenTheDeletionIsAcceptedNotWhenThePodIsGone) {
  World world;
  world.start();
  world.run(World::order("run1", "1", "p1"), "a");
  auto kept = World::order("run2", "1", "p2");
  kept.plan.retention = pods::Retention::always;
  world.run(kept, "b");
  EXPECT_FALSE(world.told_to_end("a"));
  world.cluster.grace = true;
  world.fleet->release("run1", "1", false);
  world.fleet->release("run2", "1", false);
  world.timers.settle();
  EXPECT_TRUE(world.told_to_end("a"));
  EXPECT_EQ(world.kinds("a"), "created:p1 ready ");
  EXPECT_FALSE(world.told_to_end("b"));
  EXPECT_EQ(world.kinds("b"), "created:p2 ready kept ");
}

TEST(FleetEnd, APodOfAMomentIsDeletedOnceItsKubeletHasToldThatItRuns) {
  World world;
  world.cluster.grace = true;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  world.launch(World::order("run2", "1", "p2"), "b");
  for (const auto* one : {"p1", "p2"}) world.fleet->connected("ns", one);
  world.fleet->release("run1", "1", false);
  world.fleet->release("run2", "1", false);
  world.timers.advance(1s);
  EXPECT_EQ(world.cluster.called("DELETE pods"), 0u);
  world.cluster.set_status("p1", kReady);
  world.timers.settle();
  EXPECT_EQ(world.cluster.called("DELETE pods/p1"), 1u);
  EXPECT_TRUE(world.told_to_end("a"));
  EXPECT_EQ(world.cluster.called("DELETE pods/p2"), 0u);
  world.timers.advance(2s);  // it has been given three
  EXPECT_EQ(world.cluster.called("DELETE pods/p2"), 1u);
}

const std::string kEnded =
    R"({"phase":"Running","containerStatuses":[)"
    R"({"name":"jnlp","state":{"terminated":{"exitCode":0,"finishedAt":"2027-01-15T08:00:01Z"}}},)"
    R"({"name":"maven","state":{"terminated":{"exitCode":143,"finishedAt":"2027-01-15T08:00:01Z"}}}]})";

/// One that the node does not take away.
void delete_and_wait(World& world, const std::string& status, std::chrono::seconds wait) {
  world.cluster.grace = true;
  world.start();
  world.run(World::order("run1", "1", "p1"), "a");
  world.fleet->release("run1", "1", false);
  world.timers.settle();
  if (!status.empty()) world.cluster.set_status("p1", status);
  world.timers.advance(wait);
}

TEST(FleetEnd, WhoseContainersHaveAllEndedIsNotWaitedForUntilTheCollectorComes) {
  World world;
  delete_and_wait(world, kEnded, 9s);
  EXPECT_EQ(world.cluster.count("pods"), 1u);  // its node has its time
  world.timers.advance(6s);
  EXPECT_EQ(world.cluster.count("pods"), 0u);
  EXPECT_EQ(world.kinds("a"), "created:p1 ready gone ");
  EXPECT_EQ(world.cluster.called("GET pods/p1/log"), 0u);
  EXPECT_NE(world.log.find("Deleted the object of the pod ns/p1 14 s after the pod: all its containers have ended\n"),
            std::string::npos)
      << world.log;
}

TEST(FleetEnd, WhatTheNodeDoesNotTellIsAskedBehindTheGracePeriod) {
  World world;
  delete_and_wait(world, "", 39s);
  EXPECT_EQ(world.cluster.count("pods"), 1u);
  EXPECT_EQ(world.cluster.called("GET pods/p1/log"), 0u);
  world.timers.advance(3s);
  EXPECT_EQ(world.cluster.called("GET pods/p1/log"), 1u);
  EXPECT_EQ(world.cluster.count("pods"), 0u);
  EXPECT_NE(world.log.find("answers, and ends what is left of it\n"), std::string::npos) << world.log;
}

TEST(FleetEnd, WhatAKubeletHasMadeUpForContainersThatItDidNotFindIsNoEnd) {
  World world;
  auto made_up = kEnded;
  for (std::size_t at = 0; (at = made_up.find(",\"finishedAt\":\"2027-01-15T08:00:01Z\"")) != std::string::npos;) {
    made_up.erase(at, std::string_view(",\"finishedAt\":\"2027-01-15T08:00:01Z\"").size());
  }
  delete_and_wait(world, made_up, 30s);
  EXPECT_EQ(world.cluster.count("pods"), 1u);
  // One of the containers alone is none either.
  World other;
  delete_and_wait(other,
                  R"({"phase":"Running","containerStatuses":[)"
                  R"({"name":"jnlp","state":{"terminated":{"finishedAt":"2027-01-15T08:00:01Z"}}}]})",
                  30s);
  EXPECT_EQ(other.cluster.count("pods"), 1u);
}

TEST(FleetEnd, WhoseContainersTheNodeDoesNotFindIsAskedBeforeTheGracePeriodIsOver) {
  // As a kubelet of 1.20 tells it, and a later one.
  const std::string unknown = R"({"terminated":{"exitCode":137,"reason":"ContainerStatusUnknown","finishedAt":null}})";
  for (const auto& states :
       {R"("state":{"waiting":{"reason":"ContainerCreating"}},"lastState":)" + unknown, R"("state":)" + unknown}) {
    const auto status =
        R"({"phase":"Failed","containerStatuses":[{"name":"jnlp",)" + states + R"(},{"name":"maven",)" + states + "}]}";
    World world;
    delete_and_wait(world, status, 9s);
    EXPECT_EQ(world.cluster.count("pods"), 1u);
    world.timers.advance(6s);
    EXPECT_EQ(world.cluster.called("GET pods/p1/log"), 1u);
    EXPECT_EQ(world.cluster.count("pods"), 0u);
    EXPECT_NE(world.log.find("14 s after the pod: its node"), std::string::npos) << world.log;
  }
}

TEST(FleetEnd, APodOfASilentNodeIsLeftAndThatIsSaid) {
  World world;
  world.cluster.fault = [](const std::string& what) -> std::optional<Fault> {
    if (what != "GET pods/p1/log") return std::nullopt;
    return Fault{
        .kind = Fault::Kind::answer, .code = 500, .body = status_body(500, "InternalError", "connection refused")};
  };
  delete_and_wait(world, "", 10min);
  EXPECT_EQ(world.cluster.count("pods"), 1u);
  EXPECT_GE(world.cluster.called("GET pods/p1/log"), 20u);
  const std::string words = "does not answer: its processes may go on there";
  const auto first = world.log.find(words);
  ASSERT_NE(first, std::string::npos) << world.log;
  EXPECT_EQ(world.log.find(words, first + 1), std::string::npos);  // once
  world.cluster.fault = nullptr;
  world.timers.advance(16s);
  EXPECT_EQ(world.cluster.count("pods"), 0u);
}

TEST(FleetEnd, TheNextProcessSeesToWhatWasBeingDeletedToo) {
  World world;
  delete_and_wait(world, "", 5s);
  world.fleet.reset();
  world.start();
  world.timers.advance(45s);
  EXPECT_EQ(world.cluster.count("pods"), 0u);
}

TEST(FleetEnd, TheNextPodOfARunFindsItsLease) {
  World world;
  world.start();
  world.run(World::order("run1", "1", "p1"), "a");
  world.fleet->release("run1", "1", false);
  world.timers.advance(5s);
  world.launch(World::order("run1", "2", "p2"), "b");
  world.timers.advance(30s);
  EXPECT_EQ(world.cluster.called("POST leases"), 1u);
  EXPECT_EQ(world.cluster.count("leases"), 1u);
  world.fleet->release("run1", "2", false);
  world.timers.advance(11s);
  EXPECT_EQ(world.cluster.count("leases"), 0u);
}

TEST(FleetEnd, GivenBackWhileItIsMade) {
  for (const auto kind : {Fault::Kind::lose_after, Fault::Kind::lose_before}) {
    World world;
    world.start();
    world.cluster.fault = [&](const std::string& call) -> std::optional<Fault> {
      if (call != "POST pods/p1") return std::nullopt;
      return Fault{.kind = kind};
    };
    world.alive.insert("run1");
    world.fleet->launch(World::order("run1", "1", "p1"), world.listener("a"));
    world.timers.run_until([&] { return world.cluster.called("POST pods/p1") == 1; });
    world.fleet->release("run1", "1", false);
    world.timers.advance(30s);
    EXPECT_EQ(world.cluster.count("pods"), 0u);
    EXPECT_EQ(world.cluster.count("leases"), 0u);
    EXPECT_TRUE(world.kinds("a").ends_with("gone ")) << world.kinds("a");
  }
}

TEST(FleetEnd, ADeletionDuringAnOutageIsDoneAfterIt) {
  World world;
  world.start();
  world.run(World::order("run1", "1", "p1"), "a");
  world.cluster.go_down();
  world.fleet->release("run1", "1", false);
  world.timers.advance(5min);
  EXPECT_EQ(world.cluster.count("pods"), 1u);
  world.cluster.come_up();
  world.timers.advance(1min);
  EXPECT_EQ(world.cluster.count("pods") + world.cluster.count("leases"), 0u);
  EXPECT_EQ(world.kinds("a"), "created:p1 ready gone ");
}

TEST(FleetEnd, RetentionKeepsWhatItSaysAndNobodyOwnsIt) {
  World world;
  world.start();
  auto kept = World::order("run1", "1", "p1");
  kept.plan.retention = pods::Retention::always;
  world.run(kept, "a");
  auto failed = World::order("run1", "2", "p2");
  failed.plan.retention = pods::Retention::on_failure;
  world.run(failed, "b");
  auto well = World::order("run1", "3", "p3");
  well.plan.retention = pods::Retention::on_failure;
  world.run(well, "c");
  world.cluster.set_status("p2", R"({"phase":"Failed","reason":"Evicted","message":"low on memory"})");
  world.fleet->release("run1", "1", false);
  world.fleet->release("run1", "3", false);
  world.timers.advance(11s);
  world.alive.clear();
  world.timers.advance(5min);
  world.cluster.collect();
  EXPECT_EQ(world.kinds("a"), "created:p1 ready kept ");
  EXPECT_EQ(world.kinds("b"), "created:p2 ready end:pod-evicted failed:removed kept ");
  EXPECT_EQ(world.kinds("c"), "created:p3 ready gone ");
  EXPECT_EQ(world.cluster.count("leases"), 0u);
  EXPECT_EQ(world.cluster.count("pods"), 2u);
  EXPECT_EQ(objects::label(*world.cluster.find("pods", "p1"), "windlass.io/kept-by"), "store1");
  EXPECT_EQ(world.fleet->load().held, 0u);
}

TEST(FleetEnd, APodThatMayNotBeKeptIsDeletedAndSaid) {
  World world;
  world.start();
  auto kept = World::order("run1", "1", "p1");
  kept.plan.retention = pods::Retention::always;
  world.run(kept, "a");
  world.cluster.fault = [](const std::string& call) -> std::optional<Fault> {
    if (!call.starts_with("PATCH")) return std::nullopt;
    return Fault{.code = 403, .body = status_body(403, "Forbidden", "may not patch")};
  };
  world.fleet->release("run1", "1", false);
  world.timers.settle();
  EXPECT_EQ(world.cluster.count("pods"), 0u);
  EXPECT_NE(world.log.find("cannot be kept as its retention policy says, and is deleted: may not patch"),
            std::string::npos);
}

// ---- pods for the next one

Order reusable(const std::string& run, const std::string& name) {
  auto out = World::order(run, "1", name);
  out.plan.idle_minutes = 5;
  return out;
}

TEST(FleetIdle, APodServesTheNextRunAndGoesAfterItsMinutes) {
  World world;
  world.start();
  world.run(reusable("run1", "p1"), "a");
  world.fleet->release("run1", "1", true);
  world.timers.settle();
  EXPECT_EQ(world.kinds("a"), "created:p1 ready kept ");
  EXPECT_EQ(world.fleet->load().idle, 1u);
  world.alive.erase("run1");
  world.timers.advance(2min);
  world.cluster.collect();
  world.launch(reusable("run2", "p2"), "b");
  EXPECT_EQ(world.kinds("b"), "adopted:p1 ready ");
  EXPECT_EQ(world.owner_of("p1"), objects::meta_text(*world.cluster.find("leases", "windlass-run-run2"), "uid"));
  EXPECT_EQ(world.fleet->load().idle, 0u);
  world.fleet->release("run2", "1", true);
  world.timers.advance(4min);
  EXPECT_EQ(world.cluster.count("pods"), 1u);
  world.timers.advance(3min);
  EXPECT_EQ(world.cluster.count("pods") + world.cluster.count("leases"), 0u);
}

TEST(FleetIdle, AfterARestartItIsIdleStill) {
  World world;
  world.start();
  world.run(reusable("run1", "p1"), "a");
  world.fleet->release("run1", "1", true);
  world.timers.settle();
  world.alive.clear();
  world.start();
  world.launch(reusable("run2", "p2"), "b");
  EXPECT_EQ(world.kinds("b"), "created:p2 ");  // its agent is not there again: a new one
  world.fleet->connected("ns", "p1");
  world.launch(reusable("run3", "p3"), "c");
  EXPECT_EQ(world.kinds("c"), "adopted:p1 ready ");
}

TEST(FleetIdle, WhoWaitsForACapGetsTheIdleOneOrItsPlace) {
  World world;
  world.start();
  auto first = reusable("run1", "p1"), second = reusable("run2", "p2"), other = reusable("run3", "p3");
  first.plan.cloud_cap = second.plan.cloud_cap = other.plan.cloud_cap = 1;
  other.plan.template_id = "go";
  world.run(first, "a");
  world.launch(second, "b");
  EXPECT_EQ(world.kinds("b"), "waiting:pod-cap ");
  world.fleet->release("run1", "1", true);
  world.timers.settle();
  EXPECT_EQ(world.kinds("b"), "waiting:pod-cap healed adopted:p1 ready ");
  world.fleet->release("run2", "1", true);
  world.timers.settle();
  EXPECT_EQ(world.fleet->load().idle, 1u);
  world.launch(other, "c");  // another template: the idle one makes room
  EXPECT_EQ(world.kinds("c"), "created:p3 ");
  EXPECT_EQ(world.cluster.find("pods", "p1"), nullptr);
}

// ---- warm ones

struct Warm {
  explicit Warm(World& at, unsigned count) : world(at) {
    WarmTemplate one{
        .cloud = "kubernetes", .template_id = "maven", .namespace_ = "ns", .digest = {}, .count = count, .make = {}};
    one.digest = pods::plan_digest(reusable("x", "w0").plan);
    one.make = [this]() -> Result<pods::PodPlan> { return reusable("x", "w" + std::to_string(++made)).plan; };
    world.fleet->keep_warm({one});
    world.timers.settle();
  }
  void connect(const std::string& name) const {
    world.cluster.set_status(name, kReady);
    world.timers.settle();
    world.fleet->connected("ns", name);
    world.timers.settle();
  }
  World& world;
  int made = 0;
};

TEST(FleetWarm, TheyAreThereBeforeAnybodyAsksAndFilledUp) {
  World world;
  world.start();
  Warm warm(world, 2);
  EXPECT_EQ(world.cluster.count("pods"), 2u);
  warm.connect("w1");
  warm.connect("w2");
  EXPECT_EQ(world.fleet->load().idle, 2u);
  world.timers.advance(1h);  // they do not grow old
  EXPECT_EQ(world.fleet->load().idle, 2u);
  EXPECT_EQ(warm.made, 2);
  const auto began = world.timers.now();
  world.launch(reusable("run1", "p1"), "a");
  EXPECT_EQ(world.kinds("a"), "adopted:w1 ready ");
  EXPECT_EQ(world.timers.now(), began);
  EXPECT_EQ(warm.made, 2) << "not beside a run that begins";
  world.timers.advance(250ms);
  EXPECT_EQ(warm.made, 3);
  warm.connect("w3");
  EXPECT_EQ(world.fleet->load().idle, 2u);
  world.cluster.collect();  // their owner is gone, and they are nobody's
  EXPECT_EQ(world.cluster.count("pods"), 3u);
  world.fleet->keep_warm({});
  world.timers.settle();
  EXPECT_EQ(world.fleet->load().idle, 0u);
  EXPECT_EQ(world.cluster.count("pods"), 1u);
}

TEST(FleetWarm, ARunHasOneAtOnceAndItsOwnerComesBehind) {
  World world;
  world.start();
  Warm warm(world, 1);
  warm.connect("w1");
  bool away = true;
  world.cluster.fault = [&](const std::string& call) -> std::optional<Fault> {
    if (!away || !call.starts_with("POST leases/windlass-run-run1")) return std::nullopt;
    return Fault{.code = 503, .body = status_body(503, "ServiceUnavailable", "no")};
  };
  const auto began = world.timers.now();
  world.launch(reusable("run1", "p1"), "a");
  EXPECT_EQ(world.kinds("a"), "adopted:w1 ready ");
  EXPECT_EQ(world.timers.now(), began);
  EXPECT_EQ(objects::label(*world.cluster.find("pods", "w1"), "windlass.io/run"), "run1");
  EXPECT_EQ(world.owner_of("w1"), "");
  away = false;
  world.timers.advance(2s);
  EXPECT_EQ(world.owner_of("w1"), objects::meta_text(*world.cluster.find("leases", "windlass-run-run1"), "uid"));
  EXPECT_EQ(world.kinds("a"), "adopted:w1 ready ") << "its run hears nothing of that";
}

TEST(FleetWarm, WhoseProcessDiedBeforeItHadAnOwnerGetsOneFromTheNext) {
  World world;
  world.start();
  Warm warm(world, 1);
  warm.connect("w1");
  world.cluster.fault = [&](const std::string& call) -> std::optional<Fault> {
    if (!call.starts_with("POST leases/windlass-run-run1")) return std::nullopt;
    return Fault{.kind = Fault::Kind::lose_before};
  };
  world.launch(reusable("run1", "p1"), "a");
  world.fleet.reset();
  world.cluster.fault = nullptr;
  world.start();
  world.fleet->adopt("run1", "1", "ns", "w1", world.listener("b"));
  world.timers.settle();
  EXPECT_EQ(world.kinds("b"), "adopted:w1 ready ");
  EXPECT_NE(world.owner_of("w1"), "");
}

TEST(FleetWarm, ServesOneRunOnceUnlessTheTemplateSaysOtherwise) {
  World world;
  world.start();
  Warm warm(world, 1);
  warm.connect("w1");
  auto what = reusable("run1", "p1");
  what.plan.idle_minutes = 0;
  world.launch(what, "a");
  EXPECT_EQ(world.kinds("a"), "adopted:w1 ready ");
  world.start();  // also after a restart: what made it said a minute
  warm.connect("w1");
  world.fleet->adopt("run1", "1", "ns", "w1", world.listener("b"));
  world.timers.settle();
  world.fleet->release("run1", "1", true);
  world.timers.settle();
  EXPECT_EQ(world.cluster.find("pods", "w1"), nullptr);
}

TEST(FleetWarm, AnotherManifestUnderTheSameNameIsNotTakenAndTheOldOnesGo) {
  World world;
  world.start();
  Warm warm(world, 1);
  warm.connect("w1");
  auto what = reusable("run1", "p1");
  what.plan.manifest.find("spec")->set("hostname", "new");
  world.launch(what, "a");
  EXPECT_EQ(world.kinds("a"), "created:p1 ");
  WarmTemplate one{
      .cloud = "kubernetes", .template_id = "maven", .namespace_ = "ns", .digest = {}, .count = 1, .make = {}};
  one.digest = pods::plan_digest(what.plan);
  one.make = [plan = what.plan]() -> Result<pods::PodPlan> {
    auto out = plan;
    out.name = "n1";
    out.manifest.find("metadata")->set("name", "n1");
    return out;
  };
  world.fleet->keep_warm({one});
  world.timers.settle();
  EXPECT_EQ(world.cluster.find("pods", "w1"), nullptr);
  EXPECT_NE(world.cluster.find("pods", "n1"), nullptr);
}

TEST(FleetWarm, AnotherFleetOfTheSameNamespaceLeavesThemAlone) {
  World world;
  world.start();
  Warm warm(world, 1);
  auto other_options = world.options;
  other_options.is_ours = [](std::string_view cloud) { return cloud == "other"; };
  PodFleet other(*world.client, other_options);
  other.start();
  world.timers.settle();
  EXPECT_EQ(world.cluster.count("leases"), 1u);  // in use, by the first one
  warm.connect("w1");
  world.timers.advance(10min);
  EXPECT_NE(world.cluster.find("pods", "w1"), nullptr);
  EXPECT_EQ(warm.made, 1);
  EXPECT_EQ(other.load().idle, 0u);
  other.stop();
}

TEST(FleetWarm, ServersOfOneNamespaceHaveTheirOwnAndWhatAnotherStoreLeftIsInNobodysWay) {
  World world;
  // An earlier program had one name for all stores: of a store that is no more, and of this one.
  world.cluster.add("leases", *data::parse_json(R"({"metadata":{"name":"windlass-run-warm","labels":)"
                                                R"({"windlass.io/store":"store0","windlass.io/run":"warm"}}})"));
  world.start();
  Warm first(world, 1);
  EXPECT_NE(world.cluster.find("pods", "w1"), nullptr);
  auto other_options = world.options;
  other_options.store_id = "store2";
  PodFleet other(*world.client, other_options);
  other.start();
  auto what = reusable("x", "v1").plan;
  other.keep_warm({{.cloud = "kubernetes",
                    .template_id = "maven",
                    .namespace_ = "ns",
                    .digest = pods::plan_digest(what),
                    .count = 1,
                    .make = [what]() -> Result<pods::PodPlan> { return what; }}});
  world.timers.settle();
  ASSERT_NE(world.cluster.find("pods", "v1"), nullptr);
  EXPECT_NE(world.owner_of("v1"), world.owner_of("w1"));
  EXPECT_NE(world.cluster.find("leases", "windlass-run-warm"), nullptr) << "another store's is not touched";
  other.stop();
}

TEST(FleetEnd, ALeaseIsKeptWhileAnotherFleetOfThisStoreHasPodsOfTheRun) {
  World world;
  world.options.is_ours = [](std::string_view cloud) { return cloud != "other"; };
  world.start();
  auto other_options = world.options;
  other_options.is_ours = [](std::string_view cloud) { return cloud == "other"; };
  PodFleet other(*world.client, other_options);
  other.start();
  world.run(World::order("run1", "1", "p1"), "a");
  auto elsewhere = World::order("run1", "2", "o1");
  elsewhere.plan.cloud = "other";
  other.launch(elsewhere, world.listener("b"));
  world.timers.settle();
  ASSERT_NE(world.cluster.find("pods", "o1"), nullptr);
  EXPECT_EQ(world.owner_of("o1"), world.owner_of("p1"));
  world.fleet->release("run1", "1", false);
  world.timers.advance(1min);
  world.cluster.collect();
  EXPECT_EQ(world.cluster.find("pods", "p1"), nullptr);
  EXPECT_NE(world.cluster.find("pods", "o1"), nullptr) << "its owner was taken from it";
  other.release("run1", "2", false);
  world.alive.clear();
  world.timers.advance(5min);
  EXPECT_EQ(world.cluster.count("leases"), 0u);
  other.stop();
}

TEST(FleetSweep, IdlePodsOfAStoreThatHasBeenAwayForADayGo) {
  World world;
  world.cluster.wall_millis = [&world] { return world.wall(); };
  world.start();
  Warm warm(world, 2);
  warm.connect("w1");
  warm.connect("w2");
  auto what = World::order("run1", "1", "p1");
  what.plan.template_id = "gradle";
  world.run(what, "a");
  world.timers.advance(30h);  // they are kept however long they wait
  EXPECT_EQ(world.cluster.count("pods"), 3u);
  auto other_options = world.options;
  other_options.store_id = "store2";
  PodFleet other(*world.client, other_options);
  other.start();
  world.timers.advance(30h);
  EXPECT_EQ(world.cluster.count("pods"), 3u) << "their store is there";
  world.fleet.reset();  // for good: its folder was lost
  world.timers.advance(20h);
  EXPECT_EQ(world.cluster.count("pods"), 3u);
  world.timers.advance(6h);
  EXPECT_EQ(world.cluster.find("pods", "w1"), nullptr);
  EXPECT_EQ(world.cluster.find("pods", "w2"), nullptr);
  EXPECT_NE(world.cluster.find("pods", "p1"), nullptr) << "that of a run is its store's";
  world.timers.advance(5min);
  EXPECT_EQ(world.cluster.count("leases"), 1u);  // of that run
  other.stop();
}

TEST(FleetSweep, IdlePodsOfAProgramThatKeptNoAccountOfThemStay) {
  World world;
  world.cluster.wall_millis = [&world] { return world.wall(); };
  world.cluster.add("pods", *data::parse_json(R"({"metadata":{"name":"old","labels":{"windlass.io/store":"store0",)"
                                              R"("windlass.io/run":"idle"},"annotations":{"windlass.io/idle-since":)"
                                              R"("2026-01-01T00:00:00Z"}}})"));
  world.start();
  world.timers.advance(50h);
  EXPECT_NE(world.cluster.find("pods", "old"), nullptr);
}

TEST(FleetWarm, TheLeaseOfTheNameThatServedAllStoresGoes) {
  World world;
  world.cluster.add("leases", *data::parse_json(R"({"metadata":{"name":"windlass-run-warm","labels":)"
                                                R"({"windlass.io/store":"store1","windlass.io/run":"warm"}}})"));
  world.start();
  Warm warm(world, 1);
  EXPECT_EQ(world.cluster.find("leases", "windlass-run-warm"), nullptr);
  EXPECT_NE(world.cluster.find("leases", "windlass-run-warm-store1"), nullptr);
  EXPECT_NE(world.cluster.find("pods", "w1"), nullptr);
}

TEST(FleetWarm, OneThatDiesOrWhoseAgentStaysAwayIsReplaced) {
  World world;
  world.start();
  Warm warm(world, 1);
  warm.connect("w1");
  world.cluster.set_status("w1", kKilled);
  world.timers.settle();
  EXPECT_EQ(world.cluster.find("pods", "w1"), nullptr);
  EXPECT_EQ(warm.made, 2);
  warm.connect("w2");
  world.fleet->disconnected("ns", "w2");
  world.timers.advance(4min);
  EXPECT_NE(world.cluster.find("pods", "w2"), nullptr);
  world.timers.advance(3min);
  EXPECT_EQ(world.cluster.find("pods", "w2"), nullptr);
  EXPECT_EQ(warm.made, 3);
}

TEST(FleetWarm, CapsComeFirstAndAFailureIsTriedAMinuteLater) {
  World world;
  world.start();
  auto first = reusable("run1", "p1");
  first.plan.cloud_cap = 1;
  world.run(first, "a");
  bool refuse = true;
  world.cluster.fault = [&](const std::string& call) -> std::optional<Fault> {
    if (!refuse || !call.starts_with("POST pods/w")) return std::nullopt;
    return Fault{.code = 422, .body = status_body(422, "Invalid", "no")};
  };
  Warm warm(world, 1);
  EXPECT_EQ(warm.made, 1);
  world.timers.settle();
  EXPECT_EQ(world.cluster.called("POST pods/w1 422"), 1u);
  EXPECT_NE(world.log.find("the pod ns/w1 was to be kept warm: the Kubernetes API server refuses the pod: no"),
            std::string::npos);
  refuse = false;
  world.timers.advance(50s);
  EXPECT_EQ(warm.made, 1);
  world.timers.advance(80s);
  EXPECT_EQ(warm.made, 2);
  EXPECT_NE(world.cluster.find("pods", "w2"), nullptr);
}

// ---- sweeps

TEST(FleetSweep, WhatHasNoRunGoesAndWhatIsAnothersStays) {
  World world;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  world.launch(World::order("run2", "1", "p2"), "b");
  world.fleet.reset();
  world.cluster.add(
      "pods",
      *data::parse_json(
          R"({"metadata":{"name":"foreign","labels":{"windlass.io/store":"store2","windlass.io/run":"run9"}}})"));
  world.cluster.add("pods", *data::parse_json(R"({"metadata":{"name":"nobodys","labels":{"app":"x"}}})"));
  world.cluster.add(
      "leases",
      *data::parse_json(
          R"({"metadata":{"name":"foreign","labels":{"windlass.io/store":"store2","windlass.io/run":"run9"}}})"));
  world.alive = {"run2"};
  world.start();
  EXPECT_EQ(world.cluster.find("pods", "p1"), nullptr);
  EXPECT_EQ(world.cluster.find("leases", "windlass-run-run1"), nullptr);
  EXPECT_NE(world.cluster.find("pods", "p2"), nullptr);
  world.alive.clear();
  world.timers.advance(61s);
  EXPECT_EQ(world.cluster.find("pods", "p2"), nullptr);
  world.timers.advance(5min);
  EXPECT_NE(world.cluster.find("pods", "foreign"), nullptr);
  EXPECT_NE(world.cluster.find("pods", "nobodys"), nullptr);
  EXPECT_EQ(world.cluster.count("leases"), 1u);
}

TEST(FleetSweep, AnOrderThatNobodyGaveBackEndsWithItsRun) {
  World world;
  world.start();
  world.run(World::order("run1", "1", "p1"), "a");
  world.alive.clear();
  world.timers.advance(3min);
  EXPECT_EQ(world.cluster.count("pods") + world.cluster.count("leases"), 0u);
  EXPECT_NE(world.log.find("was not given back by its run"), std::string::npos);
}

TEST(FleetSweep, APodOfAnEffectThatIsOverGoesThoughItsRunLives) {
  World world;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  world.start();
  world.fleet->release("run1", "1", false);  // the run has seen its end before this process asked for it
  world.timers.settle();
  EXPECT_EQ(world.cluster.count("pods"), 0u);
}

// ---- many

TEST(Fleet, AThousandOrdersAreAThousandPodsAndNothingIsLeft) {
  World world;
  world.start();
  for (int i = 0; i < 1000; ++i) {
    const auto n = std::to_string(i);
    world.alive.insert("run" + n);
    world.fleet->launch(World::order("run" + n, "1", "p" + n), world.listener("all"));
  }
  world.timers.settle();
  EXPECT_EQ(world.cluster.count("pods"), 1000u);
  EXPECT_EQ(world.cluster.called("POST"), 2000u);
  for (int i = 0; i < 1000; ++i) world.fleet->release("run" + std::to_string(i), "1", false);
  world.timers.advance(11s);
  EXPECT_EQ(world.cluster.count("pods") + world.cluster.count("leases"), 0u);
}

TEST(Fleet, ContainerLogsAreGivenWhole) {
  World world;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  world.cluster.logs["p1/maven"] = "one\ntwo\n";
  std::optional<objects::Outcome<std::string>> out;
  const auto read = [&](kube::ApiTask<std::string> task) -> asio::awaitable<void> { out = co_await std::move(task); };
  asio::co_spawn(world.io, read(world.fleet->container_log("ns", "p1", "maven")), asio::detached);
  world.timers.settle();
  ASSERT_TRUE(out && *out);
  EXPECT_EQ(**out, "one\ntwo\n");
  out.reset();
  asio::co_spawn(world.io, read(world.fleet->container_log("ns", "p1", "none")), asio::detached);
  world.timers.settle();
  ASSERT_TRUE(out && !*out);
  EXPECT_EQ(out->error().code, 400);
}

TEST(Fleet, ALogOfAContainerThatIsJustStartingIsWaitedFor) {
  World world;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  std::optional<objects::Outcome<std::string>> out;
  const auto read = [&](kube::ApiTask<std::string> task) -> asio::awaitable<void> { out = co_await std::move(task); };
  const auto ask = [&](const std::string& answer) {
    world.cluster.no_log = answer;
    out.reset();
    asio::co_spawn(world.io, read(world.fleet->container_log("ns", "p1", "web")), asio::detached);
    world.timers.settle();
  };
  ask(R"(container "web" in pod "p1" is waiting to start: ContainerCreating)");
  EXPECT_FALSE(out);
  world.cluster.logs["p1/web"] = "up\n";
  world.timers.advance(1s);
  ASSERT_TRUE(out && *out);
  EXPECT_EQ(**out, "up\n");
  world.cluster.logs.clear();
  ask(R"(container "web" in pod "p1" is waiting to start: PodInitializing)");
  EXPECT_FALSE(out);
  world.timers.advance(2min);
  ASSERT_TRUE(out && !*out);  // it is not waited for without end
  ask(R"(container "web" in pod "p1" is waiting to start: trying and failing to pull image)");
  ASSERT_TRUE(out && !*out);
}

TEST(Fleet, NothingIsToldAfterStopAndPodsStay) {
  World world;
  world.start();
  world.launch(World::order("run1", "1", "p1"), "a");
  world.fleet->stop();
  world.cluster.set_status("p1", kKilled);
  world.timers.advance(10min);
  EXPECT_EQ(world.kinds("a"), "created:p1 ");
  EXPECT_EQ(world.cluster.count("pods"), 1u);
}

}  // namespace
}  // namespace windlass::clouds
