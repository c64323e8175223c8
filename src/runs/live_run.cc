#include "runs/live_run.h"

namespace windlass::runs {

Result<> LiveRun::begin(engine::Reactor& reactor, journal::StateFolder& state, engine::LocalRunHooks hooks,
                        std::unique_ptr<journal::RunJournal> journal, engine::RunInputs inputs, engine::Program program,
                        std::optional<engine::Prefix> prefix, bool resumed, std::function<void()> ended) {
  hooks_ = std::move(hooks);
  hooks_.observer = this;
  journal_ = std::move(journal);
  first_entry_ = journal_->durable().sequence;
  actor_ = std::make_unique<engine::RunActor>(reactor, state, *journal_, std::move(inputs), std::move(program), hooks_);
  if (prefix) actor_->follow(std::move(*prefix));
  actor_->on_end(std::move(ended));
  return actor_->begin(resumed);
}

void LiveRun::finish() {
  actor_.reset();
  journal_.reset();
}

void LiveRun::touch() {
  ++row_.info.version;
  changed_(*this);
}

void LiveRun::set_phase(Phase phase, Reason reason) {
  if (row_.info.phase == phase && row_.info.reason.code == reason.code &&
      row_.info.reason.evidence == reason.evidence) {
    return;
  }
  row_.info.phase = phase;
  row_.info.reason = std::move(reason);
  touch();
}

void LiveRun::set_started(std::int64_t millis) {
  if (row_.info.started_millis == 0) row_.info.started_millis = millis;
  set_phase(Phase::running, {});
}

void LiveRun::set_ended(const std::string& result, std::int64_t millis, Reason why) {
  row_.info.result = result;
  row_.info.ended_millis = millis;
  row_.info.waiting.clear();
  row_.info.version = kFinalVersion - 1;  // the next one is the last
  set_phase(Phase::ended, std::move(why));
}

void LiveRun::on_log(std::string_view, std::uint64_t, std::string_view text) {
  log_bytes_ += text.size();
  // A run that ends before it begins says why without an actor, and so without a journal here.
  delta_.log_bytes = journal_ ? journal_->durable().log_bytes : delta_.log_bytes + text.size();
  touch();
}

void LiveRun::on_node_started(const engine::FlowNode& node) {
  nodes_[node.id] = node;
  delta_.nodes.push_back(node);
  touch();
}

void LiveRun::on_node_ended(const engine::FlowNode& node) {
  nodes_[node.id] = node;
  delta_.nodes.push_back(node);
  touch();
}

void LiveRun::on_waiting(const std::vector<engine::Waiting>& waiting) {
  row_.info.waiting = waiting;
  touch();
}

void LiveRun::on_finished(std::string_view) { touch(); }

}  // namespace windlass::runs
