// One run: drives the evaluator, writes the journal, performs effects, and goes on after a restart by feeding the
// journal to a fresh evaluation (design of the engine: docs/architecture.md, docs/formats/journal.md).
//
// The invariant: nothing leaves (an effect is performed, a byte is shown) before the commit that holds all it relies
// on. Whatever happens to the run (a result, an abort, a timeout) is an entry, and the evaluation is told one entry at
// a time, in the journal's order, and only while every branch waits: so that order is the whole truth about how
// branches interleaved, and replay is telling them again in that order.
//
// One thread (the reactor's). Files: run_actor.cc the loop and the effects; run_replay.cc how the journal is fed to a
// new evaluation; run_commit.cc what becomes durable and then leaves; run_interrupts.cc aborts and timeouts;
// run_pause.cc pauses; run_parking.cc leaving memory while it waits; run_limits.cc budgets and what is still owed when
// one ends the evaluation; run_leases.cc what effects lent; run_prefix.cc how a restart from a step is fed; run_log.cc
// log and flow nodes; run_host.cc what the evaluator asks; host_functions.cc `__host` calls; shell_task.cc tasks on the
// agent; own_effects.cc node, timer, input, lock, milestone; run_pods.cc and run_agents.cc pods as nodes; child_runs.cc
// and downstream_builds.cc `build`.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/result.h"
#include "data/value.h"
#include "engine/downstream.h"
#include "engine/local_run.h"
#include "engine/prefix.h"
#include "engine/program.h"
#include "engine/reactor_scope.h"
#include "engine/replay.h"
#include "engine/run_agent.h"
#include "engine/run_inputs.h"
#include "engine/scope.h"
#include "engine/shared_resources.h"
#include "engine/tee_files.h"
#include "journal/state_folder.h"
#include "nodes/agent_connection.h"
#include "nodes/remote_nodes.h"
#include "steps/charset.h"
#include "steps/effect.h"
#include "text/label_expression.h"
#include "text/masker.h"
#include "vm/vm.h"

namespace windlass::engine {

class RunActor;
class RemoteEffect;
struct BuildParameters;

/// An effect that was asked and has no result yet. One per waiting branch.
struct PendingEffect {
  journal::EffectKey key;
  vm::FiberId fiber = 0;
  std::string kind;  ///< "sh", "timer" …
  std::string step;  ///< the step that asked, for people
  data::Value arguments;
  std::shared_ptr<const Scope> scope;
  std::uint64_t flow_node = 0;
  std::uint32_t line = 0;
  std::int64_t asked_millis = 0;
  Reactor::TimerId timer = 0;   ///< of a `timer` that is armed
  std::int64_t due_millis = 0;  ///< when time alone goes on with it; 0: never
  /// Started, it only waits for what is known outside this object, and can be waited for again: a run all of whose
  /// effects are so may leave memory (run_parking.cc).
  bool may_leave = false;
  std::uint64_t intent = 0;  ///< sequence of its entry: effects start, and start again, in this order
  bool in_doubt = false;     ///< its intent is from an earlier process: resume, never simply start
  bool started = false;
  bool parked = false;  ///< of a restart's prefix: its result is in it, or it waits until the prefix is used up
  journal::Digest digest{};
  bool refused = false;                          ///< interrupted before it was asked: it is never performed
  bool hasten = false;                           ///< a second abort: the interruption is not to wait for anything
  std::vector<data::Value> progress;             ///< what it must not forget, in order
  std::optional<steps::StepError> interruption;  ///< why it is to end; its result will be this
  /// Ends the work early; the result still comes through RunActor::finish_effect. Empty: nothing to end.
  std::function<void(bool hasten)> cancel;
  data::Value docker;  ///< of node.acquire, beside its arguments: images that a pod is to have containers of
  /// What it waits for, for the tree and `explain`.
  std::string waits_code;
  std::string waits_detail;
  data::Value waits_holder;    ///< of a lock: resource, job and number of who held it when it was asked for
  data::Value waits_evidence;  ///< of a pod in trouble
};

struct BlockTimeout {
  std::uint64_t id = 0;
  std::int64_t deadline_millis = 0;  ///< wall time, for carrying it over a restart
  std::int64_t activity_millis = 0;  ///< 0, or the allowed silence
  std::int64_t millis = 0;           ///< as it was asked
  Reactor::TimerId timer = 0;
  bool fired = false;
  std::int64_t fired_millis = 0;
};

/// An entry that the evaluation is still to be told.
struct Happening {
  journal::EntryType type = journal::EntryType::result;  ///< or abort, timer
  std::int64_t time_millis = 0;
  std::uint64_t timeout = 0;  ///< timer: the block's id
  // Of a result:
  journal::EffectKey key;
  vm::FiberId fiber = 0;
  std::string kind;
  data::Value payload;
  std::shared_ptr<const Scope> scope;
};

class RunActor final : public vm::Host {
 public:
  RunActor(Reactor& reactor, journal::StateFolder& state, journal::RunJournal& journal, RunInputs inputs,
           Program program, const LocalRunHooks& hooks);
  ~RunActor() override;

  /// Before anything else: this run restarts another one from a step.
  void follow(Prefix prefix);
  /// What inspect() evaluates is written down there.
  void trace_into(RunTrace& trace) { trace_ = &trace; }

  /// Evaluates up to that entry of the journal, performs nothing, and copies out what is there then (replay.cc). The
  /// journal must drop what is written.
  Result<Replay> inspect(std::uint64_t until);

  /// Runs to the end. `resumed`: the journal has entries of a dead process.
  Result<RunEnding> run(bool resumed);
  /// The parts of run() for a run on somebody else's loop: `ended` is called on it once, then close() tells how.
  Result<> begin(bool resumed);
  Result<RunEnding> close();
  void on_end(std::function<void()> ended) {
    ended_ = std::move(ended);
    loop_is_shared_ = true;
  }

  // ---- leaving memory and coming back (run_parking.cc)
  /// When a run that only waits is due again by itself; 0: never.
  struct Leave {
    std::int64_t due_millis = 0;
    bool forbids_resume = false;     ///< it must be looked at after a restart: disableResume()
    std::uint64_t instructions = 0;  ///< what evaluating it again takes, beside its entries
    std::uint64_t entries = 0;
  };
  /// Nothing while anything of it is under way in this process.
  [[nodiscard]] std::optional<Leave> may_leave() const;
  /// Before it leaves: what came without anybody waiting for it becomes durable. False: the run cannot go on.
  bool settle();
  /// What is durable comes into the run's own file, for whoever reads that. An error: the run cannot go on.
  Result<> land();
  /// Before it is destroyed while it waits: nothing is ended, what it holds stays held.
  void leave();
  /// Before begin(true): SharedResources has kept what it holds and its places, so its journal is not told there again.
  /// `same_process`: nobody was away, and its log says nothing. `waited`: what it waited for when it left.
  void come_back(bool same_process, const std::vector<Waiting>& waited);
  /// Called once, when all that waits has been started again and is waited for.
  void on_live(std::function<void()> live) { on_live_ = std::move(live); }
  /// Calls when all that is in the journal's batch now is durable; never, if it cannot become so.
  void after_commit(std::function<void()> then);
  /// Grows with each thing that happens to it.
  [[nodiscard]] std::uint64_t turns() const { return turns_; }
  /// Its script has said that it is not to be discarded.
  [[nodiscard]] bool keeps_log() const { return keep_log_; }

  /// Orders the end: the first one interrupts, the second does not wait, the third ends the run where it stands.
  void abort_run(const std::string& cause_text);
  /// A newer run of the same job takes its place: an interruption with the result NOT_BUILT. Once.
  void abort_superseded(std::uint64_t newer);
  /// Nothing of the script goes on and no step begins until resume(); what runs on agents does, and its output is kept.
  /// Survives this process. An order to end the run lets it go on.
  Result<> pause(const std::string& by);
  Result<> resume(const std::string& by);
  static std::string input_id(const data::Value& arguments);
  /// What somebody decided about an `input` that waits.
  struct InputAnswer {
    std::string id;
    bool approved = false;
    data::Value parameters;  ///< map by name; missing ones have their defaults
    std::string user_id, user_name;
  };
  static Error no_such_input(const std::string& job, std::uint64_t number, const std::string& id);
  /// Errors: not_found (it does not wait, or no longer).
  Result<> answer_input(const InputAnswer& answer);
  /// True once all that the journal knows has been told: from then on things happen.
  [[nodiscard]] bool live() const { return live_; }
  /// Everything that its journal says it holds is held: it is live, or a restart that enters a block of its prefix.
  [[nodiscard]] bool holds_all() const { return live_ || (feed_ && feed_->wanted); }
  /// False while work of it is under way on the pool: then it must not be destroyed yet.
  [[nodiscard]] bool quiet() const;
  [[nodiscard]] const RunInputs& inputs() const { return inputs_; }
  /// What scripts of other runs may ask of it while it goes on; its parameters are not among them.
  data::Value facts();

  // ---- for the files of this class ---------------------------------------------------------------------------------
  using EffectStarter = void (RunActor::*)(PendingEffect&);

  /// Appends the result and hands it to the evaluator at the next turn. The effect is gone afterwards.
  void finish_effect(vm::FiberId fiber, steps::Outcome outcome);
  void add_progress(PendingEffect& effect, data::Value what);
  PendingEffect* find_pending(vm::FiberId fiber);
  vm::Vm& vm() { return *vm_; }

  // vm::Host
  void print(vm::FiberId fiber, std::string_view text) override;
  std::int64_t clock_millis(vm::FiberId fiber) override;
  std::string time_zone() override;
  std::uint64_t random_bits(vm::FiberId fiber) override;
  vm::StepCall call_step(vm::Vm& vm, vm::FiberId fiber, std::string_view name,
                         std::span<const vm::Value> args) override;
  vm::Status get_global(vm::Vm& vm, vm::FiberId fiber, std::string_view name, vm::Value& out) override;
  void interrupt_branch(vm::Vm& vm, vm::FiberId fiber, vm::Value throwable) override;
  bool set_global(vm::Vm& vm, vm::FiberId fiber, std::string_view name, vm::Value value) override;
  vm::Status call(vm::Vm& vm, vm::FiberId fiber, std::string_view name, std::span<const vm::Value> args,
                  vm::Value& out) override;
  std::shared_ptr<const vm::CodeUnit> load_class(vm::Vm& vm, std::string_view full_name) override;
  std::string class_failure(std::string_view full_name) override;
  vm::Compiled compile_text(vm::Vm& vm, std::string_view text, std::string_view class_name) override;
  std::string known_steps() override;
  std::string refuse(std::string_view owner_class, std::string_view method) override;

  // what its agents tell (shell_task.cc)
  void on_ready(RunAgent& agent, std::string_view instance);
  void on_surroundings(RunAgent& agent);
  void on_memory(RunAgent& agent, const nodes::MemoryUse& use);
  void on_output(std::string_view token, nodes::Stream stream, std::uint64_t offset, std::string_view bytes);
  void on_exit(std::string_view token, const nodes::TaskExit& exit);
  void on_start_failed(std::string_view token, const Error& why);
  void on_resumed(std::string_view token, nodes::TaskState state);
  void on_lost(std::string_view token, const Error& why);
  void on_cookie_killed(std::string_view cookie);
  void on_gone(RunAgent& agent, const Error& why);

 private:
  friend struct HostRows;
  friend class EffectRunServices;
  friend struct RunAgent;
  friend class RemoteEffect;

  struct LogEvent {
    std::string branch;
    std::uint64_t node;
    std::string text;
  };
  struct NodeEvent {
    FlowNode node;
    bool ended;
  };
  struct FinishedEvent {
    std::string result;
  };
  struct AbortEvent {};
  struct EarlierEvent {
    std::uint64_t node;
    std::string text;
  };
  struct AgentEvent {
    AgentReport agent;
  };
  using Event = std::variant<LogEvent, EarlierEvent, NodeEvent, AgentEvent, AbortEvent, FinishedEvent>;

  struct ShellTask {
    vm::FiberId fiber = 0;
    RunAgent* agent = nullptr;             ///< lives as long as the run is in memory
    std::shared_ptr<RemoteEffect> effect;  ///< of an effect that acts in a pod: takes the output
    bool return_stdout = false;
    bool return_status = false;
    std::string encoding;  ///< of captured; empty: UTF-8
    std::string captured;
    std::unique_ptr<text::Masker> masker;
    std::unique_ptr<steps::CharsetStream> decoder;  ///< of the log stream; null: it is UTF-8
    std::string unstored;                           ///< decoded and masked, until it is known which raw bytes it is
    std::uint64_t raw_end = 0;                      ///< raw bytes of the log stream that the masker was given
    std::string partial;                            ///< received behind them: a line that has not ended yet
    Reactor::TimerId partial_timer = 0;
    std::uint64_t stored_end = 0;  ///< raw bytes that are in the journal's batch
    std::uint64_t acked_end = 0;
    bool exec = false;
    bool quiet = false;
    bool too_much = false;
    std::string error_text;
    std::int64_t connects_since = 0;  ///< the agent had not answered yet when it was started; 0: it had
  };
  static constexpr std::uint8_t kPayloadValue = 1;  ///< data/binary.h

  struct HeldNode {
    std::string name;
    std::string workspace;
    std::string root;
    Environment environment;
    int executor = 0;
    bool used_shell = false;
    bool workspace_only = false;  ///< a lease of workspace.acquire
    data::Value remote;           ///< of a pod: nodes::RemoteNode::facts
    std::string effect_key;       ///< the same: of the effect that took it
    Environment base;             ///< the same: what its agent was given
    std::uint64_t ticket = 0;     ///< the same: where its events come from
    bool failed = false;          ///< its body did
  };
  /// A block step between step.open and step.close, or one body of it.
  struct OpenBlock {
    std::string step;
    std::string label;
    std::uint64_t flow_node = 0;
    std::uint64_t parent_node = 0;
    std::uint32_t line = 0;
    std::uint64_t scope = 0;  ///< pushed by body.open
    bool branch = false;
    std::uint64_t body = 0;  ///< between body.open and body.close: its place in the order of what is open
    std::string path;        ///< of the branch that its lines belong to
    std::string opening;     ///< the lines it began with, where they were not shown yet (run_prefix.cc)
    std::optional<std::size_t> first_effect;  ///< of a trace: what it asked before its body
    data::Value docker;                       ///< of node: images that a pod is to have containers of
  };
  /// What the run owes however its evaluation ends: Declarative's post conditions, and giving back what a block took.
  /// Its own code does it; where a limit ends that code, this closure does. Numbered together with blocks_.
  struct Ending {
    vm::Handle closure = 0;
    std::string path;
    std::uint64_t scope = 0;
    bool post = false;
    journal::EffectKey acquired;        ///< the effect that took what is given back
    std::optional<std::size_t> traced;  ///< its TracedLease
  };
  /// How far the evaluation has followed the prefix of a restart.
  struct Feed {
    std::deque<ToldItem> items;                                            ///< still to be told
    std::map<std::pair<std::string, std::uint64_t>, std::string> results;  ///< effects with a result among them: kind
    std::set<std::pair<std::string, std::uint64_t>> live;
    RunInputs inputs;                          ///< before it begins: in force at its beginning; then: when all is told
    std::optional<journal::EffectKey> wanted;  ///< a live effect whose result comes next
    std::string wanted_workspace;              ///< of a node: the one that it had
  };
  enum class Following : std::uint8_t { told, waits, over };
  /// A limit of the journal that the replayed evaluation is still to reach.
  struct KnownLimit {
    std::uint64_t sequence = 0;
    std::uint64_t told = 0;  ///< after so many happenings
    vm::LimitKind kind = vm::LimitKind::instructions;
    std::uint64_t instructions = 0;
    std::int64_t time_millis = 0;
  };

  // ---- loop (run_actor.cc)
  void schedule_turn();
  void park_when_quiet();
  void tell_live();
  void schedule_output(std::size_t bytes);
  void turn();
  void go_on();
  void evaluate();
  void accept_effects();
  void start_ready_effects();
  void perform(PendingEffect& effect);
  using EffectEnd = std::function<void(vm::FiberId, steps::Outcome)>;
  /// Performs on the pool; `end` gets the outcome on the reactor's thread (default: finish_effect). What an effect took
  /// that was interrupted meanwhile goes back by `give_back` first.
  void perform_in_pool(PendingEffect& effect, steps::EffectFunction perform, EffectEnd end = {},
                       steps::EffectFunction give_back = nullptr);
  /// Keeps the project as it is now, where the program may ask for it; no effect starts before that is done.
  void take_project();
  bool happen_next();
  void happen(const Happening& happening);
  void deliver(const Happening& happening);
  void apply_interruptions();
  static bool is_cleanup(const PendingEffect& effect);
  bool append_intent(PendingEffect& effect, const journal::Digest& digest);

  // ---- replay (run_replay.cc)
  /// Results after entry `until` are left out.
  Result<> load_journal(std::uint64_t until = UINT64_MAX);
  data::Value masked(const data::Value& value, int depth = 0);
  static data::Value stand_in(const PendingEffect& effect);
  bool match_intent(PendingEffect& effect, const journal::Digest& digest);
  std::optional<Happening> next_recorded();
  void suspend(const std::string& why);
  /// What a result changes in the actor itself (leases, timeouts, libraries); the same live and in replay.
  void note_result(const PendingEffect& effect, const data::Value& payload, std::int64_t time_millis);
  /// The journal is used up: says that the run goes on, asks the agents.
  void go_live();
  /// Due timers fire only after the agents have told what ended before.
  void release_timers();
  void task_answered(const std::string& token);
  void prepare_environment();
  static journal::EffectKind own_effect_kind(std::string_view kind);
  static const struct OwnEffect* find_own_effect(std::string_view kind);
  static bool is_message(std::string_view kind) { return kind == "mail" || kind == "chat"; }
  void worsen_result(std::string_view result);
  void die(Error error);
  void pass_fault(std::string_view point);
  void main_ended();
  void end_run();
  void announce_waiting();

  // ---- aborts and timeouts
  static steps::StepError interruption(const std::string& cause_class, const std::string& cause_text,
                                       const std::string& result);
  void on_signal(int signal);
  void order_end(data::Value order);
  void abort_now(const Happening& happening);
  void interrupt_effect(PendingEffect& effect, const steps::StepError& why, bool hasten);
  /// Interrupts what waits, and what has its result already, as far as `concerns` says so.
  void interrupt_where(const std::function<bool(const Scope*)>& concerns, const steps::StepError& why, bool hasten);
  static std::int64_t timeout_due(const BlockTimeout& timeout);
  void arm_timeout(BlockTimeout& timeout);
  static steps::StepError timeout_exceeded(std::uint64_t id);
  void timeout_expired(std::uint64_t id);
  void fire_timeout(BlockTimeout& timeout);
  bool append_happening(const Happening& happening, std::string_view step, std::uint64_t ordinal);
  void end_without_grace(std::uint64_t id);

  // ---- what becomes durable (run_commit.cc)
  /// What relies on the entries of one commit: it leaves when that is durable.
  struct Outgoing {
    std::deque<Event> events;
    std::vector<std::function<void()>> give_back;
    std::vector<std::pair<vm::FiberId, std::uint64_t>> cancels;
    std::vector<std::pair<std::string, std::uint64_t>> acks;  ///< token, raw bytes
    std::vector<std::pair<std::string, RunAgent*>> forget;    ///< tokens
  };
  /// A commit on its way to disk, with those of other runs.
  struct Flight {
    std::uint64_t ticket = 0;
    Outgoing outgoing;
  };
  Outgoing take_outgoing();
  void send(Outgoing outgoing);
  /// Commits, now or together with other runs, then go_on(); until then no turn begins.
  void commit_then_go_on();
  void landed(std::uint64_t ticket);
  /// What is on its way becomes durable and leaves. False: the run cannot go on.
  bool finish_flight();
  /// The same and all that was appended since, before it returns.
  bool commit_and_flush();
  void land_later();

  // ---- pauses (run_pause.cc)
  Result<> know_pause();
  Result<> note_pause(const std::string& line);
  [[nodiscard]] bool is_held() const { return live_ && pause_.has_value(); }

  // ---- limits (run_limits.cc)
  /// Before each piece of evaluation: budgets end a live one, a replayed one ends where the journal says.
  void set_budgets();
  Result<> know_limit(const journal::Entry& entry);
  /// The evaluation has reached a limit: an entry, a sentence, and what waits is ended. False: nothing goes on.
  bool limit_now();
  /// Closes what is open and begins the closure of what is owed next; false: all is done.
  bool unwind();
  void ending_finished();
  void close_body(OpenBlock& block);
  void close_block(std::uint64_t id);

  // ---- the prefix of a restart (run_prefix.cc)
  void begin_feed();
  /// Takes an effect that the prefix answers, or that waits for its end, out of the ordinary way.
  bool park(PendingEffect& effect, const journal::Digest& digest);
  Following follow_next();
  Happening taken_up(PendingEffect effect, data::Value payload, std::int64_t time_millis);
  std::optional<Happening> live_result(const ToldItem& item);
  void take_over(RunInputs next);
  bool end_feed();
  void restart_failed(const data::Value& payload);
  /// Lines of a block or step that may be written when the prefix ends; true while nothing is shown.
  bool keep_line(vm::FiberId fiber, std::string_view text);
  void trace_effect(const PendingEffect& effect);
  void trace_told(const Happening& happening);
  void name_run();

  // ---- log and flow (run_log.cc)
  void log_line(vm::FiberId fiber, std::string_view text);
  void log_at(const std::string& branch, std::uint64_t node, std::string_view text);
  void log_pipeline(vm::FiberId fiber, std::string_view text);
  /// A text about an effect while it is performed: once per effect and `about`, however often it is performed again.
  void say(const PendingEffect& effect, std::string_view about, std::string_view text);
  [[nodiscard]] bool has_said(const PendingEffect& effect, std::string_view about) const;
  /// A text that belongs to no branch and comes with an entry of the same commit.
  void say_of_run(std::string_view text);
  std::uint64_t start_node(vm::FiberId fiber, std::string_view step, std::string_view label, std::uint32_t line,
                           const Scope* scope);
  void show_node(FlowNode& node);
  void note_output();
  /// `failed_at`: the line of the script where it went wrong, for a node that has none of its own.
  void end_node(std::uint64_t id, std::string_view result, std::string_view cause, std::uint32_t failed_at = 0);
  void end_effect_step(const Happening& happening);
  void put_node(const FlowNode& node);
  void print_failure(vm::FiberId fiber, const vm::ExceptionInfo& failure);
  /// What was told last, with the run that ends badly: of an exception that no step has thrown nothing else knows.
  void keep_failure();
  std::string failure_result(const vm::ExceptionInfo& failure);
  /// One line for the flow node: the message, for an interruption who or what ordered it.
  std::string failure_cause(const vm::ExceptionInfo& failure);
  /// Where in the pipeline's script it was thrown; 0: nowhere there.
  std::uint32_t failure_line(const vm::ExceptionInfo& failure);
  std::string mask(std::string_view text);
  void add_secret(std::string_view secret);

  void mark_stage(const Scope* scope, std::string_view result, std::string_view reason);

  // ---- scopes
  std::shared_ptr<const Scope> scope_of(vm::FiberId fiber);
  std::uint64_t push_scope(vm::FiberId fiber, Scope scope);
  void pop_scope(vm::FiberId fiber, std::uint64_t id);
  Environment environment_at(const Scope* scope);
  steps::Place place_of(const Scope* scope);

  // ---- own effects (own_effects.cc, shell_task.cc)
  void start_shell(PendingEffect& effect);
  void start_timer(PendingEffect& effect);
  void arm_timer(PendingEffect& effect);
  void start_input(PendingEffect& effect);
  void start_lock(PendingEffect& effect);
  void release_lock(PendingEffect& effect);
  void start_node(PendingEffect& effect);
  [[nodiscard]] std::string without_cloud(const Scope* scope, const text::LabelExpression& wanted) const;
  void release_node(PendingEffect& effect);
  void start_timeout(PendingEffect& effect);
  void stop_timeout(PendingEffect& effect);
  void start_exec(PendingEffect& effect);
  void start_task(PendingEffect& effect, nodes::TaskSpec spec);
  void end_task(std::string_view token, const nodes::TaskExit& exit);
  void pass_output(const std::string& token, ShellTask& task, std::string_view bytes);
  void keep(std::string_view token, ShellTask& task, std::string& into, std::string_view bytes);
  void hold_partial_line(const std::string& token, ShellTask& task);
  void outlived_timeout(PendingEffect& effect, std::chrono::milliseconds elapsed);
  void start_workspace(PendingEffect& effect);
  void release_workspace(PendingEffect& effect);
  void start_library(PendingEffect& effect);
  void start_library_resource(PendingEffect& effect);
  void start_nodes_by_label(PendingEffect& effect);
  void start_container_log(PendingEffect& effect);
  void start_log_tail(PendingEffect& effect);
  void start_tee(PendingEffect& effect);
  void stop_tee(PendingEffect& effect);
  void start_milestone(PendingEffect& effect);

  // ---- runs that `build` begins (child_runs.cc)
  struct ChildRun;
  void schedule_build(PendingEffect& effect);
  void start_build_wait(PendingEffect& effect);
  void note_build(const PendingEffect& effect, const data::Value& value);
  /// Begins, finds again or leaves alone the run of a reference; not before its schedule is durable.
  void ensure_child(const std::string& ref);
  Result<> open_child(const std::string& ref, ChildRun& child);
  void child_ended(const std::string& ref);
  /// Finishes the effects that wait for that run, as far as it has come.
  void answer_build_waits(const std::string& ref);
  RunInputs child_inputs(const std::string& ref, const ChildRun& child) const;
  data::Value child_facts(ChildRun& child);
  void complete_facts(data::Value& facts, const ChildRun& child);
  std::string build_ref(const journal::EffectKey& key) const;
  std::string downstream_cause() const;
  void set_secrets(data::Value& result, const BuildParameters& parameters);
  void warn_of_unknown(const PendingEffect& effect, const std::string& job, const std::vector<std::string>& names);
  // Those that a server keeps (downstream_builds.cc).
  void schedule_downstream(PendingEffect& effect);
  void order_downstream(PendingEffect& effect, const DownstreamJob& target);
  void start_downstream_wait(PendingEffect& effect);
  void answer_downstream_waits(const std::string& ref);
  data::Value downstream_facts(const ChildRun& child, const DownstreamState& state);
  /// The loop is not needed any more, unless a run that this one began goes on.
  void leave_loop();
  void grant_lock(vm::FiberId fiber, const std::vector<std::string>& names);
  void take_node(vm::FiberId fiber, const std::string& name, int executor);
  SharedResources::Run self() const { return {key_, inputs_.job, feed_ ? feed_->inputs.number : inputs_.number}; }
  /// False while a run that has come back is fed its journal.
  [[nodiscard]] bool tells_shared() const { return !came_back_ || live_; }
  /// Behind the commit that makes it durable that this run has given something back.
  void give_back(std::function<void()> release);

  // ---- what effects lend (run_leases.cc)
  void note_lent(const PendingEffect& effect, const data::Value& value);
  /// Gives back, one after the other, what nobody gave back. False: it is under way, and a turn comes when it is done.
  bool take_back_lent();
  /// Interrupts effects that are about to lend something; false while there are such.
  bool end_lending();
  void end_at_once();
  void finish_input(PendingEffect& effect, const data::Value& answer, const std::string& user_id,
                    const std::string& user_name, std::optional<std::size_t> index);
  /// The agent that steps in this scope run on: the built-in node's, or one in a container of a pod.
  Result<RunAgent*> agent_for(const Scope* scope);
  /// What a step ends with whose agent cannot be called: in a pod as if the agent had been lost while it ran.
  std::unexpected<steps::StepError> without_agent(const Scope* scope, const Error& why) const;
  Result<RunAgent*> built_in_agent();
  Result<RunAgent*> pod_agent(const data::Value& facts, const std::string& node, const std::string& container);
  void close_agents(bool goodbye);
  /// The agents of a pod that this run needs no more.
  void hang_up(const std::string& node);
  [[nodiscard]] const HeldNode* remote_node(const Scope* scope) const;
  /// What a task in this scope is given: all of it, or what a container does not have by itself.
  void fill_environment(nodes::TaskSpec& spec, const Scope* scope, const Environment& environment) const;

  // ---- nodes that are made for the run (run_pods.cc)
  bool start_remote_node(PendingEffect& effect, const std::string& label, bool built_in_fits);
  nodes::RemoteNodeEvents remote_events(const PendingEffect& effect);
  void remote_node_up(vm::FiberId fiber, std::uint64_t intent, nodes::RemoteNode node);
  void finish_remote_node(vm::FiberId fiber, const nodes::RemoteNode& node);
  void remote_node_lost(const std::string& effect_key, const nodes::NodeTrouble& trouble);
  static steps::StepError node_removed(const nodes::NodeTrouble& trouble);
  void attach_remote_nodes();
  // what is told of them (run_agents.cc)
  Result<> know_agents();
  void tell_agent(AgentReport& report);
  void agent_asked(const PendingEffect& effect, const std::string& label);
  /// `final`: it has ended the agent, or the wait for it.
  void agent_ails(const std::string& key, const nodes::NodeTrouble& trouble, bool final);
  void agent_is_up(const std::string& key, const nodes::RemoteNode& node);
  void agent_is_over(const std::string& key);
  void read_container_log(PendingEffect& effect);
  [[nodiscard]] const std::string& remote_uid() const;
  static std::string key_text(const journal::EffectKey& key) { return key.branch + ":" + std::to_string(key.ordinal); }
  [[nodiscard]] static data::Value declared_pods(const Scope* scope);
  Result<std::vector<nodes::DockerWanted>> docker_wanted(PendingEffect& effect);
  /// An effect of `steps` on the files of a pod; `mirrored`: performed here, by this function (pod_effect.h).
  void perform_in_pod(PendingEffect& effect, steps::EffectFunction mirrored = nullptr);
  std::string token_of(const journal::EffectKey& key) const;
  std::string cookie_of(std::uint64_t lease) const;
  void store_output(const std::string& token, ShellTask& task, std::string shown);
  static std::vector<std::string> launcher_of(const Scope* scope, const steps::Place& place);

  // ---- facts (run_facts.cc)
  data::Value run_fact(std::string_view name, std::int64_t now);
  data::Value causes();
  std::string job_url(const std::string& job) const;

  // ---- other runs, properties (other_runs.cc)
  void start_run_read(PendingEffect& effect);
  void start_properties(PendingEffect& effect);
  void take_properties(const data::Value& list);
  data::Value facts_of(const journal::RunInfo& info);
  void keep_facts();
  void keep_parameters();
  data::Value scm_value();
  void note_resume_rule(const data::Value& properties);
  void set_job_properties(const data::Value& properties);

  // ---- names (run_host.cc)
  vm::Value prelude_function(std::string_view name);
  /// The object of a library's vars/NAME.groovy, made at first use; `out` stays undefined when there is none.
  vm::Status library_variable(vm::FiberId fiber, std::string_view name, vm::Value& out);
  std::optional<vm::StepCall> call_symbol_as_step(vm::FiberId fiber, const catalog::SymbolDescription& symbol,
                                                  vm::Value described, std::span<const vm::Value> args);
  vm::StepCall call_catalog_step(vm::FiberId fiber, const catalog::StepDescription& step,
                                 std::span<const vm::Value> args);
  vm::StepCall throw_step(std::string_view java_class, std::string_view message);
  void warn_of_interpolation(vm::FiberId fiber, const std::string& step, std::span<const vm::Value> args,
                             const data::Map& arguments, const Scope* scope);
  /// Data for what data can carry; closures and instances become opaque objects, found again in `opaque`.
  /// Arguments of a step as data. What is no data stays in `opaque`. Texts with objects in them call their toString();
  /// an exception of one is in `opaque_error_` afterwards.
  /// Members of `whole` stay the values they are.
  data::Value opaque_data(vm::FiberId fiber, vm::Value value, std::vector<vm::Value>& opaque, int depth,
                          std::span<const std::string_view> whole = {});
  std::string gstring_text(vm::FiberId fiber, vm::Value gstring);
  vm::Value opaque_error_ = vm::Value::null();
  std::size_t argument_values_ = 0;     ///< of the arguments that are being copied
  std::vector<vm::Ref> argument_path_;  ///< lists and maps that are, outermost first
  vm::Value from_opaque(const data::Value& value, const std::vector<vm::Value>& opaque);
  std::uint32_t line_of(vm::FiberId fiber);
  vm::ClassExists class_exists();
  void load_kept_library(const std::string& name);
  std::string format_compile_failure(std::string_view name, std::string_view text, const vm::CompileFailure& failure);
  std::optional<std::pair<std::string, std::string>> library_class_source(std::string_view full_name);

  ReactorScope reactor_;
  journal::StateFolder& state_;
  journal::RunJournal& journal_;
  RunInputs inputs_;
  Program program_;
  const LocalRunHooks& hooks_;
  std::unique_ptr<vm::Vm> vm_;
  vm::FiberId main_ = 0;
  bool main_started_ = false;

  std::unordered_map<vm::FiberId, PendingEffect> pending_;
  std::deque<Happening> happenings_;                                     ///< in the journal's order
  std::vector<std::pair<vm::FiberId, steps::StepError>> interruptions_;  ///< asked by the evaluation, not applied
  std::vector<std::pair<vm::FiberId, std::uint64_t>> cancels_;        ///< fiber and intent of effects that are to end
  std::unordered_map<vm::FiberId, steps::StepError> interrupt_next_;  ///< hits the fiber's next effect
  std::map<std::string, std::uint64_t> ordinals_;                     ///< effects per branch
  std::map<std::string, std::uint64_t> line_ordinals_;                ///< script-made log pieces per branch
  std::int64_t told_millis_ = 0;         ///< time of the entry that was told last: what the script's clock starts from
  std::uint64_t told_instructions_ = 0;  ///< and how many instructions had been executed then
  std::map<std::string, std::uint64_t> random_counters_;
  std::map<vm::FiberId, data::Value> node_docker_;  ///< node.docker(): for the node block that begins next
  std::map<vm::FiberId, data::Value> written_;      ///< arguments of a step that becomes an effect, before defaults
  std::map<vm::FiberId, std::pair<std::string, std::uint64_t>> current_step_;  ///< name and flow node

  std::deque<journal::Entry> replay_;  ///< entries of the earlier processes still to be fed
  std::map<std::pair<std::string, std::uint64_t>, journal::Entry> intents_;
  std::map<std::pair<std::string, std::uint64_t>, std::vector<data::Value>> progress_;
  std::map<std::uint64_t, FlowNode> stored_nodes_;
  bool live_ = false;
  bool inspecting_ = false;           ///< inspect() evaluates: where the entries end, it stops
  bool resumed_ = false;              ///< a dead process's run; until the lines about the resumption are written
  bool resume_disabled_ = false;      ///< disableResume(): going on after a restart is an abort
  bool timers_held_ = false;          ///< after a restart, until the agents have answered
  std::set<std::string> unanswered_;  ///< tokens the agent was asked for
  std::optional<Reactor::TimerId> patience_;  ///< how long it may take to answer
  [[nodiscard]] std::string format_time(std::int64_t millis) const;

  std::map<std::uint64_t, std::shared_ptr<const Scope>> scopes_;
  std::uint64_t next_scope_ = 1;
  Environment run_environment_;       ///< run variables and parameters
  Environment assigned_environment_;  ///< env.X =
  std::string result_;
  data::Value told_failure_;  ///< by print_failure(): class, message, line; null: nothing
  std::string display_name_, description_;
  bool keep_log_ = false;                        ///< what the script has said of it
  data::Value parameters_ = data::Value::map();  ///< typed values of `params`
  data::Value job_properties_;
  std::set<std::string> once_;
  std::map<std::uint64_t, std::pair<std::string, std::string>> stage_marks_;  ///< stage's flow node → result, reason
  std::map<std::uint64_t, FlowNode> open_nodes_;
  std::set<std::uint64_t> has_failed_inside_;  ///< open nodes in which one has ended badly
  std::uint64_t next_node_ = 1;
  std::deque<Event> events_;

  std::map<std::uint64_t, OpenBlock> blocks_;
  std::uint64_t next_block_ = 1;
  std::map<std::uint64_t, BlockTimeout> timeouts_;
  std::uint64_t next_timeout_ = 1;
  std::map<std::string, std::unique_ptr<RunAgent>> agents_;  ///< by their ids
  std::map<std::string, std::string> agent_instances_;       ///< the same, as the journal knows them
  std::unordered_map<std::string, ShellTask> shells_;        ///< by token
  struct ComingNode {
    std::uint64_t ticket = 0;
    std::optional<nodes::RemoteNode> node;  ///< is up; its surroundings are still to come
  };
  std::map<vm::FiberId, ComingNode> coming_nodes_;
  std::map<std::string, AgentReport> agent_reports_;  ///< by the key of the effect that asked
  std::unordered_map<std::string, nodes::TaskSpec> resumed_specs_;
  std::vector<std::pair<std::string, RunAgent*>> forget_after_commit_;
  std::set<std::string> emptied_workspaces_;
  struct CookieWait {
    vm::FiberId fiber = 0;
    RunAgent* agent = nullptr;
  };
  std::map<std::string, CookieWait> cookies_;  ///< node releases that wait for their processes
  std::map<std::uint64_t, HeldNode> nodes_;
  std::uint64_t next_node_hold_ = 1;
  std::unique_ptr<SharedResources> own_resources_;  ///< where nobody shares
  SharedResources* shared_;
  const void* key_;         ///< who this run is there
  bool came_back_ = false;  ///< what it holds was kept there while it was away
  bool has_left_ = false;   ///< somebody else is called when its turn comes
  bool is_back_ = false;    ///< … and it has asked again for what it waits for
  bool was_away_ = false;   ///< come_back() in the process that it had left: its log says nothing of it
  std::function<void()> on_live_;
  std::map<std::string, data::Value> earlier_holders_;  ///< by branch: of the lock that it waited for when it left
  std::vector<std::function<void()>> give_back_;        ///< after the next commit
  std::optional<Flight> flight_;
  bool landing_is_asked_ = false;
  bool turn_waits_ = false;  ///< for what is on its way
  bool is_over_ = false;     ///< its end is in the batch, on its way, or durable
  bool end_is_durable_ = false;
  /// A result with a `lease` that no release has had.
  struct Lent {
    PendingEffect by;  ///< key, kind, step, scope and flow node of the effect
    data::Value lease;
  };
  std::vector<Lent> lent_;
  bool taking_back_ = false;
  bool main_over_ = false;               ///< nothing is evaluated any more
  std::optional<Happening> last_order_;  ///< the run ends as soon as what was lent is back
  std::uint64_t next_lock_hold_ = 1;
  std::int64_t last_milestone_ = -1;
  bool taking_project_ = false;
  /// Records of this run as effects see them; read again after an effect wrote some.
  using Records = std::vector<std::pair<std::pair<std::string, std::string>, data::Value>>;
  std::shared_ptr<const Records> records();
  std::shared_ptr<const Records> records_;
  TeeFiles tees_;
  std::uint64_t next_tee_ = 1;
  std::size_t next_answer_ = 0;
  std::set<std::size_t> used_answers_;

  std::vector<std::string> secrets_;
  std::shared_ptr<const text::SecretSet> secret_set_;

  std::map<std::string, std::unique_ptr<ChildRun>> children_;  ///< by reference; kept until this run is gone
  std::function<void()> ended_;
  bool loop_is_shared_ = false;  ///< it goes on without this run

  std::map<std::string, vm::Handle, std::less<>> prelude_modules_;  ///< file → its object
  std::map<std::string, vm::Handle, std::less<>> globals_;          ///< env, params … and library variables
  std::map<std::string, std::shared_ptr<const vm::CodeUnit>> class_units_;
  std::vector<data::Value> loaded_libraries_;  ///< files of each, by path
  int script_counter_ = 0;
  std::map<std::string, std::string, std::less<>> broken_classes_;  ///< name → compile errors of its file

  std::unique_ptr<Feed> coming_feed_;              ///< until begin_feed()
  std::unique_ptr<Feed> feed_;                     ///< while it is followed: nothing is shown
  std::map<vm::FiberId, std::uint64_t> opening_;   ///< block that is open and has no body yet
  std::map<vm::FiberId, std::string> step_lines_;  ///< while nothing is shown: what the current step has written
  std::map<vm::FiberId, journal::EffectKey> last_told_;
  RunTrace* trace_ = nullptr;
  std::map<std::pair<std::string, std::uint64_t>, std::size_t> traced_;

  std::map<std::uint64_t, Ending> endings_;
  std::deque<KnownLimit> limits_;
  std::uint64_t limit_instructions_ = 0;
  std::uint64_t limit_bytes_ = 0;
  std::uint64_t inspected_until_ = 0;
  std::uint64_t told_count_ = 0;       ///< happenings that the evaluation was told
  bool unwinding_ = false;             ///< a limit has ended the script: only endings are evaluated
  std::optional<vm::FiberId> ending_;  ///< that runs
  std::set<vm::FiberId> abandoned_;    ///< whose effects' results are still to come
  bool inspected_to_end_ = false;
  std::int64_t last_output_millis_ = 0;                  ///< before a resume: when the log last grew
  std::map<std::uint64_t, std::string> earlier_output_;  ///< before a resume: the end of what each step wrote
  std::set<std::string> secret_parameters_;

  struct Pause {
    std::string by;
    std::int64_t since_millis = 0;
    std::uint64_t after = 0;  ///< the newest entry then: what was asked for later has not begun
  };
  std::optional<Pause> pause_;
  std::uint64_t turns_ = 0;
  Reactor::TimerId park_timer_ = 0;
  Reactor::TimerId output_timer_ = 0;
  std::size_t uncommitted_output_ = 0;
  bool turn_scheduled_ = false;
  bool finished_ = false;
  int aborts_ = 0;                          ///< told to the evaluation
  int aborts_ordered_ = 0;                  ///< in the journal or on the way to it
  std::optional<data::Value> abort_asked_;  ///< an order that came while the journal was still being replayed
  std::int64_t last_interrupt_millis_ = 0;
  bool killed_ = false;
  std::optional<Error> fatal_;
  std::string waiting_signature_;
};

}  // namespace windlass::engine
