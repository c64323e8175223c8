// Runs that are claimed on their objects before they begin: what is written on the way, and what becomes of a run whose
// object goes before the claim is on it.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <optional>

#include "controllers/names.h"
#include "controllers/pipeline_run_controller.h"
#include "controllers/testing/store_fixture.h"
#include "objects/metadata.h"

namespace windlass::controllers {
namespace {

using data::Value;

/// Runs as rows, and what was asked of them.
class Rows final : public RunPort {
 public:
  std::map<std::string, runs::RunInfo> rows;
  std::vector<std::string> asked;
  std::uint64_t number = 0;
  std::optional<Error> failure;  ///< of what is asked to be accepted
  std::optional<runs::Refusal> refusal;

  rt::Task<runs::Acceptance> accept(runs::RunRequest request) override {
    if (failure) co_return std::unexpected(*failure);
    if (refusal) co_return runs::Acceptance(std::unexpect, *refusal);
    runs::RunInfo run;
    run.uid = request.uid;
    run.job = request.job();
    run.name = request.name;
    run.number = number = std::max(number + 1, request.at_least_number);
    rows[run.uid] = run;
    co_return runs::Acceptance(std::move(run));
  }
  rt::Task<std::optional<runs::RunInfo>> find(std::string uid) override {
    const auto found = rows.find(uid);
    if (found == rows.end()) co_return std::optional<runs::RunInfo>();
    co_return std::optional<runs::RunInfo>(found->second);
  }
  rt::Task<runs::FlowNodes> nodes(std::string) override { co_return runs::FlowNodes(); }
  rt::Task<> stop(std::string uid, std::string, runs::Stop) override {
    asked.push_back("stop");
    rows[uid].phase = runs::Phase::ended;
    co_return Result<>();
  }
  rt::Task<> pause(std::string, std::string) override { co_return Result<>(); }
  rt::Task<> resume(std::string, std::string) override { co_return Result<>(); }
  rt::Task<> remove(std::string uid) override {
    asked.push_back("remove");
    rows.erase(uid);
    co_return Result<>();
  }
  rt::Task<> refuse_order(std::string, std::string why) override {
    asked.push_back("refuse the order: " + why);
    co_return Result<>();
  }
  rt::Task<> set_limits(std::string, runs::ProjectLimits) override { co_return Result<>(); }
  rt::Task<KeptFacts> kept_facts(std::string) override { co_return KeptFacts(); }
};

class ClaimedRuns : public StoreFixture {
 protected:
  ClaimedRuns() {
    create("Namespace", "", Value::map_of("metadata", Value::map_of("name", "p")));
    create("Pipeline", "p",
           R"({"metadata":{"name":"a"},"spec":{"type":"pipeline","pipeline":{"name":"a","jenkinsfile":"x"}}})");
  }
  Value run(const std::string& name, const std::string& number = "", const std::string& order = "") {
    auto object = json(R"({"metadata":{"name":")" + name + R"("},"spec":{"pipelineRef":{"name":"a"}}})");
    if (!number.empty()) objects::set_annotation(object, "devops.kubesphere.io/jenkins-pipelinerun-id", number);
    if (!order.empty()) objects::set_annotation(object, names::kRunOrder, order);
    return create("PipelineRun", "p", object);
  }
  Result<Requeue> try_visit(const std::string& name) {
    std::optional<Result<Requeue>> out;
    boost::asio::co_spawn(
        io_, [&]() -> boost::asio::awaitable<void> { out = co_await rules_.reconcile({"p", name}); },
        boost::asio::detached);
    turn_until([&] { return out.has_value(); });
    return std::move(*out);
  }
  /// One visit; how soon it wants the next.
  std::optional<std::chrono::milliseconds> visit(const std::string& name) {
    const auto out = try_visit(name);
    EXPECT_TRUE(out) << (out ? "" : out.error().text());
    return out ? out->after : std::nullopt;
  }
  std::string phase(const std::string& name) {
    const auto object = get("PipelineRun", "p", name);
    const auto* status = object->find("status");
    return status == nullptr ? std::string() : status->get_string("phase");
  }
  std::vector<std::string> finalizers(const std::string& name) {
    return objects::finalizers_of(*get("PipelineRun", "p", name));
  }

  Rows rows_;
  JobFacts facts_;
  std::function<std::int64_t()> clock_ = [this] { return now_.load(); };
  EventRecorder events_{*store_, "test", clock_, nullptr};
  bool saw_all_ = true;
  PipelineRunReconciler rules_{*store_, rows_,  facts_,
                               events_, clock_, {.are_claimed = true, .saw_all = [this] { return saw_all_; }}};
};

TEST_F(ClaimedRuns, TheObjectIsNotWrittenBeforeTheClaimAndShownOnceItMayHaveBegun) {
  const auto uid = objects::meta_text(run("r"), "uid");
  const auto again = visit("r");
  ASSERT_TRUE(rows_.rows.contains(uid));
  EXPECT_TRUE(again) << "it is shown a moment later";
  EXPECT_TRUE(finalizers("r").empty());
  // One that waits for its turn is held by its object from its first show on.
  visit("r");
  EXPECT_EQ(finalizers("r"), std::vector<std::string>{"pipelinerun.finalizers.kubesphere.io"});
  EXPECT_EQ(rows_.asked, std::vector<std::string>());
}

TEST_F(ClaimedRuns, ARunWhoseObjectGoesBeforeItHoldsItIsForgotten) {
  const auto uid = objects::meta_text(run("r"), "uid");
  visit("r");
  remove("PipelineRun", "p", "r");
  EXPECT_FALSE(get("PipelineRun", "p", "r"));
  // The claim finds nothing, and the run ends without having begun.
  rows_.rows[uid].phase = runs::Phase::ended;
  rules_.run_changed(rows_.rows[uid]);
  EXPECT_FALSE(visit("r"));
  EXPECT_EQ(rows_.asked, std::vector<std::string>{"remove"});
  EXPECT_TRUE(rows_.rows.empty());
}

TEST_F(ClaimedRuns, WhatHasJustBegunIsShownInAMoment) {
  const auto uid = objects::meta_text(run("r"), "uid");
  visit("r");
  auto& row = rows_.rows[uid];
  row.phase = runs::Phase::running;
  row.started_millis = now_;
  EXPECT_EQ(visit("r"), std::chrono::milliseconds(300));
  EXPECT_EQ(phase("r"), "");
  now_ += 100;
  EXPECT_EQ(visit("r"), std::chrono::milliseconds(200));
  now_ += 200;
  visit("r");
  EXPECT_EQ(phase("r"), "Running");
}

TEST_F(ClaimedRuns, AnEndIsShownAtOnce) {
  const auto uid = objects::meta_text(run("r"), "uid");
  visit("r");
  auto& row = rows_.rows[uid];
  row.phase = runs::Phase::ended;
  row.started_millis = row.ended_millis = now_;
  row.result = "SUCCESS";
  visit("r");
  EXPECT_EQ(phase("r"), "Succeeded");
}

TEST_F(ClaimedRuns, TroubleOfAPodIsShownWithoutDelayOnce) {
  const auto uid = objects::meta_text(run("r"), "uid");
  visit("r");
  auto& row = rows_.rows[uid];
  row.phase = runs::Phase::running;
  engine::AgentReport pod;
  pod.key = ":1";
  row.agents = {pod};
  EXPECT_FALSE(rules_.run_changed(row)) << "it only waits for its pod";
  engine::AgentTrouble trouble;
  trouble.code = "pod-unschedulable";
  row.agents[0].troubles = {trouble};
  EXPECT_TRUE(rules_.run_changed(row));
  row.agents[0].troubles[0].text = "the same with other words";
  EXPECT_FALSE(rules_.run_changed(row));
  row.agents[0].troubles[0].until_millis = 5;
  EXPECT_TRUE(rules_.run_changed(row)) << "it is over";
  row.agents[0].troubles = {trouble};
  EXPECT_TRUE(rules_.run_changed(row));
  row.phase = runs::Phase::ended;
  EXPECT_TRUE(rules_.run_changed(row)) << "nothing is kept of one that has ended";
  EXPECT_FALSE(rules_.run_changed(row));
}

TEST_F(ClaimedRuns, AlsoWhereAnotherHasItsName) {
  const auto uid = objects::meta_text(run("r"), "uid");
  visit("r");
  remove("PipelineRun", "p", "r");
  const auto other = objects::meta_text(run("r"), "uid");
  rows_.rows[uid].phase = runs::Phase::ended;
  rules_.run_changed(rows_.rows[uid]);
  visit("r");
  EXPECT_FALSE(rows_.rows.contains(uid));
  EXPECT_TRUE(rows_.rows.contains(other));
}

TEST_F(ClaimedRuns, NumbersGoOnBehindThoseThatObjectsCarry) {
  rules_.saw(run("old", "7"));
  const auto lists = store_->lists;
  const auto uid = objects::meta_text(run("r"), "uid");
  visit("r");
  EXPECT_EQ(rows_.rows[uid].number, 8U);
  EXPECT_EQ(store_->lists, lists) << "all have been seen";
}

TEST_F(ClaimedRuns, AFullDiskRefusesNoRun) {
  run("r", "", "an order");
  // Nobody knows whether it stands in the table: it is asked for again, and whoever waits for it goes on waiting.
  for (const auto kind : {ErrorKind::exhausted, ErrorKind::not_found, ErrorKind::unavailable}) {
    rows_.failure = Error(kind, "the disk is full: cannot write runs.db");
    const auto out = try_visit("r");
    EXPECT_FALSE(out) << "it is visited again";
    EXPECT_EQ(phase("r"), "");
  }
  EXPECT_EQ(rows_.asked, std::vector<std::string>());
  rows_.failure.reset();
  visit("r");
  EXPECT_EQ(rows_.rows.size(), 1U);
}

TEST_F(ClaimedRuns, ARefusedRunHasFailedAndWhoeverOrderedItIsTold) {
  run("r");
  rows_.refusal = runs::Refusal{runs::Refusal::Code::queue_full, "no more may wait"};
  EXPECT_FALSE(visit("r"));
  EXPECT_EQ(phase("r"), "Failed");
  EXPECT_EQ(rows_.asked, std::vector<std::string>());
  run("ordered", "", "an order");
  EXPECT_FALSE(visit("ordered"));
  EXPECT_EQ(rows_.asked, std::vector<std::string>{"refuse the order: no more may wait"});
  rows_.refusal->code = runs::Refusal::Code::not_ordered;
  run("late", "", "another order");
  EXPECT_FALSE(visit("late"));
  EXPECT_EQ(phase("late"), "Failed");
  EXPECT_EQ(rows_.asked.size(), 1U) << "nobody waits for it";
}

}  // namespace
}  // namespace windlass::controllers
