// java.util.Formatter; see the header. As in Java, the whole format is read (and refused) before the first argument is
// looked at.
#include "text/java_format.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "num/java_numbers.h"
#include "text/date_format.h"
#include "text/detail/date_names.h"
#include "text/java_hash.h"
#include "text/utf.h"

namespace windlass::text {

namespace {

using num::BigDecimal;
using num::BigInteger;
using num::JavaResult;
using num::RoundingMode;
using num::Thrown;

constexpr std::string_view kFlagOrder = "-#+ 0,(<";
constexpr std::string_view kConversions = "bBhHsScCdoxXeEfgGaA%n";
constexpr std::string_view kDateConversions = "HIklMSLNpzZsQBbhAaCYyjmdeRTrDFc";

std::unexpected<Thrown> refuse(std::string_view exception, std::string message) {
  return num::thrown("java.util." + std::string(exception), std::move(message));
}
std::unexpected<Thrown> out_of_memory() { return num::thrown("java.lang.OutOfMemoryError", "Java heap space"); }

struct Spec {
  std::string flags;
  int index = 0;  // 0 ordinary, -1 relative (<), else explicit
  int width = -1;
  int precision = -1;
  bool date = false;
  bool upper = false;
  char conversion = 0;  // lower case, except of dates
  std::string literal;  // instead of everything else when conversion is 0

  [[nodiscard]] bool has(char flag) const { return flags.find(flag) != flags.npos; }
  [[nodiscard]] std::string flags_text() const {
    std::string out;
    for (char flag : kFlagOrder) {
      if (has(flag)) out.push_back(flag);
    }
    return out;
  }
  [[nodiscard]] std::string text() const {
    std::string out = "%" + flags_text();
    if (index > 0) out += std::to_string(index) + "$";
    if (width >= 0) out += std::to_string(width);
    if (precision >= 0) out += "." + std::to_string(precision);
    if (date) out += upper ? "T" : "t";
    out.push_back(upper && !date ? static_cast<char>(conversion - 32) : conversion);
    return out;
  }
};

using Check = std::optional<Thrown>;

Check make_check(std::string_view exception, std::string message) {
  return Thrown{"java.util." + std::string(exception), std::move(message)};
}

Check bad_flags(const Spec& spec, std::string_view flags) {
  for (char flag : flags) {
    if (spec.has(flag)) {
      return make_check("FormatFlagsConversionMismatchException",
                        std::string("Conversion = ") + spec.conversion + ", Flags = " + flag);
    }
  }
  return std::nullopt;
}
Check needs_width(const Spec& spec) {
  if (spec.has('-') && spec.width < 0) return make_check("MissingFormatWidthException", spec.text());
  return std::nullopt;
}
Check no_precision(const Spec& spec) {
  if (spec.precision >= 0) return make_check("IllegalFormatPrecisionException", std::to_string(spec.precision));
  return std::nullopt;
}
Check numeric(const Spec& spec) {
  if ((spec.has('-') || spec.has('0')) && spec.width < 0) return make_check("MissingFormatWidthException", spec.text());
  if ((spec.has('+') && spec.has(' ')) || (spec.has('-') && spec.has('0'))) {
    return make_check("IllegalFormatFlagsException", "Flags = '" + spec.flags_text() + "'");
  }
  return std::nullopt;
}

/// The rules of each conversion, in Java's order of complaints.
Check check_spec(const Spec& spec) {
  Check bad;
  auto first = [&bad](Check next) {
    if (!bad) bad = std::move(next);
  };
  if (spec.date) {
    first(no_precision(spec));
    if (kDateConversions.find(spec.conversion) == kDateConversions.npos) {
      first(make_check("UnknownFormatConversionException", std::string("Conversion = 't") + spec.conversion + "'"));
    }
    first(bad_flags(spec, "#+ 0,("));
    first(needs_width(spec));
    return bad;
  }
  switch (spec.conversion) {
    case 'b':
    case 'h':
      first(bad_flags(spec, "#"));
      [[fallthrough]];
    case 's':
      first(needs_width(spec));
      first(bad_flags(spec, "+ 0,("));
      break;
    case 'c':
      first(no_precision(spec));
      first(bad_flags(spec, "#+ 0,("));
      first(needs_width(spec));
      break;
    case 'd':
    case 'o':
    case 'x':
      first(numeric(spec));
      first(no_precision(spec));
      first(bad_flags(spec, spec.conversion == 'd' ? "#" : ","));
      break;
    case 'e':
    case 'f':
    case 'g':
    case 'a':
      first(numeric(spec));
      first(bad_flags(spec, spec.conversion == 'a'   ? "(,"
                            : spec.conversion == 'e' ? ","
                            : spec.conversion == 'g' ? "#"
                                                     : ""));
      break;
    case '%':
      first(no_precision(spec));
      if (!spec.flags.empty() && spec.flags != "-") {
        first(make_check("IllegalFormatFlagsException", "Flags = '" + spec.flags_text() + "'"));
      }
      first(needs_width(spec));
      break;
    case 'n':
      first(no_precision(spec));
      if (spec.width >= 0) first(make_check("IllegalFormatWidthException", std::to_string(spec.width)));
      if (!spec.flags.empty()) {
        first(make_check("IllegalFormatFlagsException", "Flags = '" + spec.flags_text() + "'"));
      }
      break;
    default:
      break;
  }
  return bad;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A run of digits as an int; -2 when it does not fit (Java: IllegalFormat…Exception with the least int).
int read_int(std::string_view text, std::size_t& pos) {
  std::int64_t value = 0;
  while (pos < text.size() && is_digit(text[pos])) {
    value = std::min<std::int64_t>(value * 10 + (text[pos] - '0'), std::int64_t{1} << 40);
    ++pos;
  }
  return value > 0x7fffffff ? -2 : static_cast<int>(value);
}

JavaResult<Spec> read_spec(std::string_view format, std::size_t& pos) {
  Spec spec;
  auto unknown = [&](std::size_t at) {
    std::string shown;
    if (at >= format.size())
      shown = "%";
    else
      append_utf8(shown, next_code_point(format, at));
    return refuse("UnknownFormatConversionException", "Conversion = '" + shown + "'");
  };
  // A number first is an index if a $ follows, else the width (or, from 0 on, flags).
  std::size_t start = pos;
  if (pos < format.size() && is_digit(format[pos])) {
    std::size_t after = pos;
    int number = read_int(format, after);
    if (after < format.size() && format[after] == '$') {
      if (number <= 0) {
        return refuse("IllegalFormatArgumentIndexException",
                      number == -2 ? "Format argument index: (not representable as int)"
                                   : "Illegal format argument index = " + std::to_string(number));
      }
      spec.index = number;
      pos = after + 1;
    }
  }
  while (pos < format.size() && kFlagOrder.find(format[pos]) != kFlagOrder.npos) {
    if (spec.has(format[pos])) {
      return refuse("DuplicateFormatFlagsException", std::string("Flags = '") + format[pos] + "'");
    }
    spec.flags.push_back(format[pos++]);
  }
  if (spec.has('<')) spec.index = -1;
  if (pos < format.size() && is_digit(format[pos])) {
    spec.width = read_int(format, pos);
    if (spec.width < 0) return refuse("IllegalFormatWidthException", std::to_string(INT32_MIN));
  }
  if (pos < format.size() && format[pos] == '.') {
    if (pos + 1 >= format.size() || !is_digit(format[pos + 1])) return unknown(start);
    ++pos;
    spec.precision = read_int(format, pos);
    if (spec.precision < 0) return refuse("IllegalFormatPrecisionException", std::to_string(INT32_MIN));
  }
  if (pos >= format.size()) return unknown(start);
  if (format[pos] == 't' || format[pos] == 'T') {
    spec.date = true;
    spec.upper = format[pos] == 'T';
    if (++pos >= format.size()) {
      return refuse("UnknownFormatConversionException", std::string("Conversion = '") + format[pos - 1] + "'");
    }
    spec.conversion = format[pos++];
  } else {
    char c = format[pos];
    if (kConversions.find(c) == kConversions.npos) {
      bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      return unknown(letter ? pos : start);
    }
    ++pos;
    spec.upper = c >= 'A' && c <= 'Z';
    spec.conversion = spec.upper ? static_cast<char>(c + 32) : c;
  }
  if (Check bad = check_spec(spec)) return num::thrown(std::move(*bad));
  return spec;
}

JavaResult<std::vector<Spec>> read_format(std::string_view format) {
  std::vector<Spec> specs;
  for (std::size_t pos = 0; pos < format.size();) {
    std::size_t percent = std::min(format.find('%', pos), format.size());
    if (percent > pos) {
      Spec literal;
      literal.literal = format.substr(pos, percent - pos);
      specs.push_back(std::move(literal));
    }
    if (percent == format.size()) break;
    pos = percent + 1;
    specs.push_back(WL_JAVA_TRY(read_spec(format, pos)));
  }
  return specs;
}

// --- arguments
// --------------------------------------------------------------------------------------------------------

std::string class_name(const FormatArgument& argument) {
  struct Visitor {
    std::string operator()(const FormatNull&) const { return "null"; }
    std::string operator()(bool) const { return "java.lang.Boolean"; }
    std::string operator()(const FormatInt& value) const {
      switch (value.bits) {
        case 8:
          return "java.lang.Byte";
        case 16:
          return "java.lang.Short";
        case 64:
          return "java.lang.Long";
        default:
          return "java.lang.Integer";
      }
    }
    std::string operator()(const BigInteger&) const { return "java.math.BigInteger"; }
    std::string operator()(const BigDecimal&) const { return "java.math.BigDecimal"; }
    std::string operator()(const FormatFloat& value) const {
      return value.single ? "java.lang.Float" : "java.lang.Double";
    }
    std::string operator()(const FormatChar&) const { return "java.lang.Character"; }
    std::string operator()(const std::string&) const { return "java.lang.String"; }
    std::string operator()(const FormatDate&) const { return "java.util.Date"; }
    std::string operator()(const FormatObject& value) const { return value.class_name; }
  };
  return std::visit(Visitor{}, argument);
}

JavaResult<std::string> text_of(const FormatArgument& argument) {
  struct Visitor {
    JavaResult<std::string> operator()(const FormatNull&) const { return "null"; }
    JavaResult<std::string> operator()(bool value) const { return value ? "true" : "false"; }
    JavaResult<std::string> operator()(const FormatInt& value) const { return std::to_string(value.value); }
    JavaResult<std::string> operator()(const BigInteger& value) const { return value.to_string(); }
    JavaResult<std::string> operator()(const BigDecimal& value) const { return value.to_string(); }
    JavaResult<std::string> operator()(const FormatFloat& value) const {
      return value.single ? num::java_float_to_string(static_cast<float>(value.value))
                          : num::java_double_to_string(value.value);
    }
    JavaResult<std::string> operator()(const FormatChar& value) const {
      std::string out;
      append_utf8(out, value.value);
      return out;
    }
    JavaResult<std::string> operator()(const std::string& value) const { return value; }
    JavaResult<std::string> operator()(const FormatDate& value) const {
      return format_date_to_string(value.millis, TimeZone::find_or_gmt(value.zone));
    }
    JavaResult<std::string> operator()(const FormatObject& value) const {
      if (!value.to_string) return value.class_name;
      return value.to_string();
    }
  };
  return std::visit(Visitor{}, argument);
}

JavaResult<std::int32_t> hash_of(const FormatArgument& argument) {
  struct Visitor {
    JavaResult<std::int32_t> operator()(const FormatNull&) const { return 0; }
    JavaResult<std::int32_t> operator()(bool value) const { return hash_boolean(value); }
    JavaResult<std::int32_t> operator()(const FormatInt& value) const {
      return value.bits == 64 ? hash_long(value.value) : static_cast<std::int32_t>(value.value);
    }
    JavaResult<std::int32_t> operator()(const BigInteger& value) const { return value.hash_code(); }
    JavaResult<std::int32_t> operator()(const BigDecimal& value) const { return value.hash_code(); }
    JavaResult<std::int32_t> operator()(const FormatFloat& value) const {
      return value.single ? hash_float(static_cast<float>(value.value)) : hash_double(value.value);
    }
    JavaResult<std::int32_t> operator()(const FormatChar& value) const {
      return static_cast<std::int32_t>(value.value);
    }
    JavaResult<std::int32_t> operator()(const std::string& value) const { return hash_utf8_string(value); }
    JavaResult<std::int32_t> operator()(const FormatDate& value) const { return hash_long(value.millis); }
    JavaResult<std::int32_t> operator()(const FormatObject& value) const {
      if (!value.hash_code) return 0;
      return value.hash_code();
    }
  };
  return std::visit(Visitor{}, argument);
}

// --- writing
// ----------------------------------------------------------------------------------------------------------

class Writer {
 public:
  Writer(const std::vector<FormatArgument>& arguments, std::string& out, FormatMarks marks)
      : arguments_(arguments), out_(out), marks_(marks) {}

  JavaResult<bool> write(const Spec& spec) {
    if (out_.size() > kMaxFormatOutput || spec.width > static_cast<int>(kMaxFormatOutput) ||
        (spec.precision > 100'000 && spec.conversion != 's')) {
      return out_of_memory();
    }
    if (spec.conversion == 0) {
      out_ += spec.literal;
      return true;
    }
    if (!spec.date && spec.conversion == '%') {
      justify(spec, "%");
      return true;
    }
    if (!spec.date && spec.conversion == 'n') {
      out_.push_back('\n');
      return true;
    }
    int index = spec.index == -1 ? last_ : spec.index > 0 ? spec.index - 1 : ordinary_++;
    if (index < 0 || static_cast<std::size_t>(index) >= arguments_.size()) {
      return refuse("MissingFormatArgumentException", "Format specifier '" + spec.text() + "'");
    }
    last_ = index;
    return write_argument(spec, arguments_[static_cast<std::size_t>(index)]);
  }

 private:
  void justify(const Spec& spec, std::string_view text) {
    std::size_t length = utf16_length(text);
    auto width = static_cast<std::size_t>(std::max(spec.width, 0));
    std::size_t padding = width > length ? width - length : 0;
    if (!spec.has('-')) out_.append(padding, ' ');
    out_ += text;
    if (spec.has('-')) out_.append(padding, ' ');
  }

  /// %s and friends: cut to the precision, upper case, width.
  void general(const Spec& spec, std::string text) {
    if (spec.precision >= 0 && utf16_length(text) > static_cast<std::size_t>(spec.precision)) {
      text = utf16_to_utf8(utf8_to_utf16(text).substr(0, static_cast<std::size_t>(spec.precision)));
    }
    if (spec.upper) text = utf16_to_utf8(to_upper(utf8_to_utf16(text)));
    justify(spec, text);
  }

  std::unexpected<Thrown> mismatch(const Spec& spec, const FormatArgument& argument) const {
    return refuse("IllegalFormatConversionException", std::string(1, spec.conversion) + " != " + class_name(argument));
  }

  JavaResult<bool> write_argument(const Spec& spec, const FormatArgument& argument) {
    bool null = std::holds_alternative<FormatNull>(argument);
    if (spec.date) {
      if (null)
        general(spec, "null");
      else
        return write_date(spec, argument);
      return true;
    }
    switch (spec.conversion) {
      case 'b': {
        const bool* value = std::get_if<bool>(&argument);
        general(spec, (value != nullptr ? *value : !null) ? "true" : "false");
        return true;
      }
      case 's':
        if (spec.has('#')) {
          return refuse("FormatFlagsConversionMismatchException", "Conversion = s, Flags = #");
        }
        general(spec, WL_JAVA_TRY(text_of(argument)));
        return true;
      case 'h':
        general(spec,
                null ? "null" : num::to_unsigned_radix(static_cast<std::uint32_t>(WL_JAVA_TRY(hash_of(argument))), 16));
        return true;
      default:
        break;
    }
    if (null) {
      general(spec, "null");
      return true;
    }
    if (spec.conversion == 'c') return write_char(spec, argument);
    if (spec.conversion == 'd' || spec.conversion == 'o' || spec.conversion == 'x')
      return write_integer(spec, argument);
    return write_float(spec, argument);
  }

  JavaResult<bool> write_char(const Spec& spec, const FormatArgument& argument) {
    char32_t value = 0;
    if (const auto* c = std::get_if<FormatChar>(&argument)) {
      value = c->value;
    } else if (const auto* number = std::get_if<FormatInt>(&argument); number != nullptr && number->bits <= 32) {
      if (number->value < 0 || number->value > 0x10FFFF) {
        return refuse("IllegalFormatCodePointException",
                      "Code point = 0x" + num::to_unsigned_radix(static_cast<std::uint32_t>(number->value), 16));
      }
      value = static_cast<char32_t>(number->value);
    } else {
      return mismatch(spec, argument);
    }
    std::string text;
    append_utf8(text, value);
    general(spec, std::move(text));
    return true;
  }

  static std::string sign_before(const Spec& spec, bool negative) {
    if (negative) return spec.has('(') ? "(" : "-";
    return spec.has('+') ? "+" : spec.has(' ') ? " " : "";
  }

  /// Sign, grouping and zero padding around a magnitude; `tail` (an exponent) is not grouped.
  void number(const Spec& spec, bool negative, std::string digits, std::string_view tail = {}) {
    const auto point = digits.find('.');
    if (point != std::string::npos) digits.replace(point, 1, marks_.point);
    if (spec.has(',')) {
      auto whole = static_cast<std::ptrdiff_t>(std::min(point, digits.size()));
      for (std::ptrdiff_t at = whole - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), marks_.group);
    }
    std::string sign = sign_before(spec, negative);
    std::string end = std::string(tail) + (negative && spec.has('(') ? ")" : "");
    std::string zeros;
    std::size_t length = sign.size() + utf16_length(digits) + end.size();
    if (spec.has('0') && static_cast<std::size_t>(spec.width) > length) {
      zeros.assign(static_cast<std::size_t>(spec.width) - length, '0');
    }
    justify(spec, sign + zeros + digits + end);
  }

  JavaResult<bool> write_integer(const Spec& spec, const FormatArgument& argument) {
    const auto* big = std::get_if<BigInteger>(&argument);
    const auto* plain = std::get_if<FormatInt>(&argument);
    if (big == nullptr && plain == nullptr) return mismatch(spec, argument);
    if (spec.conversion == 'd') {
      BigInteger value = big != nullptr ? *big : BigInteger(plain->value);
      number(spec, value.signum() < 0, value.abs().to_string());
      return true;
    }
    int radix = spec.conversion == 'o' ? 8 : 16;
    std::string prefix = spec.has('#') ? (radix == 8 ? "0" : "0x") : "";
    bool negative = false;
    std::string digits;
    if (big != nullptr) {
      negative = big->signum() < 0;
      digits = big->abs().to_string(radix);
    } else {
      if (Check bad = bad_flags(spec, "( +")) return num::thrown(std::move(*bad));
      auto bits = static_cast<std::uint64_t>(plain->value);
      if (plain->bits < 64) bits &= (std::uint64_t{1} << plain->bits) - 1;
      digits = num::to_unsigned_radix(bits, radix);
    }
    std::string sign = big != nullptr ? sign_before(spec, negative) : "";
    std::string end = negative && spec.has('(') ? ")" : "";
    std::size_t length = sign.size() + prefix.size() + digits.size() + end.size();
    std::string zeros;
    if (spec.has('0') && static_cast<std::size_t>(spec.width) > length) {
      zeros.assign(static_cast<std::size_t>(spec.width) - length, '0');
    }
    std::string text = sign + prefix + zeros + digits + end;
    if (spec.upper) {
      for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    justify(spec, text);
    return true;
  }

  JavaResult<bool> write_float(const Spec& spec, const FormatArgument& argument) {
    const auto* decimal = std::get_if<BigDecimal>(&argument);
    const auto* plain = std::get_if<FormatFloat>(&argument);
    if ((decimal == nullptr && plain == nullptr) || (decimal != nullptr && spec.conversion == 'a')) {
      return mismatch(spec, argument);
    }
    bool negative = decimal != nullptr ? decimal->signum() < 0 : std::signbit(plain->value);
    if (plain != nullptr && !std::isfinite(plain->value)) {
      std::string text = std::isnan(plain->value) ? "NaN" : sign_before(spec, negative) + "Infinity";
      if (!std::isnan(plain->value) && negative && spec.has('(')) text += ")";
      Spec as_text = spec;
      as_text.precision = -1;
      general(as_text, std::move(text));
      return true;
    }
    if (spec.conversion == 'a') return write_hex_float(spec, plain->value);
    // Java rounds the digits of Double.toString, half up; so does this.
    BigDecimal value =
        decimal != nullptr ? decimal->abs() : WL_JAVA_TRY(BigDecimal::from_double(std::fabs(plain->value)));
    int precision = spec.precision < 0 ? 6 : spec.precision;
    if (spec.conversion == 'f') return fixed(spec, negative, value, precision);
    if (spec.conversion == 'e') return scientific(spec, negative, value, precision);
    // %g: fixed from 10^-4 to 10^precision, after rounding.
    if (precision == 0) precision = 1;
    if (value.signum() == 0) return fixed(spec, negative, BigDecimal(0), precision - 1);
    BigDecimal rounded = WL_JAVA_TRY(value.round({precision, RoundingMode::half_up}));
    std::int64_t exponent = std::int64_t{rounded.precision()} - 1 - rounded.scale();
    if (exponent < -4 || exponent >= precision) return scientific(spec, negative, value, precision - 1);
    return fixed(spec, negative, rounded, static_cast<int>(precision - exponent - 1));
  }

  JavaResult<bool> fixed(const Spec& spec, bool negative, const BigDecimal& value, int decimals) {
    BigDecimal scaled = WL_JAVA_TRY(value.set_scale(decimals, RoundingMode::half_up));
    std::string digits = WL_JAVA_TRY(scaled.to_plain_string());
    if (decimals == 0 && spec.has('#')) digits.push_back('.');
    number(spec, negative, std::move(digits));
    return true;
  }

  JavaResult<bool> scientific(const Spec& spec, bool negative, const BigDecimal& value, int decimals) {
    std::int64_t exponent = 0;
    std::string digits(static_cast<std::size_t>(decimals) + 1, '0');
    if (value.signum() != 0) {
      BigDecimal rounded = WL_JAVA_TRY(value.round({decimals + 1, RoundingMode::half_up}));
      exponent = std::int64_t{rounded.precision()} - 1 - rounded.scale();
      std::string all = rounded.unscaled().to_string();
      digits.replace(0, std::min(all.size(), digits.size()), all.substr(0, digits.size()));
    }
    if (decimals > 0)
      digits.insert(1, ".");
    else if (spec.has('#'))
      digits.push_back('.');
    std::string tail = spec.upper ? "E" : "e";
    tail += exponent < 0 ? "-" : "+";
    tail += detail::padded_number(exponent < 0 ? -exponent : exponent, 2);
    number(spec, negative, std::move(digits), tail);
    return true;
  }

  /// Double.toHexString; a precision is not applied to it.
  JavaResult<bool> write_hex_float(const Spec& spec, double value) {
    int exponent = 0;
    double fraction = std::fabs(value);
    std::string digits = "0x0.0p0";
    if (fraction != 0) {
      bool normal = fraction >= 0x1.0p-1022;
      fraction = std::frexp(fraction, &exponent) * 2;
      --exponent;
      if (!normal) {
        fraction = std::ldexp(fraction, exponent + 1022);
        exponent = -1022;
      }
      auto bits = static_cast<std::uint64_t>(std::ldexp(fraction - std::floor(fraction), 52));
      std::string hex = num::to_unsigned_radix(bits, 16);
      hex.insert(0, 13 - hex.size(), '0');
      while (hex.size() > 1 && hex.back() == '0') hex.pop_back();
      digits = std::string(normal ? "0x1." : "0x0.") + hex + "p" + std::to_string(exponent);
    }
    Spec as_text = spec;
    as_text.precision = -1;
    general(as_text, sign_before(spec, std::signbit(value)) + digits);
    return true;
  }

  JavaResult<bool> write_date(const Spec& spec, const FormatArgument& argument) {
    std::int64_t millis = 0;
    TimeZone zone = TimeZone::utc();
    if (const auto* date = std::get_if<FormatDate>(&argument)) {
      millis = date->millis;
      zone = TimeZone::find_or_gmt(date->zone);
    } else if (const auto* number = std::get_if<FormatInt>(&argument); number != nullptr && number->bits == 64) {
      millis = number->value;
    } else {
      return mismatch(spec, argument);
    }
    Spec as_text = spec;
    as_text.precision = -1;
    general(as_text, date_text(spec.conversion, millis, zone));
    return true;
  }

  static std::string date_text(char conversion, std::int64_t millis, const TimeZone& zone) {
    CivilTime time = zone.civil(millis);
    auto pad = [](std::int64_t value, std::size_t width) { return detail::padded_number(value, width); };
    auto all = [&](std::string_view conversions, std::string_view between) {
      std::string out;
      for (std::size_t i = 0; i < conversions.size(); ++i) {
        if (i > 0) out += between;
        out += date_text(conversions[i], millis, zone);
      }
      return out;
    };
    int hour12 = time.hour % 12 == 0 ? 12 : time.hour % 12;
    std::string_view month = detail::kMonths[static_cast<std::size_t>(time.month - 1)];
    std::string_view weekday = detail::kWeekdays[static_cast<std::size_t>(time.weekday)];
    std::int64_t second = millis / 1000;
    switch (conversion) {
      case 'H':
        return pad(time.hour, 2);
      case 'I':
        return pad(hour12, 2);
      case 'k':
        return std::to_string(time.hour);
      case 'l':
        return std::to_string(hour12);
      case 'M':
        return pad(time.minute, 2);
      case 'S':
        return pad(time.second, 2);
      case 'L':
        return pad(time.millisecond, 3);
      case 'N':
        return pad(std::int64_t{time.millisecond} * 1'000'000, 9);
      case 'p':
        return time.hour < 12 ? "am" : "pm";
      case 'z':
        return detail::offset_text(time.offset_seconds, false, false);
      case 'Z':
        return time.zone_abbreviation;
      case 's':
        return std::to_string(second);
      case 'Q':
        return std::to_string(millis);
      case 'B':
        return std::string(month);
      case 'b':
      case 'h':
        return std::string(month.substr(0, 3));
      case 'A':
        return std::string(weekday);
      case 'a':
        return std::string(weekday.substr(0, 3));
      case 'C':
        return pad(time.year / 100, 2);
      case 'Y':
        return pad(time.year, 4);
      case 'y':
        return pad(time.year % 100, 2);
      case 'j':
        return pad(time.day_of_year, 3);
      case 'm':
        return pad(time.month, 2);
      case 'd':
        return pad(time.day, 2);
      case 'e':
        return std::to_string(time.day);
      case 'R':
        return all("HM", ":");
      case 'T':
        return all("HMS", ":");
      case 'r': {
        std::string half = time.hour < 12 ? " AM" : " PM";
        return all("IMS", ":") + half;
      }
      case 'D':
        return all("mdy", "/");
      case 'F':
        return all("Ymd", "-");
      case 'c':
        return all("abdTZY", " ");
      default:
        return "";
    }
  }

  const std::vector<FormatArgument>& arguments_;
  std::string& out_;
  FormatMarks marks_;
  int ordinary_ = 0;
  int last_ = -1;
};

}  // namespace

num::JavaResult<std::string> java_format(std::string_view format, const std::vector<FormatArgument>& arguments,
                                         FormatMarks marks) {
  auto specs = WL_JAVA_TRY(read_format(format));
  std::string out;
  Writer writer(arguments, out, marks);
  for (const Spec& spec : specs) WL_JAVA_TRY(writer.write(spec));
  return out;
}

}  // namespace windlass::text
