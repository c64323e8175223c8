// One run in this process: its actor with all that must live as long, and what watchers are told about it. While it is
// away (parked) only what RunInfo says is left of it; its journal has the rest.
//
// Invariant: what is told here is durable (the engine's output gate). Threads: the engine's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/leftover_tasks.h"
#include "engine/local_run.h"
#include "engine/open_run.h"
#include "engine/run_actor.h"
#include "journal/state_folder.h"
#include "runs/flow_nodes.h"
#include "runs/run_table.h"

namespace windlass::runs {

class LiveRun final : public engine::RunObserver {
 public:
  /// `changed` is called whenever something about it has changed, any number of times.
  LiveRun(std::uint64_t order, RunRow row, std::function<void(LiveRun&)> changed)
      : order_(order), row_(std::move(row)), changed_(std::move(changed)) {}

  [[nodiscard]] std::uint64_t order() const { return order_; }

  [[nodiscard]] const RunInfo& info() const { return row_.info; }
  [[nodiscard]] const RunRequest& request() const { return row_.request; }
  /// What has changed since it was asked last.
  [[nodiscard]] RunDelta take_delta() { return std::exchange(delta_, {}); }
  /// Of one that is in memory.
  [[nodiscard]] FlowNodes nodes() { return here_->nodes.look(); }
  [[nodiscard]] engine::RunActor* actor() { return here_ ? here_->actor.get() : nullptr; }
  /// Who it is among what runs share.
  [[nodiscard]] engine::SharedResources::Run claimant() const { return {this, row_.info.job, row_.info.number}; }

  /// Gives it to an actor; `live` comes once it waits for what happens, `ended` once, from the loop.
  struct Calls {
    std::function<void()> live, ended;
  };
  Result<> begin(engine::Reactor& reactor, journal::StateFolder& state, engine::LocalRunHooks hooks,
                 engine::OpenedRun opened, Calls calls);
  /// Lets the actor go, after `ended`.
  void finish();
  /// The same; its journal, if it has one, is left to do.
  std::unique_ptr<journal::RunJournal> give_up_journal();
  /// The newest entry of its journal that is on disk; nothing while it has no actor and is not parked.
  [[nodiscard]] std::optional<std::uint64_t> durable_sequence() const {
    if (here_ && here_->journal) return here_->journal->durable().sequence;
    if (was_parked) return parked_sequence;
    return std::nullopt;
  }
  /// Bytes of its log since it began here.
  [[nodiscard]] std::uint64_t log_bytes() const { return log_bytes_; }
  /// Bytes of its whole log that are on disk, while it is in memory.
  [[nodiscard]] std::uint64_t log_size() const {
    return here_ && here_->journal ? here_->journal->durable().log_bytes : 0;
  }
  /// All of its log that is on disk, while that is short and the run is in memory since it began.
  [[nodiscard]] const std::string* short_log() const {
    return log_is_short_ && short_log_.size() == log_size() ? &short_log_ : nullptr;
  }
  /// Entries of its journal that this process wrote.
  [[nodiscard]] std::uint64_t entries_written() const {
    return entries_before_ + (here_ && here_->journal ? here_->journal->durable().sequence - first_entry_ : 0);
  }
  /// Lets the actor go while it waits.
  void leave();
  /// Nothing of it is needed by the loop any more.
  [[nodiscard]] bool quiet() const { return !here_ || !here_->actor || here_->actor->quiet(); }

  /// Who has paused it; empty: nobody any more.
  void set_held(const std::string& by, std::int64_t millis);
  /// It has begun, is about to, or is away: orders go to its actor, once that is there.
  [[nodiscard]] bool is_there() { return actor() != nullptr || starting || away != Away::here; }

  void set_phase(Phase phase, Reason reason);
  void set_started(std::int64_t millis);
  /// `why`: where its log cannot say it.
  void set_ended(const std::string& result, std::int64_t millis, Reason why);
  void set_waiting(std::vector<engine::Waiting> waiting);
  /// What it was asked for is in its journal from now on.
  void forget_request();

  bool starting = false;  ///< on its way from the queue, or from its journal, to its actor
  bool claimed = false;   ///< the world knows that it begins here
  int stops = 0;          ///< how often its end was ordered
  int log_stops = 0;      ///< … because of the size of its log

  // ---- orders of people
  using Done = std::function<void(Result<>)>;
  struct Order {
    std::function<Result<>(engine::RunActor&)> give;
    Done done;
    bool is_stop = false;
  };
  std::vector<Order> orders;  ///< for when it is live
  bool ready = false;         ///< it is live and takes orders
  /// `done` is told when its promise is kept.
  std::uint64_t promise(Done done);
  void keep(std::uint64_t promise);
  /// All that are left, and all orders that it never got.
  void settle(const Result<>& stops_are, const Result<>& orders_are);

  // ---- leaving memory (parking.cc)
  enum class Away : std::uint8_t {
    here,       ///< its actor is there, or it never had one
    parked,     ///< out of memory
    called,     ///< it is to come back; a record is still there
    on_the_way  ///< no record is there any more, its journal is being read
  };
  Away away = Away::here;
  bool was_parked = false;            ///< … when it was called: what it holds is known
  bool from_another_process = false;  ///< which parked it
  std::uint64_t parked_sequence = 0;  ///< the newest entry of its journal then
  std::int64_t due_millis = 0;        ///< while it is away: when it goes on by itself; 0: never
  engine::Reactor::TimerId due_timer = 0;
  std::uint64_t seen_turns = 0;                             ///< of its actor, when it was looked at
  std::int64_t still_since = 0;                             ///< and since when they are the same
  std::unique_ptr<engine::LeftoverTasks> leftovers;         ///< of one that is given up: being ended
  std::function<void(const data::Value&)> told_properties;  ///< by its script, about its pipeline

  void on_run(std::string_view, std::uint64_t) override {}
  void on_log(std::string_view branch, std::uint64_t node, std::string_view text) override;
  void on_node_started(const engine::FlowNode& node) override;
  void on_node_ended(const engine::FlowNode& node) override;
  void on_waiting(const std::vector<engine::Waiting>& waiting) override;
  void on_agent(const engine::AgentReport& agent) override;
  void on_aborting() override {}
  void on_finished(std::string_view result) override;
  void on_properties(const data::Value& properties) override {
    if (told_properties) told_properties(properties);
  }

 private:
  /// What a parked run does without.
  struct Here {
    FlowNodeBook nodes;
    engine::LocalRunHooks hooks;
    std::unique_ptr<journal::RunJournal> journal;
    std::unique_ptr<engine::RunActor> actor;
  };
  void touch();
  /// The journal of a run that comes back is no news.
  [[nodiscard]] bool is_read_again() const { return was_parked && here_; }

  std::uint64_t order_;
  RunRow row_;
  void keep_short_log(std::string_view text);

  std::uint64_t log_bytes_ = 0, first_entry_ = 0, entries_before_ = 0;
  std::string short_log_;
  bool log_is_short_ = false;
  std::function<void(LiveRun&)> changed_;
  RunDelta delta_;
  std::unique_ptr<Here> here_;
  std::vector<std::pair<std::uint64_t, Done>> promises_;
  std::uint64_t next_promise_ = 1;
};

}  // namespace windlass::runs
