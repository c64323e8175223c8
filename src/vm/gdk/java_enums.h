// Enums of Java's library (TimeUnit, Month …): native objects with two slots, name and ordinal. They are made anew each
// time they are asked for; equal by content, which no script can tell from being the same.
#pragma once

#include <span>
#include <string_view>

#include "vm/native.h"

namespace windlass::vm {

/// Names of the constants in order; empty when the class is no enum of Java's library.
std::span<const std::string_view> java_enum_names(ClassId class_id);
Value make_java_enum(Heap& heap, ClassId class_id, std::uint32_t ordinal);
/// Ordinal of such a constant, or -1 for anything else.
std::int32_t java_enum_ordinal(Heap& heap, Value v);
/// Ordinal of a constant of this enum; Misread for anything else.
std::int32_t java_enum_ordinal(Heap& heap, Value v, ClassId class_id);

}  // namespace windlass::vm
