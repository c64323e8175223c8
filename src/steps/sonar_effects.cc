// sonar.env and sonar.gate: SonarQube as SONAR_HOST_URL and SONAR_AUTH_TOKEN describe it, else as one of the server's
// configured installations. There is no webhook to wait for, so the gate asks the server until the analysis is done.
// Source: pipeline-language 6.9.
//
// Invariant: a configured token goes to its configured address and nowhere else (T38).
#include <algorithm>
#include <chrono>
#include <thread>

#include "steps/bound.h"
#include "steps/configured.h"
#include "steps/families.h"
#include "steps/http_service.h"
#include "steps/place_files.h"
#include "text/codec.h"
#include "text/properties.h"

namespace windlass::steps {

namespace {

using data::Value;

constexpr std::chrono::milliseconds kPollSlice{100};
constexpr std::chrono::milliseconds kFirstPause{500};
constexpr std::chrono::milliseconds kLongestPause{10'000};

std::string first_of(const Place& place, std::initializer_list<std::string_view> names) {
  for (auto name : names) {
    if (auto value = environment_variable(place, name); !value.empty()) return value;
  }
  return {};
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

/// A server to ask, and what opens it.
struct Installation {
  std::string name, url, token, credentials_id;
};

/// By name, by address, or the first; an empty url: there is none.
Installation installation_of(EffectContext& context, const std::string& name, const std::string& url) {
  Installation out{.name = name.empty() ? "sonar" : name,
                   .url = without_slash(first_of(context.place, {"SONAR_HOST_URL", "SONAR_SERVER_URL"})),
                   .token = first_of(context.place, {"SONAR_AUTH_TOKEN", "SONAR_TOKEN"}),
                   .credentials_id = {}};
  if (!out.url.empty()) return out;
  const auto configured = configured_service(context.run, "sonar");
  const Value* best = nullptr;
  for (const auto& one : configured.items()) {
    const bool named = !name.empty() && one.get_string("name") == name;
    const bool there = !url.empty() && without_slash(one.get_string("url")) == without_slash(url);
    if (named || (name.empty() && (there || best == nullptr))) best = &one;
    if (named || there) break;
  }
  if (best == nullptr) return out;
  return {best->get_string("name"), without_slash(best->get_string("url")), best->get_string("token"),
          best->get_string("credentialsId")};
}

std::expected<std::string, StepError> token_of(EffectContext& context, const Value& arguments,
                                               const Installation& server) {
  auto id = text_of(arguments, "credentialsId");
  if (id.empty() && server.token.empty()) id = server.credentials_id;
  if (!id.empty()) return secret_of(context, id);
  if (!server.token.empty()) context.run.mask(server.token);
  return server.token;
}

Outcome environment(EffectContext& context, const Value& arguments) {
  const auto name = text_of(arguments, "installationName");
  const auto server = installation_of(context, name, {});
  const auto& url = server.url;
  if (url.empty()) {
    const auto count = configured_service(context.run, "sonar").size();
    return abort_with("SonarQube installation defined in this job (" + (name.empty() ? "default" : name) +
                      ") does not match any configured installation. Number of installations that can be configured: " +
                      (count == 0 ? "1. Set SONAR_HOST_URL and SONAR_AUTH_TOKEN." : std::to_string(count) + "."));
  }
  auto token = token_of(context, arguments, server);
  if (!token) return std::unexpected(std::move(token).error());
  Bound bound;
  bound.set("SONAR_CONFIG_NAME", server.name);
  bound.set("SONAR_HOST_URL", url);
  if (!token->empty()) {
    bound.set_secret(context, "SONAR_AUTH_TOKEN", *token);
    bound.set_secret(context, "SONAR_TOKEN", *token);
  }
  bound.set("SONAR_MAVEN_GOAL", "sonar:sonar");
  log_line(context, "Injecting SonarQube environment variables using the configuration: " + server.name);
  return std::move(bound).result();
}

// ---- the gate
// --------------------------------------------------------------------------------------------------------

struct Analysis {
  std::string server, task;
};

/// The last `…/api/ce/task?id=ID` that a scanner printed.
Analysis analysis_in_log(const std::string& log) {
  constexpr std::string_view kMiddle = "/api/ce/task?id=";
  const auto at = log.rfind(kMiddle);
  if (at == std::string::npos) return {};
  const auto begin = log.find_last_of(" \t\n", at);
  const auto from = at + kMiddle.size();
  auto end = from;
  while (end < log.size() &&
         (std::isalnum(static_cast<unsigned char>(log[end])) != 0 || log[end] == '-' || log[end] == '_')) {
    ++end;
  }
  return {.server =
              log.substr(begin == std::string::npos ? 0 : begin + 1, at - (begin == std::string::npos ? 0 : begin + 1)),
          .task = log.substr(from, end - from)};
}

/// The report-task.txt that scanners leave in the workspace, the newest of them.
Analysis analysis_in_files(EffectContext& context) {
  if (!context.place.has_node) return {};
  auto patterns = text::AntFileSet::compile("**/report-task.txt", "", {.default_excludes = false});
  if (!patterns) return {};
  auto found = find_files(context, context.place.workspace, *patterns);
  auto root = machine_root();
  if (!found || !root || found->empty()) return {};
  const auto newest = std::max_element(found->begin(), found->end(),
                                       [](const auto& a, const auto& b) { return a.modified < b.modified; });
  auto bytes = root->read(newest->from, 1U << 20U);
  if (!bytes) return {};
  Analysis out;
  auto properties = text::parse_properties(*bytes);
  if (!properties) return {};
  for (const auto& [key, value] : *properties) {
    if (key == "ceTaskId") out.task = value;
    if (key == "serverUrl") out.server = value;
  }
  return out;
}

/// False when the run is to stop.
bool pause(EffectContext& context, std::chrono::milliseconds time) {
  for (auto left = time; left.count() > 0; left -= kPollSlice) {
    if (context.run.cancelled()) return false;
    std::this_thread::sleep_for(std::min(left, kPollSlice));
  }
  return !context.run.cancelled();
}

struct Sonar {
  EffectContext& context;
  std::string server, token;

  [[nodiscard]] std::expected<Value, StepError> get(const std::string& path) const {
    std::vector<std::pair<std::string, std::string>> headers;
    if (!token.empty()) headers.emplace_back("Authorization", "Basic " + text::encode_base64(token + ":"));
    auto answer = call_json(context, "GET", server + path, headers, nullptr);
    if (!answer) return abort_with("Cannot ask SonarQube at " + server + ": " + answer.error().message);
    if (!answer->is_success()) {
      return abort_with("Cannot ask SonarQube at " + server + ": the answer was " + std::to_string(answer->status) +
                        " " + answer->text);
    }
    return std::move(answer->body);
  }
};

Outcome gate(EffectContext& context, const Value& arguments) {
  auto analysis = analysis_in_log(context.run.log_tail(1U << 20U));
  if (analysis.task.empty()) analysis = analysis_in_files(context);
  if (analysis.task.empty()) {
    return throw_with("java.lang.IllegalStateException",
                      "No previous SonarQube analysis found on this pipeline execution. Please ensure you run "
                      "SonarQube scanner from within the withSonarQubeEnv step.");
  }
  // A configured server is asked, never one that only a log names: it gets the token (T38).
  const auto installation = installation_of(context, {}, analysis.server);
  const auto& configured = installation.url;
  auto token = token_of(context, arguments, installation);
  if (!token) return std::unexpected(std::move(token).error());
  if (configured.empty()) return abort_with("The quality gate needs SONAR_HOST_URL (and SONAR_AUTH_TOKEN)");
  const Sonar sonar{.context = context, .server = configured, .token = *token};
  log_line(context, "Checking status of SonarQube task '" + analysis.task + "' on server '" + configured + "'");
  std::string last;
  std::string analysis_id;
  for (auto wait = kFirstPause;; wait = std::min(wait * 2, kLongestPause)) {
    auto answer = sonar.get("/api/ce/task?id=" + text::encode_uri_component(analysis.task));
    if (!answer) return std::unexpected(std::move(answer).error());
    const auto* task = answer->find("task");
    const auto status = task == nullptr ? std::string() : task->get_string("status");
    if (status != last) log_line(context, "SonarQube task '" + analysis.task + "' status is '" + status + "'");
    last = status;
    if (status == "SUCCESS") {
      analysis_id = task->get_string("analysisId");
      break;
    }
    if (status != "PENDING" && status != "IN_PROGRESS") {
      return abort_with("SonarQube analysis '" + analysis.task + "' failed or was canceled: " + status);
    }
    if (!pause(context, wait)) return abort_with("the step was asked to stop");
  }
  auto answer = sonar.get("/api/qualitygates/project_status?analysisId=" + text::encode_uri_component(analysis_id));
  if (!answer) return std::unexpected(std::move(answer).error());
  const auto* status = answer->find("projectStatus");
  const auto word = status == nullptr ? std::string("NONE") : status->get_string("status", "NONE");
  log_line(context, "SonarQube task '" + analysis.task + "' completed. Quality gate is '" + word + "'");
  return Value::map_of("status", word);
}

constexpr EffectDescription kEffects[] = {
    {"sonar.env", EffectKind::read, false, environment},
    {"sonar.gate", EffectKind::read, false, gate},
};

}  // namespace

std::span<const EffectDescription> sonar_effects() { return kEffects; }

}  // namespace windlass::steps
