// java.math.BigInteger, BigDecimal, MathContext and RoundingMode arguments. Arithmetic is num's; this is argument
// handling. A rounding mode may come as the enum constant or as BigDecimal.ROUND_*.
#include "vm/gdk/java_enums.h"
#include "vm/gdk/tables.h"

namespace windlass::vm {
namespace {

using num::BigDecimal;
using num::BigInteger;
using num::RoundingMode;

// ---- arguments

BigDecimal decimal(Call& call) { return call.to_big_decimal(call.self()); }
BigDecimal decimal_arg(Call& call, std::uint32_t i) { return call.to_big_decimal(call.arg(i)); }
BigInteger integer(Call& call) { return call.to_big_integer(call.self()); }
BigInteger integer_arg(Call& call, std::uint32_t i) { return call.to_big_integer(call.arg(i)); }
Status give(Call& call, const BigDecimal& n) { return call.give(call.heap().make_big_decimal(n)); }
Status give(Call& call, const BigInteger& n) { return call.give(call.heap().make_big_integer(n)); }

Status rounding_mode(Call& call, Value v, RoundingMode& out) {
  const std::int32_t n = v.is_integral() ? v.as_int() : java_enum_ordinal(call.heap(), v);
  if (n < 0 || n > 7) return call.throw_java(java::illegal_argument_exception, "Invalid rounding mode");
  out = static_cast<RoundingMode>(n);
  return Status::ok;
}
/// MathContext: a native object of two slots, precision and rounding mode's ordinal.
Status math_context(Call& call, Value v, num::MathContext& out) {
  if (!v.is(Kind::native_object)) return call.throw_java(java::null_pointer_exception);
  out.precision = call.to_int(call.heap().native_slots(v)[0]);
  out.rounding = static_cast<RoundingMode>(call.to_int(call.heap().native_slots(v)[1]));
  return Status::ok;
}
bool is_context(Call& call, Value v) { return v.is(Kind::native_object) && call.class_of(v) == java::math_context; }
Value make_context(Call& call, std::int32_t precision, RoundingMode mode) {
  const Value v = call.heap().make_native(java::math_context, 2);
  call.heap().native_slots(v)[0] = Value::of_int(precision);
  call.heap().native_slots(v)[1] = Value::of_int(static_cast<std::int32_t>(mode));
  return v;
}
Status context_new(Call& call) {
  RoundingMode mode = RoundingMode::half_up;
  if (call.has(1)) VM_DO(rounding_mode(call, call.arg(1), mode));
  if (call.int_arg(0) < 0) return call.throw_java(java::illegal_argument_exception, "Digits < 0");
  return call.give(make_context(call, call.int_arg(0), mode));
}
template <std::int32_t kPrecision>
Status context_constant(Call& call) {
  return call.give(make_context(call, kPrecision, kPrecision == 0 ? RoundingMode::half_up : RoundingMode::half_even));
}
Status context_precision(Call& call) { return call.give(call.heap().native_slots(call.self())[0]); }

// ---- BigDecimal

Status set_scale(Call& call) {
  RoundingMode mode = RoundingMode::unnecessary;
  if (call.has(1)) VM_DO(rounding_mode(call, call.arg(1), mode));
  return give(call, VM_JAVA(call, decimal(call).set_scale(call.int_arg(0), mode)));
}
Status divide(Call& call) {
  const BigDecimal a = decimal(call);
  const BigDecimal b = decimal_arg(call, 0);
  if (call.count() == 1) return give(call, VM_JAVA(call, a.divide(b)));
  if (is_context(call, call.arg(1))) {
    num::MathContext context;
    VM_DO(math_context(call, call.arg(1), context));
    return give(call, VM_JAVA(call, a.divide(b, context)));
  }
  RoundingMode mode = RoundingMode::unnecessary;
  VM_DO(rounding_mode(call, call.arg(call.count() - 1), mode));
  if (b.signum() == 0) return call.throw_java(java::arithmetic_exception, "/ by zero");
  return give(call, VM_JAVA(call, a.divide(b, call.count() == 3 ? call.int_arg(1) : a.scale(), mode)));
}
Status round_to(Call& call) {
  num::MathContext context;
  VM_DO(math_context(call, call.arg(0), context));
  return give(call, VM_JAVA(call, decimal(call).round(context)));
}
Status decimal_binary(Call& call) {
  const BigDecimal a = decimal(call);
  const BigDecimal b = decimal_arg(call, 0);
  const auto name = call.name();
  auto result = name == "add"         ? a.add(b)
                : name == "subtract"  ? a.subtract(b)
                : name == "multiply"  ? a.multiply(b)
                : name == "remainder" ? a.remainder(b)
                                      : a.divide_to_integral(b);
  if (!result) return call.throw_java(result.error());
  if (call.has(1)) {
    num::MathContext context;
    VM_DO(math_context(call, call.arg(1), context));
    return give(call, VM_JAVA(call, result->round(context)));
  }
  return give(call, *result);
}
Status decimal_pow(Call& call) { return give(call, VM_JAVA(call, decimal(call).pow(call.int_arg(0)))); }
Status scale(Call& call) { return call.give(decimal(call).scale()); }
Status precision(Call& call) { return call.give(decimal(call).precision()); }
Status unscaled(Call& call) { return give(call, decimal(call).unscaled()); }
Status strip(Call& call) { return give(call, decimal(call).strip_trailing_zeros()); }
Status decimal_negate(Call& call) { return give(call, decimal(call).negate()); }
Status decimal_signum(Call& call) { return call.give(std::int32_t{decimal(call).signum()}); }
Status plain_text(Call& call) { return call.give_utf8(VM_JAVA(call, decimal(call).to_plain_string())); }
/// A scale is an int.
Status new_scale(Call& call, std::int64_t wanted, std::int32_t& scale) {
  scale = static_cast<std::int32_t>(wanted);
  if (scale == wanted) return Status::ok;
  return call.throw_java(java::arithmetic_exception, wanted > 0 ? "Underflow" : "Overflow");
}
Status ulp(Call& call) { return give(call, BigDecimal(BigInteger(1), decimal(call).scale())); }
Status engineering_text(Call& call) { return call.give_utf8(decimal(call).to_engineering_string()); }
Status move_point(Call& call) {
  if (call.int_arg(0) == 0) return call.give(call.self());
  const std::int64_t places = call.name() == "movePointLeft" ? call.long_arg(0) : -call.long_arg(0);
  std::int32_t scale = 0;
  VM_DO(new_scale(call, decimal(call).scale() + places, scale));
  const BigDecimal moved(decimal(call).unscaled(), scale);
  if (moved.scale() < 0) return give(call, VM_JAVA(call, moved.set_scale(0, RoundingMode::unnecessary)));
  return give(call, moved);
}
Status scale_by_power(Call& call) {
  std::int32_t scale = 0;
  VM_DO(new_scale(call, decimal(call).scale() - call.long_arg(0), scale));
  return give(call, BigDecimal(decimal(call).unscaled(), scale));
}
Status larger_or_smaller(Call& call) {
  std::int32_t order = 0;
  VM_DO(call.compare(call.self(), call.arg(0), order));
  return call.give((call.name() == "max" ? order >= 0 : order <= 0) ? call.self() : call.arg(0));
}
Status decimal_of_unscaled(Call& call) { return give(call, BigDecimal(BigInteger(call.long_arg(0)), call.int_arg(1))); }
template <std::int64_t kValue>
Status decimal_constant(Call& call) {
  return give(call, BigDecimal(kValue));
}
template <std::int64_t kValue>
Status integer_constant(Call& call) {
  return give(call, BigInteger(kValue));
}
template <std::int32_t kMode>
Status mode_constant(Call& call) {
  return call.give(kMode);
}
Status exact_int(Call& call) {
  const BigDecimal n = decimal(call);
  const BigDecimal whole = VM_JAVA(call, n.set_scale(0, RoundingMode::down));
  if (whole.compare(n) != std::strong_ordering::equal) {
    return call.throw_java(java::arithmetic_exception, "Rounding necessary");
  }
  const BigInteger integer_part = VM_JAVA(call, whole.to_big_integer());
  const bool is_long = call.name() == "longValueExact";
  if (is_long ? !integer_part.fits_int64() : !integer_part.fits_int32()) {
    return call.throw_java(java::arithmetic_exception, "Overflow");
  }
  return is_long ? call.give(integer_part.to_int64_wrap()) : call.give(integer_part.to_int32_wrap());
}

// ---- BigInteger

Status integer_binary(Call& call) {
  const BigInteger a = integer(call);
  const BigInteger b = integer_arg(call, 0);
  const auto name = call.name();
  if (name == "add") return give(call, a.add(b));
  if (name == "subtract") return give(call, a.subtract(b));
  if (name == "gcd") return give(call, a.gcd(b));
  auto result = name == "multiply"    ? a.multiply(b)
                : name == "divide"    ? a.divide(b)
                : name == "remainder" ? a.remainder(b)
                                      : a.mod(b);
  if (!result) return call.throw_java(result.error());
  return give(call, *result);
}
Status divide_and_remainder(Call& call) {
  const auto both = VM_JAVA(call, integer(call).divide_and_remainder(integer_arg(call, 0)));
  const Value quotient = call.heap().make_big_integer(both.quotient);
  const Value remainder = call.heap().make_big_integer(both.remainder);
  const Value array = call.heap().make_array(java::big_integer, 2);
  call.heap().array_items(array)[0] = quotient;
  call.heap().array_items(array)[1] = remainder;
  return call.give(array);
}
Status integer_pow(Call& call) { return give(call, VM_JAVA(call, integer(call).pow(call.int_arg(0)))); }
Status mod_pow(Call& call) {
  return give(call, VM_JAVA(call, integer(call).mod_pow(integer_arg(call, 0), integer_arg(call, 1))));
}
Status integer_negate(Call& call) { return give(call, integer(call).negate()); }
Status integer_signum(Call& call) { return call.give(std::int32_t{integer(call).signum()}); }
Status bit_length(Call& call) { return call.give(static_cast<std::int32_t>(integer(call).bit_length())); }
Status bit_count(Call& call) { return call.give(static_cast<std::int32_t>(integer(call).bit_count())); }
Status test_bit(Call& call) {
  if (call.int_arg(0) < 0) return call.throw_java(java::arithmetic_exception, "Negative bit address");
  return call.give(integer(call).test_bit(static_cast<std::uint32_t>(call.int_arg(0))));
}
Status shift(Call& call) {
  const BigInteger n = integer(call);
  auto moved = call.name() == "shiftLeft" ? n.shift_left(call.int_arg(0)) : n.shift_right(call.int_arg(0));
  if (!moved) return call.throw_java(moved.error());
  return give(call, *moved);
}
Status integer_text(Call& call) { return call.give_utf8(integer(call).to_string(call.int_arg(0))); }
Status to_byte_array(Call& call) {
  const auto bytes = integer(call).to_bytes();
  return call.give(
      call.heap().make_byte_array(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())));
}
/// new BigInteger(signum, magnitude).
Status integer_from_magnitude(Call& call) {
  std::string bytes(1, '\0');
  if (call.arg(1).is(Kind::array)) bytes += call.heap().array_bytes(call.arg(1));
  const auto n = BigInteger::from_bytes(
      std::span<const std::uint8_t>(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
  return give(call, call.int_arg(0) < 0 ? n.negate() : n);
}
Status integer_from_bytes(Call& call) {
  const std::string bytes = call.heap().array_bytes(call.arg(0));
  return give(call, BigInteger::from_bytes(std::span<const std::uint8_t>(
                        reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size())));
}
/// Deterministic for the sizes scripts test: trial division by small numbers, then Fermat to several bases.
Status is_probable_prime(Call& call) {
  const BigInteger n = integer(call).abs();
  if (n < BigInteger(2)) return call.give(false);
  for (std::int64_t p = 2; p < 200; ++p) {
    const BigInteger divisor(p);
    if (n == divisor) return call.give(true);
    if (VM_JAVA(call, n.mod(divisor)).is_zero()) return call.give(n == divisor);
  }
  for (const std::int64_t base : {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37}) {
    const BigInteger one_less = n.subtract(BigInteger(1));
    // Miller and Rabin: n - 1 = d * 2^s.
    BigInteger d = one_less;
    int s = 0;
    while (!d.test_bit(0)) {
      d = VM_JAVA(call, d.shift_right(1));
      ++s;
    }
    BigInteger x = VM_JAVA(call, BigInteger(base).mod_pow(d, n));
    bool passes = x == BigInteger(1) || x == one_less;
    for (int i = 1; i < s && !passes; ++i) {
      x = VM_JAVA(call, x.mod_pow(BigInteger(2), n));
      passes = x == one_less;
    }
    if (!passes) return call.give(false);
  }
  return call.give(true);
}

// ---- Groovy's round and trunc with digits

Status trunc_digits(Call& call) {
  const Value v = call.self();
  const int digits = call.int_arg(0);
  if (v.is_floating()) {
    const auto exact = num::BigDecimal::from_double(v.number);
    if (!exact) return call.give(v);
    const double cut = VM_JAVA(call, exact->set_scale(digits, RoundingMode::down)).to_double();
    return call.give(v.tag == Tag::float_ ? Value::of_float(static_cast<float>(cut)) : Value::of_double(cut));
  }
  return give(call, VM_JAVA(call, decimal(call).set_scale(digits, RoundingMode::down)));
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.math.MathContext", "<init>", "int", context_new, K::constructor},
    {"java.math.MathContext", "<init>", "int,Object", context_new, K::constructor},
    {"java.math.MathContext", "UNLIMITED", "", context_constant<0>, K::static_field},
    {"java.math.MathContext", "DECIMAL32", "", context_constant<7>, K::static_field},
    {"java.math.MathContext", "DECIMAL64", "", context_constant<16>, K::static_field},
    {"java.math.MathContext", "DECIMAL128", "", context_constant<34>, K::static_field},
    {"java.math.MathContext", "getPrecision", "", context_precision},
    {"java.math.BigDecimal", "setScale", "int", set_scale},
    {"java.math.BigDecimal", "setScale", "int,Object", set_scale},
    {"java.math.BigDecimal", "divide", "BigDecimal", divide},
    {"java.math.BigDecimal", "divide", "BigDecimal,Object", divide},
    {"java.math.BigDecimal", "divide", "BigDecimal,int,Object", divide},
    {"java.math.BigDecimal", "add", "BigDecimal", decimal_binary},
    {"java.math.BigDecimal", "add", "BigDecimal,Object", decimal_binary},
    {"java.math.BigDecimal", "subtract", "BigDecimal", decimal_binary},
    {"java.math.BigDecimal", "multiply", "BigDecimal", decimal_binary},
    {"java.math.BigDecimal", "multiply", "BigDecimal,Object", decimal_binary},
    {"java.math.BigDecimal", "remainder", "BigDecimal", decimal_binary},
    {"java.math.BigDecimal", "divideToIntegralValue", "BigDecimal", decimal_binary},
    {"java.math.BigDecimal", "pow", "int", decimal_pow},
    {"java.math.BigDecimal", "round", "java.math.MathContext", round_to},
    {"java.math.BigDecimal", "scale", "", scale},
    {"java.math.BigDecimal", "precision", "", precision},
    {"java.math.BigDecimal", "unscaledValue", "", unscaled},
    {"java.math.BigDecimal", "stripTrailingZeros", "", strip},
    {"java.math.BigDecimal", "negate", "", decimal_negate},
    {"java.math.BigDecimal", "signum", "", decimal_signum},
    {"java.math.BigDecimal", "toPlainString", "", plain_text},
    {"java.math.BigDecimal", "toEngineeringString", "", engineering_text},
    {"java.math.BigDecimal", "ulp", "", ulp},
    {"java.math.BigDecimal", "movePointLeft", "int", move_point},
    {"java.math.BigDecimal", "movePointRight", "int", move_point},
    {"java.math.BigDecimal", "scaleByPowerOfTen", "int", scale_by_power},
    {"java.math.BigDecimal", "max", "BigDecimal", larger_or_smaller},
    {"java.math.BigDecimal", "min", "BigDecimal", larger_or_smaller},
    {"java.math.BigDecimal", "intValueExact", "", exact_int},
    {"java.math.BigDecimal", "longValueExact", "", exact_int},
    {"java.math.BigDecimal", "valueOf", "long,int", decimal_of_unscaled, K::static_method},
    {"java.math.BigDecimal", "ZERO", "", decimal_constant<0>, K::static_field},
    {"java.math.BigDecimal", "ONE", "", decimal_constant<1>, K::static_field},
    {"java.math.BigDecimal", "TEN", "", decimal_constant<10>, K::static_field},
    {"java.math.BigDecimal", "ROUND_UP", "", mode_constant<0>, K::static_field},
    {"java.math.BigDecimal", "ROUND_DOWN", "", mode_constant<1>, K::static_field},
    {"java.math.BigDecimal", "ROUND_CEILING", "", mode_constant<2>, K::static_field},
    {"java.math.BigDecimal", "ROUND_FLOOR", "", mode_constant<3>, K::static_field},
    {"java.math.BigDecimal", "ROUND_HALF_UP", "", mode_constant<4>, K::static_field},
    {"java.math.BigDecimal", "ROUND_HALF_DOWN", "", mode_constant<5>, K::static_field},
    {"java.math.BigDecimal", "ROUND_HALF_EVEN", "", mode_constant<6>, K::static_field},
    {"java.math.BigDecimal", "ROUND_UNNECESSARY", "", mode_constant<7>, K::static_field},
    {"java.math.BigInteger", "add", "BigInteger", integer_binary},
    {"java.math.BigInteger", "subtract", "BigInteger", integer_binary},
    {"java.math.BigInteger", "multiply", "BigInteger", integer_binary},
    {"java.math.BigInteger", "divide", "BigInteger", integer_binary},
    {"java.math.BigInteger", "remainder", "BigInteger", integer_binary},
    {"java.math.BigInteger", "mod", "BigInteger", integer_binary},
    {"java.math.BigInteger", "gcd", "BigInteger", integer_binary},
    {"java.math.BigInteger", "divideAndRemainder", "BigInteger", divide_and_remainder},
    {"java.math.BigInteger", "pow", "int", integer_pow},
    {"java.math.BigInteger", "modPow", "BigInteger,BigInteger", mod_pow},
    {"java.math.BigInteger", "negate", "", integer_negate},
    {"java.math.BigInteger", "signum", "", integer_signum},
    {"java.math.BigInteger", "bitLength", "", bit_length},
    {"java.math.BigInteger", "bitCount", "", bit_count},
    {"java.math.BigInteger", "testBit", "int", test_bit},
    {"java.math.BigInteger", "shiftLeft", "int", shift},
    {"java.math.BigInteger", "shiftRight", "int", shift},
    {"java.math.BigInteger", "max", "BigInteger", larger_or_smaller},
    {"java.math.BigInteger", "min", "BigInteger", larger_or_smaller},
    {"java.math.BigInteger", "toString", "int", integer_text},
    {"java.math.BigInteger", "toByteArray", "", to_byte_array},
    {"java.math.BigInteger", "isProbablePrime", "int", is_probable_prime},
    {"java.math.BigInteger", "<init>", "int,byte[]", integer_from_magnitude, K::constructor},
    {"java.math.BigInteger", "<init>", "byte[]", integer_from_bytes, K::constructor},
    {"java.math.BigInteger", "ZERO", "", integer_constant<0>, K::static_field},
    {"java.math.BigInteger", "ONE", "", integer_constant<1>, K::static_field},
    {"java.math.BigInteger", "TEN", "", integer_constant<10>, K::static_field},
    {"java.lang.Number", "trunc", "int", trunc_digits},
};

}  // namespace

NativeTable big_number_methods() { return kMethods; }

}  // namespace windlass::vm
