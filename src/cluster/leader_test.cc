// Two replicas and one lease, on clocks that the test moves.
#include "cluster/leader.h"

#include "cluster/testing/small_server.h"

namespace windlass::cluster {
namespace {

using namespace std::chrono_literals;
using data::Value;

struct Replica {
  Replica(SmallWorld& world, const std::string& host, std::string folder)
      : client(world.make_client(3s)), boot([&world] { return world.timers.now().time_since_epoch(); }) {
    LeaderOptions options;
    options.lease.namespace_ = "ns";
    options.lease.name = "windlass";
    options.lease.identity = lease_identity(host, folder.empty() ? "none" : folder, "r" + host);
    options.folder = std::move(folder);
    options.boot_time = [this] { return std::chrono::duration_cast<std::chrono::nanoseconds>(boot() + asleep); };
    options.wall_millis = [] { return std::int64_t{1'800'000'000'000}; };
    options.log = [this](std::string_view line) { lines.emplace_back(line); };
    leader = std::make_unique<Leader>(*client, std::move(options));
  }
  void start() {
    leader->start([this] { leads = true; }, [this](std::string why) { lost = std::move(why); });
  }
  std::unique_ptr<kube::Client> client;
  std::function<rt::Timers::Clock::duration()> boot;
  std::chrono::nanoseconds asleep{0};  ///< what its own clock is ahead of the timers: it was paused
  std::vector<std::string> lines;
  bool leads = false;
  std::string lost;
  std::unique_ptr<Leader> leader;
};

/// A namespace that is not there yet, and leases in it.
struct LeaseWorld : SmallWorld {
  LeaseWorld() {
    server.answer = [this](const Asked& one) {
      if (away) return net::Reply::json(503, "{}");
      if (one.target.starts_with("/api/v1/namespaces")) has_namespace = true;
      if (one.method == "POST" && !has_namespace) return SmallServer::failure(404, "NotFound", "namespaces", "ns");
      return store.answer(one);
    };
  }
  Value lease() { return store.objects["/apis/coordination.k8s.io/v1/namespaces/ns/leases/windlass"]; }
  bool has_namespace = false;
  bool away = false;
};

TEST(Leader, TheFirstLeadsAndTheSecondWaitsUntilItsLeaseHasEnded) {
  LeaseWorld world;
  Replica first(world, "one", "volume-a"), second(world, "two", "volume-b");
  first.start();
  ASSERT_TRUE(world.timers.run_until([&] { return first.leads; }));
  EXPECT_TRUE(world.has_namespace) << "its namespace is made";
  second.start();
  world.timers.advance(60s);
  EXPECT_TRUE(first.leader->may_act());
  EXPECT_FALSE(second.leads);
  EXPECT_FALSE(second.leader->may_act());
  ASSERT_FALSE(second.lines.empty());
  EXPECT_NE(second.lines[0].find("stands by: one/volume-a/rone leads"), std::string::npos) << second.lines[0];
  // The first one dies: nothing of it renews the lease. At no moment do both act.
  first.leader->stop();
  const auto death = world.timers.now();
  while (!second.leads) {
    world.timers.advance(100ms);
    EXPECT_FALSE(first.leader->may_act() && second.leader->may_act());
    ASSERT_LT(world.timers.now() - death, 20s);
  }
  EXPECT_FALSE(first.leader->may_act());
}

TEST(Leader, WhoHasTheDeadOnesFolderNeedNotWait) {
  LeaseWorld world;
  Replica first(world, "one", "volume-a");
  first.start();
  ASSERT_TRUE(world.timers.run_until([&] { return first.leads; }));
  first.leader->stop();
  // The kernel gave the folder's lock to this one: the other process is no more.
  Replica second(world, "two", "volume-a");
  const auto began = world.timers.now();
  second.start();
  ASSERT_TRUE(world.timers.run_until([&] { return second.leads; }));
  EXPECT_LT(world.timers.now() - began, 1s);
  EXPECT_EQ(world.lease().find("spec")->get_string("holderIdentity"), "two/volume-a/rtwo");
}

TEST(Leader, WhoIsNotHeardStopsActingBeforeTheLeaseEnds) {
  LeaseWorld world;
  Replica first(world, "one", "volume-a");
  first.start();
  ASSERT_TRUE(world.timers.run_until([&] { return first.leads; }));
  world.away = true;
  const auto cut = world.timers.now();
  ASSERT_TRUE(world.timers.run_until([&] { return !first.lost.empty(); }));
  EXPECT_LE(world.timers.now() - cut, 13s) << "15 s less the margin";
  EXPECT_FALSE(first.leader->may_act());
  EXPECT_NE(first.lost.find("could not be renewed in time"), std::string::npos) << first.lost;
}

TEST(Leader, WhoSleptKnowsItAtOnce) {
  LeaseWorld world;
  Replica first(world, "one", "volume-a");
  first.start();
  ASSERT_TRUE(world.timers.run_until([&] { return first.leads; }));
  EXPECT_TRUE(first.leader->may_act());
  first.asleep = 60s;  // no timer has run, and no request was made
  EXPECT_FALSE(first.leader->may_act());
}

TEST(Leader, ACallThatHangsDoesNotHideTheEnd) {
  LeaseWorld world;
  Replica first(world, "one", "volume-a");
  first.start();
  ASSERT_TRUE(world.timers.run_until([&] { return first.leads; }));
  world.server.silent = true;
  const auto cut = world.timers.now();
  ASSERT_TRUE(world.timers.run_until([&] { return !first.lost.empty(); }));
  EXPECT_LE(world.timers.now() - cut, 13s);
}

TEST(Leader, WhoseLeaseWasTakenIsLost) {
  LeaseWorld world;
  Replica first(world, "one", "volume-a");
  first.start();
  ASSERT_TRUE(world.timers.run_until([&] { return first.leads; }));
  auto& lease = world.store.objects["/apis/coordination.k8s.io/v1/namespaces/ns/leases/windlass"];
  lease.find("spec")->set("holderIdentity", "somebody");
  objects::set_meta(lease, "resourceVersion", "4711");
  ASSERT_TRUE(world.timers.run_until([&] { return !first.lost.empty(); }));
  EXPECT_FALSE(first.leader->may_act());
  EXPECT_NE(first.lost.find("was taken by somebody"), std::string::npos) << first.lost;
}

TEST(Leader, GivenBackItIsFreeAtOnce) {
  LeaseWorld world;
  Replica first(world, "one", "volume-a"), second(world, "two", "volume-b");
  first.start();
  ASSERT_TRUE(world.timers.run_until([&] { return first.leads; }));
  second.start();
  world.timers.advance(10s);
  bool given = false;
  boost::asio::co_spawn(
      world.io,
      [&]() -> boost::asio::awaitable<void> {
        co_await first.leader->release(world.timers.now() + 2s);
        given = true;
      },
      boost::asio::detached);
  ASSERT_TRUE(world.timers.run_until([&] { return given; }));
  EXPECT_FALSE(first.leader->may_act());
  const auto began = world.timers.now();
  ASSERT_TRUE(world.timers.run_until([&] { return second.leads; }));
  EXPECT_LE(world.timers.now() - began, 3s);
}

TEST(Leader, IdentitiesSayWhichFolder) {
  EXPECT_EQ(folder_of_identity(lease_identity("a/b", "f", "r")), "f");
  EXPECT_EQ(folder_of_identity("pod-1_4711"), "");
  EXPECT_EQ(folder_of_identity("a/b"), "");
  EXPECT_EQ(folder_of_identity("a/b/c/d"), "");
  EXPECT_EQ(folder_of_identity(""), "");
}

}  // namespace
}  // namespace windlass::cluster
