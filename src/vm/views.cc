// Views of maps: keySet(), values(), entrySet(). A view is a copy with a reference to its map; before a native sees it,
// refresh_view makes it what the map is now. So views follow their map as Java's do, and reading the map knows nothing
// of views.
#include "vm/state.h"

namespace windlass::vm {

namespace {
bool shows_entries(ClassId id) { return id == java::linked_entry_set; }
}  // namespace

Value Vm::State::view_source(Value v) const {
  if (v.is(Kind::list)) {
    const Ref ref = heap.at<ListObject>(v.ref)->extra;
    return ref == 0 ? Value::null() : heap.value_of(ref);
  }
  return heap.at<MapObject>(v.ref)->extra;
}

Value Vm::State::make_view(Value map, ViewKind kind) {
  Value view;
  if (kind == ViewKind::values) {
    view = heap.make_list(0, java::linked_values);
    heap.list(view)->extra = map.ref;
  } else {
    const bool hashed = Heap::is_bucket_ordered(class_of(map));
    view = heap.make_set(kind == ViewKind::entries ? static_cast<ClassId>(java::linked_entry_set)
                         : hashed                  ? static_cast<ClassId>(java::hash_map_key_set)
                                                   : static_cast<ClassId>(java::linked_key_set));
    heap.map(view)->extra = map;
  }
  heap.set_flag(view, flag_view);
  fill_view(view, map);
  return view;
}

void Vm::State::fill_view(Value view, Value map) {
  if (view.is(Kind::list)) {
    heap.list_clear(view);
    for (const std::uint32_t slot : heap.map_order(map)) heap.list_add(view, heap.slots(map)[slot].value);
    return;
  }
  heap.map_clear(view);
  const bool entries = shows_entries(class_of(view));
  for (const std::uint32_t slot : heap.map_order(map)) {
    const MapSlot entry = heap.slots(map)[slot];
    const Value item = entries ? heap.make_entry(map, entry.key.plain(), entry.value) : entry.key.plain();
    // Keys differ, so the entries do too: the key's hash serves both.
    heap.map_append(view, item, entry.key.aux, Value::null());
  }
  heap.map(view)->java_capacity = heap.map(map)->changes;
}

void Vm::State::refresh_view(Value view) {
  const Value map = view_source(view);
  const auto* source = heap.map(map);
  if (view.is(Kind::list)) {
    const auto items = heap.items(view);
    bool same = items.size() == source->size;
    std::size_t i = 0;
    if (same) {
      for (const std::uint32_t slot : heap.map_order(map)) {
        if (!heap.slots(map)[slot].value.identical(items[i++])) {
          same = false;
          break;
        }
      }
    }
    if (!same) fill_view(view, map);
    return;
  }
  if (heap.map(view)->java_capacity == source->changes && heap.map(view)->size == source->size) {
    if (!shows_entries(class_of(view))) return;
    // Values may have been replaced under the entries.
    for (const MapSlot& item : heap.slots(view)) {
      if (item.key.is_undefined()) continue;
      const MapEntryObject* entry = heap.entry(item.key);
      if (!entry->key.is_string()) continue;
      const Value now = heap.map_get(map, heap.text(entry->key));
      if (!now.is_undefined()) heap.entry(item.key)->value = now;
    }
    return;
  }
  fill_view(view, map);
}

}  // namespace windlass::vm
