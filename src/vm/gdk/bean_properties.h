// The properties of a class as Groovy's meta class lists them: for obj.properties, metaClass.properties, JSON of
// objects.
#pragma once

#include <string>
#include <vector>

#include "vm/state.h"

namespace windlass::vm {

/// Names in the order of Groovy's own hash table, `class` among them. `readable`: without those that have only a
/// setter.
std::vector<std::string> bean_properties(Vm::State& state, ClassId id, bool readable);

}  // namespace windlass::vm
