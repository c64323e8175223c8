// What is told outside of an agent that was made for the run, as its journal keeps it: record `pod`, by the key of the
// effect that asked for it (docs/formats/journal.md). Pure.
#pragma once

#include "data/value.h"
#include "engine/console.h"

namespace windlass::engine {

inline constexpr std::string_view kAgentRecord = "pod";

data::Value value_of(const AgentReport& report);
AgentReport agent_report_of(const data::Value& value);

/// From now on that is wrong with it; an empty code: nothing any more. What has ended it stays. Of many troubles the
/// newest are kept. True: something has changed.
bool take_trouble(AgentReport& report, AgentTrouble trouble);

}  // namespace windlass::engine
