#include "steps/artifact_choice.h"

#include <algorithm>
#include <charconv>
#include <functional>

#include "steps/place_files.h"

namespace windlass::steps {

namespace {

using data::Value;

std::optional<std::uint64_t> number_in(std::string_view text) {
  if (text.starts_with('#')) text.remove_prefix(1);
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

/// Names that a project of this name may have, seen from the job's folder, best first.
std::vector<std::string> candidate_jobs(const std::string& job, std::string name) {
  if (name.starts_with('/')) return {name.substr(1)};
  auto folder = job.substr(0, job.rfind('/') == std::string::npos ? 0 : job.rfind('/'));
  while (name.starts_with("../")) {
    name.erase(0, 3);
    folder.resize(folder.rfind('/') == std::string::npos ? 0 : folder.rfind('/'));
  }
  if (folder.empty()) return {name};
  return {folder + "/" + name, name};
}

bool is_good(const OtherRun& run) { return run.result == "SUCCESS" || run.result == "UNSTABLE"; }

/// Which of the runs (newest first) a permalink means.
bool is_permalink(const OtherRun& run, std::string_view id) {
  if (id == "lastBuild") return true;
  if (run.result.empty()) return false;
  if (id == "lastCompletedBuild") return true;
  if (id == "lastStableBuild") return run.result == "SUCCESS";
  if (id == "lastSuccessfulBuild") return is_good(run);
  if (id == "lastUnstableBuild") return run.result == "UNSTABLE";
  if (id == "lastFailedBuild") return run.result == "FAILURE";
  return id == "lastUnsuccessfulBuild" && run.result != "SUCCESS";
}

struct Selection {
  std::function<bool(const OtherRun&)> accepts;
  std::string problem;  ///< why this selector cannot select anything here
  bool with_artifacts = false;
};

Selection selection_of(EffectContext& context, const Value& arguments) {
  const auto* given = arguments.find("selector");
  const auto selector = given == nullptr ? Value::map() : *given;
  const auto kind = selector.get_string("$class", "lastSuccessful");
  auto by_number = [](std::uint64_t number) {
    return Selection{[number](const OtherRun& run) { return run.number == number; }, ""};
  };
  if (kind == "lastSuccessful") {
    const bool stable = flag_of(selector, "stable");
    return {[stable](const OtherRun& run) { return run.result == "SUCCESS" || (!stable && is_good(run)); }, ""};
  }
  if (kind == "lastCompleted") return {[](const OtherRun& run) { return !run.result.empty(); }, ""};
  if (kind == "lastWithArtifacts") return {[](const OtherRun& run) { return !run.result.empty(); }, "", true};
  if (kind == "permalink") {
    const auto id = text_of(selector, "id");
    return {[id](const OtherRun& run) { return is_permalink(run, id); }, ""};
  }
  if (kind == "specific") {
    const auto text = text_of(selector, "buildNumber");
    if (auto number = number_in(text)) return by_number(*number);
    return {[text](const OtherRun& run) { return is_permalink(run, text); }, ""};
  }
  if (kind == "buildParameter") {
    const auto name = text_of(selector, "parameterName");
    const auto value = context.place.environment.find(name);
    if (value == context.place.environment.end()) return {nullptr, "the parameter " + name + " is not set"};
    if (auto number = number_in(value->second)) return by_number(*number);
    return {nullptr, "the parameter " + name + " holds no build number: " + value->second};
  }
  if (kind == "upstream") {
    auto number = number_in(context.run.fact("upstream_number"));
    if (number) return by_number(*number);
    if (flag_of(selector, "fallbackToLastSuccessful")) return {is_good, ""};
    return {nullptr, "this run was not started by another one"};
  }
  if (kind == "latestSavedBuild") return {[](const OtherRun&) { return false; }, ""};
  return {nullptr, "the selector " + kind + " is not offered; use lastSuccessful(), lastCompleted(), specific('7')"};
}

/// `A=b,C=d` of the step: all of them must be parameters of the run.
bool has_parameters(const OtherRunContent& content, const std::string& wanted) {
  for (const auto& pair : text::split_patterns(wanted)) {
    const auto equals = pair.find('=');
    const auto name = pair.substr(0, equals);
    const auto value = equals == std::string::npos ? std::string() : pair.substr(equals + 1);
    const auto hit = [&](const auto& one) { return one.first == name && one.second == value; };
    if (std::none_of(content.parameters.begin(), content.parameters.end(), hit)) return false;
  }
  return true;
}

Result<std::optional<ChosenRun>> choose_run(EffectContext& context, const std::vector<OtherRun>& runs,
                                            const Selection& selection, const std::string& parameters) {
  for (const auto& run : runs) {
    if (!selection.accepts(run)) continue;
    auto content = context.run.read_run(run, "artifact");
    if (!content && content.error().kind == ErrorKind::not_found) continue;
    if (!content) return fail(content.error());
    if (selection.with_artifacts && content->records.empty()) continue;
    if (has_parameters(*content, parameters)) return ChosenRun{run, std::move(*content)};
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<std::string>> matching_artifacts(const std::vector<std::pair<std::string, Value>>& artifacts,
                                                    const std::string& includes, const std::string& excludes) {
  const auto patterns = WL_TRY(text::AntFileSet::compile(includes, excludes, {.default_excludes = false}));
  std::vector<std::string> out;
  for (const auto& [path, payload] : artifacts) {
    if (patterns.matches(path)) out.push_back(path);
  }
  return out;
}

Result<std::vector<std::string>> copied_paths(const OtherRunContent& content, const Value& arguments) {
  const auto filter = text_of(arguments, "filter", "**");
  return matching_artifacts(content.records, filter.empty() ? "**" : filter, text_of(arguments, "excludes"));
}

Result<ArtifactChoice> choose_copied(EffectContext& context, const Value& arguments) {
  const auto project = text_of(arguments, "projectName");
  ArtifactChoice out;
  for (const auto& name : candidate_jobs(context.run.fact("job"), project)) {
    auto found = WL_TRY(context.run.runs_of(name));
    if (found.empty() && name != context.run.fact("job")) continue;
    out.job = name;
    out.runs = std::move(found);
    break;
  }
  if (out.job.empty()) {
    out.problem = "Unable to find project for artifact copy: " + project +
                  "\nThis may be due to incorrect project name or permission settings; see help for project name in "
                  "job configuration.";
    return out;
  }
  out.problem = "Unable to find a build for artifact copy from: " + project;
  const auto selection = selection_of(context, arguments);
  if (!selection.accepts) {
    out.problem += " (" + selection.problem + ")";
    return out;
  }
  out.chosen = WL_TRY(choose_run(context, out.runs, selection, text_of(arguments, "parameters")));
  return out;
}

}  // namespace windlass::steps
