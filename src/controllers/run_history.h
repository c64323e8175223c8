// What the last runs of each pipeline say about it, kept in memory from the run store: weather, usual duration, latest
// run. Told of every change of a run; says when a pipeline's facts have changed.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "controllers/run_facts.h"
#include "runs/run_types.h"

namespace windlass::controllers {

class RunHistory final : public RunFacts {
 public:
  /// Runs in any order, those of the store first. True when the pipeline's facts may have changed.
  bool note(const runs::RunInfo& run);
  /// A run that is gone.
  void forget(const runs::RunInfo& run);
  [[nodiscard]] PipelineFacts facts_of(const Key& pipeline) const override;
  /// The pipeline of a run.
  static Key pipeline_of(const runs::RunInfo& run);

 private:
  static constexpr std::size_t kKept = 10;
  std::map<std::string, std::map<std::uint64_t, runs::RunInfo>> jobs_;  ///< "project/pipeline" → newest by number
};

}  // namespace windlass::controllers
