// Numbers of paths, queries and cursors.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace windlass::kapis {

/// A whole decimal number; nothing for anything else.
template <class Number = std::uint64_t>
std::optional<Number> number_of(std::string_view text) {
  Number out = 0;
  const auto done = std::from_chars(text.data(), text.data() + text.size(), out);
  if (done.ec != std::errc() || done.ptr != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace windlass::kapis
