// Java regular expressions (java.util.regex) on PCRE2: translated, limited, indexed by UTF-16 unit.
//
// Not a Matcher: this is the pure part (compile, one match attempt, replacement expansion); positions and append state
// belong to the caller. A Regex is immutable; copies share it, also between threads. The pattern is compiled once per
// kind of subject, when first needed. Time is bounded: a match that backtracks too long ends as ErrorKind::exhausted.
// Source: dependencies.md §4 (translation list), checked against JDK 17.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "num/java_result.h"

namespace windlass::text {

/// java.util.regex.Pattern's flag bits.
enum RegexFlag : unsigned {
  kRegexUnixLines = 1,
  kRegexCaseInsensitive = 2,
  kRegexComments = 4,
  kRegexMultiline = 8,
  kRegexLiteral = 16,
  kRegexDotAll = 32,
  kRegexUnicodeCase = 64,
  kRegexUnicodeCharacterClass = 256,
};

enum class MatchMode : std::uint8_t { find, matches, looking_at };

/// Start and end in UTF-16 units of the subject; -1 when the group took no part.
struct Group {
  std::int32_t start = -1;
  std::int32_t end = -1;
  [[nodiscard]] bool matched() const { return start >= 0; }
  bool operator==(const Group&) const = default;
};
/// Index 0 is the whole match.
using Groups = std::vector<Group>;

/// A borrowed text to match, scanned once; keep it when matching the same text many times.
class Subject {
 public:
  Subject(std::string_view latin1) : latin1_(latin1), shape_(Shape::latin1) {}  // NOLINT(google-explicit-constructor)
  Subject(std::u16string_view utf16);                                           // NOLINT(google-explicit-constructor)

  [[nodiscard]] std::size_t size() const { return shape_ == Shape::latin1 ? latin1_.size() : utf16_.size(); }
  [[nodiscard]] char16_t unit(std::size_t index) const {
    return shape_ == Shape::latin1 ? static_cast<unsigned char>(latin1_[index]) : utf16_[index];
  }

 private:
  friend class Regex;
  /// plain: no surrogate pair; pairs: well-formed with pairs; broken: pairs and lone surrogates, matched unit by unit.
  enum class Shape : std::uint8_t { latin1, plain, pairs, broken };
  std::string_view latin1_;
  std::u16string_view utf16_;
  Shape shape_;
};

/// The part of the subject to look at, in units, with Matcher's default bounds.
struct Region {
  std::size_t start = 0;
  std::size_t end = std::numeric_limits<std::size_t>::max();
  bool anchoring = true;     ///< ^ and $ match at its ends, else only at those of the subject
  bool transparent = false;  ///< what is looked for around a place may be beyond its ends
};

/// What more text behind the end could do to an attempt.
struct Reach {
  bool hit_end = false;      ///< the end was looked at: more text may change the outcome
  bool require_end = false;  ///< more text may make a match none
};

class Regex {
 public:
  /// Errors: invalid with Java's PatternSyntaxException text (`Unclosed group near index 1\n(`), unsupported for the
  /// few constructs that PCRE2 cannot express.
  static Result<Regex> compile(std::u16string_view pattern, unsigned flags = 0);
  /// The same for a pattern in UTF-8.
  static Result<Regex> compile(std::string_view utf8_pattern, unsigned flags = 0);

  /// One attempt. `start` is where find begins (text before it is visible to look-behind); matches and looking_at begin
  /// at the region's start. No match is an empty optional. Errors: exhausted.
  [[nodiscard]] Result<std::optional<Groups>> match(const Subject& subject, std::size_t start = 0,
                                                    MatchMode mode = MatchMode::find, Region region = {}) const;

  /// What the attempt with these arguments says about the end of the region: Matcher's hitEnd() and requireEnd(). Costs
  /// two attempts of a program of its own, made when first asked. Errors: exhausted.
  [[nodiscard]] Result<Reach> reach(const Subject& subject, std::size_t start, MatchMode mode, Region region) const;

  [[nodiscard]] std::size_t group_count() const;
  /// Names in order of their groups.
  [[nodiscard]] const std::vector<std::pair<std::string, std::int32_t>>& named_groups() const;
  [[nodiscard]] std::optional<std::int32_t> find_group(std::string_view name) const;
  [[nodiscard]] const std::u16string& pattern() const;
  [[nodiscard]] unsigned flags() const;

  struct Compiled;

 private:
  explicit Regex(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

/// Appends Matcher.appendReplacement's expansion of `replacement` ($1, ${name}, \$) for one match.
/// Thrown: IndexOutOfBoundsException `No group 3`; IllegalArgumentException `Illegal group reference`,
/// `No group with name {x}`, `character to be escaped is missing`, …
num::JavaResult<std::u16string> expand_replacement(const Regex& regex, const Subject& subject, const Groups& groups,
                                                   std::u16string_view replacement);

/// Matcher.replaceAll / replaceFirst in one go. Regex exhaustion is a Thrown java.lang.StackOverflowError.
num::JavaResult<std::u16string> replace_all(const Regex& regex, const Subject& subject,
                                            std::u16string_view replacement);
num::JavaResult<std::u16string> replace_first(const Regex& regex, const Subject& subject,
                                              std::u16string_view replacement);
/// Parts of String.split(regex, limit) as (start, end) unit ranges. Errors: exhausted.
Result<std::vector<Group>> split(const Regex& regex, const Subject& subject, std::int32_t limit = 0);

/// Pattern.quote and Matcher.quoteReplacement.
std::u16string quote_pattern(std::u16string_view text);
std::u16string quote_replacement(std::u16string_view text);

}  // namespace windlass::text
