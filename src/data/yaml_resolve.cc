#include "data/yaml_resolve.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "data/number_text.h"

namespace windlass::data::yaml {

namespace {

constexpr std::size_t kMaxNumberChars = 4096;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <std::size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 3> kTrue12 = {"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> kFalse12 = {"false", "False", "FALSE"};
constexpr std::array<std::string_view, 9> kTrue11 = {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"};
constexpr std::array<std::string_view, 9> kFalse11 = {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"};

std::optional<bool> boolean_of(YamlDialect dialect, std::string_view word) {
  if (dialect == YamlDialect::strict) {
    if (one_of(word, kTrue12)) return true;
    if (one_of(word, kFalse12)) return false;
    return std::nullopt;
  }
  if (one_of(word, kTrue11)) return true;
  if (one_of(word, kFalse11)) return false;
  if (dialect == YamlDialect::k8s && (word == "y" || word == "Y")) return true;
  if (dialect == YamlDialect::k8s && (word == "n" || word == "N")) return false;
  return std::nullopt;
}

// A small reader of the patterns below: each take_ moves forward when it matches.
struct Scan {
  std::string_view rest;
  bool take(char c) {
    if (!rest.starts_with(c)) return false;
    rest.remove_prefix(1);
    return true;
  }
  void sign() {
    if (!take('-')) take('+');
  }
  template <class F>
  std::size_t run(F accept) {
    std::size_t n = 0;
    while (n < rest.size() && accept(rest[n])) ++n;
    rest.remove_prefix(n);
    return n;
  }
  std::size_t digits() { return run(is_digit); }
  std::size_t digits_() {
    return run([](char c) { return is_digit(c) || c == '_'; });
  }
  bool exponent() {
    if (!take('e') && !take('E')) return false;
    sign();
    return digits() > 0;
  }
  [[nodiscard]] bool done() const { return rest.empty(); }
};

bool is_base(std::string_view body, std::string_view prefix, int base, bool underscores) {
  if (!body.starts_with(prefix)) return false;
  bool any = false;
  for (char c : body.substr(prefix.size())) {
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : 99;
    if (digit < base) {
      any = true;
    } else if (!(c == '_' && underscores)) {
      return false;
    }
  }
  return any;
}

// [1-9][0-9_]*(:[0-5]?[0-9])+
bool is_sexagesimal(std::string_view body, bool fraction) {
  Scan scan{body};
  if (scan.rest.empty() || !is_digit(scan.rest[0]) || (!fraction && scan.rest[0] == '0')) return false;
  scan.digits_();
  int parts = 0;
  while (scan.take(':')) {
    ++parts;
    const std::string_view before = scan.rest;
    const std::size_t count = scan.digits();
    if (count < 1 || count > 2 || (count == 2 && before[0] > '5')) return false;
  }
  if (parts == 0) return false;
  if (fraction) {
    if (!scan.take('.')) return false;
    scan.digits_();
  }
  return scan.done();
}

bool is_integer(YamlDialect dialect, std::string_view word) {
  if (word.size() > kMaxNumberChars) return false;
  std::string_view body = word;
  if (body.starts_with('-') || body.starts_with('+')) body.remove_prefix(1);
  if (body.empty() || !is_digit(body[0])) return false;
  if (dialect == YamlDialect::strict) {
    return std::all_of(body.begin(), body.end(), is_digit) || is_base(word, "0o", 8, false) ||
           is_base(word, "0x", 16, false);
  }
  if (body == "0") return true;
  if (is_base(body, "0b", 2, true) || is_base(body, "0x", 16, true)) return true;
  if (dialect == YamlDialect::k8s && (is_base(body, "0o", 8, true) || is_base(body, "0X", 16, true))) return true;
  if (body[0] == '0') return is_base(body, "0", 8, true);
  if (dialect == YamlDialect::snake && is_sexagesimal(body, false)) return true;
  return std::all_of(body.begin(), body.end(), [](char c) { return is_digit(c) || c == '_'; });
}

bool is_special_real(std::string_view word) {
  constexpr std::array<std::string_view, 3> kNan = {".nan", ".NaN", ".NAN"};
  constexpr std::array<std::string_view, 3> kInfinity = {".inf", ".Inf", ".INF"};
  if (one_of(word, kNan)) return true;
  if (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
  return one_of(word, kInfinity);
}

bool is_real(YamlDialect dialect, std::string_view word) {
  if (word.size() > kMaxNumberChars) return false;
  if (is_special_real(word)) return true;
  Scan scan{word};
  scan.sign();
  const bool snake = dialect == YamlDialect::snake;
  const bool underscores = dialect != YamlDialect::strict;
  if (snake && is_sexagesimal(scan.rest, true)) return true;
  const bool starts_with_digit = !scan.rest.empty() && is_digit(scan.rest[0]);
  const std::size_t whole = starts_with_digit ? (underscores ? scan.digits_() : scan.digits()) : 0;
  const bool point = scan.take('.');
  const std::string_view fraction = scan.rest;
  std::size_t behind = point ? (underscores ? scan.digits_() : scan.digits()) : 0;
  if (std::none_of(fraction.begin(), fraction.begin() + static_cast<std::ptrdiff_t>(behind), is_digit)) behind = 0;
  if (whole == 0 && behind == 0) return false;
  if (scan.done()) return point || dialect == YamlDialect::k8s;
  return scan.exponent() && scan.done();
}

// Years of four digits, then either only the date or date and time of day, with an optional zone.
struct Timestamp {
  std::int64_t millis = 0;
};
std::optional<Timestamp> timestamp_of(std::string_view word) {
  Scan scan{word};
  auto number = [&scan](std::size_t least, std::size_t most, std::int64_t& out) {
    const std::string_view before = scan.rest;
    const std::size_t count = scan.digits();
    if (count < least || count > most) return false;
    std::from_chars(before.data(), before.data() + count, out);
    return true;
  };
  std::int64_t year = 0, month = 0, day = 0;
  const bool only_date = word.size() == 10;
  if (!number(4, 4, year) || !scan.take('-') || !number(only_date ? 2 : 1, 2, month) || !scan.take('-') ||
      !number(only_date ? 2 : 1, 2, day)) {
    return std::nullopt;
  }
  // Days since 1970 in the proleptic Gregorian calendar, years counted from March.
  if (month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const std::int64_t y = year - (month <= 2 ? 1 : 0);
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t of_era = y - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
  Timestamp out{days * 86'400'000};
  if (scan.done()) return only_date ? std::optional(out) : std::nullopt;
  if (!scan.take('T') && !scan.take('t') && scan.run([](char c) { return c == ' ' || c == '\t'; }) == 0)
    return std::nullopt;
  std::int64_t hour = 0, minute = 0, second = 0;
  if (!number(1, 2, hour) || !scan.take(':') || !number(2, 2, minute) || !scan.take(':') || !number(2, 2, second)) {
    return std::nullopt;
  }
  std::int64_t fraction = 0;
  if (scan.take('.')) {
    const std::string_view before = scan.rest;
    const std::size_t count = scan.digits();
    for (std::size_t i = 0; i < 3; ++i) fraction = fraction * 10 + (i < count ? before[i] - '0' : 0);
  }
  out.millis += ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
  scan.run([](char c) { return c == ' ' || c == '\t'; });
  if (scan.take('Z')) return scan.done() ? std::optional(out) : std::nullopt;
  if (scan.done()) return out;
  const bool west = scan.rest.starts_with('-');
  if (!scan.take('-') && !scan.take('+')) return std::nullopt;
  std::int64_t zone_hour = 0, zone_minute = 0;
  if (!number(1, 2, zone_hour)) return std::nullopt;
  scan.take(':');
  if (!scan.done() && !number(2, 2, zone_minute)) return std::nullopt;
  if (!scan.done()) return std::nullopt;
  const std::int64_t zone = (zone_hour * 60 + zone_minute) * 60'000;
  out.millis += west ? zone : -zone;
  return out;
}

// Digits of any base as decimal text, by repeated multiplication on limbs of nine decimal digits.
std::string to_decimal(std::string_view digits, std::uint32_t base) {
  std::vector<std::uint32_t> limbs{0};
  for (char c : digits) {
    std::uint64_t carry =
        is_digit(c) ? static_cast<std::uint64_t>(c - '0') : static_cast<std::uint64_t>((c | 32) - 'a' + 10);
    for (auto& limb : limbs) {
      carry += static_cast<std::uint64_t>(limb) * base;
      limb = static_cast<std::uint32_t>(carry % 1'000'000'000);
      carry /= 1'000'000'000;
    }
    if (carry != 0) limbs.push_back(static_cast<std::uint32_t>(carry));
  }
  std::string out = std::to_string(limbs.back());
  for (std::size_t i = limbs.size() - 1; i-- > 0;) {
    const std::string part = std::to_string(limbs[i]);
    out.append(9 - part.size(), '0').append(part);
  }
  return out;
}

Value integer_of(YamlDialect dialect, std::string_view word) {
  const bool negative = word.starts_with('-');
  std::string body(word.substr(negative || word.starts_with('+') ? 1 : 0));
  std::erase(body, '_');
  std::string digits = body;
  if (body.find(':') != std::string::npos) {
    // Each part is worth sixty of the next; with at most 4,096 characters this stays a text operation per part.
    std::vector<std::string_view> parts;
    for (std::string_view left = body; !left.empty();) {
      parts.push_back(left.substr(0, left.find(':')));
      left.remove_prefix(std::min(left.size(), parts.back().size() + 1));
    }
    double total = 0;
    std::int64_t exact = 0;
    for (std::string_view part : parts) {
      std::int64_t number = 0;
      std::from_chars(part.data(), part.data() + part.size(), number);
      total = total * 60 + static_cast<double>(number);
      if (total < 9e18) exact = exact * 60 + number;
    }
    if (total >= 9e18) return Value(std::string(word));
    return Value::number(negative ? -exact : exact);
  }
  const bool octal_sign = body.starts_with("0o");
  if (body.starts_with("0x") || body.starts_with("0X")) {
    digits = to_decimal(std::string_view(body).substr(2), 16);
  } else if (body.starts_with("0b")) {
    digits = to_decimal(std::string_view(body).substr(2), 2);
  } else if (octal_sign) {
    digits = to_decimal(std::string_view(body).substr(2), 8);
  } else if (body.size() > 1 && body[0] == '0' && dialect != YamlDialect::strict) {
    digits = to_decimal(std::string_view(body).substr(1), 8);
  }
  return make_integer((negative ? "-" : "") + digits);
}

Value real_of(std::string_view word) {
  const bool negative = word.starts_with('-');
  std::string body(word.substr(negative || word.starts_with('+') ? 1 : 0));
  if (is_special_real(word)) {
    const bool nan = body.ends_with('n') || body.ends_with('N');
    const double size = nan ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
    return Value(negative ? -size : size);
  }
  std::erase(body, '_');
  double total = 0;
  for (std::string_view left = body; !left.empty();) {
    const std::string_view part = left.substr(0, left.find(':'));
    left.remove_prefix(std::min(left.size(), part.size() + 1));
    double number = 0;
    auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error == std::errc::result_out_of_range)
      number = Value::decimal(format_decimal(part).value_or("0")).as_double();
    total = total * 60 + number;
  }
  return Value(negative ? -total : total);
}

}  // namespace

Type resolve_plain(YamlDialect dialect, std::string_view word) {
  if (word.empty() || word == "~" || word == "null" || word == "Null" || word == "NULL") return Type::null;
  if (dialect == YamlDialect::snake && word == " ") return Type::null;
  if (boolean_of(dialect, word)) return Type::boolean;
  if (word == "<<") return dialect == YamlDialect::strict ? Type::text : Type::merge;
  const char first = word[0];
  if (!is_digit(first) && first != '-' && first != '+' && first != '.') return Type::text;
  if (is_integer(dialect, word)) return Type::integer;
  if (is_real(dialect, word)) return Type::real;
  if (dialect == YamlDialect::snake && word.size() < 64 && timestamp_of(word)) return Type::timestamp;
  return Type::text;
}

std::optional<Value> make_scalar(YamlDialect dialect, Type type, std::string_view word) {
  switch (type) {
    case Type::text:
    case Type::merge:
      return Value(word);
    case Type::null:
      return Value();
    case Type::boolean: {
      std::string lower(word);
      for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      if (auto truth = boolean_of(dialect, lower)) return Value(*truth);
      return std::nullopt;
    }
    case Type::integer:
      if (!is_integer(dialect, word)) return std::nullopt;
      return integer_of(dialect, word);
    case Type::real:
      if (is_real(dialect, word)) return real_of(word);
      if (is_integer(dialect, word)) return Value(integer_of(dialect, word).as_double());
      return std::nullopt;
    case Type::timestamp: {
      if (word.size() >= 64) return std::nullopt;
      auto time = timestamp_of(word);
      if (!time) return std::nullopt;
      Map members;
      members.set("text", word);
      members.set("millis", time->millis);
      return Value::object("java.util.Date", std::move(members));
    }
  }
  return std::nullopt;
}

std::optional<std::string> format_date(const Value& value) {
  const Value* millis = value.find("millis");
  if (value.class_name() != "java.util.Date" || millis == nullptr || !millis->is_int()) return std::nullopt;
  const std::int64_t time = millis->as_int();
  if (time < -62'135'596'800'000 || time > 253'402'300'799'999) return std::nullopt;
  const std::int64_t of_day = ((time % 86'400'000) + 86'400'000) % 86'400'000;
  const std::int64_t z = (time - of_day) / 86'400'000 + 719468;
  const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const std::int64_t of_era = z - era * 146097;
  const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * of_year + 2) / 153;
  const std::int64_t day = of_year - (153 * shifted + 2) / 5 + 1;
  const std::int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  auto padded = [](std::int64_t number, std::size_t width) {
    std::string text = std::to_string(number);
    return std::string(width > text.size() ? width - text.size() : 0, '0') + text;
  };
  std::string out = padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T" +
                    padded(of_day / 3'600'000, 2) + ":" + padded(of_day / 60'000 % 60, 2) + ":" +
                    padded(of_day / 1000 % 60, 2);
  if (of_day % 1000 != 0) {
    out += "." + padded(of_day % 1000, 3);
    while (out.ends_with('0')) out.pop_back();
  }
  return out + "Z";
}

}  // namespace windlass::data::yaml
