// The properties of a class as Groovy's meta class lists them: for obj.properties, metaClass.properties, JSON of
// objects.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vm/state.h"

namespace windlass::vm {

/// Names in the order of Groovy's own hash table, `class` among them. `readable`: without those that have only a
/// setter.
std::vector<std::string> bean_properties(Vm::State& state, ClassId id, bool readable);

/// How many parameters the getter or setter `name` has that a property of the class, written without one, brings;
/// nothing: it brings none of that name.
std::optional<std::size_t> accessor_parameters(Vm::State& state, ClassId id, std::string_view name);
/// The names of all such.
std::vector<std::string> accessor_names(Vm::State& state, ClassId id);

}  // namespace windlass::vm
