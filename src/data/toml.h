// TOML 1.0 to Value and back. Integers are typed as Groovy types them, floats are doubles, dates and times stay text
// as written (as readTOML gives them). Source: toml.io/en/v1.0.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "data/value.h"

namespace windlass::data {

struct TomlLimits {
  std::size_t max_bytes = 64u * 1024 * 1024;
  std::uint32_t max_depth = 128;  ///< of arrays, inline tables and dotted keys
  std::size_t max_values = 2'000'000;
};

/// Errors: invalid ("TOML, line 3, column 7: …"), exhausted.
Result<Value> parse_toml(std::string_view text, const TomlLimits& limits = {});
/// `table` must be a map. Plain members first, then [tables] and [[arrays of tables]]; nulls are left out, as TOML has
/// none. Errors: invalid (not a map), exhausted (nested deeper than 128).
Result<std::string> format_toml(const Value& table);

}  // namespace windlass::data
