// Which runs go, and that no other does.
#include "controllers/retention_controller.h"
#include "controllers/testing/store_fixture.h"

namespace windlass::controllers {
namespace {

using data::Value;

constexpr std::int64_t kNow = 1'700'000'000'000;
constexpr std::int64_t kDay = 24LL * 3600 * 1000;

Value pipeline(const std::string& days, const std::string& count, bool multi = false) {
  Value discarder = Value::map_of("days_to_keep", days, "num_to_keep", count);
  return Value::map_of("spec", Value::map_of("type", multi ? "multi-branch-pipeline" : "pipeline",
                                             multi ? "multi_branch_pipeline" : "pipeline",
                                             Value::map_of("discarder", std::move(discarder))));
}
/// "S5": succeeded five days ago, "F…" failed, "R" runs, "X" neither phase nor end, "K…" pinned; "@b" behind it:
/// branch.
Value run(const std::string& text) {
  Value out = Value::map_of("metadata", Value::map_of("name", text), "spec", Value::map(), "status", Value::map());
  auto word = text;
  if (const auto at = word.find('@'); at != std::string::npos) {
    out.find("spec")->set("scm", Value::map_of("refName", word.substr(at + 1)));
    word.resize(at);
  }
  if (word[0] == 'K') objects::set_annotation(out, "windlass.io/keep", "true");
  if (word[0] == 'R') out.find("status")->set("phase", "Running");
  if (word.size() == 1) return out;
  out.find("status")->set("phase", word[0] == 'S' ? "Succeeded" : "Failed");
  const auto days = std::stoll(word.substr(1));
  out.find("status")->set("completionTime", objects::format_rfc3339(kNow - days * kDay));
  return out;
}
std::string discarded(const Value& of, std::initializer_list<const char*> names) {
  std::vector<Value> runs;
  for (const auto* name : names) runs.push_back(run(name));
  std::string out;
  for (const auto i : runs_to_discard(of, runs, kNow).runs) {
    out += (out.empty() ? "" : " ") + objects::meta_text(runs[i], "name");
  }
  return out;
}

TEST(Retention, WithinASecondTheNumberTellsWhichIsNewer) {
  std::vector<Value> runs;
  for (const auto* number : {"9", "10", "11"}) {
    runs.push_back(run("F1"));
    objects::set_meta(runs.back(), "name", std::string("x") + number);
    objects::set_annotation(runs.back(), "devops.kubesphere.io/jenkins-pipelinerun-id", number);
  }
  const auto gone = runs_to_discard(pipeline("", "2"), runs, kNow).runs;
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(objects::meta_text(runs[gone.front()], "name"), "x9");
}

TEST(Retention, TheJenkinsfileSaysItBefore) {
  std::vector<Value> runs;
  for (const auto* name : {"F1", "F2", "F3", "F4"}) runs.push_back(run(name));
  EXPECT_EQ(runs_to_discard(pipeline("", "1"), runs, kNow, {.keep_runs = 3, .keep_days = -1}).runs.size(), 1u);
  EXPECT_EQ(runs_to_discard(Value::map(), runs, kNow, {.keep_runs = 1, .keep_days = -1}).runs.size(), 3u);
  EXPECT_EQ(runs_to_discard(pipeline("", "1"), runs, kNow, {.keep_runs = -1, .keep_days = -1}).runs.size(), 0u);
}

TEST(Retention, Ill17WhatGoes) {
  EXPECT_EQ(discarded(pipeline("", "2"), {"F1", "F2", "F3", "F4"}), "F3 F4");
  EXPECT_EQ(discarded(pipeline("", "2"), {"F1", "F2", "S3", "S4"}), "S4") << "the last that succeeded stays";
  EXPECT_EQ(discarded(pipeline("", "1"), {"R", "X", "F1", "F2"}), "F2") << "what has not ended is not counted";
  EXPECT_EQ(discarded(pipeline("", "1"), {"F1", "K2", "F3"}), "F3") << "a pinned one stays";
  EXPECT_EQ(discarded(pipeline("3", ""), {"F1", "F2", "F4", "F9"}), "F4 F9");
  EXPECT_EQ(discarded(pipeline("3", ""), {"F9"}), "") << "the last that ended stays, however old";
  EXPECT_EQ(discarded(pipeline("7", "10"), {"F1", "F8"}), "F8") << "either limit is enough";
  for (const auto* none : {"", "-1", "0", "x", "-5"}) {
    EXPECT_EQ(discarded(pipeline(none, none), {"F1", "F2", "F3"}), "") << none;
  }
  EXPECT_EQ(discarded(Value::map(), {"F1", "F2"}), "");
  EXPECT_EQ(discarded(pipeline("", "1", true), {"F1@main", "F2@main", "F3@dev", "F4@dev"}), "F4@dev F2@main")
      << "each branch for itself";
}

TEST(Retention, KnowsWhenTheNextOneIsTooOld) {
  const auto of = runs_to_discard(pipeline("3", ""), {run("F1"), run("F2")}, kNow);
  EXPECT_TRUE(of.runs.empty());
  EXPECT_EQ(of.next_in_millis, kDay + 1);
}

class RetentionRuns : public StoreFixture {};

TEST_F(RetentionRuns, OldRunsGoAndRunningOnesStay) {
  create("Namespace", "", R"({"metadata":{"name":"p"}})");
  create("Pipeline", "p", R"({"metadata":{"name":"a"},"spec":{"type":"pipeline","pipeline":{"name":"a",
                              "discarder":{"num_to_keep":"1"}}}})");
  EventRecorder events(*store_, "test", [this] { return now_.load(); }, nullptr);
  const JobFacts facts;
  RetentionReconciler rules(*store_, facts, events, [this] { return now_.load(); });
  ControllerOptions options;
  options.name = "retention";
  Controller controller(io_, *store_, type("Pipeline"), rules, options);
  controller.also(type("PipelineRun"), RetentionReconciler::pipeline_of_ended_run, true);
  controller.start();
  for (int i = 0; i < 4; ++i) {
    const auto name = "r" + std::to_string(i);
    auto made =
        create("PipelineRun", "p",
               Value::map_of("metadata",
                             Value::map_of("name", name, "labels", Value::map_of("devops.kubesphere.io/pipeline", "a")),
                             "spec", Value::map_of("pipelineRef", Value::map_of("name", "a"))));
    made.set("status",
             i < 3 ? Value::map_of("phase", "Failed", "completionTime", objects::format_rfc3339(now_ + i * 1000))
                   : Value::map_of("phase", "Running"));
    ASSERT_TRUE(wait(embedded_->update(type("PipelineRun"), "p", name, made, objects::Part::status, false)));
  }
  settle(std::vector<Controller*>{&controller});
  std::string left;
  for (const auto& one : list("PipelineRun")) left += objects::meta_text(one, "name") + " ";
  EXPECT_EQ(left, "r2 r3 ");
  controller.stop();
  EXPECT_TRUE(drains());
}

}  // namespace
}  // namespace windlass::controllers
