#include "steps/git_checkout.h"

#include <algorithm>
#include <filesystem>

#include "steps/effect_note.h"
#include "steps/git_changes.h"
#include "steps/git_client.h"
#include "steps/place_files.h"
#include "steps/scm_history.h"
#include "steps/secret_folder.h"

namespace windlass::steps {

namespace {

using data::Value;

/// Commands that ask and change nothing people care about.
GitOptions quietly() { return {.quiet = true}; }

struct Revision {
  std::string commit;
  std::string ref;  ///< "refs/remotes/origin/main", "refs/tags/v1"; empty: a commit by its id
};

bool is_commit_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

bool has_wildcard(std::string_view text) { return text.find('*') != std::string_view::npos; }

class GitCheckout {
 public:
  GitCheckout(EffectContext& context, const GitForm& form, const ProjectSnapshot* project, std::string project_branch)
      : context_(context),
        form_(form),
        project_(project),
        project_branch_(std::move(project_branch)),
        folder_(folder_of(context.place, form.target_folder)),
        git_(context, folder_) {}

  Outcome run(bool changelog) {
    log_line(context_, "The recommended git tool is: NONE");
    for (const auto& kind : form_.unknown_extensions) {
      log_line(context_, "WARNING: the git extension " + kind + " is not offered and has no effect");
    }
    for (const auto& remote : form_.remotes) {
      auto access = GitAccess::make(context_, project_ != nullptr ? "" : remote.credentials_id, remote.url);
      if (!access) return std::unexpected(std::move(access).error());
      const bool used = !(*access)->announcement().empty();
      log_line(context_, used ? "using credential " + remote.credentials_id : "No credentials specified");
      access_.push_back(std::move(*access));
    }
    if (auto done = bring_files(); !done) return git_error(done.error());
    auto result = describe(changelog);
    if (!result) return git_error(result.error());
    return std::move(*result);
  }

 private:
  /// A note of this very effect is of a killed try: its git may still run, its locks may still lie about. The folder
  /// becomes what it was, so that this try does and says the same.
  Result<void> undo_killed_try() {
    const auto began = read_note(context_);
    if (!began) return {};
    git_.end_leftovers();
    if (*began == "fresh") return empty_for_checkout(context_.place, folder_);
    std::error_code ignored;
    for (std::filesystem::recursive_directory_iterator it(folder_ + "/.git", ignored), end; it != end && !ignored;) {
      const auto path = it->path();
      it.increment(ignored);
      if (path.extension() == ".lock") std::filesystem::remove(path, ignored);
    }
    return {};
  }

  Result<void> bring_files() {
    const bool fresh = WL_TRY(prepare_folder());
    WL_CHECK_OK(fetch_all(fresh));
    revision_ = WL_TRY(resolve());
    log_line(context_, "Checking out Revision " + revision_.commit + " (" +
                           (revision_.ref.empty() ? "detached" : revision_.ref) + ")");
    WL_CHECK_OK(set_sparse_paths());
    if (form_.merge)
      WL_CHECK_OK(check_out_merged());
    else
      WL_CHECK_OK(check_out(revision_.commit));
    WL_CHECK_OK(read_commit());
    if (project_ != nullptr && !project_->tree.empty()) WL_CHECK_OK(apply_uncommitted());
    if (form_.clean_after) WL_CHECK_OK(clean(form_.clean_nested_after));
    if (form_.submodules && !form_.submodules->disabled) WL_CHECK_OK(update_submodules());
    if (form_.lfs) WL_CHECK_OK(pull_lfs());
    return {};
  }

  [[nodiscard]] std::string url() const { return form_.remotes.front().url; }
  /// What git is given to fetch from; the local project is read from its snapshot.
  [[nodiscard]] const std::string& source_of(const GitRemote& remote) const {
    return project_ != nullptr ? project_->repository : remote.url;
  }
  /// Commands on the project's snapshot would name folders of ours: not in the log.
  [[nodiscard]] GitOptions shown(std::chrono::minutes limit) const {
    return {.limit = limit, .quiet = project_ != nullptr};
  }

  // ---- the folder
  // ----------------------------------------------------------------------------------------------------

  /// True when there is no repository in the folder yet.
  Result<bool> prepare_folder() {
    const auto root = WL_TRY(machine_root());
    WL_CHECK_OK(root.make_folders(folder_));
    WL_CHECK_OK(undo_killed_try());
    if (form_.wipe) {
      log_line(context_, "Wiping out workspace first.");
      WL_CHECK_OK(empty_for_checkout(context_.place, folder_));
    }
    const auto inside = folder_ + "/.git";
    const bool used = root.exists(inside) &&
                      WL_TRY(git_.test({"rev-parse", "--resolve-git-dir", inside}, shown(std::chrono::minutes(10))));
    WL_CHECK_OK(write_note(context_, used ? "used" : "fresh"));
    if (!used) {
      WL_CHECK_OK(empty_for_checkout(context_.place, folder_));
      log_line(context_, "Cloning the remote Git repository");
      if (form_.shallow) log_line(context_, "Using shallow clone with depth " + std::to_string(form_.depth));
      if (form_.no_tags) log_line(context_, "Avoid fetching tags");
      if (form_.honor_refspec) log_line(context_, "Honoring refspec on initial clone");
      log_line(context_, "Cloning repository " + masked_url());
      auto options = shown(std::chrono::minutes(10));
      options.hidden = {"-c", "init.defaultBranch=master"};
      std::vector<std::string> words = {"init", folder_};
      if (project_ != nullptr && revision_length() == 64) words.insert(words.begin() + 1, "--object-format=sha256");
      WL_TRY(git_.read(words, options));
      WL_CHECK_OK(set_reference());
    } else {
      log_line(context_, "Fetching changes from the remote Git repository");
    }
    for (std::size_t i = 0; i < form_.remotes.size(); ++i) {
      const auto& remote = form_.remotes[i];
      WL_TRY(git_.read({"config", "remote." + remote.name + ".url", remote.url}, shown_for(i)));
      if (!used) {
        for (const auto& spec : specs_of(remote)) {
          WL_TRY(git_.read({"config", "--add", "remote." + remote.name + ".fetch", spec}, shown_for(i)));
        }
      }
    }
    if (used && form_.clean_before) WL_CHECK_OK(clean(form_.clean_nested_before));
    return !used;
  }

  [[nodiscard]] std::size_t revision_length() const { return project_ == nullptr ? 40 : project_->head.size(); }

  GitOptions shown_for(std::size_t remote) {
    git_.use(access_[remote].get());
    return shown(std::chrono::minutes(10));
  }

  [[nodiscard]] std::string masked_url() const {
    const auto& secrets = access_.front()->secrets();
    return secrets->empty() ? url() : text::mask_all(*secrets, url());
  }

  Result<void> set_reference() {
    if (form_.reference.empty()) return {};
    const auto root = WL_TRY(machine_root());
    auto objects = form_.reference + "/.git/objects";
    if (!root.exists(objects)) objects = form_.reference + "/objects";
    if (!root.exists(objects)) {
      log_line(context_, "[WARNING] Reference path does not exist: " + form_.reference);
      return {};
    }
    log_line(context_, "Using reference repository: " + form_.reference);
    return root.write(folder_ + "/.git/objects/info/alternates", objects + "\n");
  }

  Result<void> clean(bool nested) {
    log_line(context_, "Cleaning workspace");
    if (WL_TRY(git_.test({"rev-parse", "--verify", "HEAD"}, shown(form_.checkout_limit)))) {
      log_line(context_, "Resetting working tree");
      WL_TRY(git_.read({"reset", "--hard"}, shown(form_.checkout_limit)));
    }
    WL_TRY(git_.read({"clean", nested ? "-ffdx" : "-fdx"}, shown(form_.checkout_limit)));
    return {};
  }

  // ---- fetching
  // ------------------------------------------------------------------------------------------------------

  static std::string default_spec(const GitRemote& remote) {
    return "+refs/heads/*:refs/remotes/" + remote.name + "/*";
  }
  static std::vector<std::string> specs_of(const GitRemote& remote) {
    return remote.refspecs.empty() ? std::vector<std::string>{default_spec(remote)} : remote.refspecs;
  }

  Result<void> fetch_all(bool fresh) {
    for (std::size_t i = 0; i < form_.remotes.size(); ++i) {
      const auto& remote = form_.remotes[i];
      git_.use(access_[i].get());
      const auto& secrets = access_[i]->secrets();
      log_line(context_, "Fetching upstream changes from " +
                             (secrets->empty() ? remote.url : text::mask_all(*secrets, remote.url)));
      if (!access_[i]->announcement().empty()) log_line(context_, access_[i]->announcement());
      // A first clone brings all branches, unless only the refspec is wanted.
      if (fresh && !remote.refspecs.empty() && !form_.honor_refspec && project_ == nullptr) {
        WL_CHECK_OK(fetch(remote, {default_spec(remote)}, fresh));
      }
      WL_CHECK_OK(fetch(remote, project_ == nullptr ? specs_of(remote) : project_specs(remote), fresh));
    }
    return {};
  }

  [[nodiscard]] std::vector<std::string> project_specs(const GitRemote& remote) const {
    std::vector<std::string> out = {default_spec(remote)};
    if (project_branch_.empty()) out.push_back(project_->head);
    return out;
  }

  Result<void> fetch(const GitRemote& remote, const std::vector<std::string>& specs, bool fresh) {
    std::vector<std::string> words = {"fetch", form_.no_tags ? "--no-tags" : "--tags", "--force", "--progress"};
    if (form_.shallow) words.push_back("--depth=" + std::to_string(form_.depth));
    if (form_.prune) words.emplace_back("--prune");
    if (form_.prune_tags) words.emplace_back("--prune-tags");
    if (project_ != nullptr) words.emplace_back("--update-shallow");
    words.emplace_back("--");
    words.push_back(source_of(remote));
    words.insert(words.end(), specs.begin(), specs.end());
    auto done = git_.read(words, shown(form_.clone_limit));
    if (done) return {};
    if (done.error().kind != ErrorKind::unavailable) return fail(done.error());
    const auto message = std::string(fresh ? "Error cloning" : "Error fetching") + " remote repo '" + remote.name + "'";
    log_line(context_, "ERROR: " + message + "\nhudson.plugins.git.GitException: " + done.error().message);
    return fail(ErrorKind::invalid, message);
  }

  // ---- which revision
  // ------------------------------------------------------------------------------------------------

  /// The commit that a name stands for; quiet, as most candidates do not exist.
  Result<std::string> commit_of(const std::string& name) const {
    const auto found = WL_TRY(git_.run({"rev-parse", "--verify", "--quiet", name + "^{commit}"}, quietly()));
    if (found.status.code != 0) return std::string();
    return found.out.substr(0, found.out.find('\n'));
  }

  /// Full names that a branch without wildcards may mean, best first.
  [[nodiscard]] std::vector<std::string> candidates_of(std::string name) const {
    if (name.starts_with("*/")) name.erase(0, 2);
    if (name.starts_with("refs/heads/")) name.erase(0, std::string_view("refs/heads/").size());
    if (name.starts_with("refs/")) return {name};
    std::vector<std::string> out;
    for (const auto& remote : form_.remotes) out.push_back("refs/remotes/" + remote.name + "/" + name);
    for (const auto& remote : form_.remotes) {
      if (name.starts_with(remote.name + "/")) out.push_back("refs/remotes/" + name);
    }
    if (name.starts_with("remotes/")) out.push_back("refs/" + name);
    out.push_back("refs/tags/" + (name.starts_with("tags/") ? name.substr(5) : name));
    return out;
  }

  Result<std::optional<Revision>> find_named(const std::string& name) {
    if (is_commit_id(name)) {
      auto commit = WL_TRY(commit_of(name));
      if (commit.empty()) {
        // Not below any branch (a shallow clone, a commit of a change request): some servers give it by its id.
        std::vector<std::string> words = {"fetch", "--no-tags", "--force", "--progress"};
        if (form_.shallow) words.push_back("--depth=" + std::to_string(form_.depth));
        words.insert(words.end(), {"--", source_of(form_.remotes.front()), name});
        git_.use(access_.front().get());
        if (!WL_TRY(git_.test(words, shown(form_.clone_limit)))) return std::nullopt;
        commit = WL_TRY(commit_of(name));
      }
      if (commit.empty()) return std::nullopt;
      return Revision{commit, ""};
    }
    for (const auto& candidate : candidates_of(name)) {
      auto commit = WL_TRY(commit_of(candidate));
      if (commit.empty()) continue;
      if (project_ == nullptr) log_line(context_, " > git rev-parse " + candidate + "^{commit} # timeout=10");
      return Revision{commit, candidate};
    }
    auto commit = WL_TRY(commit_of(name));
    if (commit.empty()) return std::nullopt;
    return Revision{commit, name == "FETCH_HEAD" ? "" : ""};
  }

  Result<std::optional<Revision>> find_matching(const std::string& pattern) {
    const auto listed = WL_TRY(git_.read(
        {"for-each-ref", "--sort=-committerdate", "--format=%(objectname) %(refname)", "refs/remotes"}, quietly()));
    for (std::size_t at = 0; at < listed.size();) {
      auto end = listed.find('\n', at);
      if (end == std::string::npos) end = listed.size();
      const auto line = std::string_view(listed).substr(at, end - at);
      at = end + 1;
      const auto space = line.find(' ');
      if (space == std::string_view::npos || line.ends_with("/HEAD")) continue;
      const auto name = line.substr(space + 1);
      for (const auto& remote : form_.remotes) {
        if (matches_branch(pattern, name, remote.name)) {
          return Revision{std::string(line.substr(0, space)), std::string(name)};
        }
      }
    }
    return std::nullopt;
  }

  Result<Revision> resolve() {
    if (project_ != nullptr) {
      return Revision{project_->head, project_branch_.empty()
                                          ? ""
                                          : "refs/remotes/" + form_.remotes.front().name + "/" + project_branch_};
    }
    for (const auto& branch : form_.branches) {
      const bool pattern = has_wildcard(branch.starts_with("*/") ? std::string_view(branch).substr(2) : branch);
      auto found = pattern ? WL_TRY(find_matching(branch)) : WL_TRY(find_named(branch));
      if (found) return *found;
    }
    return fail(ErrorKind::invalid,
                "Couldn't find any revision to build. Verify the repository and branch configuration for this job.");
  }

  /// "origin/main", "refs/tags/v1", or "detached".
  [[nodiscard]] std::string shown_branch() const {
    constexpr std::string_view kRemotes = "refs/remotes/";
    if (revision_.ref.empty()) return "detached";
    return revision_.ref.starts_with(kRemotes) ? revision_.ref.substr(kRemotes.size()) : revision_.ref;
  }

  /// "main" of "refs/remotes/origin/main"; empty for tags and bare commits.
  [[nodiscard]] std::string branch_name() const {
    for (const auto& remote : form_.remotes) {
      const auto prefix = "refs/remotes/" + remote.name + "/";
      if (revision_.ref.starts_with(prefix)) return revision_.ref.substr(prefix.size());
    }
    return "";
  }

  [[nodiscard]] std::string local_branch() const {
    if (!form_.local_branch) return "";
    if (form_.local_branch->empty() || *form_.local_branch == "**") return branch_name();
    return *form_.local_branch;
  }

  // ---- the work tree
  // -------------------------------------------------------------------------------------------------

  Result<void> set_sparse_paths() {
    const auto options = shown(form_.checkout_limit);
    const bool on = WL_TRY(git_.run({"config", "core.sparsecheckout"}, options)).out.starts_with("true");
    if (form_.sparse_paths.empty()) {
      if (!on) return {};
      // Everything is wanted again: files that were left out come back only while the setting is still on.
      WL_CHECK_OK(read_sparsely("/*\n"));
      WL_TRY(git_.read({"config", "core.sparsecheckout", "false"}, options));
      return {};
    }
    WL_TRY(git_.read({"config", "core.sparsecheckout", "true"}, options));
    std::string text;
    for (const auto& path : form_.sparse_paths) text += path + "\n";
    return read_sparsely(text);
  }

  /// A work tree that is there already follows its patterns only when it is read anew.
  Result<void> read_sparsely(const std::string& patterns) {
    const auto root = WL_TRY(machine_root());
    WL_CHECK_OK(root.write(folder_ + "/.git/info/sparse-checkout", patterns));
    if (!WL_TRY(commit_of("HEAD")).empty()) WL_TRY(git_.run({"read-tree", "-mu", "HEAD"}, quietly()));
    return {};
  }

  Result<void> check_out(const std::string& commit) {
    auto options = shown(form_.checkout_limit);
    options.hidden = {"-c", "advice.detachedHead=false"};
    WL_TRY(git_.read({"checkout", "-f", commit}, options));
    const auto name = local_branch();
    if (name.empty()) return {};
    if (WL_TRY(git_.test({"show-ref", "--verify", "--quiet", "refs/heads/" + name}, quietly()))) {
      WL_TRY(git_.read({"branch", "-D", name}, options));
    }
    WL_TRY(git_.read({"checkout", "-b", name, commit}, options));
    return {};
  }

  /// The target is checked out and the revision merged into it.
  Result<void> check_out_merged() {
    const auto& merge = *form_.merge;
    const auto target = merge.remote + "/" + merge.target;
    log_line(context_, "Merging Revision " + revision_.commit + " (" + shown_branch() + ") to " + target);
    const auto base = WL_TRY(commit_of("refs/remotes/" + target));
    if (base.empty()) return fail(ErrorKind::invalid, "there is no branch " + target + " to merge into");
    WL_CHECK_OK(check_out(base));
    auto options = shown(form_.checkout_limit);
    options.hidden = {"-c", "user.name=" + (form_.user_name.empty() ? "windlass" : form_.user_name), "-c",
                      "user.email=" + (form_.user_email.empty() ? "windlass@localhost" : form_.user_email)};
    std::vector<std::string> words = {"merge"};
    if (!merge.strategy.empty() && merge.strategy != "DEFAULT" && merge.strategy != "default") {
      auto strategy = merge.strategy;
      for (char& c : strategy) c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      WL_CHECK_OK(check_git_argument("the merge strategy", strategy));
      words.insert(words.end(), {"-s", strategy});
    }
    words.emplace_back(merge.fast_forward == "NO_FF"     ? "--no-ff"
                       : merge.fast_forward == "FF_ONLY" ? "--ff-only"
                                                         : "--ff");
    words.push_back(revision_.commit);
    if (!WL_TRY(git_.test(words, options))) {
      WL_TRY(git_.run({"merge", "--abort"}, quietly()));
      return fail(ErrorKind::invalid, "Branch not suitable for integration as it fails merge: could not merge " +
                                          revision_.commit + " into " + target);
    }
    revision_.commit = WL_TRY(commit_of("HEAD"));
    return {};
  }

  Result<void> read_commit() {
    commit_ = WL_TRY(git_.read(
        {"log", "-1", "--no-show-signature", "--format=%an%n%ae%n%cn%n%ce%n%s", revision_.commit}, quietly()));
    std::size_t line = 0;
    for (auto* field : {&author_, &author_email_, &committer_, &committer_email_, &subject_}) {
      const auto end = commit_.find('\n', line);
      *field = commit_.substr(line, end == std::string::npos ? end : end - line);
      line = end == std::string::npos ? commit_.size() : end + 1;
    }
    log_line(context_, "Commit message: \"" + subject_ + "\"");
    return {};
  }

  /// What was not committed when the run began, as changes of the work tree that are not committed either.
  Result<void> apply_uncommitted() {
    log_line(context_, "Applying uncommitted changes of the work tree (" + std::to_string(project_->changed) +
                           (project_->changed == 1 ? " file)" : " files)"));
    WL_TRY(git_.read({"fetch", "--no-tags", "--quiet", "--update-shallow", "--", project_->repository, project_->tree},
                     quietly()));
    WL_TRY(git_.read({"restore", "--worktree", "--source=" + project_->tree, "--", ":/"}, quietly()));
    return {};
  }

  Result<void> update_submodules() {
    const auto& modules = *form_.submodules;
    const auto root = WL_TRY(machine_root());
    if (!root.exists(folder_ + "/.gitmodules")) return {};
    git_.use(modules.parent_credentials ? access_.front().get() : nullptr);
    const GitOptions options{.limit = modules.limit};
    WL_TRY(git_.read({"submodule", "init"}, options));
    std::vector<std::string> sync = {"submodule", "sync"};
    std::vector<std::string> update = {"submodule", "update", "--init"};
    if (modules.recursive) {
      sync.emplace_back("--recursive");
      update.emplace_back("--recursive");
    }
    if (modules.tracking) update.emplace_back("--remote");
    if (modules.depth > 0) update.push_back("--depth=" + std::to_string(modules.depth));
    if (!modules.reference.empty()) update.insert(update.end(), {"--reference-if-able", modules.reference});
    WL_TRY(git_.read(sync, options));
    WL_TRY(git_.read(update, options));
    if (form_.clean_after) WL_TRY(git_.read({"submodule", "foreach", "--recursive", "git clean -fdx"}, quietly()));
    return {};
  }

  Result<void> pull_lfs() {
    if (!WL_TRY(git_.test({"lfs", "version"}, quietly()))) {
      return fail(ErrorKind::not_found, "git-lfs is needed for GitLFSPull and is not on the PATH of this node");
    }
    git_.use(access_.front().get());
    WL_TRY(git_.read({"lfs", "pull", form_.remotes.front().name}, {.limit = form_.checkout_limit}));
    return {};
  }

  // ---- what came out
  // -------------------------------------------------------------------------------------------------

  Result<EffectResult> describe(bool changelog) {
    const auto key = url() + " " + shown_branch();
    const auto history = read_scm_history(context_, key);
    auto variables = Value::map_of("GIT_COMMIT", revision_.commit, "GIT_BRANCH", shown_branch());
    auto set = [&variables](const char* name, const std::string& value) {
      if (!value.empty()) variables.set(name, value);
    };
    const auto local = local_branch();
    set("GIT_LOCAL_BRANCH", local.empty() ? branch_name() : local);
    set("GIT_PREVIOUS_COMMIT", history.previous);
    set("GIT_PREVIOUS_SUCCESSFUL_COMMIT", history.successful);
    set("GIT_URL", url());
    if (form_.remotes.size() > 1) {
      for (std::size_t i = 0; i < form_.remotes.size(); ++i) {
        variables.set("GIT_URL_" + std::to_string(i + 1), form_.remotes[i].url);
      }
    }
    set("GIT_CHECKOUT_DIR", form_.target_folder);
    set("GIT_AUTHOR_NAME", form_.user_name.empty() ? author_ : form_.user_name);
    set("GIT_AUTHOR_EMAIL", form_.user_email.empty() ? author_email_ : form_.user_email);
    set("GIT_COMMITTER_NAME", form_.user_name.empty() ? committer_ : form_.user_name);
    set("GIT_COMMITTER_EMAIL", form_.user_email.empty() ? committer_email_ : form_.user_email);

    auto changes = Value::list();
    if (changelog) changes = WL_TRY(change_log(history.previous));
    EffectResult result(Value::map_of("variables", std::move(variables), "changes", changes));
    result.records.push_back(make_scm_record(key, revision_.commit));
    if (changes.size() != 0) {
      result.records.push_back({.kind = "changes",
                                .key = effect_uuid(context_, "changes"),
                                .payload = Value::map_of("kind", "git", "url", url(), "items", std::move(changes))});
    }
    return result;
  }

  Result<Value> change_log(const std::string& previous) {
    git_.use(nullptr);
    auto from = form_.compare_to.empty() ? previous : WL_TRY(commit_of(form_.compare_to));
    if (from.empty()) {
      log_line(context_, "First time build. Skipping changelog.");
      return Value::list();
    }
    if (from == revision_.commit) return Value::list();
    if (WL_TRY(commit_of(from)).empty()) {
      log_line(context_, "WARN: Revision data for previous build unavailable; unable to determine change log");
      return Value::list();
    }
    return read_git_changes(git_, from, revision_.commit);
  }

  EffectContext& context_;
  const GitForm& form_;
  const ProjectSnapshot* project_;
  std::string project_branch_;
  std::string folder_;
  GitClient git_;
  std::vector<std::unique_ptr<GitAccess>> access_;
  Revision revision_;
  std::string commit_, author_, author_email_, committer_, committer_email_, subject_;
};

}  // namespace

Outcome check_out_git(EffectContext& context, const GitForm& form, const ProjectSnapshot* project,
                      const std::string& project_branch, bool changelog) {
  return GitCheckout(context, form, project, project_branch).run(changelog);
}

}  // namespace windlass::steps
