// What the runs of a pipeline say about it: asked by the pipeline controller, answered by whoever keeps the runs.
#pragma once

#include <cstdint>
#include <optional>

#include "controllers/work_queue.h"
#include "data/value.h"

namespace windlass::controllers {

struct PipelineFacts {
  int weather_score = 100;                      ///< 0 to 100: how well the last runs went
  std::int64_t estimated_duration_millis = -1;  ///< -1: no run has ended well yet
  std::optional<data::Value> latest_run;        ///< as Blue Ocean has it: id, result, state, startTime …
};

class RunFacts {
 public:
  virtual ~RunFacts() = default;
  /// From memory, at once, on the reactor. A pipeline without runs has the defaults. Whoever implements it enqueues the
  /// pipeline when its answer changes.
  [[nodiscard]] virtual PipelineFacts facts_of(const Key& pipeline) const = 0;
};

/// For a server that runs nothing.
class NoRunFacts final : public RunFacts {
 public:
  [[nodiscard]] PipelineFacts facts_of(const Key&) const override { return {}; }
};

}  // namespace windlass::controllers
