// java.io.ByteArrayInputStream: the array itself, a position in it, the position marked, and where it ends. What loops
// around a closure is src/prelude/gdk/byte_streams.groovy.
#include <algorithm>

#include "vm/gdk/tables.h"
#include "vm/state.h"

namespace windlass::vm {
namespace {

enum Slot : std::uint32_t { bytes, position, mark, end, kSlots };

Value& slot(Call& call, Slot which) { return call.heap().native_slots(call.self())[which]; }

Status stream_new(Call& call) {
  const Value array = call.arg(0);
  if (array.is_null()) return call.throw_java(java::null_pointer_exception);
  const auto size = static_cast<std::int64_t>(call.heap().array_items(array).size());
  std::int64_t from = 0;
  std::int64_t to = size;
  if (call.has(1)) {
    from = call.int_arg(1);
    to = std::min(from + call.int_arg(2), size);
    if (from < 0 || from > size || to < from) return call.throw_java(java::array_index_out_of_bounds_exception);
  }
  const Value v = call.heap().make_native(call.self().class_id(), kSlots);
  const auto slots = call.heap().native_slots(v);
  slots[bytes] = array;
  slots[position] = Value::of_int(static_cast<std::int32_t>(from));
  slots[mark] = Value::of_int(static_cast<std::int32_t>(from));
  slots[end] = Value::of_int(static_cast<std::int32_t>(to));
  return call.give(v);
}

std::int32_t left(Call& call) { return std::max(0, slot(call, end).as_int() - slot(call, position).as_int()); }

/// The next `count` bytes, which are there; the stream stands behind them.
std::string take(Call& call, std::int32_t count) {
  const std::int32_t from = slot(call, position).as_int();
  const auto items = call.heap().array_items(slot(call, bytes)).subspan(static_cast<std::size_t>(from));
  std::string out;
  for (const Value& v : items.first(static_cast<std::size_t>(count))) out += static_cast<char>(v.integer);
  slot(call, position) = Value::of_int(from + count);
  return out;
}

Status read_byte(Call& call) {
  if (left(call) == 0) return call.give(-1);
  return call.give(std::int32_t{static_cast<unsigned char>(take(call, 1)[0])});
}
Status read_into(Call& call) {
  const Value array = call.arg(0);
  if (array.is_null()) return call.throw_java(java::null_pointer_exception);
  const std::int64_t size = static_cast<std::int64_t>(call.heap().array_items(array).size());
  const std::int64_t from = call.has(1) ? call.int_arg(1) : 0;
  const std::int64_t count = call.has(1) ? call.int_arg(2) : size;
  if (from < 0 || count < 0 || from + count > size) {
    return call.throw_java(java::index_out_of_bounds_exception,
                           "Range [" + std::to_string(from) + ", " + std::to_string(from) + " + " +
                               std::to_string(count) + ") out of bounds for length " + std::to_string(size));
  }
  if (left(call) == 0) return call.give(-1);
  const std::string got = take(call, static_cast<std::int32_t>(std::min<std::int64_t>(count, left(call))));
  const auto items = call.heap().array_items(array).subspan(static_cast<std::size_t>(from));
  for (std::size_t i = 0; i < got.size(); ++i) items[i] = Value::of_byte(static_cast<std::int8_t>(got[i]));
  return call.give(static_cast<std::int32_t>(got.size()));
}
Status read_all(Call& call) { return call.give(call.heap().make_byte_array(take(call, left(call)))); }
Status read_some(Call& call) {
  const std::int32_t count = call.int_arg(0);
  if (count < 0) return call.throw_java(java::illegal_argument_exception, "len < 0");
  return call.give(call.heap().make_byte_array(take(call, std::min(count, left(call)))));
}
Status text(Call& call) {
  std::vector<Value> args{call.heap().make_byte_array(take(call, left(call)))};
  if (call.has(0)) args.push_back(call.arg(0));
  Value out;
  VM_DO(call.invoke_static(java::string, "<init>", args, out));
  return call.give(out);
}
Status available(Call& call) { return call.give(left(call)); }
Status skip(Call& call) {
  const std::int64_t count = std::clamp<std::int64_t>(call.long_arg(0), 0, left(call));
  slot(call, position) = Value::of_int(slot(call, position).as_int() + static_cast<std::int32_t>(count));
  return call.give(count);
}
Status set_mark(Call& call) {
  slot(call, mark) = slot(call, position);
  return call.give_null();
}
Status reset(Call& call) {
  slot(call, position) = slot(call, mark);
  return call.give_null();
}
Status mark_supported(Call& call) { return call.give(true); }
Status nothing(Call& call) { return call.give_null(); }

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.io.ByteArrayInputStream", "<init>", "byte[]", stream_new, K::constructor},
    {"java.io.ByteArrayInputStream", "<init>", "byte[],int,int", stream_new, K::constructor},
    {"java.io.InputStream", "read", "", read_byte},
    {"java.io.InputStream", "read", "byte[]", read_into},
    {"java.io.InputStream", "read", "byte[],int,int", read_into},
    {"java.io.InputStream", "readAllBytes", "", read_all},
    {"java.io.InputStream", "readNBytes", "int", read_some},
    {"java.io.InputStream", "getBytes", "", read_all},
    {"java.io.InputStream", "getText", "", text},
    {"java.io.InputStream", "getText", "Object", text},
    {"java.io.InputStream", "available", "", available},
    {"java.io.InputStream", "skip", "long", skip},
    {"java.io.InputStream", "mark", "int", set_mark},
    {"java.io.InputStream", "reset", "", reset},
    {"java.io.InputStream", "markSupported", "", mark_supported},
    {"java.io.InputStream", "close", "", nothing},
};

}  // namespace

NativeTable byte_stream_methods() { return kMethods; }

}  // namespace windlass::vm
