#include "runs/node_paths.h"

#include <algorithm>
#include <utility>

namespace windlass::runs {

using engine::FlowNode;

bool is_stage(const FlowNode& node) { return node.step == "stage" || node.step == "branch"; }

const NodePaths::Place* NodePaths::find(std::uint64_t id) const {
  const auto found = std::ranges::lower_bound(places_, id, {}, &Place::id);
  return found == places_.end() || found->id != id ? nullptr : &*found;
}

std::string NodePaths::name_of(const FlowNode& node, std::uint64_t stage) const {
  auto name =
      is_stage(node) ? (node.label.empty() ? node.step : node.label) : node.step + "@" + std::to_string(node.line);
  const auto around = stages_.find(stage);
  return around == stages_.end() ? name : around->second + " / " + name;
}

void NodePaths::add(const FlowNode& node) {
  Place place{.id = node.id, .stage = node.parent};
  if (!stages_.contains(node.parent)) {
    const auto* parent = find(node.parent);
    place.stage = parent == nullptr ? 0 : parent->stage;
  }
  auto path = name_of(node, place.stage);
  place.times = ++seen_[path];
  if (is_stage(node)) {
    if (place.times > 1) path += " (" + std::to_string(place.times) + ")";
    stages_[node.id] = std::move(path);
  }
  places_.push_back(place);
}

std::string NodePaths::of(const FlowNode& node) const {
  if (const auto stage = stages_.find(node.id); stage != stages_.end()) return stage->second;
  const auto* place = find(node.id);
  if (place == nullptr) return name_of(node, 0);
  auto path = name_of(node, place->stage);
  return place->times > 1 ? path + " (" + std::to_string(place->times) + ")" : path;
}

}  // namespace windlass::runs
