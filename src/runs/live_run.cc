#include "runs/live_run.h"

#include <algorithm>

namespace windlass::runs {

namespace {

constexpr std::size_t kMostAgents = 50;
constexpr std::size_t kShortLog = 16 * 1024;  ///< bytes: as much as a log has when people begin to look at it

bool is_same(const engine::Waiting& a, const engine::Waiting& b) {
  return a.branch == b.branch && a.code == b.code && a.detail == b.detail && a.node == b.node &&
         a.since_millis == b.since_millis && a.input == b.input && a.holder == b.holder && a.evidence == b.evidence;
}

}  // namespace

Result<> LiveRun::begin(engine::Reactor& reactor, journal::StateFolder& state, engine::LocalRunHooks hooks,
                        engine::OpenedRun opened, Calls calls) {
  here_ = std::make_unique<Here>();
  here_->hooks = std::move(hooks);
  here_->hooks.observer = this;
  here_->journal = std::move(opened.journal);
  first_entry_ = here_->journal->durable().sequence;
  log_is_short_ = !opened.resumed && log_size() == 0;
  if (opened.inputs.scm) row_.info.commit = opened.inputs.scm->commit;
  here_->actor = std::make_unique<engine::RunActor>(reactor, state, *here_->journal, std::move(opened.inputs),
                                                    std::move(opened.program), here_->hooks);
  auto& actor = *here_->actor;
  if (opened.prefix) actor.follow(std::move(*opened.prefix));
  if (was_parked) actor.come_back(!from_another_process, row_.info.waiting);
  actor.on_live(std::move(calls.live));
  actor.on_end(std::move(calls.ended));
  return actor.begin(opened.resumed);
}

void LiveRun::finish() { (void)give_up_journal(); }

void LiveRun::keep_short_log(std::string_view text) {
  if (!log_is_short_) return;
  log_is_short_ = short_log_.size() + text.size() <= kShortLog;
  if (log_is_short_) {
    short_log_ += text;
  } else {
    short_log_ = {};
  }
}

std::unique_ptr<journal::RunJournal> LiveRun::give_up_journal() {
  ready = false;
  log_is_short_ = false;
  if (!here_) return nullptr;
  entries_before_ = entries_written();
  here_->actor.reset();
  return std::move(here_->journal);
}

void LiveRun::leave() {
  ready = false;
  log_is_short_ = false;
  short_log_ = {};
  parked_sequence = here_->journal->durable().sequence;
  entries_before_ = entries_written();
  here_->actor.reset();
  here_.reset();
}

void LiveRun::touch() {
  if (is_read_again()) return;
  ++row_.info.version;
  changed_(*this);
}

void LiveRun::forget_request() {
  auto& request = row_.request;
  request.script = {};
  request.parameters = {};
  request.environment = {};
}

std::uint64_t LiveRun::promise(Done done) {
  promises_.emplace_back(next_promise_, std::move(done));
  return next_promise_++;
}

void LiveRun::keep(std::uint64_t promise) {
  const auto found =
      std::find_if(promises_.begin(), promises_.end(), [&](const auto& one) { return one.first == promise; });
  if (found == promises_.end()) return;
  auto done = std::move(found->second);
  promises_.erase(found);
  done({});
}

void LiveRun::settle(const Result<>& stops_are, const Result<>& orders_are) {
  for (auto& [id, done] : std::exchange(promises_, {})) done(stops_are);
  for (auto& order : std::exchange(orders, {})) order.done(order.is_stop ? stops_are : orders_are);
}

void LiveRun::set_held(const std::string& by, std::int64_t millis) {
  if (row_.info.held_by == by) return;
  row_.info.held_by = by;
  row_.info.held_millis = by.empty() ? 0 : millis;
  touch();
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
  away = Away::here;
  row_.info.result = result;
  row_.info.ended_millis = millis;
  row_.info.waiting.clear();
  row_.info.version = kFinalVersion - 1;  // the next one is the last
  set_phase(Phase::ended, std::move(why));
}

void LiveRun::set_waiting(std::vector<engine::Waiting> waiting) { row_.info.waiting = std::move(waiting); }

void LiveRun::on_log(std::string_view, std::uint64_t, std::string_view text) {
  log_bytes_ += text.size();
  keep_short_log(text);
  // A run that ends before it begins says why without an actor, and so without a journal here.
  delta_.log_bytes = here_ && here_->journal ? here_->journal->durable().log_bytes : delta_.log_bytes + text.size();
  touch();
}

void LiveRun::on_node_started(const engine::FlowNode& node) {
  here_->nodes.put(node);
  if (!is_read_again()) delta_.nodes.push_back(node);
  touch();
}

void LiveRun::on_node_ended(const engine::FlowNode& node) {
  here_->nodes.put(node);
  if (!is_read_again()) delta_.nodes.push_back(node);
  touch();
}

void LiveRun::on_waiting(const std::vector<engine::Waiting>& waiting) {
  if (std::ranges::equal(row_.info.waiting, waiting, is_same)) return;
  row_.info.waiting = waiting;
  const auto held = std::ranges::find(waiting, "paused", &engine::Waiting::code);
  set_held(held == waiting.end() ? std::string() : held->detail, held == waiting.end() ? 0 : held->since_millis);
  touch();
}

void LiveRun::on_agent(const engine::AgentReport& agent) {
  auto& all = row_.info.agents;
  const auto known = std::ranges::find(all, agent.key, &engine::AgentReport::key);
  if (known != all.end()) {
    *known = agent;
  } else {
    if (all.size() == kMostAgents) all.erase(all.begin());
    all.push_back(agent);
  }
  touch();
}

void LiveRun::on_finished(std::string_view) { touch(); }

}  // namespace windlass::runs
