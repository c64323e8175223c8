// A Groovy value as the evaluator holds it: 16 bytes, either the value itself (null, booleans, the seven primitive
// number types, a class) or a reference into the run's Heap.
//
// Boxes do not exist: Tag::int_ *is* java.lang.Integer, and it is also `int`; the two differ only in declared types.
// Values are plain data. They may live in C++ locals of a native as long as that native runs: the collector moves
// objects only at safepoints of the dispatch loop, never while a native is on the C++ stack.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace windlass::vm {

/// Index of an object in the Heap. Valid until the next safepoint; 0 is never an object.
using Ref = std::uint32_t;

/// Index of a class: rows of java_classes.h first, then the classes of the run's own code in order of loading.
using ClassId = std::uint16_t;

enum class Tag : std::uint8_t {
  null_,
  boolean,
  character,  ///< one UTF-16 unit
  byte_,
  short_,
  int_,
  long_,
  float_,
  double_,
  class_,     ///< a java.lang.Class
  object,     ///< ref + kind
  undefined,  ///< never seen by Groovy code: an absent argument, an unset slot, a removed map entry
};

/// What an object is made of (heap.h has a struct for each); its Java class is separate.
enum class Kind : std::uint8_t {
  none,
  string,
  gstring,
  big_integer,
  big_decimal,
  list,  ///< ArrayList, LinkedList, unmodifiable and other lists: ListObject
  map,   ///< every java.util.Map: MapObject
  set,   ///< every java.util.Set: MapObject without values
  map_entry,
  range,
  array,
  closure,        ///< closures and method pointers
  instance,       ///< objects of script and library classes, and every Throwable
  native_object,  ///< everything natives invent: Date, UUID, Matcher, JsonSlurper …: n Values and m bytes
  string_builder,
  iterator,
  pattern,
  storage,  ///< internal: the growable block behind a list or map
  bytes,    ///< internal: hash index
  cell,     ///< internal: a captured variable
};

struct Value {
  Tag tag = Tag::null_;
  Kind kind = Kind::none;  ///< of the object; none unless tag == object
  std::uint16_t spare = 0;
  std::uint32_t aux = 0;  ///< owned by containers (a map keeps a key's hash here); 0 elsewhere
  union {
    std::uint64_t bits = 0;
    std::int64_t integer;  ///< byte_, short_, int_, long_ (sign-extended), character, boolean, class_
    double number;         ///< double_, float_ (a float is kept as the double of the same value)
    Ref ref;
  };

  static constexpr Value null() { return {}; }
  static constexpr Value undefined() { return make(Tag::undefined, 0); }
  static constexpr Value boolean(bool b) { return make(Tag::boolean, b ? 1 : 0); }
  static constexpr Value character(char16_t unit) { return make(Tag::character, unit); }
  static constexpr Value of_byte(std::int8_t n) { return make(Tag::byte_, n); }
  static constexpr Value of_short(std::int16_t n) { return make(Tag::short_, n); }
  static constexpr Value of_int(std::int32_t n) { return make(Tag::int_, n); }
  static constexpr Value of_long(std::int64_t n) { return make(Tag::long_, n); }
  static constexpr Value of_class(ClassId id) { return make(Tag::class_, id); }
  static constexpr Value of_float(float f) {
    Value v;
    v.tag = Tag::float_;
    v.number = static_cast<double>(f);
    return v;
  }
  static constexpr Value of_double(double d) {
    Value v;
    v.tag = Tag::double_;
    v.number = d;
    return v;
  }
  static constexpr Value object(Kind kind, Ref ref) {
    Value v;
    v.tag = Tag::object;
    v.kind = kind;
    v.bits = 0;
    v.ref = ref;
    return v;
  }

  [[nodiscard]] constexpr bool is_null() const { return tag == Tag::null_; }
  [[nodiscard]] constexpr bool is_undefined() const { return tag == Tag::undefined; }
  [[nodiscard]] constexpr bool is_object() const { return tag == Tag::object; }
  [[nodiscard]] constexpr bool is(Kind k) const { return kind == k; }
  [[nodiscard]] constexpr bool is_boolean() const { return tag == Tag::boolean; }
  [[nodiscard]] constexpr bool is_int() const { return tag == Tag::int_; }
  [[nodiscard]] constexpr bool is_long() const { return tag == Tag::long_; }
  [[nodiscard]] constexpr bool is_character() const { return tag == Tag::character; }
  [[nodiscard]] constexpr bool is_class() const { return tag == Tag::class_; }
  [[nodiscard]] constexpr bool is_string() const { return kind == Kind::string; }
  [[nodiscard]] constexpr bool is_gstring() const { return kind == Kind::gstring; }
  /// String or GString (StringBuilder is another CharSequence).
  [[nodiscard]] constexpr bool is_text() const { return kind == Kind::string || kind == Kind::gstring; }
  /// Byte, Short, Integer, Long: `integer` holds it.
  [[nodiscard]] constexpr bool is_integral() const { return tag >= Tag::byte_ && tag <= Tag::long_; }
  /// Float or Double: `number` holds it.
  [[nodiscard]] constexpr bool is_floating() const { return tag == Tag::float_ || tag == Tag::double_; }
  /// A java.lang.Number of any size (not Character).
  [[nodiscard]] constexpr bool is_number() const {
    return (tag >= Tag::byte_ && tag <= Tag::double_) || kind == Kind::big_integer || kind == Kind::big_decimal;
  }
  [[nodiscard]] constexpr bool is_true() const { return tag == Tag::boolean && integer != 0; }
  [[nodiscard]] constexpr std::int32_t as_int() const { return static_cast<std::int32_t>(integer); }
  [[nodiscard]] constexpr ClassId class_id() const { return static_cast<ClassId>(integer); }

  /// Java's `is`: same object, or same inline value of the same type.
  [[nodiscard]] constexpr bool identical(const Value& other) const { return tag == other.tag && bits == other.bits; }
  /// The same value without what a container keeps in `aux`.
  [[nodiscard]] constexpr Value plain() const {
    Value v = *this;
    v.aux = 0;
    return v;
  }

 private:
  static constexpr Value make(Tag tag, std::int64_t n) {
    Value v;
    v.tag = tag;
    v.integer = n;
    return v;
  }
};
static_assert(sizeof(Value) == 16);

}  // namespace windlass::vm
