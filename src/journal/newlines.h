// How many lines end in a text: asked of every byte of every log, so in vectors, which each machine has.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace windlass::journal {

[[nodiscard]] inline std::uint64_t newlines_in(std::string_view bytes) {
  using Lanes __attribute__((vector_size(32))) = unsigned char;
  constexpr std::size_t kMost = 255;  // so many turns a lane can count
  std::uint64_t out = 0;
  while (bytes.size() >= sizeof(Lanes)) {
    Lanes counts{};
    const auto turns = std::min(bytes.size() / sizeof(Lanes), kMost);
    for (std::size_t i = 0; i < turns; ++i) {
      Lanes some;
      std::memcpy(&some, bytes.data() + i * sizeof some, sizeof some);
      counts -= static_cast<Lanes>(some == '\n');  // true is 255
    }
    for (std::size_t i = 0; i < sizeof counts; ++i) out += counts[i];
    bytes.remove_prefix(turns * sizeof(Lanes));
  }
  return out + static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

}  // namespace windlass::journal
