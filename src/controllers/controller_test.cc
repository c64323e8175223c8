// Controllers against a real store: every object is visited, one visit per key at a time, failures come again, a lost
// watch is made good, and after a stop nothing is left.
#include "controllers/controller.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "controllers/events.h"
#include "controllers/testing/store_fixture.h"

namespace windlass::controllers {
namespace {

using std::chrono::milliseconds;

class Counting final : public Reconciler {
 public:
  explicit Counting(boost::asio::io_context& io) : io_(io) {}
  rt::Task<Requeue> reconcile(Key key) override {
    if (!running_.insert(key).second) ++overlaps;
    most_at_once = std::max(most_at_once, running_.size());
    ++visits[key];
    boost::asio::steady_timer timer(io_, pause);
    (void)co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    running_.erase(key);
    if (failures > 0) {
      --failures;
      co_return fail(ErrorKind::unavailable, "the other side sleeps");
    }
    co_return Requeue{again};
  }
  std::map<Key, int> visits;
  std::size_t most_at_once = 0;
  int overlaps = 0;
  int failures = 0;
  milliseconds pause{1};
  std::optional<milliseconds> again;

 private:
  boost::asio::io_context& io_;
  std::set<Key> running_;
};

class ControllerTest : public StoreFixture {
 protected:
  ControllerTest() {
    create("Namespace", "", R"({"metadata":{"name":"p"}})");
    options_.name = "test";
    options_.backoff = {milliseconds(5), milliseconds(40)};
    options_.log = [this](std::string_view line) { log_.emplace_back(line); };
  }
  void pipeline(const std::string& name) {
    create("Pipeline", "p",
           data::Value::map_of("metadata", data::Value::map_of("name", name), "spec",
                               data::Value::map_of("type", "pipeline")));
  }
  std::unique_ptr<Controller> start() {
    auto out = std::make_unique<Controller>(io_, *store_, type("Pipeline"), reconciler_, options_);
    out->start();
    return out;
  }
  Counting reconciler_{io_};
  ControllerOptions options_;
  std::vector<std::string> log_;
};

TEST_F(ControllerTest, VisitsWhatThereIsAndWhatComes) {
  pipeline("old");
  auto controller = start();
  turn_until([&] { return controller->idle() && reconciler_.visits.contains({"p", "old"}); });
  pipeline("new");
  turn_until([&] { return reconciler_.visits.contains({"p", "new"}); });
  remove("Pipeline", "p", "old");
  turn_until([&] { return reconciler_.visits[{"p", "old"}] == 2; });
  controller->stop();
  EXPECT_TRUE(drains()) << "work is left after the stop";
}

TEST_F(ControllerTest, ControllersOfOneHubShareTheWatchOfAKind) {
  pipeline("old");
  FailingStore store(*store_);
  FeedHub hub;
  options_.hub = &hub;
  Counting others(io_);
  Controller one(io_, store, type("Pipeline"), reconciler_, options_);
  Controller other(io_, store, type("Pipeline"), others, options_);
  other.also(type("Pipeline"), [](const data::Value&) { return std::vector<Key>{{"p", "also"}}; }, true);
  one.start();
  other.start();
  turn_until([&] { return reconciler_.visits.contains({"p", "old"}) && others.visits.contains({"p", "old"}); });
  turn_until([&] { return one.idle() && other.idle(); });
  EXPECT_EQ(store.watches, 1);
  EXPECT_EQ(hub.watches(), 1u);
  pipeline("new");
  turn_until([&] { return reconciler_.visits.contains({"p", "new"}) && others.visits.contains({"p", "new"}); });
  EXPECT_TRUE(others.visits.contains({"p", "also"}));
  one.stop();
  pipeline("newer");
  turn_until([&] { return others.visits.contains({"p", "newer"}); });
  EXPECT_FALSE(reconciler_.visits.contains({"p", "newer"}));
  // Who comes when it has begun is told of all that there is, by a watch of its own.
  Counting latest(io_);
  Controller late(io_, store, type("Pipeline"), latest, options_);
  late.start();
  turn_until([&] { return latest.visits.size() == 3; });
  EXPECT_EQ(store.watches, 2);
  // A watch that breaks is made again once, and all hear of what came meanwhile.
  store.expire_watches = 1;
  pipeline("newest");
  turn_until([&] { return others.visits.contains({"p", "newest"}) && latest.visits.contains({"p", "newest"}); });
  other.stop();
  late.stop();
  EXPECT_TRUE(drains()) << "work is left after the stop";
  EXPECT_EQ(hub.watches(), 0u);
}

TEST_F(ControllerTest, ManyKeysAFewAtATimeEachOnce) {
  for (int i = 0; i < 600; ++i) pipeline("p" + std::to_string(i));
  options_.parallel = 3;
  auto controller = start();
  turn_until([&] { return reconciler_.visits.size() == 600 && controller->idle(); });
  EXPECT_EQ(reconciler_.most_at_once, 3u);
  EXPECT_EQ(controller->visits(), 600u);
  controller->stop();
  EXPECT_TRUE(drains());
}

TEST_F(ControllerTest, OneVisitPerKeyAtATime) {
  pipeline("a");
  reconciler_.pause = milliseconds(10);
  auto controller = start();
  // While it is visited it is wanted many times more: that is one visit, behind the first.
  turn_until([&] { return reconciler_.visits[{"p", "a"}] == 1; });
  for (int i = 0; i < 20; ++i) controller->enqueue({"p", "a"});
  turn_until([&] { return controller->idle(); });
  EXPECT_EQ(reconciler_.overlaps, 0);
  EXPECT_EQ((reconciler_.visits[{"p", "a"}]), 2);
  controller->stop();
  EXPECT_TRUE(drains());
}

TEST_F(ControllerTest, FailuresComeAgainAndSayWhy) {
  pipeline("a");
  reconciler_.failures = 3;
  auto controller = start();
  turn_until([&] { return reconciler_.visits[{"p", "a"}] == 3; });
  ASSERT_EQ(controller->failures().size(), 1u);
  EXPECT_EQ(controller->failures()[0].reason, "the other side sleeps");
  turn_until([&] { return controller->failures().empty(); });
  EXPECT_EQ((reconciler_.visits[{"p", "a"}]), 4);
  ASSERT_EQ(log_.size(), 3u);
  EXPECT_EQ(log_[2], "controller test: p/a: the other side sleeps; attempt 3, again in 20 ms");
  controller->stop();
  EXPECT_TRUE(drains());
}

TEST_F(ControllerTest, AskedToComeAgain) {
  pipeline("a");
  reconciler_.again = milliseconds(3);
  auto controller = start();
  turn_until([&] { return reconciler_.visits[{"p", "a"}] >= 5; });
  controller->stop();
  EXPECT_TRUE(drains());
}

TEST_F(ControllerTest, ALostWatchListsAgain) {
  pipeline("a");
  auto controller = start();
  turn_until([&] { return controller->idle() && reconciler_.visits.size() == 1; });
  const int lists = store_->lists;
  store_->expire_watches = 1;
  pipeline("b");
  turn_until([&] { return reconciler_.visits.contains({"p", "b"}); });
  EXPECT_GT(store_->lists, lists);
  controller->stop();
  EXPECT_TRUE(drains());
}

TEST_F(ControllerTest, AStoreThatDoesNotAnswerIsAskedAgain) {
  pipeline("a");
  store_->fail_lists = 2;
  auto controller = start();
  EXPECT_FALSE(controller->synced());
  turn_until([&] { return reconciler_.visits.contains({"p", "a"}); });
  ASSERT_FALSE(log_.empty());
  EXPECT_NE(log_[0].find("the disk is full"), std::string::npos);
  controller->stop();
  EXPECT_TRUE(drains());
}

TEST_F(ControllerTest, AnotherKindLeadsToOurs) {
  pipeline("a");
  Controller controller(io_, *store_, type("Pipeline"), reconciler_, options_);
  controller.also(type("PipelineRun"), [](const data::Value& run) -> std::vector<Key> {
    return {{objects::meta_text(run, "namespace"), objects::label(run, "devops.kubesphere.io/pipeline")}};
  });
  controller.start();
  turn_until([&] { return controller.idle() && reconciler_.visits.size() == 1; });
  create(
      "PipelineRun", "p",
      R"({"metadata":{"name":"r","labels":{"devops.kubesphere.io/pipeline":"a"}},"spec":{"pipelineRef":{"name":"a"}}})");
  turn_until([&] { return reconciler_.visits[{"p", "a"}] == 2; });
  controller.stop();
  EXPECT_TRUE(drains());
}

TEST_F(ControllerTest, OfAnotherKindOnlyChangesMayLeadToOurs) {
  const auto run = [this](const std::string& name) {
    create("PipelineRun", "p",
           data::Value::map_of(
               "metadata",
               data::Value::map_of("name", name, "labels", data::Value::map_of("devops.kubesphere.io/pipeline", "a")),
               "spec", data::Value::map_of("pipelineRef", data::Value::map_of("name", "a"))));
  };
  pipeline("a");
  run("old");
  std::vector<std::string> seen;
  Controller controller(io_, *store_, type("Pipeline"), reconciler_, options_);
  controller.also(
      type("PipelineRun"),
      [&](const data::Value& one) -> std::vector<Key> {
        seen.push_back(objects::meta_text(one, "name"));
        return {{objects::meta_text(one, "namespace"), objects::label(one, "devops.kubesphere.io/pipeline")}};
      },
      true);
  controller.start();
  turn_until([&] { return controller.idle() && reconciler_.visits.size() == 1; });
  EXPECT_TRUE(seen.empty());
  run("new");
  turn_until([&] { return reconciler_.visits[{"p", "a"}] == 2; });
  EXPECT_EQ(seen, std::vector<std::string>{"new"});
  // What a lost watch has missed may be anything: then all are told.
  store_->expire_watches = 2;
  run("third");
  turn_until([&] { return std::ranges::find(seen, "old") != seen.end(); });
  controller.stop();
  EXPECT_TRUE(drains());
}

TEST_F(ControllerTest, WantedChoosesEvents) {
  options_.wanted = [](const data::Value& object) { return objects::meta_text(object, "name") != "b"; };
  pipeline("a");
  pipeline("b");
  auto controller = start();
  turn_until([&] { return controller->idle() && !reconciler_.visits.empty(); });
  EXPECT_EQ(reconciler_.visits.size(), 1u);
  controller->enqueue_after({"p", "b"}, milliseconds(1));
  turn_until([&] { return reconciler_.visits.size() == 2; });
  controller->stop();
  EXPECT_TRUE(drains());
}

TEST_F(ControllerTest, OneObjectIsNotTalkedOfWithoutEnd) {
  pipeline("a");
  pipeline("b");
  EventRecorder recorder(*embedded_, "test", [this] { return now_.load(); }, nullptr);
  const auto say = [&](const char* name, int number) {
    const auto object = *get("Pipeline", "p", name);
    bool ended = false;
    boost::asio::co_spawn(
        io_,
        [&]() -> boost::asio::awaitable<void> {
          co_await recorder.record(object, EventType::warning, "Strange", std::to_string(number));
          ended = true;
        },
        boost::asio::detached);
    turn_until([&] { return ended; });
  };
  for (int i = 0; i < 30; ++i) say("a", i);
  EXPECT_EQ(list("Event").size(), 25u);
  say("b", 0);
  EXPECT_EQ(list("Event").size(), 26u) << "each object for itself";
  now_ += 10 * 60 * 1000;
  for (int i = 30; i < 35; ++i) say("a", i);
  EXPECT_EQ(list("Event").size(), 28u) << "one each five minutes";
}

TEST_F(ControllerTest, EventsAreCountedAndGoAfterAnHour) {
  pipeline("a");
  const auto object = *get("Pipeline", "p", "a");
  EventRecorder recorder(*embedded_, "test", [this] { return now_.load(); }, nullptr);
  const auto say = [&](const std::string& message) {
    bool ended = false;
    boost::asio::co_spawn(
        io_,
        [&]() -> boost::asio::awaitable<void> {
          co_await recorder.record(object, EventType::warning, "Strange", message);
          ended = true;
        },
        boost::asio::detached);
    turn_until([&] { return ended; });
  };
  say("one");
  now_ += 1000;
  say("one");
  say(std::string(2000, 'x') + "\xc3\xa4");
  auto events = list("Event");
  ASSERT_EQ(events.size(), 2u);
  const auto& first = events[0].get_int("count") == 2 ? events[0] : events[1];
  EXPECT_EQ(first.get_int("count"), 2);
  EXPECT_EQ(first.find("involvedObject")->get_string("uid"), objects::meta_text(object, "uid"));
  EXPECT_EQ(first.get_string("type"), "Warning");

  EventExpiry expiry(io_, *store_, [this] { return now_.load(); }, options_.log);
  const auto look = [&] {
    std::optional<milliseconds> next;
    boost::asio::co_spawn(
        io_, [&]() -> boost::asio::awaitable<void> { next = co_await expiry.look(); }, boost::asio::detached);
    turn_until([&] { return next.has_value(); });
    return next.value_or(milliseconds(0));
  };
  constexpr milliseconds kHour{60 * 60 * 1000}, kLeast{5 * 60 * 1000};
  EXPECT_GT(look(), kHour - milliseconds(2000));
  EXPECT_EQ(list("Event").size(), 2u);
  store_->fail_lists = 1;
  EXPECT_EQ(look(), kLeast);
  ASSERT_FALSE(log_.empty());
  EXPECT_NE(log_.back().find("the disk is full"), std::string::npos);
  now_ += 60 * 60 * 1000 - 500;
  say("three");
  EXPECT_EQ(look(), kLeast) << "the others are due before that";
  EXPECT_EQ(list("Event").size(), 3u);
  now_ += 1000;
  expiry.start();
  turn_until([&] { return list("Event").size() == 1; });
  expiry.stop();
  EXPECT_TRUE(drains());
}

}  // namespace
}  // namespace windlass::controllers
