// The lexer of lexer.h. The rules are those of Groovy 2.4 (docs/language.md); error texts are its compiler's.
#include "groovy/lexer.h"

#include <algorithm>
#include <cstdio>

#include "groovy/ast.h"
#include "groovy/unicode.h"

namespace windlass::groovy {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
constexpr bool is_newline(char c) { return c == '\n' || c == '\r'; }

/// Tokens after which a slash divides; after all others it opens a string.
bool ends_expression(T t) {
  switch (t) {
    case T::increment:
    case T::decrement:
    case T::rparen:
    case T::rbrack:
    case T::rcurly:
    case T::string:
    case T::gstring_end:
    case T::number:
    case T::ident:
      return true;
    case T::kw_abstract:
    case T::kw_const:
    case T::kw_do:
    case T::kw_final:
    case T::kw_goto:
    case T::kw_strictfp:
      return false;
    default:
      return is_keyword(t);
  }
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text), size_(static_cast<std::uint32_t>(text.size())) {
    result_.tokens.reserve(text.size() / 5 + 16);
  }

  LexResult run() {
    skip_header();
    while (!stopped_) {
      if (in_string_body_) {
        in_string_body_ = false;
        continue_string();
      } else {
        next();
      }
    }
    add(T::eof, size_, size_);
    return std::move(result_);
  }

 private:
  struct Saved {
    int parens;
    bool in_string;  // the brace was opened by `${`
    Quote quote;
    std::uint32_t bracket;  // token index of the brace
    std::uint32_t string_start;
  };

  char at(std::uint32_t i) const { return i < size_ ? text_[i] : '\0'; }
  bool end(std::uint32_t i) const { return i >= size_; }

  Token& add(T kind, std::uint32_t begin, std::uint32_t finish) {
    auto& token = result_.tokens.emplace_back();
    token.kind = kind;
    token.begin = begin;
    token.end = finish;
    last_ = kind;
    pos_ = finish;
    return token;
  }

  void error(std::uint32_t offset, std::string message) {
    result_.error = std::move(message);
    result_.error_offset = offset;
    add(T::error, pos_, offset > size_ ? size_ : std::max(offset, pos_));  // the words may point behind what was read
    stopped_ = true;
  }

  void unexpected_char(std::uint32_t offset) {
    if (end(offset)) return error(size_, "unexpected char: 0xFFFF");
    const char c = text_[offset];
    if (c >= ' ' && c <= '~') return error(offset, std::string("unexpected char: '") + c + "'");
    char buffer[16];
    std::snprintf(buffer, sizeof buffer, "0x%X", static_cast<unsigned>(decode_utf8(text_, offset).code & 0x1FFFFF));
    error(offset, std::string("unexpected char: ") + buffer);
  }

  void skip_header() {
    while (text_.substr(pos_).starts_with("#!")) {
      while (!end(pos_) && !is_newline(text_[pos_])) ++pos_;
      if (end(pos_)) return;
      skip_one_newline(pos_);
    }
  }

  void skip_one_newline(std::uint32_t& i) const {
    if (at(i) == '\r' && at(i + 1) == '\n') ++i;
    ++i;
  }

  void skip_line_comment(std::uint32_t& i) const {
    while (!end(i) && !is_newline(text_[i])) ++i;
  }

  bool skip_block_comment(std::uint32_t& i) {
    const auto close = text_.find("*/", i + 2);
    if (close == std::string_view::npos) {
      error(size_,
            text_.substr(i + 2).ends_with('*') ? "expecting '/', found '<EOF>'" : "expecting '*', found '<EOF>'");
      return false;
    }
    if (one_line_strings_ != 0 && text_.substr(i, close - i).find_first_of("\r\n") != std::string_view::npos) {
      newline_in_string(i);
      return false;
    }
    i = static_cast<std::uint32_t>(close) + 2;
    return true;
  }

  /// `"…${` may not go on in the next line, `"""…${` may.
  void newline_in_string(std::uint32_t offset) {
    const auto& last = result_.tokens.back();
    error(last.kind == T::lcurly ? offset + 1 : last.begin,
          "end of line reached within a simple string 'x' or \"x\" or /x/;\n   solution: for multi-line literals, use "
          "triple "
          "quotes '''x''' or \"\"\"x\"\"\" or /x/ or $/x/$");
  }

  void newlines() {
    const auto begin = pos_;
    if (one_line_strings_ != 0) return newline_in_string(pos_);
    auto i = pos_;
    while (!end(i)) {
      const char c = text_[i];
      if (is_newline(c) || c == ' ' || c == '\t' || c == '\f') {
        ++i;
      } else if (c == '\\' && is_newline(at(i + 1))) {
        ++i;
        skip_one_newline(i);
      } else if (c == '/' && at(i + 1) == '/') {
        skip_line_comment(i);
      } else if (c == '/' && at(i + 1) == '*') {
        if (!skip_block_comment(i)) return;
      } else {
        break;
      }
    }
    pos_ = i;
    if (parens_ != 0) return;
    if (!result_.tokens.empty() && result_.tokens.back().kind == T::nls) return;
    add(T::nls, begin, begin + 1);
    pos_ = i;
  }

  void open(T kind) {
    brackets_.push_back(static_cast<std::uint32_t>(result_.tokens.size()));
    add(kind, pos_, pos_ + 1);
    if (kind == T::lcurly) {
      saved_.push_back({parens_, in_value_, quote_, brackets_.back(), string_start_});
      parens_ = 0;
      in_value_ = false;
    } else {
      ++parens_;
    }
  }

  void close(T kind, T opener) {
    const auto index = static_cast<std::uint32_t>(result_.tokens.size());
    add(kind, pos_, pos_ + 1);
    if (!brackets_.empty()) {
      auto& partner = result_.tokens[brackets_.back()];
      if (partner.kind == opener) {
        partner.match = index;
        result_.tokens[index].match = brackets_.back();
        brackets_.pop_back();
      } else {
        brackets_.clear();  // unbalanced: no partner is certain any more
      }
    }
    if (kind != T::rcurly) {
      --parens_;
      return;
    }
    if (saved_.empty()) return;
    const auto saved = saved_.back();
    saved_.pop_back();
    parens_ = saved.parens;
    in_value_ = false;
    if (saved.in_string) {
      quote_ = saved.quote;
      string_start_ = saved.string_start;
      in_string_body_ = true;
    }
  }

  void next() {
    for (;;) {
      const char c = at(pos_);
      if (c == ' ' || c == '\t' || c == '\f') {
        ++pos_;
      } else if (c == '\\' && is_newline(at(pos_ + 1))) {
        ++pos_;
        skip_one_newline(pos_);
      } else {
        break;
      }
    }
    if (end(pos_)) {
      stopped_ = true;
      return;
    }
    const char c = text_[pos_];
    const char c1 = at(pos_ + 1), c2 = at(pos_ + 2), c3 = at(pos_ + 3);
    if (is_word_start(c)) return word();
    if (is_digit(c)) return number();
    switch (c) {
      case '\n':
      case '\r':
        return newlines();
      case '(':
        return open(T::lparen);
      case '[':
        return open(T::lbrack);
      case '{':
        return open(T::lcurly);
      case ')':
        return close(T::rparen, T::lparen);
      case ']':
        return close(T::rbrack, T::lbrack);
      case '}':
        return close(T::rcurly, T::lcurly);
      case '\'':
        return c1 == '\'' && c2 == '\'' ? plain_string(Quote::triple_single, 3) : plain_string(Quote::single, 1);
      case '"':
        return c1 == '"' && c2 == '"' ? start_string(Quote::triple_double, 3) : start_string(Quote::double_, 1);
      case '/':
        return slash(c1);
      case '$':
        if (c1 == '/' && !ends_expression(last_)) return start_string(Quote::dollar_slashy, 2);
        return word();
      case ',':
        return op(T::comma, 1);
      case ';':
        return op(T::semi, 1);
      case ':':
        return op(T::colon, 1);
      case '@':
        return op(T::at, 1);
      case '~':
        return op(T::bit_not, 1);
      case '?':
        return c1 == '.' ? op(T::safe_dot, 2) : c1 == ':' ? op(T::elvis, 2) : op(T::question, 1);
      case '.':
        if (c1 == '.')
          return c2 == '.' ? op(T::triple_dot, 3) : c2 == '<' ? op(T::range_exclusive, 3) : op(T::range_inclusive, 2);
        return c1 == '&' ? op(T::method_pointer, 2) : op(T::dot, 1);
      case '=':
        if (c1 == '=') return c2 == '~' ? op(T::match_regex, 3) : c2 == '=' ? op(T::identical, 3) : op(T::equal, 2);
        return c1 == '~' ? op(T::find_regex, 2) : op(T::assign, 1);
      case '!':
        if (c1 == '=') return c2 == '=' ? op(T::not_identical, 3) : op(T::not_equal, 2);
        return op(T::logical_not, 1);
      case '+':
        return c1 == '+' ? op(T::increment, 2) : c1 == '=' ? op(T::plus_assign, 2) : op(T::plus, 1);
      case '-':
        return c1 == '-'   ? op(T::decrement, 2)
               : c1 == '=' ? op(T::minus_assign, 2)
               : c1 == '>' ? op(T::arrow, 2)
                           : op(T::minus, 1);
      case '*':
        if (c1 == '*') return c2 == '=' ? op(T::power_assign, 3) : op(T::power, 2);
        return c1 == '=' ? op(T::star_assign, 2) : c1 == '.' ? op(T::spread_dot, 2) : op(T::star, 1);
      case '%':
        return c1 == '=' ? op(T::mod_assign, 2) : op(T::mod, 1);
      case '<':
        if (c1 == '<') return c2 == '=' ? op(T::shift_left_assign, 3) : op(T::shift_left, 2);
        if (c1 == '=') return c2 == '>' ? op(T::compare, 3) : op(T::less_equal, 2);
        return op(T::less, 1);
      case '>':
        if (c1 == '>') {
          if (c2 == '>') return c3 == '=' ? op(T::unsigned_shift_assign, 4) : op(T::unsigned_shift, 3);
          return c2 == '=' ? op(T::shift_right_assign, 3) : op(T::shift_right, 2);
        }
        return c1 == '=' ? op(T::greater_equal, 2) : op(T::greater, 1);
      case '^':
        return c1 == '=' ? op(T::xor_assign, 2) : op(T::bit_xor, 1);
      case '|':
        return c1 == '|' ? op(T::logical_or, 2) : c1 == '=' ? op(T::or_assign, 2) : op(T::bit_or, 1);
      case '&':
        return c1 == '&' ? op(T::logical_and, 2) : c1 == '=' ? op(T::and_assign, 2) : op(T::bit_and, 1);
      default:
        if (static_cast<unsigned char>(c) >= 0x80 && is_letter(decode_utf8(text_, pos_).code)) return word();
        return unexpected_char(pos_);
    }
  }

  void op(T kind, std::uint32_t length) { add(kind, pos_, pos_ + length); }

  static bool is_word_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

  /// The end of the identifier at `i`. In `$a.b` inside a string a dollar does not belong to the name.
  std::uint32_t word_end(std::uint32_t i, bool dollars) const {
    while (!end(i)) {
      const char c = text_[i];
      if (is_word_start(c) || is_digit(c) || (dollars && c == '$')) {
        ++i;
      } else if (static_cast<unsigned char>(c) >= 0x80) {
        const auto point = decode_utf8(text_, i);
        if (!is_letter(point.code)) break;
        i += point.length;
      } else {
        break;
      }
    }
    return i;
  }

  void word() {
    const auto begin = pos_;
    const auto finish = word_end(begin, !in_value_);
    const char after = at(finish);
    auto kind = find_keyword(text_.substr(begin, finish - begin));
    if (kind != T::ident) {
      const bool dotted = after == '.' || last_ == T::dot;
      switch (kind) {
        case T::kw_as:
        case T::kw_def:
        case T::kw_in:
        case T::kw_trait:
          if (dotted || last_ == T::kw_package) kind = T::ident;
          break;
        case T::kw_package:
          if (dotted || last_ == T::kw_import || (after == ')' && last_ == T::lparen)) kind = T::ident;
          break;
        case T::kw_static:
          if (after == '.') kind = T::ident;
          break;
        default:
          break;
      }
    }
    add(kind, begin, finish);
    if (!in_value_) return;
    if (after == '.' && starts_java_identifier(finish + 1) && at(finish + 1) != '$') {
      add(T::dot, finish, finish + 1);
      return;
    }
    in_value_ = false;
    in_string_body_ = true;
  }

  bool starts_java_identifier(std::uint32_t i) const {
    const char c = at(i);
    if (is_word_start(c) || c == '$') return true;
    return static_cast<unsigned char>(c) >= 0x80 && is_letter(decode_utf8(text_, i).code);
  }

  // ---- numbers ------------------------------------------------------------------------------------------------------

  /// Digits and underscores that end in a digit.
  template <class Digit>
  std::uint32_t digits(std::uint32_t i, Digit is) const {
    auto last = i;
    while (!end(i) && (is(text_[i]) || text_[i] == '_')) {
      if (text_[i++] != '_') last = i;
    }
    return last;
  }

  void number() {
    auto i = pos_;
    bool decimal = true;
    const char c1 = at(i + 1);
    if (text_[i] == '0' && (c1 == 'x' || c1 == 'X')) {
      if (!is_hex(at(i + 2))) return unexpected_char(i + 2);
      i = digits(i + 2, is_hex);
      decimal = false;
    } else if (text_[i] == '0' && (c1 == 'b' || c1 == 'B')) {
      if (at(i + 2) != '0' && at(i + 2) != '1') return unexpected_char(i + 2);
      i = digits(i + 2, [](char c) { return c == '0' || c == '1'; });
      decimal = false;
    } else if (text_[i] == '0') {
      const auto all = digits(i, is_digit);
      const char f = at(all);
      const bool fraction = f == '.' && is_digit(at(all + 1));
      if (all > i + 1 && (fraction || exponent_end(all) != all || is_float_suffix(f))) {
        i = all;
      } else if (c1 >= '0' && c1 <= '7') {
        i = digits(i, [](char c) { return c >= '0' && c <= '7'; });
        decimal = false;
      } else {
        ++i;
      }
    } else {
      i = digits(i, is_digit);
    }
    if (at(i) == '_') return missing_digit(i);
    auto type = ConstantType::integer;
    const char s = at(i);
    if (s == 'l' || s == 'L') {
      type = ConstantType::long_;
      ++i;
    } else if (s == 'i' || s == 'I') {
      ++i;
    } else if (s == 'g' || s == 'G') {
      type = ConstantType::big_integer;
      ++i;
    } else if (decimal) {
      auto j = i;
      if (s == '.' && is_digit(at(i + 1))) j = digits(i + 1, is_digit);
      if (at(j) == 'e' || at(j) == 'E') {
        const auto k = exponent_end(j);
        if (k == j) return missing_exponent(j + 1);
        j = k;
      }
      if (is_float_suffix(at(j))) {
        type = at(j) == 'f' || at(j) == 'F' ? ConstantType::float_ : ConstantType::double_;
        ++j;
      } else if (j != i) {
        type = ConstantType::decimal;
        if (at(j) == 'g' || at(j) == 'G') ++j;
      }
      i = j;
    }
    add(T::number, pos_, i).extra = static_cast<std::uint8_t>(type);
  }

  /// Underscores must be followed by a digit; `i` is the first of them.
  void missing_digit(std::uint32_t i) {
    while (at(i) == '_') ++i;
    if (end(i)) return error(size_, "expecting token in range: '0'..'9', found '<EOF>'");
    error(i, std::string("expecting token in range: '0'..'9', found '") + text_[i] + "'");
  }

  void missing_exponent(std::uint32_t i) {
    if (at(i) == '+' || at(i) == '-') return missing_digit(i + 1);
    unexpected_char(i);
  }

  static bool is_float_suffix(char c) { return c == 'f' || c == 'F' || c == 'd' || c == 'D'; }

  std::uint32_t exponent_end(std::uint32_t i) const {
    if (at(i) != 'e' && at(i) != 'E') return i;
    auto j = i + 1;
    if (at(j) == '+' || at(j) == '-') ++j;
    const auto last = digits(j, is_digit);
    return last == j ? i : last;
  }

  // ---- strings ------------------------------------------------------------------------------------------------------

  void slash(char next) {
    if (next == '/') {
      skip_line_comment(pos_);
      return;
    }
    if (next == '*') {
      skip_block_comment(pos_);
      return;
    }
    if (!ends_expression(last_)) return start_string(Quote::slashy, 1);
    op(next == '=' ? T::div_assign : T::div, next == '=' ? 2 : 1);
  }

  /// Checks the escape at `i` (a backslash) and steps over it; false after an error.
  bool escape(std::uint32_t& i) {
    const char c = at(i + 1);
    if (end(i + 1)) {
      unexpected_char(i);
      return false;
    }
    if (is_newline(c)) {
      ++i;
      skip_one_newline(i);
      return true;
    }
    switch (c) {
      case 'n':
      case 'r':
      case 't':
      case 'b':
      case 'f':
      case '"':
      case '\'':
      case '\\':
      case '$':
        i += 2;
        return true;
      case 'u':
        return unicode_escape(i);
      default:
        if (c >= '0' && c <= '7') {
          const std::uint32_t most = c <= '3' ? 3 : 2;
          std::uint32_t n = 1;
          while (n < most && at(i + 1 + n) >= '0' && at(i + 1 + n) <= '7') ++n;
          i += 1 + n;
          return true;
        }
        unexpected_char(i);
        return false;
    }
  }

  bool unicode_escape(std::uint32_t& i) {
    auto j = i + 1;
    while (at(j) == 'u') ++j;
    for (std::uint32_t n = 0; n < 4; ++n) {
      if (!is_hex(at(j + n))) {
        error(i, "Did not find four digit hex character code.");
        return false;
      }
    }
    i = j + 4;
    return true;
  }

  void plain_string(Quote quote, std::uint32_t marks) {
    const auto begin = pos_;
    auto i = pos_ + marks;
    bool plain = true;
    if (marks == 1 && (end(i) || is_newline(text_[i]))) return unexpected_char(begin);
    for (;;) {
      if (end(i)) return error(size_, "expecting ''', found '<EOF>'");
      const char c = text_[i];
      if (c == '\'') {
        if (marks == 1 || (at(i + 1) == '\'' && at(i + 2) == '\'')) break;
        ++i;
      } else if (c == '\\') {
        plain = false;
        if (!escape(i)) return;
      } else if (is_newline(c)) {
        if (marks == 1) return error(i, std::string("expecting ''', found '") + c + "'");
        if (c == '\r') plain = false;
        ++i;
      } else {
        ++i;
      }
    }
    auto& token = add(T::string, begin, i + marks);
    token.extra = static_cast<std::uint8_t>(quote);
    token.plain = plain;
  }

  void start_string(Quote quote, std::uint32_t marks) {
    quote_ = quote;
    string_start_ = static_cast<std::uint32_t>(result_.tokens.size());
    string_part(pos_, pos_ + marks, true);
  }

  void continue_string() { string_part(pos_, pos_, false); }

  /// From the opening quote, or from the end of a value, to the next value or the closing quote.
  void string_part(std::uint32_t begin, std::uint32_t i, bool first) {
    bool plain = true;
    const auto body = i;
    for (;;) {
      if (end(i)) return unterminated();
      const char c = text_[i];
      if (c == '$') {
        if (quote_ == Quote::dollar_slashy && (at(i + 1) == '$' || at(i + 1) == '/')) {
          plain = false;
          i += 2;
          continue;
        }
        const char after = at(i + 1);
        if (after == '{' || (after != '$' && starts_java_identifier(i + 1)))
          return value_follows(begin, i, first, plain);
        if (quote_ == Quote::slashy || quote_ == Quote::dollar_slashy) {
          ++i;
          continue;
        }
        result_.error_at_previous_token = true;
        return error(
            i + 2,
            "illegal string body character after dollar sign;\n   solution: either escape a literal dollar sign "
            "\"\\$5\" or bracket the value expression \"${5}\"");
      }
      const auto closing = closing_length(i);
      if (closing != 0 && !(quote_ == Quote::slashy && first && i == body)) {
        auto& token = add(first ? T::string : T::gstring_end, begin, i + closing);
        token.extra = static_cast<std::uint8_t>(quote_);
        token.plain = plain;
        if (!first) pair_string();
        return;
      }
      if (c == '\\') {
        if (quote_ == Quote::slashy || quote_ == Quote::dollar_slashy) {
          plain = false;
          const char after = at(i + 1);
          if (after == '/' && quote_ == Quote::slashy) {
            i += 2;
          } else if (is_newline(after)) {
            ++i;
            skip_one_newline(i);
          } else if (after == 'u' && (i == body || text_[i - 1] != '\\')) {
            if (!unicode_escape(i)) return;
          } else {
            ++i;
          }
        } else {
          plain = false;
          if (!escape(i)) return;
        }
      } else if (is_newline(c)) {
        if (quote_ == Quote::double_) return error(i, "expecting anything but ''\\n''; got it anyway");
        if (c == '\r') plain = false;
        ++i;
      } else {
        ++i;
      }
    }
  }

  /// How many characters close the current string at `i`; 0: none do.
  std::uint32_t closing_length(std::uint32_t i) const {
    const char c = text_[i];
    switch (quote_) {
      case Quote::double_:
        return c == '"' ? 1 : 0;
      case Quote::triple_double:
        return c == '"' && at(i + 1) == '"' && at(i + 2) == '"' ? 3 : 0;
      case Quote::slashy:
        return c == '/' ? 1 : 0;
      case Quote::dollar_slashy:
        return c == '/' && at(i + 1) == '$' ? 2 : 0;
      case Quote::single:
      case Quote::triple_single:
        break;
    }
    return 0;
  }

  void unterminated() {
    if (quote_ == Quote::dollar_slashy && size_ > pos_ + 3) return unexpected_char(size_ - 1);
    unexpected_char(size_);
  }

  void value_follows(std::uint32_t begin, std::uint32_t dollar, bool first, bool plain) {
    if (first) brackets_.push_back(static_cast<std::uint32_t>(result_.tokens.size()));
    auto& token = add(first ? T::gstring_start : T::gstring_middle, begin, dollar + 1);
    token.extra = static_cast<std::uint8_t>(quote_);
    token.plain = plain;
    in_value_ = true;
    if (first && is_one_line(quote_)) ++one_line_strings_;
  }

  static bool is_one_line(Quote quote) { return quote == Quote::double_ || quote == Quote::slashy; }

  void pair_string() {
    if (is_one_line(quote_)) --one_line_strings_;
    if (brackets_.empty()) return;
    auto& partner = result_.tokens[brackets_.back()];
    if (partner.kind != T::gstring_start) {
      brackets_.clear();
      return;
    }
    partner.match = static_cast<std::uint32_t>(result_.tokens.size()) - 1;
    brackets_.pop_back();
  }

  std::string_view text_;
  std::uint32_t size_;
  std::uint32_t pos_ = 0;
  LexResult result_;
  T last_ = T::eof;
  bool stopped_ = false;
  int parens_ = 0;                // open ( and [ since the last {
  int one_line_strings_ = 0;      // strings that are open around this and may not span lines
  bool in_value_ = false;         // after `$` in a string: a name or a brace comes
  bool in_string_body_ = false;   // after a value: the string goes on
  Quote quote_ = Quote::double_;  // of the string being read
  std::uint32_t string_start_ = 0;
  std::vector<Saved> saved_;
  std::vector<std::uint32_t> brackets_;
};

void append_octal(std::string_view body, std::size_t& i, std::string& out) {
  std::uint32_t value = 0;
  const int most = body[i] <= '3' ? 3 : 2;
  for (int n = 0; n < most && i < body.size() && body[i] >= '0' && body[i] <= '7'; ++n, ++i) {
    value = value * 8 + static_cast<std::uint32_t>(body[i] - '0');
  }
  append_utf8(value, out);
}

/// `i` stands on the first `u`. A pair of surrogates becomes one character.
bool append_unicode(std::string_view body, std::size_t& i, std::string& out) {
  const auto read = [&](std::size_t from, std::uint32_t& value, std::size_t& after) {
    while (from < body.size() && body[from] == 'u') ++from;
    if (from + 4 > body.size()) return false;
    value = 0;
    for (std::size_t n = 0; n < 4; ++n) {
      const char c = body[from + n];
      if (!is_hex(c)) return false;
      value = value * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    after = from + 4;
    return true;
  };
  std::uint32_t high = 0, low = 0;
  std::size_t after = 0, after_low = 0;
  if (!read(i, high, after)) return false;
  if (high >= 0xD800 && high < 0xDC00 && after + 1 < body.size() && body[after] == '\\' && body[after + 1] == 'u' &&
      read(after + 1, low, after_low) && low >= 0xDC00 && low < 0xE000) {
    append_utf8(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), out);
    i = after_low;
    return true;
  }
  append_utf8(high, out);
  i = after;
  return true;
}

}  // namespace

LexResult lex(std::string_view text) { return Lexer(text).run(); }

std::string_view string_body(std::string_view text, const Token& token) {
  auto body = text.substr(token.begin, token.end - token.begin);
  const auto quote = static_cast<Quote>(token.extra);
  std::size_t marks = 1, closing = 1;
  if (quote == Quote::triple_single || quote == Quote::triple_double) marks = closing = 3;
  if (quote == Quote::dollar_slashy) marks = closing = 2;
  if (token.kind == T::gstring_middle || token.kind == T::gstring_end) marks = 0;
  if (token.kind == T::gstring_start || token.kind == T::gstring_middle) closing = 1;  // the dollar
  return body.substr(marks, body.size() - marks - closing);
}

void decode_string(std::string_view body, Quote quote, std::string& out) {
  const bool slashy = quote == Quote::slashy, dollar = quote == Quote::dollar_slashy;
  for (std::size_t i = 0; i < body.size();) {
    const char c = body[i];
    const char after = i + 1 < body.size() ? body[i + 1] : '\0';
    if (c == '\r') {
      out += '\n';
      i += after == '\n' ? 2 : 1;
    } else if (dollar && c == '$' && (after == '$' || after == '/')) {
      out += after;
      i += 2;
    } else if (c != '\\') {
      out += c;
      ++i;
    } else if (is_newline(after)) {
      i += after == '\r' && i + 2 < body.size() && body[i + 2] == '\n' ? 3 : 2;
    } else if (slashy || dollar) {
      if (slashy && after == '/') {
        out += '/';
        i += 2;
      } else if (after == 'u' && (i == 0 || body[i - 1] != '\\')) {
        ++i;
        if (!append_unicode(body, i, out)) out += '\\';
      } else {
        out += '\\';
        ++i;
      }
    } else {
      ++i;
      switch (after) {
        case 'n':
          out += '\n';
          ++i;
          break;
        case 'r':
          out += '\r';
          ++i;
          break;
        case 't':
          out += '\t';
          ++i;
          break;
        case 'b':
          out += '\b';
          ++i;
          break;
        case 'f':
          out += '\f';
          ++i;
          break;
        case 'u':
          if (!append_unicode(body, i, out)) out += '\\';
          break;
        default:
          if (after >= '0' && after <= '7') {
            append_octal(body, i, out);
          } else {
            out += after;
            ++i;
          }
      }
    }
  }
}

}  // namespace windlass::groovy
