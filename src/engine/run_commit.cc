// What a run has done becomes durable, and only then leaves: lines for watchers, acknowledgements, orders to agents,
// what others wait for.
//
// Where runs share a commit log (group_commit.h) their commits of about the same time are one sync; the run meanwhile
// takes in what happens to it, but evaluates nothing and begins nothing.
#include "engine/group_commit.h"
#include "engine/run_actor.h"

namespace windlass::engine {

RunActor::Outgoing RunActor::take_outgoing() {
  Outgoing out;
  out.events = std::exchange(events_, {});
  out.give_back = std::exchange(give_back_, {});
  out.cancels = std::exchange(cancels_, {});
  for (const auto& [token, shell] : shells_) {
    if (shell.stored_end > shell.acked_end) out.acks.emplace_back(token, shell.stored_end);
  }
  out.forget = std::exchange(forget_after_commit_, {});
  return out;
}

void RunActor::send(Outgoing outgoing) {
  for (auto& release : outgoing.give_back) release();
  for (const auto& [fiber, intent] : outgoing.cancels) {
    auto* effect = find_pending(fiber);
    if (effect != nullptr && effect->intent == intent && effect->cancel) effect->cancel(effect->hasten);
  }
  for (const auto& [token, stored] : outgoing.acks) {
    const auto shell = shells_.find(token);
    if (shell == shells_.end() || !shell->second.agent->connection) continue;
    shell->second.agent->connection->ack(token, nodes::Stream::log, stored);
    shell->second.acked_end = stored;
  }
  for (const auto& [token, agent] : outgoing.forget) {
    if (agent->connection) agent->connection->forget(token);
  }
  for (auto& event : outgoing.events) {
    if (auto* log = std::get_if<LogEvent>(&event)) {
      hooks_.observer->on_log(log->branch, log->node, log->text);
      tees_.write(log->branch, log->text);
    } else if (auto* earlier = std::get_if<EarlierEvent>(&event)) {
      hooks_.observer->on_earlier_output(earlier->node, earlier->text);
    } else if (auto* node = std::get_if<NodeEvent>(&event)) {
      if (node->ended) {
        hooks_.observer->on_node_ended(node->node);
      } else {
        hooks_.observer->on_node_started(node->node);
      }
    } else if (auto* agent = std::get_if<AgentEvent>(&event)) {
      hooks_.observer->on_agent(agent->agent);
    } else if (std::holds_alternative<AbortEvent>(event)) {
      hooks_.observer->on_aborting();
    } else if (auto* finished = std::get_if<FinishedEvent>(&event)) {
      hooks_.observer->on_finished(finished->result);
    }
  }
}

void RunActor::commit_then_go_on() {
  if (hooks_.group_commit == nullptr || !journal_.dirty()) {
    if (commit_and_flush()) go_on();
    return;
  }
  pass_fault("before-commit");
  auto ticket = journal_.enqueue();
  if (!ticket) return die(std::move(ticket).error());
  if (!*ticket) {
    if (commit_and_flush()) go_on();
    return;
  }
  flight_ = {**ticket, take_outgoing()};
  hooks_.group_commit->write(reactor_.guarded([this, ticket = **ticket] { landed(ticket); }));
}

void RunActor::landed(std::uint64_t ticket) {
  if (!flight_ || flight_->ticket != ticket) return;  // somebody could not wait
  const bool again = std::exchange(turn_waits_, false);
  if (!finish_flight() || finished_) return;
  go_on();
  if (again) schedule_turn();
}

bool RunActor::finish_flight() {
  if (!flight_) return true;
  auto flight = std::move(*flight_);
  flight_.reset();
  if (auto done = journal_.arrive(); !done) {
    die(std::move(done).error());
    return false;
  }
  land_later();
  pass_fault("after-commit");
  end_is_durable_ = is_over_;
  send(std::move(flight.outgoing));
  return true;
}

bool RunActor::commit_and_flush() {
  if (flight_) {
    turn_waits_ = false;
    schedule_turn();  // the rest of the turn that waits for it
    if (!finish_flight()) return false;
  }
  if (end_is_durable_) return true;
  if (journal_.dirty()) {
    pass_fault("before-commit");
    if (auto done = journal_.commit(); !done) {
      die(std::move(done).error());
      return false;
    }
    land_later();
    pass_fault("after-commit");
    end_is_durable_ = is_over_;
  }
  send(take_outgoing());
  return true;
}

/// Who reads this run has it brought into its file before; nobody else waits for that.
void RunActor::land_later() {
  if (hooks_.group_commit == nullptr || landing_is_asked_ || !journal_.is_laid_by()) return;
  landing_is_asked_ = true;
  hooks_.group_commit->land_later(reactor_.guarded([this] {
    landing_is_asked_ = false;
    static_cast<void>(land());
  }));
}

Result<> RunActor::land() {
  auto done = journal_.land();
  // What has ended has its end in the commit log, where the next start finds it.
  if (!done && !fatal_ && !finished_) die(done.error());
  return done;
}

}  // namespace windlass::engine
