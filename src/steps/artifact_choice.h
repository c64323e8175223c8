// Which artifacts unarchive and copyArtifacts mean: of this run by patterns, of another run by the step's selector.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "steps/effect.h"

namespace windlass::steps {

/// Paths of `artifacts` that match, sorted as they are. Errors: a pattern that is none.
Result<std::vector<std::string>> matching_artifacts(const std::vector<std::pair<std::string, data::Value>>& artifacts,
                                                    const std::string& includes, const std::string& excludes);

struct ChosenRun {
  OtherRun run;
  OtherRunContent content;
};

struct ArtifactChoice {
  std::string job;             ///< empty: there is no such project
  std::vector<OtherRun> runs;  ///< of the job, newest first
  std::optional<ChosenRun> chosen;
  std::string problem;  ///< why no run is chosen, as the step says it
};
/// What copyArtifacts would copy from. Errors: those of reading runs.
Result<ArtifactChoice> choose_copied(EffectContext& context, const data::Value& arguments);
/// The artifacts of the chosen run that the step's patterns mean.
Result<std::vector<std::string>> copied_paths(const OtherRunContent& content, const data::Value& arguments);

}  // namespace windlass::steps
