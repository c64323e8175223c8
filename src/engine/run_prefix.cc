// How a run that restarts another one from a step is fed: silently with what that run was told, until the cut; with
// results of its own where a block that is still open there has to be entered again. Why it is so:
// docs/decisions/017-restart-from-a-step.md.
//
// Invariant: items are told in the order they were told before, whatever arrives when. Until the last one is told
// nothing is shown and nothing is performed but live effects, one at a time, in that order.
#include <algorithm>

#include "engine/effect_services.h"
#include "engine/run_actor.h"
#include "steps/credential_bindings.h"

namespace windlass::engine {

using data::Value;

namespace {

std::pair<std::string, std::uint64_t> pair_of(const journal::EffectKey& key) { return {key.branch, key.ordinal}; }

std::string named(const journal::EffectKey& key) {
  return "effect " + std::to_string(key.ordinal) + " of " +
         (key.branch.empty() ? "the main branch" : "branch " + key.branch);
}

/// The result of a binding whose values went with the other run: from this run's credentials, where binding them needs
/// no node; else what `stand_in` gives.
template <typename StandIn>
Value lend_again(RunActor& actor, const PendingEffect& effect, const StandIn& stand_in) {
  Value env = Value::list();
  Value names = Value::list();
  Value secrets = Value::list();
  auto services = std::make_shared<EffectRunServices>(actor, effect);
  steps::EffectContext context{.key = named(effect.key), .step = effect.step, .place = {}, .run = *services};
  PendingEffect one = effect;
  for (const auto& binding : effect.arguments.find("bindings")->items()) {
    one.arguments = Value::map_of("bindings", Value::list_of(binding));
    const auto bound = steps::bind_credentials(context, one.arguments, nullptr);
    const auto lent = bound ? bound->value : *stand_in(one).find("value");
    for (const auto& [list, name] :
         {std::pair(&env, "env"), std::pair(&names, "names"), std::pair(&secrets, "secrets")}) {
      for (const auto& item : lent.find(name)->items()) list->push(item);
    }
  }
  return Value::map_of("value", Value::map_of("env", std::move(env), "names", std::move(names), "secrets",
                                              std::move(secrets), "lease", std::int64_t{0}));
}

}  // namespace

void RunActor::follow(Prefix prefix) {
  coming_feed_ = std::make_unique<Feed>();
  for (auto& item : prefix.items) {
    if (item.type == journal::EntryType::result) coming_feed_->results.emplace(pair_of(item.key), item.kind);
    coming_feed_->items.push_back(std::move(item));
  }
  coming_feed_->live = std::move(prefix.live);
  coming_feed_->inputs = std::move(prefix.inputs);
}

/// What stands in the log before the script begins is this run's; the script begins as the other run.
void RunActor::begin_feed() {
  if (!coming_feed_) return;
  feed_ = std::move(coming_feed_);
  auto first = std::exchange(feed_->inputs, inputs_);
  told_millis_ = first.started_millis;
  take_over(std::move(first));
}

void RunActor::take_over(RunInputs next) {
  const auto before = "#" + std::to_string(inputs_.number);
  next.credentials = inputs_.credentials;
  next.parameters = inputs_.parameters;  // the same in both; a prefix has none, for some may be secret
  next.state_folder = inputs_.state_folder;
  inputs_ = std::move(next);
  name_run();
  if (display_name_ == before) display_name_ = "#" + std::to_string(inputs_.number);
  used_answers_.clear();
}

bool RunActor::park(PendingEffect& effect, const journal::Digest& digest) {
  if (!feed_) return false;
  const auto key = pair_of(effect.key);
  const auto known = feed_->results.find(key);
  if (known != feed_->results.end() && known->second != effect.kind) {
    suspend("the run it restarts asked for " + known->second + " as " + named(effect.key) +
            "; this evaluation asks for " + effect.kind + " at line " + std::to_string(effect.line));
    return true;
  }
  if (known != feed_->results.end() && feed_->live.contains(key)) return false;
  effect.parked = true;
  effect.digest = digest;
  return true;
}

/// The result of a live effect: from the journal, from what was performed a moment ago, or nothing yet.
std::optional<Happening> RunActor::live_result(const ToldItem& item) {
  if (!happenings_.empty() && happenings_.front().key == item.key) {
    auto happening = std::move(happenings_.front());
    happenings_.pop_front();
    return happening;
  }
  if (!replay_.empty() && replay_.front().type == journal::EntryType::result && replay_.front().key == item.key) {
    return next_recorded();
  }
  return std::nullopt;
}

RunActor::Following RunActor::follow_next() {
  while (feed_ && !fatal_) {
    if (feed_->items.empty()) return end_feed() ? Following::over : Following::waits;
    auto& item = feed_->items.front();
    if (item.type == journal::EntryType::restarted) {
      auto next = run_inputs_from(item.payload);
      if (!next) {
        die(std::move(next).error());
        return Following::waits;
      }
      told_millis_ = item.time_millis;
      take_over(std::move(*next));
      if (trace_ != nullptr) trace_->told.push_back(std::move(item));
      feed_->items.pop_front();
      continue;
    }
    Happening happening;
    happening.type = item.type;
    happening.time_millis = item.time_millis;
    happening.payload = item.payload;
    happening.timeout = item.timeout;
    if (item.type == journal::EntryType::limit) {
      suspend("the run it restarts reached a limit where this evaluation waits");
      return Following::waits;
    }
    if (item.type == journal::EntryType::timer) {
      if (auto found = timeouts_.find(item.timeout); found != timeouts_.end()) {
        found->second.fired = true;
        found->second.fired_millis = item.time_millis;
      }
    } else if (item.type == journal::EntryType::result) {
      auto waiting =
          std::find_if(pending_.begin(), pending_.end(), [&](const auto& one) { return one.second.key == item.key; });
      const bool is_live = feed_->live.contains(pair_of(item.key));
      if (is_live) {
        auto own = live_result(item);
        if (!own) {
          if (fatal_) return Following::waits;
          if (waiting != pending_.end()) {
            feed_->wanted = item.key;
            if (const auto* value = item.payload.find("value")) {
              feed_->wanted_workspace = value->get_string("workspace", value->get_string("path"));
            }
            schedule_turn();
            return Following::waits;
          }
        } else {
          feed_->wanted.reset();
          if (own->payload.find("error") != nullptr && item.payload.find("error") == nullptr) {
            restart_failed(own->payload);
            return Following::over;
          }
          happening = std::move(*own);
          happening.time_millis = item.time_millis;  // the script's clock is still that of the other run
        }
      } else if (waiting != pending_.end()) {
        auto effect = std::move(waiting->second);
        pending_.erase(waiting);
        constexpr std::uint32_t kLendsAgain = 5;
        const bool is_stand_in = effect.kind == "credentials.bind" && item.payload.find("value") != nullptr &&
                                 effect.arguments.find("bindings") != nullptr;
        if (is_stand_in && !inspecting_ && journal_.header().semantics >= kLendsAgain) {
          item.payload = lend_again(*this, effect, [](const PendingEffect& of) { return stand_in(of); });
        }
        happening = taken_up(std::move(effect), std::move(item.payload), item.time_millis);
      }
      if (happening.kind.empty()) {
        suspend("the run it restarts had a result of " + item.kind + " (" + named(item.key) +
                "), which this evaluation does not ask for");
        return Following::waits;
      }
    }
    feed_->items.pop_front();
    happen(happening);
    return Following::told;
  }
  return fatal_ ? Following::waits : Following::over;
}

/// The cut: from here on it is this run. False: looking into it ends before.
bool RunActor::end_feed() {
  auto now = hooks_.now_millis();
  if (!replay_.empty() && replay_.front().type == journal::EntryType::restarted) {
    now = replay_.front().time_ms;
    replay_.pop_front();
  } else if (inspecting_) {
    return false;
  } else {
    journal::NewEntry entry;
    entry.type = journal::EntryType::restarted;
    entry.step = "restarted";
    entry.time_ms = now;
    if (auto done = journal_.append(entry); !done) {
      die(std::move(done).error());
      return false;
    }
  }
  auto own = std::move(feed_->inputs);
  feed_.reset();
  take_over(std::move(own));
  if (trace_ != nullptr) {
    auto kept = inputs_;
    kept.credentials = {};
    kept.parameters.clear();
    trace_->told.push_back({.type = journal::EntryType::restarted, .time_millis = now, .payload = to_value(kept)});
  }
  told_millis_ = now;
  told_instructions_ = vm_->instructions();
  aborts_ = aborts_ordered_ = 0;
  for (auto& [id, timeout] : timeouts_) {
    timeout.deadline_millis = now + timeout.millis;
    if (timeout.fired) timeout.fired_millis = now;
  }
  for (auto& [id, node] : open_nodes_) {
    node.started_millis = now;
    show_node(node);
  }
  for (auto& [id, block] : blocks_) log_at(block.path, block.flow_node, std::exchange(block.opening, {}));
  std::vector<PendingEffect*> waiting;
  for (auto& [fiber, effect] : pending_) waiting.push_back(&effect);
  std::ranges::sort(waiting, {}, [](const PendingEffect* effect) { return pair_of(effect->key); });
  for (auto* effect : waiting) {
    if (auto lines = step_lines_.find(effect->fiber); lines != step_lines_.end()) {
      log_at(effect->key.branch, effect->flow_node, lines->second);
    }
    effect->parked = false;
    effect->asked_millis = now;
    if (!match_intent(*effect, effect->digest) && (fatal_ || !append_intent(*effect, effect->digest))) return false;
    if (trace_ != nullptr) {
      auto& traced = trace_->effects[traced_.at(pair_of(effect->key))];
      traced.entry = effect->intent;
      traced.asked_after = trace_->told.size();
      traced.asked_millis = now;
    }
  }
  step_lines_.clear();
  if (abort_asked_ && !resumed_) {
    auto asked = std::exchange(abort_asked_, std::nullopt);
    go_live();
    order_end(std::move(*asked));
  }
  return true;
}

/// A block that was open at the cut cannot be entered: nothing of the script runs, what was taken is given back.
void RunActor::restart_failed(const Value& payload) {
  const auto live = std::move(feed_->live);
  auto own = std::move(feed_->inputs);
  feed_.reset();
  take_over(std::move(own));
  auto message = payload.get_string("message");
  if (message.empty()) message = payload.get_string("error");
  log_at("", 0, "ERROR: A block that is open at the step cannot be entered again: " + message + "\n");
  const auto* fields = payload.find("fields");
  worsen_result(fields != nullptr && fields->get_string("result") == "ABORTED" ? "ABORTED" : "FAILURE");
  blocks_.clear();
  open_nodes_.clear();
  current_step_.clear();
  pending_.clear();
  abandoned_.clear();
  std::erase_if(endings_,
                [&](const auto& one) { return one.second.post || !live.contains(pair_of(one.second.acquired)); });
  unwinding_ = true;
  ending_.reset();
  vm_->abandon();
  schedule_turn();
}

bool RunActor::keep_line(vm::FiberId fiber, std::string_view text) {
  if (!feed_) return false;
  if (auto open = opening_.find(fiber); open != opening_.end()) {
    blocks_[open->second].opening += text;
  } else if (auto step = step_lines_.find(fiber); step != step_lines_.end()) {
    step->second += text;
  }
  return true;
}

// ---- traces
// -----------------------------------------------------------------------------------------------------------

void RunActor::trace_effect(const PendingEffect& effect) {
  TracedEffect traced;
  traced.key = effect.key;
  traced.entry = effect.intent;
  traced.kind = effect.kind;
  traced.step = effect.step;
  traced.line = effect.line;
  traced.asked_after = trace_->told.size();
  traced.asked_millis = effect.asked_millis;
  for (const auto* scope = effect.scope.get(); scope != nullptr; scope = scope->outer.get()) {
    if (traced.stage.empty()) traced.stage = scope->stage;
    if (traced.branch_label.empty() && scope->step == "branch") traced.branch_label = scope->label;
  }
  if (const auto* node = node_scope(effect.scope.get())) {
    traced.workspace = node->workspace;
    traced.node = node->node;
  }
  if (effect.kind == "input") traced.submitter = effect.arguments.get_string("submitter");
  const auto index = trace_->effects.size();
  if (auto open = opening_.find(effect.fiber); open != opening_.end()) {
    auto& block = blocks_[open->second];
    if (!block.first_effect) {
      block.first_effect = index;
      traced.step = block.step;
    }
  } else if (effect.flow_node != 0) {
    traced.flow_node = effect.flow_node;
    if (auto node = open_nodes_.find(effect.flow_node); node != open_nodes_.end()) traced.label = node->second.label;
  }
  traced_[pair_of(effect.key)] = index;
  trace_->effects.push_back(std::move(traced));
}

void RunActor::trace_told(const Happening& happening) {
  if (happening.type == journal::EntryType::result) {
    if (auto found = traced_.find(pair_of(happening.key)); found != traced_.end()) {
      auto& effect = trace_->effects[found->second];
      effect.told_at = trace_->told.size();
      if (const auto* value = happening.payload.find("value");
          value != nullptr && (effect.kind == "node.acquire" || effect.kind == "workspace.acquire")) {
        effect.taken = value->get_string(effect.kind == "node.acquire" ? "workspace" : "path");
        effect.node = value->get_string("name");
      }
    }
  }
  trace_->told.push_back({.type = happening.type,
                          .time_millis = happening.time_millis,
                          .key = happening.key,
                          .kind = happening.kind,
                          .timeout = happening.timeout,
                          .payload = happening.payload});
}

}  // namespace windlass::engine
