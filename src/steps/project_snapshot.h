// The project as it was when the run began: HEAD of its work tree plus what is not committed yet, kept as one bare
// repository beside the run. Every checkout of `scm` and every readTrusted of the run reads from there, so all of them
// see the same tree, whatever is edited meanwhile.
//
//   SCM/project.git     HEAD's branch, remote branches and tags; borrows the project's objects (alternates)
//   SCM/export.git      the same with objects of its own, for pods; SCM/export.json is written last
//   SCM/snapshot.json   written last: {"head", "tree" (a commit, empty when nothing is uncommitted), "changed"}
//
// Invariant: nothing is ever written into the project: new objects, index and refs go to SCM. What git ignores is not
// in it. Any number of threads and processes may ask at once; a lock file lets one of them do the work.
#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace windlass::steps {

struct ProjectSource {
  std::string folder;    ///< the work tree's root
  std::string commit;    ///< HEAD
  std::string branch;    ///< empty when detached
  std::string excluded;  ///< a folder that is left out when it lies in the project: our own state
};

struct ProjectSnapshot {
  std::string repository;    ///< the bare repository
  std::string head;          ///< HEAD's commit
  std::string tree;          ///< a commit with the uncommitted changes on top of HEAD; empty when there are none
  std::int64_t changed = 0;  ///< files that differ from HEAD
  std::string complaint;     ///< what could not be taken along, in a sentence; empty when all is well
};

/// Takes the snapshot, or reads the one that was taken. `scm_folder` exists and is the run's own. Blocking: about 20 ms
/// and one look at each file. Errors: not_found (no git), unavailable (git's text).
Result<ProjectSnapshot> ensure_project_snapshot(const ProjectSource& source, const std::string& scm_folder,
                                                const std::map<std::string, std::string>& environment);

/// The same as a repository that borrows nothing, for a machine that has not the project: SCM/export.git, made once.
/// Errors: unavailable (git's text).
Result<std::string> export_project_snapshot(const ProjectSnapshot& snapshot, const std::string& scm_folder,
                                            const std::map<std::string, std::string>& environment);

}  // namespace windlass::steps
