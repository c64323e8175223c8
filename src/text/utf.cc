// Encodings, case mapping by utf8proc plus Java's special cases, widths; see the header.
#include "text/utf.h"

#include <algorithm>
#include <array>
#include <utf8proc.h>

namespace windlass::text {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct SpecialUpper {
  char32_t from;
  std::u16string_view to;
};
// The code points whose upper case is longer than one code point (Unicode SpecialCasing, as JDK 17 applies it).
constexpr SpecialUpper kSpecialUpper[] = {
    {0xdf,
     u"\x0053"
     u"\x0053"},
    {0x149,
     u"\x02bc"
     u"\x004e"},
    {0x1f0,
     u"\x004a"
     u"\x030c"},
    {0x390,
     u"\x0399"
     u"\x0308"
     u"\x0301"},
    {0x3b0,
     u"\x03a5"
     u"\x0308"
     u"\x0301"},
    {0x587,
     u"\x0535"
     u"\x0552"},
    {0x1e96,
     u"\x0048"
     u"\x0331"},
    {0x1e97,
     u"\x0054"
     u"\x0308"},
    {0x1e98,
     u"\x0057"
     u"\x030a"},
    {0x1e99,
     u"\x0059"
     u"\x030a"},
    {0x1e9a,
     u"\x0041"
     u"\x02be"},
    {0x1f50,
     u"\x03a5"
     u"\x0313"},
    {0x1f52,
     u"\x03a5"
     u"\x0313"
     u"\x0300"},
    {0x1f54,
     u"\x03a5"
     u"\x0313"
     u"\x0301"},
    {0x1f56,
     u"\x03a5"
     u"\x0313"
     u"\x0342"},
    {0x1f80,
     u"\x1f08"
     u"\x0399"},
    {0x1f81,
     u"\x1f09"
     u"\x0399"},
    {0x1f82,
     u"\x1f0a"
     u"\x0399"},
    {0x1f83,
     u"\x1f0b"
     u"\x0399"},
    {0x1f84,
     u"\x1f0c"
     u"\x0399"},
    {0x1f85,
     u"\x1f0d"
     u"\x0399"},
    {0x1f86,
     u"\x1f0e"
     u"\x0399"},
    {0x1f87,
     u"\x1f0f"
     u"\x0399"},
    {0x1f88,
     u"\x1f08"
     u"\x0399"},
    {0x1f89,
     u"\x1f09"
     u"\x0399"},
    {0x1f8a,
     u"\x1f0a"
     u"\x0399"},
    {0x1f8b,
     u"\x1f0b"
     u"\x0399"},
    {0x1f8c,
     u"\x1f0c"
     u"\x0399"},
    {0x1f8d,
     u"\x1f0d"
     u"\x0399"},
    {0x1f8e,
     u"\x1f0e"
     u"\x0399"},
    {0x1f8f,
     u"\x1f0f"
     u"\x0399"},
    {0x1f90,
     u"\x1f28"
     u"\x0399"},
    {0x1f91,
     u"\x1f29"
     u"\x0399"},
    {0x1f92,
     u"\x1f2a"
     u"\x0399"},
    {0x1f93,
     u"\x1f2b"
     u"\x0399"},
    {0x1f94,
     u"\x1f2c"
     u"\x0399"},
    {0x1f95,
     u"\x1f2d"
     u"\x0399"},
    {0x1f96,
     u"\x1f2e"
     u"\x0399"},
    {0x1f97,
     u"\x1f2f"
     u"\x0399"},
    {0x1f98,
     u"\x1f28"
     u"\x0399"},
    {0x1f99,
     u"\x1f29"
     u"\x0399"},
    {0x1f9a,
     u"\x1f2a"
     u"\x0399"},
    {0x1f9b,
     u"\x1f2b"
     u"\x0399"},
    {0x1f9c,
     u"\x1f2c"
     u"\x0399"},
    {0x1f9d,
     u"\x1f2d"
     u"\x0399"},
    {0x1f9e,
     u"\x1f2e"
     u"\x0399"},
    {0x1f9f,
     u"\x1f2f"
     u"\x0399"},
    {0x1fa0,
     u"\x1f68"
     u"\x0399"},
    {0x1fa1,
     u"\x1f69"
     u"\x0399"},
    {0x1fa2,
     u"\x1f6a"
     u"\x0399"},
    {0x1fa3,
     u"\x1f6b"
     u"\x0399"},
    {0x1fa4,
     u"\x1f6c"
     u"\x0399"},
    {0x1fa5,
     u"\x1f6d"
     u"\x0399"},
    {0x1fa6,
     u"\x1f6e"
     u"\x0399"},
    {0x1fa7,
     u"\x1f6f"
     u"\x0399"},
    {0x1fa8,
     u"\x1f68"
     u"\x0399"},
    {0x1fa9,
     u"\x1f69"
     u"\x0399"},
    {0x1faa,
     u"\x1f6a"
     u"\x0399"},
    {0x1fab,
     u"\x1f6b"
     u"\x0399"},
    {0x1fac,
     u"\x1f6c"
     u"\x0399"},
    {0x1fad,
     u"\x1f6d"
     u"\x0399"},
    {0x1fae,
     u"\x1f6e"
     u"\x0399"},
    {0x1faf,
     u"\x1f6f"
     u"\x0399"},
    {0x1fb2,
     u"\x1fba"
     u"\x0399"},
    {0x1fb3,
     u"\x0391"
     u"\x0399"},
    {0x1fb4,
     u"\x0386"
     u"\x0399"},
    {0x1fb6,
     u"\x0391"
     u"\x0342"},
    {0x1fb7,
     u"\x0391"
     u"\x0342"
     u"\x0399"},
    {0x1fbc,
     u"\x0391"
     u"\x0399"},
    {0x1fc2,
     u"\x1fca"
     u"\x0399"},
    {0x1fc3,
     u"\x0397"
     u"\x0399"},
    {0x1fc4,
     u"\x0389"
     u"\x0399"},
    {0x1fc6,
     u"\x0397"
     u"\x0342"},
    {0x1fc7,
     u"\x0397"
     u"\x0342"
     u"\x0399"},
    {0x1fcc,
     u"\x0397"
     u"\x0399"},
    {0x1fd2,
     u"\x0399"
     u"\x0308"
     u"\x0300"},
    {0x1fd3,
     u"\x0399"
     u"\x0308"
     u"\x0301"},
    {0x1fd6,
     u"\x0399"
     u"\x0342"},
    {0x1fd7,
     u"\x0399"
     u"\x0308"
     u"\x0342"},
    {0x1fe2,
     u"\x03a5"
     u"\x0308"
     u"\x0300"},
    {0x1fe3,
     u"\x03a5"
     u"\x0308"
     u"\x0301"},
    {0x1fe4,
     u"\x03a1"
     u"\x0313"},
    {0x1fe6,
     u"\x03a5"
     u"\x0342"},
    {0x1fe7,
     u"\x03a5"
     u"\x0308"
     u"\x0342"},
    {0x1ff2,
     u"\x1ffa"
     u"\x0399"},
    {0x1ff3,
     u"\x03a9"
     u"\x0399"},
    {0x1ff4,
     u"\x038f"
     u"\x0399"},
    {0x1ff6,
     u"\x03a9"
     u"\x0342"},
    {0x1ff7,
     u"\x03a9"
     u"\x0342"
     u"\x0399"},
    {0x1ffc,
     u"\x03a9"
     u"\x0399"},
    {0xfb00,
     u"\x0046"
     u"\x0046"},
    {0xfb01,
     u"\x0046"
     u"\x0049"},
    {0xfb02,
     u"\x0046"
     u"\x004c"},
    {0xfb03,
     u"\x0046"
     u"\x0046"
     u"\x0049"},
    {0xfb04,
     u"\x0046"
     u"\x0046"
     u"\x004c"},
    {0xfb05,
     u"\x0053"
     u"\x0054"},
    {0xfb06,
     u"\x0053"
     u"\x0054"},
    {0xfb13,
     u"\x0544"
     u"\x0546"},
    {0xfb14,
     u"\x0544"
     u"\x0535"},
    {0xfb15,
     u"\x0544"
     u"\x053b"},
    {0xfb16,
     u"\x054e"
     u"\x0546"},
    {0xfb17,
     u"\x0544"
     u"\x053d"},
};

constexpr std::pair<char32_t, char32_t> kOtherUppercase[] = {
    {0x2160, 0x216F}, {0x24B6, 0x24CF}, {0x1F130, 0x1F149}, {0x1F150, 0x1F169}, {0x1F170, 0x1F189}};
constexpr std::pair<char32_t, char32_t> kOtherLowercase[] = {
    {0xAA, 0xAA},     {0xBA, 0xBA},     {0x2B0, 0x2B8},   {0x2C0, 0x2C1},   {0x2E0, 0x2E4},
    {0x345, 0x345},   {0x37A, 0x37A},   {0x1D2C, 0x1D6A}, {0x1D78, 0x1D78}, {0x1D9B, 0x1DBF},
    {0x2071, 0x2071}, {0x207F, 0x207F}, {0x2090, 0x209C}, {0x2170, 0x217F}, {0x24D0, 0x24E9},
    {0x2C7C, 0x2C7D}, {0xA69C, 0xA69D}, {0xA770, 0xA770}, {0xA7F8, 0xA7F9}, {0xAB5C, 0xAB5F}};

template <std::size_t N>
bool in_ranges(const std::pair<char32_t, char32_t> (&ranges)[N], char32_t c) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [c](const auto& range) { return c >= range.first && c <= range.second; });
}

utf8proc_category_t category(char32_t c) {
  return c < 0x110000 ? utf8proc_category(static_cast<utf8proc_int32_t>(c)) : UTF8PROC_CATEGORY_CN;
}

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

struct Decoded {
  char32_t code_point;
  std::size_t length;
  bool ok;
};

/// One code point, or the length of a maximal ill-formed part. `wtf` lets three-byte surrogates through.
Decoded decode(std::string_view text, std::size_t at, bool wtf) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  std::size_t left = text.size() - at;
  unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  if (lead < 0xC2 || lead > 0xF4) return {kReplacement, 1, false};
  std::size_t need = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED && !wtf) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  char32_t value = lead & (0x3F >> need);
  for (std::size_t i = 1; i <= need; ++i) {
    if (i >= left) return {kReplacement, i, false};
    unsigned char next = byte(i);
    bool good = i == 1 ? next >= low && next <= high : is_continuation(next);
    if (!good) return {kReplacement, i, false};
    value = value << 6 | (next & 0x3F);
  }
  return {value, need + 1, true};
}

bool is_high(char16_t c) { return (c & 0xFC00) == 0xD800; }
bool is_low(char16_t c) { return (c & 0xFC00) == 0xDC00; }

/// Ignorable and cased in Unicode's sense, as far as the final sigma rule needs them.
bool is_case_ignorable(char32_t c) {
  auto kind = category(c);
  return kind == UTF8PROC_CATEGORY_MN || kind == UTF8PROC_CATEGORY_ME || kind == UTF8PROC_CATEGORY_CF ||
         kind == UTF8PROC_CATEGORY_LM || kind == UTF8PROC_CATEGORY_SK || c == '\'' || c == 0xAD || c == 0x2019 ||
         c == '.' || c == ':' || c == 0xB7 || c == 0x2018 || c == 0x2024 || c == 0x2027;
}
bool is_cased(char32_t c) { return is_upper(c) || is_lower(c) || category(c) == UTF8PROC_CATEGORY_LT; }

bool is_final_sigma(std::u16string_view text, std::size_t before, std::size_t after) {
  bool preceded = false;
  for (std::size_t i = before; i > 0;) {
    --i;
    char32_t c = text[i];
    if (is_low(text[i]) && i > 0 && is_high(text[i - 1])) {
      --i;
      std::size_t from = i;
      c = next_code_point(text, from);
    }
    if (is_case_ignorable(c)) continue;
    preceded = is_cased(c);
    break;
  }
  if (!preceded) return false;
  while (after < text.size()) {
    char32_t c = next_code_point(text, after);
    if (is_case_ignorable(c)) continue;
    return !is_cased(c);
  }
  return true;
}

int column_width(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return 0;
  if (c < 0x7F) return 1;
  return c < 0x110000 ? utf8proc_charwidth(static_cast<utf8proc_int32_t>(c)) : 1;
}

}  // namespace

bool is_valid_utf8(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    Decoded part = decode(bytes, i, false);
    if (!part.ok) return false;
    i += part.length;
  }
  return true;
}

std::string repair_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size();) {
    Decoded part = decode(bytes, i, false);
    if (part.ok)
      out.append(bytes.substr(i, part.length));
    else
      append_utf8(out, kReplacement);
    i += part.length;
  }
  return out;
}

std::u16string utf8_to_utf16(std::string_view utf8) {
  std::u16string out;
  out.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size();) append_utf16(out, next_code_point(utf8, i));
  return out;
}

std::string utf16_to_utf8(std::u16string_view utf16) {
  std::string out;
  out.reserve(utf16.size());
  for (std::size_t i = 0; i < utf16.size();) append_utf8(out, next_code_point(utf16, i));
  return out;
}

std::string utf16_to_utf8_strict(std::u16string_view utf16) {
  std::string out;
  out.reserve(utf16.size());
  for (std::size_t i = 0; i < utf16.size();) {
    char32_t c = next_code_point(utf16, i);
    append_utf8(out, c >= 0xD800 && c < 0xE000 ? U'?' : c);
  }
  return out;
}

std::string latin1_to_utf8(std::string_view latin1) {
  std::string out;
  out.reserve(latin1.size());
  for (char c : latin1) append_utf8(out, static_cast<unsigned char>(c));
  return out;
}

std::u16string latin1_to_utf16(std::string_view latin1) {
  std::u16string out;
  out.reserve(latin1.size());
  for (char c : latin1) out.push_back(static_cast<unsigned char>(c));
  return out;
}

std::optional<std::string> utf8_to_latin1(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size();) {
    char32_t c = next_code_point(utf8, i);
    if (c > 0xFF) return std::nullopt;
    out.push_back(static_cast<char>(c));
  }
  return out;
}

std::optional<std::string> utf16_to_latin1(std::u16string_view utf16) {
  std::string out;
  out.reserve(utf16.size());
  for (char16_t c : utf16) {
    if (c > 0xFF) return std::nullopt;
    out.push_back(static_cast<char>(c));
  }
  return out;
}

bool is_ascii(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; });
}

std::size_t utf16_length(std::string_view utf8) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < utf8.size();) length += next_code_point(utf8, i) > 0xFFFF ? 2 : 1;
  return length;
}

char32_t next_code_point(std::string_view utf8, std::size_t& index) {
  Decoded part = decode(utf8, index, true);
  index += part.length;
  return part.code_point;
}

char32_t next_code_point(std::u16string_view utf16, std::size_t& index) {
  char16_t unit = utf16[index++];
  if (!is_high(unit) || index >= utf16.size() || !is_low(utf16[index])) return unit;
  return 0x10000 + ((static_cast<char32_t>(unit) & 0x3FF) << 10) + (utf16[index++] & 0x3FF);
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out.push_back(static_cast<char>(0xC0 | c >> 6));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | c >> 12));
    out.push_back(static_cast<char>(0x80 | (c >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (c >> 18 & 7)));
    out.push_back(static_cast<char>(0x80 | (c >> 12 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

void append_utf16(std::u16string& out, char32_t c) {
  if (c < 0x10000) {
    out.push_back(static_cast<char16_t>(c));
  } else {
    out.push_back(static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10 & 0x3FF)));
    out.push_back(static_cast<char16_t>(0xDC00 + (c & 0x3FF)));
  }
}

char32_t char_to_upper(char32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
  if (c == 0x1E9E || c == 0xDF || c >= 0x110000) return c;
  return static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(c)));
}

char32_t char_to_lower(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if (c >= 0x110000) return c;
  return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
}

std::u16string to_upper(std::u16string_view utf16) {
  std::u16string out;
  out.reserve(utf16.size());
  for (std::size_t i = 0; i < utf16.size();) {
    char32_t c = next_code_point(utf16, i);
    const auto* special = std::lower_bound(std::begin(kSpecialUpper), std::end(kSpecialUpper), c,
                                           [](const SpecialUpper& entry, char32_t key) { return entry.from < key; });
    if (special != std::end(kSpecialUpper) && special->from == c)
      out += special->to;
    else
      append_utf16(out, char_to_upper(c));
  }
  return out;
}

std::u16string to_lower(std::u16string_view utf16) {
  std::u16string out;
  out.reserve(utf16.size());
  for (std::size_t i = 0; i < utf16.size();) {
    std::size_t before = i;
    char32_t c = next_code_point(utf16, i);
    if (c == 0x130)
      out += u"i\x0307";
    else if (c == 0x3A3)
      out.push_back(is_final_sigma(utf16, before, i) ? u'\x03C2' : u'\x03C3');
    else
      append_utf16(out, char_to_lower(c));
  }
  return out;
}

std::optional<std::string> latin1_to_upper(std::string_view latin1) {
  std::string out;
  out.reserve(latin1.size());
  for (char raw : latin1) {
    auto c = static_cast<unsigned char>(raw);
    if (c == 0xFF || c == 0xB5) return std::nullopt;
    if (c == 0xDF)
      out += "SS";
    else if ((c >= 'a' && c <= 'z') || (c >= 0xE0 && c != 0xF7))
      out.push_back(static_cast<char>(c - 32));
    else
      out.push_back(raw);
  }
  return out;
}

std::string latin1_to_lower(std::string_view latin1) {
  std::string out(latin1);
  for (char& raw : out) {
    auto c = static_cast<unsigned char>(raw);
    if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7)) raw = static_cast<char>(c + 32);
  }
  return out;
}

bool equals_ignore_case(std::u16string_view a, std::u16string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) continue;
    char32_t upper_a = char_to_upper(a[i]);
    char32_t upper_b = char_to_upper(b[i]);
    if (upper_a != upper_b && char_to_lower(upper_a) != char_to_lower(upper_b)) return false;
  }
  return true;
}

bool equals_ignore_case_ascii(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return char_to_lower(static_cast<unsigned char>(x)) == char_to_lower(static_cast<unsigned char>(y)) &&
           (x == y || static_cast<unsigned char>(x) < 0x80);
  });
}

bool is_letter(char32_t c) {
  auto kind = category(c);
  return kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO;
}
bool is_digit(char32_t c) { return category(c) == UTF8PROC_CATEGORY_ND; }
bool is_letter_or_digit(char32_t c) { return is_letter(c) || is_digit(c); }

bool is_java_whitespace(char32_t c) {
  if (c <= ' ') return c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x1F);
  if (c == 0xA0 || c == 0x2007 || c == 0x202F) return false;
  auto kind = category(c);
  return kind == UTF8PROC_CATEGORY_ZS || kind == UTF8PROC_CATEGORY_ZL || kind == UTF8PROC_CATEGORY_ZP;
}

bool is_upper(char32_t c) { return category(c) == UTF8PROC_CATEGORY_LU || in_ranges(kOtherUppercase, c); }
bool is_lower(char32_t c) { return category(c) == UTF8PROC_CATEGORY_LL || in_ranges(kOtherLowercase, c); }

bool is_java_identifier_start(char32_t c) {
  auto kind = category(c);
  return is_letter(c) || kind == UTF8PROC_CATEGORY_NL || kind == UTF8PROC_CATEGORY_SC || kind == UTF8PROC_CATEGORY_PC;
}

bool is_java_identifier_part(char32_t c) {
  auto kind = category(c);
  bool ignorable = c <= 8 || (c >= 0xE && c <= 0x1B) || (c >= 0x7F && c <= 0x9F) || kind == UTF8PROC_CATEGORY_CF;
  return is_java_identifier_start(c) || kind == UTF8PROC_CATEGORY_ND || kind == UTF8PROC_CATEGORY_MC ||
         kind == UTF8PROC_CATEGORY_MN || ignorable;
}

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < utf8.size();) width += static_cast<std::size_t>(column_width(next_code_point(utf8, i)));
  return width;
}

std::string_view clip_to_width(std::string_view utf8, std::size_t columns) {
  std::size_t width = 0;
  std::size_t i = 0;
  while (i < utf8.size()) {
    std::size_t next = i;
    width += static_cast<std::size_t>(column_width(next_code_point(utf8, next)));
    if (width > columns) break;
    i = next;
  }
  return utf8.substr(0, i);
}

}  // namespace windlass::text
