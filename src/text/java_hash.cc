// Java's hash codes; see the header.
#include "text/java_hash.h"

#include <cmath>

#include "text/utf.h"

namespace windlass::text {

std::int32_t hash_string(std::string_view latin1) {
  std::uint32_t hash = 0;
  for (char c : latin1) hash = 31 * hash + static_cast<unsigned char>(c);
  return static_cast<std::int32_t>(hash);
}

std::int32_t hash_string(std::u16string_view utf16) {
  std::uint32_t hash = 0;
  for (char16_t c : utf16) hash = 31 * hash + c;
  return static_cast<std::int32_t>(hash);
}

std::int32_t hash_utf8_string(std::string_view utf8) {
  return is_ascii(utf8) ? hash_string(utf8) : hash_string(utf8_to_utf16(utf8));
}

std::int32_t hash_double(double value) {
  if (std::isnan(value)) return 0x7ff80000;
  return hash_long(std::bit_cast<std::int64_t>(value));
}

std::int32_t hash_float(float value) {
  if (std::isnan(value)) return 0x7fc00000;
  return std::bit_cast<std::int32_t>(value);
}

std::uint32_t hash_map_capacity(std::size_t entries) {
  std::uint32_t capacity = 16;
  while (capacity < (1U << 30) && entries > capacity / 4 * 3) capacity *= 2;
  return capacity;
}

}  // namespace windlass::text
