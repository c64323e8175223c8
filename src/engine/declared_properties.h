// What a Declarative Jenkinsfile says about its own pipeline in plain literals, before anything of it runs.
#pragma once

#include <optional>
#include <string>

#include "data/value.h"

namespace windlass::engine {

/// {options, triggers}: lists of {name, args} as a run tells them. Nothing for a Scripted pipeline, whose `properties`
/// are known only when it runs, and for one that is not valid. An argument that is no literal is left out.
std::optional<data::Value> declared_properties(const std::string& script);

}  // namespace windlass::engine
