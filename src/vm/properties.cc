// object.name and bare names. Source: pipeline-language.md 4, 5.6. Objects stand at `window`, results too.
#include <algorithm>

#include "vm/sandbox.h"
#include "vm/state.h"

namespace windlass::vm {

namespace {
std::string capitalized(std::string_view prefix, std::string_view name) {
  std::string out(prefix);
  out += name;
  char& first = out[prefix.size()];
  // A second capital keeps the first letter as it is (aBean → getaBean).
  const bool keep = name.size() > 1 && name[1] >= 'A' && name[1] <= 'Z';
  if (!keep && first >= 'a' && first <= 'z') first = static_cast<char>(first - 32);
  return out;
}
}  // namespace

Value Vm::State::constant_name(std::string_view name) {
  const auto it = name_values.find(std::string(name));
  if (it != name_values.end()) return it->second;
  const Value v = heap.make_string(name);
  name_values.emplace(std::string(name), v);
  return v;
}

Value Vm::State::script_binding(Value script) {
  const auto slots = heap.instance_slots(script);
  return slots.empty() || !slots[0].is(Kind::map) ? binding : slots[0];
}

bool Vm::State::get_field_value(Value object, std::string_view name, Value& out) {
  if (!object.is(Kind::instance) &&
      !(object.is_object() && heap.has_flag(object, flag_fields) && (object.is(Kind::list) || object.is(Kind::set)))) {
    return false;
  }
  ClassId owner = kNoClass;
  if (const FieldTemplate* field = find_field(class_of(object), name, false, owner)) {
    out = heap.instance_slots(object)[slot_of(class_of(object), owner, *field)];
    return true;
  }
  if (const FieldTemplate* field = find_field(class_of(object), name, true, owner)) {
    out = info(owner)->statics[field->slot];
    return true;
  }
  return false;
}

Step Vm::State::missing_property(Value object, std::string_view name, std::uint8_t flags) {
  if ((flags & site_attribute) == 0) {
    (void)throw_missing_property(object, name);
    return Step::thrown;
  }
  const std::string class_name(name_of(object.is_class() ? object.class_id() : class_of(object)));
  (void)throw_java(java::missing_field_exception, "No such field: " + std::string(name) + " for class: " + class_name);
  return Step::thrown;
}

const FieldTemplate* Vm::State::find_attribute(const Fiber& f, Value instance, std::string_view name, ClassId& owner,
                                               bool& is_static) {
  const ClassId id = class_of(instance);
  const Frame* caller = f.frames.empty() ? nullptr : &f.frames.back();
  const ClassId from = caller != nullptr && caller->kind == FrameKind::code ? caller->function->owner : kNoClass;
  const ClassId seen = from != kNoClass && from >= java::count_ && is_subclass(id, from) ? from : id;
  for (const bool of_class : {false, true}) {
    const FieldTemplate* field = find_field(seen, name, of_class, owner);
    if (field == nullptr) continue;
    if (owner != seen && (field->is_property || (field->modifiers & groovy::mod_private) != 0)) continue;
    is_static = of_class;
    return field;
  }
  return nullptr;
}

Step Vm::State::get_property(Fiber& f, std::uint32_t window, std::string_view name, SiteCache* cache,
                             std::uint8_t flags) {
  const Value self = *f.at(window);
  switch (self.tag) {
    case Tag::null_:
    case Tag::undefined:
      if ((flags & site_attribute) != 0) {
        (void)throw_java(java::missing_field_exception,
                         "No such field: " + std::string(name) + " for class: org.codehaus.groovy.runtime.NullObject");
        return Step::thrown;
      }
      (void)throw_java(java::null_pointer_exception, "Cannot get property '" + std::string(name) + "' on null object");
      return Step::thrown;
    case Tag::class_: {
      const ClassId id = self.class_id();
      if (name == "class") {
        *f.at(window) = Value::of_class(java::class_);
        return Step::done;
      }
      ClassId owner = kNoClass;
      if (id >= java::count_) {
        const std::string getter = capitalized("get", name);
        const Target target = find_method(id, getter, {}, true, true);
        if (target.kind == Target::Kind::code) return call_target(f, window, 0, target, pooled(getter));
      }
      if (const FieldTemplate* field = find_field(id, name, true, owner)) {
        *f.at(window) = info(owner)->statics[field->slot];
        return Step::done;
      }
      for (const NativeEntry& entry : runtime->find(name)) {
        if (entry.kind == NativeKind::static_field && is_subclass(id, entry.owner)) {
          if (sandbox_refuses(*this, f, entry)) return Step::thrown;
          return run_native(f, entry.function, window, 0, name);
        }
      }
      for (const std::string_view prefix : {std::string_view("get"), std::string_view("is")}) {
        const std::string getter = capitalized(prefix, name);
        Target target = find_method(id, getter, {}, true);
        if (target.kind == Target::Kind::none || target.pads_null)
          target = find_method(java::class_, getter, {}, false);
        if (target.kind != Target::Kind::none && !target.pads_null)
          return call_target(f, window, 0, target, pooled(getter));
      }
      // An inner class, or one of the enclosing classes' statics.
      const ClassId inner = find_class(std::string(name_of(id)) + "$" + std::string(name));
      if (inner != kNoClass) {
        *f.at(window) = Value::of_class(inner);
        return Step::done;
      }
      for (const ClassInfo* c = info(id); c != nullptr; c = c->super >= java::count_ ? info(c->super) : nullptr) {
        if (FunctionState* function = user_method(c->id, "$static_propertyMissing", 1)) {
          reserve(f, window + 4);
          *f.at(window + 1) = heap.make_string(name);
          return enter(f, function, window, 1);
        }
        if (c->outer != kNoClass) {
          if (const FieldTemplate* field = find_field(c->outer, name, true, owner)) {
            *f.at(window) = info(owner)->statics[field->slot];
            return Step::done;
          }
        }
      }
      if (id >= java::count_ && info(id)->is_foreign) return throw_foreign(id);
      return missing_property(self, name, flags);
    }
    default:
      break;
  }
  if (self.is(Kind::map)) {
    if ((flags & site_attribute) != 0 && class_of(self) < java::count_) return missing_property(self, name, flags);
    if ((flags & site_attribute) == 0) {
      if (class_of(self) >= java::count_) {
        // A class that extends a map: its own getters come first.
        const std::string getter = capitalized("get", name);
        const Target target = find_method(class_of(self), getter, {}, false, true);
        if (target.kind != Target::Kind::none) return call_target(f, window, 0, target, pooled(getter));
        if (FunctionState* own = user_method(class_of(self), "get", 1)) {
          reserve(f, window + 4);
          *f.at(window + 1) = constant_name(name);
          return enter(f, own, window, 1);
        }
      }
      if (heap.is_sorted_view(self)) {
        reserve(f, window + 4);
        *f.at(window + 1) = constant_name(name);
        return run_native(f, kNativeGetIndex, window, 1, "getAt");
      }
      Value v = heap.map_get(self, heap.text(constant_name(name)));
      if (v.is_undefined() && class_of(self) == java::describable) {
        const std::string getter = capitalized("get", name);
        const Target target = find_method(java::describable, getter, {}, false, false, true);
        if (target.kind == Target::Kind::native && target.owner == java::describable)
          return call_target(f, window, 0, target, pooled(getter));
      }
      if (v.is_undefined() && heap.has_flag(self, flag_default)) {
        reserve(f, window + 4);
        *f.at(window + 1) = constant_name(name);
        return run_native(f, kNativeGetIndex, window, 1, "getAt");
      }
      if (v.is_undefined() && class_of(self) == java::config_object) {
        v = heap.make_map(java::config_object);
        heap.map_put(self, name, v);
      }
      *f.at(window) = v.is_undefined() ? Value::null() : v;
      return Step::done;
    }
  }
  const ClassId id = class_of(self);
  if (name == "class") {
    *f.at(window) =
        self.is(Kind::closure) && heap.closure(self)->flavor == static_cast<std::uint8_t>(ClosureFlavor::code)
            ? Value::of_class(closure_class(*functions[heap.closure(self)->function]))
        : self.is(Kind::array) ? Value::of_class(array_class(
                                     {heap.array(self)->element, static_cast<std::uint8_t>(heap.array(self)->depth)}))
                               : Value::of_class(shown_class(self));
    return Step::done;
  }
  const ClassInfo* c = info(id);
  if (c != nullptr && c->overrides_get_property && (flags & site_attribute) == 0) {
    FunctionState* function = user_method(id, "getProperty", 1);
    reserve(f, window + 4);
    *f.at(window + 1) = heap.make_string(name);
    return enter(f, function, window, 1);
  }
  if (c != nullptr && c->code != nullptr && (flags & site_attribute) != 0 && self.is(Kind::instance)) {
    ClassId owner = kNoClass;
    bool is_static = false;
    const FieldTemplate* field = find_attribute(f, self, name, owner, is_static);
    if (field == nullptr) return missing_property(self, name, flags);
    *f.at(window) = is_static ? info(owner)->statics[field->slot]
                              : heap.instance_slots(self)[slot_of(class_of(self), owner, *field)];
    return Step::done;
  }
  if (self.is(Kind::closure)) {
    const ClosureObject* closure = heap.closure(self);
    if (name == "owner" || name == "delegate" || name == "thisObject") {
      *f.at(window) = name == "owner" ? closure->owner : name == "delegate" ? closure->delegate : closure->self;
      return Step::done;
    }
    if (name == "resolveStrategy" || name == "directive") {
      *f.at(window) = Value::of_int(name == "directive" ? 0 : closure->strategy);
      return Step::done;
    }
  }
  Value expando;
  if (has_expandos) {
    const std::string getter = capitalized("get", name);
    if (!f.categories.empty()) {
      bool found = false;
      const Step step = call_category(f, window, 0, pooled(getter), found);
      if (found) return step;
    }
    if (find_expando(self, getter, expando) && expando.is(Kind::closure))
      return call_expando(f, window, 0, expando, self);
    if (find_expando(self, name, expando) && !expando.is(Kind::closure)) {
      *f.at(window) = expando;
      return Step::done;
    }
  }
  // XML results have elements, not properties: no getter comes before them.
  const bool is_xml = self.is(Kind::native_object) && (id == java::node || is_subclass(id, java::gpath_result));
  for (const std::string_view prefix : {std::string_view("get"), std::string_view("is")}) {
    if (is_xml) break;
    const std::string getter = capitalized(prefix, name);
    Target target = find_method(id, getter, {}, false);
    if (target.kind == Target::Kind::none || target.pads_null) continue;
    if (prefix == "is" && target.kind == Target::Kind::code && target.function->code->return_type != kNone16) {
      const ClassId type = resolve(*target.function->unit, target.function->code->return_type).id;
      if (type != java::p_boolean && type != java::boolean_) continue;
    }
    if (cache != nullptr && target.kind == Target::Kind::getter && !has_expandos) {
      cache->key = id;
      cache->slot = target.slot;
      cache->target = target;
    }
    return call_target(f, window, 0, target, pooled(getter));
  }
  if (c != nullptr && c->has_delegates && self.is(Kind::instance)) {
    ClassId owner = kNoClass;
    for (const std::string_view prefix : {std::string_view("get"), std::string_view("is")}) {
      bool found = false;
      const Value receiver = delegate_for(self, capitalized(prefix, name), {}, found);
      if (!found || find_field(id, name, false, owner) != nullptr) continue;
      *f.at(window) = receiver;
      return get_property(f, window, name, nullptr, flags);
    }
  }
  if (c != nullptr) {
    ClassId owner = kNoClass;
    if (const FieldTemplate* field = find_field(id, name, false, owner)) {
      if (cache != nullptr && !has_expandos) {
        Target target;
        target.kind = Target::Kind::getter;
        target.slot = slot_of(id, owner, *field);
        cache->key = id;
        cache->slot = target.slot;
        cache->target = target;
      }
      *f.at(window) = heap.instance_slots(self)[slot_of(class_of(self), owner, *field)];
      return Step::done;
    }
    if (const FieldTemplate* field = find_field(id, name, true, owner)) {
      *f.at(window) = info(owner)->statics[field->slot];
      return Step::done;
    }
  }
  if (self.is(Kind::list) && id == java::node_list) {
    const Value key = heap.make_string((flags & site_attribute) != 0 ? "@" + std::string(name) : std::string(name));
    const Target target = find_method(id, "getProperty", std::span<const Value>(&key, 1), false, false, true);
    reserve(f, window + 4);
    *f.at(window + 1) = key;
    return call_target(f, window, 1, target, "getProperty");
  }
  if (self.is(Kind::list) || self.is(Kind::set) || self.is(Kind::range)) {
    const Native spread = helper_native(12);
    reserve(f, window + 4);
    *f.at(window + 1) = heap.make_string(name);
    return run_native(f, spread, window, 1, name);
  }
  if (self.is(Kind::array)) {
    if (name == "length") {
      *f.at(window) = Value::of_int(static_cast<std::int32_t>(heap.array(self)->length));
      return Step::done;
    }
    const Native spread = helper_native(12);
    reserve(f, window + 4);
    *f.at(window + 1) = heap.make_string(name);
    return run_native(f, spread, window, 1, name);
  }
  if (self.is(Kind::map_entry) && (name == "key" || name == "value")) {
    *f.at(window) = name == "key" ? heap.entry(self)->key : heap.entry(self)->value;
    return Step::done;
  }
  if (self.is(Kind::closure)) {
    // Names of a closure are those of its owner and delegate.
    return get_name(f, window, name, site_in_closure, nullptr);
  }
  if (c != nullptr && c->is_script) {
    const Value map = script_binding(self);
    const Value v = heap.map_get(map, heap.text(constant_name(name)));
    if (!v.is_undefined()) {
      *f.at(window) = v;
      return Step::done;
    }
    if (name == "binding") {
      const Value wrapper = heap.make_native(java::binding, 1);
      heap.native_slots(wrapper)[0] = map;
      *f.at(window) = wrapper;
      return Step::done;
    }
    if (has_steps(self)) {
      Value global = Value::undefined();
      if (host.get_global(vm, f.id, name, global) != Status::ok) return Step::thrown;
      if (!global.is_undefined()) {
        *f.at(window) = global;
        return Step::done;
      }
    }
  }
  if (self.is(Kind::native_object) && id == java::binding) {
    const Value v = heap.map_get(heap.native_slots(self)[0], heap.text(constant_name(name)));
    if (!v.is_undefined()) {
      *f.at(window) = v;
      return Step::done;
    }
  }
  if (c != nullptr) {
    // A class with `get(String)` answers every name.
    if (FunctionState* function = generic_getter(id); function != nullptr && self.is(Kind::instance)) {
      reserve(f, window + 4);
      *f.at(window + 1) = heap.make_string(name);
      return enter(f, function, window, 1);
    }
    if (FunctionState* function = user_method(id, "propertyMissing", 1)) {
      reserve(f, window + 4);
      *f.at(window + 1) = heap.make_string(name);
      return enter(f, function, window, 1);
    }
    if (c->code == nullptr && c->slots >= 1 && self.is(Kind::instance) && heap.instance_slots(self)[0].is(Kind::map)) {
      const Value v = heap.map_get(heap.instance_slots(self)[0], heap.text(constant_name(name)));
      if (!v.is_undefined()) {
        *f.at(window) = v;
        return Step::done;
      }
    }
    // Fields of effects' exceptions.
    if (c->is_throwable || is_subclass(id, java::throwable)) {
      const Value extra = heap.instance_slots(self)[throwable_extra];
      if (extra.is(Kind::map)) {
        const Value v = heap.map_get(extra, heap.text(constant_name(name)));
        if (!v.is_undefined()) {
          *f.at(window) = v;
          return Step::done;
        }
      }
    }
    if (c->code != nullptr && c->code->outer_slot != kNone16) {
      const Value outer = heap.instance_slots(self)[c->slot_base + c->code->outer_slot];
      if (!outer.is_null()) {
        *f.at(window) = outer;
        return get_property(f, window, name, nullptr, flags);
      }
    }
    if (c->outer != kNoClass) {
      ClassId owner = kNoClass;
      if (const FieldTemplate* field = find_field(c->outer, name, true, owner)) {
        *f.at(window) = info(owner)->statics[field->slot];
        return Step::done;
      }
    }
  } else if (self.is(Kind::instance) && is_subclass(id, java::throwable)) {
    const Value extra = heap.instance_slots(self)[throwable_extra];
    if (extra.is(Kind::map)) {
      const Value v = heap.map_get(extra, heap.text(constant_name(name)));
      if (!v.is_undefined()) {
        *f.at(window) = v;
        return Step::done;
      }
    }
  }
  if (Value hook; has_expandos && find_expando(self, "propertyMissing", hook) && hook.is(Kind::closure)) {
    reserve(f, window + 4);
    *f.at(window + 1) = heap.make_string(name);
    return call_expando(f, window, 1, hook, self);
  }
  // Natives with dynamic properties (GPathResult, Expando, builders) implement getProperty or propertyMissing.
  if (self.is(Kind::native_object) || c == nullptr) {
    for (const std::string_view hook : {std::string_view("getProperty"), std::string_view("propertyMissing")}) {
      // `node.@id` asks for the property '@id'.
      const bool attribute = (flags & site_attribute) != 0 && hook == "getProperty";
      const Value text_arg = heap.make_string(attribute ? "@" + std::string(name) : std::string(name));
      const Target target = find_method(id, hook, std::span<const Value>(&text_arg, 1), false, false, true);
      if (target.kind == Target::Kind::native && target.owner != java::object) {
        reserve(f, window + 4);
        *f.at(window + 1) = text_arg;
        return call_target(f, window, 1, target, hook);
      }
    }
    for (const NativeEntry& entry : runtime->find(name)) {
      if (entry.kind == NativeKind::static_field && is_subclass(id, entry.owner))
        return run_native(f, entry.function, window, 0, name);
    }
  }
  return missing_property(self, name, flags);
}

FunctionState* Vm::State::generic_getter(ClassId id) {
  FunctionState* function = user_method(id, "get", 1);
  if (function == nullptr || function->code->is_static || function->code->parameters[0].type == kNone16) return nullptr;
  return resolve(*function->unit, function->code->parameters[0].type).id == java::string ? function : nullptr;
}

Step Vm::State::get_super_property(Fiber& f, std::uint32_t window, std::string_view name, ClassId below) {
  const Value self = *f.at(window);
  const ClassInfo* c = info(below);
  if (!self.is(Kind::instance) || c == nullptr) return get_property(f, window, name, nullptr);
  for (const std::string_view prefix : {std::string_view("get"), std::string_view("is")}) {
    const std::string getter = capitalized(prefix, name);
    const Target target = find_method(c->super, getter, {}, false);
    if (target.kind != Target::Kind::none && !target.pads_null)
      return call_target(f, window, 0, target, pooled(getter));
  }
  ClassId owner = kNoClass;
  if (const FieldTemplate* field = find_field(c->super, name, false, owner)) {
    *f.at(window) = heap.instance_slots(self)[slot_of(class_of(self), owner, *field)];
    return Step::done;
  }
  return get_property(f, window, name, nullptr);
}

Step Vm::State::set_super_property(Fiber& f, std::uint32_t window, std::string_view name, ClassId below) {
  const Value self = *f.at(window);
  const Value value = *f.at(window + 1);
  const ClassInfo* c = info(below);
  if (!self.is(Kind::instance) || c == nullptr) return set_property(f, window, name, nullptr);
  const std::string setter = capitalized("set", name);
  const Target target = find_method(c->super, setter, std::span<const Value>(&value, 1), false);
  if (target.kind != Target::Kind::none) return call_target(f, window, 1, target, pooled(setter));
  ClassId owner = kNoClass;
  if (const FieldTemplate* field = find_field(c->super, name, false, owner))
    return assign_field(f, window, owner, *field, value);
  return set_property(f, window, name, nullptr);
}

Step Vm::State::assign_field(Fiber& f, std::uint32_t window, ClassId owner, const FieldTemplate& field, Value value) {
  reserve(f, window + 8);
  *f.at(window + 1) = value;
  *f.at(window + 2) = Value::of_class(owner);
  *f.at(window + 3) = heap.make_string(field.name);
  return run_native(f, kNativeAssignField, window, 3, "setProperty");
}

std::vector<ResolvedType> Vm::State::setter_types(ClassId id, std::string_view setter) {
  std::vector<ResolvedType> out;
  const auto add = [&out](const ResolvedType& type) {
    const bool known = std::ranges::any_of(
        out, [&](const ResolvedType& one) { return one.id == type.id && one.arrays == type.arrays; });
    if (!known) out.push_back(type);
  };
  const auto order = linear(id);
  for (const ClassId at : order) {
    const ClassInfo* c = info(at);
    if (at < java::count_ || c == nullptr || c->code == nullptr) continue;
    const auto [begin, end] = c->code->methods_by_name.equal_range(setter);
    for (auto it = begin; it != end; ++it) {
      FunctionState& function = c->unit->functions[it->second];
      const auto types = parameter_types(function);
      if (types.size() == 1 && !function.code->is_abstract) add(types[0]);
    }
  }
  if (!out.empty()) return out;
  for (const NativeEntry& entry : runtime->find(setter)) {
    const bool takes_one = entry.parameters.size() == 1 && entry.required == 1 && !entry.varargs;
    if (takes_one && entry.kind == NativeKind::method && std::ranges::find(order, entry.owner) != order.end()) {
      add(entry.parameters[0]);
    }
  }
  return out;
}

Step Vm::State::set_property(Fiber& f, std::uint32_t window, std::string_view name, SiteCache* cache,
                             std::uint8_t flags) {
  const Value self = *f.at(window);
  const Value value = *f.at(window + 1);
  if (self.is_null()) {
    (void)throw_java(java::null_pointer_exception, "Cannot set property '" + std::string(name) + "' on null object");
    return Step::thrown;
  }
  bool needs_code = false;
  const auto converted = [&](ClassId owner, const FieldTemplate& field, Value v, Value& out) -> bool {
    out = v;
    if (field.type == kNone16) return true;
    const ResolvedType type = resolve(*info(owner)->unit, field.type);
    if (instance_of(v, type) || (v.is_null() && !(type.id >= java::p_boolean && type.id <= java::p_double)))
      return true;
    if (coerce_simple(v, type, out)) return true;
    const Status status = coerce(nullptr, v, type, out, false);
    needs_code = status == Status::suspended;
    return status == Status::ok;
  };
  const auto assign_slowly = [&](ClassId owner, const FieldTemplate& field) {
    return assign_field(f, window, owner, field, value);
  };
  if (self.is_class()) {
    const ClassId id = self.class_id();
    ClassId owner = kNoClass;
    const std::string setter = capitalized("set", name);
    const Target target = find_method(id, setter, std::span<const Value>(&value, 1), true, true);
    if (target.kind == Target::Kind::code) return call_target(f, window, 1, target, pooled(setter));
    if (const FieldTemplate* field = find_field(id, name, true, owner)) {
      if (field->is_final && info(owner)->init == ClassInfo::Init::done) {
        (void)throw_java(java::read_only_property_exception, "Cannot set readonly property: " + std::string(name) +
                                                                 " for class: " + std::string(name_of(id)));
        return Step::thrown;
      }
      Value v;
      if (!converted(owner, *field, value, v)) return needs_code ? assign_slowly(owner, *field) : Step::thrown;
      info(owner)->statics[field->slot] = v;
      return Step::done;
    }
    if (FunctionState* function = user_method(id, "$static_propertyMissing", 2)) {
      reserve(f, window + 4);
      *f.at(window + 1) = heap.make_string(name);
      *f.at(window + 2) = value;
      return enter(f, function, window, 2);
    }
    return missing_property(self, name, flags);
  }
  const ClassId id = class_of(self);
  if (self.is(Kind::map)) {
    if ((flags & site_attribute) != 0 && id < java::count_) return missing_property(self, name, flags);
    if (id >= java::count_) {
      const std::string setter = capitalized("set", name);
      const Target target = find_method(id, setter, std::span<const Value>(&value, 1), false, true);
      if (target.kind != Target::Kind::none) return call_target(f, window, 1, target, pooled(setter));
      if (FunctionState* own = user_method(id, "put", 2)) {
        reserve(f, window + 4);
        *f.at(window + 1) = constant_name(name);
        *f.at(window + 2) = value;
        return enter(f, own, window, 2);
      }
    }
    if (heap.has_flag(self, flag_immutable)) {
      (void)throw_java(java::unsupported_operation_exception);
      return Step::thrown;
    }
    if (heap.is_view(self)) {
      reserve(f, window + 4);
      *f.at(window + 1) = constant_name(name);
      *f.at(window + 2) = value;
      return run_native(f, kNativeSetIndex, window, 2, "putAt");
    }
    heap.map_put(self, constant_name(name), value);
    return Step::done;
  }
  const ClassInfo* c = info(id);
  if (c != nullptr && c->overrides_set_property && (flags & site_attribute) == 0) {
    FunctionState* function = user_method(id, "setProperty", 2);
    reserve(f, window + 4);
    *f.at(window + 1) = heap.make_string(name);
    *f.at(window + 2) = value;
    return enter(f, function, window, 2);
  }
  if (self.is(Kind::closure)) {
    if (name == "delegate") {
      set_delegate(self, value);
      return Step::done;
    }
    if (name == "resolveStrategy") {
      set_strategy(self, static_cast<std::uint8_t>(to_int(value)));
      return Step::done;
    }
    return set_name(f, window, name, site_in_closure, nullptr);
  }
  if ((flags & site_attribute) == 0) {
    const std::string setter = capitalized("set", name);
    if (Value hook; has_expandos && find_expando(self, setter, hook) && hook.is(Kind::closure))
      return call_expando(f, window, 1, hook, self);
    const Target target = find_method(id, setter, std::span<const Value>(&value, 1), false);
    if (target.kind != Target::Kind::none) {
      if (cache != nullptr && target.kind == Target::Kind::setter && !has_expandos && target.field->type == kNone16) {
        cache->key = id;
        cache->slot = target.slot;
        cache->target = target;
      }
      return call_target(f, window, 1, target, pooled(setter));
    }
    // The only setter gets what the value can be cast to; of several none is meant.
    const auto types = setter_types(id, setter);
    if (types.size() > 1) {
      (void)throw_missing_method(self, setter, std::span<const Value>(&value, 1), false);
      return Step::thrown;
    }
    if (types.size() == 1) {
      if (value.is_null()) {
        (void)throw_java(java::illegal_argument_exception);
        return Step::thrown;
      }
      Value cast = value;
      const Status status =
          coerce_simple(value, types[0], cast) ? Status::ok : coerce(nullptr, value, types[0], cast, false);
      if (status == Status::thrown) return Step::thrown;
      const Target fitting = find_method(id, setter, std::span<const Value>(&cast, 1), false);
      if (status == Status::ok && fitting.kind != Target::Kind::none) {
        *f.at(window + 1) = cast;
        return call_target(f, window, 1, fitting, pooled(setter));
      }
    }
    if (ClassId owner = kNoClass;
        c != nullptr && c->has_delegates && self.is(Kind::instance) && find_field(id, name, false, owner) == nullptr) {
      bool found = false;
      const Value receiver = delegate_for(self, setter, std::span<const Value>(&value, 1), found);
      if (found) {
        *f.at(window) = receiver;
        return set_property(f, window, name, nullptr, flags);
      }
    }
  }
  if (c != nullptr && c->code != nullptr && (flags & site_attribute) != 0 && self.is(Kind::instance)) {
    ClassId owner = kNoClass;
    bool is_static = false;
    const FieldTemplate* field = find_attribute(f, self, name, owner, is_static);
    if (field == nullptr) return missing_property(self, name, flags);
    Value v;
    if (!converted(owner, *field, value, v)) return needs_code ? assign_slowly(owner, *field) : Step::thrown;
    if (is_static) {
      info(owner)->statics[field->slot] = v;
    } else {
      heap.instance_slots(self)[slot_of(class_of(self), owner, *field)] = v;
    }
    return Step::done;
  }
  if (c != nullptr) {
    ClassId owner = kNoClass;
    if (const FieldTemplate* field = find_field(id, name, false, owner)) {
      if (field->is_final && field->is_property && (flags & site_attribute) == 0) {
        (void)throw_java(java::read_only_property_exception, "Cannot set readonly property: " + std::string(name) +
                                                                 " for class: " + std::string(name_of(id)));
        return Step::thrown;
      }
      Value v;
      if (!converted(owner, *field, value, v)) return needs_code ? assign_slowly(owner, *field) : Step::thrown;
      heap.instance_slots(self)[slot_of(class_of(self), owner, *field)] = v;
      return Step::done;
    }
    if (const FieldTemplate* field = find_field(id, name, true, owner)) {
      if (field->is_final && info(owner)->init == ClassInfo::Init::done) {
        (void)throw_java(java::read_only_property_exception, "Cannot set readonly property: " + std::string(name) +
                                                                 " for class: " + std::string(name_of(id)));
        return Step::thrown;
      }
      Value v;
      if (!converted(owner, *field, value, v)) return needs_code ? assign_slowly(owner, *field) : Step::thrown;
      info(owner)->statics[field->slot] = v;
      return Step::done;
    }
    if (c->is_script) {
      if (has_steps(self) && host.set_global(vm, f.id, name, value)) return Step::done;
      heap.map_put(script_binding(self), constant_name(name), value);
      return Step::done;
    }
    if (FunctionState* function = user_method(id, "propertyMissing", 2)) {
      reserve(f, window + 4);
      *f.at(window + 1) = heap.make_string(name);
      *f.at(window + 2) = value;
      return enter(f, function, window, 2);
    }
    // A getter without a setter: the property is read-only.
    const std::string getter = capitalized("get", name);
    if (find_method(id, getter, {}, false).kind != Target::Kind::none) {
      (void)throw_java(java::read_only_property_exception, "Cannot set readonly property: " + std::string(name) +
                                                               " for class: " + std::string(name_of(id)));
      return Step::thrown;
    }
    if (c->code != nullptr && c->code->outer_slot != kNone16) {
      const Value outer = heap.instance_slots(self)[c->slot_base + c->code->outer_slot];
      if (!outer.is_null()) {
        *f.at(window) = outer;
        return set_property(f, window, name, nullptr, flags);
      }
    }
  }
  if (self.is(Kind::map_entry) && name == "value") {
    heap.entry(self)->value = value;
    return Step::done;
  }
  if (self.is(Kind::native_object) && id == java::binding) {
    heap.map_put(heap.native_slots(self)[0], constant_name(name), value);
    return Step::done;
  }
  if (self.is(Kind::native_object)) {
    const bool attribute = (flags & site_attribute) != 0;
    const Value pair[2] = {heap.make_string(attribute ? "@" + std::string(name) : std::string(name)), value};
    for (const std::string_view hook : {std::string_view("setProperty"), std::string_view("propertyMissing")}) {
      const Target target = find_method(id, hook, pair, false, false, true);
      if (target.kind == Target::Kind::native && target.owner != java::object) {
        reserve(f, window + 4);
        *f.at(window + 1) = pair[0];
        *f.at(window + 2) = pair[1];
        return call_target(f, window, 2, target, hook);
      }
    }
  }
  const std::string getter = capitalized("get", name);
  if (find_method(id, getter, {}, false).kind != Target::Kind::none) {
    (void)throw_java(java::read_only_property_exception,
                     "Cannot set readonly property: " + std::string(name) + " for class: " + class_name(self));
    return Step::thrown;
  }
  return missing_property(self, name, flags);
}

// ---- static star imports

bool Vm::State::find_static_star(std::string_view name, FunctionState* from, Value& out, Target& getter) {
  ClassId owner = kNoClass;
  // The code's own field comes first.
  if (from->owner != kNoClass &&
      (find_field(from->owner, name, false, owner) != nullptr || find_field(from->owner, name, true, owner) != nullptr))
    return false;
  for (const std::uint16_t ref : from->unit->unit->static_stars) {
    const ClassId id = resolve(*from->unit, ref).id;
    if (id == kNoClass) continue;
    if (const FieldTemplate* field = find_field(id, name, true, owner)) {
      out = info(owner)->statics[field->slot];
      return true;
    }
    for (const NativeEntry& entry : runtime->find(name)) {
      if (entry.kind != NativeKind::static_field || !is_subclass(id, entry.owner)) continue;
      out = Value::of_class(id);
      getter.kind = Target::Kind::native;
      getter.native = &entry;
      getter.owner = entry.owner;
      return true;
    }
    if (const Target target = find_method(id, capitalized("get", name), {}, true);
        target.kind != Target::Kind::none && !target.pads_null && target.owner != java::object &&
        target.owner != java::class_) {
      out = Value::of_class(id);
      getter = target;
      return true;
    }
  }
  return false;
}

Step Vm::State::call_static_star(Fiber& f, std::uint32_t window, std::uint32_t argc, std::string_view name,
                                 FunctionState* from, bool& found) {
  found = false;
  const Arguments args(f.at(window + 1), argc);
  if (from->owner != kNoClass) {
    if (find_method(from->owner, name, args, false, true).kind != Target::Kind::none) return Step::done;
    if (find_method(java::script, name, args, false, false, true).kind != Target::Kind::none) return Step::done;
  }
  for (const std::uint16_t ref : from->unit->unit->static_stars) {
    const ClassId id = resolve(*from->unit, ref).id;
    if (id == kNoClass) continue;
    const Target target = find_method(id, name, args, true);
    if (target.kind == Target::Kind::none || target.owner == java::object) continue;
    found = true;
    *f.at(window) = Value::of_class(id);
    return call_target(f, window, argc, target, name);
  }
  return Step::done;
}

// ---- bare names
// ---------------------------------------------------------------------------------------------------------------------

/// Looks for `name` as a property of `self` without failing. true: `step` says how it went.
bool Vm::State::find_name(Fiber& f, Value self, std::string_view name, Value& out, Step& step, std::uint32_t window) {
  step = Step::done;
  if (self.is_null()) return false;
  if (self.is(Kind::map)) {
    out = heap.map_get(self, heap.text(constant_name(name)));
    if (!out.is_undefined()) return true;
    // A map answers every name: with what its default closure makes, else with null.
    out = Value::null();
    if (heap.has_flag(self, flag_default)) {
      *f.at(window) = self;
      step = get_property(f, window, name, nullptr);
      if (step == Step::done) out = *f.at(window);
    }
    return true;
  }
  const ClassId id = self.is_class() ? self.class_id() : class_of(self);
  if (self.is(Kind::instance) && is_script(id)) {
    ClassId owner = kNoClass;
    if (const FieldTemplate* field = find_field(id, name, false, owner)) {
      out = heap.instance_slots(self)[slot_of(class_of(self), owner, *field)];
      return true;
    }
    const Value map = script_binding(self);
    out = heap.map_get(map, heap.text(constant_name(name)));
    if (!out.is_undefined()) return true;
    const bool steps = has_steps(self);
    if (steps) {
      out = Value::undefined();
      if (host.get_global(vm, f.id, name, out) != Status::ok) {
        step = Step::thrown;
        return true;
      }
      if (!out.is_undefined()) return true;
    }
  }
  // Anything get_property would find: probe cheaply.
  bool known = false;
  if (self.is_class()) {
    ClassId owner = kNoClass;
    known = find_field(id, name, true, owner) != nullptr ||
            find_method(id, capitalized("get", name), {}, true).kind != Target::Kind::none;
  } else {
    ClassId owner = kNoClass;
    const ClassInfo* c = info(id);
    known = (c != nullptr &&
             (find_field(id, name, false, owner) != nullptr || find_field(id, name, true, owner) != nullptr)) ||
            find_method(id, capitalized("get", name), {}, false).kind != Target::Kind::none ||
            find_method(id, capitalized("is", name), {}, false).kind != Target::Kind::none ||
            (c != nullptr && (c->overrides_get_property || user_method(id, "propertyMissing", 1) != nullptr ||
                              generic_getter(id) != nullptr)) ||
            (self.is(Kind::native_object) && id != java::binding);
    if (!known && c != nullptr && c->code != nullptr && c->code->outer_slot != kNone16) {
      const Value outer = heap.instance_slots(self)[c->slot_base + c->code->outer_slot];
      return find_name(f, outer, name, out, step, window);
    }
    if (!known && c != nullptr && c->outer != kNoClass)
      return find_name(f, Value::of_class(c->outer), name, out, step, window);
  }
  if (!known) return false;
  *f.at(window) = self;
  step = get_property(f, window, name, nullptr);
  if (step == Step::done) out = *f.at(window);
  return true;
}

Step Vm::State::get_name(Fiber& f, std::uint32_t window, std::string_view name, std::uint8_t flags,
                         FunctionState* from) {
  Value self = *f.at(window);
  if (from != nullptr && !from->unit->unit->static_stars.empty()) {
    Value out;
    Target getter;
    if (find_static_star(name, from, out, getter)) {
      *f.at(window) = out;
      return getter.kind == Target::Kind::none ? Step::done : call_target(f, window, 0, getter, name);
    }
  }
  if (!self.is(Kind::closure)) {
    if (from != nullptr && (from->code->self_is_parameter || (flags & site_static) != 0))
      self = Value::of_class(from->owner);
    if (self.is(Kind::instance) && is_script(class_of(self))) {
      Value out;
      Step step = Step::done;
      if (find_name(f, self, name, out, step, window)) {
        if (step == Step::done) *f.at(window) = out;
        return step;
      }
      if (FunctionState* function = user_method(class_of(self), "propertyMissing", 1)) {
        reserve(f, window + 4);
        *f.at(window) = self;
        *f.at(window + 1) = heap.make_string(name);
        return enter(f, function, window, 1);
      }
      *f.at(window) = self;
      if (name == "binding" || name == "metaClass") return get_property(f, window, name, nullptr);
      (void)throw_missing_property(has_steps(self) ? std::string_view("groovy.lang.Binding") : name_of(class_of(self)),
                                   name);
      return Step::thrown;
    }
    *f.at(window) = self;
    return get_property(f, window, name, nullptr);
  }
  // A closure: owner and delegate by strategy, then the same through outer closures.
  std::vector<Value> order;
  const auto walk = [&](auto&& again, Value object, int depth) -> void {
    if (object.is_null() || depth > 60) return;
    if (!object.is(Kind::closure)) {
      if (std::none_of(order.begin(), order.end(), [&](Value v) { return v.identical(object); }))
        order.push_back(object);
      return;
    }
    const ClosureObject* c = heap.closure(object);
    const Value owner = c->owner;
    const Value delegate = c->delegate;
    switch (c->strategy) {
      case 1:
        again(again, delegate, depth + 1);
        again(again, owner, depth + 1);
        break;
      case 2:
        again(again, owner, depth + 1);
        break;
      case 3:
        again(again, delegate, depth + 1);
        break;
      case 4:
        break;
      default:
        again(again, owner, depth + 1);
        again(again, delegate, depth + 1);
        break;
    }
  };
  if (name == "thisObject") {
    *f.at(window) = heap.closure(self)->self;
    return Step::done;
  }
  walk(walk, self, 0);
  for (const Value object : order) {
    Value out;
    Step step = Step::done;
    if (find_name(f, object, name, out, step, window)) {
      if (step == Step::done) *f.at(window) = out;
      return step;
    }
  }
  if (order.empty()) {
    (void)throw_missing_property(self, name);
    return Step::thrown;
  }
  const Value first = order.front();
  if (name == "metaClass" || name == "binding") {
    *f.at(window) = first;
    return get_property(f, window, name, nullptr);
  }
  if (first.is(Kind::instance) && has_steps(first)) {
    (void)throw_missing_property("groovy.lang.Binding", name);
  } else {
    (void)throw_missing_property(first, name);
  }
  return Step::thrown;
}

Step Vm::State::set_name(Fiber& f, std::uint32_t window, std::string_view name, std::uint8_t flags,
                         FunctionState* from) {
  Value self = *f.at(window);
  if (!self.is(Kind::closure)) {
    if (from != nullptr && (from->code->self_is_parameter || (flags & site_static) != 0))
      *f.at(window) = Value::of_class(from->owner);
    return set_property(f, window, name, nullptr);
  }
  std::vector<Value> order;
  const auto walk = [&](auto&& again, Value object, int depth) -> void {
    if (object.is_null() || depth > 60) return;
    if (!object.is(Kind::closure)) {
      if (std::none_of(order.begin(), order.end(), [&](Value v) { return v.identical(object); }))
        order.push_back(object);
      return;
    }
    const ClosureObject* c = heap.closure(object);
    const Value owner = c->owner;
    const Value delegate = c->delegate;
    const std::uint8_t strategy = c->strategy;
    if (strategy == 1) again(again, delegate, depth + 1);
    if (strategy == 0 || strategy == 1 || strategy == 2) again(again, owner, depth + 1);
    if (strategy == 0 || strategy == 3) again(again, delegate, depth + 1);
  };
  walk(walk, self, 0);
  for (const Value object : order) {
    const ClassId id = object.is_class() ? object.class_id() : class_of(object);
    bool takes = object.is(Kind::map);
    ClassId owner = kNoClass;
    const Value value = *f.at(window + 1);
    if (object.is(Kind::instance)) {
      takes = find_field(id, name, false, owner) != nullptr || find_field(id, name, true, owner) != nullptr ||
              is_script(id) ||
              find_method(id, capitalized("set", name), std::span<const Value>(&value, 1), false).kind !=
                  Target::Kind::none ||
              info(id)->overrides_set_property || user_method(id, "propertyMissing", 2) != nullptr;
      if (!takes && info(id) != nullptr && info(id)->code != nullptr && info(id)->code->outer_slot != kNone16)
        takes = true;
    } else if (object.is(Kind::native_object)) {
      takes = true;
    } else if (object.is_class()) {
      takes = find_field(id, name, true, owner) != nullptr;
    }
    if (!takes) continue;
    *f.at(window) = object;
    return set_property(f, window, name, nullptr);
  }
  if (order.empty()) {
    (void)throw_missing_property(self, name);
    return Step::thrown;
  }
  *f.at(window) = order.front();
  return set_property(f, window, name, nullptr);
}

}  // namespace windlass::vm
