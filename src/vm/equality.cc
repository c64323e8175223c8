// ==, equals, hashCode, <=>, Groovy truth, isCase, and finding keys. With `call` null no user code can run:
// Status::suspended then says that it would have to.
#include <algorithm>

#include "text/java_hash.h"
#include "vm/state.h"

namespace windlass::vm {

namespace {
constexpr int kMaxDepth = 400;

TextView char_text(Value v, std::string& narrow, std::u16string& wide) {
  const auto unit = static_cast<char16_t>(v.integer);
  if (unit < 256) {
    narrow.assign(1, static_cast<char>(unit));
    return std::string_view(narrow);
  }
  wide.assign(1, unit);
  return std::u16string_view(wide);
}
bool is_sequence(Value v) { return v.is(Kind::list) || v.is(Kind::range) || v.is(Kind::array); }
}  // namespace

Status Vm::State::equals(Call* call, Value a, Value b, bool& out, int depth) {
  out = false;
  if (a.identical(b) && !a.is_floating()) {
    out = true;
    return Status::ok;
  }
  if (a.is_null() || b.is_null()) return Status::ok;
  if (depth > kMaxDepth) return throw_java(java::stack_overflow_error);
  charge(1);
  VM_DO(refresh_if_view(call, a));
  VM_DO(refresh_if_view(call, b));
  const bool na = a.is_number() || a.is_character();
  const bool nb = b.is_number() || b.is_character();
  if (na && nb) {
    out = numbers_equal(a, b);
    return Status::ok;
  }
  if (a.is_string() && b.is_string()) {
    charge(heap.text(a).size() / 64);
    out = heap.text(a) == heap.text(b);
    return Status::ok;
  }
  // A text of one character stands for that character beside a number.
  if ((na && b.is_string() && heap.text(b).size() == 1) || (nb && a.is_string() && heap.text(a).size() == 1)) {
    const Value c = Value::of_int(heap.text(na ? b : a)[0]);
    out = na ? numbers_equal(a, c) : numbers_equal(c, b);
    return Status::ok;
  }
  if ((a.is_text() || a.is_character()) && (b.is_text() || b.is_character())) {
    std::string narrow_a;
    std::string narrow_b;
    std::u16string wide_a;
    std::u16string wide_b;
    const auto view = [&](Value v, TextBuilder& builder, std::string& narrow, std::u16string& wide,
                          TextView& result) -> Status {
      if (v.is_character()) {
        result = char_text(v, narrow, wide);
      } else if (v.is_string()) {
        result = heap.text(v);
      } else {
        VM_DO(text(call, v, builder));
        result = builder.view();
      }
      return Status::ok;
    };
    TextBuilder builder_a;
    TextBuilder builder_b;
    TextView x;
    TextView y;
    VM_DO(view(a, builder_a, narrow_a, wide_a, x));
    VM_DO(view(b, builder_b, narrow_b, wide_b, y));
    out = x == y;
    return Status::ok;
  }
  if (is_sequence(a) && is_sequence(b)) {
    std::vector<Value> left;
    std::vector<Value> right;
    VM_DO(elements(call, a, left));
    VM_DO(elements(call, b, right));
    if (left.size() != right.size()) return Status::ok;
    for (std::size_t i = 0; i < left.size(); ++i) {
      bool same = false;
      VM_DO(equals(call, left[i], right[i], same, depth + 1));
      if (!same) return Status::ok;
    }
    out = true;
    return Status::ok;
  }
  if (a.is(Kind::set) && b.is(Kind::set)) {
    if (heap.map(a)->size != heap.map(b)->size) return Status::ok;
    const std::vector<MapSlot> all(heap.slots(a).begin(), heap.slots(a).end());
    std::vector<Value> left;  // what the other set has no equal of by hash: 1 and 1L are equal all the same
    std::vector<bool> taken(heap.slots(b).size());
    for (const MapSlot& slot : all) {
      if (slot.key.is_undefined()) continue;
      std::uint32_t found = 0;
      std::uint32_t hashed = 0;
      VM_DO(find_slot(call, b, slot.key.plain(), found, hashed));
      if (found == Heap::kNoSlot) {
        left.push_back(slot.key.plain());
      } else {
        taken[found] = true;
      }
    }
    std::vector<Value> right;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      const Value item = heap.slots(b)[i].key;
      if (!taken[i] && !item.is_undefined()) right.push_back(item.plain());
    }
    for (const Value item : left) {
      bool same = false;
      for (std::size_t i = 0; i < right.size() && !same; ++i) {
        VM_DO(equals(call, item, right[i], same, depth + 1));
        if (same) right.erase(right.begin() + static_cast<std::ptrdiff_t>(i));
      }
      if (!same) return Status::ok;
    }
    out = true;
    return Status::ok;
  }
  if (a.is(Kind::map) && b.is(Kind::map)) {
    if (heap.map(a)->size != heap.map(b)->size) return Status::ok;
    const std::vector<MapSlot> all(heap.slots(a).begin(), heap.slots(a).end());
    for (const MapSlot& slot : all) {
      if (slot.key.is_undefined()) continue;
      std::uint32_t found = 0;
      std::uint32_t hashed = 0;
      VM_DO(find_slot(call, b, slot.key.plain(), found, hashed));
      if (found == Heap::kNoSlot) return Status::ok;
      bool same = false;
      VM_DO(equals(call, slot.value, heap.slots(b)[found].value, same, depth + 1));
      if (!same) return Status::ok;
    }
    out = true;
    return Status::ok;
  }
  // Comparable of one family: compareTo decides; else equals().
  if (a.is(Kind::instance) || b.is(Kind::instance)) {
    if (a.is(Kind::instance)) {
      const ClassId id = class_of(a);
      if (is_subclass(id, java::comparable) && user_method(id, "compareTo", 1) != nullptr &&
          (is_subclass(class_of(b), id) || (class_of(b) != java::object && is_subclass(id, class_of(b))))) {
        std::int32_t order = 0;
        VM_DO(compare(call, a, b, order));
        out = order == 0;
        return Status::ok;
      }
    }
    return java_equals(call, a, b, out, depth);
  }
  // 2.hours == 120.minutes: durations are compared by their length.
  if (a.is(Kind::native_object) && b.is(Kind::native_object) && is_subclass(class_of(a), java::groovy_base_duration) &&
      is_subclass(class_of(b), java::groovy_base_duration)) {
    std::int32_t order = 0;
    VM_DO(compare(call, a, b, order));
    out = order == 0;
    return Status::ok;
  }
  return java_equals(call, a, b, out, depth);
}

Status Vm::State::java_equals(Call* call, Value a, Value b, bool& out, int depth) {
  out = false;
  if (depth > kMaxDepth) return throw_java(java::stack_overflow_error);
  if (a.identical(b)) {
    out = true;
    return Status::ok;
  }
  if (a.is_null() || b.is_null()) return Status::ok;
  charge(1);
  VM_DO(refresh_if_view(call, a));
  VM_DO(refresh_if_view(call, b));
  switch (a.kind) {
    case Kind::string:
      charge(heap.text(a).size() / 64);
      out = b.is_string() && heap.text(a) == heap.text(b);
      return Status::ok;
    case Kind::gstring: {
      if (!b.is_gstring()) return Status::ok;
      TextBuilder x;
      TextBuilder y;
      VM_DO(text(call, a, x));
      VM_DO(text(call, b, y));
      out = x.view() == y.view();
      return Status::ok;
    }
    case Kind::big_integer:
      out = b.is(Kind::big_integer) && heap.big_integer(a) == heap.big_integer(b);
      return Status::ok;
    case Kind::big_decimal:
      out = b.is(Kind::big_decimal) && heap.big_decimal(a) == heap.big_decimal(b);
      return Status::ok;
    case Kind::list:
    case Kind::range:
      if (!b.is(Kind::list) && !b.is(Kind::range)) return Status::ok;
      if (a.is(Kind::range) && b.is(Kind::range) && heap.is_int_range(a) && heap.is_int_range(b)) {
        // Two ranges of ints are equal as they are written.
        const RangeObject* x = heap.range(a);
        const RangeObject* y = heap.range(b);
        out = x->from.integer == y->from.integer && x->to.integer == y->to.integer && x->inclusive == y->inclusive;
        return Status::ok;
      }
      {
        std::vector<Value> left;
        std::vector<Value> right;
        VM_DO(elements(call, a, left));
        VM_DO(elements(call, b, right));
        if (left.size() != right.size()) return Status::ok;
        for (std::size_t i = 0; i < left.size(); ++i) {
          bool same = false;
          VM_DO(java_equals(call, left[i], right[i], same, depth + 1));
          if (!same) return Status::ok;
        }
        out = true;
      }
      return Status::ok;
    case Kind::map: {
      if (!b.is(Kind::map) || heap.map(a)->size != heap.map(b)->size) return Status::ok;
      const std::vector<MapSlot> all(heap.slots(a).begin(), heap.slots(a).end());
      for (const MapSlot& slot : all) {
        if (slot.key.is_undefined()) continue;
        std::uint32_t found = 0;
        std::uint32_t hashed = 0;
        VM_DO(find_slot(call, b, slot.key.plain(), found, hashed));
        if (found == Heap::kNoSlot) return Status::ok;
        bool same = false;
        VM_DO(java_equals(call, slot.value, heap.slots(b)[found].value, same, depth + 1));
        if (!same) return Status::ok;
      }
      out = true;
      return Status::ok;
    }
    case Kind::set:
      return b.is(Kind::set) ? equals(call, a, b, out, depth) : Status::ok;
    case Kind::map_entry: {
      if (!b.is(Kind::map_entry)) return Status::ok;
      bool same = false;
      VM_DO(java_equals(call, heap.entry(a)->key, heap.entry(b)->key, same, depth + 1));
      if (!same) return Status::ok;
      return java_equals(call, heap.entry(a)->value, heap.entry(b)->value, out, depth + 1);
    }
    case Kind::instance: {
      const ClassId id = class_of(a);
      if (user_method(id, "equals", 1) != nullptr) {
        if (call == nullptr) return Status::suspended;
        Value result;
        const Value args[] = {b};
        VM_DO(call->invoke_method(a, "equals", args, result));
        out = result.is_true();
        return Status::ok;
      }
      const ClassInfo* c = info(id);
      if (c != nullptr && c->code != nullptr && (c->code->annotations & annotation_equals) != 0 && class_of(b) == id) {
        const std::vector<Value> left(heap.instance_slots(a).begin(), heap.instance_slots(a).end());
        const std::vector<Value> right(heap.instance_slots(b).begin(), heap.instance_slots(b).end());
        for (const FieldTemplate& field : c->code->fields) {
          if (field.is_static ||
              std::ranges::find(c->code->compared_fields, field.name) == c->code->compared_fields.end())
            continue;
          bool same = false;
          VM_DO(equals(call, left[c->slot_base + field.slot], right[c->slot_base + field.slot], same, depth + 1));
          if (!same) return Status::ok;
        }
        out = true;
      }
      return Status::ok;
    }
    case Kind::native_object: {
      // Natives of value classes compare their content unless they declare equals.
      const Value args[] = {b};
      if (const Target own = find_method(class_of(a), "equals", args, false);
          own.kind == Target::Kind::native && own.owner != java::object) {
        if (call == nullptr) return Status::suspended;
        Value result;
        VM_DO(call->invoke_method(a, "equals", args, result));
        out = result.is_true();
        return Status::ok;
      }
      if (!b.is(Kind::native_object) || class_of(a) != class_of(b)) return Status::ok;
      const auto x = heap.native_slots(a);
      const auto y = heap.native_slots(b);
      const auto bytes_x = heap.native_bytes(a);
      const auto bytes_y = heap.native_bytes(b);
      const ClassId id = class_of(a);
      const bool by_value = id == java::uuid || id == java::date || is_subclass(id, java::comparable) ||
                            id == java::uri || id == java::url || id == java::locale;
      if (!by_value || x.size() != y.size() || bytes_x.size() != bytes_y.size()) return Status::ok;
      for (std::size_t i = 0; i < x.size(); ++i) {
        bool same = false;
        VM_DO(java_equals(call, x[i], y[i], same, depth + 1));
        if (!same) return Status::ok;
      }
      out = std::equal(bytes_x.begin(), bytes_x.end(), bytes_y.begin());
      return Status::ok;
    }
    default:
      break;
  }
  if (a.is_floating() && a.tag == b.tag)
    out = text::hash_double(a.number) == text::hash_double(b.number) && numbers_equal(a, b);
  return Status::ok;
}

Status Vm::State::hash(Call* call, Value v, std::int32_t& out, int depth) {
  if (depth > kMaxDepth) return throw_java(java::stack_overflow_error);
  charge(1);
  switch (v.tag) {
    case Tag::null_:
    case Tag::undefined:
      out = 0;
      return Status::ok;
    case Tag::boolean:
      out = text::hash_boolean(v.is_true());
      return Status::ok;
    case Tag::character:
    case Tag::byte_:
    case Tag::short_:
    case Tag::int_:
      out = v.as_int();
      return Status::ok;
    case Tag::long_:
      out = text::hash_long(v.integer);
      return Status::ok;
    case Tag::float_:
      out = text::hash_float(static_cast<float>(v.number));
      return Status::ok;
    case Tag::double_:
      out = text::hash_double(v.number);
      return Status::ok;
    case Tag::class_:
      out = static_cast<std::int32_t>(TextView(name_of(v.class_id())).hash());
      return Status::ok;
    case Tag::object:
      break;
  }
  VM_DO(refresh_if_view(call, v));
  switch (v.kind) {
    case Kind::string:
      charge(heap.text(v).size() / 64);
      out = heap.string_hash(v);
      return Status::ok;
    case Kind::gstring: {
      TextBuilder builder;
      VM_DO(text(call, v, builder));
      out = 37 + builder.view().hash();
      return Status::ok;
    }
    case Kind::big_integer:
      out = heap.big_integer(v).hash_code();
      return Status::ok;
    case Kind::big_decimal:
      out = heap.big_decimal(v).hash_code();
      return Status::ok;
    case Kind::list:
    case Kind::range: {
      if (v.is(Kind::range) && heap.is_int_range(v) && heap.int_range(v).size > 0) {
        const auto r = heap.int_range(v);
        const auto low = static_cast<std::uint32_t>(r.low());
        const auto high = static_cast<std::uint32_t>(r.high());
        const auto product = static_cast<std::int32_t>((low + high + 1) * (low + high));
        out = static_cast<std::int32_t>(static_cast<std::uint32_t>(product >> 1) + high);
        return Status::ok;
      }
      std::vector<Value> all;
      VM_DO(elements(call, v, all));
      std::int32_t result = 1;
      for (const Value item : all) {
        std::int32_t one = 0;
        VM_DO(hash(call, item, one, depth + 1));
        result = text::hash_combine(result, one);
      }
      out = result;
      return Status::ok;
    }
    case Kind::map:
    case Kind::set: {
      const bool is_map = v.is(Kind::map);
      std::uint32_t sum = 0;
      const std::vector<MapSlot> all(heap.slots(v).begin(), heap.slots(v).end());
      for (const MapSlot& slot : all) {
        if (slot.key.is_undefined()) continue;
        std::int32_t k = 0;
        std::int32_t x = 0;
        VM_DO(hash(call, slot.key.plain(), k, depth + 1));
        if (is_map) VM_DO(hash(call, slot.value, x, depth + 1));
        sum += static_cast<std::uint32_t>(is_map ? k ^ x : k);
      }
      out = static_cast<std::int32_t>(sum);
      return Status::ok;
    }
    case Kind::map_entry: {
      std::int32_t k = 0;
      std::int32_t x = 0;
      VM_DO(hash(call, heap.entry(v)->key, k, depth + 1));
      VM_DO(hash(call, heap.entry(v)->value, x, depth + 1));
      out = k ^ x;
      return Status::ok;
    }
    case Kind::instance: {
      const ClassId id = class_of(v);
      if (user_method(id, "hashCode", 0) != nullptr) {
        if (call == nullptr) return Status::suspended;
        Value result;
        VM_DO(call->invoke_method(v, "hashCode", {}, result));
        out = to_int(result);
        return Status::ok;
      }
      const ClassInfo* c = info(id);
      if (c != nullptr && c->code != nullptr && (c->code->annotations & annotation_equals) != 0) {
        std::int32_t result = 7;
        const std::vector<Value> slots(heap.instance_slots(v).begin(), heap.instance_slots(v).end());
        for (const FieldTemplate& field : c->code->fields) {
          if (field.is_static ||
              std::ranges::find(c->code->compared_fields, field.name) == c->code->compared_fields.end())
            continue;
          std::int32_t one = 0;
          VM_DO(hash(call, slots[c->slot_base + field.slot], one, depth + 1));
          result = text::hash_combine(result, one);
        }
        out = result;
        return Status::ok;
      }
      out = heap.identity_hash(v);
      return Status::ok;
    }
    case Kind::native_object: {
      for (const NativeEntry& entry : runtime->find("hashCode")) {
        if (entry.function != nullptr && entry.kind == NativeKind::method && entry.owner != java::object &&
            is_subclass(class_of(v), entry.owner)) {
          if (call == nullptr) return Status::suspended;
          Value result;
          VM_DO(call->invoke_method(v, "hashCode", {}, result));
          out = to_int(result);
          return Status::ok;
        }
      }
      const ClassId id = class_of(v);
      if (id == java::uuid || id == java::date || is_subclass(id, java::comparable) || id == java::uri ||
          id == java::url || id == java::locale) {
        std::int32_t result = 1;
        const std::vector<Value> slots(heap.native_slots(v).begin(), heap.native_slots(v).end());
        for (const Value slot : slots) {
          std::int32_t one = 0;
          VM_DO(hash(call, slot, one, depth + 1));
          result = slots.size() == 1 ? one : text::hash_combine(result, one);
        }
        out = result;
        return Status::ok;
      }
      out = heap.identity_hash(v);
      return Status::ok;
    }
    default:
      out = heap.identity_hash(v);
      return Status::ok;
  }
}

Status Vm::State::compare(Call* call, Value a, Value b, std::int32_t& out) {
  charge(a.is_string() ? 1 + heap.text(a).size() / 64 : 1);
  out = 0;
  if (a.identical(b) && !a.is_floating()) return Status::ok;
  if (a.is_null()) {
    out = -1;
    return Status::ok;
  }
  if (b.is_null()) {
    out = 1;
    return Status::ok;
  }
  const bool na = a.is_number() || a.is_character();
  const bool nb = b.is_number() || b.is_character();
  if (na && nb) {
    out = compare_numbers(a, b);
    return Status::ok;
  }
  if (a.is_boolean() && b.is_boolean()) {
    out = a.integer < b.integer ? -1 : 1;
    return Status::ok;
  }
  const auto is_word = [](Value v) { return v.is_text() || v.is_character(); };
  if (is_word(a) && is_word(b)) {
    TextBuilder x;
    TextBuilder y;
    if (a.is_string() && b.is_string()) {
      out = heap.text(a).compare(heap.text(b));
      return Status::ok;
    }
    VM_DO(text(call, a, x));
    VM_DO(text(call, b, y));
    out = x.view().compare(y.view());
    return Status::ok;
  }
  const ClassId ca = class_of(a);
  const ClassId cb = class_of(b);
  // A number against a text of one character compares with that character's code.
  if ((na && b.is_string() && heap.text(b).size() == 1) || (nb && a.is_string() && heap.text(a).size() == 1)) {
    const Value c = Value::of_int(heap.text(na ? b : a)[0]);
    out = na ? compare_numbers(a, c) : compare_numbers(c, b);
    return Status::ok;
  }
  if (a.is_gstring()) {
    TextBuilder x;
    TextBuilder y;
    VM_DO(text(call, a, x));
    VM_DO(text(call, b, y));
    out = x.view().compare(y.view());
    return Status::ok;
  }
  if (is_subclass(ca, java::comparable) && !na && !a.is_text()) {
    const ClassInfo* ia = info(ca);
    if (ia != nullptr && is_subclass(ca, java::enum_)) {
      if (is_subclass(cb, java::enum_)) {
        out = heap.instance_slots(a)[1].as_int() - heap.instance_slots(b)[1].as_int();
        return Status::ok;
      }
    } else if (is_subclass(cb, ca) || is_subclass(ca, cb) || a.is(Kind::instance)) {
      if (call == nullptr) return Status::suspended;
      Value result;
      const Value args[] = {b};
      VM_DO(call->invoke_method(a, "compareTo", args, result));
      out = to_int(result);
      return Status::ok;
    }
  }
  // Java's comparables take their own kind only.
  const auto of_java = [&](Value v, ClassId id) {
    const std::string_view name = name_of(id);
    return id < java::count_ && !v.is(Kind::array) && !v.is(Kind::closure) &&
           (name.starts_with("java.lang.") || name.starts_with("java.util.") || name.starts_with("java.math.") ||
            name.starts_with("java.time.") || name.starts_with("java.net.") || name.starts_with("java.io."));
  };
  if (is_subclass(ca, java::comparable) && of_java(a, ca) && of_java(b, cb)) {
    const std::string mine(name_of(ca));
    const std::string other(name_of(cb));
    return throw_java(java::class_cast_exception, "class " + other + " cannot be cast to class " + mine + " (" + other +
                                                      " and " + mine +
                                                      " are in module java.base of loader 'bootstrap')");
  }
  bool same = false;
  VM_DO(equals(call, a, b, same));
  if (same) return Status::ok;
  std::string message = "Cannot compare " + class_name(a) + " with value '";
  TextBuilder x;
  VM_DO(text(call, a, x, TextMode::java));
  TextBuilder y;
  VM_DO(text(call, b, y, TextMode::java));
  message += x.view().utf8() + "' and " + class_name(b) + " with value '" + y.view().utf8() + "'";
  return throw_java(java::groovy_runtime_exception, message);
}

Status Vm::State::truth(Call* call, Value v, bool& out) {
  VM_DO(refresh_if_view(call, v));
  switch (v.tag) {
    case Tag::null_:
    case Tag::undefined:
      out = false;
      return Status::ok;
    case Tag::boolean:
    case Tag::character:
    case Tag::byte_:
    case Tag::short_:
    case Tag::int_:
    case Tag::long_:
      out = v.integer != 0;
      return Status::ok;
    case Tag::float_:
    case Tag::double_:
      out = v.number != 0;
      return Status::ok;
    case Tag::class_:
      out = true;
      return Status::ok;
    case Tag::object:
      break;
  }
  switch (v.kind) {
    case Kind::string:
      out = heap.string(v)->length > 0;
      return Status::ok;
    case Kind::gstring: {
      for (const Value part : heap.gstring_parts(v)) {
        if (heap.string(part)->length > 0) {
          out = true;
          return Status::ok;
        }
      }
      TextBuilder builder;
      VM_DO(text(call, v, builder));
      out = builder.size() > 0;
      return Status::ok;
    }
    case Kind::big_integer:
      out = !heap.big_integer(v).is_zero();
      return Status::ok;
    case Kind::big_decimal:
      out = heap.big_decimal(v).signum() != 0;
      return Status::ok;
    case Kind::list:
      out = heap.list(v)->size > 0;
      return Status::ok;
    case Kind::map:
    case Kind::set:
      out = heap.map(v)->size > 0;
      return Status::ok;
    case Kind::array:
      out = heap.array(v)->length > 0;
      return Status::ok;
    case Kind::string_builder:
      out = heap.builder_text(v).size() > 0;
      return Status::ok;
    case Kind::range:
      if (heap.is_int_range(v)) {
        out = heap.int_range(v).size > 0;
      } else {
        out = true;
      }
      return Status::ok;
    case Kind::iterator: {
      const auto* it = heap.iterator(v);
      switch (it->mode) {
        case IteratorMode::list:
          out = it->position < heap.list(it->source)->size;
          break;
        case IteratorMode::array:
          out = it->position < heap.array(it->source)->length;
          break;
        case IteratorMode::range:
          out = heap.is_int_range(it->source) && it->position < heap.int_range(it->source).size;
          break;
        case IteratorMode::text:
          out = it->position < heap.text(it->source).size();
          break;
        default: {
          const std::uint32_t end = it->order.is_null() ? static_cast<std::uint32_t>(heap.slots(it->source).size())
                                                        : heap.array(it->order)->length;
          std::uint32_t p = it->position;
          if (it->order.is_null()) {
            while (p < end && heap.slots(it->source)[p].key.is_undefined()) ++p;
          }
          out = p < end;
          break;
        }
      }
      return Status::ok;
    }
    case Kind::instance:
    case Kind::native_object: {
      const ClassId id = class_of(v);
      bool has = user_method(id, "asBoolean", 0) != nullptr;
      if (!has) {
        for (const NativeEntry& entry : runtime->find("asBoolean")) {
          has =
              has || (entry.kind == NativeKind::method && entry.owner != java::object && is_subclass(id, entry.owner));
        }
      }
      if (!has) {
        out = true;
        return Status::ok;
      }
      if (call == nullptr) return Status::suspended;
      Value result;
      VM_DO(call->invoke_method(v, "asBoolean", {}, result));
      out = result.is_true();
      return Status::ok;
    }
    default:
      out = true;
      return Status::ok;
  }
}

Status Vm::State::is_case(Call* call, Value c, Value subject, bool& out) {
  out = false;
  if (c.is_null()) {
    out = subject.is_null();
    return Status::ok;
  }
  if (c.is_class()) {
    out = subject.is_class() ? is_subclass(subject.class_id(), c.class_id()) : instance_of(subject, {c.class_id(), 0});
    return Status::ok;
  }
  switch (c.kind) {
    case Kind::list:
    case Kind::array: {
      std::vector<Value> all;
      VM_DO(elements(call, c, all));
      for (const Value item : all) {
        bool same = false;
        VM_DO(c.is(Kind::list) ? java_equals(call, item, subject, same) : equals(call, item, subject, same));
        if (same) {
          out = true;
          break;
        }
      }
      return Status::ok;
    }
    case Kind::range: {
      if (heap.is_int_range(c)) {
        if (!subject.is_int() && !subject.is(Kind::big_integer)) return Status::ok;
        const auto r = heap.int_range(c);
        const std::int64_t n = to_long(subject);
        out = r.size > 0 && n >= r.low() && n <= r.high() && numbers_equal(subject, Value::of_long(n));
        return Status::ok;
      }
      std::vector<Value> all;
      VM_DO(elements(call, c, all));
      for (const Value item : all) {
        bool same = false;
        VM_DO(equals(call, item, subject, same));
        if (same) {
          out = true;
          break;
        }
      }
      return Status::ok;
    }
    case Kind::set: {
      std::uint32_t slot = 0;
      std::uint32_t hashed = 0;
      VM_DO(find_slot(call, c, subject, slot, hashed));
      out = slot != Heap::kNoSlot;
      return Status::ok;
    }
    case Kind::map: {
      std::uint32_t slot = 0;
      std::uint32_t hashed = 0;
      VM_DO(find_slot(call, c, subject, slot, hashed));
      if (slot == Heap::kNoSlot) return Status::ok;
      return truth(call, heap.slots(c)[slot].value, out);
    }
    case Kind::closure: {
      if (call == nullptr) return Status::suspended;
      Value result;
      VM_DO(call->invoke(c, {subject}, result));
      return truth(call, result, out);
    }
    case Kind::pattern:
    case Kind::native_object: {
      if (call == nullptr) return Status::suspended;
      Value result;
      const Value args[] = {subject};
      VM_DO(call->invoke_method(c, "isCase", args, result));
      out = result.is_true();
      return Status::ok;
    }
    case Kind::instance: {
      if (user_method(class_of(c), "isCase", 1) != nullptr) {
        if (call == nullptr) return Status::suspended;
        Value result;
        const Value args[] = {subject};
        VM_DO(call->invoke_method(c, "isCase", args, result));
        return truth(call, result, out);
      }
      break;
    }
    default:
      break;
  }
  if (c.is_text()) {
    // String.isCase compares texts.
    if (subject.is_null()) return Status::ok;
    TextBuilder x;
    TextBuilder y;
    VM_DO(text(call, c, x));
    VM_DO(text(call, subject, y));
    out = x.view() == y.view();
    return Status::ok;
  }
  return equals(call, c, subject, out);
}

Status Vm::State::find_slot(Call* call, Value map, Value key, std::uint32_t& slot, std::uint32_t& hash_out) {
  slot = Heap::kNoSlot;
  const auto* object = heap.map(map);
  const ClassId id = object->class_id;
  if (id == java::tree_map || id == java::tree_set) {
    // Binary search; hash_out is the place to insert at.
    std::uint32_t low = 0;
    std::uint32_t high = object->used;
    while (low < high) {
      const std::uint32_t middle = (low + high) / 2;
      const Value other = heap.slots(map)[middle].key.plain();
      std::int32_t order = 0;
      VM_DO(compare_keys(call, map, other, key, order));
      if (order == 0) {
        slot = middle;
        hash_out = middle;
        return Status::ok;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    hash_out = low;
    return Status::ok;
  }
  std::int32_t h = 0;
  VM_DO(hash(call, key, h));
  hash_out = static_cast<std::uint32_t>(h);
  std::uint32_t cursor = 0;
  while (true) {
    const std::uint32_t candidate = heap.map_probe(map, hash_out, cursor);
    if (candidate == Heap::kNoSlot) return Status::ok;
    const Value other = heap.slots(map)[candidate].key.plain();
    bool same = false;
    charge(1);
    if (other.is_string() && key.is_string()) {
      same = heap.text(other) == heap.text(key);
    } else {
      VM_DO(java_equals(call, key, other, same));
    }
    if (same) {
      slot = candidate;
      return Status::ok;
    }
  }
}

}  // namespace windlass::vm
