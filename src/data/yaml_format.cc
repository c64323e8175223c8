// The writing half of yaml.h. Layout and quoting follow SnakeYAML 1.33's emitter as observed, so that files written by
// pipelines do not change when they move here: indent 2, lists not indented below their key, folding after column 80.
#include <algorithm>
#include <cmath>

#include "data/base64.h"
#include "data/number_text.h"
#include "data/utf8.h"
#include "data/yaml.h"
#include "data/yaml_resolve.h"

namespace windlass::data {

namespace {

constexpr int kIndent = 2;
constexpr std::size_t kLongestSimpleKey = 122;  // 127 less the "!!str" that SnakeYAML counts

bool is_break(std::uint32_t c) { return c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029; }
bool is_printable(std::uint32_t c) {
  return (c >= 0x20 && c <= 0x7E) || c == '\n' || c == '\r' || c == '\t' || c == 0x85 || (c >= 0xA0 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
}
bool is_blank(std::uint32_t c) { return c == 0 || c == ' ' || c == '\t'; }

// What a text contains decides in which styles it may be written.
struct Analysis {
  bool printable = true;
  bool multiline = false;
  bool plain = true;
  bool flow_plain = true;  // also between brackets
  bool single_quoted = true;
  bool block = true;
};

using CodePoints = std::vector<std::uint32_t>;

CodePoints code_points(std::string_view text, bool& valid) {
  CodePoints out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    valid = valid && point.valid;
    out.push_back(point.value);
    at += point.size;
  }
  return out;
}

Analysis analyze(const CodePoints& text) {
  Analysis out;
  if (text.empty()) {
    out.plain = out.flow_plain = out.block = false;
    return out;
  }
  bool indicators = false, special = false, leading = false, trailing_space = false, trailing_break = false;
  bool break_space = false, space_break = false, previous_space = false, previous_break = false;
  auto starts_with = [&text](std::uint32_t c) {
    return text.size() >= 3 && text[0] == c && text[1] == c && text[2] == c;
  };
  if (starts_with('-') || starts_with('.')) indicators = true;
  bool after_blank = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::uint32_t c = text[i];
    const bool before_blank = i + 1 >= text.size() || is_blank(text[i + 1]) || is_break(text[i + 1]);
    if (i == 0) {
      if (c < 0x80 && c != 0 &&
          std::string_view("#,[]{}&*!|>'\"%@`").find(static_cast<char>(c)) != std::string_view::npos) {
        indicators = true;
      }
      if ((c == '?' || c == ':' || c == '-') && before_blank) indicators = true;
    } else {
      if (c == ':' && before_blank) indicators = true;
      if (c == '#' && after_blank) indicators = true;
    }
    if (c < 0x80 && c != 0 && std::string_view(",?[]{}:").find(static_cast<char>(c)) != std::string_view::npos) {
      out.flow_plain = false;
    }
    if (is_break(c)) out.multiline = true;
    if (!is_printable(c)) out.printable = false;
    // U+FEFF is printable, but a reader takes it for a byte-order mark where a text begins.
    // Breaks that are no line feed would come back as line feeds, or not at all.
    if (c == 0x85 || c == 0x2028 || c == 0x2029) special = true;
    if (c == 0xFEFF || !(c == '\n' || (c >= 0x20 && is_printable(c)))) special = true;
    if (c == ' ') {
      if (i == 0) leading = true;
      if (i + 1 == text.size()) trailing_space = true;
      if (previous_break) break_space = true;
    } else if (is_break(c)) {
      if (i == 0) leading = true;
      if (i + 1 == text.size()) trailing_break = true;
      if (previous_space) space_break = true;
    }
    previous_space = c == ' ';
    previous_break = is_break(c);
    after_blank = is_blank(c) || is_break(c);
  }
  if (leading || trailing_space || trailing_break || indicators || out.multiline) out.plain = false;
  if (trailing_space) out.block = false;
  if (break_space) out.plain = out.single_quoted = false;
  if (space_break || special) out.plain = out.single_quoted = out.block = false;
  return out;
}

class Writer {
 public:
  explicit Writer(const YamlStyle& style) : style_(style) {}

  std::string take() { return std::move(out_); }

  void document(const Value& root, bool first) {
    if (!first) {
      out_ += "---";
      column_ = 3;
      blank_ = false;
      fresh_ = false;
      if (is_open(root) && !is_shared(root)) line_break();
    }
    begin(root, -1, Place::document, false);
    while (!stack_.empty()) {
      Frame& top = stack_.back();
      if (top.next == top.count) {
        stack_.pop_back();
        continue;
      }
      const std::size_t index = top.next++;
      const int indent = top.indent;
      to_indent(indent);
      if (is_keyed(*top.value)) {
        const auto& pair = entries_of(*top.value)[index].items();
        begin(pair[1], indent, Place::member, !keyed(pair[0], indent));
      } else if (top.value->is_list()) {
        indicator("-", true);
        begin(top.value->items()[index], indent, Place::item, false);
      } else if (top.value->is_object() && index == 0) {
        string("$class", indent, true);
        indicator(":", false);
        string(top.value->class_name(), indent, false);
      } else {
        const auto& entry = top.value->members().at(index - (top.value->is_object() ? 1 : 0));
        const bool simple = key(entry.key, indent);
        begin(entry.value, indent, Place::member, !simple);
      }
    }
    if (column_ > 0) line_break();
  }

 private:
  enum class Place : std::uint8_t { document, item, member };
  struct Frame {
    const Value* value;
    int indent;
    std::size_t next = 0;
    std::size_t count = 0;
  };

  static bool is_shared(const Value& value) { return value.is_object() && value.class_name() == kSharedNode; }
  static bool is_keyed(const Value& value) {
    if (!value.is_object() || value.class_name() != kKeyedMap) return false;
    const Value* entries = value.find("entries");
    return entries != nullptr && entries->is_list() &&
           std::ranges::all_of(entries->items(), [](const Value& pair) { return pair.is_list() && pair.size() == 2; });
  }
  static const Value::List& entries_of(const Value& keyed) { return keyed.find("entries")->items(); }

  static bool is_open(const Value& value) {
    if (is_keyed(value)) return !entries_of(value).empty();
    if (value.is_object()) return !yaml::format_date(value);
    return (value.is_list() || value.is_map()) && value.size() > 0;
  }

  // `indent` is that of the enclosing container, -1 at the top.
  void begin(const Value& value, int indent, Place place, bool after_explicit_key) {
    if (is_shared(value)) {
      const Value* first = value.find("value");
      std::string number = std::to_string(value.get_int("id"));
      number.insert(0, number.size() < 3 ? 3 - number.size() : 0, '0');
      word((first != nullptr ? "&id" : "*id") + number);
      if (first != nullptr) begin(*first, indent, place, after_explicit_key);
      return;
    }
    if (is_open(value) && in_brackets(value)) {
      brackets(value, indent < 0 ? kIndent : indent + kIndent);
      return;
    }
    if (is_open(value)) {
      int own = indent < 0 ? 0 : indent + kIndent;
      if (value.is_list() && place == Place::member && !after_explicit_key) own = indent;
      stack_.push_back(
          {&value, own, 0, is_keyed(value) ? entries_of(value).size() : value.size() + (value.is_object() ? 1 : 0)});
      return;
    }
    switch (value.kind()) {
      case Kind::null:
        word("null");
        return;
      case Kind::boolean:
        word(value.as_bool() ? "true" : "false");
        return;
      case Kind::integer:
      case Kind::long_integer:
        word(std::to_string(value.as_int()));
        return;
      case Kind::big_integer:
      case Kind::decimal:
        word(value.text());
        return;
      case Kind::real: {
        const double number = value.as_double();
        word(std::isnan(number)   ? ".NaN"
             : std::isinf(number) ? (number < 0 ? "-.inf" : ".inf")
                                  : format_double(number));
        return;
      }
      case Kind::string:
        string(value.text(), indent, false);
        return;
      case Kind::bytes:
        binary(value.text(), indent, false);
        return;
      case Kind::list:
        word("[]");
        return;
      case Kind::map:
        word("{}");
        return;
      case Kind::object:
        word(yaml::format_date(value).value_or("{}"));
        return;
    }
  }

  bool in_brackets(const Value& value) const {
    if (value.is_object() && !is_keyed(value)) return false;
    if (flow_depth_ > 0) return true;
    if (style_.flow == YamlFlow::block) return false;
    if (style_.flow == YamlFlow::flow) return true;
    auto plain = [](const Value& item) {
      return !is_open(item) && !item.is_list() && !item.is_map() && item.kind() != Kind::bytes &&
             !(item.is_string() && item.text().find('\n') != std::string::npos);
    };
    if (value.is_list()) return std::ranges::all_of(value.items(), plain);
    if (is_keyed(value)) {
      return std::ranges::all_of(entries_of(value), [&](const Value& pair) { return plain(pair.items()[1]); });
    }
    return std::ranges::all_of(value.members(), [&](const auto& entry) { return plain(entry.value); });
  }

  // `[a, b]` and `{a: 1}`: a new line after a comma that is past the width. As deep as the value is.
  void brackets(const Value& value, int indent) {
    space();
    put(value.is_list() ? '[' : '{');
    blank_ = true;
    fresh_ = false;
    ++flow_depth_;
    const std::size_t count = is_keyed(value) ? entries_of(value).size() : value.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) indicator(",", false);
      if (column_ > style_.width) to_indent(indent);
      if (is_keyed(value)) {
        const auto& pair = entries_of(value)[i].items();
        keyed(pair[0], indent);
        begin(pair[1], indent, Place::member, false);
      } else if (value.is_list()) {
        begin(value.items()[i], indent, Place::item, false);
      } else {
        const auto& entry = value.members().at(i);
        string(entry.key, indent, true);
        indicator(":", false);
        begin(entry.value, indent, Place::member, false);
      }
    }
    --flow_depth_;
    put(value.is_list() ? ']' : '}');
    blank_ = false;
  }

  // A key of any kind; lists and maps are written between brackets.
  bool keyed(const Value& value, int indent) {
    if (value.is_string()) return key(value.text(), indent);
    if (is_open(value)) {
      if (flow_depth_ == 0) indicator("?", true);
      brackets(value, indent);
      if (flow_depth_ == 0) to_indent(indent);
      indicator(":", flow_depth_ == 0);
      return flow_depth_ > 0;
    }
    begin(value, indent, Place::member, false);
    indicator(":", false);
    return true;
  }

  // True when the key stands on one line before its colon; else it was written with the "? key" form.
  bool key(std::string_view text, int indent) {
    bool valid = true;
    const CodePoints points = code_points(text, valid);
    const Analysis analysis = analyze(points);
    const bool simple = !points.empty() && !analysis.multiline && utf16_size(points) <= kLongestSimpleKey;
    if (simple) {
      string(text, indent, true);
      indicator(":", false);
      return true;
    }
    indicator("?", true);
    string(text, indent, false);
    to_indent(indent);
    indicator(":", true);
    return false;
  }

  void string(std::string_view text, int indent, bool is_key) {
    bool valid = true;
    const CodePoints points = code_points(text, valid);
    const Analysis analysis = analyze(points);
    const int inner = indent < 0 ? kIndent : indent + kIndent;
    if (!valid || !analysis.printable) {
      binary(text, indent, is_key);
    } else if (analysis.multiline && analysis.block && !is_key && flow_depth_ == 0) {
      literal(points, inner);
    } else if (analysis.plain && (flow_depth_ == 0 || analysis.flow_plain) &&
               yaml::resolve_plain(style_.dialect, text) == yaml::Type::text) {
      folded(points, inner, is_key, false);
    } else if (analysis.single_quoted && !analysis.multiline) {
      folded(points, inner, is_key, true);
    } else {
      double_quoted(points, inner, is_key);
    }
  }

  void binary(std::string_view bytes, int indent, bool is_key) {
    const std::string text = encode_base64(bytes);
    word("!!binary");
    if (is_key || text.empty()) {
      word("'" + text + "'");
    } else {
      literal(CodePoints(text.begin(), text.end()), indent < 0 ? kIndent : indent + kIndent);
    }
  }

  // Plain and single-quoted texts without line breaks: folded at single blanks once the column is past the width.
  void folded(const CodePoints& text, int indent, bool is_key, bool quoted) {
    space();
    if (quoted) put('\'');
    std::size_t i = 0;
    while (i < text.size()) {
      std::size_t end = i;
      if (text[i] != ' ') {
        for (; end < text.size() && text[end] != ' '; ++end) {
          put(text[end]);
          if (quoted && text[end] == '\'') put('\'');
        }
      } else {
        while (end < text.size() && text[end] == ' ') ++end;
        const bool inside = i > 0 && end < text.size();
        if (end == i + 1 && column_ > style_.width && !is_key && inside) {
          to_indent(indent);
        } else {
          for (std::size_t k = i; k < end; ++k) put(' ');
        }
      }
      i = end;
    }
    if (quoted) put('\'');
    blank_ = fresh_ = false;
  }

  void double_quoted(const CodePoints& text, int indent, bool is_key) {
    space();
    put('"');
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::uint32_t c = text[i];
      const bool inside = i > 0 && i + 1 < text.size() && !is_key;
      if (c == ' ' && inside && column_ > style_.width) break_quoted(indent, true);
      switch (c) {
        case '"':
          puts("\\\"");
          break;
        case '\\':
          puts("\\\\");
          break;
        case '\n':
          puts("\\n");
          break;
        case '\r':
          puts("\\r");
          break;
        case '\t':
          puts("\\t");
          break;
        case 0x85:
          puts("\\N");
          break;
        case 0xA0:
          puts("\\_");
          break;
        case 0x2028:
          puts("\\L");
          break;
        case 0x2029:
          puts("\\P");
          break;
        case 0xFEFF:
          puts("\\uFEFF");
          break;
        default:
          put(c);
          if (c < 0x80) continue;
      }
      // SnakeYAML looks one place further after an escape: it breaks here only once two past the width, or when a
      // plain character follows.
      const bool next_plain = i + 2 < text.size() && is_plain_quoted(text[i + 1]);
      if (inside && (column_ - 1 > style_.width || (column_ > style_.width && next_plain))) {
        break_quoted(indent, text[i + 1] == ' ');
      }
    }
    put('"');
    blank_ = fresh_ = false;
  }

  static bool is_plain_quoted(std::uint32_t c) { return c >= 0x20 && c <= 0x7E && c != '"' && c != '\\'; }

  // A line that starts with a blank must say so, or the reader would drop the blank.
  void break_quoted(int indent, bool before_blank) {
    put('\\');
    line_break();
    to_indent(indent);
    if (before_blank) put('\\');
  }

  void literal(const CodePoints& text, int indent) {
    space();
    put('|');
    if (text[0] == ' ' || is_break(text[0])) puts(std::to_string(kIndent));
    if (!is_break(text.back())) {
      put('-');
    } else if (text.size() == 1 || is_break(text[text.size() - 2])) {
      put('+');
    }
    line_break();
    bool at_start = true;
    for (std::uint32_t c : text) {
      if (c == '\n') {
        line_break();
        at_start = true;
      } else {
        if (at_start && !is_break(c)) {
          to_indent(indent);
          at_start = false;
        }
        put(c);
      }
    }
    if (!at_start) line_break();
  }

  void word(std::string_view text) {
    space();
    puts(text);
    blank_ = fresh_ = false;
  }
  void indicator(std::string_view text, bool keeps_indent) {
    if (keeps_indent) space();
    puts(text);
    blank_ = false;
    fresh_ = fresh_ && keeps_indent;
  }
  // One blank between what is written and what follows, unless there is one.
  void space() {
    if (!blank_) put(' ');
    blank_ = true;
  }
  void to_indent(int indent) {
    if (!fresh_ || column_ > indent || (column_ == indent && !blank_)) line_break();
    while (column_ < indent) put(' ');
    blank_ = true;
  }
  void line_break() {
    out_ += '\n';
    column_ = 0;
    blank_ = fresh_ = true;
  }
  void put(std::uint32_t c) {
    append_utf8(out_, c);
    column_ += c >= 0x10000 ? 2 : 1;
  }
  void puts(std::string_view text) {
    for (char c : text) put(static_cast<unsigned char>(c));
  }
  static std::size_t utf16_size(const CodePoints& text) {
    std::size_t size = text.size();
    for (std::uint32_t c : text) size += c >= 0x10000 ? 1 : 0;
    return size;
  }

  const YamlStyle& style_;
  std::string out_;
  std::vector<Frame> stack_;
  int column_ = 0;
  int flow_depth_ = 0;
  bool blank_ = true;  // the last character is a blank or a line starts
  bool fresh_ = true;  // only indentation and indicators stand on the line
};

}  // namespace

std::string format_yaml_documents(const std::vector<Value>& documents, const YamlStyle& style) {
  Writer writer(style);
  for (std::size_t i = 0; i < documents.size(); ++i) writer.document(documents[i], i == 0);
  return writer.take();
}

std::string format_yaml(const Value& value, const YamlStyle& style) {
  Writer writer(style);
  writer.document(value, true);
  return writer.take();
}

}  // namespace windlass::data
