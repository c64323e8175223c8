// Java's primitive number rules as plain functions: texts of floating point, parsing with Java's messages, casts,
// wraps.
//
// Not arithmetic on boxed values (the VM decides result types). Every function is total: overflow wraps, never
// undefined.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "num/java_result.h"

namespace windlass::num {

/// Double.toString: shortest digits that read back (JDK 19+ rule), "1.0E10", "100.0", "1.0E-5", "NaN", "-Infinity".
std::string java_double_to_string(double value);
std::string java_float_to_string(float value);

/// Double.parseDouble: trims, accepts d/D/f/F suffix, hex floats, NaN, Infinity. NumberFormatException `empty String`
/// or `For input string: "x"`.
JavaResult<double> parse_double(std::string_view text);
JavaResult<float> parse_float(std::string_view text);
/// Integer.parseInt / Long.parseLong (no trimming). NumberFormatException `For input string: "x"` (with ` under radix
/// N` when the radix is not 10).
JavaResult<std::int32_t> parse_int(std::string_view text, int radix = 10);
JavaResult<std::int64_t> parse_long(std::string_view text, int radix = 10);
/// Integer.decode / Long.decode: 0x, #, leading 0 octal.
JavaResult<std::int64_t> decode_long(std::string_view text);

/// Integer.toString(v, radix), Integer.toHexString and friends (unsigned_ = two's complement bits).
std::string to_radix(std::int64_t value, int radix);
std::string to_unsigned_radix(std::uint64_t value, int radix);

/// Java casts (int)d and (long)d: truncation, saturation, NaN to 0.
std::int32_t double_to_int(double value);
std::int64_t double_to_long(double value);
/// Math.round(double): floor(x + 1/2) with Java's saturation.
std::int64_t round_double(double value);
/// Math.rint is std::nearbyint; not repeated here.

constexpr std::int32_t wrap_int(std::int64_t value) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
}
constexpr std::int32_t add_int(std::int32_t a, std::int32_t b) { return wrap_int(std::int64_t{a} + b); }
constexpr std::int32_t subtract_int(std::int32_t a, std::int32_t b) { return wrap_int(std::int64_t{a} - b); }
constexpr std::int32_t multiply_int(std::int32_t a, std::int32_t b) { return wrap_int(std::int64_t{a} * b); }
constexpr std::int64_t add_long(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
constexpr std::int64_t subtract_long(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
constexpr std::int64_t multiply_long(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
constexpr std::int32_t negate_int(std::int32_t a) { return subtract_int(0, a); }
constexpr std::int64_t negate_long(std::int64_t a) { return subtract_long(0, a); }

/// Java's `/` and `%` on primitives; MIN / -1 wraps. ArithmeticException `/ by zero`.
JavaResult<std::int32_t> divide_int(std::int32_t a, std::int32_t b);
JavaResult<std::int64_t> divide_long(std::int64_t a, std::int64_t b);
JavaResult<std::int32_t> remainder_int(std::int32_t a, std::int32_t b);
JavaResult<std::int64_t> remainder_long(std::int64_t a, std::int64_t b);
JavaResult<std::int64_t> floor_div(std::int64_t a, std::int64_t b);
JavaResult<std::int64_t> floor_mod(std::int64_t a, std::int64_t b);

/// Java's shifts: the distance is taken modulo 32 or 64; right is arithmetic, unsigned_right is >>>.
constexpr std::int32_t shift_left_int(std::int32_t a, std::int64_t n) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) << (n & 31));
}
constexpr std::int32_t shift_right_int(std::int32_t a, std::int64_t n) { return a >> (n & 31); }
constexpr std::int32_t unsigned_shift_right_int(std::int32_t a, std::int64_t n) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) >> (n & 31));
}
constexpr std::int64_t shift_left_long(std::int64_t a, std::int64_t n) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) << (n & 63));
}
constexpr std::int64_t shift_right_long(std::int64_t a, std::int64_t n) { return a >> (n & 63); }
constexpr std::int64_t unsigned_shift_right_long(std::int64_t a, std::int64_t n) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) >> (n & 63));
}

}  // namespace windlass::num
