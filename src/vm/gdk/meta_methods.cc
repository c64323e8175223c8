// metaClass: members added at run time, to a class for everybody or to one object, and questions about members.
//
// A MetaClass here is a native object of four slots: the class, the object it was asked of (null for a class), whether
// it stands for the static members (`X.metaClass.static`), and null, or names and members by turns of one that was made
// by `new ExpandoMetaClass(X)` and is not in use yet. The members of all others are in Vm::State.
#include <algorithm>

#include "vm/gdk/bean_properties.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

Vm::State& state_of(Call& call) { return call.vm().state(); }

enum Slot : std::uint8_t { slot_class, slot_object, slot_static, slot_unused };

Value make_meta(Call& call, Value of_class, Value object, bool is_static, Value unused = Value::null()) {
  const Value meta = call.heap().make_native(java::expando_meta_class, 4);
  const auto slots = call.heap().native_slots(meta);
  slots[slot_class] = of_class;
  slots[slot_object] = object;
  slots[slot_static] = Value::boolean(is_static);
  slots[slot_unused] = unused;
  return meta;
}

/// new ExpandoMetaClass(X), (X, register), (X, register, allowChangesAfterInit): with register it is X's at once.
Status new_meta_class(Call& call) {
  const bool in_use = call.has(1) && call.arg(1).is_true();
  return call.give(
      make_meta(call, call.arg(0), Value::null(), false, in_use ? Value::null() : call.heap().make_list(0)));
}
Status initialize(Call& call) { return call.give_null(); }

Status get_meta_class(Call& call) {
  const Value self = call.self();
  if (self.is_class()) return call.give(make_meta(call, self, Value::null(), false));
  return call.give(make_meta(call, Value::of_class(call.class_of(self)), self, false));
}

ClassId class_of_meta(Call& call) { return call.heap().native_slots(call.self())[slot_class].class_id(); }

/// metaClass.name = closure or value.
Status set_member(Call& call) {
  Vm::State& s = state_of(call);
  const auto slots = call.heap().native_slots(call.self());
  const std::string name = (slots[slot_static].is_true() ? "static " : "") + call.utf8_arg(0);
  if (const Value unused = slots[slot_unused]; !unused.is_null()) {
    const Value text = call.heap().make_string(std::string_view(name));
    call.heap().list_add(unused, text);
    call.heap().list_add(unused, call.arg(1));
  } else {
    s.add_expando(slots[slot_class].class_id(), slots[slot_object], name, call.arg(1));
  }
  return call.give_null();
}

Value member(Call& call, Value name) {
  const Value out = call.heap().make_native(java::meta_property, 2);
  call.heap().native_slots(out)[0] = name;
  call.heap().native_slots(out)[1] = call.self();
  return out;
}

/// metaClass.name: `static`, or something that `<<` adds a method to.
Status get_member(Call& call) {
  const auto slots = call.heap().native_slots(call.self());
  if (call.utf8_arg(0) == "static") {
    return call.give(make_meta(call, slots[slot_class], slots[slot_object], true, slots[slot_unused]));
  }
  return call.give(member(call, call.arg(0)));
}
Status add_overload(Call& call) {
  const auto slots = call.heap().native_slots(call.self());
  const Value args[] = {slots[0], call.arg(0)};
  Value ignored;
  VM_DO(call.invoke_method(slots[1], "setProperty", args, ignored));
  return call.give(call.self());
}

Status the_class(Call& call) { return call.give(call.heap().native_slots(call.self())[slot_class]); }

Status responds_to(Call& call) {
  std::vector<Value> args(call.args().begin() + 1, call.args().end());
  Value out;
  VM_DO(call.invoke_method(call.arg(0), "respondsTo", args, out));
  return call.give(out);
}
Status has_property(Call& call) {
  const Value args[] = {call.arg(1)};
  Value out;
  VM_DO(call.invoke_method(call.arg(0), "hasProperty", args, out));
  return call.give(out);
}
Status invoke(Call& call) {
  const Value args[] = {call.arg(1), call.count() > 2 ? call.arg(2) : Value::null()};
  Value out;
  VM_DO(call.invoke_method(call.arg(0), "invokeMethod", args, out));
  return call.give(out);
}
Status invoke_static(Call& call) {
  const Value given = call.arg(2);
  std::vector<Value> args;
  if (given.is(Kind::array) || given.is(Kind::list)) {
    const auto all = call.heap().elements(given);
    args.assign(all.begin(), all.end());
  } else if (!given.is_null()) {
    args.push_back(given);
  }
  Value out;
  VM_DO(call.invoke_static(class_of_meta(call), call.utf8_arg(1), args, out));
  return call.give(out);
}
Status get_property_of(Call& call) {
  Value out;
  VM_DO(call.get_property(call.arg(0), call.utf8_arg(1), out));
  return call.give(out);
}
Status set_property_of(Call& call) {
  VM_DO(call.set_property(call.arg(0), call.utf8_arg(1), call.arg(2)));
  return call.give_null();
}

std::vector<std::string> method_names(Vm::State& s, ClassId id) {
  std::vector<std::string> out;
  const auto add = [&](std::string_view name) {
    if (!name.starts_with("__") && std::find(out.begin(), out.end(), name) == out.end()) out.emplace_back(name);
  };
  for (const ClassId c : s.linear(id)) {
    const ClassInfo* i = s.info(c);
    if (i == nullptr || i->code == nullptr) continue;
    for (const std::uint32_t m : i->code->methods) add(i->unit->unit->functions[m]->name);
  }
  for (const std::string& name : accessor_names(s, id)) add(name);
  for (const NativeEntry& entry : s.runtime->entries()) {
    if (entry.kind == NativeKind::method && s.is_subclass(id, entry.owner)) add(entry.name);
  }
  return out;
}

Status members(Call& call, const std::vector<std::string>& names, Value owner) {
  const Value list = call.heap().make_list(static_cast<std::uint32_t>(names.size()));
  for (const auto& name : names) {
    const Value one = call.heap().make_native(java::meta_property, 2);
    const Value text = call.heap().make_string(std::string_view(name));
    call.heap().native_slots(one)[0] = text;
    call.heap().native_slots(one)[1] = owner;
    call.heap().list_add(list, one);
  }
  return call.give(list);
}
Status all_methods(Call& call) { return members(call, method_names(state_of(call), class_of_meta(call)), call.self()); }
Status class_methods(Call& call) {
  return members(call, method_names(state_of(call), call.self().class_id()), call.self());
}

std::vector<std::string> property_names(Vm::State& s, ClassId id, bool fields) {
  std::vector<std::string> out;
  for (const ClassId c : s.linear(id)) {
    const ClassInfo* i = s.info(c);
    if (i == nullptr || i->code == nullptr || (fields && c != id)) continue;
    for (const FieldTemplate& field : i->code->fields) {
      if (!field.hidden && (fields || field.is_property)) out.emplace_back(field.name);
    }
  }
  return out;
}
Status all_properties(Call& call) {
  const auto names = bean_properties(state_of(call), class_of_meta(call), false);
  return members(call, names, call.self());
}
/// Members that only the compiler made are never listed.
Status is_synthetic(Call& call) { return call.give(false); }
Status class_fields(Call& call) {
  return members(call, property_names(state_of(call), call.self().class_id(), true), call.self());
}
Status class_field(Call& call) {
  const std::string wanted = call.utf8_arg(0);
  for (const auto& name : property_names(state_of(call), call.self().class_id(), true)) {
    if (name == wanted) return call.give(member(call, call.arg(0)));
  }
  return call.throw_java("java.lang.NoSuchFieldException", wanted);
}

/// The method of that name, or null: scripts ask for its existence and call invoke(object, args).
Status meta_method(Call& call) {
  Vm::State& s = state_of(call);
  const ClassId id = class_of_meta(call);
  const auto names = method_names(s, id);
  Value ignored;
  const bool known = std::find(names.begin(), names.end(), call.utf8_arg(0)) != names.end() ||
                     s.find_expando(id, call.utf8_arg(0), ignored);
  return known ? call.give(member(call, call.arg(0))) : call.give_null();
}
/// X.getMethod(name, types…): scripts then call invoke(object, args).
Status class_method(Call& call) {
  const auto names = method_names(state_of(call), call.self().class_id());
  if (std::find(names.begin(), names.end(), call.utf8_arg(0)) != names.end())
    return call.give(member(call, call.arg(0)));
  const auto owner = state_of(call).type_name({call.self().class_id(), 0});
  return call.throw_java("java.lang.NoSuchMethodException", owner + "." + call.utf8_arg(0) + "()");
}
/// X.getConstructor(types…): newInstance(args) of it chooses by the arguments.
Status class_constructor(Call& call) {
  return call.give(member(call, call.heap().make_string(std::string_view("<init>"))));
}
Status member_new_instance(Call& call) {
  Value out;
  VM_DO(call.invoke_method(call.heap().native_slots(call.self())[1], "newInstance", call.args(), out));
  return call.give(out);
}
Status member_invoke(Call& call) {
  const Value name = call.heap().native_slots(call.self())[0];
  std::vector<Value> args(call.args().begin() + 1, call.args().end());
  if (args.size() == 1 && args[0].is(Kind::array)) {
    const auto all = call.heap().array_items(args[0]);
    args.assign(all.begin(), all.end());
  }
  Value out;
  VM_DO(call.invoke_method(call.arg(0), call.heap().utf8(name), args, out));
  return call.give(out);
}
Status member_get(Call& call) {
  Value out;
  VM_DO(call.get_property(call.arg(0), call.heap().utf8(call.heap().native_slots(call.self())[0]), out));
  return call.give(out);
}
Status member_set(Call& call) {
  VM_DO(call.set_property(call.arg(0), call.heap().utf8(call.heap().native_slots(call.self())[0]), call.arg(1)));
  return call.give_null();
}
Status set_accessible(Call& call) { return call.give_null(); }

/// obj.metaClass = null and the registry's removeMetaClass: what was added is gone. One that a script has made comes
/// into use: its members are the object's, or everybody's of the class.
Status set_meta_class(Call& call) {
  const Value self = call.self();
  const ClassId id = self.is_class() ? self.class_id() : call.class_of(self);
  const Value object = self.is_class() ? Value::null() : self;
  if (call.arg(0).is_null()) {
    state_of(call).remove_expandos(id, object);
  } else if (call.class_of(call.arg(0)) == java::expando_meta_class) {
    const auto slots = call.heap().native_slots(call.arg(0));
    const Value unused = slots[slot_unused];
    if (unused.is_null()) return call.give_null();
    const auto members = call.heap().elements(unused);
    for (std::size_t i = 0; i + 1 < members.size(); i += 2) {
      state_of(call).add_expando(id, object, call.heap().utf8(members[i]), members[i + 1]);
    }
  }
  return call.give_null();
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.lang.Object", "getMetaClass", "", get_meta_class},
    {"java.lang.Object", "setMetaClass", "Object", set_meta_class},
    {"groovy.lang.ExpandoMetaClass", "<init>", "Class", new_meta_class, K::constructor},
    {"groovy.lang.ExpandoMetaClass", "<init>", "Class,boolean", new_meta_class, K::constructor},
    {"groovy.lang.ExpandoMetaClass", "<init>", "Class,boolean,boolean", new_meta_class, K::constructor},
    {"groovy.lang.ExpandoMetaClass", "initialize", "", initialize},
    {"groovy.lang.ExpandoMetaClass", "getProperty", "String", get_member},
    {"groovy.lang.ExpandoMetaClass", "setProperty", "String,Object", set_member},
    {"groovy.lang.ExpandoMetaClass", "getProperty", "Object,String", get_property_of},
    {"groovy.lang.ExpandoMetaClass", "setProperty", "Object,String,Object", set_property_of},
    {"groovy.lang.ExpandoMetaClass", "setAttribute", "Object,String,Object", set_property_of},
    {"groovy.lang.ExpandoMetaClass", "getAttribute", "Object,String", get_property_of},
    {"groovy.lang.ExpandoMetaClass", "getTheClass", "", the_class},
    {"groovy.lang.ExpandoMetaClass", "respondsTo", "Object,String", responds_to},
    {"groovy.lang.ExpandoMetaClass", "respondsTo", "Object,String,Object...", responds_to},
    {"groovy.lang.ExpandoMetaClass", "hasProperty", "Object,String", has_property},
    {"groovy.lang.ExpandoMetaClass", "invokeMethod", "Object,String,Object", invoke},
    {"groovy.lang.ExpandoMetaClass", "invokeStaticMethod", "Object,String,Object", invoke_static},
    {"groovy.lang.ExpandoMetaClass", "getMethods", "", all_methods},
    {"groovy.lang.ExpandoMetaClass", "getProperties", "", all_properties},
    {"groovy.lang.ExpandoMetaClass", "getMetaMethod", "String", meta_method},
    {"groovy.lang.ExpandoMetaClass", "getMetaMethod", "String,Object...", meta_method},
    {"groovy.lang.ExpandoMetaClass", "pickMethod", "String,Object", meta_method},
    {"groovy.lang.ExpandoMetaClass", "getMetaProperty", "String", meta_method},
    {"groovy.lang.MetaProperty", "leftShift", "Object", add_overload},
    {"groovy.lang.MetaProperty", "invoke", "Object,Object...", member_invoke},
    {"groovy.lang.MetaProperty", "get", "Object", member_get},
    {"groovy.lang.MetaProperty", "set", "Object,Object", member_set},
    {"groovy.lang.MetaProperty", "getProperty", "Object", member_get},
    {"groovy.lang.MetaProperty", "setAccessible", "boolean", set_accessible},
    {"groovy.lang.MetaProperty", "isSynthetic", "", is_synthetic},
    {"groovy.lang.MetaProperty", "newInstance", "Object...", member_new_instance},
    {"java.lang.Class", "getMethod", "String,Object...", class_method},
    {"java.lang.Class", "getDeclaredMethod", "String,Object...", class_method},
    {"java.lang.Class", "getConstructor", "Object...", class_constructor},
    {"java.lang.Class", "getDeclaredConstructor", "Object...", class_constructor},
    {"java.lang.Class", "getMethods", "", class_methods},
    {"java.lang.Class", "getDeclaredMethods", "", class_methods},
    {"java.lang.Class", "getDeclaredFields", "", class_fields},
    {"java.lang.Class", "getFields", "", class_fields},
    {"java.lang.Class", "getDeclaredField", "String", class_field},
    {"java.lang.Class", "getField", "String", class_field},
};

}  // namespace

NativeTable meta_methods() { return kMethods; }

}  // namespace windlass::vm
