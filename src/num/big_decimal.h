// BigDecimal: unscaled * 10^-scale, with java.math.BigDecimal's scale, rounding and text rules and Groovy's division.
//
// Not IEEE decimal arithmetic. While the unscaled value fits int64 (Groovy's everyday decimals) nothing allocates.
// Invariant: the scale is what Java would have at every step; equal numbers of different scale are different values.
// Source: pipeline-language.md §5.2, checked against JDK 17 and Groovy 2.4.21 (testdata tables in the tests).
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "num/big_integer.h"
#include "num/java_result.h"

namespace windlass::num {

/// Order and numbers of java.math.BigDecimal.ROUND_*.
enum class RoundingMode : std::uint8_t { up, down, ceiling, floor, half_up, half_down, half_even, unnecessary };

struct MathContext {
  std::int32_t precision = 0;  ///< significant digits; 0 = unlimited
  RoundingMode rounding = RoundingMode::half_up;
};

class BigDecimal {
 public:
  BigDecimal() = default;
  BigDecimal(std::int64_t value) : unscaled_(value) {}  // NOLINT(google-explicit-constructor)
  explicit BigDecimal(BigInteger unscaled, std::int32_t scale = 0) : unscaled_(std::move(unscaled)), scale_(scale) {}

  /// Java's `new BigDecimal(String)` (no trimming). NumberFormatException.
  static JavaResult<BigDecimal> parse(std::string_view text);
  /// BigDecimal.valueOf(double): by way of Double.toString. NumberFormatException for NaN and infinities.
  static JavaResult<BigDecimal> from_double(double value);
  /// new BigDecimal(double): the exact binary value. NumberFormatException `Infinite or NaN`.
  static JavaResult<BigDecimal> from_double_exact(double value);

  [[nodiscard]] const BigInteger& unscaled() const { return unscaled_; }
  [[nodiscard]] std::int32_t scale() const { return scale_; }
  [[nodiscard]] std::int32_t precision() const { return unscaled_.decimal_digits(); }
  [[nodiscard]] int signum() const { return unscaled_.signum(); }

  [[nodiscard]] JavaResult<BigDecimal> add(const BigDecimal& other) const;
  [[nodiscard]] JavaResult<BigDecimal> subtract(const BigDecimal& other) const;
  [[nodiscard]] JavaResult<BigDecimal> multiply(const BigDecimal& other) const;
  /// With an exponent that is a multiple of three.
  [[nodiscard]] std::string to_engineering_string() const;
  /// Groovy's `/`: the exact quotient if it ends, else limited as §5.2 says. `Division by zero`, `Division undefined`.
  [[nodiscard]] JavaResult<BigDecimal> groovy_divide(const BigDecimal& other) const;
  /// Java's divide(BigDecimal): exact, or `Non-terminating decimal expansion; no exact representable decimal result.`
  [[nodiscard]] JavaResult<BigDecimal> divide(const BigDecimal& other) const;
  [[nodiscard]] JavaResult<BigDecimal> divide(const BigDecimal& other, MathContext context) const;
  [[nodiscard]] JavaResult<BigDecimal> divide(const BigDecimal& other, std::int32_t scale, RoundingMode mode) const;
  [[nodiscard]] JavaResult<BigDecimal> divide_to_integral(const BigDecimal& other) const;
  [[nodiscard]] JavaResult<BigDecimal> remainder(const BigDecimal& other) const;
  /// Java's pow(int), exponent 0..999999999, else ArithmeticException `Invalid operation`.
  [[nodiscard]] JavaResult<BigDecimal> pow(std::int32_t exponent) const;
  [[nodiscard]] BigDecimal negate() const { return BigDecimal(unscaled_.negate(), scale_); }
  [[nodiscard]] BigDecimal abs() const { return BigDecimal(unscaled_.abs(), scale_); }

  /// `unnecessary` answers ArithmeticException `Rounding necessary` when digits would be lost.
  [[nodiscard]] JavaResult<BigDecimal> set_scale(std::int32_t scale, RoundingMode mode) const;
  [[nodiscard]] JavaResult<BigDecimal> round(MathContext context) const;
  [[nodiscard]] BigDecimal strip_trailing_zeros() const;

  /// compareTo: by value, scale ignored.
  [[nodiscard]] std::strong_ordering compare(const BigDecimal& other) const;
  /// equals: value and scale.
  bool operator==(const BigDecimal& other) const = default;
  [[nodiscard]] std::int32_t hash_code() const;

  [[nodiscard]] std::string to_string() const;
  /// ArithmeticException when the text would be longer than the digit limit (Java would run out of memory).
  [[nodiscard]] JavaResult<std::string> to_plain_string() const;
  /// The integer part, truncated toward zero.
  [[nodiscard]] JavaResult<BigInteger> to_big_integer() const;
  /// Java's longValue()/intValue(): integer part, low bits.
  [[nodiscard]] std::int64_t to_int64_wrap() const;
  [[nodiscard]] std::int32_t to_int32_wrap() const { return static_cast<std::int32_t>(to_int64_wrap()); }
  [[nodiscard]] double to_double() const;

 private:
  BigInteger unscaled_;
  std::int32_t scale_ = 0;
};

}  // namespace windlass::num
