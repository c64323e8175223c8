// java.text.DecimalFormat: patterns, formatting and parsing as JDK 17 does them; what is written is decimal_symbols.h.
//
// Not a NumberFormat object: the settings are a plain value that the caller keeps and changes. Pure; the exceptions are
// those that a script sees.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "num/big_decimal.h"
#include "text/decimal_symbols.h"

namespace windlass::text {

struct DecimalFormat {
  /// Affixes as Java keeps them: `'` before `-`, `%`, `‰`, `¤` makes the symbol of it, and `''` is one quote.
  std::string positive_prefix, positive_suffix, negative_prefix = "'-", negative_suffix;
  std::int32_t min_integer = 1;
  std::int32_t max_integer = std::numeric_limits<std::int32_t>::max();
  std::int32_t min_fraction = 0;
  std::int32_t max_fraction = 3;
  std::int32_t grouping = 3;  ///< digits of a group; 0: none
  std::int32_t multiplier = 1;
  std::int32_t exponent_digits = 0;  ///< at least so many; 0: no exponent
  bool uses_grouping = true;
  bool always_point = false;
  bool integer_only = false;    ///< parsing stops at the point
  bool parses_decimal = false;  ///< parsing gives a BigDecimal: for the caller
  num::RoundingMode rounding = num::RoundingMode::half_even;
  DecimalSymbols symbols;
};

/// Takes over everything that the pattern says and leaves the rest. IllegalArgumentException with Java's sentence.
num::JavaResult<DecimalFormat> apply_decimal_pattern(DecimalFormat format, std::string_view pattern);
std::string decimal_pattern(const DecimalFormat& format);

/// ArithmeticException where rounding is needed and not allowed; OutOfMemoryError beyond some million digits.
num::JavaResult<std::string> format_decimal(const DecimalFormat& format, const num::BigDecimal& number);
num::JavaResult<std::string> format_decimal(const DecimalFormat& format, double number);

/// What the beginning of a text says.
struct ParsedDecimal {
  num::BigDecimal value;
  std::optional<double> special;  ///< infinity, NaN or -0.0, which no BigDecimal can be
};
/// Empty where it is no number in this format.
std::optional<ParsedDecimal> parse_decimal(const DecimalFormat& format, std::string_view text);

/// An affix as it is written, and one that means just this text.
std::string expanded_affix(std::string_view affix, const DecimalSymbols& symbols);
std::string literal_affix(std::string_view text);

}  // namespace windlass::text
