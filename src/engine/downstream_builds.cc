// `build` where somebody else keeps the runs of other pipelines: the order is made while the effect is performed, so it
// is durable before this run's journal says so, and one reference gives one run however often a crash makes us order
// it. Source: pipeline-language 6.2.
#include <algorithm>

#include "engine/child_runs.h"

namespace windlass::engine {

using data::Value;
using steps::abort_with;
using steps::EffectResult;

void RunActor::schedule_downstream(PendingEffect& effect) {
  effect.waits_code = "build";
  effect.waits_detail = effect.arguments.get_string("job");
  effect.cancel = [this, fiber = effect.fiber](bool) { finish_effect(fiber, abort_with("interrupted")); };
  auto found = [this, fiber = effect.fiber, intent = effect.intent](Result<std::optional<DownstreamJob>> target) {
    auto* waiting = find_pending(fiber);
    if (waiting == nullptr || waiting->intent != intent) return;
    if (!target) return finish_effect(fiber, abort_with(target.error().message));
    if (!*target) {
      return finish_effect(fiber, abort_with("No item named " + waiting->arguments.get_string("job") + " found"));
    }
    order_downstream(*waiting, **target);
  };
  hooks_.downstream->find(inputs_.job, effect.arguments.get_string("job"), reactor_.guarded(std::move(found)));
}

void RunActor::order_downstream(PendingEffect& effect, const DownstreamJob& target) {
  const auto parameters = build_parameters(effect.arguments.find("parameters"),
                                           target.parameters ? target.parameters : declared_parameters(target.script));
  if (!parameters.problem.empty()) return finish_effect(effect.fiber, abort_with(parameters.problem));
  warn_of_unknown(effect, target.job, parameters.unknown);
  DownstreamOrder order{.ref = build_ref(effect.key),
                        .job = target.job,
                        .by_job = inputs_.job,
                        .by_number = inputs_.number,
                        .parameters = {},
                        .secret_parameters = parameters.secret,
                        .cause = downstream_cause(),
                        .user_id = inputs_.user_id,
                        .start_millis = 0};
  for (const auto& entry : parameters.kept.members()) order.parameters.emplace_back(entry.key, entry.value.text());
  if (const auto* quiet = effect.arguments.find("quietPeriod"); quiet != nullptr && quiet->is_int()) {
    order.start_millis = effect.asked_millis + std::max<std::int64_t>(0, quiet->as_int()) * 1000;
  }
  if (auto ordered = hooks_.downstream->order(order); !ordered) {
    // The store of this server, as when the journal cannot be written: no matter of the script. The order has a name,
    // so whoever goes on with the run gives it again.
    return die(std::move(ordered).error());
  }
  auto result = Value::map_of("ref", order.ref, "job", target.job);
  set_secrets(result, parameters);
  // The order has the secrets; here only their names are kept.
  auto shown = Value::map();
  for (const auto& entry : parameters.kept.members()) {
    if (!parameters.secret.contains(entry.key)) shown.set(entry.key, entry.value);
  }
  result.set("parameters", std::move(shown));
  finish_effect(effect.fiber, EffectResult(std::move(result)));
}

void RunActor::start_downstream_wait(PendingEffect& effect) {
  const auto ref = effect.arguments.get_string("ref");
  const auto found = children_.find(ref);
  if (found == children_.end()) return finish_effect(effect.fiber, abort_with("there is no scheduled build " + ref));
  effect.waits_code = "build";
  effect.waits_detail = found->second->job;
  effect.cancel = [this, ref, fiber = effect.fiber](bool hasten) {
    hooks_.downstream->stop(ref, "Calling Pipeline was cancelled");
    if (hasten) finish_effect(fiber, abort_with("interrupted"));  // else its end answers
  };
  hooks_.downstream->watch(ref, this, reactor_.guarded([this, ref] { answer_downstream_waits(ref); }));
  answer_downstream_waits(ref);
}

void RunActor::answer_downstream_waits(const std::string& ref) {
  std::vector<std::pair<vm::FiberId, bool>> waiting;
  for (const auto& [fiber, effect] : pending_) {
    if (!effect.started || effect.arguments.get_string("ref") != ref) continue;
    if (effect.kind == "build.started") waiting.emplace_back(fiber, false);
    if (effect.kind == "build.ended") waiting.emplace_back(fiber, true);
  }
  if (waiting.empty()) return;
  const auto state = hooks_.downstream->state(ref);
  auto& child = *children_.at(ref);
  child.number = state.number;
  child.has_ended = state.ended;
  child.result = state.result;
  for (const auto& [fiber, for_end] : waiting) {
    if (!state.problem.empty()) {
      finish_effect(fiber, abort_with("the run of " + child.job + " could not go on: " + state.problem));
    } else if (for_end ? state.ended : state.begun) {
      finish_effect(fiber, EffectResult(downstream_facts(child, state)));
    } else if (auto* effect = find_pending(fiber); effect != nullptr && state.number != 0) {
      effect->waits_detail = child.job + " #" + std::to_string(state.number);
      schedule_turn();  // whoever asks hears which run it is
    }
  }
}

Value RunActor::downstream_facts(const ChildRun& child, const DownstreamState& state) {
  auto facts = state.facts.is_map() ? state.facts : Value::map();
  if (state.facts.is_null()) {
    if (auto kept = state_.find(child.job + "#" + std::to_string(child.number))) facts = facts_of(*kept);
  }
  if (child.has_ended) facts.set("result", child.result);
  complete_facts(facts, child);
  return facts;
}

}  // namespace windlass::engine
