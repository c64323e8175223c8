// The effects that this program has: those of the families whose files are in a pod. steps/remote_needs.cc says which
// these are; a test compares the two.
#pragma once

#include <string_view>

#include "steps/effect.h"

namespace windlass::worker {

/// Null: this program has no such effect.
const steps::EffectDescription* find_pod_effect(std::string_view name);

}  // namespace windlass::worker
