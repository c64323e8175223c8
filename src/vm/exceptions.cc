// Throwing from C++: throwables as instances, messages as Groovy 2.4 words them, stack traces. Source:
// pipeline-language.md 5.6.
#include <algorithm>
#include <cctype>
#include <cstring>

#include "vm/foreign_classes.h"
#include "vm/state.h"

namespace windlass::vm {

namespace {
struct TraceEntry {
  std::uint32_t function;
  std::uint32_t line;
};
constexpr std::size_t kMaxTrace = 256;
constexpr std::size_t kMostCauses = 100;  // that are printed
}  // namespace

Value Vm::State::make_trace(Fiber* f) {
  if (f == nullptr) return Value::null();
  std::vector<TraceEntry> entries;
  for (std::size_t i = f->frames.size(); i-- > 0 && entries.size() < kMaxTrace;) {
    const Frame& frame = f->frames[i];
    if (frame.kind != FrameKind::code) continue;
    entries.push_back({frame.function->number, frame.function->code->line_at(frame.pc > 0 ? frame.pc - 1 : 0)});
  }
  charge(8 + entries.size());
  const Value trace =
      heap.make_native(java::object, 0, static_cast<std::uint32_t>(entries.size() * sizeof(TraceEntry)));
  if (!entries.empty())
    std::memcpy(heap.native_bytes(trace).data(), entries.data(), entries.size() * sizeof(TraceEntry));
  return trace;
}

Value Vm::State::make_throwable(ClassId id, Value message, Value cause) {
  if (id == kNoClass) id = java::runtime_exception;
  const ClassInfo* c = info(id);
  const Value v = heap.make_instance(id, c != nullptr ? c->slots : static_cast<std::uint32_t>(kThrowableSlots));
  auto slots = heap.instance_slots(v);
  slots[throwable_message] = message;
  slots[throwable_cause] = cause;
  const Value trace = make_trace(current);
  heap.instance_slots(v)[throwable_trace] = trace;
  return v;
}

Status Vm::State::throw_value(Value v) {
  if (v.is_null()) return throw_java(java::null_pointer_exception);
  exception = v;
  return Status::thrown;
}

Status Vm::State::throw_java(ClassId id, std::string_view message) {
  exception = make_throwable(id, heap.make_string(message));
  return Status::thrown;
}

Status Vm::State::throw_java(ClassId id) {
  exception = make_throwable(id, Value::null());
  return Status::thrown;
}

void Vm::State::throw_missing_class() {
  if (last_class_failure.empty()) {
    (void)throw_java(java::no_class_def_found_error, last_loaded_missing);
  } else {
    (void)throw_java(java::multiple_compilation_errors_exception, last_class_failure);
  }
}

Step Vm::State::throw_foreign(ClassId id) {
  (void)throw_java(java::no_class_def_found_error, foreign_class_message(info(id)->name));
  return Step::thrown;
}

Status Vm::State::throw_cast(Value v, ResolvedType type) {
  // Java's form of maps, unlike what println shows.
  TextBuilder shown;
  const Value saved = exception;
  const bool contains = v.is(Kind::map) || v.is(Kind::range) || v.is(Kind::array) || v.is(Kind::list);
  const bool java_form = contains && text(nullptr, v, shown, TextMode::java) == Status::ok;
  exception = saved;
  // A char is read from the text of what is given.
  const bool to_char = type.arrays == 0 && (type.id == java::p_char || type.id == java::character) && !v.is_null();
  std::string message = "Cannot cast object '" + (java_form ? shown.view().utf8() : simple_text(v)) + "' with class '" +
                        (to_char ? "java.lang.String" : class_name(v)) + "' to class '" +
                        (to_char ? "char" : type_name(type)) + "'";
  return throw_java(java::groovy_cast_exception, message);
}

/// What a number says to null: overloads that Groovy cannot choose between, or Java's exception in the only one.
bool Vm::State::throw_null_operand(Value receiver, std::string_view name) {
  const std::string own = class_name(receiver);
  const auto null_in = [&](std::string_view call_text, std::string_view variable) {
    (void)throw_java(java::null_pointer_exception, "Cannot invoke \"" + std::string(call_text) + "\" because \"" +
                                                       std::string(variable) + "\" is null");
    return true;
  };
  const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (is_one_of({"plus", "minus", "multiply", "div", "intdiv"})) {
    std::string text = "Ambiguous method overloading for method " + own + "#" + std::string(name) +
                       ".\nCannot resolve which method to invoke for [null] due to overlapping prototypes between:"
                       "\n\t[class java.lang.Character]";
    if (name == "plus" && receiver.is_number()) text += "\n\t[class java.lang.String]";
    (void)throw_java(java::groovy_runtime_exception, text + "\n\t[class java.lang.Number]");
    return true;
  }
  if (receiver.is_character()) return false;
  if (name == "power") return null_in("java.lang.Number.doubleValue()", "exponent");
  const bool shifts = is_one_of({"leftShift", "rightShift", "rightShiftUnsigned"});
  if (!shifts && !is_one_of({"mod", "and", "or", "xor"})) return false;
  const bool big = receiver.is(Kind::big_integer);
  const bool real = receiver.is_floating() || receiver.is(Kind::big_decimal);
  if ((big && shifts) || (real && (name != "mod" || receiver.is(Kind::big_decimal)))) {
    TextBuilder shown;
    number_text(receiver, shown);
    (void)throw_java(
        java::unsupported_operation_exception,
        "Cannot use " + std::string(name) + "() on this number type: " + own + " with value: " + shown.view().utf8());
    return true;
  }
  if (big) return null_in("Object.toString()", "n");
  if (real) return null_in("java.lang.Number.doubleValue()", "right");
  return null_in(receiver.tag == Tag::long_ ? "java.lang.Number.longValue()" : "java.lang.Number.intValue()", "right");
}

Status Vm::State::throw_missing_method(Value receiver, std::string_view name, std::span<const Value> args,
                                       bool is_static) {
  if (receiver.is_null()) {
    return throw_java(java::null_pointer_exception, "Cannot invoke method " + std::string(name) + "() on null object");
  }
  const bool on_class = receiver.is_class() && is_static;
  if ((receiver.is_number() || receiver.is_character()) && args.size() == 1 && args[0].is_null() &&
      throw_null_operand(receiver, name))
    return Status::thrown;
  if (refused(receiver.is_class() ? receiver.class_id() : class_of(receiver), name, args, on_class))
    return Status::thrown;
  if (args.empty() && receiver.is(Kind::instance)) {
    // Several methods of the name, none without parameters: Groovy cannot choose which one gets null.
    std::vector<std::string> list;
    const std::string own(name_of(class_of(receiver)));
    for (const ClassId c : linear(class_of(receiver))) {
      const ClassInfo* i = info(c);
      if (i == nullptr || i->code == nullptr) continue;
      const auto [begin, end] = i->code->methods_by_name.equal_range(name);
      for (auto it = begin; it != end; ++it) {
        FunctionState& f = i->unit->functions[it->second];
        std::string line = "\n  public " +
                           (f.code->return_type == kNone16 ? std::string("java.lang.Object")
                                                           : type_name(resolve(*i->unit, f.code->return_type))) +
                           " " + std::string(name_of(c)) + "#" + std::string(name) + "(";
        for (const ResolvedType type : parameter_types(f)) line += (line.back() == '(' ? "" : ", ") + type_name(type);
        list.push_back(line + ")");
      }
    }
    if (list.size() > 1) {
      std::sort(list.begin(), list.end());
      std::string text = "Could not find which method " + std::string(name) + "() to invoke from this list:";
      for (const auto& line : list) text += line;
      return throw_java(java::method_selection_exception, text);
    }
  }
  std::string owner = on_class ? std::string(name_of(receiver.class_id())) : class_name(receiver);
  if (receiver.is(Kind::closure) && heap.closure(receiver)->flavor == static_cast<std::uint8_t>(ClosureFlavor::code)) {
    owner = functions[heap.closure(receiver)->function]->code->closure_name;
  }
  std::string message = "No signature of method: " + std::string(on_class ? "static " : "") + owner + "." +
                        std::string(name) + "() is applicable for argument types: (";
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (i > 0) message += ", ";
    message +=
        args[i].is_null() ? "null"
        : args[i].is(Kind::closure) && heap.closure(args[i])->flavor == static_cast<std::uint8_t>(ClosureFlavor::code)
            ? functions[heap.closure(args[i])->function]->code->closure_name
            : class_name(args[i]);
  }
  message += ") values: [" + list_text(args) + "]";
  std::string solutions;
  if (receiver.is(Kind::closure) && (name == "call" || name == "doCall") &&
      heap.closure(receiver)->flavor == static_cast<std::uint8_t>(ClosureFlavor::code)) {
    solutions = "doCall(";
    for (const ResolvedType type : closure_parameters(receiver))
      solutions += (solutions.back() == '(' ? "" : ", ") + type_name(type);
    solutions += ")";
    if (functions[heap.closure(receiver)->function]->code->implicit_it) solutions += ", doCall()";
  } else {
    solutions = possible_solutions(receiver, name, args);
  }
  if (!solutions.empty()) message += "\nPossible solutions: " + solutions;
  return throw_java(java::missing_method_exception, message);
}

bool Vm::State::refused(ClassId owner, std::string_view member, std::span<const Value> args, bool is_static) {
  if (owner >= java::count_) return false;
  const std::string name(name_of(owner));
  const std::string_view instead = instead_of(name, member);
  if (instead.empty()) return false;
  // Jenkins' own words first: people look for them.
  std::string message = "Scripts not permitted to use ";
  if (member == "<init>") {
    message += "new " + name;
  } else {
    message += (is_static ? "staticMethod " : "method ") + name + " " + std::string(member);
  }
  for (const Value v : args) message += " " + (v.is_null() ? std::string("null") : class_name(v));
  (void)throw_java(java::rejected_access_exception, message + "; " + std::string(instead));
  return true;
}

Status Vm::State::throw_missing_property(std::string_view owner, std::string_view name) {
  return throw_java(java::missing_property_exception,
                    "No such property: " + std::string(name) + " for class: " + std::string(owner));
}

Status Vm::State::throw_missing_property(Value object, std::string_view name) {
  if (object.is_null()) {
    return throw_java(java::null_pointer_exception, "Cannot get property '" + std::string(name) + "' on null object");
  }
  const ClassId id = object.is_class() ? object.class_id() : class_of(object);
  std::string getter = "get" + std::string(name);
  if (getter.size() > 3 && getter[3] >= 'a' && getter[3] <= 'z') getter[3] = static_cast<char>(getter[3] - 'a' + 'A');
  if (refused(id, getter, {}, object.is_class())) return Status::thrown;
  std::string message = "No such property: " + std::string(name) +
                        " for class: " + (object.is_class() ? std::string(name_of(id)) : class_name(object));
  const std::string solutions = similar_properties(id, name);
  if (!solutions.empty()) message += "\nPossible solutions: " + solutions;
  return throw_java(java::missing_property_exception, message);
}

std::string Vm::State::message_of(Value throwable, bool& has_message) {
  has_message = false;
  if (!throwable.is(Kind::instance)) return {};
  const auto slots = heap.instance_slots(throwable);
  if (slots.size() <= throwable_message) return {};
  const Value message = slots[throwable_message];
  if (message.is_null()) return {};
  has_message = true;
  return simple_text(message);
}

std::string Vm::State::throwable_text(Value throwable) {
  bool has_message = false;
  const std::string message = message_of(throwable, has_message);
  std::string out(name_of(class_of(throwable)));
  if (out == "org.codehaus.groovy.runtime.powerassert.PowerAssertionError")
    return "Assertion failed: \n\n" + message + "\n";
  if (has_message) out += ": " + message;
  return out;
}

std::vector<Vm::State::TraceLine> Vm::State::trace_lines(Value throwable) {
  std::vector<TraceLine> out;
  if (!throwable.is(Kind::instance)) return out;
  const auto slots = heap.instance_slots(throwable);
  if (slots.size() <= throwable_trace || !slots[throwable_trace].is(Kind::native_object)) return out;
  const auto bytes = heap.native_bytes(slots[throwable_trace]);
  for (std::size_t i = 0; i + sizeof(TraceEntry) <= bytes.size(); i += sizeof(TraceEntry)) {
    TraceEntry entry{};
    std::memcpy(&entry, bytes.data() + i, sizeof entry);
    const FunctionState& f = *functions[entry.function];
    TraceLine line;
    const FunctionCode& code = *f.code;
    line.class_name = code.kind == FunctionKind::closure ? code.closure_name
                      : f.owner != kNoClass              ? std::string(name_of(f.owner))
                                                         : "Script";
    line.method = code.name == "<init>default" ? "<init>" : code.name;
    line.file = f.unit->unit->source->name();
    line.line = entry.line;
    line.kind = f.unit->unit->kind;
    out.push_back(std::move(line));
  }
  return out;
}

std::string Vm::State::stack_trace(Value throwable) {
  std::string out;
  std::vector<Value> seen;
  Value at = throwable;
  bool first = true;
  while (at.is(Kind::instance)) {
    if (std::any_of(seen.begin(), seen.end(), [&](Value v) { return v.identical(at); })) break;
    if (seen.size() == kMostCauses) {
      out += "Caused by: further exceptions, which are not shown\n";
      break;
    }
    seen.push_back(at);
    if (!first) out += "Caused by: ";
    first = false;
    out += throwable_text(at) + "\n";
    for (const TraceLine& line : trace_lines(at)) {
      out += "\tat " + line.class_name + "." + line.method + "(" + line.file + ":" + std::to_string(line.line) + ")\n";
    }
    const auto slots = heap.instance_slots(at);
    at = slots.size() > throwable_cause ? slots[throwable_cause] : Value::null();
  }
  return out;
}

}  // namespace windlass::vm
