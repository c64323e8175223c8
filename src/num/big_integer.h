// BigInteger with java.math.BigInteger's results: truncating division, two's-complement bit operations, Java's
// hashCode.
//
// Not a number-crunching library: values are limited to kMaxBits bits, so that no script can hold the process for long.
// Operations that can grow a value (multiply, pow, shift_left, parse) answer ArithmeticException past that limit.
// Invariant: a value that fits int64 is held in small_ and magnitude_ is empty (so copies and sums of ordinary numbers
// allocate nothing); otherwise magnitude_ holds little-endian 64-bit limbs without leading zero and sign_ is -1 or 1.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "num/java_result.h"

namespace windlass::num {

class BigInteger {
 public:
  static constexpr std::size_t kMaxBits = std::size_t{1} << 20;

  BigInteger() = default;
  BigInteger(std::int64_t value) : small_(value) {}  // NOLINT(google-explicit-constructor): every int64 is one

  /// From sign and little-endian 64-bit limbs of the magnitude; leading zero limbs are allowed.
  static BigInteger from_limbs(bool negative, std::vector<std::uint64_t> limbs);
  /// Java's `new BigInteger(text, radix)`: optional sign, then digits. NumberFormatException with Java's message.
  static JavaResult<BigInteger> parse(std::string_view text, int radix = 10);
  /// Java's `new BigInteger(byte[])`: big-endian two's complement. Empty bytes give 0.
  static BigInteger from_bytes(std::span<const std::uint8_t> big_endian);
  /// Java's toByteArray(): the shortest big-endian two's complement form, at least one byte.
  [[nodiscard]] std::vector<std::uint8_t> to_bytes() const;
  /// The integer part of a finite double, exact. NaN and infinities give 0.
  static BigInteger from_double(double value);
  static BigInteger from_uint64(std::uint64_t value);

  [[nodiscard]] BigInteger add(const BigInteger& other) const;
  [[nodiscard]] BigInteger subtract(const BigInteger& other) const;
  [[nodiscard]] JavaResult<BigInteger> multiply(const BigInteger& other) const;
  /// Truncating, as Java. ArithmeticException `BigInteger divide by zero`.
  [[nodiscard]] JavaResult<BigInteger> divide(const BigInteger& other) const;
  /// Sign of the dividend, as Java's remainder(). Same exception as divide().
  [[nodiscard]] JavaResult<BigInteger> remainder(const BigInteger& other) const;
  struct Division;
  [[nodiscard]] JavaResult<Division> divide_and_remainder(const BigInteger& other) const;
  /// Never negative, as Java's mod(). ArithmeticException `BigInteger: modulus not positive` for modulus <= 0.
  [[nodiscard]] JavaResult<BigInteger> mod(const BigInteger& modulus) const;
  /// ArithmeticException `Negative exponent`.
  [[nodiscard]] JavaResult<BigInteger> pow(std::int32_t exponent) const;
  [[nodiscard]] JavaResult<BigInteger> mod_pow(const BigInteger& exponent, const BigInteger& modulus) const;
  [[nodiscard]] BigInteger negate() const;
  [[nodiscard]] BigInteger abs() const;
  [[nodiscard]] BigInteger gcd(const BigInteger& other) const;
  [[nodiscard]] BigInteger bit_and(const BigInteger& other) const;
  [[nodiscard]] BigInteger bit_or(const BigInteger& other) const;
  [[nodiscard]] BigInteger bit_xor(const BigInteger& other) const;
  [[nodiscard]] BigInteger bit_not() const;
  /// A negative distance shifts right, as Java.
  [[nodiscard]] JavaResult<BigInteger> shift_left(std::int32_t bits) const;
  [[nodiscard]] JavaResult<BigInteger> shift_right(std::int32_t bits) const;
  [[nodiscard]] bool test_bit(std::uint32_t bit) const;

  [[nodiscard]] int signum() const { return magnitude_.empty() ? (small_ > 0) - (small_ < 0) : sign_; }
  [[nodiscard]] bool is_zero() const { return signum() == 0; }
  [[nodiscard]] bool fits_int64() const { return magnitude_.empty(); }
  [[nodiscard]] bool fits_int32() const { return magnitude_.empty() && small_ == static_cast<std::int32_t>(small_); }
  /// Java's longValue(): the low 64 bits.
  [[nodiscard]] std::int64_t to_int64_wrap() const;
  [[nodiscard]] std::int32_t to_int32_wrap() const { return static_cast<std::int32_t>(to_int64_wrap()); }
  /// Nearest double, half to even; too large gives an infinity.
  [[nodiscard]] double to_double() const;
  /// Java's toString(radix); a radix outside 2..36 means 10.
  [[nodiscard]] std::string to_string(int radix = 10) const;
  /// Java's bitLength(): bits of the shortest two's complement form without the sign bit.
  [[nodiscard]] std::size_t bit_length() const;
  [[nodiscard]] std::size_t bit_count() const;
  /// Number of decimal digits of the absolute value; 1 for zero.
  [[nodiscard]] std::int32_t decimal_digits() const;
  [[nodiscard]] std::int32_t hash_code() const;

  /// Little-endian limbs of the absolute value (at most one limb when it fits int64; empty for zero).
  [[nodiscard]] std::vector<std::uint64_t> limbs() const;

  bool operator==(const BigInteger& other) const {
    return small_ == other.small_ && sign_ == other.sign_ && magnitude_ == other.magnitude_;
  }
  std::strong_ordering operator<=>(const BigInteger& other) const;

  /// 10^exponent; the exponent must be in 0..300000 (beyond: ArithmeticException).
  static JavaResult<BigInteger> power_of_ten(std::int64_t exponent);

 private:
  struct Access;  // conversions to the multiprecision type, in big_integer.cc only
  std::int64_t small_ = 0;
  std::int8_t sign_ = 0;
  std::vector<std::uint64_t> magnitude_;
};

struct BigInteger::Division {
  BigInteger quotient;
  BigInteger remainder;
};

}  // namespace windlass::num
