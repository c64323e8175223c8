// archiveArtifacts, unarchive, fingerprint, copyArtifacts: files that are kept with a run and looked up by its pages
// and by other runs. The files are in run_folder("artifacts"), by the paths that people see; each has a record.
//
// Texts and exceptions: pipeline-language 6.5, 6.6. Repeating an effect copies the same files again.
#include <algorithm>
#include <charconv>

#include "steps/artifact_store.h"
#include "steps/families.h"
#include "steps/place_files.h"

namespace windlass::steps {

namespace {

using data::Value;

std::unexpected<StepError> stopped() { return abort_with("the step was asked to stop"); }

bool is_worse_than_unstable(const std::string& result) {
  return result == "FAILURE" || result == "NOT_BUILT" || result == "ABORTED";
}

std::string_view last_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// One line about a pattern that matches nothing: how far its fixed folders exist.
std::string explain_no_match(const EffectContext& context, const std::string& patterns) {
  const auto list = text::split_patterns(patterns);
  if (list.empty()) return "";
  const auto& pattern = list.front();
  const auto nothing = "‘" + pattern + "’ doesn’t match anything";
  auto glob = text::AntGlob::compile(pattern);
  auto root = machine_root();
  if (!glob || !root) return nothing;
  std::string there;
  const auto fixed = glob->literal_prefix();
  for (std::size_t end = 0; end != std::string::npos && !fixed.empty();) {
    end = fixed.find('/', end == 0 ? 1 : end + 1);
    const auto part = fixed.substr(0, end);
    if (!root->exists(absolute_path(context.place, part))) {
      if (there.empty()) return nothing + ": even ‘" + part + "’ doesn’t exist";
      return nothing + ": ‘" + there + "’ exists but not ‘" + part + "’";
    }
    there = part;
  }
  return nothing;
}

/// Records of MD5 sums, by which other jobs find where a file came from.
Result<void> add_fingerprints(EffectContext& context, const std::vector<FoundFile>& found, EffectResult& result) {
  const auto root = WL_TRY(machine_root());
  for (const auto& file : found) {
    if (context.run.cancelled()) return fail(ErrorKind::cancelled, "the step was asked to stop");
    auto sum = WL_TRY(root.hash(file.from, files::Hash::md5));
    result.records.push_back({.kind = "fingerprint",
                              .key = file.path,
                              .payload = Value::map_of("md5", std::move(sum), "file", last_name(file.path), "size",
                                                       static_cast<std::int64_t>(file.size))});
  }
  return {};
}

Outcome archive(EffectContext& context, const Value& arguments) {
  const auto wanted = text_of(arguments, "artifacts");
  log_line(context, "Archiving artifacts");
  if (text::split_patterns(wanted).empty()) {
    return abort_with("No artifacts are configured for archiving.\nSpecify a file pattern; ** is all files.");
  }
  const auto current = context.run.fact("result");
  if (flag_of(arguments, "onlyIfSuccessful") && is_worse_than_unstable(current)) {
    log_line(context, "Skipped archiving because build is not successful");
    return EffectResult();
  }
  auto patterns = text::AntFileSet::compile(wanted, text_of(arguments, "excludes"),
                                            {.case_sensitive = flag_of(arguments, "caseSensitive", true),
                                             .default_excludes = flag_of(arguments, "defaultExcludes", true)});
  if (!patterns) return abort_with(patterns.error().message);
  auto found = find_files(context, context.place.cwd, *patterns, flag_of(arguments, "followSymlinks", true));
  if (!found) return io_error(found.error());
  if (found->empty()) {
    // A run that has failed already did not get as far as making the files: no second complaint.
    if (is_worse_than_unstable(current)) return EffectResult();
    if (auto hint = explain_no_match(context, wanted); !hint.empty()) log_line(context, hint);
    auto message = "No artifacts found that match the file pattern \"" + wanted + "\". Configuration error?";
    if (!flag_of(arguments, "allowEmptyArchive")) return abort_with(std::move(message));
    log_line(context, message);
    return EffectResult();
  }
  EffectResult result;
  for (const auto& file : *found) {
    if (context.run.cancelled()) return stopped();
    auto record = store_artifact(context, file.from, file.path);
    if (!record) return io_error(record.error());
    result.records.push_back(std::move(*record));
  }
  auto folder = context.run.run_folder("artifacts");
  if (!folder) return io_error(folder.error());
  if (auto kept = sync_below(*folder); !kept) return io_error(kept.error());
  if (flag_of(arguments, "fingerprint")) {
    log_line(context, "Recording fingerprints");
    if (auto done = add_fingerprints(context, *found, result); !done) return io_error(done.error());
  }
  return result;
}

Outcome fingerprint(EffectContext& context, const Value& arguments) {
  log_line(context, "Recording fingerprints");
  auto patterns = text::AntFileSet::compile(text_of(arguments, "targets"), text_of(arguments, "excludes"),
                                            {.case_sensitive = flag_of(arguments, "caseSensitive", true),
                                             .default_excludes = flag_of(arguments, "defaultExcludes", true)});
  if (!patterns) return abort_with(patterns.error().message);
  if (text_of(arguments, "targets").empty()) return EffectResult();
  auto found = find_files(context, context.place.cwd, *patterns);
  if (!found) return io_error(found.error());
  EffectResult result;
  if (auto done = add_fingerprints(context, *found, result); !done) return io_error(done.error());
  return result;
}

// ---- bringing them back
// ----------------------------------------------------------------------------------------------

/// Paths of `artifacts` that match, sorted as they are.
Result<std::vector<std::string>> matching(const std::vector<std::pair<std::string, Value>>& artifacts,
                                          const std::string& includes, const std::string& excludes) {
  const auto patterns = WL_TRY(text::AntFileSet::compile(includes, excludes, {.default_excludes = false}));
  std::vector<std::string> out;
  for (const auto& [path, payload] : artifacts) {
    if (patterns.matches(path)) out.push_back(path);
  }
  return out;
}

Outcome unarchive(EffectContext& context, const Value& arguments) {
  auto folder = context.run.run_folder("artifacts");
  if (!folder) return io_error(folder.error());
  auto store = files::Root::confined(*folder);
  if (!store) return io_error(store.error());
  auto machine = machine_root();
  if (!machine) return io_error(machine.error());
  const auto artifacts = context.run.records("artifact", "");
  auto copied = Value::list();
  auto copy = [&](const std::string& path, const std::string& target) -> Result<void> {
    WL_CHECK_OK(copy_file(*store, path, *machine, target));
    copied.push(target);
    return {};
  };
  const auto* mapping = arguments.find("mapping");
  const auto everything = Value::map_of("**", ".");
  if (mapping == nullptr || mapping->size() == 0) mapping = &everything;
  for (const auto& [source, to] : mapping->members()) {
    if (context.run.cancelled()) return stopped();
    auto paths = matching(artifacts, source, "");
    if (!paths) return abort_with(paths.error().message);
    if (paths->empty()) return abort_with("no artifacts to unarchive in " + source);
    const auto target = absolute_path(context.place, to.text());
    const bool single = paths->size() == 1 && paths->front() == source;
    for (const auto& path : *paths) {
      auto whole = target + "/" + path;
      if (single) {
        const auto there = machine->stat(target);
        const bool into = to.text().ends_with('/') || (there && there->kind == files::EntryKind::folder);
        whole = into ? target + "/" + std::string(last_name(path)) : target;
      }
      if (auto done = copy(path, whole); !done) return file_error(done.error(), whole);
    }
  }
  return copied;
}

// ---- other runs
// ------------------------------------------------------------------------------------------------------

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

struct ChosenRun {
  OtherRun run;
  OtherRunContent content;
};

Result<std::optional<ChosenRun>> choose_run(EffectContext& context, const std::vector<OtherRun>& runs,
                                            const Selection& selection, const std::string& parameters) {
  for (const auto& run : runs) {
    if (!selection.accepts(run)) continue;
    auto content = context.run.read_run(run, "artifact");
    if (!content && content.error().kind == ErrorKind::not_found) continue;
    if (!content) return fail(content.error());
    if (has_parameters(*content, parameters)) return ChosenRun{run, std::move(*content)};
  }
  return std::nullopt;
}

Outcome copy_artifacts(EffectContext& context, const Value& arguments) {
  const auto project = text_of(arguments, "projectName");
  const bool optional = flag_of(arguments, "optional");
  auto give_up = [&](const std::string& message) -> Outcome {
    if (!optional) return abort_with(message);
    log_line(context, message);
    return EffectResult();
  };
  std::vector<OtherRun> runs;
  std::string job;
  for (const auto& name : candidate_jobs(context.run.fact("job"), project)) {
    auto found = context.run.runs_of(name);
    if (!found) return io_error(found.error());
    if (found->empty() && name != context.run.fact("job")) continue;
    job = name;
    runs = std::move(*found);
    break;
  }
  if (job.empty()) {
    return give_up("Unable to find project for artifact copy: " + project +
                   "\nThis may be due to incorrect project name or permission settings; see help for project name in "
                   "job configuration.");
  }
  const auto selection = selection_of(context, arguments);
  if (!selection.accepts) {
    return give_up("Unable to find a build for artifact copy from: " + project + " (" + selection.problem + ")");
  }
  auto chosen = choose_run(context, runs, selection, text_of(arguments, "parameters"));
  if (!chosen) return io_error(chosen.error());
  if (!*chosen) return give_up("Unable to find a build for artifact copy from: " + project);
  const auto& [run, content] = **chosen;

  const auto filter = text_of(arguments, "filter", "**");
  auto paths = matching(content.records, filter.empty() ? "**" : filter, text_of(arguments, "excludes"));
  if (!paths) return abort_with(paths.error().message);
  if (paths->empty()) return give_up("Failed to copy artifacts from " + project + " with filter: " + filter);
  auto store = files::Root::confined(content.files + "/artifacts");
  if (!store) return io_error(store.error());
  auto machine = machine_root();
  if (!machine) return io_error(machine.error());
  auto target = folder_of(context.place, text_of(arguments, "target"));
  if (flag_of(arguments, "includeBuildNumberInTargetPath")) target += "/" + std::to_string(run.number);
  std::vector<FoundFile> copied;
  for (const auto& path : *paths) {
    if (context.run.cancelled()) return stopped();
    const auto whole = target + "/" + (flag_of(arguments, "flatten") ? std::string(last_name(path)) : path);
    if (auto done = copy_file(*store, path, *machine, whole); !done) return file_error(done.error(), whole);
    copied.push_back({.path = path, .from = whole});
  }
  log_line(context, "Copied " + std::to_string(copied.size()) + (copied.size() == 1 ? " artifact" : " artifacts") +
                        " from \"" + job + "\" build number " + std::to_string(run.number));
  EffectResult result(Value::map_of("job", job, "number", static_cast<std::int64_t>(run.number)));
  if (flag_of(arguments, "fingerprintArtifacts", true)) {
    if (auto done = add_fingerprints(context, copied, result); !done) return io_error(done.error());
  }
  return result;
}

constexpr EffectDescription kEffects[] = {
    {"archiveArtifacts", EffectKind::own, true, archive},
    {"fingerprint", EffectKind::own, true, fingerprint},
    {"unarchive", EffectKind::read, true, unarchive},
    {"copyArtifacts", EffectKind::own, true, copy_artifacts},
};

}  // namespace

std::span<const EffectDescription> artifact_effects() { return kEffects; }

}  // namespace windlass::steps
