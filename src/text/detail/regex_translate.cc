// The translator: a recursive descent over Java's grammar that writes PCRE2 text as it goes.
//
// Depth is limited (kMaxDepth), so no pattern can exhaust the stack. Inside look-behind every part is also kept as a
// list of fixed-length alternatives, because PCRE2 wants each top-level alternative there to have one length and Java
// does not.
#include "text/detail/regex_translate.h"

#include <algorithm>
#include <optional>

#include "text/detail/regex_class.h"
#include "text/regex.h"
#include "text/utf.h"

namespace windlass::text::detail {

namespace {

constexpr std::size_t kMaxPattern = 65536;
constexpr int kMaxDepth = 150;
constexpr std::size_t kMaxAlternatives = 256;
constexpr std::size_t kMaxOutput = std::size_t{1} << 20;

struct Token {
  char32_t c = 0;
  bool quoted = false;  // from \Q…\E: always literal
  bool end = false;
};

bool is_digit_char(char32_t c) { return c >= '0' && c <= '9'; }
bool is_alpha(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
int hex_value(char32_t c) {
  if (is_digit_char(c)) return static_cast<int>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<int>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<int>(c - 'A' + 10);
  return -1;
}

/// \Q…\E resolved before anything else, as Java does.
std::vector<Token> tokenize(std::u16string_view pattern, bool literal) {
  std::vector<Token> out;
  bool quoted = literal;
  for (std::size_t i = 0; i < pattern.size();) {
    bool escape = pattern[i] == u'\\' && i + 1 < pattern.size();
    if (!quoted && escape && pattern[i + 1] == u'Q') {
      quoted = true;
      i += 2;
      continue;
    }
    if (!literal && quoted && escape && pattern[i + 1] == u'E') {
      quoted = false;
      i += 2;
      continue;
    }
    if (!quoted && escape) {
      out.push_back({U'\\', false, false});
      ++i;
    }
    out.push_back({next_code_point(pattern, i), quoted, false});
  }
  return out;
}

/// A translated part. `alternatives` is kept inside look-behind only; nothing = no bounded list of fixed lengths.
struct Part {
  std::string text;
  std::optional<std::vector<std::string>> alternatives;
  bool zero_width = false;
  bool repeatable = true;  // false: \R and flag groups, which take no quantifier here
};

class Translator {
 public:
  Translator(std::u16string_view pattern, unsigned flags, Unit unit, std::int32_t known_groups, bool watch_end)
      : source_(pattern), unit_(unit), flags_(flags), known_groups_(known_groups), watch_end_(watch_end) {
    tokens_ = tokenize(pattern, (flags & kRegexLiteral) != 0);
    if ((flags_ & kRegexUnicodeCharacterClass) != 0) flags_ |= kRegexUnicodeCase;
    base_caseless_ = fully_caseless();
  }

  Result<Translation> run() {
    Part all = WL_TRY(alternation());
    if (pos_ < tokens_.size()) {
      if (is(U')')) return error("Unmatched closing ')'", static_cast<std::ptrdiff_t>(pos_) - 1);
      return error("Unexpected internal error", static_cast<std::ptrdiff_t>(pos_));
    }
    Translation out;
    out.pattern = std::move(all.text);
    out.unicode_properties = unicode_case_used_;
    out.caseless = base_caseless_;
    out.group_count = groups_;
    out.names = std::move(names_);
    return out;
  }

  [[nodiscard]] bool needs_group_total() const { return forward_reference_; }
  [[nodiscard]] std::int32_t groups() const { return groups_; }

 private:
  // --- errors -------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::unexpected<Error> error(const std::string& description, std::ptrdiff_t index) const {
    std::string text = description;
    if (index >= 0) text += " near index " + std::to_string(index);
    text += "\n" + utf16_to_utf8(source_);
    if (index >= 0 && static_cast<std::size_t>(index) < source_.size()) {
      text += "\n";
      for (std::ptrdiff_t i = 0; i < index; ++i) text += source_[static_cast<std::size_t>(i)] == u'\t' ? '\t' : ' ';
      text += "^";
    }
    return fail(ErrorKind::invalid, std::move(text));
  }
  [[nodiscard]] std::unexpected<Error> error_here(const std::string& description, std::ptrdiff_t delta = 0) const {
    return error(description, static_cast<std::ptrdiff_t>(std::min(pos_, tokens_.size())) + delta);
  }
  [[nodiscard]] std::unexpected<Error> unsupported(const std::string& what) const {
    return fail(ErrorKind::unsupported, "the regular expression uses " + what +
                                            ", which Windlass cannot run: " + utf16_to_utf8(source_.substr(0, 200)));
  }

  // --- tokens -------------------------------------------------------------------------------------------------------

  [[nodiscard]] Token at(std::size_t index) const {
    return index < tokens_.size() ? tokens_[index] : Token{0, false, true};
  }
  [[nodiscard]] Token raw() const { return at(pos_); }
  /// The next token; with (?x) white space and comments before it are passed over.
  Token peek() {
    if (has(kRegexComments)) skip_comments();
    return raw();
  }
  void skip_comments() {
    while (pos_ < tokens_.size() && !tokens_[pos_].quoted) {
      char32_t c = tokens_[pos_].c;
      if (c == ' ' || (c >= 9 && c <= 13)) {
        ++pos_;
      } else if (c == '#') {
        while (pos_ < tokens_.size() && !is_line_end(tokens_[pos_].c)) ++pos_;
      } else {
        break;
      }
    }
  }
  [[nodiscard]] bool is_line_end(char32_t c) const {
    if (has(kRegexUnixLines)) return c == '\n';
    return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
  }
  bool is(char32_t c) {
    Token token = peek();
    return !token.end && !token.quoted && token.c == c;
  }
  [[nodiscard]] bool has(unsigned flag) const { return (flags_ & flag) != 0; }
  [[nodiscard]] bool fully_caseless() const { return has(kRegexCaseInsensitive) && has(kRegexUnicodeCase); }
  [[nodiscard]] bool ascii_caseless() const { return has(kRegexCaseInsensitive) && !has(kRegexUnicodeCase); }

  // --- writing ------------------------------------------------------------------------------------------------------

  Part make(std::string text, bool zero_width = false) const {
    Part part;
    part.text = std::move(text);
    part.zero_width = zero_width;
    if (look_behind_ > 0) part.alternatives = std::vector<std::string>{part.text};
    return part;
  }
  /// A part whose letters may depend on case: wrapped when the state differs from the whole pattern's.
  Part make_cased(std::string text) {
    bool wanted = fully_caseless();
    if (wanted) unicode_case_used_ = true;
    if (wanted != base_caseless_) text = (wanted ? "(?i:" : "(?-i:") + text + ")";
    return make(std::move(text));
  }
  Part make_set(CharSet set) { return make_cased(set.to_pattern()); }

  Part literal(char32_t c) {
    if (ascii_caseless() && is_alpha(c)) {
      CharSet set(unit_);
      set.add_range_ignoring_case(c, c);
      return make_set(std::move(set));
    }
    if (unit_ == Unit::plain && c > 0xFFFF) {
      std::u16string pair;
      append_utf16(pair, c);
      return make("(?:" + *escaped_char(unit_, pair[0]) + *escaped_char(unit_, pair[1]) + ")");
    }
    auto text = escaped_char(unit_, c);
    return text ? make_cased(std::move(*text)) : make("(?!)");
  }

  static void append(Part& whole, const Part& next) {
    whole.text += next.text;
    if (!whole.alternatives) return;
    if (!next.alternatives || whole.alternatives->size() * next.alternatives->size() > kMaxAlternatives) {
      whole.alternatives.reset();
      return;
    }
    std::vector<std::string> product;
    for (const auto& left : *whole.alternatives) {
      for (const auto& right : *next.alternatives) product.push_back(left + right);
    }
    whole.alternatives = std::move(product);
  }

  [[nodiscard]] std::string line_ends() const {
    if (has(kRegexUnixLines)) return "\\n";
    return unit_ == Unit::latin1 ? "\\n\\r\\x{85}" : "\\n\\r\\x{85}\\x{2028}\\x{2029}";
  }
  [[nodiscard]] std::string end_before_terminator() const {
    if (has(kRegexUnixLines)) return "(?=\\n?\\z)";
    std::string single = unit_ == Unit::latin1 ? "[\\r\\x{85}]" : "[\\r\\x{85}\\x{2028}\\x{2029}]";
    return "(?=\\z|\\r\\n\\z|" + single + "\\z|(?<!\\r)\\n\\z)";
  }
  [[nodiscard]] std::string dollar() const {
    if (!has(kRegexMultiline)) return end_before_terminator();
    if (has(kRegexUnixLines)) return "(?=\\z|\\n)";
    std::string single = unit_ == Unit::latin1 ? "[\\r\\x{85}]" : "[\\r\\x{85}\\x{2028}\\x{2029}]";
    return "(?=\\z|" + single + "|(?<!\\r)\\n)";
  }
  /// With the callout before it, where the end is watched.
  [[nodiscard]] std::string watched(std::uint32_t callout, std::string place) const {
    return watch_end_ ? "(?:(?C" + std::to_string(callout) + ")" + place + ")" : place;
  }
  [[nodiscard]] std::string caret() const {
    if (!has(kRegexMultiline)) return "\\A";
    if (has(kRegexUnixLines)) return "(?:(?!\\z)(?:\\A|(?<=\\n)))";
    std::string single = unit_ == Unit::latin1 ? "[\\n\\x{85}]" : "[\\n\\x{85}\\x{2028}\\x{2029}]";
    return "(?:(?!\\z)(?:\\A|(?<=" + single + ")|(?<=\\r)(?!\\n)))";
  }
  [[nodiscard]] std::string dot() const { return has(kRegexDotAll) ? "." : "[^" + line_ends() + "]"; }
  [[nodiscard]] std::string word_class() const {
    if (has(kRegexUnicodeCharacterClass)) {
      return "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}" + std::string(unit_ == Unit::latin1 ? "" : "\\x{200c}\\x{200d}") +
             "]";
    }
    return unit_ == Unit::latin1 ? "[0-9A-Za-z_\\x{aa}\\x{b5}\\x{ba}\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{ff}]"
                                 : "[\\p{L}\\p{Nd}_]";
  }
  [[nodiscard]] std::string word_boundary(bool inside) const {
    std::string word = word_class();
    std::string before = "(?<=" + word + ")";
    std::string not_before = "(?<!" + word + ")";
    std::string after = "(?=" + word + ")";
    std::string not_after = "(?!" + word + ")";
    return inside ? "(?:" + before + after + "|" + not_before + not_after + ")"
                  : "(?:" + before + not_after + "|" + not_before + after + ")";
  }

  /// \d \s \w \h \v and their negations.
  [[nodiscard]] std::optional<CharSet> predefined(char32_t c) const {
    bool unicode = has(kRegexUnicodeCharacterClass);
    bool negated = c >= 'A' && c <= 'Z';
    std::string inner;
    switch (negated ? c + 32 : c) {
      case 'd':
        inner = unicode ? "\\p{Nd}" : "0-9";
        break;
      case 's':
        inner = unicode ? "\\p{White_Space}" : "\\t-\\r\\x20";
        break;
      case 'w': {
        if (!unicode) {
          inner = "a-zA-Z_0-9";
        } else {
          std::string word = word_class();
          inner = word.substr(1, word.size() - 2);
        }
        break;
      }
      case 'h':
        inner = "\\h";
        break;
      case 'v':
        inner = "\\v";
        break;
      default:
        return std::nullopt;
    }
    return CharSet::of_inner(unit_, std::move(inner), negated);
  }

  // --- grammar ------------------------------------------------------------------------------------------------------

  Result<Part> alternation() {
    if (++depth_ > kMaxDepth) return fail(ErrorKind::exhausted, "the regular expression is nested too deeply");
    Part whole = WL_TRY(sequence());
    while (is(U'|')) {
      ++pos_;
      Part next = WL_TRY(sequence());
      whole.text += "|" + next.text;
      if (whole.alternatives && next.alternatives &&
          whole.alternatives->size() + next.alternatives->size() <= kMaxAlternatives) {
        for (auto& text : *next.alternatives) whole.alternatives->push_back(std::move(text));
      } else {
        whole.alternatives.reset();
      }
    }
    --depth_;
    return whole;
  }

  Result<Part> sequence() {
    Part whole = make("");
    while (true) {
      if (whole.text.size() > kMaxOutput) return fail(ErrorKind::exhausted, "the regular expression is too large");
      Token token = peek();
      if (token.end) return whole;
      Part part;
      if (token.quoted) {
        ++pos_;
        part = literal(token.c);
      } else {
        switch (token.c) {
          case '|':
          case ')':
            return whole;
          case '(':
            part = WL_TRY(group());
            break;
          case '[': {
            ++pos_;
            part = make_set(WL_TRY(char_class(true)));
            break;
          }
          case '\\':
            part = WL_TRY(escape());
            break;
          case '^':
            ++pos_;
            part = make(caret(), true);
            break;
          case '$':
            ++pos_;
            part = make(watched(has(kRegexMultiline) ? kCalloutBoundary : kCalloutDollar, dollar()), true);
            break;
          case '.':
            ++pos_;
            part = make(dot());
            break;
          case '?':
          case '*':
          case '+':
            return error("Dangling meta character '" + std::string(1, static_cast<char>(token.c)) + "'",
                         static_cast<std::ptrdiff_t>(pos_));
          case '{':
            part = make("", true);
            break;  // Java repeats the empty text then
          default:
            ++pos_;
            part = literal(token.c);
        }
      }
      if (part.repeatable) part = WL_TRY(quantifiers(std::move(part)));
      append(whole, part);
    }
  }

  /// At most one quantifier; a second count in braces repeats the empty text, as in Java.
  Result<Part> quantifiers(Part part) {
    Token token = peek();
    if (token.end || token.quoted) return part;
    std::int64_t least = 0;
    std::int64_t most = -1;
    std::string text;
    if (token.c == '?' || token.c == '*' || token.c == '+') {
      ++pos_;
      least = token.c == '+' ? 1 : 0;
      most = token.c == '?' ? 1 : -1;
      text = static_cast<char>(token.c);
    } else if (token.c == '{') {
      text = WL_TRY(counted(least, most));
    } else {
      return part;
    }
    Token mode = peek();
    if (!mode.end && !mode.quoted && (mode.c == '?' || mode.c == '+')) {
      text += static_cast<char>(mode.c);
      ++pos_;
    }
    return repeat(part, text, least, most);
  }

  Part repeat(const Part& part, const std::string& text, std::int64_t least, std::int64_t most) const {
    Part out;
    out.zero_width = part.zero_width;
    std::string body = part.zero_width || part.text.empty() ? "(?:" + part.text + ")" : part.text;
    out.text = body + text;
    if (!part.alternatives) return out;
    // Bounded repetition in look-behind: spell every count out.
    if (most < 0 || most > 64) {
      if (part.zero_width) out.alternatives = std::vector<std::string>{""};
      return out;
    }
    std::vector<std::string> all;
    std::vector<std::string> power{""};
    for (std::int64_t count = 0; count <= most; ++count) {
      if (count >= least) all.insert(all.end(), power.begin(), power.end());
      if (all.size() > kMaxAlternatives || power.size() * part.alternatives->size() > kMaxAlternatives) return out;
      std::vector<std::string> next;
      for (const auto& left : power) {
        for (const auto& right : *part.alternatives) next.push_back(left + right);
      }
      power = std::move(next);
    }
    out.alternatives = std::move(all);
    return out;
  }

  /// {n}, {n,}, {n,m}; the cursor is at the brace.
  Result<std::string> counted(std::int64_t& least, std::int64_t& most) {
    if (!is_digit_char(at(pos_ + 1).c)) return error_here("Illegal repetition", 1);
    ++pos_;
    auto number = [&]() -> Result<std::int64_t> {
      std::int64_t value = 0;
      while (is_digit_char(raw().c)) {
        value = value * 10 + static_cast<std::int64_t>(raw().c - '0');
        if (value > 0x7fffffff) return error_here("Illegal repetition range");
        ++pos_;
      }
      return value;
    };
    least = WL_TRY(number());
    most = least;
    std::string text = "{" + std::to_string(least);
    if (!raw().end && raw().c == ',') {
      ++pos_;
      most = -1;
      text += ",";
      if (is_digit_char(raw().c)) {
        most = WL_TRY(number());
        text += std::to_string(most);
      }
    }
    if (raw().end || raw().c != '}') return error_here("Unclosed counted closure");
    if (most >= 0 && most < least) return error_here("Illegal repetition range");
    if (least > 65535 || most > 65535) return unsupported("a repetition of more than 65535 times");
    ++pos_;
    return text + "}";
  }

  Result<Part> group() {
    ++pos_;  // (
    unsigned saved_flags = flags_;
    Part out;
    if (peek(), raw().c == '?' && !raw().quoted && !raw().end) {
      ++pos_;
      Token kind = raw();
      switch (kind.end || kind.quoted ? 0 : kind.c) {
        case ':':
        case '>': {
          ++pos_;
          Part body = WL_TRY(alternation());
          out = wrap(kind.c == ':' ? "(?:" : "(?>", body, true);
          break;
        }
        case '=':
        case '!': {
          ++pos_;
          int outer = look_behind_;
          look_behind_ = 0;
          Part body = WL_TRY(alternation());
          look_behind_ = outer;
          const std::string place = (kind.c == '=' ? "(?=" : "(?!") + body.text + ")";
          out = make(kind.c == '=' ? place : watched(kCalloutBoundary, place), true);
          break;
        }
        case '<': {
          ++pos_;
          Token next = raw();
          if (!next.end && (next.c == '=' || next.c == '!')) {
            ++pos_;
            out = WL_TRY(look_behind(next.c == '='));
          } else {
            std::string name = WL_TRY(group_name());
            if (find_name(name)) {
              return error_here("Named capturing group <" + name + "> is already defined");
            }
            ++pos_;
            names_.emplace_back(name, groups_ + 1);
            out = WL_TRY(capture());
          }
          break;
        }
        case '$':
        case '@':
          return error_here("Unknown group type");
        default: {
          WL_CHECK_OK(inline_flags());
          Token next = raw();
          if (!next.end && next.c == ')') {
            ++pos_;
            Part nothing = make("", true);
            nothing.repeatable = false;
            return nothing;  // the flags stay for the rest of the enclosing group
          }
          if (next.end || next.c != ':') return error_here("Unknown inline modifier");
          ++pos_;
          Part body = WL_TRY(alternation());
          out = wrap("(?:", body, true);
        }
      }
    } else {
      out = WL_TRY(capture());
    }
    if (!is(U')')) return error_here("Unclosed group");
    ++pos_;
    flags_ = saved_flags;
    return out;
  }

  /// A group around a part; only `pure` groups may be resolved into alternatives, captures must stay what they are.
  Part wrap(const char* open, const Part& body, bool pure) const {
    Part out;
    out.text = open + body.text + ")";
    if (body.alternatives) {
      if (pure && std::string_view(open) == "(?:")
        out.alternatives = body.alternatives;
      else  // branches of one length are fine for PCRE2 as they are; others it refuses
        out.alternatives = std::vector<std::string>{out.text};
    }
    return out;
  }

  Result<Part> capture() {
    ++groups_;
    if (groups_ > 60000) return unsupported("more than 60000 groups");
    Part body = WL_TRY(alternation());
    return wrap("(", body, false);
  }

  Result<Part> look_behind(bool positive) {
    ++look_behind_;
    Part body = WL_TRY(alternation());
    --look_behind_;
    if (!body.alternatives) {
      if (!is(U')')) return error_here("Unclosed group");
      return error_here("Look-behind group does not have an obvious maximum length", -1);
    }
    std::string text = positive ? "(?<=" : "(?<!";
    for (std::size_t i = 0; i < body.alternatives->size(); ++i) text += (i == 0 ? "" : "|") + (*body.alternatives)[i];
    return make(text + ")", true);
  }

  /// Name up to (not over) the `>`.
  Result<std::string> group_name() {
    if (raw().end || !is_alpha(raw().c)) return error_here("capturing group name does not start with a Latin letter");
    std::string name;
    while (is_alpha(raw().c) || is_digit_char(raw().c)) {
      name.push_back(static_cast<char>(raw().c));
      ++pos_;
    }
    if (raw().end || raw().c != '>') return error_here("named capturing group is missing trailing '>'");
    return name;
  }

  [[nodiscard]] std::optional<std::int32_t> find_name(std::string_view name) const {
    for (const auto& [known, number] : names_) {
      if (known == name) return number;
    }
    return std::nullopt;
  }

  Result<> inline_flags() {
    bool on = true;
    while (true) {
      unsigned flag = 0;
      switch (raw().end || raw().quoted ? 0 : raw().c) {
        case 'i':
          flag = kRegexCaseInsensitive;
          break;
        case 'm':
          flag = kRegexMultiline;
          break;
        case 's':
          flag = kRegexDotAll;
          break;
        case 'd':
          flag = kRegexUnixLines;
          break;
        case 'u':
          flag = kRegexUnicodeCase;
          break;
        case 'x':
          flag = kRegexComments;
          break;
        case 'U':
          flag = kRegexUnicodeCharacterClass | kRegexUnicodeCase;
          break;
        case 'c':
          break;  // canonical equivalence is accepted and has no effect
        case '-':
          if (!on) return {};
          on = false;
          break;
        default:
          return {};
      }
      flags_ = on ? flags_ | flag : flags_ & ~flag;
      ++pos_;
    }
  }

  // --- escapes ------------------------------------------------------------------------------------------------------

  /// Outside of classes; the cursor is at the backslash.
  Result<Part> escape() {
    ++pos_;
    Token token = raw();
    if (token.end) return error_here("Unexpected internal error");
    char32_t c = token.c;
    if (auto set = predefined(c)) {
      ++pos_;
      return make_set(std::move(*set));
    }
    switch (c) {
      case 'p':
      case 'P': {
        ++pos_;
        CharSet set = WL_TRY(property(c == 'P'));
        return make_set(std::move(set));
      }
      case 'A':
        ++pos_;
        return make("\\A", true);
      case 'G':
        ++pos_;
        return make("\\G", true);
      case 'z':
        ++pos_;
        return make("\\z", true);
      case 'Z':
        ++pos_;
        return make(watched(kCalloutDollar, end_before_terminator()), true);
      case 'B':
        ++pos_;
        return make(watched(kCalloutBoundary, word_boundary(true)), true);
      case 'b':
        ++pos_;
        if (at(pos_).c == '{' && at(pos_ + 1).c == 'g' && at(pos_ + 2).c == '}') {
          return unsupported("a grapheme boundary (\\b{g})");
        }
        return make(watched(kCalloutBoundary, word_boundary(false)), true);
      case 'R': {
        ++pos_;
        std::string single = unit_ == Unit::latin1 ? "[\\n-\\r\\x{85}]" : "[\\n-\\r\\x{85}\\x{2028}\\x{2029}]";
        Part part = make("(?:\\r\\n|" + single + ")");
        if (look_behind_ > 0) part.alternatives = std::vector<std::string>{"\\r\\n", single};
        return part;
      }
      case 'X': {
        ++pos_;
        Part part = make("\\X");
        part.alternatives.reset();
        return part;
      }
      case 'k': {
        ++pos_;
        if (raw().end || raw().c != '<') return error_here("\\k is not followed by '<' for named capturing group");
        ++pos_;
        std::string name = WL_TRY(group_name());
        auto number = find_name(name);
        if (!number) return error_here("named capturing group <" + name + "> does not exist");
        ++pos_;
        return reference(*number);
      }
      default:
        break;
    }
    if (c >= '1' && c <= '9') {
      ++pos_;
      std::int32_t number = static_cast<std::int32_t>(c - '0');
      while (is_digit_char(raw().c)) {
        std::int32_t longer = number * 10 + static_cast<std::int32_t>(raw().c - '0');
        if (longer > groups_) break;
        number = longer;
        ++pos_;
      }
      return reference(number);
    }
    char32_t value = WL_TRY(character_escape(false));
    return literal(value);
  }

  Part reference(std::int32_t number) {
    if (number > groups_) {
      forward_reference_ = true;
      if (number > known_groups_) return make("(?!)");
    }
    std::string text = "\\g{" + std::to_string(number) + "}";
    if (has(kRegexCaseInsensitive))
      text = "(?i:" + text + ")";
    else if (base_caseless_)
      text = "(?-i:" + text + ")";
    Part part = make(text);
    part.alternatives.reset();
    return part;
  }

  /// Escapes that stand for one character; the cursor is at the letter after the backslash.
  Result<char32_t> character_escape(bool in_range) {
    char32_t c = raw().c;
    switch (c) {
      case '0':
        ++pos_;
        return octal();
      case 'a':
        ++pos_;
        return U'\a';
      case 'e':
        ++pos_;
        return char32_t{0x1B};
      case 'f':
        ++pos_;
        return U'\f';
      case 'n':
        ++pos_;
        return U'\n';
      case 'r':
        ++pos_;
        return U'\r';
      case 't':
        ++pos_;
        return U'\t';
      case 'v':
        if (in_range) {
          ++pos_;
          return U'\v';
        }
        break;
      case 'c': {
        if (at(pos_ + 1).end) return error_here("Illegal control escape sequence");
        pos_ += 2;
        return at(pos_ - 1).c ^ 64;
      }
      case 'x':
        ++pos_;
        return hexadecimal();
      case 'u': {
        ++pos_;
        char32_t first = WL_TRY(four_hex());
        if (first >= 0xD800 && first < 0xDC00 && at(pos_).c == '\\' && at(pos_ + 1).c == 'u') {
          std::size_t saved = pos_;
          pos_ += 2;
          auto second = four_hex();
          if (second && *second >= 0xDC00 && *second < 0xE000) {
            return 0x10000 + ((first & 0x3FF) << 10) + (*second & 0x3FF);
          }
          pos_ = saved;
        }
        return first;
      }
      case 'N':
        if (at(pos_ + 1).c != '{') {
          ++pos_;
          return error_here("Illegal character name escape sequence");
        }
        return unsupported("a character by name (\\N{…})");
      default:
        break;
    }
    if (is_alpha(c) || (is_digit_char(c) && c != '0')) return error_here("Illegal/unsupported escape sequence");
    ++pos_;
    return c;
  }

  Result<char32_t> octal() {
    auto digit = [&](std::size_t index) { return at(index).c >= '0' && at(index).c <= '7' && !at(index).end; };
    if (!digit(pos_)) return error_here("Illegal octal escape sequence");
    char32_t value = at(pos_++).c - '0';
    if (!digit(pos_)) return value;
    value = value * 8 + (at(pos_++).c - '0');
    if (!digit(pos_) || value >= 32) return value;
    return value * 8 + (at(pos_++).c - '0');
  }

  Result<char32_t> hexadecimal() {
    if (hex_value(raw().c) >= 0) {
      char32_t value = static_cast<char32_t>(hex_value(raw().c));
      ++pos_;
      if (hex_value(raw().c) < 0) return error_here("Illegal hexadecimal escape sequence");
      value = value * 16 + static_cast<char32_t>(hex_value(raw().c));
      ++pos_;
      return value;
    }
    if (raw().c != '{' || hex_value(at(pos_ + 1).c) < 0) return error_here("Illegal hexadecimal escape sequence");
    ++pos_;
    char32_t value = 0;
    while (hex_value(raw().c) >= 0) {
      value = value * 16 + static_cast<char32_t>(hex_value(raw().c));
      if (value > 0x10FFFF) return error_here("Hexadecimal codepoint is too big");
      ++pos_;
    }
    if (raw().c != '}') return error_here("Unclosed hexadecimal escape sequence");
    ++pos_;
    return value;
  }

  Result<char32_t> four_hex() {
    char32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      int digit = hex_value(raw().c);
      if (digit < 0) return error_here("Illegal Unicode escape sequence");
      value = value * 16 + static_cast<char32_t>(digit);
      ++pos_;
    }
    return value;
  }

  /// \pL, \p{name}, \p{name=value}; the cursor is after the p.
  Result<CharSet> property(bool negated) {
    bool caseless = has(kRegexCaseInsensitive);
    std::optional<CharSet> set;
    std::string shown;
    if (raw().end || raw().c != '{') {
      if (!raw().end) append_utf8(shown, raw().c);
      set = property_set(unit_, shown, has(kRegexUnicodeCharacterClass), caseless);
      if (!set) return error_here("Unknown character property name {" + (shown.empty() ? " " : shown) + "}");
      ++pos_;
    } else {
      ++pos_;
      while (!raw().end && raw().c != '}') append_utf8(shown, tokens_[pos_++].c);
      if (raw().end) return error_here("Unclosed character family");
      if (shown.empty()) return error_here("Empty character family");
      if (auto equals = shown.find('='); equals != shown.npos) {
        std::string name = shown.substr(0, equals);
        for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
        std::string value = shown.substr(equals + 1);
        set = property_value_set(unit_, name, value);
        if (!set) return error_here("Unknown Unicode property {name=<" + name + ">, value=<" + value + ">}");
      } else {
        set = property_set(unit_, shown, has(kRegexUnicodeCharacterClass), caseless);
        if (!set) return error_here("Unknown character property name {" + shown + "}");
      }
      ++pos_;
    }
    if (negated) set->negate();
    return std::move(*set);
  }

  // --- classes ------------------------------------------------------------------------------------------------------

  /// After the `[` (or inside the right side of &&, then up to the closing bracket without taking it).
  Result<CharSet> char_class(bool bracketed) {
    if (++depth_ > kMaxDepth) return fail(ErrorKind::exhausted, "the regular expression is nested too deeply");
    CharSet set(unit_);
    bool any = false;
    bool negated = false;
    if (bracketed && is(U'^') && pos_ > 0 && at(pos_ - 1).c == '[') {
      ++pos_;
      negated = true;
    }
    while (true) {
      Token token = peek();
      if (token.end) return error("Unclosed character class", static_cast<std::ptrdiff_t>(tokens_.size()) - 1);
      if (!token.quoted && token.c == '[') {
        ++pos_;
        set.unite(WL_TRY(char_class(true)));
        any = true;
        continue;
      }
      if (!token.quoted && token.c == '&' && at(pos_ + 1).c == '&' && !at(pos_ + 1).quoted) {
        pos_ += 2;
        WL_CHECK_OK(intersection(set, any));
        any = true;
        continue;
      }
      if (!token.quoted && token.c == ']' && any) {
        if (bracketed) ++pos_;
        break;
      }
      WL_CHECK_OK(class_item(set));
      any = true;
    }
    if (negated) set.negate();
    --depth_;
    return set;
  }

  Result<> intersection(CharSet& set, bool any) {
    std::optional<CharSet> right;
    while (true) {
      Token token = peek();
      if (token.end) return error("Unclosed character class", static_cast<std::ptrdiff_t>(tokens_.size()) - 1);
      if (!token.quoted && (token.c == ']' || token.c == '&')) break;
      bool nested = !token.quoted && token.c == '[';
      if (nested) ++pos_;
      CharSet next = WL_TRY(char_class(nested));
      if (right)
        right->unite(next);
      else
        right = std::move(next);
    }
    if (!any && !right) return error_here("Bad class syntax", -1);
    if (!right) return {};
    if (any)
      set.intersect(*right);
    else
      set = std::move(*right);
    return {};
  }

  Result<> class_item(CharSet& set) {
    Token token = peek();
    char32_t low = token.c;
    if (!token.quoted && low == '\\') {
      ++pos_;
      if (raw().end) return error("Unclosed character class", static_cast<std::ptrdiff_t>(tokens_.size()));
      char32_t letter = raw().c;
      bool range_follows = at(pos_ + 1).c == '-';
      if (letter == 'p' || letter == 'P') {
        ++pos_;
        set.unite(WL_TRY(property(letter == 'P')));
        return {};
      }
      if (!(letter == 'v' && range_follows)) {
        if (auto predefined_set = predefined(letter)) {
          ++pos_;
          set.unite(*predefined_set);
          return {};
        }
      }
      low = WL_TRY(character_escape(range_follows));
    } else {
      ++pos_;
    }
    char32_t high = low;
    if (is(U'-')) {
      Token next = at(pos_ + 1);
      if (!next.end && !next.quoted && next.c == '[') return add(set, low, low);
      if (next.quoted || next.end || next.c != ']') {
        ++pos_;
        Token end = peek();
        if (end.end) return error_here("Illegal character range");
        if (!end.quoted && end.c == '\\') {
          ++pos_;
          if (raw().end) return error("Unclosed character class", static_cast<std::ptrdiff_t>(tokens_.size()));
          if (predefined(raw().c) && raw().c != 'v') return error_here("Illegal character range");
          high = WL_TRY(character_escape(true));
        } else {
          high = end.c;
          ++pos_;
        }
        if (high < low) return error_here("Illegal character range", -1);
      }
    }
    return add(set, low, high);
  }

  Result<> add(CharSet& set, char32_t low, char32_t high) const {
    if (ascii_caseless())
      set.add_range_ignoring_case(low, high);
    else
      set.add_range(low, high);
    return {};
  }

  std::u16string_view source_;
  Unit unit_;
  unsigned flags_;
  std::int32_t known_groups_;
  std::vector<Token> tokens_;
  std::size_t pos_ = 0;
  int depth_ = 0;
  int look_behind_ = 0;
  std::int32_t groups_ = 0;
  bool base_caseless_ = false;
  bool unicode_case_used_ = false;
  bool forward_reference_ = false;
  bool watch_end_ = false;
  std::vector<std::pair<std::string, std::int32_t>> names_;
};

}  // namespace

Result<Translation> translate_regex(std::u16string_view pattern, unsigned flags, Unit unit, bool watch_end) {
  if (pattern.size() > kMaxPattern) {
    return fail(ErrorKind::exhausted, "the regular expression is longer than 65536 characters");
  }
  Translator first(pattern, flags, unit, 0, watch_end);
  Translation translation = WL_TRY(first.run());
  if (!first.needs_group_total()) return translation;
  // A reference to a group further right: now that their number is known, write it again.
  Translator second(pattern, flags, unit, first.groups(), watch_end);
  return second.run();
}

}  // namespace windlass::text::detail
