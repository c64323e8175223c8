// What a Declarative Jenkinsfile says about its own pipeline in plain literals, before anything of it runs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "data/value.h"

namespace windlass::engine {

/// In the arguments of an option or trigger of which not all can be known before it runs.
inline constexpr std::string_view kLeftOut = "$leftOut";

/// {options, triggers, parameters}: lists of {name, args} as a run tells them. Nothing for a Scripted pipeline, whose
/// `properties` are known only when it runs, and for one that is not valid. An argument that is no literal, or list or
/// map of literals, is left out, and kLeftOut says so.
std::optional<data::Value> declared_properties(const std::string& script);

}  // namespace windlass::engine
