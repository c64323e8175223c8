// A whole run in one answer, its earlier nodes by pages, and what their time went into: our own API. Facts as codes and
// numbers, never as sentences; whoever shows them has the words in both languages. Source: docs/compat/windlass.md.
#include <algorithm>
#include <map>
#include <memory>

#include "data/json.h"
#include "jenkinsfile/source_ranges.h"
#include "kapis/answers.h"
#include "kapis/approvals.h"
#include "kapis/event_hub.h"
#include "kapis/expected.h"
#include "kapis/job.h"
#include "kapis/run_access.h"
#include "kapis/run_facts.h"
#include "kapis/run_graph.h"
#include "runs/run_phases.h"
#include "runs/run_record.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
using objects::Outcome;

namespace {

constexpr std::size_t kMostKept = 4096;      ///< answers; each a few kilobytes
constexpr std::size_t kMostRanges = 256;     ///< runs whose Jenkinsfile's parts are kept
constexpr std::uint64_t kNodesShown = 1000;  ///< in a view; a run may have a hundred thousand
constexpr std::uint64_t kMostNodes = 5000;   ///< at once

Value may(const Call& call, const std::string& verb, const runs::RunInfo& run) {
  rights::Attributes asked{.verb = verb,
                           .group = std::string(kDevops),
                           .resource = "pipelineruns",
                           .subresource = {},
                           .namespace_ = call.at("d"),
                           .name = run.name,
                           .pipeline = call.at("p")};
  const auto decision = rights::decide(call.user, asked);
  return Value::map_of("allowed", decision.allowed, "reason", decision.reason);
}

/// The first cause of a run of which no step has failed: its Jenkinsfile is not valid, or its script ended with an
/// exception of its own; null where neither is known.
ApiTask<Value> script_cause(Call& call, const runs::RunInfo& run) {
  struct Found {
    std::optional<runs::InvalidScript> invalid;
    std::optional<runs::ScriptFailure> failure;
  };
  const auto found = std::make_shared<Found>();
  WL_API_TRY(to_outcome(co_await call.services.runs.look_into(run.uid, [found](auto& journal) -> Result<> {
    found->invalid = WL_TRY(runs::read_invalid_script(journal));
    found->failure = WL_TRY(runs::read_failure(journal));
    return {};
  })));
  if (found->invalid) {
    const auto& one = *found->invalid;
    co_return Value::map_of("code", "invalid", "line", one.line, "column", one.column, "cause", one.message, "others",
                            one.count - 1);
  }
  if (!found->failure) co_return Value();
  const auto& one = *found->failure;
  co_return Value::map_of("code", "script", "line", one.line, "class", one.class_name, "cause", one.message);
}

/// While it goes on they are in memory.
ApiTask<std::vector<engine::AgentReport>> agents_of(Call& call, const runs::RunInfo& run) {
  if (run.phase != runs::Phase::ended || !run.agents.empty()) co_return run.agents;
  co_return WL_API_TRY(to_outcome(co_await call.services.runs.kept_facts(run.uid))).agents;
}

/// Where the parts of its Jenkinsfile stand. Read and parsed once: it never changes.
ApiTask<std::shared_ptr<const jenkinsfile::SourceRanges>> ranges_of(Call& call, const runs::RunInfo& run) {
  using Out = std::shared_ptr<const jenkinsfile::SourceRanges>;
  if (const auto known = call.services.ranges.find(run.uid); known != call.services.ranges.end())
    co_return known->second;
  const auto script = std::make_shared<std::string>();
  const bool begun =
      WL_API_TRY(to_outcome(co_await call.services.runs.look_into(run.uid, [script](auto& journal) -> Result<> {
        *script = WL_TRY(runs::read_record(journal)).script;
        return {};
      })));
  Out out = co_await call.services.worker.run(
      [script] { return Out(std::make_shared<jenkinsfile::SourceRanges>(jenkinsfile::SourceRanges::of(*script))); });
  if (begun) {
    if (call.services.ranges.size() >= kMostRanges) call.services.ranges.clear();
    call.services.ranges[run.uid] = out;
  }
  co_return out;
}

FailureFacts failures_of(const runs::RunInfo& run, const RunGraph& graph) {
  return {run, graph.nodes(), {graph.failed().begin(), graph.failed().end()}};
}

Value position_value(const groovy::Position& at) {
  return Value::map_of("line", static_cast<std::int64_t>(at.line), "column", static_cast<std::int64_t>(at.column));
}

/// A node with its path, and where it stands in the Jenkinsfile. Stages that Declarative opens know no line themselves.
Value placed_node(const runs::FlowNode& node, std::string path, const jenkinsfile::SourceRanges& ranges) {
  auto out = node_value(node);
  const auto* range = runs::is_stage(node) ? ranges.stage(path) : nullptr;
  if (range == nullptr && node.line != 0) range = ranges.call(node.line, node.step);
  Value value;
  if (range != nullptr) {
    if (node.line == 0) out.set("line", static_cast<std::int64_t>(range->begin.line));
    value = Value::map_of("begin", position_value(range->begin), "end", position_value(range->end));
  }
  out.set("range", std::move(value));
  out.set("path", std::move(path));
  return out;
}

/// `nodes`, `nodesTotal` and `nodesBefore`.
void add_nodes(Value& out, const RunGraph::Page& page, const RunGraph& graph, const FailureFacts& failures,
               const Expected& expected, const jenkinsfile::SourceRanges& ranges) {
  auto list = Value::list();
  for (const auto* node : page.nodes) {
    const auto path = graph.path_of(*node);
    auto one = placed_node(*node, path, ranges);
    const auto how = failures.counted(*node);
    if (how != Counted::none) {
      one.set("counted", how == Counted::yes ? "yes" : how == Counted::caught ? "caught" : "failfast");
    }
    if (const auto part = expected.parts.find(path); part != expected.parts.end()) one.set("expected", part->second);
    list.push(std::move(one));
  }
  out.set("nodes", std::move(list));
  out.set("nodesTotal", static_cast<std::int64_t>(graph.nodes().size()));
  out.set("nodesBefore", page.before == 0 ? Value() : Value(static_cast<std::int64_t>(page.before)));
}

/// Earlier nodes of a long run: those before one, the last ones first by pages, each page in order.
ApiTask<Response> nodes(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  const auto beside = WL_API_TRY(co_await neighbours_of(call, run));
  const auto expected = WL_API_TRY(co_await expected_of(call, run.job, beside.green));
  const auto ranges = WL_API_TRY(co_await ranges_of(call, run));
  const auto graph = WL_API_TRY(co_await graph_of(call, run));
  const auto limit = std::clamp<std::uint64_t>(WL_API_TRY(number(call, "limit")).value_or(kNodesShown), 1, kMostNodes);
  auto out = Value::map_of("version", static_cast<std::int64_t>(run.version));
  add_nodes(out, graph->page(WL_API_TRY(number(call, "before")).value_or(0), limit), *graph, failures_of(run, *graph),
            *expected, *ranges);
  co_return json_answer(out);
}

/// A whole run in one answer; `version` grows with everything that changes in it while this process lives.
ApiTask<Response> view(Call& call) {
  // The place in the event stream from which on this answer is to be completed: taken before anything is read.
  const auto cursor = call.services.events.cursor();
  auto run = WL_API_TRY(co_await run_by_number(call));
  // Before it is looked at: what changes meanwhile makes the answer one that is not kept.
  const auto holds = call.services.runs.unchanged(run.uid);
  run = WL_API_TRY(co_await run_by_number(call));
  const auto limit = WL_API_TRY(number(call, "limit")).value_or(kNodesShown);
  auto out = Value::map_of("project", call.at("d"), "pipeline", call.at("p"), "number",
                           static_cast<std::int64_t>(run.number), "name", run.name, "uid", run.uid, "phase",
                           phase_of(run), "result", run.result, "user", run.user_id, "cause", run.cause);
  out.set("queued", run.queued_millis);
  out.set("started", run.started_millis);
  out.set("ended", run.ended_millis);
  out.set("version", static_cast<std::int64_t>(run.version));
  out.set("pausedBy", run.held_by);
  out.set("pausedSince", run.held_millis);
  out.set("reason",
          run.reason.code.empty() ? Value() : Value::map_of("code", run.reason.code, "evidence", run.reason.evidence));
  auto waiting = Value::list();
  std::optional<Outcome<ApprovalRule>> rule;  // where something is asked
  for (const auto& one : run.waiting) {
    auto entry = Value::map_of("branch", one.branch, "node", static_cast<std::int64_t>(one.node), "code", one.code,
                               "detail", one.detail, "since", one.since_millis);
    if (!one.holder.is_null()) entry.set("holder", one.holder);
    if (!one.evidence.is_null()) entry.set("evidence", one.evidence);
    if (one.code == "input") {
      entry.set("input", one.input);
      if (!rule) rule = co_await approval_rule_of(call, true);
      entry.set("mayAnswer", may_answer(call.user, one) && (!*rule || (*rule)->own || run.user_id != call.user.name));
      if (*rule && (*rule)->wanted > 1) {
        entry.set("approvals", approvals_value(WL_API_TRY(co_await approvals_of(call, run, one, **rule))));
      }
      // What an answer is bound to: given back with it, it is refused where it is not this run's.
      entry.set("definition", run.definition);
      entry.set("commit", run.commit);
    }
    waiting.push(std::move(entry));
  }
  out.set("waiting", std::move(waiting));
  auto agents = Value::list();
  for (const auto& one : WL_API_TRY(co_await agents_of(call, run))) agents.push(agent_value(one));
  out.set("agents", std::move(agents));
  const auto beside = WL_API_TRY(co_await neighbours_of(call, run));
  const auto expected = WL_API_TRY(co_await expected_of(call, run.job, beside.green));
  const auto number_or_null = [](std::uint64_t number) {
    return number == 0 ? Value() : Value(static_cast<std::int64_t>(number));
  };
  out.set("previous", number_or_null(beside.previous));
  out.set("next", number_or_null(beside.next));
  out.set("lastGreen", number_or_null(beside.last_green));
  out.set("expected", expected->whole == 0 ? Value() : Value(expected->whole));
  const auto ranges = WL_API_TRY(co_await ranges_of(call, run));
  const auto graph = WL_API_TRY(co_await graph_of(call, run));
  const FailureFacts failures = failures_of(run, *graph);
  add_nodes(out, graph->page(0, std::min<std::uint64_t>(limit, kMostNodes)), *graph, failures, *expected, *ranges);
  Value first;
  if (const auto* cause = failures.first_cause()) {
    first = placed_node(*cause, graph->path_of(*cause), *ranges);
    if (cause->failed_line != 0) {
      first.set("line", static_cast<std::int64_t>(cause->failed_line));
      first.set("range", Value());
    }
  }
  if (first.is_null() && run.phase == runs::Phase::ended && (run.result == "FAILURE" || run.result == "ABORTED")) {
    first = WL_API_TRY(co_await script_cause(call, run));
  }
  out.set("firstCause", std::move(first));
  auto rights = Value::map();
  rights.set("stop", may(call, "update", run));
  rights.set("pause", may(call, "update", run));
  rights.set("replay", may(call, "create", run));
  rights.set("delete", may(call, "delete", run));
  out.set("may", std::move(rights));
  Services::Kept kept{.body = data::format_json(out),
                      .tag = "\"" + run.uid + "-" + std::to_string(run.version) + "-" +
                             std::to_string(call.services.now_millis()) + "\"",
                      .holds = holds};
  kept.body.pop_back();
  auto answer = kept_answer(kept, call.request, call.services.now_millis(), cursor);
  // The newest run that has ended gets a next one without changing itself.
  // How it stands with approvals is on objects, and in people's roles.
  const bool complete = (run.phase != runs::Phase::ended || beside.next != 0) && !rule;
  if (*holds && complete && call.request.query.empty()) {
    if (call.services.kept.size() >= kMostKept) call.services.kept.clear();
    call.services.kept[kept_key(call.request.path, call.user)] = std::move(kept);
  }
  co_return answer;
}

Value phase_of_node(std::uint64_t node, const runs::Phases& times, const std::vector<runs::Waiting>& waiting) {
  auto one = Value::map_of("node", static_cast<std::int64_t>(node), "queue", times.queue, "lock", times.lock, "input",
                           times.input, "build", times.build, "sleep", times.sleep, "connect", times.connect, "run",
                           times.run, "open", times.open);
  auto holder = times.holder;
  for (const auto& each : waiting) {
    if (each.node == node && !each.holder.is_null()) holder = each.holder;
  }
  if (!holder.is_null()) one.set("holder", std::move(holder));
  return one;
}

/// A wait that is one transaction with its end has no entry before that.
void add_waiting(std::map<std::uint64_t, runs::Phases>& all, const std::vector<runs::Waiting>& waiting,
                 std::int64_t now) {
  for (const auto& each : waiting) {
    auto& times = all[each.node];
    if (times.open) continue;
    times.open = true;
    const auto since = std::max<std::int64_t>(now - each.since_millis, 0);
    (each.code == "executor" || each.code == "throttle" ? times.queue
     : each.code == "lock"                              ? times.lock
     : each.code == "input"                             ? times.input
     : each.code == "build"                             ? times.build
     : each.code == "timer"                             ? times.sleep
                                                        : times.run) += since;
  }
}

/// What the time of each node went into, milliseconds: of the last nodes that took any, or of those before one. The
/// whole journal is looked at for it, apart from all others; its text is made there.
ApiTask<Response> phases(Call& call) {
  const JobPlace place(call.services.jobs, call.user.name);
  if (!place.good()) co_return objects::unavailable("too many runs are being looked at; try again");
  const auto run = WL_API_TRY(co_await run_by_number(call));
  const auto graph = WL_API_TRY(co_await graph_of(call, run));
  const auto text = std::make_shared<std::string>();
  const auto before = std::make_shared<std::uint64_t>(0);
  const auto now = call.services.now_millis();
  const auto limit = std::clamp<std::uint64_t>(WL_API_TRY(number(call, "limit")).value_or(kNodesShown), 1, kMostNodes);
  const auto below = WL_API_TRY(number(call, "before")).value_or(0);
  const auto tell = [text, before, limit, below, waiting = run.waiting](std::map<std::uint64_t, runs::Phases> all,
                                                                        std::int64_t at) {
    add_waiting(all, waiting, at);
    const auto end = below == 0 ? all.end() : all.lower_bound(below);
    auto begin = end;
    for (std::uint64_t i = 0; i < limit && begin != all.begin(); ++i) --begin;
    if (begin != all.begin()) *before = begin->first;
    for (auto it = begin; it != end; ++it) {
      *text += (text->empty() ? "" : ",") + data::format_json(phase_of_node(it->first, it->second, waiting));
    }
  };
  const bool there = WL_API_TRY(to_outcome(
      co_await call.services.runs.look_at_all(run.uid, [nodes = graph->nodes(), now, tell](auto& journal) -> Result<> {
        tell(WL_TRY(runs::read_phases(journal, nodes, now)), now);
        return {};
      })));
  if (!there) tell({}, now);
  const auto begun = run.started_millis != 0 ? run.started_millis : now;
  co_return Response::json(200, "{\"queue\":" + std::to_string(begun - run.queued_millis) + ",\"nodes\":[" + *text +
                                    "],\"nodesBefore\":" + (*before == 0 ? "null" : std::to_string(*before)) + "}");
}

constexpr Route kRoutes[] = {
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}",
     {"get", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     view,
     "a whole run: nodes, what waits and why, what the caller may do; limit: of the nodes",
     "limit"},
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}/nodes",
     {"get", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     nodes,
     "earlier nodes of a long run: before, limit",
     "before limit"},
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}/phases",
     {"get", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     phases,
     "what the time of its steps went into: queue, lock, input, build, sleep, run; before, limit",
     "before limit"},
};

}  // namespace

std::span<const Route> view_routes() { return kRoutes; }

}  // namespace windlass::kapis
