// The evaluator as its owner sees it: load code, run fibers until they wait, take effects, give results.
//
// One Vm is one run. It is deterministic: the same code, the same answers of the Host and the same results of effects
// give the same effects in the same order. It does no I/O and is used by one thread at a time; Runtime and code are
// immutable and shared by any number of Vms in any threads. Source: design.md 3, pipeline-language.md 4, 5.
//
//   Vm vm(runtime, host, limits);
//   auto script = vm.load(tree, "WorkflowScript", ScriptKind::pipeline);   // compile; diagnostics as the error
//   FiberId main = vm.start_script(*script);
//   while (true) switch (vm.resume(budget)) { … vm.take_effects() … vm.complete(fiber, value) … }
//
// Intrinsics of prelude code (any file whose ScriptKind is prelude or gdk; intrinsics.cc):
//   __effect(String kind, Object args)        suspends; its value is what complete() gives
//   __host(String name, Object... args)       Host::call, synchronous
//   __callStep(String name, List args)        what a bare call `name(*args)` of a script does
//   __callClosure(Closure c, Object delegate, List args)   with delegate, DELEGATE_FIRST, on a clone
//   __spawn(List closures)                    one child fiber each, at path "<parent>/<index>", in order
//   __nextEnded()                             waits until another child has ended; its index
//   __outcome(int index)                      of an ended child: [value: v] or [error: throwable]
//   __interrupt(int index, Throwable t)       Host::interrupt_branch for what the child's leaves wait for
//   __setFields(Throwable t, Map fields), __className(Object o)
//   __wrap(Closure body, Closure shown, Object mark)   a closure that hands its arguments to body as one array and has
//   the
//                                             parameters, owner and delegate of `shown`; __mark(closure): its mark
//   __enterUse(List classes), __leaveUse(List classes)   categories of this fiber
//   __compile(Script from, String text)       a script of its own with from's binding: the object, fields set, not run
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "data/value.h"
#include "groovy/ast.h"
#include "groovy/parser.h"
#include "vm/heap.h"
#include "vm/native.h"
#include "vm/value.h"

namespace windlass::vm {

class CodeUnit;  // code.h: compiled, immutable
class Runtime;
class Vm;

using FiberId = std::uint32_t;

/// A file of Groovy that belongs to the program.
struct PreludeSource {
  std::string name;        ///< "gdk/collections.groovy"
  std::string_view text;   ///< a constant, or what `kept` has
  std::string_view image;  ///< of a compiled one (code_image.h), if the build has made it
  std::shared_ptr<const std::string> kept;
};

/// Native tables and prelude index: built once per process, shared. `index`: of these, if the build has made it
/// (method_index.h).
std::shared_ptr<const Runtime> make_runtime(std::vector<NativeTable> natives, std::vector<PreludeSource> gdk_prelude,
                                            std::string_view index = {});

/// How names and access differ by what a source is.
enum class ScriptKind : std::uint8_t {
  pipeline,  ///< the Jenkinsfile, load, evaluate: bare calls may be steps; class WorkflowScript / Script1
  vars,      ///< vars/NAME.groovy: an object per run, its binding is its own fields
  library,   ///< src/**.groovy: classes only; steps are not visible
  prelude,   ///< our own: may use intrinsics
  gdk,       ///< our own library methods: static methods, may use intrinsics
  plain,     ///< `windlass groovy`: println to Host::print, no steps
};

struct CompileFailure {
  std::vector<groovy::Diagnostic> diagnostics;
};
using Compiled = std::expected<std::shared_ptr<const CodeUnit>, CompileFailure>;

/// Whether a class of that full name can be loaded from elsewhere (libraries); may be empty.
using ClassExists = std::function<bool(std::string_view full_name)>;

/// A prelude file, from its image where it has one. Those of the folder `gdk/` are library methods.
Compiled compile_prelude(const PreludeSource& file);

/// Pure. `class_name` names the script's class (WorkflowScript, Script1, the file stem of vars/x.groovy).
Compiled compile(std::shared_ptr<const groovy::Tree> tree, std::string class_name, ScriptKind kind,
                 const ClassExists& class_exists = {});

// ---- what the owner provides
// -----------------------------------------------------------------------------------------

/// Answer to a bare call that is not a method of the script.
struct StepCall {
  enum class Kind : std::uint8_t {
    missing,   ///< no such step: Vm throws NoSuchMethodError with Host::step_names in its text
    value,     ///< done: `value`
    thrown,    ///< throw `value`
    effect,    ///< suspend with `effect_kind`, `effect_arguments`
    function,  ///< call `function` (a closure, method pointer or object with call) with `arguments`
  };
  Kind kind = Kind::missing;
  Value value;
  std::string effect_kind;
  data::Value effect_arguments;
  Value function;
  std::vector<Value> arguments;
};

class Host {
 public:
  virtual ~Host() = default;

  /// println, print of a script without steps, printStackTrace(). UTF-8, line ends included.
  virtual void print(FiberId fiber, std::string_view text) = 0;
  /// printStackTrace().
  virtual void print_error(FiberId fiber, std::string_view text) { print(fiber, text); }
  /// Milliseconds since 1970 as this fiber is to see it.
  virtual std::int64_t clock_millis(FiberId fiber) = 0;
  /// Id of the zone that dates without one are in: the same for the whole run, also after a restart.
  virtual std::string time_zone() { return "UTC"; }
  /// Next 64 random bits of the fiber's stream.
  virtual std::uint64_t random_bits(FiberId fiber) = 0;
  /// A bare call name(args) no script method answers; args[0] is the map of named arguments if there were any; a
  /// trailing closure is the last argument. Runs in the Vm's thread; may use vm.heap() and call helpers, must not
  /// resume().
  virtual StepCall call_step(Vm& vm, FiberId fiber, std::string_view name, std::span<const Value> args) = 0;
  /// A bare name no local, field or binding variable answers (env, params, library variables, environment variables);
  /// `out` stays undefined when there is no such name. Status::thrown with vm.set_exception(...) pending.
  virtual Status get_global(Vm& vm, FiberId fiber, std::string_view name, Value& out) = 0;
  /// A bare assignment to a name: true = taken (e.g. refused by exception is `error`); false = goes to the binding.
  virtual bool set_global(Vm& vm, FiberId fiber, std::string_view name, Value value) = 0;
  /// __host(name, args…). Status::thrown with vm.set_exception(...) pending.
  virtual Status call(Vm& vm, FiberId fiber, std::string_view name, std::span<const Value> args, Value& out) = 0;
  /// __interrupt: what `fiber` waits for, or asks next, is to end with `throwable`. Not while the Vm runs: later.
  virtual void interrupt_branch(Vm& vm, FiberId fiber, Value throwable) = 0;
  /// Code of a library class, by full name; null = there is none. Called once per name.
  virtual std::shared_ptr<const CodeUnit> load_class(Vm& vm, std::string_view full_name) = 0;
  /// Why load_class gave nothing although there is such a class: the compile errors of its file. Else empty.
  virtual std::string class_failure(std::string_view full_name) = 0;
  /// evaluate(text) and friends: compile text as a script.
  virtual Compiled compile_text(Vm& vm, std::string_view text, std::string_view class_name) = 0;
  /// Names in "No such DSL method 'x' found among steps [...]": the whole tail after "among ".
  virtual std::string known_steps() = 0;
  /// The sandbox's word on a member: empty allows, else the text of RejectedAccessException (vm/sandbox.h).
  virtual std::string refuse(std::string_view owner_class, std::string_view method) = 0;
};

// ---- limits
// ------------------------------------------------------------------------------------------------------------

struct Limits {
  std::uint64_t instructions = 0;  ///< between waiting effects; 0 = none
  std::size_t live_bytes = std::size_t{512} << 20;
  std::uint32_t depth = 3000;            ///< Groovy frames; beyond: StackOverflowError
  bool enforce = true;                   ///< false: only counted (Vm::count_limits)
  std::uint32_t semantics = 0xFFFFFFFF;  ///< of the run: what the language did before stays for runs that have it
  /// subList, asList, unmodifiable…, headMap and their relatives once copied.
  [[nodiscard]] bool live_views() const { return semantics >= 6; }
  /// JsonSlurper once took the standard only.
  [[nodiscard]] bool slurper_dialects() const { return semantics >= 6; }
};

enum class LimitKind : std::uint8_t { instructions, live_bytes };

// ---- what comes out
// ---------------------------------------------------------------------------------------------------------

struct Effect {
  FiberId fiber;
  std::string path;  ///< of the fiber: "" main, "/0", "/0/1" …
  std::string kind;
  data::Value arguments;
  std::vector<std::pair<std::string, std::uint32_t>> origin;  ///< source name and line, innermost first (first 8)
};

enum class FiberState : std::uint8_t { runnable, waiting, joining, finished, failed };

enum class RunState : std::uint8_t {
  sliced,    ///< the slice is used up; resume again
  waiting,   ///< every fiber waits for an effect
  finished,  ///< the main fiber has ended (see result)
  limited,   ///< a limit is reached (see limit); nothing more can run but a new main fiber
};

/// One frame for a person: `windlass replay --until`.
struct FrameInfo {
  std::string function;  ///< "WorkflowScript.run"
  std::string source;
  std::uint32_t line;
  data::Value variables;  ///< map name → value (deep copies; what is not data becomes its toString without user code)
};

struct ExceptionInfo {
  std::string class_name;  ///< "groovy.lang.MissingPropertyException"
  std::string message;     ///< getMessage(), empty when null
  bool has_message = false;
  std::string trace;                     ///< as printStackTrace() prints it, causes included
  std::vector<std::string> class_names;  ///< class_name and its super classes, nearest first
  Value value;                           ///< the throwable; valid until the next resume()
};

/// One frame of a throwable's trace.
struct TraceFrame {
  ScriptKind kind = ScriptKind::plain;  ///< of the source it stands in
  std::string class_name, method, file;
  std::uint32_t line = 0;
};

/// A throwable without running code of the script; its values are valid until the next resume().
struct ThrowableView {
  std::string text;  ///< class and message
  std::vector<TraceFrame> frames;
  Value cause = Value::null();
  std::vector<Value> suppressed;
};

/// A value kept from collection by the owner; freed by Vm::release.
using Handle = std::uint32_t;

class Vm {
 public:
  Vm(std::shared_ptr<const Runtime> runtime, Host& host, Limits limits = {});
  ~Vm();
  Vm(const Vm&) = delete;
  Vm& operator=(const Vm&) = delete;

  // ---- code
  // ----------------------------------------------------------------------------------------------------------
  /// Makes the unit's classes known; returns the id of its script class. Loading the same unit twice gives the same
  /// class.
  ClassId load(std::shared_ptr<const CodeUnit> unit);
  /// A new script object of that class, for prelude modules. Runs neither its body nor the values of its fields.
  Value instantiate_script(ClassId script_class);
  /// Class by full name: Java's, loaded ones, then Host::load_class; kNoClass when there is none.
  ClassId find_class(std::string_view full_name);

  // ---- fibers
  // ---------------------------------------------------------------------------------------------------------
  /// A fiber that runs the script's body.
  FiberId start_script(ClassId script_class);
  /// A fiber that calls receiver.method(args).
  FiberId start_call(Value receiver, std::string_view method, std::span<const Value> args, std::string path = "");
  /// Calls `callable` at once on behalf of `fiber` (whose tag it sees); for Host callbacks only. Nothing called may
  /// wait: an effect is an IllegalStateException. Status::thrown leaves the exception pending, as Host::call wants it.
  Status call_now(FiberId fiber, Value callable, std::span<const Value> args, Value& out);
  /// A new script object whose @Field variables have their initial values; for Host callbacks, as call_now.
  Status construct_now(FiberId fiber, ClassId script_class, Value& out);
  /// Runs runnable fibers in a fixed order until all wait, the main fiber ends, or `slice` instructions were executed.
  RunState resume(std::uint64_t slice = 2'000'000);
  /// Effects asked since the last call, in order.
  std::vector<Effect> take_effects();
  /// The result of a fiber's effect. Refused (false) when it does not wait for one.
  bool complete(FiberId fiber, const data::Value& value);
  bool complete(FiberId fiber, Value value);
  /// The effect ended with an exception of a Java class; `fields` become readable properties of it.
  bool fail(FiberId fiber, std::string_view java_class, std::string_view message, const data::Value& fields = {});
  bool fail(FiberId fiber, Value throwable);
  /// Raises at the fiber's current wait (the effect's late result must not be given any more); false when it is not
  /// waiting.
  bool interrupt(FiberId fiber, std::string_view java_class, std::string_view message, const data::Value& fields = {});
  /// Interrupts every waiting fiber, innermost branches only (their parents see it as their branches' error).
  void interrupt_all(std::string_view java_class, std::string_view message, const data::Value& fields = {});
  [[nodiscard]] FiberState state(FiberId fiber) const;
  [[nodiscard]] std::string path(FiberId fiber) const;
  [[nodiscard]] FiberId find_fiber(std::string_view path) const;  ///< 0xFFFFFFFF when there is none
  /// Free place for the owner, inherited by child fibers: its scope (stage, env …) id.
  [[nodiscard]] std::uint64_t tag(FiberId fiber) const;
  void set_tag(FiberId fiber, std::uint64_t tag);

  /// Source name and line of the fiber's frames, innermost first (first 8).
  [[nodiscard]] std::vector<std::pair<std::string, std::uint32_t>> origin(FiberId fiber) const;

  // ---- results
  // ----------------------------------------------------------------------------------------------------------
  [[nodiscard]] Value result(FiberId fiber) const;
  [[nodiscard]] std::optional<ExceptionInfo> failure(FiberId fiber);
  ExceptionInfo describe(Value throwable);
  ThrowableView view(Value throwable);
  [[nodiscard]] LimitKind limit() const;
  /// Whose turn it was when the limit was reached; its origin() is known until abandon().
  [[nodiscard]] FiberId limited_fiber() const;

  // ---- limits
  // -----------------------------------------------------------------------------------------------------------
  /// Budgets end the evaluation: of a run that is live.
  void enforce_limits();
  /// Budgets are counted and end nothing: while a journal is replayed.
  void count_limits();
  /// The journal says that this evaluation ended when so many instructions() were executed: there it ends again, in
  /// the midst of a native if it has to.
  void stop_at(LimitKind kind, std::uint64_t instructions);
  /// After RunState::limited: what was running is given up, its memory is free, and what start_call() begins next has
  /// an allowance of its own. Values that are not held are gone.
  void abandon();

  // ---- values
  // -------------------------------------------------------------------------------------------------------------
  Heap& heap() { return *heap_; }
  [[nodiscard]] const Runtime& runtime() const;
  Value from_data(const data::Value& value);
  /// Closures, instances and native objects without a data form are an error that names the class and its path.
  Result<data::Value> to_data(Value value);
  /// Documents for data::format_yaml: keys stay what they are, and a list or map that stands in several places of one,
  /// itself included, is a data::kSharedNode. The work is linear in what there is. `text_of` gives a GString's text.
  Result<std::vector<data::Value>> to_documents(std::span<const Value> values,
                                                const std::function<std::string(Value)>& text_of);
  /// toString() without user code: for logs and debugging.
  std::string display(Value value);
  Handle hold(Value value);
  [[nodiscard]] Value held(Handle handle) const;
  void release(Handle handle);
  [[nodiscard]] ClassId class_of(Value value) const;
  [[nodiscard]] std::string class_name(ClassId id) const;
  [[nodiscard]] bool is_subclass(ClassId sub, ClassId super) const;
  /// `receiver.&name`: a closure that calls that method.
  Value method_pointer(Value receiver, std::string_view name);
  Value make_throwable(std::string_view java_class, std::string_view message, const data::Value& fields = {});
  /// For Host callbacks that return Status::thrown.
  void set_exception(Value throwable);
  /// What call_now left pending when it answered Status::thrown; nothing is pending any more.
  Value take_exception();
  /// Fields of instances by name, without getters (undefined when there is none).
  Value field(Value instance, std::string_view name);

  // ---- bindings
  // --------------------------------------------------------------------------------------------------------------
  /// Variables of the pipeline's binding (`x = 1`).
  Value binding_get(std::string_view name);  ///< undefined when missing
  void binding_set(std::string_view name, Value value);

  // ---- looking inside
  // -------------------------------------------------------------------------------------------------------
  std::vector<FrameInfo> frames(FiberId fiber);
  /// All variables of the binding: a map like FrameInfo::variables.
  data::Value bindings();
  /// Those that have not ended, parents before children.
  [[nodiscard]] std::vector<FiberId> live_fibers() const;
  [[nodiscard]] std::uint64_t instructions() const;
  [[nodiscard]] std::size_t memory_bytes() const;  ///< all of this Vm, shared code excluded
  /// Collects garbage and drops caches: before a run is parked. Only while no resume() runs.
  void shrink();

  struct State;
  State& state() { return *state_; }

 private:
  Heap* heap_ = nullptr;
  std::unique_ptr<State> state_;
};

}  // namespace windlass::vm
