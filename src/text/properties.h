// Java .properties files: java.util.Properties.load and store.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace windlass::text {

using PropertyList = std::vector<std::pair<std::string, std::string>>;

/// Entries in file order, a repeated key keeping its first place and its last value. The text is UTF-8 (as
/// readProperties reads it). Errors: invalid `Malformed \\uxxxx encoding.`
Result<PropertyList> parse_properties(std::string_view utf8);
/// `key=value` lines with Java's escapes; characters past U+007E as \uXXXX when `ascii`.
std::string format_properties(const PropertyList& entries, bool ascii = true);

}  // namespace windlass::text
