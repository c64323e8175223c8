#include "engine/replay.h"

#include "engine/discarding_journal.h"
#include "engine/run_actor.h"
#include "engine/stored_run.h"

namespace windlass::engine {
namespace {

using data::Value;

constexpr std::string_view kWithheld = "****";

/// Nobody watches an evaluation that only looks.
class NoObserver final : public RunObserver {
 public:
  void on_run(std::string_view, std::uint64_t) override {}
  void on_log(std::string_view, std::uint64_t, std::string_view) override {}
  void on_node_started(const FlowNode&) override {}
  void on_node_ended(const FlowNode&) override {}
  void on_waiting(const std::vector<Waiting>&) override {}
  void on_aborting() override {}
  void on_finished(std::string_view) override {}
};

/// Frames of the prelude are how steps are made; a person asked about the pipeline.
bool is_prelude(const vm::FrameInfo& frame) { return frame.function.starts_with("Prelude_"); }

/// Variables that the compiler or Declarative's transformation made.
bool is_hidden(std::string_view name) { return name.empty() || name.starts_with("$") || name.starts_with("__"); }

}  // namespace

/// The result of a binding whose key is gone: the names that it bound, with nothing in them.
Value RunActor::stand_in(const PendingEffect& effect) {
  Value env = Value::list();
  Value names = Value::list();
  if (const auto* bindings = effect.arguments.find("bindings"); bindings != nullptr && bindings->is_list()) {
    for (const auto& binding : bindings->items()) {
      const auto* members = binding.find("fields") != nullptr ? binding.find("fields") : &binding;
      for (const auto& [key, value] : members->members()) {
        if (!key.ends_with("ariable") || !value.is_string()) continue;
        env.push(value.text() + "=" + std::string(kWithheld));
        names.push(value);
      }
    }
  }
  return Value::map_of("value", Value::map_of("env", std::move(env), "names", std::move(names), "secrets",
                                              Value::list(), "lease", std::int64_t{0}));
}

Value RunActor::masked(const Value& value, int depth) {
  constexpr int kDeepest = 100;
  if (depth > kDeepest) return Value("…");
  if (value.is_string()) return Value(mask(value.text()));
  if (value.is_list()) {
    Value out = Value::list();
    for (const auto& item : value.items()) out.push(masked(item, depth + 1));
    return out;
  }
  if (value.is_map()) {
    Value out = Value::map();
    for (const auto& [key, member] : value.members()) out.set(mask(key), masked(member, depth + 1));
    return out;
  }
  return value;
}

Result<Replay> RunActor::inspect(std::uint64_t until) {
  inspecting_ = true;
  inspected_until_ = until;
  prepare_environment();
  told_millis_ = inputs_.started_millis;
  WL_CHECK_OK(load_journal(until));
  for (const auto& library : program_.libraries) load_kept_library(library.name);
  begin_feed();
  if (!fatal_) main_ = vm_->start_script(vm_->load(program_.script));
  main_started_ = true;
  if (!fatal_) evaluate();
  if (fatal_) return fail(std::move(*fatal_));
  Replay replay;
  replay.ended = inspected_to_end_;
  replay.binding = Value::map();
  auto binding = vm_->bindings();
  for (const auto& [name, value] : binding.members()) {
    if (!is_hidden(name)) replay.binding.set(name, masked(value));
  }
  for (auto fiber : vm_->live_fibers()) {
    ReplayedBranch branch;
    branch.path = vm_->path(fiber);
    if (const auto* effect = find_pending(fiber)) {
      branch.step = effect->step;
      branch.line = effect->line;
    }
    for (const auto& frame : vm_->frames(fiber)) {
      if (is_prelude(frame)) continue;
      ReplayedFrame shown{frame.function, frame.source, frame.line, Value::map()};
      for (const auto& [name, value] : frame.variables.members()) {
        if (!is_hidden(name)) shown.variables.set(name, masked(value));
      }
      branch.frames.push_back(std::move(shown));
    }
    replay.branches.push_back(std::move(branch));
  }
  return replay;
}

namespace {

/// Evaluates again what the journal has, up to an entry; nothing is performed or written.
Result<Replay> evaluate_stored(journal::StateFolder& state, std::unique_ptr<journal::RunReader> reader,
                               const journal::RunInfo& run, std::uint64_t until,
                               std::function<std::int64_t()> now_millis, RunTrace* trace) {
  auto begun = WL_TRY(begun_with(*reader, state.path()));
  if (begun.program.library_error) return fail(*begun.program.library_error);
  if (!begun.program.errors.empty()) {
    return fail(ErrorKind::invalid,
                {"the Jenkinsfile of {} is not valid: nothing of it ran", "{} 的 Jenkinsfile 无效：没有执行任何内容"},
                {run.id()});
  }
  if (trace != nullptr) {
    trace->knows_leases = begun.program.prelude->find_function_file("__owe") != nullptr;
  }
  DiscardingJournal journal(std::move(reader));
  NoObserver observer;
  LocalRunHooks hooks;
  hooks.observer = &observer;
  hooks.now_millis = std::move(now_millis);
  hooks.complain = [](std::string_view) {};
  SystemReactor reactor;
  RunActor actor(reactor, state, journal, std::move(begun.inputs), std::move(begun.program), hooks);
  if (begun.prefix) actor.follow(std::move(*begun.prefix));
  if (trace != nullptr) actor.trace_into(*trace);
  return actor.inspect(until);
}

}  // namespace

Result<RunTrace> trace_run(journal::StateFolder& state, const journal::RunInfo& run) {
  auto reader = WL_TRY(state.read_run(run));
  RunTrace trace;
  static_cast<void>(
      WL_TRY(evaluate_stored(state, std::move(reader), run, kLastEntry, [&run] { return run.created_ms; }, &trace)));
  return trace;
}

Result<Replay> replay_until(journal::StateFolder& state, const journal::RunInfo& run, std::uint64_t until) {
  auto reader = WL_TRY(state.read_run(run));
  journal::Entry at;
  std::uint64_t entries = 0;
  WL_CHECK_OK(reader->visit_entries([&](journal::Entry&& entry) {
    ++entries;
    if (entry.sequence == until || until == kLastEntry) at = std::move(entry);
    return true;
  }));
  if (at.sequence == 0) {
    if (entries == 0) {
      return fail(ErrorKind::not_found, {"the journal of {} has no entries", "{} 的日志没有任何记录"}, {run.id()});
    }
    return fail(
        ErrorKind::not_found,
        {"the journal of {} has entries 1 to {}; there is no entry {}", "{} 的日志有第 1 至 {} 条；没有第 {} 条"},
        {run.id(), entries, until});
  }
  at.payload.clear();
  auto replay = WL_TRY(evaluate_stored(state, std::move(reader), run, until, [&at] { return at.time_ms; }, nullptr));
  replay.at = std::move(at);
  replay.entries = entries;
  return replay;
}

}  // namespace windlass::engine
