// java.text.DecimalFormat, NumberFormat and MessageFormat, and java.util.Locale. A DecimalFormat is a
// native object of its settings; what they mean is text/decimal_format.h.
#include <algorithm>

#include "num/java_numbers.h"
#include "text/decimal_format.h"
#include "text/java_hash.h"
#include "text/utf.h"
#include "vm/gdk/dates.h"
#include "vm/gdk/decimal_symbols.h"
#include "vm/gdk/java_enums.h"
#include "vm/gdk/locale_names.h"
#include "vm/gdk/tables.h"

namespace windlass::vm {
namespace {

using num::BigDecimal;
using num::RoundingMode;

// ---- DecimalFormat: four affixes, seven numbers, the switches as bits, the rounding mode, the symbols (null: English)
// -----------------------------------------------------------------------------------------------------------

using text::DecimalFormat;

constexpr std::uint32_t kSymbolsSlot = 13;
constexpr std::uint32_t kFormatSlots = 14;
constexpr std::string DecimalFormat::* kAffixes[] = {&DecimalFormat::positive_prefix, &DecimalFormat::positive_suffix,
                                                     &DecimalFormat::negative_prefix, &DecimalFormat::negative_suffix};
constexpr std::int32_t DecimalFormat::* kNumbers[] = {&DecimalFormat::min_integer,    &DecimalFormat::max_integer,
                                                      &DecimalFormat::min_fraction,   &DecimalFormat::max_fraction,
                                                      &DecimalFormat::grouping,       &DecimalFormat::multiplier,
                                                      &DecimalFormat::exponent_digits};
constexpr bool DecimalFormat::* kSwitches[] = {&DecimalFormat::uses_grouping, &DecimalFormat::always_point,
                                               &DecimalFormat::integer_only, &DecimalFormat::parses_decimal};

DecimalFormat stored(Heap& heap, Value v) {
  DecimalFormat out;
  const auto slots = heap.native_slots(v);
  for (std::size_t i = 0; i < 4; ++i) out.*kAffixes[i] = heap.utf8(slots[i]);
  for (std::size_t i = 0; i < 7; ++i) out.*kNumbers[i] = slots[4 + i].as_int();
  for (std::size_t i = 0; i < 4; ++i) out.*kSwitches[i] = (slots[11].as_int() >> i & 1) != 0;
  out.rounding = static_cast<RoundingMode>(slots[12].as_int());
  if (!slots[kSymbolsSlot].is_null()) out.symbols = symbols_of(heap, slots[kSymbolsSlot]);
  return out;
}
void store(Heap& heap, Value v, const DecimalFormat& format) {
  for (std::size_t i = 0; i < 4; ++i) {
    const Value affix = heap.make_string(std::string_view(format.*kAffixes[i]));
    heap.native_slots(v)[i] = affix;
  }
  const auto slots = heap.native_slots(v);
  for (std::size_t i = 0; i < 7; ++i) slots[4 + i] = Value::of_int(format.*kNumbers[i]);
  std::int32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) bits |= format.*kSwitches[i] ? 1 << i : 0;
  slots[11] = Value::of_int(bits);
  slots[12] = Value::of_int(static_cast<std::int32_t>(format.rounding));
}
Status give_format(Call& call, const DecimalFormat& format) {
  const Value v = call.heap().make_native(java::decimal_format, kFormatSlots);
  store(call.heap(), v, format);
  if (format.symbols != text::DecimalSymbols()) {
    const Value symbols = make_symbols(call.heap(), format.symbols);
    call.heap().native_slots(v)[kSymbolsSlot] = symbols;
  }
  return call.give(v);
}
Status format_new(Call& call) {
  const std::string pattern = call.has(0) ? call.utf8_arg(0) : std::string("#,##0.###");
  DecimalFormat format = VM_JAVA(call, text::apply_decimal_pattern({}, pattern));
  if (call.has(1)) format.symbols = symbols_of(call.heap(), call.arg(1));
  return give_format(call, format);
}
Status number_instance(Call& call) {
  const auto name = call.name();
  const std::string locale = call.has(0) ? locale_tag(call, call.arg(0)) : "en_US";
  std::string pattern = "#,##0.###";
  if (name == "getPercentInstance") pattern = text::percent_pattern_of(locale);
  if (name == "getIntegerInstance") pattern = "#,##0";
  if (name == "getCurrencyInstance") pattern = text::money_pattern_of(locale);
  DecimalFormat format = VM_JAVA(call, text::apply_decimal_pattern({}, pattern));
  format.integer_only = name == "getIntegerInstance";
  if (call.has(0)) format.symbols = text::decimal_symbols_of(locale);
  return give_format(call, format);
}
Status get_symbols(Call& call) {
  return call.give(make_symbols(call.heap(), stored(call.heap(), call.self()).symbols));
}
Status set_symbols(Call& call) {
  const Value copy = make_symbols(call.heap(), symbols_of(call.heap(), call.arg(0)));
  call.heap().native_slots(call.self())[kSymbolsSlot] = copy;
  return call.give_null();
}
Status format_number(Call& call) {
  const Value v = call.arg(0);
  if (!v.is_number())
    return call.throw_java(java::illegal_argument_exception, "Cannot format given Object as a Number");
  const DecimalFormat format = stored(call.heap(), call.self());
  if (v.is_floating()) return call.give_utf8(VM_JAVA(call, text::format_decimal(format, v.number)));
  return call.give_utf8(VM_JAVA(call, text::format_decimal(format, call.to_big_decimal(v))));
}
Status parse_number(Call& call) {
  const DecimalFormat format = stored(call.heap(), call.self());
  const std::string text = call.utf8_arg(0);
  const auto parsed = text::parse_decimal(format, text);
  if (!parsed) {
    return throw_parse_exception(call, {"java.text.ParseException", "Unparseable number: \"" + text + "\""});
  }
  if (parsed->special) return call.give(*parsed->special);
  if (format.parses_decimal) return call.give(call.heap().make_big_decimal(parsed->value));
  const auto whole = parsed->value.to_int64_wrap();
  if (parsed->value.compare(BigDecimal(whole)) == 0) return call.give(whole);
  return call.give(parsed->value.to_double());
}
Status set_rounding(Call& call) {
  call.heap().native_slots(call.self())[12] =
      Value::of_int(java_enum_ordinal(call.heap(), call.arg(0), java::rounding_mode));
  return call.give_null();
}
Status get_rounding(Call& call) {
  const auto mode = static_cast<std::uint32_t>(call.heap().native_slots(call.self())[12].as_int());
  return call.give(make_java_enum(call.heap(), java::rounding_mode, mode));
}
/// The setting that a getter or setter is named after, behind `get`, `is` or `set`.
std::string_view setting_of(std::string_view name) { return name.substr(name.starts_with("is") ? 2 : 3); }
constexpr std::string_view kAffixNames[] = {"PositivePrefix", "PositiveSuffix", "NegativePrefix", "NegativeSuffix"};
constexpr std::string_view kNumberNames[] = {"MinimumIntegerDigits",  "MaximumIntegerDigits", "MinimumFractionDigits",
                                             "MaximumFractionDigits", "GroupingSize",         "Multiplier"};
constexpr std::string_view kSwitchNames[] = {"GroupingUsed", "DecimalSeparatorAlwaysShown", "ParseIntegerOnly",
                                             "ParseBigDecimal"};
std::size_t place_of(std::span<const std::string_view> names, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}
Status get_affix(Call& call) {
  const DecimalFormat format = stored(call.heap(), call.self());
  return call.give_utf8(
      text::expanded_affix(format.*kAffixes[place_of(kAffixNames, setting_of(call.name()))], format.symbols));
}
Status set_affix(Call& call) {
  DecimalFormat format = stored(call.heap(), call.self());
  format.*kAffixes[place_of(kAffixNames, setting_of(call.name()))] = text::literal_affix(call.utf8_arg(0));
  store(call.heap(), call.self(), format);
  return call.give_null();
}
Status get_number(Call& call) {
  const DecimalFormat format = stored(call.heap(), call.self());
  return call.give(format.*kNumbers[place_of(kNumberNames, setting_of(call.name()))]);
}
/// Of least and most digits the one that was set last wins.
Status set_number(Call& call) {
  DecimalFormat format = stored(call.heap(), call.self());
  const std::size_t which = place_of(kNumberNames, setting_of(call.name()));
  const std::int32_t n = call.int_arg(0);
  format.*kNumbers[which] = which < 4 ? std::max(n, 0) : n;
  if (which == 0) format.max_integer = std::max(format.max_integer, format.min_integer);
  if (which == 1) format.min_integer = std::min(format.min_integer, format.max_integer);
  if (which == 2) format.max_fraction = std::max(format.max_fraction, format.min_fraction);
  if (which == 3) format.min_fraction = std::min(format.min_fraction, format.max_fraction);
  store(call.heap(), call.self(), format);
  return call.give_null();
}
Status get_switch(Call& call) {
  const DecimalFormat format = stored(call.heap(), call.self());
  return call.give(format.*kSwitches[place_of(kSwitchNames, setting_of(call.name()))]);
}
Status set_switch(Call& call) {
  DecimalFormat format = stored(call.heap(), call.self());
  format.*kSwitches[place_of(kSwitchNames, setting_of(call.name()))] = call.bool_arg(0);
  store(call.heap(), call.self(), format);
  return call.give_null();
}
Status to_pattern(Call& call) { return call.give_utf8(text::decimal_pattern(stored(call.heap(), call.self()))); }
Status apply_pattern(Call& call) {
  const auto changed = text::apply_decimal_pattern(stored(call.heap(), call.self()), call.utf8_arg(0));
  store(call.heap(), call.self(), VM_JAVA(call, changed));
  return call.give_null();
}

bool same_setting(const DecimalFormat& a, const DecimalFormat& b) {
  const auto same = [&](const auto& members) {
    return std::ranges::all_of(members, [&](auto member) { return a.*member == b.*member; });
  };
  return same(kAffixes) && same(kNumbers) && same(kSwitches) && a.rounding == b.rounding && a.symbols == b.symbols;
}
Status format_equals(Call& call) {
  if (!call.arg(0).is(Kind::native_object) || call.class_of(call.arg(0)) != java::decimal_format)
    return call.give(false);
  return call.give(same_setting(stored(call.heap(), call.self()), stored(call.heap(), call.arg(0))));
}
/// Java's takes the digits of the integer part, of which it knows 309 at most, and the text in front.
Status format_hash(Call& call) {
  constexpr std::int32_t kMostDigits = 309;
  constexpr std::int32_t kFractionDigits = 3;
  const DecimalFormat format = stored(call.heap(), call.self());
  const std::int32_t base = (std::min(format.max_integer, kMostDigits) * 37 + kFractionDigits) * 37;
  const std::int32_t prefix = text::hash_utf8_string(text::expanded_affix(format.positive_prefix, format.symbols));
  return call.give(static_cast<std::int32_t>(static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(prefix)));
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
        const DecimalFormat format = VM_JAVA(call, text::apply_decimal_pattern({}, digits));
        out += VM_JAVA(call,
                       v.is_floating() ? text::format_decimal(format, v.number) : text::format_decimal(format, *exact));
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
/// Languages are written small, countries in capitals.
Status locale_new(Call& call) {
  std::string language = call.utf8_arg(0);
  std::string country = call.has(1) ? call.utf8_arg(1) : std::string();
  const std::string variant = call.has(2) ? call.utf8_arg(2) : std::string();
  if (call.name() == "forLanguageTag") {
    const auto cut = std::min(language.find('-'), language.size());
    country = language.substr(std::min(cut + 1, language.size()));
    language.resize(cut);
  }
  for (char& c : language) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  for (char& c : country) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  static constexpr std::pair<std::string_view, std::string_view> kOldCodes[] = {
      {"iw", "he"}, {"in", "id"}, {"ji", "yi"}};
  for (const auto& [before, now] : kOldCodes) {
    if (language == before) language = now;
  }
  std::string tag = language;
  if (!country.empty() || !variant.empty()) tag += "_" + country;
  if (!variant.empty()) tag += "_" + variant;
  return call.give(make_locale(call, tag));
}
Status locale_constant(Call& call) {
  static constexpr std::pair<std::string_view, std::string_view> kLocales[] = {
      {"US", "en_US"},
      {"ENGLISH", "en"},
      {"FRENCH", "fr"},
      {"GERMAN", "de"},
      {"ITALIAN", "it"},
      {"JAPANESE", "ja"},
      {"KOREAN", "ko"},
      {"CHINESE", "zh"},
      {"SIMPLIFIED_CHINESE", "zh_CN"},
      {"TRADITIONAL_CHINESE", "zh_TW"},
      {"FRANCE", "fr_FR"},
      {"GERMANY", "de_DE"},
      {"ITALY", "it_IT"},
      {"JAPAN", "ja_JP"},
      {"KOREA", "ko_KR"},
      {"UK", "en_GB"},
      {"CANADA", "en_CA"},
      {"CANADA_FRENCH", "fr_CA"},
      {"ROOT", ""},
      {"CHINA", "zh_CN"},
      {"PRC", "zh_CN"},
      {"TAIWAN", "zh_TW"},
  };
  for (const auto& [name, tag] : kLocales) {
    if (name == call.name()) return call.give(make_locale(call, tag));
  }
  return call.give(make_locale(call, "en_US"));
}
struct LocaleParts {
  std::string language, country, variant;
};
LocaleParts parts_of(std::string_view tag) {
  LocaleParts out;
  std::string* const parts[] = {&out.language, &out.country, &out.variant};
  for (std::string* part : parts) {
    const auto cut = std::min(tag.find('_'), tag.size());
    *part = tag.substr(0, part == &out.variant ? tag.size() : cut);
    tag.remove_prefix(std::min(cut + 1, tag.size()));
  }
  return out;
}
std::string name_or_code(const LocaleName* found, const std::string& code) {
  return found != nullptr ? std::string(found->name) : code;
}
std::string display_variant(const std::string& variant) { return variant == "POSIX" ? "Computer" : variant; }
/// In English, whatever language is asked for.
Status locale_display(Call& call) {
  const auto parts = parts_of(call.heap().utf8(call.heap().native_slots(call.self())[0]));
  const std::string language = name_or_code(find_language(parts.language), parts.language);
  const std::string country = name_or_code(find_country(parts.country), parts.country);
  const std::string variant = display_variant(parts.variant);
  if (call.name() == "getDisplayLanguage") return call.give_utf8(language);
  if (call.name() == "getDisplayCountry") return call.give_utf8(country);
  if (call.name() == "getDisplayVariant") return call.give_utf8(variant);
  std::string out = language;
  std::string rest = country;
  if (!variant.empty()) rest += (rest.empty() ? "" : ", ") + variant;
  if (out.empty()) return call.give_utf8(rest);
  if (!rest.empty()) out += " (" + rest + ")";
  return call.give_utf8(out);
}
Status locale_letters(Call& call) {
  const auto parts = parts_of(call.heap().utf8(call.heap().native_slots(call.self())[0]));
  const bool of_country = call.name() == "getISO3Country";
  const std::string& code = of_country ? parts.country : parts.language;
  const LocaleName* found = of_country ? find_country(code) : find_language(code);
  if (found != nullptr) return call.give_utf8(found->letters);
  if (code.empty()) return call.give_utf8("");
  return call.throw_java(
      "java.util.MissingResourceException",
      "Couldn't find 3-letter " + std::string(of_country ? "country" : "language") + " code for " + code);
}
Status locale_codes(Call& call) {
  const auto& rows = call.name() == "getISOCountries" ? countries() : languages();
  const Value array = call.heap().make_array(java::string, static_cast<std::uint32_t>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Value code = call.heap().make_string(rows[i].code);
    call.heap().array_items(array)[i] = code;
  }
  return call.give(array);
}
Status locale_part(Call& call) {
  const std::string tag = call.heap().utf8(call.heap().native_slots(call.self())[0]);
  const auto cut = tag.find('_');
  if (call.name() == "getLanguage") return call.give_utf8(tag.substr(0, cut));
  if (call.name() == "getCountry") return call.give_utf8(parts_of(tag).country);
  if (call.name() == "getVariant") return call.give_utf8(parts_of(tag).variant);
  if (call.name() == "getScript") return call.give_utf8("");
  if (call.name() == "toLanguageTag") {
    std::string out = cut == 0 || tag.empty() ? "und" + tag : tag;
    std::replace(out.begin(), out.end(), '_', '-');
    return call.give_utf8(out);
  }
  return call.give_utf8(tag);
}

using K = NativeKind;
constexpr std::string_view kNumberFormat = "java.text.NumberFormat";
constexpr std::string_view kDecimalFormat = "java.text.DecimalFormat";
#define WL_NUMBER(owner, name) \
  {owner, "get" name, "", get_number}, { owner, "set" name, "int", set_number }
#define WL_SWITCH(owner, name) \
  {owner, "is" name, "", get_switch}, { owner, "set" name, "boolean", set_switch }
#define WL_AFFIX(name) \
  {kDecimalFormat, "get" name, "", get_affix}, { kDecimalFormat, "set" name, "String", set_affix }
#define WL_DISPLAY(name) \
  {"java.util.Locale", name, "", locale_display}, { "java.util.Locale", name, "java.util.Locale", locale_display }
#define WL_LOCALE(name) {"java.util.Locale", name, "", locale_constant, K::static_field}
constexpr NativeMethod kMethods[] = {
    {kDecimalFormat, "<init>", "", format_new, K::constructor},
    {kDecimalFormat, "<init>", "String", format_new, K::constructor},
    {kDecimalFormat, "<init>", "String,java.text.DecimalFormatSymbols", format_new, K::constructor},
    {kDecimalFormat, "getDecimalFormatSymbols", "", get_symbols},
    {kDecimalFormat, "setDecimalFormatSymbols", "java.text.DecimalFormatSymbols", set_symbols},
    {kNumberFormat, "getInstance", "", number_instance, K::static_method},
    {kNumberFormat, "getInstance", "java.util.Locale", number_instance, K::static_method},
    {kNumberFormat, "getNumberInstance", "", number_instance, K::static_method},
    {kNumberFormat, "getNumberInstance", "java.util.Locale", number_instance, K::static_method},
    {kNumberFormat, "getIntegerInstance", "", number_instance, K::static_method},
    {kNumberFormat, "getIntegerInstance", "java.util.Locale", number_instance, K::static_method},
    {kNumberFormat, "getPercentInstance", "", number_instance, K::static_method},
    {kNumberFormat, "getPercentInstance", "java.util.Locale", number_instance, K::static_method},
    {kNumberFormat, "getCurrencyInstance", "", number_instance, K::static_method},
    {kNumberFormat, "getCurrencyInstance", "java.util.Locale", number_instance, K::static_method},
    {kNumberFormat, "format", "Object", format_number},
    {kNumberFormat, "parse", "String", parse_number},
    {kNumberFormat, "setRoundingMode", "Object", set_rounding},
    {kNumberFormat, "getRoundingMode", "", get_rounding},
    WL_NUMBER(kNumberFormat, "MinimumIntegerDigits"),
    WL_NUMBER(kNumberFormat, "MaximumIntegerDigits"),
    WL_NUMBER(kNumberFormat, "MinimumFractionDigits"),
    WL_NUMBER(kNumberFormat, "MaximumFractionDigits"),
    WL_NUMBER(kDecimalFormat, "GroupingSize"),
    WL_NUMBER(kDecimalFormat, "Multiplier"),
    WL_SWITCH(kNumberFormat, "GroupingUsed"),
    WL_SWITCH(kNumberFormat, "ParseIntegerOnly"),
    WL_SWITCH(kDecimalFormat, "DecimalSeparatorAlwaysShown"),
    WL_SWITCH(kDecimalFormat, "ParseBigDecimal"),
    WL_AFFIX("PositivePrefix"),
    WL_AFFIX("PositiveSuffix"),
    WL_AFFIX("NegativePrefix"),
    WL_AFFIX("NegativeSuffix"),
    {kDecimalFormat, "equals", "Object", format_equals},
    {kDecimalFormat, "hashCode", "", format_hash},
    {kDecimalFormat, "toPattern", "", to_pattern},
    {kDecimalFormat, "applyPattern", "String", apply_pattern},
    {"java.text.MessageFormat", "format", "String,Object...", message_format, K::static_method},
    {"java.text.MessageFormat", "<init>", "String", message_new, K::constructor},
    {"java.text.MessageFormat", "format", "Object...", message_apply},
    {"java.util.Locale", "<init>", "String", locale_new, K::constructor},
    {"java.util.Locale", "<init>", "String,String", locale_new, K::constructor},
    {"java.util.Locale", "<init>", "String,String,String", locale_new, K::constructor},
    {"java.util.Locale", "getISOCountries", "", locale_codes, K::static_method},
    {"java.util.Locale", "getISOLanguages", "", locale_codes, K::static_method},
    WL_DISPLAY("getDisplayName"),
    WL_DISPLAY("getDisplayLanguage"),
    WL_DISPLAY("getDisplayCountry"),
    WL_DISPLAY("getDisplayVariant"),
    {"java.util.Locale", "getISO3Country", "", locale_letters},
    {"java.util.Locale", "getISO3Language", "", locale_letters},
    {"java.util.Locale", "getVariant", "", locale_part},
    {"java.util.Locale", "getScript", "", locale_part},
    {"java.util.Locale", "forLanguageTag", "String", locale_new, K::static_method},
    {"java.util.Locale", "getDefault", "", locale_constant, K::static_method},
    WL_LOCALE("US"),
    WL_LOCALE("ENGLISH"),
    WL_LOCALE("FRENCH"),
    WL_LOCALE("GERMAN"),
    WL_LOCALE("ITALIAN"),
    WL_LOCALE("JAPANESE"),
    WL_LOCALE("KOREAN"),
    WL_LOCALE("CHINESE"),
    WL_LOCALE("SIMPLIFIED_CHINESE"),
    WL_LOCALE("TRADITIONAL_CHINESE"),
    WL_LOCALE("FRANCE"),
    WL_LOCALE("GERMANY"),
    WL_LOCALE("ITALY"),
    WL_LOCALE("JAPAN"),
    WL_LOCALE("KOREA"),
    WL_LOCALE("UK"),
    WL_LOCALE("CANADA"),
    WL_LOCALE("CANADA_FRENCH"),
    WL_LOCALE("ROOT"),
    WL_LOCALE("CHINA"),
    WL_LOCALE("PRC"),
    WL_LOCALE("TAIWAN"),
    {"java.util.Locale", "getLanguage", "", locale_part},
    {"java.util.Locale", "getCountry", "", locale_part},
    {"java.util.Locale", "toLanguageTag", "", locale_part},
    {"java.util.Locale", "toString", "", locale_part},
};
#undef WL_LOCALE
#undef WL_DISPLAY
#undef WL_NUMBER
#undef WL_SWITCH
#undef WL_AFFIX

}  // namespace

std::string locale_tag(Call& call, Value locale) { return call.heap().utf8(call.heap().native_slots(locale)[0]); }

NativeTable number_format_methods() { return kMethods; }

}  // namespace windlass::vm
