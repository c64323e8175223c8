// The tree of values that modules exchange: effect arguments and results, journal payloads, JSON and YAML documents.
// It is data only: no closures, no identity, no sharing, no cycles. Numbers too large for a machine word are kept as
// decimal text, so this module needs no arithmetic.
//
// Invariants: a Value owns all it holds; destruction, copying and comparing use a work list and never the call stack,
// so nesting depth is bounded by memory alone; map entries keep the order of their first insertion; two values are
// equal exactly when their binary forms are (data/binary.h).
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace windlass::data {

/// What a Value holds. The numeric values are written to journals: append only.
enum class Kind : std::uint8_t {
  null = 0,
  boolean = 1,
  integer = 2,       ///< java.lang.Integer: 32 bits
  long_integer = 3,  ///< java.lang.Long: 64 bits
  big_integer = 4,   ///< java.math.BigInteger: decimal digits with an optional '-'
  decimal = 5,       ///< java.math.BigDecimal: its toString() text, the scale is part of the value (1.50 is not 1.5)
  real = 6,          ///< java.lang.Double
  string = 7,        ///< UTF-8; lone surrogates as their three-byte form (WTF-8)
  bytes = 8,
  list = 9,
  map = 10,     ///< ordered, keys are strings, no key twice
  object = 11,  ///< a map with a class name, e.g. `string(name: 'A')` or `[$class: 'GitSCM', …]`
};

/// The lower-case name of a kind for messages: "integer", "list".
std::string_view to_string(Kind kind);

class Map;

/// One value. 16 bytes, cheap to move; copying copies the whole tree. A moved-from Value is null.
class Value {
 public:
  using List = std::vector<Value>;

  Value() = default;
  Value(std::nullptr_t) {}
  template <std::same_as<bool> T>
  Value(T value) : kind_(Kind::boolean) {
    data_.boolean = value;
  }
  /// Types of up to 32 bits give an Integer, wider ones a Long (unsigned above 2^63-1: a BigInteger).
  template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>)
  Value(T value) {
    if constexpr (std::is_signed_v<T> ? sizeof(T) <= 4 : sizeof(T) < 4) {
      kind_ = Kind::integer;
      data_.integer = value;
    } else {
      set_wide(static_cast<std::uint64_t>(value), std::is_unsigned_v<T>);
    }
  }
  Value(double value) : kind_(Kind::real) { data_.real = value; }
  Value(std::string text) : Value(Kind::string, std::move(text)) {}
  Value(std::string_view text) : Value(Kind::string, std::string(text)) {}
  Value(const char* text) : Value(Kind::string, std::string(text)) {}
  Value(List items);
  Value(Map members);

  Value(const Value& other);
  Value(Value&& other) noexcept : kind_(other.kind_), data_(other.data_) { other.kind_ = Kind::null; }
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value() {
    if (kind_ >= Kind::big_integer && kind_ != Kind::real) destroy();
  }

  /// The narrowest of Integer and Long that holds `value`, as Groovy types a literal or a size.
  static Value number(std::int64_t value);
  /// `digits` must match -?[0-9]+; the caller has checked it.
  static Value big_integer(std::string digits) { return {Kind::big_integer, std::move(digits)}; }
  /// `text` must be what BigDecimal.toString() gives; the caller has checked it.
  static Value decimal(std::string text) { return {Kind::decimal, std::move(text)}; }
  static Value bytes(std::string bytes) { return {Kind::bytes, std::move(bytes)}; }
  static Value list() { return Value(List{}); }
  static Value map();
  static Value object(std::string class_name, Map members);
  /// `Value::list_of(1, "two", Value::map())`.
  template <class... T>
  static Value list_of(T&&... items) {
    List out;
    out.reserve(sizeof...(items));
    (out.emplace_back(std::forward<T>(items)), ...);
    return Value(std::move(out));
  }
  /// `Value::map_of("a", 1, "b", true)`: keys and values in turn; the last of equal keys wins.
  template <class... T>
  static Value map_of(T&&... keys_and_values);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool is_null() const { return kind_ == Kind::null; }
  [[nodiscard]] bool is_bool() const { return kind_ == Kind::boolean; }
  /// Integer or Long.
  [[nodiscard]] bool is_int() const { return kind_ == Kind::integer || kind_ == Kind::long_integer; }
  [[nodiscard]] bool is_number() const { return kind_ >= Kind::integer && kind_ <= Kind::real; }
  [[nodiscard]] bool is_string() const { return kind_ == Kind::string; }
  [[nodiscard]] bool is_bytes() const { return kind_ == Kind::bytes; }
  [[nodiscard]] bool is_list() const { return kind_ == Kind::list; }
  [[nodiscard]] bool is_map() const { return kind_ == Kind::map; }
  [[nodiscard]] bool is_object() const { return kind_ == Kind::object; }
  /// Map or object: members() and find() work.
  [[nodiscard]] bool has_members() const { return kind_ == Kind::map || kind_ == Kind::object; }

  // Readers are total: a value of another kind gives the default or something empty, never undefined behaviour.
  [[nodiscard]] bool as_bool(bool otherwise = false) const {
    return kind_ == Kind::boolean ? data_.boolean : otherwise;
  }
  [[nodiscard]] std::int64_t as_int(std::int64_t otherwise = 0) const {
    return kind_ == Kind::integer ? data_.integer : kind_ == Kind::long_integer ? data_.wide : otherwise;
  }
  /// The nearest double of any number kind.
  [[nodiscard]] double as_double(double otherwise = 0) const;
  /// Text of a string, bytes of a bytes value, digits of a big integer or decimal; else empty.
  [[nodiscard]] const std::string& text() const;
  /// Items of a list; else empty.
  [[nodiscard]] const List& items() const;
  /// Members of a map or object; else empty.
  [[nodiscard]] const Map& members() const;
  /// Class name of an object; else empty.
  [[nodiscard]] const std::string& class_name() const;

  /// Items for changing; a value of another kind becomes an empty list first.
  List& mutable_items();
  /// Members for changing; a value of another kind than map or object becomes an empty map first.
  Map& mutable_members();
  /// Text for changing; a value without text becomes an empty string first.
  std::string& mutable_text();

  /// The member of a map or object; nullptr when there is none or this is another kind.
  [[nodiscard]] const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  /// Adds or replaces a member; see mutable_members.
  void set(std::string key, Value value);
  /// Appends to the list; see mutable_items.
  void push(Value value) { mutable_items().push_back(std::move(value)); }
  /// Members of a map or object, items of a list, else 0.
  [[nodiscard]] std::size_t size() const;

  // Typed member getters: the default when the member is missing or of another kind. No coercion.
  [[nodiscard]] std::string get_string(std::string_view key, std::string_view otherwise = {}) const;
  [[nodiscard]] bool get_bool(std::string_view key, bool otherwise = false) const;
  [[nodiscard]] std::int64_t get_int(std::string_view key, std::int64_t otherwise = 0) const;
  [[nodiscard]] double get_double(std::string_view key, double otherwise = 0) const;

  /// Same kind, same content, members in the same order; doubles by their bits (NaN equals NaN, 0.0 is not -0.0).
  friend bool operator==(const Value& a, const Value& b) { return equal(a, b); }

 private:
  struct ObjectData;
  union Data {
    bool boolean;
    std::int32_t integer;
    std::int64_t wide;
    double real;
    std::string* text;
    List* list;
    Map* map;
    ObjectData* object;
  };

  Value(Kind kind, std::string text) : kind_(kind) { data_.text = new std::string(std::move(text)); }
  void set_wide(std::uint64_t value, bool is_unsigned);
  void destroy() noexcept;
  [[nodiscard]] bool has_text() const;
  static bool equal(const Value& a, const Value& b);

  Kind kind_ = Kind::null;
  Data data_ = {};
};

/// Insertion-ordered members with unique string keys. Finding is a scan up to 16 members and one hash probe above.
/// Pointers and iterators live until the next insertion or removal.
class Map {
 public:
  struct Entry {
    std::string key;  ///< never change it through an iterator: the index would not notice
    Value value;
    friend bool operator==(const Entry& a, const Entry& b) = default;
  };

  Map() = default;
  Map(const Map& other);
  Map(Map&& other) noexcept = default;
  Map& operator=(const Map& other);
  Map& operator=(Map&& other) noexcept = default;
  ~Map() = default;

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  void reserve(std::size_t count) { entries_.reserve(count); }

  [[nodiscard]] const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  [[nodiscard]] bool contains(std::string_view key) const { return find(key) != nullptr; }
  /// Adds the member at the end, or replaces the value of an existing one in its place.
  Value& set(std::string key, Value value);
  /// The member, added as null when it is missing.
  Value& operator[](std::string_view key);
  /// False when there was none. O(n).
  bool erase(std::string_view key);
  void clear();

  [[nodiscard]] const Entry& at(std::size_t index) const { return entries_[index]; }
  Entry& at(std::size_t index) { return entries_[index]; }
  [[nodiscard]] auto begin() const { return entries_.begin(); }
  [[nodiscard]] auto end() const { return entries_.end(); }
  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }

 private:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  [[nodiscard]] std::size_t locate(std::string_view key) const;
  void index_last();
  void rebuild_index(std::size_t slots);

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> index_;  ///< open addressing, entry number + 1; empty while there are few entries
};

template <class... T>
Value Value::map_of(T&&... keys_and_values) {
  static_assert(sizeof...(T) % 2 == 0, "keys and values in turn");
  Map out;
  auto add = [&out](auto&& self, auto&& key, auto&& value, auto&&... rest) -> void {
    out.set(std::string(std::forward<decltype(key)>(key)), Value(std::forward<decltype(value)>(value)));
    if constexpr (sizeof...(rest) > 0) self(self, std::forward<decltype(rest)>(rest)...);
  };
  if constexpr (sizeof...(T) > 0) add(add, std::forward<T>(keys_and_values)...);
  return Value(std::move(out));
}

}  // namespace windlass::data
