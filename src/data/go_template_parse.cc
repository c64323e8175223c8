// Text to the tree of a Go template. One pass over the text; inside an action one token is looked ahead.
#include <charconv>
#include <optional>

#include "data/detail/go_template_program.h"
#include "data/utf8.h"

namespace windlass::data {

using gotemplate::Expression;
using gotemplate::Node;
using gotemplate::Nodes;

namespace {

constexpr int kMaxDepth = 100;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

struct Token {
  enum class Kind : std::uint8_t { end, word, field, dot, variable, number, text, symbol };
  Kind kind = Kind::end;
  std::string text;    ///< of a word, field (without the dot), variable (with $), symbol
  Value value;         ///< of a number or text
  bool spaced = true;  ///< blanks stand before it
};

class Parser {
 public:
  Parser(std::string_view text, GoTemplate::Program& program) : text_(text), program_(program) {}

  Result<> run() {
    auto end = WL_TRY(list(program_.main, 0, /*nested=*/false));
    if (end != "EOF") return wrong("unexpected {{" + end + "}}");
    return {};
  }

 private:
  std::unexpected<Error> wrong(const std::string& what) const {
    return fail(ErrorKind::invalid, "template: " + program_.options.name + ":" + std::to_string(line_) + ": " + what);
  }

  void advance_to(std::size_t to) {
    for (; at_ < to; ++at_) line_ += text_[at_] == '\n' ? 1 : 0;
  }

  // ---- text between actions

  /// Nodes until the action that ends the list: "end", "else", "EOF".
  Result<std::string> list(Nodes& into, int depth, bool nested) {
    if (depth > kMaxDepth) return wrong("too deeply nested");
    for (;;) {
      const auto& open = program_.options.open;
      const auto found = text_.find(open, at_);
      auto plain = text_.substr(at_, found == std::string_view::npos ? found : found - at_);
      if (trim_next_) {
        while (!plain.empty() && is_space(plain.front())) plain.remove_prefix(1);
        trim_next_ = false;
      }
      bool trims = false;
      if (found != std::string_view::npos) {
        const auto behind = found + open.size();
        trims = behind + 1 < text_.size() && text_[behind] == '-' && is_space(text_[behind + 1]);
        if (trims) {
          while (!plain.empty() && is_space(plain.back())) plain.remove_suffix(1);
        }
      }
      if (!plain.empty()) {
        Node node;
        node.line = line_;
        node.text = plain;
        into.push_back(std::move(node));
      }
      if (found == std::string_view::npos) {
        advance_to(text_.size());
        if (nested) return wrong("unexpected EOF");
        return std::string("EOF");
      }
      advance_to(found + open.size() + (trims ? 1 : 0));
      skip_spaces();
      if (text_.substr(at_).starts_with("/*")) {
        WL_CHECK_OK(comment());
        continue;
      }
      auto ended = WL_TRY(action(into, depth));
      if (!ended.empty()) return ended;
    }
  }

  Result<> comment() {
    const auto end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) return wrong("unclosed comment");
    advance_to(end + 2);
    if (!at_close()) return wrong("comment ends before closing delimiter");
    take_close();
    return {};
  }

  // ---- tokens of an action

  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) advance_to(at_ + 1);
  }
  /// The closing delimiter is next, with or without its trim marker.
  [[nodiscard]] bool at_close() const {
    const auto rest = text_.substr(at_);
    if (rest.starts_with(program_.options.close)) return true;
    std::size_t n = 0;
    while (n < rest.size() && is_space(rest[n])) ++n;
    return n > 0 && n < rest.size() && rest[n] == '-' && rest.substr(n + 1).starts_with(program_.options.close);
  }
  void take_close() {
    if (!text_.substr(at_).starts_with(program_.options.close)) {
      skip_spaces();
      advance_to(at_ + 1);
      trim_next_ = true;
    }
    advance_to(at_ + program_.options.close.size());
  }

  Result<Token> scan() {
    Token token;
    const bool closing = at_close();
    if (!closing) {
      const auto before = at_;
      skip_spaces();
      token.spaced = at_ > before;
    }
    if (at_close()) return token;
    if (at_ >= text_.size()) return wrong("unclosed action");
    const char c = text_[at_];
    if (c == '"' || c == '`' || c == '\'') return quoted(std::move(token));
    if ((c >= '0' && c <= '9') ||
        ((c == '-' || c == '+') && at_ + 1 < text_.size() && text_[at_ + 1] >= '0' && text_[at_ + 1] <= '9')) {
      return number(std::move(token));
    }
    if (c == '.' || c == '$') {
      auto end = at_ + 1;
      while (end < text_.size() && is_word(text_[end])) ++end;
      token.text = c == '$' ? text_.substr(at_, end - at_) : text_.substr(at_ + 1, end - at_ - 1);
      token.kind = c == '$' ? Token::Kind::variable : token.text.empty() ? Token::Kind::dot : Token::Kind::field;
      advance_to(end);
      return token;
    }
    if (is_word(c)) {
      auto end = at_;
      while (end < text_.size() && is_word(text_[end])) ++end;
      token.kind = Token::Kind::word;
      token.text = text_.substr(at_, end - at_);
      advance_to(end);
      return token;
    }
    token.kind = Token::Kind::symbol;
    if (text_.substr(at_).starts_with(":=")) {
      token.text = ":=";
    } else if (c == '|' || c == '(' || c == ')' || c == ',' || c == '=') {
      token.text = c;
    } else {
      return wrong("unexpected \"" + std::string(1, c) + "\" in command");
    }
    advance_to(at_ + token.text.size());
    return token;
  }

  Result<Token> quoted(Token token) {
    const char quote = text_[at_];
    auto end = at_ + 1;
    while (end < text_.size() && text_[end] != quote) {
      if (quote != '`' && (text_[end] == '\n')) return wrong("unterminated quoted string");
      if (quote != '`' && text_[end] == '\\') ++end;
      ++end;
    }
    if (end >= text_.size()) return wrong("unterminated quoted string");
    const auto inner = text_.substr(at_ + 1, end - at_ - 1);
    token.kind = Token::Kind::text;
    if (quote == '`') {
      token.value = inner;
    } else {
      auto plain = unquoted(inner);
      if (!plain) return wrong("invalid syntax in the constant " + std::string(text_.substr(at_, end + 1 - at_)));
      if (quote == '\'') {
        const auto point = plain->empty() ? CodePoint{0, 0, false} : decode_utf8(*plain, 0);
        if (!point.valid || point.size != plain->size()) return wrong("malformed character constant");
        token.kind = Token::Kind::number;
        token.value = static_cast<std::int32_t>(point.value);
      } else {
        token.value = std::move(*plain);
      }
    }
    advance_to(end + 1);
    return token;
  }

  /// Go's escapes. nullopt: one that is none.
  static std::optional<std::string> unquoted(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\') {
        out += text[i];
        continue;
      }
      if (++i == text.size()) return std::nullopt;
      static constexpr std::string_view kNames = "abfnrtv\\\"'";
      static constexpr std::string_view kBytes = "\a\b\f\n\r\t\v\\\"'";
      if (const auto named = kNames.find(text[i]); named != std::string_view::npos) {
        out += kBytes[named];
        continue;
      }
      const int digits = text[i] == 'x' ? 2 : text[i] == 'u' ? 4 : text[i] == 'U' ? 8 : 0;
      if (digits == 0 || i + static_cast<std::size_t>(digits) >= text.size()) return std::nullopt;
      std::uint32_t code = 0;
      const auto* begin = text.data() + i + 1;
      const auto [end, error] = std::from_chars(begin, begin + digits, code, 16);
      if (error != std::errc() || end != begin + digits || code > 0x10FFFF) return std::nullopt;
      if (digits == 2) {
        out += static_cast<char>(code);
      } else {
        append_utf8(out, code);
      }
      i += static_cast<std::size_t>(digits);
    }
    return out;
  }

  Result<Token> number(Token token) {
    auto end = at_ + 1;
    while (end < text_.size() &&
           (is_word(text_[end]) || text_[end] == '.' ||
            ((text_[end] == '-' || text_[end] == '+') && (text_[end - 1] == 'e' || text_[end - 1] == 'E')))) {
      ++end;
    }
    auto digits = text_.substr(at_, end - at_);
    const auto shown = std::string(digits);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    std::int64_t whole = 0;
    double real = 0;
    const auto* last = digits.data() + digits.size();
    const bool hex = digits.starts_with("0x") || digits.starts_with("0X");
    const auto integer =
        hex ? std::from_chars(digits.data() + 2, last, whole, 16) : std::from_chars(digits.data(), last, whole);
    token.kind = Token::Kind::number;
    if (integer.ec == std::errc() && integer.ptr == last) {
      token.value = Value::number(whole);
    } else {
      const auto parsed = std::from_chars(digits.data(), last, real);
      if (parsed.ec != std::errc() || parsed.ptr != last) return wrong("bad number syntax: \"" + shown + "\"");
      token.value = real;
    }
    advance_to(end);
    return token;
  }

  Result<Token> next() {
    if (ahead_) {
      Token out = std::move(*ahead_);
      ahead_.reset();
      return out;
    }
    return scan();
  }
  Result<const Token*> peek() {
    if (!ahead_) ahead_ = WL_TRY(scan());
    return &*ahead_;
  }

  // ---- actions

  Result<> close(std::string_view where) {
    auto token = WL_TRY(next());
    if (token.kind != Token::Kind::end) return wrong("unexpected <" + token.text + "> in " + std::string(where));
    take_close();
    return {};
  }

  /// One action; a non-empty text ends the list it is in.
  Result<std::string> action(Nodes& into, int depth) {
    const Token* first = WL_TRY(peek());
    Node node;
    node.line = line_;
    if (first->kind == Token::Kind::word) {
      const auto word = first->text;
      if (word == "end") {
        WL_TRY(next());
        WL_CHECK_OK(close("end"));
        return word;
      }
      if (word == "else") {
        WL_TRY(next());
        return word;  // whoever began the block reads on: `else if`
      }
      if (word == "if" || word == "range" || word == "with") {
        WL_TRY(next());
        WL_CHECK_OK(block(node, word, depth));
        into.push_back(std::move(node));
        return std::string();
      }
      if (word == "break" || word == "continue") {
        WL_TRY(next());
        if (ranges_ == 0) return wrong("{{" + word + "}} outside {{range}}");
        WL_CHECK_OK(close(word));
        node.kind = word == "break" ? Node::Kind::break_ : Node::Kind::continue_;
        into.push_back(std::move(node));
        return std::string();
      }
      if (word == "define" || word == "block" || word == "template") {
        WL_TRY(next());
        WL_CHECK_OK(named(into, std::move(node), word, depth));
        return std::string();
      }
    }
    node.kind = Node::Kind::action;
    WL_CHECK_OK(pipeline_of(node, "command", depth));
    WL_CHECK_OK(close("command"));
    into.push_back(std::move(node));
    return std::string();
  }

  /// `if`, `range`, `with` behind their word, to the end of the block.
  Result<> block(Node& node, const std::string& word, int depth) {
    if (depth > kMaxDepth) return wrong("too deeply nested");
    node.kind = word == "if" ? Node::Kind::if_ : word == "range" ? Node::Kind::range : Node::Kind::with;
    WL_CHECK_OK(pipeline_of(node, word, depth));
    WL_CHECK_OK(close(word));
    ranges_ += word == "range" ? 1 : 0;
    auto ended = WL_TRY(list(node.body, depth + 1, true));
    ranges_ -= word == "range" ? 1 : 0;
    if (ended != "else") return {};
    const Token* behind = WL_TRY(peek());
    if (behind->kind == Token::Kind::word && (behind->text == "if" || behind->text == "with") && word != "range") {
      // `else if` is an `if` in the else branch that shares our end.
      const auto inner_word = behind->text;
      WL_TRY(next());
      Node inner;
      inner.line = line_;
      WL_CHECK_OK(block(inner, inner_word, depth + 1));
      node.otherwise.push_back(std::move(inner));
      return {};
    }
    WL_CHECK_OK(close("else"));
    ended = WL_TRY(list(node.otherwise, depth + 1, true));
    if (ended != "end") return wrong("expected end; found {{" + ended + "}}");
    return {};
  }

  Result<> named(Nodes& into, Node node, const std::string& word, int depth) {
    auto name = WL_TRY(next());
    if (name.kind != Token::Kind::text) return wrong("unexpected <" + name.text + "> in " + word + " clause");
    if (word == "define" && depth > 0) return wrong("unexpected {{define}}");
    if (word != "define") {
      node.kind = Node::Kind::call_template;
      node.text = name.value.text();
      if (WL_TRY(peek())->kind != Token::Kind::end) WL_CHECK_OK(pipeline_of(node, word, depth));
    }
    WL_CHECK_OK(close(word));
    if (word != "template") {
      Nodes body;
      const int ranges = std::exchange(ranges_, 0);
      auto ended = WL_TRY(list(body, depth + 1, true));
      ranges_ = ranges;
      if (ended != "end") return wrong("unexpected {{" + ended + "}} in " + word + " clause");
      program_.defined[name.value.text()] = std::move(body);
    }
    if (word != "define") into.push_back(std::move(node));
    return {};
  }

  /// `[$x [, $y] :=] command | command …`
  Result<> pipeline_of(Node& node, std::string_view where, int depth) {
    node.has_pipeline = true;
    if (WL_TRY(peek())->kind == Token::Kind::variable) {
      Token variable = WL_TRY(next());
      const Token* behind = WL_TRY(peek());
      const bool two = behind->kind == Token::Kind::symbol && behind->text == ",";
      if (behind->kind == Token::Kind::symbol && (behind->text == ":=" || behind->text == "=" || two)) {
        node.variables.push_back(variable.text);
        Token sign = WL_TRY(next());
        if (two) {
          if (node.kind != Node::Kind::range) return wrong("too many declarations in " + std::string(where));
          Token second = WL_TRY(next());
          if (second.kind != Token::Kind::variable) return wrong("range can only initialize variables");
          node.variables.push_back(second.text);
          sign = WL_TRY(next());
        }
        if (sign.text != ":=" && sign.text != "=") return wrong("expected := or = in " + std::string(where));
        node.declares = sign.text == ":=";
      } else {
        return pipeline(node.pipeline, where, depth, std::move(variable));
      }
    }
    return pipeline(node.pipeline, where, depth, std::nullopt);
  }

  Result<> pipeline(Expression& out, std::string_view where, int depth, std::optional<Token> first) {
    if (depth > kMaxDepth) return wrong("too deeply nested");
    out.kind = Expression::Kind::pipeline;
    out.line = line_;
    for (;;) {
      Expression one;
      WL_CHECK_OK(command(one, where, depth, std::move(first)));
      first.reset();
      if (!out.parts.empty() && one.kind != Expression::Kind::call) {
        return wrong("non executable command in pipeline stage " + std::to_string(out.parts.size() + 1));
      }
      out.parts.push_back(std::move(one));
      const Token* behind = WL_TRY(peek());
      if (behind->kind != Token::Kind::symbol || behind->text != "|") return {};
      WL_TRY(next());
    }
  }

  /// A function with its arguments, or one operand.
  Result<> command(Expression& out, std::string_view where, int depth, std::optional<Token> first) {
    out.line = line_;
    Token token = first ? std::move(*first) : WL_TRY(next());
    if (token.kind == Token::Kind::end || (token.kind == Token::Kind::symbol && token.text != "(")) {
      return wrong("missing value for " + std::string(where));
    }
    if (token.kind == Token::Kind::word && token.text != "true" && token.text != "false" && token.text != "nil") {
      if (!gotemplate::is_function(token.text)) return wrong("function \"" + token.text + "\" not defined");
      out.kind = Expression::Kind::call;
      out.name = token.text;
      for (;;) {
        const Token* behind = WL_TRY(peek());
        if (behind->kind == Token::Kind::end || (behind->kind == Token::Kind::symbol && behind->text != "(")) return {};
        Expression argument;
        Token following = WL_TRY(next());
        WL_CHECK_OK(operand(argument, std::move(following), depth));
        out.parts.push_back(std::move(argument));
      }
    }
    WL_CHECK_OK(operand(out, std::move(token), depth));
    const Token* behind = WL_TRY(peek());
    if (behind->kind != Token::Kind::end && behind->kind != Token::Kind::symbol) {
      return wrong("can't give argument to non-function");
    }
    return {};
  }

  Result<> operand(Expression& out, Token token, int depth) {
    out.line = line_;
    switch (token.kind) {
      case Token::Kind::number:
      case Token::Kind::text:
        out.kind = Expression::Kind::constant;
        out.constant = std::move(token.value);
        return {};
      case Token::Kind::dot:
        out.kind = Expression::Kind::dot;
        return {};
      case Token::Kind::field:
        out.kind = Expression::Kind::dot;
        out.fields.push_back(std::move(token.text));
        return fields(out);
      case Token::Kind::variable:
        out.kind = Expression::Kind::variable;
        out.name = std::move(token.text);
        return fields(out);
      case Token::Kind::word:
        if (token.text == "true" || token.text == "false") {
          out.constant = token.text == "true";
        } else if (token.text != "nil") {
          if (!gotemplate::is_function(token.text)) return wrong("function \"" + token.text + "\" not defined");
          out.kind = Expression::Kind::call;
          out.name = std::move(token.text);
        }
        return {};
      case Token::Kind::symbol:
        if (token.text == "(") {
          WL_CHECK_OK(pipeline(out, "parenthesized pipeline", depth + 1, std::nullopt));
          Token end = WL_TRY(next());
          if (end.kind != Token::Kind::symbol || end.text != ")") return wrong("unclosed left paren");
          return fields(out);
        }
        break;
      case Token::Kind::end:
        break;
    }
    return wrong("unexpected <" + token.text + "> in operand");
  }

  /// `.a.b` directly behind an operand.
  Result<> fields(Expression& out) {
    for (;;) {
      const Token* behind = WL_TRY(peek());
      if (behind->kind != Token::Kind::field || behind->spaced) return {};
      out.fields.push_back(WL_TRY(next()).text);
    }
  }

  std::string_view text_;
  GoTemplate::Program& program_;
  std::size_t at_ = 0;
  int line_ = 1;
  int ranges_ = 0;
  bool trim_next_ = false;
  std::optional<Token> ahead_;
};

}  // namespace

Result<GoTemplate> GoTemplate::parse(std::string_view text, GoTemplateOptions options) {
  if (text.size() > options.max_bytes) {
    return fail(ErrorKind::exhausted,
                "template: " + options.name + ": larger than " + std::to_string(options.max_bytes) + " bytes");
  }
  auto program = std::make_shared<Program>();
  program->options = std::move(options);
  WL_CHECK_OK(Parser(text, *program).run());
  return GoTemplate(std::move(program));
}

}  // namespace windlass::data
