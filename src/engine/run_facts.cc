// Facts of the run that scripts read: parameters, the environment of every run, currentBuild, scm.
// Source: pipeline-language §2.8, §4.
#include <algorithm>
#include <cstdlib>

#include "data/binary.h"
#include "engine/job_names.h"
#include "engine/run_actor.h"
#include "text/date_format.h"
#include "text/duration.h"

namespace windlass::engine {

using data::Value;

namespace {

std::string dashed(std::string text) {
  std::replace(text.begin(), text.end(), '/', '-');
  return text;
}

/// The name and default of a parameter definition: `[name: 'string', args: [[name: 'X', defaultValue: 'y']]]`, or a map
/// with $class.
struct Definition {
  std::string type;
  Value fields;
};
Definition definition_of(const Value& item) {
  Definition out;
  out.type = item.get_string("$class");
  out.fields = item;
  if (out.type.empty()) {
    out.type = item.get_string("name");
    const auto* args = item.find("args");
    out.fields = args != nullptr && args->is_list() && args->size() > 0 ? args->items()[0] : Value::map();
  }
  return out;
}

bool has_end(std::string_view type, std::string_view symbol, std::string_view class_name) {
  return type == symbol || type.ends_with(class_name);
}

}  // namespace

void RunActor::prepare_environment() {
  name_run();
  auto& env = run_environment_;
  for (const auto& [name, value] : inputs_.parameters) {
    env[name] = value;
    parameters_.set(name, inputs_.boolean_parameters.contains(name) ? Value(value == "true") : Value(value));
    if (!inputs_.secret_parameters.contains(name)) continue;
    secret_parameters_.insert(name);
    if (!inputs_.wiped_parameters.contains(name)) add_secret(value);
  }
  for (const auto& credential : inputs_.credentials.items()) {
    for (const auto* field : {"password", "secret", "privateKey", "passphrase"}) {
      if (auto text = credential.get_string(field); !text.empty() && text.size() < 3) {
        if (hooks_.complain) {
          hooks_.complain("credential " + credential.get_string("id") +
                          ": its secret is shorter than 3 bytes and cannot be masked");
        }
      }
    }
  }
}

/// The variables that follow from job and number.
void RunActor::name_run() {
  auto& env = run_environment_;
  auto number = std::to_string(inputs_.number);
  const std::string home = inputs_.state_folder;
  auto known = [&](const char* name, const char* otherwise) {
    auto found = inputs_.environment.find(name);
    return found == inputs_.environment.end() ? std::string(otherwise) : found->second;
  };
  auto base_url = known("JENKINS_URL", "http://localhost/");
  const auto url = job_url(inputs_.job);
  env["CI"] = "true";
  env["BUILD_NUMBER"] = number;
  env["BUILD_ID"] = number;
  env["BUILD_DISPLAY_NAME"] = "#" + number;
  env["BUILD_TAG"] = "jenkins-" + dashed(inputs_.job) + "-" + number;
  env["JOB_NAME"] = inputs_.job;
  env["JOB_BASE_NAME"] = base_name(inputs_.job);
  env["JENKINS_URL"] = env["HUDSON_URL"] = base_url;
  env["JENKINS_HOME"] = env["HUDSON_HOME"] = home;
  env["JOB_URL"] = env["JOB_DISPLAY_URL"] = url;
  env["BUILD_URL"] = env["RUN_DISPLAY_URL"] = url + number + "/";
  env["RUN_ARTIFACTS_DISPLAY_URL"] = env["BUILD_URL"] + "artifact";
  env["RUN_CHANGES_DISPLAY_URL"] = env["BUILD_URL"] + "changes";
  env["RUN_TESTS_DISPLAY_URL"] = env["BUILD_URL"] + "testReport";
}

/// `disableResume()` among a job's properties: a restart aborts the run. Properties replace those before them.
void RunActor::note_resume_rule(const Value& properties) {
  resume_disabled_ = false;
  if (!properties.is_list()) return;
  for (const auto& item : properties.items()) {
    auto type = definition_of(item).type;
    if (has_end(type, "disableResume", "DisableResumeJobProperty")) resume_disabled_ = true;
  }
}

/// What `options`, `parameters`, `triggers` and the `properties` step define. Only parameters matter to a local run:
/// their defaults are filled in and given texts get the declared type.
void RunActor::set_job_properties(const Value& properties) {
  job_properties_ = properties;
  if (!inspecting_ && !feed_) hooks_.observer->on_properties(properties);
  if (const auto* options = properties.find("options")) note_resume_rule(*options);
  globals_.erase("params");  // made again with the new definitions
  const auto* definitions = properties.find("parameters");
  if (definitions == nullptr) return;
  for (const auto& item : definitions->items()) {
    auto definition = definition_of(item);
    auto name = definition.fields.get_string("name");
    if (name.empty()) continue;
    std::optional<std::string> given;
    for (const auto& [k, v] : inputs_.parameters) {
      if (k == name) given = v;
    }
    Value value("");
    const auto* fallback = definition.fields.find("defaultValue");
    if (has_end(definition.type, "booleanParam", "BooleanParameterDefinition")) {
      value = given                                        ? Value(*given == "true")
              : fallback != nullptr && fallback->is_bool() ? *fallback
                                                           : Value(fallback != nullptr && fallback->text() == "true");
    } else if (has_end(definition.type, "choice", "ChoiceParameterDefinition") || definition.type == "choiceParam") {
      const auto* choices = definition.fields.find("choices");
      std::string first;
      if (choices != nullptr && choices->is_list() && choices->size() > 0) first = choices->items()[0].text();
      if (choices != nullptr && choices->is_string()) first = choices->text().substr(0, choices->text().find('\n'));
      value = given ? Value(*given) : Value(first);
    } else {
      auto text = given ? *given : fallback != nullptr ? fallback->text() : std::string();
      if (!given && fallback != nullptr && fallback->is_int()) text = std::to_string(fallback->as_int());
      if (definition.fields.get_bool("trim")) {
        auto begin = text.find_first_not_of(" \t\r\n");
        text = begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
      }
      value = Value(text);
    }
    auto as_text = value.is_bool() ? std::string(value.as_bool() ? "true" : "false") : value.text();
    if (has_end(definition.type, "password", "PasswordParameterDefinition")) {
      secret_parameters_.insert(name);
      add_secret(as_text);
    }
    parameters_.set(name, std::move(value));
    run_environment_[name] = as_text;
  }
}

/// With the end of the run the secret key goes, and with it what it sealed: parameters that are no passwords stay.
void RunActor::keep_parameters() {
  auto list = Value::list();
  for (const auto& [name, value] : inputs_.parameters) {
    list.push(secret_parameters_.contains(name) ? Value::list_of(name) : Value::list_of(name, value));
  }
  auto bytes = data::encode_binary(list);
  if (!bytes) return die(std::move(bytes).error());
  if (auto done = journal_.put_record({"inputs", "parameters", std::move(*bytes)}, true); !done) {
    die(std::move(done).error());
  }
}

std::string RunActor::job_url(const std::string& job) const {
  auto base = inputs_.environment.find("JENKINS_URL");
  return (base == inputs_.environment.end() ? std::string("http://localhost/") : base->second) + url_path(job);
}

Value RunActor::causes() {
  const auto& in = inputs_;
  auto line = in.cause.substr(0, in.cause.find('\n'));
  if (!in.upstream.empty()) {
    // `Started by upstream project "JOB" build number N`
    const auto begin = line.find('"');
    const auto end = line.rfind('"');
    const auto job = end > begin ? line.substr(begin + 1, end - begin - 1) : std::string();
    const auto number = std::strtol(line.c_str() + line.rfind(' ') + 1, nullptr, 10);
    return Value::list_of(Value::map_of("_class", "hudson.model.Cause$UpstreamCause", "shortDescription", line,
                                        "upstreamProject", job, "upstreamBuild", static_cast<std::int32_t>(number),
                                        "upstreamUrl", url_path(job)));
  }
  auto list = Value::list_of(Value::map_of("_class", "hudson.model.Cause$UserIdCause", "shortDescription", line,
                                           "userId", in.user_id, "userName", in.user_name));
  if (in.restart_of != 0 && in.cause.size() > line.size()) {
    auto restart =
        Value::map_of("_class", "org.jenkinsci.plugins.pipeline.modeldefinition.causes.RestartDeclarativePipelineCause",
                      "shortDescription", in.cause.substr(line.size() + 1), "originRunNumber",
                      static_cast<std::int32_t>(in.restart_of));
    if (in.restart_stage) restart.set("originStage", *in.restart_stage);
    list.push(std::move(restart));
  }
  return list;
}

Value RunActor::facts() {
  auto facts = Value::map();
  for (const char* name :
       {"number", "displayName", "description", "result", "currentResult", "keepLog", "timeInMillis",
        "startTimeInMillis", "duration", "durationString", "fullDisplayName", "projectName", "fullProjectName",
        "absoluteUrl", "buildVariables", "upstreamBuilds", "changeSets", "causes"}) {
    facts.set(name, run_fact(name, hooks_.now_millis()));
  }
  return facts;
}

Value RunActor::run_fact(std::string_view name, std::int64_t now) {
  const auto& in = inputs_;
  if (name == "number") return Value(static_cast<std::int32_t>(in.number));
  if (name == "id") return Value(std::to_string(in.number));
  if (name == "displayName") return Value(display_name_);
  if (name == "description") return description_.empty() ? Value() : Value(description_);
  if (name == "result") return result_.empty() ? Value() : Value(result_);
  if (name == "currentResult") return Value(result_.empty() ? std::string("SUCCESS") : result_);
  if (name == "timeInMillis" || name == "startTimeInMillis") return Value(in.started_millis);
  if (name == "duration") return Value(now - in.started_millis);
  if (name == "durationString")
    return Value(text::format_duration(std::chrono::milliseconds(now - in.started_millis)) + " and counting");
  if (name == "projectName") return Value(base_name(in.job));
  if (name == "fullProjectName") return Value(in.job);
  if (name == "semantics") return Value(static_cast<std::int32_t>(journal_.header().semantics));
  if (name == "fullDisplayName") return Value(full_display_name(in.job) + " " + display_name_);
  if (name == "absoluteUrl") return Value(run_environment_["BUILD_URL"]);
  if (name == "keepLog") return Value(keep_log_);
  if (name == "clouds") {
    auto list = Value::list();
    if (hooks_.remote_nodes == nullptr) return list;
    for (auto& cloud : hooks_.remote_nodes->clouds()) list.push(std::move(cloud));
    return list;
  }
  if (name == "causes" || name == "buildCauses") {
    return causes();
  }
  if (name == "upstreamBuilds") return Value::list();
  if (name == "buildVariables") {
    Value map = Value::map();
    for (const auto& [k, v] : assigned_environment_) map.set(k, v);
    return map;
  }
  if (name == "previousResult") return in.previous_result.empty() ? Value() : Value(in.previous_result);
  return {};
}

Value RunActor::scm_value() {
  if (!inputs_.scm) return {};
  const auto& s = *inputs_.scm;
  Value scm = Value::map_of("$class", "GitSCM");
  // Marked, so that a checkout made of these parts is of the local project and not of its remote.
  scm.set("branches",
          Value::list_of(Value::map_of("name", s.branch.empty() ? s.commit : "*/" + s.branch, "project", true)));
  scm.set("userRemoteConfigs",
          Value::list_of(Value::map_of("url", s.url, "credentialsId", Value(), "name", "origin", "project", true)));
  scm.set("extensions", Value::list());
  scm.set("key", "git " + s.url);
  return scm;
}

/// As java.util.Date prints itself, in the run's zone.
std::string RunActor::format_time(std::int64_t millis) const {
  auto text =
      text::format_simple_date("EEE MMM dd HH:mm:ss zzz yyyy", millis,
                               text::TimeZone::find_or_gmt(inputs_.time_zone.empty() ? "UTC" : inputs_.time_zone));
  return text ? *text : std::to_string(millis);
}

}  // namespace windlass::engine
