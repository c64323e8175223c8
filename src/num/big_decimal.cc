// BigDecimal's rules on top of BigInteger; see the header. Alignment by powers of ten is limited by
// BigInteger::power_of_ten, so extreme scales answer ArithmeticException instead of filling the memory.
#include "num/big_decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "num/java_numbers.h"

namespace windlass::num {

namespace {

constexpr std::int64_t kMaxScale = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMinScale = std::numeric_limits<std::int32_t>::min();

JavaResult<std::int32_t> check_scale(std::int64_t scale) {
  if (scale > kMaxScale) return arithmetic_exception("Underflow");
  if (scale < kMinScale) return arithmetic_exception("Overflow");
  return static_cast<std::int32_t>(scale);
}

std::int32_t saturate_scale(std::int64_t scale) {
  return static_cast<std::int32_t>(std::clamp(scale, kMinScale, kMaxScale));
}

JavaResult<BigInteger> scale_up(const BigInteger& value, std::int64_t digits) {
  if (digits == 0 || value.is_zero()) return value;
  return value.multiply(WL_JAVA_TRY(BigInteger::power_of_ten(digits)));
}

/// numerator / denominator as an integer, rounded; the denominator is not zero.
JavaResult<BigInteger> rounded_quotient(const BigInteger& numerator, const BigInteger& denominator, RoundingMode mode,
                                        bool* exact = nullptr) {
  auto [quotient, rest] = WL_JAVA_TRY(numerator.divide_and_remainder(denominator));
  if (exact != nullptr) *exact = rest.is_zero();
  if (rest.is_zero()) return quotient;
  int sign = numerator.signum() * denominator.signum();
  bool away = false;
  auto half = [&] { return rest.abs().add(rest.abs()) <=> denominator.abs(); };
  switch (mode) {
    case RoundingMode::up:
      away = true;
      break;
    case RoundingMode::down:
      break;
    case RoundingMode::ceiling:
      away = sign > 0;
      break;
    case RoundingMode::floor:
      away = sign < 0;
      break;
    case RoundingMode::half_up:
      away = half() >= 0;
      break;
    case RoundingMode::half_down:
      away = half() > 0;
      break;
    case RoundingMode::half_even: {
      auto order = half();
      away = order > 0 || (order == 0 && quotient.test_bit(0));
      break;
    }
    case RoundingMode::unnecessary:
      return arithmetic_exception("Rounding necessary");
  }
  return away ? quotient.add(BigInteger(sign)) : quotient;
}

/// Drops trailing zeros while the scale stays above the preferred one.
BigDecimal strip_to_scale(BigInteger unscaled, std::int64_t scale, std::int64_t preferred) {
  const BigInteger ten(10);
  while (scale > preferred && !unscaled.is_zero() && !unscaled.test_bit(0)) {
    auto division = unscaled.divide_and_remainder(ten);
    if (!division || !division->remainder.is_zero()) break;
    unscaled = std::move(division->quotient);
    --scale;
  }
  return BigDecimal(std::move(unscaled), saturate_scale(scale));
}

std::unexpected<Thrown> zero_divisor(const BigDecimal& dividend) {
  return arithmetic_exception(dividend.signum() == 0 ? "Division undefined" : "Division by zero");
}

/// The number of decimals in which a / b ends, or -1 if it never does. b is not zero.
JavaResult<std::int64_t> terminating_decimals(const BigInteger& a, const BigInteger& b) {
  BigInteger rest = WL_JAVA_TRY(b.abs().divide(a.gcd(b)));
  std::int64_t twos = 0;
  std::int64_t fives = 0;
  while (!rest.test_bit(0)) {
    std::int32_t run = 1;
    while (!rest.test_bit(static_cast<std::uint32_t>(run))) ++run;
    rest = WL_JAVA_TRY(rest.shift_right(run));
    twos += run;
  }
  const BigInteger five(5);
  while (rest != BigInteger(1)) {
    auto division = WL_JAVA_TRY(rest.divide_and_remainder(five));
    if (!division.remainder.is_zero()) return -1;
    rest = std::move(division.quotient);
    ++fives;
  }
  return std::max(twos, fives);
}

/// Exact quotient at the smallest scale not below the preferred one; nothing if it does not end.
JavaResult<std::optional<BigDecimal>> exact_quotient(const BigDecimal& a, const BigDecimal& b) {
  std::int64_t preferred = saturate_scale(std::int64_t{a.scale()} - b.scale());
  if (a.signum() == 0) return BigDecimal(BigInteger(), static_cast<std::int32_t>(preferred));
  std::int64_t decimals = WL_JAVA_TRY(terminating_decimals(a.unscaled(), b.unscaled()));
  if (decimals < 0) return std::optional<BigDecimal>();
  BigInteger numerator = WL_JAVA_TRY(scale_up(a.unscaled(), decimals));
  return BigDecimal(WL_JAVA_TRY(numerator.divide(b.unscaled())), WL_JAVA_TRY(check_scale(preferred + decimals)));
}

std::string padded(std::size_t count) { return std::string(count, '0'); }

}  // namespace

JavaResult<BigDecimal> BigDecimal::parse(std::string_view text) {
  if (text.empty()) return number_format_exception("");
  if (text.size() > 300000) return number_format_exception("Too many digits");
  std::string digits;
  std::size_t i = 0;
  if (text[0] == '-' || text[0] == '+') {
    if (text[0] == '-') digits.push_back('-');
    i = 1;
  }
  std::size_t digit_count = 0;
  std::int64_t scale = 0;
  bool dot = false;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    char c = text[i];
    if (c >= '0' && c <= '9') {
      digits.push_back(c);
      ++digit_count;
      if (dot) ++scale;
    } else if (c == '.') {
      if (dot) return number_format_exception("Character array contains more than one decimal point.");
      dot = true;
    } else {
      // Java names a character, not a byte.
      std::size_t length = 1;
      while (i + length < text.size() && (static_cast<unsigned char>(text[i + length]) & 0xC0) == 0x80) ++length;
      return number_format_exception("Character " + std::string(text.substr(i, length)) +
                                     " is neither a decimal digit number, decimal point, nor \"e\" notation "
                                     "exponential mark.");
    }
  }
  if (digit_count == 0) return number_format_exception("No digits found.");
  if (i < text.size()) {
    std::string_view exponent = text.substr(i + 1);
    if (exponent.empty()) return number_format_exception("");
    bool negative = exponent[0] == '-';
    if (exponent[0] == '-' || exponent[0] == '+') exponent.remove_prefix(1);
    if (exponent.empty()) return number_format_exception("");
    while (exponent.size() > 1 && exponent[0] == '0') exponent.remove_prefix(1);
    if (exponent.size() > 10) return number_format_exception("Too many nonzero exponent digits.");
    std::int64_t value = 0;
    for (char c : exponent) {
      if (c < '0' || c > '9') return number_format_exception("Not a digit.");
      value = value * 10 + (c - '0');
    }
    scale -= negative ? -value : value;
    if (scale > kMaxScale || scale < kMinScale) return number_format_exception("Scale out of range.");
  }
  auto unscaled = BigInteger::parse(digits);
  if (!unscaled) return number_format_exception("Too many digits");
  return BigDecimal(std::move(*unscaled), static_cast<std::int32_t>(scale));
}

JavaResult<BigDecimal> BigDecimal::from_double(double value) {
  if (!std::isfinite(value)) {
    std::string text = java_double_to_string(value);
    std::size_t at = text[0] == '-' ? 1 : 0;
    return number_format_exception(std::string("Character ") + text[at] +
                                   " is neither a decimal digit number, decimal point, nor \"e\" notation "
                                   "exponential mark.");
  }
  return parse(java_double_to_string(value));
}

JavaResult<BigDecimal> BigDecimal::from_double_exact(double value) {
  if (!std::isfinite(value)) return number_format_exception("Infinite or NaN");
  if (value == 0) return BigDecimal();
  int exponent = 0;
  auto mantissa = static_cast<std::int64_t>(std::ldexp(std::frexp(value, &exponent), 53));
  exponent -= 53;
  while ((mantissa & 1) == 0) {
    mantissa /= 2;
    ++exponent;
  }
  if (exponent >= 0) return BigDecimal(WL_JAVA_TRY(BigInteger(mantissa).shift_left(exponent)), 0);
  BigInteger fives = WL_JAVA_TRY(BigInteger(5).pow(-exponent));
  return BigDecimal(WL_JAVA_TRY(BigInteger(mantissa).multiply(fives)), -exponent);
}

JavaResult<BigDecimal> BigDecimal::add(const BigDecimal& other) const {
  std::int64_t gap = std::int64_t{scale_} - other.scale_;
  if (gap == 0) return BigDecimal(unscaled_.add(other.unscaled_), scale_);
  if (gap > 0) return BigDecimal(unscaled_.add(WL_JAVA_TRY(scale_up(other.unscaled_, gap))), scale_);
  return BigDecimal(WL_JAVA_TRY(scale_up(unscaled_, -gap)).add(other.unscaled_), other.scale_);
}

JavaResult<BigDecimal> BigDecimal::subtract(const BigDecimal& other) const { return add(other.negate()); }

JavaResult<BigDecimal> BigDecimal::multiply(const BigDecimal& other) const {
  std::int32_t scale = WL_JAVA_TRY(check_scale(std::int64_t{scale_} + other.scale_));
  return BigDecimal(WL_JAVA_TRY(unscaled_.multiply(other.unscaled_)), scale);
}

JavaResult<BigDecimal> BigDecimal::divide(const BigDecimal& other) const {
  if (other.signum() == 0) return zero_divisor(*this);
  auto exact = WL_JAVA_TRY(exact_quotient(*this, other));
  if (exact) return *std::move(exact);
  return arithmetic_exception("Non-terminating decimal expansion; no exact representable decimal result.");
}

JavaResult<BigDecimal> BigDecimal::divide(const BigDecimal& other, MathContext context) const {
  if (context.precision <= 0) return divide(other);
  if (other.signum() == 0) return zero_divisor(*this);
  std::int64_t preferred = saturate_scale(std::int64_t{scale_} - other.scale_);
  if (signum() == 0) return BigDecimal(BigInteger(), static_cast<std::int32_t>(preferred));
  // a * 10^k / b has `precision` digits or one more; the second case is seen on the truncated quotient.
  std::int64_t k = std::int64_t{context.precision} - precision() + other.precision();
  BigInteger numerator = unscaled_;
  BigInteger denominator = other.unscaled_;
  for (int attempt = 0; attempt < 2; ++attempt) {
    numerator = WL_JAVA_TRY(scale_up(unscaled_, std::max<std::int64_t>(k, 0)));
    denominator = WL_JAVA_TRY(scale_up(other.unscaled_, std::max<std::int64_t>(-k, 0)));
    if (WL_JAVA_TRY(numerator.divide(denominator)).decimal_digits() <= context.precision) break;
    --k;
  }
  bool exact = false;
  BigInteger quotient = WL_JAVA_TRY(rounded_quotient(numerator, denominator, context.rounding, &exact));
  std::int64_t scale = preferred + k;
  if (quotient.decimal_digits() > context.precision) {
    quotient = WL_JAVA_TRY(quotient.divide(BigInteger(10)));
    --scale;
  }
  WL_JAVA_TRY(check_scale(scale));
  return exact ? strip_to_scale(std::move(quotient), scale, preferred)
               : BigDecimal(std::move(quotient), static_cast<std::int32_t>(scale));
}

JavaResult<BigDecimal> BigDecimal::divide(const BigDecimal& other, std::int32_t scale, RoundingMode mode) const {
  if (other.signum() == 0) return zero_divisor(*this);
  std::int64_t k = std::int64_t{scale} + other.scale_ - scale_;
  BigInteger numerator = WL_JAVA_TRY(scale_up(unscaled_, std::max<std::int64_t>(k, 0)));
  BigInteger denominator = WL_JAVA_TRY(scale_up(other.unscaled_, std::max<std::int64_t>(-k, 0)));
  return BigDecimal(WL_JAVA_TRY(rounded_quotient(numerator, denominator, mode)), scale);
}

JavaResult<BigDecimal> BigDecimal::groovy_divide(const BigDecimal& other) const {
  constexpr std::int32_t extra_precision = 10;
  constexpr std::int32_t least_limit = 10;
  if (other.signum() == 0) return zero_divisor(*this);
  auto exact = WL_JAVA_TRY(exact_quotient(*this, other));
  if (exact) return *std::move(exact);
  MathContext context{std::max(precision(), other.precision()) + extra_precision, RoundingMode::half_up};
  BigDecimal quotient = WL_JAVA_TRY(divide(other, context));
  std::int32_t limit = std::max({scale_, other.scale_, least_limit});
  return quotient.scale_ > limit ? quotient.set_scale(limit, RoundingMode::half_up) : quotient;
}

JavaResult<BigDecimal> BigDecimal::divide_to_integral(const BigDecimal& other) const {
  if (other.signum() == 0) return zero_divisor(*this);
  std::int64_t preferred = saturate_scale(std::int64_t{scale_} - other.scale_);
  if (signum() == 0 || abs().compare(other.abs()) < 0) {
    return BigDecimal(BigInteger(), static_cast<std::int32_t>(preferred));
  }
  BigDecimal whole = WL_JAVA_TRY(divide(other, 0, RoundingMode::down));
  whole = strip_to_scale(whole.unscaled_, 0, preferred);
  return whole.scale_ < preferred ? whole.set_scale(static_cast<std::int32_t>(preferred), RoundingMode::unnecessary)
                                  : whole;
}

JavaResult<BigDecimal> BigDecimal::remainder(const BigDecimal& other) const {
  BigDecimal whole = WL_JAVA_TRY(divide_to_integral(other));
  return subtract(WL_JAVA_TRY(whole.multiply(other)));
}

JavaResult<BigDecimal> BigDecimal::pow(std::int32_t exponent) const {
  if (exponent < 0 || exponent > 999999999) return arithmetic_exception("Invalid operation");
  std::int32_t scale = WL_JAVA_TRY(check_scale(std::int64_t{scale_} * exponent));
  return BigDecimal(WL_JAVA_TRY(unscaled_.pow(exponent)), scale);
}

JavaResult<BigDecimal> BigDecimal::set_scale(std::int32_t scale, RoundingMode mode) const {
  std::int64_t gap = std::int64_t{scale} - scale_;
  if (gap >= 0) return BigDecimal(WL_JAVA_TRY(scale_up(unscaled_, gap)), scale);
  if (unscaled_.is_zero()) return BigDecimal(BigInteger(), scale);
  // Far below one: the digits do not matter, only that there are some.
  if (-gap > std::int64_t{precision()} + 1) {
    return BigDecimal(WL_JAVA_TRY(rounded_quotient(BigInteger(signum()), BigInteger(100), mode)), scale);
  }
  BigInteger divisor = WL_JAVA_TRY(BigInteger::power_of_ten(-gap));
  return BigDecimal(WL_JAVA_TRY(rounded_quotient(unscaled_, divisor, mode)), scale);
}

JavaResult<BigDecimal> BigDecimal::round(MathContext context) const {
  BigDecimal out = *this;
  if (context.precision <= 0) return out;
  while (out.precision() > context.precision) {
    std::int64_t drop = std::int64_t{out.precision()} - context.precision;
    std::int32_t scale = WL_JAVA_TRY(check_scale(out.scale_ - drop));
    out = WL_JAVA_TRY(out.set_scale(scale, context.rounding));
  }
  return out;
}

BigDecimal BigDecimal::strip_trailing_zeros() const {
  if (unscaled_.is_zero()) return BigDecimal();
  return strip_to_scale(unscaled_, scale_, kMinScale);
}

std::strong_ordering BigDecimal::compare(const BigDecimal& other) const {
  if (scale_ == other.scale_) return unscaled_ <=> other.unscaled_;
  if (signum() != other.signum()) return signum() <=> other.signum();
  if (signum() == 0) return std::strong_ordering::equal;
  std::int64_t magnitude = std::int64_t{precision()} - scale_;
  std::int64_t other_magnitude = std::int64_t{other.precision()} - other.scale_;
  if (magnitude != other_magnitude) {
    return signum() > 0 ? magnitude <=> other_magnitude : other_magnitude <=> magnitude;
  }
  // Same magnitude: the scales differ by at most the number of digits, so aligning is cheap and cannot fail.
  std::int64_t gap = std::int64_t{scale_} - other.scale_;
  auto left = scale_up(unscaled_, std::max<std::int64_t>(-gap, 0));
  auto right = scale_up(other.unscaled_, std::max<std::int64_t>(gap, 0));
  if (!left || !right) return std::strong_ordering::equal;
  return *left <=> *right;
}

std::int32_t BigDecimal::hash_code() const { return wrap_int(std::int64_t{31} * unscaled_.hash_code() + scale_); }

std::string BigDecimal::to_string() const {
  std::string digits = unscaled_.abs().to_string();
  std::string sign = signum() < 0 ? "-" : "";
  if (scale_ == 0) return sign + digits;
  std::int64_t adjusted = static_cast<std::int64_t>(digits.size()) - 1 - scale_;
  if (scale_ > 0 && adjusted >= -6) {
    auto decimals = static_cast<std::size_t>(scale_);
    if (digits.size() > decimals)
      digits.insert(digits.size() - decimals, ".");
    else
      digits = "0." + padded(decimals - digits.size()) + digits;
    return sign + digits;
  }
  if (digits.size() > 1) digits.insert(1, ".");
  if (adjusted != 0) digits += (adjusted > 0 ? "E+" : "E") + std::to_string(adjusted);
  return sign + digits;
}

std::string BigDecimal::to_engineering_string() const {
  std::string digits = unscaled_.abs().to_string();
  std::int64_t adjusted = static_cast<std::int64_t>(digits.size()) - 1 - scale_;
  if (scale_ == 0 || (scale_ > 0 && adjusted >= -6)) return to_string();
  auto whole = adjusted % 3;  // digits before the point, less one
  if (whole < 0) whole += 3;
  adjusted -= whole;
  const auto before = static_cast<std::size_t>(whole) + 1;
  if (unscaled_.is_zero()) {
    if (before > 1) {
      digits = before == 2 ? "0.00" : "0.0";
      adjusted += 3;
    }
  } else if (before >= digits.size()) {
    digits += padded(before - digits.size());
  } else {
    digits.insert(before, ".");
  }
  if (adjusted != 0) digits += (adjusted > 0 ? "E+" : "E") + std::to_string(adjusted);
  return (signum() < 0 ? "-" : "") + digits;
}

JavaResult<std::string> BigDecimal::to_plain_string() const {
  constexpr std::int64_t limit = 300000;
  std::string digits = unscaled_.abs().to_string();
  std::string sign = signum() < 0 ? "-" : "";
  if (scale_ > limit || scale_ < -limit) {
    if (unscaled_.is_zero() && scale_ < 0) return std::string("0");
    return arithmetic_exception("the plain form of this number has more than 300000 digits");
  }
  if (scale_ <= 0) {
    return unscaled_.is_zero() ? "0" : sign + digits + padded(static_cast<std::size_t>(-std::int64_t{scale_}));
  }
  auto decimals = static_cast<std::size_t>(scale_);
  if (digits.size() > decimals)
    digits.insert(digits.size() - decimals, ".");
  else
    digits = "0." + padded(decimals - digits.size()) + digits;
  return sign + digits;
}

JavaResult<BigInteger> BigDecimal::to_big_integer() const {
  return WL_JAVA_TRY(set_scale(0, RoundingMode::down)).unscaled_;
}

std::int64_t BigDecimal::to_int64_wrap() const {
  if (scale_ == 0) return unscaled_.to_int64_wrap();
  // 10^64 and more is a multiple of 2^64: no low bits are left.
  if (scale_ <= -64 || std::int64_t{precision()} - scale_ <= 0) return 0;
  auto whole = to_big_integer();
  return whole ? whole->to_int64_wrap() : 0;
}

double BigDecimal::to_double() const {
  if (scale_ == 0) return unscaled_.to_double();
  std::string text = unscaled_.abs().to_string();
  std::int64_t magnitude = static_cast<std::int64_t>(text.size()) - scale_;
  double value = 0;
  if (magnitude > 400) value = std::numeric_limits<double>::infinity();
  if (magnitude <= 400 && magnitude >= -400) {
    text += "e" + std::to_string(-std::int64_t{scale_});
    auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec == std::errc::result_out_of_range) value = magnitude > 0 ? std::numeric_limits<double>::infinity() : 0;
  }
  if (unscaled_.is_zero()) value = 0;
  return signum() < 0 ? -value : value;
}

}  // namespace windlass::num
