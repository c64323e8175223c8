// Text encodings: UTF-8, UTF-16 (with Java's lone surrogates as three-byte WTF-8), Latin-1, case mapping, display
// width.
//
// Not a locale library: case mapping is Java's Locale.ROOT. The VM keeps strings as Latin-1 bytes or UTF-16 units; all
// other modules use UTF-8. Every function is total: bytes that are no UTF-8 become U+FFFD, nothing ever fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace windlass::text {

/// True for well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool is_valid_utf8(std::string_view bytes);
/// Replaces every maximal ill-formed part by U+FFFD, as Java's decoder does; well-formed input is returned unchanged.
std::string repair_utf8(std::string_view bytes);

/// Decodes UTF-8 or WTF-8 (a three-byte surrogate gives that unit); ill-formed parts become U+FFFD.
std::u16string utf8_to_utf16(std::string_view utf8);
/// Lone surrogates become three bytes (WTF-8), so the way back is exact.
std::string utf16_to_utf8(std::u16string_view utf16);
/// As utf16_to_utf8, but a lone surrogate becomes `?`, as Java's String.getBytes("UTF-8") writes it.
std::string utf16_to_utf8_strict(std::u16string_view utf16);

std::string latin1_to_utf8(std::string_view latin1);
std::u16string latin1_to_utf16(std::string_view latin1);
/// The Latin-1 bytes if every code point is at most U+00FF, else nothing.
std::optional<std::string> utf8_to_latin1(std::string_view utf8);
std::optional<std::string> utf16_to_latin1(std::u16string_view utf16);
bool is_ascii(std::string_view bytes);

/// Number of UTF-16 units that `utf8` has after decoding.
std::size_t utf16_length(std::string_view utf8);

/// Decodes one code point at `index` (< size) and moves `index` past it; ill-formed bytes give U+FFFD.
char32_t next_code_point(std::string_view utf8, std::size_t& index);
/// Same for UTF-16; a lone surrogate is returned as itself.
char32_t next_code_point(std::u16string_view utf16, std::size_t& index);
void append_utf8(std::string& out, char32_t code_point);
void append_utf16(std::u16string& out, char32_t code_point);

/// String.toUpperCase/toLowerCase(Locale.ROOT), special casing included (ß → SS, final sigma, İ).
std::u16string to_upper(std::u16string_view utf16);
std::u16string to_lower(std::u16string_view utf16);
/// For Latin-1 text. Upper case can leave Latin-1 (ÿ, µ), hence nothing then: convert and use the UTF-16 form.
std::optional<std::string> latin1_to_upper(std::string_view latin1);
std::string latin1_to_lower(std::string_view latin1);
/// Character.toUpperCase/toLowerCase: one code point to one code point.
char32_t char_to_upper(char32_t code_point);
char32_t char_to_lower(char32_t code_point);
/// String.equalsIgnoreCase.
bool equals_ignore_case(std::u16string_view a, std::u16string_view b);
bool equals_ignore_case_ascii(std::string_view a, std::string_view b);

bool is_letter(char32_t c);           ///< Character.isLetter
bool is_digit(char32_t c);            ///< Character.isDigit
bool is_letter_or_digit(char32_t c);  ///< Character.isLetterOrDigit
bool is_java_whitespace(char32_t c);  ///< Character.isWhitespace (no-break spaces are not)
bool is_upper(char32_t c);            ///< Character.isUpperCase
bool is_lower(char32_t c);            ///< Character.isLowerCase
bool is_java_identifier_start(char32_t c);
bool is_java_identifier_part(char32_t c);

/// Columns that a terminal uses: 0 for combining and control characters, 2 for wide ones. ANSI escapes are not known
/// here.
std::size_t display_width(std::string_view utf8);
/// The longest prefix of `utf8` that fits `columns`.
std::string_view clip_to_width(std::string_view utf8, std::size_t columns);

}  // namespace windlass::text
