#include "runs/run_queue.h"

#include <chrono>
#include <gtest/gtest.h>
#include <set>

#include "runs/throttle_names.h"

namespace windlass::runs {
namespace {

struct RunQueueTest : testing::Test {
  /// A run of "project/pipeline" that is ready at `ready`.
  std::uint64_t add(const std::string& job, std::int64_t ready = 0, bool by_user = false) {
    const auto order = ++orders;
    queue.add({.order = order,
               .project = job.substr(0, job.find('/')),
               .job = job,
               .number = ++numbers[job],
               .ready_millis = ready,
               .by_user = by_user,
               .held_by = {}});
    return order;
  }
  /// All that begin now, in order.
  std::vector<std::uint64_t> taken(std::int64_t now, std::size_t most = 1000) {
    std::vector<std::uint64_t> out;
    while (out.size() < most) {
      const auto next = queue.take(now, room);
      if (!next) break;
      out.push_back(*next);
    }
    return out;
  }
  std::string why(std::uint64_t order, std::int64_t now = 0) { return queue.why(order, now).code; }

  RunQueue queue;
  std::uint64_t orders = 0;
  std::map<std::string, std::uint64_t> numbers;
  bool room = true;
};
using Orders = std::vector<std::uint64_t>;

TEST_F(RunQueueTest, InOrderOfAcceptanceAndRoundTheProjects) {
  for (int i = 0; i < 4; ++i) add("big/a");
  const auto small = add("small/a"), other = add("other/a");
  EXPECT_EQ(taken(0), (Orders{1, other, small, 2, 3, 4}));
  EXPECT_TRUE(taken(0).empty());
}

TEST_F(RunQueueTest, TheProjectWithTheFewestUnderWayIsNext) {
  for (int i = 0; i < 4; ++i) add("big/a");
  EXPECT_EQ(taken(0, 2), (Orders{1, 2}));
  const auto small = add("small/a");
  EXPECT_EQ(taken(0, 1), (Orders{small}));
  EXPECT_EQ(taken(0), (Orders{3, 4}));
}

TEST_F(RunQueueTest, CategoriesAreCountedOverAllProjects) {
  queue.set_categories({{"db", 2}});
  const auto in = [&](const std::string& job, std::vector<std::string> categories) {
    const auto order = ++orders;
    queue.add({.order = order,
               .project = job.substr(0, job.find('/')),
               .job = job,
               .number = ++numbers[job],
               .held_by = {},
               .categories = std::move(categories)});
    return order;
  };
  const auto a = in("p/a", {"db"}), b = in("q/b", {"db", "net"}), c = in("r/c", {"db"}), d = in("r/d", {"other"});
  const auto first = taken(0);
  EXPECT_EQ(std::set(first.begin(), first.end()), (std::set<std::uint64_t>{a, b, d}));
  EXPECT_EQ(queue.why(c, 0).code, "throttle");
  EXPECT_EQ(queue.why(c, 0).evidence.get_string("category"), "db");
  EXPECT_EQ(queue.why(c, 0).evidence.get_int("running"), 2);
  queue.moved();
  queue.remove(a);
  EXPECT_EQ(why(c), "");
  EXPECT_EQ(queue.moved(), (Orders{c}));
  EXPECT_EQ(taken(0), (Orders{c}));
  // A new limit: what runs goes on, nobody joins; without one all may.
  queue.set_categories({{"db", 5}, {each_node("db"), 1}, {"net", 1}});
  const auto e = in("p/a", {"db"}), f = in("q/b", {"net"});
  EXPECT_TRUE(taken(0).empty());
  queue.remove(c);
  EXPECT_TRUE(taken(0).empty());
  queue.remove(b);
  const auto rest = taken(0);
  EXPECT_EQ(std::set(rest.begin(), rest.end()), (std::set<std::uint64_t>{e, f}));
  const auto g = in("z/z", {"db"});
  EXPECT_TRUE(taken(0).empty());
  queue.set_categories({});
  EXPECT_EQ(taken(0), (Orders{g}));
  // After a restart those that have begun count.
  queue.set_categories({{"db", 3}});
  queue.add_begun({.order = ++orders, .project = "n", .job = "n/n", .number = 1, .held_by = {}, .categories = {"db"}});
  const auto h = in("m/m", {"db"});
  EXPECT_TRUE(taken(0).empty());
  queue.remove(g);
  EXPECT_EQ(taken(0), (Orders{h}));
}

TEST_F(RunQueueTest, QuietPeriodsPass) {
  const auto later = add("p/a", 500), now = add("p/a");
  EXPECT_EQ(taken(0), (Orders{now}));
  EXPECT_EQ(why(later), "quiet-period");
  EXPECT_EQ(queue.wake_at(), 500);
  EXPECT_TRUE(taken(499).empty());
  EXPECT_EQ(taken(500), (Orders{later}));
  EXPECT_FALSE(queue.wake_at());
}

TEST_F(RunQueueTest, OneAtATime) {
  queue.set_rules("p/a", {.exclusive = true});
  const auto first = add("p/a"), second = add("p/a"), third = add("p/a"), other = add("p/b");
  EXPECT_EQ(taken(0), (Orders{first, other}));
  EXPECT_EQ(why(third), "concurrent-build");
  EXPECT_EQ(queue.why(third, 0).evidence.get_int("number"), 1);
  queue.remove(first);
  EXPECT_EQ(taken(0), (Orders{second}));
  queue.remove(second);
  EXPECT_EQ(taken(0), (Orders{third}));
}

TEST_F(RunQueueTest, ANewerRunEndsOlderOnes) {
  queue.set_rules("p/a", {.exclusive = true, .abort_previous = true});
  const auto first = add("p/a");
  EXPECT_EQ(taken(0), (Orders{first}));
  EXPECT_TRUE(queue.superseded().empty());
  const auto second = add("p/a"), third = add("p/a");
  const auto ended = queue.superseded();
  EXPECT_EQ(ended, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{first, 2}, {first, 3}, {second, 3}}));
  EXPECT_TRUE(queue.superseded().empty());
  queue.remove(second);
  queue.remove(first);
  EXPECT_EQ(taken(0), (Orders{third}));
}

TEST_F(RunQueueTest, LimitsOfPipelinesAndProjects) {
  queue.set_rules("p/a", {.max_running = 2});
  queue.set_limits("p", {.max_running = 3, .max_queued = 2});
  const auto a1 = add("p/a"), a2 = add("p/a"), a3 = add("p/a"), b1 = add("p/b"), b2 = add("p/b");
  EXPECT_TRUE(queue.full("p"));
  EXPECT_EQ(taken(0), (Orders{a1, a2, b1}));
  EXPECT_EQ(why(a3), "pipeline-limit");
  EXPECT_EQ(why(b2), "project-limit");
  queue.remove(a1);
  EXPECT_EQ(taken(0), (Orders{a3}));
  queue.set_limits("p", {});
  EXPECT_EQ(taken(0), (Orders{b2}));
  EXPECT_FALSE(queue.full("p"));
}

TEST_F(RunQueueTest, ARateLimitsBeginnings) {
  queue.set_rules("p/a", {.rate_millis = 1000, .rate_spares_users = true, .last_start = 5000});
  const auto first = add("p/a"), person = add("p/a", 0, true), second = add("p/a");
  EXPECT_EQ(taken(5500), (Orders{person}));
  EXPECT_EQ(why(first, 5500), "rate-limit");
  EXPECT_EQ(queue.wake_at(), 6500);
  EXPECT_EQ(taken(6500), (Orders{first}));
  EXPECT_EQ(taken(7500), (Orders{second}));
}

TEST_F(RunQueueTest, APausedOneWaitsUntilItIsLetGo) {
  const auto first = add("p/a"), second = add("p/a");
  queue.hold(first, "ada");
  EXPECT_EQ(taken(0), (Orders{second}));
  EXPECT_EQ(why(first), "paused");
  queue.hold(first, "");
  EXPECT_EQ(taken(0), (Orders{first}));
}

TEST_F(RunQueueTest, AFullServerStillTakesTheFirstRunsOfOthers) {
  for (int i = 0; i < 40; ++i) add("big/a");
  EXPECT_EQ(taken(0, 30).size(), 30u);
  room = false;
  EXPECT_TRUE(taken(0).empty());
  EXPECT_EQ(why(orders), "busy");
  const auto small = add("small/a");
  EXPECT_EQ(taken(0), (Orders{small}));
}

TEST_F(RunQueueTest, AHundredThousandOfOneProjectAreCheap) {
  queue.set_rules("big/a", {.exclusive = true});
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 100'000; ++i) {
    add("big/a");
    taken(0);
    queue.moved();
  }
  EXPECT_EQ(queue.begun(), 1u);
  EXPECT_EQ(queue.waiting(), 99'999u);
  const auto small = add("small/a");
  EXPECT_EQ(taken(0), (Orders{small}));
  // Quadratic work would take minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
}

}  // namespace
}  // namespace windlass::runs
