// What `checkout` was asked for, read from the canonical map of scmGit: remotes, branches, and the settings that its
// extensions stand for. Pure. Source: pipeline-language 6.4.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/value.h"

namespace windlass::steps {

struct GitRemote {
  std::string name;
  std::string url;
  std::vector<std::string> refspecs;
  std::string credentials_id;
};

struct GitSubmodules {
  bool disabled = false;
  bool recursive = false;
  bool tracking = false;  ///< the newest of the branch instead of the commit that is recorded
  bool parent_credentials = false;
  int depth = 0;  ///< 0: everything
  std::string reference;
  std::chrono::minutes limit{10};
};

struct GitMerge {
  std::string remote, target, strategy, fast_forward;
};

struct GitForm {
  std::vector<GitRemote> remotes;
  std::vector<std::string> branches;
  bool is_project = false;  ///< `scm` itself: the local project, not its remote

  bool shallow = false;
  int depth = 1;
  bool no_tags = false;
  bool honor_refspec = false;
  std::string reference;
  std::chrono::minutes clone_limit{10};
  std::chrono::minutes checkout_limit{10};
  std::string target_folder;
  std::optional<std::string> local_branch;  ///< empty or `**`: the name of the branch that is checked out
  bool clean_before = false, clean_after = false;
  bool clean_nested_before = false, clean_nested_after = false;
  bool wipe = false;
  bool prune = false, prune_tags = false;
  bool lfs = false;
  std::optional<GitSubmodules> submodules;
  std::vector<std::string> sparse_paths;
  std::string user_name, user_email;
  std::optional<GitMerge> merge;
  std::string compare_to;  ///< ref that the change log starts from
  std::vector<std::string> unknown_extensions;
};

/// `$X` and `${X}` in URLs, branches and refspecs are variables of the environment, as Jenkins expands them.
/// Errors: invalid (no URL, an argument that git could take for an option).
Result<GitForm> read_git_form(const data::Value& form, const std::map<std::string, std::string>& environment);

/// Variables replaced; unknown ones stay as written.
std::string expand_variables(std::string_view text, const std::map<std::string, std::string>& environment);

/// A branch pattern of Jenkins: `*` stays within one name, `**` does not. Matches `main`, `origin/main`,
/// `refs/heads/main` and what else people write against a full name `refs/remotes/origin/main`.
bool matches_branch(std::string_view pattern, std::string_view full_name, std::string_view remote);

}  // namespace windlass::steps
