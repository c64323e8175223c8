// Methods of java.lang.Throwable. Messages, traces and their texts are made in exceptions.cc.
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

Vm::State& state_of(Call& call) { return call.vm().state(); }

Value slot(Call& call, ThrowableSlot which) { return call.heap().instance_slots(call.self())[which]; }

Status get_message(Call& call) { return call.give(slot(call, throwable_message)); }
/// getMessage() of the class, which may be its own.
Status get_localized_message(Call& call) {
  Value out;
  VM_DO(call.invoke_method(call.self(), "getMessage", {}, out));
  return call.give(out);
}
Status get_cause(Call& call) { return call.give(slot(call, throwable_cause)); }
Status init_cause(Call& call) {
  if (!slot(call, throwable_cause).is_null()) {
    return call.throw_java(java::illegal_state_exception, "Can't overwrite cause");
  }
  call.heap().instance_slots(call.self())[throwable_cause] = call.arg(0);
  return call.give(call.self());
}
Status print_stack_trace(Call& call) {
  Vm::State& s = state_of(call);
  s.host.print_error(call.fiber().id, s.stack_trace(call.self()));
  return call.give_null();
}
Status print_stack_trace_to(Call& call) {
  const Value args[] = {call.heap().make_string(std::string_view(state_of(call).stack_trace(call.self())))};
  Value ignored;
  VM_DO(call.invoke_method(call.arg(0), "print", args, ignored));
  return call.give_null();
}
Status get_stack_trace(Call& call) {
  const auto lines = state_of(call).trace_lines(call.self());
  const Value array = call.heap().make_array(java::stack_trace_element, static_cast<std::uint32_t>(lines.size()));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Value element = call.heap().make_native(java::stack_trace_element, 4);
    const Value parts[] = {call.heap().make_string(std::string_view(lines[i].class_name)),
                           call.heap().make_string(std::string_view(lines[i].method)),
                           call.heap().make_string(std::string_view(lines[i].file)),
                           Value::of_int(static_cast<std::int32_t>(lines[i].line))};
    for (std::size_t k = 0; k < 4; ++k) call.heap().native_slots(element)[k] = parts[k];
    call.heap().array_items(array)[i] = element;
  }
  return call.give(array);
}
/// A trace that is replaced or filled anew stays as it is: it tells where the throwable was made.
Status keep_stack_trace(Call& call) { return call.give(call.self()); }

Status add_suppressed(Call& call) {
  if (call.arg(0).identical(call.self())) {
    return call.throw_java(java::illegal_argument_exception, "Self-suppression not permitted");
  }
  Value list = slot(call, throwable_suppressed);
  if (!list.is(Kind::list)) {
    list = call.heap().make_list();
    call.heap().instance_slots(call.self())[throwable_suppressed] = list;
  }
  call.heap().list_add(list, call.arg(0));
  return call.give_null();
}
Status get_suppressed(Call& call) {
  const Value list = slot(call, throwable_suppressed);
  const std::vector<Value> all =
      list.is(Kind::list) ? std::vector<Value>(call.heap().items(list).begin(), call.heap().items(list).end())
                          : std::vector<Value>();
  const Value array = call.heap().make_array(java::throwable, static_cast<std::uint32_t>(all.size()));
  for (std::size_t i = 0; i < all.size(); ++i) call.heap().array_items(array)[i] = all[i];
  return call.give(array);
}

template <std::size_t kPart>
Status element_part(Call& call) {
  return call.give(call.heap().native_slots(call.self())[kPart]);
}
Status element_text(Call& call) {
  const auto parts = call.heap().native_slots(call.self());
  return call.give_utf8(call.heap().utf8(parts[0]) + "." + call.heap().utf8(parts[1]) + "(" +
                        call.heap().utf8(parts[2]) + ":" + std::to_string(parts[3].integer) + ")");
}

/// What a MissingPropertyException or MissingMethodException is about, read from its own words.
std::string between(const std::string& text, std::string_view begin, std::string_view end) {
  const auto at = text.find(begin);
  if (at == std::string::npos) return {};
  const auto from = at + begin.size();
  const auto to = text.find(end, from);
  return text.substr(from, to == std::string::npos ? std::string::npos : to - from);
}
std::string own_message(Call& call) {
  bool has_message = false;
  return call.vm().state().message_of(call.self(), has_message);
}
/// `Class.method` or `static Class.method`.
std::string missing_call(const std::string& text) {
  std::string called = between(text, "No signature of method: ", "() is applicable");
  if (called.starts_with("static ")) called.erase(0, 7);
  return called;
}
Status missing_name(Call& call) {
  const std::string text = own_message(call);
  std::string name = between(text, "No such property: ", " for class: ");
  if (name.empty()) name = missing_call(text);
  name.erase(0, name.rfind('.') + 1);
  return name.empty() ? call.give_null() : call.give_utf8(name);
}
Status missing_type(Call& call) {
  const std::string text = own_message(call);
  std::string name = between(text, " for class: ", "\n");
  if (name.empty()) {
    name = missing_call(text);
    name.resize(name.rfind('.') == std::string::npos ? 0 : name.rfind('.'));
  }
  const ClassId id = call.vm().state().find_class(name);
  return id == kNoClass ? call.give_null() : call.give(Value::of_class(id));
}
Status missing_is_static(Call& call) {
  return call.give(own_message(call).starts_with("No signature of method: static "));
}

constexpr NativeMethod kMethods[] = {
    {"groovy.lang.MissingPropertyException", "getProperty", "", missing_name},
    {"groovy.lang.MissingPropertyException", "getType", "", missing_type},
    {"groovy.lang.MissingMethodException", "getMethod", "", missing_name},
    {"groovy.lang.MissingMethodException", "getType", "", missing_type},
    {"groovy.lang.MissingMethodException", "isStatic", "", missing_is_static},
    {"java.lang.Throwable", "getMessage", "", get_message},
    {"java.lang.Throwable", "getLocalizedMessage", "", get_localized_message},
    {"java.lang.Throwable", "getCause", "", get_cause},
    {"java.lang.Throwable", "initCause", "Throwable", init_cause},
    {"java.lang.Throwable", "printStackTrace", "", print_stack_trace},
    {"java.lang.Throwable", "printStackTrace", "Object", print_stack_trace_to},
    {"java.lang.Throwable", "getStackTrace", "", get_stack_trace},
    {"java.lang.Throwable", "setStackTrace", "Object", keep_stack_trace},
    {"java.lang.Throwable", "fillInStackTrace", "", keep_stack_trace},
    {"java.lang.Throwable", "addSuppressed", "Throwable", add_suppressed},
    {"java.lang.Throwable", "getSuppressed", "", get_suppressed},
    {"java.lang.StackTraceElement", "getClassName", "", element_part<0>},
    {"java.lang.StackTraceElement", "getMethodName", "", element_part<1>},
    {"java.lang.StackTraceElement", "getFileName", "", element_part<2>},
    {"java.lang.StackTraceElement", "getLineNumber", "", element_part<3>},
    {"java.lang.StackTraceElement", "toString", "", element_text},
};

}  // namespace

NativeTable throwable_methods() { return kMethods; }

}  // namespace windlass::vm
