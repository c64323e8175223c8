#include "cli/run_list.h"

#include <algorithm>

#include "data/binary.h"
#include "engine/stored_run.h"

namespace windlass::cli {
namespace {

using engine::FlowNode;

bool is_bad(std::string_view result) { return result == "FAILURE" || result == "UNSTABLE" || result == "ABORTED"; }

const FlowNode* find_node(const std::vector<FlowNode>& nodes, std::uint64_t id) {
  auto found =
      std::lower_bound(nodes.begin(), nodes.end(), id, [](const auto& n, auto wanted) { return n.id < wanted; });
  return found != nodes.end() && found->id == id ? &*found : nullptr;
}

/// Which of two bad nodes of one block ended it? The one that the block's exception came from has its sentence. Of
/// several stages the first went wrong; of several steps the last one, because whatever failed before was caught.
bool is_likelier(const FlowNode& a, const FlowNode& b, std::string_view result, std::string_view cause) {
  if ((a.result == result) != (b.result == result)) return a.result == result;
  bool a_same = !cause.empty() && a.cause == cause;
  bool b_same = !cause.empty() && b.cause == cause;
  if (a_same != b_same) return a_same;
  return is_stage(a) && is_stage(b) ? a.ended_millis < b.ended_millis : a.ended_millis > b.ended_millis;
}

}  // namespace

bool is_stage(const FlowNode& node) { return node.step == "stage" || node.step == "branch"; }

std::string state_name(const journal::RunInfo& run) {
  switch (run.state) {
    case journal::RunInfo::State::running:
      return "running";
    case journal::RunInfo::State::interrupted:
      return run.problem.empty() ? "interrupted" : "suspended";
    case journal::RunInfo::State::ended:
      return run.end ? run.end->result : "ended";
    case journal::RunInfo::State::damaged:
      return "damaged";
  }
  return "";
}

Result<std::vector<FlowNode>> flow_of(journal::RunReader& reader) {
  std::vector<FlowNode> nodes;
  for (const auto& stored : WL_TRY(reader.nodes())) {
    nodes.push_back(engine::flow_node_from(stored));
  }
  std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return nodes;
}

const FlowNode* first_cause(const std::vector<FlowNode>& nodes, std::string_view result) {
  const FlowNode* block = nullptr;
  for (std::string_view cause; is_bad(result);) {
    const FlowNode* best = nullptr;
    for (const auto& node : nodes) {
      if (node.parent != (block == nullptr ? 0 : block->id) || !is_bad(node.result)) continue;
      if (node.result != result && (cause.empty() || node.cause != cause)) continue;
      if (best == nullptr || is_likelier(node, *best, result, cause)) best = &node;
    }
    if (best == nullptr) break;
    block = best;
    result = block->result;
    cause = block->cause;
  }
  return block;
}

std::string stage_path(const std::vector<FlowNode>& nodes, const FlowNode& node) {
  std::vector<const FlowNode*> outer;
  for (const auto* at = &node; at != nullptr; at = find_node(nodes, at->parent)) {
    if (is_stage(*at) && !at->label.empty()) outer.push_back(at);
  }
  std::string path;
  const FlowNode* before = nullptr;
  for (auto at = outer.rbegin(); at != outer.rend(); ++at) {
    bool doubled =
        before != nullptr && before->step == "branch" && (*at)->step == "stage" && before->label == (*at)->label;
    before = *at;
    if (!doubled) path += (path.empty() ? "" : " / ") + (*at)->label;
  }
  return path;
}

std::string cause_text(const std::vector<FlowNode>& nodes, const FlowNode& node) {
  auto text = stage_path(nodes, node);
  if (!is_stage(node)) text += (text.empty() ? "" : " › ") + node.step;
  if (node.cause_line() != 0) text += " (line " + std::to_string(node.cause_line()) + ")";
  if (!node.cause.empty()) text += ": " + node.cause;
  return text;
}

Result<Harvest> harvest_of(journal::RunReader& reader) {
  Harvest harvest;
  for (const auto& record : WL_TRY(reader.records("junit"))) {
    auto counts = WL_TRY(data::decode_binary(record.payload));
    harvest.tests += counts.get_int("total");
    harvest.failed_tests += counts.get_int("failed");
    harvest.skipped_tests += counts.get_int("skipped");
  }
  harvest.artifacts = WL_TRY(reader.records("artifact")).size();
  harvest.artifact_folder = reader.folder() + "/files/artifacts";
  return harvest;
}

}  // namespace windlass::cli
