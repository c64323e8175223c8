// Views in the heap: lists, maps and sets that show what another one, their source, holds. Where they can they have its
// storage for their own, so that reading and replacing elements needs nothing; what adds or takes away elements is done
// to the source. Everything here is total; what is refused, and when a view may not be used any more, the natives and
// views.cc say.
#include <algorithm>
#include <vector>

#include "vm/heap.h"

namespace windlass::vm {

ViewKind Heap::view_kind(Value view) const {
  return static_cast<ViewKind>(view.is(Kind::list) ? at<ListObject>(view.ref)->detail
                                                   : at<MapObject>(view.ref)->extra.aux);
}

Value Heap::view_source(Value view) const {
  if (view.is(Kind::list)) {
    const Ref ref = at<ListObject>(view.ref)->extra;
    return ref == 0 ? Value::null() : value_of(ref);
  }
  const Value extra = at<MapObject>(view.ref)->extra;
  if (!extra.is(Kind::array)) return extra.plain();
  return reinterpret_cast<const Value*>(at<ArrayObject>(extra.ref) + 1)[sorted_source].plain();
}

bool Heap::is_map_view(Value v) const {
  if (!is_view(v)) return false;
  const ViewKind kind = view_kind(v);
  return kind == ViewKind::keys || kind == ViewKind::values || kind == ViewKind::entries;
}

bool Heap::is_sorted_view(Value v) const {
  return is_view(v) && (view_kind(v) == ViewKind::span || view_kind(v) == ViewKind::falling);
}

bool Heap::is_stale(Value v) const {
  if (!is_view(v)) return false;
  const ViewKind kind = view_kind(v);
  if (kind == ViewKind::array) return false;
  const Value source = view_source(v);
  if (is_stale(source)) return true;
  // What only follows its source has its changes.
  Value real = source;
  while (is_view(real) && (view_kind(real) == ViewKind::whole || view_kind(real) == ViewKind::keys)) {
    real = view_source(real);
  }
  if (kind == ViewKind::part) return at<ListObject>(real.ref)->changes != at<ListObject>(v.ref)->changes;
  if (kind != ViewKind::span && kind != ViewKind::falling) return false;
  const Value extra = at<MapObject>(v.ref)->extra;
  const Value known = reinterpret_cast<const Value*>(at<ArrayObject>(extra.ref) + 1)[sorted_changes];
  return known.integer != static_cast<std::int32_t>(at<MapObject>(real.ref)->changes);
}

void Heap::follow(ListObject* view) {
  if (static_cast<ViewKind>(view->detail) != ViewKind::whole) return;
  const ListObject* source = list(value_of(view->extra));
  view->size = source->size;
  view->storage = source->storage;
  view->offset = source->offset;
  view->changes = source->changes;
}

void Heap::follow(MapObject* view) {
  const auto kind = static_cast<ViewKind>(view->extra.aux);
  if (kind != ViewKind::whole && kind != ViewKind::keys) return;
  const MapObject* source = map(view->extra);
  view->size = source->size;
  view->used = source->used;
  view->storage = source->storage;
  view->index = source->index;
  view->changes = source->changes;
  view->java_capacity = source->java_capacity;
}

Value Heap::below_whole(Value source) const {
  while (is_view(source) && view_kind(source) == ViewKind::whole) source = view_source(source);
  return source;
}

Value Heap::make_part(Value source, std::uint32_t from, std::uint32_t to) {
  constexpr int kMostNested = 16;
  Value parent = below_whole(source), base = parent;
  int nested = 0;
  for (; is_view(base) && view_kind(base) == ViewKind::part; ++nested) base = view_source(base);
  if (nested >= kMostNested) parent = base;
  const Value view = make_list(0, java::sub_list);
  const ListObject* whole = list(source);
  auto* object = at<ListObject>(view.ref);
  object->size = to - from;
  object->storage = whole->storage;
  object->offset = whole->offset + from;
  object->changes = whole->changes;
  object->extra = parent.ref;
  object->detail = static_cast<std::uint32_t>(ViewKind::part);
  object->flags |= flag_view | (whole->flags & (flag_immutable | flag_fixed_size));
  return view;
}

Value Heap::make_whole(Value source) {
  source = below_whole(source);
  if (source.is(Kind::list)) {
    const Value view = make_list(0, java::unmodifiable_random_access_list);
    auto* object = at<ListObject>(view.ref);
    object->extra = source.ref;
    object->detail = static_cast<std::uint32_t>(ViewKind::whole);
    object->flags |= flag_view | flag_immutable;
    return view;
  }
  // Of the source's class: the natives go by it where they look for a key.
  ClassId id = header(source.ref)->class_id;
  if (id >= java::count_) id = source.is(Kind::map) ? java::linked_hash_map : java::linked_hash_set;
  const Value view = source.is(Kind::map) ? make_map(id) : make_set(id);
  auto* object = at<MapObject>(view.ref);
  object->comparator = map(source)->comparator;
  object->extra = source.plain();
  object->extra.aux = static_cast<std::uint32_t>(ViewKind::whole);
  object->flags |= flag_view | flag_immutable;
  return view;
}

Value Heap::make_array_view(Value array) {
  // An array's elements stand where those of a storage do.
  static_assert(sizeof(ArrayObject) == sizeof(StorageObject));
  const Value view = make_list(0, java::arrays_list);
  auto* object = at<ListObject>(view.ref);
  object->size = this->array(array)->length;
  object->storage = object->size == 0 ? 0 : array.ref;
  object->extra = array.ref;
  object->detail = static_cast<std::uint32_t>(ViewKind::array);
  object->flags |= flag_view | flag_fixed_size;
  return view;
}

Value Heap::make_key_view(Value source) {
  const ClassId id = header(source.ref)->class_id;
  const bool sorted = id == java::tree_map;
  const Value view = make_set(sorted                  ? static_cast<ClassId>(java::tree_set)
                              : is_bucket_ordered(id) ? static_cast<ClassId>(java::hash_map_key_set)
                                                      : static_cast<ClassId>(java::linked_key_set));
  auto* object = at<MapObject>(view.ref);
  if (sorted) object->comparator = map(source)->comparator;
  object->extra = source.plain();
  object->extra.aux = static_cast<std::uint32_t>(ViewKind::keys);
  object->flags |= flag_view | (header(source.ref)->flags & flag_immutable);
  return view;
}

Value Heap::make_sorted_view(Value shown, ViewKind kind, Value low, Value high, std::uint8_t borders) {
  Value source = below_whole(shown);
  if (kind == ViewKind::span && is_view(source) && view_kind(source) == ViewKind::span) {
    const auto outer = array_items(at<MapObject>(source.ref)->extra);
    const auto known = static_cast<std::uint8_t>(outer[sorted_borders].integer);
    if ((borders & has_low) == 0) {
      low = outer[sorted_low];
      borders |= known & (has_low | with_low);
    }
    if ((borders & has_high) == 0) {
      high = outer[sorted_high];
      borders |= known & (has_high | with_high);
    }
    source = below_whole(view_source(source));
  }
  const Value about = make_array(java::object, kSortedView);
  const auto items = array_items(about);
  items[sorted_source] = source.plain();
  items[sorted_low] = low.plain();
  items[sorted_high] = high.plain();
  items[sorted_borders] = Value::of_int(borders);
  items[sorted_changes] = Value::of_int(-1);
  const Value view = source.is(Kind::map) ? make_map(java::tree_map) : make_set(java::tree_set);
  auto* object = at<MapObject>(view.ref);
  object->comparator = map(source)->comparator;
  object->extra = about;
  object->extra.aux = static_cast<std::uint32_t>(kind);
  object->flags |= flag_view | (header(shown.ref)->flags & flag_immutable);
  return view;
}

bool Heap::splice_part(Value v, std::uint32_t index, std::uint32_t gone, const Value* added) {
  const ViewKind kind = view_kind(v);
  if (kind == ViewKind::values) return false;
  if (kind != ViewKind::part || is_stale(v)) return true;
  const Value source = view_source(v);
  const ListObject* whole = list(source);
  auto* part = at<ListObject>(v.ref);
  const std::uint32_t from = part->offset - whole->offset;
  const std::uint32_t size = part->size - gone + (added != nullptr ? 1 : 0);
  if (added != nullptr) {
    list_insert(source, from + index, *added);
  } else if (gone > 0) {
    list_remove(source, from + index, gone);
  }
  whole = list(source);
  part = at<ListObject>(v.ref);
  part->size = size;
  part->storage = whole->storage;
  part->offset = whole->offset + from;
  part->changes = whole->changes;
  return true;
}

bool Heap::remove_through(Value v, std::uint32_t slot) {
  const ViewKind kind = view_kind(v);
  if (kind == ViewKind::entries || kind == ViewKind::values) return false;
  if (kind == ViewKind::whole) return true;
  const Value source = view_source(v);
  if (kind == ViewKind::keys) {
    map_remove_slot(source, slot);
    return true;
  }
  const bool current = !is_stale(v);
  const Value key = slots(v)[slot].key.plain();
  const auto all = slots(source);
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (!all[i].key.plain().identical(key)) continue;
    map_remove_slot(source, i);
    break;
  }
  {
    const Refill raw(*this, v);
    map_remove_slot(v, slot);
  }
  if (current) {
    const auto changes = static_cast<std::int32_t>(map(source)->changes);
    array_items(at<MapObject>(v.ref)->extra)[sorted_changes] = Value::of_int(changes);
  }
  return true;
}

bool Heap::clear_through(Value v) {
  const ViewKind kind = view_kind(v);
  if (kind == ViewKind::entries || kind == ViewKind::values) return false;
  if (kind == ViewKind::keys) map_clear(view_source(v));
  if (kind == ViewKind::span || kind == ViewKind::falling) {
    while (at<MapObject>(v.ref)->used > 0) map_remove_slot(v, at<MapObject>(v.ref)->used - 1);
  }
  return true;
}

}  // namespace windlass::vm
