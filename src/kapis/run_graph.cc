#include "kapis/run_graph.h"

#include <algorithm>
#include <utility>

#include "kapis/run_access.h"
#include "kapis/run_facts.h"

namespace windlass::kapis {

using runs::FlowNode;
using runs::FlowNodes;

namespace {

constexpr std::size_t kLookedAtHere = 2'000;  ///< nodes; more are a worker's
constexpr std::size_t kMostGraphs = 32;
constexpr std::size_t kMostKeptNodes = 200'000;  ///< of all graphs but the newest

}  // namespace

std::size_t RunGraph::news(const FlowNodes& nodes) const {
  std::size_t out = 0;
  const auto known = nodes_.parts();
  for (std::size_t i = 0; i < nodes.parts().size(); ++i) {
    if (i >= known.size() || known[i] != nodes.parts()[i]) out += nodes.parts()[i]->size();
  }
  return out;
}

void RunGraph::start_anew(FlowNodes nodes) {
  paths_ = {};
  failed_.clear();
  for (const auto& node : nodes) {
    paths_.add(node);
    if (kapis::failed(node)) failed_.insert(node.id);
  }
  nodes_ = std::move(nodes);
}

void RunGraph::take(FlowNodes nodes) {
  // Two who ask at a time may be answered the other way round.
  if (nodes.size() < nodes_.size()) return;
  const auto known = nodes_.parts();
  const auto parts = nodes.parts();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i < known.size() && known[i] == parts[i]) continue;
    const auto& part = *parts[i];
    failed_.erase(failed_.lower_bound(part.front().id), failed_.upper_bound(part.back().id));
    for (const auto& node : part) {
      if (kapis::failed(node)) failed_.insert(node.id);
      if (node.id > paths_.last()) paths_.add(node);
    }
  }
  if (paths_.size() != nodes.size()) return start_anew(std::move(nodes));  // one came late, between others
  nodes_ = std::move(nodes);
}

RunGraph::Page RunGraph::page(std::uint64_t before, std::size_t limit) const {
  Page out;
  auto at = before == 0 ? nodes_.end() : nodes_.from(before);
  std::set<std::uint64_t> around;
  while (at != nodes_.begin() && out.nodes.size() < limit) {
    --at;
    out.nodes.push_back(&*at);
  }
  if (at != nodes_.begin()) out.before = at == nodes_.end() ? paths_.last() + 1 : at->id;
  std::ranges::reverse(out.nodes);
  for (const auto* node : out.nodes) {
    const auto* block = nodes_.find(node->parent);
    while (block != nullptr && block->id < out.nodes.front()->id && around.insert(block->id).second) {
      block = nodes_.find(block->parent);
    }
  }
  std::vector<const FlowNode*> blocks;
  for (const auto id : around) blocks.push_back(nodes_.find(id));
  out.nodes.insert(out.nodes.begin(), blocks.begin(), blocks.end());
  return out;
}

RunGraphs::Known* RunGraphs::find(const std::string& uid) {
  const auto found = all_.find(uid);
  if (found == all_.end()) return nullptr;
  found->second.used = ++turn_;
  return &found->second.known;
}

void RunGraphs::put(const std::string& uid, Known known) {
  all_[uid] = {std::move(known), ++turn_};
  const auto nodes = [&] {
    std::size_t out = 0;
    for (const auto& [id, entry] : all_) out += entry.known.graph->nodes().size();
    return out;
  };
  while (all_.size() > 1 && (all_.size() > kMostGraphs || nodes() > kMostKeptNodes)) {
    all_.erase(std::ranges::min_element(all_, {}, [](const auto& entry) { return entry.second.used; }));
  }
}

objects::ApiTask<std::shared_ptr<const RunGraph>> graph_of(Call& call, const runs::RunInfo& run) {
  using Out = std::shared_ptr<const RunGraph>;
  auto& graphs = *call.services.graphs;
  if (const auto* known = graphs.find(run.uid); known != nullptr && known->version == run.version) {
    co_return Out(known->graph);
  }
  auto nodes = WL_API_TRY(to_outcome(co_await call.services.runs.nodes(run.uid)));
  auto* known = graphs.find(run.uid);
  if ((known == nullptr ? nodes.size() : known->graph->news(nodes)) <= kLookedAtHere) {
    if (known == nullptr) {
      graphs.put(run.uid, {0, std::make_shared<RunGraph>()});
      known = graphs.find(run.uid);
    }
    known->version = run.version;
    known->graph->take(std::move(nodes));
    co_return Out(known->graph);
  }
  auto made = co_await call.services.worker.run([nodes = std::move(nodes)]() mutable {
    auto graph = std::make_shared<RunGraph>();
    graph->take(std::move(nodes));
    return graph;
  });
  graphs.put(run.uid, {run.version, made});
  co_return Out(std::move(made));
}

}  // namespace windlass::kapis
