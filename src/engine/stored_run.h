// What a stored run began with, made again from its journal: for going on with it and for looking into it.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "engine/console.h"
#include "engine/prefix.h"
#include "engine/program.h"
#include "engine/run_inputs.h"
#include "journal/run_journal.h"

namespace windlass::engine {

struct BegunWith {
  RunInputs inputs;
  Program program;
  std::optional<Prefix> prefix;  ///< of a restart from a step
};

/// What a stored run was given. Credentials and passwords among the parameters are there until it has ended.
Result<RunInputs> stored_inputs(journal::RunReader& run);

/// A flow node as watchers are told of it, from the journal's.
FlowNode flow_node_from(const journal::FlowNode& stored);

/// The prelude is the one it began with. Errors: unsupported when a version with newer rules began it; those of the
/// journal.
/// Credentials are there as long as the run has not ended.
Result<BegunWith> begun_with(journal::RunReader& run, const std::string& state_folder);

}  // namespace windlass::engine
