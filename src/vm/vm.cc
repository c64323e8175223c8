// The public face of a Vm (vm.h): thin, over Vm::State.
#include "vm/vm.h"

#include <algorithm>
#include <functional>

#include "vm/state.h"

namespace windlass::vm {

Vm::Vm(std::shared_ptr<const Runtime> runtime, Host& host, Limits limits)
    : state_(std::make_unique<State>(*this, std::move(runtime), host, limits)) {
  heap_ = &state_->heap;
}
Vm::~Vm() = default;

ClassId Vm::load(std::shared_ptr<const CodeUnit> unit) {
  UnitState* loaded = state_->load_unit(std::move(unit));
  return loaded->classes.empty() ? kNoClass : loaded->classes[0];
}

Value Vm::instantiate_script(ClassId script_class) {
  const Value script = state_->new_instance(script_class);
  const ClassInfo* c = state_->info(script_class);
  if (c != nullptr && c->is_script && c->unit->unit->kind != ScriptKind::pipeline &&
      c->unit->unit->kind != ScriptKind::plain) {
    const Value own = heap_->make_map();
    heap_->instance_slots(script)[0] = own;
  }
  return script;
}

ClassId Vm::find_class(std::string_view full_name) { return state_->find_class(full_name); }

namespace {
/// Puts `function` with receiver and arguments as the first frame of a fiber that is about to run.
void seed(Vm::State& s, Fiber& f, Value receiver, std::string_view method, std::span<const Value> args) {
  const auto count = static_cast<std::uint32_t>(args.size());
  s.reserve(f, count + 8);
  *f.at(0) = receiver;
  for (std::uint32_t i = 0; i < count; ++i) *f.at(1 + i) = args[i];
  Fiber* const outer = s.current;
  s.current = &f;
  Step step = Step::done;
  if (receiver.is(Kind::closure) && method == "call") {
    step = s.enter_closure(f, 0, count);
  } else if (receiver.is_class()) {
    step = s.call_class(f, 0, count, method);
  } else {
    step = s.call_method(f, 0, count, s.pooled(std::string(method)), nullptr);
  }
  s.current = outer;
  switch (step) {
    case Step::pushed:
      break;
    case Step::done:
      f.result = *f.at(0);
      f.state = FiberState::finished;
      break;
    case Step::thrown:
      f.failure = s.exception;
      f.has_failure = true;
      f.state = FiberState::failed;
      s.exception = Value::null();
      break;
    case Step::suspended:
      break;
  }
}
}  // namespace

FiberId Vm::start_script(ClassId script_class) {
  const Value script = instantiate_script(script_class);
  ClassInfo* c = state_->info(script_class);
  if (state_->limit_reached) state_->abandon_fibers();
  state_->since_wait = 0;
  Fiber& f = state_->new_fiber("", 0xFFFFFFFF);
  state_->main_fiber = f.id;
  // The body runs after the fields' initial values: the constructor's frame lies on top of it.
  state_->reserve(f, 16);
  *f.at(0) = script;
  FunctionState* body = &c->unit->functions[c->unit->unit->script_body];
  (void)state_->push_frame(f, body, 0);
  f.frames.back().dst = kDstDiscard;
  const std::uint32_t window = f.frames.back().top;
  state_->reserve(f, window + 16);
  *f.at(window) = script;
  FunctionState* constructor = &c->unit->functions[c->code->constructors.front()];
  (void)state_->push_frame(f, constructor, window);
  if (c->code->class_init != 0xFFFFFFFF) (void)state_->ensure_initialized(f, script_class);
  return f.id;
}

FiberId Vm::start_call(Value receiver, std::string_view method, std::span<const Value> args, std::string path) {
  if (state_->limit_reached) state_->abandon_fibers();
  state_->since_wait = 0;
  Fiber& f = state_->new_fiber(std::move(path), 0xFFFFFFFF);
  state_->main_fiber = f.id;
  seed(*state_, f, receiver, method, args);
  return f.id;
}

namespace {
/// Runs what `start` puts on a fiber of its own until it ends; it sees the tag of `fiber`.
Status run_now(Vm& vm, FiberId fiber, const std::function<void(Fiber&)>& start, Value& out) {
  Vm::State* const state = &vm.state();
  Fiber& f = state->new_fiber(vm.path(fiber), fiber);
  f.parent = 0xFFFFFFFF;  // nobody waits for it
  const std::uint64_t slice = state->slice_left;
  Fiber* const outer = state->current;
  start(f);
  while (f.state == FiberState::runnable) {
    state->slice_left = std::max<std::uint64_t>(slice, 1);
    state->turn(f);
    if (state->limit_reached) break;
  }
  state->current = outer;
  state->slice_left = slice;
  if (state->limit_reached && state->work_mode == WorkMode::run) {
    // No exception that a catch could see: the whole evaluation ends here.
    state->fibers.pop_back();
    throw BudgetSpent();
  }
  Status status = Status::ok;
  if (f.state == FiberState::failed) {
    state->exception = f.failure;
    status = Status::thrown;
  } else if (f.state != FiberState::finished) {
    std::erase_if(state->effects, [&](const Effect& effect) { return effect.fiber == f.id; });
    status = state->throw_java(java::illegal_state_exception, "this code may not wait for a step here");
  } else {
    out = f.result;
  }
  state->fibers.pop_back();
  return status;
}
}  // namespace

Status Vm::call_now(FiberId fiber, Value callable, std::span<const Value> args, Value& out) {
  return run_now(*this, fiber, [&](Fiber& f) { seed(*state_, f, callable, "call", args); }, out);
}

Status Vm::construct_now(FiberId fiber, ClassId script_class, Value& out) {
  const ClassInfo* made = state_->info(script_class);
  if (made != nullptr && !made->is_script) {
    // A class in place of a script.
    const auto initialize = [&](Fiber& f) {
      if (state_->ensure_initialized(f, script_class) == Step::done) f.state = FiberState::finished;
    };
    if (const Status status = run_now(*this, fiber, initialize, out); status != Status::ok) return status;
    return run_now(*this, fiber, [&](Fiber& f) { seed(*state_, f, Value::of_class(script_class), "new", {}); }, out);
  }
  return run_now(
      *this, fiber,
      [&](Fiber& f) {
        state_->reserve(f, 16);
        *f.at(0) = instantiate_script(script_class);
        const ClassInfo* c = state_->info(script_class);
        (void)state_->push_frame(f, &c->unit->functions[c->code->constructors.front()], 0);
        if (c->code->class_init == 0xFFFFFFFF || c->init != ClassInfo::Init::none) return;
        f.frames.back().dst = kDstDiscard;  // of the class's initialiser, which runs first, on top of it
        (void)state_->ensure_initialized(f, script_class);
      },
      out);
}

std::vector<std::pair<std::string, std::uint32_t>> Vm::origin(FiberId fiber) const {
  if (fiber >= state_->fibers.size()) return {};
  return state_->origin(*state_->fibers[fiber], 8);
}

RunState Vm::resume(std::uint64_t slice) { return state_->resume(slice); }

std::vector<Effect> Vm::take_effects() { return std::exchange(state_->effects, {}); }

bool Vm::complete(FiberId fiber, const data::Value& value) {
  if (fiber >= state_->fibers.size() || state_->fibers[fiber]->state != FiberState::waiting) return false;
  return complete(fiber, from_data(value));
}

bool Vm::complete(FiberId fiber, Value value) {
  if (fiber >= state_->fibers.size()) return false;
  Fiber& f = *state_->fibers[fiber];
  if (f.state != FiberState::waiting) return false;
  state_->since_wait = 0;
  f.state = FiberState::runnable;
  f.wants_delivery = true;
  f.delivers_exception = false;
  f.delivery = value;
  return true;
}

bool Vm::fail(FiberId fiber, Value throwable) {
  if (!complete(fiber, throwable)) return false;
  state_->fibers[fiber]->delivers_exception = true;
  return true;
}

bool Vm::fail(FiberId fiber, std::string_view java_class, std::string_view message, const data::Value& fields) {
  if (fiber >= state_->fibers.size() || state_->fibers[fiber]->state != FiberState::waiting) return false;
  Fiber* const outer = state_->current;
  state_->current = state_->fibers[fiber].get();
  const Value v = make_throwable(java_class, message, fields);
  state_->current = outer;
  return fail(fiber, v);
}

bool Vm::interrupt(FiberId fiber, std::string_view java_class, std::string_view message, const data::Value& fields) {
  return fail(fiber, java_class, message, fields);
}

void Vm::interrupt_all(std::string_view java_class, std::string_view message, const data::Value& fields) {
  for (FiberId id = 0; id < state_->fibers.size(); ++id) (void)interrupt(id, java_class, message, fields);
}

FiberState Vm::state(FiberId fiber) const {
  return fiber < state_->fibers.size() ? state_->fibers[fiber]->state : FiberState::finished;
}
std::string Vm::path(FiberId fiber) const {
  return fiber < state_->fibers.size() ? state_->fibers[fiber]->path : std::string();
}
FiberId Vm::find_fiber(std::string_view path) const {
  for (std::size_t i = state_->fibers.size(); i-- > 0;) {
    if (state_->fibers[i]->path == path) return static_cast<FiberId>(i);
  }
  return 0xFFFFFFFF;
}
std::uint64_t Vm::tag(FiberId fiber) const { return fiber < state_->fibers.size() ? state_->fibers[fiber]->tag : 0; }
void Vm::set_tag(FiberId fiber, std::uint64_t tag) {
  if (fiber < state_->fibers.size()) state_->fibers[fiber]->tag = tag;
}

Value Vm::result(FiberId fiber) const {
  return fiber < state_->fibers.size() ? state_->fibers[fiber]->result : Value::null();
}

std::optional<ExceptionInfo> Vm::failure(FiberId fiber) {
  if (fiber >= state_->fibers.size() || !state_->fibers[fiber]->has_failure) return std::nullopt;
  return describe(state_->fibers[fiber]->failure);
}

ExceptionInfo Vm::describe(Value throwable) {
  ExceptionInfo info;
  info.value = throwable;
  const ClassId id = state_->class_of(throwable);
  info.class_name = state_->name_of(id);
  info.message = state_->message_of(throwable, info.has_message);
  info.trace = state_->stack_trace(throwable);
  for (ClassId at = id; at != java::object;) {
    info.class_names.emplace_back(state_->name_of(at));
    at = at < java::count_ ? java_classes()[at].super : state_->info(at)->super;
  }
  return info;
}

LimitKind Vm::limit() const { return state_->limit_kind; }
FiberId Vm::limited_fiber() const { return state_->turned; }

void Vm::enforce_limits() {
  state_->limits.enforce = true;
  state_->recorded_limit.reset();
}

void Vm::count_limits() {
  state_->limits.enforce = false;
  state_->recorded_limit.reset();
}

void Vm::stop_at(LimitKind kind, std::uint64_t instructions) {
  state_->limits.enforce = kind == LimitKind::live_bytes;
  state_->recorded_limit = State::RecordedLimit{kind, instructions};
}

void Vm::abandon() {
  constexpr std::size_t kLeastAllowance = std::size_t{8} << 20;
  auto& s = *state_;
  s.effects.clear();
  s.exception = Value::null();
  s.abandon_fibers();
  s.collect_garbage();
  // What the script's variables still hold stays; beside it there is room for what ends the run.
  const std::size_t allowance = std::max(kLeastAllowance, s.granted_bytes / 4);
  s.limits.live_bytes = std::max(s.granted_bytes, heap_->bytes_used() + allowance);
}
const Runtime& Vm::runtime() const { return *state_->runtime; }
Value Vm::from_data(const data::Value& value) { return state_->from_data(value); }

Result<data::Value> Vm::to_data(Value value) {
  data::Value out;
  std::string problem;
  const Aside aside(*state_);
  try {
    if (!state_->to_data(value, out, problem, 0, "", false)) return windlass::fail(ErrorKind::invalid, problem);
  } catch (const BudgetSpent&) {
    if (!aside.is_active()) throw;
    return windlass::fail(ErrorKind::exhausted, "the value is too large to be looked at");
  }
  return out;
}

std::string Vm::display(Value value) { return state_->simple_text(value); }

Handle Vm::hold(Value value) {
  if (!state_->free_handles.empty()) {
    const Handle handle = state_->free_handles.back();
    state_->free_handles.pop_back();
    state_->handles[handle] = value;
    return handle;
  }
  state_->handles.push_back(value);
  return static_cast<Handle>(state_->handles.size() - 1);
}
Value Vm::held(Handle handle) const {
  return handle < state_->handles.size() ? state_->handles[handle] : Value::null();
}
void Vm::release(Handle handle) {
  if (handle >= state_->handles.size()) return;
  state_->handles[handle] = Value::null();
  state_->free_handles.push_back(handle);
}

ClassId Vm::class_of(Value value) const { return state_->class_of(value); }
std::string Vm::class_name(ClassId id) const { return std::string(state_->name_of(id)); }
bool Vm::is_subclass(ClassId sub, ClassId super) const { return state_->is_subclass(sub, super); }

Value Vm::method_pointer(Value receiver, std::string_view name) {
  const Value closure = heap_->make_closure(0xFFFFFFFF, 1, java::method_closure);
  ClosureObject* object = heap_->closure(closure);
  object->flavor = static_cast<std::uint8_t>(ClosureFlavor::method_pointer);
  object->self = object->owner = object->delegate = receiver;
  const Value text = heap_->make_string(name);
  heap_->closure_captured(closure)[0] = text;
  return closure;
}

Value Vm::make_throwable(std::string_view java_class, std::string_view message, const data::Value& fields) {
  const ClassId id = state_->find_class(java_class);
  const Value v = state_->make_throwable(id, heap_->make_string(message));
  if (fields.has_members()) {
    const Value map = from_data(fields);
    state_->wrap_causes(map);
    heap_->instance_slots(v)[throwable_extra] = map;
  }
  return v;
}

void Vm::set_exception(Value throwable) { state_->exception = throwable; }
Value Vm::take_exception() { return std::exchange(state_->exception, Value::null()); }

Value Vm::field(Value instance, std::string_view name) {
  Value out = Value::undefined();
  if (state_->get_field_value(instance, name, out)) return out;
  // What an effect's error or __setFields gave an exception of Java.
  if (instance.is(Kind::instance) && state_->is_subclass(class_of(instance), java::throwable)) {
    const Value extra = heap_->instance_slots(instance)[throwable_extra];
    if (extra.is(Kind::map)) return heap_->map_get(extra, name);
  }
  return Value::undefined();
}

Value Vm::binding_get(std::string_view name) {
  return heap_->map_get(state_->binding, heap_->text(state_->constant_name(name)));
}
void Vm::binding_set(std::string_view name, Value value) {
  heap_->map_put(state_->binding, state_->constant_name(name), value);
}

namespace {
void look_at(Vm::State& s, Value v, data::Value& out) {
  std::string problem;
  const Aside aside(s);
  try {
    if (s.to_data(v, out, problem, 0, "", true)) return;
  } catch (const BudgetSpent&) {
    problem = "too large to be shown";
  }
  out = data::Value(std::move(problem));
}
}  // namespace

std::vector<FrameInfo> Vm::frames(FiberId fiber) {
  std::vector<FrameInfo> out;
  if (fiber >= state_->fibers.size()) return out;
  Fiber& f = *state_->fibers[fiber];
  for (std::size_t i = f.frames.size(); i-- > 0;) {
    const Frame& frame = f.frames[i];
    if (frame.kind != FrameKind::code) continue;
    const FunctionCode& code = *frame.function->code;
    FrameInfo info;
    const ClassId owner = frame.function->owner;
    info.function = (code.kind == FunctionKind::closure ? code.closure_name
                     : owner != kNoClass                ? std::string(state_->name_of(owner))
                                                        : std::string("Script")) +
                    "." + code.name;
    info.source = frame.function->unit->unit->source->name();
    info.line = code.line_at(frame.pc > 0 ? frame.pc - 1 : 0);
    data::Map variables;
    for (const LocalInfo& local : code.locals) {
      if (frame.pc < local.begin || frame.pc > local.end) continue;
      Value v = *f.at(frame.base + local.reg);
      if (local.cell && v.is(Kind::cell)) v = heap_->at<CellObject>(v.ref)->value;
      data::Value one;
      look_at(*state_, v, one);
      variables.set(std::string(local.name), std::move(one));
    }
    if (code.kind == FunctionKind::closure) {
      const auto captured = heap_->closure_captured(*f.at(frame.base));
      for (std::size_t k = 0; k < code.captures.size() && k < captured.size(); ++k) {
        Value v = captured[k];
        if (code.captures[k].cell && v.is(Kind::cell)) v = heap_->at<CellObject>(v.ref)->value;
        data::Value one;
        look_at(*state_, v, one);
        variables.set(std::string(code.captures[k].name), std::move(one));
      }
    }
    info.variables = data::Value(std::move(variables));
    out.push_back(std::move(info));
  }
  return out;
}

data::Value Vm::bindings() {
  data::Value out;
  look_at(*state_, state_->binding, out);
  return out;
}

std::vector<FiberId> Vm::live_fibers() const {
  std::vector<FiberId> out;
  for (std::size_t i = 0; i < state_->fibers.size(); ++i) {
    auto now = state_->fibers[i]->state;
    if (now != FiberState::finished && now != FiberState::failed) out.push_back(static_cast<FiberId>(i));
  }
  return out;
}

std::uint64_t Vm::instructions() const {
  return state_->executed + static_cast<std::uint64_t>(state_->fuel_given - state_->fuel);
}

std::size_t Vm::memory_bytes() const {
  std::size_t bytes =
      sizeof(State) + heap_->bytes_reserved() + state_->method_choices.capacity() * sizeof(MethodChoice);
  for (const auto& f : state_->fibers)
    bytes += sizeof(Fiber) + f->capacity * sizeof(Value) + f->frames.capacity() * sizeof(Frame) +
             f->memos.capacity() * sizeof(Value);
  for (const auto& unit : state_->units) {
    bytes += sizeof(UnitState) + unit->constants.capacity() * sizeof(Value) +
             unit->unit->functions.size() * sizeof(FunctionState) + unit->types.size() * sizeof(ResolvedType);
    for (std::size_t i = 0; i < unit->unit->functions.size(); ++i) {
      if (unit->functions[i].caches) bytes += unit->unit->functions[i]->sites.size() * sizeof(SiteCache);
    }
  }
  for (const auto& c : state_->classes)
    bytes += sizeof(ClassInfo) + c->linear.capacity() * sizeof(ClassId) + c->name.capacity();
  return bytes;
}

void Vm::shrink() {
  state_->method_choices = std::vector<MethodChoice>();  // not `= {}`, which keeps the memory
  state_->regexes.reset();
  for (const auto& f : state_->fibers) {
    f->frames.shrink_to_fit();
    f->memos.shrink_to_fit();
    std::uint32_t top = 0;
    for (const Frame& frame : f->frames) top = std::max(top, frame.top);
    if (f->capacity > top + 32) {
      auto smaller = std::make_unique<Value[]>(top + 16);
      std::copy_n(f->stack.get(), top, smaller.get());
      f->stack = std::move(smaller);
      f->capacity = top + 16;
    }
  }
  // Caches of functions that are on no stack; those on a stack need theirs.
  std::vector<const FunctionState*> active;
  for (const auto& f : state_->fibers) {
    for (const Frame& frame : f->frames) {
      if (frame.function != nullptr) active.push_back(frame.function);
    }
  }
  for (FunctionState* function : state_->functions) {
    if (std::find(active.begin(), active.end(), function) == active.end()) function->caches.reset();
  }
  state_->collect_garbage();
}

}  // namespace windlass::vm
