// The agent's clock: microseconds since boot, suspended time included, so that a laptop that slept does not forget
// deadlines.
#pragma once

#include <cstdint>
#include <time.h>

namespace windlass::agent {

using Micros = std::int64_t;
inline constexpr Micros kMilli = 1'000;
inline constexpr Micros kSecond = 1'000'000;

inline Micros now() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return Micros{time.tv_sec} * kSecond + time.tv_nsec / 1'000;
}

}  // namespace windlass::agent
