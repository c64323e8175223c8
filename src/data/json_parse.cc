// The reading half of json.h: one loop over tokens with an explicit stack of open containers.
#include <optional>

#include "data/json.h"
#include "data/number_text.h"
#include "data/utf8.h"

namespace windlass::data {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_bare(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Parser {
 public:
  Parser(std::string_view text, const JsonParseOptions& options, bool keep_numbers)
      : text_(text), options_(options), keep_numbers_(keep_numbers) {}

  Result<Value> run() {
    if (text_.size() > options_.max_bytes) {
      return fail(ErrorKind::exhausted,
                  {"JSON text has {} bytes, more than the limit of {}", "JSON 文本有 {} 字节，超过上限 {}"},
                  {text_.size(), options_.max_bytes});
    }
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    Value root = WL_TRY(document());
    WL_CHECK_OK(skip_blanks());
    if (at_ < text_.size() && !is_relaxed()) return wrong({"expected the end of the text", "此处应为文本的末尾"});
    return root;
  }

 private:
  struct Open {
    Value value;
    std::string key;  // of the member being read, for maps
  };

  // Each turn reads one value or closes one container; `stack_` holds the containers that are open.
  Result<Value> document() {
    for (;;) {
      WL_CHECK_OK(skip_blanks());
      if (++elements_ > options_.max_elements) {
        return fail(ErrorKind::exhausted, {"JSON text has more than {} values", "JSON 文本中的值超过 {} 个"},
                    {options_.max_elements});
      }
      Value value;
      const char c = peek();
      if (c == '[' || c == '{') {
        if (stack_.size() >= options_.max_depth) {
          return fail(ErrorKind::exhausted, {"{}nested deeper than {}", "{}嵌套超过 {} 层"},
                      {position(), options_.max_depth});
        }
        ++at_;
        WL_CHECK_OK(skip_blanks());
        if (peek() != (c == '[' ? ']' : '}')) {
          stack_.push_back({c == '[' ? Value::list() : Value::map(), {}});
          if (c == '{') WL_CHECK_OK(read_key());
          continue;
        }
        ++at_;
        value = c == '[' ? Value::list() : Value::map();
      } else {
        value = WL_TRY(scalar());
      }
      // The value is complete: hand it to its container, which may complete that one too.
      for (;;) {
        if (stack_.empty()) return value;
        Open& top = stack_.back();
        const bool is_list = top.value.is_list();
        if (is_list) {
          top.value.push(std::move(value));
        } else {
          top.value.set(std::move(top.key), std::move(value));
          top.key.clear();
        }
        WL_CHECK_OK(skip_blanks());
        const char close = is_list ? ']' : '}';
        if (peek() == ',') {
          ++at_;
          WL_CHECK_OK(skip_blanks());
          if (!(may_end_with_comma(is_list) && peek() == close)) {
            if (!is_list) WL_CHECK_OK(read_key());
            break;
          }
        }
        if (peek() != close) {
          return wrong(is_list ? Sentence{"expected ',' or ']' after an item", "一项之后应为 “,” 或 “]”"}
                               : Sentence{"expected ',' or '}' after a member", "成员之后应为 “,” 或 “}”"});
        }
        ++at_;
        value = std::move(top.value);
        stack_.pop_back();
      }
    }
  }

  Result<void> read_key() {
    Open& top = stack_.back();
    const char c = peek();
    if (c == '"' || (is_free() && c == '\'')) {
      top.key = WL_TRY(string(c));
    } else if (options_.dialect == JsonDialect::lax && at_ < text_.size() && c != '}' && c != ':') {
      const std::size_t start = at_;
      while (at_ < text_.size() && text_[at_] != ':' && text_[at_] != '}') ++at_;
      top.key = trimmed(text_.substr(start, at_ - start));
    } else if (options_.lenient && at_ < text_.size() && is_bare(c)) {
      const std::size_t start = at_;
      while (at_ < text_.size() && is_bare(text_[at_])) ++at_;
      top.key = text_.substr(start, at_ - start);
    } else {
      return wrong({"expected a member name in double quotes", "应为双引号中的成员名"});
    }
    if (!options_.allow_duplicate_keys && top.value.members().contains(top.key)) {
      return fail(ErrorKind::invalid, {"{}member \"{}\" is given twice", "{}成员 \"{}\" 出现两次"},
                  {position(), top.key});
    }
    WL_CHECK_OK(skip_blanks());
    if (peek() != ':') return wrong({"expected ':' after a member name", "成员名之后应为 “:”"});
    ++at_;
    return {};
  }

  Result<Value> scalar() {
    if (at_ >= text_.size()) return wrong({"expected a value", "应为一个值"});
    const char c = text_[at_];
    if (c == '"' || (is_free() && c == '\'')) return Value(WL_TRY(string(c)));
    if (c == '-' || is_digit(c)) {
      if (options_.dialect != JsonDialect::lax) return number();
      const std::size_t start = at_;
      auto value = number();
      if (value && ends_value()) return value;
      at_ = start;
      return bare_text();
    }
    for (const auto& [word, value] :
         {std::pair<std::string_view, Value>{"true", true}, {"false", false}, {"null", {}}}) {
      if (text_.substr(at_).starts_with(word) &&
          (at_ + word.size() == text_.size() || !is_bare(text_[at_ + word.size()]))) {
        at_ += word.size();
        return value;
      }
    }
    if (options_.dialect == JsonDialect::lax && c != ',' && c != '}' && c != ']' && c != ':' && c != '[' && c != '{') {
      return bare_text();
    }
    return wrong({"expected a value", "应为一个值"});
  }

  /// Whether what was read is not the begin of a longer bare text.
  bool ends_value() {
    const std::size_t end = at_;
    const bool ends = skip_blanks().has_value() &&
                      (at_ >= text_.size() || peek() == ',' || peek() == '}' || peek() == ']' || stack_.empty());
    at_ = end;
    return ends;
  }
  /// What stands there unquoted, without the blanks around it.
  Value bare_text() {
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}' && text_[at_] != ']') ++at_;
    return Value(std::string(trimmed(text_.substr(start, at_ - start))));
  }
  static std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlanks);
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
  }

  [[nodiscard]] bool is_relaxed() const { return options_.lenient || options_.dialect != JsonDialect::standard; }
  [[nodiscard]] bool is_free() const { return options_.lenient || options_.dialect == JsonDialect::lax; }
  [[nodiscard]] bool may_end_with_comma(bool list) const {
    return list ? is_free() || options_.dialect == JsonDialect::classic : is_relaxed();
  }

  Result<Value> number() {
    const std::size_t start = at_;
    bool fraction = false;
    if (peek() == '-') ++at_;
    const std::size_t digits = at_;
    while (is_digit(peek())) ++at_;
    if (at_ == digits) return wrong({"expected a digit after '-'", "“-”之后应为数字"});
    if (text_[digits] == '0' && at_ - digits > 1 && !is_relaxed()) {
      at_ = digits;
      return fail(
          ErrorKind::invalid,
          {"{}a number may not start with 0; write it without, or in quotes", "{}数字不能以 0 开头；请去掉 0 或加引号"},
          {position()});
    }
    if (peek() == '.') {
      fraction = true;
      ++at_;
      if (!is_digit(peek()) && !is_relaxed()) return wrong({"expected a digit after '.'", "“.”之后应为数字"});
      while (is_digit(peek())) ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      fraction = true;
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!is_digit(peek())) return wrong({"expected a digit in the exponent", "指数应含数字"});
      while (is_digit(peek())) ++at_;
    }
    const std::string_view literal = text_.substr(start, at_ - start);
    if (literal.size() > options_.max_number_chars) {
      return fail(ErrorKind::exhausted, {"{}a number has more than {} characters", "{}数字超过 {} 个字符"},
                  {position(), options_.max_number_chars});
    }
    if (keep_numbers_)
      return fraction ? Value::decimal(std::string(literal)) : Value::big_integer(std::string(literal));
    if (!fraction) return make_integer(literal);
    auto text = format_decimal(literal);
    if (!text)
      return fail(ErrorKind::invalid, {"{}the exponent of a number is out of range", "{}数字的指数超出范围"},
                  {position()});
    return Value::decimal(std::move(*text));
  }

  Result<std::string> string(char quote) {
    ++at_;
    std::string out;
    for (;;) {
      std::size_t run = at_;
      while (run < text_.size() && text_[run] != quote && text_[run] != '\\' &&
             static_cast<unsigned char>(text_[run]) >= 0x20 && static_cast<unsigned char>(text_[run]) < 0x80) {
        ++run;
      }
      out.append(text_, at_, run - at_);
      at_ = run;
      if (at_ >= text_.size()) return wrong({"expected the closing quote of a text", "缺少文本的结束引号"});
      const char c = text_[at_];
      if (c == quote) {
        ++at_;
        return out;
      }
      if (c == '\\') {
        WL_CHECK_OK(escape(out));
      } else if (static_cast<unsigned char>(c) < 0x20) {
        if (!is_relaxed()) return wrong({"a control character in a text must be escaped", "文本中的控制字符须转义"});
        out += c;
        ++at_;
      } else {
        const CodePoint point = decode_utf8(text_, at_);
        if ((!point.valid || is_surrogate(point.value)) && !options_.lenient) {
          return fail(ErrorKind::invalid, {"{}a text is not valid UTF-8", "{}文本不是有效的 UTF-8"}, {position()});
        }
        append_utf8(out, is_surrogate(point.value) ? 0xFFFD : point.value);
        at_ += point.size;
      }
    }
  }

  Result<void> escape(std::string& out) {
    const std::size_t start = at_++;
    const char c = peek();
    ++at_;
    switch (c) {
      case '"':
      case '\\':
      case '/':
        out += c;
        return {};
      case 'b':
        out += '\b';
        return {};
      case 'f':
        out += '\f';
        return {};
      case 'n':
        out += '\n';
        return {};
      case 'r':
        out += '\r';
        return {};
      case 't':
        out += '\t';
        return {};
      case 'u':
        break;
      case '\'':
        if (is_free()) {
          out += c;
          return {};
        }
        [[fallthrough]];
      default:
        at_ = start;
        return wrong(
            {"expected one of \" \\ / b f n r t u after a backslash", "反斜杠之后应为 \" \\ / b f n r t u 之一"});
    }
    auto unit = hex4();
    if (!unit) return wrong({"expected four hexadecimal digits after \\u", "\\u 之后应为四位十六进制数字"});
    std::uint32_t point = *unit;
    if (point >= 0xD800 && point <= 0xDBFF && text_.substr(at_).starts_with("\\u")) {
      const std::size_t before = at_;
      at_ += 2;
      auto low = hex4();
      if (low && *low >= 0xDC00 && *low <= 0xDFFF) {
        point = 0x10000 + ((point - 0xD800) << 10) + (*low - 0xDC00);
      } else {
        at_ = before;
      }
    }
    if (is_surrogate(point) && !options_.allow_lone_surrogates) {
      at_ = start;
      return fail(ErrorKind::invalid, {"{}half of a surrogate pair stands alone", "{}代理对只有一半"}, {position()});
    }
    append_utf8(out, point);
    return {};
  }

  std::optional<std::uint32_t> hex4() {
    if (text_.size() - at_ < 4) return std::nullopt;
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = text_[at_ + static_cast<std::size_t>(i)];
      const int digit = is_digit(c)            ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return std::nullopt;
      value = value << 4 | static_cast<std::uint32_t>(digit);
    }
    at_ += 4;
    return value;
  }

  Result<void> skip_blanks() {
    for (;;) {
      while (at_ < text_.size() &&
             (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
        ++at_;
      }
      if (!is_free()) return {};
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with("//") || rest.starts_with('#')) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (rest.starts_with("/*")) {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return wrong({"a comment has no end", "注释没有结束"});
        at_ = end + 2;
      } else {
        return {};
      }
    }
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  [[nodiscard]] SentencePart position() const {
    std::size_t line = 1, start = 0;
    for (std::size_t i = 0; i < at_ && i < text_.size(); ++i) {
      if (text_[i] == '\n') ++line, start = i + 1;
    }
    std::size_t column = 1;
    for (std::size_t i = start; i < at_ && i < text_.size(); i += decode_utf8(text_, i).size) ++column;
    SentencePart out("JSON, line " + std::to_string(line) + ", column " + std::to_string(column) + ": ");
    out.zh = "JSON 第 " + std::to_string(line) + " 行第 " + std::to_string(column) + " 列：";
    return out;
  }

  [[nodiscard]] std::unexpected<Error> wrong(Sentence what) const {
    SentencePart found = Sentence{"the end of the text", "文本的末尾"};
    if (at_ < text_.size()) {
      const CodePoint point = decode_utf8(text_, at_);
      if (point.value < 0x20 || point.value == 0x7F || !point.valid) {
        const std::string number = std::to_string(static_cast<unsigned char>(text_[at_]));
        found.en = "byte " + number;
        found.zh = "字节 " + number;
      } else {
        found = "'" + std::string(text_.substr(at_, point.size)) + "'";
      }
    }
    return fail(ErrorKind::invalid, {"{}{}, found {}", "{}{}，实际为 {}"}, {position(), what, found});
  }

  std::string_view text_;
  const JsonParseOptions& options_;
  bool keep_numbers_;
  std::size_t at_ = 0;
  std::size_t elements_ = 0;
  std::vector<Open> stack_;
};

}  // namespace

Result<Value> parse_json(std::string_view text, const JsonParseOptions& options) {
  return Parser(text, options, false).run();
}

Result<std::string> pretty_print_json(std::string_view text) {
  JsonParseOptions options;
  options.lenient = true;
  const Value value = WL_TRY(Parser(text, options, true).run());
  return format_json(value, {.layout = JsonLayout::groovy, .escape_non_ascii = true});
}

}  // namespace windlass::data
