// Members that metaClass adds to classes and single objects, and the categories of `use`. While there are any, call
// sites remember nothing (has_expandos): what a name means may change at any call.
#include <algorithm>

#include "vm/state.h"

namespace windlass::vm {

void Vm::State::add_expando(ClassId id, Value object, const std::string& name, Value value) {
  has_expandos = true;
  clear_caches();
  if (!object.is_null()) {
    auto own = std::find_if(object_expandos.begin(), object_expandos.end(),
                            [&](const ObjectExpandos& o) { return o.object.identical(object); });
    if (own == object_expandos.end()) own = object_expandos.insert(own, ObjectExpandos{object, {}});
    own->members[name] = value;
    return;
  }
  if (ClassInfo* c = info(id)) {
    c->expando[name] = value;
  } else {
    java_expandos[id][name] = value;
  }
}

void Vm::State::remove_expandos(ClassId id, Value object) {
  clear_caches();
  if (!object.is_null()) {
    std::erase_if(object_expandos, [&](const ObjectExpandos& o) { return o.object.identical(object); });
  } else if (ClassInfo* c = info(id)) {
    c->expando.clear();
  } else {
    java_expandos.erase(id);
  }
}

bool Vm::State::find_expando(ClassId id, std::string_view name, Value& out) {
  if (!has_expandos) return false;
  for (const ClassId c : linear(id)) {
    const std::unordered_map<std::string, Value>* table = nullptr;
    if (c >= java::count_) {
      table = &info(c)->expando;
    } else if (const auto it = java_expandos.find(c); it != java_expandos.end()) {
      table = &it->second;
    }
    if (table == nullptr) continue;
    if (const auto it = table->find(std::string(name)); it != table->end()) {
      out = it->second;
      return true;
    }
  }
  return false;
}

bool Vm::State::find_expando(Value object, std::string_view name, Value& out) {
  if (!has_expandos) return false;
  for (const ObjectExpandos& own : object_expandos) {
    if (!own.object.identical(object)) continue;
    if (const auto it = own.members.find(std::string(name)); it != own.members.end()) {
      out = it->second;
      return true;
    }
  }
  return find_expando(class_of(object), name, out);
}

Step Vm::State::call_expando(Fiber& f, std::uint32_t window, std::uint32_t argc, Value closure, Value receiver) {
  const Value clone = clone_closure(closure);
  set_delegate(clone, receiver);
  set_strategy(clone, 1);
  *f.at(window) = clone;
  return enter_closure(f, window, argc);
}

Step Vm::State::call_category(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name, bool& found) {
  std::vector<Value> args(f.at(window), f.at(window) + argc + 1);
  for (std::size_t i = f.categories.size(); i-- > 0;) {
    const Target target = find_method(f.categories[i], name, args, true);
    if (target.kind == Target::Kind::none || target.owner == java::object || target.owner == java::class_) continue;
    found = true;
    spread_over(f, window, args);
    *f.at(window) = Value::of_class(f.categories[i]);
    return call_target(f, window, argc + 1, target, name);
  }
  found = false;
  return Step::done;
}

}  // namespace windlass::vm
