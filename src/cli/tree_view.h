// The live tree of a run on a terminal: the model fed by the run, drawn again some ten times a second.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/live_region.h"
#include "cli/tree_model.h"
#include "cli/tree_picture.h"

namespace windlass::cli {

class TreeView : public engine::RunObserver {
 public:
  using Clock = std::function<std::int64_t()>;
  using Size = std::function<std::pair<std::size_t, std::size_t>()>;  ///< columns, rows; asked for each picture

  TreeView(TreeFacts facts, TreeStyle style, LiveRegion::Writer writer, Clock clock, Size size);
  void on_run(std::string_view job, std::uint64_t number) override { model_.on_run(job, number); }
  void on_log(std::string_view branch, std::uint64_t node, std::string_view text) override;
  void on_earlier_output(std::uint64_t node, std::string_view text) override { model_.on_earlier_output(node, text); }
  void on_node_started(const engine::FlowNode& node) override { model_.on_node_started(node); }
  void on_node_ended(const engine::FlowNode& node) override { model_.on_node_ended(node); }
  void on_waiting(const std::vector<engine::Waiting>& waiting) override { model_.on_waiting(waiting); }
  void on_aborting() override { model_.on_aborting(); }
  void on_finished(std::string_view result) override { model_.on_finished(result); }

  /// Draws; call about ten times a second.
  void tick();
  /// Takes the picture away while something else is written; the next tick brings it back.
  void clear() { region_.clear(); }
  /// The last picture: the summary, left on the screen with the lines that say how to go on.
  void leave(const std::vector<std::string>& hints);
  [[nodiscard]] const TreeModel& model() const { return model_; }

 private:
  void take_size();
  TreeModel model_;
  TreeFacts facts_;
  TreeStyle style_;
  LiveRegion region_;
  Clock clock_;
  Size size_;
};

}  // namespace windlass::cli
