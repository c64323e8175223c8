// Small containers of java.util: Optional (slot 0 the value, null when empty), Objects, tuples, map entries made by
// hand, Expando, BitSet, and the queues' own methods of LinkedList, ArrayDeque and Stack. A deque is a list whose class
// says what push and pop mean.
#include <algorithm>

#include "text/java_hash.h"
#include "vm/gdk/tables.h"

namespace windlass::vm {
namespace {

Value& slot(Call& call, std::size_t i) { return call.heap().native_slots(call.self())[i]; }

// ---- Optional

Value make_optional(Call& call, ClassId id, Value v) {
  const Value out = call.heap().make_native(id, 1);
  call.heap().native_slots(out)[0] = v;
  return out;
}
Status optional_of(Call& call) {
  if (call.arg(0).is_null() && call.name() == "of") return call.throw_java(java::null_pointer_exception);
  return call.give(make_optional(call, call.self().class_id(), call.arg(0)));
}
Status optional_empty(Call& call) { return call.give(make_optional(call, call.self().class_id(), Value::null())); }
Status optional_is_present(Call& call) { return call.give(!slot(call, 0).is_null()); }
Status optional_is_empty(Call& call) { return call.give(slot(call, 0).is_null()); }
Status optional_get(Call& call) {
  if (slot(call, 0).is_null()) return call.throw_java(java::no_such_element_exception, "No value present");
  return call.give(slot(call, 0));
}
Status optional_or_else(Call& call) { return call.give(slot(call, 0).is_null() ? call.arg(0) : slot(call, 0)); }
Status optional_text(Call& call) {
  TextBuilder out;
  const ClassId id = call.class_of(call.self());
  out.append(id == java::optional_int      ? "OptionalInt"
             : id == java::optional_long   ? "OptionalLong"
             : id == java::optional_double ? "OptionalDouble"
                                           : "Optional");
  if (slot(call, 0).is_null()) {
    out.append(".empty");
  } else {
    out.append("[");
    VM_DO(call.to_text(slot(call, 0), out));
    out.append("]");
  }
  return call.give_text(out);
}
Status optional_equals(Call& call) {
  const Value other = call.arg(0);
  if (!other.is(Kind::native_object) || call.class_of(other) != call.class_of(call.self())) return call.give(false);
  bool same = false;
  VM_DO(call.java_equals(slot(call, 0), call.heap().native_slots(other)[0], same));
  return call.give(same);
}
Status optional_hash(Call& call) {
  std::int32_t out = 0;
  VM_DO(call.hash(slot(call, 0), out));
  return call.give(out);
}

// ---- Objects

Status objects_equals(Call& call) {
  bool same = false;
  VM_DO(call.java_equals(call.arg(0), call.arg(1), same));
  return call.give(same);
}
Status objects_hash(Call& call) {
  std::vector<Value> args(call.args().begin(), call.args().end());
  if (args.size() == 1 && args[0].is(Kind::array)) {
    const auto items = call.heap().array_items(args[0]);
    args.assign(items.begin(), items.end());
  }
  std::int32_t out = 1;
  for (const Value v : args) {
    std::int32_t one = 0;
    VM_DO(call.hash(v, one));
    out = text::hash_combine(out, one);
  }
  return call.give(out);
}
Status objects_hash_code(Call& call) {
  std::int32_t out = 0;
  VM_DO(call.hash(call.arg(0), out));
  return call.give(out);
}
Status objects_to_string(Call& call) {
  if (call.arg(0).is_null() && call.has(1)) return call.give(call.arg(1));
  TextBuilder out;
  VM_DO(call.to_text(call.arg(0), out));
  return call.give_text(out);
}
Status objects_require(Call& call) {
  if (!call.arg(0).is_null()) return call.give(call.arg(0));
  if (!call.has(1)) return call.throw_java(java::null_pointer_exception);
  TextView message;
  VM_DO(call.text(call.arg(1), message));
  return call.throw_java(java::null_pointer_exception, message.utf8());
}
Status objects_is_null(Call& call) { return call.give(call.arg(0).is_null() == (call.name() == "isNull")); }
Status objects_require_else(Call& call) { return call.give(call.arg(0).is_null() ? call.arg(1) : call.arg(0)); }

// ---- tuples and entries

Status tuple_new(Call& call) {
  std::vector<Value> items(call.args().begin(), call.args().end());
  if (items.size() == 1 && items[0].is(Kind::array)) {
    const auto all = call.heap().array_items(items[0]);
    items.assign(all.begin(), all.end());
  }
  const Value list = call.heap().make_list(std::span<const Value>(items), call.self().class_id());
  call.heap().set_flag(list, flag_immutable);
  return call.give(list);
}
template <std::size_t kIndex>
Status tuple_part(Call& call) {
  const auto items = call.heap().items(call.self());
  return call.give(kIndex < items.size() ? items[kIndex] : Value::null());
}
Status entry_new(Call& call) {
  if (call.count() == 1) {
    const auto* from = call.heap().entry(call.arg(0));
    const Value copy = call.heap().make_entry(Value::null(), from->key, from->value);
    call.heap().header(copy.ref)->class_id = call.self().class_id();
    return call.give(copy);
  }
  const Value entry = call.heap().make_entry(Value::null(), call.arg(0), call.arg(1));
  call.heap().header(entry.ref)->class_id = call.self().class_id();
  return call.give(entry);
}
/// groovy.lang.MapEntry writes itself as key:value.
Status groovy_entry_text(Call& call) {
  TextBuilder out;
  VM_DO(call.to_text(call.heap().entry(call.self())->key, out));
  out.append(":");
  VM_DO(call.to_text(call.heap().entry(call.self())->value, out));
  return call.give_text(out);
}

// ---- Expando: slot 0 the map of properties. Calls of closures in it are evaluated by the prelude (expando.groovy).

Status expando_new(Call& call) {
  const Value map = call.has(0) ? call.arg(0) : call.heap().make_map(java::hash_map);
  const Value v = call.heap().make_native(java::expando, 1);
  call.heap().native_slots(v)[0] = map;
  return call.give(v);
}
Status expando_get(Call& call) {
  const Value v = call.heap().map_get(slot(call, 0), call.text_arg(0));
  return call.give(v.is_undefined() ? Value::null() : v);
}
Status expando_set(Call& call) {
  call.heap().map_put(slot(call, 0), call.heap().make_string(call.text_arg(0)), call.arg(1));
  return call.give_null();
}
Status expando_properties(Call& call) { return call.give(slot(call, 0)); }

// ---- BitSet: slot 0 a TreeSet of the set bits' numbers

Status bits_new(Call& call) {
  const Value set = call.heap().make_set(java::tree_set);
  const Value v = call.heap().make_native(java::bit_set, 1);
  call.heap().native_slots(v)[0] = set;
  return call.give(v);
}
Status bits_change(Call& call, std::int64_t bit, bool on) {
  if (bit < 0) return call.throw_java(java::index_out_of_bounds_exception, "bitIndex < 0: " + std::to_string(bit));
  const Value key = Value::of_int(static_cast<std::int32_t>(bit));
  if (on) {
    bool added = false;
    return call.set_add(slot(call, 0), key, added);
  }
  Value old;
  return call.map_remove(slot(call, 0), key, old);
}
Status bits_set(Call& call) {
  const bool on = call.name() == "set" && (!call.has(1) || !call.arg(1).is_boolean() || call.bool_arg(1));
  if (call.count() == 0) {
    call.heap().map_clear(slot(call, 0));
    return call.give_null();
  }
  if (call.has(1) && call.arg(1).is_integral()) {
    VM_DO(call.check_size(static_cast<std::uint64_t>(std::max<std::int64_t>(0, call.long_arg(1) - call.long_arg(0))) *
                          32));
    for (auto i = call.long_arg(0); i < call.long_arg(1); ++i) VM_DO(bits_change(call, i, on));
  } else {
    VM_DO(bits_change(call, call.long_arg(0), on));
  }
  return call.give_null();
}
Status bits_get(Call& call) {
  bool has = false;
  VM_DO(call.set_contains(slot(call, 0), call.arg(0), has));
  return call.give(has);
}
Status bits_count(Call& call) { return call.give(static_cast<std::int32_t>(call.heap().map(slot(call, 0))->size)); }
Status bits_length(Call& call) {
  const auto slots = call.heap().slots(slot(call, 0));
  return call.give(slots.empty() ? 0 : static_cast<std::int32_t>(slots.back().key.integer + 1));
}
Status bits_next(Call& call) {
  for (const MapSlot& s : call.heap().slots(slot(call, 0))) {
    if (s.key.integer >= call.long_arg(0)) return call.give(static_cast<std::int32_t>(s.key.integer));
  }
  return call.give(-1);
}
Status bits_text(Call& call) {
  std::string out = "{";
  for (const MapSlot& s : call.heap().slots(slot(call, 0))) {
    if (out.size() > 1) out += ", ";
    out += std::to_string(s.key.integer);
  }
  return call.give_utf8(out + "}");
}

// ---- queues

Status mutable_list(Call& call) {
  return call.heap().has_flag(call.self(), flag_immutable) ? call.throw_java(java::unsupported_operation_exception)
                                                           : Status::ok;
}
bool refuses_null(Call& call) {
  const ClassId id = call.class_of(call.self());
  return id == java::array_deque || id == java::concurrent_linked_queue || id == java::linked_blocking_queue;
}
Status add_end(Call& call, bool front) {
  VM_DO(mutable_list(call));
  if (call.arg(0).is_null() && refuses_null(call)) return call.throw_java(java::null_pointer_exception);
  if (front) {
    call.heap().list_insert(call.self(), 0, call.arg(0));
  } else {
    call.heap().list_add(call.self(), call.arg(0));
  }
  const auto name = call.name();
  if (name.starts_with("offer") || name == "add") return call.give(true);
  return call.give_null();
}
Status add_first(Call& call) { return add_end(call, true); }
Status add_last(Call& call) { return add_end(call, false); }
/// poll, remove, peek, get, element of either end: those named get, remove, element, pop refuse an empty queue.
Status end_item(Call& call, bool front, bool take) {
  const auto items = call.heap().items(call.self());
  if (items.empty()) {
    const auto name = call.name();
    const bool quiet = name.starts_with("poll") || name.starts_with("peek");
    return quiet ? call.give_null() : call.throw_java(java::no_such_element_exception);
  }
  const auto at = static_cast<std::uint32_t>(front ? 0 : items.size() - 1);
  const Value out = items[at];
  if (take) {
    VM_DO(mutable_list(call));
    call.heap().list_remove(call.self(), at);
  }
  return call.give(out);
}
Status take_first(Call& call) { return end_item(call, true, true); }
Status take_last(Call& call) { return end_item(call, false, true); }
Status see_first(Call& call) { return end_item(call, true, false); }
Status see_last(Call& call) { return end_item(call, false, false); }
Status remove_occurrence(Call& call) {
  const std::vector<Value> items(call.heap().items(call.self()).begin(), call.heap().items(call.self()).end());
  const bool last = call.name() == "removeLastOccurrence";
  for (std::size_t k = 0; k < items.size(); ++k) {
    const std::size_t i = last ? items.size() - 1 - k : k;
    bool same = false;
    VM_DO(call.java_equals(call.arg(0), items[i], same));
    if (!same) continue;
    call.heap().list_remove(call.self(), static_cast<std::uint32_t>(i));
    return call.give(true);
  }
  return call.give(false);
}
Status descending_iterator(Call& call) {
  std::vector<Value> items(call.heap().items(call.self()).begin(), call.heap().items(call.self()).end());
  std::reverse(items.begin(), items.end());
  return call.give(call.heap().make_iterator(IteratorMode::list, call.heap().make_list(std::span<const Value>(items))));
}

// ---- PriorityQueue: what its heap in Groovy needs (src/prelude/gdk/queues.groovy)

Status heap_new(Call& call) {
  const Value list = call.heap().make_list(0, java::priority_queue);
  const Value last = call.has(0) ? call.arg(call.count() - 1) : Value::null();
  if (!last.is_null() && !last.is_integral()) {
    if (call.is_collection(last)) {
      const Value args[] = {last};
      Value ignored;
      VM_DO(call.invoke_method(list, "addAll", args, ignored));
    } else {
      call.heap().list(list)->extra = last.ref;
    }
  }
  return call.give(list);
}
Status heap_extra(Call& call) {
  const Ref extra = call.heap().list(call.self())->extra;
  return call.give(extra == 0 ? Value::null() : call.heap().value_of(extra));
}
Status heap_append(Call& call) {
  call.heap().list_add(call.self(), call.arg(0));
  return call.give_null();
}

Status stack_push(Call& call) {
  call.heap().list_add(call.self(), call.arg(0));
  return call.give(call.arg(0));
}
Status stack_end(Call& call) {
  const auto items = call.heap().items(call.self());
  if (items.empty()) return call.throw_java(java::empty_stack_exception);
  const Value out = items.back();
  if (call.name() == "pop") call.heap().list_remove(call.self(), static_cast<std::uint32_t>(items.size() - 1));
  return call.give(out);
}
Status stack_empty(Call& call) { return call.give(call.heap().items(call.self()).empty()); }
Status stack_search(Call& call) {
  const std::vector<Value> items(call.heap().items(call.self()).begin(), call.heap().items(call.self()).end());
  for (std::size_t i = items.size(); i > 0; --i) {
    bool same = false;
    VM_DO(call.java_equals(call.arg(0), items[i - 1], same));
    if (same) return call.give(static_cast<std::int32_t>(items.size() - i + 1));
  }
  return call.give(-1);
}

using K = NativeKind;
#define WL_OPTIONAL(owner)                                                                                        \
  {owner, "of", "Object", optional_of, K::static_method}, {owner, "empty", "", optional_empty, K::static_method}, \
      {owner, "isPresent", "", optional_is_present}, {owner, "isEmpty", "", optional_is_empty},                   \
      {owner, "orElse", "Object", optional_or_else}, {owner, "orElseThrow", "", optional_get},                    \
      {owner, "toString", "", optional_text}, {owner, "equals", "Object", optional_equals}, {                     \
    owner, "hashCode", "", optional_hash                                                                          \
  }
constexpr NativeMethod kMethods[] = {
    WL_OPTIONAL("java.util.Optional"),
    WL_OPTIONAL("java.util.OptionalInt"),
    WL_OPTIONAL("java.util.OptionalDouble"),
    WL_OPTIONAL("java.util.OptionalLong"),
    {"java.util.Optional", "ofNullable", "Object", optional_of, K::static_method},
    {"java.util.Optional", "get", "", optional_get},
    {"java.util.OptionalInt", "getAsInt", "", optional_get},
    {"java.util.OptionalDouble", "getAsDouble", "", optional_get},
    {"java.util.OptionalLong", "getAsLong", "", optional_get},
    {"java.util.Objects", "equals", "Object,Object", objects_equals, K::static_method},
    {"java.util.Objects", "hash", "Object...", objects_hash, K::static_method},
    {"java.util.Objects", "hashCode", "Object", objects_hash_code, K::static_method},
    {"java.util.Objects", "toString", "Object", objects_to_string, K::static_method},
    {"java.util.Objects", "toString", "Object,String", objects_to_string, K::static_method},
    {"java.util.Objects", "requireNonNull", "Object", objects_require, K::static_method},
    {"java.util.Objects", "requireNonNull", "Object,String", objects_require, K::static_method},
    {"java.util.Objects", "requireNonNullElse", "Object,Object", objects_require_else, K::static_method},
    {"java.util.Objects", "isNull", "Object", objects_is_null, K::static_method},
    {"java.util.Objects", "nonNull", "Object", objects_is_null, K::static_method},
    {"groovy.lang.Tuple", "<init>", "Object...", tuple_new, K::constructor},
    {"groovy.lang.Tuple2", "<init>", "Object,Object", tuple_new, K::constructor},
    {"groovy.lang.Tuple2", "getFirst", "", tuple_part<0>},
    {"groovy.lang.Tuple2", "getSecond", "", tuple_part<1>},
    {"groovy.lang.MapEntry", "<init>", "Object,Object", entry_new, K::constructor},
    {"groovy.lang.MapEntry", "toString", "", groovy_entry_text},
    {"java.util.AbstractMap$SimpleEntry", "<init>", "Object,Object", entry_new, K::constructor},
    {"java.util.AbstractMap$SimpleEntry", "<init>", "Object", entry_new, K::constructor},
    {"java.util.AbstractMap$SimpleImmutableEntry", "<init>", "Object,Object", entry_new, K::constructor},
    {"groovy.util.Expando", "<init>", "", expando_new, K::constructor},
    {"groovy.util.Expando", "<init>", "Map", expando_new, K::constructor},
    {"groovy.util.Expando", "getProperty", "String", expando_get},
    {"groovy.util.Expando", "setProperty", "String,Object", expando_set},
    {"groovy.util.Expando", "getProperties", "", expando_properties},
    {"java.util.BitSet", "<init>", "", bits_new, K::constructor},
    {"java.util.BitSet", "<init>", "int", bits_new, K::constructor},
    {"java.util.BitSet", "set", "int", bits_set},
    {"java.util.BitSet", "set", "int,boolean", bits_set},
    {"java.util.BitSet", "set", "int,int", bits_set},
    {"java.util.BitSet", "clear", "", bits_set},
    {"java.util.BitSet", "clear", "int", bits_set},
    {"java.util.BitSet", "clear", "int,int", bits_set},
    {"java.util.BitSet", "get", "int", bits_get},
    {"java.util.BitSet", "getAt", "int", bits_get},
    {"java.util.BitSet", "cardinality", "", bits_count},
    {"java.util.BitSet", "length", "", bits_length},
    {"java.util.BitSet", "nextSetBit", "int", bits_next},
    {"java.util.BitSet", "toString", "", bits_text},
    {"java.util.Deque", "addFirst", "Object", add_first},
    {"java.util.Deque", "offerFirst", "Object", add_first},
    {"java.util.Deque", "push", "Object", add_first},
    {"java.util.Deque", "addLast", "Object", add_last},
    {"java.util.Deque", "offerLast", "Object", add_last},
    {"java.util.Queue", "add", "Object", add_last},
    {"java.util.Queue", "offer", "Object", add_last},
    {"java.util.LinkedList", "addLast", "Object", add_last},
    {"java.util.LinkedList", "removeLast", "", take_last},
    {"java.util.LinkedList", "getFirst", "", see_first},
    {"java.util.LinkedList", "getLast", "", see_last},
    {"java.util.LinkedList", "remove", "", take_first},
    {"java.util.Deque", "pop", "", take_first},
    {"java.util.Deque", "removeFirst", "", take_first},
    {"java.util.Deque", "removeLast", "", take_last},
    {"java.util.Deque", "pollFirst", "", take_first},
    {"java.util.Deque", "pollLast", "", take_last},
    {"java.util.Deque", "peekFirst", "", see_first},
    {"java.util.Deque", "peekLast", "", see_last},
    {"java.util.Deque", "getFirst", "", see_first},
    {"java.util.Deque", "getLast", "", see_last},
    {"java.util.Deque", "removeFirstOccurrence", "Object", remove_occurrence},
    {"java.util.Deque", "removeLastOccurrence", "Object", remove_occurrence},
    {"java.util.Deque", "descendingIterator", "", descending_iterator},
    {"java.util.Queue", "poll", "", take_first},
    {"java.util.Queue", "remove", "", take_first},
    {"java.util.Queue", "peek", "", see_first},
    {"java.util.Queue", "element", "", see_first},
    {"java.util.PriorityQueue", "<init>", "", heap_new, K::constructor},
    {"java.util.PriorityQueue", "<init>", "Object", heap_new, K::constructor},
    {"java.util.PriorityQueue", "<init>", "int,Object", heap_new, K::constructor},
    {"java.util.PriorityQueue", "__extra", "", heap_extra},
    {"java.util.PriorityQueue", "__append", "Object", heap_append},
    {"java.util.PriorityQueue", "__take", "", take_last},
    {"java.util.PriorityQueue", "comparator", "", heap_extra},
    {"java.util.Stack", "push", "Object", stack_push},
    {"java.util.Stack", "pop", "", stack_end},
    {"java.util.Stack", "peek", "", stack_end},
    {"java.util.Stack", "empty", "", stack_empty},
    {"java.util.Stack", "search", "Object", stack_search},
};
#undef WL_OPTIONAL

}  // namespace

NativeTable container_methods() { return kMethods; }

}  // namespace windlass::vm
