#include "runs/flow_nodes.h"

#include <algorithm>
#include <utility>

namespace windlass::runs {

using engine::FlowNode;

namespace {

FlowNodes::Part::const_iterator place_in(const FlowNodes::Part& part, std::uint64_t id) {
  // Ids have no gaps but at the beginning of a run that restarts another.
  const auto guess = id - std::min(id, part.front().id);
  if (guess < part.size() && part[guess].id == id) return part.begin() + static_cast<std::ptrdiff_t>(guess);
  return std::ranges::lower_bound(part, id, {}, &FlowNode::id);
}

}  // namespace

FlowNodes::FlowNodes(std::vector<FlowNode> nodes) {
  FlowNodeBook book;
  for (const auto& node : nodes) book.put(node);
  *this = book.look();
}

FlowNodes::Iterator FlowNodes::from(std::uint64_t id) const {
  const auto part = std::ranges::lower_bound(
      parts_, id / kPart, {}, [](const std::shared_ptr<const Part>& one) { return one->front().id / kPart; });
  const auto index = static_cast<std::size_t>(part - parts_.begin());
  if (part == parts_.end()) return end();
  const auto at = place_in(**part, id);
  if (at == (*part)->end()) return {parts_, index + 1, 0};
  return {parts_, index, static_cast<std::size_t>(at - (*part)->begin())};
}

const FlowNode* FlowNodes::find(std::uint64_t id) const {
  const auto found = from(id);
  return found == end() || found->id != id ? nullptr : &*found;
}

void FlowNodeBook::put(const FlowNode& node) {
  const auto place = node.id / FlowNodes::kPart;
  auto slot = slots_.end();
  if (!slots_.empty() && slots_.back().place == place) {
    --slot;
  } else if (!slots_.empty() && place < slots_.back().place) {
    slot = std::ranges::lower_bound(slots_, place, {}, &Slot::place);
  }
  if (slot == slots_.end() || slot->place != place) {
    slot = slots_.insert(slot, {place, std::make_shared<FlowNodes::Part>(), false});
  } else if (std::exchange(slot->is_seen, false)) {
    slot->part = std::make_shared<FlowNodes::Part>(*slot->part);
  }
  auto& part = *slot->part;
  if (part.empty() || part.back().id < node.id) {
    part.push_back(node);
    ++size_;
    return;
  }
  const auto at = part.begin() + (place_in(part, node.id) - part.cbegin());
  if (at->id == node.id) {
    *at = node;
  } else {
    part.insert(at, node);
    ++size_;
  }
}

FlowNodes FlowNodeBook::look() {
  FlowNodes out;
  out.size_ = size_;
  out.parts_.reserve(slots_.size());
  for (auto& slot : slots_) {
    slot.is_seen = true;
    out.parts_.push_back(slot.part);
  }
  return out;
}

}  // namespace windlass::runs
