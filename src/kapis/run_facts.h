// Facts of a run as our own API tells them: shared by its routes. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
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

/// The failures of a run as of one moment, the run and its nodes; both must outlive it.
class FailureFacts {
 public:
  /// `failed`: ids of all nodes that failed(), in their order.
  FailureFacts(const runs::RunInfo& run, const runs::FlowNodes& nodes, std::vector<std::uint64_t> failed);

  [[nodiscard]] Counted counted(const runs::FlowNode& node) const;
  /// What made the run fail: the earliest failure that counted and has no failed node in it. nullptr: there is none.
  [[nodiscard]] const runs::FlowNode* first_cause() const;

 private:
  const runs::FlowNodes& nodes_;
  std::vector<std::uint64_t> failed_;
  bool run_well_;
  std::unordered_map<std::uint64_t, std::int64_t> first_failed_branch_;  ///< of a parallel: when its first one failed
};

[[nodiscard]] bool failed(const runs::FlowNode& node);
std::vector<std::uint64_t> failed_in(const runs::FlowNodes& nodes);

}  // namespace windlass::kapis
