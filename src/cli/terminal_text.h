// Text on a terminal: columns, wrapping, colours, and taking control sequences out of what others wrote. Pure; what is
// returned never holds a control sequence that paint() did not put there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/language.h"

namespace windlass::cli {

enum class Ink : std::uint8_t { plain, bold, dim, red, green, yellow, magenta, cyan };

/// `text` in that colour; unchanged without colours or for Ink::plain.
std::string paint(std::string_view text, Ink ink, bool color);

/// Fills up with spaces to `columns` as a terminal counts them; longer text stays.
std::string padded(std::string_view text, std::size_t columns);

/// Lines of at most `columns`, broken at spaces and between wide characters (Chinese has no spaces), never before a
/// closing mark; a longer word stands alone. A newline in `text` stays one. At least one line.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

/// The parts of one line between which it may break, with their trailing spaces.
std::vector<std::string_view> unbreakable_parts(std::string_view line);

/// At most `columns` wide; what was cut is shown by `…`.
std::string shortened(std::string_view text, std::size_t columns);

/// Without escape sequences and control characters; tabs become spaces. What stands before a carriage return was
/// overwritten by its writer (progress bars) and is left out.
std::string without_controls(std::string_view text);

/// `0.4s`, `12s`, `3m05s`, `2h07m`, `3d04h`. Negative counts as zero.
std::string short_duration(std::int64_t millis);

/// `pattern` with each `{}` replaced by the next of `parts`.
std::string filled(std::string_view pattern, std::initializer_list<std::string_view> parts);

/// The sentence in that language with its `{}` filled.
std::string say(Language language, Text sentence, std::initializer_list<std::string_view> parts = {});

/// An error as a person reads it, with what was being done.
std::string error_text(const Error& error, Language language);

}  // namespace windlass::cli
