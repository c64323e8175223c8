// Fields with @Delegate. Groovy's compiler writes methods that call the field's value; here a call that the class does
// not answer looks for a field whose declared type does, in the order of the fields, and goes to its value.
#include <algorithm>

#include "vm/state.h"

namespace windlass::vm {

Value Vm::State::delegate_for(Value self, std::string_view name, std::span<const Value> args, bool& found) {
  found = false;
  if (!self.is(Kind::instance)) return {};
  const auto named = [&](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (const ClassId at : linear(class_of(self))) {
    const ClassInfo* c = info(at);
    if (c == nullptr || c->code == nullptr) continue;
    for (const DelegateTemplate& delegate : c->code->delegates) {
      if (delegate.type == kNone16 || named(delegate.excludes)) continue;
      if (!delegate.includes.empty() && !named(delegate.includes)) continue;
      const ResolvedType type = resolve(*c->unit, delegate.type);
      if (type.id == kNoClass || type.arrays > 0) continue;
      const Target target = find_method(type.id, name, args, false);
      if (target.kind == Target::Kind::none || target.owner == java::groovy_object) continue;
      // Groovy's methods of every object are meant for containers too.
      const bool container = is_subclass(type.id, java::iterable) || is_subclass(type.id, java::map);
      if (target.owner == java::object && !container) continue;
      ClassId owner = kNoClass;
      const FieldTemplate* field = find_field(at, delegate.field, delegate.is_static, owner);
      if (field == nullptr) continue;
      found = true;
      return delegate.is_static ? info(owner)->statics[field->slot]
                                : heap.instance_slots(self)[slot_of(class_of(self), owner, *field)];
    }
  }
  return {};
}

bool Vm::State::delegates_method(ClassId id, std::string_view name) {
  for (const ClassId at : linear(id)) {
    const ClassInfo* c = info(at);
    if (c == nullptr || c->code == nullptr) continue;
    for (const DelegateTemplate& delegate : c->code->delegates) {
      if (delegate.type == kNone16) continue;
      const ClassId type = resolve(*c->unit, delegate.type).id;
      if (type == kNoClass) continue;
      for (const ClassId super : linear(type)) {
        const ClassInfo* of = info(super);
        if (of != nullptr && of->code != nullptr && of->code->methods_by_name.contains(name)) return true;
      }
      for (const NativeEntry& entry : runtime->find(name)) {
        if (entry.owner != java::object && is_subclass(type, entry.owner)) return true;
      }
    }
  }
  return false;
}

bool Vm::State::has_delegated(ClassId id, ClassId interface_id) {
  const ClassInfo* own = info(id);
  if (own == nullptr || !own->has_delegates || interface_id == kNoClass || !is_interface(interface_id)) return false;
  for (const ClassId at : linear(id)) {
    const ClassInfo* c = info(at);
    if (c == nullptr || c->code == nullptr) continue;
    for (const DelegateTemplate& delegate : c->code->delegates) {
      if (!delegate.interfaces || delegate.type == kNone16) continue;
      const ResolvedType type = resolve(*c->unit, delegate.type);
      if (type.id != kNoClass && type.arrays == 0 && is_subclass(type.id, interface_id)) return true;
    }
  }
  return false;
}

}  // namespace windlass::vm
