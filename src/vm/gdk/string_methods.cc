// java.lang.String as Java and Groovy 2.4 extend it. Regular expressions are in regex_methods.cc, conversions to
// numbers in number_methods.cc. Indexes are UTF-16 units.
#include <algorithm>
#include <optional>
#include <string>

#include "num/java_numbers.h"
#include "text/codec.h"
#include "text/utf.h"
#include "vm/gdk/tables.h"

namespace windlass::vm {
namespace {

TextView self_text(Call& call) { return call.text_of(call.self()); }

bool is_java_space(char16_t c) { return c <= 0x20; }  // String.trim
bool is_whitespace(char16_t c) {                      // Character.isWhitespace, the part scripts meet
  return c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1c && c <= 0x1f) || c == 0x2028 || c == 0x2029;
}

Status string_index_error(Call& call, std::int64_t index) {
  return call.throw_java("java.lang.StringIndexOutOfBoundsException",
                         "String index out of range: " + std::to_string(index));
}

Status length(Call& call) { return call.give(static_cast<std::int32_t>(self_text(call).size())); }
Status is_empty(Call& call) { return call.give(self_text(call).empty()); }

Status trim(Call& call) {
  auto text = self_text(call);
  std::size_t begin = 0;
  std::size_t end = text.size();
  while (begin < end && is_java_space(text[begin])) ++begin;
  while (end > begin && is_java_space(text[end - 1])) --end;
  return call.give_text(text.substring(begin, end));
}

Status is_blank(Call& call) {
  auto text = self_text(call);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_whitespace(text[i])) return call.give(false);
  }
  return call.give(true);
}

Status substring(Call& call) {
  auto text = self_text(call);
  auto size = static_cast<std::int64_t>(text.size());
  auto begin = call.long_arg(0);
  auto end = call.has(1) ? call.long_arg(1) : size;
  if (begin < 0 || end > size || begin > end) {
    return call.throw_java(
        java::string_index_out_of_bounds_exception,
        "begin " + std::to_string(begin) + ", end " + std::to_string(end) + ", length " + std::to_string(size));
  }
  return call.give_text(text.substring(static_cast<std::size_t>(begin), static_cast<std::size_t>(end)));
}

Status char_at(Call& call) {
  auto text = self_text(call);
  auto i = call.long_arg(0);
  if (i < 0 || i >= static_cast<std::int64_t>(text.size())) return string_index_error(call, i);
  return call.give(Value::character(text[static_cast<std::size_t>(i)]));
}

Status contains(Call& call) { return call.give(self_text(call).find(call.text_arg(0)) != TextView::npos); }
Status starts_with(Call& call) {
  auto text = self_text(call);
  auto prefix = call.text_arg(0);
  auto from = call.has(1) ? call.long_arg(1) : 0;
  if (from < 0 || from + prefix.size() > static_cast<std::int64_t>(text.size())) return call.give(false);
  auto at = static_cast<std::size_t>(from);
  return call.give(text.substring(at, at + prefix.size()) == prefix);
}
Status ends_with(Call& call) {
  auto text = self_text(call);
  auto suffix = call.text_arg(0);
  return call.give(suffix.size() <= text.size() && text.substring(text.size() - suffix.size(), text.size()) == suffix);
}

TextView needle_of(Call& call, TextBuilder& one) {
  auto arg = call.arg(0);
  if (arg.is_text() || arg.is(Kind::string_builder)) return call.text_of(arg);
  one.append_unit(static_cast<char16_t>(call.to_int(arg)));
  return one.view();
}
Status index_of(Call& call) {
  TextBuilder one;
  auto needle = needle_of(call, one);
  auto from = call.has(1) ? std::max<std::int64_t>(0, call.long_arg(1)) : 0;
  auto found = self_text(call).find(needle, static_cast<std::size_t>(from));
  return call.give(found == TextView::npos ? -1 : static_cast<std::int32_t>(found));
}
Status last_index_of(Call& call) {
  TextBuilder one;
  auto needle = needle_of(call, one);
  auto from = TextView::npos;
  if (call.has(1)) {
    if (call.long_arg(1) < 0) return call.give(-1);
    from = static_cast<std::size_t>(call.long_arg(1));
  }
  auto found = self_text(call).rfind(needle, from);
  return call.give(found == TextView::npos ? -1 : static_cast<std::int32_t>(found));
}

Status to_lower(Call& call) {
  auto text = self_text(call);
  if (!text.wide()) return call.give_text(TextView(std::string_view(text::latin1_to_lower(text.latin1()))));
  auto lower = text::to_lower(text.units());
  return call.give_text(TextView(std::u16string_view(lower)));
}
Status to_upper(Call& call) {
  auto text = self_text(call);
  if (!text.wide()) {
    if (auto upper = text::latin1_to_upper(text.latin1())) return call.give_text(TextView(std::string_view(*upper)));
  }
  auto upper = text::to_upper(text.utf16());
  return call.give_text(TextView(std::u16string_view(upper)));
}

Status change_first(Call& call, bool up) {
  auto text = self_text(call);
  if (text.empty()) return call.give_text(text);
  TextBuilder out;
  auto first = static_cast<char32_t>(text[0]);
  out.append_unit(static_cast<char16_t>(up ? text::char_to_upper(first) : text::char_to_lower(first)));
  out.append(text.substring(1, text.size()));
  return call.give_text(out);
}
Status capitalize(Call& call) { return change_first(call, true); }
Status uncapitalize(Call& call) { return change_first(call, false); }

Status replace(Call& call) {
  auto text = self_text(call);
  TextBuilder a;
  TextBuilder b;
  auto piece = [&](std::uint32_t i, TextBuilder& one) {
    auto arg = call.arg(i);
    if (arg.is_character()) {
      one.append_unit(static_cast<char16_t>(arg.integer));
      return one.view();
    }
    return call.text_of(arg);
  };
  auto from = piece(0, a);
  auto to = piece(1, b);
  TextBuilder out;
  if (from.empty()) {
    for (std::size_t i = 0; i <= text.size(); ++i) {
      out.append(to);
      if (i < text.size()) out.append_unit(text[i]);
    }
    return call.give_text(out);
  }
  std::size_t at = 0;
  for (auto found = text.find(from); found != TextView::npos; found = text.find(from, at)) {
    out.append(text.substring(at, found));
    out.append(to);
    at = found + from.size();
  }
  if (at == 0) return call.give_text(text);
  out.append(text.substring(at, text.size()));
  VM_DO(call.check_size(out.size() * 2));
  return call.give_text(out);
}

Status concat(Call& call) { return call.give(call.heap().concat(self_text(call), call.text_arg(0))); }

Status repeat_text(Call& call, std::int64_t count) {
  auto text = self_text(call);
  if (count < 0)
    return call.throw_java("java.lang.IllegalArgumentException",
                           "multiply() should be called with a number of 0 or greater not: " + std::to_string(count));
  VM_DO(call.check_size(static_cast<std::uint64_t>(count) * text.size() * 2));
  TextBuilder out;
  for (std::int64_t i = 0; i < count; ++i) out.append(text);
  return call.give_text(out);
}
Status multiply(Call& call) {
  if (call.arg(0).is_null()) {
    return call.throw_java(java::null_pointer_exception,
                           "Cannot invoke \"java.lang.Number.intValue()\" because \"factor\" is null");
  }
  return repeat_text(call, call.to_int(call.arg(0)));
}

Status minus(Call& call) {
  if (call.arg(0).is(Kind::pattern)) {
    const Value args[] = {call.arg(0), call.heap().make_string("")};
    Value out;
    VM_DO(call.invoke_method(call.self(), "replaceFirst", args, out));
    return call.give(out);
  }
  auto text = self_text(call);
  TextView target;
  VM_DO(call.text(call.arg(0), target));
  auto found = text.find(target);
  if (found == TextView::npos || target.empty()) return call.give_text(text);
  TextBuilder out;
  out.append(text.substring(0, found));
  out.append(text.substring(found + target.size(), text.size()));
  return call.give_text(out);
}

Status compare_to(Call& call) { return call.give(self_text(call).compare(call.text_arg(0))); }
Status compare_ignore_case(Call& call) {
  auto a = text::to_lower(text::to_upper(self_text(call).utf16()));
  auto b = text::to_lower(text::to_upper(call.text_arg(0).utf16()));
  return call.give(TextView(std::u16string_view(a)).compare(TextView(std::u16string_view(b))));
}
Status equals_ignore_case(Call& call) {
  if (call.arg(0).is_null()) return call.give(false);
  return call.give(text::equals_ignore_case(self_text(call).utf16(), call.text_arg(0).utf16()));
}

Status reverse(Call& call) {
  auto text = self_text(call).utf16();
  std::reverse(text.begin(), text.end());
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {  // a surrogate pair keeps its order
    if (text[i] >= 0xDC00 && text[i] <= 0xDFFF && text[i + 1] >= 0xD800 && text[i + 1] <= 0xDBFF)
      std::swap(text[i], text[i + 1]);
  }
  return call.give_text(TextView(std::u16string_view(text)));
}

Status pad(Call& call, int side) {
  auto text = self_text(call);
  auto width = call.to_int(call.arg(0));
  TextView fill(std::string_view(" "));
  if (call.has(1)) VM_DO(call.text(call.arg(1), fill));
  auto missing = width - static_cast<std::int64_t>(text.size());
  if (missing <= 0 || fill.empty()) return call.give_text(text);
  VM_DO(call.check_size(static_cast<std::uint64_t>(width) * 2));
  auto left = side < 0 ? missing : side > 0 ? 0 : missing / 2;
  auto right = missing - left;
  TextBuilder out;
  for (std::int64_t i = 0; i < left; ++i) out.append_unit(fill[static_cast<std::size_t>(i) % fill.size()]);
  out.append(text);
  for (std::int64_t i = 0; i < right; ++i) out.append_unit(fill[static_cast<std::size_t>(i) % fill.size()]);
  return call.give_text(out);
}
Status pad_left(Call& call) { return pad(call, -1); }
Status pad_right(Call& call) { return pad(call, 1); }
Status center(Call& call) { return pad(call, 0); }

/// Lines end at \n, \r\n or \r; no empty last one.
std::vector<TextView> lines_of(TextView text) {
  std::vector<TextView> lines;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n' && text[i] != '\r') continue;
    lines.push_back(text.substring(begin, i));
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
    begin = i + 1;
  }
  if (begin < text.size()) lines.push_back(text.substring(begin, text.size()));
  return lines;
}

Status give_texts(Call& call, const std::vector<TextView>& texts) {
  auto list = call.heap().make_list(static_cast<std::uint32_t>(texts.size()));
  for (auto text : texts) call.heap().list_add(list, call.heap().make_string(text));
  return call.give(list);
}

Status read_lines(Call& call) { return give_texts(call, lines_of(self_text(call))); }

Status lines_stream(Call& call) {
  VM_DO(read_lines(call));
  const Value list = call.self();
  const Value stream = call.heap().make_native(java::stream, 1);
  call.heap().native_slots(stream)[0] = list;
  return call.give(stream);
}

Status to_list(Call& call) {
  auto text = self_text(call);
  std::vector<TextView> units;
  for (std::size_t i = 0; i < text.size(); ++i) units.push_back(text.substring(i, i + 1));
  return give_texts(call, units);
}

Status tokenize(Call& call) {
  auto text = self_text(call);
  TextView delimiters(std::string_view(" \t\n\r\f"));
  TextBuilder one;
  if (call.has(0)) {
    if (call.arg(0).is_character()) {
      one.append_unit(static_cast<char16_t>(call.arg(0).integer));
      delimiters = one.view();
    } else {
      VM_DO(call.text(call.arg(0), delimiters));
    }
  }
  auto is_delimiter = [&](char16_t c) {
    for (std::size_t i = 0; i < delimiters.size(); ++i) {
      if (delimiters[i] == c) return true;
    }
    return false;
  };
  std::vector<TextView> parts;
  for (std::size_t i = 0; i < text.size();) {
    if (is_delimiter(text[i])) {
      ++i;
      continue;
    }
    auto begin = i;
    while (i < text.size() && !is_delimiter(text[i])) ++i;
    parts.push_back(text.substring(begin, i));
  }
  return give_texts(call, parts);
}

Status strip_indent(Call& call) {
  auto text = self_text(call);
  auto lines = lines_of(text);
  std::size_t indent = TextView::npos;
  auto leading = [](TextView line) {
    std::size_t n = 0;
    while (n < line.size() && is_whitespace(line[n])) ++n;
    return n;
  };
  if (call.has(0)) {
    indent = static_cast<std::size_t>(std::max(0, call.int_arg(0)));
  } else {
    for (auto line : lines) {
      auto n = leading(line);
      if (n < line.size()) indent = std::min(indent, n);
    }
    if (indent == TextView::npos) indent = 0;
  }
  TextBuilder out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out.append_unit('\n');
    if (lines[i].size() > indent) out.append(lines[i].substring(indent, lines[i].size()));
  }
  if (!text.empty() && (text[text.size() - 1] == '\n' || text[text.size() - 1] == '\r')) out.append_unit('\n');
  return call.give_text(out);
}

/// String.stripIndent() of Java 15 and later, which hides Groovy's: the last line counts even when it is blank, and
/// blanks at line ends go.
Status strip_indent_java(Call& call) {
  const TextView text = self_text(call);
  if (text.empty()) return call.give_text(text);
  std::vector<TextView> lines = lines_of(text);
  const char16_t end = text[text.size() - 1];
  if (end == '\n' || end == '\r') lines.push_back(TextView());
  std::size_t indent = TextView::npos;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::size_t n = 0;
    while (n < lines[i].size() && is_whitespace(lines[i][n])) ++n;
    if (n < lines[i].size() || i + 1 == lines.size()) indent = std::min(indent, n);
  }
  TextBuilder out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out.append_unit('\n');
    std::size_t last = lines[i].size();
    while (last > 0 && is_whitespace(lines[i][last - 1])) --last;
    if (last > indent) out.append(lines[i].substring(indent, last));
  }
  return call.give_text(out);
}

Status strip_margin(Call& call) {
  auto text = self_text(call);
  char16_t margin = '|';
  if (call.has(0)) {
    if (call.arg(0).is_character()) {
      margin = static_cast<char16_t>(call.arg(0).integer);
    } else {
      TextView given;
      VM_DO(call.text(call.arg(0), given));
      if (!given.empty()) margin = given[0];
    }
  }
  auto lines = lines_of(text);
  TextBuilder out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out.append_unit('\n');
    auto line = lines[i];
    std::size_t n = 0;
    while (n < line.size() && line[n] <= ' ') ++n;
    out.append(n < line.size() && line[n] == margin ? line.substring(n + 1, line.size()) : line);
  }
  if (!text.empty() && (text[text.size() - 1] == '\n' || text[text.size() - 1] == '\r')) out.append_unit('\n');
  return call.give_text(out);
}

Status denormalize_lines(Call& call) {
  auto lines = lines_of(self_text(call));
  TextBuilder out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out.append_unit('\n');
    out.append(lines[i]);
  }
  return call.give_text(out);
}

Status take(Call& call) {
  auto text = self_text(call);
  auto n = std::clamp<std::int64_t>(call.int_arg(0), 0, text.size());
  return call.give_text(text.substring(0, static_cast<std::size_t>(n)));
}
Status drop(Call& call) {
  auto text = self_text(call);
  auto n = std::clamp<std::int64_t>(call.int_arg(0), 0, text.size());
  return call.give_text(text.substring(static_cast<std::size_t>(n), text.size()));
}

Status count_text(Call& call) {
  auto text = self_text(call);
  TextView needle;
  VM_DO(call.text(call.arg(0), needle));
  std::int32_t n = 0;
  if (needle.empty()) {
    n = static_cast<std::int32_t>(text.size()) + 1;
  } else {
    for (auto at = text.find(needle); at != TextView::npos; at = text.find(needle, at + 1)) ++n;
  }
  return call.give(n);
}

Status is_case(Call& call) {
  if (call.arg(0).is_null()) return call.give(false);
  TextView other;
  VM_DO(call.text(call.arg(0), other));
  return call.give(self_text(call) == other);
}

/// Bytes of a text in a charset by its Java name, and back; nothing for a name Java would not know.
std::optional<std::string> encode(TextView text, std::string_view charset) {
  std::string name;
  for (const char c : charset) name += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  std::string bytes;
  if (name == "UTF-8" || name == "UTF8") return text::utf16_to_utf8_strict(text.utf16());
  if (name == "ISO-8859-1" || name == "ISO8859_1" || name == "LATIN1" || name == "US-ASCII" || name == "ASCII") {
    const int limit = name.find("ASCII") == std::string::npos ? 0x100 : 0x80;
    for (std::size_t i = 0; i < text.size(); ++i) bytes += text[i] < limit ? static_cast<char>(text[i]) : '?';
    return bytes;
  }
  if (name == "UTF-16" || name == "UTF-16BE" || name == "UTF-16LE") {
    const bool little = name == "UTF-16LE";
    if (name == "UTF-16") bytes = "\xFE\xFF";
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char high = static_cast<char>(text[i] >> 8);
      const char low = static_cast<char>(text[i] & 0xff);
      bytes += little ? low : high;
      bytes += little ? high : low;
    }
    return bytes;
  }
  return std::nullopt;
}
std::optional<std::u16string> decode(std::string_view bytes, std::string_view charset) {
  std::string name;
  for (const char c : charset) name += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  if (name == "UTF-8" || name == "UTF8") return text::utf8_to_utf16(bytes);
  if (name == "ISO-8859-1" || name == "ISO8859_1" || name == "LATIN1") return text::latin1_to_utf16(bytes);
  if (name == "US-ASCII" || name == "ASCII") {
    std::u16string out;
    for (const char c : bytes) out += (c & 0x80) != 0 ? u'\uFFFD' : static_cast<char16_t>(c);
    return out;
  }
  if (name == "UTF-16" || name == "UTF-16BE" || name == "UTF-16LE") {
    bool little = name == "UTF-16LE";
    std::size_t at = 0;
    if (name == "UTF-16" && bytes.size() >= 2 && (bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE"))) {
      little = bytes[0] == '\xFF';
      at = 2;
    }
    std::u16string out;
    for (; at + 1 < bytes.size(); at += 2) {
      const auto a = static_cast<unsigned char>(bytes[at]);
      const auto b = static_cast<unsigned char>(bytes[at + 1]);
      out += static_cast<char16_t>(little ? a | b << 8 : a << 8 | b);
    }
    return out;
  }
  return std::nullopt;
}
/// A charset argument: its name, or a java.nio.charset.Charset (slot 0 its name).
Status charset_name(Call& call, Value v, std::string& out) {
  if (v.is(Kind::native_object)) v = call.heap().native_slots(v)[0];
  TextView text;
  VM_DO(call.text(v, text));
  out = text.utf8();
  return Status::ok;
}

Status get_bytes(Call& call) {
  std::string charset = "UTF-8";
  if (call.has(0)) VM_DO(charset_name(call, call.arg(0), charset));
  const auto bytes = encode(self_text(call), charset);
  if (!bytes) return call.throw_java(java::unsupported_encoding_exception, charset);
  return call.give(call.heap().make_byte_array(*bytes));
}
Status charset_of(Call& call) {
  std::string name = call.has(0) ? call.utf8_arg(0) : std::string(call.name());
  for (char& c : name) c = c == '_' ? '-' : c;
  if (name == "ISO-8859-1" || encode(TextView(), name)) {
    const Value text = call.heap().make_string(std::string_view(name));
    const Value v = call.heap().make_native(java::charset, 1);
    call.heap().native_slots(v)[0] = text;
    return call.give(v);
  }
  return call.throw_java("java.nio.charset.UnsupportedCharsetException", name);
}
Status charset_default(Call& call) {
  const Value name = call.heap().make_string("UTF-8");
  const Value v = call.heap().make_native(java::charset, 1);
  call.heap().native_slots(v)[0] = name;
  return call.give(v);
}
Status charset_text(Call& call) { return call.give(call.heap().native_slots(call.self())[0]); }

Status to_char_array(Call& call) {
  auto text = self_text(call);
  auto array = call.heap().make_array(java::p_char, text.size());
  auto items = call.heap().array_items(array);
  for (std::size_t i = 0; i < text.size(); ++i) items[i] = Value::character(text[i]);
  return call.give(array);
}

Status intern(Call& call) { return call.give(call.self()); }

Status join_static(Call& call) {
  TextView separator;
  VM_DO(call.text(call.arg(0), separator));
  std::vector<Value> items;
  if (call.count() == 2 && !call.arg(1).is_text()) {
    VM_DO(call.elements(call.arg(1), items));
  } else {
    items.assign(call.args().begin() + 1, call.args().end());
  }
  TextBuilder out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out.append(separator);
    VM_DO(call.to_text(items[i], out));
  }
  return call.give_text(out);
}

Status value_of(Call& call) {
  TextBuilder out;
  VM_DO(call.to_text(call.arg(0), out));
  return call.give_text(out);
}

Status string_new(Call& call) {
  if (call.count() == 0) return call.give_text(TextView());
  auto arg = call.arg(0);
  if (arg.is(Kind::array)) {
    auto items = call.heap().array_items(arg);
    // A part of it: from, count.
    std::size_t from = 0;
    std::size_t count = items.size();
    const bool part = call.count() >= 3;
    if (part) {
      const std::int64_t offset = call.int_arg(1);
      const std::int64_t length = call.int_arg(2);
      if (offset < 0 || length < 0 || offset + length > static_cast<std::int64_t>(items.size())) {
        return call.throw_java(java::string_index_out_of_bounds_exception,
                               "offset " + std::to_string(offset) + ", count " + std::to_string(length) + ", length " +
                                   std::to_string(items.size()));
      }
      from = static_cast<std::size_t>(offset);
      count = static_cast<std::size_t>(length);
    }
    items = items.subspan(from, count);
    if (call.heap().array(arg)->element == java::p_char) {
      TextBuilder out;
      for (const auto& item : items) out.append_unit(static_cast<char16_t>(item.integer));
      return call.give_text(out);
    }
    std::string charset = "UTF-8";
    const std::uint32_t named = part ? 3 : 1;
    if (call.has(named)) VM_DO(charset_name(call, call.arg(named), charset));
    const auto units = decode(call.heap().array_bytes(arg).substr(from, count), charset);
    if (!units) return call.throw_java(java::unsupported_encoding_exception, charset);
    return call.give_text(TextView(std::u16string_view(*units)));
  }
  TextView text;
  VM_DO(call.text(arg, text));
  return call.give_text(text);
}

constexpr NativeMethod kMethods[] = {
    {"java.lang.CharSequence", "length", "", length},
    {"java.lang.CharSequence", "size", "", length},
    {"java.lang.CharSequence", "charAt", "int", char_at},
    {"java.lang.CharSequence", "isEmpty", "", is_empty},
    {"java.lang.CharSequence", "isAllWhitespace", "", is_blank},
    {"java.lang.String", "isBlank", "", is_blank},
    {"java.lang.CharSequence", "trim", "", trim},
    {"java.lang.String", "substring", "int", substring},
    {"java.lang.String", "substring", "int,int", substring},
    {"java.lang.String", "subSequence", "int,int", substring},
    {"java.lang.CharSequence", "contains", "CharSequence", contains},
    {"java.lang.CharSequence", "startsWith", "CharSequence", starts_with},
    {"java.lang.String", "startsWith", "String,int", starts_with},
    {"java.lang.CharSequence", "endsWith", "CharSequence", ends_with},
    {"java.lang.String", "indexOf", "String", index_of},
    {"java.lang.String", "indexOf", "String,int", index_of},
    {"java.lang.String", "indexOf", "int", index_of},
    {"java.lang.String", "indexOf", "int,int", index_of},
    {"java.lang.String", "lastIndexOf", "String", last_index_of},
    {"java.lang.String", "lastIndexOf", "String,int", last_index_of},
    {"java.lang.String", "lastIndexOf", "int", last_index_of},
    {"java.lang.CharSequence", "toLowerCase", "", to_lower},
    {"java.lang.CharSequence", "toUpperCase", "", to_upper},
    {"java.lang.String", "toLowerCase", "java.util.Locale", to_lower},
    {"java.lang.String", "toUpperCase", "java.util.Locale", to_upper},
    {"java.lang.CharSequence", "capitalize", "", capitalize},
    {"java.lang.CharSequence", "uncapitalize", "", uncapitalize},
    {"java.lang.String", "replace", "CharSequence,CharSequence", replace},
    {"java.lang.String", "replace", "char,char", replace},
    {"java.lang.String", "concat", "String", concat},
    {"java.lang.CharSequence", "multiply", "Number", multiply},
    {"java.lang.CharSequence", "minus", "Object", minus},
    {"java.lang.String", "compareTo", "String", compare_to},
    {"java.lang.String", "compareToIgnoreCase", "String", compare_ignore_case},
    {"java.lang.String", "equalsIgnoreCase", "String", equals_ignore_case},
    {"java.lang.CharSequence", "reverse", "", reverse},
    {"java.lang.CharSequence", "padLeft", "Number", pad_left},
    {"java.lang.CharSequence", "padLeft", "Number,CharSequence", pad_left},
    {"java.lang.CharSequence", "padRight", "Number", pad_right},
    {"java.lang.CharSequence", "padRight", "Number,CharSequence", pad_right},
    {"java.lang.CharSequence", "center", "Number", center},
    {"java.lang.CharSequence", "center", "Number,CharSequence", center},
    {"java.lang.CharSequence", "readLines", "", read_lines},
    {"java.lang.String", "lines", "", lines_stream},
    {"java.lang.CharSequence", "toList", "", to_list},
    {"java.lang.CharSequence", "tokenize", "", tokenize},
    {"java.lang.CharSequence", "tokenize", "CharSequence", tokenize},
    {"java.lang.CharSequence", "tokenize", "Character", tokenize},
    {"java.lang.String", "stripIndent", "", strip_indent_java},
    {"java.lang.CharSequence", "stripIndent", "", strip_indent},
    {"java.lang.CharSequence", "stripIndent", "int", strip_indent},
    {"java.lang.CharSequence", "stripMargin", "", strip_margin},
    {"java.lang.CharSequence", "stripMargin", "CharSequence", strip_margin},
    {"java.lang.CharSequence", "stripMargin", "char", strip_margin},
    {"java.lang.CharSequence", "normalize", "", denormalize_lines},
    {"java.lang.CharSequence", "denormalize", "", denormalize_lines},
    {"java.lang.CharSequence", "take", "int", take},
    {"java.lang.CharSequence", "drop", "int", drop},
    {"java.lang.CharSequence", "count", "CharSequence", count_text},
    {"java.lang.CharSequence", "isCase", "Object", is_case},
    {"java.lang.String", "getBytes", "", get_bytes},
    {"java.lang.CharSequence", "getBytes", "Object", get_bytes},
    {"java.nio.charset.Charset", "forName", "String", charset_of, NativeKind::static_method},
    {"java.nio.charset.Charset", "defaultCharset", "", charset_default, NativeKind::static_method},
    {"java.nio.charset.Charset", "name", "", charset_text},
    {"java.nio.charset.Charset", "displayName", "", charset_text},
    {"java.nio.charset.Charset", "toString", "", charset_text},
    {"java.nio.charset.StandardCharsets", "UTF_8", "", charset_of, NativeKind::static_field},
    {"java.nio.charset.StandardCharsets", "ISO_8859_1", "", charset_of, NativeKind::static_field},
    {"java.nio.charset.StandardCharsets", "US_ASCII", "", charset_of, NativeKind::static_field},
    {"java.nio.charset.StandardCharsets", "UTF_16", "", charset_of, NativeKind::static_field},
    {"java.lang.String", "toCharArray", "", to_char_array},
    {"java.lang.String", "getChars", "", to_char_array},
    {"java.lang.String", "intern", "", intern},
    {"java.lang.String", "join", "Object,Object...", join_static, NativeKind::static_method},
    {"java.lang.String", "valueOf", "Object", value_of, NativeKind::static_method},
    {"java.lang.String", "copyValueOf", "Object", string_new, NativeKind::static_method},
    {"java.lang.String", "<init>", "", string_new, NativeKind::constructor},
    {"java.lang.String", "<init>", "Object", string_new, NativeKind::constructor},
    {"java.lang.String", "<init>", "byte[],Object", string_new, NativeKind::constructor},
    {"java.lang.String", "<init>", "byte[],int,int", string_new, NativeKind::constructor},
    {"java.lang.String", "<init>", "byte[],int,int,Object", string_new, NativeKind::constructor},
    {"java.lang.String", "<init>", "char[],int,int", string_new, NativeKind::constructor},
};

}  // namespace

NativeTable string_methods() { return kMethods; }

}  // namespace windlass::vm
