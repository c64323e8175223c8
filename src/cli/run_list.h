// What the state folder knows about runs, made ready for people and tools: why a run ended as it did. Pure but for
// reading the journal it is given.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/console.h"
#include "journal/state_folder.h"

namespace windlass::cli {

/// "running", "interrupted", "suspended", "damaged", or the result of a run that has ended.
std::string state_name(const journal::RunInfo& run);

/// The stored flow nodes as an observer of the run saw them, by id.
Result<std::vector<engine::FlowNode>> flow_of(journal::RunReader& reader);

/// The node that made the run end as it did, found from the outside in: in each block that ended badly, the node that
/// its end came from. nullptr: there is none, or the run went well. `nodes` are in order of id.
const engine::FlowNode* first_cause(const std::vector<engine::FlowNode>& nodes, std::string_view result);

/// Stages and branches are what people see of a run; all other nodes are steps and blocks.
bool is_stage(const engine::FlowNode& node);

/// "Build / Test": the stages and branches around a node, outermost first; a Declarative branch and its stage of the
/// same name count once.
std::string stage_path(const std::vector<engine::FlowNode>& nodes, const engine::FlowNode& node);

/// "Test › sh (line 12): script returned exit code 1" in one line.
std::string cause_text(const std::vector<engine::FlowNode>& nodes, const engine::FlowNode& node);

/// What a run brought in.
struct Harvest {
  std::int64_t tests = 0;
  std::int64_t failed_tests = 0;
  std::int64_t skipped_tests = 0;
  std::size_t artifacts = 0;
  std::string artifact_folder;
};
Result<Harvest> harvest_of(journal::RunReader& reader);

}  // namespace windlass::cli
