// java.util.Iterator and ListIterator over the evaluator's own collections. A ListIterator is an IteratorObject of
// class java.util.ArrayList$ListItr. Iterators of scripts' classes are their own methods; what loops around any
// iterator with a closure is Groovy (src/prelude/gdk).
//
// `last` of an IteratorObject is the element returned last, kNone when there is none (start, after remove or add).
#include "vm/gdk/collections.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

constexpr std::uint32_t kNone = 0xFFFFFFFF;

IteratorObject* object_of(Call& call) { return call.heap().iterator(call.self()); }
bool is_iterator(Call& call) { return call.self().is(Kind::iterator); }

/// Moves over removed slots; whether there is a next element.
bool has_next_element(Call& call) {
  Heap& heap = call.heap();
  IteratorObject* it = object_of(call);
  switch (it->mode) {
    case IteratorMode::list:
      return it->position < heap.list(it->source)->size;
    case IteratorMode::array:
      return it->position < heap.array(it->source)->length;
    case IteratorMode::range:
      return it->position < heap.int_range(it->source).size;
    case IteratorMode::text:
      return it->position < heap.text(it->source).size();
    case IteratorMode::map_entries:
    case IteratorMode::map_keys:
    case IteratorMode::map_values:
    case IteratorMode::set: {
      if (!it->order.is_null()) return it->position < heap.array(it->order)->length;
      const auto slots = heap.slots(it->source);
      while (it->position < slots.size() && slots[it->position].key.is_undefined()) ++it->position;
      return it->position < slots.size();
    }
    case IteratorMode::enumerated:
      return false;
  }
  return false;
}

Status has_next(Call& call) {
  if (!is_iterator(call)) return call.throw_missing_method();
  return call.give(has_next_element(call));
}
Status next(Call& call) {
  if (!is_iterator(call)) return call.throw_missing_method();
  if (!has_next_element(call)) return call.throw_java(java::no_such_element_exception);
  Value out;
  Status status = Status::ok;
  if (!call.vm().state().iterator_next(call.self(), out, status)) {
    return status == Status::ok ? call.throw_java(java::no_such_element_exception) : status;
  }
  return call.give(out);
}
Status remove(Call& call) {
  if (!is_iterator(call)) return call.throw_missing_method();
  Heap& heap = call.heap();
  IteratorObject* it = object_of(call);
  if (it->last == kNone) return call.throw_java(java::illegal_state_exception);
  switch (it->mode) {
    case IteratorMode::list:
      if (heap.has_flag(it->source, flag_immutable)) return call.throw_java(java::unsupported_operation_exception);
      if (heap.has_flag(it->source, flag_fixed_size)) return throw_fixed_size(call, it->source);
      if (it->changes != heap.list(it->source)->changes || heap.is_stale(it->source)) {
        return call.throw_java(java::concurrent_modification_exception);
      }
      heap.list_remove(it->source, it->last);
      it = object_of(call);
      if (it->last < it->position) --it->position;
      it->changes = heap.list(it->source)->changes;
      break;
    case IteratorMode::map_entries:
    case IteratorMode::map_keys:
    case IteratorMode::map_values:
    case IteratorMode::set:
      if (heap.has_flag(it->source, flag_immutable)) return call.throw_java(java::unsupported_operation_exception);
      heap.map_remove_slot(it->source, it->last);
      it = object_of(call);
      // Sorted ones close the gap.
      if (const ClassId id = call.class_of(it->source);
          (id == java::tree_map || id == java::tree_set) && it->position != kNone) {
        --it->position;
      }
      it->changes = heap.map(it->source)->changes;
      break;
    default:
      return call.throw_java(java::unsupported_operation_exception, "remove");
  }
  it->last = kNone;
  return call.give_null();
}

// ---- ListIterator

Status list_iterator(Call& call) {
  Value list = call.self();
  if (!list.is(Kind::list)) {
    std::vector<Value> all;
    VM_DO(call.elements(list, all));
    list = call.heap().make_list(all);
    call.heap().set_flag(list, flag_immutable);
  }
  const auto size = static_cast<std::int64_t>(call.heap().list(list)->size);
  const std::int64_t at = call.has(0) ? call.long_arg(0) : 0;
  if (at < 0 || at > size) return call.throw_java(java::index_out_of_bounds_exception, "Index: " + std::to_string(at));
  const Value out = call.heap().make_iterator(IteratorMode::list, list);
  auto* it = call.heap().iterator(out);
  it->class_id = java::array_list_list_itr;
  it->position = static_cast<std::uint32_t>(at);
  it->last = kNone;
  return call.give(out);
}
Status has_previous(Call& call) { return call.give(object_of(call)->position > 0); }
Status previous(Call& call) {
  IteratorObject* it = object_of(call);
  if (it->position == 0) return call.throw_java(java::no_such_element_exception);
  if (it->changes != call.heap().list(it->source)->changes) {
    return call.throw_java(java::concurrent_modification_exception);
  }
  it->last = --it->position;
  return call.give(call.heap().items(it->source)[it->last]);
}
Status next_index(Call& call) { return call.give(static_cast<std::int32_t>(object_of(call)->position)); }
Status previous_index(Call& call) { return call.give(static_cast<std::int32_t>(object_of(call)->position) - 1); }
Status set_last(Call& call) {
  IteratorObject* it = object_of(call);
  if (it->last == kNone) return call.throw_java(java::illegal_state_exception);
  if (call.heap().has_flag(it->source, flag_immutable)) return call.throw_java(java::unsupported_operation_exception);
  VM_DO(call.vm().state().check_store(it->source, call.arg(0)));
  call.heap().items(it->source)[it->last] = call.arg(0);
  return call.give_null();
}
Status add_here(Call& call) {
  Heap& heap = call.heap();
  const Value source = object_of(call)->source;
  if (heap.has_flag(source, flag_immutable) || heap.has_flag(source, flag_fixed_size)) {
    return call.throw_java(java::unsupported_operation_exception);
  }
  heap.list_insert(source, object_of(call)->position, call.arg(0));
  IteratorObject* it = object_of(call);
  ++it->position;
  it->last = kNone;
  it->changes = heap.list(source)->changes;
  return call.give_null();
}

constexpr NativeMethod kMethods[] = {
    {"java.util.Iterator", "hasNext", "", has_next},
    {"java.util.Iterator", "next", "", next},
    {"java.util.Iterator", "remove", "", remove},
    {"java.util.Enumeration", "hasMoreElements", "", has_next},
    {"java.util.Enumeration", "nextElement", "", next},
    {"java.util.List", "listIterator", "", list_iterator},
    {"java.util.List", "listIterator", "int", list_iterator},
    {"java.util.ArrayList$ListItr", "hasPrevious", "", has_previous},
    {"java.util.ArrayList$ListItr", "previous", "", previous},
    {"java.util.ArrayList$ListItr", "nextIndex", "", next_index},
    {"java.util.ArrayList$ListItr", "previousIndex", "", previous_index},
    {"java.util.ArrayList$ListItr", "set", "Object", set_last},
    {"java.util.ArrayList$ListItr", "add", "Object", add_here},
};

}  // namespace

NativeTable iterator_methods() { return kMethods; }

}  // namespace windlass::vm
