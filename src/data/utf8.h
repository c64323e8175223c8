// The few UTF-8 operations that the readers and writers of this module share: decode one code point, append one,
// check a text. Lone surrogates travel in their three-byte form, as Java strings may hold them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace windlass::data {

struct CodePoint {
  std::uint32_t value = 0;  ///< U+FFFD when the bytes are not UTF-8
  std::uint8_t size = 1;    ///< bytes taken, 1 for a wrong byte
  bool valid = true;
};

/// Decodes the code point at `at` (< text.size()). Accepts three-byte surrogates; refuses overlong forms and values
/// above U+10FFFF.
CodePoint decode_utf8(std::string_view text, std::size_t at);
void append_utf8(std::string& out, std::uint32_t code_point);
/// Offset of the first byte that is not UTF-8 (surrogates count as wrong unless allowed); npos when all is well.
std::size_t find_invalid_utf8(std::string_view text, bool allow_surrogates = false);
inline bool is_surrogate(std::uint32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

}  // namespace windlass::data
