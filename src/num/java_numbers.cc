// Java's number texts and casts; see the header.
#include "num/java_numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace windlass::num {

namespace {

/// Java's layout of decimal digits d1d2d3… * 10^(exponent - 1): plain from 1e-3 to 1e7, else computerised E notation.
std::string lay_out(bool negative, std::string digits, int exponent) {
  std::string out = negative ? "-" : "";
  if (exponent > -3 && exponent <= 7) {
    if (exponent <= 0) {
      out += "0." + std::string(static_cast<std::size_t>(-exponent), '0') + digits;
    } else {
      auto whole = static_cast<std::size_t>(exponent);
      if (digits.size() < whole) digits.resize(whole, '0');
      out += digits.substr(0, whole) + "." + (digits.size() > whole ? digits.substr(whole) : "0");
    }
    return out;
  }
  out += digits.substr(0, 1) + "." + (digits.size() > 1 ? digits.substr(1) : "0");
  return out + "E" + std::to_string(exponent - 1);
}

template <class Float>
std::string to_java_text(Float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  std::array<char, 64> buffer{};
  auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(value), std::chars_format::scientific);
  std::string_view text(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  std::array<char, 64> two{};
  if (text.find('.') == text.npos) {
    // Java never goes below two digits, and then takes the nearest two-digit decimal (4.9E-324, not 5.0E-324).
    auto two_end =
        std::to_chars(two.data(), two.data() + two.size(), std::fabs(value), std::chars_format::scientific, 1);
    std::string_view candidate(two.data(), static_cast<std::size_t>(two_end.ptr - two.data()));
    Float back = 0;
    std::from_chars(candidate.data(), candidate.data() + candidate.size(), back);
    if (back == std::fabs(value)) text = candidate;
  }
  std::size_t e = text.find('e');
  int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
  std::string digits;
  for (char c : text.substr(0, e)) {
    if (c != '.') digits.push_back(c);
  }
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  return lay_out(std::signbit(value), digits, exponent + 1);
}

std::string_view trim_java(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// The grammar of Double.valueOf; from_chars alone accepts other things (inf, nan, no exponent rules).
bool is_decimal_float(std::string_view text) {
  std::size_t i = 0;
  std::size_t digits = 0;
  while (i < text.size() && is_digit(text[i])) ++i, ++digits;
  if (i < text.size() && text[i] == '.') {
    ++i;
    while (i < text.size() && is_digit(text[i])) ++i, ++digits;
  }
  if (digits == 0) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    std::size_t start = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    if (i == start) return false;
  }
  return i == text.size();
}

/// 0x1.8p3: the exponent is required.
bool is_hex_float(std::string_view text) {
  if (text.size() < 4 || text[0] != '0' || (text[1] != 'x' && text[1] != 'X')) return false;
  std::size_t i = 2;
  std::size_t digits = 0;
  while (i < text.size() && is_hex(text[i])) ++i, ++digits;
  if (i < text.size() && text[i] == '.') {
    ++i;
    while (i < text.size() && is_hex(text[i])) ++i, ++digits;
  }
  if (digits == 0 || i >= text.size() || (text[i] != 'p' && text[i] != 'P')) return false;
  ++i;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  std::size_t start = i;
  while (i < text.size() && is_digit(text[i])) ++i;
  return i > start && i == text.size();
}

/// True when the decimal is below one: decides an out-of-range text between zero and infinity.
bool is_tiny(std::string_view text, bool hex) {
  std::size_t e = text.find_first_of(hex ? "pP" : "eE");
  if (e != text.npos && e + 1 < text.size()) return text[e + 1] == '-';
  for (char c : text.substr(0, text.find('.'))) {
    if (c != '0') return false;
  }
  return true;
}

template <class Float>
JavaResult<Float> parse_float_text(std::string_view original) {
  std::string_view text = trim_java(original);
  if (text.empty()) return number_format_exception("empty String");
  auto bad = [&] { return number_format_exception("For input string: \"" + std::string(text) + "\""); };
  bool negative = text[0] == '-';
  std::string_view body = text;
  if (text[0] == '-' || text[0] == '+') body.remove_prefix(1);
  if (body == "NaN") return std::numeric_limits<Float>::quiet_NaN();
  if (body == "Infinity")
    return negative ? -std::numeric_limits<Float>::infinity() : std::numeric_limits<Float>::infinity();
  if (!body.empty() && (body.back() == 'd' || body.back() == 'D' || body.back() == 'f' || body.back() == 'F') &&
      (!is_hex_float(body) || body.find_first_of("pP") != body.npos)) {
    std::string_view cut = body.substr(0, body.size() - 1);
    if (is_decimal_float(cut) || is_hex_float(cut)) body = cut;
  }
  bool hex = is_hex_float(body);
  if (!hex && !is_decimal_float(body)) {
    const auto other = body.find_first_not_of("0123456789.");
    const auto number = body.substr(0, other);
    if (std::ranges::count(number, '.') > 1) return number_format_exception("multiple points");
    return bad();
  }
  std::string_view digits = hex ? body.substr(2) : body;
  Float value = 0;
  std::string with_zero;
  if (digits[0] == '.') {
    with_zero = "0" + std::string(digits);
    digits = with_zero;
  }
  auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value,
                              hex ? std::chars_format::hex : std::chars_format::general);
  if (read.ec == std::errc::result_out_of_range) {
    value = is_tiny(digits, hex) ? 0 : std::numeric_limits<Float>::infinity();
  } else if (read.ec != std::errc()) {
    return bad();
  }
  return negative ? -value : value;
}

template <class Int>
JavaResult<Int> parse_integer(std::string_view text, int radix) {
  auto bad = [&] {
    return number_format_exception("For input string: \"" + std::string(text) + "\"" +
                                   (radix == 10 ? "" : " under radix " + std::to_string(radix)));
  };
  std::string_view body = text;
  if (!body.empty() && body[0] == '+') {
    body.remove_prefix(1);
    if (!body.empty() && body[0] == '-') return bad();
  }
  Int value = 0;
  auto read = std::from_chars(body.data(), body.data() + body.size(), value, radix);
  if (read.ec != std::errc() || read.ptr != body.data() + body.size()) return bad();
  return value;
}

}  // namespace

std::string java_double_to_string(double value) { return to_java_text(value); }
std::string java_float_to_string(float value) { return to_java_text(value); }

JavaResult<double> parse_double(std::string_view text) { return parse_float_text<double>(text); }
JavaResult<float> parse_float(std::string_view text) { return parse_float_text<float>(text); }

JavaResult<std::int32_t> parse_int(std::string_view text, int radix) {
  return parse_integer<std::int32_t>(text, radix);
}
JavaResult<std::int64_t> parse_long(std::string_view text, int radix) {
  return parse_integer<std::int64_t>(text, radix);
}

JavaResult<std::int64_t> decode_long(std::string_view text) {
  if (text.empty()) return number_format_exception("Zero length string");
  std::string_view body = text;
  bool negative = body[0] == '-';
  if (body[0] == '-' || body[0] == '+') body.remove_prefix(1);
  int radix = 10;
  if (body.starts_with("0x") || body.starts_with("0X")) {
    radix = 16;
    body.remove_prefix(2);
  } else if (body.starts_with("#")) {
    radix = 16;
    body.remove_prefix(1);
  } else if (body.starts_with("0") && body.size() > 1) {
    radix = 8;
    body.remove_prefix(1);
  }
  if (body.starts_with("-") || body.starts_with("+"))
    return number_format_exception("Sign character in wrong position");
  return parse_long((negative ? "-" : "") + std::string(body), radix);
}

std::string to_radix(std::int64_t value, int radix) {
  auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? "-" + to_unsigned_radix(~bits + 1, radix) : to_unsigned_radix(bits, radix);
}

std::string to_unsigned_radix(std::uint64_t value, int radix) {
  if (radix < 2 || radix > 36) radix = 10;
  std::array<char, 65> buffer{};
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, radix);
  return std::string(buffer.data(), end.ptr);
}

std::int32_t double_to_int(double value) {
  if (std::isnan(value)) return 0;
  if (value >= 2147483647.0) return std::numeric_limits<std::int32_t>::max();
  if (value <= -2147483648.0) return std::numeric_limits<std::int32_t>::min();
  return static_cast<std::int32_t>(value);
}

std::int64_t double_to_long(double value) {
  if (std::isnan(value)) return 0;
  if (value >= 0x1.0p63) return std::numeric_limits<std::int64_t>::max();
  if (value <= -0x1.0p63) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}

std::int64_t round_double(double value) {
  double down = std::floor(value);
  return double_to_long(value - down >= 0.5 ? down + 1 : down);
}

JavaResult<std::int32_t> divide_int(std::int32_t a, std::int32_t b) {
  if (b == 0) return arithmetic_exception("/ by zero");
  return b == -1 ? negate_int(a) : a / b;
}
JavaResult<std::int64_t> divide_long(std::int64_t a, std::int64_t b) {
  if (b == 0) return arithmetic_exception("/ by zero");
  return b == -1 ? negate_long(a) : a / b;
}
JavaResult<std::int32_t> remainder_int(std::int32_t a, std::int32_t b) {
  if (b == 0) return arithmetic_exception("/ by zero");
  return b == -1 ? 0 : a % b;
}
JavaResult<std::int64_t> remainder_long(std::int64_t a, std::int64_t b) {
  if (b == 0) return arithmetic_exception("/ by zero");
  return b == -1 ? 0 : a % b;
}
JavaResult<std::int64_t> floor_div(std::int64_t a, std::int64_t b) {
  std::int64_t quotient = WL_JAVA_TRY(divide_long(a, b));
  return (a < 0) != (b < 0) && multiply_long(quotient, b) != a ? quotient - 1 : quotient;
}
JavaResult<std::int64_t> floor_mod(std::int64_t a, std::int64_t b) {
  std::int64_t rest = WL_JAVA_TRY(remainder_long(a, b));
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

}  // namespace windlass::num
