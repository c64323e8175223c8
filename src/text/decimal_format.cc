// See the header. The reading of patterns follows the order of JDK 17's applyPattern, because its complaints do.
#include "text/decimal_format.h"

#include <algorithm>
#include <cmath>

#include "text/utf.h"

namespace windlass::text {
namespace {

using num::BigDecimal;

constexpr std::string_view kPerMille = "‰";
constexpr std::string_view kCurrency = "¤";
constexpr std::int32_t kMostDigits = 4'000'000;

std::unexpected<num::Thrown> refused(std::string_view what, std::string_view pattern) {
  return num::thrown("java.lang.IllegalArgumentException", std::string(what) + " \"" + std::string(pattern) + "\"");
}

/// The symbol with two bytes or more at the front of a text, or empty.
std::string_view wide_symbol(std::string_view text) {
  for (const auto symbol : {kPerMille, kCurrency}) {
    if (text.starts_with(symbol)) return symbol;
  }
  return {};
}

/// One half of a pattern: affixes and how often which digit stands where.
struct Half {
  std::string prefix, suffix;
  std::int32_t left = 0;    ///< `#` before the first 0
  std::int32_t zeros = 0;   ///< `0`
  std::int32_t right = 0;   ///< `#` after the last 0
  std::int32_t group = -1;  ///< digits since the last comma
  std::int32_t point = -1;  ///< digits before the point
  std::int32_t exponent_digits = 0;
  std::int32_t multiplier = 1;
};

class PatternReader {
 public:
  explicit PatternReader(std::string_view pattern) : pattern_(pattern) {}

  /// Reads up to the `;` or the end; of the second half digits say nothing.
  num::JavaResult<Half> half(bool is_first) {
    Half out;
    std::string* affix = &out.prefix;
    bool quoted = false;
    bool in_number = false;
    while (at_ < pattern_.size()) {
      const char c = pattern_[at_];
      if (in_number) {
        if (!is_first) {
          while (at_ < pattern_.size() && (is_digit_sign(pattern_[at_]) || pattern_[at_] == 'E')) ++at_;
        } else if (is_digit_sign(c)) {
          if (const auto thrown = count(out, c)) return num::thrown(*thrown);
          ++at_;
          continue;
        } else if (c == 'E') {
          if (out.exponent_digits > 0) return refused("Multiple exponential symbols in pattern", pattern_);
          for (++at_; at_ < pattern_.size() && pattern_[at_] == '0'; ++at_) ++out.exponent_digits;
          if (out.left + out.zeros < 1 || out.exponent_digits < 1) {
            return refused("Malformed exponential pattern", pattern_);
          }
        }
        in_number = false;
        affix = &out.suffix;
        continue;
      }
      if (c == '\'') {
        ++at_;
        if (at_ < pattern_.size() && pattern_[at_] == '\'') {
          *affix += "''";
          ++at_;
        } else {
          quoted = !quoted;
        }
        continue;
      }
      if (!quoted) {
        if (is_digit_sign(c)) {
          in_number = true;
          continue;
        }
        if (c == ';') {
          if (affix == &out.prefix || !is_first) {
            return num::thrown("java.lang.IllegalArgumentException",
                               "Unquoted special character ';' in pattern \"" + std::string(pattern_) + "\"");
          }
          break;
        }
        const std::string_view wide = wide_symbol(pattern_.substr(at_));
        if (c == '%' || wide == kPerMille) {
          if (out.multiplier != 1) return refused("Too many percent/per mille characters in pattern", pattern_);
          out.multiplier = c == '%' ? 100 : 1000;
        }
        if (c == '%' || c == '-' || !wide.empty()) {
          const std::string_view symbol = wide.empty() ? pattern_.substr(at_, 1) : wide;
          *affix += '\'';
          *affix += symbol;
          at_ += symbol.size();
          continue;
        }
      }
      *affix += c;
      ++at_;
    }
    if (out.zeros == 0 && out.left > 0 && out.point >= 0) {
      const std::int32_t before = std::max(out.point, 1);
      out.right = out.left - before;
      out.left = before - 1;
      out.zeros = 1;
    }
    const bool misplaced = out.point >= 0 && (out.point < out.left || out.point > out.left + out.zeros);
    if ((out.point < 0 && out.right > 0) || misplaced || out.group == 0 || quoted) {
      return refused("Malformed pattern", pattern_);
    }
    return out;
  }
  /// Whether a second half follows; the `;` is passed.
  bool has_more() {
    if (at_ >= pattern_.size()) return false;
    ++at_;
    return true;
  }

 private:
  static bool is_digit_sign(char c) { return c == '#' || c == '0' || c == ',' || c == '.'; }
  [[nodiscard]] std::optional<num::Thrown> count(Half& out, char c) const {
    if (c == '.') {
      if (out.point >= 0) return refused("Multiple decimal separators in pattern", pattern_).error();
      out.point = out.left + out.zeros + out.right;
      return std::nullopt;
    }
    if (c == ',') {
      out.group = 0;
      return std::nullopt;
    }
    if (c == '0') {
      if (out.right > 0) return refused("Unexpected '0' in pattern", pattern_).error();
      ++out.zeros;
    } else {
      ++(out.zeros > 0 ? out.right : out.left);
    }
    if (out.group >= 0 && out.point < 0) ++out.group;
    return std::nullopt;
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
};

/// The digits of a number without zeros at either end: 0.DIGITS times ten to the `point`.
struct Digits {
  std::string text;
  std::int64_t point = 0;
};
Digits digits_of(const BigDecimal& number) {
  Digits out{number.unscaled().abs().to_string(), 0};
  out.point = static_cast<std::int64_t>(out.text.size()) - number.scale();
  while (out.text.ends_with('0')) out.text.pop_back();
  if (out.text.empty()) out.point = 0;
  return out;
}

/// With a currency in its affixes a number has the separators of money.
bool is_money(const DecimalFormat& f) {
  const std::string mark = "'" + std::string(kCurrency);
  for (const auto* affix : {&f.positive_prefix, &f.positive_suffix, &f.negative_prefix, &f.negative_suffix}) {
    if (affix->find(mark) != std::string::npos) return true;
  }
  return false;
}
const std::string& point_of(const DecimalFormat& f) { return is_money(f) ? f.symbols.money_point : f.symbols.point; }
const std::string& group_of(const DecimalFormat& f) { return is_money(f) ? f.symbols.money_group : f.symbols.group; }

void append_digits(std::string& out, std::string_view digits, const DecimalSymbols& symbols) {
  if (symbols.zero == U'0') {
    out += digits;
    return;
  }
  for (const char c : digits) append_utf8(out, symbols.zero + static_cast<char32_t>(c - '0'));
}

std::string plain_text(const DecimalFormat& f, const Digits& digits) {
  const std::string& point = point_of(f);
  const std::string& group = group_of(f);
  const auto put = [&f](std::string& to, char digit) { append_digits(to, {&digit, 1}, f.symbols); };
  std::string out;
  const auto have = static_cast<std::int64_t>(digits.text.size());
  std::int64_t next = 0;
  std::int64_t count = std::max<std::int64_t>(f.min_integer, digits.point);
  if (count > f.max_integer) {
    count = f.max_integer;
    next = std::max<std::int64_t>(0, digits.point - count);
  }
  for (std::int64_t i = count - 1; i >= 0; --i) {
    put(out, i < digits.point && next < have ? digits.text[static_cast<std::size_t>(next++)] : '0');
    if (f.uses_grouping && f.grouping > 0 && i > 0 && i % f.grouping == 0) out += group;
  }
  const bool has_fraction = f.min_fraction > 0 || next < have;
  if (!has_fraction && out.empty()) put(out, '0');
  if (f.always_point || has_fraction) out += point;
  for (std::int64_t i = 0; i < f.max_fraction && (i < f.min_fraction || next < have); ++i) {
    const bool is_leading = -1 - i > digits.point - 1;
    put(out, is_leading || next >= have ? '0' : digits.text[static_cast<std::size_t>(next++)]);
  }
  return out;
}

std::string exponent_text(const DecimalFormat& f, const Digits& digits) {
  const bool is_zero = digits.text.empty();
  std::int64_t exponent = digits.point;
  std::int64_t integers = f.min_integer;
  const std::int64_t repeat = f.max_integer;
  if (repeat > 1 && repeat > f.min_integer) {
    exponent = exponent >= 1 ? (exponent - 1) / repeat * repeat : (exponent - repeat) / repeat * repeat;
    integers = 1;
  } else {
    exponent -= integers;
  }
  const std::int64_t before = is_zero ? integers : digits.point - exponent;
  const auto have = static_cast<std::int64_t>(digits.text.size());
  const std::int64_t total = std::max({std::int64_t{f.min_integer} + f.min_fraction, before, have});
  std::string out;
  for (std::int64_t i = 0; i < total; ++i) {
    if (i == before) out += point_of(f);
    const char digit = i < have ? digits.text[static_cast<std::size_t>(i)] : '0';
    append_digits(out, {&digit, 1}, f.symbols);
  }
  if (f.always_point && total == before) out += point_of(f);
  if (is_zero) exponent = 0;
  std::string power = std::to_string(exponent < 0 ? -exponent : exponent);
  if (power.size() < static_cast<std::size_t>(f.exponent_digits)) {
    power.insert(0, static_cast<std::size_t>(f.exponent_digits) - power.size(), '0');
  }
  out += f.symbols.exponent;
  if (exponent < 0) out += f.symbols.minus;
  append_digits(out, power, f.symbols);
  return out;
}

std::string with_affixes(const DecimalFormat& f, bool is_negative, const std::string& middle) {
  return expanded_affix(is_negative ? f.negative_prefix : f.positive_prefix, f.symbols) + middle +
         expanded_affix(is_negative ? f.negative_suffix : f.positive_suffix, f.symbols);
}

/// `shown` has the digits that are written if they are few enough; `exact` is what is rounded where they are not.
num::JavaResult<std::string> formatted(const DecimalFormat& f, const BigDecimal& shown, const BigDecimal& exact,
                                       bool is_negative) {
  const auto far = [](std::int64_t n) { return n > kMostDigits || n < -kMostDigits; };
  const bool has_exponent = f.exponent_digits > 0;
  if ((!has_exponent && far(std::int64_t{shown.precision()} - shown.scale())) || far(std::int64_t{f.min_integer}) ||
      far(f.min_fraction)) {
    return num::thrown("java.lang.OutOfMemoryError", "Java heap space");
  }
  const auto refuse = [](const num::Thrown& thrown) {
    if (thrown.type != "java.lang.ArithmeticException") return num::thrown(thrown);
    return num::arithmetic_exception("Rounding needed with the rounding mode being set to RoundingMode.UNNECESSARY");
  };
  BigDecimal rounded = shown;
  if (has_exponent) {
    const std::int64_t significant = std::int64_t{f.max_integer} + f.max_fraction;
    if (significant > 0 && static_cast<std::size_t>(significant) < digits_of(shown).text.size()) {
      const auto result = exact.round({static_cast<std::int32_t>(significant), f.rounding});
      if (!result) return refuse(result.error());
      rounded = *result;
    }
  } else if (shown.strip_trailing_zeros().scale() > f.max_fraction) {
    const auto result = exact.set_scale(f.max_fraction, f.rounding);
    if (!result) return refuse(result.error());
    rounded = *result;
  }
  const Digits digits = digits_of(rounded);
  return with_affixes(f, is_negative, has_exponent ? exponent_text(f, digits) : plain_text(f, digits));
}

/// A literal part of an affix, in quotes where something in it would mean more.
std::string quoted(std::string_view text) {
  const bool is_special = text.find_first_of("0#,.%;-") != std::string_view::npos ||
                          text.find(kPerMille) != std::string_view::npos ||
                          text.find(kCurrency) != std::string_view::npos;
  return is_special ? "'" + std::string(text) + "'" : std::string(text);
}
std::string affix_pattern(std::string_view affix) {
  std::string out;
  std::string literal;
  for (std::size_t i = 0; i < affix.size(); ++i) {
    if (affix[i] != '\'' || i + 1 >= affix.size()) {
      literal += affix[i];
      continue;
    }
    out += quoted(literal);
    literal.clear();
    ++i;
    if (affix[i] == '\'') {
      out += "''";
      continue;
    }
    const std::string_view wide = wide_symbol(affix.substr(i));
    out += wide.empty() ? affix.substr(i, 1) : wide;
    if (!wide.empty()) i += wide.size() - 1;
  }
  return out + quoted(literal);
}

}  // namespace

std::string expanded_affix(std::string_view affix, const DecimalSymbols& symbols) {
  const std::string money = "'" + std::string(kCurrency);
  std::string out;
  for (std::size_t i = 0; i < affix.size(); ++i) {
    const std::string_view rest = affix.substr(i);
    if (affix[i] != '\'' || i + 1 >= affix.size()) {
      out += affix[i];
    } else if (rest.starts_with(money)) {  // twice: the currency's code
      const bool is_code = rest.substr(money.size()).starts_with(money);
      out += is_code ? symbols.currency_code : symbols.currency;
      i += (is_code ? 2 : 1) * money.size() - 1;
    } else if (rest.substr(1).starts_with(kPerMille)) {
      out += symbols.per_mille;
      i += kPerMille.size();
    } else {
      const char c = affix[++i];
      if (c == '-') {
        out += symbols.minus;
      } else if (c == '%') {
        out += symbols.percent;
      } else {
        out += c;
      }
    }
  }
  return out;
}

std::string literal_affix(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out;
}

num::JavaResult<DecimalFormat> apply_decimal_pattern(DecimalFormat f, std::string_view pattern) {
  constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
  PatternReader reader(pattern);
  const Half half = WL_JAVA_TRY(reader.half(true));
  f.positive_prefix = half.prefix;
  f.positive_suffix = half.suffix;
  const std::int32_t total = half.left + half.zeros + half.right;
  const std::int32_t point = half.point >= 0 ? half.point : total;
  f.exponent_digits = half.exponent_digits;
  f.min_integer = point - half.left;
  f.max_integer = half.exponent_digits > 0 ? half.left + f.min_integer : kMost;
  f.max_fraction = half.point >= 0 ? total - half.point : 0;
  f.min_fraction = half.point >= 0 ? half.left + half.zeros - half.point : 0;
  f.uses_grouping = half.group > 0;
  f.grouping = std::max(half.group, 0);
  f.multiplier = half.multiplier;
  f.always_point = half.point == 0 || half.point == total;
  if (pattern.empty()) {
    f.min_integer = 0;
    f.max_fraction = kMost;
    f.always_point = false;
  }
  f.negative_prefix = "'-" + f.positive_prefix;
  f.negative_suffix = f.positive_suffix;
  if (reader.has_more()) {
    const Half negative = WL_JAVA_TRY(reader.half(false));
    if (negative.prefix != f.positive_prefix || negative.suffix != f.positive_suffix) {
      f.negative_prefix = negative.prefix;
      f.negative_suffix = negative.suffix;
    }
  }
  return f;
}

std::string decimal_pattern(const DecimalFormat& f) {
  std::string number;
  const std::int32_t count =
      std::min(f.exponent_digits > 0 ? f.max_integer : std::max(f.grouping, f.min_integer) + 1, kMostDigits);
  for (std::int32_t i = count; i > 0; --i) {
    if (i != count && f.uses_grouping && f.grouping > 0 && i % f.grouping == 0) number += ',';
    number += i <= f.min_integer ? '0' : '#';
  }
  if (f.max_fraction > 0 || f.always_point) number += '.';
  const std::int32_t fraction = std::min(f.max_fraction, kMostDigits);
  for (std::int32_t i = 0; i < fraction; ++i) number += i < f.min_fraction ? '0' : '#';
  if (f.exponent_digits > 0) number += "E" + std::string(static_cast<std::size_t>(f.exponent_digits), '0');
  std::string out = affix_pattern(f.positive_prefix) + number + affix_pattern(f.positive_suffix);
  if (f.negative_prefix != "'-" + f.positive_prefix || f.negative_suffix != f.positive_suffix) {
    out += ";" + affix_pattern(f.negative_prefix) + number + affix_pattern(f.negative_suffix);
  }
  return out;
}

num::JavaResult<std::string> format_decimal(const DecimalFormat& f, const BigDecimal& number) {
  const BigDecimal n = f.multiplier == 1 ? number : WL_JAVA_TRY(number.multiply(BigDecimal(f.multiplier)));
  return formatted(f, n, n, n.signum() < 0);
}

num::JavaResult<std::string> format_decimal(const DecimalFormat& f, double number) {
  if (std::isnan(number)) return f.symbols.nan;
  const bool is_negative = std::signbit(number) != (f.multiplier < 0);
  const double n = number * f.multiplier;
  if (std::isinf(n)) return with_affixes(f, is_negative, f.symbols.infinity);
  const BigDecimal shown = WL_JAVA_TRY(BigDecimal::from_double(n));
  return formatted(f, shown, WL_JAVA_TRY(BigDecimal::from_double_exact(n)), is_negative);
}

namespace {

struct DigitAt {
  char value;
  std::size_t size;
};
/// The digit at the front of a text: a common one, or one of those that begin with the format's zero.
std::optional<DigitAt> digit_at(std::string_view text, const DecimalSymbols& symbols) {
  if (text.empty()) return std::nullopt;
  if (text[0] >= '0' && text[0] <= '9') return DigitAt{text[0], 1};
  if (symbols.zero == U'0') return std::nullopt;
  for (char digit = '0'; digit <= '9'; ++digit) {
    std::string own;
    append_utf8(own, symbols.zero + static_cast<char32_t>(digit - '0'));
    if (text.starts_with(own)) return DigitAt{digit, own.size()};
  }
  return std::nullopt;
}

}  // namespace

std::optional<ParsedDecimal> parse_decimal(const DecimalFormat& f, std::string_view text) {
  if (text == f.symbols.nan) return ParsedDecimal{{}, std::numeric_limits<double>::quiet_NaN()};
  const std::string prefixes[] = {expanded_affix(f.positive_prefix, f.symbols),
                                  expanded_affix(f.negative_prefix, f.symbols)};
  const std::string suffixes[] = {expanded_affix(f.positive_suffix, f.symbols),
                                  expanded_affix(f.negative_suffix, f.symbols)};
  bool may_be[] = {text.starts_with(prefixes[0]), text.starts_with(prefixes[1])};
  if (may_be[0] && may_be[1] && prefixes[0].size() != prefixes[1].size()) {
    may_be[prefixes[0].size() > prefixes[1].size() ? 1 : 0] = false;
  }
  if (!may_be[0] && !may_be[1]) return std::nullopt;
  std::string_view rest = text.substr(prefixes[may_be[0] ? 0 : 1].size());
  std::string digits;
  bool is_infinite = false;
  if (rest.starts_with(f.symbols.infinity)) {
    is_infinite = true;
    rest.remove_prefix(f.symbols.infinity.size());
  } else {
    const std::string& point = point_of(f);
    const std::string& group = group_of(f);
    bool has_point = false;
    std::size_t end = 0;
    bool any = false;
    for (std::size_t i = 0; i < rest.size();) {
      const std::string_view left = rest.substr(i);
      if (const auto digit = digit_at(left, f.symbols)) {
        digits += digit->value;
        any = true;
        i += digit->size;
        end = i;
      } else if (left.starts_with(point) && !f.integer_only && !has_point) {
        digits += '.';
        has_point = true;
        i += point.size();
        end = i;
      } else if (left.starts_with(f.symbols.exponent) && any) {
        std::size_t power = i + f.symbols.exponent.size();
        std::string text_of_it = "E";
        if (rest.substr(power).starts_with(f.symbols.minus)) {
          text_of_it += '-';
          power += f.symbols.minus.size();
        }
        const std::size_t signs = text_of_it.size();
        while (const auto next = digit_at(rest.substr(power), f.symbols)) {
          text_of_it += next->value;
          power += next->size;
        }
        if (text_of_it.size() > signs && text_of_it.size() - signs < 9) {
          digits += text_of_it;
          end = power;
        }
        break;
      } else if (left.starts_with(group) && f.uses_grouping && !has_point) {
        i += group.size();
      } else {
        break;
      }
    }
    if (!any) return std::nullopt;
    rest.remove_prefix(end);
  }
  for (const int i : {0, 1}) may_be[i] = may_be[i] && rest.starts_with(suffixes[i]);
  if (may_be[0] && may_be[1] && suffixes[0].size() != suffixes[1].size()) {
    may_be[suffixes[0].size() > suffixes[1].size() ? 1 : 0] = false;
  }
  if (may_be[0] == may_be[1]) return std::nullopt;
  const bool is_negative = may_be[1];
  if (is_infinite) {
    const double infinity = std::numeric_limits<double>::infinity();
    return ParsedDecimal{{}, is_negative ? -infinity : infinity};
  }
  if (digits.starts_with('.')) digits.insert(0, 1, '0');
  auto value = BigDecimal::parse(digits);
  if (!value) return std::nullopt;
  if (is_negative && value->signum() == 0) return ParsedDecimal{{}, -0.0};
  if (f.multiplier != 1 && f.multiplier != 0) {
    value = value->divide(BigDecimal(f.multiplier), {34, num::RoundingMode::half_even});
    if (!value) return std::nullopt;
  }
  return ParsedDecimal{is_negative ? value->negate() : *value, std::nullopt};
}

}  // namespace windlass::text
