// How many different people must approve an input, and whether who started the run is one of them: annotations of its
// pipeline and of its project, of which the stricter one holds.
//
//   windlass.io/approvals: "2"                so many
//   windlass.io/self-approval: forbidden      not by whoever started it
//
// Who has approved is noted on the run's object. What counts is decided each time it is counted: who may no longer
// answer the input does not count, whatever they might when they did.
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

/// Of the run of this call ({d}, {p}). `may_be_known`: for who only looks, as far as it is known without asking a
/// cluster, which hears of changes a moment later.
objects::ApiTask<ApprovalRule> approval_rule_of(Call& call, bool may_be_known);

/// How it stands with an input.
struct Approvals {
  std::int64_t wanted = 1;
  std::int64_t given = 0;       ///< of those who gave the same answer; where answers differ, the most of one
  std::int64_t answers = 0;     ///< different ones
  std::vector<std::string> by;  ///< who has approved and still may, whichever answer; as they came
};
/// {"wanted", "given", "answers", "by"}
data::Value approvals_value(const Approvals& approvals);

/// Notes that the caller approves this input with these parameters, instead of what they noted for it before, and tells
/// who follows events. `given` is of exactly these parameters. Nobody can write such a note but this server.
objects::ApiTask<Approvals> note_approval(Call& call, const runs::RunInfo& run, const runs::Waiting& input,
                                          const data::Value& parameters, const ApprovalRule& rule);
/// How it stands, for who only looks: where the cluster cannot be asked about somebody now, they count.
objects::ApiTask<Approvals> approvals_of(Call& call, const runs::RunInfo& run, const runs::Waiting& input,
                                         const ApprovalRule& rule);

}  // namespace windlass::kapis
