// What numbers are written with, by locale: java.text.DecimalFormatSymbols as JDK 17 has it for the languages named in
// the table; all others are written as in English. Pure.
#pragma once

#include <string>
#include <string_view>

namespace windlass::text {

/// As of Locale.US. All in UTF-8.
struct DecimalSymbols {
  std::string point = ".", group = ",";
  std::string minus = "-", percent = "%", per_mille = "‰";
  std::string exponent = "E", infinity = "∞", nan = "NaN";
  std::string currency = "$", currency_code = "USD";
  std::string money_point = ".", money_group = ",";
  char32_t zero = U'0';
  std::string digit = "#", separator = ";";  ///< of localized patterns: kept, not used

  bool operator==(const DecimalSymbols&) const = default;
};

/// `locale` as Locale.toString() writes it: "de_DE".
DecimalSymbols decimal_symbols_of(std::string_view locale);

/// The patterns of NumberFormat's instances.
std::string_view percent_pattern_of(std::string_view locale);
std::string money_pattern_of(std::string_view locale);

}  // namespace windlass::text
