#include "runs/blue_text.h"

#include <algorithm>
#include <utility>

#include "data/json.h"

namespace windlass::runs {

using data::Value;

BlueText::BlueText(RunInfo run, FlowNodes nodes, BlueContext context, bool steps, Mark mark)
    : run_(std::move(run)),
      nodes_(std::move(nodes)),
      context_(std::move(context)),
      with_steps_(steps),
      mark_(std::move(mark)),
      stages_(stages_of(nodes_, steps)),
      paused_(paused_of(run_, nodes_)) {
  for (const auto& stage : stages_) {
    if (stage.branch) branches_.insert(stage.node->id);
  }
}

bool BlueText::narrow(std::uint64_t stage) {
  const auto found = std::ranges::find(stages_, stage, [](const StageView& one) { return one.node->id; });
  if (found == stages_.end()) return false;
  stages_ = {std::move(*found)};
  only_steps_ = true;
  return true;
}

void BlueText::add_step(std::string& out, const engine::FlowNode& step) {
  auto value = blue_step(run_, step, context_);
  if (mark_) mark_(value, step.id);
  out += data::format_json(value);
}

std::string BlueText::next(std::size_t bytes) {
  std::string out;
  if (over_) return out;
  if (!std::exchange(begun_, true)) out += '[';
  while (out.size() < bytes) {
    if (stage_ == stages_.size()) {
      out += ']';
      over_ = true;
      return out;
    }
    const auto& stage = stages_[stage_];
    if (!in_stage_ && !only_steps_) {
      if (stage_ != 0) out += ',';
      out += data::format_json(blue_node(run_, stage, paused_.contains(stage.node->id), branches_, context_));
      if (!with_steps_) {
        ++stage_;
        continue;
      }
      out.back() = ',';
      out += "\"steps\":[";
    }
    in_stage_ = true;
    if (step_ != stage.steps.size()) {
      if (step_ != 0) out += ',';
      add_step(out, *stage.steps[step_++]);
      continue;
    }
    if (!only_steps_) out += "]}";
    ++stage_;
    step_ = 0;
    in_stage_ = false;
  }
  return out;
}

std::optional<std::string> BlueText::rest(std::size_t most) {
  auto out = next(most + 1);
  if (!over_ || out.size() > most) return std::nullopt;
  return out;
}

}  // namespace windlass::runs
