// Readers and writers on texts: StringReader, BufferedReader, InputStreamReader, StringWriter, PrintWriter,
// ByteArrayOutputStream, StringTokenizer, StringJoiner, Scanner. A reader is a native object of its text and a position
// (one of a stream reads that to its end at once); a writer of a StringBuilder (PrintWriter: of the writer it prints
// to), a byte array stream of one whose units are its bytes. Files and sockets have no part here.
#include <algorithm>

#include "num/java_numbers.h"
#include "text/java_format.h"
#include "text/regex.h"
#include "text/utf.h"
#include "vm/gdk/matcher.h"
#include "vm/gdk/regex_cache.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"

namespace windlass::vm {
namespace {

Value& slot(Call& call, std::size_t i) { return call.heap().native_slots(call.self())[i]; }

// ---- readers: slot 0 text, slot 1 position

Value make_reader(Call& call, ClassId id, Value text) {
  const Value v = call.heap().make_native(id, 2);
  call.heap().native_slots(v)[0] = text;
  call.heap().native_slots(v)[1] = Value::of_int(0);
  return v;
}
Status reader_new(Call& call) {
  const Value from = call.arg(0);
  if (from.is_null()) return call.throw_java(java::null_pointer_exception);
  if (call.is_instance(from, java::input_stream)) {
    std::vector<Value> args;
    if (call.has(1)) args.push_back(call.arg(1));
    Value text;
    VM_DO(call.invoke_method(from, "getText", args, text));
    return call.give(make_reader(call, call.self().class_id(), text));
  }
  if (from.is(Kind::native_object)) {
    // A reader of a reader shares its text and starts where that stands.
    const auto slots = call.heap().native_slots(from);
    if (slots.size() < 2) return call.throw_missing_method();
    const Value text = slots[0];
    const Value position = slots[1];
    const Value v = make_reader(call, call.self().class_id(), text);
    call.heap().native_slots(v)[1] = position;
    return call.give(v);
  }
  TextView text;
  VM_DO(call.text(from, text));
  return call.give(make_reader(call, call.self().class_id(), call.heap().make_string(text)));
}
TextView text_of(Call& call) { return call.heap().text(slot(call, 0)); }
std::size_t position(Call& call) { return static_cast<std::size_t>(slot(call, 1).integer); }
void move_to(Call& call, std::size_t at) { slot(call, 1) = Value::of_int(static_cast<std::int32_t>(at)); }

bool next_line(Call& call, TextView& line) {
  const TextView all = text_of(call);
  const std::size_t begin = position(call);
  if (begin >= all.size()) return false;
  std::size_t end = begin;
  while (end < all.size() && all[end] != '\n' && all[end] != '\r') ++end;
  line = all.substring(begin, end);
  if (end < all.size() && all[end] == '\r' && end + 1 < all.size() && all[end + 1] == '\n') ++end;
  move_to(call,
          std::min(all.size() + std::size_t{0}, end + 1 > all.size() ? static_cast<std::size_t>(all.size()) : end + 1));
  return true;
}
Status read_line(Call& call) {
  TextView line;
  return next_line(call, line) ? call.give_text(line) : call.give_null();
}
Status read_lines(Call& call) {
  const Value list = call.heap().make_list();
  TextView line;
  while (next_line(call, line)) call.heap().list_add(list, call.heap().make_string(line));
  return call.give(list);
}
Status read_all(Call& call) {
  const TextView all = text_of(call);
  const std::size_t begin = std::min<std::size_t>(position(call), all.size());
  move_to(call, all.size());
  return call.give_text(all.substring(begin, all.size()));
}
Status read_unit(Call& call) {
  const TextView all = text_of(call);
  const std::size_t at = position(call);
  if (at >= all.size()) return call.give(-1);
  move_to(call, at + 1);
  return call.give(std::int32_t{all[at]});
}
Status is_ready(Call& call) { return call.give(position(call) < text_of(call).size()); }
Status nothing(Call& call) { return call.give_null(); }
Status itself(Call& call) { return call.give(call.self()); }

// ---- writers: slot 0 a StringBuilder; a PrintWriter on another writer shares it. Of an output stream it is a
// StringBuilder of bytes, of a writer a StringBuffer of characters.

bool holds_bytes(Call& call) { return call.class_of(slot(call, 0)) == java::string_builder; }

Status writer_new(Call& call) {
  Value builder;
  if (call.has(0) && call.arg(0).is(Kind::native_object) && !call.heap().native_slots(call.arg(0)).empty()) {
    builder = call.heap().native_slots(call.arg(0))[0];
  }
  if (!builder.is(Kind::string_builder)) {
    const bool bytes = call.self().class_id() == java::byte_array_output_stream;
    builder = call.heap().make_string_builder(bytes ? java::string_builder : java::string_buffer, TextView());
  }
  const Value v = call.heap().make_native(call.self().class_id(), 1);
  call.heap().native_slots(v)[0] = builder;
  return call.give(v);
}
Status put_bytes(Call& call, std::string_view bytes) {
  VM_DO(call.check_size(bytes.size()));
  call.heap().builder_append(slot(call, 0), TextView(bytes));
  return Status::ok;
}
Status put(Call& call, const TextBuilder& text) {
  if (holds_bytes(call)) return put_bytes(call, text.view().utf8());
  VM_DO(call.check_size(text.size() * 2));
  call.heap().builder_append(slot(call, 0), text.view());
  return Status::ok;
}
/// Text goes to a stream as UTF-8, here and wherever no charset is named.
Status print_stream_new(Call& call) {
  TextView charset;
  VM_DO(call.text(call.arg(2), charset));
  auto name = charset.utf8();
  for (auto& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (name != "UTF-8" && name != "UTF8") return call.throw_java(java::unsupported_encoding_exception, charset.utf8());
  return writer_new(call);
}
bool is_byte_array(Call& call, Value v) { return v.is(Kind::array) && call.heap().array(v)->element == java::p_byte; }
/// Of a byte array stream: the bytes themselves, from an offset on where one is given.
Status write_bytes(Call& call) {
  const Value v = call.arg(0);
  if (v.is_integral()) {
    const char byte = static_cast<char>(call.to_int(v));
    VM_DO(put_bytes(call, std::string_view(&byte, 1)));
    return call.give_null();
  }
  if (!is_byte_array(call, v)) return call.throw_missing_method();
  auto bytes = call.heap().array_bytes(v);
  if (call.has(1)) {
    const std::int64_t from = call.int_arg(1);
    const std::int64_t count = call.int_arg(2);
    if (from < 0 || count < 0 || from + count > static_cast<std::int64_t>(bytes.size()))
      return call.throw_java(java::index_out_of_bounds_exception);
    bytes = bytes.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(count));
  }
  VM_DO(put_bytes(call, bytes));
  return call.give_null();
}
Status write(Call& call) {
  TextBuilder text;
  const Value v = call.arg(0);
  if (v.is_integral()) {
    text.append_unit(static_cast<char16_t>(call.to_int(v)));
  } else if (v.is(Kind::array) && call.heap().array(v)->element == java::p_char) {
    for (const Value& c : call.heap().array_items(v)) text.append_unit(static_cast<char16_t>(c.integer));
  } else if (v.is(Kind::array) && call.heap().array(v)->element == java::p_byte) {
    text.append_utf8(text::repair_utf8(call.heap().array_bytes(v)));
  } else {
    VM_DO(call.to_text(v, text));
  }
  VM_DO(put(call, text));
  return call.give_null();
}
Status append(Call& call) {
  if (holds_bytes(call) && is_byte_array(call, call.arg(0))) {
    VM_DO(put_bytes(call, call.heap().array_bytes(call.arg(0))));
    return call.give(call.self());
  }
  TextBuilder text;
  VM_DO(call.to_text(call.arg(0), text));
  VM_DO(put(call, text));
  return call.give(call.self());
}
Status print(Call& call) {
  TextBuilder text;
  if (call.has(0)) VM_DO(call.to_text(call.arg(0), text));
  if (call.name() == "println") text.append("\n");
  VM_DO(put(call, text));
  return call.give_null();
}
Status print_format(Call& call) {
  std::vector<Value> args(call.args().begin(), call.args().end());
  Value out;
  VM_DO(call.invoke_static(java::string, "format", args, out));
  TextBuilder text;
  VM_DO(call.to_text(out, text));
  VM_DO(put(call, text));
  return call.give_null();
}
Status writer_text(Call& call) { return call.give_text(call.heap().builder_text(slot(call, 0))); }
Status writer_buffer(Call& call) { return call.give(slot(call, 0)); }
std::string bytes_of(Call& call) {
  const TextView units = call.heap().builder_text(slot(call, 0));
  std::string bytes;
  for (std::size_t i = 0; i < units.size(); ++i) bytes += static_cast<char>(units[i]);
  return bytes;
}
Status output_bytes(Call& call) { return call.give(call.heap().make_byte_array(bytes_of(call))); }
Status output_text(Call& call) {
  std::vector<Value> args{call.heap().make_byte_array(bytes_of(call))};
  if (call.has(0)) args.push_back(call.arg(0));
  Value out;
  VM_DO(call.invoke_static(java::string, "<init>", args, out));
  return call.give(out);
}
Status output_size(Call& call) {
  return call.give(static_cast<std::int32_t>(call.heap().builder_text(slot(call, 0)).size()));
}
Status output_reset(Call& call) {
  const Value builder = slot(call, 0);
  call.heap().builder_splice(builder, 0, static_cast<std::uint32_t>(call.heap().builder_text(builder).size()),
                             TextView());
  return call.give_null();
}

// ---- StringTokenizer: slot 0 list of tokens, slot 1 position

Status tokenizer_new(Call& call) {
  TextView text;
  VM_DO(call.text(call.arg(0), text));
  TextView delimiters(std::string_view(" \t\n\r\f"));
  if (call.has(1)) delimiters = call.text_arg(1);
  const bool keep = call.has(2) && call.bool_arg(2);
  const auto is_delimiter = [&](char16_t c) {
    for (std::size_t i = 0; i < delimiters.size(); ++i) {
      if (delimiters[i] == c) return true;
    }
    return false;
  };
  const Value list = call.heap().make_list();
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    if (is_delimiter(text[i])) {
      ++i;
      if (!keep) continue;
    } else {
      while (i < text.size() && !is_delimiter(text[i])) ++i;
    }
    call.heap().list_add(list, call.heap().make_string(text.substring(begin, i)));
  }
  return call.give(make_reader(call, java::string_tokenizer, list));
}
Status tokens_left(Call& call) {
  return call.give(static_cast<std::int32_t>(call.heap().items(slot(call, 0)).size() - position(call)));
}
Status has_token(Call& call) { return call.give(position(call) < call.heap().items(slot(call, 0)).size()); }
Status next_token(Call& call) {
  const auto items = call.heap().items(slot(call, 0));
  const std::size_t at = position(call);
  if (at >= items.size()) return call.throw_java(java::no_such_element_exception);
  move_to(call, at + 1);
  return call.give(items[at]);
}

// ---- StringJoiner: slots list, separator, prefix, suffix

Status joiner_new(Call& call) {
  const Value list = call.heap().make_list();
  const Value none = call.heap().make_string("");
  const Value v = call.heap().make_native(java::string_joiner, 5);
  const auto slots = call.heap().native_slots(v);
  slots[0] = list;
  slots[1] = call.arg(0);
  slots[2] = call.has(1) ? call.arg(1) : none;
  slots[3] = call.has(2) ? call.arg(2) : none;
  return call.give(v);
}
Status joiner_add(Call& call) {
  TextBuilder text;
  VM_DO(call.to_text(call.arg(0), text));
  call.heap().list_add(slot(call, 0), call.heap().make_string(text));
  return call.give(call.self());
}
Status joiner_empty(Call& call) {
  slot(call, 4) = call.arg(0);
  return call.give(call.self());
}
Status joiner_text(Call& call) {
  const auto items = call.heap().items(slot(call, 0));
  if (items.empty() && !slot(call, 4).is_null()) return call.give(slot(call, 4));
  TextBuilder out;
  out.append(call.text_of(slot(call, 2)));
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out.append(call.text_of(slot(call, 1)));
    out.append(call.text_of(items[i]));
  }
  out.append(call.text_of(slot(call, 3)));
  return call.give_text(out);
}

// ---- Scanner: slots text, position, delimiter (a Pattern or null for blanks)

Status scanner_new(Call& call) {
  TextView text;
  Value from = call.arg(0);
  if (call.is_instance(from, java::input_stream)) VM_DO(call.invoke_method(from, "getText", {}, from));
  if (from.is(Kind::native_object)) from = call.heap().native_slots(from)[0];
  VM_DO(call.text(from, text));
  const Value kept = call.heap().make_string(text);
  const Value v = call.heap().make_native(java::scanner, 3);
  call.heap().native_slots(v)[0] = kept;
  call.heap().native_slots(v)[1] = Value::of_int(0);
  return call.give(v);
}
Status scanner_delimiter(Call& call) {
  Value pattern;
  VM_DO(pattern_of(call, call.arg(0), pattern));
  slot(call, 2) = pattern;
  return call.give(call.self());
}
/// The borders of the next token; false: there is none.
Status find_token(Call& call, std::size_t& begin, std::size_t& end, bool& found) {
  const TextView all = text_of(call);
  begin = position(call);
  found = false;
  if (slot(call, 2).is_null()) {
    while (begin < all.size() && text::is_java_whitespace(all[begin])) ++begin;
    end = begin;
    while (end < all.size() && !text::is_java_whitespace(all[end])) ++end;
    found = begin < all.size();
    return Status::ok;
  }
  const auto* pattern = call.heap().pattern(slot(call, 2));
  auto& cache = call.vm().state().regexes;
  if (!cache) cache = std::make_shared<RegexCache>();
  const auto regex = cache->compile(call.heap(), pattern->source, pattern->pattern_flags);
  if (!regex) return call.throw_java("java.util.regex.PatternSyntaxException", regex.error().message);
  const std::u16string units = all.utf16();
  const text::Subject subject{std::u16string_view(units)};
  auto match = regex->match(subject, begin);
  // A delimiter right here is skipped (once it has been read up to it).
  if (match && *match && static_cast<std::size_t>((**match)[0].start) == begin &&
      (**match)[0].end > (**match)[0].start) {
    begin = static_cast<std::size_t>((**match)[0].end);
    match = regex->match(subject, begin);
  }
  if (begin >= all.size()) return Status::ok;
  end = match && *match ? static_cast<std::size_t>((**match)[0].start) : static_cast<std::size_t>(all.size());
  found = true;
  return Status::ok;
}
Status scanner_has_next(Call& call) {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool found = false;
  VM_DO(find_token(call, begin, end, found));
  if (!found) return call.give(false);
  const std::string token = text_of(call).substring(begin, end).utf8();
  const auto name = call.name();
  if (name == "hasNextInt") return call.give(static_cast<bool>(num::parse_int(token)));
  if (name == "hasNextLong") return call.give(static_cast<bool>(num::parse_long(token)));
  if (name == "hasNextDouble") return call.give(static_cast<bool>(num::parse_double(token)));
  if (name == "hasNextBoolean") {
    return call.give(text::equals_ignore_case_ascii(token, "true") || text::equals_ignore_case_ascii(token, "false"));
  }
  return call.give(true);
}
Status scanner_next(Call& call) {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool found = false;
  VM_DO(find_token(call, begin, end, found));
  if (!found) return call.throw_java(java::no_such_element_exception);
  const TextView token = text_of(call).substring(begin, end);
  const std::string text = token.utf8();
  const auto name = call.name();
  Value out;
  const auto mismatch = [&] {
    return call.throw_java("java.util.InputMismatchException", "For input string: \"" + text + "\"");
  };
  if (name == "nextInt") {
    const auto n = num::parse_int(text);
    if (!n) return mismatch();
    out = Value::of_int(*n);
  } else if (name == "nextLong") {
    const auto n = num::parse_long(text);
    if (!n) return mismatch();
    out = Value::of_long(*n);
  } else if (name == "nextDouble") {
    const auto n = num::parse_double(text);
    if (!n) return mismatch();
    out = Value::of_double(*n);
  } else if (name == "nextBoolean") {
    out = Value::boolean(text::equals_ignore_case_ascii(text, "true"));
  } else {
    out = call.heap().make_string(token);
  }
  move_to(call, end);
  return call.give(out);
}
Status scanner_next_line(Call& call) {
  TextView line;
  if (!next_line(call, line)) return call.throw_java(java::no_such_element_exception, "No line found");
  return call.give_text(line);
}

using K = NativeKind;
#define WL_READER(owner) {owner, "<init>", "Object", reader_new, K::constructor}
constexpr NativeMethod kMethods[] = {
    WL_READER("java.io.StringReader"),
    WL_READER("java.io.BufferedReader"),
    WL_READER("java.io.InputStreamReader"),
    {"java.io.InputStreamReader", "<init>", "Object,Object", reader_new, K::constructor},
    {"java.io.Reader", "readLine", "", read_line},
    {"java.io.Reader", "readLines", "", read_lines},
    {"java.io.Reader", "getText", "", read_all},
    {"java.io.Reader", "read", "", read_unit},
    {"java.io.Reader", "ready", "", is_ready},
    {"java.io.Reader", "close", "", nothing},
    {"java.io.StringWriter", "<init>", "", writer_new, K::constructor},
    {"java.io.StringWriter", "<init>", "int", writer_new, K::constructor},
    {"java.io.PrintWriter", "<init>", "Object", writer_new, K::constructor},
    {"java.io.PrintWriter", "<init>", "Object,boolean", writer_new, K::constructor},
    {"java.io.ByteArrayOutputStream", "<init>", "", writer_new, K::constructor},
    {"java.io.ByteArrayOutputStream", "<init>", "int", writer_new, K::constructor},
    {"java.io.PrintStream", "<init>", "Object", writer_new, K::constructor},
    {"java.io.PrintStream", "<init>", "Object,boolean", writer_new, K::constructor},
    {"java.io.PrintStream", "<init>", "Object,boolean,String", print_stream_new, K::constructor},
    {"java.io.Writer", "write", "Object", write},
    {"java.io.Writer", "append", "Object", append},
    {"java.io.Writer", "leftShift", "Object", append},
    {"java.io.Writer", "flush", "", nothing},
    {"java.io.Writer", "close", "", nothing},
    {"java.io.Writer", "print", "Object", print},
    {"java.io.Writer", "println", "", print},
    {"java.io.Writer", "println", "Object", print},
    {"java.io.PrintWriter", "printf", "CharSequence,Object...", print_format},
    {"java.io.PrintWriter", "format", "CharSequence,Object...", print_format},
    {"java.io.StringWriter", "toString", "", writer_text},
    {"java.io.StringWriter", "getBuffer", "", writer_buffer},
    {"java.io.ByteArrayOutputStream", "write", "Object", write_bytes},
    {"java.io.ByteArrayOutputStream", "write", "byte[],int,int", write_bytes},
    {"java.io.ByteArrayOutputStream", "writeBytes", "byte[]", write_bytes},
    {"java.io.ByteArrayOutputStream", "leftShift", "Object", append},
    {"java.io.ByteArrayOutputStream", "toString", "", output_text},
    {"java.io.ByteArrayOutputStream", "toString", "Object", output_text},
    {"java.io.ByteArrayOutputStream", "toByteArray", "", output_bytes},
    {"java.io.ByteArrayOutputStream", "size", "", output_size},
    {"java.io.ByteArrayOutputStream", "reset", "", output_reset},
    {"java.io.OutputStream", "flush", "", nothing},
    {"java.io.OutputStream", "close", "", nothing},
    {"java.util.StringTokenizer", "<init>", "Object", tokenizer_new, K::constructor},
    {"java.util.StringTokenizer", "<init>", "Object,String", tokenizer_new, K::constructor},
    {"java.util.StringTokenizer", "<init>", "Object,String,boolean", tokenizer_new, K::constructor},
    {"java.util.StringTokenizer", "countTokens", "", tokens_left},
    {"java.util.StringTokenizer", "hasMoreTokens", "", has_token},
    {"java.util.StringTokenizer", "hasMoreElements", "", has_token},
    {"java.util.StringTokenizer", "nextToken", "", next_token},
    {"java.util.StringTokenizer", "nextElement", "", next_token},
    {"java.util.StringJoiner", "<init>", "CharSequence", joiner_new, K::constructor},
    {"java.util.StringJoiner", "<init>", "CharSequence,CharSequence,CharSequence", joiner_new, K::constructor},
    {"java.util.StringJoiner", "add", "Object", joiner_add},
    {"java.util.StringJoiner", "setEmptyValue", "CharSequence", joiner_empty},
    {"java.util.StringJoiner", "toString", "", joiner_text},
    {"java.util.Scanner", "<init>", "Object", scanner_new, K::constructor},
    {"java.util.Scanner", "useDelimiter", "Object", scanner_delimiter},
    {"java.util.Scanner", "hasNext", "", scanner_has_next},
    {"java.util.Scanner", "hasNextInt", "", scanner_has_next},
    {"java.util.Scanner", "hasNextLong", "", scanner_has_next},
    {"java.util.Scanner", "hasNextDouble", "", scanner_has_next},
    {"java.util.Scanner", "hasNextBoolean", "", scanner_has_next},
    {"java.util.Scanner", "hasNextLine", "", is_ready},
    {"java.util.Scanner", "next", "", scanner_next},
    {"java.util.Scanner", "nextInt", "", scanner_next},
    {"java.util.Scanner", "nextLong", "", scanner_next},
    {"java.util.Scanner", "nextDouble", "", scanner_next},
    {"java.util.Scanner", "nextBoolean", "", scanner_next},
    {"java.util.Scanner", "nextLine", "", scanner_next_line},
    {"java.util.Scanner", "close", "", nothing},
    {"java.io.StringReader", "reset", "", nothing},
    {"java.io.BufferedReader", "lines", "", read_lines},
    {"java.io.PrintStream", "append", "Object", itself},
};
#undef WL_READER

}  // namespace

NativeTable text_io_methods() { return kMethods; }

}  // namespace windlass::vm
