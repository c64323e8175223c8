// Sets of characters for the regex translator: ranges and properties with union, intersection and complement, written
// as PCRE2 text. Not a Unicode set: properties stay names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "text/detail/regex_translate.h"

namespace windlass::text::detail {

/// Matches exactly one character. Simple sets are the inside of one bracket; others are a pattern of their own.
class CharSet {
 public:
  explicit CharSet(Unit unit) : unit_(unit) {}
  static CharSet of_inner(Unit unit, std::string inner, bool negated = false);

  /// Adds a range, cut to what the unit can hold.
  void add_range(char32_t low, char32_t high);
  /// As add_range, plus the other case of its ASCII letters.
  void add_range_ignoring_case(char32_t low, char32_t high);
  void unite(const CharSet& other);
  void intersect(const CharSet& other);
  void negate();
  [[nodiscard]] std::string to_pattern() const;

 private:
  Unit unit_;
  std::string inner_;    // inside of a bracket, when simple
  std::string pattern_;  // else: a pattern matching one character
  bool negated_ = false;
  bool simple_ = true;
};

/// A character in PCRE2 text, escaped; nothing when the unit cannot hold it.
std::optional<std::string> escaped_char(Unit unit, char32_t c);

/// The set of \p{name} (without negation); nothing when Java does not know it. `unicode` is (?U).
std::optional<CharSet> property_set(Unit unit, std::string_view name, bool unicode, bool ignore_case);
/// \p{script=x}, \p{gc=x}, \p{blk=x}.
std::optional<CharSet> property_value_set(Unit unit, std::string_view name, std::string_view value);

}  // namespace windlass::text::detail
