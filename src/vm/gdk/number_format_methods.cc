// java.text.DecimalFormat, NumberFormat and MessageFormat, java.util.Locale and Normalizer, in English. A DecimalFormat
// is a native object of its pattern, rounding mode and the texts scripts may set later; the pattern is read anew for
// each number, which is short work.
#include <algorithm>

#include "num/java_numbers.h"
#include "text/utf.h"
#include "vm/gdk/java_enums.h"
#include "vm/gdk/tables.h"

namespace windlass::vm {
namespace {

using num::BigDecimal;
using num::RoundingMode;

// ---- DecimalFormat: slot 0 pattern, slot 1 rounding mode
// ---------------------------------------------------------------

struct NumberPattern {
  std::string prefix, suffix;
  int grouping = 0;
  int min_integer = 0;
  int max_integer = 1 << 20;
  int min_fraction = 0;
  int max_fraction = 0;
  bool percent = false;
  bool per_mille = false;
};

/// The first half of a pattern (before `;`): prefix, digits, suffix. Quotes hide special characters.
NumberPattern read_pattern(std::string_view text) {
  NumberPattern out;
  bool in_number = false;
  bool after_number = false;
  bool fraction = false;
  int since_comma = -1;
  const auto affix = [&](char c) {
    if (c == '%') out.percent = true;
    (in_number || after_number ? out.suffix : out.prefix) += c;
    if (in_number) after_number = true;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'') {
      if (i + 1 < text.size() && text[i + 1] == '\'') {
        affix('\'');
        ++i;
        continue;
      }
      for (++i; i < text.size() && text[i] != '\''; ++i) (in_number ? out.suffix : out.prefix) += text[i];
      continue;
    }
    if (c == ';') break;
    if (!after_number && (c == '#' || c == '0' || c == ',' || c == '.')) {
      in_number = true;
      if (c == '.') {
        fraction = true;
      } else if (c == ',') {
        since_comma = 0;
      } else if (fraction) {
        ++out.max_fraction;
        if (c == '0') ++out.min_fraction;
      } else {
        if (since_comma >= 0) ++since_comma;
        if (c == '0') ++out.min_integer;
      }
      continue;
    }
    affix(c);
  }
  if (since_comma > 0) out.grouping = since_comma;
  return out;
}

std::string format_decimal(const NumberPattern& p, BigDecimal n, RoundingMode mode) {
  if (p.percent) n = BigDecimal(n.unscaled(), n.scale() - 2);
  const auto rounded = n.set_scale(p.max_fraction, mode);
  if (!rounded) return {};
  const bool negative = rounded->signum() < 0;
  std::string digits = rounded->unscaled().abs().to_string();
  const auto scale = static_cast<std::size_t>(std::max(0, rounded->scale()));
  if (digits.size() <= scale) digits.insert(0, scale - digits.size() + 1, '0');
  std::string whole = digits.substr(0, digits.size() - scale);
  std::string fraction = digits.substr(digits.size() - scale);
  while (static_cast<int>(fraction.size()) > p.min_fraction && fraction.ends_with('0')) fraction.pop_back();
  if (whole == "0" && p.min_integer == 0 && !fraction.empty()) whole.clear();
  while (static_cast<int>(whole.size()) < p.min_integer) whole.insert(0, 1, '0');
  if (p.grouping > 0) {
    for (auto at = static_cast<int>(whole.size()) - p.grouping; at > 0; at -= p.grouping) {
      whole.insert(static_cast<std::size_t>(at), 1, ',');
    }
  }
  return (negative ? "-" : "") + p.prefix + whole + (fraction.empty() ? "" : "." + fraction) + p.suffix;
}

Value make_format(Call& call, std::string_view pattern) {
  const Value text = call.heap().make_string(pattern);
  const Value v = call.heap().make_native(java::decimal_format, 2);
  call.heap().native_slots(v)[0] = text;
  call.heap().native_slots(v)[1] = Value::of_int(static_cast<int>(RoundingMode::half_even));
  return v;
}
Status format_new(Call& call) {
  return call.give(make_format(call, call.has(0) ? call.utf8_arg(0) : std::string("#,##0.###")));
}
Status number_instance(Call& call) {
  const auto name = call.name();
  return call.give(make_format(call, name == "getPercentInstance"    ? "#,##0%"
                                     : name == "getIntegerInstance"  ? "#,##0"
                                     : name == "getCurrencyInstance" ? "$#,##0.00"
                                                                     : "#,##0.###"));
}
Status format_number(Call& call) {
  const Value v = call.arg(0);
  if (!v.is_number())
    return call.throw_java(java::illegal_argument_exception, "Cannot format given Object as a Number");
  const auto slots = call.heap().native_slots(call.self());
  const NumberPattern pattern = read_pattern(call.heap().utf8(slots[0]));
  const auto mode = static_cast<RoundingMode>(slots[1].as_int());
  if (v.is_floating()) {
    if (v.number != v.number) return call.give_utf8("NaN");
    const auto exact = BigDecimal::from_double_exact(v.number);
    if (!exact) return call.give_utf8(v.number < 0 ? "-∞" : "∞");
    return call.give_utf8(format_decimal(pattern, *exact, mode));
  }
  return call.give_utf8(format_decimal(pattern, call.to_big_decimal(v), mode));
}
Status parse_number(Call& call) {
  std::string text;
  for (const char c : call.utf8_arg(0)) {
    if (c != ',') text += c;
  }
  std::size_t end = !text.empty() && text[0] == '-' ? 1 : 0;
  bool dot = false;
  while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || (text[end] == '.' && !dot))) {
    dot = dot || text[end] == '.';
    ++end;
  }
  const auto n = BigDecimal::parse(text.substr(0, end));
  if (!n) return call.throw_java("java.text.ParseException", "Unparseable number: \"" + call.utf8_arg(0) + "\"");
  const double d = n->to_double();
  const auto whole = n->to_int64_wrap();
  if (d == static_cast<double>(whole)) return call.give(whole);
  return call.give(d);
}
Status set_rounding(Call& call) {
  call.heap().native_slots(call.self())[1] =
      Value::of_int(java_enum_ordinal(call.heap(), call.arg(0), java::rounding_mode));
  return call.give_null();
}
/// setMinimumFractionDigits and its relatives write a new pattern.
Status set_digits(Call& call) {
  NumberPattern p = read_pattern(call.heap().utf8(call.heap().native_slots(call.self())[0]));
  const int n = call.has(0) && !call.arg(0).is_boolean() ? std::clamp(call.int_arg(0), 0, 340) : 0;
  const auto name = call.name();
  if (name == "setMinimumFractionDigits") {
    p.min_fraction = n;
    p.max_fraction = std::max(p.max_fraction, n);
  } else if (name == "setMaximumFractionDigits") {
    p.max_fraction = n;
    p.min_fraction = std::min(p.min_fraction, n);
  } else if (name == "setMinimumIntegerDigits") {
    p.min_integer = n;
  } else if (name == "setGroupingUsed") {
    p.grouping = call.bool_arg(0) ? std::max(3, p.grouping) : 0;
  }
  std::string pattern = p.prefix;
  std::string whole(static_cast<std::size_t>(std::max(p.min_integer, p.grouping > 0 ? p.grouping + 1 : 1)), '#');
  std::fill(whole.end() - std::min<std::ptrdiff_t>(p.min_integer, static_cast<std::ptrdiff_t>(whole.size())),
            whole.end(), '0');
  if (p.grouping > 0) whole.insert(whole.size() - static_cast<std::size_t>(p.grouping), ",");
  pattern += whole;
  if (p.max_fraction > 0) {
    pattern += "." + std::string(static_cast<std::size_t>(p.min_fraction), '0') +
               std::string(static_cast<std::size_t>(p.max_fraction - p.min_fraction), '#');
  }
  const Value text = call.heap().make_string(std::string_view(pattern + p.suffix));
  call.heap().native_slots(call.self())[0] = text;
  return call.give_null();
}
Status to_pattern(Call& call) { return call.give(call.heap().native_slots(call.self())[0]); }
Status apply_pattern(Call& call) {
  call.heap().native_slots(call.self())[0] = call.arg(0);
  return call.give_null();
}

// ---- MessageFormat
// ---------------------------------------------------------------------------------------------------

/// {0}, {1,number,#.##}, quotes as Java's: 'x' is literal, '' is one quote.
Status format_message(Call& call, std::string_view pattern, const std::vector<Value>& args, std::string& out) {
  bool quoted = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\'') {
      if (i + 1 < pattern.size() && pattern[i + 1] == '\'') {
        out += '\'';
        ++i;
      } else {
        quoted = !quoted;
      }
      continue;
    }
    if (c != '{' || quoted) {
      out += c;
      continue;
    }
    const auto close = pattern.find('}', i);
    if (close == std::string_view::npos) {
      return call.throw_java(java::illegal_argument_exception, "Unmatched braces in the pattern.");
    }
    const std::string inner(pattern.substr(i + 1, close - i - 1));
    i = close;
    const auto comma = inner.find(',');
    const auto number = num::parse_int(inner.substr(0, comma));
    if (!number) {
      return call.throw_java(java::illegal_argument_exception,
                             "can't parse argument number: " + inner.substr(0, comma));
    }
    if (*number < 0 || static_cast<std::size_t>(*number) >= args.size()) {
      out += "{" + std::to_string(*number) + "}";
      continue;
    }
    const Value v = args[static_cast<std::size_t>(*number)];
    if (v.is_number()) {
      const auto style = comma == std::string::npos ? std::string::npos : inner.find(',', comma + 1);
      std::string digits = style == std::string::npos ? "#,##0.###" : inner.substr(style + 1);
      if (digits == "integer") digits = "#,##0";
      if (digits == "percent") digits = "#,##0%";
      const auto exact = v.is_floating() ? BigDecimal::from_double_exact(v.number)
                                         : num::JavaResult<BigDecimal>(call.to_big_decimal(v));
      if (exact) {
        out += format_decimal(read_pattern(digits), *exact, RoundingMode::half_even);
        continue;
      }
    }
    TextBuilder text;
    VM_DO(call.to_text(v, text));
    out += text.view().utf8();
  }
  return Status::ok;
}
std::vector<Value> spread(Call& call, std::uint32_t first) {
  std::vector<Value> args(call.args().begin() + first, call.args().end());
  if (args.size() == 1 && args[0].is(Kind::array)) {
    const auto items = call.heap().array_items(args[0]);
    args.assign(items.begin(), items.end());
  }
  return args;
}
Status message_format(Call& call) {
  std::string out;
  VM_DO(format_message(call, call.utf8_arg(0), spread(call, 1), out));
  return call.give_utf8(out);
}
Status message_new(Call& call) {
  const Value v = call.heap().make_native(java::message_format, 1);
  call.heap().native_slots(v)[0] = call.arg(0);
  return call.give(v);
}
Status message_apply(Call& call) {
  std::string out;
  VM_DO(format_message(call, call.heap().utf8(call.heap().native_slots(call.self())[0]), spread(call, 0), out));
  return call.give_utf8(out);
}

// ---- Locale: slot 0 the tag with underscore
// ----------------------------------------------------------------------------

Value make_locale(Call& call, std::string_view tag) {
  const Value text = call.heap().make_string(tag);
  const Value v = call.heap().make_native(java::locale, 1);
  call.heap().native_slots(v)[0] = text;
  return v;
}
Status locale_new(Call& call) {
  std::string tag = call.utf8_arg(0);
  if (call.name() == "forLanguageTag") std::replace(tag.begin(), tag.end(), '-', '_');
  for (std::uint32_t i = 1; i < call.count(); ++i) tag += "_" + call.utf8_arg(i);
  return call.give(make_locale(call, tag));
}
Status locale_constant(Call& call) {
  static constexpr std::pair<std::string_view, std::string_view> kLocales[] = {
      {"US", "en_US"},   {"UK", "en_GB"},     {"ENGLISH", "en"}, {"ROOT", ""},       {"GERMANY", "de_DE"},
      {"GERMAN", "de"},  {"FRANCE", "fr_FR"}, {"FRENCH", "fr"},  {"CHINA", "zh_CN"}, {"SIMPLIFIED_CHINESE", "zh_CN"},
      {"CHINESE", "zh"}, {"JAPAN", "ja_JP"},
  };
  for (const auto& [name, tag] : kLocales) {
    if (name == call.name()) return call.give(make_locale(call, tag));
  }
  return call.give(make_locale(call, "en_US"));
}
Status locale_part(Call& call) {
  const std::string tag = call.heap().utf8(call.heap().native_slots(call.self())[0]);
  const auto cut = tag.find('_');
  if (call.name() == "getLanguage") return call.give_utf8(tag.substr(0, cut));
  if (call.name() == "getCountry") return call.give_utf8(cut == std::string::npos ? "" : tag.substr(cut + 1));
  if (call.name() == "toLanguageTag") {
    std::string out = tag;
    std::replace(out.begin(), out.end(), '_', '-');
    return call.give_utf8(out);
  }
  return call.give_utf8(tag);
}

using K = NativeKind;
constexpr std::string_view kNumberFormat = "java.text.NumberFormat";
constexpr std::string_view kDecimalFormat = "java.text.DecimalFormat";
#define WL_LOCALE(name) {"java.util.Locale", name, "", locale_constant, K::static_field}
constexpr NativeMethod kMethods[] = {
    {kDecimalFormat, "<init>", "", format_new, K::constructor},
    {kDecimalFormat, "<init>", "String", format_new, K::constructor},
    {kDecimalFormat, "<init>", "String,Object", format_new, K::constructor},
    {kNumberFormat, "getInstance", "", number_instance, K::static_method},
    {kNumberFormat, "getInstance", "java.util.Locale", number_instance, K::static_method},
    {kNumberFormat, "getNumberInstance", "", number_instance, K::static_method},
    {kNumberFormat, "getNumberInstance", "java.util.Locale", number_instance, K::static_method},
    {kNumberFormat, "getIntegerInstance", "", number_instance, K::static_method},
    {kNumberFormat, "getPercentInstance", "", number_instance, K::static_method},
    {kNumberFormat, "getPercentInstance", "java.util.Locale", number_instance, K::static_method},
    {kNumberFormat, "getCurrencyInstance", "", number_instance, K::static_method},
    {kNumberFormat, "getCurrencyInstance", "java.util.Locale", number_instance, K::static_method},
    {kNumberFormat, "format", "Object", format_number},
    {kNumberFormat, "parse", "String", parse_number},
    {kNumberFormat, "setRoundingMode", "Object", set_rounding},
    {kNumberFormat, "setMinimumFractionDigits", "int", set_digits},
    {kNumberFormat, "setMaximumFractionDigits", "int", set_digits},
    {kNumberFormat, "setMinimumIntegerDigits", "int", set_digits},
    {kNumberFormat, "setGroupingUsed", "boolean", set_digits},
    {kDecimalFormat, "toPattern", "", to_pattern},
    {kDecimalFormat, "applyPattern", "String", apply_pattern},
    {"java.text.MessageFormat", "format", "String,Object...", message_format, K::static_method},
    {"java.text.MessageFormat", "<init>", "String", message_new, K::constructor},
    {"java.text.MessageFormat", "format", "Object...", message_apply},
    {"java.util.Locale", "<init>", "String", locale_new, K::constructor},
    {"java.util.Locale", "<init>", "String,String", locale_new, K::constructor},
    {"java.util.Locale", "forLanguageTag", "String", locale_new, K::static_method},
    {"java.util.Locale", "getDefault", "", locale_constant, K::static_method},
    WL_LOCALE("US"),
    WL_LOCALE("UK"),
    WL_LOCALE("ENGLISH"),
    WL_LOCALE("ROOT"),
    WL_LOCALE("GERMANY"),
    WL_LOCALE("GERMAN"),
    WL_LOCALE("FRANCE"),
    WL_LOCALE("FRENCH"),
    WL_LOCALE("CHINA"),
    WL_LOCALE("SIMPLIFIED_CHINESE"),
    WL_LOCALE("CHINESE"),
    WL_LOCALE("JAPAN"),
    {"java.util.Locale", "getLanguage", "", locale_part},
    {"java.util.Locale", "getCountry", "", locale_part},
    {"java.util.Locale", "toLanguageTag", "", locale_part},
    {"java.util.Locale", "toString", "", locale_part},
};
#undef WL_LOCALE

}  // namespace

NativeTable number_format_methods() { return kMethods; }

}  // namespace windlass::vm
