// Character sets and Java's property names; see the header.
#define PCRE2_CODE_UNIT_WIDTH 0
#include "text/detail/regex_class.h"

#include <algorithm>
#include <array>
#include <pcre2.h>

#include "num/java_numbers.h"

namespace windlass::text::detail {

namespace {

char32_t greatest(Unit unit) { return unit == Unit::latin1 ? 0xFF : unit == Unit::plain ? 0xFFFF : 0x10FFFF; }

bool is_plain(char32_t c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string escape(char32_t c) {
  if (is_plain(c)) return std::string(1, static_cast<char>(c));
  if (c > ' ' && c < 0x7F) return std::string("\\") + static_cast<char>(c);
  return "\\x{" + num::to_unsigned_radix(c, 16) + "}";
}

constexpr std::string_view kAny = ".";  // under PCRE2_DOTALL
constexpr std::string_view kNone = "(?!)";

struct Named {
  std::string_view name;
  std::string_view inner;
  bool negated = false;
};

constexpr Named kPosix[] = {
    {"Lower", "a-z"},
    {"Upper", "A-Z"},
    {"ASCII", "\\x00-\\x7f"},
    {"Alpha", "a-zA-Z"},
    {"Digit", "0-9"},
    {"Alnum", "a-zA-Z0-9"},
    {"Punct", "!-\\/:-@\\[-`{-~"},
    {"Graph", "!-~"},
    {"Print", "\\x20-~"},
    {"Blank", "\\x20\\t"},
    {"Cntrl", "\\x00-\\x1f\\x7f"},
    {"XDigit", "0-9a-fA-F"},
    {"Space", "\\t-\\r\\x20"},
    {"L1", "\\x00-\\x{ff}"},
    {"LC", "\\p{Lu}\\p{Ll}\\p{Lt}"},
    {"LD", "\\p{L}\\p{Nd}"},
    {"all", "\\x00-\\x{ff}\\P{Cn}\\p{Cn}"},
    {"javaLowerCase", "\\p{Lowercase}"},
    {"javaUpperCase", "\\p{Uppercase}"},
    {"javaAlphabetic", "\\p{Alphabetic}"},
    {"javaIdeographic", "\\p{Ideographic}"},
    {"javaTitleCase", "\\p{Lt}"},
    {"javaDigit", "\\p{Nd}"},
    {"javaDefined", "\\p{Cn}", true},
    {"javaLetter", "\\p{L}"},
    {"javaLetterOrDigit", "\\p{L}\\p{Nd}"},
    {"javaJavaIdentifierStart", "\\p{L}\\p{Nl}\\p{Sc}\\p{Pc}"},
    {"javaJavaIdentifierPart",
     "\\p{L}\\p{Nl}\\p{Sc}\\p{Pc}\\p{Nd}\\p{Mn}\\p{Mc}\\p{Cf}\\x00-\\x08\\x0e-\\x1b\\x7f-\\x{9f}"},
    {"javaUnicodeIdentifierStart", "\\p{ID_Start}"},
    {"javaUnicodeIdentifierPart", "\\p{ID_Continue}\\p{Cf}\\x00-\\x08\\x0e-\\x1b\\x7f-\\x{9f}"},
    {"javaIdentifierIgnorable", "\\p{Cf}\\x00-\\x08\\x0e-\\x1b\\x7f-\\x{9f}"},
    {"javaSpaceChar", "\\p{Z}"},
    {"javaISOControl", "\\x00-\\x1f\\x7f-\\x{9f}"},
    {"javaMirrored", "\\p{Bidi_Mirrored}"},
};

constexpr Named kUnicode[] = {
    {"ALPHABETIC", "\\p{Alphabetic}"},
    {"LETTER", "\\p{L}"},
    {"IDEOGRAPHIC", "\\p{Ideographic}"},
    {"LOWERCASE", "\\p{Lowercase}"},
    {"UPPERCASE", "\\p{Uppercase}"},
    {"TITLECASE", "\\p{Lt}"},
    {"WHITE_SPACE", "\\p{White_Space}"},
    {"WHITESPACE", "\\p{White_Space}"},
    {"CONTROL", "\\p{Cc}"},
    {"PUNCTUATION", "\\p{P}"},
    {"HEX_DIGIT", "\\p{Nd}\\p{Hex_Digit}"},
    {"HEXDIGIT", "\\p{Nd}\\p{Hex_Digit}"},
    {"ASSIGNED", "\\p{Cn}", true},
    {"NONCHARACTER_CODE_POINT", "\\p{Noncharacter_Code_Point}"},
    {"NONCHARACTERCODEPOINT", "\\p{Noncharacter_Code_Point}"},
    {"DIGIT", "\\p{Nd}"},
    {"ALNUM", "\\p{Alphabetic}\\p{Nd}"},
    {"BLANK", "\\p{Zs}\\t"},
    {"GRAPH", "\\p{White_Space}\\p{Cc}\\p{Cs}\\p{Cn}", true},
    {"WORD", "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{200c}\\x{200d}"},
    {"JOIN_CONTROL", "\\p{Join_Control}"},
    {"JOINCONTROL", "\\p{Join_Control}"},
    {"LOWER", "\\p{Lowercase}"},
    {"UPPER", "\\p{Uppercase}"},
    {"ASCII", "\\x00-\\x7f"},
    {"ALPHA", "\\p{Alphabetic}"},
    {"PUNCT", "\\p{P}"},
    {"CNTRL", "\\p{Cc}"},
    {"XDIGIT", "\\p{Nd}\\p{Hex_Digit}"},
    {"SPACE", "\\p{White_Space}"},
};

constexpr std::string_view kCategories[] = {
    "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cs",
    "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf", "L",  "M",  "N",  "Z",  "C",  "P",  "S"};

struct Block {
  std::string_view name;  // upper case, separators removed
  char32_t low;
  char32_t high;
};
// The blocks that people name; others are reported as unknown.
constexpr Block kBlocks[] = {
    {"BASICLATIN", 0, 0x7F},
    {"LATIN1SUPPLEMENT", 0x80, 0xFF},
    {"LATINEXTENDEDA", 0x100, 0x17F},
    {"LATINEXTENDEDB", 0x180, 0x24F},
    {"IPAEXTENSIONS", 0x250, 0x2AF},
    {"COMBININGDIACRITICALMARKS", 0x300, 0x36F},
    {"GREEK", 0x370, 0x3FF},
    {"GREEKANDCOPTIC", 0x370, 0x3FF},
    {"CYRILLIC", 0x400, 0x4FF},
    {"ARMENIAN", 0x530, 0x58F},
    {"HEBREW", 0x590, 0x5FF},
    {"ARABIC", 0x600, 0x6FF},
    {"THAI", 0xE00, 0xE7F},
    {"HANGULJAMO", 0x1100, 0x11FF},
    {"LATINEXTENDEDADDITIONAL", 0x1E00, 0x1EFF},
    {"GREEKEXTENDED", 0x1F00, 0x1FFF},
    {"GENERALPUNCTUATION", 0x2000, 0x206F},
    {"CURRENCYSYMBOLS", 0x20A0, 0x20CF},
    {"LETTERLIKESYMBOLS", 0x2100, 0x214F},
    {"NUMBERFORMS", 0x2150, 0x218F},
    {"ARROWS", 0x2190, 0x21FF},
    {"MATHEMATICALOPERATORS", 0x2200, 0x22FF},
    {"BOXDRAWING", 0x2500, 0x257F},
    {"BLOCKELEMENTS", 0x2580, 0x259F},
    {"GEOMETRICSHAPES", 0x25A0, 0x25FF},
    {"MISCELLANEOUSSYMBOLS", 0x2600, 0x26FF},
    {"DINGBATS", 0x2700, 0x27BF},
    {"CJKSYMBOLSANDPUNCTUATION", 0x3000, 0x303F},
    {"HIRAGANA", 0x3040, 0x309F},
    {"KATAKANA", 0x30A0, 0x30FF},
    {"CJKUNIFIEDIDEOGRAPHS", 0x4E00, 0x9FFF},
    {"HANGULSYLLABLES", 0xAC00, 0xD7AF},
    {"PRIVATEUSEAREA", 0xE000, 0xF8FF},
    {"HALFWIDTHANDFULLWIDTHFORMS", 0xFF00, 0xFFEF},
    {"EMOTICONS", 0x1F600, 0x1F64F},
};

std::string upper(std::string_view text, bool drop_separators) {
  std::string out;
  for (char c : text) {
    if (drop_separators && (c == ' ' || c == '_' || c == '-')) continue;
    out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
  }
  return out;
}

template <std::size_t N>
const Named* find_named(const Named (&table)[N], std::string_view name) {
  const auto* found = std::find_if(std::begin(table), std::end(table), [&](const Named& n) { return n.name == name; });
  return found == std::end(table) ? nullptr : found;
}

/// Code points past the unit cannot be written for the 8-bit library; they are left out.
CharSet from_named(Unit unit, const Named& named) {
  std::string inner(named.inner);
  if (unit == Unit::latin1) {
    for (std::string_view wide : {"\\x{200c}\\x{200d}"}) {
      if (auto at = inner.find(wide); at != inner.npos) inner.erase(at, wide.size());
    }
  }
  return CharSet::of_inner(unit, std::move(inner), named.negated);
}

std::optional<CharSet> script_set(Unit unit, std::string_view name) {
  if (name.empty() || name.size() > 40) return std::nullopt;
  for (char c : name) {
    if (!is_plain(static_cast<unsigned char>(c)) && c != '_' && c != ' ' && c != '-') return std::nullopt;
  }
  // PCRE2 knows the scripts; ask it.
  std::string inner = "\\p{sc:" + std::string(name) + "}";
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code_8* code =
      pcre2_compile_8(reinterpret_cast<PCRE2_SPTR8>(inner.data()), inner.size(), 0, &error, &offset, nullptr);
  if (code == nullptr) return std::nullopt;
  pcre2_code_free_8(code);
  return CharSet::of_inner(unit, std::move(inner));
}

std::optional<CharSet> category_set(Unit unit, std::string_view name) {
  if (std::find(std::begin(kCategories), std::end(kCategories), name) == std::end(kCategories)) return std::nullopt;
  return CharSet::of_inner(unit, "\\p{" + std::string(name) + "}");
}

std::optional<CharSet> block_set(Unit unit, std::string_view name) {
  std::string key = upper(name, true);
  for (const auto& block : kBlocks) {
    if (block.name != key) continue;
    CharSet set(unit);
    set.add_range(block.low, block.high);
    return set;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> escaped_char(Unit unit, char32_t c) {
  if (c > greatest(unit) || (unit == Unit::pairs && c >= 0xD800 && c < 0xE000)) return std::nullopt;
  return escape(c);
}

CharSet CharSet::of_inner(Unit unit, std::string inner, bool negated) {
  CharSet set(unit);
  set.inner_ = std::move(inner);
  set.negated_ = negated;
  return set;
}

void CharSet::add_range(char32_t low, char32_t high) {
  high = std::min(high, greatest(unit_));
  if (low > high) return;
  if (unit_ == Unit::pairs && low < 0xE000 && high >= 0xD800) {
    if (low < 0xD800) add_range(low, 0xD7FF);
    if (high >= 0xE000) add_range(0xE000, high);
    return;
  }
  std::string text = escape(low);
  if (high > low) text += "-" + escape(high);
  unite(of_inner(unit_, std::move(text)));
}

void CharSet::add_range_ignoring_case(char32_t low, char32_t high) {
  add_range(low, high);
  char32_t lower_low = std::max<char32_t>(low, 'a');
  char32_t lower_high = std::min<char32_t>(high, 'z');
  if (lower_low <= lower_high) add_range(lower_low - 32, lower_high - 32);
  char32_t upper_low = std::max<char32_t>(low, 'A');
  char32_t upper_high = std::min<char32_t>(high, 'Z');
  if (upper_low <= upper_high) add_range(upper_low + 32, upper_high + 32);
}

void CharSet::unite(const CharSet& other) {
  if (simple_ && !negated_ && inner_.empty()) {
    *this = other;
    return;
  }
  if (other.simple_ && !other.negated_ && other.inner_.empty()) return;
  if (simple_ && other.simple_ && !negated_ && !other.negated_) {
    inner_ += other.inner_;
    return;
  }
  pattern_ = "(?:" + to_pattern() + "|" + other.to_pattern() + ")";
  simple_ = false;
}

void CharSet::intersect(const CharSet& other) {
  pattern_ = "(?:(?=" + other.to_pattern() + ")" + to_pattern() + ")";
  simple_ = false;
}

void CharSet::negate() {
  if (simple_) {
    negated_ = !negated_;
    return;
  }
  pattern_ = "(?:(?!" + pattern_ + ")" + std::string(kAny) + ")";
}

std::string CharSet::to_pattern() const {
  if (!simple_) return pattern_;
  if (inner_.empty()) return std::string(negated_ ? kAny : kNone);
  return (negated_ ? "[^" : "[") + inner_ + "]";
}

std::optional<CharSet> property_set(Unit unit, std::string_view name, bool unicode, bool ignore_case) {
  if (name.starts_with("In")) return block_set(unit, name.substr(2));
  if (name.starts_with("Is")) {
    std::string_view rest = name.substr(2);
    std::string key = upper(rest, false);
    if (ignore_case && (key == "LOWERCASE" || key == "UPPERCASE" || key == "TITLECASE")) {
      return CharSet::of_inner(unit, "\\p{Lowercase}\\p{Uppercase}\\p{Lt}");
    }
    if (const Named* found = find_named(kUnicode, key)) {
      // White space must not count as printable or graphic twice: PRINT is GRAPH plus blanks.
      return from_named(unit, *found);
    }
    if (key == "PRINT") {
      CharSet set = from_named(unit, *find_named(kUnicode, "GRAPH"));
      set.unite(CharSet::of_inner(unit, "\\p{Zs}"));
      return set;
    }
    if (auto set = category_set(unit, rest)) return set;
    if (rest == "LC" || rest == "LD" || rest == "L1") return from_named(unit, *find_named(kPosix, rest));
    return script_set(unit, rest);
  }
  if (unicode) {
    std::string key = upper(name, false);
    if (find_named(kPosix, name) != nullptr && !name.starts_with("java")) {
      if (key == "PRINT") return property_set(unit, "IsPrint", false, false);
      if (const Named* found = find_named(kUnicode, key)) return from_named(unit, *found);
    }
  }
  if (name == "javaWhitespace") {
    CharSet set = CharSet::of_inner(unit, "\\p{Z}");
    CharSet breaking(unit);
    breaking.add_range(0xA0, 0xA0);
    breaking.add_range(0x2007, 0x2007);
    breaking.add_range(0x202F, 0x202F);
    breaking.negate();
    set.intersect(breaking);
    set.unite(CharSet::of_inner(unit, "\\t-\\r\\x1c-\\x1f"));
    return set;
  }
  if (ignore_case && (name == "Lower" || name == "Upper")) return CharSet::of_inner(unit, "a-zA-Z");
  if (ignore_case && (name == "Lu" || name == "Ll" || name == "Lt")) {
    return CharSet::of_inner(unit, "\\p{Lu}\\p{Ll}\\p{Lt}");
  }
  if (ignore_case && (name == "javaLowerCase" || name == "javaUpperCase" || name == "javaTitleCase")) {
    return CharSet::of_inner(unit, "\\p{Lowercase}\\p{Uppercase}\\p{Lt}");
  }
  if (const Named* found = find_named(kPosix, name)) return from_named(unit, *found);
  return category_set(unit, name);
}

std::optional<CharSet> property_value_set(Unit unit, std::string_view name, std::string_view value) {
  if (name == "sc" || name == "script") return script_set(unit, value);
  if (name == "blk" || name == "block") return block_set(unit, value);
  if (name == "gc" || name == "general_category") {
    if (value == "LC" || value == "LD" || value == "L1") return from_named(unit, *find_named(kPosix, value));
    return category_set(unit, value);
  }
  return std::nullopt;
}

}  // namespace windlass::text::detail
