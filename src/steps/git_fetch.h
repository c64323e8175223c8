// A single tree of a remote repository, without a workspace: for libraries, readScmFile and resolveScm.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "steps/git_client.h"

namespace windlass::steps {

/// A remote as an `scm source` or `scm` map names it: scmGit, gitSource, github, gitlab, bitbucket.
struct GitSource {
  std::string url;
  std::string credentials_id;
  std::vector<std::string> branches;  ///< of an scm; empty for sources
};
/// Errors: unsupported with the kind's name, invalid without an address.
Result<GitSource> read_git_source(const data::Value& value, const std::map<std::string, std::string>& environment);

/// Names of branches and tags of a remote, in the server's order. Errors: as GitClient::read.
Result<std::vector<std::string>> list_remote_names(const GitClient& git, const std::string& url);

/// Fetches branch, tag or commit `version`, without history, into the repository where `git` runs. Gives the commit.
/// Errors: not_found when the remote has nothing of that name; as GitClient::read otherwise.
Result<std::string> fetch_version(const GitClient& git, const std::string& url, const std::string& version);

/// The commit that branch, tag or commit `version` of a remote is now: one question, nothing is fetched. A version that
/// is a commit is itself where the remote answers at all. Errors: as fetch_version.
Result<std::string> find_version(const GitClient& git, const std::string& url, const std::string& version);

/// The folder of a library within its repository, as a canonical retriever names it; empty: the whole.
/// Errors: invalid, it leads out.
Result<std::string> library_path(const data::Value& retriever, const std::map<std::string, std::string>& environment);

/// library.load of a library that is named by its repository: checks `version` of it out below the run and gives
/// {folder, revision}. Arguments: name, version, retriever (canonical).
Outcome fetch_library(EffectContext& context, const data::Value& arguments);

}  // namespace windlass::steps
