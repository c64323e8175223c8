// java.util.Collection and Iterable as Java and Groovy 2.4 extend them, for lists, sets, ranges and arrays alike, as
// far as no closure is taken (those are Groovy: src/prelude/gdk). Lists' own methods are list_methods.cc.
#include <algorithm>

#include "vm/gdk/collections.h"
#include "vm/gdk/plain_set.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {

std::int64_t size_of(Call& call, Value v) {
  auto& heap = call.heap();
  if (v.is(Kind::list)) return heap.list(v)->size;
  if (v.is(Kind::map) || v.is(Kind::set)) return heap.map(v)->size;
  if (v.is(Kind::array)) return heap.array(v)->length;
  if (v.is(Kind::range) && heap.is_int_range(v)) return heap.int_range(v).size;
  return -1;
}

Status contains_in(Call& call, Value collection, Value item, bool& has) {
  // Where a set of entries keeps them goes by their keys.
  if (collection.is(Kind::set) && call.class_of(collection) != java::linked_entry_set) {
    return call.set_contains(collection, item, has);
  }
  std::vector<Value> items;
  VM_DO(call.elements(collection, items));
  has = false;
  for (const auto& other : items) {
    VM_DO(call.equals(item, other, has));
    if (has) return Status::ok;
  }
  return Status::ok;
}

Status compare_aware(Call& call, Value a, Value b, std::int32_t& order) {
  const Status status = call.compare(a, b, order);
  if (status != Status::thrown) return status;
  const Value thrown = call.take_exception();
  if (!call.is_instance(thrown, java::class_cast_exception) &&
      !call.is_instance(thrown, java::groovy_runtime_exception) &&
      !call.is_instance(thrown, java::illegal_argument_exception)) {
    return call.throw_value(thrown);
  }
  std::int32_t x = 0;
  std::int32_t y = 0;
  VM_DO(call.hash(a, x));
  VM_DO(call.hash(b, y));
  bool same = false;
  if (x == y) VM_DO(call.java_equals(a, b, same));
  order = same ? 0 : x > y ? 1 : -1;
  return Status::ok;
}

Status make_falling(Call& call, Value sorted) {
  Heap& heap = call.heap();
  const Value shown = heap.below_whole(sorted);
  // Turned twice: as it was. What is left between is a span, whose borders change places.
  const bool is_span = heap.is_view(shown) && heap.view_kind(shown) == ViewKind::span;
  const Value turned = is_span ? heap.view_source(shown) : shown;
  if (heap.is_view(turned) && heap.view_kind(turned) == ViewKind::falling) {
    Value low = Value::null(), high = Value::null();
    std::uint8_t borders = 0;
    if (is_span) {
      const auto about = heap.array_items(heap.map(shown)->extra);
      const auto known = static_cast<std::uint8_t>(about[sorted_borders].integer);
      low = about[sorted_high];
      high = about[sorted_low];
      borders = static_cast<std::uint8_t>((known & (has_low | with_low)) << 2 | (known & (has_high | with_high)) >> 2);
    }
    const Value view = heap.make_sorted_view(heap.view_source(turned), ViewKind::span, low, high, borders);
    if (heap.has_flag(sorted, flag_immutable)) heap.set_flag(view, flag_immutable);
    return call.give(view);
  }
  Value order = call.heap().map(sorted)->comparator;
  VM_DO(call.invoke_static(java::collections, "reverseOrder",
                           order.is_null() ? std::span<const Value>() : std::span<const Value>(&order, 1), order));
  const Value view = call.heap().make_sorted_view(sorted, ViewKind::falling, Value::null(), Value::null(), 0);
  call.heap().map(view)->comparator = order;
  return call.give(view);
}

Status make_span(Call& call, Value low, Value high, bool includes_low, bool includes_high) {
  const Value self = call.self();
  Vm::State& s = call.vm().state();
  std::uint8_t borders = 0;
  if (!low.is_undefined()) borders |= has_low | (includes_low ? with_low : 0);
  if (!high.is_undefined()) borders |= has_high | (includes_high ? with_high : 0);
  std::int32_t order = 0;
  if (borders != 0) {
    // Keys that cannot be compared are refused at once.
    const Value first = low.is_undefined() ? high : low;
    VM_DO(s.compare_keys(&call, self, first, high.is_undefined() ? low : high, order));
  }
  if (order > 0) return call.throw_java(java::illegal_argument_exception, "fromKey > toKey");
  // A part of a part lies within it.
  if (call.heap().is_view(self)) {
    bool inside = true;
    if (!low.is_undefined()) VM_DO(s.border_within(&call, self, low, includes_low, inside));
    if (!inside) return call.throw_java(java::illegal_argument_exception, "fromKey out of range");
    if (!high.is_undefined()) VM_DO(s.border_within(&call, self, high, includes_high, inside));
    if (!inside) return call.throw_java(java::illegal_argument_exception, "toKey out of range");
  }
  const auto plain = [](Value v) { return v.is_undefined() ? Value::null() : v; };
  return call.give(call.heap().make_sorted_view(self, ViewKind::span, plain(low), plain(high), borders));
}

Value similar_set(Call& call, Value set) {
  const bool sorted = call.class_of(set) == java::tree_set;
  const Value out = call.heap().make_set(sorted ? java::tree_set : java::linked_hash_set);
  if (sorted) call.heap().map(out)->comparator = call.heap().map(set)->comparator;
  return out;
}

void set_buckets(Heap& heap, Value map_or_set, std::size_t capacity) {
  std::uint32_t buckets = 1;
  while (buckets < capacity && buckets < (1u << 30)) buckets *= 2;
  auto* object = heap.map(map_or_set);
  if (object->size == 0) object->java_capacity = buckets;
}

/// Iterators of Arrays.asList have no remove of their own, and say so.
Status throw_fixed_size(Call& call, Value list) {
  return call.class_of(list) == java::arrays_list ? call.throw_java(java::unsupported_operation_exception, "remove")
                                                  : call.throw_java(java::unsupported_operation_exception);
}

Status remove_positions(Call& call, Value collection, const std::vector<std::uint32_t>& positions) {
  Heap& heap = call.heap();
  if (heap.has_flag(collection, flag_fixed_size)) return throw_fixed_size(call, collection);
  Vm::State& s = call.vm().state();
  if (heap.is_map_view(collection)) {
    const Value map = heap.view_source(collection);
    if (heap.has_flag(map, flag_immutable)) return call.throw_java(java::unsupported_operation_exception);
    const auto order = heap.map_order(map);
    std::vector<std::uint32_t> slots;
    for (const auto position : positions) slots.push_back(order[position]);
    // Sorted ones close their gaps: from behind.
    std::sort(slots.rbegin(), slots.rend());
    for (const auto slot : slots) heap.map_remove_slot(map, slot);
    return s.refresh_view(&call, collection);
  }
  if (collection.is(Kind::list)) {
    for (auto it = positions.rbegin(); it != positions.rend(); ++it) heap.list_remove(collection, *it);
    return Status::ok;
  }
  const auto order = heap.map_order(collection);
  std::vector<std::uint32_t> slots;
  for (const auto position : positions) slots.push_back(order[position]);
  std::sort(slots.rbegin(), slots.rend());
  for (const auto slot : slots) heap.map_remove_slot(collection, slot);
  return Status::ok;
}

namespace {

Status all_of(Call& call, Value v, std::vector<Value>& out) { return call.elements(v, out); }

// ---- size and content
// ------------------------------------------------------------------------------------------------

Status size(Call& call) {
  auto n = size_of(call, call.self());
  if (n < 0) {
    std::vector<Value> items;
    VM_DO(all_of(call, call.self(), items));
    n = static_cast<std::int64_t>(items.size());
  }
  return call.give(static_cast<std::int32_t>(n));
}
Status is_empty(Call& call) {
  VM_DO(size(call));
  return call.give(call.self().as_int() == 0);
}

Status contains(Call& call) {
  const bool entries = call.self().is(Kind::set) && call.class_of(call.self()) == java::linked_entry_set;
  if (call.self().is(Kind::set) && !entries) {
    bool has = false;
    VM_DO(call.set_contains(call.self(), call.arg(0), has));
    return call.give(has);
  }
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  for (const auto& item : items) {
    bool same = false;
    VM_DO(call.java_equals(call.arg(0), item, same));
    if (same) return call.give(true);
  }
  return call.give(false);
}
Status contains_all(Call& call) {
  if (call.arg(0).is_null()) return call.throw_java(java::null_pointer_exception);
  std::vector<Value> wanted;
  VM_DO(all_of(call, call.arg(0), wanted));
  for (const auto& item : wanted) {
    bool has = false;
    VM_DO(contains_in(call, call.self(), item, has));
    if (!has) return call.give(false);
  }
  return call.give(true);
}
Status disjoint(Call& call) {
  const bool fixed = call.self().is_class();  // Collections.disjoint(a, b)
  std::vector<Value> items;
  VM_DO(all_of(call, fixed ? call.arg(1) : call.self(), items));
  for (const auto& item : items) {
    bool has = false;
    VM_DO(contains_in(call, call.arg(0), item, has));
    if (has) return call.give(false);
  }
  return call.give(true);
}
Status count(Call& call) {
  const bool fixed = call.self().is_class();  // Collections.frequency(collection, item)
  std::vector<Value> items;
  VM_DO(all_of(call, fixed ? call.arg(0) : call.self(), items));
  std::int32_t n = 0;
  for (const auto& item : items) {
    bool same = false;
    VM_DO(fixed ? call.java_equals(call.arg(1), item, same) : call.equals(item, call.arg(0), same));
    if (same) ++n;
  }
  return call.give(n);
}

// ---- changing
// --------------------------------------------------------------------------------------------------------

Status left_shift(Call& call) {
  auto self = call.self();
  VM_MUTABLE(call, true);
  if (call.heap().is_map_view(self)) return call.throw_java(java::unsupported_operation_exception);
  if (self.is(Kind::set)) {
    bool added = false;
    VM_DO(call.set_add(self, call.arg(0), added));
  } else if (self.is(Kind::list)) {
    call.heap().list_add(self, call.arg(0));
  } else {
    return call.throw_java(java::unsupported_operation_exception);
  }
  return call.give(self);
}
Status add_all(Call& call) {
  const bool fixed = call.self().is_class();  // Collections.addAll(collection, items…)
  auto self = fixed ? call.arg(0) : call.self();
  if (call.heap().has_flag(self, flag_immutable) || call.heap().has_flag(self, flag_fixed_size) ||
      call.heap().is_map_view(self)) {
    return call.throw_java(java::unsupported_operation_exception);
  }
  std::vector<Value> items;
  if (fixed) {
    items.assign(call.args().begin() + 1, call.args().end());
    if (items.size() == 1 && items[0].is(Kind::array)) {
      const Value array = items[0];
      items.clear();
      VM_DO(all_of(call, array, items));
    }
  } else {
    if (call.arg(0).is_null()) return call.throw_java(java::null_pointer_exception);
    VM_DO(all_of(call, call.arg(0), items));
  }
  bool changed = false;
  if (self.is(Kind::set)) {
    for (const auto& item : items) {
      bool added = false;
      VM_DO(call.set_add(self, item, added));
      changed |= added;
    }
  } else if (self.is(Kind::list)) {
    for (const auto& item : items) call.heap().list_add(self, item);
    changed = !items.empty();
    // An ArrayList counts it as a change all the same.
    if (!changed && call.class_of(self) == java::array_list && call.vm().state().limits.live_views()) {
      ++call.heap().list(self)->changes;
    }
  } else {
    return call.throw_java(java::unsupported_operation_exception);
  }
  return call.give(changed);
}
Status remove_item(Call& call) {
  auto self = call.self();
  VM_REMOVES(call);
  if (self.is(Kind::range)) return call.throw_java(java::unsupported_operation_exception);
  if (self.is(Kind::set) && !call.heap().is_map_view(self)) {
    Value old;
    VM_DO(call.map_remove(self, call.arg(0), old));
    return call.give(!old.is_undefined());
  }
  std::vector<Value> items;
  VM_DO(all_of(call, self, items));
  for (std::size_t i = 0; i < items.size(); ++i) {
    bool same = false;
    VM_DO(call.java_equals(call.arg(0), items[i], same));
    if (!same) continue;
    VM_DO(remove_positions(call, self, {static_cast<std::uint32_t>(i)}));
    return call.give(true);
  }
  return call.give(false);
}
Status clear(Call& call) {
  if (call.heap().has_flag(call.self(), flag_fixed_size) && size_of(call, call.self()) == 0) return call.give_null();
  VM_MUTABLE(call, true);
  Heap& heap = call.heap();
  if (heap.is_map_view(call.self())) {
    const Value map = heap.view_source(call.self());
    if (heap.has_flag(map, flag_immutable)) return call.throw_java(java::unsupported_operation_exception);
    heap.map_clear(map);
  }
  if (call.self().is(Kind::list)) {
    heap.list_clear(call.self());
  } else if (call.self().is(Kind::range)) {
    return call.throw_java(java::unsupported_operation_exception);
  } else {
    heap.map_clear(call.self());
  }
  return call.give_null();
}
Status remove_or_retain(Call& call, bool keep) {
  VM_REMOVES(call);
  auto self = call.self();
  if (self.is(Kind::range)) return call.throw_java(java::unsupported_operation_exception);
  std::vector<Value> items;
  VM_DO(all_of(call, self, items));
  std::vector<std::uint32_t> gone;
  for (std::size_t i = 0; i < items.size(); ++i) {
    bool has = false;
    VM_DO(contains_in(call, call.arg(0), items[i], has));
    if (has != keep) gone.push_back(static_cast<std::uint32_t>(i));
  }
  if (gone.empty()) return call.give(false);
  VM_DO(remove_positions(call, self, gone));
  return call.give(true);
}
Status remove_all(Call& call) { return remove_or_retain(call, false); }
Status retain_all(Call& call) { return remove_or_retain(call, true); }
/// For the prelude: keeps the elements whose flag in the list of booleans is true; whether any went.
Status keep_flagged(Call& call) {
  std::vector<Value> flags;
  VM_DO(all_of(call, call.arg(0), flags));
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  std::vector<std::uint32_t> gone;
  for (std::size_t i = 0; i < std::min(flags.size(), items.size()); ++i) {
    if (!flags[i].is_true()) gone.push_back(static_cast<std::uint32_t>(i));
  }
  if (gone.empty()) return call.give(false);
  VM_REMOVES(call);
  if (call.self().is(Kind::range)) return call.throw_java(java::unsupported_operation_exception);
  VM_DO(remove_positions(call, call.self(), gone));
  return call.give(true);
}
Status set_add(Call& call) {
  VM_MUTABLE(call, true);
  if (call.heap().is_map_view(call.self())) return call.throw_java(java::unsupported_operation_exception);
  bool added = false;
  VM_DO(call.set_add(call.self(), call.arg(0), added));
  return call.give(added);
}

// ---- arithmetic
// ------------------------------------------------------------------------------------------------------

Status plus(Call& call) {
  auto self = call.self();
  std::vector<Value> items;
  VM_DO(all_of(call, self, items));
  std::vector<Value> more;
  auto arg = call.arg(0);
  // To a collection an array is one element, to an array it is its elements.
  const bool many =
      call.is_collection(arg) || (arg.is(Kind::array) && self.is(Kind::array)) || call.is_instance(arg, java::iterable);
  if (many) {
    VM_DO(all_of(call, arg, more));
  } else {
    more.push_back(arg);
  }
  if (self.is(Kind::set)) {
    auto out = similar_set(call, self);
    bool added = false;
    for (const auto& item : items) VM_DO(call.set_add(out, item, added));
    for (const auto& item : more) VM_DO(call.set_add(out, item, added));
    return call.give(out);
  }
  items.insert(items.end(), more.begin(), more.end());
  return call.give(new_list(call, items));
}
Status minus(Call& call) {
  auto self = call.self();
  std::vector<Value> items;
  VM_DO(all_of(call, self, items));
  auto arg = call.arg(0);
  std::vector<Value> gone;
  if (call.is_collection(arg) || (arg.is(Kind::array) && self.is(Kind::array)) ||
      call.is_instance(arg, java::iterable)) {
    VM_DO(all_of(call, arg, gone));
  } else {
    gone.push_back(arg);
  }
  std::vector<Value> left;
  if (PlainSet::serves(items, gone)) {
    PlainSet known(call.heap());
    for (const auto& other : gone) {
      known.insert(other);
      call.charge(known.take_work());
    }
    for (const auto& item : items) {
      if (!known.has(item)) left.push_back(item);
      call.charge(known.take_work());
    }
  } else {
    for (const auto& item : items) {
      bool found = false;
      for (const auto& other : gone) {
        VM_DO(call.equals(item, other, found));
        if (found) break;
      }
      if (!found) left.push_back(item);
    }
  }
  if (self.is(Kind::set)) {
    auto out = similar_set(call, self);
    bool added = false;
    for (const auto& item : left) VM_DO(call.set_add(out, item, added));
    return call.give(out);
  }
  return call.give(new_list(call, left));
}
Status multiply(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  if (call.arg(0).is_null()) {
    return call.throw_java(java::null_pointer_exception,
                           "Cannot invoke \"java.lang.Number.intValue()\" because \"factor\" is null");
  }
  const auto n = call.int_arg(0);
  if (n < 0 && !items.empty()) {
    return call.throw_java(java::illegal_argument_exception,
                           "Illegal Capacity: " + std::to_string(n * static_cast<std::int64_t>(items.size())));
  }
  if (n < 0) return call.give(new_list(call, {}));
  VM_DO(call.check_size(static_cast<std::uint64_t>(n) * items.size() * sizeof(Value)));
  std::vector<Value> out;
  out.reserve(items.size() * static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) out.insert(out.end(), items.begin(), items.end());
  return call.give(new_list(call, out));
}
/// As Groovy does it: the elements of the smaller one that the larger one has, in a collection like the larger one.
Status intersect(Call& call) {
  auto larger = call.self();
  std::vector<Value> items;
  VM_DO(all_of(call, larger, items));
  std::vector<Value> others;
  VM_DO(call.elements(call.arg(0), others));
  if (items.size() < others.size()) {
    std::swap(items, others);
    larger = call.arg(0);
  }
  std::vector<Value> both;
  if (PlainSet::serves(items, others)) {
    PlainSet known(call.heap());
    for (const auto& item : items) {
      known.insert(item);
      call.charge(known.take_work());
    }
    for (const auto& other : others) {
      if (known.has(other)) both.push_back(other);
      call.charge(known.take_work());
    }
  } else {
    for (const auto& other : others) {
      bool has = false;
      VM_DO(contains_in(call, larger, other, has));
      if (has) both.push_back(other);
    }
  }
  if (larger.is(Kind::set)) {
    auto out = similar_set(call, larger);
    bool added = false;
    for (const auto& item : both) VM_DO(call.set_add(out, item, added));
    return call.give(out);
  }
  return call.give(new_list(call, both));
}
Status unique(Call& call) {
  auto self = call.self();
  std::vector<Value> items;
  VM_DO(all_of(call, self, items));
  std::vector<Value> kept;
  std::vector<std::uint32_t> gone;
  if (PlainSet::serves(items, items)) {
    PlainSet known(call.heap());
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (known.insert(items[i])) {
        kept.push_back(items[i]);
      } else {
        gone.push_back(static_cast<std::uint32_t>(i));
      }
      call.charge(known.take_work());
    }
  }
  for (std::size_t i = kept.size() + gone.size(); i < items.size(); ++i) {
    bool known = false;
    for (const auto& other : kept) {
      VM_DO(call.equals(items[i], other, known));
      if (known) break;
    }
    if (known) {
      gone.push_back(static_cast<std::uint32_t>(i));
    } else {
      kept.push_back(items[i]);
    }
  }
  const bool mutate = !(call.has(0) && !call.bool_arg(0)) && call.name() != "toUnique";
  if (mutate && (self.is(Kind::list) || self.is(Kind::set))) {
    // Groovy empties it and fills it again.
    if (call.heap().has_flag(self, flag_immutable) || !items.empty()) VM_MUTABLE(call, true);
    if (!gone.empty()) VM_DO(remove_positions(call, self, gone));
    return call.give(self);
  }
  return call.give(new_list(call, kept));
}

// ---- conversions
// -----------------------------------------------------------------------------------------------------

Status join(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  TextView separator;
  if (call.has(0)) VM_DO(call.text(call.arg(0), separator));
  TextBuilder out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out.append(separator);
    VM_DO(call.to_text(items[i], out));
  }
  VM_DO(call.check_size(out.size() * 2));
  return call.give_text(out);
}
Status to_list(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  return call.give(new_list(call, items));
}
/// Groovy's toSet() makes a HashSet with room for as many elements as there are.
Status to_set(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  auto out = call.heap().make_set(java::hash_set);
  set_buckets(call.heap(), out, call.self().is_text() || call.self().is(Kind::iterator) ? 16 : items.size());
  bool added = false;
  for (const auto& item : items) VM_DO(call.set_add(out, item, added));
  return call.give(out);
}
Status to_array(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  ClassId element = java::object;
  if (call.has(0) && call.arg(0).is(Kind::array)) element = call.heap().array(call.arg(0))->element;
  auto array = call.heap().make_array(element, static_cast<std::uint32_t>(items.size()));
  std::copy(items.begin(), items.end(), call.heap().array_items(array).begin());
  return call.give(array);
}
Status set_new(Call& call) {
  auto set = call.heap().make_set(call.self().class_id());
  if (!call.has(0)) return call.give(set);
  const Value from = call.arg(0);
  if (from.is_integral()) {
    if (from.integer < 0) {
      return call.throw_java(java::illegal_argument_exception,
                             "Illegal initial capacity: " + std::to_string(from.integer));
    }
    set_buckets(call.heap(), set, static_cast<std::size_t>(from.integer));
    return call.give(set);
  }
  if (call.self().class_id() == java::tree_set &&
      (from.is(Kind::closure) || (!call.is_collection(from) && call.is_instance(from, java::comparator)))) {
    call.heap().map(set)->comparator = from;
    return call.give(set);
  }
  std::vector<Value> items;
  VM_DO(all_of(call, from, items));
  set_buckets(call.heap(), set, std::max<std::size_t>(16, buckets_for(items.size())));
  bool added = false;
  for (const auto& item : items) VM_DO(call.set_add(set, item, added));
  return call.give(set);
}
Status immutable_set(Call& call) {
  const Value from = call.self().is_class() ? call.arg(0) : call.self();
  if (from.is_null()) return call.throw_java(java::null_pointer_exception);
  if (call.vm().state().limits.live_views() && (from.is(Kind::set) || from.is(Kind::list))) {
    return call.give(call.heap().make_whole(from));
  }
  std::vector<Value> items;
  VM_DO(all_of(call, from, items));
  const Value set = from.is(Kind::set) ? similar_set(call, from) : call.heap().make_set();
  bool added = false;
  for (const auto& item : items) VM_DO(call.set_add(set, item, added));
  call.heap().set_flag(set, flag_immutable);
  return call.give(set);
}
Status set_clone(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  const Value set = call.heap().make_set(call.class_of(call.self()));
  call.heap().map(set)->comparator = call.heap().map(call.self())->comparator;
  call.heap().map(set)->java_capacity = call.heap().map(call.self())->java_capacity;
  bool added = false;
  for (const auto& item : items) VM_DO(call.set_add(set, item, added));
  return call.give(set);
}

// ---- sorted sets
// -----------------------------------------------------------------------------------------------------

enum class Side : std::uint8_t { lower, floor, ceiling, higher };

Status neighbour(Call& call, Side side) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  Value found = Value::undefined();
  for (const auto& item : items) {
    std::int32_t order = 0;
    VM_DO(call.vm().state().compare_keys(&call, call.self(), item, call.arg(0), order));
    const bool below = side == Side::lower ? order < 0 : order <= 0;
    if (side == Side::lower || side == Side::floor) {
      if (below) found = item;
    } else if (side == Side::ceiling ? order >= 0 : order > 0) {
      found = item;
      break;
    }
  }
  return call.give(found.is_undefined() ? Value::null() : found);
}
Status lower(Call& call) { return neighbour(call, Side::lower); }
Status floor_of(Call& call) { return neighbour(call, Side::floor); }
Status ceiling(Call& call) { return neighbour(call, Side::ceiling); }
Status higher(Call& call) { return neighbour(call, Side::higher); }
/// headSet, tailSet, subSet: a part by borders; booleans say whether a border belongs to it.
Status part_of_set(Call& call) {
  const auto name = call.name();
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  const Value out = similar_set(call, call.self());
  Value low = Value::undefined();
  Value high = Value::undefined();
  bool with_low = true;
  bool with_high = false;
  if (name == "headSet") {
    high = call.arg(0);
    with_high = call.has(1) && call.bool_arg(1);
  } else if (name == "tailSet") {
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
  if (call.vm().state().limits.live_views()) {
    return make_span(call, low, high, with_low, with_high);
  }
  for (const auto& item : items) {
    std::int32_t order = 0;
    if (!low.is_undefined()) {
      VM_DO(call.compare(item, low, order));
      if (order < 0 || (order == 0 && !with_low)) continue;
    }
    if (!high.is_undefined()) {
      VM_DO(call.compare(item, high, order));
      if (order > 0 || (order == 0 && !with_high)) continue;
    }
    bool added = false;
    VM_DO(call.set_add(out, item, added));
  }
  return call.give(out);
}
Status end_of_set(Call& call) {
  const bool first = call.name() == "first" || call.name() == "pollFirst";
  const bool poll = call.name().starts_with("poll");
  const auto slots = call.heap().slots(call.self());
  if (slots.empty()) return poll ? call.give_null() : call.throw_java(java::no_such_element_exception);
  const auto at = first ? 0 : static_cast<std::uint32_t>(slots.size() - 1);
  const Value out = slots[at].key.plain();
  if (poll) call.heap().map_remove_slot(call.self(), at);
  return call.give(out);
}
Status descending_set(Call& call) {
  if (call.name() == "descendingSet" && call.vm().state().limits.live_views()) return make_falling(call, call.self());
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  std::reverse(items.begin(), items.end());
  if (call.name() == "descendingIterator") {
    return call.give(call.heap().make_iterator(IteratorMode::list, new_list(call, items)));
  }
  const Value out = call.heap().make_set(java::linked_hash_set);
  bool added = false;
  for (const auto& item : items) VM_DO(call.set_add(out, item, added));
  return call.give(out);
}

// ---- enum sets: TreeSets, as their order is that of the constants
// --------------------------------------------------

Status enum_set_of(Call& call) {
  const Value out = call.heap().make_set(java::tree_set);
  std::vector<Value> items(call.args().begin(), call.args().end());
  const auto name = call.name();
  // The set knows its enum, also while it is empty.
  const auto kind_of = [&](Value v) -> Value {
    if (v.is(Kind::set)) return call.heap().map(v)->extra;
    return v.is_class() ? v : Value::of_class(call.class_of(v));
  };
  if (!items.empty()) call.heap().map(out)->extra = kind_of(items[0]);
  if (name == "noneOf") return call.give(out);
  if (name == "complementOf") {
    std::vector<Value> own;
    VM_DO(all_of(call, call.arg(0), own));
    Value kind = kind_of(call.arg(0));
    if (!kind.is_class() && own.empty()) return call.throw_java(java::illegal_argument_exception, "no EnumSet");
    if (!kind.is_class()) kind = Value::of_class(call.class_of(own[0]));
    Value all;
    VM_DO(call.invoke_static(kind.class_id(), "values", {}, all));
    items.clear();
    std::vector<Value> constants;
    VM_DO(all_of(call, all, constants));
    for (const Value constant : constants) {
      const bool has = std::any_of(own.begin(), own.end(), [&](Value v) { return v.identical(constant); });
      if (!has) items.push_back(constant);
    }
    call.heap().map(out)->extra = kind;
  } else if (name == "copyOf") {
    items.clear();
    VM_DO(all_of(call, call.arg(0), items));
    if (items.empty() && !call.arg(0).is(Kind::set))
      return call.throw_java(java::illegal_argument_exception, "Collection is empty");
    if (!items.empty()) call.heap().map(out)->extra = Value::of_class(call.class_of(items[0]));
  } else if (name == "allOf" || name == "range") {
    Value all;
    const ClassId id = name == "allOf" ? call.arg(0).class_id() : call.class_of(call.arg(0));
    VM_DO(call.invoke_static(id, "values", {}, all));
    items.clear();
    std::vector<Value> constants;
    VM_DO(all_of(call, all, constants));
    for (const auto& constant : constants) {
      if (name == "range") {
        std::int32_t low = 0;
        std::int32_t high = 0;
        VM_DO(call.compare(constant, call.arg(0), low));
        VM_DO(call.compare(constant, call.arg(1), high));
        if (low < 0 || high > 0) continue;
      }
      items.push_back(constant);
    }
  }
  bool added = false;
  for (const auto& item : items) VM_DO(call.set_add(out, item, added));
  return call.give(out);
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.util.Collection", "size", "", size},
    {"java.util.Map", "size", "", size},
    {"java.lang.Object[]", "size", "", size},
    {"java.lang.Iterable", "size", "", size},
    {"java.util.Collection", "isEmpty", "", is_empty},
    {"java.util.Map", "isEmpty", "", is_empty},
    {"java.util.Collection", "contains", "Object", contains},
    {"java.lang.Iterable", "contains", "Object", contains},
    {"java.lang.Object[]", "contains", "Object", contains},
    {"java.util.Collection", "containsAll", "Object", contains_all},
    {"java.lang.Iterable", "disjoint", "Object", disjoint},
    {"java.lang.Iterable", "count", "Object", count},
    {"java.lang.Object[]", "count", "Object", count},
    {"java.util.Collection", "leftShift", "Object", left_shift},
    {"java.util.Collection", "addAll", "Object", add_all},
    {"java.util.Collection", "remove", "Object", remove_item},
    {"java.util.Collection", "removeElement", "Object", remove_item},
    {"java.util.Collection", "clear", "", clear},
    {"java.util.Map", "clear", "", clear},
    {"java.util.Collection", "removeAll", "Object", remove_all},
    {"java.util.Collection", "retainAll", "Object", retain_all},
    {"java.util.Collection", "__keep", "List", keep_flagged},
    {"java.util.Set", "add", "Object", set_add},
    {"java.util.Collection", "plus", "Object", plus},
    {"java.lang.Iterable", "plus", "Object", plus},
    {"java.lang.Object[]", "plus", "Object", plus},
    {"java.util.Collection", "minus", "Object", minus},
    {"java.lang.Iterable", "minus", "Object", minus},
    {"java.lang.Object[]", "minus", "Object", minus},
    {"java.lang.Iterable", "multiply", "Number", multiply},
    {"java.util.Collection", "intersect", "Object", intersect},
    {"java.util.Collection", "unique", "", unique},
    {"java.util.Collection", "unique", "boolean", unique},
    {"java.lang.Iterable", "toUnique", "", unique},
    {"java.lang.Object[]", "toUnique", "", unique},
    {"java.lang.Iterable", "join", "", join},
    {"java.lang.Iterable", "join", "String", join},
    {"java.lang.Object[]", "join", "", join},
    {"java.lang.Object[]", "join", "String", join},
    {"java.util.Iterator", "join", "String", join},
    {"java.lang.Iterable", "toList", "", to_list},
    {"java.lang.Object[]", "toList", "", to_list},
    {"java.util.Iterator", "toList", "", to_list},
    {"java.util.Enumeration", "toList", "", to_list},
    {"java.util.StringTokenizer", "toList", "", to_list},
    {"java.lang.Iterable", "asList", "", to_list},
    {"java.lang.Iterable", "toSet", "", to_set},
    {"java.lang.Object[]", "toSet", "", to_set},
    {"java.util.Iterator", "toSet", "", to_set},
    {"java.lang.CharSequence", "toSet", "", to_set},
    {"java.util.Collection", "toArray", "", to_array},
    {"java.util.Collection", "toArray", "Object", to_array},
    {"java.util.Set", "asImmutable", "", immutable_set},
    {"java.util.Set", "clone", "", set_clone},
    {"java.util.Collections", "unmodifiableSet", "Object", immutable_set, K::static_method},
    {"java.util.Collections", "unmodifiableSortedSet", "Object", immutable_set, K::static_method},
    {"java.util.Collections", "unmodifiableNavigableSet", "Object", immutable_set, K::static_method},
    {"java.util.Collections", "unmodifiableCollection", "Object", immutable_set, K::static_method},
    {"java.util.Collections", "disjoint", "Object,Object", disjoint, K::static_method},
    {"java.util.Collections", "frequency", "Object,Object", count, K::static_method},
    {"java.util.Collections", "addAll", "Object,Object...", add_all, K::static_method},
    {"java.util.HashSet", "<init>", "", set_new, K::constructor},
    {"java.util.HashSet", "<init>", "Object", set_new, K::constructor},
    {"java.util.LinkedHashSet", "<init>", "", set_new, K::constructor},
    {"java.util.LinkedHashSet", "<init>", "Object", set_new, K::constructor},
    {"java.util.TreeSet", "<init>", "", set_new, K::constructor},
    {"java.util.TreeSet", "<init>", "Object", set_new, K::constructor},
    {"java.util.TreeSet", "lower", "Object", lower},
    {"java.util.TreeSet", "floor", "Object", floor_of},
    {"java.util.TreeSet", "ceiling", "Object", ceiling},
    {"java.util.TreeSet", "higher", "Object", higher},
    {"java.util.TreeSet", "headSet", "Object", part_of_set},
    {"java.util.TreeSet", "headSet", "Object,boolean", part_of_set},
    {"java.util.TreeSet", "tailSet", "Object", part_of_set},
    {"java.util.TreeSet", "tailSet", "Object,boolean", part_of_set},
    {"java.util.TreeSet", "subSet", "Object,Object", part_of_set},
    {"java.util.TreeSet", "subSet", "Object,boolean,Object,boolean", part_of_set},
    {"java.util.TreeSet", "first", "", end_of_set},
    {"java.util.TreeSet", "last", "", end_of_set},
    {"java.util.TreeSet", "pollFirst", "", end_of_set},
    {"java.util.TreeSet", "pollLast", "", end_of_set},
    {"java.util.TreeSet", "descendingSet", "", descending_set},
    {"java.util.TreeSet", "descendingIterator", "", descending_set},
    {"java.util.EnumSet", "of", "Object...", enum_set_of, K::static_method},
    {"java.util.EnumSet", "complementOf", "Object", enum_set_of, K::static_method},
    {"java.util.EnumSet", "noneOf", "Class", enum_set_of, K::static_method},
    {"java.util.EnumSet", "allOf", "Class", enum_set_of, K::static_method},
    {"java.util.EnumSet", "copyOf", "Object", enum_set_of, K::static_method},
    {"java.util.EnumSet", "range", "Object,Object", enum_set_of, K::static_method},
};

}  // namespace

NativeTable collection_methods() { return kMethods; }

}  // namespace windlass::vm
