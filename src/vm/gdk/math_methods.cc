// java.lang.Math beyond what number_methods.cc has, exact arithmetic, bit twiddling of Integer and Long, limits of the
// primitive types, and the static side of Character.
#include <bit>
#include <cmath>
#include <limits>

#include "num/java_numbers.h"
#include "text/utf.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

/// Integer.TYPE and the like.
template <ClassId kPrimitive>
Status primitive_class(Call& call) {
  return call.give(Value::of_class(kPrimitive));
}

template <double (*Function)(double)>
Status function(Call& call) {
  return call.give(Function(call.double_arg(0)));
}
template <double (*Function)(double, double)>
Status function2(Call& call) {
  return call.give(Function(call.double_arg(0), call.double_arg(1)));
}
double signum_of(double x) { return std::isnan(x) || x == 0 ? x : (x > 0 ? 1.0 : -1.0); }
double degrees_of(double x) { return x * 57.29577951308232; }
double radians_of(double x) { return x * 0.017453292519943295; }

Status random_double(Call& call) {
  const std::uint64_t bits = call.vm().state().host.random_bits(call.fiber().id);
  return call.give(static_cast<double>(bits >> 11) * 0x1p-53);
}

// ---- exact arithmetic

template <class T>
T argument(Call& call, std::uint32_t i);
template <>
std::int32_t argument<std::int32_t>(Call& call, std::uint32_t i) {
  return call.int_arg(i);
}
template <>
std::int64_t argument<std::int64_t>(Call& call, std::uint32_t i) {
  return call.long_arg(i);
}
template <class T>
Status exact(Call& call) {
  const T a = argument<T>(call, 0);
  const T b = call.has(1) ? argument<T>(call, 1) : T{1};
  T out{};
  bool overflow = false;
  if (call.name() == "addExact" || call.name() == "incrementExact") {
    overflow = __builtin_add_overflow(a, b, &out);
  } else if (call.name() == "subtractExact" || call.name() == "decrementExact") {
    overflow = __builtin_sub_overflow(a, b, &out);
  } else if (call.name() == "negateExact") {
    overflow = __builtin_sub_overflow(T{0}, a, &out);
  } else {
    overflow = __builtin_mul_overflow(a, b, &out);
  }
  if (overflow) {
    return call.throw_java(java::arithmetic_exception, sizeof(T) == 4 ? "integer overflow" : "long overflow");
  }
  return call.give(out);
}
Status to_int_exact(Call& call) {
  const auto n = call.long_arg(0);
  if (n != static_cast<std::int32_t>(n)) return call.throw_java(java::arithmetic_exception, "integer overflow");
  return call.give(static_cast<std::int32_t>(n));
}

// ---- bits

std::uint32_t bits32(Call& call) { return static_cast<std::uint32_t>(call.int_arg(0)); }
std::uint64_t bits64(Call& call) { return static_cast<std::uint64_t>(call.long_arg(0)); }
Status give32(Call& call, std::uint32_t n) { return call.give(static_cast<std::int32_t>(n)); }

Status bit_count32(Call& call) { return call.give(std::popcount(bits32(call))); }
Status bit_count64(Call& call) { return call.give(std::popcount(bits64(call))); }
Status leading32(Call& call) { return call.give(std::countl_zero(bits32(call))); }
Status leading64(Call& call) { return call.give(std::countl_zero(bits64(call))); }
Status trailing32(Call& call) { return call.give(std::countr_zero(bits32(call))); }
Status trailing64(Call& call) { return call.give(std::countr_zero(bits64(call))); }
Status highest32(Call& call) { return give32(call, std::bit_floor(bits32(call))); }
Status lowest32(Call& call) { return give32(call, bits32(call) & (0u - bits32(call))); }
Status reverse32(Call& call) { return give32(call, __builtin_bitreverse32(bits32(call))); }
Status reverse_bytes32(Call& call) { return give32(call, std::byteswap(bits32(call))); }
Status rotate_left32(Call& call) { return give32(call, std::rotl(bits32(call), call.int_arg(1))); }
Status rotate_right32(Call& call) { return give32(call, std::rotr(bits32(call), call.int_arg(1))); }
Status signum(Call& call) {
  const auto n = call.long_arg(0);
  return call.give(std::int32_t{(n > 0) - (n < 0)});
}
Status sum_of(Call& call) {
  if (call.self().class_id() == java::integer) return call.give(num::add_int(call.int_arg(0), call.int_arg(1)));
  if (call.self().class_id() == java::long_) return call.give(num::add_long(call.long_arg(0), call.long_arg(1)));
  return call.give(call.double_arg(0) + call.double_arg(1));
}
Status unsigned_to_long(Call& call) { return call.give(std::int64_t{bits32(call)}); }

// ---- texts

Status decode(Call& call) {
  const std::string text = call.utf8_arg(0);
  const auto n = VM_JAVA(call, num::decode_long(text));
  if (call.self().class_id() == java::long_) return call.give(n);
  if (n != static_cast<std::int32_t>(n)) {
    return call.throw_java(java::number_format_exception, "For input string: \"" + text + "\"");
  }
  return call.give(static_cast<std::int32_t>(n));
}
template <int kBits>
Status parse_small(Call& call) {
  const std::string text = call.arg(0).is_text() ? call.utf8_arg(0) : std::to_string(call.long_arg(0));
  const int radix = call.has(1) ? call.int_arg(1) : 10;
  const auto n = VM_JAVA(call, num::parse_int(text, radix));
  constexpr std::int32_t kLimit = 1 << (kBits - 1);
  if (n < -kLimit || n >= kLimit) {
    return call.throw_java(java::number_format_exception,
                           "Value out of range. Value:\"" + text + "\" Radix:" + std::to_string(radix));
  }
  return call.give(kBits == 8 ? Value::of_byte(static_cast<std::int8_t>(n))
                              : Value::of_short(static_cast<std::int16_t>(n)));
}
Status parse_float(Call& call) {
  if (!call.arg(0).is_text()) return call.give(Value::of_float(static_cast<float>(call.double_arg(0))));
  return call.give(Value::of_float(VM_JAVA(call, num::parse_float(call.utf8_arg(0)))));
}
Status text_of_number(Call& call) {
  TextBuilder out;
  VM_DO(call.to_text(call.arg(0), out));
  return call.give_text(out);
}
Status long_text(Call& call) { return call.give_utf8(num::to_radix(call.long_arg(0), call.int_arg(1))); }
Status unsigned_text(Call& call) {
  const int radix = call.name() == "toBinaryString" ? 2 : call.name() == "toOctalString" ? 8 : 16;
  return call.give_utf8(num::to_unsigned_radix(bits64(call), radix));
}

// ---- limits

template <class T>
Value value_of(T n) {
  if constexpr (sizeof(T) == 1) {
    return Value::of_byte(n);
  } else {
    return Value::of_short(n);
  }
}
template <class T>
Status maximum(Call& call) {
  return call.give(value_of(std::numeric_limits<T>::max()));
}
template <class T>
Status minimum(Call& call) {
  return call.give(value_of(std::numeric_limits<T>::min()));
}
Status float_max(Call& call) { return call.give(Value::of_float(std::numeric_limits<float>::max())); }
Status float_min(Call& call) { return call.give(Value::of_float(std::numeric_limits<float>::denorm_min())); }
Status float_nan(Call& call) { return call.give(Value::of_float(std::numeric_limits<float>::quiet_NaN())); }
Status negative_infinity(Call& call) { return call.give(-std::numeric_limits<double>::infinity()); }
Status char_max(Call& call) { return call.give(Value::character(0xFFFF)); }
Status char_min(Call& call) { return call.give(Value::character(0)); }
template <std::int32_t kSize>
Status size_in_bits(Call& call) {
  return call.give(kSize);
}
Status is_nan(Call& call) { return call.give(std::isnan(call.to_double(call.self()))); }
Status is_infinite(Call& call) {
  return call.give(std::isinf(call.to_double(call.count() > 0 ? call.arg(0) : call.self())));
}
Status is_finite(Call& call) { return call.give(std::isfinite(call.double_arg(0))); }
Status double_bits(Call& call) { return call.give(std::bit_cast<std::int64_t>(call.double_arg(0))); }
Status is_nan_of(Call& call) { return call.give(std::isnan(call.double_arg(0))); }

// ---- Character

char32_t point(Call& call) { return static_cast<char32_t>(call.to_int(call.arg(0))); }
Status char_value_of(Call& call) {
  return call.give(Value::character(static_cast<char16_t>(call.to_int(call.arg(0)))));
}
Status char_value(Call& call) { return call.give(call.self()); }
Status char_to_string(Call& call) {
  std::u16string out;
  text::append_utf16(out, point(call));
  return call.give_text(TextView(std::u16string_view(out)));
}
Status to_chars(Call& call) {
  std::u16string units;
  text::append_utf16(units, point(call));
  const Value array = call.heap().make_array(java::p_char, static_cast<std::uint32_t>(units.size()));
  for (std::size_t i = 0; i < units.size(); ++i) call.heap().array_items(array)[i] = Value::character(units[i]);
  return call.give(array);
}
std::int32_t digit_of(char32_t c) {
  if (c >= '0' && c <= '9') return static_cast<std::int32_t>(c - '0');
  if (c >= 'a' && c <= 'z') return static_cast<std::int32_t>(c - 'a') + 10;
  if (c >= 'A' && c <= 'Z') return static_cast<std::int32_t>(c - 'A') + 10;
  return -1;
}
Status digit(Call& call) {
  const auto value = digit_of(point(call));
  return call.give(value < call.int_arg(1) ? value : -1);
}
Status for_digit(Call& call) {
  const auto n = call.int_arg(0);
  const auto radix = call.int_arg(1);
  if (radix < 2 || radix > 36 || n < 0 || n >= radix) return call.give(Value::character(0));
  return call.give(Value::character(static_cast<char16_t>(n < 10 ? '0' + n : 'a' + n - 10)));
}
Status is_alphabetic(Call& call) { return call.give(text::is_letter(point(call))); }
Status is_letter_or_digit_self(Call& call) {
  return call.give(text::is_letter_or_digit(static_cast<char32_t>(call.to_int(call.self()))));
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.lang.Math", "hypot", "double,double", function2<std::hypot>, K::static_method},
    {"java.lang.Math", "atan2", "double,double", function2<std::atan2>, K::static_method},
    {"java.lang.Math", "asin", "double", function<std::asin>, K::static_method},
    {"java.lang.Math", "acos", "double", function<std::acos>, K::static_method},
    {"java.lang.Math", "atan", "double", function<std::atan>, K::static_method},
    {"java.lang.Math", "sinh", "double", function<std::sinh>, K::static_method},
    {"java.lang.Math", "cosh", "double", function<std::cosh>, K::static_method},
    {"java.lang.Math", "tanh", "double", function<std::tanh>, K::static_method},
    {"java.lang.Math", "expm1", "double", function<std::expm1>, K::static_method},
    {"java.lang.Math", "log1p", "double", function<std::log1p>, K::static_method},
    {"java.lang.Math", "rint", "double", function<std::nearbyint>, K::static_method},
    {"java.lang.Math", "signum", "double", function<signum_of>, K::static_method},
    {"java.lang.Math", "toDegrees", "double", function<degrees_of>, K::static_method},
    {"java.lang.Math", "toRadians", "double", function<radians_of>, K::static_method},
    {"java.lang.Math", "random", "", random_double, K::static_method},
    {"java.lang.Math", "addExact", "int,int", exact<std::int32_t>, K::static_method},
    {"java.lang.Math", "addExact", "long,long", exact<std::int64_t>, K::static_method},
    {"java.lang.Math", "subtractExact", "int,int", exact<std::int32_t>, K::static_method},
    {"java.lang.Math", "subtractExact", "long,long", exact<std::int64_t>, K::static_method},
    {"java.lang.Math", "multiplyExact", "int,int", exact<std::int32_t>, K::static_method},
    {"java.lang.Math", "multiplyExact", "long,long", exact<std::int64_t>, K::static_method},
    {"java.lang.Math", "incrementExact", "int", exact<std::int32_t>, K::static_method},
    {"java.lang.Math", "incrementExact", "long", exact<std::int64_t>, K::static_method},
    {"java.lang.Math", "decrementExact", "int", exact<std::int32_t>, K::static_method},
    {"java.lang.Math", "decrementExact", "long", exact<std::int64_t>, K::static_method},
    {"java.lang.Math", "negateExact", "int", exact<std::int32_t>, K::static_method},
    {"java.lang.Math", "negateExact", "long", exact<std::int64_t>, K::static_method},
    {"java.lang.Math", "toIntExact", "long", to_int_exact, K::static_method},
    {"java.lang.Integer", "bitCount", "int", bit_count32, K::static_method},
    {"java.lang.Long", "bitCount", "long", bit_count64, K::static_method},
    {"java.lang.Integer", "numberOfLeadingZeros", "int", leading32, K::static_method},
    {"java.lang.Long", "numberOfLeadingZeros", "long", leading64, K::static_method},
    {"java.lang.Integer", "numberOfTrailingZeros", "int", trailing32, K::static_method},
    {"java.lang.Long", "numberOfTrailingZeros", "long", trailing64, K::static_method},
    {"java.lang.Integer", "highestOneBit", "int", highest32, K::static_method},
    {"java.lang.Integer", "lowestOneBit", "int", lowest32, K::static_method},
    {"java.lang.Integer", "reverse", "int", reverse32, K::static_method},
    {"java.lang.Integer", "reverseBytes", "int", reverse_bytes32, K::static_method},
    {"java.lang.Integer", "rotateLeft", "int,int", rotate_left32, K::static_method},
    {"java.lang.Integer", "rotateRight", "int,int", rotate_right32, K::static_method},
    {"java.lang.Integer", "signum", "int", signum, K::static_method},
    {"java.lang.Long", "signum", "long", signum, K::static_method},
    {"java.lang.Integer", "sum", "int,int", sum_of, K::static_method},
    {"java.lang.Long", "sum", "long,long", sum_of, K::static_method},
    {"java.lang.Double", "sum", "double,double", sum_of, K::static_method},
    {"java.lang.Integer", "toUnsignedLong", "int", unsigned_to_long, K::static_method},
    {"java.lang.Integer", "decode", "String", decode, K::static_method},
    {"java.lang.Long", "decode", "String", decode, K::static_method},
    {"java.lang.Byte", "parseByte", "String", parse_small<8>, K::static_method},
    {"java.lang.Byte", "valueOf", "Object", parse_small<8>, K::static_method},
    {"java.lang.Byte", "<init>", "Object", parse_small<8>, K::constructor},
    {"java.lang.Short", "parseShort", "String", parse_small<16>, K::static_method},
    {"java.lang.Short", "valueOf", "Object", parse_small<16>, K::static_method},
    {"java.lang.Short", "<init>", "Object", parse_small<16>, K::constructor},
    {"java.lang.Float", "parseFloat", "String", parse_float, K::static_method},
    {"java.lang.Float", "valueOf", "Object", parse_float, K::static_method},
    {"java.lang.Float", "<init>", "Object", parse_float, K::constructor},
    {"java.lang.Float", "toString", "float", text_of_number, K::static_method},
    {"java.lang.Double", "toString", "double", text_of_number, K::static_method},
    {"java.lang.Boolean", "toString", "boolean", text_of_number, K::static_method},
    {"java.lang.Long", "toString", "long,int", long_text, K::static_method},
    {"java.lang.Long", "toBinaryString", "long", unsigned_text, K::static_method},
    {"java.lang.Long", "toOctalString", "long", unsigned_text, K::static_method},
    {"java.lang.Byte", "TYPE", "", primitive_class<java::p_byte>, K::static_field},
    {"java.lang.Short", "TYPE", "", primitive_class<java::p_short>, K::static_field},
    {"java.lang.Integer", "TYPE", "", primitive_class<java::p_int>, K::static_field},
    {"java.lang.Long", "TYPE", "", primitive_class<java::p_long>, K::static_field},
    {"java.lang.Float", "TYPE", "", primitive_class<java::p_float>, K::static_field},
    {"java.lang.Double", "TYPE", "", primitive_class<java::p_double>, K::static_field},
    {"java.lang.Boolean", "TYPE", "", primitive_class<java::p_boolean>, K::static_field},
    {"java.lang.Character", "TYPE", "", primitive_class<java::p_char>, K::static_field},
    {"java.lang.Short", "MAX_VALUE", "", maximum<std::int16_t>, K::static_field},
    {"java.lang.Short", "MIN_VALUE", "", minimum<std::int16_t>, K::static_field},
    {"java.lang.Byte", "MAX_VALUE", "", maximum<std::int8_t>, K::static_field},
    {"java.lang.Byte", "MIN_VALUE", "", minimum<std::int8_t>, K::static_field},
    {"java.lang.Float", "MAX_VALUE", "", float_max, K::static_field},
    {"java.lang.Float", "MIN_VALUE", "", float_min, K::static_field},
    {"java.lang.Float", "NaN", "", float_nan, K::static_field},
    {"java.lang.Double", "NEGATIVE_INFINITY", "", negative_infinity, K::static_field},
    {"java.lang.Character", "MAX_VALUE", "", char_max, K::static_field},
    {"java.lang.Character", "MIN_VALUE", "", char_min, K::static_field},
    {"java.lang.Byte", "SIZE", "", size_in_bits<8>, K::static_field},
    {"java.lang.Short", "SIZE", "", size_in_bits<16>, K::static_field},
    {"java.lang.Integer", "SIZE", "", size_in_bits<32>, K::static_field},
    {"java.lang.Long", "SIZE", "", size_in_bits<64>, K::static_field},
    {"java.lang.Integer", "BYTES", "", size_in_bits<4>, K::static_field},
    {"java.lang.Long", "BYTES", "", size_in_bits<8>, K::static_field},
    {"java.lang.Double", "isNaN", "", is_nan},
    {"java.lang.Float", "isNaN", "", is_nan},
    {"java.lang.Float", "isNaN", "float", is_nan_of, K::static_method},
    {"java.lang.Double", "isInfinite", "", is_infinite},
    {"java.lang.Double", "isInfinite", "double", is_infinite, K::static_method},
    {"java.lang.Double", "isFinite", "double", is_finite, K::static_method},
    {"java.lang.Double", "doubleToLongBits", "double", double_bits, K::static_method},
    {"java.lang.Character", "valueOf", "char", char_value_of, K::static_method},
    {"java.lang.Character", "<init>", "char", char_value_of, K::constructor},
    {"java.lang.Character", "charValue", "", char_value},
    {"java.lang.Character", "toString", "char", char_to_string, K::static_method},
    {"java.lang.Character", "toString", "int", char_to_string, K::static_method},
    {"java.lang.Character", "toChars", "int", to_chars, K::static_method},
    {"java.lang.Character", "digit", "char,int", digit, K::static_method},
    {"java.lang.Character", "digit", "int,int", digit, K::static_method},
    {"java.lang.Character", "forDigit", "int,int", for_digit, K::static_method},
    {"java.lang.Character", "isAlphabetic", "int", is_alphabetic, K::static_method},
    {"java.lang.Character", "isLetterOrDigit", "", is_letter_or_digit_self},
};

}  // namespace

NativeTable math_methods() { return kMethods; }

}  // namespace windlass::vm
