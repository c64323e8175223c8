// Plays a run to the live tree: stages, steps and output with a virtual clock. For tests only.
#pragma once

#include <map>
#include <string>

#include "cli/tree_model.h"

namespace windlass::cli {

class PlayedRun {
 public:
  explicit PlayedRun(engine::RunObserver& observer) : observer_(observer) { observer.on_run("app", 7); }

  std::int64_t now = 1'000'000;

  std::uint64_t start(std::uint64_t parent, const std::string& step, const std::string& label,
                      const std::string& branch = "", std::uint32_t line = 0) {
    engine::FlowNode node;
    node.id = ++last_id_;
    node.parent = parent;
    node.step = step;
    node.label = label;
    node.branch = branch;
    node.line = line;
    node.started_millis = now;
    nodes_[node.id] = node;
    observer_.on_node_started(node);
    return node.id;
  }
  void end(std::uint64_t id, const std::string& result = "SUCCESS", const std::string& cause = "") {
    auto& node = nodes_.at(id);
    node.ended_millis = now;
    node.result = result;
    node.cause = cause;
    observer_.on_node_ended(node);
  }
  void log(std::uint64_t id, const std::string& text) { observer_.on_log(nodes_.at(id).branch, id, text); }

 private:
  engine::RunObserver& observer_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, engine::FlowNode> nodes_;
};

}  // namespace windlass::cli
