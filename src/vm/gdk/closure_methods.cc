// Methods of groovy.lang.Closure that make or describe closures. Calling is calls.cc; composition, memoize and
// trampoline are Groovy (src/prelude/gdk/closures.groovy), because what they call may wait.
#include <algorithm>

#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

Vm::State& state_of(Call& call) { return call.vm().state(); }

/// A closure that calls `inner` with more arguments, inserted at `index`; negative counts from the end.
Status curried(Call& call, std::int32_t index, std::span<const Value> args) {
  Vm::State& s = state_of(call);
  const Value inner = s.clone_closure(call.self());
  const Value out = call.heap().make_closure(static_cast<std::uint32_t>(NativeClosure::curried),
                                             static_cast<std::uint16_t>(args.size() + 2), java::curried_closure);
  ClosureObject* object = call.heap().closure(out);
  const ClosureObject* like = call.heap().closure(inner);
  object->flavor = static_cast<std::uint8_t>(ClosureFlavor::native);
  object->self = like->self;
  object->owner = inner;
  object->delegate = like->delegate;
  object->strategy = like->strategy;
  const auto captured = call.heap().closure_captured(out);
  captured[0] = inner;
  captured[1] = Value::of_int(index);
  std::copy(args.begin(), args.end(), captured.begin() + 2);
  return call.give(out);
}

std::vector<Value> given(Call& call, std::uint32_t first) {
  std::vector<Value> args(call.args().begin() + first, call.args().end());
  if (args.size() == 1 && args[0].is(Kind::array)) {
    const auto all = call.heap().array_items(args[0]);
    args.assign(all.begin(), all.end());
  }
  return args;
}

Status curry(Call& call) { return curried(call, 0, given(call, 0)); }
Status rcurry(Call& call) {
  const auto args = given(call, 0);
  return curried(call, -static_cast<std::int32_t>(args.size()), args);
}
Status ncurry(Call& call) {
  const auto args = given(call, 1);
  const auto parameters = state_of(call).closure_parameters(call.self());
  const std::int32_t index = call.int_arg(0);
  const auto have = static_cast<std::int32_t>(parameters.size());
  const auto more = static_cast<std::int32_t>(args.size());
  const bool varargs = !parameters.empty() && parameters.back().arrays > 0;
  if (!varargs) {
    if (more > have) {
      return call.throw_java(java::illegal_argument_exception, "Can't curry " + std::to_string(more) +
                                                                   " arguments for a closure with " +
                                                                   std::to_string(have) + " parameters.");
    }
    if (index < 0 ? index < -have || index > -more : index + more > have) {
      return call.throw_java(java::illegal_argument_exception,
                             "To curry " + std::to_string(more) + " argument(s) expect index range 0.." +
                                 std::to_string(have - more) + " but found " + std::to_string(index));
    }
  }
  return curried(call, index, args);
}

Status get_owner(Call& call) { return call.give(call.heap().closure(call.self())->owner); }
Status get_delegate(Call& call) { return call.give(call.heap().closure(call.self())->delegate); }
Status get_this_object(Call& call) { return call.give(call.heap().closure(call.self())->self); }
Status get_strategy(Call& call) { return call.give(std::int32_t{call.heap().closure(call.self())->strategy}); }
Status set_delegate(Call& call) {
  state_of(call).set_delegate(call.self(), call.arg(0));
  return call.give_null();
}
Status set_strategy(Call& call) {
  state_of(call).set_strategy(call.self(), static_cast<std::uint8_t>(call.int_arg(0)));
  return call.give_null();
}
Status clone(Call& call) { return call.give(state_of(call).clone_closure(call.self())); }
Status rehydrate(Call& call) {
  const Value out = state_of(call).clone_closure(call.self());
  ClosureObject* object = call.heap().closure(out);
  object->delegate = call.arg(0);
  object->owner = call.arg(1);
  object->self = call.arg(2);
  return call.give(out);
}
Status dehydrate(Call& call) {
  const Value out = state_of(call).clone_closure(call.self());
  ClosureObject* object = call.heap().closure(out);
  object->delegate = object->owner = object->self = Value::null();
  return call.give(out);
}
Status parameter_count(Call& call) {
  return call.give(static_cast<std::int32_t>(state_of(call).closure_parameters(call.self()).size()));
}
Status parameter_types(Call& call) {
  const auto types = state_of(call).closure_parameters(call.self());
  const Value array = call.heap().make_array(java::class_, static_cast<std::uint32_t>(types.size()));
  for (std::size_t i = 0; i < types.size(); ++i) {
    call.heap().array_items(array)[i] =
        Value::of_class(types[i].arrays > 0 ? static_cast<ClassId>(java::object_array) : types[i].id);
  }
  return call.give(array);
}
Status run(Call& call) {
  Value ignored;
  VM_DO(call.invoke(call.self(), {}, ignored));
  return call.give_null();
}

template <std::int32_t kStrategy>
Status strategy_constant(Call& call) {
  return call.give(kStrategy);
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"groovy.lang.Closure", "curry", "Object...", curry},
    {"groovy.lang.Closure", "rcurry", "Object...", rcurry},
    {"groovy.lang.Closure", "ncurry", "int,Object...", ncurry},
    {"groovy.lang.Closure", "getOwner", "", get_owner},
    {"groovy.lang.Closure", "getDelegate", "", get_delegate},
    {"groovy.lang.Closure", "getThisObject", "", get_this_object},
    {"groovy.lang.Closure", "getResolveStrategy", "", get_strategy},
    {"groovy.lang.Closure", "setDelegate", "Object", set_delegate},
    {"groovy.lang.Closure", "setResolveStrategy", "int", set_strategy},
    {"groovy.lang.Closure", "clone", "", clone},
    {"groovy.lang.Closure", "rehydrate", "Object,Object,Object", rehydrate},
    {"groovy.lang.Closure", "dehydrate", "", dehydrate},
    {"groovy.lang.Closure", "getMaximumNumberOfParameters", "", parameter_count},
    {"groovy.lang.Closure", "getParameterTypes", "", parameter_types},
    {"groovy.lang.Closure", "run", "", run},
    {"groovy.lang.Closure", "OWNER_FIRST", "", strategy_constant<0>, K::static_field},
    {"groovy.lang.Closure", "DELEGATE_FIRST", "", strategy_constant<1>, K::static_field},
    {"groovy.lang.Closure", "OWNER_ONLY", "", strategy_constant<2>, K::static_field},
    {"groovy.lang.Closure", "DELEGATE_ONLY", "", strategy_constant<3>, K::static_field},
    {"groovy.lang.Closure", "TO_SELF", "", strategy_constant<4>, K::static_field},
};

}  // namespace

NativeTable closure_methods() { return kMethods; }

}  // namespace windlass::vm
