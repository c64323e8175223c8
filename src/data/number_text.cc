#include "data/number_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace windlass::data {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Places the point into `digits` (no leading zero, not empty) whose first digit has the weight 10^exponent.
std::string place_point(std::string_view digits, std::int64_t exponent) {
  std::string out;
  if (exponent < 0) {
    out = "0.";
    out.append(static_cast<std::size_t>(-exponent - 1), '0').append(digits);
    return out;
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  out.append(digits.substr(0, whole));
  if (digits.size() > whole) out.append(".").append(digits.substr(whole));
  return out;
}

}  // namespace

Value make_integer(std::string_view digits) {
  const bool negative = digits.starts_with('-');
  std::string_view bare = digits.substr(negative ? 1 : 0);
  bare.remove_prefix(std::min(bare.find_first_not_of('0'), bare.size()));
  if (bare.empty()) return Value(0);
  std::string text = (negative ? "-" : "") + std::string(bare);
  std::int64_t small = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), small);
  if (error == std::errc()) return Value::number(small);
  return Value::big_integer(std::move(text));
}

// BigDecimal.toString(): with scale s and adjusted exponent a, plain when s >= 0 and a >= -6, else d.dddE±a.
std::optional<std::string> format_decimal(std::string_view literal) {
  std::size_t at = 0;
  const bool negative = literal.starts_with('-');
  if (literal.starts_with('-') || literal.starts_with('+')) ++at;
  std::string digits;
  std::int64_t scale = 0;
  bool point = false;
  for (; at < literal.size(); ++at) {
    if (is_digit(literal[at])) {
      digits += literal[at];
      if (point) ++scale;
    } else if (literal[at] == '.' && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (digits.empty()) return std::nullopt;
  if (at < literal.size()) {
    if (literal[at] != 'e' && literal[at] != 'E') return std::nullopt;
    ++at;
    if (at < literal.size() && literal[at] == '+') ++at;
    std::int32_t exponent = 0;
    auto [end, error] = std::from_chars(literal.data() + at, literal.data() + literal.size(), exponent);
    if (error != std::errc() || end != literal.data() + literal.size()) return std::nullopt;
    scale -= exponent;
  }
  if (scale > std::numeric_limits<std::int32_t>::max() || scale < std::numeric_limits<std::int32_t>::min()) {
    return std::nullopt;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  const auto adjusted = static_cast<std::int64_t>(digits.size()) - 1 - scale;
  const bool plain = scale >= 0 && adjusted >= -6;
  const std::string sign = negative && digits != "0" ? "-" : "";
  if (plain) return sign + place_point(digits, adjusted);
  const std::string fraction = digits.size() > 1 ? "." + digits.substr(1) : "";
  return sign + digits[0] + fraction + (adjusted >= 0 ? "E+" : "E") + std::to_string(adjusted);
}

std::string format_double(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  char buffer[40];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t mark = text.find('e');
  const int exponent = std::atoi(std::string(text.substr(mark + 1)).c_str());
  std::string digits;
  for (char c : text.substr(0, mark)) {
    if (is_digit(c)) digits += c;
  }
  if (digits.size() == 1) digits += '0';
  const std::string sign = value < 0 ? "-" : "";
  if (exponent < -3 || exponent >= 7)
    return sign + digits.substr(0, 1) + "." + digits.substr(1) + "E" + std::to_string(exponent);
  if (exponent < 0) return sign + place_point(digits.back() == '0' ? digits.substr(0, 1) : digits, exponent);
  while (static_cast<int>(digits.size()) < exponent + 2) digits += '0';
  return sign + place_point(digits, exponent);
}

}  // namespace windlass::data
