// The runs that currentBuild leads to, and the job's properties, which decide the parameters.
#include <algorithm>

#include "data/binary.h"
#include "engine/group_commit.h"
#include "engine/job_names.h"
#include "engine/run_actor.h"
#include "text/duration.h"

namespace windlass::engine {

using data::Value;
using steps::abort_with;
using steps::EffectResult;

/// What scripts may ask of a run that is not this one.
Value RunActor::facts_of(const journal::RunInfo& info) {
  Value facts = Value::map();
  if (auto reader = state_.read_run(info)) {
    if (auto kept = (*reader)->find_record("run", "facts"); kept && *kept) {
      if (auto known = data::decode_binary(**kept)) facts = std::move(*known);
    }
  }
  auto number = std::to_string(info.number);
  auto otherwise = [&](const char* name, Value value) {
    if (facts.find(name) == nullptr) facts.set(name, std::move(value));
  };
  otherwise("displayName", "#" + number);
  otherwise("fullDisplayName", full_display_name(info.job) + " #" + number);
  facts.set("number", static_cast<std::int32_t>(info.number));
  facts.set("fullProjectName", info.job);
  facts.set("projectName", base_name(info.job));
  facts.set("timeInMillis", info.created_ms);
  facts.set("startTimeInMillis", info.created_ms);
  facts.set("absoluteUrl", job_url(info.job) + number + "/");
  facts.set("url", job_url(info.job) + number + "/");
  facts.set("result", info.end ? Value(info.end->result) : Value());
  return facts;
}

/// Kept at the end of this run, for facts_of() in later ones.
void RunActor::keep_facts() {
  Value facts = Value::map();
  const auto now = hooks_.now_millis();
  for (const auto* name : {"displayName", "description", "fullDisplayName", "keepLog", "duration", "buildVariables",
                           "causes", "currentResult", "changeSets", "upstreamBuilds"}) {
    facts.set(name, run_fact(name, now));
  }
  facts.set("durationString", text::format_duration(std::chrono::milliseconds(now - inputs_.started_millis)));
  auto bytes = data::encode_binary(facts);
  if (!bytes) return die(std::move(bytes).error());
  if (auto done = journal_.put_record({"run", "facts", std::move(*bytes)}, true); !done) die(std::move(done).error());
}

void RunActor::start_run_read(PendingEffect& effect) {
  if (hooks_.group_commit != nullptr) hooks_.group_commit->land_all();
  auto job = effect.arguments.get_string("job");
  auto number = static_cast<std::uint64_t>(effect.arguments.get_int("number"));
  auto which = effect.arguments.get_string("which");
  const bool that = which == "this";
  const bool next = which.starts_with("next");
  const bool last = which.starts_with("last");
  const auto kind = which.substr(which.starts_with("previous") ? 8 : 4);
  auto fits = [&](const journal::RunInfo& info) {
    if (that) return info.number == number;
    if (!last && (next ? info.number <= number : info.number >= number)) return false;
    const auto result = info.end ? info.end->result : std::string();
    if (kind == "InProgress") return result.empty();
    if (kind == "Completed") return !result.empty();
    if (kind == "Successful") return result == "SUCCESS";
    if (kind == "Failed") return result == "FAILURE";
    if (kind == "NotFailed") return !result.empty() && result != "FAILURE";
    if (kind == "Built") return !result.empty() && result != "NOT_BUILT";
    return true;
  };
  // Newest first; what is not newer than this run cannot be the next one, and of those before it the newest counts.
  std::optional<journal::RunInfo> found;
  const auto below = that ? number + 1 : next || last ? UINT64_MAX : number;
  auto looked = state_.look_through(job, below, [&](const journal::RunInfo& info) {
    if (next ? info.number <= number : that && info.number < number) return false;
    if (fits(info)) found = info;
    return next || !found;
  });
  if (!looked) return finish_effect(effect.fiber, abort_with(looked.error().text()));
  finish_effect(effect.fiber, EffectResult(found ? facts_of(*found) : Value()));
}

// ---- properties ----------------------------------------------------------------------------------------------------

void RunActor::start_properties(PendingEffect& effect) { finish_effect(effect.fiber, EffectResult{}); }

/// The `properties` step replaces what an earlier call of it, or Declarative's sections, had set.
void RunActor::take_properties(const Value& list) {
  Value properties = Value::map();
  properties.set("properties", list);
  for (const auto& one : list.items()) {
    auto type = one.get_string("$class");
    if (type == "parameters" || type.ends_with("ParametersDefinitionProperty")) {
      if (const auto* definitions = one.find("parameterDefinitions")) properties.set("parameters", *definitions);
    }
  }
  set_job_properties(properties);
  note_resume_rule(list);
}

}  // namespace windlass::engine
