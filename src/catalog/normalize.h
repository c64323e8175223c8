// From the arguments of a call, as written, to the map that prelude functions and effects get. Pure.
//
// Rules (pipeline-language 5.9, 6): a single unnamed argument sets the positional parameter; a single unnamed map
// without `$class` is the named arguments; defaults are filled in; texts become numbers and booleans and the other way
// round where the parameter asks for it. A parameter that was not given and has no default is absent from the map.
//
// Opaque values: what data cannot carry (closures, instances) arrives as an object of class `kOpaqueClass` whose
// members mean something to the caller alone; such values are moved, never looked into.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "data/value.h"

namespace windlass::catalog {

inline constexpr std::string_view kOpaqueClass = "$opaque";

/// What the script sees when the arguments are wrong.
struct ArgumentError {
  std::string java_class;
  std::string message;
};

struct NormalizedCall {
  data::Map arguments;                ///< in the order of the description
  std::vector<std::string> warnings;  ///< lines for the log: unknown parameters
};

/// `named` is the leading map of named arguments (empty without), `positional` the others without the body.
std::expected<NormalizedCall, ArgumentError> normalize(const StepDescription& step, const data::Map& named,
                                                       const data::Value::List& positional);

/// A describable in one of `contexts` (separated by commas, tried in turn) as a map whose `$class` is the canonical
/// name, fields coerced, defaults filled in; fields that are not known stay, after the known ones. `value` is an object
/// named by its symbol, or a map with `$class`. An unknown name gives the fields as they are under that name, since
/// plugins know more than this catalogue. An object's only unnamed argument is expected as the member "".
std::expected<data::Value, ArgumentError> normalize_describable(const Catalog& catalog, const data::Value& value,
                                                                std::string_view contexts);

}  // namespace windlass::catalog
