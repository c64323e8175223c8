// What the time of each step of a run went into: waiting for an executor, for a lock, for a person, for its agent,
// or working. Found in its journal: when an effect was asked for and when its result came, and how long it waited for
// the agent to answer. Pure over a reader.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/result.h"
#include "data/value.h"
#include "journal/run_journal.h"
#include "runs/flow_nodes.h"

namespace windlass::runs {

struct Phases {
  std::int64_t queue = 0;  ///< for an executor
  std::int64_t lock = 0;
  std::int64_t input = 0;
  std::int64_t build = 0;  ///< for a run that it has started
  std::int64_t sleep = 0;
  std::int64_t connect = 0;  ///< to the agent that is to run it
  std::int64_t run = 0;      ///< everything else that it asked for: shells, files, checkouts …
  data::Value holder;        ///< of a lock that it had to wait for: resource, job, number; null: there was none
  bool open = false;         ///< one of them goes on
};

/// By flow node; of what goes on, until `now_millis`.
Result<std::map<std::uint64_t, Phases>> read_phases(journal::RunReader& run, const FlowNodes& nodes,
                                                    std::int64_t now_millis);

}  // namespace windlass::runs
