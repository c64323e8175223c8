// Finding, starting and reaching the agent of a state folder on this machine.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "nodes/agent_connection.h"
#include "proc/fd.h"
#include "proc/spawn.h"

namespace windlass::nodes {

struct LocalEndpoint {
  proc::Fd socket;     ///< connected, non-blocking; the link may not have come up yet: it finds us in its backlog
  proc::Process shim;  ///< empty unless we started it; then it is our child and wants to be reaped
  bool is_started = false;
};

/// Connects to the living shim of the folder, or starts one. The lock is taken here and handed down, so of two callers
/// at once exactly one starts a shim. Errors: as start_local_agent().
[[nodiscard]] Result<LocalEndpoint> reach_local_agent(const LocalAgentOptions& options);

}  // namespace windlass::nodes
