// The little Unicode a Groovy lexer needs: UTF-8 in and out, what a letter is, how wide a character is in UTF-16.
// Not for text in general (module text does that). Never fails: a broken byte is U+FFFD of length one, as in Java.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace windlass::groovy {

struct CodePoint {
  std::uint32_t code;
  std::uint32_t length;  ///< bytes
};

inline CodePoint decode_utf8(std::string_view text, std::size_t i) {
  constexpr CodePoint kBroken{0xFFFD, 1};
  const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<std::uint8_t>(text[at]) : 0U; };
  const std::uint32_t b0 = byte(i);
  if (b0 < 0x80) return {b0, 1};
  const auto tail = [&](std::size_t at) { return (byte(at) & 0xC0) == 0x80; };
  if (b0 >= 0xC2 && b0 < 0xE0 && tail(i + 1)) return {(b0 & 0x1F) << 6 | (byte(i + 1) & 0x3F), 2};
  if (b0 >= 0xE0 && b0 < 0xF0 && tail(i + 1) && tail(i + 2)) {
    const auto code = (b0 & 0x0F) << 12 | (byte(i + 1) & 0x3F) << 6 | (byte(i + 2) & 0x3F);
    return code >= 0x800 ? CodePoint{code, 3} : kBroken;
  }
  if (b0 >= 0xF0 && b0 < 0xF5 && tail(i + 1) && tail(i + 2) && tail(i + 3)) {
    const auto code = (b0 & 0x07) << 18 | (byte(i + 1) & 0x3F) << 12 | (byte(i + 2) & 0x3F) << 6 | (byte(i + 3) & 0x3F);
    return code >= 0x10000 && code < 0x110000 ? CodePoint{code, 4} : kBroken;
  }
  return kBroken;
}

/// Any code below 0x110000; a lone surrogate keeps its three-byte form.
inline void append_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

/// What Groovy's lexer takes as a letter beyond ASCII: everything from À on but the two signs × and ÷.
inline bool is_letter(std::uint32_t code) { return code >= 0xC0 && code != 0xD7 && code != 0xF7 && code != 0xFFFF; }

/// Upper case as far as names of types are concerned: ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic.
inline bool is_upper(std::uint32_t code) {
  if (code < 0x80) return code >= 'A' && code <= 'Z';
  if (code >= 0xC0 && code <= 0xDE) return code != 0xD7;
  if (code >= 0x100 && code <= 0x137) return code % 2 == 0;
  if (code >= 0x14A && code <= 0x177) return code % 2 == 0;
  return (code >= 0x391 && code <= 0x3A9) || (code >= 0x400 && code <= 0x42F);
}

}  // namespace windlass::groovy
