// A run that only waits can leave memory: its journal has all of it. Whoever holds the actor asks may_leave(), notes
// when the run is due, and destroys the actor; later a new one is fed the journal and goes on as if nobody had been
// away.
//
// Invariant: what a run that left holds and waits for stays in SharedResources under its key, so its replay tells
// nothing there (tells_shared()), and what it waits for it asks for again under the same tickets.
#include "engine/child_runs.h"
#include "engine/run_actor.h"

namespace windlass::engine {

std::optional<RunActor::Leave> RunActor::may_leave() const {
  const bool is_settled = live_ && !finished_ && !fatal_ && !turn_scheduled_ && !flight_ && !is_over_ &&
                          output_timer_ == 0 && happenings_.empty() && interruptions_.empty() && cancels_.empty() &&
                          give_back_.empty() && events_.empty() && forget_after_commit_.empty() && !on_live_;
  const bool is_busy = pause_ || feed_ || coming_feed_ || unwinding_ || timers_held_ || taking_project_ ||
                       reactor_.busy() || !shells_.empty() || !cookies_.empty() || !tees_.empty() ||
                       !coming_nodes_.empty() || !unanswered_.empty() || taking_back_ || main_over_ || last_order_;
  if (!is_settled || is_busy || pending_.empty()) return std::nullopt;
  for (const auto& [ref, child] : children_) {
    if (hooks_.downstream != nullptr) break;  // they go on without this one
    if (!child->has_ended || (child->actor && !child->actor->quiet())) return std::nullopt;
  }
  Leave out;
  out.forbids_resume = resume_disabled_;
  out.instructions = vm_->instructions();
  out.entries = journal_.last_sequence();
  const auto due = [&out](std::int64_t millis) {
    if (millis != 0 && (out.due_millis == 0 || millis < out.due_millis)) out.due_millis = millis;
  };
  for (const auto& [fiber, effect] : pending_) {
    if (!effect.started || !effect.may_leave || effect.interruption) return std::nullopt;
    due(effect.due_millis);
  }
  for (const auto& [id, timeout] : timeouts_) due(timeout_due(timeout));
  return out;
}

bool RunActor::settle() { return commit_and_flush() && land().has_value(); }

void RunActor::leave() {
  has_left_ = true;
  close_agents(true);
}

void RunActor::come_back(bool same_process, const std::vector<Waiting>& waited) {
  for (const auto& one : waited) {
    if (!one.holder.is_null()) earlier_holders_[one.branch] = one.holder;
  }
  came_back_ = true;
  was_away_ = same_process;
}

void RunActor::after_commit(std::function<void()> then) {
  give_back_.push_back(std::move(then));
  schedule_turn();
}

void RunActor::tell_live() {
  if (came_back_ && std::exchange(is_back_, true) == false) shared_->came_back(key_);
  if (on_live_) std::exchange(on_live_, {})();
}

}  // namespace windlass::engine
