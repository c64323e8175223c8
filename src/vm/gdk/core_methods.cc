// Methods of every object, of classes, enums, scripts, bindings and GStrings: what Groovy itself adds to Object and
// what java.lang.Class answers. Closures, throwables and intrinsics have files of their own.
#include <algorithm>
#include <iterator>

#include "text/java_format.h"
#include "vm/gdk/bean_properties.h"
#include "vm/gdk/decimal_symbols.h"
#include "vm/gdk/java_enums.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

Vm::State& state_of(Call& call) { return call.vm().state(); }

// ---- printing
// --------------------------------------------------------------------------------------------------------

Status print_text(Call& call, const TextBuilder& text) {
  // A PrintStream of a byte array stream shares its bytes; any other one is the output of the script.
  if (call.self().is(Kind::native_object) && call.class_of(call.self()) == java::print_stream &&
      !call.heap().native_slots(call.self()).empty()) {
    const auto bytes = text.view().utf8();
    VM_DO(call.check_size(bytes.size()));
    call.heap().builder_append(call.heap().native_slots(call.self())[0], TextView(std::string_view(bytes)));
    return call.give_null();
  }
  state_of(call).host.print(call.fiber().id, text.view().utf8());
  return call.give_null();
}

Status object_print(Call& call) {
  TextBuilder text;
  VM_DO(call.to_text(call.arg(0), text));
  return print_text(call, text);
}
Status object_println(Call& call) {
  TextBuilder text;
  if (call.has(0)) VM_DO(call.to_text(call.arg(0), text));
  text.append("\n");
  return print_text(call, text);
}

/// What java.util.Formatter needs to know of a value. Texts of objects are made beforehand: they may run user code.
Status format_argument(Call& call, Value v, text::FormatArgument& out) {
  if (v.is_null()) {
    out = text::FormatNull{};
  } else if (v.is_boolean()) {
    out = v.is_true();
  } else if (v.is_character()) {
    out = text::FormatChar{static_cast<char32_t>(v.integer)};
  } else if (v.is_integral()) {
    const int bits = v.tag == Tag::byte_ ? 8 : v.tag == Tag::short_ ? 16 : v.tag == Tag::int_ ? 32 : 64;
    out = text::FormatInt{v.integer, bits};
  } else if (v.is_floating()) {
    out = text::FormatFloat{v.number, v.tag == Tag::float_};
  } else if (v.is(Kind::big_integer)) {
    out = call.to_big_integer(v);
  } else if (v.is(Kind::big_decimal)) {
    out = call.to_big_decimal(v);
  } else if (v.is_string()) {
    out = call.heap().utf8(v);
  } else if (v.is(Kind::native_object) && call.is_instance(v, java::date)) {
    Value millis;
    VM_DO(call.invoke_method(v, "getTime", {}, millis));
    out = text::FormatDate{call.to_long(millis)};
  } else {
    Value shown;
    VM_DO(call.invoke_method(v, "toString", {}, shown));
    std::int32_t hashed = 0;
    VM_DO(call.hash(v, hashed));
    text::FormatObject object;
    object.class_name = call.class_name(v);
    object.to_string = [text = call.text_of(shown).utf8()] { return num::JavaResult<std::string>(text); };
    object.hash_code = [hashed] { return num::JavaResult<std::int32_t>(hashed); };
    out = std::move(object);
  }
  return Status::ok;
}

/// `format` and its arguments, which may be one array or list.
Status format_text(Call& call, std::uint32_t first, std::string& out, bool spreads_lists = true,
                   text::FormatMarks marks = {}) {
  std::vector<Value> values;
  for (std::uint32_t i = first; i < call.count(); ++i) values.push_back(call.arg(i));
  if (values.size() == 1 && (values[0].is(Kind::array) || (spreads_lists && values[0].is(Kind::list)))) {
    const auto all = call.heap().elements(values[0]);
    values.assign(all.begin(), all.end());
  }
  std::vector<text::FormatArgument> arguments;
  for (const Value v : values) {
    text::FormatArgument one;
    VM_DO(format_argument(call, v, one));
    arguments.push_back(std::move(one));
  }
  TextView format;
  VM_DO(call.text(first == 0 ? call.self() : call.arg(first - 1), format));
  out = VM_JAVA(call, text::java_format(format.utf8(), arguments, marks));
  return Status::ok;
}

Status object_printf(Call& call) {
  std::string text;
  VM_DO(format_text(call, 1, text));
  state_of(call).host.print(call.fiber().id, text);
  return call.give_null();
}
Status object_sprintf(Call& call) {
  std::string text;
  VM_DO(format_text(call, 1, text));
  return call.give_utf8(text);
}

Status string_format(Call& call) {
  std::string text;
  VM_DO(format_text(call, 1, text, false));
  return call.give_utf8(text);
}
Status string_format_locale(Call& call) {
  text::DecimalSymbols symbols;
  if (!call.arg(0).is_null()) symbols = text::decimal_symbols_of(locale_tag(call, call.arg(0)));
  std::string text;
  VM_DO(format_text(call, 2, text, false, {symbols.point, symbols.group}));
  return call.give_utf8(text);
}
Status string_formatted(Call& call) {
  std::string text;
  VM_DO(format_text(call, 0, text, false));
  return call.give_utf8(text);
}

// ---- Object
// ----------------------------------------------------------------------------------------------------------

Status object_to_string(Call& call) {
  TextBuilder text;
  const Value v = call.self();
  VM_DO(
      state_of(call).text(&call, v, text, v.is(Kind::range) ? Vm::State::TextMode::java : Vm::State::TextMode::plain));
  return call.give_text(text);
}
Status object_inspect(Call& call) {
  TextBuilder text;
  VM_DO(call.inspect(call.self(), text));
  return call.give_text(text);
}
Status object_equals(Call& call) {
  bool same = false;
  // Arrays are compared by content, unlike Java's.
  if (call.self().is(Kind::array)) {
    const ClassId element = call.heap().array(call.self())->element;
    const bool primitive = element >= java::p_boolean && element <= java::p_double;
    if (!primitive || call.arg(0).is(Kind::array)) VM_DO(call.equals(call.self(), call.arg(0), same));
    return call.give(same);
  }
  // Groovy's own equals of lists, sets and maps compares numbers of any type.
  const Value self = call.self();
  const Value other = call.arg(0);
  const auto is_list = [](Value v) { return v.is(Kind::list) || v.is(Kind::range); };
  const bool ranges = self.is(Kind::range) && other.is(Kind::range);
  const bool alike = (is_list(self) && is_list(other) && !ranges) || (self.is(Kind::set) && other.is(Kind::set)) ||
                     (self.is(Kind::map) && other.is(Kind::map));
  if (alike && call.class_of(self) < java::count_) {
    VM_DO(call.equals(self, other, same));
  } else {
    VM_DO(call.java_equals(self, other, same));
  }
  return call.give(same);
}
Status object_hash_code(Call& call) {
  std::int32_t hashed = 0;
  VM_DO(call.hash(call.self(), hashed));
  return call.give(hashed);
}
Status object_is(Call& call) { return call.give(call.self().identical(call.arg(0))); }
Status object_as_boolean(Call& call) {
  bool truthy = false;
  VM_DO(call.truth(call.self(), truthy));
  return call.give(truthy);
}
Status object_get_class(Call& call) {
  // A map's entry of that name is its property, not its class.
  if (call.self().is(Kind::map)) return call.give(Value::of_class(call.vm().state().shown_class(call.self())));
  Value out;
  VM_DO(call.get_property(call.self(), "class", out));
  return call.give(out);
}
Status object_is_case(Call& call) {
  bool matches = false;
  // is_case itself comes here for a native object, whose class may have an isCase of its own.
  VM_DO(call.self().is(Kind::native_object) ? call.equals(call.self(), call.arg(0), matches)
                                            : call.is_case(call.self(), call.arg(0), matches));
  return call.give(matches);
}
Status object_as_type(Call& call) {
  Value out;
  VM_DO(call.as_type(call.self(), call.arg(0).class_id(), out));
  return call.give(out);
}
/// Of a collection its own: remove() takes the element out of it, and what changes it meanwhile ends the iteration.
Status object_iterator(Call& call) {
  bool known = false;
  const Value own = state_of(call).make_iterator(call.self(), known);
  if (known) return call.give(own);
  std::vector<Value> all;
  VM_DO(call.elements(call.self(), all));
  return call.give(call.heap().make_iterator(IteratorMode::list, call.heap().make_list(all)));
}
Status object_get_property(Call& call) {
  Value out;
  VM_DO(call.get_property(call.self(), call.utf8_arg(0), out));
  return call.give(out);
}
Status object_set_property(Call& call) {
  VM_DO(call.set_property(call.self(), call.utf8_arg(0), call.arg(1)));
  return call.give_null();
}
Status object_invoke_method(Call& call) {
  std::vector<Value> args;
  const Value given = call.arg(1);
  if (given.is(Kind::array) || given.is(Kind::list)) {
    const auto all = call.heap().elements(given);
    args.assign(all.begin(), all.end());
  } else if (!given.is_null()) {
    args.push_back(given);
  }
  Value out;
  VM_DO(call.invoke_method(call.self(), call.utf8_arg(0), args, out));
  return call.give(out);
}

std::string getter_name(std::string_view prefix, std::string_view property) {
  std::string out(prefix);
  out += property;
  if (out.size() > prefix.size() && out[prefix.size()] >= 'a' && out[prefix.size()] <= 'z') {
    out[prefix.size()] = static_cast<char>(out[prefix.size()] - 32);
  }
  return out;
}

/// A MetaProperty or a MetaMethod, of which scripts use the name and the truth.
Value meta_member(Call& call, Value name) {
  const Value member = call.heap().make_native(java::meta_property, 2);
  call.heap().native_slots(member)[0] = name;
  call.heap().native_slots(member)[1] = call.self();
  return member;
}

Status object_has_property(Call& call) {
  Vm::State& s = state_of(call);
  const Value self = call.self();
  const std::string name = call.utf8_arg(0);
  const ClassId id = self.is_class() ? self.class_id() : call.class_of(self);
  ClassId owner = kNoClass;
  Value ignored;
  const bool known = name == "class" || s.find_field(id, name, self.is_class(), owner) != nullptr ||
                     s.find_method(id, getter_name("get", name), {}, self.is_class()).kind != Target::Kind::none ||
                     s.find_method(id, getter_name("is", name), {}, self.is_class()).kind != Target::Kind::none ||
                     s.find_expando(id, getter_name("get", name), ignored) || s.find_expando(id, name, ignored);
  return known ? call.give(meta_member(call, call.arg(0))) : call.give_null();
}

Status object_responds_to(Call& call) {
  Vm::State& s = state_of(call);
  const Value self = call.self();
  const std::string name = call.utf8_arg(0);
  const ClassId id = self.is_class() ? self.class_id() : call.class_of(self);
  bool known = false;
  Value ignored;
  if (self.is_class() ? s.find_expando(id, name, ignored) : s.find_expando(self, name, ignored)) known = true;
  if (call.count() == 1 && s.delegates_method(id, name)) known = true;
  if (call.count() > 1) {
    std::vector<Value> types;
    for (std::uint32_t i = 1; i < call.count(); ++i) {
      const Value v = call.arg(i);
      if (v.is(Kind::array) || v.is(Kind::list)) {
        const auto all = call.heap().elements(v);
        types.insert(types.end(), all.begin(), all.end());
      } else {
        types.push_back(v);
      }
    }
    // Types stand for arguments: a method answers when it takes as many parameters.
    for (const ClassId c : s.linear(id)) {
      const ClassInfo* i = s.info(c);
      if (i == nullptr || i->code == nullptr) continue;
      const auto [begin, end] = i->code->methods_by_name.equal_range(name);
      for (auto it = begin; it != end; ++it) {
        known = known || i->unit->unit->functions[it->second]->parameters.size() == types.size();
      }
    }
    for (const NativeEntry& entry : s.runtime->find(name)) {
      known = known || (entry.kind == NativeKind::method && s.is_subclass(id, entry.owner) &&
                        entry.parameters.size() == types.size());
    }
    known = known || accessor_parameters(s, id, name) == types.size();
  } else {
    for (const ClassId c : s.linear(id)) {
      const ClassInfo* i = s.info(c);
      if (i != nullptr && i->code != nullptr) known = known || i->code->methods_by_name.contains(name);
    }
    for (const NativeEntry& entry : s.runtime->find(name)) {
      known = known || (entry.kind == NativeKind::method && s.is_subclass(id, entry.owner));
    }
    known = known || accessor_parameters(s, id, name).has_value();
  }
  const Value list = call.heap().make_list();
  if (known) call.heap().list_add(list, meta_member(call, call.arg(0)));
  return call.give(list);
}

Status object_get_properties(Call& call) {
  Vm::State& s = state_of(call);
  const Value self = call.self();
  const auto names = bean_properties(s, call.class_of(self), true);
  const Value map = call.heap().make_map();
  std::vector<Value> values;
  for (const auto& name : names) {
    Value v;
    if (name == "class") {
      v = Value::of_class(call.class_of(self));
    } else {
      const Status status = call.get_property(self, name, v);
      if (status == Status::suspended) return status;
      if (status == Status::thrown) {
        // A getter that fails is left out.
        (void)call.take_exception();
        v = Value::undefined();
      }
    }
    values.push_back(v);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!values[i].is_undefined()) call.heap().map_put(map, names[i], values[i]);
  }
  return call.give(map);
}

Status meta_member_name(Call& call) { return call.give(call.heap().native_slots(call.self())[0]); }

// ---- Class
// -----------------------------------------------------------------------------------------------------------

bool is_interface(Vm::State& s, ClassId id) {
  if (id < java::count_) return java_classes()[id].flavor == ClassFlavor::interface_;
  return s.info(id)->code != nullptr && s.info(id)->code->kind == groovy::ClassKind::interface_;
}

Status class_name(Call& call) { return call.give_utf8(state_of(call).name_of(call.self().class_id())); }
/// `int[]` for an array's class; empty for others.
std::string array_name(Vm::State& s, ClassId id, bool simple) {
  const ClassInfo* c = s.info(id);
  if (c == nullptr || c->array_of.id == kNoClass) return {};
  std::string_view full = s.name_of(c->array_of.id);
  if (const auto cut = full.find_last_of(".$"); simple && cut != std::string_view::npos) full = full.substr(cut + 1);
  std::string out(full);
  for (int i = 0; i < c->array_of.arrays; ++i) out += "[]";
  return out;
}
Status class_simple_name(Call& call) {
  if (const auto name = array_name(state_of(call), call.self().class_id(), true); !name.empty())
    return call.give_utf8(name);
  const std::string_view full = state_of(call).name_of(call.self().class_id());
  const auto cut = full.find_last_of(".$");
  return call.give_utf8(cut == std::string_view::npos ? full : full.substr(cut + 1));
}
Status class_canonical_name(Call& call) {
  std::string full = array_name(state_of(call), call.self().class_id(), false);
  if (full.empty()) full = state_of(call).name_of(call.self().class_id());
  std::replace(full.begin(), full.end(), '$', '.');
  return call.give_utf8(full);
}
Status class_package_name(Call& call) {
  const std::string_view full = state_of(call).name_of(call.self().class_id());
  const auto cut = full.rfind('.');
  return call.give_utf8(cut == std::string_view::npos ? std::string_view{} : full.substr(0, cut));
}
Status class_superclass(Call& call) {
  Vm::State& s = state_of(call);
  const ClassId id = call.self().class_id();
  if (id == java::object || is_interface(s, id)) return call.give_null();
  if (id < java::count_) {
    return java_classes()[id].flavor == ClassFlavor::primitive ? call.give_null()
                                                               : call.give(Value::of_class(java_classes()[id].super));
  }
  return call.give(Value::of_class(s.info(id)->super));
}
Status class_interfaces(Call& call) {
  Vm::State& s = state_of(call);
  const ClassId id = call.self().class_id();
  std::vector<ClassId> found;
  if (id >= java::count_) {
    found = s.info(id)->interfaces;
    if (s.info(id)->code != nullptr && !is_interface(s, id)) found.push_back(java::groovy_object);
  } else {
    std::string_view rest = java_classes()[id].interfaces;
    while (!rest.empty()) {
      const auto space = rest.find(' ');
      if (const ClassId i = find_java_class(rest.substr(0, space)); i != kNoClass) found.push_back(i);
      rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
    }
  }
  const Value array = call.heap().make_array(java::class_, static_cast<std::uint32_t>(found.size()));
  for (std::size_t i = 0; i < found.size(); ++i) call.heap().array_items(array)[i] = Value::of_class(found[i]);
  return call.give(array);
}
Status class_is_instance(Call& call) { return call.give(call.is_instance(call.arg(0), call.self().class_id())); }
Status class_is_assignable(Call& call) {
  if (!call.arg(0).is_class()) return call.throw_java(java::null_pointer_exception);
  return call.give(state_of(call).is_subclass(call.arg(0).class_id(), call.self().class_id()));
}
Status class_is_interface(Call& call) { return call.give(is_interface(state_of(call), call.self().class_id())); }
Status class_is_enum(Call& call) {
  return call.give(state_of(call).is_subclass(call.self().class_id(), java::enum_) &&
                   call.self().class_id() != java::enum_);
}
Status class_is_array(Call& call) {
  const ClassInfo* c = state_of(call).info(call.self().class_id());
  return call.give(c != nullptr && c->array_of.id != kNoClass);
}
Status class_component_type(Call& call) {
  Vm::State& s = state_of(call);
  const ClassInfo* c = s.info(call.self().class_id());
  if (c == nullptr || c->array_of.id == kNoClass) return call.give_null();
  ResolvedType inner = c->array_of;
  --inner.arrays;
  return call.give(Value::of_class(inner.arrays > 0 ? s.array_class(inner) : inner.id));
}
Status class_is_primitive(Call& call) {
  const ClassId id = call.self().class_id();
  return call.give(id < java::count_ && java_classes()[id].flavor == ClassFlavor::primitive);
}
Status class_new_instance(Call& call) {
  std::vector<Value> args(call.args().begin(), call.args().end());
  if (args.size() == 1 && args[0].is(Kind::array)) {
    const auto all = call.heap().array_items(args[0]);
    args.assign(all.begin(), all.end());
  }
  Value out;
  VM_DO(call.invoke_static(call.self().class_id(), "<init>", args, out));
  return call.give(out);
}
Status class_for_name(Call& call) {
  const std::string name = call.utf8_arg(0);
  const ClassId id = state_of(call).find_class(name);
  if (id == kNoClass) {
    // It is there, and does not compile.
    const std::string failure = state_of(call).host.class_failure(name);
    if (!failure.empty()) return call.throw_java(java::multiple_compilation_errors_exception, failure);
    return call.throw_java("java.lang.ClassNotFoundException", name);
  }
  return call.give(Value::of_class(id));
}
/// The loader of everything that is not Java's own.
Status class_loader_of(Call& call) {
  if (call.self().class_id() < java::count_) return call.give_null();
  return call.give(call.heap().make_native(java::groovy_class_loader, 0));
}
Status no_resource(Call& call) {
  const ClassId owner = call.self().is_class() ? static_cast<ClassId>(java::class_) : call.class_of(call.self());
  return state_of(call).refused(owner, call.name(), call.args(), false) ? Status::thrown : call.give_null();
}
Status class_cast(Call& call) {
  const Value v = call.arg(0);
  if (v.is_null() || call.is_instance(v, call.self().class_id())) return call.give(v);
  return call.throw_java(java::class_cast_exception, "Cannot cast " + call.class_name(v) + " to " +
                                                         std::string(state_of(call).name_of(call.self().class_id())));
}

// ---- enums
// -----------------------------------------------------------------------------------------------------------

/// Name and ordinal lie first, in the script's enums and in Java's own.
Value enum_slot(Call& call, Value v, std::size_t i) {
  if (v.is(Kind::native_object)) return call.heap().native_slots(v)[i];
  const auto slots = call.heap().instance_slots(v);
  if (i >= slots.size()) throw Misread(v);
  return slots[i];
}
Status enum_name(Call& call) { return call.give(enum_slot(call, call.self(), 0)); }
Status enum_ordinal(Call& call) { return call.give(enum_slot(call, call.self(), 1)); }

/// The enum class of a constant: a constant with a body has a class of its own below it.
ClassId enum_class(Vm::State& s, ClassId id) {
  while (id >= java::count_ && s.info(id)->super != java::enum_ && s.info(id)->super >= java::count_) {
    id = s.info(id)->super;
  }
  return id;
}

std::vector<Value> enum_constants(Vm::State& s, ClassId id) {
  std::vector<Value> out;
  for (std::uint32_t i = 0; i < java_enum_names(id).size(); ++i) out.push_back(make_java_enum(s.heap, id, i));
  const ClassInfo* c = s.info(id);
  if (c == nullptr || c->code == nullptr) return out;
  for (const std::string_view name : c->code->enum_constants) {
    ClassId owner = kNoClass;
    if (const FieldTemplate* field = s.find_field(id, name, true, owner)) {
      out.push_back(s.info(owner)->statics[field->slot]);
    }
  }
  return out;
}
Status enum_values(Call& call) {
  const ClassId id = call.self().class_id();
  const auto all = enum_constants(state_of(call), id);
  const Value array = call.heap().make_array(id, static_cast<std::uint32_t>(all.size()));
  std::copy(all.begin(), all.end(), call.heap().array_items(array).begin());
  return call.give(array);
}
Status class_enum_constants(Call& call) {
  if (!state_of(call).is_subclass(call.self().class_id(), java::enum_)) return call.give_null();
  return enum_values(call);
}
Status enum_value_of(Call& call) {
  Vm::State& s = state_of(call);
  const ClassId id = call.self().class_id();
  const std::string name = call.utf8_arg(0);
  for (const Value v : enum_constants(s, id)) {
    if (call.heap().utf8(enum_slot(call, v, 0)) == name) return call.give(v);
  }
  std::string shown(s.name_of(id));
  std::replace(shown.begin(), shown.end(), '$', '.');
  return call.throw_java(java::illegal_argument_exception, "No enum constant " + shown + "." + name);
}
Status enum_value_in(Call& call) {
  Value out;
  const Value args[] = {call.arg(1)};
  VM_DO(call.invoke_static(call.arg(0).class_id(), "valueOf", args, out));
  return call.give(out);
}
Status enum_declaring_class(Call& call) {
  return call.give(Value::of_class(enum_class(state_of(call), call.class_of(call.self()))));
}
Status enum_compare_to(Call& call) {
  const auto ordinal = [&](Value v) { return call.to_int(enum_slot(call, v, 1)); };
  if (!call.is_instance(call.arg(0), java::enum_)) return call.throw_java(java::class_cast_exception);
  return call.give(ordinal(call.self()) - ordinal(call.arg(0)));
}
template <bool kFirst>
Status enum_end(Call& call) {
  const auto all = enum_constants(state_of(call), call.self().class_id());
  return all.empty() ? call.give_null() : call.give(kFirst ? all.front() : all.back());
}
template <int kStep>
Status enum_neighbour(Call& call) {
  Vm::State& s = state_of(call);
  const auto all = enum_constants(s, enum_class(s, call.class_of(call.self())));
  const auto size = static_cast<int>(all.size());
  const int at = call.to_int(enum_slot(call, call.self(), 1));
  return call.give(all[static_cast<std::size_t>((at + kStep + size) % size)]);
}

// ---- scripts and bindings
// --------------------------------------------------------------------------------------------

Value binding_of(Call& call) {
  Vm::State& s = state_of(call);
  const Value self = call.self();
  const Value map = self.is(Kind::native_object) ? call.heap().native_slots(self)[0] : s.script_binding(self);
  return map.is(Kind::map) ? map : s.binding;
}
Status script_get_binding(Call& call) {
  const Value wrapper = call.heap().make_native(java::binding, 1);
  const Value map = binding_of(call);
  call.heap().native_slots(wrapper)[0] = map;
  return call.give(wrapper);
}
Status script_set_binding(Call& call) {
  if (!call.arg(0).is(Kind::native_object)) return call.throw_java(java::illegal_argument_exception, "not a Binding");
  const Value map = call.heap().native_slots(call.arg(0))[0];
  call.heap().instance_slots(call.self())[0] = map;
  return call.give_null();
}
Status binding_new(Call& call) {
  const Value wrapper = call.heap().make_native(java::binding, 1);
  const Value map = call.has(0) && call.arg(0).is(Kind::map) ? call.arg(0) : call.heap().make_map();
  call.heap().native_slots(wrapper)[0] = map;
  return call.give(wrapper);
}
/// A shell is its binding; evaluate and parse are Groovy (src/prelude/gdk/closures.groovy).
Status shell_new(Call& call) {
  const Value shell = call.heap().make_native(java::groovy_shell, 1);
  const Value map = call.has(0) ? call.heap().native_slots(call.arg(0))[0] : call.heap().make_map();
  call.heap().native_slots(shell)[0] = map;
  return call.give(shell);
}
Status binding_variables(Call& call) { return call.give(binding_of(call)); }
Status binding_get(Call& call) {
  const Value v = call.heap().map_get(binding_of(call), call.text_arg(0));
  if (v.is_undefined()) {
    return state_of(call).throw_missing_property(std::string_view("groovy.lang.Binding"), call.utf8_arg(0));
  }
  return call.give(v);
}
Status binding_set(Call& call) {
  const Value key = call.heap().make_string(call.text_arg(0));
  call.heap().map_put(binding_of(call), key, call.arg(1));
  return call.give_null();
}
Status binding_has(Call& call) {
  return call.give(!call.heap().map_get(binding_of(call), call.text_arg(0)).is_undefined());
}

// ---- GString
// ---------------------------------------------------------------------------------------------------------

Status gstring_values(Call& call) {
  const std::vector<Value> all(call.heap().gstring_values(call.self()).begin(),
                               call.heap().gstring_values(call.self()).end());
  const Value array = call.heap().make_array(java::object, static_cast<std::uint32_t>(all.size()));
  std::copy(all.begin(), all.end(), call.heap().array_items(array).begin());
  return call.give(array);
}
Status gstring_strings(Call& call) {
  const std::vector<Value> all(call.heap().gstring_parts(call.self()).begin(),
                               call.heap().gstring_parts(call.self()).end());
  const Value array = call.heap().make_array(java::string, static_cast<std::uint32_t>(all.size()));
  std::copy(all.begin(), all.end(), call.heap().array_items(array).begin());
  return call.give(array);
}

// ---- System.out
// ------------------------------------------------------------------------------------------------------

Status system_out(Call& call) { return call.give(call.heap().make_native(java::print_stream, 0)); }
Status stream_flush(Call& call) { return call.give_null(); }
Status system_identity_hash(Call& call) {
  const Value v = call.arg(0);
  if (!v.is_object()) {
    std::int32_t hashed = 0;
    VM_DO(call.hash(v, hashed));
    return call.give(hashed);
  }
  return call.give(call.heap().identity_hash(v));
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.lang.Object", "print", "Object", object_print},
    {"java.lang.Object", "println", "", object_println},
    {"java.lang.Object", "println", "Object", object_println},
    {"java.lang.Object", "printf", "CharSequence,Object...", object_printf},
    {"java.lang.Object", "sprintf", "CharSequence,Object...", object_sprintf},
    {"java.lang.String", "format", "CharSequence,Object...", string_format, K::static_method},
    {"java.lang.String", "format", "java.util.Locale,CharSequence,Object...", string_format_locale, K::static_method},
    {"java.lang.String", "formatted", "Object...", string_formatted},
    {"java.io.PrintStream", "print", "Object", object_print},
    {"java.io.PrintStream", "println", "", object_println},
    {"java.io.PrintStream", "println", "Object", object_println},
    {"java.io.PrintStream", "printf", "CharSequence,Object...", object_printf},
    {"java.io.PrintStream", "format", "CharSequence,Object...", object_printf},
    {"java.io.PrintStream", "flush", "", stream_flush},
    {"java.lang.System", "out", "", system_out, K::static_field},
    {"java.lang.System", "err", "", system_out, K::static_field},
    {"java.lang.System", "identityHashCode", "Object", system_identity_hash, K::static_method},

    {"java.lang.Object", "toString", "", object_to_string},
    {"java.lang.Object", "inspect", "", object_inspect},
    {"java.lang.Object", "equals", "Object", object_equals},
    {"java.lang.Object", "hashCode", "", object_hash_code},
    {"java.lang.Object", "is", "Object", object_is},
    {"java.lang.Object", "asBoolean", "", object_as_boolean},
    {"java.lang.Object", "getClass", "", object_get_class},
    {"java.lang.Object", "isCase", "Object", object_is_case},
    {"java.lang.Object", "asType", "Class", object_as_type},
    {"java.lang.Object", "iterator", "", object_iterator},
    {"java.lang.Object", "getProperty", "String", object_get_property},
    {"java.lang.Object", "setProperty", "String,Object", object_set_property},
    {"java.lang.Object", "invokeMethod", "String,Object", object_invoke_method},
    {"java.lang.Object", "hasProperty", "String", object_has_property},
    {"java.lang.Object", "respondsTo", "String", object_responds_to},
    {"java.lang.Object", "respondsTo", "String,Object...", object_responds_to},
    {"java.lang.Object", "getProperties", "", object_get_properties},
    {"groovy.lang.MetaProperty", "getName", "", meta_member_name},

    {"java.lang.Class", "getName", "", class_name},
    {"java.lang.Class", "getTypeName", "", class_name},
    {"java.lang.Class", "getSimpleName", "", class_simple_name},
    {"java.lang.Class", "getCanonicalName", "", class_canonical_name},
    {"java.lang.Class", "getPackageName", "", class_package_name},
    {"java.lang.Class", "getSuperclass", "", class_superclass},
    {"java.lang.Class", "getInterfaces", "", class_interfaces},
    {"java.lang.Class", "isInstance", "Object", class_is_instance},
    {"java.lang.Class", "isAssignableFrom", "Class", class_is_assignable},
    {"java.lang.Class", "isInterface", "", class_is_interface},
    {"java.lang.Class", "isEnum", "", class_is_enum},
    {"java.lang.Class", "isPrimitive", "", class_is_primitive},
    {"java.lang.Class", "isArray", "", class_is_array},
    {"java.lang.Class", "getComponentType", "", class_component_type},
    {"java.lang.Class", "newInstance", "", class_new_instance},
    {"java.lang.Class", "newInstance", "Object...", class_new_instance},
    {"java.lang.Class", "getEnumConstants", "", class_enum_constants},
    {"java.lang.Class", "cast", "Object", class_cast},
    {"java.lang.Class", "forName", "String", class_for_name, K::static_method},
    {"java.lang.Class", "getClassLoader", "", class_loader_of},
    {"java.lang.Class", "getResource", "String", no_resource},
    {"java.lang.Class", "getResourceAsStream", "String", no_resource},
    {"java.lang.ClassLoader", "loadClass", "String", class_for_name},
    {"java.lang.ClassLoader", "getResource", "String", no_resource},
    {"java.lang.ClassLoader", "getResources", "String", no_resource},
    {"java.lang.ClassLoader", "getResourceAsStream", "String", no_resource},

    {"java.lang.Enum", "name", "", enum_name},
    {"java.lang.Enum", "ordinal", "", enum_ordinal},
    {"java.lang.Enum", "toString", "", enum_name},
    {"java.lang.Enum", "getDeclaringClass", "", enum_declaring_class},
    {"java.lang.Enum", "compareTo", "Object", enum_compare_to},
    {"java.lang.Enum", "next", "", enum_neighbour<1>},
    {"java.lang.Enum", "previous", "", enum_neighbour<-1>},
    {"java.lang.Enum", "values", "", enum_values, K::static_method},
    {"java.lang.Enum", "valueOf", "String", enum_value_of, K::static_method},
    {"java.lang.Enum", "valueOf", "Class,String", enum_value_in, K::static_method},
    {"java.lang.Enum", "MIN_VALUE", "", enum_end<true>, K::static_field},
    {"java.lang.Enum", "MAX_VALUE", "", enum_end<false>, K::static_field},

    {"groovy.lang.Script", "getBinding", "", script_get_binding},
    {"groovy.lang.Script", "setBinding", "Object", script_set_binding},
    {"groovy.lang.GroovyShell", "<init>", "", shell_new, K::constructor},
    {"groovy.lang.GroovyShell", "<init>", "groovy.lang.Binding", shell_new, K::constructor},
    {"groovy.lang.GroovyShell", "getContext", "", script_get_binding},
    {"groovy.lang.GroovyShell", "setVariable", "String,Object", binding_set},
    {"groovy.lang.GroovyShell", "getVariable", "String", binding_get},
    {"groovy.lang.Binding", "<init>", "", binding_new, K::constructor},
    {"groovy.lang.Binding", "<init>", "Map", binding_new, K::constructor},
    {"groovy.lang.Binding", "getVariables", "", binding_variables},
    {"groovy.lang.Binding", "getVariable", "String", binding_get},
    {"groovy.lang.Binding", "setVariable", "String,Object", binding_set},
    {"groovy.lang.Binding", "hasVariable", "String", binding_has},

    {"groovy.lang.GString", "getValues", "", gstring_values},
    {"groovy.lang.GString", "getStrings", "", gstring_strings},
};

}  // namespace

NativeTable core_methods() { return kMethods; }

}  // namespace windlass::vm
