// Numbers, characters, Math: java.lang and java.math as Java and Groovy 2.4 extend them. Arithmetic operators
// themselves are the evaluator's (operators.cc); these are the named methods and conversions.
#include <cmath>
#include <limits>

#include "num/java_numbers.h"
#include "text/utf.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"

namespace windlass::vm {
namespace {

std::string trimmed(TextView text) {
  auto utf8 = text.utf8();
  auto begin = utf8.find_first_not_of(" \t\r\n\f\v");
  if (begin == std::string::npos) return {};
  return utf8.substr(begin, utf8.find_last_not_of(" \t\r\n\f\v") - begin + 1);
}

// ---- texts to numbers
// --------------------------------------------------------------------------------------------------

Status to_integer(Call& call) { return call.give(VM_JAVA(call, num::parse_int(trimmed(call.text_of(call.self()))))); }
Status to_long(Call& call) { return call.give(VM_JAVA(call, num::parse_long(trimmed(call.text_of(call.self()))))); }
Status to_double(Call& call) { return call.give(VM_JAVA(call, num::parse_double(trimmed(call.text_of(call.self()))))); }
Status to_float(Call& call) {
  return call.give(Value::of_float(VM_JAVA(call, num::parse_float(trimmed(call.text_of(call.self()))))));
}
Status to_big_decimal(Call& call) {
  if (call.self().is_number()) return call.give(call.heap().make_big_decimal(call.to_big_decimal(call.self())));
  auto parsed = VM_JAVA(call, num::BigDecimal::parse(trimmed(call.text_of(call.self()))));
  return call.give(call.heap().make_big_decimal(parsed));
}
Status to_big_integer(Call& call) {
  if (call.self().is(Kind::big_decimal)) {
    return call.give(call.heap().make_big_integer(VM_JAVA(call, call.to_big_decimal(call.self()).to_big_integer())));
  }
  if (call.self().is_number()) return call.give(call.heap().make_big_integer(call.to_big_integer(call.self())));
  auto parsed = VM_JAVA(call, num::BigInteger::parse(trimmed(call.text_of(call.self()))));
  return call.give(call.heap().make_big_integer(parsed));
}
Status to_boolean(Call& call) {
  if (call.self().is_boolean()) return call.give(call.self());
  auto text = trimmed(call.text_of(call.self()));
  for (auto& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return call.give(text == "true" || text == "y" || text == "1");
}
bool is_number_text(TextView text) { return static_cast<bool>(num::BigDecimal::parse(trimmed(text))); }
Status is_number(Call& call) { return call.give(is_number_text(call.text_of(call.self()))); }
Status is_integer(Call& call) {
  return call.give(static_cast<bool>(num::parse_int(trimmed(call.text_of(call.self())))));
}
Status is_long(Call& call) { return call.give(static_cast<bool>(num::parse_long(trimmed(call.text_of(call.self()))))); }
Status is_double(Call& call) {
  return call.give(static_cast<bool>(num::parse_double(trimmed(call.text_of(call.self())))));
}
Status to_character(Call& call) {
  auto text = call.text_of(call.self());
  if (text.empty()) return call.throw_java("java.lang.StringIndexOutOfBoundsException", "String index out of range: 0");
  return call.give(Value::character(text[0]));
}

Status parse_int(Call& call) {
  if (call.arg(0).is_null()) return call.throw_java(java::number_format_exception, "Cannot parse null string");
  return call.give(VM_JAVA(call, num::parse_int(call.utf8_arg(0), call.has(1) ? call.int_arg(1) : 10)));
}
Status parse_long(Call& call) {
  if (call.arg(0).is_null()) return call.throw_java(java::number_format_exception, "Cannot parse null string");
  return call.give(VM_JAVA(call, num::parse_long(call.utf8_arg(0), call.has(1) ? call.int_arg(1) : 10)));
}
Status parse_double(Call& call) {
  if (call.arg(0).is_null()) return call.throw_java(java::null_pointer_exception);
  return call.give(VM_JAVA(call, num::parse_double(call.utf8_arg(0))));
}
Status parse_boolean(Call& call) {
  auto text = call.utf8_arg(0);
  for (auto& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return call.give(text == "true");
}
Status integer_value_of(Call& call) {
  if (call.arg(0).is_text()) return parse_int(call);
  return call.give(call.int_arg(0));
}
Status long_value_of(Call& call) {
  if (call.arg(0).is_text()) return parse_long(call);
  return call.give(call.long_arg(0));
}
Status double_value_of(Call& call) {
  if (call.arg(0).is_text()) return parse_double(call);
  return call.give(call.double_arg(0));
}
Status boolean_value_of(Call& call) {
  if (call.arg(0).is_boolean()) return call.give(call.arg(0));
  if (call.arg(0).is_null()) return call.give(false);
  return parse_boolean(call);
}
Status big_decimal_new(Call& call) {
  auto arg = call.arg(0);
  if (arg.is_text()) {
    auto parsed = VM_JAVA(call, num::BigDecimal::parse(call.utf8_arg(0)));
    return call.give(call.heap().make_big_decimal(parsed));
  }
  return call.give(call.heap().make_big_decimal(call.to_big_decimal(arg)));
}
Status big_integer_new(Call& call) {
  auto arg = call.arg(0);
  if (arg.is_text()) {
    auto parsed = VM_JAVA(call, num::BigInteger::parse(call.utf8_arg(0), call.has(1) ? call.int_arg(1) : 10));
    return call.give(call.heap().make_big_integer(parsed));
  }
  return call.give(call.heap().make_big_integer(call.to_big_integer(arg)));
}

// ---- between numbers
// -----------------------------------------------------------------------------------------------------

Status int_value(Call& call) { return call.give(call.to_int(call.self())); }
Status long_value(Call& call) { return call.give(call.to_long(call.self())); }
Status double_value(Call& call) { return call.give(call.to_double(call.self())); }
Status float_value(Call& call) { return call.give(Value::of_float(static_cast<float>(call.to_double(call.self())))); }
Status short_value(Call& call) {
  return call.give(Value::of_short(static_cast<std::int16_t>(call.to_int(call.self()))));
}
Status byte_value(Call& call) { return call.give(Value::of_byte(static_cast<std::int8_t>(call.to_int(call.self())))); }

Status abs_of(Call& call, Value v) {
  if (v.is_int()) return call.give(v.as_int() < 0 ? num::negate_int(v.as_int()) : v.as_int());
  if (v.is_long()) return call.give(v.integer < 0 ? num::negate_long(v.integer) : v.integer);
  if (v.is_floating()) return call.give(std::fabs(v.number));
  if (v.is(Kind::big_integer)) {
    auto n = call.heap().big_integer(v);
    return call.give(n.signum() < 0 ? call.heap().make_big_integer(n.negate()) : v);
  }
  if (v.is(Kind::big_decimal)) {
    auto n = call.heap().big_decimal(v);
    return call.give(n.signum() < 0 ? call.heap().make_big_decimal(n.negate()) : v);
  }
  return call.give(std::abs(call.to_int(v)));
}
Status abs_self(Call& call) { return abs_of(call, call.self()); }
Status math_abs(Call& call) { return abs_of(call, call.arg(0)); }

Status intdiv(Call& call) {
  auto a = call.self();
  auto b = call.arg(0);
  if (a.is_integral() && b.is_integral()) {
    if (a.is_long() || b.is_long()) return call.give(VM_JAVA(call, num::divide_long(a.integer, b.integer)));
    return call.give(VM_JAVA(call, num::divide_int(a.as_int(), b.as_int())));
  }
  if (a.is_floating() || b.is_floating() || a.is(Kind::big_decimal) || b.is(Kind::big_decimal)) {
    return call.throw_java("java.lang.UnsupportedOperationException",
                           "Cannot use intdiv() on this number type: " + call.class_name(a));
  }
  call.vm().state().charge_big(a, b);
  auto quotient = VM_JAVA(call, call.to_big_integer(a).divide(call.to_big_integer(b)));
  return call.give(call.heap().make_big_integer(quotient));
}
Status compare(Call& call) {
  std::int32_t order = 0;
  VM_DO(call.compare(call.self(), call.arg(0), order));
  return call.give(order);
}

Status compare_two(Call& call) {
  std::int32_t order = 0;
  VM_DO(call.compare(call.arg(0), call.arg(1), order));
  return call.give(order);
}

Status round_self(Call& call) {
  auto v = call.self();
  if (call.has(0)) {
    auto digits = call.int_arg(0);
    if (v.is_floating()) {
      auto factor = std::pow(10.0, digits);
      return call.give(std::floor(v.number * factor + 0.5) / factor);
    }
    auto rounded = VM_JAVA(call, call.to_big_decimal(v).set_scale(digits, num::RoundingMode::half_up));
    return call.give(call.heap().make_big_decimal(rounded));
  }
  if (v.is(Kind::big_decimal)) {
    auto rounded = VM_JAVA(call, call.to_big_decimal(v).set_scale(0, num::RoundingMode::half_up));
    return call.give(call.heap().make_big_decimal(rounded));
  }
  if (v.tag == Tag::float_) return call.give(num::double_to_int(std::floor(v.number + 0.5)));
  return call.give(num::round_double(call.to_double(v)));
}
Status trunc_self(Call& call) { return call.give(std::trunc(call.to_double(call.self()))); }
Status is_nan(Call& call) { return call.give(std::isnan(call.double_arg(0))); }

// ---- texts of numbers
// ----------------------------------------------------------------------------------------------------

Status int_to_string(Call& call) {
  if (call.count() == 1) return call.give_utf8(std::to_string(call.long_arg(0)));
  return call.give_utf8(num::to_radix(call.long_arg(0), call.int_arg(1)));
}
Status unsigned_text(Call& call, int radix) {
  auto v = call.arg(0);
  auto bits = v.is_long() ? static_cast<std::uint64_t>(v.integer)
                          : static_cast<std::uint64_t>(static_cast<std::uint32_t>(call.to_int(v)));
  return call.give_utf8(num::to_unsigned_radix(bits, radix));
}
Status to_hex(Call& call) { return unsigned_text(call, 16); }
Status to_binary(Call& call) { return unsigned_text(call, 2); }
Status to_octal(Call& call) { return unsigned_text(call, 8); }

Status int_max(Call& call) { return call.give(std::numeric_limits<std::int32_t>::max()); }
Status int_min(Call& call) { return call.give(std::numeric_limits<std::int32_t>::min()); }
Status long_max(Call& call) { return call.give(std::numeric_limits<std::int64_t>::max()); }
Status long_min(Call& call) { return call.give(std::numeric_limits<std::int64_t>::min()); }
Status double_max(Call& call) { return call.give(std::numeric_limits<double>::max()); }
Status double_min(Call& call) { return call.give(std::numeric_limits<double>::denorm_min()); }
Status double_nan(Call& call) { return call.give(std::numeric_limits<double>::quiet_NaN()); }
Status double_infinity(Call& call) { return call.give(std::numeric_limits<double>::infinity()); }
Status boolean_true(Call& call) { return call.give(true); }
Status boolean_false(Call& call) { return call.give(false); }

// ---- Math
// ------------------------------------------------------------------------------------------------------------------

Status pick(Call& call, bool larger) {
  auto a = call.arg(0);
  auto b = call.arg(1);
  if (a.is_floating() || b.is_floating() || a.is(Kind::big_decimal) || b.is(Kind::big_decimal)) {
    auto x = call.to_double(a);
    auto y = call.to_double(b);
    return call.give(larger ? std::fmax(x, y) : std::fmin(x, y));
  }
  auto x = call.to_long(a);
  auto y = call.to_long(b);
  auto chosen = larger ? std::max(x, y) : std::min(x, y);
  if (a.is_long() || b.is_long()) return call.give(chosen);
  return call.give(static_cast<std::int32_t>(chosen));
}
Status math_max(Call& call) { return pick(call, true); }
Status math_min(Call& call) { return pick(call, false); }
Status math_round(Call& call) {
  if (call.arg(0).tag == Tag::float_) return call.give(num::double_to_int(std::floor(call.double_arg(0) + 0.5)));
  return call.give(num::round_double(call.double_arg(0)));
}
template <double (*Function)(double)>
Status math_function(Call& call) {
  return call.give(Function(call.double_arg(0)));
}
double java_floor(double x) { return std::floor(x); }
double java_ceil(double x) { return std::ceil(x); }
double java_sqrt(double x) { return std::sqrt(x); }
double java_sin(double x) { return std::sin(x); }
double java_cos(double x) { return std::cos(x); }
double java_tan(double x) { return std::tan(x); }
double java_log(double x) { return std::log(x); }
double java_log10(double x) { return std::log10(x); }
double java_exp(double x) { return std::exp(x); }
/// Exact for cubes of integers, as Java's.
double java_cbrt(double x) {
  const double root = std::cbrt(x);
  const double whole = std::nearbyint(root);
  return whole * whole * whole == x ? whole : root;
}
Status math_pow(Call& call) { return call.give(std::pow(call.double_arg(0), call.double_arg(1))); }
Status math_floor_mod(Call& call) {
  auto r = VM_JAVA(call, num::floor_mod(call.long_arg(0), call.long_arg(1)));
  if (call.arg(0).is_long() || call.arg(1).is_long()) return call.give(r);
  return call.give(static_cast<std::int32_t>(r));
}
Status math_floor_div(Call& call) {
  auto r = VM_JAVA(call, num::floor_div(call.long_arg(0), call.long_arg(1)));
  if (call.arg(0).is_long() || call.arg(1).is_long()) return call.give(r);
  return call.give(static_cast<std::int32_t>(r));
}
Status math_pi(Call& call) { return call.give(3.141592653589793); }
Status math_e(Call& call) { return call.give(2.718281828459045); }

// ---- characters
// --------------------------------------------------------------------------------------------------------------

char16_t unit_of(Call& call) {
  auto v = call.count() > 0 ? call.arg(0) : call.self();
  if (v.is_text()) {
    auto text = call.text_of(v);
    return text.empty() ? u'\0' : text[0];
  }
  return static_cast<char16_t>(call.to_int(v));
}
bool is_ascii_letter(char16_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_letter_unit(char16_t c) {
  return is_ascii_letter(c) || (c > 0x7f && text::char_to_upper(c) != text::char_to_lower(c));
}
Status is_digit(Call& call) {
  auto c = unit_of(call);
  return call.give(c >= '0' && c <= '9');
}
Status is_letter(Call& call) { return call.give(is_letter_unit(unit_of(call))); }
Status is_letter_or_digit(Call& call) {
  auto c = unit_of(call);
  return call.give(is_letter_unit(c) || (c >= '0' && c <= '9'));
}
Status is_upper(Call& call) {
  auto c = static_cast<char32_t>(unit_of(call));
  return call.give(text::char_to_lower(c) != c);
}
Status is_lower(Call& call) {
  auto c = static_cast<char32_t>(unit_of(call));
  return call.give(text::char_to_upper(c) != c);
}
Status is_space(Call& call) {
  auto c = unit_of(call);
  return call.give(c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1c && c <= 0x1f));
}
Status char_upper(Call& call) {
  return call.give(Value::character(static_cast<char16_t>(text::char_to_upper(unit_of(call)))));
}
Status char_lower(Call& call) {
  return call.give(Value::character(static_cast<char16_t>(text::char_to_lower(unit_of(call)))));
}
Status numeric_value(Call& call) {
  auto c = unit_of(call);
  if (c >= '0' && c <= '9') return call.give(c - '0');
  if (c >= 'a' && c <= 'z') return call.give(c - 'a' + 10);
  if (c >= 'A' && c <= 'Z') return call.give(c - 'A' + 10);
  return call.give(-1);
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.lang.CharSequence", "toInteger", "", to_integer},
    {"java.lang.CharSequence", "toLong", "", to_long},
    {"java.lang.CharSequence", "toDouble", "", to_double},
    {"java.lang.CharSequence", "toFloat", "", to_float},
    {"java.lang.CharSequence", "toBigDecimal", "", to_big_decimal},
    {"java.lang.CharSequence", "toBigInteger", "", to_big_integer},
    {"java.lang.String", "toBoolean", "", to_boolean},
    {"java.lang.Boolean", "toBoolean", "", to_boolean},
    {"java.lang.Boolean", "booleanValue", "", to_boolean},
    {"java.lang.CharSequence", "toCharacter", "", to_character},
    {"java.lang.CharSequence", "isNumber", "", is_number},
    {"java.lang.CharSequence", "isBigDecimal", "", is_number},
    {"java.lang.CharSequence", "isInteger", "", is_integer},
    {"java.lang.CharSequence", "isLong", "", is_long},
    {"java.lang.CharSequence", "isDouble", "", is_double},
    {"java.lang.CharSequence", "isFloat", "", is_double},
    {"java.lang.Number", "toInteger", "", int_value},
    {"java.lang.Number", "toLong", "", long_value},
    {"java.lang.Number", "toDouble", "", double_value},
    {"java.lang.Number", "toFloat", "", float_value},
    {"java.lang.Number", "toBigDecimal", "", to_big_decimal},
    {"java.lang.Number", "toBigInteger", "", to_big_integer},
    {"java.lang.Number", "intValue", "", int_value},
    {"java.lang.Number", "longValue", "", long_value},
    {"java.lang.Number", "doubleValue", "", double_value},
    {"java.lang.Number", "floatValue", "", float_value},
    {"java.lang.Number", "shortValue", "", short_value},
    {"java.lang.Number", "byteValue", "", byte_value},
    {"java.lang.Number", "abs", "", abs_self},
    {"java.lang.Number", "intdiv", "Number", intdiv},
    {"java.lang.Number", "compareTo", "Object", compare},
    {"java.lang.Character", "compareTo", "Object", compare},
    {"java.lang.Boolean", "compareTo", "Object", compare},
    {"java.lang.Number", "round", "", round_self},
    {"java.lang.Number", "round", "int", round_self},
    {"java.lang.Number", "trunc", "", trunc_self},
    {"java.math.BigDecimal", "<init>", "Object", big_decimal_new, K::constructor},
    {"java.math.BigDecimal", "valueOf", "Object", big_decimal_new, K::static_method},
    {"java.math.BigInteger", "<init>", "Object", big_integer_new, K::constructor},
    {"java.math.BigInteger", "<init>", "String,int", big_integer_new, K::constructor},
    {"java.math.BigInteger", "valueOf", "Object", big_integer_new, K::static_method},
    {"java.lang.Integer", "parseInt", "String", parse_int, K::static_method},
    {"java.lang.Integer", "parseInt", "String,int", parse_int, K::static_method},
    {"java.lang.Integer", "valueOf", "Object", integer_value_of, K::static_method},
    {"java.lang.Integer", "valueOf", "String,int", parse_int, K::static_method},
    {"java.lang.Integer", "<init>", "Object", integer_value_of, K::constructor},
    {"java.lang.Integer", "toString", "int", int_to_string, K::static_method},
    {"java.lang.Integer", "toString", "int,int", int_to_string, K::static_method},
    {"java.lang.Integer", "toHexString", "int", to_hex, K::static_method},
    {"java.lang.Integer", "toBinaryString", "int", to_binary, K::static_method},
    {"java.lang.Integer", "toOctalString", "int", to_octal, K::static_method},
    {"java.lang.Integer", "MAX_VALUE", "", int_max, K::static_field},
    {"java.lang.Integer", "MIN_VALUE", "", int_min, K::static_field},
    {"java.lang.Integer", "compare", "Object,Object", compare_two, K::static_method},
    {"java.lang.Long", "compare", "Object,Object", compare_two, K::static_method},
    {"java.lang.Double", "compare", "Object,Object", compare_two, K::static_method},
    {"java.lang.Long", "parseLong", "String", parse_long, K::static_method},
    {"java.lang.Long", "parseLong", "String,int", parse_long, K::static_method},
    {"java.lang.Long", "valueOf", "Object", long_value_of, K::static_method},
    {"java.lang.Long", "<init>", "Object", long_value_of, K::constructor},
    {"java.lang.Long", "toString", "long", int_to_string, K::static_method},
    {"java.lang.Long", "toHexString", "long", to_hex, K::static_method},
    {"java.lang.Long", "MAX_VALUE", "", long_max, K::static_field},
    {"java.lang.Long", "MIN_VALUE", "", long_min, K::static_field},
    {"java.lang.Double", "parseDouble", "String", parse_double, K::static_method},
    {"java.lang.Double", "valueOf", "Object", double_value_of, K::static_method},
    {"java.lang.Double", "<init>", "Object", double_value_of, K::constructor},
    {"java.lang.Double", "isNaN", "double", is_nan, K::static_method},
    {"java.lang.Double", "MAX_VALUE", "", double_max, K::static_field},
    {"java.lang.Double", "MIN_VALUE", "", double_min, K::static_field},
    {"java.lang.Double", "NaN", "", double_nan, K::static_field},
    {"java.lang.Double", "POSITIVE_INFINITY", "", double_infinity, K::static_field},
    {"java.lang.Boolean", "parseBoolean", "String", parse_boolean, K::static_method},
    {"java.lang.Boolean", "valueOf", "Object", boolean_value_of, K::static_method},
    {"java.lang.Boolean", "<init>", "Object", boolean_value_of, K::constructor},
    {"java.lang.Boolean", "TRUE", "", boolean_true, K::static_field},
    {"java.lang.Boolean", "FALSE", "", boolean_false, K::static_field},
    {"java.lang.Math", "abs", "Number", math_abs, K::static_method},
    {"java.lang.Math", "max", "Number,Number", math_max, K::static_method},
    {"java.lang.Math", "min", "Number,Number", math_min, K::static_method},
    {"java.lang.Math", "round", "Number", math_round, K::static_method},
    {"java.lang.Math", "floor", "double", math_function<java_floor>, K::static_method},
    {"java.lang.Math", "ceil", "double", math_function<java_ceil>, K::static_method},
    {"java.lang.Math", "sqrt", "double", math_function<java_sqrt>, K::static_method},
    {"java.lang.Math", "cbrt", "double", math_function<java_cbrt>, K::static_method},
    {"java.lang.Math", "sin", "double", math_function<java_sin>, K::static_method},
    {"java.lang.Math", "cos", "double", math_function<java_cos>, K::static_method},
    {"java.lang.Math", "tan", "double", math_function<java_tan>, K::static_method},
    {"java.lang.Math", "log", "double", math_function<java_log>, K::static_method},
    {"java.lang.Math", "log10", "double", math_function<java_log10>, K::static_method},
    {"java.lang.Math", "exp", "double", math_function<java_exp>, K::static_method},
    {"java.lang.Math", "pow", "double,double", math_pow, K::static_method},
    {"java.lang.Math", "floorMod", "Number,Number", math_floor_mod, K::static_method},
    {"java.lang.Math", "floorDiv", "Number,Number", math_floor_div, K::static_method},
    {"java.lang.Math", "PI", "", math_pi, K::static_field},
    {"java.lang.Math", "E", "", math_e, K::static_field},
    {"java.lang.Character", "isDigit", "Object", is_digit, K::static_method},
    {"java.lang.Character", "isLetter", "Object", is_letter, K::static_method},
    {"java.lang.Character", "isLetterOrDigit", "Object", is_letter_or_digit, K::static_method},
    {"java.lang.Character", "isUpperCase", "Object", is_upper, K::static_method},
    {"java.lang.Character", "isLowerCase", "Object", is_lower, K::static_method},
    {"java.lang.Character", "isWhitespace", "Object", is_space, K::static_method},
    {"java.lang.Character", "toUpperCase", "Object", char_upper, K::static_method},
    {"java.lang.Character", "toLowerCase", "Object", char_lower, K::static_method},
    {"java.lang.Character", "getNumericValue", "Object", numeric_value, K::static_method},
    {"java.lang.Character", "isDigit", "", is_digit},
    {"java.lang.Character", "isLetter", "", is_letter},
    {"java.lang.Character", "isUpperCase", "", is_upper},
    {"java.lang.Character", "isLowerCase", "", is_lower},
    {"java.lang.Character", "isWhitespace", "", is_space},
    {"java.lang.Character", "toUpperCase", "", char_upper},
    {"java.lang.Character", "toLowerCase", "", char_lower},
};

}  // namespace

NativeTable number_methods() { return kMethods; }

}  // namespace windlass::vm
