// What a plain (unquoted) YAML word means in each dialect. Inside of data; used by the YAML reader and writer.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "data/value.h"
#include "data/yaml.h"

namespace windlass::data::yaml {

enum class Type : std::uint8_t { text, null, boolean, integer, real, timestamp, merge };

/// The type that the dialect's patterns give to a plain word.
Type resolve_plain(YamlDialect dialect, std::string_view word);
/// The value of a word whose type is known (from its tag or by resolve_plain); nothing when the word does not fit.
std::optional<Value> make_scalar(YamlDialect dialect, Type type, std::string_view word);
/// ISO 8601 text of a java.util.Date object, as SnakeYAML writes dates; nothing when `value` is not such an object.
std::optional<std::string> format_date(const Value& value);

}  // namespace windlass::data::yaml
