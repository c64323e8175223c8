// What effects have made that lasts until a release takes it away: files of secrets, an ssh-agent.
//
// Invariant: none of it outlives its run. As a rule the block that took it gives it back. Where a limit ends that code
// before it has seen what it took, or a third abort ends the run where it stands, it is given back here, before the end
// is written: a process that dies meanwhile is followed by one that finds the same left and takes it away again.
#include <algorithm>

#include "engine/effect_services.h"
#include "engine/run_actor.h"
#include "steps/remote_effect.h"

namespace windlass::engine {

using data::Value;

namespace {

const steps::EffectDescription* find_lending(std::string_view kind) {
  const auto table = steps::effect_table();
  const auto row = std::ranges::find(table, kind, &steps::EffectDescription::name);
  return row == table.end() || row->give_back == nullptr ? nullptr : &*row;
}

bool is_nothing(const Value& lease) { return lease.is_null() || (lease.is_list() && lease.items().empty()); }

}  // namespace

void RunActor::note_lent(const PendingEffect& effect, const Value& value) {
  if (is_cleanup(effect)) {
    if (const auto* lease = effect.arguments.find("lease")) {
      std::erase_if(lent_, [&](const Lent& lent) { return lent.lease == *lease; });
    }
    return;
  }
  const auto* lease = value.find("lease");
  if (lease == nullptr || is_nothing(*lease) || find_lending(effect.kind) == nullptr) return;
  // What a restart's prefix took, the run that it restarts has given back.
  if (feed_ && !feed_->live.contains({effect.key.branch, effect.key.ordinal})) return;
  PendingEffect by;
  by.key = effect.key;
  by.kind = effect.kind;
  by.step = effect.step;
  by.scope = effect.scope;
  by.flow_node = effect.flow_node;
  lent_.push_back({std::move(by), *lease});
}

bool RunActor::take_back_lent() {
  if (taking_back_) return false;
  if (lent_.empty()) return true;
  const auto lent = std::move(lent_.back());
  lent_.pop_back();
  // What was lent in a pod goes with it.
  const auto* node = node_scope(lent.by.scope.get());
  if (node != nullptr && node->is_remote && steps::acts_in_pod(lent.by.kind)) return take_back_lent();
  taking_back_ = true;
  auto services = std::make_shared<EffectRunServices>(*this, lent.by);
  services->follow_on();
  reactor_.offload([this, services, lent, place = place_of(lent.by.scope.get())] {
    const auto key = lent.by.key.branch + ":" + std::to_string(lent.by.key.ordinal);
    steps::EffectContext context{.key = key, .step = lent.by.step, .place = place, .run = *services};
    auto done = find_lending(lent.by.kind)->give_back(context, Value::map_of("lease", lent.lease));
    if (!done)
      services->log("ERROR: " + lent.by.step + " could not take back what it made: " + done.error().message + "\n");
    reactor_.post([this, services] {
      services->drain();
      taking_back_ = false;
      schedule_turn();
    });
  });
  return false;
}

bool RunActor::end_lending() {
  bool waits = false;
  for (auto& [fiber, effect] : pending_) {
    if (!effect.started || find_lending(effect.kind) == nullptr) continue;
    waits = true;
    if (effect.interruption) continue;
    effect.interruption = interruption("jenkins.model.CauseOfInterruption$UserInterruption", "the run ends", "ABORTED");
    if (effect.cancel) effect.cancel(true);
  }
  return !waits;
}

/// The third order to end: in one commit with its own entry, so that no replay ever sees it.
void RunActor::end_at_once() {
  if (!end_lending() || !take_back_lent()) return;
  const auto order = *std::exchange(last_order_, std::nullopt);
  if (!append_happening(order, "abort", 0)) return;
  ++aborts_ordered_;
  events_.emplace_back(AbortEvent{});
  // Nothing of it is left that could say so.
  say_of_run(order.payload.get_string("text") + "\n");
  worsen_result("ABORTED");
  end_run();
}

}  // namespace windlass::engine
