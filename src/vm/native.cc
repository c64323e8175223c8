// Call: what natives may do. Semantics are in Vm::State; here they meet callbacks and memory of earlier ones.
#include "vm/state.h"

namespace windlass::vm {

std::int32_t Call::to_int(Value v) const { return vm_->state().to_int(v); }
std::int64_t Call::to_long(Value v) const { return vm_->state().to_long(v); }
double Call::to_double(Value v) const { return vm_->state().to_double(v); }
num::BigInteger Call::to_big_integer(Value v) const { return vm_->state().to_big_integer(v); }
num::BigDecimal Call::to_big_decimal(Value v) const { return vm_->state().to_big_decimal(v); }

TextView Call::text_of(Value v) const {
  TextView content;
  if (v.is_string()) content = heap_->text(v);
  if (v.is(Kind::string_builder)) content = heap_->builder_text(v);
  // Whoever asks for a text reads it.
  vm_->state().charge(content.size() / 64);
  return content;
}

void Call::charge(std::uint64_t units) { vm_->state().charge(units); }

bool Call::is_instance(Value v, ClassId class_id) const { return vm_->state().instance_of(v, {class_id, 0}); }
ClassId Call::class_of(Value v) const { return heap_->class_of(v); }
std::string Call::class_name(Value v) const { return vm_->state().class_name(v); }
bool Call::is_collection(Value v) const { return v.is(Kind::list) || v.is(Kind::set) || v.is(Kind::range); }

Status Call::throw_java(std::string_view class_name, std::string_view message) {
  const ClassId id = vm_->state().find_class(class_name);
  return vm_->state().throw_java(id == kNoClass ? static_cast<ClassId>(java::runtime_exception) : id, message);
}
Status Call::throw_java(ClassId id, std::string_view message) { return vm_->state().throw_java(id, message); }
Status Call::throw_java(ClassId id) { return vm_->state().throw_java(id); }
Status Call::throw_value(Value v) { return vm_->state().throw_value(v); }
Status Call::throw_index(std::int64_t index, std::int64_t size) {
  return throw_java(java::index_out_of_bounds_exception,
                    "Index " + std::to_string(index) + " out of bounds for length " + std::to_string(size));
}
Status Call::throw_missing_method() {
  return vm_->state().throw_missing_method(self(), name_, args(), self().is_class());
}
Status Call::check_size(std::uint64_t bytes) {
  const std::uint64_t limit = vm_->state().limits.live_bytes;
  if (bytes > limit || heap_->bytes_used() + bytes > limit * 2)
    return throw_java(java::out_of_memory_error, "Java heap space");
  return Status::ok;
}

Status Call::equals(Value a, Value b, bool& out) { return vm_->state().equals(this, a, b, out); }
Status Call::java_equals(Value a, Value b, bool& out) { return vm_->state().java_equals(this, a, b, out); }
Status Call::hash(Value v, std::int32_t& out) { return vm_->state().hash(this, v, out); }
Status Call::compare(Value a, Value b, std::int32_t& out) { return vm_->state().compare(this, a, b, out); }
Status Call::truth(Value v, bool& out) { return vm_->state().truth(this, v, out); }
Status Call::to_text(Value v, TextBuilder& out) { return vm_->state().text(this, v, out); }
Status Call::inspect(Value v, TextBuilder& out) {
  return vm_->state().text(this, v, out, Vm::State::TextMode::inspect);
}

Status Call::text(Value v, TextView& out) {
  if (v.is_string()) {
    out = heap_->text(v);
    charge(out.size() / 64);
    return Status::ok;
  }
  TextBuilder builder;
  VM_DO(to_text(v, builder));
  out = heap_->text(heap_->make_string(builder));
  return Status::ok;
}

Status Call::invoke(Value callable, std::span<const Value> args, Value& out) {
  Vm::State& s = vm_->state();
  return s.nested(
      *this, static_cast<std::uint32_t>(args.size()) + 2,
      [&](Fiber& f, std::uint32_t w) {
        *f.at(w) = callable;
        for (std::size_t i = 0; i < args.size(); ++i) *f.at(w + 1 + static_cast<std::uint32_t>(i)) = args[i];
        return s.call_value(f, w, static_cast<std::uint32_t>(args.size()));
      },
      out);
}

Status Call::invoke_method(Value receiver, std::string_view name, std::span<const Value> args, Value& out) {
  Vm::State& s = vm_->state();
  const std::string_view kept = s.pooled(std::string(name));
  return s.nested(
      *this, static_cast<std::uint32_t>(args.size()) + 2,
      [&](Fiber& f, std::uint32_t w) {
        *f.at(w) = receiver;
        for (std::size_t i = 0; i < args.size(); ++i) *f.at(w + 1 + static_cast<std::uint32_t>(i)) = args[i];
        return s.call_method(f, w, static_cast<std::uint32_t>(args.size()), kept, nullptr);
      },
      out);
}

Status Call::invoke_static(ClassId class_id, std::string_view name, std::span<const Value> args, Value& out) {
  Vm::State& s = vm_->state();
  const std::string_view kept = s.pooled(std::string(name));
  // Class initialisers are callbacks of their own: always the same number of them, so that a second run finds its
  // answers.
  for (ClassInfo* c = s.info(class_id); c != nullptr; c = c->super >= java::count_ ? s.info(c->super) : nullptr) {
    Value ignored;
    VM_DO(s.nested(*this, 4, [&](Fiber& f, std::uint32_t) { return s.ensure_initialized(f, class_id); }, ignored));
  }
  return s.nested(
      *this, static_cast<std::uint32_t>(args.size()) + 4,
      [&](Fiber& f, std::uint32_t w) {
        *f.at(w) = Value::of_class(class_id);
        for (std::size_t i = 0; i < args.size(); ++i) *f.at(w + 1 + static_cast<std::uint32_t>(i)) = args[i];
        if (kept == "<init>")
          return s.construct(f, w, static_cast<std::uint32_t>(args.size()), class_id, 0xFFFFFFFF, false);
        return s.call_class(f, w, static_cast<std::uint32_t>(args.size()), kept);
      },
      out);
}

Status Call::get_property(Value object, std::string_view name, Value& out) {
  Vm::State& s = vm_->state();
  const std::string_view kept = s.pooled(std::string(name));
  return s.nested(
      *this, 4,
      [&](Fiber& f, std::uint32_t w) {
        *f.at(w) = object;
        return s.get_property(f, w, kept, nullptr);
      },
      out);
}

Status Call::set_property(Value object, std::string_view name, Value value) {
  Vm::State& s = vm_->state();
  const std::string_view kept = s.pooled(std::string(name));
  Value ignored;
  return s.nested(
      *this, 4,
      [&](Fiber& f, std::uint32_t w) {
        *f.at(w) = object;
        *f.at(w + 1) = value;
        return s.set_property(f, w, kept, nullptr);
      },
      ignored);
}

Status Call::as_type(Value v, ClassId class_id, Value& out) {
  return vm_->state().as_type(this, v, {class_id, 0}, out);
}
Status Call::cast(Value v, ClassId class_id, Value& out) {
  return vm_->state().coerce(this, v, {class_id, 0}, out, true);
}

Status Call::binary(std::string_view name, Value a, Value b, Value& out) {
  Vm::State& s = vm_->state();
  static constexpr Op kOps[] = {Op::add, Op::sub, Op::mul,  Op::div,     Op::mod,    Op::power,
                                Op::shl, Op::shr, Op::ushr, Op::bit_and, Op::bit_or, Op::bit_xor};
  for (const Op op : kOps) {
    if (operator_name(op) != name) continue;
    bool failed = false;
    if (s.arithmetic(op, a, b, out, failed)) return failed ? Status::thrown : Status::ok;
    const Native native = slow_operator(op);
    const std::string_view kept = operator_name(op);
    return s.nested(
        *this, 4,
        [&](Fiber& f, std::uint32_t w) {
          *f.at(w) = a;
          *f.at(w + 1) = b;
          return s.run_native(f, native, w, 1, kept);
        },
        out);
  }
  const Value args[] = {b};
  return invoke_method(a, name, args, out);
}

Status Call::is_case(Value case_value, Value subject, bool& out) {
  return vm_->state().is_case(this, case_value, subject, out);
}

Status Call::map_get(Value map, Value key, Value& out) {
  std::uint32_t slot = 0;
  std::uint32_t hashed = 0;
  VM_DO(vm_->state().find_slot(this, map, key, slot, hashed));
  if (slot == Heap::kNoSlot) {
    out = Value::undefined();
  } else {
    const MapSlot s = heap_->slots(map)[slot];
    out = map.is(Kind::set) ? s.key.plain() : s.value;
  }
  return Status::ok;
}

Status Call::map_put(Value map, Value key, Value value, Value& old) {
  if (heap_->is_sorted_view(map)) {
    VM_DO(vm_->state().check_borders(this, map, key));
    return map_put(heap_->view_source(map), key, value, old);
  }
  std::uint32_t slot = 0;
  std::uint32_t hashed = 0;
  VM_DO(vm_->state().find_slot(this, map, key, slot, hashed));
  if (slot != Heap::kNoSlot) {
    MapSlot& s = heap_->slots(map)[slot];
    old = s.value;
    s.value = value.plain();
    return Status::ok;
  }
  old = Value::undefined();
  const ClassId id = heap_->class_of(map);
  if (id == java::tree_map || id == java::tree_set) {
    heap_->map_insert_slot(map, hashed, key, value);
  } else {
    heap_->map_append(map, key, hashed, value);
  }
  return Status::ok;
}

Status Call::map_remove(Value map, Value key, Value& old) {
  std::uint32_t slot = 0;
  std::uint32_t hashed = 0;
  VM_DO(vm_->state().find_slot(this, map, key, slot, hashed));
  if (slot == Heap::kNoSlot) {
    old = Value::undefined();
    return Status::ok;
  }
  const MapSlot s = heap_->slots(map)[slot];
  old = map.is(Kind::set) ? s.key.plain() : s.value;
  heap_->map_remove_slot(map, slot);
  return Status::ok;
}

Status Call::set_add(Value set, Value item, bool& added) {
  if (heap_->is_map_view(set)) return throw_java(java::unsupported_operation_exception);
  if (heap_->is_sorted_view(set)) {
    VM_DO(vm_->state().check_borders(this, set, item));
    return set_add(heap_->view_source(set), item, added);
  }
  std::uint32_t slot = 0;
  std::uint32_t hashed = 0;
  VM_DO(vm_->state().find_slot(this, set, item, slot, hashed));
  added = slot == Heap::kNoSlot;
  if (!added) return Status::ok;
  if (heap_->class_of(set) == java::tree_set) {
    heap_->map_insert_slot(set, hashed, item, Value::null());
  } else {
    heap_->map_append(set, item, hashed, Value::null());
  }
  return Status::ok;
}

Status Call::set_contains(Value set_or_map, Value key, bool& out) {
  std::uint32_t slot = 0;
  std::uint32_t hashed = 0;
  VM_DO(vm_->state().find_slot(this, set_or_map, key, slot, hashed));
  out = slot != Heap::kNoSlot;
  return Status::ok;
}

Status Call::elements(Value v, std::vector<Value>& out) { return vm_->state().elements(this, v, out); }

Value Call::take_exception() {
  Vm::State& s = vm_->state();
  const Value v = s.exception;
  s.exception = Value::null();
  return v;
}

}  // namespace windlass::vm
