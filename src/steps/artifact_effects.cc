// archiveArtifacts, unarchive, fingerprint, copyArtifacts: files that are kept with a run and looked up by its pages
// and by other runs. The files are in run_folder("artifacts"), by the paths that people see; each has a record.
//
// Texts and exceptions: pipeline-language 6.5, 6.6. Repeating an effect copies the same files again.
#include <algorithm>

#include "steps/artifact_choice.h"
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
  std::set<std::string> again;
  std::uint64_t size = 0;
  for (const auto& file : *found) {
    again.insert("artifacts/" + file.path);
    size += file.size;
  }
  if (const auto room = room_for_files(context, again); room && size > *room) {
    return abort_with(no_room_for_files(context));
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
  if (auto kept = sync_below(context, *folder); !kept) return io_error(kept.error());
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
    auto paths = matching_artifacts(artifacts, source, "");
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

Outcome copy_artifacts(EffectContext& context, const Value& arguments) {
  const auto project = text_of(arguments, "projectName");
  auto give_up = [&](const std::string& message) -> Outcome {
    if (!flag_of(arguments, "optional")) return abort_with(message);
    log_line(context, message);
    return EffectResult();
  };
  auto found = choose_copied(context, arguments);
  if (!found) return io_error(found.error());
  if (!found->chosen) return give_up(found->problem);
  const auto& [run, content] = *found->chosen;

  const auto filter = text_of(arguments, "filter", "**");
  auto paths = copied_paths(content, arguments);
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
                        " from \"" + found->job + "\" build number " + std::to_string(run.number));
  EffectResult result(Value::map_of("job", found->job, "number", static_cast<std::int64_t>(run.number)));
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
