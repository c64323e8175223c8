#include "kapis/run_facts.h"

#include <algorithm>
#include <unordered_map>

namespace windlass::kapis {

using data::Value;
using runs::FlowNode;

namespace {

bool failed(const FlowNode& node) { return node.result == "FAILURE" || node.result == "ABORTED"; }
bool well(std::string_view result) { return result == "SUCCESS" || result == "UNSTABLE" || result == "NOT_BUILT"; }

}  // namespace

std::string_view phase_of(const runs::RunInfo& run) {
  switch (run.phase) {
    case runs::Phase::queued:
      return "queued";
    case runs::Phase::running:
      return run.paused() ? "paused" : "running";
    case runs::Phase::ended:
      return "ended";
    case runs::Phase::stuck:
      return "stuck";
  }
  return "";
}

Value node_value(const FlowNode& node) {
  return Value::map_of("id", static_cast<std::int64_t>(node.id), "parent", static_cast<std::int64_t>(node.parent),
                       "step", node.step, "label", node.label, "line", static_cast<std::int64_t>(node.line), "branch",
                       node.branch, "started", node.started_millis, "ended", node.ended_millis, "result", node.result,
                       "cause", node.cause);
}

Value agent_value(const engine::AgentReport& agent) {
  auto troubles = Value::list();
  for (const auto& one : agent.troubles) {
    auto trouble =
        Value::map_of("code", one.code, "since", one.since_millis, "until", one.until_millis, "message", one.text);
    trouble.set("final", one.final);
    trouble.set("evidence", one.evidence.is_map() ? one.evidence : Value::map());
    troubles.push(std::move(trouble));
  }
  auto out = Value::map_of("name", agent.node, "node", static_cast<std::int64_t>(agent.flow_node), "label", agent.label,
                           "up", agent.up, "over", agent.over);
  out.set("times", agent.times.is_map() ? agent.times : Value::map());
  out.set("troubles", std::move(troubles));
  return out;
}

std::vector<Counted> counted(const runs::RunInfo& run, const std::vector<FlowNode>& nodes) {
  std::unordered_map<std::uint64_t, const FlowNode*> by_id;
  std::unordered_map<std::uint64_t, std::int64_t> first_failed_branch;  // of a parallel: when its first branch failed
  for (const auto& node : nodes) {
    by_id[node.id] = &node;
    if (node.step != "branch" || node.result != "FAILURE" || node.ended_millis == 0) continue;
    const auto [place, fresh] = first_failed_branch.try_emplace(node.parent, node.ended_millis);
    if (!fresh) place->second = std::min(place->second, node.ended_millis);
  }
  const bool run_well = run.phase == runs::Phase::ended && well(run.result);
  std::vector<Counted> out;
  out.reserve(nodes.size());
  for (const auto& node : nodes) {
    if (!failed(node)) {
      out.push_back(Counted::none);
      continue;
    }
    auto how = run_well ? Counted::caught : Counted::yes;
    const FlowNode* inner = &node;
    // Ids of parents are smaller, so this ends whatever a journal says.
    while (how == Counted::yes && inner->parent != 0 && inner->parent < inner->id) {
      if (inner->step == "branch" && inner->result == "ABORTED") {
        const auto other = first_failed_branch.find(inner->parent);
        if (other != first_failed_branch.end() && other->second <= inner->ended_millis) how = Counted::failfast;
      }
      const auto outer = by_id.find(inner->parent);
      if (outer == by_id.end()) break;
      inner = outer->second;
      if (well(inner->result)) how = Counted::caught;
    }
    out.push_back(how);
  }
  return out;
}

const FlowNode* first_cause(const runs::RunInfo& run, const std::vector<FlowNode>& nodes) {
  if (run.phase == runs::Phase::ended && well(run.result)) return nullptr;
  const auto how = counted(run, nodes);
  std::unordered_map<std::uint64_t, bool> has_failed_inside;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (how[i] == Counted::yes) has_failed_inside[nodes[i].parent] = true;
  }
  const FlowNode* out = nullptr;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (how[i] != Counted::yes || has_failed_inside.contains(nodes[i].id)) continue;
    if (out == nullptr || nodes[i].ended_millis < out->ended_millis) out = &nodes[i];
  }
  return out;
}

}  // namespace windlass::kapis
