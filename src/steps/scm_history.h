// What earlier runs of the job checked out: where a change log starts and what GIT_PREVIOUS_COMMIT is.
#pragma once

#include <string>

#include "steps/effect.h"

namespace windlass::steps {

struct ScmHistory {
  std::string previous;    ///< revision of the newest earlier run that checked this out; empty: none did
  std::string successful;  ///< of the newest that ended well
};

/// How many runs back: a repository that was left out longer counts as new.
inline constexpr std::size_t kMostScmHistory = 50;

/// `key` names repository and branch, as make_scm_record was given it.
ScmHistory read_scm_history(EffectContext& context, const std::string& key);

/// The record "scm" by which later runs find this checkout.
RecordWrite make_scm_record(const std::string& key, const std::string& revision);

}  // namespace windlass::steps
