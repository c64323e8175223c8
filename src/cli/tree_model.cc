#include "cli/tree_model.h"

#include <algorithm>

#include "cli/terminal_text.h"

namespace windlass::cli {
namespace {

constexpr std::size_t kLongestLine = 2000;  ///< bytes of a line that are kept
constexpr std::size_t kKeptFailures = 16;   ///< failed steps directly inside one block

bool is_bad(std::string_view result) { return result == "FAILURE" || result == "UNSTABLE" || result == "ABORTED"; }

}  // namespace

void TreeModel::on_run(std::string_view job, std::uint64_t number) {
  id_ = std::string(job) + "#" + std::to_string(number);
}

void TreeModel::on_node_started(const engine::FlowNode& node) {
  auto outer = nodes_.find(node.parent);
  std::uint64_t around = outer == nodes_.end() ? 0 : outer->second.row;
  bool names_itself = (node.step == "stage" || node.step == "branch") && !node.label.empty();
  const auto& parent = rows_.at(around);
  // A Declarative branch holds a stage of its own name: one line is enough.
  bool doubled = around != 0 && node.step == "stage" && parent.node.step == "branch" && parent.node.label == node.label;
  Node kept;
  kept.node = node;
  kept.row = around;
  if (names_itself && !doubled) {
    TreeRow row;
    row.node = node;
    row.parent = around;
    row.path = around == 0 ? node.label : parent.path + " / " + node.label;
    rows_.insert_or_assign(node.id, std::move(row));
    rows_.at(around).children.push_back(node.id);
    kept.row = node.id;
  } else if (!names_itself) {
    rows_.at(around).line_is_fresh = false;
    rows_.at(around).step = node.label.empty() ? node.step : node.step + " " + without_controls(node.label);
  }
  nodes_.insert_or_assign(node.id, std::move(kept));
}

void TreeModel::on_node_ended(const engine::FlowNode& node) {
  if (!nodes_.contains(node.id)) on_node_started(node);
  auto found = nodes_.find(node.id);
  found->second.node = node;
  if (!found->second.partial.empty()) {
    add_line(found->second, found->second.partial);
    found->second.partial.clear();
  }
  auto& row = rows_.at(found->second.row);
  if (row.node.id == node.id) {
    // What the stage inside said of itself stands: a skipped one ends its branch with SUCCESS.
    auto inner = std::move(row.node);
    row.node = node;
    if (node.result == "SUCCESS" && !inner.result.empty()) {
      row.node.result = std::move(inner.result);
      row.node.cause = std::move(inner.cause);
    }
    row.last_line.clear();
    row.step.clear();
  } else if (node.step == "stage" && node.label == row.node.label) {
    if (node.result != "SUCCESS") {
      row.node.result = node.result;
      row.node.cause = node.cause;
    }
  } else {
    row.step.clear();
  }
  if (is_bad(node.result)) {
    failures_.insert(node.id);
    bound_failures(node.parent);
    return;
  }
  forget_inside(node.id);
  nodes_.erase(node.id);
}

/// A block that ended well caught whatever failed in it.
void TreeModel::forget_inside(std::uint64_t block) {
  for (auto it = failures_.upper_bound(block); it != failures_.end();) {
    auto outer = nodes_.at(*it).node.parent;
    while (outer > block) {
      auto next = nodes_.find(outer);
      outer = next == nodes_.end() ? 0 : next->second.node.parent;
    }
    if (outer == block) {
      nodes_.erase(*it);
      it = failures_.erase(it);
    } else {
      ++it;
    }
  }
}

/// A loop may catch a million failures: the newest are enough to tell which one got through.
void TreeModel::bound_failures(std::uint64_t parent) {
  std::uint64_t oldest = 0;
  std::size_t count = 0;
  for (auto it = failures_.upper_bound(parent); it != failures_.end(); ++it) {
    if (nodes_.at(*it).node.parent != parent || rows_.contains(*it)) continue;
    if (++count == 1) oldest = *it;
  }
  if (count <= kKeptFailures) return;
  forget_inside(oldest);
  failures_.erase(oldest);
  nodes_.erase(oldest);
}

void TreeModel::add_line(Node& node, std::string_view line) {
  auto text = without_controls(line.substr(0, kLongestLine));
  while (text.ends_with(' ')) text.pop_back();
  if (text.empty() || text.starts_with("[Pipeline]")) return;
  auto& row = rows_.at(node.row);
  // The commands that `sh` echoes are shown until one of them says something itself.
  bool echoed = text.starts_with("+ ");
  if (!echoed || !row.line_is_fresh) row.last_line = text;
  row.line_is_fresh = row.line_is_fresh || !echoed;
  node.tail.push_back(std::move(text));
  if (node.tail.size() > kTailLines) node.tail.pop_front();
}

void TreeModel::on_log(std::string_view, std::uint64_t id, std::string_view text) {
  auto found = nodes_.find(id);
  if (found == nodes_.end()) return;
  auto& node = found->second;
  for (;;) {
    auto end = text.find('\n');
    if (end == std::string_view::npos) break;
    node.partial.append(text.substr(0, end));
    add_line(node, node.partial);
    node.partial.clear();
    text.remove_prefix(end + 1);
  }
  node.partial.append(text);
  if (node.partial.size() > kLongestLine) node.partial.resize(kLongestLine);
}

void TreeModel::on_finished(std::string_view result) {
  result_ = result;
  waiting_.clear();
}

const engine::Waiting* TreeModel::waiting_in(const TreeRow& row) const {
  for (const auto& waiting : waiting_) {
    if (waiting.branch == row.node.branch && waiting.code != "shell") return &waiting;
  }
  return nullptr;
}

std::vector<engine::FlowNode> TreeModel::bad_nodes() const {
  std::vector<engine::FlowNode> out;
  for (const auto& [id, node] : nodes_) out.push_back(node.node);
  return out;
}

std::vector<std::string> TreeModel::tail_of(std::uint64_t id) const {
  auto found = nodes_.find(id);
  if (found == nodes_.end()) return {};
  return {found->second.tail.begin(), found->second.tail.end()};
}

}  // namespace windlass::cli
