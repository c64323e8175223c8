// The linear congruential generator that java.util.Random documents.
#include "num/java_random.h"

#include <cmath>

namespace windlass::num {

namespace {
constexpr std::uint64_t kMultiplier = 0x5DEECE66DULL;
constexpr std::uint64_t kMask = (std::uint64_t{1} << 48) - 1;
}  // namespace

void JavaRandom::set_seed(std::int64_t seed) {
  state = (static_cast<std::uint64_t>(seed) ^ kMultiplier) & kMask;
  have_next_gaussian = false;
}

std::int32_t JavaRandom::next(int bits) {
  state = (state * kMultiplier + 0xB) & kMask;
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::int64_t>(state) >> (48 - bits)));
}

std::int32_t JavaRandom::next_int() { return next(32); }

JavaResult<std::int32_t> JavaRandom::next_int(std::int32_t bound) {
  if (bound <= 0) return thrown("java.lang.IllegalArgumentException", "bound must be positive");
  if ((bound & -bound) == bound) {
    return static_cast<std::int32_t>((static_cast<std::int64_t>(bound) * next(31)) >> 31);
  }
  // Draws from the last, incomplete range are repeated, so that all results are equally likely.
  std::int32_t bits = next(31);
  std::int32_t value = bits % bound;
  while (std::int64_t{bits} - value + (bound - 1) > 0x7fffffff) {
    bits = next(31);
    value = bits % bound;
  }
  return value;
}

std::int64_t JavaRandom::next_long() {
  auto high = static_cast<std::uint64_t>(static_cast<std::int64_t>(next(32))) << 32;
  return static_cast<std::int64_t>(high + static_cast<std::uint64_t>(static_cast<std::int64_t>(next(32))));
}

bool JavaRandom::next_boolean() { return next(1) != 0; }

double JavaRandom::next_double() {
  auto high = static_cast<std::int64_t>(next(26)) << 27;
  return static_cast<double>(high + next(27)) * 0x1.0p-53;
}

float JavaRandom::next_float() { return static_cast<float>(next(24)) / static_cast<float>(1 << 24); }

double JavaRandom::next_gaussian() {
  if (have_next_gaussian) {
    have_next_gaussian = false;
    return next_next_gaussian;
  }
  double v1 = 0;
  double v2 = 0;
  double s = 0;
  do {
    v1 = 2 * next_double() - 1;
    v2 = 2 * next_double() - 1;
    s = v1 * v1 + v2 * v2;
  } while (s >= 1 || s == 0);
  double factor = std::sqrt(-2 * std::log(s) / s);
  next_next_gaussian = v2 * factor;
  have_next_gaussian = true;
  return v1 * factor;
}

}  // namespace windlass::num
