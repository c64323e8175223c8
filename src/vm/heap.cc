// Allocation, numbers, lists, arrays, ranges, closures and the other small objects. Strings: string_object.cc; maps:
// map_object.cc; collection: heap_gc.cc.
#include "vm/heap.h"

#include <algorithm>
#include <cstring>

namespace windlass::vm {

namespace {
constexpr std::size_t kFirstChunkBlocks = 256;                         // 4 KiB
constexpr std::size_t kLargestChunkBlocks = 65536;                     // 1 MiB
constexpr std::size_t kMostChunks = 65536;                             // a reference has 16 bits for one
constexpr std::size_t kMostObjectBytes = (std::size_t{1} << 32) - 64;  // sizes inside objects have 32 bits
constexpr std::size_t blocks_for(std::size_t bytes) { return (bytes + 15) >> 4; }

template <class T>
Value* values_after(T* object) {
  static_assert(sizeof(T) % 16 == 0);
  return reinterpret_cast<Value*>(object + 1);
}
}  // namespace

Heap::Heap() : next_chunk_blocks_(kFirstChunkBlocks) {}

Heap::~Heap() = default;

void Heap::add_chunk(std::size_t blocks) {
  if (chunks_.size() >= kMostChunks) throw HeapFull();
  Chunk chunk;
  chunk.memory = std::make_unique_for_overwrite<std::byte[]>(blocks << 4);
  chunk.blocks = static_cast<std::uint32_t>(blocks);
  bases_.push_back(chunk.memory.get());
  bytes_reserved_ += blocks << 4;
  chunks_.push_back(std::move(chunk));
}

Ref Heap::allocate_slow(std::size_t blocks) {
  if (blocks > next_chunk_blocks_ / 2 && blocks > kFirstChunkBlocks / 2) {
    add_chunk(blocks);
    // The next ones of this size shall share a chunk: there are only so many.
    if (next_chunk_blocks_ < kLargestChunkBlocks) next_chunk_blocks_ *= 2;
    return static_cast<Ref>((chunks_.size() - 1) << 16);
  }
  add_chunk(next_chunk_blocks_);
  current_ = static_cast<std::uint32_t>(chunks_.size() - 1);
  next_block_ = 0;
  end_block_ = static_cast<std::uint32_t>(next_chunk_blocks_);
  if (next_chunk_blocks_ < kLargestChunkBlocks) next_chunk_blocks_ *= 2;
  if (current_ == 0) next_block_ = 1;
  const Ref ref = (current_ << 16) | next_block_;
  next_block_ += static_cast<std::uint32_t>(blocks);
  return ref;
}

Ref Heap::allocate(Kind kind, ClassId class_id, std::size_t bytes) {
  const std::size_t blocks = blocks_for(bytes);
  if (bytes > kMostObjectBytes || bytes_used_ + (blocks << 4) > ceiling_) throw HeapFull();
  Ref ref;
  if (next_block_ + blocks <= end_block_) {
    ref = (current_ << 16) | next_block_;
    next_block_ += static_cast<std::uint32_t>(blocks);
  } else {
    if (chunks_.empty()) {
      // Reference 0 must stay unused: the first chunk is always a shared one.
      (void)allocate_slow(1);
      return allocate(kind, class_id, bytes);
    }
    ref = allocate_slow(blocks);
  }
  bytes_used_ += blocks << 4;
  auto* object = header(ref);
  std::memset(static_cast<void*>(object), 0, blocks << 4);
  object->kind = kind;
  object->class_id = class_id;
  object->blocks = static_cast<std::uint32_t>(blocks);
  return ref;
}

ClassId Heap::class_of(Value v) const {
  switch (v.tag) {
    case Tag::null_:
    case Tag::undefined:
      return java::null_object;
    case Tag::boolean:
      return java::boolean_;
    case Tag::character:
      return java::character;
    case Tag::byte_:
      return java::byte_;
    case Tag::short_:
      return java::short_;
    case Tag::int_:
      return java::integer;
    case Tag::long_:
      return java::long_;
    case Tag::float_:
      return java::float_;
    case Tag::double_:
      return java::double_;
    case Tag::class_:
      return java::class_;
    case Tag::object:
      break;
  }
  return header(v.ref)->class_id;
}

// ---- numbers
// ---------------------------------------------------------------------------------------------------------

Value Heap::make_big_integer(const num::BigInteger& n) {
  const auto limbs = n.limbs();
  const Ref ref = allocate(Kind::big_integer, java::big_integer, sizeof(BigIntegerObject) + limbs.size() * 8);
  auto* object = at<BigIntegerObject>(ref);
  object->limb_count = static_cast<std::uint32_t>(limbs.size());
  object->negative = n.signum() < 0 ? 1 : 0;
  if (!limbs.empty()) std::memcpy(object + 1, limbs.data(), limbs.size() * 8);
  return Value::object(Kind::big_integer, ref);
}

Value Heap::make_big_decimal(const num::BigDecimal& n) {
  const auto limbs = n.unscaled().limbs();
  const Ref ref = allocate(Kind::big_decimal, java::big_decimal, sizeof(BigDecimalObject) + limbs.size() * 8);
  auto* object = at<BigDecimalObject>(ref);
  object->scale = n.scale();
  object->limb_count = static_cast<std::uint32_t>(limbs.size()) & 0x7FFFFFFF;
  object->negative = n.signum() < 0 ? 1 : 0;
  if (!limbs.empty()) std::memcpy(object + 1, limbs.data(), limbs.size() * 8);
  return Value::object(Kind::big_decimal, ref);
}

namespace {
num::BigInteger from_parts(const void* data, std::uint32_t count, bool negative) {
  std::vector<std::uint64_t> limbs(count);
  if (count > 0) std::memcpy(limbs.data(), data, count * std::size_t{8});
  return num::BigInteger::from_limbs(negative, std::move(limbs));
}
}  // namespace

num::BigInteger Heap::big_integer(Value v) const {
  const auto* object = as<BigIntegerObject>(v, Kind::big_integer);
  return from_parts(object + 1, object->limb_count, object->negative != 0);
}

num::BigDecimal Heap::big_decimal(Value v) const {
  const auto* object = as<BigDecimalObject>(v, Kind::big_decimal);
  return num::BigDecimal(from_parts(object + 1, object->limb_count, object->negative != 0), object->scale);
}

Value Heap::make_integer(const num::BigInteger& n) {
  if (n.fits_int32()) return Value::of_int(n.to_int32_wrap());
  if (n.fits_int64()) return Value::of_long(n.to_int64_wrap());
  return make_big_integer(n);
}

// ---- lists and arrays
// ----------------------------------------------------------------------------------------------------

namespace {
constexpr std::size_t kLargestStorage = 0x7FFFFFF;
}

Value Heap::make_list(std::uint32_t capacity, ClassId class_id) {
  const Ref ref = allocate(Kind::list, class_id, sizeof(ListObject));
  if (capacity > 0) {
    auto* list = at<ListObject>(ref);
    reserve_list(list, ref, capacity);
  }
  return Value::object(Kind::list, ref);
}

Value Heap::make_list(std::span<const Value> items, ClassId class_id) {
  const Value list = make_list(static_cast<std::uint32_t>(items.size()), class_id);
  auto* object = at<ListObject>(list.ref);
  object->size = static_cast<std::uint32_t>(items.size());
  if (!items.empty()) {
    Value* out = values_after(at<StorageObject>(object->storage));
    for (std::size_t i = 0; i < items.size(); ++i) out[i] = items[i].plain();
  }
  return list;
}

void Heap::reserve_list(ListObject*& list, Ref list_ref, std::uint32_t capacity) {
  const std::uint32_t have = list->storage != 0 ? at<StorageObject>(list->storage)->capacity : 0;
  if (have >= list->offset + capacity) return;
  std::uint32_t wanted = std::max(capacity, list->size + list->size / 2 + 2);
  if (wanted > kLargestStorage) wanted = std::max(capacity, static_cast<std::uint32_t>(kLargestStorage));
  const Ref storage_ref = allocate(Kind::storage, java::object, sizeof(StorageObject) + wanted * sizeof(Value));
  list = at<ListObject>(list_ref);
  auto* storage = at<StorageObject>(storage_ref);
  storage->capacity = wanted;
  if (list->storage != 0) {
    const Value* from = values_after(at<StorageObject>(list->storage)) + list->offset;
    std::memcpy(static_cast<void*>(values_after(storage)), from, list->size * sizeof(Value));
  }
  list->storage = storage_ref;
  list->offset = 0;
}

std::span<Value> Heap::items(Value list) {
  auto* object = this->list(list);
  if (object->size == 0) return {};
  return {values_after(at<StorageObject>(object->storage)) + object->offset, object->size};
}

void Heap::list_add(Value list, Value item) {
  auto* object = this->list(list);
  if ((object->flags & flag_view) != 0 && splice_part(list, object->size, 0, &item)) return;
  reserve_list(object, list.ref, object->size + 1);
  values_after(at<StorageObject>(object->storage))[object->offset + object->size] = item.plain();
  ++object->size;
  ++object->changes;
}

void Heap::list_insert(Value list, std::uint32_t index, Value item) {
  auto* object = this->list(list);
  if ((object->flags & flag_view) != 0 && splice_part(list, index, 0, &item)) return;
  if (index == 0 && object->offset > 0) {
    --object->offset;
    ++object->size;
    ++object->changes;
    values_after(at<StorageObject>(object->storage))[object->offset] = item.plain();
    return;
  }
  reserve_list(object, list.ref, object->size + 1);
  Value* data = values_after(at<StorageObject>(object->storage)) + object->offset;
  std::memmove(static_cast<void*>(data + index + 1), data + index, (object->size - index) * sizeof(Value));
  data[index] = item.plain();
  ++object->size;
  ++object->changes;
}

void Heap::list_remove(Value list, std::uint32_t from, std::uint32_t count) {
  auto* object = this->list(list);
  if (from >= object->size) return;
  count = std::min(count, object->size - from);
  if (count == 0) return;
  if ((object->flags & flag_view) != 0 && splice_part(list, from, count, nullptr)) return;
  Value* data = values_after(at<StorageObject>(object->storage)) + object->offset;
  ++object->changes;
  if (from == 0) {
    std::memset(static_cast<void*>(data), 0, count * sizeof(Value));
    object->size -= count;
    object->offset = object->size == 0 ? 0 : object->offset + count;
    return;
  }
  std::memmove(static_cast<void*>(data + from), data + from + count, (object->size - from - count) * sizeof(Value));
  std::memset(static_cast<void*>(data + object->size - count), 0, count * sizeof(Value));
  object->size -= count;
}

void Heap::list_clear(Value list) {
  auto* object = this->list(list);
  if ((object->flags & flag_view) != 0 && splice_part(list, 0, object->size, nullptr)) return;
  object->size = 0;
  object->offset = 0;
  object->storage = 0;
  ++object->changes;
}

void Heap::list_resize(Value list, std::uint32_t size) {
  auto* object = this->list(list);
  if (size < object->size) {
    list_remove(list, size, object->size - size);
    return;
  }
  if ((object->flags & flag_view) != 0) {
    for (std::uint32_t i = object->size; i < size; ++i) list_add(list, Value::null());
    return;
  }
  reserve_list(object, list.ref, size);
  Value* data = size > 0 ? values_after(at<StorageObject>(object->storage)) + object->offset : nullptr;
  for (std::uint32_t i = object->size; i < size; ++i) data[i] = Value::null();
  object->size = size;
  ++object->changes;
}

Value Heap::make_array(ClassId element, std::uint32_t length, std::uint16_t depth) {
  const Ref ref = allocate(Kind::array, java::object_array, sizeof(ArrayObject) + length * sizeof(Value));
  auto* array = at<ArrayObject>(ref);
  array->length = length;
  array->element = element;
  array->depth = depth;
  if (depth == 1 && element >= java::p_boolean && element <= java::p_double) {
    Value zero;
    switch (element) {
      case java::p_boolean:
        zero = Value::boolean(false);
        break;
      case java::p_char:
        zero = Value::character(0);
        break;
      case java::p_byte:
        zero = Value::of_byte(0);
        break;
      case java::p_short:
        zero = Value::of_short(0);
        break;
      case java::p_int:
        zero = Value::of_int(0);
        break;
      case java::p_long:
        zero = Value::of_long(0);
        break;
      case java::p_float:
        zero = Value::of_float(0);
        break;
      default:
        zero = Value::of_double(0);
        break;
    }
    std::fill_n(values_after(array), length, zero);
  }
  return Value::object(Kind::array, ref);
}

Value Heap::make_byte_array(std::string_view bytes) {
  const Value array = make_array(java::p_byte, static_cast<std::uint32_t>(bytes.size()));
  auto items = array_items(array);
  for (std::size_t i = 0; i < bytes.size(); ++i) items[i] = Value::of_byte(static_cast<std::int8_t>(bytes[i]));
  return array;
}

std::string Heap::array_bytes(Value byte_array) const {
  const auto* array = as<ArrayObject>(byte_array, Kind::array);
  std::string out;
  out.reserve(array->length);
  const auto* data = reinterpret_cast<const Value*>(array + 1);
  for (std::uint32_t i = 0; i < array->length; ++i) out += static_cast<char>(data[i].integer);
  return out;
}

std::span<Value> Heap::array_items(Value array) {
  auto* object = this->array(array);
  return {values_after(object), object->length};
}

std::span<Value> Heap::elements(Value v) {
  if (v.is(Kind::list)) return items(v);
  if (v.is(Kind::array)) return array_items(v);
  return {};
}

// ---- ranges
// ------------------------------------------------------------------------------------------------------------

Value Heap::make_range(Value from, Value to, bool inclusive, bool reverse) {
  const bool ints = from.tag >= Tag::byte_ && from.tag <= Tag::int_ && to.tag >= Tag::byte_ && to.tag <= Tag::int_;
  const Ref ref = allocate(Kind::range, ints ? java::int_range : java::object_range, sizeof(RangeObject));
  auto* range = at<RangeObject>(ref);
  range->reverse = reverse ? 1 : 0;
  range->inclusive = inclusive ? 1 : 0;
  range->from = from.plain();
  range->to = to.plain();
  return Value::object(Kind::range, ref);
}

bool Heap::is_int_range(Value v) const { return v.is(Kind::range) && header(v.ref)->class_id == java::int_range; }

Heap::IntRange Heap::int_range(Value v) const {
  const auto* range = as<RangeObject>(v, Kind::range);
  const std::int64_t from = range->from.integer;
  const std::int64_t to = range->to.integer;
  const std::int32_t step = from > to ? -1 : 1;
  std::int64_t size = (from > to ? from - to : to - from) + 1;
  if (range->inclusive == 0) --size;
  return {static_cast<std::int32_t>(from), step, static_cast<std::uint32_t>(size)};
}

// ---- others
// --------------------------------------------------------------------------------------------------------------

Value Heap::make_entry(Value map, Value key, Value value) {
  const Ref ref =
      allocate(Kind::map_entry, map.is_null() ? java::simple_entry : java::linked_entry, sizeof(MapEntryObject));
  auto* object = at<MapEntryObject>(ref);
  object->key = key.plain();
  object->value = value.plain();
  object->map = map;
  return Value::object(Kind::map_entry, ref);
}

Value Heap::make_native(ClassId class_id, std::uint32_t slots, std::uint32_t bytes) {
  const Ref ref = allocate(Kind::native_object, class_id, sizeof(NativeObject) + slots * sizeof(Value) + bytes);
  auto* object = at<NativeObject>(ref);
  object->slots = slots;
  object->bytes = bytes;
  return Value::object(Kind::native_object, ref);
}

NativeSlots Heap::native_slots(Value v) {
  auto* object = native(v);
  return {v, {values_after(object), object->slots}};
}

std::span<std::byte> Heap::native_bytes(Value v, std::size_t size) {
  auto* object = native(v);
  if (size > object->bytes) throw Misread(v);
  return {reinterpret_cast<std::byte*>(values_after(object) + object->slots), size};
}

Value Heap::make_instance(ClassId class_id, std::uint32_t slots) {
  const Ref ref = allocate(Kind::instance, class_id, sizeof(InstanceObject) + slots * sizeof(Value));
  at<InstanceObject>(ref)->slots = slots;
  return Value::object(Kind::instance, ref);
}

void Heap::give_fields(Value collection, std::uint32_t slots) {
  const Value fields = make_instance(java::object, slots);
  if (collection.is(Kind::list)) {
    list(collection)->extra = fields.ref;
  } else {
    map(collection)->extra = fields;
  }
  set_flag(collection, flag_fields);
}

std::span<Value> Heap::instance_slots(Value v) {
  if (!v.is(Kind::instance)) [[unlikely]] {
    if (v.is(Kind::list) && has_flag(v, flag_fields)) {
      v = value_of(list(v)->extra);
    } else if ((v.is(Kind::map) || v.is(Kind::set)) && has_flag(v, flag_fields)) {
      v = map(v)->extra;
    }
  }
  auto* object = instance(v);
  return {values_after(object), object->slots};
}

Value Heap::make_cell(Value content) {
  const Ref ref = allocate(Kind::cell, java::object, sizeof(CellObject));
  at<CellObject>(ref)->value = content;
  return Value::object(Kind::cell, ref);
}

Value Heap::make_pattern(Value source_string, std::uint32_t flags) {
  const Ref ref = allocate(Kind::pattern, java::pattern, sizeof(PatternObject));
  auto* object = at<PatternObject>(ref);
  object->pattern_flags = flags;
  object->source = source_string;
  return Value::object(Kind::pattern, ref);
}

Value Heap::make_iterator(IteratorMode mode, Value source) {
  ClassId class_id = java::groovy_iterator;
  std::uint32_t changes = 0;
  Value order;
  if (mode == IteratorMode::list) {
    class_id = java::array_list_itr;
    changes = list(source)->changes;
  } else if (source.is(Kind::map) || source.is(Kind::set)) {
    class_id = java::hash_iterator;
    changes = map(source)->changes;
    if (is_bucket_ordered(header(source.ref)->class_id)) {
      const auto numbers = map_order(source);
      order = make_array(java::p_int, static_cast<std::uint32_t>(numbers.size()));
      auto out = array_items(order);
      for (std::size_t i = 0; i < numbers.size(); ++i) out[i] = Value::of_int(static_cast<std::int32_t>(numbers[i]));
    }
  }
  const Ref ref = allocate(Kind::iterator, class_id, sizeof(IteratorObject));
  auto* object = at<IteratorObject>(ref);
  object->mode = mode;
  object->source = source.plain();
  object->order = order;
  object->changes = changes;
  object->last = kNoSlot;
  return Value::object(Kind::iterator, ref);
}

Value Heap::make_closure(std::uint32_t function, std::uint16_t captured, ClassId class_id) {
  const Ref ref = allocate(Kind::closure, class_id, sizeof(ClosureObject) + captured * sizeof(Value));
  auto* object = at<ClosureObject>(ref);
  object->function = function;
  object->captured = captured;
  return Value::object(Kind::closure, ref);
}

std::span<Value> Heap::closure_captured(Value v) {
  auto* object = closure(v);
  return {values_after(object), object->captured};
}

std::int32_t Heap::identity_hash(Value object) {
  if (object.is(Kind::instance)) {
    auto* instance_object = instance(object);
    if (instance_object->identity == 0) instance_object->identity = static_cast<std::uint32_t>(++next_identity_);
    return static_cast<std::int32_t>(instance_object->identity);
  }
  for (const Identity& identity : identities_) {
    if (identity.ref == object.ref) return identity.hash;
  }
  identities_.push_back({object.ref, ++next_identity_});
  return next_identity_;
}

}  // namespace windlass::vm
