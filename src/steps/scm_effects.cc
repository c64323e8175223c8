// scm.checkout and what else reads version control: the change log, readTrusted, readScmFile, resolveScm.
// Texts: pipeline-language 5.10, 6.4. All are repeatable; a checkout's records are written with its result.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <thread>

#include "steps/charset.h"
#include "steps/families.h"
#include "steps/git_changes.h"
#include "steps/git_checkout.h"
#include "steps/git_fetch.h"
#include "steps/place_files.h"
#include "steps/project_of_run.h"
#include "steps/scm_history.h"
#include "steps/secret_folder.h"
#include "steps/svn_checkout.h"
#include "text/codec.h"

namespace windlass::steps {

namespace {

using data::Value;

Outcome check_out_project(EffectContext& context, const GitForm& form, bool changelog) {
  auto snapshot = project_of(context, "checkout scm");
  if (!snapshot) return std::unexpected(std::move(snapshot).error());
  if (!snapshot->complaint.empty()) log_line(context, "WARNING: " + snapshot->complaint);
  return check_out_git(context, form, &*snapshot, context.run.fact("scm_branch"), changelog);
}

/// False when the run is to stop.
bool pause(EffectContext& context, std::chrono::seconds time) {
  constexpr std::chrono::milliseconds kSlice{100};
  for (std::chrono::milliseconds left = time; left.count() > 0; left -= kSlice) {
    if (context.run.cancelled()) return false;
    std::this_thread::sleep_for(kSlice);
  }
  return !context.run.cancelled();
}

/// What a repository refuses may be given a moment later: as often again as the server is configured to.
template <class Try>
Outcome with_retries(EffectContext& context, Try attempt) {
  constexpr std::chrono::seconds kLongest{10};
  auto left = std::strtol(context.run.fact("checkout_retries").c_str(), nullptr, 10);
  for (std::chrono::seconds wait{1};; wait = std::min(wait * 2, kLongest)) {
    auto done = attempt();
    if (done || left-- <= 0 || context.run.cancelled()) return done;
    log_line(context, "ERROR: " + done.error().message);
    log_line(context, "Retrying after " + std::to_string(wait.count()) + (wait.count() == 1 ? " second" : " seconds"));
    if (!pause(context, wait)) return done;
  }
}

Outcome check_out(EffectContext& context, const Value& scm, bool changelog);

/// Several repositories in one step: one after the other, in their own folders.
Outcome check_out_each(EffectContext& context, const Value& list, bool changelog) {
  auto variables = Value::map();
  auto changes = Value::list();
  EffectResult all;
  for (const auto& one : list.items()) {
    auto done = check_out(context, one, changelog);
    if (!done) return done;
    if (const auto* found = done->value.find("variables")) {
      for (const auto& [name, value] : found->members()) variables.set(name, value);
    }
    if (const auto* found = done->value.find("changes")) {
      for (const auto& change : found->items()) changes.push(change);
    }
    for (auto& record : done->records) all.records.push_back(std::move(record));
  }
  all.value = Value::map_of("variables", std::move(variables), "changes", std::move(changes));
  return all;
}

Outcome check_out(EffectContext& context, const Value& scm, bool changelog) {
  const auto kind = scm.get_string("$class");
  if (kind == "scmGit") {
    auto form = read_git_form(scm, context.place.environment);
    if (!form) return abort_with(form.error().message);
    if (form->is_project) return check_out_project(context, *form, changelog);
    return with_retries(context, [&] { return check_out_git(context, *form, nullptr, "", changelog); });
  }
  if (kind == "svnScm") return with_retries(context, [&] { return check_out_svn(context, scm, changelog); });
  if (kind == "none") return EffectResult(Value::map_of("variables", Value::map(), "changes", Value::list()));
  if (kind == "multiSCM") {
    const auto* list = scm.find("scmList");
    return check_out_each(context, list == nullptr ? Value::list() : *list, changelog);
  }
  return abort_with("checkouts of the kind " + (kind.empty() ? "?" : kind) +
                    " are not offered; use git or svn, or call the program of that system with sh");
}

Outcome checkout(EffectContext& context, const Value& arguments) {
  const auto* scm = arguments.find("scm");
  return check_out(context, scm == nullptr ? Value::map() : *scm, flag_of(arguments, "changelog", true));
}

// ---- changes
// ---------------------------------------------------------------------------------------------------------

/// What a checkout of the project would record: for conditions that are asked before there was one.
Result<Value> project_changes(EffectContext& context) {
  const auto snapshot = project_of(context, "checkout scm");
  if (!snapshot) return fail(ErrorKind::unavailable, snapshot.error().message);
  const GitClient git(context, snapshot->repository);
  const auto& environment = context.place.environment;
  auto commit_of = [&git](const std::string& name) -> Result<std::string> {
    const auto found =
        WL_TRY(git.run({"rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"}, {.quiet = true}));
    return found.status.code == 0 ? found.out.substr(0, found.out.find('\n')) : std::string();
  };
  const auto target = environment.find("CHANGE_TARGET");
  if (environment.contains("CHANGE_ID") && target != environment.end()) {
    const auto base = WL_TRY(commit_of("refs/heads/" + target->second));
    if (!base.empty()) return read_git_changes(git, base, snapshot->head);
  }
  const auto branch = context.run.fact("scm_branch");
  const auto key = context.run.fact("scm_url") + " " + (branch.empty() ? "detached" : "origin/" + branch);
  const auto history = read_scm_history(context, key);
  if (history.previous.empty() || history.previous == snapshot->head) return Value::list();
  if (WL_TRY(commit_of(history.previous)).empty()) return Value::list();
  return read_git_changes(git, history.previous, snapshot->head);
}

Outcome changes(EffectContext& context, const Value& arguments) {
  auto sets = Value::list();
  std::set<std::string> seen;
  for (const auto& [key, payload] : context.run.records("changes", "")) {
    auto items = Value::list();
    if (const auto* found = payload.find("items")) {
      // Several checkouts of one repository bring the same commits; they count once.
      for (const auto& item : found->items()) {
        if (seen.insert(item.get_string("commitId")).second) items.push(item);
      }
    }
    if (items.size() != 0) {
      sets.push(Value::map_of("kind", payload.get_string("kind"), "items", std::move(items)));
    }
  }
  const bool had_checkout = !context.run.records("scm", "").empty();
  if (sets.size() == 0 && !had_checkout && flag_of(arguments, "metadata") && !context.run.fact("scm_folder").empty()) {
    auto items = project_changes(context);
    if (!items) return abort_with(items.error().message);
    if (items->size() != 0) sets.push(Value::map_of("kind", "git", "items", std::move(*items)));
  }
  return sets;
}

// ---- single files
// ----------------------------------------------------------------------------------------------------

/// A path of a repository, or nothing when it could not be one.
std::optional<std::string> repository_path(const std::string& path) {
  auto clean = std::filesystem::path("/" + path).lexically_normal().string().substr(1);
  if (std::filesystem::path(path).lexically_normal().string().starts_with("..")) return std::nullopt;
  if (clean.empty() || clean.ends_with('/') || clean.find('\0') != std::string::npos) return std::nullopt;
  return clean;
}

Outcome read_blob(EffectContext& context, const GitClient& git, const std::string& revision, const Value& arguments) {
  const auto wanted = text_of(arguments, "path");
  const auto path = repository_path(wanted);
  if (!path) return abort_with(wanted + " not found");
  auto found = git.run({"cat-file", "blob", revision + ":" + *path}, {.quiet = true});
  if (!found) return git_error(found.error());
  if (found->status.code != 0) return abort_with(wanted + " not found");
  if (found->is_truncated) return abort_with(wanted + " is larger than 64 MiB");
  const auto encoding = text_of(arguments, "encoding");
  if (encoding == "Base64") return Value(text::encode_base64(found->out));
  auto decoded = decode_charset(found->out, encoding);
  if (!decoded) return throw_with("java.nio.charset.UnsupportedCharsetException", encoding);
  static_cast<void>(context);
  return Value(std::move(*decoded));
}

Outcome read_of_project(EffectContext& context, const Value& arguments, std::string_view step) {
  const auto snapshot = project_of(context, step);
  if (!snapshot) return std::unexpected(snapshot.error());
  const GitClient git(context, snapshot->repository);
  return read_blob(context, git, snapshot->tree.empty() ? snapshot->head : snapshot->tree, arguments);
}

Outcome read_trusted(EffectContext& context, const Value& arguments) {
  return read_of_project(context, arguments, "readTrusted");
}

/// A repository below the run for fetching single trees into; empty at the beginning.
Result<std::string> scratch_repository(EffectContext& context, GitClient& git) {
  const auto folder = WL_TRY(context.run.run_folder("scm")) + "/fetch-" + effect_uuid(context, "fetch");
  const auto root = WL_TRY(machine_root());
  git.enter(folder);
  git.end_leftovers();
  auto removed = WL_TRY(root.remove(folder));
  static_cast<void>(removed);
  WL_CHECK_OK(root.make_folders(folder));
  WL_TRY(git.read({"init", "--quiet", "--bare"}, {.quiet = true, .hidden = {"-c", "init.defaultBranch=master"}}));
  return folder;
}

Outcome read_scm_file(EffectContext& context, const Value& arguments) {
  const auto* scm = arguments.find("scm");
  if (scm == nullptr || scm->is_null()) return read_of_project(context, arguments, "readScmFile");
  if (scm->get_string("$class") == "scmGit") {
    const auto form = read_git_form(*scm, context.place.environment);
    if (form && form->is_project) return read_of_project(context, arguments, "readScmFile");
  }
  auto source = read_git_source(*scm, context.place.environment);
  if (!source) return abort_with(source.error().message);
  auto access = GitAccess::make(context, source->credentials_id, source->url);
  if (!access) return std::unexpected(std::move(access).error());
  GitClient git(context, "/");
  auto folder = scratch_repository(context, git);
  if (!folder) return git_error(folder.error());
  git.use(access->get());
  auto commit = fetch_version(git, source->url, source->branches.empty() ? "HEAD" : source->branches.front());
  if (!commit) return git_error(commit.error());
  auto outcome = read_blob(context, git, *commit, arguments);
  if (auto root = machine_root()) static_cast<void>(root->remove(*folder));
  return outcome;
}

Outcome resolve_scm(EffectContext& context, const Value& arguments) {
  const auto* given = arguments.find("source");
  auto source = read_git_source(given == nullptr ? Value::map() : *given, context.place.environment);
  if (!source) return abort_with(source.error().message);
  auto access = GitAccess::make(context, source->credentials_id, source->url);
  if (!access) return std::unexpected(std::move(access).error());
  auto folder = context.run.run_folder("scm");
  if (!folder) return io_error(folder.error());
  GitClient git(context, *folder);
  git.use(access->get());
  auto names = list_remote_names(git, source->url);
  if (!names) return git_error(names.error());
  std::string tried;
  if (const auto* targets = arguments.find("targets")) {
    for (const auto& target : targets->items()) {
      const auto name = target.text();
      if (std::find(names->begin(), names->end(), name) != names->end()) {
        return Value::map_of(
            "$class", "GitSCM", "branches", Value::list_of(Value::map_of("name", name)), "userRemoteConfigs",
            Value::list_of(Value::map_of("url", source->url, "credentialsId",
                                         source->credentials_id.empty() ? Value() : Value(source->credentials_id))),
            "extensions", Value::list());
      }
      tried += (tried.empty() ? "" : ", ") + name;
    }
  }
  if (flag_of(arguments, "ignoreErrors")) return EffectResult();
  return abort_with("Could not find any matching branch: " + source->url + " has none of [" + tried + "]");
}

constexpr EffectDescription kEffects[] = {
    {"scm.checkout", EffectKind::own, true, checkout},      {"scm.changes", EffectKind::read, false, changes},
    {"readTrusted", EffectKind::read, false, read_trusted}, {"readScmFile", EffectKind::read, false, read_scm_file},
    {"resolveScm", EffectKind::read, false, resolve_scm},
};

}  // namespace

std::span<const EffectDescription> scm_effects() { return kEffects; }

}  // namespace windlass::steps
