// Java's hashCode() values and HashMap's bit spreading: scripts can see them (iteration order, derived ports).
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

namespace windlass::text {

/// String.hashCode over UTF-16 units; a Latin-1 byte is one unit.
std::int32_t hash_string(std::string_view latin1);
std::int32_t hash_string(std::u16string_view utf16);
/// String.hashCode of text held as UTF-8.
std::int32_t hash_utf8_string(std::string_view utf8);

constexpr std::int32_t hash_long(std::int64_t value) {
  auto bits = static_cast<std::uint64_t>(value);
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(bits ^ (bits >> 32)));
}
/// Double.hashCode; every NaN is Java's canonical one.
std::int32_t hash_double(double value);
std::int32_t hash_float(float value);
constexpr std::int32_t hash_boolean(bool value) { return value ? 1231 : 1237; }
/// java.util.HashMap's spread of a hash code.
constexpr std::uint32_t hash_map_spread(std::int32_t hash) {
  auto h = static_cast<std::uint32_t>(hash);
  return h ^ (h >> 16);
}
/// 31 * h + next, wrapping: the step of List.hashCode and Arrays.hashCode (which start at 1).
constexpr std::int32_t hash_combine(std::int32_t h, std::int32_t next) {
  return static_cast<std::int32_t>(31u * static_cast<std::uint32_t>(h) + static_cast<std::uint32_t>(next));
}

/// HashMap's table size (a power of two) for a number of entries added one by one to `new HashMap()`.
std::uint32_t hash_map_capacity(std::size_t entries);

}  // namespace windlass::text
