// Aborts, timeouts, failFast: what ends a branch's wait from outside. Source: pipeline-language §3.3.
//
// Invariant: an abort and a timeout are entries; what they interrupt follows from what the branches wait for when they
// are told, so a replay interrupts the same. An effect's result that was first stands: then the next effect is hit.
#include <algorithm>

#include "data/binary.h"
#include "engine/child_runs.h"
#include "engine/run_actor.h"

namespace windlass::engine {

using data::Value;

namespace {

constexpr std::int64_t kSecondInterruptMillis = 3000;
constexpr std::int64_t kGraceMillis = 60'000;
constexpr int kAbortsWithoutUnwinding = 3;

/// Does `scope` lie inside the block that timeout `id` guards?
bool inside_timeout(const Scope* scope, std::uint64_t id) {
  for (; scope != nullptr; scope = scope->outer.get()) {
    if (scope->block_key == id) return true;
  }
  return false;
}

}  // namespace

// What gives back is never cut short by a first abort: the branch's next effect is.
bool RunActor::is_cleanup(const PendingEffect& effect) {
  return effect.kind.ends_with(".release") || effect.kind.ends_with(".stop") ||
         (effect.kind == "exec" && effect.arguments.get_bool("cleanup"));
}

steps::StepError RunActor::interruption(const std::string& cause_class, const std::string& cause_text,
                                        const std::string& result) {
  steps::StepError error;
  error.java_class = "org.jenkinsci.plugins.workflow.steps.FlowInterruptedException";
  error.message = cause_text;
  error.fields = Value::map_of("result", result, "actualInterruption", true, "causes",
                               Value::list_of(Value::map_of("_class", cause_class, "shortDescription", cause_text)));
  return error;
}

void RunActor::interrupt_effect(PendingEffect& effect, const steps::StepError& why, bool hasten) {
  if (is_cleanup(effect)) {
    interrupt_next_.emplace(effect.fiber, why);
    return;
  }
  if (effect.interruption && !hasten) return;
  if (!effect.interruption) effect.interruption = why;
  effect.hasten = effect.hasten || hasten;
  if (!live_) return;  // its recorded result tells; without one it is carried out when live
  if (effect.started && effect.cancel) {
    cancels_.emplace_back(effect.fiber, effect.intent);  // not before what ordered it is durable
  } else if (effect.started || !effect.in_doubt) {
    finish_effect(effect.fiber, std::unexpected(why));
  }
}

void RunActor::interrupt_where(const std::function<bool(const Scope*)>& concerns, const steps::StepError& why,
                               bool hasten) {
  for (const auto& queued : happenings_) {
    if (queued.type == journal::EntryType::result && concerns(queued.scope.get()) &&
        !queued.payload.get_bool("interrupted")) {
      interrupt_next_.emplace(queued.fiber, why);
    }
  }
  std::vector<std::pair<std::uint64_t, vm::FiberId>> waiting;
  for (const auto& [fiber, effect] : pending_) {
    if (concerns(effect.scope.get())) waiting.emplace_back(effect.intent, fiber);
  }
  std::sort(waiting.begin(), waiting.end());
  for (const auto& [intent, fiber] : waiting) {
    if (auto* effect = find_pending(fiber)) interrupt_effect(*effect, why, hasten);
  }
}

// ---- failFast: asked by the evaluation itself
// ------------------------------------------------------------------------

void RunActor::interrupt_branch(vm::Vm&, vm::FiberId fiber, vm::Value throwable) {
  steps::StepError why;
  auto info = vm_->describe(throwable);
  why.java_class = info.class_name;
  why.message = info.message;
  why.fields = Value::map();
  for (const char* name : {"result", "causes", "actualInterruption"}) {
    if (auto value = vm_->field(throwable, name); !value.is_undefined()) {
      if (auto plain = vm_->to_data(value)) why.fields.set(name, std::move(*plain));
    }
  }
  interruptions_.emplace_back(fiber, std::move(why));
}

void RunActor::apply_interruptions() {
  for (auto& [fiber, why] : std::exchange(interruptions_, {})) {
    if (auto* effect = find_pending(fiber)) {
      interrupt_effect(*effect, why, false);
      continue;
    }
    auto queued = std::find_if(happenings_.begin(), happenings_.end(), [fiber](const auto& happening) {
      return happening.type == journal::EntryType::result && happening.fiber == fiber;
    });
    if (queued == happenings_.end() || !queued->payload.get_bool("interrupted")) {
      interrupt_next_.emplace(fiber, std::move(why));
    }
  }
}

// ---- aborts
// ----------------------------------------------------------------------------------------------------------

void RunActor::on_signal(int signal) {
  auto now = hooks_.now_millis();
  if ((aborts_ordered_ > 0 || abort_asked_.has_value()) && now - last_interrupt_millis_ < kSecondInterruptMillis) {
    // An abort of its own, so that what is ended now counts as interrupted when the run goes on.
    const bool was_ending = last_order_.has_value();
    abort_run("Aborted by " + inputs_.user_name);
    if (finished_ || (last_order_ && !was_ending) || (live_ && !commit_and_flush())) return;
    for (auto& [ref, child] : children_) {
      if (child->actor && !child->has_ended) child->actor->on_signal(signal);
    }
    killed_ = true;
    finished_ = true;
    leave_loop();
    return;
  }
  last_interrupt_millis_ = now;
  abort_run("Aborted by " + inputs_.user_name);
  // Runs that nobody waits for hear of it from here; the others when the effect that waits is interrupted.
  for (auto& [ref, child] : children_) {
    if (!child->actor || child->has_ended) continue;
    if (child->actor->aborts_ordered_ == 0) child->actor->on_signal(signal);
    child->actor->last_interrupt_millis_ = now;
  }
}

void RunActor::abort_run(const std::string& cause_text) { order_end(Value::map_of("text", cause_text)); }

void RunActor::abort_superseded(std::uint64_t newer) {
  if (aborts_ordered_ > 0) return;
  order_end(Value::map_of("text", "Superseded by #" + std::to_string(newer), "result", "NOT_BUILT", "class",
                          "org.jenkinsci.plugins.pipeline.milestone.CancelledCause"));
}

void RunActor::order_end(Value order) {
  if (finished_) return;
  if (is_held()) {
    if (auto done = resume(order.get_string("text")); !done) return die(std::move(done).error());
  }
  if (!live_) {
    if (!abort_asked_) abort_asked_ = order;
    // What a restart is entering again does not wait for its end.
    if (feed_ && feed_->wanted) {
      auto why =
          interruption("jenkins.model.CauseOfInterruption$UserInterruption", order.get_string("text"), "ABORTED");
      for (auto& [fiber, effect] : pending_) {
        if (effect.key != feed_->wanted || effect.interruption) continue;
        effect.interruption = why;
        if (effect.started && effect.cancel) cancels_.emplace_back(fiber, effect.intent);
      }
      schedule_turn();
    }
    return;
  }
  Happening happening;
  happening.type = journal::EntryType::abort;
  happening.time_millis = hooks_.now_millis();
  happening.payload = std::move(order);
  if (last_order_) return;
  if (aborts_ordered_ + 1 >= kAbortsWithoutUnwinding) {
    last_order_ = std::move(happening);
    return schedule_turn();
  }
  if (!append_happening(happening, "abort", 0)) return;
  events_.emplace_back(AbortEvent{});
  ++aborts_ordered_;
  happenings_.push_back(std::move(happening));
  schedule_turn();
}

/// The first abort interrupts; the second does not wait for what is being interrupted.
void RunActor::abort_now(const Happening& happening) {
  ++aborts_;
  const auto& order = happening.payload;
  auto why = interruption(order.get_string("class", "jenkins.model.CauseOfInterruption$UserInterruption"),
                          order.get_string("text"), order.get_string("result", "ABORTED"));
  interrupt_where([](const Scope*) { return true; }, why, aborts_ > 1);
}

// ---- timeouts
// --------------------------------------------------------------------------------------------------------

steps::StepError RunActor::timeout_exceeded(std::uint64_t id) {
  steps::StepError error;
  error.java_class = "org.jenkinsci.plugins.workflow.steps.FlowInterruptedException";
  error.fields =
      Value::map_of("result", "ABORTED", "actualInterruption", true, "causes",
                    Value::list_of(Value::map_of(
                        "_class", "org.jenkinsci.plugins.workflow.steps.TimeoutStepExecution$ExceededTimeout",
                        "shortDescription", "Timeout has been exceeded", "id", static_cast<std::int64_t>(id))));
  error.message = "Timeout has been exceeded";
  return error;
}

std::int64_t RunActor::timeout_due(const BlockTimeout& timeout) {
  return timeout.fired ? timeout.fired_millis + kGraceMillis : timeout.deadline_millis;
}

void RunActor::arm_timeout(BlockTimeout& timeout) {
  if (timers_held_) return;
  const auto due = timeout_due(timeout);
  reactor_.cancel(timeout.timer);
  timeout.timer = reactor_.after(std::chrono::milliseconds(due - hooks_.now_millis()),
                                 [this, id = timeout.id] { timeout_expired(id); });
}

void RunActor::timeout_expired(std::uint64_t id) {
  auto found = timeouts_.find(id);
  if (found == timeouts_.end() || finished_) return;
  auto& timeout = found->second;
  if (timeout.fired) return end_without_grace(id);
  // Output since it was armed has moved the deadline of one that watches activity.
  if (timeout.activity_millis != 0 && timeout.deadline_millis > hooks_.now_millis()) return arm_timeout(timeout);
  fire_timeout(timeout);
}

void RunActor::fire_timeout(BlockTimeout& timeout) {
  timeout.fired = true;
  timeout.fired_millis = hooks_.now_millis();
  Happening happening;
  happening.type = journal::EntryType::timer;
  happening.time_millis = timeout.fired_millis;
  happening.timeout = timeout.id;
  if (!append_happening(happening, "timeout", timeout.id)) return;
  say_of_run("Cancelling nested steps due to timeout\n");
  happenings_.push_back(std::move(happening));
  arm_timeout(timeout);
  schedule_turn();
}

void RunActor::end_without_grace(std::uint64_t id) {
  std::vector<vm::FiberId> inside;
  for (const auto& [fiber, effect] : pending_) {
    if (inside_timeout(effect.scope.get(), id)) inside.push_back(fiber);
  }
  if (inside.empty()) return;
  say_of_run("Body did not finish within grace period; terminating with extreme prejudice\n");
  std::sort(inside.begin(), inside.end());
  for (auto fiber : inside) {
    auto* effect = find_pending(fiber);
    if (effect == nullptr) continue;
    auto why = timeout_exceeded(id);
    effect->interruption = why;
    if (effect->cancel) effect->cancel(true);
    finish_effect(fiber, std::unexpected(why));
  }
  schedule_turn();
}

bool RunActor::append_happening(const Happening& happening, std::string_view step, std::uint64_t ordinal) {
  std::string payload;
  if (!happening.payload.is_null()) {
    auto encoded = data::encode_binary(happening.payload);
    if (!encoded) {
      die(std::move(encoded).error());
      return false;
    }
    payload = std::move(*encoded);
  }
  journal::NewEntry entry;
  entry.type = happening.type;
  entry.ordinal = ordinal;
  entry.step = step;
  entry.payload_kind = payload.empty() ? 0 : kPayloadValue;
  entry.payload = payload;
  entry.time_ms = happening.time_millis;
  auto done = journal_.append(entry);
  if (!done) die(std::move(done).error());
  return done.has_value();
}

// ---- what the entries do to the evaluation
// ---------------------------------------------------------------------------

void RunActor::happen(const Happening& happening) {
  told_millis_ = std::max(told_millis_, happening.time_millis);
  told_instructions_ = vm_->instructions();
  ++told_count_;
  if (trace_ != nullptr) trace_told(happening);
  switch (happening.type) {
    case journal::EntryType::abort:
      return abort_now(happening);
    case journal::EntryType::timer:
      return interrupt_where([id = happening.timeout](const Scope* scope) { return inside_timeout(scope, id); },
                             timeout_exceeded(happening.timeout), false);
    default:
      return deliver(happening);
  }
}

}  // namespace windlass::engine
