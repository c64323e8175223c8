#include "kapis/run_facts.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace windlass::kapis {

using data::Value;
using runs::FlowNode;

namespace {

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

bool failed(const FlowNode& node) { return node.result == "FAILURE" || node.result == "ABORTED"; }

std::vector<std::uint64_t> failed_in(const runs::FlowNodes& nodes) {
  std::vector<std::uint64_t> out;
  for (const auto& node : nodes) {
    if (failed(node)) out.push_back(node.id);
  }
  return out;
}

FailureFacts::FailureFacts(const runs::RunInfo& run, const runs::FlowNodes& nodes, std::vector<std::uint64_t> failed)
    : nodes_(nodes), failed_(std::move(failed)), run_well_(run.phase == runs::Phase::ended && well(run.result)) {
  for (const auto id : failed_) {
    const auto* node = nodes_.find(id);
    if (node == nullptr || node->step != "branch" || node->result != "FAILURE" || node->ended_millis == 0) continue;
    const auto [place, fresh] = first_failed_branch_.try_emplace(node->parent, node->ended_millis);
    if (!fresh) place->second = std::min(place->second, node->ended_millis);
  }
}

Counted FailureFacts::counted(const FlowNode& node) const {
  if (!failed(node)) return Counted::none;
  auto how = run_well_ ? Counted::caught : Counted::yes;
  const FlowNode* inner = &node;
  // Ids of parents are smaller, so this ends whatever a journal says.
  while (how == Counted::yes && inner->parent != 0 && inner->parent < inner->id) {
    if (inner->step == "branch" && inner->result == "ABORTED") {
      const auto other = first_failed_branch_.find(inner->parent);
      if (other != first_failed_branch_.end() && other->second <= inner->ended_millis) how = Counted::failfast;
    }
    const auto* outer = nodes_.find(inner->parent);
    if (outer == nullptr) break;
    inner = outer;
    if (well(inner->result)) how = Counted::caught;
  }
  return how;
}

const FlowNode* FailureFacts::first_cause() const {
  if (run_well_) return nullptr;
  std::vector<const FlowNode*> all;
  std::unordered_set<std::uint64_t> has_failed_inside;
  for (const auto id : failed_) {
    const auto* node = nodes_.find(id);
    if (node == nullptr || counted(*node) != Counted::yes) continue;
    all.push_back(node);
    has_failed_inside.insert(node->parent);
  }
  const FlowNode* out = nullptr;
  for (const auto* node : all) {
    if (has_failed_inside.contains(node->id)) continue;
    if (out == nullptr || node->ended_millis < out->ended_millis) out = node;
  }
  return out;
}

}  // namespace windlass::kapis
