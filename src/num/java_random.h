// java.util.Random's generator as a plain value: the same seed gives the same numbers as in Java, on every machine.
//
// Not a source of entropy: the seed comes from the caller (the run's journal). The struct is its whole state.
#pragma once

#include <cstdint>

#include "num/java_result.h"

namespace windlass::num {

struct JavaRandom {
  std::uint64_t state = 0;        ///< 48 bits, already scrambled
  double next_next_gaussian = 0;  ///< second half of a pair
  bool have_next_gaussian = false;

  explicit JavaRandom(std::int64_t seed) { set_seed(seed); }
  JavaRandom() : JavaRandom(0) {}
  void set_seed(std::int64_t seed);

  std::int32_t next(int bits);
  std::int32_t next_int();
  /// IllegalArgumentException `bound must be positive`.
  JavaResult<std::int32_t> next_int(std::int32_t bound);
  std::int64_t next_long();
  bool next_boolean();
  double next_double();
  float next_float();
  double next_gaussian();
};

}  // namespace windlass::num
