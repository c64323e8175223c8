// java.util.Map as Java and Groovy 2.4 extend it, without closures: reading, writing, copies, views, sorted maps and
// Properties. A map with a default is a map with the flag for it; helpers.cc and properties.cc ask the closure.
#include <algorithm>
#include <bit>

#include "text/properties.h"
#include "vm/gdk/collections.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {

std::vector<MapSlot> entries_of(Call& call, Value map) {
  std::vector<MapSlot> out;
  for (auto slot : call.heap().map_order(map)) {
    auto entry = call.heap().slots(map)[slot];
    out.push_back({entry.key.plain(), entry.value.plain()});
  }
  return out;
}

Value similar_map(Call& call, Value map) {
  const ClassId id = call.class_of(map);
  const bool sorted = id == java::tree_map;
  const Value out = call.heap().make_map(
      sorted || id == java::properties || id == java::hashtable ? id : static_cast<ClassId>(java::linked_hash_map));
  if (sorted) call.heap().map(out)->comparator = call.heap().map(map)->comparator;
  return out;
}

namespace {

bool refuses_null(Call& call, Value map) {
  const ClassId id = call.class_of(map);
  return id == java::concurrent_hash_map || id == java::hashtable || id == java::properties;
}
Status put(Call& call, Value map, Value key, Value value, Value& old) {
  if ((key.is_null() || value.is_null()) && refuses_null(call, map))
    return call.throw_java(java::null_pointer_exception);
  if (key.is_null() && call.class_of(map) == java::tree_map && call.heap().map(map)->comparator.is_null()) {
    return call.throw_java(java::null_pointer_exception);
  }
  return call.map_put(map, key, value, old);
}
Status put_entries(Call& call, Value map, const std::vector<MapSlot>& entries) {
  for (const auto& entry : entries) {
    Value old;
    VM_DO(put(call, map, entry.key, entry.value, old));
  }
  return Status::ok;
}

// ---- reading
// ---------------------------------------------------------------------------------------------------------

/// The value, or what the map's default closure makes (and keeps) for a missing key.
Status lookup(Call& call, Value map, Value key, Value& out) {
  VM_DO(call.map_get(map, key, out));
  if (!out.is_undefined()) return Status::ok;
  if (!call.heap().has_flag(map, flag_default)) return Status::ok;
  VM_DO(call.invoke(call.heap().map(map)->extra, {key}, out));
  Value old;
  return call.map_put(map, key, out, old);
}
Status map_get(Call& call) {
  Value out;
  VM_DO(lookup(call, call.self(), call.arg(0), out));
  return call.give(out.is_undefined() ? Value::null() : out);
}
Status map_get_default(Call& call) {  // Groovy's: stores the default
  Value out;
  VM_DO(call.map_get(call.self(), call.arg(0), out));
  if (!out.is_undefined()) return call.give(out);
  auto fallback = call.arg(1);
  Value old;
  VM_MUTABLE(call, true);
  VM_DO(put(call, call.self(), call.arg(0), fallback, old));
  return call.give(fallback);
}
Status map_get_or_default(Call& call) {
  Value out;
  VM_DO(call.map_get(call.self(), call.arg(0), out));
  return call.give(out.is_undefined() ? call.arg(1) : out);
}
Status map_contains_key(Call& call) {
  bool has = false;
  VM_DO(call.set_contains(call.self(), call.arg(0), has));
  return call.give(has);
}
Status map_contains_value(Call& call) {
  for (const auto& entry : entries_of(call, call.self())) {
    bool same = false;
    VM_DO(call.java_equals(call.arg(0), entry.value, same));
    if (same) return call.give(true);
  }
  return call.give(false);
}
Status map_key_set(Call& call) { return call.give(call.vm().state().make_view(call.self(), ViewKind::keys)); }
Status map_values(Call& call) { return call.give(call.vm().state().make_view(call.self(), ViewKind::values)); }
Status map_entry_set(Call& call) { return call.give(call.vm().state().make_view(call.self(), ViewKind::entries)); }
Status map_keys(Call& call) {
  std::vector<Value> keys;
  for (const auto& entry : entries_of(call, call.self())) {
    keys.push_back(call.name() == "elements" ? entry.value : entry.key);
  }
  return call.give(call.heap().make_iterator(IteratorMode::list, new_list(call, keys)));
}

// ---- writing
// ---------------------------------------------------------------------------------------------------------

Status map_put(Call& call) {
  VM_MUTABLE(call, true);
  Value old;
  VM_DO(put(call, call.self(), call.arg(0), call.arg(1), old));
  return call.give(old.is_undefined() ? Value::null() : old);
}
Status map_put_if_absent(Call& call) {
  VM_MUTABLE(call, true);
  Value out;
  VM_DO(call.map_get(call.self(), call.arg(0), out));
  if (!out.is_undefined() && !out.is_null()) return call.give(out);
  Value old;
  VM_DO(put(call, call.self(), call.arg(0), call.arg(1), old));
  return call.give_null();
}
/// What putAll does to a ConcurrentHashMap before it puts anything: a table for half as many again.
void presize_concurrent(Heap& heap, Value map, std::size_t count) {
  auto* object = heap.map(map);
  std::uint32_t wanted = std::max<std::uint32_t>(object->java_capacity, 16);
  const std::size_t needed = std::bit_ceil(count + count / 2 + 1);
  while (wanted - wanted / 4 < needed && wanted < (1U << 30)) wanted *= 2;
  object->java_capacity = wanted;
}
Status map_put_all(Call& call) {
  VM_MUTABLE(call, true);
  auto self = call.self();
  const Value from = call.arg(0);
  if (from.is_null()) return call.throw_java(java::null_pointer_exception);
  std::vector<MapSlot> entries;
  if (from.is(Kind::map)) {
    entries = entries_of(call, from);
    const ClassId id = call.class_of(self);
    if (id == java::concurrent_hash_map || id == java::properties) {
      presize_concurrent(call.heap(), self, entries.size());
    } else {
      set_buckets(call.heap(), self,
                  std::max<std::size_t>(call.heap().map(self)->java_capacity, buckets_for(entries.size())));
    }
  } else {
    std::vector<Value> items;
    VM_DO(call.elements(from.is(Kind::map_entry) ? call.heap().make_list(std::span<const Value>(&from, 1)) : from,
                        items));
    for (const auto& item : items) {
      if (item.is(Kind::map_entry)) entries.push_back({call.heap().entry(item)->key, call.heap().entry(item)->value});
    }
  }
  VM_DO(put_entries(call, self, entries));
  return call.give(call.name() == "putAll" && from.is(Kind::map) ? Value::null() : self);
}
Status map_remove(Call& call) {
  VM_MUTABLE(call, true);
  Value old;
  VM_DO(call.map_remove(call.self(), call.arg(0), old));
  return call.give(old.is_undefined() ? Value::null() : old);
}
Status map_remove_pair(Call& call) {
  VM_MUTABLE(call, true);
  Value now;
  VM_DO(call.map_get(call.self(), call.arg(0), now));
  if (now.is_undefined()) return call.give(false);
  bool same = false;
  VM_DO(call.java_equals(now, call.arg(1), same));
  if (!same) return call.give(false);
  Value old;
  VM_DO(call.map_remove(call.self(), call.arg(0), old));
  return call.give(true);
}
Status map_replace(Call& call) {
  Value now;
  VM_DO(call.map_get(call.self(), call.arg(0), now));
  if (now.is_undefined()) return call.has(2) ? call.give(false) : call.give_null();
  if (call.has(2)) {
    bool same = false;
    VM_DO(call.java_equals(now, call.arg(1), same));
    if (!same) return call.give(false);
  }
  VM_MUTABLE(call, true);
  Value old;
  VM_DO(put(call, call.self(), call.arg(0), call.arg(call.count() - 1), old));
  return call.has(2) ? call.give(true) : call.give(old);
}

// ---- copies
// ----------------------------------------------------------------------------------------------------------

Status copy_map(Call& call, Value from, Value& out) {
  out = similar_map(call, from);
  return put_entries(call, out, entries_of(call, from));
}
Status map_plus(Call& call) {
  Value out;
  if (call.class_of(call.self()) == java::hash_map) {
    // Of the copies that the library makes of a map this one keeps to HashMap and its order.
    out = call.heap().make_map(java::hash_map);
    VM_DO(put_entries(call, out, entries_of(call, call.self())));
  } else {
    VM_DO(copy_map(call, call.self(), out));
  }
  std::vector<MapSlot> more;
  if (call.arg(0).is(Kind::map)) {
    more = entries_of(call, call.arg(0));
  } else {
    std::vector<Value> items;
    VM_DO(call.elements(call.arg(0), items));
    for (const auto& item : items) {
      if (!item.is(Kind::map_entry)) {
        const std::string name = call.vm().state().class_name(item);
        return call.throw_java(java::class_cast_exception,
                               "class " + name + " cannot be cast to class java.util.Map$Entry (" + name +
                                   " and java.util.Map$Entry are in module java.base of loader 'bootstrap')");
      }
      more.push_back({call.heap().entry(item)->key, call.heap().entry(item)->value});
    }
  }
  VM_DO(put_entries(call, out, more));
  return call.give(out);
}
Status map_minus(Call& call) {
  Value out = similar_map(call, call.self());
  auto other = entries_of(call, call.arg(0));
  for (const auto& entry : entries_of(call, call.self())) {
    bool gone = false;
    for (const auto& o : other) {
      bool key = false;
      bool value = false;
      VM_DO(call.equals(entry.key, o.key, key));
      if (!key) continue;
      VM_DO(call.equals(entry.value, o.value, value));
      gone |= value;
    }
    if (!gone) VM_DO(put_entries(call, out, {entry}));
  }
  return call.give(out);
}
Status map_intersect(Call& call) {
  Value out = similar_map(call, call.self());
  auto other = entries_of(call, call.arg(0));
  for (const auto& entry : entries_of(call, call.self())) {
    for (const auto& o : other) {
      bool key = false;
      bool value = false;
      VM_DO(call.equals(entry.key, o.key, key));
      if (!key) continue;
      VM_DO(call.equals(entry.value, o.value, value));
      if (value) VM_DO(put_entries(call, out, {entry}));
    }
  }
  return call.give(out);
}
/// subMap(keys) and subMap(key, key …).
Status map_sub_map(Call& call) {
  std::vector<Value> keys;
  const Value first = call.arg(0);
  if (call.count() == 1 && (call.is_collection(first) || first.is(Kind::array))) {
    VM_DO(call.elements(first, keys));
  } else {
    keys.assign(call.args().begin(), call.args().end());
  }
  auto out = call.heap().make_map();
  for (const auto& key : keys) {
    Value value;
    VM_DO(call.map_get(call.self(), key, value));
    Value old;
    if (!value.is_undefined()) VM_DO(call.map_put(out, key, value, old));
  }
  return call.give(out);
}
Status map_take_drop(Call& call, bool take_part) {
  auto entries = entries_of(call, call.self());
  auto n = static_cast<std::ptrdiff_t>(
      std::clamp<std::int64_t>(call.int_arg(0), 0, static_cast<std::int64_t>(entries.size())));
  auto out = similar_map(call, call.self());
  const std::vector<MapSlot> part(take_part ? entries.begin() : entries.begin() + n,
                                  take_part ? entries.begin() + n : entries.end());
  VM_DO(put_entries(call, out, part));
  return call.give(out);
}
Status map_take(Call& call) { return map_take_drop(call, true); }
Status map_drop(Call& call) { return map_take_drop(call, false); }
Status map_clone(Call& call) {
  const Value self = call.self();
  const Value out = call.heap().make_map(call.class_of(self));
  call.heap().map(out)->comparator = call.heap().map(self)->comparator;
  if (call.class_of(self) == java::properties) {
    presize_concurrent(call.heap(), out, entries_of(call, self).size());
  } else {
    call.heap().map(out)->java_capacity = call.heap().map(self)->java_capacity;
  }
  VM_DO(put_entries(call, out, entries_of(call, self)));
  return call.give(out);
}
Status immutable_map(Call& call) {
  const Value from = call.self().is_class() ? call.arg(0) : call.self();
  if (from.is_null()) return call.throw_java(java::null_pointer_exception);
  if (call.vm().state().limits.live_views() && from.is(Kind::map)) return call.give(call.heap().make_whole(from));
  Value out;
  VM_DO(copy_map(call, from, out));
  call.heap().set_flag(out, flag_immutable);
  return call.give(out);
}
Status constant_map(Call& call) {
  const Value out = call.heap().make_map();
  if (call.count() == 2) VM_DO(put_entries(call, out, {{call.arg(0), call.arg(1)}}));
  call.heap().set_flag(out, flag_immutable);
  return call.give(out);
}
Status map_new(Call& call) {
  ClassId id = call.self().class_id();
  if (id == java::enum_map) id = java::tree_map;  // the order of the constants
  auto map = call.heap().make_map(id);
  if (!call.has(0)) return call.give(map);
  const Value from = call.arg(0);
  if (id == java::properties && (from.is(Kind::map) || from.is_null())) {  // the ones to ask where it has none
    call.heap().map(map)->comparator = from;
    return call.give(map);
  }
  if (from.is_null() && id != java::tree_map) return call.throw_java(java::null_pointer_exception);
  if (from.is(Kind::map)) {
    const auto entries = entries_of(call, from);
    if (id == java::concurrent_hash_map) {
      presize_concurrent(call.heap(), map, entries.size());
    } else {
      set_buckets(call.heap(), map, buckets_for(entries.size()));
    }
    if (id == java::hashtable)
      call.heap().map(map)->java_capacity = static_cast<std::uint32_t>(std::max<std::size_t>(2 * entries.size(), 11));
    if (id == java::tree_map && call.class_of(from) == java::tree_map) {
      call.heap().map(map)->comparator = call.heap().map(from)->comparator;
    }
    VM_DO(put_entries(call, map, entries));
  } else if (from.is_integral()) {
    if (from.integer < 0) {
      return call.throw_java(java::illegal_argument_exception,
                             "Illegal initial capacity: " + std::to_string(from.integer));
    }
    set_buckets(call.heap(), map, static_cast<std::size_t>(from.integer));
  } else if (id == java::tree_map && !from.is_class() && !from.is_null()) {
    call.heap().map(map)->comparator = from;
  }
  return call.give(map);
}
Status with_default(Call& call) {
  const Value self = call.self();
  const Value out = call.heap().make_map(call.class_of(self));
  call.heap().map(out)->comparator = call.heap().map(self)->comparator;
  VM_DO(put_entries(call, out, entries_of(call, self)));
  call.heap().map(out)->extra = call.arg(0);
  call.heap().set_flag(out, flag_default);
  return call.give(out);
}

// ---- sorted maps
// -----------------------------------------------------------------------------------------------------

Status end_of_map(Call& call) {
  const auto name = call.name();
  const bool first = name.find("irst") != std::string_view::npos;
  const auto slots = call.heap().slots(call.self());
  if (slots.empty()) {
    return name.ends_with("Key") ? call.throw_java(java::no_such_element_exception) : call.give_null();
  }
  const auto at = first ? 0 : static_cast<std::uint32_t>(slots.size() - 1);
  const MapSlot entry = slots[at];
  if (name.ends_with("Key")) return call.give(entry.key.plain());
  const Value out = call.heap().make_entry(Value::null(), entry.key.plain(), entry.value);
  if (name.starts_with("poll")) call.heap().map_remove_slot(call.self(), at);
  return call.give(out);
}
/// floorKey, ceilingEntry and their relatives.
Status neighbour(Call& call) {
  const auto name = call.name();
  MapSlot found{Value::undefined(), Value::null()};
  for (const auto& entry : entries_of(call, call.self())) {
    std::int32_t order = 0;
    VM_DO(call.vm().state().compare_keys(&call, call.self(), entry.key, call.arg(0), order));
    const bool down = name.starts_with("floor") || name.starts_with("lower");
    if (down && (order < 0 || (order == 0 && name.starts_with("floor")))) found = entry;
    if (!down && (order > 0 || (order == 0 && name.starts_with("ceiling")))) {
      found = entry;
      break;
    }
  }
  if (found.key.is_undefined()) return call.give_null();
  if (name.ends_with("Key")) return call.give(found.key);
  return call.give(call.heap().make_entry(Value::null(), found.key, found.value));
}
Status part_of_map(Call& call) {
  const auto name = call.name();
  Value low = Value::undefined();
  Value high = Value::undefined();
  bool with_low = true;
  bool with_high = false;
  if (name == "headMap") {
    high = call.arg(0);
    with_high = call.has(1) && call.bool_arg(1);
  } else if (name == "tailMap") {
    low = call.arg(0);
    with_low = !call.has(1) || call.bool_arg(1);
  } else if (call.count() == 4) {
    low = call.arg(0);
    with_low = call.bool_arg(1);
    high = call.arg(2);
    with_high = call.bool_arg(3);
  } else {
    low = call.arg(0);
    high = call.arg(1);
  }
  if (call.vm().state().limits.live_views()) return make_span(call, low, high, with_low, with_high);
  const Value out = similar_map(call, call.self());
  for (const auto& entry : entries_of(call, call.self())) {
    std::int32_t order = 0;
    if (!low.is_undefined()) {
      VM_DO(call.compare(entry.key, low, order));
      if (order < 0 || (order == 0 && !with_low)) continue;
    }
    if (!high.is_undefined()) {
      VM_DO(call.compare(entry.key, high, order));
      if (order > 0 || (order == 0 && !with_high)) continue;
    }
    VM_DO(put_entries(call, out, {entry}));
  }
  return call.give(out);
}
Status descending(Call& call) {
  if (call.vm().state().limits.live_views()) {
    if (call.name() == "descendingMap") return make_falling(call, call.self());
    return make_falling(call, call.vm().state().make_view(call.self(), ViewKind::keys));
  }
  auto entries = entries_of(call, call.self());
  std::reverse(entries.begin(), entries.end());
  if (call.name() == "descendingKeySet") {
    const Value set = call.heap().make_set();
    bool added = false;
    for (const auto& entry : entries) VM_DO(call.set_add(set, entry.key, added));
    return call.give(set);
  }
  const Value out = call.heap().make_map();
  VM_DO(put_entries(call, out, entries));
  return call.give(out);
}

// ---- entries
// ---------------------------------------------------------------------------------------------------------

Status entry_key(Call& call) { return call.give(call.heap().entry(call.self())->key); }
Status entry_value(Call& call) { return call.give(call.heap().entry(call.self())->value); }
Status entry_set_value(Call& call) {
  auto self = call.self();
  if (call.class_of(self) == java::simple_immutable_entry)
    return call.throw_java(java::unsupported_operation_exception);
  auto old = call.heap().entry(self)->value;
  auto map = call.heap().entry(self)->map;
  if (!map.is_null()) {
    if (call.heap().has_flag(map, flag_immutable)) return call.throw_java(java::unsupported_operation_exception);
    Value before;
    VM_DO(call.map_put(map, call.heap().entry(self)->key, call.arg(0), before));
  }
  call.heap().entry(self)->value = call.arg(0);
  return call.give(old);
}

// ---- Properties
// ------------------------------------------------------------------------------------------------------

Status properties_load(Call& call) {
  Value source = call.arg(0);
  if (!source.is_text()) VM_DO(call.get_property(source, "text", source));
  TextView text;
  VM_DO(call.text(source, text));
  const auto parsed = text::parse_properties(text.utf8());
  if (!parsed) return call.throw_java(java::illegal_argument_exception, parsed.error().message);
  for (const auto& [key, value] : *parsed) {
    const Value k = call.heap().make_string(std::string_view(key));
    const Value v = call.heap().make_string(std::string_view(value));
    VM_DO(put_entries(call, call.self(), {{k, v}}));
  }
  return call.give_null();
}
/// The defaults of a Properties, theirs before them, and itself last.
std::vector<Value> with_defaults(Call& call, Value properties) {
  constexpr std::size_t kMost = 100;
  std::vector<Value> out;
  for (Value one = properties; one.is(Kind::map) && out.size() < kMost;) {
    out.insert(out.begin(), one);
    one = call.class_of(one) == java::properties ? call.heap().map(one)->comparator : Value::null();
  }
  return out;
}
Status properties_get(Call& call) {
  Value out;
  const auto all = with_defaults(call, call.self());
  for (auto one = all.rbegin(); one != all.rend() && !out.is_string(); ++one)
    VM_DO(call.map_get(*one, call.arg(0), out));
  if (!out.is_string()) return call.has(1) ? call.give(call.arg(1)) : call.give_null();
  return call.give(out);
}
/// Java gathers the names, those of the defaults too, in a Hashtable.
Status properties_all_names(Call& call) {
  const Value names = call.heap().make_map(java::hashtable);
  for (const Value one : with_defaults(call, call.self())) VM_DO(put_entries(call, names, entries_of(call, one)));
  Value keys;
  VM_DO(call.invoke_method(names, "keys", {}, keys));
  return call.give(keys);
}
Status properties_names(Call& call) {
  const Value set = call.heap().make_set(java::hash_set);
  bool added = false;
  for (const Value one : with_defaults(call, call.self())) {
    for (const auto& entry : entries_of(call, one)) {
      if (entry.key.is_string() && entry.value.is_string()) VM_DO(call.set_add(set, entry.key, added));
    }
  }
  return call.give(set);
}

using K = NativeKind;
#define WL_MAP_CLASS(owner) \
  {owner, "<init>", "", map_new, K::constructor}, { owner, "<init>", "Object", map_new, K::constructor }
constexpr NativeMethod kMethods[] = {
    WL_MAP_CLASS("java.util.HashMap"),
    WL_MAP_CLASS("java.util.LinkedHashMap"),
    WL_MAP_CLASS("java.util.TreeMap"),
    WL_MAP_CLASS("java.util.concurrent.ConcurrentHashMap"),
    WL_MAP_CLASS("java.util.Hashtable"),
    WL_MAP_CLASS("java.util.Properties"),
    WL_MAP_CLASS("net.sf.json.JSONObject"),
    WL_MAP_CLASS("java.util.IdentityHashMap"),
    WL_MAP_CLASS("java.util.WeakHashMap"),
    WL_MAP_CLASS("java.util.EnumMap"),
    WL_MAP_CLASS("groovy.util.ConfigObject"),
    {"java.util.HashMap", "<init>", "int,float", map_new, K::constructor},
    {"java.util.LinkedHashMap", "<init>", "int,float", map_new, K::constructor},
    {"java.util.Map", "get", "Object", map_get},
    {"java.util.Map", "get", "Object,Object", map_get_default},
    {"java.util.Map", "getOrDefault", "Object,Object", map_get_or_default},
    {"java.util.Map", "put", "Object,Object", map_put},
    {"java.util.Map", "putIfAbsent", "Object,Object", map_put_if_absent},
    {"java.util.Map", "putAll", "Object", map_put_all},
    {"java.util.Map", "leftShift", "Object", map_put_all},
    {"java.util.Map", "remove", "Object", map_remove},
    {"java.util.Map", "remove", "Object,Object", map_remove_pair},
    {"java.util.Map", "replace", "Object,Object", map_replace},
    {"java.util.Map", "replace", "Object,Object,Object", map_replace},
    {"java.util.Map", "containsKey", "Object", map_contains_key},
    {"java.util.Map", "containsValue", "Object", map_contains_value},
    {"java.util.Hashtable", "contains", "Object", map_contains_value},
    {"java.util.Hashtable", "keys", "", map_keys},
    {"java.util.Hashtable", "elements", "", map_keys},
    {"java.util.Properties", "propertyNames", "", properties_all_names},
    {"java.util.Map", "keySet", "", map_key_set},
    {"java.util.Map", "values", "", map_values},
    {"java.util.Map", "entrySet", "", map_entry_set},
    {"java.util.Map", "plus", "java.util.Map", map_plus},
    {"java.util.Map", "plus", "java.util.Collection", map_plus},
    {"java.util.Map", "minus", "Map", map_minus},
    {"java.util.Map", "intersect", "Map", map_intersect},
    {"java.util.Map", "subMap", "Object...", map_sub_map},
    {"java.util.Map", "take", "int", map_take},
    {"java.util.Map", "drop", "int", map_drop},
    {"java.util.Map", "clone", "", map_clone},
    {"java.util.Map", "asImmutable", "", immutable_map},
    {"java.util.Map", "withDefault", "Closure", with_default},
    {"java.util.Collections", "unmodifiableMap", "Map", immutable_map, K::static_method},
    {"java.util.Collections", "unmodifiableSortedMap", "Map", immutable_map, K::static_method},
    {"java.util.Collections", "unmodifiableNavigableMap", "Map", immutable_map, K::static_method},
    {"java.util.Collections", "emptyMap", "", constant_map, K::static_method},
    {"java.util.Collections", "singletonMap", "Object,Object", constant_map, K::static_method},
    {"java.util.TreeMap", "firstKey", "", end_of_map},
    {"java.util.TreeMap", "lastKey", "", end_of_map},
    {"java.util.TreeMap", "firstEntry", "", end_of_map},
    {"java.util.TreeMap", "lastEntry", "", end_of_map},
    {"java.util.TreeMap", "pollFirstEntry", "", end_of_map},
    {"java.util.TreeMap", "pollLastEntry", "", end_of_map},
    {"java.util.TreeMap", "floorKey", "Object", neighbour},
    {"java.util.TreeMap", "ceilingKey", "Object", neighbour},
    {"java.util.TreeMap", "higherKey", "Object", neighbour},
    {"java.util.TreeMap", "lowerKey", "Object", neighbour},
    {"java.util.TreeMap", "floorEntry", "Object", neighbour},
    {"java.util.TreeMap", "ceilingEntry", "Object", neighbour},
    {"java.util.TreeMap", "higherEntry", "Object", neighbour},
    {"java.util.TreeMap", "lowerEntry", "Object", neighbour},
    {"java.util.TreeMap", "headMap", "Object", part_of_map},
    {"java.util.TreeMap", "headMap", "Object,boolean", part_of_map},
    {"java.util.TreeMap", "tailMap", "Object", part_of_map},
    {"java.util.TreeMap", "tailMap", "Object,boolean", part_of_map},
    {"java.util.TreeMap", "subMap", "Object,Object", part_of_map},
    {"java.util.TreeMap", "subMap", "Object,boolean,Object,boolean", part_of_map},
    {"java.util.TreeMap", "descendingMap", "", descending},
    {"java.util.TreeMap", "descendingKeySet", "", descending},
    {"java.util.Map$Entry", "getKey", "", entry_key},
    {"java.util.Map$Entry", "getValue", "", entry_value},
    {"java.util.Map$Entry", "setValue", "Object", entry_set_value},
    {"java.util.Properties", "load", "Object", properties_load},
    {"java.util.Properties", "getProperty", "String", properties_get},
    {"java.util.Properties", "getProperty", "String,String", properties_get},
    {"java.util.Properties", "setProperty", "String,String", map_put},
    {"java.util.Properties", "stringPropertyNames", "", properties_names},
};
#undef WL_MAP_CLASS

}  // namespace

NativeTable map_methods() { return kMethods; }

}  // namespace windlass::vm
