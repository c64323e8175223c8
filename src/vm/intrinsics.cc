// What prelude code may ask of the evaluator itself: effects, host calls, branches, calls with a delegate. vm.h lists
// them. They are no methods: a bare call of such a name in prelude source comes here before any lookup, and acts on the
// caller's fiber directly, so that a body which waits needs no native below it.
#include <utility>

#include "groovy/parser.h"
#include "vm/state.h"

namespace windlass::vm {

namespace {

/// The leaves of a branch: what it waits with, its own branches if it has any that still run.
void collect_leaves(const Vm::State& s, FiberId id, std::vector<FiberId>& out) {
  const Fiber& f = *s.fibers[id];
  if (f.state == FiberState::finished || f.state == FiberState::failed) return;
  if (f.state == FiberState::joining) {
    for (const FiberId child : f.children) collect_leaves(s, child, out);
    return;
  }
  out.push_back(id);
}

}  // namespace

Step Vm::State::intrinsic(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, bool& found) {
  found = true;
  const auto arg = [&](std::uint32_t i) { return i < argc ? *f.at(window + 1 + i) : Value::null(); };
  const auto give = [&](Value v) {
    *f.at(window) = v;
    return Step::done;
  };
  const auto wrong = [&](std::string_view what) {
    (void)throw_java(java::illegal_argument_exception, std::string(name) + ": " + std::string(what));
    return Step::thrown;
  };

  if (name == "__effect") {
    Effect effect;
    effect.fiber = f.id;
    effect.path = f.path;
    effect.kind = simple_text(arg(0));
    std::string problem;
    if (!to_data(arg(1), effect.arguments, problem, 0, "", false)) return wrong(problem);
    effect.origin = origin(f, 8);
    effects.push_back(std::move(effect));
    f.state = FiberState::waiting;
    return Step::suspended;
  }
  if (name == "__host") {
    const std::string called = simple_text(arg(0));
    const std::vector<Value> args(f.at(window + 2), f.at(window + 1 + argc));
    Value out = Value::null();
    switch (host.call(vm, f.id, called, args, out)) {
      case Status::ok:
        return give(out);
      case Status::thrown:
        return Step::thrown;
      case Status::suspended:
        break;
    }
    return wrong("a host call cannot wait");
  }
  if (name == "__callStep") {
    const std::string step = simple_text(arg(0));
    std::vector<Value> args;
    if (const Value list = arg(1); list.is(Kind::list)) args.assign(heap.items(list).begin(), heap.items(list).end());
    spread_over(f, window, args);
    bool answered = false;
    const Step done = call_step(f, window, static_cast<std::uint32_t>(args.size()), step, answered);
    if (answered) return done;
    (void)throw_java(java::no_such_method_error, "No such DSL method '" + step + "' found among " + host.known_steps());
    return Step::thrown;
  }
  if (name == "__callClosure") {
    const Value closure = arg(0);
    if (!closure.is(Kind::closure)) return wrong("the first argument is no closure");
    const Value delegate = arg(1);
    std::vector<Value> args;
    if (const Value list = arg(2); list.is(Kind::list)) args.assign(heap.items(list).begin(), heap.items(list).end());
    spread_over(f, window, args);
    const Value clone = clone_closure(closure);
    set_delegate(clone, delegate);
    set_strategy(clone, 1);  // DELEGATE_FIRST
    *f.at(window) = clone;
    return enter_closure(f, window, static_cast<std::uint32_t>(args.size()));
  }
  if (name == "__spawn") {
    // One child per closure of the list, at path "<parent>/<index>", in order; they run when the parent waits.
    const Value list = arg(0);
    if (!list.is(Kind::list)) return wrong("a list of closures is wanted");
    f.children.clear();
    f.ended.clear();
    f.reported = 0;
    const auto count = static_cast<std::uint32_t>(heap.items(list).size());
    for (std::uint32_t i = 0; i < count; ++i) {
      const Value closure = heap.items(list)[i];
      Fiber& child = new_fiber(f.path + "/" + std::to_string(i), f.id);
      f.children.push_back(child.id);
      reserve(child, 16);
      *child.at(0) = closure;
      Fiber* const outer = std::exchange(current, &child);
      const Step entered = enter_closure(child, 0, 0);
      current = outer;
      if (entered == Step::thrown) {
        child.state = FiberState::failed;
        child.has_failure = true;
        child.failure = std::exchange(exception, Value::null());
        f.ended.push_back(i);
      } else if (entered == Step::done) {
        child.state = FiberState::finished;
        child.result = *child.at(0);
        f.ended.push_back(i);
      }
    }
    return give(Value::null());
  }
  if (name == "__nextEnded") {
    // Waits for the next child that ends; its index.
    if (f.reported < f.ended.size()) return give(Value::of_int(static_cast<std::int32_t>(f.ended[f.reported++])));
    if (f.reported >= f.children.size()) return wrong("every branch has been reported");
    f.waits_for_child = true;
    f.state = FiberState::joining;
    return Step::suspended;
  }
  if (name == "__outcome") {
    // [value: v] or [error: throwable] of an ended child.
    const auto index = static_cast<std::uint32_t>(to_int(arg(0)));
    if (index >= f.children.size()) return wrong("no such branch");
    const Fiber& child = *fibers[f.children[index]];
    const Value map = heap.make_map();
    *f.at(window) = map;
    heap.map_put(map, child.has_failure ? "error" : "value", child.has_failure ? child.failure : child.result);
    return give(map);
  }
  if (name == "__interrupt") {
    const auto index = static_cast<std::uint32_t>(to_int(arg(0)));
    if (index >= f.children.size()) return wrong("no such branch");
    std::vector<FiberId> leaves;
    collect_leaves(*this, f.children[index], leaves);
    for (const FiberId leaf : leaves) host.interrupt_branch(vm, leaf, arg(1));
    return give(Value::null());
  }
  if (name == "__setFields") {
    const Value t = arg(0);
    const Value fields = arg(1);
    if (!t.is(Kind::instance) || info(class_of(t)) != nullptr || !is_subclass(class_of(t), java::throwable)) {
      if (!is_subclass(class_of(t), java::throwable)) return wrong("the first argument is no throwable");
    }
    Value extra = heap.instance_slots(t)[throwable_extra];
    if (!extra.is(Kind::map)) {
      extra = heap.make_map();
      heap.instance_slots(t)[throwable_extra] = extra;
    }
    if (fields.is(Kind::map)) {
      for (const auto slot : heap.map_order(fields)) {
        const auto entry = heap.slots(fields)[slot];
        heap.map_put(extra, entry.key.plain(), entry.value.plain());
      }
      wrap_causes(extra);
    }
    return give(Value::null());
  }
  if (name == "__className") return give(heap.make_string(std::string_view(class_name(arg(0)))));
  if (name == "__enterUse" || name == "__leaveUse") {
    // Categories of this fiber, a list of classes.
    if (!arg(0).is(Kind::list)) return wrong("a list of classes is wanted");
    const auto count = static_cast<std::uint32_t>(heap.items(arg(0)).size());
    if (name == "__enterUse") {
      for (const Value v : heap.items(arg(0))) {
        if (!v.is_class()) return wrong("a list of classes is wanted");
      }
      for (const Value v : heap.items(arg(0))) f.categories.push_back(v.class_id());
      categories_in_use += count;
      has_expandos = true;
      clear_caches();
    } else {
      const std::size_t left = f.categories.size() - std::min<std::size_t>(count, f.categories.size());
      categories_in_use -= static_cast<std::uint32_t>(f.categories.size() - left);
      f.categories.resize(left);
    }
    return give(Value::null());
  }
  if (name == "__wrap") {
    if (!arg(0).is(Kind::closure) || !arg(1).is(Kind::closure)) return wrong("closures are wanted");
    const Value out = heap.make_closure(static_cast<std::uint32_t>(NativeClosure::wrapped), 3, java::composed_closure);
    ClosureObject* object = heap.closure(out);
    const ClosureObject* shown = heap.closure(arg(1));
    object->flavor = static_cast<std::uint8_t>(ClosureFlavor::native);
    object->self = shown->self;
    object->owner = shown->owner;
    object->delegate = shown->delegate;
    object->strategy = shown->strategy;
    for (std::uint32_t i = 0; i < 3; ++i) heap.closure_captured(out)[i] = arg(i);
    return give(out);
  }
  if (name == "__mark") {
    const Value v = arg(0);
    if (!v.is(Kind::closure)) return give(Value::null());
    const ClosureObject* object = heap.closure(v);
    const bool wrapped = object->flavor == static_cast<std::uint8_t>(ClosureFlavor::native) &&
                         object->function == static_cast<std::uint32_t>(NativeClosure::wrapped);
    return give(wrapped ? heap.closure_captured(v)[2] : Value::null());
  }
  if (name == "__compile") {
    const Value from = arg(0);
    const std::string script = "Script" + std::to_string(++evaluated_scripts);
    const std::string text = simple_text(arg(1));
    auto unit = host.compile_text(vm, text, script);
    if (!unit) {
      const groovy::Source source(script + ".groovy", text);
      (void)throw_java(java::multiple_compilation_errors_exception,
                       groovy::format_diagnostics(source, unit.error().diagnostics));
      return Step::thrown;
    }
    const ClassInfo* c = info(vm.load(*unit));
    const Value object = new_instance(c->id);
    const Value shared = from.is(Kind::instance)        ? script_binding(from)
                         : from.is(Kind::native_object) ? heap.native_slots(from)[0]
                                                        : binding;
    heap.instance_slots(object)[0] = shared;
    *f.at(window) = object;
    return enter(f, &c->unit->functions[c->code->constructors.front()], window, 0);
  }
  found = false;
  return Step::done;
}

}  // namespace windlass::vm
