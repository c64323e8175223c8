// The copying collector: everything reachable moves to new chunks, the old ones are freed. Iterative; runs only where
// heap.h says. Objects keep their size, so a copy is one memcpy plus a walk over its references.
#include <algorithm>
#include <cstring>
#include <utility>

#include "vm/heap.h"

namespace windlass::vm {

void Heap::move(Ref& ref) {
  if (ref == 0) return;
  auto* old = reinterpret_cast<Header*>(old_bases_[ref >> 16] + (static_cast<std::size_t>(ref & 0xFFFF) << 4));
  auto* forward = reinterpret_cast<Ref*>(old + 1);
  if ((old->flags & flag_forwarded) != 0) {
    ref = *forward;
    return;
  }
  const std::size_t bytes = static_cast<std::size_t>(old->blocks) << 4;
  const Ref target = allocate(old->kind, old->class_id, bytes);
  std::memcpy(static_cast<void*>(header(target)), old, bytes);
  old->flags |= flag_forwarded;
  *forward = target;
  ref = target;
  to_scan_.push_back(target);
}

void Heap::move(Value& value) {
  if (value.tag == Tag::object) move(value.ref);
}

void Heap::trace(Header* object) {
  const auto all = [this](Value* values, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) move(values[i]);
  };
  // allocate() never moves existing chunk memory, so `object` stays valid while its references are moved.
  switch (object->kind) {
    case Kind::none:
    case Kind::string:
    case Kind::big_integer:
    case Kind::big_decimal:
    case Kind::bytes:
      break;
    case Kind::gstring: {
      auto* o = static_cast<GStringObject*>(object);
      all(reinterpret_cast<Value*>(o + 1), std::size_t{2} * o->count + 1);
      break;
    }
    case Kind::list:
      move(static_cast<ListObject*>(object)->storage);
      move(static_cast<ListObject*>(object)->extra);
      break;
    case Kind::storage: {
      auto* o = static_cast<StorageObject*>(object);
      all(reinterpret_cast<Value*>(o + 1), o->capacity);
      break;
    }
    case Kind::map:
    case Kind::set: {
      auto* o = static_cast<MapObject*>(object);
      move(o->storage);
      move(o->index);
      move(o->comparator);
      move(o->extra);
      break;
    }
    case Kind::map_entry:
      all(&static_cast<MapEntryObject*>(object)->key, 3);
      break;
    case Kind::range:
      all(&static_cast<RangeObject*>(object)->from, 2);
      break;
    case Kind::array: {
      auto* o = static_cast<ArrayObject*>(object);
      if (o->depth > 1 || o->element < java::p_boolean || o->element > java::p_double)
        all(reinterpret_cast<Value*>(o + 1), o->length);
      break;
    }
    case Kind::closure: {
      auto* o = static_cast<ClosureObject*>(object);
      all(&o->self, 3);
      all(reinterpret_cast<Value*>(o + 1), o->captured);
      break;
    }
    case Kind::instance: {
      auto* o = static_cast<InstanceObject*>(object);
      all(reinterpret_cast<Value*>(o + 1), o->slots);
      break;
    }
    case Kind::native_object: {
      auto* o = static_cast<NativeObject*>(object);
      all(reinterpret_cast<Value*>(o + 1), o->slots);
      break;
    }
    case Kind::string_builder:
      move(static_cast<StringBuilderObject*>(object)->storage);
      break;
    case Kind::iterator:
      all(&static_cast<IteratorObject*>(object)->source, 2);
      break;
    case Kind::pattern:
      move(static_cast<PatternObject*>(object)->source);
      break;
    case Kind::cell:
      move(static_cast<CellObject*>(object)->value);
      break;
  }
}

void Heap::collect(Roots& roots) {
  const std::size_t ceiling = std::exchange(ceiling_, kNoCeiling);
  std::vector<Chunk> old_chunks = std::move(chunks_);
  old_bases_ = std::move(bases_);
  chunks_.clear();
  bases_.clear();
  next_block_ = end_block_ = current_ = 0;
  bytes_used_ = 0;
  bytes_reserved_ = 0;
  next_chunk_blocks_ = 256;
  roots.visit(*this);
  while (!to_scan_.empty()) {
    const Ref ref = to_scan_.back();
    to_scan_.pop_back();
    trace(header(ref));
  }
  std::erase_if(identities_, [this](Identity& identity) {
    auto* old = reinterpret_cast<Header*>(old_bases_[identity.ref >> 16] +
                                          (static_cast<std::size_t>(identity.ref & 0xFFFF) << 4));
    if ((old->flags & flag_forwarded) == 0) return true;
    identity.ref = *reinterpret_cast<Ref*>(old + 1);
    return false;
  });
  old_bases_.clear();
  old_bases_.shrink_to_fit();
  to_scan_.shrink_to_fit();
  ceiling_ = ceiling;
  collect_at_ = std::max(std::size_t{8} << 20, bytes_used_ * 2);
}

}  // namespace windlass::vm
