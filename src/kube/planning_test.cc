// The pure parts that decide what to do next and when: pace, back-off, informers, leases.
#include <gtest/gtest.h>

#include "data/json.h"
#include "kube/informer_core.h"
#include "kube/lease_core.h"
#include "kube/pace.h"
#include "objects/metadata.h"

namespace windlass::kube {
namespace {

using namespace std::chrono_literals;
using data::Value;

constexpr PaceMoment kNow = PaceMoment(1h);

TEST(Pace, ARefusalHoldsEveryCallBack) {
  Pace pace;
  EXPECT_EQ(pace.next(kNow), kNow);
  EXPECT_EQ(pace.refused(kNow, 7s), kNow + 7s);
  EXPECT_EQ(pace.refused(kNow, 3s), kNow + 7s);  // a shorter one changes nothing
  EXPECT_EQ(pace.next(kNow + 1s), kNow + 7s);
  EXPECT_EQ(pace.next(kNow + 8s), kNow + 8s);
  EXPECT_EQ(pace.refused(kNow + 8s, 0s), kNow + 9s);
  EXPECT_EQ(pace.refused(kNow + 9s, 24h), kNow + 69s);  // bounded
}

TEST(Pace, ABudgetSpreadsABurst) {
  Pace pace({.per_second = 10, .burst = 2});
  EXPECT_EQ(pace.next(kNow), kNow);
  EXPECT_EQ(pace.next(kNow), kNow);
  EXPECT_EQ(pace.next(kNow), kNow + 100ms);
  EXPECT_EQ(pace.next(kNow), kNow + 200ms);
  EXPECT_EQ(pace.next(kNow + 10s), kNow + 10s);
}

TEST(Backoff, GrowsToItsBoundAndForgets) {
  Backoff backoff({.first = 100ms, .most = 1000ms, .factor = 2, .forgiven = 60s});
  EXPECT_EQ(backoff.failed(kNow, 1), 100ms);
  EXPECT_EQ(backoff.failed(kNow, 0), 100ms);  // half of 200
  EXPECT_EQ(backoff.failed(kNow, 1), 400ms);
  EXPECT_EQ(backoff.failed(kNow, 1), 800ms);
  EXPECT_EQ(backoff.failed(kNow, 1), 1000ms);
  backoff.worked(kNow);
  EXPECT_EQ(backoff.failed(kNow + 10s, 1), 1000ms);  // not well for long enough
  backoff.worked(kNow + 10s);
  backoff.worked(kNow + 60s);
  EXPECT_EQ(backoff.failed(kNow + 70s, 1), 100ms);
}

Value object(std::string_view name, std::string_view version, std::string_view uid = "u") {
  return Value::map_of("metadata",
                       Value::map_of("namespace", "ns", "name", name, "uid", uid, "resourceVersion", version));
}
Value list_of(std::vector<Value> items, std::string_view version, std::string_view token = "") {
  return Value::map_of("kind", "PodList", "apiVersion", "v1", "metadata",
                       Value::map_of("resourceVersion", version, "continue", token), "items", Value(std::move(items)));
}
Event event(Event::Kind kind, Value about, std::string version) { return {kind, std::move(about), std::move(version)}; }

std::string told(const objects::Outcome<std::vector<Delta>>& deltas) {
  if (!deltas) return "error " + std::to_string(deltas.error().code);
  std::string out;
  for (const auto& one : *deltas) {
    static constexpr std::string_view kSigns = "+~-";
    out += kSigns[static_cast<std::size_t>(one.kind)];
    out += objects::meta_text(one.object, "name") + "@" + objects::meta_text(one.object, "resourceVersion") + " ";
  }
  return out;
}

using Step = InformerCore::Step;

TEST(Informer, ListsInPagesAndThenWatches) {
  InformerCore core;
  auto step = core.next();
  EXPECT_EQ(step.kind, Step::Kind::list);
  EXPECT_TRUE(step.from_cache);
  EXPECT_EQ(told(core.listed(list_of({object("a", "1")}, "9", "more"), kNow)), "");
  EXPECT_FALSE(core.is_synced());
  step = core.next();
  EXPECT_EQ(step.continue_, "more");
  EXPECT_EQ(told(core.listed(list_of({object("b", "2")}, "9"), kNow)), "+a@1 +b@2 ");
  EXPECT_TRUE(core.is_synced());
  EXPECT_EQ(core.find("ns/a")->get_string("kind"), "Pod");
  step = core.next();
  EXPECT_EQ(step.kind, Step::Kind::watch);
  EXPECT_EQ(step.version, "9");
  EXPECT_EQ(
      told(core.watched(
          {event(Event::Kind::modified, object("a", "10"), "10"),
           event(Event::Kind::modified, object("a", "10"), "10"),  // told twice
           event(Event::Kind::added, object("c", "11"), "11"), event(Event::Kind::deleted, object("b", "12"), "12"),
           event(Event::Kind::deleted, object("x", "13"), "13"), event(Event::Kind::bookmark, Value(), "20")},
          kNow)),
      "~a@10 +c@11 -b@12 ");
  core.ended(nullptr, kNow, 0);
  step = core.next();
  EXPECT_EQ(step.version, "20");
  EXPECT_EQ(step.after, 0ms);
}

TEST(Informer, After410ItListsAnewAndTellsWhatItMissed) {
  InformerCore core;
  (void)core.listed(list_of({object("a", "1"), object("b", "2"), object("c", "3", "old")}, "9"), kNow);
  const auto gone = objects::expired("too old").error();
  core.ended(&gone, kNow, 0);
  auto step = core.next();
  EXPECT_EQ(step.kind, Step::Kind::list);
  EXPECT_FALSE(step.from_cache);
  EXPECT_EQ(step.after, 0ms);
  EXPECT_TRUE(core.is_synced());  // what is known stays usable meanwhile
  EXPECT_EQ(told(core.listed(list_of({object("a", "1"), object("c", "30", "new"), object("d", "31")}, "40"), kNow)),
            "-b@2 -c@3 +c@30 +d@31 ");
}

TEST(Informer, APagesTokenThatExpiredBeginsTheListAnew) {
  InformerCore core;
  (void)core.listed(list_of({object("a", "1")}, "9", "more"), kNow);
  const auto gone = objects::expired("too old").error();
  core.ended(&gone, kNow, 1);
  auto step = core.next();
  EXPECT_EQ(step.continue_, "");
  EXPECT_FALSE(step.from_cache);
  EXPECT_GT(step.after, 0ms);
  EXPECT_EQ(told(core.listed(list_of({object("b", "2")}, "10"), kNow)), "+b@2 ");
}

TEST(Informer, FailuresPauseAndHeal) {
  InformerCore core;
  auto away = objects::unavailable("away").error();
  core.ended(&away, kNow, 1);
  EXPECT_EQ(core.trouble().message, "away");
  EXPECT_EQ(core.next().after, 1000ms);  // its Retry-After
  away.retry_after_seconds = 0;
  core.ended(&away, kNow + 2s, 1);
  EXPECT_EQ(core.next().after, 1000ms);
  core.ended(&away, kNow + 4s, 1);
  EXPECT_EQ(core.next().after, 2000ms);
  (void)core.listed(list_of({}, "9"), kNow + 6s);
  EXPECT_EQ(core.trouble().message, "");
  away.retry_after_seconds = 100'000;
  core.ended(&away, kNow + 8s, 1);
  EXPECT_EQ(core.next().after, 60s);  // bounded
  EXPECT_EQ(core.next().kind, Step::Kind::watch);
}

TEST(Informer, AWatchThatEndsAtOnceIsNotAskedForInALoop) {
  InformerCore core;
  (void)core.listed(list_of({}, "9"), kNow);
  core.ended(nullptr, kNow + 10s, 1);
  EXPECT_EQ(core.next().after, 0ms);
  core.ended(nullptr, kNow + 10s + 10ms, 1);
  EXPECT_GT(core.next().after, 0ms);
}

TEST(Informer, HostileListsAndTooManyObjects) {
  InformerCore core({.max_objects = 2});
  EXPECT_EQ(told(core.listed(Value::map(), kNow)), "error 500");
  EXPECT_EQ(told(core.listed(list_of({Value(7)}, "1"), kNow)), "error 500");
  EXPECT_EQ(told(core.listed(list_of({object("", "1")}, "1"), kNow)), "error 500");
  EXPECT_EQ(told(core.listed(list_of({object("a", "1"), object("b", "1"), object("c", "1")}, "1"), kNow)), "error 500");
}

TEST(Informer, ALateDeletionIsNotThatOfTheNewObject) {
  InformerCore core;
  (void)core.listed(list_of({object("a", "5", "new")}, "9"), kNow);
  EXPECT_EQ(told(core.watched({event(Event::Kind::deleted, object("a", "10", "old"), "10")}, kNow)), "");
  EXPECT_NE(core.find("ns/a"), nullptr);
}

// ---- leases: a server with one object and two who want it

struct Server {
  Value lease;
  int version = 0;
  /// False: a conflict.
  bool put(Value object) {
    if (!lease.is_null() &&
        objects::meta_text(object, "resourceVersion") != objects::meta_text(lease, "resourceVersion"))
      return false;
    objects::set_meta(object, "resourceVersion", std::to_string(++version));
    objects::set_meta(object, "uid", "u");
    lease = std::move(object);
    return true;
  }
};

LeaseOptions lease_options(std::string identity) {
  LeaseOptions out;
  out.namespace_ = "ns";
  out.name = "windlass";
  out.identity = std::move(identity);
  out.duration = 2s;
  out.margin = 300ms;
  out.renew = 500ms;
  out.look = 500ms;
  return out;
}

/// One look and what follows from it; the time that the next is due.
LeaseCore::Moment turn(LeaseCore& core, Server& server, LeaseCore::Moment now) {
  core.observed(server.lease.is_null() ? nullptr : &server.lease, now);
  auto step = core.next(now, 1'000'000);
  if (step.kind == LeaseCore::Step::Kind::look) return step.at;
  if (server.put(std::move(step.object))) core.written(server.lease, now);
  return now + 500ms;
}

TEST(Lease, TheSecondTakesOverWhenTheFirstIsSilentAndNeverBefore) {
  Server server;
  LeaseCore first(lease_options("one")), second(lease_options("two"));
  LeaseCore::Moment now = 100s;
  turn(first, server, now);
  EXPECT_TRUE(first.holds(now));
  for (int i = 0; i < 20; ++i) {
    now += 500ms;
    turn(first, server, now);
    turn(second, server, now + 10ms);
    EXPECT_TRUE(first.holds(now));
    EXPECT_FALSE(second.holds(now + 10ms));
  }
  // The first one dies (or sleeps). Look every 100 ms: at no moment do both hold it, and within 3 s the second does.
  const auto death = now;
  while (!second.holds(now)) {
    now += 100ms;
    turn(second, server, now);
    EXPECT_FALSE(first.holds(now) && second.holds(now)) << now.count();
    ASSERT_LT(now, death + 3s);
  }
  EXPECT_EQ(server.lease.find("spec")->get_int("leaseTransitions"), 1);
  // It wakes up: it holds nothing, and the next look says who does.
  EXPECT_FALSE(first.holds(now + 60s));
  turn(first, server, now);
  EXPECT_FALSE(first.holds(now));
  EXPECT_EQ(first.holder(), "two");
}

TEST(Lease, AWriteThatConflictsGivesNothing) {
  Server server;
  LeaseCore first(lease_options("one")), second(lease_options("two"));
  first.observed(nullptr, 1s);
  second.observed(nullptr, 1s);
  auto a = first.next(1s, 0), b = second.next(1s, 0);
  EXPECT_EQ(b.kind, LeaseCore::Step::Kind::create);
  EXPECT_TRUE(server.put(std::move(a.object)));
  first.written(server.lease, 1s);
  turn(second, server, 1s + 1ms);
  EXPECT_TRUE(first.holds(1s + 1ms));
  EXPECT_FALSE(second.holds(1s + 1ms));
}

TEST(Lease, AnAnswerThatComesLateDoesNotProlong) {
  Server server;
  LeaseCore core(lease_options("one"));
  core.observed(nullptr, 1s);
  auto step = core.next(1s, 0);
  ASSERT_TRUE(server.put(std::move(step.object)));
  core.written(server.lease, 1s);  // the answer came at 5 s; what counts is when it was sent
  EXPECT_FALSE(core.holds(5s));
  EXPECT_EQ(core.deadline(), 1s + 1700ms);
}

TEST(Lease, GivenBackItIsTakenAtOnce) {
  Server server;
  LeaseCore first(lease_options("one")), second(lease_options("two"));
  turn(first, server, 1s);
  auto back = first.release(1s + 100ms, 0);
  ASSERT_FALSE(back.is_null());
  ASSERT_TRUE(server.put(std::move(back)));
  turn(second, server, 1s + 200ms);
  EXPECT_TRUE(second.holds(1s + 200ms));
  EXPECT_TRUE(first.release(10s, 0).is_null());
}

TEST(Lease, WhoKnowsThatTheHolderHasEndedNeedNotWait) {
  Server server;
  LeaseCore first(lease_options("one")), second(lease_options("two"));
  turn(first, server, 100s);
  second.observed(&server.lease, 101s);
  EXPECT_EQ(second.next(101s, 1'000'000).kind, LeaseCore::Step::Kind::look);
  second.holder_ended();
  EXPECT_EQ(second.next(101s, 1'000'000).kind, LeaseCore::Step::Kind::update);
  // The knowledge is about that record: one that is renewed has not ended.
  turn(first, server, 101s + 500ms);
  second.observed(&server.lease, 102s);
  EXPECT_EQ(second.next(102s, 1'000'000).kind, LeaseCore::Step::Kind::look);
}

TEST(Lease, AForeignRecordIsBounded) {
  Server server;
  server.lease = *data::parse_json(
      R"({"metadata":{"name":"windlass","resourceVersion":"1"},"spec":{"holderIdentity":"x","leaseDurationSeconds":-7}})");
  LeaseCore core(lease_options("one"));
  turn(core, server, 1s);
  EXPECT_FALSE(core.holds(1s));
  turn(core, server, 3s);
  EXPECT_TRUE(core.holds(3s));
}

}  // namespace
}  // namespace windlass::kube
