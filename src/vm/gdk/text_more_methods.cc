// Methods of java.lang.String that work on code points, regions and repeated pieces, and Groovy's smaller additions to
// texts (tr, expand, splitEachLine's helpers). The everyday ones are string_methods.cc.
#include <algorithm>

#include "num/java_numbers.h"
#include "text/utf.h"
#include "vm/gdk/tables.h"

namespace windlass::vm {
namespace {

TextView self_text(Call& call) { return call.text_of(call.self()); }

Status code_point_at(Call& call) {
  const TextView text = self_text(call);
  const auto i = call.long_arg(0);
  if (i < 0 || i >= static_cast<std::int64_t>(text.size())) {
    return call.throw_java(java::string_index_out_of_bounds_exception,
                           "index " + std::to_string(i) + ", length " + std::to_string(text.size()));
  }
  const std::u16string units = text.utf16();
  auto at = static_cast<std::size_t>(i);
  return call.give(static_cast<std::int32_t>(text::next_code_point(units, at)));
}
Status code_point_count(Call& call) {
  const TextView text = self_text(call);
  const auto from = call.long_arg(0);
  const auto to = call.long_arg(1);
  if (from < 0 || to > static_cast<std::int64_t>(text.size()) || from > to) {
    return call.throw_java(java::index_out_of_bounds_exception);
  }
  const std::u16string units = text.substring(static_cast<std::size_t>(from), static_cast<std::size_t>(to)).utf16();
  std::int32_t n = 0;
  for (std::size_t at = 0; at < units.size(); ++n) (void)text::next_code_point(units, at);
  return call.give(n);
}
/// chars(), codePoints(): an IntStream.
Status units_stream(Call& call) {
  const std::u16string units = self_text(call).utf16();
  const Value list = call.heap().make_list();
  if (call.name() == "chars") {
    for (const char16_t c : units) call.heap().list_add(list, Value::of_int(c));
  } else {
    for (std::size_t at = 0; at < units.size();) {
      call.heap().list_add(list, Value::of_int(static_cast<std::int32_t>(text::next_code_point(units, at))));
    }
  }
  const Value iterator = call.heap().make_iterator(IteratorMode::list, list);
  const Value stream = call.heap().make_native(java::int_stream, 1);
  call.heap().native_slots(stream)[0] = iterator;
  return call.give(stream);
}

Status region_matches(Call& call) {
  const bool ignore_case = call.count() == 5 && call.bool_arg(0);
  const std::uint32_t first = call.count() == 5 ? 1 : 0;
  const TextView text = self_text(call);
  const TextView other = call.text_arg(first + 1);
  const auto from = call.long_arg(first);
  const auto other_from = call.long_arg(first + 2);
  const auto length = call.long_arg(first + 3);
  if (from < 0 || other_from < 0 || from + length > static_cast<std::int64_t>(text.size()) ||
      other_from + length > static_cast<std::int64_t>(other.size())) {
    return call.give(false);
  }
  if (length <= 0) return call.give(true);
  const auto piece = [&](TextView t, std::int64_t at) {
    return t.substring(static_cast<std::size_t>(at), static_cast<std::size_t>(at + length)).utf16();
  };
  const std::u16string a = piece(text, from);
  const std::u16string b = piece(other, other_from);
  return call.give(ignore_case ? text::equals_ignore_case(a, b) : a == b);
}
Status content_equals(Call& call) { return call.give(self_text(call) == call.text_arg(0)); }

Status repeat(Call& call) {
  const auto count = call.long_arg(0);
  const TextView text = self_text(call);
  if (count < 0) {
    return call.throw_java(java::illegal_argument_exception, "count is negative: " + std::to_string(count));
  }
  VM_DO(call.check_size(static_cast<std::uint64_t>(count) * text.size() * 2));
  TextBuilder out;
  for (std::int64_t i = 0; i < count; ++i) out.append(text);
  return call.give_text(out);
}

/// strip() and its halves know Unicode's white space, trim() does not.
Status strip(Call& call) {
  const TextView text = self_text(call);
  std::size_t begin = 0;
  std::size_t end = text.size();
  if (call.name() != "stripTrailing") {
    while (begin < end && text::is_java_whitespace(text[begin])) ++begin;
  }
  if (call.name() != "stripLeading") {
    while (end > begin && text::is_java_whitespace(text[end - 1])) --end;
  }
  return call.give_text(text.substring(begin, end));
}

/// Characters a transliteration names: ranges a-z, a backslash before a hyphen.
std::u16string expand_ranges(TextView set) {
  std::u16string out;
  const std::u16string all = set.utf16();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] == u'\\' && i + 1 < all.size()) {
      out += all[++i];
    } else if (i + 2 < all.size() && all[i + 1] == u'-') {
      const char16_t from = all[i];
      const char16_t to = all[i + 2];
      if (from <= to) {
        for (int c = from; c <= to; ++c) out += static_cast<char16_t>(c);
      } else {
        for (int c = from; c >= to; --c) out += static_cast<char16_t>(c);
      }
      i += 2;
    } else {
      out += all[i];
    }
  }
  return out;
}
Status transliterate(Call& call) {
  std::u16string text = self_text(call).utf16();
  TextView from_set;
  TextView to_set;
  VM_DO(call.text(call.arg(0), from_set));
  VM_DO(call.text(call.arg(1), to_set));
  const std::u16string from = expand_ranges(from_set);
  std::u16string to = expand_ranges(to_set);
  if (to.empty()) {
    return call.throw_java(java::array_index_out_of_bounds_exception,
                           "Negative array index [-1] too large for array size 0");
  }
  to.resize(std::max(to.size(), from.size()), to.back());
  for (char16_t& c : text) {
    const auto at = from.rfind(c);
    if (at != std::u16string::npos) c = to[at];
  }
  return call.give_text(TextView(std::u16string_view(text)));
}

/// Tabs to blanks, counted from the start of each line.
Status expand_tabs(Call& call) {
  const TextView text = self_text(call);
  const auto stop = std::max<std::int64_t>(1, call.has(0) ? call.long_arg(0) : 8);
  TextBuilder out;
  std::int64_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\t') {
      VM_DO(call.check_size(out.size() + static_cast<std::uint64_t>(stop)));
      do {
        out.append_unit(' ');
        ++column;
      } while (column % stop != 0);
      continue;
    }
    column = text[i] == '\n' || text[i] == '\r' ? 0 : column + 1;
    out.append_unit(text[i]);
  }
  return call.give_text(out);
}
/// Blanks back to tabs, by whole tab stops.
Status unexpand_tabs(Call& call) {
  const std::u16string text = self_text(call).utf16();
  const auto stop = static_cast<std::size_t>(std::max<std::int64_t>(1, call.has(0) ? call.long_arg(0) : 8));
  std::u16string out;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    auto end = text.find(u'\n', begin);
    const bool last = end == std::u16string::npos;
    if (last) end = text.size();
    const std::u16string line = text.substr(begin, end - begin);
    for (std::size_t i = 0; i < line.size(); i += stop) {
      std::u16string piece = line.substr(i, stop);
      if (piece.size() == stop && piece.back() == u' ') {
        while (!piece.empty() && piece.back() == u' ') piece.pop_back();
        piece += u'\t';
      }
      out += piece;
    }
    if (last) break;
    out += u'\n';
    begin = end + 1;
  }
  return call.give_text(TextView(std::u16string_view(out)));
}

std::string trimmed_text(Call& call) {
  std::string text = self_text(call).utf8();
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.pop_back();
  const auto begin = text.find_first_not_of(" \t\r\n\f\v");
  return begin == std::string::npos ? std::string() : text.substr(begin);
}
Status is_big_integer(Call& call) { return call.give(static_cast<bool>(num::BigInteger::parse(trimmed_text(call)))); }
Status is_float(Call& call) { return call.give(static_cast<bool>(num::parse_float(trimmed_text(call)))); }

/// Lines as regular expressions split them: splitEachLine's data, one array of texts per line, is Groovy's matter.
Status starts_with_any(Call& call) {
  const TextView text = self_text(call);
  for (std::uint32_t i = 0; i < call.count(); ++i) {
    const TextView piece = call.text_arg(i);
    if (piece.size() <= text.size() && text.substring(0, piece.size()) == piece) return call.give(true);
  }
  return call.give(false);
}

Status value_count(Call& call) {
  return call.give(static_cast<std::int32_t>(call.heap().gstring_values(call.self()).size()));
}

/// StringEscapeUtils.escapeJava and escapeJavaScript: what does not print as \uXXXX.
Status escape_java(Call& call) {
  if (call.arg(0).is_null()) return call.give_null();
  static constexpr char kHex[] = "0123456789ABCDEF";
  TextBuilder out;
  const TextView text = call.text_arg(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char16_t c = text[i];
    switch (c) {
      case '\b':
        out.append("\\b");
        break;
      case '\n':
        out.append("\\n");
        break;
      case '\t':
        out.append("\\t");
        break;
      case '\f':
        out.append("\\f");
        break;
      case '\r':
        out.append("\\r");
        break;
      case '"':
      case '\\':
        out.append("\\");
        out.append_unit(c);
        break;
      case '\'':
        if (call.name() == "escapeJavaScript") out.append("\\");
        out.append_unit(c);
        break;
      default:
        if (c >= 0x20 && c < 0x7f) {
          out.append_unit(c);
        } else {
          out.append("\\u");
          for (int shift = 12; shift >= 0; shift -= 4) out.append_unit(static_cast<char16_t>(kHex[(c >> shift) & 15]));
        }
    }
  }
  return call.give_text(out);
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.lang.String", "codePointAt", "int", code_point_at},
    {"java.lang.String", "codePointCount", "int,int", code_point_count},
    {"java.lang.CharSequence", "chars", "", units_stream},
    {"java.lang.CharSequence", "codePoints", "", units_stream},
    {"java.lang.String", "regionMatches", "int,String,int,int", region_matches},
    {"java.lang.String", "regionMatches", "boolean,int,String,int,int", region_matches},
    {"java.lang.String", "contentEquals", "CharSequence", content_equals},
    {"java.lang.String", "repeat", "int", repeat},
    {"java.lang.String", "strip", "", strip},
    {"java.lang.String", "stripLeading", "", strip},
    {"java.lang.String", "stripTrailing", "", strip},
    {"java.lang.CharSequence", "tr", "CharSequence,CharSequence", transliterate},
    {"java.lang.CharSequence", "expand", "", expand_tabs},
    {"java.lang.CharSequence", "expand", "int", expand_tabs},
    {"java.lang.CharSequence", "unexpand", "", unexpand_tabs},
    {"java.lang.CharSequence", "unexpand", "int", unexpand_tabs},
    {"java.lang.CharSequence", "isBigInteger", "", is_big_integer},
    {"java.lang.CharSequence", "isFloat", "", is_float},
    {"java.lang.CharSequence", "startsWithAny", "CharSequence...", starts_with_any},
    {"groovy.lang.GString", "getValueCount", "", value_count},
    {"groovy.json.StringEscapeUtils", "escapeJava", "String", escape_java, K::static_method},
    {"groovy.json.StringEscapeUtils", "escapeJavaScript", "String", escape_java, K::static_method},
};

}  // namespace

NativeTable text_more_methods() { return kMethods; }

}  // namespace windlass::vm
