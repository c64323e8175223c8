// What is known of the nodes of a run beside themselves: their paths, and which of them failed. A run that is looked at
// again and again may have a hundred thousand nodes, so this is kept between the looks, and a look costs what has
// changed. The server's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "kapis/route.h"
#include "runs/flow_nodes.h"
#include "runs/node_paths.h"
#include "runs/run_types.h"

namespace windlass::kapis {

class RunGraph {
 public:
  /// As they are now. Nodes of a part that is known are not looked at again.
  void take(runs::FlowNodes nodes);
  /// How many nodes take() would look at.
  [[nodiscard]] std::size_t news(const runs::FlowNodes& nodes) const;

  [[nodiscard]] const runs::FlowNodes& nodes() const { return nodes_; }
  [[nodiscard]] std::string path_of(const runs::FlowNode& node) const { return paths_.of(node); }
  [[nodiscard]] const std::set<std::uint64_t>& failed() const { return failed_; }

  /// Some nodes, with the blocks around them.
  struct Page {
    std::vector<const runs::FlowNode*> nodes;  ///< by id; of this graph
    std::uint64_t before = 0;                  ///< there are more with smaller ids than this; 0: there are none
  };
  /// The last `limit` ones with an id below `before` (0: of all).
  [[nodiscard]] Page page(std::uint64_t before, std::size_t limit) const;

 private:
  void start_anew(runs::FlowNodes nodes);

  runs::FlowNodes nodes_;
  runs::NodePaths paths_;
  std::set<std::uint64_t> failed_;
};

/// The graphs of the runs that were looked at last.
class RunGraphs {
 public:
  struct Known {
    std::uint64_t version = 0;  ///< of the run, when its nodes were asked for
    std::shared_ptr<RunGraph> graph;
  };
  /// nullptr: there is none.
  [[nodiscard]] Known* find(const std::string& uid);
  void put(const std::string& uid, Known known);
  void clear() { all_.clear(); }

 private:
  struct Entry {
    Known known;
    std::uint64_t used = 0;
  };
  std::unordered_map<std::string, Entry> all_;
  std::uint64_t turn_ = 0;
};

/// That of a run, at least as new as `run` is. What it points to changes with the next co_await.
objects::ApiTask<std::shared_ptr<const RunGraph>> graph_of(Call& call, const runs::RunInfo& run);

}  // namespace windlass::kapis
