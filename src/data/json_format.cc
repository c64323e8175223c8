// The writing half of json.h: one loop with an explicit stack of containers being written.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "data/base64.h"
#include "data/json.h"
#include "data/number_text.h"
#include "data/utf8.h"

namespace windlass::data {

namespace {

void append_unit(std::string& out, std::uint32_t unit) {
  constexpr char kHex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[unit >> shift & 15];
}

// `escape_closing_tags` is json-lib's habit of writing "<\/" so that a text may stand inside an HTML script.
void append_quoted(std::string& out, std::string_view text, bool escape_non_ascii, bool escape_closing_tags = false) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    const std::uint32_t c = point.value;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (c < 0x20 || is_surrogate(c) || (escape_non_ascii && c >= 0x7F && c < 0x10000)) {
          append_unit(out, c);
        } else if (escape_non_ascii && c >= 0x10000) {
          append_unit(out, 0xD800 + ((c - 0x10000) >> 10));
          append_unit(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
        } else if (c == '/' && escape_closing_tags && at > 0 && text[at - 1] == '<') {
          out += "\\/";
        } else if (point.valid) {
          out.append(text, at, point.size);
        } else {
          append_utf8(out, c);
        }
    }
    at += point.size;
  }
  out += '"';
}

// json-lib drops the zeros behind the point: 1.50 is written 1.5 and 1.0 as 1.
std::string trim_zeros(std::string text) {
  if (text.find('.') == std::string::npos || text.find_first_of("eE") != std::string::npos) return text;
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

class Writer {
 public:
  explicit Writer(const JsonStyle& style) : style_(style) {
    if (style_.layout == JsonLayout::json_lib && style_.indent <= 0) compact_ = true;
    if (style_.layout == JsonLayout::compact) compact_ = true;
    json_lib_ = style_.layout == JsonLayout::json_lib;
    step_ = json_lib_ ? std::min(std::max(style_.indent, 0), 64) : 4;
  }

  std::string run(const Value& root) {
    begin(root, 0);
    while (!stack_.empty()) {
      Frame& top = stack_.back();
      if (top.next == top.count) {
        finish(top);
        stack_.pop_back();
        continue;
      }
      const std::size_t index = top.next++;
      separate(top, index);
      const int depth = top.one_line ? top.indent : top.indent + 1;
      if (top.value->is_list()) {
        begin(top.value->items()[index], depth);
        continue;
      }
      const bool has_class = top.value->is_object();
      if (has_class && index == 0) {
        quote("$class");
        out_ += compact_ ? ":" : ": ";
        quote(top.value->class_name());
        continue;
      }
      const std::size_t member = has_class ? index - 1 : index;
      const auto& entry = top.value->members().at(top.order.empty() ? member : top.order[member]);
      quote(entry.key);
      out_ += compact_ ? ":" : ": ";
      begin(entry.value, depth);
    }
    return std::move(out_);
  }

 private:
  struct Frame {
    const Value* value;
    int indent;  // steps, of the line on which the container closes
    std::size_t next = 0;
    std::size_t count = 0;
    bool one_line = false;
    std::vector<std::size_t> order;
  };

  void begin(const Value& value, int indent) {
    switch (value.kind()) {
      case Kind::null:
        out_ += "null";
        return;
      case Kind::boolean:
        out_ += value.as_bool() ? "true" : "false";
        return;
      case Kind::integer:
      case Kind::long_integer:
        out_ += std::to_string(value.as_int());
        return;
      case Kind::big_integer:
        out_ += value.text();
        return;
      case Kind::decimal:
        out_ += json_lib_ ? trim_zeros(value.text()) : value.text();
        return;
      case Kind::real: {
        const double number = value.as_double();
        out_ += !std::isfinite(number) ? "null" : json_lib_ ? trim_zeros(format_double(number)) : format_double(number);
        return;
      }
      case Kind::string:
        quote(value.text());
        return;
      case Kind::bytes:
        quote(encode_base64(value.text()));
        return;
      case Kind::list:
      case Kind::map:
      case Kind::object:
        break;
    }
    Frame frame{&value, indent, 0, value.size() + (value.is_object() ? 1 : 0), false, {}};
    if (frame.count == 0 && (compact_ || json_lib_)) {
      out_ += value.is_list() ? "[]" : "{}";
      return;
    }
    if (style_.sort_keys && !value.is_list()) {
      frame.order.resize(value.size());
      std::iota(frame.order.begin(), frame.order.end(), 0);
      std::sort(frame.order.begin(), frame.order.end(), [&value](std::size_t a, std::size_t b) {
        return value.members().at(a).key < value.members().at(b).key;
      });
    }
    frame.one_line = compact_ || (json_lib_ && frame.count == 1);
    if (json_lib_ && !frame.one_line) blanks(indent);
    out_ += value.is_list() ? '[' : '{';
    stack_.push_back(std::move(frame));
  }

  void separate(const Frame& frame, std::size_t index) {
    if (index > 0) out_ += ',';
    if (!frame.one_line) {
      out_ += '\n';
      blanks(frame.indent + 1);
    }
  }

  void finish(const Frame& frame) {
    if (!frame.one_line) {
      if (frame.count == 0) {
        out_ += '\n';
        blanks(frame.indent + 1);
      }
      out_ += '\n';
      blanks(frame.indent);
    }
    out_ += frame.value->is_list() ? ']' : '}';
  }

  void blanks(int steps) { out_.append(static_cast<std::size_t>(steps) * static_cast<std::size_t>(step_), ' '); }
  void quote(std::string_view text) { append_quoted(out_, text, style_.escape_non_ascii, json_lib_); }

  const JsonStyle& style_;
  bool compact_ = false;
  bool json_lib_ = false;
  int step_ = 4;
  std::string out_;
  std::vector<Frame> stack_;
};

// Calls `visit` for every value of the tree until it answers false.
template <class F>
bool for_all(const Value& root, F visit) {
  std::vector<const Value*> work{&root};
  while (!work.empty()) {
    const Value& value = *work.back();
    work.pop_back();
    if (!visit(value)) return false;
    for (const auto& item : value.items()) work.push_back(&item);
    for (const auto& entry : value.members()) work.push_back(&entry.value);
  }
  return true;
}

}  // namespace

std::string format_json(const Value& value, const JsonStyle& style) { return Writer(style).run(value); }

std::string format_json_groovy(const Value& value) {
  return format_json(value, {.layout = JsonLayout::compact, .escape_non_ascii = true});
}

std::string format_json_canonical(const Value& value) {
  return format_json(value, {.layout = JsonLayout::compact, .sort_keys = true});
}

Result<void> check_json_writable(const Value& value) {
  double bad = 0;
  const bool fine = for_all(value, [&bad](const Value& v) {
    if (v.kind() == Kind::real && !std::isfinite(v.as_double())) bad = v.as_double();
    return bad == 0;
  });
  if (fine) return {};
  const std::string text = format_double(bad);
  return fail(ErrorKind::invalid, "Number " + text + " can't be serialized as JSON: " +
                                      (std::isnan(bad) ? "NaN" : "infinite") + " are not allowed in JSON.");
}

std::string quote_json(std::string_view text, bool escape_non_ascii) {
  std::string out;
  append_quoted(out, text, escape_non_ascii);
  return out;
}

const Value* find_json_pointer(const Value& document, std::string_view pointer) {
  const Value* at = &document;
  if (pointer.empty()) return at;
  if (pointer[0] != '/') return nullptr;
  while (at != nullptr && !pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view raw = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(raw.size());
    std::string token;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '~') {
        token += raw[i];
      } else if (i + 1 < raw.size() && (raw[i + 1] == '0' || raw[i + 1] == '1')) {
        token += raw[++i] == '0' ? '~' : '/';
      } else {
        return nullptr;
      }
    }
    if (at->is_list()) {
      if (token.empty() || token.size() > 9 || (token.size() > 1 && token[0] == '0') ||
          token.find_first_not_of("0123456789") != std::string::npos) {
        return nullptr;
      }
      const auto index = static_cast<std::size_t>(std::stoul(token));
      at = index < at->items().size() ? &at->items()[index] : nullptr;
    } else {
      at = at->find(token);
    }
  }
  return at;
}

}  // namespace windlass::data
