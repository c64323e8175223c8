// One run in this process: its actor with all that must live as long, and what watchers are told about it.
//
// Invariant: what is told here is durable (the engine's output gate). Threads: the engine's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "engine/local_run.h"
#include "engine/run_actor.h"
#include "journal/state_folder.h"
#include "runs/run_table.h"

namespace windlass::runs {

class LiveRun final : public engine::RunObserver {
 public:
  /// `changed` is called whenever something about it has changed, any number of times.
  LiveRun(RunRow row, std::function<void(LiveRun&)> changed) : row_(std::move(row)), changed_(std::move(changed)) {}

  [[nodiscard]] const RunInfo& info() const { return row_.info; }
  [[nodiscard]] const RunRequest& request() const { return row_.request; }
  /// What has changed since it was asked last.
  [[nodiscard]] RunDelta take_delta() { return std::exchange(delta_, {}); }
  [[nodiscard]] const std::map<std::uint64_t, engine::FlowNode>& nodes() const { return nodes_; }
  [[nodiscard]] engine::RunActor* actor() { return actor_.get(); }

  /// Gives it to an actor; `ended` comes once, from the loop.
  Result<> begin(engine::Reactor& reactor, journal::StateFolder& state, engine::LocalRunHooks hooks,
                 std::unique_ptr<journal::RunJournal> journal, engine::RunInputs inputs, engine::Program program,
                 std::optional<engine::Prefix> prefix, bool resumed, std::function<void()> ended);
  /// Lets the actor go, after `ended`.
  void finish();
  /// The newest entry of its journal that is on disk; nothing while it has no actor.
  [[nodiscard]] std::optional<std::uint64_t> durable_sequence() const {
    if (!journal_) return std::nullopt;
    return journal_->durable().sequence;
  }
  /// Bytes of its log since it began here.
  [[nodiscard]] std::uint64_t log_bytes() const { return log_bytes_; }
  /// Entries of its journal that this process wrote.
  [[nodiscard]] std::uint64_t entries_written() const {
    return durable_sequence().value_or(first_entry_) - first_entry_;
  }
  /// Nothing of it is needed by the loop any more.
  [[nodiscard]] bool quiet() const { return !actor_ || actor_->quiet(); }

  void set_phase(Phase phase, Reason reason);
  void set_started(std::int64_t millis);
  /// `why`: where its log cannot say it.
  void set_ended(const std::string& result, std::int64_t millis, Reason why);
  bool starting = false;   ///< on its way from the queue to its actor
  int stops = 0;           ///< how often its end was ordered
  std::string stop_cause;  ///< by whom, for a run that is on its way to its actor

  void on_run(std::string_view, std::uint64_t) override {}
  void on_log(std::string_view branch, std::uint64_t node, std::string_view text) override;
  void on_node_started(const engine::FlowNode& node) override;
  void on_node_ended(const engine::FlowNode& node) override;
  void on_waiting(const std::vector<engine::Waiting>& waiting) override;
  void on_aborting() override {}
  void on_finished(std::string_view result) override;

 private:
  void touch();

  RunRow row_;
  std::uint64_t log_bytes_ = 0, first_entry_ = 0;
  std::function<void(LiveRun&)> changed_;
  std::map<std::uint64_t, engine::FlowNode> nodes_;
  RunDelta delta_;
  engine::LocalRunHooks hooks_;
  std::unique_ptr<journal::RunJournal> journal_;
  std::unique_ptr<engine::RunActor> actor_;
};

}  // namespace windlass::runs
