// Stages and steps in Blue Ocean's words as JSON text, a piece at a time: the lists have an entry for each step, and a
// run may have tens of thousands. Pure; whoever reads slowly has what it began with.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runs/blue_ocean.h"

namespace windlass::runs {

class BlueText {
 public:
  /// Adds to a step what depends on who asks.
  using Mark = std::function<void(data::Value& step, std::uint64_t id)>;

  /// The list of all stages and branches. `steps`: each with its steps in it, as KubeSphere's nodedetails.
  BlueText(RunInfo run, FlowNodes nodes, BlueContext context, bool steps, Mark mark = {});
  BlueText(const BlueText&) = delete;
  BlueText& operator=(const BlueText&) = delete;
  /// Only the steps of that stage or branch from now on. False: there is none of that id.
  bool narrow(std::uint64_t stage);

  /// What comes next, about so many bytes; empty when that was all.
  std::string next(std::size_t bytes);
  /// The rest, or nothing where it is longer than that.
  std::optional<std::string> rest(std::size_t most);

 private:
  void add_step(std::string& out, const engine::FlowNode& step);

  RunInfo run_;
  FlowNodes nodes_;
  BlueContext context_;
  bool with_steps_;
  bool only_steps_ = false;
  Mark mark_;
  std::vector<StageView> stages_;
  std::set<std::uint64_t> branches_, paused_;
  std::size_t stage_ = 0, step_ = 0;
  bool begun_ = false, in_stage_ = false, over_ = false;
};

}  // namespace windlass::runs
