// Jenkins' authorization strategies as grants of ours: which permission of which role means what, to whom, on which
// projects and pipelines. Pure. What is not taken is a note with the reason; nothing is ever given more widely than it
// is written. Source: docs/compat/casc.md.
//
// The rule of width: nobody without a token has any right, whatever is written for `anonymous`; and what would make
// everybody who has one an administrator (unsecured, loggedInUsersCanDoAnything, Overall/Administer for
// `authenticated`) is taken only where the server's own configuration says `jenkinsRights: everything`.
#pragma once

#include <cstdint>
#include <vector>

#include "casc/configuration.h"
#include "pods/field_reader.h"
#include "rights/grants.h"

namespace windlass::casc {

/// windlass.jenkinsRights of kubesphere.yaml.
enum class RightsMode : std::uint8_t { none, roles, everything };

struct RightsOutcome {
  rights::GrantTable table;
  std::vector<pods::Note> notes;  ///< for RightsMode::roles: what is not taken
};

/// `generation` tells grants of one configuration from those of another.
RightsOutcome rights_of(const Authorization& authorization, RightsMode mode, std::uint64_t generation = 0);

}  // namespace windlass::casc
