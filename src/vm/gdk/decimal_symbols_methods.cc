// java.text.DecimalFormatSymbols: one slot for each symbol, characters as Characters.
#include <algorithm>

#include "text/java_hash.h"
#include "text/utf.h"
#include "vm/gdk/decimal_symbols.h"
#include "vm/gdk/tables.h"

namespace windlass::vm {
namespace {

using text::DecimalSymbols;

struct Symbol {
  std::string_view name;  ///< of its getter and setter
  std::string DecimalSymbols::* member;
  bool is_character;
};
/// The slots in order; the last one is the zero.
constexpr Symbol kSymbols[] = {
    {"DecimalSeparator", &DecimalSymbols::point, true},
    {"GroupingSeparator", &DecimalSymbols::group, true},
    {"MinusSign", &DecimalSymbols::minus, true},
    {"Percent", &DecimalSymbols::percent, true},
    {"PerMill", &DecimalSymbols::per_mille, true},
    {"MonetaryDecimalSeparator", &DecimalSymbols::money_point, true},
    {"MonetaryGroupingSeparator", &DecimalSymbols::money_group, true},
    {"Digit", &DecimalSymbols::digit, true},
    {"PatternSeparator", &DecimalSymbols::separator, true},
    {"ExponentSeparator", &DecimalSymbols::exponent, false},
    {"Infinity", &DecimalSymbols::infinity, false},
    {"NaN", &DecimalSymbols::nan, false},
    {"CurrencySymbol", &DecimalSymbols::currency, false},
    {"InternationalCurrencySymbol", &DecimalSymbols::currency_code, false},
};
constexpr std::uint32_t kZero = std::size(kSymbols);

std::uint32_t slot_of(std::string_view setting) {
  if (setting == "ZeroDigit") return kZero;
  return static_cast<std::uint32_t>(std::ranges::find(kSymbols, setting, &Symbol::name) - kSymbols);
}
Value character(std::string_view utf8) { return Value::character(text::utf8_to_utf16(utf8).at(0)); }

Status symbols_new(Call& call) {
  return call.give(
      make_symbols(call.heap(), text::decimal_symbols_of(call.has(0) ? locale_tag(call, call.arg(0)) : "en_US")));
}
Status get_symbol(Call& call) {
  const Value v = call.heap().native_slots(call.self())[slot_of(call.name().substr(3))];
  return call.give(v);
}
Status set_symbol(Call& call) {
  if (call.arg(0).is_null()) return call.throw_java("java.lang.NullPointerException", "");
  call.heap().native_slots(call.self())[slot_of(call.name().substr(3))] = call.arg(0);
  return call.give_null();
}
Status symbols_equal(Call& call) {
  const Value other = call.arg(0);
  if (!other.is(Kind::native_object) || call.class_of(other) != java::decimal_format_symbols) return call.give(false);
  return call.give(symbols_of(call.heap(), call.self()) == symbols_of(call.heap(), other));
}
Status symbols_clone(Call& call) { return call.give(make_symbols(call.heap(), symbols_of(call.heap(), call.self()))); }

using K = NativeKind;
constexpr std::string_view kOwner = "java.text.DecimalFormatSymbols";
#define WL_CHARACTER(name) \
  {kOwner, "get" name, "", get_symbol}, { kOwner, "set" name, "char", set_symbol }
#define WL_TEXT(name) \
  {kOwner, "get" name, "", get_symbol}, { kOwner, "set" name, "String", set_symbol }
constexpr NativeMethod kMethods[] = {
    {kOwner, "<init>", "", symbols_new, K::constructor},
    {kOwner, "<init>", "java.util.Locale", symbols_new, K::constructor},
    {kOwner, "getInstance", "", symbols_new, K::static_method},
    {kOwner, "getInstance", "java.util.Locale", symbols_new, K::static_method},
    WL_CHARACTER("DecimalSeparator"),
    WL_CHARACTER("GroupingSeparator"),
    WL_CHARACTER("MinusSign"),
    WL_CHARACTER("Percent"),
    WL_CHARACTER("PerMill"),
    WL_CHARACTER("MonetaryDecimalSeparator"),
    WL_CHARACTER("MonetaryGroupingSeparator"),
    WL_CHARACTER("Digit"),
    WL_CHARACTER("PatternSeparator"),
    WL_CHARACTER("ZeroDigit"),
    WL_TEXT("ExponentSeparator"),
    WL_TEXT("Infinity"),
    WL_TEXT("NaN"),
    WL_TEXT("CurrencySymbol"),
    WL_TEXT("InternationalCurrencySymbol"),
    {kOwner, "equals", "Object", symbols_equal},
    {kOwner, "clone", "", symbols_clone},
};
#undef WL_CHARACTER
#undef WL_TEXT

}  // namespace

Value make_symbols(Heap& heap, const DecimalSymbols& symbols) {
  const Value v = heap.make_native(java::decimal_format_symbols, kZero + 1);
  for (std::uint32_t i = 0; i < kZero; ++i) {
    const std::string& text = symbols.*kSymbols[i].member;
    const Value one = kSymbols[i].is_character ? character(text) : heap.make_string(std::string_view(text));
    heap.native_slots(v)[i] = one;
  }
  heap.native_slots(v)[kZero] = Value::character(static_cast<char16_t>(symbols.zero));
  return v;
}

DecimalSymbols symbols_of(Heap& heap, Value v) {
  DecimalSymbols out;
  for (std::uint32_t i = 0; i < kZero; ++i) {
    const Value one = heap.native_slots(v)[i];
    std::string& text = out.*kSymbols[i].member;
    text.clear();
    if (one.is_string()) {
      text = heap.utf8(one);
    } else {
      text::append_utf8(text, static_cast<char32_t>(one.integer));
    }
  }
  out.zero = static_cast<char32_t>(heap.native_slots(v)[kZero].integer);
  return out;
}

NativeTable decimal_symbols_methods() { return kMethods; }

}  // namespace windlass::vm
