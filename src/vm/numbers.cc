// Arithmetic of Groovy's numbers: the result type of each operator, wrap-around, division, texts. Source:
// pipeline-language.md 5.2. Types above long go through num.
#include <cmath>

#include "num/java_numbers.h"
#include "vm/state.h"

namespace windlass::vm {

namespace {

enum class Rank : std::uint8_t { none, int_, long_, big_integer, big_decimal, double_ };

Rank rank_of(Value v) {
  switch (v.tag) {
    case Tag::character:
    case Tag::byte_:
    case Tag::short_:
    case Tag::int_:
      return Rank::int_;
    case Tag::long_:
      return Rank::long_;
    case Tag::float_:
    case Tag::double_:
      return Rank::double_;
    case Tag::object:
      if (v.kind == Kind::big_integer) return Rank::big_integer;
      if (v.kind == Kind::big_decimal) return Rank::big_decimal;
      return Rank::none;
    case Tag::null_:
    case Tag::boolean:
    case Tag::class_:
    case Tag::undefined:
      break;
  }
  return Rank::none;
}

}  // namespace

std::int64_t Vm::State::to_long(Value v) {
  if (v.is_integral() || v.is_character()) return v.integer;
  if (v.is_floating()) return num::double_to_long(v.number);
  if (v.is(Kind::big_integer)) return heap.big_integer(v).to_int64_wrap();
  if (v.is(Kind::big_decimal)) return heap.big_decimal(v).to_int64_wrap();
  if (v.is(Kind::native_object)) {
    const auto slots = heap.native_slots(v);
    if (!slots.empty() && slots[0].is_number()) return to_long(slots[0]);
  }
  return 0;
}

std::int32_t Vm::State::to_int(Value v) {
  if (v.is_floating()) return num::double_to_int(v.number);
  return num::wrap_int(to_long(v));
}

double Vm::State::to_double(Value v) {
  if (v.is_floating()) return v.number;
  if (v.is_integral() || v.is_character()) return static_cast<double>(v.integer);
  if (v.is(Kind::big_integer)) return heap.big_integer(v).to_double();
  if (v.is(Kind::big_decimal)) return heap.big_decimal(v).to_double();
  return static_cast<double>(to_long(v));
}

num::BigInteger Vm::State::to_big_integer(Value v) {
  if (v.is(Kind::big_integer)) return heap.big_integer(v);
  if (v.is(Kind::big_decimal)) return heap.big_decimal(v).to_big_integer().value_or(num::BigInteger());
  if (v.is_floating()) return num::BigInteger::from_double(v.number);
  return num::BigInteger(to_long(v));
}

num::BigDecimal Vm::State::to_big_decimal(Value v) {
  if (v.is(Kind::big_decimal)) return heap.big_decimal(v);
  if (v.is(Kind::big_integer)) return num::BigDecimal(heap.big_integer(v));
  if (v.is_floating()) return num::BigDecimal::from_double(v.number).value_or(num::BigDecimal());
  return num::BigDecimal(to_long(v));
}

namespace {
constexpr std::uint64_t kLimbProductsPerUnit = 16;
}

/// What an operation of two numbers costs at most: the product of their lengths, decimals brought to one scale.
void Vm::State::charge_big(Value a, Value b) {
  const auto length = [&](Value v) -> std::uint64_t {
    if (v.is(Kind::big_integer)) return heap.at<BigIntegerObject>(v.ref)->limb_count;
    if (v.is(Kind::big_decimal)) return heap.at<BigDecimalObject>(v.ref)->limb_count;
    return 1;
  };
  const auto scale = [&](Value v) -> std::int64_t {
    return v.is(Kind::big_decimal) ? heap.at<BigDecimalObject>(v.ref)->scale : 0;
  };
  constexpr std::uint64_t kMostLimbs = 16'384;  // of any number (num/README.md)
  constexpr std::uint64_t kDigitsPerLimb = 19;
  const std::int64_t apart = scale(a) - scale(b);
  const std::uint64_t shift =
      std::min(static_cast<std::uint64_t>(apart < 0 ? -apart : apart) / kDigitsPerLimb, kMostLimbs);
  charge((length(a) + shift) * (length(b) + shift) / kLimbProductsPerUnit);
}

bool Vm::State::arithmetic(Op op, Value a, Value b, Value& out, bool& failed) {
  failed = false;
  const Rank ra = rank_of(a);
  const Rank rb = rank_of(b);
  if (ra == Rank::none || rb == Rank::none) return false;
  const auto raise = [&](const num::Thrown& thrown) {
    (void)throw_java(find_java_class(thrown.type), thrown.message);
    failed = true;
    return true;
  };
  const auto unsupported = [&](std::string_view what) {
    (void)throw_java(java::unsupported_operation_exception, std::string("Cannot use ") + std::string(what) +
                                                                " on this number type: " + class_name(a) +
                                                                " with value: " + simple_text(a));
    failed = true;
    return true;
  };
  Rank rank = std::max(ra, rb);
  if (rank == Rank::big_integer || rank == Rank::big_decimal) charge_big(a, b);
  switch (op) {
    case Op::shl:
    case Op::shr:
    case Op::ushr: {
      if (rb == Rank::double_ || rb == Rank::big_decimal) {
        (void)throw_java(
            java::unsupported_operation_exception,
            "Shift distance must be an integral type, but " + simple_text(b) + " (" + class_name(b) + ") was supplied");
        failed = true;
        return true;
      }
      const std::int64_t n = to_long(b);
      if (ra == Rank::int_) {
        const auto x = static_cast<std::int32_t>(a.integer);
        out = Value::of_int(op == Op::shl   ? num::shift_left_int(x, n)
                            : op == Op::shr ? num::shift_right_int(x, n)
                                            : num::unsigned_shift_right_int(x, n));
        return true;
      }
      if (ra == Rank::long_) {
        out = Value::of_long(op == Op::shl   ? num::shift_left_long(a.integer, n)
                             : op == Op::shr ? num::shift_right_long(a.integer, n)
                                             : num::unsigned_shift_right_long(a.integer, n));
        return true;
      }
      return unsupported(op == Op::shl ? "leftShift()" : op == Op::shr ? "rightShift()" : "rightShiftUnsigned()");
    }
    case Op::bit_and:
    case Op::bit_or:
    case Op::bit_xor: {
      if (rank == Rank::double_ || rank == Rank::big_decimal)
        return unsupported(op == Op::bit_and ? "and()" : op == Op::bit_or ? "or()" : "xor()");
      if (rank == Rank::big_integer) {
        const auto x = to_big_integer(a);
        const auto y = to_big_integer(b);
        out = heap.make_big_integer(op == Op::bit_and ? x.bit_and(y) : op == Op::bit_or ? x.bit_or(y) : x.bit_xor(y));
        return true;
      }
      const std::int64_t r = op == Op::bit_and  ? (a.integer & b.integer)
                             : op == Op::bit_or ? (a.integer | b.integer)
                                                : (a.integer ^ b.integer);
      out = rank == Rank::int_ ? Value::of_int(static_cast<std::int32_t>(r)) : Value::of_long(r);
      return true;
    }
    default:
      break;
  }
  if (op == Op::power) {
    // Integer powers stay exact where they can (int ** int is Integer or BigInteger; negative exponents give a Double).
    if (rank <= Rank::big_integer && rb <= Rank::long_) {
      const std::int64_t exponent = to_long(b);
      if (exponent >= 0 && exponent <= 0x7FFFFFFF) {
        auto result = to_big_integer(a).pow(static_cast<std::int32_t>(exponent));
        if (!result) return raise(result.error());
        charge(result->limbs().size() * result->limbs().size() / kLimbProductsPerUnit);
        if (ra == Rank::int_) {
          out = result->fits_int64() && result->to_int64_wrap() == num::wrap_int(result->to_int64_wrap())
                    ? Value::of_int(num::wrap_int(result->to_int64_wrap()))
                    : heap.make_big_integer(*result);
        } else if (ra == Rank::long_) {
          out = result->fits_int64() ? Value::of_long(result->to_int64_wrap()) : heap.make_big_integer(*result);
        } else {
          out = heap.make_big_integer(*result);
        }
        return true;
      }
    } else if (ra == Rank::big_decimal && rb == Rank::int_ && b.integer >= 0) {
      auto result = heap.big_decimal(a).pow(static_cast<std::int32_t>(b.integer));
      if (!result) return raise(result.error());
      const std::uint64_t limbs = result->unscaled().limbs().size();
      charge(limbs * limbs / kLimbProductsPerUnit);
      out = heap.make_big_decimal(*result);
      return true;
    }
    const double result = std::pow(to_double(a), to_double(b));
    if (rank < Rank::big_decimal || (ra == Rank::big_decimal && rb != Rank::double_)) {
      if (result == std::floor(result) && std::abs(result) <= 2147483647.0) {
        out = Value::of_int(static_cast<std::int32_t>(result));
        return true;
      }
    }
    out = Value::of_double(result);
    return true;
  }
  switch (rank) {
    case Rank::int_: {
      const auto x = static_cast<std::int32_t>(a.integer);
      const auto y = static_cast<std::int32_t>(b.integer);
      switch (op) {
        case Op::add:
          out = Value::of_int(num::add_int(x, y));
          return true;
        case Op::sub:
          out = Value::of_int(num::subtract_int(x, y));
          return true;
        case Op::mul:
          out = Value::of_int(num::multiply_int(x, y));
          return true;
        case Op::mod: {
          auto result = num::remainder_int(x, y);
          if (!result) return raise(result.error());
          out = Value::of_int(*result);
          return true;
        }
        case Op::div: {
          if (y != 0 && y != -1 && x % y == 0) {
            out = heap.make_big_decimal(num::BigDecimal(std::int64_t{x / y}));
            return true;
          }
          break;
        }
        default:
          return false;
      }
      break;
    }
    case Rank::long_: {
      const std::int64_t x = a.integer;
      const std::int64_t y = b.integer;
      switch (op) {
        case Op::add:
          out = Value::of_long(num::add_long(x, y));
          return true;
        case Op::sub:
          out = Value::of_long(num::subtract_long(x, y));
          return true;
        case Op::mul:
          out = Value::of_long(num::multiply_long(x, y));
          return true;
        case Op::mod: {
          auto result = num::remainder_long(x, y);
          if (!result) return raise(result.error());
          out = Value::of_long(*result);
          return true;
        }
        case Op::div:
          break;
        default:
          return false;
      }
      break;
    }
    case Rank::big_integer: {
      const auto x = to_big_integer(a);
      const auto y = to_big_integer(b);
      switch (op) {
        case Op::add:
          out = heap.make_big_integer(x.add(y));
          return true;
        case Op::sub:
          out = heap.make_big_integer(x.subtract(y));
          return true;
        case Op::mul: {
          auto result = x.multiply(y);
          if (!result) return raise(result.error());
          out = heap.make_big_integer(*result);
          return true;
        }
        case Op::mod: {
          auto result = x.mod(y);
          if (!result) return raise(result.error());
          out = heap.make_big_integer(*result);
          return true;
        }
        case Op::div:
          break;
        default:
          return false;
      }
      break;
    }
    case Rank::double_: {
      const double x = to_double(a);
      const double y = to_double(b);
      switch (op) {
        case Op::add:
          out = Value::of_double(x + y);
          return true;
        case Op::sub:
          out = Value::of_double(x - y);
          return true;
        case Op::mul:
          out = Value::of_double(x * y);
          return true;
        case Op::div:
          out = Value::of_double(x / y);
          return true;
        case Op::mod:
          out = Value::of_double(std::fmod(x, y));
          return true;
        default:
          return false;
      }
    }
    case Rank::big_decimal:
      break;
    case Rank::none:
      return false;
  }
  const auto x = to_big_decimal(a);
  const auto y = to_big_decimal(b);
  num::JavaResult<num::BigDecimal> result;
  switch (op) {
    case Op::add:
      result = x.add(y);
      break;
    case Op::sub:
      result = x.subtract(y);
      break;
    case Op::mul:
      result = x.multiply(y);
      break;
    case Op::div:
      result = x.groovy_divide(y);
      break;
    case Op::mod:
      return unsupported("mod()");
    default:
      return false;
  }
  if (!result) return raise(result.error());
  out = heap.make_big_decimal(*result);
  return true;
}

std::int32_t Vm::State::compare_numbers(Value a, Value b) {
  const Rank rank = std::max(rank_of(a), rank_of(b));
  const auto sign = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
  switch (rank) {
    case Rank::int_:
    case Rank::long_:
      return sign(a.integer, b.integer);
    case Rank::double_: {
      const double x = to_double(a);
      const double y = to_double(b);
      if (std::isnan(x)) return std::isnan(y) ? 0 : 1;
      if (std::isnan(y)) return -1;
      return sign(x, y);
    }
    case Rank::big_integer: {
      const auto order = to_big_integer(a) <=> to_big_integer(b);
      return order < 0 ? -1 : order > 0 ? 1 : 0;
    }
    case Rank::big_decimal: {
      const auto order = to_big_decimal(a).compare(to_big_decimal(b));
      return order < 0 ? -1 : order > 0 ? 1 : 0;
    }
    case Rank::none:
      break;
  }
  return 0;
}

bool Vm::State::numbers_equal(Value a, Value b) {
  if (a.is_floating() || b.is_floating()) {
    const double x = to_double(a);
    const double y = to_double(b);
    if (std::isnan(x) && std::isnan(y)) return true;
  }
  return compare_numbers(a, b) == 0;
}

void Vm::State::number_text(Value v, TextBuilder& out) {
  switch (v.tag) {
    case Tag::byte_:
    case Tag::short_:
    case Tag::int_:
    case Tag::long_:
      out.append_int(v.integer);
      return;
    case Tag::float_:
      out.append(std::string_view(num::java_float_to_string(static_cast<float>(v.number))));
      return;
    case Tag::double_:
      out.append(std::string_view(num::java_double_to_string(v.number)));
      return;
    default:
      break;
  }
  charge_big(v, v);
  if (v.is(Kind::big_integer)) out.append(std::string_view(heap.big_integer(v).to_string()));
  if (v.is(Kind::big_decimal)) out.append(std::string_view(heap.big_decimal(v).to_string()));
}

}  // namespace windlass::vm
