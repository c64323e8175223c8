// Loaded code and classes: ids, hierarchy, fields, constants, static initialisation.
#include <algorithm>

#include "num/java_numbers.h"
#include "vm/state.h"

namespace windlass::vm {

namespace {
std::uint32_t base_slots(ClassId java_class) {
  if (java_is_subclass(java_class, java::throwable)) return kThrowableSlots;
  if (java_class == java::script || java_class == java::cps_script) return 1;
  if (java_class == java::enum_) return 2;
  return 0;
}
}  // namespace

Vm::State::State(Vm& owner, std::shared_ptr<const Runtime> shared, Host& host_, Limits limits_)
    : vm(owner), runtime(std::move(shared)), host(host_), limits(limits_), granted_bytes(limits_.live_bytes) {
  binding = heap.make_map();
}

std::string_view Vm::State::name_of(ClassId id) const {
  if (id < java::count_) return java_classes()[id].name;
  if (id == kNoClass) return "java.lang.Object";
  return classes[id - java::count_]->name;
}

std::string Vm::State::type_name(ResolvedType type) const {
  std::string name(name_of(type.id));
  if (type.arrays == 0) return name;
  std::string out(type.arrays, '[');
  switch (type.id) {
    case java::p_boolean:
      return out + 'Z';
    case java::p_byte:
      return out + 'B';
    case java::p_char:
      return out + 'C';
    case java::p_short:
      return out + 'S';
    case java::p_int:
      return out + 'I';
    case java::p_long:
      return out + 'J';
    case java::p_float:
      return out + 'F';
    case java::p_double:
      return out + 'D';
    default:
      return out + 'L' + name + ';';
  }
}

std::span<const ClassId> Vm::State::linear(ClassId id) {
  if (id < java::count_) return runtime->linear(id);
  if (id == kNoClass) return {};
  return info(id)->linear;
}

bool Vm::State::is_subclass(ClassId sub, ClassId super) {
  if (sub == super || super == java::object) return true;
  if (sub < java::count_) return super < java::count_ && runtime->is_subclass(sub, super);
  const auto order = linear(sub);
  return std::find(order.begin(), order.end(), super) != order.end();
}

ClassId Vm::State::add_class(ClassInfo class_info) {
  if (classes.size() + java::count_ >= 0xFFF0) return java::object;
  class_info.id = static_cast<ClassId>(java::count_ + classes.size());
  class_info.linear.clear();
  class_info.linear.push_back(class_info.id);
  const auto add = [&](ClassId id) {
    if (id != java::object &&
        std::find(class_info.linear.begin(), class_info.linear.end(), id) == class_info.linear.end())
      class_info.linear.push_back(id);
  };
  // What a trait says comes before what a super class does, and of two traits the later one.
  for (auto i = class_info.interfaces.rbegin(); i != class_info.interfaces.rend(); ++i) {
    for (const ClassId id : linear(*i)) {
      if (is_trait(id)) add(id);
    }
  }
  for (const ClassId id : linear(class_info.super)) add(id);
  for (const ClassId i : class_info.interfaces) {
    for (const ClassId id : linear(i)) add(id);
  }
  if (class_info.code != nullptr &&
      (class_info.code->kind == groovy::ClassKind::class_ || class_info.code->kind == groovy::ClassKind::enum_)) {
    add(java::groovy_object);
  }
  class_info.linear.push_back(java::object);
  class_names[class_info.name] = class_info.id;
  classes.push_back(std::make_unique<ClassInfo>(std::move(class_info)));
  return classes.back()->id;
}

ClassId Vm::State::closure_class(FunctionState& function) {
  if (function.closure_class == kNoClass) {
    ClassInfo c;
    c.name = function.code->closure_name;
    c.super = java::closure;
    c.init = ClassInfo::Init::done;
    c.unit = function.unit;
    function.closure_class = add_class(std::move(c));
  }
  return function.closure_class;
}

ClassId Vm::State::array_class(ResolvedType type) {
  const std::string name = type_name(type);
  if (const auto it = class_names.find(name); it != class_names.end()) return it->second;
  ClassInfo c;
  c.name = name;
  c.super = java::object_array;
  c.init = ClassInfo::Init::done;
  c.array_of = type;
  return add_class(std::move(c));
}

UnitState* Vm::State::load_unit(std::shared_ptr<const CodeUnit> code) {
  for (const auto& loaded : units) {
    if (loaded->unit == code) return loaded.get();
  }
  method_choices.clear();
  units.push_back(std::make_unique<UnitState>());
  UnitState* unit = units.back().get();
  unit->unit = code;
  unit->functions = std::make_unique<FunctionState[]>(code->functions.size());
  unit->constants.assign(code->constants.size(), Value::undefined());
  unit->types.assign(code->class_refs.size(), ResolvedType{});
  for (std::size_t i = 0; i < code->functions.size(); ++i) {
    FunctionState& f = unit->functions[i];
    f.code = code->functions[i].get();
    f.unit = unit;
    f.number = static_cast<std::uint32_t>(functions.size());
    functions.push_back(&f);
  }
  unit->classes.assign(code->classes.size(), kNoClass);
  // Names first, so that classes of the unit find each other; supers before subs.
  std::vector<std::size_t> pending(code->classes.size());
  for (std::size_t i = 0; i < pending.size(); ++i) pending[i] = i;
  bool force = false;
  while (!pending.empty()) {
    std::vector<std::size_t> later;
    for (const std::size_t i : pending) {
      const ClassTemplate& t = *code->classes[i];
      const auto own = [&](std::uint16_t ref) -> bool {
        // A class of this unit that is not yet made.
        if (ref == kNone16) return false;
        for (const std::string& candidate : code->class_refs[ref].candidates) {
          for (const std::size_t k : pending) {
            if (k != i && unit->classes[k] == kNoClass && code->classes[k]->name == candidate) return true;
          }
        }
        return false;
      };
      bool wait = own(t.superclass);
      for (const std::uint16_t ref : t.interfaces) wait = wait || own(ref);
      if (wait && !force) {
        later.push_back(i);
        continue;
      }
      ClassInfo c;
      c.name = t.name;
      c.code = &t;
      c.unit = unit;
      c.super = java::object;
      const auto type_of = [&](std::uint16_t ref) {
        return ref == kNone16 ? static_cast<ClassId>(java::object) : resolve(*unit, ref).id;
      };
      ClassId super = type_of(t.superclass);
      if (super == kNoClass) super = java::object;
      for (const std::uint16_t ref : t.interfaces) {
        const ClassId id = type_of(ref);
        if (id != kNoClass) c.interfaces.push_back(id);
      }
      const bool super_is_interface =
          super < java::count_ ? java_classes()[super].flavor == ClassFlavor::interface_
                               : info(super)->code != nullptr &&
                                     (info(super)->code->kind == groovy::ClassKind::interface_ || is_trait(super));
      if (super_is_interface) {
        c.interfaces.push_back(super);
        super = java::object;
      } else if (super >= java::count_ && info(super)->is_foreign) {
        c.interfaces.push_back(super);
        super = info(super)->super;
      }
      c.super = super;
      if (super >= java::count_) {
        c.slot_base = info(super)->slots;
        c.is_throwable = info(super)->is_throwable;
        c.is_script = info(super)->is_script;
      } else {
        c.slot_base = base_slots(super);
        c.is_throwable = java_is_subclass(super, java::throwable);
        c.is_script = super == java::script || super == java::cps_script;
      }
      c.slots = c.slot_base + t.instance_slots;
      if (t.kind == groovy::ClassKind::class_ || t.kind == groovy::ClassKind::enum_) {
        if (super >= java::count_) c.traits = info(super)->traits;
        for (const ClassId interface_id : c.interfaces) {
          for (const ClassId one : linear(interface_id)) {
            const bool known =
                std::ranges::find(c.traits, one, [](const auto& trait) { return trait.first; }) != c.traits.end();
            if (known || !is_trait(one)) continue;
            c.traits.emplace_back(one, c.slots);
            c.slots += info(one)->code->instance_slots;
          }
        }
      }
      c.statics.assign(t.static_slots, Value::null());
      for (const FieldTemplate& field : t.fields) {
        if (!field.is_static || field.type == kNone16) continue;
        const ClassRef& ref = code->class_refs[field.type];
        if (ref.arrays == 0 && ref.known >= java::p_boolean && ref.known <= java::p_double) {
          Value zero = Value::of_int(0);
          (void)coerce_simple(ref.known == java::p_boolean ? Value::boolean(false) : zero, {ref.known, 0},
                              c.statics[field.slot]);
        }
      }
      const auto is_ready = [&](ClassId one) {
        return info(one) == nullptr || info(one)->init == ClassInfo::Init::done;
      };
      const bool waits =
          t.class_init != 0xFFFFFFFF || !is_ready(c.super) || !std::ranges::all_of(c.interfaces, is_ready);
      c.init = waits ? ClassInfo::Init::none : ClassInfo::Init::done;
      const ClassId id = add_class(std::move(c));
      unit->classes[i] = id;
    }
    force = later.size() == pending.size();
    pending = std::move(later);
  }
  for (std::size_t i = 0; i < code->classes.size(); ++i) {
    ClassInfo& c = *info(unit->classes[i]);
    if (c.code->outer != kNone16) c.outer = unit->classes[c.code->outer];
    const auto overrides = [&](std::string_view name, std::size_t parameters) {
      const auto [begin, end] = c.code->methods_by_name.equal_range(name);
      return std::any_of(begin, end, [&](const auto& entry) {
        return code->functions[entry.second]->parameters.size() == parameters;
      });
    };
    c.has_private_methods = std::any_of(c.code->methods.begin(), c.code->methods.end(), [&](std::uint32_t number) {
      return (code->functions[number]->modifiers & groovy::mod_private) != 0;
    });
    const ClassInfo* super = info(c.super);
    c.has_delegates = !c.code->delegates.empty() || (super != nullptr && super->has_delegates);
    c.overrides_get_property = overrides("getProperty", 1) || (super != nullptr && super->overrides_get_property);
    c.overrides_set_property = overrides("setProperty", 2) || (super != nullptr && super->overrides_set_property);
    c.overrides_invoke = (overrides("invokeMethod", 2) && is_subclass(c.id, java::groovy_interceptable)) ||
                         (super != nullptr && super->overrides_invoke);
  }
  for (std::size_t i = 0; i < code->functions.size(); ++i) {
    const std::uint16_t index = code->functions[i]->class_index;
    if (index < unit->classes.size()) unit->functions[i].owner = unit->classes[index];
  }
  return unit;
}

ClassId Vm::State::foreign_class(const std::string& name) {
  if (const auto it = class_names.find(name); it != class_names.end()) return it->second;
  ClassInfo c;
  c.name = name;
  c.super = name.ends_with("Exception") ? java::exception : java::object;
  c.is_throwable = c.super == java::exception;
  c.slot_base = c.slots = base_slots(c.super);
  c.init = ClassInfo::Init::done;
  c.is_foreign = true;
  return add_class(std::move(c));
}

ClassId Vm::State::find_class(std::string_view name) {
  if (const auto it = class_names.find(std::string(name)); it != class_names.end())
    return info(it->second)->is_foreign ? kNoClass : it->second;
  if (const ClassId id = find_java_class(name); id != kNoClass) return id;
  if (std::find(known_missing.begin(), known_missing.end(), name) != known_missing.end()) return kNoClass;
  if (auto unit = host.load_class(vm, name)) load_unit(std::move(unit));
  // Also without a unit of its own: an inner class comes with its outer one.
  if (const auto it = class_names.find(std::string(name)); it != class_names.end()) return it->second;
  known_missing.emplace_back(name);
  return kNoClass;
}

ResolvedType Vm::State::resolve(UnitState& unit, std::uint16_t number) {
  ResolvedType& slot = unit.types[number];
  if (slot.id != kNoClass) return slot;
  const ClassRef& ref = unit.unit->class_refs[number];
  ResolvedType type{ref.known, ref.arrays};
  if (type.id == kNoClass) {
    for (const std::string& candidate : ref.candidates) {
      type.id = find_class(candidate);
      if (type.id != kNoClass) break;
    }
    if (type.id == kNoClass && ref.foreign && !ref.candidates.empty()) type.id = foreign_class(ref.candidates.front());
    if (type.id == kNoClass) {
      last_loaded_missing = ref.candidates.empty() ? ref.written : ref.candidates.front();
      last_class_failure.clear();
      for (const std::string& candidate : ref.candidates) {
        if (last_class_failure.empty()) last_class_failure = host.class_failure(candidate);
      }
      return type;
    }
  }
  unit.types[number] = type;
  return type;
}

std::string Vm::State::class_name(Value v) {
  if (v.is(Kind::array)) {
    const ArrayObject* array = heap.array(v);
    return type_name({array->element, static_cast<std::uint8_t>(array->depth)});
  }
  if (v.is(Kind::closure) && heap.closure(v)->flavor == static_cast<std::uint8_t>(ClosureFlavor::code))
    return functions[heap.closure(v)->function]->code->closure_name;
  return std::string(name_of(class_of(v)));
}

bool Vm::State::instance_of(Value v, ResolvedType type) {
  if (v.is_null() || v.is_undefined() || type.id == kNoClass) return false;
  if (type.id >= java::count_ && info(type.id)->array_of.id != kNoClass) type = info(type.id)->array_of;
  if (v.is(Kind::array)) {
    const ArrayObject* array = heap.array(v);
    if (type.arrays == 0)
      return type.id == java::object || type.id == java::object_array || type.id == java::serializable ||
             type.id == java::cloneable;
    if (type.arrays == array->depth) {
      if (type.id == array->element) return true;
      const bool primitive = array->element >= java::p_boolean && array->element <= java::p_double;
      return !primitive && is_subclass(array->element, type.id);
    }
    return type.arrays < array->depth && type.id == java::object;
  }
  if (type.arrays > 0) return false;
  if (v.is(Kind::instance) && has_delegated(class_of(v), type.id)) return true;
  if (type.id >= java::p_boolean && type.id <= java::p_double) {
    static constexpr ClassId kBoxes[] = {java::boolean_, java::character, java::byte_,  java::short_,
                                         java::integer,  java::long_,     java::float_, java::double_};
    return class_of(v) == kBoxes[type.id - java::p_boolean];
  }
  return is_subclass(class_of(v), type.id);
}

Value Vm::State::constant(UnitState& unit, std::uint32_t number) {
  Value& slot = unit.constants[number];
  if (!slot.is_undefined()) return slot;
  const UnitConstant& c = unit.unit->constants[number];
  using enum UnitConstant::Type;
  switch (c.type) {
    case string:
      slot = heap.make_string(std::string_view(c.text));
      break;
    case integer:
      slot = Value::of_int(static_cast<std::int32_t>(num::parse_long(c.text).value_or(0)));
      break;
    case long_:
      slot = Value::of_long(num::parse_long(c.text).value_or(0));
      break;
    case big_integer:
      slot = heap.make_big_integer(num::BigInteger::parse(c.text).value_or(num::BigInteger()));
      break;
    case decimal:
      slot = heap.make_big_decimal(num::BigDecimal::parse(c.text).value_or(num::BigDecimal()));
      break;
    case float_:
      slot = Value::of_float(num::parse_float(c.text).value_or(0));
      break;
    case double_:
      slot = Value::of_double(num::parse_double(c.text).value_or(0));
      break;
  }
  return slot;
}

const FieldTemplate* Vm::State::find_field(ClassId id, std::string_view name, bool is_static, ClassId& owner) {
  for (const ClassId c : linear(id)) {
    const ClassInfo* i = info(c);
    if (i == nullptr || i->code == nullptr) continue;
    for (const FieldTemplate& field : i->code->fields) {
      if (field.is_static == is_static && field.name == name) {
        owner = c;
        return &field;
      }
    }
  }
  return nullptr;
}

FunctionState* Vm::State::user_method(ClassId id, std::string_view name, std::uint32_t parameters) {
  if (id < java::count_) return nullptr;
  for (const ClassId c : linear(id)) {
    const ClassInfo* i = info(c);
    if (i == nullptr || i->code == nullptr) continue;
    const auto [begin, end] = i->code->methods_by_name.equal_range(name);
    for (auto it = begin; it != end; ++it) {
      const FunctionCode& code = *i->unit->unit->functions[it->second];
      if (code.parameters.size() == parameters && !code.is_abstract) return &i->unit->functions[it->second];
    }
  }
  return nullptr;
}

Step Vm::State::ensure_initialized(Fiber& f, ClassId id) {
  ClassInfo* c = info(id);
  if (c == nullptr || c->init != ClassInfo::Init::none) return Step::done;
  if (c->super >= java::count_) {
    const Step step = ensure_initialized(f, c->super);
    if (step != Step::done) return step;
  }
  // Their constants are read as the class's own.
  for (const ClassId one : c->interfaces) {
    const Step step = ensure_initialized(f, one);
    if (step != Step::done) return step;
  }
  if (c->code == nullptr || c->code->class_init == 0xFFFFFFFF) {
    c->init = ClassInfo::Init::done;
    return Step::done;
  }
  c->init = ClassInfo::Init::running;
  FunctionState* function = &c->unit->functions[c->code->class_init];
  const std::uint32_t window = top_of(f);
  reserve(f, window + 2);
  *f.at(window) = Value::of_class(id);
  return push_frame(f, function, window);
}

Value Vm::State::new_instance(ClassId id) {
  const ClassInfo* c = info(id);
  if (c == nullptr) return heap.make_instance(id, base_slots(id));
  const Value object = is_subclass(id, java::map)    ? heap.make_map(id)
                       : is_subclass(id, java::list) ? heap.make_list(0, id)
                       : is_subclass(id, java::set)  ? heap.make_set(id)
                                                     : heap.make_instance(id, c->slots);
  if (!object.is(Kind::instance)) {
    if (c->slots == 0) return object;
    heap.give_fields(object, c->slots);
  }
  auto slots = heap.instance_slots(object);
  // Primitive fields start as zero.
  const auto begin_fields = [&](const ClassInfo& of, std::uint32_t base) {
    for (const FieldTemplate& field : of.code->fields) {
      if (field.is_static || field.type == kNone16) continue;
      const ClassRef& ref = of.unit->unit->class_refs[field.type];
      if (ref.arrays == 0 && ref.known >= java::p_boolean && ref.known <= java::p_double) {
        Value zero = ref.known == java::p_boolean ? Value::boolean(false) : Value::of_int(0);
        (void)coerce_simple(zero, {ref.known, 0}, slots[base + field.slot]);
      }
    }
  };
  for (const ClassInfo* at = c; at != nullptr && at->code != nullptr; at = info(at->super)) {
    begin_fields(*at, at->slot_base);
    if (at->super < java::count_) break;
  }
  for (const auto& [trait, base] : c->traits) begin_fields(*info(trait), base);
  if (c->is_script) slots[0] = binding;
  if (c->is_throwable) slots[throwable_trace] = make_trace(current);
  return object;
}

ClassId Vm::State::single_method(ClassId interface_id, std::string& name) {
  if (interface_id < java::count_) {
    if (java_classes()[interface_id].flavor != ClassFlavor::interface_) return kNoClass;
    name.clear();
    return interface_id;
  }
  const ClassInfo* i = info(interface_id);
  if (i->code == nullptr || i->code->kind != groovy::ClassKind::interface_) return kNoClass;
  name.clear();
  for (const std::uint32_t m : i->code->methods) name = i->unit->unit->functions[m]->name;
  return interface_id;
}

}  // namespace windlass::vm
