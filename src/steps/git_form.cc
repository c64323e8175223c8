#include "steps/git_form.h"

#include <sstream>

#include "steps/git_client.h"
#include "steps/place_files.h"

namespace windlass::steps {

namespace {

using data::Value;

bool is_name_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

void set_minutes(const Value& extension, std::chrono::minutes& limit) {
  const auto given = extension.get_int("timeout");
  if (given > 0) limit = std::chrono::minutes(std::min<std::int64_t>(given, 7 * 24 * 60));
}

void read_clone_option(const Value& extension, GitForm& out) {
  out.shallow = flag_of(extension, "shallow");
  out.depth = static_cast<int>(std::max<std::int64_t>(1, extension.get_int("depth", 1)));
  out.no_tags = flag_of(extension, "noTags");
  out.honor_refspec = flag_of(extension, "honorRefspec");
  out.reference = text_of(extension, "reference");
  set_minutes(extension, out.clone_limit);
}

void read_submodules(const Value& extension, GitForm& out) {
  auto& modules = out.submodules.emplace();
  modules.disabled = flag_of(extension, "disableSubmodules");
  modules.recursive = flag_of(extension, "recursiveSubmodules");
  modules.tracking = flag_of(extension, "trackingSubmodules");
  modules.parent_credentials = flag_of(extension, "parentCredentials");
  modules.reference = text_of(extension, "reference");
  if (flag_of(extension, "shallow")) {
    modules.depth = static_cast<int>(std::max<std::int64_t>(1, extension.get_int("depth", 1)));
  }
  set_minutes(extension, modules.limit);
}

void read_clean(const Value& extension, bool& clean, bool& nested) {
  clean = true;
  nested = flag_of(extension, "deleteUntrackedNestedRepositories");
}

void read_sparse(const Value& extension, GitForm& out) {
  const auto* paths = extension.find("sparseCheckoutPaths");
  if (paths == nullptr) return;
  for (const auto& one : paths->items()) {
    auto path = one.is_string() ? one.text() : text_of(one, "path");
    if (!path.empty() && path.find('\n') == std::string::npos) out.sparse_paths.push_back(std::move(path));
  }
}

void read_merge(const Value& extension, GitForm& out) {
  const auto* given = extension.find("options");
  const auto& options = given == nullptr ? extension : *given;
  out.merge = GitMerge{.remote = text_of(options, "mergeRemote", "origin"),
                       .target = text_of(options, "mergeTarget"),
                       .strategy = text_of(options, "mergeStrategy"),
                       .fast_forward = text_of(options, "fastForwardMode", "FF")};
}

void read_extension(const Value& extension, GitForm& out) {
  const auto kind = extension.get_string("$class");
  if (kind == "cloneOption") return read_clone_option(extension, out);
  if (kind == "submodule") return read_submodules(extension, out);
  if (kind == "sparseCheckout") return read_sparse(extension, out);
  if (kind == "preBuildMerge") return read_merge(extension, out);
  if (kind == "cleanBeforeCheckout") return read_clean(extension, out.clean_before, out.clean_nested_before);
  if (kind == "cleanAfterCheckout") return read_clean(extension, out.clean_after, out.clean_nested_after);
  if (kind == "checkoutOption") return set_minutes(extension, out.checkout_limit);
  if (kind == "RelativeTargetDirectory") {
    out.target_folder = text_of(extension, "relativeTargetDir");
  } else if (kind == "localBranch") {
    out.local_branch = text_of(extension, "localBranch");
  } else if (kind == "WipeWorkspace") {
    out.wipe = true;
  } else if (kind == "pruneStaleBranch") {
    out.prune = true;
  } else if (kind == "pruneTags") {
    out.prune_tags = flag_of(extension, "pruneTags", true);
  } else if (kind == "lfs") {
    out.lfs = true;
  } else if (kind == "userIdentity") {
    out.user_name = text_of(extension, "name");
    out.user_email = text_of(extension, "email");
  } else if (kind == "changelogToBranch") {
    const auto* given = extension.find("options");
    const auto& options = given == nullptr ? extension : *given;
    out.compare_to =
        "refs/remotes/" + text_of(options, "compareRemote", "origin") + "/" + text_of(options, "compareTarget");
  } else {
    // About polling, tags of builds and pages: nothing to do for a checkout.
    static constexpr std::string_view kNoEffect[] = {"DisableRemotePoll",
                                                     "messageExclusion",
                                                     "pathRestriction",
                                                     "userExclusion",
                                                     "authorInChangelog",
                                                     "ScmName",
                                                     "perBuildTag",
                                                     "buildSingleRevisionOnly",
                                                     "firstBuildChangelog",
                                                     "ignoreNotifyCommit",
                                                     "BuildChooserSetting",
                                                     "GitClientAuthorExtension",
                                                     "GitClientConfigurationExtension",
                                                     "GitTagMessageExtension"};
    for (const auto known : kNoEffect) {
      if (kind == known) return;
    }
    out.unknown_extensions.push_back(kind);
  }
}

/// Pattern over names: `*` and `**` as in the header. One pass over the name for each sign of the pattern.
bool matches_name(std::string_view pattern, std::string_view name) {
  std::vector<bool> reached(name.size() + 1, false);
  reached[0] = true;
  while (!pattern.empty()) {
    std::vector<bool> next(name.size() + 1, false);
    const bool star = pattern.front() == '*';
    const bool any = pattern.starts_with("**");
    bool open = false;
    for (std::size_t at = 0; at <= name.size(); ++at) {
      if (star) {
        open = open || reached[at];
        next[at] = open;
        if (!any && at < name.size() && name[at] == '/') open = false;
      } else if (reached[at] && at < name.size() && name[at] == pattern.front()) {
        next[at + 1] = true;
      }
    }
    reached = std::move(next);
    pattern.remove_prefix(any ? 2 : 1);
  }
  return reached[name.size()];
}

}  // namespace

std::string expand_variables(std::string_view text, const std::map<std::string, std::string>& environment) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '$' || i + 1 >= text.size()) {
      out += text[i++];
      continue;
    }
    const bool braces = text[i + 1] == '{';
    const std::size_t begin = i + (braces ? 2 : 1);
    std::size_t end = begin;
    while (end < text.size() && (braces ? text[end] != '}' : is_name_char(text[end]))) ++end;
    const auto found = environment.find(std::string(text.substr(begin, end - begin)));
    if (end == begin || (braces && end >= text.size()) || found == environment.end()) {
      out += text[i++];
      continue;
    }
    out += found->second;
    i = end + (braces ? 1 : 0);
  }
  return out;
}

Result<GitForm> read_git_form(const Value& form, const std::map<std::string, std::string>& environment) {
  GitForm out;
  auto expanded = [&environment](const std::string& text) { return expand_variables(text, environment); };
  bool project = true;
  if (const auto* remotes = form.find("userRemoteConfigs")) {
    for (const auto& one : remotes->items()) {
      GitRemote remote;
      remote.url = expanded(text_of(one, "url"));
      remote.name = expanded(text_of(one, "name"));
      remote.credentials_id = text_of(one, "credentialsId");
      remote.refspecs = words_of(expanded(text_of(one, "refspec")));
      if (remote.name.empty()) remote.name = "origin" + (out.remotes.empty() ? "" : std::to_string(out.remotes.size()));
      if (remote.url.empty()) return fail(ErrorKind::invalid, "a git checkout needs the url of a repository");
      WL_CHECK_OK(check_git_argument("the url of the repository", remote.url));
      WL_CHECK_OK(check_git_argument("the name of the remote", remote.name));
      for (const auto& spec : remote.refspecs) WL_CHECK_OK(check_git_argument("the refspec", spec));
      project = project && flag_of(one, "project");
      out.remotes.push_back(std::move(remote));
    }
  }
  if (out.remotes.empty()) return fail(ErrorKind::invalid, "a git checkout needs the url of a repository");
  if (const auto* branches = form.find("branches")) {
    for (const auto& one : branches->items()) {
      auto name = expanded(one.is_string() ? one.text() : text_of(one, "name"));
      WL_CHECK_OK(check_git_argument("the branch", name));
      if (!one.is_map() || !flag_of(one, "project")) project = false;
      out.branches.push_back(name.empty() ? "**" : std::move(name));
    }
  }
  if (out.branches.empty()) out.branches.emplace_back("**");
  out.is_project = project;
  if (const auto* extensions = form.find("extensions")) {
    for (const auto& one : extensions->items()) read_extension(one, out);
  }
  for (auto* text : {&out.target_folder, &out.reference, &out.compare_to}) *text = expanded(*text);
  if (out.local_branch) out.local_branch = expanded(*out.local_branch);
  if (out.merge) {
    out.merge->target = expanded(out.merge->target);
    WL_CHECK_OK(check_git_argument("the branch to merge into", out.merge->target));
    WL_CHECK_OK(check_git_argument("the remote to merge from", out.merge->remote));
  }
  if (out.local_branch) WL_CHECK_OK(check_git_argument("the local branch", *out.local_branch));
  return out;
}

bool matches_branch(std::string_view pattern, std::string_view full_name, std::string_view remote) {
  if (pattern.size() > 1000) return false;
  auto name = full_name;  // refs/remotes/origin/main
  if (matches_name(pattern, name)) return true;
  name.remove_prefix(std::min(name.size(), std::string_view("refs/").size()));  // remotes/origin/main
  if (matches_name(pattern, name)) return true;
  name.remove_prefix(std::min(name.size(), std::string_view("remotes/").size()));  // origin/main
  if (matches_name(pattern, name)) return true;
  if (!name.starts_with(remote) || name.size() <= remote.size()) return false;
  name.remove_prefix(remote.size() + 1);  // main
  if (pattern.starts_with("refs/heads/")) pattern.remove_prefix(std::string_view("refs/heads/").size());
  return matches_name(pattern, name);
}

}  // namespace windlass::steps
