// Runs, stages and steps in Blue Ocean's words: what KubeSphere's console and Blue Ocean's clients read. Pure.
//
// Two styles of the same shapes: `stored` is the copy that KubeSphere keeps with a PipelineRun (times RFC 3339, no
// _class and _links), `rest` is what Blue Ocean's REST answers. Source: docs/compat/kubesphere.md, "shapes".
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "data/value.h"
#include "engine/console.h"
#include "runs/run_types.h"

namespace windlass::runs {

enum class BlueStyle : std::uint8_t { stored, rest };

struct BlueContext {
  BlueStyle style = BlueStyle::stored;
  std::string path;  ///< of the run in the REST tree, with a slash at its end; `rest` only
  std::int64_t now_millis = 0;
  std::int64_t estimated_millis = -1;
};

/// QUEUED, RUNNING, PAUSED, FINISHED.
std::string blue_state(const RunInfo& run);
/// SUCCESS, UNSTABLE, FAILURE, NOT_BUILT, ABORTED; UNKNOWN while it goes on.
std::string blue_result(const RunInfo& run);

data::Value blue_run(const RunInfo& run, const BlueContext& context);

/// Which flow nodes Blue Ocean shows as stages and branches, in order.
struct StageView {
  const engine::FlowNode* node = nullptr;
  bool branch = false;                         ///< PARALLEL, else STAGE
  std::uint64_t parent = 0;                    ///< enclosing stage or branch that is shown
  std::vector<const engine::FlowNode*> steps;  ///< shown with it, in order
  std::vector<std::uint64_t> next;             ///< ids of those that come behind it
  std::uint64_t first_parent = 0;              ///< the one before it, 0: none
};
/// They point into `nodes`. `steps`: with what is shown within them.
std::vector<StageView> stages_of(const FlowNodes& nodes, bool steps = true);
std::vector<StageView> stages_of(FlowNodes&& nodes, bool steps = true) = delete;

/// Stages and branches with a question in them.
std::set<std::uint64_t> paused_of(const RunInfo& run, const FlowNodes& nodes);
/// One of them, without steps. `branches`: ids of all that are branches.
data::Value blue_node(const RunInfo& run, const StageView& stage, bool paused, const std::set<std::uint64_t>& branches,
                      const BlueContext& context);
data::Value blue_step(const RunInfo& run, const engine::FlowNode& step, const BlueContext& context);

/// All flow nodes below `id` and itself: whose log is that of the stage.
std::vector<std::uint64_t> below(const FlowNodes& nodes, std::uint64_t id);

}  // namespace windlass::runs
