// What the server's configuration gives to runs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "data/value.h"
#include "engine/run_inputs.h"

namespace windlass::runs {

/// What the server's configuration gives to the runs that begin from now on; one that has begun keeps what it has.
struct RunSettings {
  std::map<std::string, std::string> environment;  ///< below what a run is asked for with
  data::Value services;                            ///< engine::RunInputs::services
  std::vector<engine::ToolInput> tools;
  std::vector<engine::LibraryInput> libraries;
  std::vector<std::string> labels;  ///< of the built-in node, beside its own
  std::int64_t quiet_millis = 0;    ///< before a run begins of which neither who asks nor its pipeline says
};

}  // namespace windlass::runs
