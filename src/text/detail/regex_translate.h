// Java regular expression syntax into PCRE2 syntax: the inside of regex.cc, not for others.
//
// The result is ASCII and says everything explicitly (classes, line ends, word boundaries, case), so it hardly depends
// on PCRE2 options. Invariant: same groups, same numbers. Errors carry Java's PatternSyntaxException text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace windlass::text::detail {

/// What one character of the subject is for PCRE2.
enum class Unit : std::uint8_t {
  latin1,  ///< 8-bit library, bytes up to U+00FF
  plain,   ///< 16-bit library without UTF: single units up to U+FFFF
  pairs,   ///< 16-bit library with UTF: code points without surrogates
};

struct Translation {
  std::string pattern;
  bool unicode_properties = false;  ///< PCRE2_UCP is needed (case-insensitive beyond ASCII)
  bool caseless = false;            ///< PCRE2_CASELESS for the whole
  std::int32_t group_count = 0;
  std::vector<std::pair<std::string, std::int32_t>> names;
};

/// Numbers of the callouts that stand before what needs the end to be where it is, when these are watched.
constexpr std::uint32_t kCalloutDollar = 4;    ///< $ and \Z: at the end, or before a line's end there
constexpr std::uint32_t kCalloutBoundary = 5;  ///< \b, \B and a $ of many lines: at the end

/// `flags` are RegexFlag bits. Errors: invalid (Java's text), unsupported, exhausted (size, depth).
Result<Translation> translate_regex(std::u16string_view pattern, unsigned flags, Unit unit, bool watch_end = false);

}  // namespace windlass::text::detail
