// What the last runs of each pipeline say about it, kept in memory from the run store: weather, usual duration, latest
// run. Told of every change of a run; says when a pipeline's facts have changed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "controllers/run_facts.h"
#include "runs/run_types.h"

namespace windlass::controllers {

class RunHistory final : public RunFacts {
 public:
  /// Runs in any order, those of the store first. True when the pipeline's facts may have changed.
  bool note(const runs::RunInfo& run);
  [[nodiscard]] PipelineFacts facts_of(const Key& pipeline) const override;
  /// The pipeline of a run.
  static Key pipeline_of(const runs::RunInfo& run);

 private:
  static constexpr std::size_t kKept = 10;
  /// What weather and durations are made from: of thousands of pipelines only the newest run is kept whole.
  struct Past {
    std::uint64_t number = 0;
    std::int64_t millis = 0;  ///< from its start to its end
    std::string result;
    runs::Phase phase = runs::Phase::queued;
    bool paused = false;
    friend bool operator==(const Past&, const Past&) = default;
  };
  struct Job {
    std::vector<Past> past;  ///< by number, the newest last
    runs::RunInfo latest;
  };
  std::map<std::string, Job> jobs_;  ///< "project/pipeline"
};

}  // namespace windlass::controllers
