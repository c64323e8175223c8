// After a process or a machine died: what the commit log has and the runs' databases do not is written there.
//
// A database may end anywhere before the log does (it was not synced), or not be there at all; the log never ends
// before what anybody was told. A commit that a process gave up (its write failed) may be in the log too: where the run
// went on from the state before it, it is left out. Source: docs/formats/commit-log.md.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "journal/commit_log.h"
#include "journal/run_database.h"

namespace windlass::journal {

/// Which of the records of one run, given in order, are its history: those that lead to the newest one. None from
/// before it was deleted. Pure.
[[nodiscard]] std::vector<std::size_t> follow_commits(std::span<const CommitRecord* const> records);

struct CommitRecovery {
  /// Where the files of a run are.
  std::function<Result<RunPlace>(const std::string& job, std::uint64_t number)> place;
  /// Is told of a run whose database the log does not fit; it is left as it is.
  std::function<void(const std::string&)> notice;
};

/// Brings the databases of the runs to where the log is; nothing is synced. Those alone that may lag, as far as
/// `landed` is known: where it is not, the machine may have lost anything that was not synced. Whoever calls owns all
/// runs.
[[nodiscard]] Result<> recover_commits(const CommitSegments& segments, store::Disk& disk, const CommitRecovery& how);

}  // namespace windlass::journal
