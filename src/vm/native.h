// What a native method sees: Call; how it is described: NativeMethod; how callbacks into Groovy code work.
//
// A native is a plain function `Status f(Call& call)`. It reads `call.self()` and `call.arg(i)`, and ends with
// `return call.give(value)` or `return call.throw_java("java.lang.X", "message")`.
//
// Callbacks. equals, hashCode, compareTo, toString, asBoolean of a value may be the user's code, and so is every
// closure. Everything on Call that may run such code returns a Status and must be wrapped: `VM_DO(call.equals(a, b,
// same));` When the code called back reaches an effect (a pipeline step), the native returns Status::suspended at once,
// and when the code has ended, *the native is run again from its start*; callbacks already done answer from memory.
// Hence the one law for natives: **all callbacks before your own side effects** (build into a local, then store), and
// be deterministic. Creating new objects is no side effect. A method that is mainly a loop around a closure (each,
// collect) belongs into the library prelude (Groovy, src/prelude/gdk/*.groovy) instead.
//
// Prelude methods. A file of src/prelude/gdk is a Groovy script of top-level static methods, one per library method,
// which start in column 1 with `static`. The first parameter's declared type is the class of the receiver, as in
// Groovy's own extension methods:
//     static Object each(Iterable self, Closure action) { for (x in self) action(x); self }
//     static List collect(Iterable self, Closure transform) { … }
// A static method of a class is declared with the class as its receiver:
//     static void sort(Class<Collections> self, List items) { … }
// Use full names or default imports for that type. They are indexed by a scan of such lines and compiled file by file
// on first use; keep files small, one story each. A null receiver never reaches them. Prelude code may use intrinsics,
// functions that start with `__` (vm.h lists them).
//
// Method choice. Candidates from user classes, natives and prelude are gathered along the receiver's class hierarchy;
// the best by Groovy's argument distance wins; at equal distance the nearer receiver class does. Arguments are then
// coerced to the declared parameter types: a GString given for String or CharSequence arrives as a String; Integer for
// `long` arrives as Long; numbers for `double` as Double. A receiver of a String or CharSequence method is always a
// String unless it is a StringBuilder (methods on java.lang.CharSequence see both: use call.text_of(self)).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "num/java_result.h"
#include "text/regex.h"
#include "vm/heap.h"
#include "vm/value.h"

namespace windlass::vm {

class Vm;
struct Fiber;

/// How a native or callback ended.
enum class [[nodiscard]] Status : std::uint8_t {
  ok,
  thrown,     ///< an exception is pending in the Vm
  suspended,  ///< code called back waits for an effect; unwind, you will be run again
};

#define VM_DO(...)                                                       \
  do {                                                                   \
    const ::windlass::vm::Status vm_do_status = (__VA_ARGS__);           \
    if (vm_do_status != ::windlass::vm::Status::ok) return vm_do_status; \
  } while (false)

/// `auto n = VM_JAVA(call, num::parse_int(text));`: the value, or throws the Java exception from the native.
#define VM_JAVA(call, ...)                                                 \
  __extension__({                                                          \
    auto vm_java_result = (__VA_ARGS__);                                   \
    if (!vm_java_result) return (call).throw_java(vm_java_result.error()); \
    std::move(vm_java_result).value();                                     \
  })

class Call {
 public:
  // ---- what was called ---------------------------------------------------------------------------------------------
  /// The receiver; for static methods and constructors the class itself (Tag::class_).
  [[nodiscard]] Value self() const { return window_[0]; }
  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] Value arg(std::uint32_t i) const { return window_[1 + i]; }
  [[nodiscard]] bool has(std::uint32_t i) const { return i < count_; }
  [[nodiscard]] std::span<const Value> args() const { return {window_ + 1, count_}; }
  /// Name under which it was called.
  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] Vm& vm() const { return *vm_; }
  [[nodiscard]] Heap& heap() const { return *heap_; }
  [[nodiscard]] Fiber& fiber() const { return *fiber_; }

  // ---- reading arguments (parameter types have been checked, these are total)
  // --------------------------------------------
  [[nodiscard]] std::int32_t int_arg(std::uint32_t i) const { return to_int(arg(i)); }
  [[nodiscard]] std::int64_t long_arg(std::uint32_t i) const { return to_long(arg(i)); }
  [[nodiscard]] double double_arg(std::uint32_t i) const { return to_double(arg(i)); }
  [[nodiscard]] bool bool_arg(std::uint32_t i) const { return arg(i).is_true(); }
  /// Content of a String or StringBuilder argument; empty for anything else.
  [[nodiscard]] TextView text_arg(std::uint32_t i) const { return text_of(arg(i)); }
  [[nodiscard]] std::string utf8_arg(std::uint32_t i) const { return text_arg(i).utf8(); }
  /// Java's Number.intValue() and friends for any number or character; 0 for other values.
  [[nodiscard]] std::int32_t to_int(Value v) const;
  [[nodiscard]] std::int64_t to_long(Value v) const;
  [[nodiscard]] double to_double(Value v) const;
  [[nodiscard]] num::BigInteger to_big_integer(Value v) const;
  [[nodiscard]] num::BigDecimal to_big_decimal(Value v) const;
  /// String or StringBuilder; empty for anything else (GStrings: see text()).
  [[nodiscard]] TextView text_of(Value v) const;
  [[nodiscard]] bool is_instance(Value v, ClassId class_id) const;
  [[nodiscard]] ClassId class_of(Value v) const;
  [[nodiscard]] std::string class_name(Value v) const;
  /// Every kind of java.util.Collection: list, set, range (natives like Kind::native_object excluded).
  [[nodiscard]] bool is_collection(Value v) const;

  // ---- ending
  // --------------------------------------------------------------------------------------------------------
  Status give(Value v) {
    window_[0] = v;
    return Status::ok;
  }
  Status give_null() { return give(Value::null()); }
  Status give(bool b) { return give(Value::boolean(b)); }
  Status give(std::int32_t n) { return give(Value::of_int(n)); }
  Status give(std::int64_t n) { return give(Value::of_long(n)); }
  Status give(double d) { return give(Value::of_double(d)); }
  Status give_text(TextView text) { return give(heap().make_string(text)); }
  Status give_text(const TextBuilder& text) { return give(heap().make_string(text)); }
  /// UTF-8.
  Status give_utf8(std::string_view text) { return give(heap().make_string(text)); }
  Status throw_java(std::string_view class_name, std::string_view message_utf8);
  Status throw_java(ClassId class_id, std::string_view message_utf8);
  /// An exception without a message (getMessage() is null).
  Status throw_java(ClassId class_id);
  Status throw_java(const num::Thrown& thrown) { return throw_java(thrown.type, thrown.message); }
  Status throw_value(Value throwable);
  /// IndexOutOfBoundsException as Java prints it: "Index: 5, Size: 3".
  Status throw_index(std::int64_t index, std::int64_t size);
  /// MissingMethodException for this call, with its arguments.
  Status throw_missing_method();
  /// Before creating something large: OutOfMemoryError when `bytes` would pass the run's budget.
  Status check_size(std::uint64_t bytes);
  /// Counts work that grows with the arguments as so many instructions (one: some ten nanoseconds). Everything of Call
  /// that walks values or texts does so itself; loops of a native's own that are more than linear in them must.
  void charge(std::uint64_t units);

  // ---- semantics that may run Groovy code
  // ------------------------------------------------------------------------------
  /// Groovy's ==.
  Status equals(Value a, Value b, bool& out);
  /// Java's a.equals(b): no numeric conversion between types; String never equals GString.
  Status java_equals(Value a, Value b, bool& out);
  /// hashCode().
  Status hash(Value v, std::int32_t& out);
  /// Groovy's <=> (DefaultTypeTransformation.compareTo): null first, numbers by value, Comparable, else
  /// ClassCastException or the IllegalArgumentException Groovy throws.
  Status compare(Value a, Value b, std::int32_t& out);
  /// Groovy truth.
  Status truth(Value v, bool& out);
  /// What `"$v"` and println show: toString(), with collections and maps in Groovy's form, null as "null".
  Status to_text(Value v, TextBuilder& out);
  /// inspect(): strings in quotes.
  Status inspect(Value v, TextBuilder& out);
  /// A String: v itself, or to_text of it. The view is valid until the native returns.
  Status text(Value v, TextView& out);
  /// Calls a Closure (delegation, spreading of a list argument and defaults as Groovy does), a method pointer, or any
  /// object with a call method.
  Status invoke(Value callable, std::span<const Value> args, Value& out);
  Status invoke(Value callable, std::initializer_list<Value> args, Value& out) {
    return invoke(callable, std::span<const Value>(args.begin(), args.size()), out);
  }
  /// receiver.name(args), with dynamic dispatch.
  Status invoke_method(Value receiver, std::string_view name, std::span<const Value> args, Value& out);
  /// Class.name(args) for a static method; new Class(args) with name "<init>".
  Status invoke_static(ClassId class_id, std::string_view name, std::span<const Value> args, Value& out);
  /// object.name, as Groovy resolves properties.
  Status get_property(Value object, std::string_view name, Value& out);
  Status set_property(Value object, std::string_view name, Value value);
  /// `v as C` / (C) v.
  Status as_type(Value v, ClassId class_id, Value& out);
  Status cast(Value v, ClassId class_id, Value& out);
  /// a.plus(b) and so on, by operator method name: "plus", "minus", "multiply", "div", "mod", "power", "leftShift" …
  Status binary(std::string_view operator_method, Value a, Value b, Value& out);
  /// caseValue.isCase(subject).
  Status is_case(Value case_value, Value subject, bool& out);

  // ---- maps and sets with any keys
  // ---------------------------------------------------------------------------------------
  /// undefined when missing. A set's value is the element itself.
  Status map_get(Value map, Value key, Value& out);
  /// `old` is undefined when the key is new.
  Status map_put(Value map, Value key, Value value, Value& old);
  Status map_remove(Value map, Value key, Value& old);
  Status set_add(Value set, Value item, bool& added);
  Status set_contains(Value set_or_map, Value key, bool& out);

  // ---- iteration
  // ---------------------------------------------------------------------------------------------------------
  /// All elements of anything `for (x in v)` accepts, in order: collections, arrays, maps (entries), ranges, texts
  /// (characters as Strings), iterators, null (nothing), user Iterables; any other value is one element.
  Status elements(Value v, std::vector<Value>& out);

  /// The exception of a callback that returned Status::thrown, taken so that the native can go on.
  Value take_exception();

 private:
  friend class Vm;
  friend struct CallAccess;
  Call(Vm& vm, Heap& heap, Fiber& fiber, Value* window, std::uint32_t count, std::string_view name)
      : vm_(&vm), heap_(&heap), fiber_(&fiber), window_(window), count_(count), name_(name) {}

  Vm* vm_;
  Heap* heap_;
  Fiber* fiber_;
  Value* window_;  ///< window_[0] self, later the result; then the arguments
  std::uint32_t count_;
  std::string_view name_;
  std::uint32_t record_ = 0;  ///< frame index of this native's record once it has called back; 0 = none
  std::uint32_t memo_ = 0;    ///< callbacks answered so far
};

using Native = Status (*)(Call&);

enum class NativeKind : std::uint8_t {
  method,
  static_method,
  constructor,   ///< name is "<init>"
  static_field,  ///< Integer.MAX_VALUE: called without arguments each time it is read
};

/// One overload of one method. Properties come for free: `getX()`/`isX()` without parameters is readable as `x`.
struct NativeMethod {
  std::string_view owner;  ///< class that declares it: "java.lang.String", "java.util.Collection", "java.lang.Object"
  std::string_view name;
  /// Types separated by commas, full names or default imports, arrays as "Object[]", last may be "Object..." (then the
  /// native sees all arguments one by one in args()). "" takes none.
  std::string_view parameters;
  Native function;
  NativeKind kind = NativeKind::method;
};

using NativeTable = std::span<const NativeMethod>;

}  // namespace windlass::vm
