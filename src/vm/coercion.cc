// Casts, assignment conversion, `as`, and walking over anything iterable.
#include <cmath>

#include "num/java_numbers.h"
#include "vm/state.h"

namespace windlass::vm {

namespace {
ClassId box_of(ClassId id) {
  switch (id) {
    case java::p_boolean:
      return java::boolean_;
    case java::p_char:
      return java::character;
    case java::p_byte:
      return java::byte_;
    case java::p_short:
      return java::short_;
    case java::p_int:
      return java::integer;
    case java::p_long:
      return java::long_;
    case java::p_float:
      return java::float_;
    case java::p_double:
      return java::double_;
    default:
      return id;
  }
}
bool is_primitive(ClassId id) { return id >= java::p_boolean && id <= java::p_double; }
}  // namespace

bool Vm::State::coerce_simple(Value v, ResolvedType type, Value& out) {
  if (type.id == kNoClass || (type.id == java::object && type.arrays == 0)) {
    out = v;
    return true;
  }
  if (v.is_null()) {
    if (type.arrays == 0 && is_primitive(type.id) && type.id != java::p_boolean) return false;
    out = type.id == java::p_boolean && type.arrays == 0 ? Value::boolean(false) : v;
    return true;
  }
  if (type.arrays > 0) {
    if (!instance_of(v, type)) return false;
    out = v;
    return true;
  }
  const ClassId wanted = box_of(type.id);
  const ClassId have = class_of(v);
  if (have == wanted || (have >= java::count_ || wanted >= java::count_ ? is_subclass(have, wanted) : false)) {
    out = v;
    return true;
  }
  const bool numeric = v.is_number() || v.is_character();
  switch (wanted) {
    case java::integer:
      if (!numeric) return false;
      out = Value::of_int(to_int(v));
      return true;
    case java::long_:
      if (!numeric) return false;
      out = Value::of_long(to_long(v));
      return true;
    case java::short_:
      if (!numeric) return false;
      out = Value::of_short(static_cast<std::int16_t>(to_int(v)));
      return true;
    case java::byte_:
      if (!numeric) return false;
      out = Value::of_byte(static_cast<std::int8_t>(to_int(v)));
      return true;
    case java::double_:
      if (!numeric) return false;
      out = Value::of_double(to_double(v));
      return true;
    case java::float_:
      if (!numeric) return false;
      out = Value::of_float(static_cast<float>(to_double(v)));
      return true;
    case java::big_decimal:
      if (!numeric || (v.is_floating() && !std::isfinite(v.number))) return false;
      out = heap.make_big_decimal(to_big_decimal(v));
      return true;
    case java::big_integer:
      if (!numeric) return false;
      out = heap.make_big_integer(to_big_integer(v));
      return true;
    case java::string:
    case java::char_sequence: {
      if (wanted == java::char_sequence && is_subclass(have, java::char_sequence)) {
        out = v;
        return true;
      }
      TextBuilder builder;
      const Value saved = exception;
      if (text(nullptr, v, builder) != Status::ok) {
        exception = saved;
        return false;
      }
      out = heap.make_string(builder);
      return true;
    }
    case java::character:
      if (v.is_string() && heap.string(v)->length == 1) {
        out = Value::character(heap.text(v)[0]);
        return true;
      }
      if (numeric) {
        out = Value::character(static_cast<char16_t>(to_int(v)));
        return true;
      }
      return false;
    case java::boolean_: {
      bool truthy = false;
      if (truth(nullptr, v, truthy) != Status::ok) return false;
      out = Value::boolean(truthy);
      return true;
    }
    default:
      break;
  }
  if (is_subclass(have, wanted)) {
    out = v;
    return true;
  }
  return false;
}

Status Vm::State::coerce(Call* call, Value v, ResolvedType type, Value& out, bool explicit_cast) {
  if (type.id >= java::count_ && type.id != kNoClass && info(type.id)->array_of.id != kNoClass)
    type = info(type.id)->array_of;
  if (coerce_simple(v, type, out)) return Status::ok;
  if (v.is_null()) {
    return throw_java(java::groovy_cast_exception, "Cannot cast object 'null' with class 'null' to class '" +
                                                       std::string(name_of(type.id)) + "'. Try '" +
                                                       std::string(name_of(box_of(type.id))) + "' instead");
  }
  const ClassId wanted = box_of(type.id);
  if (type.arrays > 0) {
    if (v.is_text() && type.id == java::p_char) {
      TextBuilder builder;
      VM_DO(text(call, v, builder));
      const Value array = heap.make_array(java::p_char, static_cast<std::uint32_t>(builder.size()));
      for (std::uint32_t i = 0; i < builder.size(); ++i)
        heap.array_items(array)[i] = Value::character(builder.view()[i]);
      out = array;
      return Status::ok;
    }
    // A text is its characters, a map its entries, and what is no collection the only element.
    std::vector<Value> all;
    if (v.is(Kind::instance) || v.is(Kind::native_object) || v.is(Kind::closure)) {
      all.push_back(v);
    } else {
      VM_DO(elements(call, v, all));
    }
    const Value array = heap.make_array(type.id, static_cast<std::uint32_t>(all.size()), type.arrays);
    for (std::size_t i = 0; i < all.size(); ++i) {
      Value item = all[i];
      ResolvedType element{type.id, static_cast<std::uint8_t>(type.arrays - 1)};
      VM_DO(coerce(call, item, element, item, explicit_cast));
      heap.array_items(array)[i] = item;
    }
    out = array;
    return Status::ok;
  }
  switch (wanted) {
    case java::string: {
      TextBuilder builder;
      VM_DO(text(call, v, builder));
      out = heap.make_string(builder);
      return Status::ok;
    }
    case java::boolean_: {
      bool truthy = false;
      VM_DO(truth(call, v, truthy));
      out = Value::boolean(truthy);
      return Status::ok;
    }
    case java::integer:
    case java::long_:
    case java::short_:
    case java::byte_:
    case java::double_:
    case java::float_:
      // A text of one character casts to a number by its code.
      if (v.is_text()) {
        TextBuilder builder;
        VM_DO(text(call, v, builder));
        if (builder.size() == 1) return coerce(call, Value::character(builder.view()[0]), type, out, explicit_cast);
      }
      break;
    case java::big_decimal:
    case java::big_integer:
      if (v.is_string() && heap.text(v).size() == 1)
        return coerce(call, Value::of_int(heap.text(v)[0]), type, out, explicit_cast);
      break;
    case java::character:
      if (v.is_gstring()) {
        TextBuilder builder;
        VM_DO(text(call, v, builder));
        if (builder.size() == 1) {
          out = Value::character(builder.view()[0]);
          return Status::ok;
        }
      }
      break;
    case java::class_: {
      if (v.is_text()) {
        TextBuilder builder;
        VM_DO(text(call, v, builder));
        const ClassId id = find_class(builder.view().utf8());
        if (id != kNoClass) {
          out = Value::of_class(id);
          return Status::ok;
        }
      }
      break;
    }
    default:
      break;
  }
  // Collections from lists and arrays.
  if (v.is(Kind::list) || v.is(Kind::array) || v.is(Kind::range) || v.is(Kind::set)) {
    if (wanted == java::set || wanted == java::linked_hash_set || wanted == java::hash_set) {
      const Value set = heap.make_set(wanted == java::hash_set ? java::hash_set : java::linked_hash_set);
      std::vector<Value> all;
      VM_DO(elements(call, v, all));
      for (const Value item : all) {
        std::uint32_t slot = 0;
        std::uint32_t hashed = 0;
        VM_DO(find_slot(call, set, item, slot, hashed));
        if (slot == Heap::kNoSlot) heap.map_append(set, item, hashed, Value::null());
      }
      out = set;
      return Status::ok;
    }
    if (v.is(Kind::array) && (wanted == java::list || wanted == java::collection || wanted == java::iterable ||
                              wanted == java::array_list)) {
      out = heap.make_list(std::span<const Value>(heap.array_items(v)));
      return Status::ok;
    }
    if (wanted == java::linked_list || wanted == java::stack || wanted == java::vector) {
      std::vector<Value> all;
      VM_DO(elements(call, v, all));
      out = heap.make_list(all, wanted);
      return Status::ok;
    }
  }
  if (is_subclass(wanted, java::enum_) && v.is_text()) {
    const ClassInfo* c = info(wanted);
    TextBuilder builder;
    VM_DO(text(call, v, builder));
    if (call == nullptr) return Status::suspended;
    Value result;
    const Value args[] = {heap.make_string(builder)};
    (void)c;
    VM_DO(call->invoke_static(wanted, "valueOf", args, result));
    out = result;
    return Status::ok;
  }
  // Closures and maps to interfaces.
  const auto is_interface = [&](ClassId id) {
    return id < java::count_ ? java_classes()[id].flavor == ClassFlavor::interface_
                             : info(id)->code != nullptr && info(id)->code->kind == groovy::ClassKind::interface_;
  };
  if (v.is(Kind::closure) && is_interface(wanted)) {
    ClassInfo proxy;
    proxy.name = std::string(name_of(wanted)) + "$$Lambda";
    proxy.interfaces.push_back(wanted);
    proxy.init = ClassInfo::Init::done;
    proxy.slots = 1;
    ClassId id = kNoClass;
    if (const auto it = class_names.find(proxy.name); it != class_names.end()) {
      id = it->second;
    } else {
      id = add_class(std::move(proxy));
    }
    out = heap.make_instance(id, 1);
    heap.instance_slots(out)[0] = v;
    return Status::ok;
  }
  if (v.is(Kind::map) && explicit_cast && wanted >= java::count_) {
    if (is_interface(wanted) ||
        (info(wanted)->code != nullptr && (info(wanted)->code->modifiers & groovy::mod_abstract) != 0)) {
      const std::string name = std::string(name_of(wanted)) + "_groovyProxy";
      ClassId id = kNoClass;
      if (const auto it = class_names.find(name); it != class_names.end()) {
        id = it->second;
      } else {
        ClassInfo proxy;
        proxy.name = name;
        if (is_interface(wanted)) {
          proxy.interfaces.push_back(wanted);
        } else {
          proxy.super = wanted;
        }
        proxy.init = ClassInfo::Init::done;
        proxy.slots = 1;
        id = add_class(std::move(proxy));
      }
      out = heap.make_instance(id, 1);
      heap.instance_slots(out)[0] = v;
      return Status::ok;
    }
  }
  if (v.is(Kind::map) && is_interface(wanted) && explicit_cast) {
    const std::string name = std::string(name_of(wanted)) + "_groovyProxy";
    ClassId id = kNoClass;
    if (const auto it = class_names.find(name); it != class_names.end()) {
      id = it->second;
    } else {
      ClassInfo proxy;
      proxy.name = name;
      proxy.interfaces.push_back(wanted);
      proxy.init = ClassInfo::Init::done;
      proxy.slots = 1;
      id = add_class(std::move(proxy));
    }
    out = heap.make_instance(id, 1);
    heap.instance_slots(out)[0] = v;
    return Status::ok;
  }
  // A list or map given for a class of the script calls its constructor.
  if (wanted >= java::count_ && (v.is(Kind::list) || v.is(Kind::map)) && !is_interface(wanted)) {
    if (call == nullptr) return Status::suspended;
    std::vector<Value> args;
    if (v.is(Kind::list)) {
      VM_DO(elements(call, v, args));
    } else {
      args.push_back(v);
    }
    return call->invoke_static(wanted, "<init>", args, out);
  }
  const bool is_literal = v.is(Kind::list) || (v.is(Kind::map) && is_subclass(wanted, java::map));
  if ((!explicit_cast || v.is(Kind::map)) && wanted < java::count_ && is_literal && !is_interface(wanted) &&
      wanted == type.id && !is_subclass(wanted, java::number) && wanted != java::closure) {
    if (call == nullptr) return Status::suspended;
    std::vector<Value> args;
    if (v.is(Kind::list)) {
      VM_DO(elements(call, v, args));
    } else {
      args.push_back(v);
    }
    const Target target = find_method(wanted, "<init>", args, true);
    if (target.kind != Target::Kind::none) return call->invoke_static(wanted, "<init>", args, out);
  }
  // Date d = [time: 5]: made without arguments, and each entry set.
  if (!explicit_cast && wanted < java::count_ && v.is(Kind::map) && !is_interface(wanted) && wanted == type.id &&
      !is_subclass(wanted, java::map) && !is_subclass(wanted, java::collection) &&
      find_method(wanted, "<init>", {}, true).kind != Target::Kind::none) {
    if (call == nullptr) return Status::suspended;
    VM_DO(call->invoke_static(wanted, "<init>", {}, out));
    std::vector<Value> entries;
    VM_DO(elements(call, v, entries));
    for (const Value entry : entries) {
      TextBuilder name;
      VM_DO(text(call, heap.entry(entry)->key, name));
      VM_DO(call->set_property(out, name.view().utf8(), heap.entry(entry)->value));
    }
    return Status::ok;
  }
  return throw_cast(v, type);
}

Status Vm::State::as_type(Call* call, Value v, ResolvedType type, Value& out) {
  if (type.id >= java::count_ && type.id != kNoClass && info(type.id)->array_of.id != kNoClass)
    type = info(type.id)->array_of;
  if (v.is_null()) {
    out = type.arrays == 0 && is_primitive(type.id) ? Value::null() : v;
    return Status::ok;
  }
  if (instance_of(v, type)) {
    out = v;
    return Status::ok;
  }
  // A class's own asType decides first.
  if (v.is(Kind::instance) && user_method(class_of(v), "asType", 1) != nullptr) {
    if (call == nullptr) return Status::suspended;
    const Value args[] = {Value::of_class(type.id)};
    return call->invoke_method(v, "asType", args, out);
  }
  const ClassId wanted = box_of(type.id);
  if (type.arrays > 0 && (v.is(Kind::list) || v.is(Kind::set) || v.is(Kind::range) || v.is(Kind::array))) {
    // Each element by `as` too: texts become numbers.
    std::vector<Value> all;
    VM_DO(elements(call, v, all));
    const Value array = heap.make_array(type.id, static_cast<std::uint32_t>(all.size()), type.arrays);
    const ResolvedType element{type.id, static_cast<std::uint8_t>(type.arrays - 1)};
    for (std::size_t i = 0; i < all.size(); ++i) {
      Value item = all[i];
      if (item.is_text() && !is_subclass(wanted, java::char_sequence)) {
        VM_DO(as_type(call, item, element, item));
      } else {
        VM_DO(coerce(call, item, element, item, true));
      }
      heap.array_items(array)[i] = item;
    }
    out = array;
    return Status::ok;
  }
  if (type.arrays == 0 && v.is_text()) {
    TextBuilder builder;
    VM_DO(text(call, v, builder));
    std::string word = builder.view().utf8();
    const auto raise = [&](const num::Thrown& t) { return throw_java(find_java_class(t.type), t.message); };
    switch (wanted) {
      case java::integer: {
        std::string trimmed = word;
        while (!trimmed.empty() && static_cast<unsigned char>(trimmed.back()) <= ' ') trimmed.pop_back();
        while (!trimmed.empty() && static_cast<unsigned char>(trimmed.front()) <= ' ') trimmed.erase(0, 1);
        auto n = num::parse_int(trimmed);
        if (!n) return raise(n.error());
        out = Value::of_int(*n);
        return Status::ok;
      }
      case java::long_: {
        auto n = num::parse_long(word);
        if (!n) return raise(n.error());
        out = Value::of_long(*n);
        return Status::ok;
      }
      case java::short_:
      case java::byte_: {
        auto n = num::parse_int(word);
        if (!n) return raise(n.error());
        out = wanted == java::short_ ? Value::of_short(static_cast<std::int16_t>(*n))
                                     : Value::of_byte(static_cast<std::int8_t>(*n));
        return Status::ok;
      }
      case java::double_: {
        auto n = num::parse_double(word);
        if (!n) return raise(n.error());
        out = Value::of_double(*n);
        return Status::ok;
      }
      case java::float_: {
        auto n = num::parse_float(word);
        if (!n) return raise(n.error());
        out = Value::of_float(*n);
        return Status::ok;
      }
      case java::big_decimal: {
        auto n = num::BigDecimal::parse(word);
        if (!n) return raise(n.error());
        out = heap.make_big_decimal(*n);
        return Status::ok;
      }
      case java::big_integer: {
        auto n = num::BigInteger::parse(word);
        if (!n) return raise(n.error());
        out = heap.make_big_integer(*n);
        return Status::ok;
      }
      case java::character:
        if (builder.size() == 0) break;
        out = Value::character(builder.view()[0]);
        return Status::ok;
      case java::list:
      case java::array_list: {
        const Value list = heap.make_list(static_cast<std::uint32_t>(builder.size()));
        for (std::uint32_t i = 0; i < builder.size(); ++i)
          heap.list_add(list, heap.make_string(builder.view().substring(i, i + 1)));
        out = list;
        return Status::ok;
      }
      default:
        break;
    }
  }
  if (type.arrays > 0 && v.is_text() && type.id == java::string) {
    TextBuilder builder;
    VM_DO(text(call, v, builder));
    const Value array = heap.make_array(java::string, static_cast<std::uint32_t>(builder.size()));
    for (std::uint32_t i = 0; i < builder.size(); ++i)
      heap.array_items(array)[i] = heap.make_string(builder.view().substring(i, i + 1));
    out = array;
    return Status::ok;
  }
  if (v.is(Kind::closure) && wanted == java::closure) {
    out = v;
    return Status::ok;
  }
  if (v.is_number() && wanted == java::character) {
    out = Value::character(static_cast<char16_t>(to_int(v)));
    return Status::ok;
  }
  const bool sequence = v.is(Kind::list) || v.is(Kind::set) || v.is(Kind::range) || v.is(Kind::array);
  if (sequence && type.arrays == 0 && (wanted == java::list || wanted == java::array_list)) {
    std::vector<Value> all;
    VM_DO(elements(call, v, all));
    out = heap.make_list(all);
    return Status::ok;
  }
  if (sequence && type.arrays > 0) {
    std::vector<Value> all;
    VM_DO(elements(call, v, all));
    const ResolvedType element{type.id, static_cast<std::uint8_t>(type.arrays - 1)};
    for (Value& item : all) VM_DO(as_type(call, item, element, item));
    out = heap.make_array(type.id, static_cast<std::uint32_t>(all.size()), type.arrays);
    std::copy(all.begin(), all.end(), heap.array_items(out).begin());
    return Status::ok;
  }
  // Other collections and maps of the library are made by their constructor that copies.
  ClassId made = wanted;
  if (wanted == java::sorted_set || wanted == java::navigable_set) made = java::tree_set;
  if (wanted == java::queue || wanted == java::deque) made = java::linked_list;
  if (wanted == java::sorted_map || wanted == java::navigable_map) made = java::tree_map;
  if (wanted == java::concurrent_map) made = java::concurrent_hash_map;
  if (wanted == java::set && v.is(Kind::array)) made = java::hash_set;
  const bool copies =
      made < java::count_ && java_classes()[made].flavor == ClassFlavor::class_ &&
      ((sequence && is_subclass(made, java::collection)) || (v.is(Kind::map) && is_subclass(made, java::map)));
  if (type.arrays == 0 && sequence && made == java::stack) {  // which has no constructor that copies
    std::vector<Value> all;
    VM_DO(elements(call, v, all));
    out = heap.make_list(all, java::stack);
    return Status::ok;
  }
  if (type.arrays == 0 && v.is(Kind::closure) && wanted == java::cps_script) {
    // `{} as CpsScript` is how classes of libraries come by an object that knows the steps: the run's own script does.
    const Fiber& main = *fibers[main_fiber];
    for (const Frame& frame : main.frames) {
      const Value self = main.stack[frame.base];
      const ClassInfo* own = self.is(Kind::instance) ? info(class_of(self)) : nullptr;
      if (own == nullptr || !own->is_script || own->unit->unit->kind != ScriptKind::pipeline) continue;
      out = self;
      return Status::ok;
    }
  }
  if (type.arrays == 0 && copies) {
    if (call == nullptr) return Status::suspended;
    return call->invoke_static(made, "<init>", {&v, 1}, out);
  }
  return coerce(call, v, type, out, true);
}

// ---- iteration
// -----------------------------------------------------------------------------------------------------------------

/// Before one more is added to what a native gathers: it must fit the budget as the list it is going to be.
Status Vm::State::check_room(const std::vector<Value>& gathered) {
  charge(1);
  if (gathered.size() < limits.live_bytes / sizeof(Value)) return Status::ok;
  return throw_java(java::out_of_memory_error, "Java heap space");
}

Status Vm::State::elements(Call* call, Value v, std::vector<Value>& out) {
  VM_DO(refresh_if_view(call, v));
  switch (v.kind) {
    case Kind::list: {
      const auto all = heap.items(v);
      charge(1 + all.size() / 16);
      out.assign(all.begin(), all.end());
      return Status::ok;
    }
    case Kind::array: {
      const auto all = heap.array_items(v);
      out.assign(all.begin(), all.end());
      return Status::ok;
    }
    case Kind::set: {
      for (const std::uint32_t slot : heap.map_order(v)) out.push_back(heap.slots(v)[slot].key.plain());
      return Status::ok;
    }
    case Kind::map: {
      const auto order = heap.map_order(v);
      for (const std::uint32_t slot : order) {
        const MapSlot s = heap.slots(v)[slot];
        out.push_back(heap.make_entry(v, s.key.plain(), s.value));
      }
      return Status::ok;
    }
    case Kind::range: {
      if (heap.is_int_range(v)) {
        const auto r = heap.int_range(v);
        if (r.size > limits.live_bytes / sizeof(Value)) return throw_java(java::out_of_memory_error, "Java heap space");
        charge(1 + r.size / 16);
        out.reserve(r.size);
        for (std::uint32_t i = 0; i < r.size; ++i) out.push_back(Value::of_int(r.at(i)));
        return Status::ok;
      }
      break;
    }
    case Kind::string: {
      const TextView all = heap.text(v);
      const std::uint32_t size = all.size();
      charge(size);
      for (std::uint32_t i = 0; i < size; ++i) out.push_back(heap.make_string(heap.text(v).substring(i, i + 1)));
      return Status::ok;
    }
    default:
      break;
  }
  if (v.is_null()) return Status::ok;
  bool ok = false;
  Value iterator = make_iterator(v, ok);
  if (ok) {
    Value item;
    Status status = Status::ok;
    while (iterator_next(iterator, item, status)) {
      VM_DO(check_room(out));
      out.push_back(item);
    }
    return status;
  }
  // Object ranges, user iterables and iterators: by their methods.
  if (v.is(Kind::range)) {
    const Value from = heap.range(v)->from;
    const Value to = heap.range(v)->to;
    const bool inclusive = heap.range(v)->inclusive != 0;
    std::int32_t order = 0;
    VM_DO(compare(call, from, to, order));
    Value at = from;
    const bool down = order > 0;
    if (from.is_text() || from.is_character() || from.is_number()) {
      while (true) {
        VM_DO(check_room(out));
        VM_DO(compare(call, at, to, order));
        if (down ? order < 0 : order > 0) break;
        if (!inclusive && order == 0) break;
        out.push_back(at);
        if (order == 0) break;
        if (at.is_number()) {
          bool failed = false;
          (void)arithmetic(down ? Op::sub : Op::add, at, Value::of_int(1), at, failed);
        } else if (at.is_character()) {
          at = Value::character(static_cast<char16_t>(at.integer + (down ? -1 : 1)));
        } else {
          TextBuilder builder;
          VM_DO(text(call, at, builder));
          std::u16string code_units = builder.view().utf16();
          if (code_units.empty()) break;
          code_units.back() = static_cast<char16_t>(code_units.back() + (down ? -1 : 1));
          if (builder.size() != heap.text(at).size()) break;
          at = heap.make_string(std::u16string_view(code_units));
        }
      }
      return Status::ok;
    }
    if (call == nullptr) return Status::suspended;
    while (true) {
      VM_DO(check_room(out));
      VM_DO(compare(call, at, to, order));
      if (down ? order < 0 : order > 0) break;
      if (!inclusive && order == 0) break;
      out.push_back(at);
      if (order == 0) break;
      VM_DO(call->invoke_method(at, down ? "previous" : "next", {}, at));
    }
    return Status::ok;
  }
  if (call == nullptr) return Status::suspended;
  const ClassId id = class_of(v);
  Value it = v;
  if (v.is(Kind::native_object) && is_subclass(id, java::enumeration)) {
    while (true) {
      Value more;
      VM_DO(call->invoke_method(v, "hasMoreElements", {}, more));
      if (!more.is_true()) return Status::ok;
      VM_DO(call->invoke_method(v, "nextElement", {}, more));
      out.push_back(more);
    }
  }
  if (!is_subclass(id, java::iterator)) {
    const Target target = find_method(id, "iterator", {}, false);
    if (v.is_class() && is_subclass(v.class_id(), java::enum_)) {
      Value constants;
      VM_DO(call->invoke_static(v.class_id(), "values", {}, constants));
      return elements(call, constants, out);
    }
    if (v.is(Kind::instance) && info(id) != nullptr && info(id)->has_delegates && target.kind != Target::Kind::code) {
      bool found = false;
      const Value delegate = delegate_for(v, "iterator", {}, found);
      if (found) return elements(call, delegate, out);
    }
    // What is no container is its own only element.
    if (target.kind == Target::Kind::none || (target.kind == Target::Kind::native && target.owner == java::object)) {
      out.push_back(v);
      return Status::ok;
    }
    VM_DO(call->invoke_method(v, "iterator", {}, it));
    bool plain = false;
    if (it.is(Kind::iterator)) {
      Value item;
      Status status = Status::ok;
      while (iterator_next(it, item, status)) out.push_back(item);
      return status;
    }
    (void)plain;
  }
  while (true) {
    Value more;
    VM_DO(call->invoke_method(it, "hasNext", {}, more));
    if (!more.is_true()) return Status::ok;
    Value item;
    VM_DO(call->invoke_method(it, "next", {}, item));
    VM_DO(check_room(out));
    out.push_back(item);
  }
}

Value Vm::State::make_iterator(Value v, bool& ok) {
  ok = true;
  switch (v.kind) {
    case Kind::list:
      if (heap.is_view(v) && heap.view_kind(v) == ViewKind::values) {
        return heap.make_iterator(IteratorMode::map_values, heap.view_source(v));
      }
      if (class_of(v) == java::copy_on_write_array_list) {
        return heap.make_iterator(IteratorMode::list, heap.make_list(std::span<const Value>(heap.items(v))));
      }
      return heap.make_iterator(IteratorMode::list, v);
    case Kind::array:
      return heap.make_iterator(IteratorMode::array, v);
    case Kind::set:
      if (heap.is_map_view(v)) {
        const bool entries = heap.view_kind(v) == ViewKind::entries;
        return heap.make_iterator(entries ? IteratorMode::map_entries : IteratorMode::map_keys, heap.view_source(v));
      }
      return heap.make_iterator(IteratorMode::set, v);
    case Kind::map:
      return heap.make_iterator(IteratorMode::map_entries, v);
    case Kind::string:
      return heap.make_iterator(IteratorMode::text, v);
    case Kind::iterator:
      return v;
    case Kind::range:
      if (heap.is_int_range(v)) return heap.make_iterator(IteratorMode::range, v);
      break;
    default:
      break;
  }
  if (v.is_null()) return heap.make_iterator(IteratorMode::list, heap.make_list());
  ok = false;
  return {};
}

bool Vm::State::iterator_next(Value iterator, Value& out, Status& status) {
  auto* it = heap.iterator(iterator);
  switch (it->mode) {
    case IteratorMode::list: {
      const auto* source = heap.list(it->source);
      // Past the end is no end: Java's hasNext() is `cursor != size`.
      if (it->position == source->size) return false;
      if (it->changes != source->changes || heap.is_stale(it->source)) {
        status = throw_java(java::concurrent_modification_exception);
        return false;
      }
      it->last = it->position;
      out = heap.items(it->source)[it->position++];
      return true;
    }
    case IteratorMode::array: {
      if (it->position >= heap.array(it->source)->length) return false;
      out = heap.array_items(it->source)[it->position++];
      return true;
    }
    case IteratorMode::range: {
      const auto r = heap.int_range(it->source);
      if (it->position >= r.size) return false;
      out = Value::of_int(r.at(it->position++));
      return true;
    }
    case IteratorMode::text: {
      const TextView all = heap.text(it->source);
      if (it->position >= all.size()) return false;
      const std::uint32_t i = it->position++;
      out = heap.make_string(all.substring(i, i + 1));
      return true;
    }
    case IteratorMode::map_entries:
    case IteratorMode::map_keys:
    case IteratorMode::map_values:
    case IteratorMode::set: {
      const auto all = heap.slots(it->source);
      // A sorted one that has lost an entry is shorter: there was a next one all the same.
      const ClassId id = class_of(it->source);
      if ((id == java::tree_map || id == java::tree_set) && it->position > 0 && it->position != Heap::kNoSlot &&
          it->changes != heap.map(it->source)->changes) {
        status = throw_java(java::concurrent_modification_exception);
        return false;
      }
      std::uint32_t slot = 0;
      if (it->order.is_null()) {
        while (it->position < all.size() && all[it->position].key.is_undefined()) ++it->position;
        if (it->position >= all.size()) return false;
        slot = it->position++;
      } else {
        if (it->position >= heap.array(it->order)->length) return false;
        slot = static_cast<std::uint32_t>(heap.array_items(it->order)[it->position++].integer);
      }
      if (it->changes != heap.map(it->source)->changes || heap.is_stale(it->source)) {
        status = throw_java(java::concurrent_modification_exception);
        return false;
      }
      it->last = slot;
      const MapSlot s = all[slot];
      // The next entry is decided now, as in Java: what is added behind the last one is not seen, nor minded.
      if (it->order.is_null()) {
        while (it->position < all.size() && all[it->position].key.is_undefined()) ++it->position;
        if (it->position >= all.size()) it->position = Heap::kNoSlot;
      } else if (it->position >= heap.array(it->order)->length) {
        it->position = Heap::kNoSlot;
      }
      switch (it->mode) {
        case IteratorMode::map_values:
          out = s.value;
          break;
        case IteratorMode::map_entries:
          out = heap.make_entry(it->source, s.key.plain(), s.value);
          break;
        default:
          out = s.key.plain();
          break;
      }
      return true;
    }
    case IteratorMode::enumerated:
      return false;
  }
  return false;
}

}  // namespace windlass::vm
