#include "engine/run_actor.h"

#include <algorithm>
#include <sys/stat.h>
#include <utility>

#include "data/binary.h"
#include "engine/child_runs.h"
#include "engine/effect_services.h"
#include "engine/own_effect.h"
#include "steps/project_snapshot.h"
#include "steps/remote_effect.h"
#include "text/duration.h"

namespace windlass::engine {

using data::Value;

namespace {

constexpr std::uint64_t kSlice = 2'000'000;

std::string encode(const Value& value) {
  auto bytes = data::encode_binary(value);
  return bytes ? std::move(*bytes) : std::string();
}

Value payload_of(const steps::Outcome& outcome) {
  Value payload = Value::map();
  if (outcome) {
    payload.set("value", outcome->value);
    if (!outcome->stage_result.empty()) payload.set("stage_result", outcome->stage_result);
    if (!outcome->run_result.empty()) payload.set("run_result", outcome->run_result);
  } else {
    payload.set("error", outcome.error().java_class);
    payload.set("message", outcome.error().message);
    payload.set("fields", outcome.error().fields);
  }
  return payload;
}

journal::EffectKind journal_kind(steps::EffectKind kind) {
  switch (kind) {
    case steps::EffectKind::read:
      return journal::EffectKind::read;
    case steps::EffectKind::own:
      return journal::EffectKind::own;
    case steps::EffectKind::task:
      return journal::EffectKind::task;
    case steps::EffectKind::keyed:
      return journal::EffectKind::keyed;
    case steps::EffectKind::once:
      return journal::EffectKind::once;
  }
  return journal::EffectKind::none;
}

const steps::EffectDescription* find_effect(std::string_view name) {
  for (const auto& row : steps::effect_table()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

steps::ProjectSource project_source(const RunInputs& inputs) {
  return {.folder = inputs.scm->folder,
          .commit = inputs.scm->commit,
          .branch = inputs.scm->branch,
          .excluded = inputs.state_folder};
}

}  // namespace

RunActor::RunActor(Reactor& reactor, journal::StateFolder& state, journal::RunJournal& journal, RunInputs inputs,
                   Program program, const LocalRunHooks& hooks)
    : reactor_(reactor),
      state_(state),
      journal_(journal),
      inputs_(std::move(inputs)),
      program_(std::move(program)),
      hooks_(hooks),
      secret_set_(text::SecretSet::make({})) {
  if (hooks_.shared == nullptr) own_resources_ = std::make_unique<SharedResources>();
  shared_ = hooks_.shared != nullptr ? hooks_.shared : own_resources_.get();
  key_ = hooks_.shared_key != nullptr ? hooks_.shared_key : this;
  vm::Limits limits;
  limits.instructions = inputs_.max_instructions != 0 ? inputs_.max_instructions : 2'000'000'000;
  limits.live_bytes = inputs_.max_bytes != 0 ? inputs_.max_bytes : std::size_t{256} << 20;
  if (inputs_.max_depth != 0) limits.depth = inputs_.max_depth;
  limits.semantics = journal_.header().semantics;
  limit_instructions_ = limits.instructions;
  limit_bytes_ = limits.live_bytes;
  vm_ = std::make_unique<vm::Vm>(program_.runtime, *this, limits);
  display_name_ = "#" + std::to_string(inputs_.number);
}

RunActor::~RunActor() {
  reactor_.cancel(park_timer_);
  reactor_.cancel(output_timer_);
  if (key_ == this) {
    shared_->forget(this);
  } else if (!has_left_) {
    shared_->stop_waiting(key_);
  }
  if (hooks_.downstream != nullptr) hooks_.downstream->forget(this);
}

Result<RunEnding> RunActor::run(bool resumed) {
  WL_CHECK_OK(begin(resumed));
  reactor_.on_interrupt([this](int signal) { on_signal(signal); });
  if (hooks_.tick) {
    struct Ticker {
      static void start(RunActor* self) {
        self->reactor_.after(std::chrono::milliseconds(100), [self] {
          self->hooks_.tick();
          start(self);
        });
      }
    };
    Ticker::start(this);
  }
  reactor_.run();
  return close();
}

Result<> RunActor::begin(bool resumed) {
  resumed_ = resumed;
  shared_->join_milestones(self(), [this](std::uint64_t newer, std::int64_t) { abort_superseded(newer); });
  hooks_.observer->on_run(inputs_.job, inputs_.number);
  told_millis_ = inputs_.started_millis;
  prepare_environment();
  if (resumed) WL_CHECK_OK(load_journal());
  // A run that is alone in its process: its agent comes up while its first entries become durable. Where there are
  // many, one connects when it has an executor.
  const bool is_alone = hooks_.group_commit == nullptr && hooks_.remote_nodes == nullptr;
  if (!resumed && is_alone && program_.has_shells) static_cast<void>(built_in_agent());
  if (!hooks_.abort_at_start.empty()) abort_asked_ = Value::map_of("text", hooks_.abort_at_start);
  log_at("", 0, inputs_.cause + "\n");
  for (const auto& library : program_.libraries) {
    log_at("", 0, "Loading library " + library.name + (library.version.empty() ? "" : "@" + library.version) + "\n");
    // How it was brought here is said once, by the process that did it.
    const auto brought = std::ranges::find(inputs_.libraries, library.name, &LibraryInput::name);
    if (!resumed && brought != inputs_.libraries.end() && !brought->log.empty()) {
      say_of_run(std::exchange(brought->log, {}));
    }
    load_kept_library(library.name);
  }
  log_at("", 0, "[Pipeline] Start of Pipeline\n");
  begin_feed();
  take_project();
  if (!fatal_) main_ = vm_->start_script(vm_->load(program_.script));
  main_started_ = true;
  schedule_turn();
  return {};
}

Result<RunEnding> RunActor::close() {
  for (auto& [fiber, effect] : pending_) {
    // A run that cannot go on here will go on elsewhere: its shells live, only what this process does itself ends.
    bool ends = !fatal_ || find_own_effect(effect.kind) == nullptr;
    if (effect.started && effect.cancel && ends) effect.cancel(true);
  }
  close_agents(!killed_ && !fatal_);
  if (fatal_) return fail(std::move(*fatal_));
  RunEnding ending;
  ending.result = result_;
  ending.killed = killed_;
  ending.run_id = inputs_.job + "#" + std::to_string(inputs_.number);
  return ending;
}

void RunActor::schedule_turn() {
  if (turn_scheduled_ || finished_) return;
  turn_scheduled_ = true;
  reactor_.post([this] { turn(); });
}

/// One turn: evaluate as far as it goes, make that durable, show it, start what was asked.
void RunActor::turn() {
  turn_scheduled_ = false;
  if (finished_) return;
  if (flight_) {
    turn_waits_ = true;
    return;
  }
  if (is_over_) return go_on();
  reactor_.cancel(std::exchange(output_timer_, 0));
  uncommitted_output_ = 0;
  if (last_order_) {
    end_at_once();
  } else if (main_started_) {
    evaluate();
  }
  if (!finished_) commit_then_go_on();
}

/// The rest of a turn, when all that it relies on is durable.
void RunActor::go_on() {
  if (is_over_) {
    finished_ = true;
    shared_->forget(key_);
    return leave_loop();
  }
  if (!taking_project_ && (live_ || (feed_ && feed_->wanted))) {
    start_ready_effects();
    if (live_) release_timers();
    if (live_ && !finished_) tell_live();
    if (finished_) return;
  }
  announce_waiting();
  park_when_quiet();
}

/// What a shell says waits a moment for its commit: as a rule the shell's end is right behind, and one is enough for
/// both.
void RunActor::schedule_output(std::size_t bytes) {
  constexpr std::chrono::milliseconds kMoment{1};
  constexpr std::size_t kMuch = std::size_t{64} * 1024;
  uncommitted_output_ += bytes;
  if (uncommitted_output_ >= kMuch) return schedule_turn();
  if (output_timer_ != 0) return;
  output_timer_ = reactor_.after(kMoment, [this] {
    output_timer_ = 0;
    schedule_turn();
  });
}

/// A run that waits for more than a moment keeps no caches and no garbage: a server holds thousands of such.
void RunActor::park_when_quiet() {
  constexpr std::chrono::seconds kQuiet{2};
  ++turns_;
  if (park_timer_ != 0 || finished_ || !live_) return;
  park_timer_ = reactor_.after(kQuiet, [this, seen = turns_] {
    park_timer_ = 0;
    if (turns_ != seen) return park_when_quiet();
    vm_->shrink();
  });
}

void RunActor::evaluate() {
  if (main_over_) return main_ended();
  for (;;) {
    if (unwinding_ && !ending_) {
      // First what was running ends, so that nothing of the script is at work beside what ends the run.
      if (!abandoned_.empty()) {
        if (!happen_next() || finished_) return;
        continue;
      }
      if (!unwind()) return main_ended();
      if (fatal_) return;
    }
    set_budgets();
    switch (vm_->resume(kSlice)) {
      case vm::RunState::sliced:
        accept_effects();
        if (!live_ && (resumed_ || feed_ || inspecting_)) continue;
        schedule_turn();  // other events of the reactor come between two slices
        return;
      case vm::RunState::waiting:
        accept_effects();
        if (fatal_ || finished_) return;
        if (!feed_ && !limits_.empty() && limits_.front().told == told_count_) {
          return suspend("entry " + std::to_string(limits_.front().sequence) +
                         " of the journal is a limit that was reached; this evaluation waits for a step before it");
        }
        apply_interruptions();
        if (!happen_next() || finished_) return;
        continue;
      case vm::RunState::finished:
        accept_effects();
        if (!unwinding_) return main_ended();
        ending_finished();
        continue;
      case vm::RunState::limited:
        accept_effects();
        if (fatal_ || !limit_now()) return;
        continue;
    }
  }
}

void RunActor::accept_effects() {
  for (auto& effect : vm_->take_effects()) {
    PendingEffect pending;
    pending.fiber = effect.fiber;
    pending.key = {effect.path, ++ordinals_[effect.path]};
    pending.kind = effect.kind;
    pending.arguments = std::move(effect.arguments);
    pending.scope = scope_of(effect.fiber);
    if (pending.kind == "node.acquire") {
      const auto open = opening_.find(effect.fiber);
      const auto block = open == opening_.end() ? blocks_.end() : blocks_.find(open->second);
      if (block != blocks_.end()) pending.docker = block->second.docker;
    }
    if (own_effect_kind(pending.kind) == journal::EffectKind::task) {
      if (const auto* node = node_scope(pending.scope.get())) {
        if (auto held = nodes_.find(node->node_lease); held != nodes_.end()) held->second.used_shell = true;
      }
    }
    auto current = current_step_.find(effect.fiber);
    if (current != current_step_.end()) {
      pending.step = current->second.first;
      pending.flow_node = current->second.second;
    }
    if (pending.step.empty()) pending.step = pending.kind;
    for (const auto& [source, line] : effect.origin) {
      if (source == inputs_.script_name) {
        pending.line = line;
        break;
      }
    }
    pending.asked_millis = hooks_.now_millis();
    if (auto next = interrupt_next_.find(effect.fiber); next != interrupt_next_.end() && !is_cleanup(pending)) {
      pending.interruption = std::move(next->second);
      pending.refused = true;
      interrupt_next_.erase(next);
    }
    auto written = written_.find(effect.fiber);
    auto digest = journal_.argument_digest(encode(written == written_.end() ? pending.arguments : written->second));
    if (written != written_.end()) written_.erase(written);
    if (!park(pending, digest) && !match_intent(pending, digest) && (fatal_ || !append_intent(pending, digest))) return;
    if (fatal_) return;
    if (trace_ != nullptr) trace_effect(pending);
    pending_.insert_or_assign(effect.fiber, std::move(pending));
  }
}

/// Also while entries are left: this branch had been told to go on when the process died.
bool RunActor::append_intent(PendingEffect& effect, const journal::Digest& digest) {
  journal::NewEntry entry;
  entry.type = journal::EntryType::intent;
  const auto* description = find_effect(effect.kind);
  entry.effect =
      description != nullptr ? journal_kind(description->kind_of(effect.arguments)) : own_effect_kind(effect.kind);
  entry.branch = effect.key.branch;
  entry.ordinal = effect.key.ordinal;
  entry.step = effect.kind;
  entry.line = static_cast<std::int32_t>(effect.line);
  entry.arguments = digest;
  entry.time_ms = effect.asked_millis;
  auto sequence = journal_.append(entry);
  if (!sequence) {
    die(std::move(sequence).error());
    return false;
  }
  effect.intent = *sequence;
  return true;
}

/// One entry at a time, and only while every branch waits. False: there is nothing to tell.
bool RunActor::happen_next() {
  if (feed_) {
    const auto how = follow_next();
    if (how != Following::over) return how == Following::told;
  }
  if (!live_) {
    if (auto recorded = next_recorded()) {
      happen(*recorded);
      return true;
    }
    if (fatal_ || inspecting_) return false;
    go_live();
  }
  if (finished_ || is_held() || happenings_.empty()) return false;
  auto happening = std::move(happenings_.front());
  happenings_.pop_front();
  happen(happening);
  return true;
}

void RunActor::deliver(const Happening& happening) {
  const auto fiber = happening.fiber;
  const auto& payload = happening.payload;
  end_effect_step(happening);
  abandoned_.erase(fiber);
  last_told_[fiber] = happening.key;
  if (const auto* error = payload.find("error")) {
    vm_->fail(fiber, error->text(), payload.get_string("message"),
              payload.find("fields") ? *payload.find("fields") : Value());
    return;
  }
  if (auto worse = payload.get_string("run_result"); !worse.empty()) worsen_result(worse);
  if (auto stage = payload.get_string("stage_result"); !stage.empty()) mark_stage(scope_of(fiber).get(), stage, "");
  const auto* value = payload.find("value");
  if (happening.kind == "library.load" && value != nullptr) load_kept_library(value->get_string("name"));
  vm_->complete(fiber, value != nullptr ? *value : Value());
}

PendingEffect* RunActor::find_pending(vm::FiberId fiber) {
  auto found = pending_.find(fiber);
  return found == pending_.end() ? nullptr : &found->second;
}

void RunActor::add_progress(PendingEffect& effect, Value what) {
  auto payload = encode(what);
  journal::NewEntry entry;
  entry.type = journal::EntryType::progress;
  entry.branch = effect.key.branch;
  entry.ordinal = effect.key.ordinal;
  entry.step = effect.kind;
  entry.payload_kind = kPayloadValue;
  entry.payload = payload;
  entry.time_ms = hooks_.now_millis();
  auto done = journal_.append(entry);
  if (!done) die(std::move(done).error());
  effect.progress.push_back(std::move(what));
}

void RunActor::finish_effect(vm::FiberId fiber, steps::Outcome outcome) {
  auto found = pending_.find(fiber);
  if (found == pending_.end() || finished_) return;
  pass_fault("after-effect");
  auto effect = std::move(found->second);
  pending_.erase(found);
  if (effect.interruption) outcome = std::unexpected(*effect.interruption);
  const bool interrupted = effect.interruption.has_value();
  auto now = hooks_.now_millis();
  auto payload = payload_of(outcome);
  if (interrupted) payload.set("interrupted", true);
  auto bytes = encode(payload);
  journal::NewEntry entry;
  entry.type = journal::EntryType::result;
  entry.branch = effect.key.branch;
  entry.ordinal = effect.key.ordinal;
  entry.step = effect.kind;
  entry.line = static_cast<std::int32_t>(effect.line);
  entry.payload_kind = kPayloadValue;
  entry.payload = bytes;
  const auto* bound = payload.find("value");
  const bool is_secret = bound != nullptr && bound->find("secrets") != nullptr;
  entry.secrecy = is_secret ? journal::Secrecy::secret : journal::Secrecy::run;
  entry.time_ms = now;
  auto done = journal_.append(entry);
  if (!done) return die(std::move(done).error());
  if (outcome) {
    // Behind the result, with which they come and go when the journal is cut.
    for (const auto& record : outcome->records) {
      records_.reset();
      auto put = journal_.put_record({record.kind, record.key, encode(record.payload)}, true);
      if (!put) return die(std::move(put).error());
    }
  }
  note_result(effect, payload, now);
  Happening happening;
  happening.time_millis = now;
  happening.key = std::move(effect.key);
  happening.fiber = fiber;
  happening.kind = std::move(effect.kind);
  happening.payload = std::move(payload);
  happening.scope = std::move(effect.scope);
  happenings_.push_back(std::move(happening));
  schedule_turn();
}

void RunActor::start_ready_effects() {
  std::vector<std::pair<std::uint64_t, vm::FiberId>> ready;
  for (const auto& [fiber, pending] : pending_) {
    if (pending.parked || (feed_ && pending.key != feed_->wanted)) continue;
    if (is_held() && pending.intent > pause_->after) continue;
    if (!pending.started) ready.emplace_back(pending.intent, fiber);
  }
  std::sort(ready.begin(), ready.end());
  for (auto [intent, fiber] : ready) {
    auto* effect = find_pending(fiber);
    if (effect == nullptr || effect->started) continue;
    effect->started = true;
    // What is never in doubt, or was never to be performed, is not performed just to be ended.
    if (effect->interruption &&
        (!effect->in_doubt || effect->refused || own_effect_kind(effect->kind) == journal::EffectKind::own)) {
      finish_effect(fiber, std::unexpected(*effect->interruption));
      continue;
    }
    pass_fault("before-effect");
    perform(*effect);
    if (finished_) return;
    // What a dead process was already ending is found again first, then ended.
    effect = find_pending(fiber);
    if (effect != nullptr && effect->interruption && effect->cancel) effect->cancel(effect->hasten);
  }
}

void RunActor::perform(PendingEffect& effect) {
  bool has_node = node_scope(effect.scope.get()) != nullptr;
  auto missing_node = [&] {
    return steps::throw_with("org.jenkinsci.plugins.workflow.steps.MissingContextVariableException",
                             "Required context class hudson.FilePath is missing\nPerhaps you forgot to surround the " +
                                 effect.step + " step with a step that provides this, such as: node");
  };
  if (const auto* own = find_own_effect(effect.kind)) {
    if (own->needs_node && !has_node) return finish_effect(effect.fiber, missing_node());
    (this->*own->start)(effect);
    return;
  }
  const auto* description = find_effect(effect.kind);
  if (description == nullptr) {
    return finish_effect(effect.fiber, steps::abort_with("the step " + effect.step + " needs " + effect.kind +
                                                         ", which this version of Windlass does not offer"));
  }
  if (description->needs_node && !has_node) return finish_effect(effect.fiber, missing_node());
  if (effect.in_doubt && description->kind_of(effect.arguments) == steps::EffectKind::once) {
    if (is_message(effect.kind)) {
      say(effect, "doubt", "A restart hid whether this message was sent; it is not sent again.\n");
      return finish_effect(effect.fiber, steps::EffectResult{});
    }
    return finish_effect(
        effect.fiber, steps::throw_with("org.jenkinsci.plugins.workflow.steps.SynchronousResumeNotSupportedException",
                                        "The " + effect.step + " step cannot be resumed after a controller restart."));
  }
  if (remote_node(effect.scope.get()) != nullptr) {
    if (steps::acts_in_pod(effect.kind)) return perform_in_pod(effect);
    const auto* needs = steps::find_needs(effect.kind);
    if (needs != nullptr && needs->where == steps::Where::at_server_files) {
      return perform_in_pod(effect, description->perform);
    }
  }
  perform_in_pool(effect, description->perform, {}, description->give_back);
}

void RunActor::perform_in_pool(PendingEffect& effect, steps::EffectFunction perform, EffectEnd end,
                               steps::EffectFunction give_back) {
  if (!end) end = [this](vm::FiberId fiber, steps::Outcome outcome) { finish_effect(fiber, std::move(outcome)); };
  auto services = std::make_shared<EffectRunServices>(*this, effect);
  effect.cancel = [services](bool) { services->cancel(); };
  struct Work {
    std::shared_ptr<EffectRunServices> services;
    std::string key, step;
    steps::Place place;
    [[nodiscard]] steps::EffectContext context() const {
      return {.key = key, .step = step, .place = place, .run = *services};
    }
  };
  auto work = std::make_shared<Work>(services, effect.key.branch + ":" + std::to_string(effect.key.ordinal),
                                     effect.step, place_of(effect.scope.get()));
  // What acts here although its node is a pod starts the programs of this machine.
  if (remote_node(effect.scope.get()) != nullptr) {
    const auto path = inputs_.environment.find("PATH");
    if (path != inputs_.environment.end()) work->place.environment["PATH"] = path->second;
  }
  // So does what has no node; nobody has said where they are.
  work->place.environment.try_emplace("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  // An effect that was ended without waiting for it has been followed by another one of its fiber.
  const auto still_waits = [this, fiber = effect.fiber, intent = effect.intent](steps::Outcome outcome,
                                                                                const EffectEnd& then) {
    const auto* waiting = find_pending(fiber);
    if (waiting != nullptr && waiting->intent == intent) then(fiber, std::move(outcome));
  };
  reactor_.offload([this, work, fiber = effect.fiber, intent = effect.intent, perform, end = std::move(end), give_back,
                    still_waits, arguments = effect.arguments]() mutable {
    auto context = work->context();
    auto outcome = perform(context, arguments);
    reactor_.post([this, work, fiber, intent, end = std::move(end), give_back, still_waits,
                   outcome = std::move(outcome)]() mutable {
      work->services->drain();
      const auto* waiting = find_pending(fiber);
      const bool is_dropped = outcome && (waiting == nullptr || waiting->intent != intent || waiting->interruption);
      const auto* lease = is_dropped && give_back != nullptr ? outcome->value.find("lease") : nullptr;
      if (lease == nullptr) return still_waits(std::move(outcome), end);
      // Nobody will see what was taken: it is given back before the interruption goes on.
      reactor_.offload(
          [this, work, end = std::move(end), give_back, still_waits, given = Value::map_of("lease", *lease)]() mutable {
            auto again = work->context();
            auto done = give_back(again, given);
            reactor_.post([work, end = std::move(end), still_waits, done = std::move(done)]() mutable {
              work->services->drain();
              still_waits(std::move(done), end);
            });
          });
    });
  });
}

void RunActor::pass_fault(std::string_view point) {
  if (hooks_.fault != nullptr) hooks_.fault->pass(point);
}

std::shared_ptr<const RunActor::Records> RunActor::records() {
  if (records_) return records_;
  auto out = std::make_shared<Records>();
  if (auto all = journal_.records("")) {
    for (auto& record : *all) {
      if (record.kind == "prefix") continue;
      auto value = data::decode_binary(record.payload);
      if (value) out->push_back({{record.kind, record.key}, std::move(*value)});
    }
  }
  return records_ = std::move(out);
}

void RunActor::take_project() {
  if (!inputs_.scm) return;
  const auto& text = inputs_.script;
  auto mentions = [&text](std::string_view word) { return text.find(word) != std::string::npos; };
  if (!program_.declarative && inputs_.libraries.empty() && !mentions("scm") && !mentions("readTrusted") &&
      !mentions("readScmFile")) {
    return;
  }
  // The evaluation goes on meanwhile; its effects wait, as they could change the project.
  taking_project_ = true;
  reactor_.offload(
      [this, source = project_source(inputs_), folder = journal_.folder(), environment = environment_at(nullptr)] {
        auto own = folder + "/files";
        ::mkdir(own.c_str(), 0700);
        own += "/scm";
        ::mkdir(own.c_str(), 0700);
        // A failure is told to the step that needs it, which tries again.
        static_cast<void>(steps::ensure_project_snapshot(source, own, environment));
        reactor_.post([this] {
          taking_project_ = false;
          schedule_turn();
        });
      });
}

void RunActor::die(Error error) {
  if (!fatal_) fatal_ = std::move(error);
  finished_ = true;
  leave_loop();
}

void RunActor::main_ended() {
  inspected_to_end_ = true;
  if (inspecting_) return;
  if (feed_) return suspend("this evaluation ends before it comes to the step where it was to begin again");
  for (const auto& left : replay_) {
    if (left.type != journal::EntryType::result) continue;
    return suspend("entry " + std::to_string(left.sequence) + " of the journal is the result of " + left.step +
                   " at line " + std::to_string(left.line) + "; this evaluation has ended before it");
  }
  if (!limits_.empty()) {
    return suspend("entry " + std::to_string(limits_.front().sequence) +
                   " of the journal is a limit that was reached; this evaluation has ended before it");
  }
  if (!live_) go_live();
  if (fatal_) return;
  main_over_ = true;
  if (!take_back_lent()) return;
  auto failure = unwinding_ ? std::nullopt : vm_->failure(main_);
  log_at("", 0, "[Pipeline] End of Pipeline\n");
  if (failure) {
    print_failure(main_, *failure);
    worsen_result(failure_result(*failure));
  } else if (aborts_ > 0) {
    worsen_result("ABORTED");
  } else if (result_.empty()) {
    result_ = "SUCCESS";
  }
  end_run();
}

void RunActor::end_run() {
  pass_fault("before-end");
  if (result_.empty()) result_ = "SUCCESS";
  log_at("", 0, "Finished: " + result_ + "\n");
  for (auto it = open_nodes_.begin(); it != open_nodes_.end();) {
    auto id = (it++)->first;
    end_node(id, result_, "");
  }
  keep_facts();
  keep_failure();
  keep_parameters();
  auto done = journal_.finish({result_, hooks_.now_millis()});
  if (!done) return die(std::move(done).error());
  events_.emplace_back(FinishedEvent{result_});
  is_over_ = true;
}

bool RunActor::quiet() const {
  return !reactor_.busy() && !flight_ && std::all_of(children_.begin(), children_.end(), [](const auto& child) {
    return !child.second->actor || child.second->actor->quiet();
  });
}

void RunActor::give_back(std::function<void()> release) {
  if (!tells_shared()) return;
  if (!live_) return release();
  give_back_.push_back(std::move(release));
}

void RunActor::announce_waiting() {
  std::vector<Waiting> waiting;
  std::string signature;
  if (is_held()) {
    signature = "paused\x1e";
    waiting.emplace_back();
    waiting.back().code = "paused";
    waiting.back().detail = pause_->by;
    waiting.back().since_millis = pause_->since_millis;
  }
  for (const auto& [fiber, pending] : pending_) {
    if (pending.parked) continue;  // of the run that this one restarts
    auto code = pending.waits_code.empty() ? pending.kind : pending.waits_code;
    if (taking_project_ && !pending.started) code = "project";
    signature += pending.key.branch + "\x1f" + code + "\x1f" + pending.waits_detail + "\x1e";
    Waiting one;
    one.branch = pending.key.branch;
    one.code = std::move(code);
    one.detail = pending.waits_detail;
    one.node = pending.flow_node;
    one.since_millis = pending.asked_millis;
    one.evidence = pending.waits_evidence;
    one.holder = pending.waits_holder;
    if (one.code == "input") {
      one.input = pending.arguments;
      one.input.set("id", input_id(pending.arguments));
    }
    waiting.push_back(std::move(one));
  }
  if (signature == waiting_signature_) return;
  waiting_signature_ = std::move(signature);
  std::sort(waiting.begin(), waiting.end(), [](const auto& a, const auto& b) { return a.branch < b.branch; });
  hooks_.observer->on_waiting(waiting);
}

}  // namespace windlass::engine
