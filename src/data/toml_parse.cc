// The reading half of toml.h: a line at a time, tables kept with how they came to be until the end.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "data/number_text.h"
#include "data/toml.h"
#include "data/utf8.h"

namespace windlass::data {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_bare(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; }
int hex_digit(char c) {
  return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

// How a table came to be decides who may still add to it.
enum class Origin : std::uint8_t {
  implied,  // by a longer header: a later [header] may define it once
  header,   // by its own [header]
  dotted,   // by a dotted key: only dotted keys of the same table may add
  inline_,  // closed
};

struct Table;

struct Node {
  Value scalar;                               // when it is neither a table nor an array of tables
  std::unique_ptr<Table> table;               // [a] or a.b or {…}
  std::vector<std::unique_ptr<Table>> array;  // [[a]]: never empty for one

  Node();
  Node(Node&&) noexcept;
  Node& operator=(Node&&) noexcept;
  ~Node();
};

struct Member {
  std::string key;
  Node node;
};

struct Table {
  Origin origin = Origin::implied;
  std::vector<Member> members;
  std::unordered_map<std::string, std::size_t> index;

  Node* find(const std::string& key) {
    const auto found = index.find(key);
    return found == index.end() ? nullptr : &members[found->second].node;
  }
  Node& add(const std::string& key) {
    index.emplace(key, members.size());
    members.push_back({key, Node{}});
    return members.back().node;
  }
};

Node::Node() = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

// Depth is at most TomlLimits::max_depth, as headers and keys are refused beyond it.
Value to_value(Table& table) {
  Map out;
  for (auto& [key, node] : table.members) {
    if (node.table) {
      out.set(key, to_value(*node.table));
    } else if (!node.array.empty()) {
      Value list = Value::list();
      for (auto& one : node.array) list.push(to_value(*one));
      out.set(key, std::move(list));
    } else {
      out.set(key, std::move(node.scalar));
    }
  }
  return Value(std::move(out));
}

class Parser {
 public:
  Parser(std::string_view text, const TomlLimits& limits) : text_(text), limits_(limits) {}

  Result<Value> run() {
    if (text_.size() > limits_.max_bytes) {
      return fail(ErrorKind::exhausted, "TOML text has " + std::to_string(text_.size()) +
                                            " bytes, more than the limit of " + std::to_string(limits_.max_bytes));
    }
    if (const std::size_t bad = find_invalid_utf8(text_); bad != std::string_view::npos) {
      at_ = bad;
      return wrong("the text is not valid UTF-8");
    }
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    Table root;
    root.origin = Origin::header;
    Table* current = &root;
    std::uint32_t current_depth = 0;
    for (;;) {
      skip_blanks();
      if (done()) return to_value(root);
      if (peek() == '\n' || peek() == '\r' || peek() == '#') {
        WL_CHECK_OK(line_end());
        continue;
      }
      if (peek() == '[') {
        current = WL_TRY(header(root, current_depth));
      } else {
        WL_CHECK_OK(pair(*current, current_depth));
      }
      WL_CHECK_OK(line_end());
    }
  }

 private:
  using Path = std::vector<std::string>;

  Result<Table*> header(Table& root, std::uint32_t& depth) {
    ++at_;
    const bool is_array = peek() == '[';
    if (is_array) ++at_;
    skip_blanks();
    const Path path = WL_TRY(dotted_key());
    if (path.size() > limits_.max_depth) return too_deep();
    skip_blanks();
    if (!take(']') || (is_array && !take(']'))) return wrong(is_array ? "expected ']]'" : "expected ']'");
    depth = static_cast<std::uint32_t>(path.size());
    WL_CHECK_OK(count());
    Table* table = &root;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      Node* node = table->find(path[i]);
      if (node == nullptr) {
        node = &table->add(path[i]);
        node->table = std::make_unique<Table>();
      }
      if (!node->array.empty()) {
        table = node->array.back().get();
      } else if (node->table && node->table->origin != Origin::inline_) {
        table = node->table.get();
      } else {
        return wrong("'" + path[i] + "' is already a value, not a table");
      }
    }
    Node* node = table->find(path.back());
    if (is_array) {
      const bool fresh = node == nullptr;
      if (fresh) node = &table->add(path.back());
      if (!fresh && node->array.empty())
        return wrong("'" + path.back() + "' is already defined, not an array of tables");
      node->array.push_back(std::make_unique<Table>());
      node->array.back()->origin = Origin::header;
      return node->array.back().get();
    }
    if (node == nullptr) {
      node = &table->add(path.back());
      node->table = std::make_unique<Table>();
    } else if (!node->table || node->table->origin != Origin::implied) {
      return wrong("'" + path.back() + "' is defined twice");
    }
    node->table->origin = Origin::header;
    return node->table.get();
  }

  Result<void> pair(Table& where, std::uint32_t depth) {
    const Path path = WL_TRY(dotted_key());
    if (depth + path.size() > limits_.max_depth) return too_deep();
    Table* table = &where;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      Node* node = table->find(path[i]);
      if (node == nullptr) {
        node = &table->add(path[i]);
        node->table = std::make_unique<Table>();
        node->table->origin = Origin::dotted;
      }
      if (!node->table || (node->table->origin != Origin::dotted))
        return wrong("'" + path[i] + "' is defined elsewhere");
      table = node->table.get();
    }
    if (table->find(path.back()) != nullptr) return wrong("'" + path.back() + "' is given twice");
    skip_blanks();
    if (!take('=')) return wrong("expected '=' after a key");
    skip_blanks();
    Node node = WL_TRY(value(depth + static_cast<std::uint32_t>(path.size())));
    table->add(path.back()) = std::move(node);
    return {};
  }

  Result<Path> dotted_key() {
    Path path;
    for (;;) {
      skip_blanks();
      if (peek() == '"' || peek() == '\'') {
        if (text_.substr(at_).starts_with("\"\"\"") || text_.substr(at_).starts_with("'''"))
          return wrong("expected a key on one line");
        path.push_back(WL_TRY(string()));
      } else {
        const std::size_t start = at_;
        while (!done() && is_bare(text_[at_])) ++at_;
        if (at_ == start) return wrong("expected a key");
        path.emplace_back(text_.substr(start, at_ - start));
      }
      if (path.size() > limits_.max_depth) return too_deep();
      skip_blanks();
      if (!take('.')) return path;
    }
  }

  // Recursion is bounded by max_depth.
  Result<Node> value(std::uint32_t depth) {
    WL_CHECK_OK(count());
    if (depth > limits_.max_depth) return too_deep();
    Node node;
    const char c = peek();
    if (c == '"' || c == '\'') {
      node.scalar = Value(WL_TRY(string()));
    } else if (c == '[') {
      node.scalar = WL_TRY(array(depth));
    } else if (c == '{') {
      node.table = WL_TRY(inline_table(depth));
    } else {
      node.scalar = WL_TRY(word());
    }
    return node;
  }

  Result<Value> array(std::uint32_t depth) {
    ++at_;
    Value list = Value::list();
    for (;;) {
      WL_CHECK_OK(skip_lines());
      if (take(']')) return list;
      Node node = WL_TRY(value(depth + 1));
      list.push(node.table ? to_value(*node.table) : std::move(node.scalar));
      WL_CHECK_OK(skip_lines());
      if (take(',')) continue;
      if (take(']')) return list;
      return wrong("expected ',' or ']' in an array");
    }
  }

  Result<std::unique_ptr<Table>> inline_table(std::uint32_t depth) {
    ++at_;
    auto table = std::make_unique<Table>();
    skip_blanks();
    if (!take('}')) {
      for (;;) {
        skip_blanks();
        WL_CHECK_OK(pair(*table, depth + 1));
        skip_blanks();
        if (take(',')) continue;
        if (take('}')) break;
        return wrong("expected ',' or '}' in an inline table");
      }
    }
    close(*table);
    return table;
  }

  // Nothing may be added to an inline table or to what it holds.
  static void close(Table& table) {
    table.origin = Origin::inline_;
    for (auto& [key, node] : table.members) {
      if (node.table) close(*node.table);
    }
  }

  Result<Value> word() {
    const std::size_t start = at_;
    while (!done() && (is_bare(text_[at_]) || text_[at_] == '+' || text_[at_] == '.' || text_[at_] == ':')) ++at_;
    // A date and its time may be parted by one blank.
    if (at_ - start == 10 && is_date(text_.substr(start, 10)) && peek() == ' ' && at_ + 1 < text_.size() &&
        is_digit(text_[at_ + 1])) {
      ++at_;
      while (!done() && (is_bare(text_[at_]) || text_[at_] == '+' || text_[at_] == '.' || text_[at_] == ':')) ++at_;
    }
    const std::string_view text = text_.substr(start, at_ - start);
    if (text == "true") return Value(true);
    if (text == "false") return Value(false);
    if (auto number = number_of(text)) return std::move(*number);
    if (is_date_time(text)) return Value(text);
    at_ = start;
    return wrong(text.empty() ? "expected a value"
                              : "'" + std::string(text.substr(0, 40)) + "' is not a value; texts need quotes");
  }

  static bool is_date(std::string_view text) {
    constexpr std::string_view kShape = "dddd-dd-dd";
    if (text.size() != kShape.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (kShape[i] == 'd' ? !is_digit(text[i]) : text[i] != kShape[i]) return false;
    }
    const int month = (text[5] - '0') * 10 + text[6] - '0', day = (text[8] - '0') * 10 + text[9] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
  }

  static bool is_time(std::string_view text) {
    if (text.size() < 8 || text[2] != ':' || text[5] != ':') return false;
    for (std::size_t i : {0, 1, 3, 4, 6, 7}) {
      if (!is_digit(text[i])) return false;
    }
    if (text.substr(0, 2) > "23" || text[3] > '5' || text.substr(6, 2) > "60") return false;
    text.remove_prefix(8);
    if (text.empty()) return true;
    return text.size() > 1 && text[0] == '.' && std::all_of(text.begin() + 1, text.end(), is_digit);
  }

  static bool is_date_time(std::string_view text) {
    if (is_time(text)) return true;
    if (text.size() < 10 || !is_date(text.substr(0, 10))) return false;
    text.remove_prefix(10);
    if (text.empty()) return true;
    if (text[0] != 'T' && text[0] != 't' && text[0] != ' ') return false;
    text.remove_prefix(1);
    if (text.ends_with('Z') || text.ends_with('z')) return is_time(text.substr(0, text.size() - 1));
    const std::size_t sign = text.find_first_of("+-");
    if (sign == std::string_view::npos) return is_time(text);
    const std::string_view zone = text.substr(sign + 1);
    return is_time(text.substr(0, sign)) && zone.size() == 5 && is_time(std::string(zone) + ":00");
  }

  static std::optional<Value> number_of(std::string_view text) {
    std::string_view body = text;
    const bool negative = body.starts_with('-');
    const bool sign = negative || body.starts_with('+');
    if (sign) body.remove_prefix(1);
    if (body == "inf")
      return Value(negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity());
    if (body == "nan") return Value(std::numeric_limits<double>::quiet_NaN());
    if (body.empty() || !is_digit(body[0]) || body.size() > 1000) return std::nullopt;
    const int base = body.starts_with("0x") ? 16 : body.starts_with("0o") ? 8 : body.starts_with("0b") ? 2 : 10;
    std::string digits;
    const std::string_view raw = body.substr(base == 10 ? 0 : 2);
    for (std::size_t i = 0; i < raw.size(); ++i) {
      const char c = raw[i];
      if (c == '_') {
        // Underscores stand between digits only.
        if (i == 0 || i + 1 == raw.size() || hex_digit(raw[i - 1]) >= std::max(base, 10) ||
            hex_digit(raw[i + 1]) >= std::max(base, 10))
          return std::nullopt;
        continue;
      }
      digits += c;
    }
    if (base != 10) {
      std::uint64_t number = 0;
      if (sign || digits.empty() || hex_digit(digits[0]) >= base) return std::nullopt;
      auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
      if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
      return make_integer(std::to_string(number));
    }
    const std::size_t whole = std::min(digits.find_first_not_of("0123456789"), digits.size());
    if (whole > 1 && digits[0] == '0') return std::nullopt;
    if (whole == digits.size()) return make_integer((negative ? "-" : "") + digits);
    std::size_t at = whole;
    if (digits[at] == '.') {
      const std::size_t start = ++at;
      while (at < digits.size() && is_digit(digits[at])) ++at;
      if (at == start) return std::nullopt;
    }
    if (at < digits.size() && (digits[at] == 'e' || digits[at] == 'E')) {
      ++at;
      if (at < digits.size() && (digits[at] == '+' || digits[at] == '-')) ++at;
      const std::size_t start = at;
      while (at < digits.size() && is_digit(digits[at])) ++at;
      if (at == start) return std::nullopt;
    }
    if (at != digits.size()) return std::nullopt;
    double number = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc::result_out_of_range)
      number = digits.find("e-") != std::string::npos || digits.find("E-") != std::string::npos
                   ? 0
                   : std::numeric_limits<double>::infinity();
    return Value(negative ? -number : number);
  }

  Result<std::string> string() {
    const char quote = text_[at_];
    const bool literal = quote == '\'';
    const std::string fence(3, quote);
    const bool multi = text_.substr(at_).starts_with(fence);
    at_ += multi ? 3 : 1;
    if (multi) {
      if (text_.substr(at_).starts_with("\r\n")) {
        at_ += 2;
      } else if (peek() == '\n') {
        ++at_;
      }
    }
    std::string out;
    for (;;) {
      if (done()) return wrong("a text has no closing quote");
      const char c = text_[at_];
      if (c == quote) {
        if (!multi) {
          ++at_;
          return out;
        }
        std::size_t run = 0;
        while (at_ + run < text_.size() && text_[at_ + run] == quote && run < 5) ++run;
        if (run >= 3) {
          // Up to two quotes may stand right before the closing three.
          out.append(run - 3, quote);
          at_ += run;
          return out;
        }
        out.append(run, quote);
        at_ += run;
        continue;
      }
      if (c == '\\' && !literal) {
        WL_CHECK_OK(escape(out, multi));
        continue;
      }
      const bool line_break = c == '\n' || (c == '\r' && text_.substr(at_).starts_with("\r\n"));
      if (line_break && !multi) return wrong("a text ends with its line; use three quotes for several lines");
      if (!line_break && c != '\t' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7F))
        return wrong("a control character in a text must be escaped");
      out += c;
      ++at_;
    }
  }

  Result<void> escape(std::string& out, bool multi) {
    ++at_;
    const char c = peek();
    constexpr std::string_view kNames = "btnfr\"\\";
    constexpr std::string_view kValues = "\b\t\n\f\r\"\\";
    if (const std::size_t known = done() ? std::string_view::npos : kNames.find(c); known != std::string_view::npos) {
      out += kValues[known];
      ++at_;
      return {};
    }
    if (c == 'u' || c == 'U') {
      ++at_;
      std::uint32_t point = 0;
      for (int i = 0; i < (c == 'u' ? 4 : 8); ++i, ++at_) {
        if (hex_digit(peek()) > 15) return wrong("expected hexadecimal digits after \\u");
        point = point << 4 | static_cast<std::uint32_t>(hex_digit(peek()));
      }
      if (point > 0x10FFFF || is_surrogate(point)) return wrong("the escape is not a character");
      append_utf8(out, point);
      return {};
    }
    // A backslash at the end of a line swallows all blanks up to the next text.
    std::size_t end = at_;
    while (end < text_.size() && (text_[end] == ' ' || text_[end] == '\t')) ++end;
    if (multi && end < text_.size() && (text_[end] == '\n' || text_.substr(end).starts_with("\r\n"))) {
      at_ = std::min(text_.find_first_not_of(" \t\r\n", end), text_.size());
      return {};
    }
    return wrong("unknown escape after a backslash");
  }

  void skip_blanks() {
    while (!done() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  Result<void> comment() {
    for (; !done() && text_[at_] != '\n'; ++at_) {
      const char c = text_[at_];
      if (c == '\r' && text_.substr(at_).starts_with("\r\n")) break;
      if (c != '\t' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7F))
        return wrong("a control character in a comment");
    }
    return {};
  }

  Result<void> line_end() {
    skip_blanks();
    if (peek() == '#') WL_CHECK_OK(comment());
    if (done()) return {};
    if (take('\n')) return {};
    if (text_.substr(at_).starts_with("\r\n")) {
      at_ += 2;
      return {};
    }
    return wrong("expected the end of the line");
  }

  Result<void> skip_lines() {
    for (;;) {
      skip_blanks();
      if (peek() == '#') WL_CHECK_OK(comment());
      if (take('\n')) continue;
      if (text_.substr(at_).starts_with("\r\n")) {
        at_ += 2;
        continue;
      }
      return {};
    }
  }

  bool take(char c) {
    if (peek() != c || done()) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }

  Result<void> count() {
    if (++values_ <= limits_.max_values) return {};
    return fail(ErrorKind::exhausted, "TOML text has more than " + std::to_string(limits_.max_values) + " values");
  }
  [[nodiscard]] std::unexpected<Error> too_deep() const {
    return fail(ErrorKind::exhausted, {"{}nested deeper than {}", "{}嵌套超过 {} 层"}, {position(), limits_.max_depth});
  }
  [[nodiscard]] std::unexpected<Error> wrong(const std::string& what) const {
    return fail(ErrorKind::invalid, position() + what);
  }
  [[nodiscard]] std::string position() const {
    const std::string_view before = text_.substr(0, at_);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t start = before.rfind('\n');
    const std::size_t column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
    return "TOML, line " + std::to_string(line) + ", column " + std::to_string(column) + ": ";
  }

  std::string_view text_;
  const TomlLimits& limits_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
};

}  // namespace

Result<Value> parse_toml(std::string_view text, const TomlLimits& limits) { return Parser(text, limits).run(); }

}  // namespace windlass::data
