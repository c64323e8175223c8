// Facts of a run as our own API tells them: shared by its routes. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "data/value.h"
#include "runs/run_types.h"

namespace windlass::kapis {

/// queued, running, paused, ended, stuck.
std::string_view phase_of(const runs::RunInfo& run);

data::Value node_value(const runs::FlowNode& node);
/// A pod that was made for the run: how far it came, and what was wrong with it as codes with their evidence.
data::Value agent_value(const engine::AgentReport& agent);

/// Whether the failure of a node reached the run's result.
enum class Counted : std::uint8_t {
  none,  ///< it did not fail
  yes,
  caught,    ///< a block around it ended well, or the run did
  failfast,  ///< it was stopped because another branch had failed
};
/// Of each node, in their order.
std::vector<Counted> counted(const runs::RunInfo& run, const std::vector<runs::FlowNode>& nodes);

/// What made the run fail: the earliest failure that counted and has no failed node in it. nullptr: there is none.
const runs::FlowNode* first_cause(const runs::RunInfo& run, const std::vector<runs::FlowNode>& nodes);

}  // namespace windlass::kapis
