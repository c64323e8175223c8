// What --output asks of a client command: words for people, or the server's facts as JSON or YAML. One place, so that
// all commands take the same words and mean the same by them.
#pragma once

#include <string>

#include "cli/options.h"
#include "data/value.h"

namespace windlass::cli {

/// `table` and `plain` are the same: words for people.
inline constexpr OptionRow kOutputRow = {"--output",
                                         "table|plain|json|yaml",
                                         OptionRow::Shape::value,
                                         {"for people (table and plain are the same), or facts for programs",
                                          "供阅读的文字（table 与 plain 相同），或供程序使用的数据"}};

enum class Form : std::uint8_t { words, json, yaml };

[[nodiscard]] Form form_of(const ParsedOptions& options);
/// One of a list that may be long: a line of JSON, or a YAML document with its `---`. Not for Form::words.
[[nodiscard]] std::string as_item(Form form, const data::Value& value);
/// All there is to say: a line of JSON, or one YAML document. Not for Form::words.
[[nodiscard]] std::string as_whole(Form form, const data::Value& value);
/// Prints `value` where `form` is for programs; Form::words prints nothing. The exit code.
int print_whole(Form form, const data::Value& value);

}  // namespace windlass::cli
