// Calls: getting into what method_choice.cc chose, and what is tried when there is no method. Source:
// pipeline-language.md 5.3, 5.6, 5.9. What was selected is cached per site by receiver class and, if overloads or
// parameter types matter, by the classes of the arguments.
#include <algorithm>

#include "vm/sandbox.h"
#include "vm/state.h"

namespace windlass::vm {

namespace {
constexpr std::uint32_t kMaxNested = 180;

/// What every object answers itself, also where it has delegates.
bool is_java_object_method(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "toString",     "equals", "hashCode",  "getClass", "getMetaClass", "setMetaClass", "getProperty", "setProperty",
      "invokeMethod", "notify", "notifyAll", "wait",     "respondsTo",   "hasProperty",  "is",          "with"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}
}  // namespace

// ---- frames
// ---------------------------------------------------------------------------------------------------------------------

void Vm::State::grow(Fiber& f, std::uint32_t top) {
  std::uint32_t capacity = std::max<std::uint32_t>(64, f.capacity * 2);
  while (capacity < top + 16) capacity *= 2;
  auto bigger = std::make_unique<Value[]>(capacity);
  if (f.capacity > 0) std::copy_n(f.stack.get(), f.capacity, bigger.get());
  if (native_depth > 0 && f.stack) f.retired.push_back(std::move(f.stack));
  f.stack = std::move(bigger);
  f.capacity = capacity;
}

// Of all frames of a fiber: 64 MiB. Functions with very many variables reach it before the number of frames does.
constexpr std::uint32_t kMostRegisters = 4U << 20;

Step Vm::State::push_frame(Fiber& f, FunctionState* function, std::uint32_t window) {
  if (f.frames.size() >= limits.depth) {
    (void)throw_java(java::stack_overflow_error);
    return Step::thrown;
  }
  const FunctionCode& code = *function->code;
  if (window + code.registers > kMostRegisters) {
    (void)throw_java(java::stack_overflow_error);
    return Step::thrown;
  }
  if (!function->caches && !code.sites.empty()) function->caches = std::make_unique<SiteCache[]>(code.sites.size());
  const std::uint32_t top = window + code.registers;
  reserve(f, top);
  Frame frame;
  frame.function = function;
  frame.base = window;
  frame.top = top;
  frame.memo_begin = static_cast<std::uint32_t>(f.memos.size());
  const auto filled = static_cast<std::uint32_t>(code.parameters.size()) + (code.self_is_parameter ? 0 : 1);
  Value* r = f.at(window);
  for (std::uint32_t i = filled; i < code.registers; ++i) r[i] = Value::null();
  f.frames.push_back(frame);
  return Step::pushed;
}

bool Vm::State::coerce_arguments(Fiber& f, std::uint32_t window, std::uint32_t argc,
                                 std::span<const ResolvedType> types, bool varargs) {
  for (std::uint32_t i = 0; i < argc; ++i) {
    if (varargs && i + 1 >= types.size()) break;
    if (i >= types.size()) break;
    Value& v = *f.at(window + 1 + i);
    if (v.is_undefined()) continue;
    const ResolvedType type = types[i];
    if (type.id == java::object && type.arrays == 0) continue;
    if (v.is_gstring() && (type.id == java::char_sequence || type.id == java::string) && type.arrays == 0) {
      TextBuilder builder;
      if (text(nullptr, v, builder) == Status::ok) {
        const Value flat = heap.make_string(builder);
        *f.at(window + 1 + i) = flat;
        continue;
      }
      // Its parts need user code: run it now, on the C++ stack.
      Call call = CallAccess::make(vm, heap, f, f.at(window), argc, "toString");
      ++native_depth;
      builder.clear();
      const Status status = text(&call, *f.at(window + 1 + i), builder);
      --native_depth;
      if (CallAccess::record(call) != 0 && status != Status::suspended) {
        f.memos.resize(f.frames[CallAccess::record(call) - 1].memo_begin);
        f.frames.resize(CallAccess::record(call) - 1);
      }
      if (status == Status::suspended) {
        (void)throw_java(java::unsupported_operation_exception,
                         "a step inside ${-> …} of a text given as a String argument");
        return false;
      }
      if (status == Status::thrown) return false;
      *f.at(window + 1 + i) = heap.make_string(builder);
      continue;
    }
    if (instance_of(v, type)) continue;
    if (v.is_null()) continue;
    Value converted;
    if (v.is_number() || v.is_character()) {
      if (coerce_simple(v, type, converted)) *f.at(window + 1 + i) = converted;
      continue;
    }
    if (v.is(Kind::closure) && type.arrays == 0 && is_interface(type.id)) {
      if (type.id >= java::count_) {
        if (coerce(nullptr, v, type, converted, false) == Status::ok) *f.at(window + 1 + i) = converted;
      }
    }
  }
  return true;
}

Step Vm::State::enter(Fiber& f, FunctionState* function, std::uint32_t window, std::uint32_t argc) {
  const FunctionCode& code = *function->code;
  const auto n = static_cast<std::uint32_t>(code.parameters.size());
  const std::uint32_t first = code.self_is_parameter ? 0 : 1;
  reserve(f, window + std::max(argc, n) + 2);
  Value* r = f.at(window) + first;
  const std::uint32_t given = code.self_is_parameter ? argc + 1 : argc;
  if (code.varargs) {
    const std::uint32_t fixed = n - 1;
    const std::uint16_t type_ref = code.parameters[n - 1].type;
    const ResolvedType type = type_ref == kNone16 ? ResolvedType{java::object, 1} : resolve(*function->unit, type_ref);
    const bool passes = given == n && (r[n - 1].is_null() || (r[n - 1].is(Kind::array) && instance_of(r[n - 1], type)));
    if (!passes) {
      const std::uint32_t extra = given > fixed ? given - fixed : 0;
      const Value array = heap.make_array(type.id, extra, type.arrays == 0 ? 1 : type.arrays);
      for (std::uint32_t i = 0; i < extra; ++i) {
        Value item = r[fixed + i];
        ResolvedType element{type.id, static_cast<std::uint8_t>(type.arrays > 0 ? type.arrays - 1 : 0)};
        Value converted;
        if (coerce_simple(item, element, converted)) item = converted;
        heap.array_items(array)[i] = item;
      }
      for (std::uint32_t i = given; i < fixed; ++i)
        r[i] = code.parameters[i].has_default ? Value::undefined() : Value::null();
      r[fixed] = array;
    }
  } else if (given < n) {
    if (code.has_defaults) {
      // The rightmost parameters with a default value are the ones left out.
      std::uint32_t missing = n - given;
      std::vector<bool> omitted(n, false);
      for (std::uint32_t i = n; i-- > 0 && missing > 0;) {
        if (code.parameters[i].has_default) {
          omitted[i] = true;
          --missing;
        }
      }
      const std::vector<Value> args(r, r + given);
      std::uint32_t next = 0;
      for (std::uint32_t i = 0; i < n; ++i)
        r[i] = omitted[i] ? Value::undefined() : next < given ? args[next++] : Value::null();
    } else {
      for (std::uint32_t i = given; i < n; ++i) r[i] = Value::null();
    }
  }
  if (code.typed_parameters) {
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint16_t type_ref = code.parameters[i].type;
      if (type_ref == kNone16) continue;
      const Value v = f.at(window)[first + i];
      if (v.is_undefined() || (code.varargs && i + 1 == n)) continue;
      const ResolvedType type = resolve(*function->unit, type_ref);
      if (instance_of(v, type)) continue;
      if (v.is_null()) continue;
      Value converted;
      if (!v.is_gstring() && coerce_simple(v, type, converted)) {
        f.at(window)[first + i] = converted;
        continue;
      }
      ResolvedType one[1] = {type};
      // coerce_arguments works on argument registers from window + 1.
      if (!coerce_arguments(f, window + first + i - 1, 1, one, false)) return Step::thrown;
    }
  }
  return push_frame(f, function, window);
}

/// What Groovy calls the method that a closure lacks: a script says call, the library's methods doCall.
std::string_view Vm::State::closure_call_name(const Fiber& f) {
  if (f.frames.empty()) return "call";
  const Frame& caller = f.frames.back();
  const bool library = caller.function == nullptr || caller.function->unit->unit->kind == ScriptKind::gdk;
  return library ? "doCall" : "call";
}

namespace {

/// The method of the first argument that a pointer to a method of `id` means; nothing where the class itself answers.
Target target_of_first(Vm::State& state, ClassId id, std::string_view name, const Arguments& args) {
  if (args.size() == 0 || args[0].is_null() || !state.is_subclass(state.class_of(args[0]), id)) return {};
  if (state.find_method(id, name, args, true).kind != Target::Kind::none) return {};
  if (state.find_method(java::class_, name, args, false).kind != Target::Kind::none) return {};
  return state.find_method(state.class_of(args[0]), name, std::span<const Value>(args).subspan(1), false);
}

bool refuses_pointer(Vm::State& state, const Fiber& f, Value self, std::string_view name, const Arguments& args) {
  const ClassId id = self.is_class() ? self.class_id() : state.class_of(self);
  const Target target = state.find_method(id, name, args, self.is_class());
  return target.kind == Target::Kind::native && sandbox_refuses(state, f, *target.native, true);
}

}  // namespace

Step Vm::State::enter_closure(Fiber& f, std::uint32_t window, std::uint32_t argc) {
  const Value closure = *f.at(window);
  const ClosureObject* object = heap.closure(closure);
  if (object->flavor == static_cast<std::uint8_t>(ClosureFlavor::method_pointer)) {
    const std::string_view name = pooled(heap.utf8(heap.closure_captured(closure)[0]));
    *f.at(window) = object->self;
    if (refuses_pointer(*this, f, object->self, name, Arguments(f.at(window + 1), argc))) return Step::thrown;
    if (!object->self.is_class()) return call_method(f, window, argc, name, nullptr);
    // A pointer to a method of a class: static, or called on the first argument.
    if (const Target target = target_of_first(*this, object->self.class_id(), name, Arguments(f.at(window + 1), argc));
        target.kind != Target::Kind::none) {
      for (std::uint32_t i = 0; i < argc; ++i) *f.at(window + i) = *f.at(window + i + 1);
      return call_target(f, window, argc - 1, target, name);
    }
    return call_class(f, window, argc, name);
  }
  if (object->flavor == static_cast<std::uint8_t>(ClosureFlavor::native)) return enter_native_closure(f, window, argc);
  FunctionState* function = functions[object->function];
  const FunctionCode& code = *function->code;
  const auto n = static_cast<std::uint32_t>(code.parameters.size());
  if (argc == n && !code.typed_parameters && !code.varargs) return push_frame(f, function, window);
  if (argc != n && !code.varargs) {
    const bool too_many = argc > n;
    if (argc == 1 && code.required > 1) {
      const Value only = *f.at(window + 1);
      if (only.is(Kind::list) || only.is(Kind::array)) {
        const auto all = heap.elements(only);
        const auto size = static_cast<std::uint32_t>(all.size());
        if (size == n || (size < n && size >= code.required)) {
          reserve(f, window + n + 2);
          for (std::uint32_t i = 0; i < size; ++i) *f.at(window + 1 + i) = all[i];
          return enter(f, function, window, size);
        }
      } else if (only.is(Kind::map_entry) && n == 2) {
        reserve(f, window + 4);
        *f.at(window + 1) = heap.entry(only)->key;
        *f.at(window + 2) = heap.entry(only)->value;
        return enter(f, function, window, 2);
      }
    }
    if (too_many || (argc < code.required && !(argc == 0 && n == 1))) {
      const std::vector<Value> args(f.at(window + 1), f.at(window + 1) + argc);
      (void)throw_missing_method(closure, closure_call_name(f), args, false);
      return Step::thrown;
    }
  }
  if (code.implicit_it && argc == 0) {
    reserve(f, window + 4);
    *f.at(window + 1) = Value::null();
    return push_frame(f, function, window);
  }
  if (code.typed_parameters && argc == n) {
    for (std::uint32_t i = 0; i < n; ++i) {
      if (code.varargs && i + 1 == n) break;
      if (code.parameters[i].type == kNone16) continue;
      const Value v = *f.at(window + 1 + i);
      if (distance(v, resolve(*function->unit, code.parameters[i].type)) < 0) {
        if (argc == 1 && (v.is(Kind::list)) && heap.list(v)->size == 1) {
          *f.at(window + 1) = heap.items(v)[0];
          continue;
        }
        const std::vector<Value> args(f.at(window + 1), f.at(window + 1) + argc);
        (void)throw_missing_method(closure, closure_call_name(f), args, false);
        return Step::thrown;
      }
    }
  }
  return enter(f, function, window, argc);
}

Step Vm::State::enter_native_closure(Fiber& f, std::uint32_t window, std::uint32_t argc) {
  const Value closure = *f.at(window);
  const auto kind = static_cast<NativeClosure>(heap.closure(closure)->function);
  const std::uint32_t captured = heap.closure(closure)->captured;
  const std::uint32_t room = window + argc + captured + 4;
  reserve(f, room);
  if (!f.frames.empty()) f.frames.back().top = std::max(f.frames.back().top, room);
  const auto kept = heap.closure_captured(closure);
  switch (kind) {
    case NativeClosure::curried: {
      const std::uint32_t more = captured - 2;
      const std::int64_t written = kept[1].integer;
      const std::int64_t at = written < 0 ? written + argc + more : written;
      const auto index = static_cast<std::uint32_t>(std::clamp<std::int64_t>(at, 0, argc));
      Value* args = f.at(window + 1);
      std::copy_backward(args + index, args + argc, args + argc + more);
      std::copy(kept.begin() + 2, kept.end(), args + index);
      *f.at(window) = kept[0];
      return enter_closure(f, window, argc + more);
    }
    case NativeClosure::wrapped: {
      const Value array = heap.make_array(java::object, argc);
      std::copy_n(f.at(window + 1), argc, heap.array_items(array).begin());
      *f.at(window) = kept[0];
      *f.at(window + 1) = array;
      return enter_closure(f, window, 1);
    }
  }
  return Step::thrown;
}

Value Vm::State::clone_closure(Value closure) {
  const ClosureObject* original = heap.closure(closure);
  const Value out = heap.make_closure(original->function, original->captured, class_of(closure));
  ClosureObject* copy = heap.closure(out);
  original = heap.closure(closure);
  copy->flavor = original->flavor;
  copy->strategy = original->strategy;
  copy->self = original->self;
  copy->owner = original->owner;
  copy->delegate = original->delegate;
  const auto from = heap.closure_captured(closure);
  std::copy(from.begin(), from.end(), heap.closure_captured(out).begin());
  if (copy->flavor == static_cast<std::uint8_t>(ClosureFlavor::native) &&
      copy->function == static_cast<std::uint32_t>(NativeClosure::curried)) {
    const Value inner = clone_closure(heap.closure_captured(out)[0]);
    heap.closure_captured(out)[0] = inner;
  }
  return out;
}

void Vm::State::set_delegate(Value closure, Value delegate) {
  ClosureObject* object = heap.closure(closure);
  object->delegate = delegate;
  if (object->flavor != static_cast<std::uint8_t>(ClosureFlavor::native)) return;
  const auto kept = heap.closure_captured(closure);
  const Value inner = object->function == static_cast<std::uint32_t>(NativeClosure::curried) ? kept[0] : kept[1];
  if (inner.is(Kind::closure)) set_delegate(inner, delegate);
}

void Vm::State::set_strategy(Value closure, std::uint8_t strategy) {
  ClosureObject* object = heap.closure(closure);
  object->strategy = strategy;
  if (object->flavor != static_cast<std::uint8_t>(ClosureFlavor::native)) return;
  const auto kept = heap.closure_captured(closure);
  const Value inner = object->function == static_cast<std::uint32_t>(NativeClosure::curried) ? kept[0] : kept[1];
  if (inner.is(Kind::closure)) set_strategy(inner, strategy);
}

std::vector<ResolvedType> Vm::State::closure_parameters(Value closure) {
  std::vector<ResolvedType> out;
  const ClosureObject* object = heap.closure(closure);
  switch (static_cast<ClosureFlavor>(object->flavor)) {
    case ClosureFlavor::code: {
      FunctionState* function = functions[object->function];
      for (const ParameterInfo& p : function->code->parameters) {
        ResolvedType type = p.type == kNone16 ? ResolvedType{java::object, 0} : resolve(*function->unit, p.type);
        if (p.varargs && type.arrays == 0) type.arrays = 1;
        out.push_back(type);
      }
      return out;
    }
    case ClosureFlavor::method_pointer: {
      // As many as the longest overload takes.
      const std::string name = heap.utf8(heap.closure_captured(closure)[0]);
      const Value self = object->self;
      const ClassId id = self.is_class() ? self.class_id() : class_of(self);
      std::size_t most = 0;
      for (const ClassId c : linear(id)) {
        const ClassInfo* i = info(c);
        if (i == nullptr || i->code == nullptr) continue;
        const auto [begin, end] = i->code->methods_by_name.equal_range(name);
        for (auto it = begin; it != end; ++it)
          most = std::max(most, i->unit->unit->functions[it->second]->parameters.size());
      }
      for (const NativeEntry& entry : runtime->find(name)) {
        if (is_subclass(id, entry.owner) || (is_script(id) && entry.owner == java::object))
          most = std::max(most, entry.parameters.size());
      }
      out.assign(most, ResolvedType{java::object, 0});
      return out;
    }
    case ClosureFlavor::native:
      break;
  }
  const auto kept = heap.closure_captured(closure);
  if (object->function != static_cast<std::uint32_t>(NativeClosure::curried)) {
    return kept[1].is(Kind::closure) ? closure_parameters(kept[1]) : out;
  }
  out = closure_parameters(kept[0]);
  const std::size_t more = kept.size() - 2;
  if (!out.empty() && out.back().arrays > 0 && out.size() == 1) return out;
  const std::int64_t written = kept[1].integer;
  const std::size_t left = out.size() > more ? out.size() - more : 0;
  const auto at = static_cast<std::ptrdiff_t>(std::clamp<std::int64_t>(
      written < 0 ? written + static_cast<std::int64_t>(out.size()) : written, 0, static_cast<std::int64_t>(left)));
  out.erase(out.begin() + at, out.begin() + at + static_cast<std::ptrdiff_t>(out.size() - left));
  return out;
}

Status Vm::State::call_native(Native native, Call& call) {
  const std::size_t frames = call.fiber().frames.size();
  const std::uint32_t depth = native_depth;
  Native* const running = current_native;
  try {
    const std::uint32_t begun = CallAccess::record(call);
    if (begun == 0 || !call.fiber().frames[begun - 1].refreshed) {
      const bool outer = std::exchange(refreshing, true);
      const Status status = refresh_views(call);
      refreshing = outer;
      if (status != Status::ok) return status;
      // What a comparator answered meanwhile is no answer to the native.
      if (const std::uint32_t record = CallAccess::record(call); record != 0) {
        Frame& frame = call.fiber().frames[record - 1];
        frame.refreshed = true;
        call.fiber().memos.resize(frame.memo_begin);
        CallAccess::memo(call) = 0;
      }
    }
    return native(call);
  } catch (const Misread& misread) {
    // Only a callback of its own stands above a native: its record, which the caller takes away.
    const std::size_t record = CallAccess::record(call);
    call.fiber().frames.resize(std::max(frames, record));
    native_depth = depth;
    current_native = running;
    exception = Value::null();
    if (misread.value.is_null() || misread.value.is_undefined()) return call.throw_java(java::null_pointer_exception);
    const auto args = call.args();
    if (std::any_of(args.begin(), args.end(), [&](Value arg) { return arg.identical(misread.value); })) {
      return call.throw_missing_method();
    }
    return call.throw_java(java::class_cast_exception,
                           call.class_name(misread.value) + " cannot be used in " + std::string(call.name()) + "()");
  }
}

Step Vm::State::run_native(Fiber& f, Native native, std::uint32_t window, std::uint32_t argc, std::string_view name) {
  cast_name = {};
  reserve(f, window + argc + 4);
  Call call = CallAccess::make(vm, heap, f, f.at(window), argc, name);
  ++native_depth;
  // For a record made later: what to run again.
  Native* const outer_native = current_native;
  Native self = native;
  current_native = &self;
  const Status status = call_native(native, call);
  current_native = outer_native;
  --native_depth;
  if (native_depth == 0) f.retired.clear();
  if (const std::uint32_t record = CallAccess::record(call); record != 0 && status != Status::suspended) {
    f.memos.resize(f.frames[record - 1].memo_begin);
    f.frames.resize(record - 1);
  }
  switch (status) {
    case Status::ok:
      return Step::done;
    case Status::thrown:
      return Step::thrown;
    case Status::suspended:
      break;
  }
  return Step::suspended;
}

bool Vm::State::has_record(Call& call) { return CallAccess::record(call) != 0; }

void Vm::State::make_record(Call& call) {
  Fiber& f = call.fiber();
  Frame frame;
  frame.kind = FrameKind::native;
  frame.native = current_native != nullptr ? *current_native : nullptr;
  frame.base = static_cast<std::uint32_t>(CallAccess::window(call) - f.stack.get());
  if (frame.base > f.capacity) frame.base = top_of(f);
  frame.argc = static_cast<std::uint16_t>(call.count());
  frame.top = std::max(top_of(f), frame.base + call.count() + 2);
  frame.memo_begin = static_cast<std::uint32_t>(f.memos.size());
  frame.refreshed = !refreshing;
  frame.name = call.name();
  f.frames.push_back(frame);
  CallAccess::record(call) = static_cast<std::uint32_t>(f.frames.size());
}

bool Vm::State::remembered(Call& call, Value& out, Status& status) {
  Fiber& f = call.fiber();
  const Frame& own = f.frames[CallAccess::record(call) - 1];
  std::uint32_t& memo = CallAccess::memo(call);
  if (own.memo_begin + memo >= f.memos.size()) return false;
  const Value v = f.memos[own.memo_begin + memo++];
  if (v.spare == 1) {
    exception = v;
    exception.spare = 0;
    status = Status::thrown;
  } else {
    out = v;
    status = Status::ok;
  }
  return true;
}

void Vm::State::remember(Call& call, Value v, bool is_exception) {
  Fiber& f = call.fiber();
  std::uint32_t& memo = CallAccess::memo(call);
  v.spare = is_exception ? 1 : 0;
  f.memos.resize(f.frames[CallAccess::record(call) - 1].memo_begin + memo);
  f.memos.push_back(v);
  ++memo;
}

Status Vm::State::nested(Call& call, std::uint32_t reserved, const std::function<Step(Fiber&, std::uint32_t)>& start,
                         Value& out) {
  Fiber& f = call.fiber();
  if (!has_record(call)) make_record(call);
  Status status = Status::ok;
  charge(4);
  if (remembered(call, out, status)) return status;
  // What callbacks gave is kept until the native ends, in case it has to be run again.
  if (f.memos.size() * sizeof(Value) > limits.live_bytes) throw HeapFull();
  if (native_depth > kMaxNested) return throw_java(java::stack_overflow_error);
  // What callbacks gave is remembered outside of the heap, and counts as live all the same.
  if (f.memos.size() * sizeof(Value) > limits.live_bytes)
    return throw_java(java::out_of_memory_error, "Java heap space");
  const std::uint32_t record = CallAccess::record(call);
  const std::uint32_t base = f.frames[record - 1].base;
  const std::uint32_t window = top_of(f);
  reserve(f, window + reserved + 4);
  f.frames[record - 1].dst = kDstDiscard;
  const auto depth = static_cast<std::uint32_t>(f.frames.size());
  switch (start(f, window)) {
    case Step::done:
      out = *f.at(window);
      break;
    case Step::pushed:
      status = run(f, depth);
      if (status == Status::ok) out = f.result;
      break;
    case Step::thrown:
      status = Status::thrown;
      break;
    case Step::suspended:
      status = Status::suspended;
      break;
  }
  CallAccess::window(call) = f.at(base);
  if (status == Status::suspended) return status;
  remember(call, status == Status::ok ? out : exception, status != Status::ok);
  return status;
}

// ---- targets
// -------------------------------------------------------------------------------------------------------------------------

UnitState* Vm::State::prelude(std::uint32_t file) {
  if (prelude_units.size() <= file) prelude_units.resize(file + std::size_t{1});
  if (prelude_units[file] == nullptr) {
    auto unit = runtime->prelude_unit(file);
    if (!unit) return nullptr;
    prelude_units[file] = load_unit(std::move(unit));
  }
  return prelude_units[file];
}

FunctionState* Vm::State::prelude_function(const NativeEntry& entry) {
  UnitState* unit = prelude(entry.file);
  return unit != nullptr && entry.code_number != 0xFFFFFFFF ? &unit->functions[entry.code_number] : nullptr;
}

namespace {

/// A method of a class of the prelude that stands in for one of Jenkins'; those have packages.
bool refuses_stand_in(Vm::State& state, Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name) {
  const Value self = *f.at(window);
  const ClassId id = self.is_class() ? self.class_id() : state.class_of(self);
  const std::string_view owner = state.name_of(id);
  if (owner.find('.') == std::string_view::npos) return false;
  return sandbox_refuses(state, f, owner, name, Arguments(f.at(window + 1), argc));
}

}  // namespace

Step Vm::State::call_target(Fiber& f, std::uint32_t window, std::uint32_t argc, const Target& target,
                            std::string_view name) {
  cast_name = {};
  switch (target.kind) {
    case Target::Kind::code:
      if (target.ambiguous) {
        const Value self = *f.at(window);
        const std::vector<Value> args(f.at(window + 1), f.at(window + 1) + argc);
        (void)throw_ambiguous(self.is_class() ? self.class_id() : class_of(self), name, args, self.is_class());
        return Step::thrown;
      }
      if (target.function->unit->unit->kind == ScriptKind::prelude && refuses_stand_in(*this, f, window, argc, name)) {
        return Step::thrown;
      }
      if (target.function->code->self_is_parameter) {
        // Library code calls library code by name: the first argument stands where a receiver would.
        std::copy_n(f.at(window + 1), argc, f.at(window));
        if (argc > 0) --argc;
      }
      return enter(f, target.function, window, argc);
    case Target::Kind::native: {
      const NativeEntry& entry = *target.native;
      if (entry.kind == NativeKind::static_method && !f.at(window)->is_class()) {
        *f.at(window) = Value::of_class(entry.owner);
      }
      const Value self = *f.at(window);
      if (target.pads_null && argc == 0) {
        reserve(f, window + 4);
        *f.at(window + 1) = Value::null();
        argc = 1;
      }
      if (self.is_gstring() && (entry.owner == java::string || entry.owner == java::char_sequence)) {
        TextBuilder builder;
        if (text(nullptr, self, builder) == Status::ok) {
          const Value flat = heap.make_string(builder);
          *f.at(window) = flat;
        } else {
          ResolvedType type{java::string, 0};
          if (!coerce_arguments(f, window - 1, 1, std::span<const ResolvedType>(&type, 1), false)) return Step::thrown;
        }
      }
      if (sandbox_refuses(*this, f, entry)) return Step::thrown;
      if (!entry.parameters.empty() && !coerce_arguments(f, window, argc, entry.parameters, entry.varargs))
        return Step::thrown;
      if (entry.function == nullptr) {
        FunctionState* function = prelude_function(entry);
        if (function == nullptr) {
          (void)throw_java(java::internal_error, "the library method " + std::string(name) +
                                                     " does not compile: " + runtime->prelude_error(entry.file));
          return Step::thrown;
        }
        return enter(f, function, window, argc);
      }
      return run_native(f, entry.function, window, argc, name);
    }
    case Target::Kind::getter:
      *f.at(window) = heap.instance_slots(*f.at(window))[target.slot];
      return Step::done;
    case Target::Kind::static_getter:
      *f.at(window) = info(target.owner)->statics[target.slot];
      return Step::done;
    case Target::Kind::setter:
    case Target::Kind::static_setter: {
      Value v = *f.at(window + 1);
      if (target.field->type != kNone16) {
        const ResolvedType type = resolve(*info(target.owner)->unit, target.field->type);
        if (!instance_of(v, type) && !(v.is_null())) {
          Value converted;
          if (!coerce_simple(v, type, converted)) {
            switch (coerce(nullptr, v, type, converted, false)) {
              case Status::ok:
                break;
              case Status::thrown:
                return Step::thrown;
              case Status::suspended:
                return assign_field(f, window, target.owner, *target.field, v);
            }
          }
          v = converted;
        }
      }
      if (target.kind == Target::Kind::setter) {
        heap.instance_slots(*f.at(window))[target.slot] = v;
      } else {
        info(target.owner)->statics[target.slot] = v;
      }
      *f.at(window) = Value::null();
      return Step::done;
    }
    case Target::Kind::none:
      break;
  }
  return Step::thrown;
}

Step Vm::State::spread_arguments(Fiber& f, std::uint32_t window, std::uint32_t& argc) {
  const Value list = *f.at(window + 1);
  const auto size = static_cast<std::uint32_t>(heap.items(list).size());
  // The arguments may need more room than the frame has: the window moves above it.
  reserve(f, window + size + 4);
  if (!f.frames.empty() && f.frames.back().kind == FrameKind::code)
    f.frames.back().top = std::max(f.frames.back().top, window + size + 4);
  const auto all = heap.items(list);
  for (std::uint32_t i = 0; i < size; ++i) *f.at(window + 1 + i) = all[i];
  argc = size;
  return Step::done;
}

bool Vm::State::has_steps(Value receiver) {
  if (!receiver.is(Kind::instance)) return false;
  const ClassId id = class_of(receiver);
  if (!is_script(id)) return false;
  const ClassInfo* c = info(id);
  // A library's file of methods is a script as well: its methods call steps, which methods of classes do not.
  return c->unit != nullptr &&
         (c->unit->unit->kind == ScriptKind::pipeline || c->unit->unit->kind == ScriptKind::vars ||
          c->unit->unit->kind == ScriptKind::library || c->unit->unit->kind == ScriptKind::prelude);
}

Step Vm::State::call_step(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, bool& found) {
  const Arguments args(f.at(window + 1), argc);
  StepCall answer = host.call_step(vm, f.id, name, args);
  found = true;
  switch (answer.kind) {
    case StepCall::Kind::missing:
      found = false;
      return Step::done;
    case StepCall::Kind::value:
      *f.at(window) = answer.value;
      return Step::done;
    case StepCall::Kind::thrown:
      (void)throw_value(answer.value);
      return Step::thrown;
    case StepCall::Kind::effect: {
      Effect effect;
      effect.fiber = f.id;
      effect.path = f.path;
      effect.kind = std::move(answer.effect_kind);
      effect.arguments = std::move(answer.effect_arguments);
      effect.origin = origin(f, 8);
      effects.push_back(std::move(effect));
      f.state = FiberState::waiting;
      return Step::suspended;
    }
    case StepCall::Kind::function: {
      reserve(f, window + static_cast<std::uint32_t>(answer.arguments.size()) + 4);
      if (!f.frames.empty())
        f.frames.back().top =
            std::max(f.frames.back().top, window + static_cast<std::uint32_t>(answer.arguments.size()) + 4);
      *f.at(window) = answer.function;
      for (std::size_t i = 0; i < answer.arguments.size(); ++i)
        *f.at(window + 1 + static_cast<std::uint32_t>(i)) = answer.arguments[i];
      return call_value(f, window, static_cast<std::uint32_t>(answer.arguments.size()));
    }
  }
  return Step::done;
}

void Vm::State::spread_over(Fiber& f, std::uint32_t window, std::span<const Value> args) {
  const std::uint32_t top = window + static_cast<std::uint32_t>(args.size()) + 4;
  reserve(f, top);
  if (!f.frames.empty()) f.frames.back().top = std::max(f.frames.back().top, top);
  std::copy(args.begin(), args.end(), f.at(window + 1));
}

/// Inner classes see the methods of the instance around them; nothing: the receiver's is no such class, or none there
/// fits.
std::optional<Step> Vm::State::call_outer(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name,
                                          Value receiver) {
  const ClassInfo* c = info(class_of(receiver));
  if (c == nullptr || c->code == nullptr || c->code->outer_slot == kNone16) return std::nullopt;
  const Value outer = heap.instance_slots(receiver)[c->slot_base + c->code->outer_slot];
  if (!outer.is(Kind::instance) && !outer.is(Kind::closure)) return std::nullopt;
  *f.at(window) = outer;
  if (!outer.is(Kind::instance)) return std::nullopt;
  const Target target = find_method(class_of(outer), name, Arguments(f.at(window + 1), argc), false);
  if (target.kind != Target::Kind::none) return call_target(f, window, argc, target, name);
  if (has_steps(outer) || info(class_of(outer)) != nullptr) return call_missing(f, window, argc, name, outer);
  return std::nullopt;
}

/// What is tried when no method fits: metaClass closures, properties that hold closures, methodMissing, steps.
Step Vm::State::call_missing(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name,
                             Value receiver) {
  const Arguments args(f.at(window + 1), argc);
  const ClassId id = class_of(receiver);
  const ClassInfo* c = info(id);
  // A list that is the only argument stands for the arguments, before anything that is dynamic.
  if (argc == 1 && args[0].is(Kind::list) && !heap.items(args[0]).empty()) {
    const auto items = heap.items(args[0]);
    const std::vector<Value> spread(items.begin(), items.end());
    const Target target = find_method(id, name, spread, false, has_steps(receiver));
    if (target.kind != Target::Kind::none && !target.pads_null) {
      *f.at(window) = receiver;
      spread_over(f, window, spread);
      return call_target(f, window, static_cast<std::uint32_t>(spread.size()), target, name);
    }
  }
  // Proxies made by `closure as Interface` and `map as Interface`.
  if (receiver.is(Kind::instance) && c != nullptr && c->code == nullptr && c->slots >= 1) {
    Value body = heap.instance_slots(receiver)[0];
    if (body.is(Kind::map)) body = heap.map_get(body, TextView(heap.text(heap.make_string(name))));
    if (body.is(Kind::closure)) {
      *f.at(window) = body;
      return enter_closure(f, window, argc);
    }
  }
  Value found;
  if (find_expando(receiver, name, found) && found.is(Kind::closure))
    return call_expando(f, window, argc, found, receiver);
  if (receiver.is(Kind::instance)) {
    // A field or property that holds something callable.
    Value value;
    if (get_field_value(receiver, name, value) &&
        (value.is(Kind::closure) ||
         (value.is(Kind::instance) && user_method(class_of(value), "call", argc) != nullptr))) {
      *f.at(window) = value;
      return call_value(f, window, argc);
    }
    if (is_script(id)) {
      const Value map = script_binding(receiver);
      const Value variable = heap.map_get(map, heap.text(heap.make_string(name)));
      if (!variable.is_undefined() && !variable.is_null()) {
        *f.at(window) = variable;
        return call_value(f, window, argc);
      }
      if (has_steps(receiver)) {
        bool answered = false;
        const Step step = call_step(f, window, argc, name, answered);
        if (answered) return step;
        Value global = Value::undefined();
        if (host.get_global(vm, f.id, name, global) != Status::ok) return Step::thrown;
        if (global.is(Kind::closure) || global.is(Kind::instance)) {
          *f.at(window) = global;
          return call_value(f, window, argc);
        }
      }
    }
    for (const std::string_view missing : {std::string_view("methodMissing"), std::string_view("invokeMethod")}) {
      if (FunctionState* function = user_method(id, missing, 2)) {
        const Value array = heap.make_array(java::object, argc);
        for (std::uint32_t i = 0; i < argc; ++i) heap.array_items(array)[i] = args[i];
        reserve(f, window + 4);
        *f.at(window) = receiver;
        *f.at(window + 1) = heap.make_string(name);
        *f.at(window + 2) = array;
        if (!f.frames.empty()) f.frames.back().top = std::max(f.frames.back().top, window + 4);
        return enter(f, function, window, 2);
      }
    }
    if (const auto answer = call_outer(f, window, argc, name, receiver)) return *answer;
    if (c != nullptr && c->outer != kNoClass) {
      const Target target = find_method(c->outer, name, args, true, true);
      if (target.kind != Target::Kind::none) {
        *f.at(window) = Value::of_class(c->outer);
        return call_target(f, window, argc, target, name);
      }
    }
    if (has_steps(receiver)) {
      std::string message = "No such DSL method '" + std::string(name) + "' found among " + host.known_steps();
      (void)throw_java(java::no_such_method_error, message);
      return Step::thrown;
    }
  }
  if (has_expandos && find_expando(receiver, "methodMissing", found) && found.is(Kind::closure)) {
    const Value array = heap.make_array(java::object, argc);
    std::copy(args.begin(), args.end(), heap.array_items(array).begin());
    reserve(f, window + 4);
    *f.at(window + 1) = heap.make_string(name);
    *f.at(window + 2) = array;
    if (!f.frames.empty()) f.frames.back().top = std::max(f.frames.back().top, window + 4);
    return call_expando(f, window, 2, found, receiver);
  }
  if ((receiver.is(Kind::list) || receiver.is(Kind::map) || receiver.is(Kind::set)) &&
      heap.has_flag(receiver, flag_fields)) {
    if (const auto answer = call_outer(f, window, argc, name, receiver)) return *answer;
  }
  if (receiver.is(Kind::map) && !name.empty()) {
    const Value value = heap.map_get(receiver, heap.text(heap.make_string(name)));
    if (value.is(Kind::closure)) {
      *f.at(window) = value;
      return enter_closure(f, window, argc);
    }
  }
  // Library objects with dynamic methods (JsonBuilder, Expando, MarkupBuilder) implement invokeMethod.
  if (receiver.is(Kind::native_object)) {
    const Value array = heap.make_array(java::object, argc);
    std::copy(args.begin(), args.end(), heap.array_items(array).begin());
    const Value pair[] = {heap.make_string(name), array};
    const Target target = find_method(id, "invokeMethod", pair, false, false, true);
    if (target.kind == Target::Kind::native && target.owner != java::object) {
      reserve(f, window + 4);
      *f.at(window) = receiver;
      *f.at(window + 1) = pair[0];
      *f.at(window + 2) = pair[1];
      if (!f.frames.empty()) f.frames.back().top = std::max(f.frames.back().top, window + 4);
      return call_target(f, window, 2, target, "invokeMethod");
    }
  }
  if (!cast_name.empty()) {
    // Where nothing fits what the arguments are cast to, what they are decides.
    cast_name = {};
    const Target target = find_method(id, name, args, false);
    if (target.kind != Target::Kind::none) {
      *f.at(window) = receiver;
      return call_target(f, window, argc, target, name);
    }
  }
  (void)throw_missing_method(receiver, name, args, false);
  return Step::thrown;
}

Step Vm::State::call_class(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name) {
  const Value self = *f.at(window);
  const ClassId id = self.class_id();
  const Arguments args(f.at(window + 1), argc);
  Target target = find_method(id, name, args, true);
  if (target.kind == Target::Kind::none) target = find_method(java::class_, name, args, false);
  if (target.kind != Target::Kind::none) return call_target(f, window, argc, target, name);
  if (name == "new") {
    return construct(f, window, argc, id, 0, false);
  }
  Value closure;
  if (find_expando(id, std::string("static ") + std::string(name), closure) && closure.is(Kind::closure)) {
    return call_expando(f, window, argc, closure, self);
  }
  // A static property that holds a closure; $static_methodMissing.
  ClassId owner = kNoClass;
  if (const FieldTemplate* field = find_field(id, name, true, owner)) {
    const Value v = info(owner)->statics[field->slot];
    if (v.is(Kind::closure)) {
      *f.at(window) = v;
      return enter_closure(f, window, argc);
    }
  }
  for (ClassId at = id; at >= java::count_; at = info(at)->super) {
    if (FunctionState* function = user_method(at, "$static_methodMissing", 2)) {
      const Value array = heap.make_array(java::object, argc);
      for (std::uint32_t i = 0; i < argc; ++i) heap.array_items(array)[i] = args[i];
      reserve(f, window + 4);
      *f.at(window + 1) = heap.make_string(name);
      *f.at(window + 2) = array;
      return enter(f, function, window, 2);
    }
    const ClassInfo* c = info(at);
    if (c->outer != kNoClass) {
      target = find_method(c->outer, name, args, true, true);
      if (target.kind != Target::Kind::none) {
        *f.at(window) = Value::of_class(c->outer);
        return call_target(f, window, argc, target, name);
      }
    }
  }
  if (id >= java::count_ && info(id)->is_foreign) return throw_foreign(id);
  (void)throw_missing_method(self, name, args, true);
  return Step::thrown;
}

Step Vm::State::call_method(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, SiteCache* cache,
                            std::uint8_t flags) {
  const Value self = *f.at(window);
  (void)flags;
  if (self.is_class()) return call_class(f, window, argc, name);
  const ClassId id = class_of(self);
  const std::span<const Value> args(f.at(window + 1), argc);
  if (self.is_null()) {
    // What NullObject answers.
    if (name == "toString" && argc == 0) {
      *f.at(window) = heap.make_string("null");
      return Step::done;
    }
    if (name == "equals" && argc == 1) {
      *f.at(window) = Value::boolean(args[0].is_null());
      return Step::done;
    }
    if (name == "is" && argc == 1) {
      *f.at(window) = Value::boolean(args[0].is_null());
      return Step::done;
    }
    if (name == "asBoolean" && argc == 0) {
      *f.at(window) = Value::boolean(false);
      return Step::done;
    }
    if (name == "iterator" && argc == 0) {
      *f.at(window) = heap.make_iterator(IteratorMode::list, heap.make_list());
      return Step::done;
    }
    if ((name == "plus" && argc == 1)) {
      TextBuilder builder;
      builder.append("null");
      if (args[0].is_text() && text(nullptr, args[0], builder) == Status::ok) {
        *f.at(window) = heap.make_string(builder);
        return Step::done;
      }
      (void)throw_java(java::null_pointer_exception, "Cannot execute null+" + simple_text(args[0]));
      return Step::thrown;
    }
    if (name == "getClass" && argc == 0) {
      *f.at(window) = Value::of_class(java::null_object);
      return Step::done;
    }
    if (name == "asType" && argc == 1) return Step::done;
    if (name == "dump" && argc == 0) {
      (void)throw_java(java::null_pointer_exception, "Cannot invoke method hashCode() on null object");
      return Step::thrown;
    }
    if (name == "isCase" && argc == 1) {
      *f.at(window) = Value::boolean(args[0].is_null());
      return Step::done;
    }
    // Groovy's methods of every object find nothing to walk over.
    static constexpr std::string_view kOfNull[] = {
        "each",       "eachWithIndex",   "collect", "find",   "findAll",     "any",
        "every",      "inspect",         "grep",    "inject", "findIndexOf", "findLastIndexOf",
        "findResult", "findIndexValues", "split",   "with"};
    if (std::find(std::begin(kOfNull), std::end(kOfNull), name) != std::end(kOfNull)) {
      const Target target = find_method(java::object, name, args, false, false, true);
      if (target.kind == Target::Kind::native && !target.pads_null) return call_target(f, window, argc, target, name);
    }
    if ((name == "getProperty" && argc == 1) || (name == "setProperty" && argc == 2)) {
      const std::string property = simple_text(args[0]);
      *f.at(window + 1) = argc == 2 ? args[1] : args[0];
      return argc == 2 ? set_property(f, window, property, nullptr) : get_property(f, window, property, nullptr);
    }
    if (name == "invokeMethod" && argc == 2) {
      (void)throw_java(java::null_pointer_exception,
                       "Cannot invoke method " + simple_text(args[0]) + "() on null object");
      return Step::thrown;
    }
    (void)throw_java(java::null_pointer_exception, "Cannot invoke method " + std::string(name) + "() on null object");
    return Step::thrown;
  }
  const ClassInfo* c = info(id);
  if (c != nullptr && c->overrides_invoke) {
    if (FunctionState* function = user_method(id, "invokeMethod", 2)) {
      const Value array = heap.make_array(java::object, argc);
      for (std::uint32_t i = 0; i < argc; ++i) heap.array_items(array)[i] = f.at(window + 1)[i];
      reserve(f, window + 4);
      *f.at(window + 1) = heap.make_string(name);
      *f.at(window + 2) = array;
      return enter(f, function, window, 2);
    }
  }
  if (self.is(Kind::closure) && (name == "call" || name == "doCall")) return enter_closure(f, window, argc);
  Value expando;
  if (has_expandos) {
    if (!f.categories.empty()) {
      bool found = false;
      const Step step = call_category(f, window, argc, name, found);
      if (found) return step;
    }
    if (find_expando(self, name, expando) && expando.is(Kind::closure))
      return call_expando(f, window, argc, expando, self);
  }
  Target target = find_method(id, name, args, false);
  if (c != nullptr && c->code == nullptr && c->slots >= 1 && self.is(Kind::instance) &&
      target.kind == Target::Kind::native && target.owner != java::object) {
    // Proxies answer their interface's methods themselves; what Groovy adds to iterators is none of these.
    const bool added = target.owner == java::iterator && name != "next" && name != "hasNext" && name != "remove" &&
                       heap.instance_slots(self)[0].is(Kind::map) &&
                       heap.map_get(heap.instance_slots(self)[0], TextView(name)).is_undefined();
    if (!added) target = Target{};
  }
  if (c != nullptr && c->has_delegates &&
      (target.kind == Target::Kind::none ||
       (target.kind == Target::Kind::native && target.owner == java::object && !is_java_object_method(name)))) {
    bool found = false;
    const Value receiver = delegate_for(self, name, args, found);
    if (found) {
      *f.at(window) = receiver;
      return call_method(f, window, argc, name, nullptr);
    }
  }
  if (target.kind == Target::Kind::none || (target.kind == Target::Kind::native && has_steps(self) &&
                                            (target.owner == java::object || target.owner == java::script))) {
    if (target.kind == Target::Kind::none) return call_missing(f, window, argc, name, self);
    bool answered = false;
    const Step step = call_step(f, window, argc, name, answered);
    if (answered) return step;
  }
  if (cache != nullptr && !has_expandos && !has_steps(self)) {
    cache->key = id;
    cache->target = target;
    cache->args_key = target.depends_on_arguments ? args_key(args) : 0;
  }
  return call_target(f, window, argc, target, name);
}

Value Vm::State::closure_root(Value closure) {
  Value at = closure;
  while (at.is(Kind::closure)) at = heap.closure(at)->owner;
  return at;
}

Value Vm::State::owner_root(Value closure) {
  Value at = closure;
  while (at.is(Kind::closure)) {
    const ClosureObject* object = heap.closure(at);
    if (object->strategy != 0) return Value::undefined();
    at = object->owner;
  }
  return at;
}

/// A private method of the class the code stands in is called whatever the object's class overrides.
Target Vm::State::private_method(ClassId owner, Value self, std::string_view name, std::span<const Value> args) {
  const ClassInfo* c = info(owner);
  if (c == nullptr || c->code == nullptr || !c->has_private_methods || class_of(self) == owner) return {};
  const auto [begin, end] = c->code->methods_by_name.equal_range(name);
  for (auto it = begin; it != end; ++it) {
    FunctionState& function = c->unit->functions[it->second];
    if ((function.code->modifiers & groovy::mod_private) == 0 || rate(args, function) < 0) continue;
    Target target;
    target.kind = Target::Kind::code;
    target.function = &function;
    target.owner = owner;
    return target;
  }
  return {};
}

Step Vm::State::call_self(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, SiteCache* cache,
                          std::uint8_t flags, FunctionState* from) {
  Value self = *f.at(window);
  const Arguments args(f.at(window + 1), argc);
  if (name.starts_with("__") && from->unit->unit->kind >= ScriptKind::prelude &&
      from->unit->unit->kind <= ScriptKind::gdk) {
    bool found = false;
    const Step step = intrinsic(f, window, argc, name, found);
    if (found) return step;
  }
  if (!from->unit->unit->static_stars.empty()) {
    bool found = false;
    const Step step = call_static_star(f, window, argc, name, from, found);
    if (found) return step;
  }
  if (!self.is(Kind::closure) || from->code->self_is_parameter) {
    if (from->code->self_is_parameter || (flags & site_static) != 0) self = Value::of_class(from->owner);
    *f.at(window) = self;
    if (self.is_class()) {
      Target target = find_method(self.class_id(), name, args, true);
      if (target.kind == Target::Kind::code) return call_target(f, window, argc, target, name);
      // Static code of a script still sees println and friends.
      target = find_method(java::object, name, args, false, false, true);
      if (target.kind != Target::Kind::none) return call_target(f, window, argc, target, name);
      return call_class(f, window, argc, name);
    }
    if (const Target own = private_method(from->owner, self, name, args); own.kind != Target::Kind::none)
      return call_target(f, window, argc, own, name);
    return call_method(f, window, argc, name, cache);
  }
  // In a closure: what every closure answers itself, even size() of a delegate does not come before it; then the
  // methods of owner and delegate, by strategy; then what they answer dynamically.
  if (name == "call") return enter_closure(f, window, argc);
  if (const Target own = find_method(java::closure, name, args, false, false, true); own.kind == Target::Kind::native) {
    const Value root = closure_root(self);
    bool answered = false;
    Step step = Step::done;
    if (own.owner == java::object && has_steps(root)) step = call_step(f, window, argc, name, answered);
    return answered ? step : call_target(f, window, argc, own, name);
  }
  struct Walk {
    Vm::State& s;
    std::span<const Value> args;
    std::string_view name;
    Value receiver;
    Target target;
    std::vector<Value> asked;
    bool find(Value object, int depth) {
      if (object.is_null() || depth > 60) return false;
      if (object.is(Kind::closure)) {
        const ClosureObject* c = s.heap.closure(object);
        const Value owner = c->owner;
        const Value delegate = c->delegate;
        switch (c->strategy) {
          case 1:
            return find(delegate, depth + 1) || (!owner.identical(delegate) && find(owner, depth + 1));
          case 2:
            return find(owner, depth + 1);
          case 3:
            return find(delegate, depth + 1);
          case 4:
            return false;
          default:
            return find(owner, depth + 1) || (!owner.identical(delegate) && find(delegate, depth + 1));
        }
      }
      for (const Value v : asked) {
        if (v.identical(object)) return false;
      }
      asked.push_back(object);
      if (object.is_class()) {
        target = s.find_method(object.class_id(), name, args, true);
      } else {
        target = s.find_method(s.class_of(object), name, args, false, s.has_steps(object));
        if (target.kind == Target::Kind::none && object.is(Kind::instance) && s.info(s.class_of(object)) != nullptr &&
            s.info(s.class_of(object))->has_delegates) {
          bool found = false;
          const Value other = s.delegate_for(object, name, args, found);
          if (found) target = s.find_method(s.class_of(other), name, args, false);
          if (target.kind != Target::Kind::none) {
            receiver = other;
            return true;
          }
        }
        Value closure;
        if (target.kind == Target::Kind::none && s.find_expando(object, name, closure)) {
          receiver = object;
          return true;
        }
      }
      if (target.kind == Target::Kind::none) return false;
      receiver = object;
      return true;
    }
  };
  Walk walk{*this, args, name, {}, {}, {}};
  if (walk.find(self, 0)) {
    *f.at(window) = walk.receiver;
    if (walk.target.kind == Target::Kind::none) return call_missing(f, window, argc, name, walk.receiver);
    if (cache != nullptr && !has_expandos && walk.target.kind == Target::Kind::code && !walk.target.ambiguous &&
        walk.receiver.is(Kind::instance) && owner_root(self).identical(walk.receiver)) {
      cache->key = kRootKey | class_of(walk.receiver);
      cache->args_key = args_key(args);
      cache->target = walk.target;
    }
    return call_target(f, window, argc, walk.target, name);
  }
  if (!cast_name.empty()) {
    // Owner and delegate are asked once more by what the arguments are, whatever a cast took them for.
    cast_name = {};
    Walk again{*this, args, name, {}, {}, {}};
    if (again.find(self, 0) && again.target.kind != Target::Kind::none) {
      *f.at(window) = again.receiver;
      return call_target(f, window, argc, again.target, name);
    }
  }
  // Something callable under that name; methodMissing; steps.
  for (const Value object : walk.asked) {
    if (object.is_class()) continue;
    const ClassId id = class_of(object);
    Value value;
    bool callable = false;
    if (object.is(Kind::map)) {
      value = heap.map_get(object, heap.text(heap.make_string(name)));
      callable = value.is(Kind::closure);
    } else if (object.is(Kind::instance)) {
      callable = get_field_value(object, name, value) && (value.is(Kind::closure) || value.is(Kind::instance));
      if (!callable && is_script(id)) {
        value = heap.map_get(script_binding(object), heap.text(heap.make_string(name)));
        callable = value.is(Kind::closure) || (value.is(Kind::instance));
      }
    }
    if (callable) {
      *f.at(window) = value;
      return call_value(f, window, argc);
    }
  }
  Value last;
  for (const Value object : walk.asked) {
    if (object.is_class()) continue;
    last = object;
    if (object.is(Kind::instance) && (user_method(class_of(object), "methodMissing", 2) != nullptr ||
                                      user_method(class_of(object), "invokeMethod", 2) != nullptr)) {
      *f.at(window) = object;
      return call_missing(f, window, argc, name, object);
    }
    if (object.is(Kind::native_object)) {
      // A builder that is the delegate: what it makes of any name.
      const Value pair[] = {heap.make_string(name), heap.make_array(java::object, argc)};
      const Target target = find_method(class_of(object), "invokeMethod", pair, false, false, true);
      if (target.kind == Target::Kind::native && target.owner != java::object) {
        std::copy(args.begin(), args.end(), heap.array_items(pair[1]).begin());
        reserve(f, window + 4);
        *f.at(window) = object;
        *f.at(window + 1) = pair[0];
        *f.at(window + 2) = pair[1];
        if (!f.frames.empty()) f.frames.back().top = std::max(f.frames.back().top, window + 4);
        return call_target(f, window, 2, target, "invokeMethod");
      }
    }
    if (has_steps(object)) {
      bool answered = false;
      const Step step = call_step(f, window, argc, name, answered);
      if (answered) return step;
      const Target target = find_method(class_of(object), name, args, false);
      if (target.kind != Target::Kind::none) {
        *f.at(window) = object;
        return call_target(f, window, argc, target, name);
      }
      Value global = Value::undefined();
      if (host.get_global(vm, f.id, name, global) != Status::ok) return Step::thrown;
      if (global.is(Kind::closure) || global.is(Kind::instance)) {
        *f.at(window) = global;
        return call_value(f, window, argc);
      }
    }
  }
  // A class's inner closure may call methods of the class around it. Without steps, the first object asked complains.
  Value root = closure_root(self);
  if (!has_steps(root)) {
    const auto first = std::find_if(walk.asked.begin(), walk.asked.end(), [](Value v) { return v.is(Kind::instance); });
    if (first != walk.asked.end()) root = *first;
  }
  *f.at(window) = root.is_null() ? last : root;
  if (root.is_class()) {
    const Target target = find_method(java::object, name, args, false, false, true);
    if (target.kind != Target::Kind::none) return call_target(f, window, argc, target, name);
    return call_class(f, window, argc, name);
  }
  if (root.is_null()) {
    (void)throw_missing_method(self, name, args, false);
    return Step::thrown;
  }
  return call_missing(f, window, argc, name, root);
}

Step Vm::State::call_super(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, ClassId below,
                           ClassId trait) {
  const Arguments args(f.at(window + 1), argc);
  Target target = trait != kNoClass ? find_method(trait, name, args, false)
                  : is_trait(below) ? find_method_behind_trait(class_of(*f.at(window)), below, name, args)
                                    : find_super_method(below, name, args);
  if (target.kind == Target::Kind::none && name == "setProperty" && argc == 2) {
    const std::string property = heap.utf8(args[0]);
    *f.at(window + 1) = args[1];
    return set_property(f, window, property, nullptr, site_attribute);
  }
  if (target.kind == Target::Kind::none && name == "getProperty" && argc == 1) {
    const std::string property = heap.utf8(args[0]);
    return get_property(f, window, property, nullptr, site_attribute);
  }
  if (target.kind == Target::Kind::none) {
    (void)throw_missing_method(*f.at(window), name, args, false);
    return Step::thrown;
  }
  return call_target(f, window, argc, target, name);
}

Step Vm::State::call_value(Fiber& f, std::uint32_t window, std::uint32_t argc) {
  const Value self = *f.at(window);
  if (self.is(Kind::closure)) return enter_closure(f, window, argc);
  return call_method(f, window, argc, "call", nullptr);
}

// ---- construction
// ------------------------------------------------------------------------------------------------------------------------

Step Vm::State::construct(Fiber& f, std::uint32_t window, std::uint32_t argc, ClassId id, std::uint32_t caller_base,
                          bool with_enum_parts) {
  std::vector<Value> args(f.at(window + 1), f.at(window + 1) + argc);
  ClassInfo* c = info(id);
  if (c != nullptr && c->is_foreign) return throw_foreign(id);
  if (c != nullptr && c->code != nullptr && c->code->singleton_slot != kNone16 &&
      !c->statics[c->code->singleton_slot].is_null()) {
    std::string_view property = "instance";
    for (const FieldTemplate& field : c->code->fields) {
      if (field.is_static && field.slot == c->code->singleton_slot) property = field.name;
    }
    (void)throw_java(java::runtime_exception,
                     "Can't instantiate singleton " + c->name + ". Use " + c->name + "." + std::string(property));
    return Step::thrown;
  }
  if (Value made; has_expandos && find_expando(id, "constructor", made) && made.is(Kind::closure)) {
    const auto types = closure_parameters(made);
    bool fits = types.size() == args.size();
    for (std::size_t i = 0; fits && i < args.size(); ++i) fits = distance(args[i], types[i]) >= 0;
    if (fits) return call_expando(f, window, argc, made, Value::of_class(id));
  }
  if (c != nullptr && c->unit != nullptr && c->unit->unit->kind == ScriptKind::prelude &&
      c->name.find('.') != std::string::npos && sandbox_refuses(*this, f, c->name, "<init>", args)) {
    return Step::thrown;
  }
  if (c == nullptr) {
    const auto& row = java_classes()[id];
    const Target target = find_method(id, "<init>", args, true);
    if (target.kind != Target::Kind::none) {
      *f.at(window) = Value::of_class(id);
      return call_target(f, window, argc, target, "<init>");
    }
    if (id == java::missing_property_exception && argc >= 2 && args[1].is_class()) {
      const std::string text =
          "No such property: " + simple_text(args[0]) + " for class: " + std::string(name_of(args[1].class_id()));
      *f.at(window) = make_throwable(id, heap.make_string(text));
      return Step::done;
    }
    if (id == java::missing_method_exception && argc >= 3 && args[1].is_class() && args[2].is(Kind::array)) {
      const std::vector<Value> given(heap.array_items(args[2]).begin(), heap.array_items(args[2]).end());
      (void)throw_missing_method(args[1], pooled(simple_text(args[0])), given, argc > 3 && args[3].is_true());
      *f.at(window) = std::exchange(exception, Value::null());
      return Step::done;
    }
    if (is_subclass(id, java::throwable) && argc <= 2) {
      if (sandbox_refuses(*this, f, row.name, "<init>", args)) return Step::thrown;
      Value message;
      Value cause;
      if (argc >= 1) {
        if (args[0].is(Kind::instance) && is_subclass(class_of(args[0]), java::throwable)) {
          cause = args[0];
          message = heap.make_string(throwable_text(args[0]));
        } else if (id == java::assertion_error || args[0].is_text() || args[0].is_null()) {
          message = args[0].is_null() ? args[0] : heap.make_string(simple_text(args[0]));
        } else {
          std::string solutions;
          (void)throw_java(java::groovy_runtime_exception, "Could not find matching constructor for: " +
                                                               std::string(row.name) + "(" + class_name(args[0]) + ")");
          return Step::thrown;
        }
      }
      if (argc == 2) cause = args[1];
      *f.at(window) = make_throwable(id, message, cause);
      return Step::done;
    }
    // Named arguments or none on a class with a plain constructor: properties set one by one.
    if (argc == 1 && args[0].is(Kind::map)) {
      const Target plain = find_method(id, "<init>", {}, true);
      if (plain.kind != Target::Kind::none) {
        *f.at(window) = Value::of_class(id);
        return run_native(f, kNativeConstructMap, window, argc, "<init>");
      }
    }
    if (id == java::object && argc == 0) {
      *f.at(window) = heap.make_instance(java::object, 0);
      return Step::done;
    }
    if (refused(id, "<init>", args, true)) return Step::thrown;
    std::string message = row.flavor == ClassFlavor::interface_ || row.flavor == ClassFlavor::abstract_
                              ? ""
                              : "Could not find matching constructor for: " + std::string(row.name) + "(";
    if (message.empty()) {
      (void)throw_java(java::instantiation_error, row.name);
      return Step::thrown;
    }
    for (std::size_t i = 0; i < args.size(); ++i)
      message += (i > 0 ? ", " : "") + (args[i].is_null() ? std::string("null") : class_name(args[i]));
    (void)throw_java(java::groovy_runtime_exception, message + ")");
    return Step::thrown;
  }
  if (c->code == nullptr || c->code->kind == groovy::ClassKind::interface_ ||
      ((c->code->modifiers & groovy::mod_abstract) != 0 && !c->code->is_anonymous)) {
    (void)throw_java(java::instantiation_exception, c->name);
    return Step::thrown;
  }
  const Value object = new_instance(id);
  std::span<Value> slots = c->slots > 0 ? heap.instance_slots(object) : std::span<Value>{};
  if (with_enum_parts && slots.size() >= 2) {
    slots[0] = *f.at(window + 1 + argc);
    slots[1] = *f.at(window + 2 + argc);
  }
  // Captured variables and the instance around it.
  for (ClassInfo* at = c; at != nullptr && at->code != nullptr; at = info(at->super)) {
    const ClassTemplate& t = *at->code;
    if (caller_base != 0xFFFFFFFF && !f.frames.empty() && f.frames.back().kind == FrameKind::code) {
      const Frame& caller = f.frames.back();
      Value self = *f.at(caller.base);
      for (std::size_t i = 0; i < t.captures.size() && at == c; ++i) {
        const Capture& capture = t.captures[i];
        slots[at->slot_base + t.capture_slots[i]] =
            capture.from_capture ? heap.closure_captured(self)[capture.index] : *f.at(caller.base + capture.index);
      }
      if (t.outer_slot != kNone16) {
        Value outer = self;
        while (outer.is(Kind::closure)) outer = heap.closure(outer)->self;
        if (!t.is_anonymous) {
          // The nearest enclosing instance of the right class.
          while (outer.is(Kind::instance) && at->outer != kNoClass && !is_subclass(class_of(outer), at->outer)) {
            const ClassInfo* o = info(class_of(outer));
            if (o == nullptr || o->code == nullptr || o->code->outer_slot == kNone16) break;
            outer = heap.instance_slots(outer)[o->slot_base + o->code->outer_slot];
          }
        }
        slots[at->slot_base + t.outer_slot] = outer.is_class() ? Value::null() : outer;
      }
    }
    if (at->super < java::count_) break;
  }
  if (argc > 0 && c->code->is_inner && c->code->outer_slot != kNone16 && args[0].is(Kind::instance) &&
      c->outer != kNoClass && is_subclass(class_of(args[0]), c->outer)) {
    // `new Inner(outer, …)` names the instance around it, unless a constructor takes it as an argument.
    if (choose_constructor(*c, args) == nullptr) {
      heap.instance_slots(object)[c->slot_base + c->code->outer_slot] = args[0];
      args.erase(args.begin());
      --argc;
      std::copy(args.begin(), args.end(), f.at(window + 1));
    }
  }
  FunctionState* chosen = choose_constructor(*c, args);
  const bool only_default =
      c->code->constructors.size() == 1 && c->unit->functions[c->code->constructors[0]].code->name == "<init>default";
  if (chosen == nullptr && only_default && c->code->is_anonymous) {
    // Its arguments are its super class's.
    *f.at(window) = object;
    anonymous_arguments = args;
    return enter(f, &c->unit->functions[c->code->constructors[0]], window, 0);
  }
  const bool named_only = argc == 1 && args[0].is(Kind::map) && chosen == nullptr;
  bool has_default = only_default;
  for (const std::uint32_t number : c->code->constructors)
    has_default = has_default || c->unit->functions[number].code->required == 0;
  if (named_only && has_default) {
    *f.at(window) = object;
    *f.at(window + 1) = args[0];
    return run_native(f, kNativeConstructMap, window, 1, "<init>");
  }
  if (chosen == nullptr && only_default && argc > 0) {
    if ((c->code->annotations & annotation_tuple) != 0) {
      *f.at(window) = object;
      return run_native(f, kNativeSetProperties, window, argc, "<init>");
    }
    if ((c->code->annotations & annotation_inherit) != 0 || c->is_throwable) {
      if ((c->code->annotations & annotation_inherit) != 0) {
        *f.at(window) = object;
        anonymous_arguments = args;
        return enter(f, &c->unit->functions[c->code->constructors[0]], window, 0);
      }
    }
    if (is_subclass(id, java::enum_) && argc == 1 && args[0].is(Kind::map)) {
      *f.at(window) = object;
      return run_native(f, kNativeConstructMap, window, 1, "<init>");
    }
  }
  if (chosen == nullptr) {
    std::string message = "Could not find matching constructor for: " + c->name + "(";
    for (std::size_t i = 0; i < args.size(); ++i)
      message += (i > 0 ? ", " : "") + (args[i].is_null() ? std::string("null") : class_name(args[i]));
    (void)throw_java(java::groovy_runtime_exception, message + ")");
    return Step::thrown;
  }
  *f.at(window) = object;
  return enter(f, chosen, window, argc);
}

Step Vm::State::begin_trait(Fiber& f, std::uint32_t window, ClassId id) {
  if (!is_trait(id)) return Step::done;
  const ClassInfo* c = info(id);
  return c->code->constructors.empty() ? Step::done
                                       : enter(f, &c->unit->functions[c->code->constructors.front()], window, 0);
}

Step Vm::State::call_constructor(Fiber& f, std::uint32_t window, std::uint32_t argc, ClassId below, bool is_super,
                                 bool implicit) {
  const Value object = *f.at(window);
  ClassInfo* own = info(below);
  std::vector<Value> args(f.at(window + 1), f.at(window + 1) + argc);
  const bool inherits = own->code != nullptr && (own->code->annotations & annotation_inherit) != 0;
  if (is_super && (implicit || inherits) && !anonymous_arguments.empty()) {
    args = std::move(anonymous_arguments);
    anonymous_arguments.clear();
    argc = static_cast<std::uint32_t>(args.size());
    reserve(f, window + argc + 4);
    if (!f.frames.empty()) f.frames.back().top = std::max(f.frames.back().top, window + argc + 4);
    for (std::uint32_t i = 0; i < argc; ++i) *f.at(window + 1 + i) = args[i];
  }
  const ClassId target_class = is_super ? own->super : below;
  ClassInfo* c = info(target_class);
  if (c == nullptr) {
    // Java super classes: only throwables keep something.
    if (object.is(Kind::instance) && is_subclass(target_class, java::throwable)) {
      auto slots = heap.instance_slots(object);
      Value message;
      Value cause;
      if (argc >= 1) {
        if (args[0].is(Kind::instance) && is_subclass(class_of(args[0]), java::throwable)) {
          cause = args[0];
          message = heap.make_string(throwable_text(args[0]));
        } else {
          message = args[0].is_null() ? args[0] : heap.make_string(simple_text(args[0]));
        }
      }
      if (argc >= 2) cause = args[1];
      slots = heap.instance_slots(object);
      slots[throwable_message] = message;
      slots[throwable_cause] = cause;
    } else if (object.is(Kind::map) && argc == 1 && args[0].is(Kind::map)) {
      const std::vector<MapSlot> all(heap.slots(args[0]).begin(), heap.slots(args[0]).end());
      for (const MapSlot& slot : all) {
        if (slot.key.is_string()) heap.map_put(object, slot.key.plain(), slot.value);
      }
    } else if (object.is(Kind::list) && argc == 1 && args[0].is(Kind::list)) {
      const std::vector<Value> all(heap.items(args[0]).begin(), heap.items(args[0]).end());
      for (const Value v : all) heap.list_add(object, v);
    }
    return Step::done;
  }
  if (c->code == nullptr) return Step::done;
  FunctionState* chosen = choose_constructor(*c, args);
  if (chosen == nullptr && argc > 0 && (c->code->annotations & annotation_inherit) != 0) {
    anonymous_arguments = args;
    chosen = &c->unit->functions[c->code->constructors[0]];
    argc = 0;
  }
  if (chosen == nullptr && argc == 1 && args[0].is(Kind::map)) {
    return run_native(f, kNativeConstructMap, window, 1, "<init>");
  }
  if (chosen == nullptr) {
    std::string message = "Could not find matching constructor for: " + c->name + "(";
    for (std::size_t i = 0; i < args.size(); ++i)
      message += (i > 0 ? ", " : "") + (args[i].is_null() ? std::string("null") : class_name(args[i]));
    (void)throw_java(java::groovy_runtime_exception, message + ")");
    return Step::thrown;
  }
  return enter(f, chosen, window, argc);
}

void Vm::State::clear_caches() {
  // In place: frames on the stack hold references to their sites' caches.
  for (FunctionState* f : functions) {
    if (f->caches) std::fill_n(f->caches.get(), f->code->sites.size(), SiteCache{});
  }
}

}  // namespace windlass::vm
