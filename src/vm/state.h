// The inside of a Vm: loaded code, classes, fibers, and every operation the dispatch loop and the natives share.
// Internal to the module. Files by story: classes.cc, calls.cc, properties.cc, interpreter.cc, helpers.cc, equality.cc,
// text_of.cc, coercion.cc, numbers.cc, exceptions.cc, fibers.cc, data_exchange.cc.
//
// Invariants: a collection happens only in run() with native_depth == 0, so nothing outside run() roots anything. A
// Step that says `done` has left its result in the window's first register. `frame.dst` of the calling frame is set
// before any Step.
#pragma once

#include <algorithm>
#include <deque>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "vm/code.h"
#include "vm/heap.h"
#include "vm/method_index.h"
#include "vm/native.h"
#include "vm/vm.h"

namespace windlass::vm {

// ---- the shared library of methods
// ---------------------------------------------------------------------------------------

struct NativeEntry {
  std::string_view name;
  ClassId owner = kNoClass;
  NativeKind kind = NativeKind::method;
  Native function = nullptr;  ///< null: prelude method
  std::uint32_t file = 0;     ///< prelude: source file and line of its declaration
  std::uint32_t line = 0;
  mutable std::uint32_t code_number = 0xFFFFFFFF;  ///< prelude: its function in the file's code, once that is compiled
  std::span<const ResolvedType> parameters;
  std::uint16_t required = 0;
  bool varargs = false;
  bool containers_only =
      false;  ///< declared on Object for the sake of arrays and iterators: not a method of every object
};

/// Whether every Groovy object answers a method of that name (solutions.cc).
bool is_object_method(std::string_view name);

class RegexCache;  // gdk/regex_cache.h

class Runtime {
 public:
  /// `index` is what make_method_index() gives for these; it lives as long as the process. Empty: made here.
  Runtime(std::vector<NativeTable> natives, std::vector<PreludeSource> prelude, std::string_view index);
  /// Entries of that name, any owner: natives in the order of their tables, then preludes.
  [[nodiscard]] std::span<const NativeEntry> find(std::string_view name) const;
  [[nodiscard]] std::span<const ClassId> linear(ClassId java_class) const {
    return part(lists_.linear, lists_.linear_begins, java_class);
  }
  /// Both rows of java_classes.h.
  [[nodiscard]] bool is_subclass(ClassId sub, ClassId super) const {
    return (above_[sub * words_ + super / 64] >> (super % 64) & 1) != 0;
  }
  [[nodiscard]] std::span<const ClassId> interfaces(ClassId java_class) const {
    return part(lists_.interfaces, lists_.interface_begins, java_class);
  }
  /// By name.
  [[nodiscard]] std::span<const NativeEntry> entries() const { return entries_; }
  /// Compiled on first use, then shared; null when the file does not compile.
  [[nodiscard]] std::shared_ptr<const CodeUnit> prelude_unit(std::uint32_t file) const;
  [[nodiscard]] std::string prelude_error(std::uint32_t file) const;

 private:
  static std::span<const ClassId> part(std::span<const ClassId> all, std::span<const std::uint32_t> begins,
                                       ClassId id) {
    return all.subspan(begins[id], begins[id + std::size_t{1}] - begins[id]);
  }
  std::string made_;  ///< the index, where it was made here
  MethodLists lists_;
  std::vector<NativeEntry> entries_;  ///< in the order of the index's rows
  std::vector<std::uint64_t> above_;  ///< a row of bits per class: itself and what it inherits from or implements
  std::size_t words_ = 0;
  std::vector<PreludeSource> prelude_;
  struct Compiled {
    std::once_flag once;
    std::shared_ptr<const CodeUnit> unit;
    std::string error;
  };
  mutable std::deque<Compiled> compiled_;
};

// ---- per run
// ------------------------------------------------------------------------------------------------------------------

struct UnitState;
struct FunctionState;

struct Target {
  enum class Kind : std::uint8_t { none, code, native, getter, setter, static_getter, static_setter } kind = Kind::none;
  bool ambiguous = false;
  bool depends_on_arguments = false;
  bool pads_null = false;  ///< called without arguments: its one parameter is null
  std::uint32_t slot = 0;
  ClassId owner = kNoClass;
  union {
    FunctionState* function = nullptr;
    const NativeEntry* native;
    const FieldTemplate* field;
  };
};

/// In a SiteCache's key: the class of what a closure's owners lead to, where each of them is asked first.
inline constexpr std::uint32_t kRootKey = 0x20000;

struct SiteCache {
  std::uint32_t key = 0xFFFFFFFF;  ///< class of the receiver; + 0x10000 for a class as the receiver
  std::uint32_t slot = 0;
  std::uint64_t args_key = 0;
  Target target;
};

/// One row of the Vm's table of choices; a later choice with the same hash takes its place.
struct MethodChoice {
  std::uint64_t args_key = 0;
  std::string name;
  ClassId receiver = kNoClass;
  std::uint8_t mode = 0xFF;
  Target target;
};
inline constexpr std::size_t kMethodChoices = 256;

struct FunctionState {
  const FunctionCode* code = nullptr;
  UnitState* unit = nullptr;
  std::uint32_t number = 0;
  ClassId owner = kNoClass;
  ClassId closure_class = kNoClass;
  std::unique_ptr<SiteCache[]> caches;
};

struct UnitState {
  std::shared_ptr<const CodeUnit> unit;
  std::unique_ptr<FunctionState[]> functions;
  std::vector<Value> constants;     ///< undefined until used
  std::vector<ResolvedType> types;  ///< kNoClass until used
  std::vector<ClassId> classes;
};

struct ClassInfo {
  enum class Init : std::uint8_t { none, running, done };
  ClassId id = kNoClass;
  std::string name;
  const ClassTemplate* code = nullptr;  ///< null for closure classes and unknown names
  UnitState* unit = nullptr;
  ClassId super = java::object;
  std::vector<ClassId> interfaces;
  std::vector<ClassId> linear;  ///< itself, super classes, interfaces, Object last
  std::uint32_t slot_base = 0;
  std::uint32_t slots = 0;
  /// Of a class: its traits and those of its super classes, each with where its fields are in the class's objects.
  std::vector<std::pair<ClassId, std::uint32_t>> traits;
  std::vector<Value> statics;
  Init init = Init::none;
  ClassId outer = kNoClass;
  ResolvedType array_of;    ///< classes of arrays: their type; else kNoClass
  bool is_foreign = false;  ///< known by name only (foreign_classes.h)
  bool is_throwable = false;
  bool is_script = false;
  bool has_private_methods = false;
  bool has_delegates = false;  ///< or its super class
  bool overrides_get_property = false, overrides_set_property = false, overrides_invoke = false;
  FunctionState* last_constructor = nullptr;  ///< what choose_constructor answered for these classes of arguments
  std::uint64_t last_constructor_key = 0;
  std::unordered_map<std::string, Value> expando;  ///< metaClass.name = closure
  Value script_object;                             ///< of static closures, unused otherwise
};

/// Arguments taken out of a window that may move or be written over: few, so on the C++ stack.
class Arguments {
 public:
  Arguments(const Value* from, std::uint32_t count) : count_(count) {
    Value* to = few_;
    if (count > std::size(few_)) {
      many_.resize(count);
      to = many_.data();
    }
    std::copy_n(from, count, to);
  }
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;
  /// A range, so that it passes for a span.
  [[nodiscard]] const Value* data() const { return many_.empty() ? few_ : many_.data(); }
  [[nodiscard]] const Value* begin() const { return data(); }
  [[nodiscard]] const Value* end() const { return data() + count_; }
  const Value& operator[](std::size_t i) const { return data()[i]; }
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  std::uint32_t count_;
  Value few_[6];
  std::vector<Value> many_;
};

enum class FrameKind : std::uint8_t { code, native };

struct Frame {
  FunctionState* function = nullptr;
  Native native = nullptr;
  std::uint32_t pc = 0;
  std::uint32_t base = 0;
  std::uint32_t top = 0;
  std::uint32_t memo_begin = 0;
  std::uint16_t dst = 0xFFFF;
  std::uint16_t argc = 0;
  FrameKind kind = FrameKind::code;
  bool negate = false;
  bool refreshed = false;  ///< native: its views were brought up to date before it began
  std::string_view name;
};

inline constexpr std::int64_t kNotApplicable = -1;

inline constexpr std::uint16_t kDstDiscard = 0xFFFF;
inline constexpr std::uint16_t kDstJump = 0xFFFE;     ///< the value decides the jump at frame.pc
inline constexpr std::uint16_t kDstIterate = 0xFFFD;  ///< hasNext() of a user iterator: then call next()

enum class Step : std::uint8_t { done, pushed, thrown, suspended };

struct Fiber {
  FiberId id = 0;
  FiberId parent = 0xFFFFFFFF;
  std::string path;
  FiberState state = FiberState::runnable;
  std::vector<Frame> frames;
  std::unique_ptr<Value[]> stack;
  std::uint32_t capacity = 0;
  std::vector<std::unique_ptr<Value[]>> retired;  ///< old stacks natives may still look at
  std::vector<Value> memos;                       ///< spare == 1: an exception
  Value result;
  Value failure;
  bool has_failure = false;
  std::uint64_t tag = 0;
  bool wants_delivery = false;  ///< a value or exception waits to be delivered on the next turn
  bool delivers_exception = false;
  Value delivery;
  // joining
  std::vector<FiberId> children;
  std::vector<std::uint32_t> ended;  ///< indexes of children in order of ending, not yet reported
  std::uint32_t reported = 0;
  bool waits_for_child = false;
  std::vector<ClassId> categories;  ///< of the `use` blocks it is in, innermost last

  Value* at(std::uint32_t index) { return stack.get() + index; }
};

/// Thrown where a native passes the instruction budget; caught in resume(), or by the Aside that set a budget of its
/// own.
struct BudgetSpent {};

/// What charge() leads to: nothing; the run's instruction budget; the small budget of somebody who only looks.
enum class WorkMode : std::uint8_t { free, run, aside };
inline constexpr std::uint64_t kNoWorkLimit = static_cast<std::uint64_t>(-1);

struct Vm::State {
  State(Vm& owner, std::shared_ptr<const Runtime> shared, Host& host_, Limits limits_);

  Vm& vm;
  std::shared_ptr<const Runtime> runtime;
  Host& host;
  Limits limits;
  Heap heap;
  std::vector<std::unique_ptr<UnitState>> units;
  std::vector<FunctionState*> functions;
  std::vector<std::unique_ptr<ClassInfo>> classes;  ///< ids from java::count_
  std::unordered_map<std::string, ClassId> class_names;
  std::unordered_map<ClassId, std::unordered_map<std::string, Value>> java_expandos;
  std::vector<UnitState*> prelude_units;  ///< by file
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<FiberId> open_fibers;  ///< in order: those that may still run; ended ones leave it late
  std::vector<Effect> effects;
  FiberId main_fiber = 0;
  std::vector<Value> handles;
  std::vector<Handle> free_handles;
  Value binding;
  Value exception;     ///< pending
  Value last_matcher;  ///< Matcher.lastMatcher: of the last =~, ==~ or case with a pattern
  std::uint32_t native_depth = 0;
  std::uint64_t executed = 0;
  std::uint64_t since_wait = 0;
  // Work of natives counts as instructions: about one for what takes as long. charge() is called from whatever may be
  // slow (comparing, hashing, printing, big numbers, long texts), so no single native escapes the budget.
  std::uint64_t native_work = 0;
  std::uint64_t work_stop = kNoWorkLimit;  ///< settle_work() from here on
  WorkMode work_mode = WorkMode::free;
  void charge(std::uint64_t amount) {
    native_work += amount;
    if (native_work >= work_stop) settle_work();
  }
  void settle_work();
  std::uint64_t slice_left = 0;
  std::int64_t fuel = 0;  ///< safepoints left before safepoint() looks at budgets
  std::int64_t fuel_given = 0;
  bool limit_reached = false;
  LimitKind limit_kind = LimitKind::instructions;
  FiberId turned = 0;  ///< whose turn it is or was
  /// Where a replayed evaluation is to end.
  struct RecordedLimit {
    LimitKind kind;
    std::uint64_t instructions;
  };
  std::optional<RecordedLimit> recorded_limit;
  std::size_t granted_bytes = 0;  ///< what limits.live_bytes began as
  /// Looked at wherever work was just counted.
  [[nodiscard]] bool instructions_spent() const {
    if (!recorded_limit) return limits.instructions != 0 && limits.enforce && since_wait > limits.instructions;
    const std::uint64_t now = executed + static_cast<std::uint64_t>(fuel_given - fuel);
    // A memory limit is reached again by itself where the heap is the same; it is never passed.
    return recorded_limit->kind == LimitKind::instructions ? now >= recorded_limit->instructions
                                                           : now > recorded_limit->instructions;
  }
  std::string last_loaded_missing;
  std::string last_class_failure;  ///< the compile errors of that class, when it is there but broken
  std::vector<std::string> known_missing;
  bool has_expandos = false;            ///< or categories: sites must not remember what they found
  std::uint32_t categories_in_use = 0;  ///< over all fibers
  struct ObjectExpandos {
    Value object;
    std::unordered_map<std::string, Value> members;
  };
  std::vector<ObjectExpandos> object_expandos;
  std::vector<MethodChoice> method_choices;  ///< empty until the first call; dropped when the run is parked
  std::shared_ptr<RegexCache> regexes;       ///< null until the first pattern; dropped when the run is parked
  std::uint32_t evaluated_scripts = 0;       ///< numbers Script1, Script2 …
  Native* current_native = nullptr;          ///< the native being run, for its record
  std::vector<Value> anonymous_arguments;    ///< of `new Base(args) { … }`, until its super constructor takes them
  std::unordered_map<std::string, std::unique_ptr<std::string>> names;
  /// A view that lives as long as the Vm.
  std::string_view pooled(const std::string& name) {
    auto it = names.find(name);
    if (it == names.end()) it = names.emplace(name, std::make_unique<std::string>(name)).first;
    return *it->second;
  }

  // ---- classes.cc
  UnitState* load_unit(std::shared_ptr<const CodeUnit> unit);
  /// Null for Java's classes, and for kNoClass: a type that is written and not there (a plugin's class in a signature).
  ClassInfo* info(ClassId id) {
    return id >= java::count_ && id != kNoClass ? classes[id - java::count_].get() : nullptr;
  }
  [[nodiscard]] std::string_view name_of(ClassId id) const;
  [[nodiscard]] std::string type_name(ResolvedType type) const;
  std::span<const ClassId> linear(ClassId id);
  bool is_subclass(ClassId sub, ClassId super);
  ClassId class_of(Value v) const { return heap.class_of(v); }
  ClassId find_class(std::string_view name);
  ClassId add_class(ClassInfo info);
  ClassId closure_class(FunctionState& function);
  /// java.lang.Class of arrays: made when first asked for.
  ClassId array_class(ResolvedType type);
  ResolvedType resolve(UnitState& unit, std::uint16_t ref);
  /// Java's name of a value's class, arrays as [Ljava.lang.String;
  std::string class_name(Value v);
  bool instance_of(Value v, ResolvedType type);
  Value constant(UnitState& unit, std::uint32_t number);
  const FieldTemplate* find_field(ClassId id, std::string_view name, bool is_static, ClassId& owner);
  /// Where `field`, which `owner` declares, is in objects of the class `of`.
  std::uint32_t slot_of(ClassId of, ClassId owner, const FieldTemplate& field) {
    if (is_trait(owner)) {
      for (const auto& [trait, base] : info(of)->traits) {
        if (trait == owner) return base + field.slot;
      }
    }
    return info(owner)->slot_base + field.slot;
  }
  [[nodiscard]] bool is_trait(ClassId id) {
    const ClassInfo* c = info(id);
    return c != nullptr && c->code != nullptr && c->code->kind == groovy::ClassKind::trait;
  }
  FunctionState* user_method(ClassId id, std::string_view name, std::uint32_t parameters);
  /// What the methods of this name take that have one parameter, each type once.
  std::vector<ResolvedType> setter_types(ClassId id, std::string_view setter);
  bool is_script(ClassId id) { return id >= java::count_ && info(id)->is_script; }
  /// Runs <clinit> (supers first) if needed: pushed = run the instruction again afterwards.
  Step ensure_initialized(Fiber& f, ClassId id);
  Value new_instance(ClassId id);
  ClassId single_method(ClassId interface_id, std::string& name);

  // ---- delegates.cc: fields with @Delegate
  /// The value that answers a method in place of `self`; `found` false = none does. Null values are given too.
  Value delegate_for(Value self, std::string_view name, std::span<const Value> args, bool& found);
  /// Whether some delegate's class has a method of that name.
  bool delegates_method(ClassId id, std::string_view name);
  /// What a class has by its delegates' types.
  bool has_delegated(ClassId id, ClassId interface_id);

  // ---- calls.cc
  /// What was found is remembered by receiver, name and classes of the arguments.
  Target find_method(ClassId receiver, std::string_view name, std::span<const Value> args, bool is_static,
                     bool user_only = false, bool natives_only = false);
  Target choose_method(ClassId receiver, std::string_view name, std::span<const Value> args, bool is_static,
                       bool user_only, bool natives_only);
  Target find_super_method(ClassId below, std::string_view name, std::span<const Value> args);
  /// What `super` means in a method of a trait: the next one in the order of the object's class that has the method.
  Target find_method_behind_trait(ClassId receiver, ClassId trait, std::string_view name, std::span<const Value> args);
  /// Groovy's measure of how far an argument is from a parameter; kNotApplicable when it does not fit.
  std::int64_t distance(Value arg, ResolvedType parameter);
  std::int64_t rate(std::span<const Value> args, std::span<const ResolvedType> parameters, bool varargs);
  /// How far a type is from a parameter, where a cast says what an argument is taken for.
  std::int64_t type_distance(ClassId have, ResolvedType parameter);
  /// Casts among the arguments of the call being made (site_typed): kNoClass for arguments without one.
  std::vector<ClassId> cast_types;
  std::string_view cast_name;  ///< of the method called; empty when there are none
  bool rates_casts = false;    ///< while that method is chosen
  void set_casts(UnitState& unit, const Site& site, std::string_view name, std::uint32_t argc);
  [[nodiscard]] bool is_cast_call(std::string_view name, std::size_t argc) const {
    return !cast_name.empty() && cast_name == name && cast_types.size() == argc;
  }
  /// Of user code; parameters that have defaults may be left out.
  std::int64_t rate(std::span<const Value> args, FunctionState& function);
  std::vector<ResolvedType> parameter_types(FunctionState& function);
  FunctionState* choose_constructor(ClassInfo& c, std::span<const Value> args);
  std::int64_t interface_distance(ClassId from, ClassId interface_id);
  [[nodiscard]] bool is_interface(ClassId id);
  ClassId super_of(ClassId id) { return id < java::count_ ? java_classes()[id].super : info(id)->super; }
  Status throw_ambiguous(ClassId receiver, std::string_view name, std::span<const Value> args, bool is_static);
  std::uint64_t args_key(std::span<const Value> args);
  Step call_method(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, SiteCache* cache,
                   std::uint8_t flags = 0);
  Step call_self(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, SiteCache* cache,
                 std::uint8_t flags, FunctionState* from);
  /// `import static a.B.*`: a static method of such a class; `found` false = there is none, or the code's own comes
  /// first.
  Step call_static_star(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, FunctionState* from,
                        bool& found);
  /// The same for a bare name.
  bool find_static_star(std::string_view name, FunctionState* from, Value& out, Target& getter);
  /// `super.m()` in a method of `below`, or `A.super.m()` with a trait.
  Step call_super(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, ClassId below,
                  ClassId trait);
  Step call_value(Fiber& f, std::uint32_t window, std::uint32_t argc);
  Step call_class(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name);
  Step call_target(Fiber& f, std::uint32_t window, std::uint32_t argc, const Target& target, std::string_view name);
  /// Calls from prelude code to the evaluator (intrinsics.cc); `found` is false for any other name.
  Step intrinsic(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, bool& found);
  Step call_step(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, bool& found);
  /// Puts arguments behind the window's first register, with room for them in the frame on top.
  void spread_over(Fiber& f, std::uint32_t window, std::span<const Value> args);
  Step call_missing(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, Value receiver);
  std::optional<Step> call_outer(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name,
                                 Value receiver);
  Step construct(Fiber& f, std::uint32_t window, std::uint32_t argc, ClassId id, std::uint32_t caller_base,
                 bool with_enum_parts);
  /// The initial values of a trait's fields in the object at the window; nothing where the class is no trait.
  Step begin_trait(Fiber& f, std::uint32_t window, ClassId id);
  Step call_constructor(Fiber& f, std::uint32_t window, std::uint32_t argc, ClassId below, bool is_super,
                        bool implicit);
  Step enter(Fiber& f, FunctionState* function, std::uint32_t window, std::uint32_t argc);
  Step enter_closure(Fiber& f, std::uint32_t window, std::uint32_t argc);
  Step push_frame(Fiber& f, FunctionState* function, std::uint32_t window);
  /// Runs it; what it misreads becomes a Java exception.
  Status call_native(Native native, Call& call);
  Status evaluate(Fiber& f);
  Step run_native(Fiber& f, Native native, std::uint32_t window, std::uint32_t argc, std::string_view name);
  bool coerce_arguments(Fiber& f, std::uint32_t window, std::uint32_t argc, std::span<const ResolvedType> types,
                        bool varargs);
  void grow(Fiber& f, std::uint32_t top);
  void reserve(Fiber& f, std::uint32_t top) {
    if (top + 16 > f.capacity) grow(f, top);
  }
  [[nodiscard]] static std::uint32_t top_of(const Fiber& f) { return f.frames.empty() ? 0 : f.frames.back().top; }
  bool has_steps(Value receiver);
  Step spread_arguments(Fiber& f, std::uint32_t window, std::uint32_t& argc);
  UnitState* prelude(std::uint32_t file);
  FunctionState* prelude_function(const NativeEntry& entry);
  void clear_caches();
  // ---- expandos.cc: what metaClass and categories add
  /// `name`, or "static name". `object` null: for the class.
  void add_expando(ClassId id, Value object, const std::string& name, Value value);
  void remove_expandos(ClassId id, Value object);
  bool find_expando(ClassId id, std::string_view name, Value& out);
  /// Of the object itself first.
  bool find_expando(Value object, std::string_view name, Value& out);
  /// Calls a closure added by metaClass: the receiver is its delegate.
  Step call_expando(Fiber& f, std::uint32_t window, std::uint32_t argc, Value closure, Value receiver);
  /// A static method of a class in `use`, called with the receiver as its first argument; `found` false = there is
  /// none.
  Step call_category(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, bool& found);
  /// closure_root, or undefined where some closure on the way asks its delegate first.
  std::string_view closure_call_name(const Fiber& f);
  Value owner_root(Value closure);
  Value closure_root(Value closure);
  Target private_method(ClassId owner, Value self, std::string_view name, std::span<const Value> args);
  Value clone_closure(Value closure);
  void set_delegate(Value closure, Value delegate);
  void set_strategy(Value closure, std::uint8_t strategy);
  /// Types of the declared parameters (`it` counts as one).
  std::vector<ResolvedType> closure_parameters(Value closure);
  Step enter_native_closure(Fiber& f, std::uint32_t window, std::uint32_t argc);

  // ---- properties.cc: object at window; the result there too
  Step get_property(Fiber& f, std::uint32_t window, std::string_view name, SiteCache* cache, std::uint8_t flags = 0);
  Step set_property(Fiber& f, std::uint32_t window, std::string_view name, SiteCache* cache,
                    std::uint8_t flags = 0);  ///< value at window + 1
  /// `get(String)` of a user's class, which answers names that nothing else does; or null.
  FunctionState* generic_getter(ClassId id);
  /// super.name: what the class above `below` makes of it.
  Step get_super_property(Fiber& f, std::uint32_t window, std::string_view name, ClassId below);
  Step set_super_property(Fiber& f, std::uint32_t window, std::string_view name, ClassId below);
  /// A field's value that only user code can convert (enum constants by name, constructors): object at window.
  Step assign_field(Fiber& f, std::uint32_t window, ClassId owner, const FieldTemplate& field, Value value);
  Step get_name(Fiber& f, std::uint32_t window, std::string_view name, std::uint8_t flags,
                FunctionState* from);  ///< self at window
  Step set_name(Fiber& f, std::uint32_t window, std::string_view name, std::uint8_t flags, FunctionState* from);
  bool find_name(Fiber& f, Value self, std::string_view name, Value& out, Step& step, std::uint32_t window);
  /// MissingPropertyException, or MissingFieldException where `object.@name` was asked for.
  Step missing_property(Value object, std::string_view name, std::uint8_t flags);
  /// What `instance.@name` means in the code that runs: a field of its class, or of the class that the code stands in.
  const FieldTemplate* find_attribute(const Fiber& f, Value instance, std::string_view name, ClassId& owner,
                                      bool& is_static);
  Value script_binding(Value script);
  /// A String Value for a name; kept for the run.
  Value constant_name(std::string_view name);
  std::unordered_map<std::string, Value> name_values;
  bool get_field_value(Value object, std::string_view name, Value& out);

  // ---- interpreter.cc
  Status run(Fiber& f, std::uint32_t stop_depth);
  /// Gives the value a finished call, effect or native stands for to the frame on top.
  Status deliver(Fiber& f, Value v, std::uint32_t stop_depth);
  /// Raises the pending exception in the frame on top: ok = a handler was found.
  Status unwind(Fiber& f, std::uint32_t stop_depth);
  Status rerun_native(Fiber& f, std::uint32_t stop_depth);
  void safepoint(Fiber& f);
  void collect_garbage();

  // ---- nested calls of natives (calls.cc)
  Status nested(Call& call, std::uint32_t argc_reserved, const std::function<Step(Fiber&, std::uint32_t)>& start,
                Value& out);
  /// The frame that remembers a native's callbacks; made with the first of them.
  static bool has_record(Call& call);
  void make_record(Call& call);
  /// The next answer a native has got already; false = it has to ask.
  bool remembered(Call& call, Value& out, Status& status);
  void remember(Call& call, Value v, bool is_exception);

  // ---- numbers.cc
  /// Both numbers (or characters): true when handled; an exception may be pending then.
  void charge_big(Value a, Value b);
  bool arithmetic(Op op, Value a, Value b, Value& out, bool& failed);
  std::int32_t compare_numbers(Value a, Value b);
  bool numbers_equal(Value a, Value b);
  std::int64_t to_long(Value v);
  std::int32_t to_int(Value v);
  double to_double(Value v);
  num::BigInteger to_big_integer(Value v);
  num::BigDecimal to_big_decimal(Value v);
  void number_text(Value v, TextBuilder& out);

  // ---- equality.cc, text_of.cc, coercion.cc: `call` null = no user code possible; then Status::suspended means "needs
  // it"
  Status equals(Call* call, Value a, Value b, bool& out, int depth = 0);
  Status java_equals(Call* call, Value a, Value b, bool& out, int depth = 0);
  Status hash(Call* call, Value v, std::int32_t& out, int depth = 0);
  Status compare(Call* call, Value a, Value b, std::int32_t& out);
  Status truth(Call* call, Value v, bool& out);
  enum class TextMode : std::uint8_t { plain, inspect, java };
  Status text(Call* call, Value v, TextBuilder& out, TextMode mode = TextMode::plain, int depth = 0);
  Status is_case(Call* call, Value case_value, Value subject, bool& out);
  Status find_slot(Call* call, Value map, Value key, std::uint32_t& slot, std::uint32_t& hash_out);
  Status coerce(Call* call, Value v, ResolvedType type, Value& out, bool explicit_cast);
  Status as_type(Call* call, Value v, ResolvedType type, Value& out);
  Status check_room(const std::vector<Value>& gathered);
  Status elements(Call* call, Value v, std::vector<Value>& out);
  /// Fast conversion without user code and without exceptions; false = something else is needed.
  bool coerce_simple(Value v, ResolvedType type, Value& out);
  Value make_iterator(Value v, bool& ok);
  bool iterator_next(Value iterator, Value& out, Status& status);
  /// toString() without user code; outside of resume() with a small budget, beyond which it is "Class@hash".
  /// Whether toString() of this native class reads only the object: it can be asked for without a fiber.
  [[nodiscard]] bool tells_itself(ClassId id) const;
  std::string simple_text(Value v);
  std::string list_text(std::span<const Value> args, bool quote_strings = false);

  // ---- exceptions.cc
  Status throw_java(ClassId id, std::string_view message);
  Status throw_java(ClassId id);
  /// After resolve() found no class: that it is missing, or what its file has that does not compile.
  void throw_missing_class();
  /// True, with the exception of Jenkins' sandbox pending, when a member that is not there reaches outside of the
  /// script.
  bool refused(ClassId owner, std::string_view member, std::span<const Value> args, bool is_static);
  /// A class of which nothing but the name is known; for types, `instanceof`, arguments.
  ClassId foreign_class(const std::string& name);
  /// What happens when more than its name is needed.
  Step throw_foreign(ClassId id);
  Status throw_value(Value v);
  Value make_throwable(ClassId id, Value message, Value cause = {});
  Value make_trace(Fiber* f);
  Status throw_cast(Value v, ResolvedType type);
  bool throw_null_operand(Value receiver, std::string_view name);
  Status throw_missing_method(Value receiver, std::string_view name, std::span<const Value> args, bool is_static);
  Status throw_missing_property(Value object, std::string_view name);
  Status throw_missing_property(std::string_view class_name, std::string_view name);
  std::string similar_properties(ClassId id, std::string_view name);
  std::string possible_solutions(Value receiver, std::string_view name, std::span<const Value> args);
  std::string message_of(Value throwable, bool& has_message);
  std::string throwable_text(Value throwable);
  std::string stack_trace(Value throwable);
  struct TraceLine {
    std::string class_name, method, file;
    std::uint32_t line;
    ScriptKind kind;
  };
  std::vector<TraceLine> trace_lines(Value throwable);
  void wrap_causes(Value fields);
  Fiber* current = nullptr;

  // ---- fibers.cc
  Fiber& new_fiber(std::string path, FiberId parent);
  void fiber_ended(Fiber& f);
  RunState resume(std::uint64_t slice);
  Fiber* next_runnable();
  RunState run_fibers(std::uint64_t slice);
  void abandon_fibers();
  void release_memory(Fiber& f);
  void turn(Fiber& f);
  /// For __parallel: the index of the child that ended next; false = the fiber waits now, the native is run again.
  std::vector<std::pair<std::string, std::uint32_t>> origin(const Fiber& f, std::size_t limit);

  // ---- views.cc
  /// keySet(), values() or entrySet().
  Value make_view(Value map, ViewKind kind);
  /// Makes a view what its source is now, or throws where it may not be used any more.
  Status refresh_view(Call* call, Value view);
  Status refresh_if_view(Call* call, Value v) { return heap.is_view(v) ? refresh_view(call, v) : Status::ok; }
  Status refresh_views(Call& call);
  Status refresh_sorted_view(Call* call, Value view);
  void fill_view(Value view, Value map);
  bool refreshing = false;  ///< the callbacks of now are those of refresh_views
  /// By the comparator of a sorted map or set.
  Status compare_keys(Call* call, Value sorted, Value a, Value b, std::int32_t& order);
  /// Whether a key belongs into a view of a sorted map or set.
  Status within_borders(Call* call, Value view, Value key, bool& inside);
  /// IllegalArgumentException for a key that does not belong there.
  Status check_borders(Call* call, Value view, Value key);
  /// Whether a border of a part of a view lies within the view.
  Status border_within(Call* call, Value view, Value key, bool includes, bool& inside);
  /// ArrayStoreException for what does not fit into the array that a list is a view of.
  Status check_store(Value list, Value item);
  /// The class that a script is told: of a view that has another one's for the sake of the natives.
  ClassId shown_class(Value v) const;

  // ---- data_exchange.cc
  bool to_data(Value v, data::Value& out, std::string& problem, int depth, std::string path, bool lossy);
  std::size_t exchange_left = 0;        ///< values that the to_data() going on may still copy
  std::size_t exchange_bytes_left = 0;  ///< and bytes of text
  Value from_data(const data::Value& v);
};

/// Natives of helpers.cc, by Helper number; and the slow paths of operators.
Native helper_native(std::uint16_t number);
Native slow_operator(Op op);
extern const Native kNativeCoerce;  ///< (value) with class id and arrays in arg 0, 1; arg 2: 0 assign, 1 cast, 2 as
extern const Native kNativeIsCase;  ///< subject, case
extern const Native kNativeTruth;
extern const Native kNativeMapPut;
extern const Native kNativeMapPutAll;
extern const Native kNativeListPushAll;
extern const Native kNativeIterator;
extern const Native kNativeGetIndex;
extern const Native kNativeSetIndex;
extern const Native kNativeConstructMap;
extern const Native kNativeRange;
extern const Native kNativeAssignField;  ///< (value, class that declares the field, its name): self the object or class
extern const Native kNativeSetProperties;  ///< tuple constructors: self is the new object

/// Name of the operator method: plus, minus …
std::string_view operator_name(Op op);

struct CallAccess {
  static Call make(Vm& vm, Heap& heap, Fiber& fiber, Value* window, std::uint32_t count, std::string_view name) {
    return Call(vm, heap, fiber, window, count, name);
  }
  static std::uint32_t& record(Call& call) { return call.record_; }
  static std::uint32_t& memo(Call& call) { return call.memo_; }
  static Value*& window(Call& call) { return call.window_; }
};

/// Somebody outside of resume() looks at values, which may be endless: the block may throw BudgetSpent or bad_alloc.
/// Inside resume() it changes nothing and is_active() is false.
class Aside {
 public:
  explicit Aside(Vm::State& state) : s_(state), active_(state.work_mode == WorkMode::free) {
    if (!active_) return;
    s_.work_mode = WorkMode::aside;
    s_.work_stop = kAsideWork;
    s_.native_work = 0;
  }
  ~Aside() {
    if (!active_) return;
    s_.work_mode = WorkMode::free;
    s_.work_stop = kNoWorkLimit;
    s_.native_work = 0;
  }
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;
  [[nodiscard]] bool is_active() const { return active_; }

 private:
  static constexpr std::uint64_t kAsideWork = 20'000'000;
  Vm::State& s_;
  bool active_;
};

}  // namespace windlass::vm
