// Commits between two revisions as the change log of a run: what currentBuild.changeSets and `when { changeset }` read.
#pragma once

#include <string>

#include "steps/git_client.h"

namespace windlass::steps {

/// Commits reachable from `to` and not from `from`, newest first, merges left out; at most 1,024. Each is
/// {commitId, msg, comment, author {fullName, email, id}, timestamp (ms), affectedFiles [{path, editType {name}}],
/// paths}.
/// Errors: those of GitClient::read.
Result<data::Value> read_git_changes(const GitClient& git, const std::string& from, const std::string& to);

/// Pure: what `git log` printed with kGitChangesFormat and -z --name-status.
data::Value parse_git_changes(std::string_view text);

inline constexpr std::string_view kGitChangesFormat = "%x01%H%x00%an%x00%ae%x00%ct%x00%B%x00";

}  // namespace windlass::steps
