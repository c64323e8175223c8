// Maps and sets: entries in insertion order, an open-addressing table of slot numbers above eight entries, and Java's
// bucket order on request. Keys are compared by the caller (equality may be user code), except Strings.
#include <algorithm>
#include <cstring>

#include "text/java_hash.h"
#include "vm/heap.h"

namespace windlass::vm {

namespace {
constexpr std::uint32_t kLinear = 8;  // no index up to this many slots

MapSlot* slots_of(StorageObject* storage) { return reinterpret_cast<MapSlot*>(storage + 1); }
std::uint32_t* table_of(BytesObject* index) { return reinterpret_cast<std::uint32_t*>(index + 1); }
std::uint32_t mix(std::uint32_t hash) { return (hash ^ (hash >> 15)) * 0x9E3779B1u; }
}  // namespace

Value Heap::make_map(ClassId class_id, std::uint32_t expected) {
  const Ref ref = allocate(Kind::map, class_id, sizeof(MapObject));
  (void)expected;
  return Value::object(Kind::map, ref);
}

Value Heap::make_set(ClassId class_id, std::uint32_t expected) {
  const Ref ref = allocate(Kind::set, class_id, sizeof(MapObject));
  (void)expected;
  return Value::object(Kind::set, ref);
}

namespace {
// ConcurrentHashMap, which since Java 9 a Properties keeps its entries in.
constexpr std::uint32_t kConcurrentCapacity = 16;
bool is_concurrent_table(ClassId id) { return id == java::concurrent_hash_map || id == java::properties; }
std::uint32_t concurrent_limit(std::uint32_t capacity) { return capacity - capacity / 4; }
}  // namespace

bool Heap::is_bucket_ordered(ClassId id) {
  return id == java::hash_map || id == java::hash_set || id == java::concurrent_hash_map || id == java::hashtable ||
         id == java::properties || id == java::weak_hash_map;
}

std::span<MapSlot> Heap::slots(Value v) {
  auto* object = map(v);
  if (object->used == 0) return {};
  return {slots_of(at<StorageObject>(object->storage)), object->used};
}

/// A bucket is a list that a new entry goes to the end of. When the table grows, the last run of entries that go to the
/// same new bucket keeps its order and the others are put before it one by one.
std::vector<std::uint32_t> Heap::concurrent_order(Value v, const std::vector<std::uint32_t>& inserted) {
  const auto all = slots(v);
  const auto hash = [&](std::uint32_t slot) {
    return static_cast<std::uint32_t>(text::hash_map_spread(static_cast<std::int32_t>(all[slot].key.aux)));
  };
  const std::uint32_t wanted = std::max(map(v)->java_capacity, 1U);
  std::uint32_t grown = kConcurrentCapacity;
  while (inserted.size() >= concurrent_limit(grown)) grown *= 2;
  if (grown != wanted) {  // made as large as it is
    std::vector<std::uint32_t> order = inserted;
    std::ranges::sort(order, {}, [&](std::uint32_t slot) { return std::pair(hash(slot) & (wanted - 1), slot); });
    return order;
  }
  std::vector<std::vector<std::uint32_t>> buckets(kConcurrentCapacity);
  std::uint32_t count = 0;
  for (const std::uint32_t slot : inserted) {
    buckets[hash(slot) & (buckets.size() - 1)].push_back(slot);
    ++count;
    while (buckets.size() < wanted && count >= concurrent_limit(static_cast<std::uint32_t>(buckets.size()))) {
      const std::size_t half = buckets.size();
      std::vector<std::vector<std::uint32_t>> larger(half * 2);
      for (std::size_t i = 0; i < half; ++i) {
        const auto& bucket = buckets[i];
        std::size_t last_run = 0;
        for (std::size_t k = 1; k < bucket.size(); ++k) {
          if (((hash(bucket[k]) ^ hash(bucket[k - 1])) & half) != 0) last_run = k;
        }
        for (std::size_t k = last_run; k < bucket.size(); ++k)
          larger[i + (hash(bucket[k]) & half)].push_back(bucket[k]);
        for (std::size_t k = 0; k < last_run; ++k) {
          auto& out = larger[i + (hash(bucket[k]) & half)];
          out.insert(out.begin(), bucket[k]);
        }
      }
      buckets = std::move(larger);
    }
  }
  std::vector<std::uint32_t> order;
  order.reserve(inserted.size());
  for (const auto& bucket : buckets) order.insert(order.end(), bucket.begin(), bucket.end());
  return order;
}

std::vector<std::uint32_t> Heap::map_order(Value v) {
  const auto all = slots(v);
  std::vector<std::uint32_t> order;
  order.reserve(all.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (!all[i].key.is_undefined()) order.push_back(i);
  }
  // A view has the slots of its source, and its order.
  while (is_view(v) && (view_kind(v) == ViewKind::whole || view_kind(v) == ViewKind::keys)) v = view_source(v);
  const ClassId id = header(v.ref)->class_id;
  if (!is_bucket_ordered(id)) return order;
  const std::uint32_t capacity = std::max<std::uint32_t>(map(v)->java_capacity, 1);
  if (is_concurrent_table(id)) return concurrent_order(v, order);
  if (id == java::hashtable) {
    // Hashtable: bucket (hash & 0x7fffffff) % capacity, walked from the last bucket down, newest first in a bucket.
    const auto bucket = [&](std::uint32_t slot) { return (all[slot].key.aux & 0x7FFFFFFF) % capacity; };
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return bucket(a) != bucket(b) ? bucket(a) > bucket(b) : a > b; });
    return order;
  }
  const auto bucket = [&](std::uint32_t slot) {
    return text::hash_map_spread(static_cast<std::int32_t>(all[slot].key.aux)) & (capacity - 1);
  };
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return bucket(a) != bucket(b) ? bucket(a) < bucket(b) : a < b; });
  return order;
}

std::uint32_t Heap::map_probe(Value v, std::uint32_t hash, std::uint32_t& cursor) {
  const auto* object = map(v);
  if (object->used == 0) return kNoSlot;
  const MapSlot* all = slots_of(at<StorageObject>(object->storage));
  if (object->index == 0) {
    while (cursor < object->used) {
      const std::uint32_t slot = cursor++;
      ++probes_;
      if (all[slot].key.aux == hash && !all[slot].key.is_undefined()) return slot;
    }
    return kNoSlot;
  }
  auto* index = at<BytesObject>(object->index);
  const std::uint32_t mask = index->size / 4 - 1;
  const std::uint32_t* table = table_of(index);
  while (true) {
    const std::uint32_t number = table[(mix(hash) + cursor) & mask];
    ++cursor;
    ++probes_;
    if (number == 0) return kNoSlot;
    const MapSlot& slot = all[number - 1];
    if (slot.key.aux == hash && !slot.key.is_undefined()) return number - 1;
  }
}

void Heap::rebuild_index(Ref map_ref, std::uint32_t capacity) {
  std::uint32_t size = 32;
  while (size < capacity * 2) size *= 2;
  const Ref index_ref = allocate(Kind::bytes, java::object, sizeof(BytesObject) + size * std::size_t{4});
  auto* index = at<BytesObject>(index_ref);
  index->size = size * 4;
  auto* object = at<MapObject>(map_ref);
  object->index = index_ref;
  std::uint32_t* table = table_of(index);
  const MapSlot* all = slots_of(at<StorageObject>(object->storage));
  for (std::uint32_t i = 0; i < object->used; ++i) {
    if (all[i].key.is_undefined()) continue;
    std::uint32_t place = mix(all[i].key.aux) & (size - 1);
    while (table[place] != 0) place = (place + 1) & (size - 1);
    table[place] = i + 1;
  }
}

void Heap::map_append(Value v, Value key, std::uint32_t hash, Value value) {
  auto* object = map(v);
  if ((object->flags & flag_view) != 0) return;  // its storage is another's
  const std::uint32_t have = object->storage != 0 ? at<StorageObject>(object->storage)->capacity / 2 : 0;
  bool rebuild = false;
  if (object->used == have) {
    // Growing also drops removed slots.
    const std::uint32_t wanted = std::max<std::uint32_t>(4, object->size + object->size / 2 + 2);
    const Ref storage_ref = allocate(Kind::storage, java::object, sizeof(StorageObject) + wanted * sizeof(MapSlot));
    auto* storage = at<StorageObject>(storage_ref);
    storage->capacity = wanted * 2;
    object = map(v);
    MapSlot* out = slots_of(storage);
    std::uint32_t count = 0;
    if (object->storage != 0) {
      const MapSlot* from = slots_of(at<StorageObject>(object->storage));
      for (std::uint32_t i = 0; i < object->used; ++i) {
        if (!from[i].key.is_undefined()) out[count++] = from[i];
      }
    }
    rebuild = count != object->used || object->index != 0;
    object->used = count;
    object->storage = storage_ref;
  }
  MapSlot& slot = slots_of(at<StorageObject>(object->storage))[object->used++];
  slot.key = key.plain();
  slot.key.aux = hash;
  slot.value = value.plain();
  ++object->size;
  ++object->changes;
  const ClassId id = object->class_id;
  if (id == java::hashtable) {
    if (object->java_capacity == 0) object->java_capacity = 11;
    if (object->size > object->java_capacity * 3 / 4) object->java_capacity = object->java_capacity * 2 + 1;
  } else if (is_concurrent_table(id)) {
    if (object->java_capacity == 0) object->java_capacity = kConcurrentCapacity;
    while (object->size >= concurrent_limit(object->java_capacity)) object->java_capacity *= 2;
  } else {
    if (object->java_capacity == 0) object->java_capacity = 16;
    while (object->size > object->java_capacity / 4 * 3 && object->java_capacity >= 4) object->java_capacity *= 2;
    while (object->java_capacity < 4 && object->size > object->java_capacity * 3 / 4) object->java_capacity *= 2;
  }
  if (id == java::tree_map || id == java::tree_set) return;
  if (object->index == 0) {
    if (object->used > kLinear) rebuild_index(v.ref, object->used * 2);
    return;
  }
  auto* index = at<BytesObject>(object->index);
  const std::uint32_t size = index->size / 4;
  if (rebuild || object->used * 2 > size) {
    rebuild_index(v.ref, object->used * 2);
    return;
  }
  std::uint32_t* table = table_of(index);
  std::uint32_t place = mix(hash) & (size - 1);
  while (table[place] != 0) place = (place + 1) & (size - 1);
  table[place] = object->used;
}

void Heap::map_insert_slot(Value v, std::uint32_t position, Value key, Value value) {
  map_append(v, key, 0, value);
  auto* object = map(v);
  if ((object->flags & flag_view) != 0) return;
  MapSlot* all = slots_of(at<StorageObject>(object->storage));
  std::rotate(all + position, all + object->used - 1, all + object->used);
}

void Heap::map_remove_slot(Value v, std::uint32_t slot) {
  auto* object = map(v);
  if ((object->flags & flag_view) != 0 && remove_through(v, slot)) return;
  MapSlot* all = slots_of(at<StorageObject>(object->storage));
  --object->size;
  ++object->changes;
  if (object->class_id == java::tree_map || object->class_id == java::tree_set) {
    std::rotate(all + slot, all + slot + 1, all + object->used);
    --object->used;
    all[object->used] = MapSlot{};
    return;
  }
  all[slot].key = Value::undefined();
  all[slot].value = Value::null();
  if (object->size == 0) {
    object->used = 0;
    object->index = 0;
  }
}

void Heap::map_clear(Value v) {
  auto* object = map(v);
  if ((object->flags & flag_view) != 0 && clear_through(v)) return;
  object->size = object->used = 0;
  object->storage = object->index = 0;
  ++object->changes;
}

Value Heap::map_get(Value v, TextView key) {
  const auto* object = map(v);
  if (object->size == 0) return Value::undefined();
  if (object->class_id == java::tree_map || object->class_id == java::tree_set) {
    for (const MapSlot& slot : slots(v)) {
      if (slot.key.is_string() && text(slot.key) == key)
        return object->kind == Kind::set ? slot.key.plain() : slot.value;
    }
    return Value::undefined();
  }
  std::uint32_t cursor = 0;
  const auto hash = static_cast<std::uint32_t>(key.hash());
  while (true) {
    const std::uint32_t slot = map_probe(v, hash, cursor);
    if (slot == kNoSlot) return Value::undefined();
    const MapSlot& found = slots(v)[slot];
    if (found.key.is_string() && text(found.key) == key)
      return object->kind == Kind::set ? found.key.plain() : found.value;
  }
}

void Heap::map_put(Value v, Value string_key, Value value) {
  auto* object = map(v);
  const TextView key = text(string_key);
  if (object->class_id == java::tree_map || object->class_id == java::tree_set) {
    auto all = slots(v);
    std::uint32_t place = 0;
    for (; place < all.size(); ++place) {
      const std::int32_t order = all[place].key.is_string() ? text(all[place].key).compare(key) : -1;
      if (order == 0) {
        all[place].value = value.plain();
        return;
      }
      if (order > 0) break;
    }
    map_insert_slot(v, place, string_key, value);
    return;
  }
  const auto hash = static_cast<std::uint32_t>(string_hash(string_key));
  std::uint32_t cursor = 0;
  while (true) {
    const std::uint32_t slot = map_probe(v, hash, cursor);
    if (slot == kNoSlot) break;
    MapSlot& found = slots(v)[slot];
    if (found.key.is_string() && text(found.key) == key) {
      found.value = value.plain();
      return;
    }
  }
  map_append(v, string_key, hash, value);
}

bool Heap::map_remove(Value v, TextView key) {
  auto all = slots(v);
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (all[i].key.is_string() && text(all[i].key) == key) {
      map_remove_slot(v, i);
      return true;
    }
  }
  return false;
}

}  // namespace windlass::vm
