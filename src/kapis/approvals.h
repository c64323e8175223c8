// How many different people must approve an input, and whether who started the run is one of them: annotations of its
// pipeline and of its project, of which the stricter one holds.
//
//   windlass.io/approvals: "2"                so many
//   windlass.io/self-approval: forbidden      not by whoever started it
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kapis/route.h"
#include "runs/run_types.h"

namespace windlass::kapis {

struct ApprovalRule {
  std::int64_t wanted = 1;
  bool own = true;
};
/// What one object says. 409 for words that are no rule: somebody wanted one, so nobody may approve until it is mended.
/// `subject`: whose words they are, for the sentence. Pure.
objects::Outcome<ApprovalRule> approval_rule(const data::Value& object, const objects::Subject& subject);
ApprovalRule stricter(const ApprovalRule& a, const ApprovalRule& b);

/// Of the run of this call ({d}, {p}).
objects::ApiTask<ApprovalRule> approval_rule_of(Call& call);

/// Notes that the caller approves this input with these parameters, on the run's object, and gives how many have now
/// approved exactly that. Nobody can write such a note but this server.
objects::ApiTask<std::int64_t> note_approval(Call& call, const runs::RunInfo& run, const std::string& input,
                                             const data::Value& parameters);

}  // namespace windlass::kapis
