// The memory of one run: every Groovy object lives here as plain bytes, and objects name each other by Ref only.
//
// Bump allocation in chunks (8 KiB growing to 1 MiB, bigger objects get a chunk of their own). Nothing is freed one by
// one; a copying collection (heap_gc.cc) runs only at safepoints of the dispatch loop, when no native is on the C++
// stack. So inside a native every pointer and string view obtained here stays valid until the native returns.
//
// The ceiling is the last line of the memory budget: natives ask before they make something large (Call::check_size),
// the dispatch loop collects and compares, and what still slips through, many middling objects inside one native, ends
// in HeapFull. It leaves every object whole and is caught where the evaluator is
// entered.
//
// A value read as what it is not, which a native may do whose parameter is declared wider than what it reads or that
// was given null, ends in Misread before a byte is looked at: run_native (calls.cc) makes it the exception that Groovy
// would have thrown. So no native can read outside of an object, whatever a script passes.
//
// What this is not: Groovy semantics. equals, hashCode and toString of arbitrary values may run user code and are on
// Call (native.h). Everything here is total and runs no code. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "num/big_decimal.h"
#include "num/big_integer.h"
#include "vm/java_classes.h"
#include "vm/text_view.h"
#include "vm/value.h"

namespace windlass::vm {

/// First 8 bytes of each object; objects are 16-byte aligned and at least 16 bytes long.
struct Header {
  Kind kind;
  std::uint8_t flags;  ///< ObjectFlag
  ClassId class_id;
  std::uint32_t blocks;  ///< size in 16-byte units
};
enum ObjectFlag : std::uint8_t {
  flag_wide = 1,         ///< string: UTF-16 units, not Latin-1
  flag_fields = 1,       ///< list, map, set of a script's class: its fields are those of the instance in `extra`
  flag_immutable = 2,    ///< list, map, set: changing it throws UnsupportedOperationException
  flag_forwarded = 4,    ///< collector only
  flag_hashed = 8,       ///< string: hash is known
  flag_fixed_size = 16,  ///< list: Arrays.asList, elements may be set, size may not change
  flag_view = 32,        ///< list, map, set: shows what its source holds (ViewKind, views.cc)
  flag_default = 64,     ///< list or map: withDefault; `extra` is the closure
};

/// What a view shows of its source. The first four share the source's storage and are brought up to date wherever the
/// heap is asked for them; the others are copies that Vm::State::refresh_view makes anew.
enum class ViewKind : std::uint8_t {
  whole,    ///< all of a list, map or set: Collections.unmodifiable…, asImmutable()
  part,     ///< subList: as long as the list's `changes` are those that the part has
  array,    ///< Arrays.asList(array): the array is the storage
  keys,     ///< keySet()
  values,   ///< values()
  entries,  ///< entrySet()
  span,     ///< of a sorted map or set: headMap, tailMap, subMap, headSet …
  falling,  ///< of a sorted map or set: descendingMap, descendingSet
};
/// Elements of the array that a view of a sorted map or set has in `extra`.
enum SortedView : std::uint8_t {
  sorted_source,
  sorted_low,
  sorted_high,
  sorted_borders,  ///< an int: SortedBorder
  sorted_changes,  ///< an int: the source's `changes` when the copy was made; -1: it is to be made anew
  kSortedView
};
enum SortedBorder : std::uint8_t { has_low = 1, with_low = 2, has_high = 4, with_high = 8 };

struct StringObject : Header {
  std::uint32_t length;  ///< in UTF-16 units
  std::uint32_t hash;
};
/// Followed by 2 * count + 1 Values: count + 1 strings, then count values.
struct GStringObject : Header {
  std::uint32_t count;
  std::uint32_t unused;
};
struct BigIntegerObject : Header {
  std::uint32_t limb_count;  ///< little-endian 64-bit limbs of the magnitude follow
  std::int32_t negative;
};
struct BigDecimalObject : Header {
  std::int32_t scale;
  std::uint32_t limb_count : 31;
  std::uint32_t negative : 1;
};
struct ListObject : Header {
  std::uint32_t size;
  Ref storage;            ///< StorageObject or 0
  std::uint32_t changes;  ///< structural changes, for ConcurrentModificationException
  std::uint32_t offset;   ///< first element in storage (queues remove at the front)
  Ref extra;              ///< flag_view: the source; flag_default: the closure; PriorityQueue: the comparator; else 0
  std::uint32_t detail;   ///< flag_view: the ViewKind; flag_default: 1 makes the elements before a new one too
};
/// Followed by `capacity` Values.
struct StorageObject : Header {
  std::uint32_t capacity;
  std::uint32_t unused;
};
/// One entry in a map's storage: key (key.aux = its hash code; tag undefined when removed), value.
struct MapSlot {
  Value key;
  Value value;
};
/// Maps and sets. Entries stand in insertion order in `storage` (2 Values each); `index` is a table of slot numbers.
/// TreeMap and TreeSet keep their entries sorted and use no index.
struct MapObject : Header {
  std::uint32_t size;  ///< live entries
  std::uint32_t used;  ///< slots in use, removed ones included
  Ref storage;
  Ref index;
  std::uint32_t changes;
  std::uint32_t java_capacity;  ///< HashMap's table size, 0 = not allocated yet
  Value comparator;             ///< TreeMap/TreeSet; else what natives like (defaults of Properties …)
  Value extra;  ///< flag_view: the source (aux: the ViewKind), of a SortedView its array; flag_default: the closure
};
struct MapEntryObject : Header {
  std::uint64_t unused;
  Value key, value;
  Value map;  ///< null when detached
};
struct RangeObject : Header {
  std::uint32_t reverse;    ///< 5..1: from > to
  std::uint32_t inclusive;  ///< as written; an exclusive IntRange keeps its written `to`
  Value from, to;           ///< as written
};
/// Followed by `length` Values.
struct ArrayObject : Header {
  std::uint32_t length;
  ClassId element;      ///< element class (java::p_int for int[]; java::object for Object[])
  std::uint16_t depth;  ///< 1 for T[], 2 for T[][]
};
/// Followed by `captured` Values. Method pointers: function == kNoFunction, self and name used.
struct ClosureObject : Header {
  std::uint32_t function;  ///< index of the run's function table; internal
  std::uint16_t captured;
  std::uint8_t strategy;  ///< 0 OWNER_FIRST, 1 DELEGATE_FIRST, 2 OWNER_ONLY, 3 DELEGATE_ONLY, 4 TO_SELF
  std::uint8_t flavor;    ///< ClosureFlavor
  Value self;             ///< `this`
  Value owner;
  Value delegate;
};
enum class ClosureFlavor : std::uint8_t { code, method_pointer, native };
/// `function` of a native closure. curried: captured = inner closure, index, arguments …; wrapped: captured = body
/// (takes all arguments as one array), the closure it looks like, a mark.
enum class NativeClosure : std::uint32_t { curried, wrapped };
/// Followed by `slots` Values. Throwables: see kThrowableSlots.
struct InstanceObject : Header {
  std::uint32_t slots;
  std::uint32_t identity;  ///< 0 until asked
};
/// First slots of every Throwable (class derived from java.lang.Throwable).
enum ThrowableSlot : std::uint32_t {
  throwable_message,
  throwable_cause,
  throwable_trace,
  throwable_suppressed,
  throwable_extra,
  kThrowableSlots
};
/// Followed by `slots` Values, then `bytes` bytes. For natives; they alone know what is where.
struct NativeObject : Header {
  std::uint32_t slots;
  std::uint32_t bytes;
};
struct StringBuilderObject : Header {
  std::uint32_t length;
  Ref storage;  ///< Kind::bytes; Latin-1 or UTF-16 by flag_wide of this header
};
/// Followed by `size` bytes.
struct BytesObject : Header {
  std::uint32_t size;
  std::uint32_t unused;
};
enum class IteratorMode : std::uint32_t {
  list,
  range,
  array,
  text,
  map_entries,
  map_keys,
  map_values,
  set,
  enumerated
};
struct IteratorObject : Header {
  IteratorMode mode;
  std::uint32_t position;
  Value source;
  Value order;            ///< maps in bucket order: an array of slot numbers; else null
  std::uint32_t changes;  ///< of the source when it was made
  std::uint32_t last;     ///< slot returned last, for remove()
  std::uint64_t unused;
};
struct PatternObject : Header {
  std::uint32_t pattern_flags;
  std::uint32_t unused;
  Value source;  ///< the pattern's text, a String
};
struct CellObject : Header {
  std::uint64_t unused;
  Value value;
};

/// Thrown when a value is read as an object of a kind it is not, or a native object as having more slots or bytes than
/// it has. Nothing was read or changed. Inside a native it becomes a Java exception; elsewhere it is a fault of this
/// program and ends the run.
struct Misread : std::exception {
  explicit Misread(Value what) : value(what) {}
  [[nodiscard]] const char* what() const noexcept override { return "a value was read as what it is not"; }
  Value value;
};
/// The slots of a native object; an index beyond them is a Misread of that object. Borrowed as a span is.
class NativeSlots {
 public:
  NativeSlots(Value object, std::span<Value> slots) : object_(object), slots_(slots) {}
  Value& operator[](std::size_t i) const {
    if (i >= slots_.size()) [[unlikely]]
      throw Misread(object_);
    return slots_[i];
  }
  [[nodiscard]] std::size_t size() const { return slots_.size(); }
  [[nodiscard]] bool empty() const { return slots_.empty(); }
  [[nodiscard]] auto begin() const { return slots_.begin(); }
  [[nodiscard]] auto end() const { return slots_.end(); }
  operator std::span<const Value>() const { return slots_; }

 private:
  Value object_;
  std::span<Value> slots_;
};

/// Java's longest String.
inline constexpr std::size_t kMostTextUnits = 0x7FFFFFFF;

class Heap {
 public:
  Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;
  ~Heap();

  // ---- objects ---------------------------------------------------------------------------------------------------
  [[nodiscard]] Header* header(Ref ref) { return reinterpret_cast<Header*>(address(ref)); }
  [[nodiscard]] const Header* header(Ref ref) const { return reinterpret_cast<const Header*>(address(ref)); }
  template <class T>
  [[nodiscard]] T* at(Ref ref) {
    return reinterpret_cast<T*>(address(ref));
  }
  template <class T>
  [[nodiscard]] const T* at(Ref ref) const {
    return reinterpret_cast<const T*>(address(ref));
  }
  // By a value: Misread unless it is of that kind.
  [[nodiscard]] StringObject* string(Value v) { return as<StringObject>(v, Kind::string); }
  [[nodiscard]] ListObject* list(Value v) {
    auto* object = as<ListObject>(v, Kind::list);
    if ((object->flags & flag_view) != 0) [[unlikely]]
      follow(object);
    return object;
  }
  [[nodiscard]] MapObject* map(Value v) {
    if (!v.is(Kind::map) && !v.is(Kind::set)) [[unlikely]]
      throw Misread(v);
    auto* object = at<MapObject>(v.ref);
    if ((object->flags & flag_view) != 0) [[unlikely]]
      follow(object);
    return object;
  }
  [[nodiscard]] RangeObject* range(Value v) { return as<RangeObject>(v, Kind::range); }
  [[nodiscard]] ArrayObject* array(Value v) { return as<ArrayObject>(v, Kind::array); }
  [[nodiscard]] ClosureObject* closure(Value v) { return as<ClosureObject>(v, Kind::closure); }
  [[nodiscard]] InstanceObject* instance(Value v) { return as<InstanceObject>(v, Kind::instance); }
  [[nodiscard]] NativeObject* native(Value v) { return as<NativeObject>(v, Kind::native_object); }
  [[nodiscard]] MapEntryObject* entry(Value v) { return as<MapEntryObject>(v, Kind::map_entry); }
  [[nodiscard]] IteratorObject* iterator(Value v) { return as<IteratorObject>(v, Kind::iterator); }
  [[nodiscard]] PatternObject* pattern(Value v) { return as<PatternObject>(v, Kind::pattern); }
  /// The Java class of any value; an array's is java::object_array.
  [[nodiscard]] ClassId class_of(Value v) const;
  /// A Value for an object by its reference.
  [[nodiscard]] Value value_of(Ref ref) const { return Value::object(header(ref)->kind, ref); }

  // ---- text ------------------------------------------------------------------------------------------------------
  Value make_string(TextView text);
  Value make_string(const TextBuilder& text) { return make_string(text.view()); }
  /// UTF-8 (WTF-8) to String.
  Value make_string(std::string_view utf8);
  Value make_string(const char* utf8) { return make_string(std::string_view(utf8)); }
  Value make_string(std::u16string_view units);
  Value make_latin1(std::string_view latin1) { return make_string(TextView(latin1)); }
  /// The content of a String (only). See Call::text for other CharSequences.
  [[nodiscard]] TextView text(Value string) const;
  [[nodiscard]] std::string utf8(Value string) const { return text(string).utf8(); }
  [[nodiscard]] std::int32_t string_hash(Value string);
  Value concat(TextView a, TextView b);
  /// parts.size() == values.size() + 1; parts are Strings.
  Value make_gstring(std::span<const Value> parts, std::span<const Value> values);
  [[nodiscard]] std::span<const Value> gstring_parts(Value gstring) const;
  [[nodiscard]] std::span<const Value> gstring_values(Value gstring) const;
  Value make_string_builder(ClassId class_id, TextView content);
  [[nodiscard]] TextView builder_text(Value builder) const;
  void builder_append(Value builder, TextView text);
  /// Replaces units [from, to) by text.
  void builder_splice(Value builder, std::uint32_t from, std::uint32_t to, TextView text);

  // ---- numbers ---------------------------------------------------------------------------------------------------
  Value make_big_integer(const num::BigInteger& n);
  Value make_big_decimal(const num::BigDecimal& n);
  [[nodiscard]] num::BigInteger big_integer(Value v) const;
  [[nodiscard]] num::BigDecimal big_decimal(Value v) const;
  /// Integer if it fits, else Long, else BigInteger.
  Value make_integer(const num::BigInteger& n);

  // ---- lists and arrays ------------------------------------------------------------------------------------------
  Value make_list(std::uint32_t capacity = 0, ClassId class_id = java::array_list);
  Value make_list(std::span<const Value> items, ClassId class_id = java::array_list);
  /// Elements in order; valid until the list is changed.
  [[nodiscard]] std::span<Value> items(Value list);
  void list_add(Value list, Value item);
  void list_insert(Value list, std::uint32_t index, Value item);
  void list_remove(Value list, std::uint32_t from, std::uint32_t count = 1);
  void list_clear(Value list);
  /// Grows (with null) or cuts.
  void list_resize(Value list, std::uint32_t size);
  /// All elements null (or 0, false for primitive element classes).
  Value make_array(ClassId element, std::uint32_t length, std::uint16_t depth = 1);
  Value make_byte_array(std::string_view bytes);
  [[nodiscard]] std::string array_bytes(Value byte_array) const;
  [[nodiscard]] std::span<Value> array_items(Value array);
  /// Elements of a list, array or range-free collection that is backed by one span: list or array; else empty.
  [[nodiscard]] std::span<Value> elements(Value list_or_array);

  // ---- ranges ----------------------------------------------------------------------------------------------------
  /// from and to as written; int ranges become IntRange, else ObjectRange.
  Value make_range(Value from, Value to, bool inclusive, bool reverse);
  /// Number of elements of an int range, and its first element and step (+1, -1).
  struct IntRange {
    std::int32_t first;
    std::int32_t step;
    std::uint32_t size;
    [[nodiscard]] std::int32_t low() const { return step > 0 ? first : first - static_cast<std::int32_t>(size) + 1; }
    [[nodiscard]] std::int32_t high() const { return step > 0 ? first + static_cast<std::int32_t>(size) - 1 : first; }
    [[nodiscard]] std::int32_t at(std::uint32_t i) const { return first + step * static_cast<std::int32_t>(i); }
  };
  [[nodiscard]] bool is_int_range(Value range) const;
  [[nodiscard]] IntRange int_range(Value range) const;

  // ---- maps and sets ---------------------------------------------------------------------------------------------
  // Keys whose equals and hashCode need no user code (text, numbers, enums by identity, lists of those …) can be used
  // directly here; Call has the general forms (native.h).
  Value make_map(ClassId class_id = java::linked_hash_map, std::uint32_t expected = 0);
  Value make_set(ClassId class_id = java::linked_hash_set, std::uint32_t expected = 0);
  /// All slots in insertion (TreeMap: sorted) order; skip those with key.is_undefined(). Valid until a change.
  [[nodiscard]] std::span<MapSlot> slots(Value map);
  /// Slot numbers in Java's iteration order of this class (bucket order for HashMap/HashSet, else as they stand).
  [[nodiscard]] std::vector<std::uint32_t> map_order(Value map);
  /// The same for a ConcurrentHashMap: `inserted` are its live slots.
  [[nodiscard]] std::vector<std::uint32_t> concurrent_order(Value v, const std::vector<std::uint32_t>& inserted);
  /// Whether the class iterates in bucket order.
  [[nodiscard]] static bool is_bucket_ordered(ClassId class_id);
  /// By String key. undefined when missing.
  [[nodiscard]] Value map_get(Value map, TextView key);
  [[nodiscard]] Value map_get(Value map, std::string_view ascii_key) { return map_get(map, TextView(ascii_key)); }
  /// By String key; keeps the place of an existing one.
  void map_put(Value map, Value string_key, Value value);
  void map_put(Value map, std::string_view utf8_key, Value value) { map_put(map, make_string(utf8_key), value); }
  bool map_remove(Value map, TextView key);
  void map_clear(Value map);
  /// First candidate slot for a hash, then the next ones; kNoSlot ends. The caller compares keys.
  static constexpr std::uint32_t kNoSlot = 0xFFFFFFFF;
  [[nodiscard]] std::uint32_t map_probe(Value map, std::uint32_t hash, std::uint32_t& cursor);
  /// Candidates looked at since the last call: keys made to have one hash cost what they cost.
  [[nodiscard]] std::uint64_t take_probes() { return std::exchange(probes_, 0); }
  /// Appends a new key (known to be absent) with its hash.
  void map_append(Value map, Value key, std::uint32_t hash, Value value);
  /// Puts an entry at a position: sorted maps.
  void map_insert_slot(Value map, std::uint32_t position, Value key, Value value);
  void map_remove_slot(Value map, std::uint32_t slot);
  Value make_entry(Value map, Value key, Value value);

  // ---- views (heap_views.cc) ---------------------------------------------------------------------------------------
  [[nodiscard]] bool is_view(Value v) const {
    return (v.is(Kind::list) || v.is(Kind::set) || v.is(Kind::map)) && (header(v.ref)->flags & flag_view) != 0;
  }
  /// Of a view only.
  [[nodiscard]] ViewKind view_kind(Value view) const;
  [[nodiscard]] Value view_source(Value view) const;
  /// keySet(), values(), entrySet(): nothing can be added to them.
  [[nodiscard]] bool is_map_view(Value v) const;
  /// headMap, descendingSet and their relatives.
  [[nodiscard]] bool is_sorted_view(Value v) const;
  /// What a view was made from has changed since, so that it may not be used (part) or is to be made anew (SortedView).
  [[nodiscard]] bool is_stale(Value v) const;
  /// What an unmodifiable view of an unmodifiable view … shows in the end; else the value itself. Views are made of
  /// that, and those of sorted ones of what these show: however often a script makes one of another, they do not become
  /// a chain.
  [[nodiscard]] Value below_whole(Value source) const;
  /// The elements [from, to) of a list, which are there. The innermost of many parts in each other goes by the list
  /// itself: the parts between may not be used any more once it changes that.
  Value make_part(Value list, std::uint32_t from, std::uint32_t to);
  /// All of a list, map or set, not to be changed through the view.
  Value make_whole(Value source);
  Value make_array_view(Value array);
  Value make_key_view(Value map);
  /// Empty and stale. A span of a span has the other's borders where it has none of its own.
  Value make_sorted_view(Value shown, ViewKind kind, Value low, Value high, std::uint8_t borders);
  /// While a copy is made anew: it is written to like any other collection.
  class Refill {
   public:
    Refill(Heap& heap, Value view) : heap_(heap), ref_(view.ref) {
      heap_.header(ref_)->flags &= static_cast<std::uint8_t>(~flag_view);
    }
    ~Refill() { heap_.header(ref_)->flags |= flag_view; }
    Refill(const Refill&) = delete;
    Refill& operator=(const Refill&) = delete;

   private:
    Heap& heap_;
    Ref ref_;
  };

  // ---- others ----------------------------------------------------------------------------------------------------
  /// `slots` null Values, then `bytes` zero bytes, for a native's own use.
  Value make_native(ClassId class_id, std::uint32_t slots, std::uint32_t bytes = 0);
  [[nodiscard]] NativeSlots native_slots(Value native);
  /// The first `size` of its bytes.
  [[nodiscard]] std::span<std::byte> native_bytes(Value native, std::size_t size);
  [[nodiscard]] std::span<std::byte> native_bytes(Value native) {
    return native_bytes(native, this->native(native)->bytes);
  }
  Value make_instance(ClassId class_id, std::uint32_t slots);
  /// Also of a collection with fields (give_fields).
  [[nodiscard]] std::span<Value> instance_slots(Value instance);
  /// A list, map or set that is of a script's class gets room for that class' fields.
  void give_fields(Value collection, std::uint32_t slots);
  Value make_cell(Value content);
  Value make_pattern(Value source_string, std::uint32_t flags);
  Value make_iterator(IteratorMode mode, Value source);
  Value make_closure(std::uint32_t function, std::uint16_t captured, ClassId class_id);
  [[nodiscard]] std::span<Value> closure_captured(Value closure);
  void set_flag(Value object, ObjectFlag flag) {
    if (!object.is_object()) [[unlikely]]
      throw Misread(object);
    header(object.ref)->flags |= flag;
  }
  [[nodiscard]] bool has_flag(Value object, ObjectFlag flag) const {
    if (!object.is_object()) [[unlikely]]
      throw Misread(object);
    return (header(object.ref)->flags & flag) != 0;
  }
  /// System.identityHashCode of an object: counts up in order of asking.
  std::int32_t identity_hash(Value object);

  // ---- accounting and collection -----------------------------------------------------------------------------------
  /// Bytes allocated since the last collection plus what survived it.
  [[nodiscard]] std::size_t bytes_used() const { return bytes_used_; }
  [[nodiscard]] std::size_t bytes_reserved() const { return bytes_reserved_; }
  [[nodiscard]] bool wants_collection() const { return bytes_used_ >= collect_at_; }
  /// Allocation beyond `bytes` throws HeapFull; kNoCeiling (the default) never does.
  static constexpr std::size_t kNoCeiling = static_cast<std::size_t>(-1);
  void set_ceiling(std::size_t bytes) { ceiling_ = bytes; }
  /// Copies everything reachable. `visit_roots` is called with a function that fixes one root in place.
  class Roots {
   public:
    virtual ~Roots() = default;
    /// Calls heap.move(value) for each root.
    virtual void visit(Heap& heap) = 0;
  };
  void collect(Roots& roots);
  /// During collect() only: makes sure the object is copied and updates the reference.
  void move(Value& value);
  void move(Ref& ref);

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> memory;
    std::uint32_t blocks = 0;
  };
  struct Identity {
    Ref ref;
    std::int32_t hash;
  };
  [[nodiscard]] std::byte* address(Ref ref) const {
    return bases_[ref >> 16] + (static_cast<std::size_t>(ref & 0xFFFF) << 4);
  }
  template <class T>
  [[nodiscard]] T* as(Value v, Kind kind) const {
    if (!v.is(kind)) [[unlikely]]
      throw Misread(v);
    return reinterpret_cast<T*>(address(v.ref));
  }
  Ref allocate(Kind kind, ClassId class_id, std::size_t bytes);
  Ref allocate_slow(std::size_t blocks);
  void add_chunk(std::size_t blocks);
  void follow(ListObject* view);
  void follow(MapObject* view);
  /// Whether it is a view, and what its source was told is done.
  bool splice_part(Value list, std::uint32_t index, std::uint32_t gone, const Value* added);
  bool remove_through(Value map, std::uint32_t slot);
  bool clear_through(Value map);
  void reserve_list(ListObject*& list, Ref list_ref, std::uint32_t capacity);
  void rebuild_index(Ref map_ref, std::uint32_t capacity);
  void trace(Header* object);

  std::size_t ceiling_ = kNoCeiling;
  std::uint64_t probes_ = 0;
  std::vector<std::byte*> bases_;
  std::vector<Chunk> chunks_;
  std::uint32_t current_ = 0;  ///< chunk being filled
  std::uint32_t next_block_ = 0;
  std::uint32_t end_block_ = 0;
  std::size_t next_chunk_blocks_ = 512;
  std::size_t bytes_used_ = 0;
  std::size_t bytes_reserved_ = 0;
  std::size_t collect_at_ = std::size_t{8} << 20;
  std::vector<Identity> identities_;
  std::int32_t next_identity_ = 0;
  std::vector<Ref> to_scan_;
  std::vector<std::byte*> old_bases_;
};

}  // namespace windlass::vm
