// `build`: schedules a pipeline given by --job-file as a run of its own, waits for its start and its end, and finds it
// again after a restart. Source: pipeline-language 6.2.
//
// Invariant: one schedule gives one run. The schedule is durable in this run's journal before the other run is made,
// and the other run's inputs name it; so after a crash the run is either found by that name or was never made.
#include "engine/child_runs.h"

#include <algorithm>

#include "data/binary.h"
#include "data/json.h"
#include "engine/job_names.h"
#include "groovy/parser.h"
#include "jenkinsfile/convert.h"
#include "jenkinsfile/step_catalog.h"
#include "jenkinsfile/validate.h"

namespace windlass::engine {

using data::Value;
using steps::abort_with;
using steps::EffectResult;

namespace {

constexpr std::size_t kMostRunsLookedAt = 100'000;

std::string folder_of_job(const std::string& job) {
  const auto slash = job.rfind('/');
  return slash == std::string::npos ? std::string() : job.substr(0, slash);
}

/// `x` beside the job, `../x`, `/abs`.
std::string resolve_job(const std::string& from, std::string name) {
  auto folder = folder_of_job(from);
  if (name.starts_with('/')) {
    folder.clear();
    name.erase(0, 1);
  }
  while (name.starts_with("../")) {
    folder = folder_of_job(folder);
    name.erase(0, 3);
  }
  while (name.starts_with("./")) name.erase(0, 2);
  return folder.empty() ? name : folder + "/" + name;
}

std::string text_of_value(const Value* value) {
  if (value == nullptr || value->is_null()) return {};
  if (value->is_bool()) return value->as_bool() ? "true" : "false";
  if (value->is_int()) return std::to_string(value->as_int());
  return value->text();
}

/// The run that this reference made, if it was made.
Result<std::optional<journal::RunInfo>> find_child(journal::StateFolder& state, const std::string& job,
                                                   const std::string& ref) {
  std::optional<journal::RunInfo> found;
  std::size_t looked_at = 0;
  WL_CHECK_OK(state.look_through(job, UINT64_MAX, [&](const journal::RunInfo& info) {
    if (info.state == journal::RunInfo::State::damaged) return ++looked_at < kMostRunsLookedAt;
    if (auto reader = state.read_run(info)) {
      auto inputs = data::decode_binary((*reader)->header().inputs);
      if (inputs && inputs->get_string("upstream") == ref) found = info;
    }
    return !found && ++looked_at < kMostRunsLookedAt;
  }));
  return found;
}

}  // namespace

std::optional<std::vector<JobParameter>> declared_parameters(const std::string& text) {
  static const catalog::Catalog kCatalog;  // immutable constants: no state
  auto source = std::make_shared<const groovy::Source>("WorkflowScript", text);
  auto parsed = groovy::parse(source);
  if (!parsed.diagnostics.empty()) return std::nullopt;
  auto steps = jenkinsfile::make_step_catalog(kCatalog);
  auto validation = jenkinsfile::validate(*parsed.tree, *steps);
  if (!validation.errors.empty() || validation.models.empty()) return std::nullopt;
  const auto json = jenkinsfile::to_json(*source, validation.models.front(), *steps);
  const auto* list = data::find_json_pointer(json, "/pipeline/parameters/parameters");
  if (list == nullptr) return std::nullopt;
  std::vector<JobParameter> out;
  for (const auto& one : list->items()) {
    JobParameter definition{.type = one.get_string("name"), .name = {}, .choices = {}};
    const auto* arguments = one.find("arguments");
    for (const auto& argument : arguments == nullptr ? Value::List{} : arguments->items()) {
      const auto* value = argument.find("value");
      if (value == nullptr) continue;
      const auto key = argument.get_string("key");
      const auto* literal = value->get_bool("isLiteral") ? value->find("value") : nullptr;
      if (key == "name" && literal != nullptr) definition.name = literal->text();
      if (key == "choices" && literal == nullptr) {
        auto listed = value->get_string("value");  // "${['a', 'b']}": the source of the list
        for (std::size_t at = 0; (at = listed.find_first_of("'\"", at)) != std::string::npos;) {
          const auto end = listed.find(listed[at], at + 1);
          if (end == std::string::npos) break;
          definition.choices.push_back(listed.substr(at + 1, end - at - 1));
          at = end + 1;
        }
      } else if (key == "choices") {
        for (std::size_t at = 0; at <= literal->text().size();) {
          const auto end = std::min(literal->text().find('\n', at), literal->text().size());
          definition.choices.push_back(literal->text().substr(at, end - at));
          at = end + 1;
        }
      }
    }
    if (!definition.name.empty()) out.push_back(std::move(definition));
  }
  return out;
}

BuildParameters build_parameters(const Value* given, const std::optional<std::vector<JobParameter>>& known) {
  BuildParameters out;
  for (const auto& one : given == nullptr ? Value::List{} : given->items()) {
    const auto name = one.get_string("name");
    auto text = text_of_value(one.find("value"));
    const auto type = one.get_string("$class");
    bool secret = type == "password" || type.ends_with("PasswordParameterValue");
    if (known) {
      const auto definition = std::ranges::find(*known, name, &JobParameter::name);
      if (definition == known->end()) {
        out.unknown.push_back(name);
        continue;
      }
      secret = secret || definition->type == "password";
      const auto& choices = definition->choices;
      if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
        std::string all;
        for (const auto& choice : choices) all += (all.empty() ? "" : ", ") + choice;
        out.problem =
            "Value for choice parameter '" + name + "' is '" + text + "', but valid choices are [" + all + "]";
        return out;
      }
    }
    if (secret) out.secret.insert(name);
    out.kept.set(name, std::move(text));
  }
  return out;
}

// ---- scheduling
// ------------------------------------------------------------------------------------------------------

void RunActor::schedule_build(PendingEffect& effect) {
  if (hooks_.downstream != nullptr) return schedule_downstream(effect);
  const auto asked = effect.arguments.get_string("job");
  auto job = resolve_job(inputs_.job, asked);
  if (!inputs_.job_files.contains(job)) job = asked;
  const auto file = inputs_.job_files.find(job);
  if (file == inputs_.job_files.end()) {
    return finish_effect(effect.fiber, abort_with("No item named " + asked + " found"));
  }
  auto parameters = build_parameters(effect.arguments.find("parameters"), declared_parameters(file->second));
  if (!parameters.problem.empty()) return finish_effect(effect.fiber, abort_with(parameters.problem));
  warn_of_unknown(effect, job, parameters.unknown);
  auto result =
      Value::map_of("ref", build_ref(effect.key), "job", job, "start",
                    hooks_.now_millis() + std::max<std::int64_t>(0, effect.arguments.get_int("quietPeriod")) * 1000);
  set_secrets(result, parameters);
  result.set("parameters", std::move(parameters.kept));
  finish_effect(effect.fiber, EffectResult(std::move(result)));
}

std::string RunActor::build_ref(const journal::EffectKey& key) const {
  return journal_.header().uid + ":" + key.branch + ":" + std::to_string(key.ordinal);
}

void RunActor::warn_of_unknown(const PendingEffect& effect, const std::string& job,
                               const std::vector<std::string>& names) {
  for (const auto& name : names) {
    say(effect, "undefined " + name,
        "WARNING: the parameter " + name + " is not passed on, since " + job + " does not define it\n");
  }
}

/// A result with secrets is sealed with the key that is wiped when the run ends.
void RunActor::set_secrets(Value& result, const BuildParameters& parameters) {
  if (parameters.secret.empty()) return;
  auto names = Value::list(), values = Value::list();
  for (const auto& name : parameters.secret) {
    names.push(name);
    values.push(parameters.kept.get_string(name));
    add_secret(parameters.kept.get_string(name));
  }
  result.set("secret_parameters", std::move(names));
  result.set("secrets", std::move(values));
}

void RunActor::note_build(const PendingEffect&, const Value& value) {
  auto child = std::make_unique<ChildRun>();
  child->job = value.get_string("job");
  child->start_millis = value.get_int("start");
  if (const auto* parameters = value.find("parameters")) {
    for (const auto& entry : parameters->members()) child->parameters.emplace_back(entry.key, entry.value.text());
  }
  if (const auto* names = value.find("secret_parameters")) {
    for (const auto& name : names->items()) child->secret_parameters.insert(name.text());
  }
  if (const auto* secrets = value.find("secrets")) {
    for (const auto& secret : secrets->items()) add_secret(secret.text());
  }
  const auto ref = value.get_string("ref");
  child->carried = feed_ != nullptr;
  const bool carried = child->carried;
  children_[ref] = std::move(child);
  if (carried || hooks_.downstream != nullptr) return;
  // Behind the turn that makes this result durable. In a replay nothing is begun before the run is live.
  schedule_turn();
  reactor_.post([this, ref] { ensure_child(ref); });
}

// ---- the other run
// ---------------------------------------------------------------------------------------------------

void RunActor::ensure_child(const std::string& ref) {
  auto found = children_.find(ref);
  if (found == children_.end() || killed_ || fatal_) return;
  auto& child = *found->second;
  if (child.actor || child.has_ended) return;
  const auto left = child.start_millis - hooks_.now_millis();
  if (!live_ || left > 0 || journal_.dirty()) {
    constexpr std::int64_t kSoon = 5;
    reactor_.after(std::chrono::milliseconds(std::max(left, kSoon)), [this, ref] { ensure_child(ref); });
    return;
  }
  if (auto opened = open_child(ref, child); !opened) {
    child.problem = opened.error().text();
    child_ended(ref);
    return;
  }
  if (child.actor) answer_build_waits(ref);
}

std::string RunActor::downstream_cause() const {
  auto above = inputs_.cause;
  std::replace(above.begin(), above.end(), '\n', ' ');
  return "Started by upstream project \"" + inputs_.job + "\" build number " + std::to_string(inputs_.number) +
         "\noriginally caused by:\n " + above;
}

RunInputs RunActor::child_inputs(const std::string& ref, const ChildRun& child) const {
  RunInputs out = inputs_;
  out.script = inputs_.job_files.at(child.job);
  out.script_path = child.job;
  out.job = child.job;
  out.number = 0;
  out.cause = downstream_cause();
  out.upstream = ref;
  out.started_millis = hooks_.now_millis();
  for (unsigned char c : ref) out.secret_seed = (out.secret_seed ^ c) * 1099511628211ULL;
  out.parameters = child.parameters;
  out.secret_parameters = child.secret_parameters;
  out.answers = Value::list();
  out.previous_result.clear();
  out.restart_stage.reset();
  out.restart_of = 0;
  return out;
}

Result<> RunActor::open_child(const std::string& ref, ChildRun& child) {
  child.hooks = hooks_;
  child.hooks.observer = &child.observer;
  child.hooks.tick = {};
  child.hooks.shared_key = nullptr;
  auto kept = WL_TRY(find_child(state_, child.job, ref));
  if (kept && kept->end) {
    child.number = kept->number;
    child.result = kept->end->result;
    child.kept = *kept;
    child_ended(ref);
    return {};
  }
  auto opened = kept ? WL_TRY(open_kept_run(state_, *kept)) : WL_TRY(open_new_run(state_, child_inputs(ref, child)));
  child.number = opened.inputs.number;
  if (auto ending = WL_TRY(end_unstarted(opened, child.hooks))) {
    child.result = ending->result;
    child_ended(ref);
    return {};
  }
  child.journal = std::move(opened.journal);
  child.actor = std::make_unique<RunActor>(reactor_.base(), state_, *child.journal, std::move(opened.inputs),
                                           std::move(opened.program), child.hooks);
  if (opened.prefix) child.actor->follow(std::move(*opened.prefix));
  child.actor->on_end([this, ref] { child_ended(ref); });
  return child.actor->begin(opened.resumed);
}

void RunActor::child_ended(const std::string& ref) {
  auto& child = *children_.at(ref);
  if (child.has_ended) return;
  child.has_ended = true;
  if (child.actor) {
    auto ending = child.actor->close();
    if (!ending) {
      child.problem = ending.error().text();
    } else if (!ending->killed) {
      child.result = ending->result;
    }
  }
  if (!child.problem.empty() && hooks_.complain) hooks_.complain("the run of " + child.job + ": " + child.problem);
  answer_build_waits(ref);
  if (finished_) leave_loop();
}

Value RunActor::child_facts(ChildRun& child) {
  auto facts = child.actor ? child.actor->facts() : child.kept ? facts_of(*child.kept) : Value::map();
  if (child.has_ended) facts.set("result", child.result);
  complete_facts(facts, child);
  return facts;
}

/// What a run has not told because it ended in an earlier process, or before its script began.
void RunActor::complete_facts(Value& facts, const ChildRun& child) {
  const auto shown = "#" + std::to_string(child.number);
  auto otherwise = [&](const char* name, Value value) {
    if (facts.find(name) == nullptr) facts.set(name, std::move(value));
  };
  otherwise("number", static_cast<std::int32_t>(child.number));
  otherwise("displayName", shown);
  otherwise("fullDisplayName", full_display_name(child.job) + " " + shown);
  otherwise("projectName", base_name(child.job));
  otherwise("fullProjectName", child.job);
  otherwise("absoluteUrl", job_url(child.job) + std::to_string(child.number) + "/");
  otherwise("currentResult", child.result);
  otherwise("keepLog", false);
  otherwise("changeSets", Value::list());
  otherwise("upstreamBuilds", Value::list());
  auto variables = Value::map();
  for (const auto& [name, value] : child.parameters) {
    if (!child.secret_parameters.contains(name)) variables.set(name, value);
  }
  if (const auto* assigned = facts.find("buildVariables")) {
    for (const auto& entry : assigned->members()) variables.set(entry.key, entry.value);
  }
  facts.set("buildVariables", std::move(variables));
}

// ---- waiting for it
// --------------------------------------------------------------------------------------------------

void RunActor::start_build_wait(PendingEffect& effect) {
  if (hooks_.downstream != nullptr) return start_downstream_wait(effect);
  const auto ref = effect.arguments.get_string("ref");
  auto found = children_.find(ref);
  if (found == children_.end()) return finish_effect(effect.fiber, abort_with("there is no scheduled build " + ref));
  effect.waits_code = "build";
  effect.waits_detail = found->second->job;
  effect.cancel = [this, ref, fiber = effect.fiber](bool) {
    auto& child = *children_.at(ref);
    if (child.actor && !child.has_ended) {
      if (child.actor->aborts_ordered_ == 0) child.actor->abort_run("Calling Pipeline was cancelled");
      return;  // the other run's end answers
    }
    finish_effect(fiber, abort_with("interrupted"));
  };
  if (std::exchange(found->second->carried, false)) {
    reactor_.post([this, ref] { ensure_child(ref); });
  }
  answer_build_waits(ref);
}

void RunActor::answer_build_waits(const std::string& ref) {
  auto& child = *children_.at(ref);
  std::vector<std::pair<vm::FiberId, bool>> waiting;
  for (const auto& [fiber, effect] : pending_) {
    if (!effect.started || effect.arguments.get_string("ref") != ref) continue;
    if (effect.kind == "build.started") waiting.emplace_back(fiber, false);
    if (effect.kind == "build.ended") waiting.emplace_back(fiber, true);
  }
  for (const auto& [fiber, for_end] : waiting) {
    if (!child.problem.empty()) {
      finish_effect(fiber, abort_with("the run of " + child.job + " could not go on: " + child.problem));
    } else if (child.has_ended ? !child.result.empty() : (!for_end && child.number != 0)) {
      finish_effect(fiber, EffectResult(child_facts(child)));
    }
  }
}

void RunActor::leave_loop() {
  const bool waits = !killed_ && !fatal_ && std::any_of(children_.begin(), children_.end(), [this](const auto& entry) {
    return hooks_.downstream == nullptr && !entry.second->has_ended && !entry.second->carried;
  });
  if (waits) return;
  if (ended_) return reactor_.post(std::exchange(ended_, {}));
  if (!loop_is_shared_) reactor_.stop();
}

}  // namespace windlass::engine
