// Two runs beside each other: parameters, revisions, definition, stages, first cause, log. Facts only; clients have the
// words. How texts, stages and logs are compared is runs/compare_runs.h.
#include <algorithm>
#include <memory>

#include "kapis/answers.h"
#include "kapis/job.h"
#include "kapis/run_access.h"
#include "kapis/run_facts.h"
#include "runs/compare_runs.h"
#include "runs/run_record.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;

namespace {

constexpr std::size_t kLinesAtOnce = 10'000;
constexpr std::size_t kMostChanges = 2'000;

struct Side {
  runs::RunInfo run;
  runs::FlowNodes nodes;
  runs::RunRecord record;
};

ApiTask<Side> side_of(Call& call, std::string number) {
  // The other run is one of the same pipeline: the right of the route covers it.
  auto other = call.parameters;
  other["r"] = std::move(number);
  std::swap(call.parameters, other);
  auto found = co_await run_by_number(call);
  std::swap(call.parameters, other);
  Side out;
  out.run = WL_API_TRY(std::move(found));
  out.nodes = WL_API_TRY(to_outcome(co_await call.services.runs.nodes(out.run.uid)));
  const auto record = std::make_shared<runs::RunRecord>();
  WL_API_TRY(to_outcome(co_await call.services.runs.look_into(out.run.uid, [record](auto& journal) -> Result<> {
    *record = WL_TRY(runs::read_record(journal));
    return {};
  })));
  out.record = std::move(*record);
  co_return out;
}

Value facts_of(const Side& side, std::int64_t now) {
  const auto& run = side.run;
  const auto end = run.ended_millis != 0 ? run.ended_millis : now;
  auto out = Value::map_of("number", static_cast<std::int64_t>(run.number), "name", run.name, "phase", phase_of(run),
                           "result", run.result, "user", run.user_id, "cause", run.cause, "started", run.started_millis,
                           "duration", run.started_millis == 0 ? std::int64_t{0} : end - run.started_millis);
  auto revisions = Value::list();
  for (const auto& [from, commit] : side.record.revisions) {
    revisions.push(Value::map_of("from", from, "commit", commit));
  }
  out.set("revisions", std::move(revisions));
  const FailureFacts failures(run, side.nodes, failed_in(side.nodes));
  const auto* cause = failures.first_cause();
  out.set("firstCause", cause == nullptr ? Value() : node_value(*cause));
  return out;
}

/// Names whose values differ, with both; null where there is none, {"secret": true} for a password.
Value parameters_of(const Side& a, const Side& b) {
  if (!a.record.parameters || !b.record.parameters) return {};
  std::map<std::string, std::pair<Value, Value>> all;
  const auto take = [&](const Side& side, bool second) {
    for (const auto& [name, value] : *side.record.parameters) {
      auto& place = second ? all[name].second : all[name].first;
      place = value ? Value(*value) : Value::map_of("secret", true);
    }
  };
  take(a, false);
  take(b, true);
  auto out = Value::list();
  for (auto& [name, values] : all) {
    if (values.first == values.second) continue;
    out.push(Value::map_of("name", name, "a", std::move(values.first), "b", std::move(values.second)));
  }
  return out;
}

Value definition_of(const Side& a, const Side& b) {
  auto changes = Value::list();
  const auto all = runs::compare_texts(a.record.script, b.record.script);
  for (const auto& one : all) {
    if (changes.size() == kMostChanges) break;
    using Kind = runs::TextChange::Kind;
    changes.push(Value::map_of("kind",
                               one.kind == Kind::same      ? "same"
                               : one.kind == Kind::removed ? "removed"
                                                           : "added",
                               "a", static_cast<std::int64_t>(one.a), "b", static_cast<std::int64_t>(one.b), "text",
                               one.text));
  }
  return Value::map_of("same", a.record.script == b.record.script, "changes", std::move(changes), "complete",
                       all.size() <= kMostChanges);
}

Value stages_of(const Side& a, const Side& b) {
  const auto value = [](const runs::StageOf& stage) {
    if (stage.node == 0) return Value();
    return Value::map_of("node", static_cast<std::int64_t>(stage.node), "result", stage.result, "duration",
                         stage.millis < 0 ? Value() : Value(stage.millis));
  };
  auto out = Value::list();
  for (const auto& pair : runs::compare_stages(a.nodes, b.nodes)) {
    out.push(Value::map_of("path", pair.path, "a", value(pair.a), "b", value(pair.b)));
  }
  return out;
}

/// Every line of a log, a part at a time, on the thread that reads logs.
ApiTask<bool> each_line(Call& call, std::string uid, std::shared_ptr<runs::LogDifference> difference,
                        void (runs::LogDifference::*take)(const runs::LogLine&)) {
  std::size_t seen = 0;
  for (std::uint64_t next = 1;;) {
    const auto got = std::make_shared<runs::Lines>();
    const auto there =
        WL_API_TRY(to_outcome(co_await call.services.runs.look_into(uid, [=](journal::RunReader& journal) -> Result<> {
          *got = WL_TRY(runs::read_lines(journal, {.first = next, .most = kLinesAtOnce, .node = {}}));
          for (const auto& line : got->lines) (*difference.*take)(line);
          return {};
        })));
    seen += got->lines.size();
    // An unfinished last line is there for good in this comparison.
    if (!there || got->lines.empty() || !got->lines.back().whole || call.services.events.stopped()) co_return true;
    if (seen >= runs::LogDifference::kMostLines) co_return false;
    next = got->next;
  }
}

ApiTask<Value> logs_of(Call& call, const Side& a, const Side& b) {
  const auto difference = std::make_shared<runs::LogDifference>();
  const bool whole_a = WL_API_TRY(co_await each_line(call, a.run.uid, difference, &runs::LogDifference::add_a));
  const bool whole_b = WL_API_TRY(co_await each_line(call, b.run.uid, difference, &runs::LogDifference::add_b));
  difference->settle();
  (void)WL_API_TRY(co_await each_line(call, a.run.uid, difference, &runs::LogDifference::show_a));
  (void)WL_API_TRY(co_await each_line(call, b.run.uid, difference, &runs::LogDifference::show_b));
  const auto lines = [](const std::vector<runs::LogLine>& all) {
    auto out = Value::list();
    for (const auto& line : all) {
      out.push(Value::map_of("number", static_cast<std::int64_t>(line.number), "node",
                             static_cast<std::int64_t>(line.node), "text", line.text));
    }
    return out;
  };
  const auto [count_a, count_b] = difference->differing();
  co_return Value::map_of("onlyA", lines(difference->only_a()), "onlyB", lines(difference->only_b()), "countA",
                          static_cast<std::int64_t>(count_a), "countB", static_cast<std::int64_t>(count_b), "complete",
                          whole_a && whole_b);
}

ApiTask<Response> compare(Call& call) {
  const JobPlace place(call.services.jobs, call.user.name);
  if (!place.good()) co_return objects::unavailable("too many runs are being compared; try again");
  const auto now = call.services.now_millis();
  const auto a = WL_API_TRY(co_await side_of(call, call.at("r")));
  const auto b = WL_API_TRY(co_await side_of(call, call.at("other")));
  auto out =
      Value::map_of("project", call.at("d"), "pipeline", call.at("p"), "a", facts_of(a, now), "b", facts_of(b, now));
  out.set("parameters", parameters_of(a, b));
  out.set("definition", definition_of(a, b));
  out.set("stages", stages_of(a, b));
  out.set("log", WL_API_TRY(co_await logs_of(call, a, b)));
  co_return json_answer(out);
}

constexpr Route kRoutes[] = {
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}/compare/{other}",
     {"get", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     compare,
     "what differs between two runs: parameters, revisions, definition, stages, first cause, log"},
};

}  // namespace

std::span<const Route> compare_routes() { return kRoutes; }

}  // namespace windlass::kapis
