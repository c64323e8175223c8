// BigInteger's operations: int64 with overflow checks first, Boost.Multiprecision's cpp_int beyond.
//
// The only file that includes the multiprecision header (1.4 s of compile time). Its exceptions cannot arise: divisors
// are checked, sizes limited before each call.
#include "num/big_integer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <limits>

namespace windlass::num {

namespace {

using boost::multiprecision::cpp_int;
using Limbs = std::vector<std::uint64_t>;

constexpr std::int64_t kMin64 = std::numeric_limits<std::int64_t>::min();

std::uint64_t magnitude_of(std::int64_t value) {
  return value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
}

std::unexpected<Thrown> too_large() { return arithmetic_exception("BigInteger would overflow supported range"); }

/// Two's complement in exactly `count` limbs; the value must fit.
Limbs twos_complement(const BigInteger& value, std::size_t count) {
  Limbs limbs = value.limbs();
  limbs.resize(count, 0);
  if (value.signum() < 0) {
    bool carry = true;
    for (auto& limb : limbs) {
      limb = ~limb + (carry ? 1 : 0);
      carry = carry && limb == 0;
    }
  }
  return limbs;
}

BigInteger from_twos_complement(Limbs limbs) {
  bool negative = !limbs.empty() && (limbs.back() >> 63) != 0;
  if (negative) {
    bool carry = true;
    for (auto& limb : limbs) {
      limb = ~limb + (carry ? 1 : 0);
      carry = carry && limb == 0;
    }
  }
  return BigInteger::from_limbs(negative, std::move(limbs));
}

template <class Op>
BigInteger bitwise(const BigInteger& a, const BigInteger& b, Op op) {
  std::size_t count = std::max(a.limbs().size(), b.limbs().size()) + 1;
  Limbs left = twos_complement(a, count);
  Limbs right = twos_complement(b, count);
  for (std::size_t i = 0; i < count; ++i) left[i] = op(left[i], right[i]);
  return from_twos_complement(std::move(left));
}

std::size_t magnitude_bits(const Limbs& limbs) {
  return limbs.empty() ? 0 : limbs.size() * 64 - static_cast<std::size_t>(std::countl_zero(limbs.back()));
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

}  // namespace

struct BigInteger::Access {
  static cpp_int to_cpp(const BigInteger& value) {
    if (value.magnitude_.empty()) return cpp_int(value.small_);
    cpp_int out;
    boost::multiprecision::import_bits(out, value.magnitude_.begin(), value.magnitude_.end(), 64, false);
    if (value.sign_ < 0) out = -out;
    return out;
  }
  static BigInteger from_cpp(const cpp_int& value) {
    Limbs limbs;
    bool negative = value < 0;
    boost::multiprecision::export_bits(negative ? cpp_int(-value) : value, std::back_inserter(limbs), 64, false);
    return from_limbs(negative, std::move(limbs));
  }
};

BigInteger BigInteger::from_limbs(bool negative, std::vector<std::uint64_t> limbs) {
  while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
  BigInteger out;
  if (limbs.empty()) return out;
  constexpr std::uint64_t top = std::uint64_t{1} << 63;
  if (limbs.size() == 1 && (limbs[0] < top || (negative && limbs[0] == top))) {
    out.small_ = static_cast<std::int64_t>(negative ? ~limbs[0] + 1 : limbs[0]);
    return out;
  }
  out.sign_ = negative ? -1 : 1;
  out.magnitude_ = std::move(limbs);
  return out;
}

BigInteger BigInteger::from_uint64(std::uint64_t value) { return from_limbs(false, {value}); }

std::vector<std::uint64_t> BigInteger::limbs() const {
  if (!magnitude_.empty()) return magnitude_;
  if (small_ == 0) return {};
  return {magnitude_of(small_)};
}

JavaResult<BigInteger> BigInteger::parse(std::string_view text, int radix) {
  if (radix < 2 || radix > 36) return number_format_exception("Radix out of range");
  if (text.empty()) return number_format_exception("Zero length BigInteger");
  bool negative = text[0] == '-';
  std::string_view digits = text;
  if (text[0] == '-' || text[0] == '+') digits.remove_prefix(1);
  if (digits.empty()) return number_format_exception("Zero length BigInteger");
  if (digits.find_first_of("+-") != digits.npos) return number_format_exception("Illegal embedded sign character");
  while (digits.size() > 1 && digits[0] == '0') digits.remove_prefix(1);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digit_value(digits[i]) < radix) continue;
    // Java reads decimal digits nine at a time and names the group, not the text.
    std::size_t first = digits.size() % 9 == 0 ? 9 : digits.size() % 9;
    std::size_t start = i < first ? 0 : first + (i - first) / 9 * 9;
    std::string_view group = radix != 10 ? digits : digits.substr(start, i < first ? first : 9);
    return number_format_exception("For input string: \"" + std::string(group) + "\"" +
                                   (radix == 10 ? "" : " under radix " + std::to_string(radix)));
  }
  if (digits.size() * 6 > kMaxBits && static_cast<double>(digits.size()) * std::log2(radix) > kMaxBits) {
    return too_large();
  }
  // Whole limbs' worth of digits at a time; the limbs grow by one multiplication each.
  std::uint64_t chunk_size = 1;
  int chunk_digits = 0;
  while (chunk_size <= std::numeric_limits<std::uint64_t>::max() / static_cast<unsigned>(radix)) {
    chunk_size *= static_cast<unsigned>(radix);
    ++chunk_digits;
  }
  Limbs limbs;
  for (std::size_t at = 0; at < digits.size();) {
    std::size_t take = (digits.size() - at) % static_cast<std::size_t>(chunk_digits);
    if (take == 0) take = static_cast<std::size_t>(chunk_digits);
    std::uint64_t chunk = 0;
    for (std::size_t i = 0; i < take; ++i) {
      chunk = chunk * static_cast<unsigned>(radix) + static_cast<unsigned>(digit_value(digits[at + i]));
    }
    at += take;
    unsigned __int128 carry = chunk;
    for (auto& limb : limbs) {
      carry += static_cast<unsigned __int128>(limb) * chunk_size;
      limb = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    if (carry != 0) limbs.push_back(static_cast<std::uint64_t>(carry));
  }
  return from_limbs(negative, std::move(limbs));
}

BigInteger BigInteger::from_bytes(std::span<const std::uint8_t> big_endian) {
  if (big_endian.empty()) return {};
  std::size_t count = big_endian.size() / 8 + 1;
  Limbs limbs(count, (big_endian[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0);
  for (std::size_t i = 0; i < big_endian.size(); ++i) {
    std::size_t place = big_endian.size() - 1 - i;
    unsigned shift = static_cast<unsigned>(place % 8) * 8;
    auto& limb = limbs[place / 8];
    limb = (limb & ~(std::uint64_t{0xff} << shift)) | (std::uint64_t{big_endian[i]} << shift);
  }
  return from_twos_complement(std::move(limbs));
}

std::vector<std::uint8_t> BigInteger::to_bytes() const {
  std::size_t size = bit_length() / 8 + 1;
  Limbs limbs = twos_complement(*this, size / 8 + 1);
  std::vector<std::uint8_t> out(size);
  for (std::size_t i = 0; i < size; ++i) {
    std::size_t place = size - 1 - i;
    out[i] = static_cast<std::uint8_t>(limbs[place / 8] >> (place % 8 * 8));
  }
  return out;
}

BigInteger BigInteger::from_double(double value) {
  if (!std::isfinite(value)) return {};
  int exponent = 0;
  double fraction = std::frexp(std::trunc(value), &exponent);  // 0.5 <= |fraction| < 1
  auto mantissa = static_cast<std::int64_t>(std::ldexp(fraction, 53));
  BigInteger whole(mantissa);
  auto shifted = exponent >= 53 ? whole.shift_left(exponent - 53) : whole.shift_right(53 - exponent);
  return shifted ? *shifted : BigInteger();
}

BigInteger BigInteger::add(const BigInteger& other) const {
  if (magnitude_.empty() && other.magnitude_.empty()) {
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(small_, other.small_, &sum)) return BigInteger(sum);
  }
  return Access::from_cpp(Access::to_cpp(*this) + Access::to_cpp(other));
}

BigInteger BigInteger::subtract(const BigInteger& other) const {
  if (magnitude_.empty() && other.magnitude_.empty()) {
    std::int64_t difference = 0;
    if (!__builtin_sub_overflow(small_, other.small_, &difference)) return BigInteger(difference);
  }
  return Access::from_cpp(Access::to_cpp(*this) - Access::to_cpp(other));
}

JavaResult<BigInteger> BigInteger::multiply(const BigInteger& other) const {
  if (magnitude_.empty() && other.magnitude_.empty()) {
    std::int64_t product = 0;
    if (!__builtin_mul_overflow(small_, other.small_, &product)) return BigInteger(product);
  }
  if (bit_length() + other.bit_length() > kMaxBits) return too_large();
  return Access::from_cpp(Access::to_cpp(*this) * Access::to_cpp(other));
}

JavaResult<BigInteger::Division> BigInteger::divide_and_remainder(const BigInteger& other) const {
  if (other.is_zero()) return arithmetic_exception("BigInteger divide by zero");
  if (magnitude_.empty() && other.magnitude_.empty() && !(small_ == kMin64 && other.small_ == -1)) {
    return Division{BigInteger(small_ / other.small_), BigInteger(small_ % other.small_)};
  }
  cpp_int quotient;
  cpp_int rest;
  boost::multiprecision::divide_qr(Access::to_cpp(*this), Access::to_cpp(other), quotient, rest);
  return Division{Access::from_cpp(quotient), Access::from_cpp(rest)};
}

JavaResult<BigInteger> BigInteger::divide(const BigInteger& other) const {
  return WL_JAVA_TRY(divide_and_remainder(other)).quotient;
}

JavaResult<BigInteger> BigInteger::remainder(const BigInteger& other) const {
  return WL_JAVA_TRY(divide_and_remainder(other)).remainder;
}

JavaResult<BigInteger> BigInteger::mod(const BigInteger& modulus) const {
  if (modulus.signum() <= 0) return arithmetic_exception("BigInteger: modulus not positive");
  BigInteger rest = WL_JAVA_TRY(remainder(modulus));
  return rest.signum() < 0 ? rest.add(modulus) : rest;
}

JavaResult<BigInteger> BigInteger::pow(std::int32_t exponent) const {
  if (exponent < 0) return arithmetic_exception("Negative exponent");
  if (exponent == 0) return BigInteger(1);
  if (magnitude_.empty() && (small_ == 0 || small_ == 1)) return *this;
  if (magnitude_.empty() && small_ == -1) return BigInteger(exponent % 2 == 0 ? 1 : -1);
  if ((magnitude_bits(limbs()) - 1) * static_cast<std::size_t>(exponent) > kMaxBits) return too_large();
  return Access::from_cpp(boost::multiprecision::pow(Access::to_cpp(*this), static_cast<unsigned>(exponent)));
}

JavaResult<BigInteger> BigInteger::mod_pow(const BigInteger& exponent, const BigInteger& modulus) const {
  if (modulus.signum() <= 0) return arithmetic_exception("BigInteger: modulus not positive");
  if (exponent.signum() < 0) return arithmetic_exception("BigInteger not invertible.");
  if (modulus.bit_length() > 16384 || exponent.bit_length() > 16384) return too_large();
  BigInteger base = WL_JAVA_TRY(mod(modulus));
  return Access::from_cpp(
      boost::multiprecision::powm(Access::to_cpp(base), Access::to_cpp(exponent), Access::to_cpp(modulus)));
}

BigInteger BigInteger::negate() const {
  if (magnitude_.empty() && small_ != kMin64) return BigInteger(-small_);
  return from_limbs(signum() > 0, limbs());
}

BigInteger BigInteger::abs() const { return signum() < 0 ? negate() : *this; }

BigInteger BigInteger::gcd(const BigInteger& other) const {
  if (magnitude_.empty() && other.magnitude_.empty()) {
    std::uint64_t a = magnitude_of(small_);
    std::uint64_t b = magnitude_of(other.small_);
    while (b != 0) {
      std::uint64_t rest = a % b;
      a = b;
      b = rest;
    }
    return from_uint64(a);
  }
  return Access::from_cpp(boost::multiprecision::gcd(Access::to_cpp(*this), Access::to_cpp(other)));
}

BigInteger BigInteger::bit_and(const BigInteger& other) const {
  return bitwise(*this, other, [](std::uint64_t a, std::uint64_t b) { return a & b; });
}
BigInteger BigInteger::bit_or(const BigInteger& other) const {
  return bitwise(*this, other, [](std::uint64_t a, std::uint64_t b) { return a | b; });
}
BigInteger BigInteger::bit_xor(const BigInteger& other) const {
  return bitwise(*this, other, [](std::uint64_t a, std::uint64_t b) { return a ^ b; });
}
BigInteger BigInteger::bit_not() const { return negate().subtract(BigInteger(1)); }

JavaResult<BigInteger> BigInteger::shift_left(std::int32_t bits) const {
  if (is_zero() || bits == 0) return *this;
  if (bits < 0) {
    return shift_right(bits == std::numeric_limits<std::int32_t>::min() ? std::numeric_limits<std::int32_t>::max()
                                                                        : -bits);
  }
  Limbs source = limbs();
  if (magnitude_bits(source) + static_cast<std::size_t>(bits) > kMaxBits) return too_large();
  std::size_t whole = static_cast<std::size_t>(bits) / 64;
  unsigned part = static_cast<unsigned>(bits) % 64;
  Limbs out(source.size() + whole + 1, 0);
  for (std::size_t i = 0; i < source.size(); ++i) {
    out[i + whole] |= source[i] << part;
    if (part != 0) out[i + whole + 1] |= source[i] >> (64 - part);
  }
  return from_limbs(signum() < 0, std::move(out));
}

JavaResult<BigInteger> BigInteger::shift_right(std::int32_t bits) const {
  if (is_zero() || bits == 0) return *this;
  if (bits < 0) {
    return shift_left(bits == std::numeric_limits<std::int32_t>::min() ? std::numeric_limits<std::int32_t>::max()
                                                                       : -bits);
  }
  Limbs source = twos_complement(*this, limbs().size() + 1);
  std::size_t whole = static_cast<std::size_t>(bits) / 64;
  unsigned part = static_cast<unsigned>(bits) % 64;
  std::uint64_t fill = signum() < 0 ? ~std::uint64_t{0} : 0;
  if (whole >= source.size()) return BigInteger(signum() < 0 ? -1 : 0);
  Limbs out(source.size() - whole, 0);
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint64_t above = i + whole + 1 < source.size() ? source[i + whole + 1] : fill;
    out[i] = part == 0 ? source[i + whole] : (source[i + whole] >> part) | (above << (64 - part));
  }
  return from_twos_complement(std::move(out));
}

bool BigInteger::test_bit(std::uint32_t bit) const {
  std::size_t whole = bit / 64;
  Limbs source = twos_complement(*this, limbs().size() + 1);
  if (whole >= source.size()) return signum() < 0;
  return ((source[whole] >> (bit % 64)) & 1) != 0;
}

std::int64_t BigInteger::to_int64_wrap() const {
  if (magnitude_.empty()) return small_;
  return static_cast<std::int64_t>(sign_ < 0 ? ~magnitude_[0] + 1 : magnitude_[0]);
}

double BigInteger::to_double() const {
  if (magnitude_.empty()) return static_cast<double>(small_);
  // The top 64 bits decide, with everything below folded into a sticky lowest bit: one correct rounding.
  std::size_t bits = magnitude_bits(magnitude_);
  std::size_t drop = bits > 64 ? bits - 64 : 0;
  std::size_t whole = drop / 64;
  unsigned part = static_cast<unsigned>(drop % 64);
  std::uint64_t top = magnitude_[whole] >> part;
  if (part != 0 && whole + 1 < magnitude_.size()) top |= magnitude_[whole + 1] << (64 - part);
  bool sticky = part != 0 && (magnitude_[whole] << (64 - part)) != 0;
  for (std::size_t i = 0; i < whole && !sticky; ++i) sticky = magnitude_[i] != 0;
  if (sticky) top |= 1;
  double value = std::ldexp(static_cast<double>(top), static_cast<int>(std::min<std::size_t>(drop, 100000)));
  return sign_ < 0 ? -value : value;
}

std::string BigInteger::to_string(int radix) const {
  if (radix < 2 || radix > 36) radix = 10;
  if (is_zero()) return "0";
  // Peel off as many digits as fit a limb per division.
  std::uint64_t chunk_size = static_cast<unsigned>(radix);
  int chunk_digits = 1;
  while (chunk_size <= std::numeric_limits<std::uint64_t>::max() / static_cast<unsigned>(radix)) {
    chunk_size *= static_cast<unsigned>(radix);
    ++chunk_digits;
  }
  Limbs rest = limbs();
  std::string out;
  while (!rest.empty()) {
    unsigned __int128 carry = 0;
    for (std::size_t i = rest.size(); i-- > 0;) {
      carry = (carry << 64) | rest[i];
      rest[i] = static_cast<std::uint64_t>(carry / chunk_size);
      carry %= chunk_size;
    }
    while (!rest.empty() && rest.back() == 0) rest.pop_back();
    auto chunk = static_cast<std::uint64_t>(carry);
    for (int i = 0; i < chunk_digits && (chunk != 0 || !rest.empty()); ++i) {
      out.push_back("0123456789abcdefghijklmnopqrstuvwxyz"[chunk % static_cast<unsigned>(radix)]);
      chunk /= static_cast<unsigned>(radix);
    }
  }
  if (signum() < 0) out.push_back('-');
  std::reverse(out.begin(), out.end());
  return out;
}

std::size_t BigInteger::bit_length() const {
  if (magnitude_.empty()) {
    auto bits = static_cast<std::uint64_t>(small_ < 0 ? ~small_ : small_);
    return 64 - static_cast<std::size_t>(std::countl_zero(bits));
  }
  std::size_t bits = magnitude_bits(magnitude_);
  if (sign_ > 0) return bits;
  bool power_of_two = std::has_single_bit(magnitude_.back()) &&
                      std::all_of(magnitude_.begin(), magnitude_.end() - 1, [](auto limb) { return limb == 0; });
  return power_of_two ? bits - 1 : bits;
}

std::size_t BigInteger::bit_count() const {
  std::size_t count = 0;
  for (auto limb : (signum() < 0 ? bit_not() : *this).limbs()) count += static_cast<std::size_t>(std::popcount(limb));
  return count;
}

std::int32_t BigInteger::decimal_digits() const {
  if (!magnitude_.empty()) {
    std::string text = to_string();
    return static_cast<std::int32_t>(text.size() - (sign_ < 0 ? 1 : 0));
  }
  std::uint64_t value = magnitude_of(small_);
  std::int32_t digits = 1;
  while (value >= 10) {
    value /= 10;
    ++digits;
  }
  return digits;
}

std::int32_t BigInteger::hash_code() const {
  std::uint32_t hash = 0;
  Limbs all = limbs();
  bool leading = true;
  for (std::size_t i = all.size(); i-- > 0;) {
    for (auto word : {static_cast<std::uint32_t>(all[i] >> 32), static_cast<std::uint32_t>(all[i])}) {
      if (leading && word == 0) continue;
      leading = false;
      hash = 31 * hash + word;
    }
  }
  return static_cast<std::int32_t>(signum() < 0 ? ~hash + 1 : hash);
}

std::strong_ordering BigInteger::operator<=>(const BigInteger& other) const {
  if (magnitude_.empty() && other.magnitude_.empty()) return small_ <=> other.small_;
  if (signum() != other.signum()) return signum() <=> other.signum();
  // Same sign: one that fits int64 is nearer to zero than one that does not.
  std::strong_ordering order = magnitude_.size() <=> other.magnitude_.size();
  for (std::size_t i = magnitude_.size(); order == 0 && i-- > 0;) order = magnitude_[i] <=> other.magnitude_[i];
  return signum() < 0 ? 0 <=> order : order;
}

JavaResult<BigInteger> BigInteger::power_of_ten(std::int64_t exponent) {
  if (exponent < 0 || exponent > 300000) return too_large();
  if (exponent <= 18) {
    std::int64_t value = 1;
    for (std::int64_t i = 0; i < exponent; ++i) value *= 10;
    return BigInteger(value);
  }
  return BigInteger(10).pow(static_cast<std::int32_t>(exponent));
}

}  // namespace windlass::num
