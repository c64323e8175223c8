// StringBuilder and StringBuffer (Kind::string_builder).
#include <algorithm>

#include "vm/gdk/tables.h"

namespace windlass::vm {
namespace {

TextView content(Call& call) { return call.heap().builder_text(call.self()); }
std::int64_t length_of(Call& call) { return content(call).size(); }
Status bad_index(Call& call, std::string_view what) {
  return call.throw_java(java::string_index_out_of_bounds_exception, what);
}
std::string index_and_length(Call& call, std::int64_t index) {
  return "index " + std::to_string(index) + ",length " + std::to_string(length_of(call));
}
Status splice(Call& call, std::int64_t from, std::int64_t to, TextView text) {
  VM_DO(call.check_size((text.size() + static_cast<std::uint64_t>(length_of(call))) * 2));
  call.heap().builder_splice(call.self(), static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to), text);
  return call.give(call.self());
}

Status make(Call& call) {
  TextView text;
  if (call.has(0) && !call.arg(0).is_integral()) VM_DO(call.text(call.arg(0), text));
  return call.give(call.heap().make_string_builder(call.self().class_id(), text));
}
Status append(Call& call) {
  TextBuilder text;
  const Value v = call.arg(0);
  if (v.is(Kind::array) && call.heap().array(v)->element == java::p_char) {
    for (const Value& c : call.heap().array_items(v)) text.append_unit(static_cast<char16_t>(c.integer));
  } else {
    VM_DO(call.to_text(v, text));
  }
  VM_DO(call.check_size(text.size() * 2));
  call.heap().builder_append(call.self(), text.view());
  return call.give(call.self());
}
Status append_part(Call& call) {
  TextView text;
  VM_DO(call.text(call.arg(0), text));
  const auto from = call.long_arg(1);
  const auto to = call.long_arg(2);
  if (from < 0 || from > to || to > static_cast<std::int64_t>(text.size())) {
    return call.throw_java(
        java::index_out_of_bounds_exception,
        "start " + std::to_string(from) + ", end " + std::to_string(to) + ", length " + std::to_string(text.size()));
  }
  call.heap().builder_append(call.self(), text.substring(static_cast<std::size_t>(from), static_cast<std::size_t>(to)));
  return call.give(call.self());
}
Status append_code_point(Call& call) {
  const auto c = static_cast<std::uint32_t>(call.int_arg(0));
  TextBuilder text;
  if (c > 0xFFFF) {
    text.append_unit(static_cast<char16_t>(0xD7C0 + (c >> 10)));
    text.append_unit(static_cast<char16_t>(0xDC00 + (c & 0x3FF)));
  } else {
    text.append_unit(static_cast<char16_t>(c));
  }
  call.heap().builder_append(call.self(), text.view());
  return call.give(call.self());
}
Status insert(Call& call) {
  TextBuilder text;
  VM_DO(call.to_text(call.arg(1), text));
  const auto at = call.long_arg(0);
  if (at < 0 || at > length_of(call)) {
    return bad_index(call, "offset " + std::to_string(at) + ", length " + std::to_string(length_of(call)));
  }
  return splice(call, at, at, text.view());
}
Status remove(Call& call) {
  const auto size = length_of(call);
  const auto from = call.long_arg(0);
  const auto to = std::min(call.long_arg(1), size);
  if (from < 0 || from > to) {
    return bad_index(
        call, "start " + std::to_string(from) + ", end " + std::to_string(to) + ", length " + std::to_string(size));
  }
  return splice(call, from, to, TextView());
}
Status remove_char(Call& call) {
  const auto at = call.long_arg(0);
  if (at < 0 || at >= length_of(call)) return bad_index(call, index_and_length(call, at));
  return splice(call, at, at + 1, TextView());
}
Status replace(Call& call) {
  const auto size = length_of(call);
  const auto from = call.long_arg(0);
  const auto to = std::min(call.long_arg(1), size);
  if (from < 0 || from > size || from > to) {
    return bad_index(
        call, "start " + std::to_string(from) + ", end " + std::to_string(to) + ", length " + std::to_string(size));
  }
  TextView text;
  VM_DO(call.text(call.arg(2), text));
  return splice(call, from, to, text);
}
Status set_length(Call& call) {
  const auto size = length_of(call);
  const auto length = call.long_arg(0);
  if (length < 0) return bad_index(call, "String index out of range: " + std::to_string(length));
  if (length < size) {
    VM_DO(splice(call, length, size, TextView()));
  } else {
    VM_DO(call.check_size(static_cast<std::uint64_t>(length) * 2));
    call.heap().builder_append(
        call.self(), TextView(std::u16string_view(std::u16string(static_cast<std::size_t>(length - size), u'\0'))));
  }
  return call.give_null();
}
Status set_char(Call& call) {
  const auto at = call.long_arg(0);
  if (at < 0 || at >= length_of(call)) return bad_index(call, index_and_length(call, at));
  const char16_t unit = static_cast<char16_t>(call.to_int(call.arg(1)));
  VM_DO(splice(call, at, at + 1, TextView(std::u16string_view(&unit, 1))));
  return call.give_null();
}
Status reverse(Call& call) {
  std::u16string text = content(call).utf16();
  std::reverse(text.begin(), text.end());
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if ((text[i] & 0xFC00) == 0xDC00 && (text[i + 1] & 0xFC00) == 0xD800) std::swap(text[i], text[i + 1]);
  }
  return splice(call, 0, length_of(call), TextView(std::u16string_view(text)));
}
Status index_of(Call& call) {
  const auto from = call.has(1) ? std::max<std::int64_t>(0, call.long_arg(1)) : 0;
  const auto found = content(call).find(call.text_arg(0), static_cast<std::size_t>(from));
  return call.give(found == TextView::npos ? -1 : static_cast<std::int32_t>(found));
}
Status last_index_of(Call& call) {
  const auto found = content(call).rfind(call.text_arg(0));
  return call.give(found == TextView::npos ? -1 : static_cast<std::int32_t>(found));
}
Status substring(Call& call) {
  const auto size = length_of(call);
  const auto from = call.long_arg(0);
  const auto to = call.has(1) ? call.long_arg(1) : size;
  if (from < 0 || to > size || from > to) {
    return bad_index(
        call, "start " + std::to_string(from) + ", end " + std::to_string(to) + ", length " + std::to_string(size));
  }
  return call.give_text(content(call).substring(static_cast<std::size_t>(from), static_cast<std::size_t>(to)));
}
Status to_string(Call& call) { return call.give_text(content(call)); }
Status capacity(Call& call) { return call.give(static_cast<std::int32_t>(length_of(call) + 16)); }
Status nothing(Call& call) { return call.give_null(); }
/// Groovy: builder + x is a String.
Status plus(Call& call) {
  TextBuilder out;
  out.append(content(call));
  VM_DO(call.to_text(call.arg(0), out));
  return call.give_text(out);
}

using K = NativeKind;
constexpr std::string_view kOwner = "java.lang.AbstractStringBuilder";
constexpr NativeMethod kMethods[] = {
    {"java.lang.StringBuilder", "<init>", "", make, K::constructor},
    {"java.lang.StringBuilder", "<init>", "Object", make, K::constructor},
    {"java.lang.StringBuffer", "<init>", "", make, K::constructor},
    {"java.lang.StringBuffer", "<init>", "Object", make, K::constructor},
    {kOwner, "append", "Object", append},
    {kOwner, "append", "CharSequence,int,int", append_part},
    {kOwner, "appendCodePoint", "int", append_code_point},
    {kOwner, "leftShift", "Object", append},
    {kOwner, "insert", "int,Object", insert},
    {kOwner, "delete", "int,int", remove},
    {kOwner, "deleteCharAt", "int", remove_char},
    {kOwner, "replace", "int,int,String", replace},
    {kOwner, "setLength", "int", set_length},
    {kOwner, "setCharAt", "int,char", set_char},
    {kOwner, "reverse", "", reverse},
    {kOwner, "indexOf", "String", index_of},
    {kOwner, "indexOf", "String,int", index_of},
    {kOwner, "lastIndexOf", "String", last_index_of},
    {kOwner, "substring", "int", substring},
    {kOwner, "substring", "int,int", substring},
    {kOwner, "subSequence", "int,int", substring},
    {kOwner, "toString", "", to_string},
    {kOwner, "capacity", "", capacity},
    {kOwner, "ensureCapacity", "int", nothing},
    {kOwner, "trimToSize", "", nothing},
    {kOwner, "plus", "Object", plus},
};

}  // namespace

NativeTable string_builder_methods() { return kMethods; }

}  // namespace windlass::vm
