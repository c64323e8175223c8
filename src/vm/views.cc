// Views of lists, maps and sets. Those that share their source's storage are always up to date (heap_views.cc); the
// others are copies, which refresh_view makes what their source is now, before a native sees them and wherever they are
// walked through. So reading and writing a collection knows nothing of its views.
#include "vm/state.h"

namespace windlass::vm {

Value Vm::State::make_view(Value map, ViewKind kind) {
  if (kind == ViewKind::keys) return heap.make_key_view(map);
  Value view;
  if (kind == ViewKind::values) {
    view = heap.make_list(0, java::linked_values);
    heap.list(view)->extra = map.ref;
    heap.list(view)->detail = static_cast<std::uint32_t>(kind);
  } else {
    view = heap.make_set(java::linked_entry_set);
    heap.map(view)->extra = map.plain();
    heap.map(view)->extra.aux = static_cast<std::uint32_t>(kind);
  }
  heap.header(view.ref)->flags |= flag_view | (heap.header(map.ref)->flags & flag_immutable);
  fill_view(view, map);
  return view;
}

void Vm::State::fill_view(Value view, Value map) {
  charge(heap.map(map)->size);
  const Heap::Refill raw(heap, view);
  if (view.is(Kind::list)) {
    heap.list_clear(view);
    for (const std::uint32_t slot : heap.map_order(map)) heap.list_add(view, heap.slots(map)[slot].value);
    return;
  }
  heap.map_clear(view);
  for (const std::uint32_t slot : heap.map_order(map)) {
    const MapSlot entry = heap.slots(map)[slot];
    const Value item = heap.make_entry(map, entry.key.plain(), entry.value);
    // Keys differ, so the entries do too: the key's hash serves both.
    heap.map_append(view, item, entry.key.aux, Value::null());
  }
  heap.map(view)->java_capacity = heap.map(map)->changes;
}

Status Vm::State::refresh_view(Call* call, Value view) {
  const Value source = heap.view_source(view);
  if (heap.is_view(source)) VM_DO(refresh_view(call, source));
  switch (heap.view_kind(view)) {
    case ViewKind::whole:
    case ViewKind::array:
    case ViewKind::keys:
      return Status::ok;
    case ViewKind::part:
      return heap.is_stale(view) ? throw_java(java::concurrent_modification_exception) : Status::ok;
    case ViewKind::span:
    case ViewKind::falling:
      return refresh_sorted_view(call, view);
    case ViewKind::values: {
      const auto items = heap.items(view);
      charge(items.size() / 8);
      bool same = items.size() == heap.map(source)->size;
      std::size_t i = 0;
      if (same) {
        for (const std::uint32_t slot : heap.map_order(source)) {
          if (!heap.slots(source)[slot].value.identical(items[i++])) {
            same = false;
            break;
          }
        }
      }
      if (!same) fill_view(view, source);
      return Status::ok;
    }
    case ViewKind::entries:
      break;
  }
  if (heap.map(view)->java_capacity != heap.map(source)->changes || heap.map(view)->size != heap.map(source)->size) {
    fill_view(view, source);
    return Status::ok;
  }
  // Values may have been replaced under the entries.
  for (const MapSlot& item : heap.slots(view)) {
    if (item.key.is_undefined()) continue;
    const MapEntryObject* entry = heap.entry(item.key);
    if (!entry->key.is_string()) continue;
    const Value now = heap.map_get(source, heap.text(entry->key));
    if (!now.is_undefined()) heap.entry(item.key)->value = now;
  }
  return Status::ok;
}

Status Vm::State::compare_keys(Call* call, Value sorted, Value a, Value b, std::int32_t& order) {
  const Value comparator = heap.map(sorted)->comparator;
  if (comparator.is_null()) {
    if (a.is_null() || b.is_null()) return throw_java(java::null_pointer_exception);
    return compare(call, a, b, order);
  }
  if (call == nullptr) return Status::suspended;
  Value result;
  if (comparator.is(Kind::closure)) {
    VM_DO(call->invoke(comparator, {a, b}, result));
  } else {
    const Value args[] = {a, b};
    VM_DO(call->invoke_method(comparator, "compare", args, result));
  }
  order = to_int(result);
  return Status::ok;
}

Status Vm::State::within_borders(Call* call, Value view, Value key, bool& inside) {
  inside = true;
  if (heap.view_kind(view) != ViewKind::span) return Status::ok;
  const auto about = heap.array_items(heap.map(view)->extra);
  const auto borders = static_cast<std::uint8_t>(about[sorted_borders].integer);
  std::int32_t order = 0;
  if ((borders & has_low) != 0) {
    VM_DO(compare_keys(call, view, key, about[sorted_low], order));
    if (order < 0 || (order == 0 && (borders & with_low) == 0)) inside = false;
  }
  if (inside && (borders & has_high) != 0) {
    VM_DO(compare_keys(call, view, key, about[sorted_high], order));
    if (order > 0 || (order == 0 && (borders & with_high) == 0)) inside = false;
  }
  return Status::ok;
}

Status Vm::State::check_borders(Call* call, Value view, Value key) {
  bool inside = false;
  VM_DO(within_borders(call, view, key, inside));
  return inside ? Status::ok : throw_java(java::illegal_argument_exception, "key out of range");
}

Status Vm::State::border_within(Call* call, Value view, Value key, bool includes, bool& inside) {
  inside = true;
  if (const Value source = heap.view_source(view); heap.is_view(source)) {
    VM_DO(border_within(call, source, key, includes, inside));
    if (!inside) return Status::ok;
  }
  if (heap.view_kind(view) != ViewKind::span) return Status::ok;
  if (includes) return within_borders(call, view, key, inside);
  // What is not in the part itself may be at the view's very border.
  const auto about = heap.array_items(heap.map(view)->extra);
  const auto borders = static_cast<std::uint8_t>(about[sorted_borders].integer);
  std::int32_t order = 0;
  if ((borders & has_low) != 0) {
    VM_DO(compare_keys(call, view, key, about[sorted_low], order));
    if (order < 0) inside = false;
  }
  if (inside && (borders & has_high) != 0) {
    VM_DO(compare_keys(call, view, key, about[sorted_high], order));
    if (order > 0) inside = false;
  }
  return Status::ok;
}

Status Vm::State::check_store(Value list, Value item) {
  if (!heap.is_view(list)) return Status::ok;
  if (heap.view_kind(list) == ViewKind::part) return check_store(heap.view_source(list), item);
  if (heap.view_kind(list) != ViewKind::array || item.is_null()) return Status::ok;
  const ArrayObject* array = heap.array(heap.view_source(list));
  const ResolvedType type{array->element, static_cast<std::uint8_t>(array->depth - 1)};
  return instance_of(item, type) ? Status::ok : throw_java(java::array_store_exception, class_name(item));
}

Status Vm::State::refresh_sorted_view(Call* call, Value view) {
  const Value source = heap.view_source(view);
  const bool falls = heap.view_kind(view) == ViewKind::falling;
  charge(heap.map(source)->used);
  std::vector<MapSlot> all(heap.slots(source).begin(), heap.slots(source).end());
  if (falls) std::reverse(all.begin(), all.end());
  if (!heap.is_stale(view)) {
    // Values may have been replaced; the keys are the same, and stand together.
    const auto own = heap.slots(view);
    if (view.is(Kind::set) || own.empty()) return Status::ok;
    std::size_t at = 0;
    while (at < all.size() && !all[at].key.plain().identical(own[0].key.plain())) ++at;
    for (std::size_t i = 0; i < own.size() && at + i < all.size(); ++i) own[i].value = all[at + i].value;
    return Status::ok;
  }
  std::vector<MapSlot> inner;
  for (const MapSlot& slot : all) {
    bool inside = false;
    VM_DO(within_borders(call, view, slot.key.plain(), inside));
    if (inside) inner.push_back(slot);
  }
  {
    const Heap::Refill raw(heap, view);
    heap.map_clear(view);
    for (const MapSlot& slot : inner) {
      heap.map_insert_slot(view, heap.map(view)->used, slot.key.plain(), slot.value);
    }
  }
  const auto changes = static_cast<std::int32_t>(heap.map(source)->changes);
  heap.array_items(heap.map(view)->extra)[sorted_changes] = Value::of_int(changes);
  return Status::ok;
}

/// What a native is called with. A part whose list has changed may be handed around, but not be used.
Status Vm::State::refresh_views(Call& call) {
  static constexpr std::string_view kDoNotLook[] = {"is", "getClass", "identityHashCode", "asImmutable",
                                                    "asSynchronized"};
  const bool only_asks_who = std::ranges::find(kDoNotLook, call.name()) != std::end(kDoNotLook);
  if (heap.is_view(call.self()) && !only_asks_who) VM_DO(refresh_view(&call, call.self()));
  for (const Value arg : call.args()) {
    if (!heap.is_view(arg)) continue;
    const bool is_read = call.self().is_class() && !call.name().starts_with("unmodifiable");
    if (!only_asks_who && (!heap.is_stale(arg) || is_read || heap.is_sorted_view(arg))) {
      VM_DO(refresh_view(&call, arg));
    }
  }
  return Status::ok;
}

ClassId Vm::State::shown_class(Value v) const {
  if (!heap.is_view(v) || heap.view_kind(v) != ViewKind::whole || v.is(Kind::list)) return class_of(v);
  return v.is(Kind::map) ? java::unmodifiable_map : java::unmodifiable_set;
}

}  // namespace windlass::vm
