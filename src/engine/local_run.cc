#include "engine/local_run.h"

#include <algorithm>

#include "data/binary.h"
#include "data/value.h"
#include "engine/open_run.h"
#include "engine/program.h"
#include "engine/restart.h"
#include "engine/run_actor.h"
#include "engine/stored_run.h"

namespace windlass::engine {

namespace {

constexpr std::size_t kMostProblems = 100;  ///< of an invalid script that its record has
constexpr std::size_t kMostMessage = 2000;  ///< bytes of each

/// Not cut inside a character.
std::string shortened(const std::string& text) {
  auto end = std::min(text.size(), kMostMessage);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

/// A run that ends before its script begins: `text` is all its log says after the cause.
Result<RunEnding> end_early(journal::RunJournal& journal, const RunInputs& inputs, const LocalRunHooks& hooks,
                            std::string_view why) {
  std::string text = inputs.cause + "\n" + std::string(why);
  if (!text.ends_with('\n')) text += '\n';
  text += "Finished: FAILURE\n";
  WL_CHECK_OK(journal.append_text(text));
  WL_CHECK_OK(journal.finish({"FAILURE", hooks.now_millis()}));
  auto done = journal.commit();
  if (!done) return fail(std::move(done).error());
  hooks.observer->on_run(inputs.job, inputs.number);
  hooks.observer->on_log("", 0, text);
  hooks.observer->on_finished("FAILURE");
  RunEnding ending;
  ending.result = "FAILURE";
  ending.run_id = inputs.job + "#" + std::to_string(inputs.number);
  return ending;
}

/// The Jenkinsfile is not valid: the whole log is the text of pipeline-language 2.11.
Result<RunEnding> end_invalid(journal::RunJournal& journal, const RunInputs& inputs, const Program& program,
                              const LocalRunHooks& hooks) {
  // What is wrong as facts, for whoever explains the run: its log is for people.
  auto problems = data::Value::list();
  for (std::size_t i = 0; i < std::min(program.errors.size(), kMostProblems); ++i) {
    const auto& one = program.errors[i];
    problems.push(data::Value::map_of("line", static_cast<std::int64_t>(one.position.line), "column",
                                      static_cast<std::int64_t>(one.position.column), "message",
                                      shortened(one.message)));
  }
  const auto facts =
      data::Value::map_of("count", static_cast<std::int64_t>(program.errors.size()), "problems", std::move(problems));
  auto payload = WL_TRY(data::encode_binary(facts));
  WL_CHECK_OK(journal.put_record({"invalid", "Jenkinsfile", std::move(payload)}, true));
  // As Jenkins prints it: the exception, all errors, the head of its trace.
  auto ending = WL_TRY(
      end_early(journal, inputs, hooks,
                "org.codehaus.groovy.control.MultipleCompilationErrorsException: " +
                    groovy::format_diagnostics(*program.source, program.errors) +
                    "\n\tat org.codehaus.groovy.control.ErrorCollector.failIfErrors(ErrorCollector.java:310)\n"));
  ending.invalid = true;
  return ending;
}

/// A library that the script needs before it is compiled cannot be had. The Jenkinsfile itself may be valid.
Result<RunEnding> end_without_library(journal::RunJournal& journal, const RunInputs& inputs, const Program& program,
                                      const LocalRunHooks& hooks) {
  std::string brought;
  for (const auto& library : inputs.libraries) brought += library.log;
  return end_early(journal, inputs, hooks,
                   brought + "ERROR: " + program.library_error->message +
                       "\norg.codehaus.groovy.control.MultipleCompilationErrorsException: startup failed:\n" +
                       inputs.script_name + ": Loading libraries failed\n\n1 error\n\n");
}

}  // namespace

namespace {

/// The folder and first batch of a new run; the number and what follows from it come into the inputs.
Result<std::unique_ptr<journal::RunJournal>> begin_journal(journal::StateFolder& state, RunInputs& inputs,
                                                           journal::RunSpec spec) {
  spec.job = inputs.job;
  spec.created_ms = inputs.started_millis;
  auto secret = data::Value::map_of("credentials", inputs.credentials, "services", inputs.services);
  // Which parameters are passwords is known only when the script says so: all are kept apart until the run ends.
  auto parameters = data::Value::list();
  for (const auto& [name, value] : inputs.parameters) parameters.push(data::Value::list_of(name, value));
  secret.set("parameters", std::move(parameters));
  spec.secrets = WL_TRY(data::encode_binary(secret));
  auto kept = inputs;
  kept.credentials = {};
  kept.services = {};
  kept.parameters.clear();
  spec.inputs = WL_TRY(data::encode_binary(to_value(kept)));
  auto journal = WL_TRY(state.create_run(std::move(spec)));
  inputs.number = journal->header().number;
  if (auto previous = state.previous(inputs.job, inputs.number); previous && *previous && (*previous)->end) {
    inputs.previous_result = (*previous)->end->result;
  }
  // What was not known when the header was made: the number decides names, the result before it conditions.
  const auto learnt = data::Value::map_of("number", static_cast<std::int64_t>(inputs.number), "previous_result",
                                          inputs.previous_result);
  auto late = WL_TRY(data::encode_binary(learnt));
  WL_CHECK_OK(journal->put_record({"inputs", "late", late}, true));
  WL_CHECK_OK(carry_over(state, inputs, *journal));
  return journal;
}

}  // namespace

Result<OpenedRun> open_new_run(journal::StateFolder& state, RunInputs inputs, std::uint64_t number) {
  inputs.state_folder = state.path();
  auto prelude = built_in_prelude();
  auto program =
      build_program(inputs.script_name, inputs.script, prelude,
                    [&](const std::vector<std::string>& identifiers) { return find_libraries(inputs, identifiers); });
  journal::RunSpec spec;
  spec.number = number;
  spec.semantics = kSemantics;
  spec.program = {{"Jenkinsfile", inputs.script}};
  spec.shared_program = {{std::string(kPreludeRole), prelude->hash(), [prelude] { return prelude->encode(); }}};
  for (const auto& library : program.libraries) {
    spec.program.push_back({library_role(library.name), WL_TRY(data::encode_binary(library.files))});
  }
  auto journal = WL_TRY(begin_journal(state, inputs, std::move(spec)));
  return OpenedRun{std::move(journal), std::move(inputs), std::move(program), false, std::nullopt};
}

Result<OpenedRun> open_restarted_run(journal::StateFolder& state, const RestartPlan& plan, RunInputs fresh,
                                     std::uint64_t number) {
  auto reader = WL_TRY(state.read_run(plan.run));
  auto begun = WL_TRY(begun_with(*reader, state.path()));
  journal::RunSpec spec;
  spec.number = number;
  spec.semantics = reader->header().semantics;
  for (const auto& part : WL_TRY(reader->program())) {
    spec.program.emplace_back(part.role, WL_TRY(reader->program_bytes(part.role)));
  }
  auto inputs = restarted_at_step(begun.inputs, plan.run.number, std::move(fresh), plan.at.text());
  inputs.state_folder = state.path();
  auto journal = WL_TRY(begin_journal(state, inputs, std::move(spec)));
  WL_CHECK_OK(keep_prefix(*journal, plan.prefix));
  return OpenedRun{std::move(journal), std::move(inputs), std::move(begun.program), false, plan.prefix};
}

Result<std::optional<RunEnding>> end_unstarted(OpenedRun& run, const LocalRunHooks& hooks) {
  std::optional<RunEnding> ending;
  if (run.program.library_error) {
    for (const auto& identifier : run.program.wanted_libraries) {
      const auto name = split_library(identifier).first;
      const bool known =
          std::ranges::find(run.inputs.libraries, name, &LibraryInput::name) != run.inputs.libraries.end();
      if (!known && hooks.complain) hooks.complain(library_advice(name));
    }
    ending = WL_TRY(end_without_library(*run.journal, run.inputs, run.program, hooks));
  } else if (!run.program.errors.empty()) {
    ending = WL_TRY(end_invalid(*run.journal, run.inputs, run.program, hooks));
  }
  return ending;
}

namespace {

Result<RunEnding> run_opened(journal::StateFolder& state, OpenedRun run, const LocalRunHooks& hooks) {
  if (auto ending = WL_TRY(end_unstarted(run, hooks))) return std::move(*ending);
  SystemReactor reactor;
  RunActor actor(reactor, state, *run.journal, std::move(run.inputs), std::move(run.program), hooks);
  // Work that is still under way on the pool speaks to the actor: it ends first, however the run has.
  struct PoolEnd {
    SystemReactor& reactor;
    ~PoolEnd() { reactor.end_pool(); }
  };
  const PoolEnd last{reactor};
  if (run.prefix) actor.follow(std::move(*run.prefix));
  return actor.run(run.resumed);
}

}  // namespace

Result<RunEnding> run_new(journal::StateFolder& state, RunInputs inputs, const LocalRunHooks& hooks) {
  return run_opened(state, WL_TRY(open_new_run(state, std::move(inputs))), hooks);
}

Result<RunEnding> run_restarted(journal::StateFolder& state, const RestartPlan& plan, RunInputs fresh,
                                const LocalRunHooks& hooks) {
  return run_opened(state, WL_TRY(open_restarted_run(state, plan, std::move(fresh))), hooks);
}

Result<OpenedRun> open_kept_run(journal::StateFolder& state, const journal::RunInfo& run) {
  return open_kept_journal(WL_TRY(state.resume_run(run)), state);
}

Result<OpenedRun> open_kept_journal(std::unique_ptr<journal::RunJournal> journal, const journal::StateFolder& state) {
  auto [inputs, program, prefix] = WL_TRY(begun_with(*journal, state.path()));
  return OpenedRun{std::move(journal), std::move(inputs), std::move(program), true, std::move(prefix)};
}

Result<RunEnding> run_resume(journal::StateFolder& state, const journal::RunInfo& run, const LocalRunHooks& hooks) {
  return run_opened(state, WL_TRY(open_kept_run(state, run)), hooks);
}

Result<journal::RunInfo> outermost_run(journal::StateFolder& state, journal::RunInfo run) {
  constexpr int kMostLevels = 64;
  constexpr std::size_t kMostRuns = 100'000;
  for (int level = 0; level < kMostLevels; ++level) {
    auto reader = state.read_run(run);
    if (!reader) return run;
    auto inputs = data::decode_binary((*reader)->header().inputs);
    const auto upstream = inputs ? inputs->get_string("upstream") : std::string();
    if (upstream.empty()) return run;
    const auto uid = upstream.substr(0, upstream.find(':'));
    auto all = WL_TRY(state.list(kMostRuns));
    auto above = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.uid == uid; });
    if (above == all.end() || (above->end && !run.end)) return run;  // it goes on alone
    run = std::move(*above);
  }
  return run;
}

Result<RunEnding> run_print(journal::StateFolder& state, const journal::RunInfo& run, const LocalRunHooks& hooks) {
  auto reader = WL_TRY(state.read_run(run));
  hooks.observer->on_run(run.job, run.number);
  for (std::uint64_t offset = 0;;) {
    auto bytes = WL_TRY(reader->read_log(offset, 1 << 20));
    if (bytes.empty()) break;
    hooks.observer->on_log("", 0, bytes);
    offset += bytes.size();
  }
  auto end = WL_TRY(reader->end());
  RunEnding ending;
  ending.run_id = run.id();
  if (end) ending.result = end->result;
  hooks.observer->on_finished(ending.result);
  return ending;
}

}  // namespace windlass::engine
