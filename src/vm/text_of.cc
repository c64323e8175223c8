// toString and inspect as Groovy prints values (InvokerHelper.toString): lists, maps and null in Groovy's form.
#include <algorithm>
#include <iterator>

#include "text/java_hash.h"
#include "vm/gdk/java_enums.h"
#include "vm/state.h"

namespace windlass::vm {

namespace {
constexpr int kMaxDepth = 200;

void append_hex(TextBuilder& out, std::uint32_t n) {
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdef"[n & 15]);
    n >>= 4;
  } while (n != 0);
  out.append(std::string_view(digits));
}

void append_quoted(TextBuilder& out, TextView text) {
  out.append("'");
  for (std::uint32_t i = 0; i < text.size(); ++i) {
    const char16_t c = text[i];
    switch (c) {
      case u'\n':
        out.append("\\n");
        break;
      case u'\t':
        out.append("\\t");
        break;
      case u'\r':
        out.append("\\r");
        break;
      case u'\b':
        out.append("\\b");
        break;
      case u'\f':
        out.append("\\f");
        break;
      case u'\\':
        out.append("\\\\");
        break;
      case u'\'':
        out.append("\\'");
        break;
      default:
        out.append_unit(c);
    }
  }
  out.append("'");
}
}  // namespace

Status Vm::State::text(Call* call, Value v, TextBuilder& out, TextMode mode, int depth) {
  if (depth > kMaxDepth) return throw_java(java::stack_overflow_error);
  charge(v.is_string() ? 1 + heap.text(v).size() / 64 : 1);
  const TextMode inner = mode == TextMode::plain ? TextMode::plain : mode;
  switch (v.tag) {
    case Tag::null_:
    case Tag::undefined:
      out.append("null");
      return Status::ok;
    case Tag::boolean:
      out.append(v.is_true() ? "true" : "false");
      return Status::ok;
    case Tag::character:
      if (mode == TextMode::inspect) {
        std::string narrow(1, static_cast<char>(v.integer));
        append_quoted(out, TextView(std::string_view(narrow)));
      } else {
        out.append_unit(static_cast<char16_t>(v.integer));
      }
      return Status::ok;
    case Tag::byte_:
    case Tag::short_:
    case Tag::int_:
    case Tag::long_:
    case Tag::float_:
    case Tag::double_:
      number_text(v, out);
      return Status::ok;
    case Tag::class_: {
      const ClassId id = v.class_id();
      const bool is_interface =
          id < java::count_ ? java_classes()[id].flavor == ClassFlavor::interface_
                            : info(id)->code != nullptr && info(id)->code->kind == groovy::ClassKind::interface_;
      if (id < java::count_ && java_classes()[id].flavor == ClassFlavor::primitive) {
        out.append(name_of(id));
        return Status::ok;
      }
      out.append(is_interface ? "interface " : "class ");
      out.append_utf8(name_of(id));
      return Status::ok;
    }
    case Tag::object:
      break;
  }
  VM_DO(refresh_if_view(call, v));
  const auto sequence = [&](std::span<const Value> all, Value self) -> Status {
    out.append("[");
    bool first = true;
    const std::vector<Value> copy(all.begin(), all.end());
    for (const Value item : copy) {
      if (!first) out.append(", ");
      first = false;
      if (item.identical(self)) {
        out.append("(this Collection)");
      } else {
        VM_DO(text(call, item, out, inner, depth + 1));
      }
    }
    out.append("]");
    return Status::ok;
  };
  switch (v.kind) {
    case Kind::string:
      if (mode == TextMode::inspect) {
        append_quoted(out, heap.text(v));
      } else {
        out.append(heap.text(v));
      }
      return Status::ok;
    case Kind::gstring: {
      TextBuilder content;
      const std::vector<Value> parts(heap.gstring_parts(v).begin(), heap.gstring_parts(v).end());
      const std::vector<Value> values(heap.gstring_values(v).begin(), heap.gstring_values(v).end());
      for (std::size_t i = 0; i < parts.size(); ++i) {
        content.append(heap.text(parts[i]));
        if (i >= values.size()) break;
        Value value = values[i];
        if (value.is(Kind::closure)) {
          const ClosureObject* closure = heap.closure(value);
          const FunctionCode* code = closure->flavor == static_cast<std::uint8_t>(ClosureFlavor::code)
                                         ? functions[closure->function]->code
                                         : nullptr;
          if (code != nullptr && (code->parameters.empty() || code->implicit_it)) {
            if (code->parameters.empty()) {
              if (call == nullptr) return Status::suspended;
              VM_DO(call->invoke(value, {}, value));
            }
          } else if (code != nullptr && code->parameters.size() == 1) {
            if (call == nullptr) return Status::suspended;
            const Value writer = heap.make_string_builder(java::string_builder, {});
            Value ignored;
            VM_DO(call->invoke(value, {writer}, ignored));
            content.append(heap.builder_text(writer));
            continue;
          } else if (code != nullptr) {
            return throw_java(java::groovy_runtime_exception,
                              "Trying to evaluate a GString containing a Closure taking " +
                                  std::to_string(code->parameters.size()) + " parameters");
          }
        }
        if (value.is(Kind::range)) {
          VM_DO(text(call, value, content, TextMode::plain));
        } else {
          VM_DO(text(call, value, content, TextMode::plain, depth + 1));
        }
      }
      out.append(content.view());
      return Status::ok;
    }
    case Kind::big_integer:
    case Kind::big_decimal:
      number_text(v, out);
      return Status::ok;
    case Kind::list: {
      const ClassId id = class_of(v);
      if (id >= java::count_ && user_method(id, "toString", 0) != nullptr) break;
      return sequence(heap.items(v), v);
    }
    case Kind::array:
      if (mode == TextMode::java) break;
      if (heap.array(v)->element == java::p_char && heap.array(v)->depth == 1) {
        const auto all = heap.array_items(v);
        for (const Value item : all) out.append_unit(static_cast<char16_t>(item.integer));
        return Status::ok;
      }
      return sequence(heap.array_items(v), v);
    case Kind::range: {
      if (mode == TextMode::plain && depth == 0) {
        // Printed like any list; inside of others, and by its own toString() and inspect(), it shows its borders.
        std::vector<Value> all;
        VM_DO(elements(call, v, all));
        return sequence(all, v);
      }
      const RangeObject* r = heap.range(v);
      const Value from = r->from;
      const Value to = r->to;
      const bool exclusive = heap.is_int_range(v) && r->inclusive == 0;
      VM_DO(text(call, from, out, mode, depth + 1));
      out.append(exclusive ? "..<" : "..");
      return text(call, to, out, mode, depth + 1);
    }
    case Kind::set: {
      const auto order = heap.map_order(v);
      std::vector<Value> all;
      all.reserve(order.size());
      for (const std::uint32_t slot : order) all.push_back(heap.slots(v)[slot].key.plain());
      return sequence(all, v);
    }
    case Kind::map: {
      if (class_of(v) >= java::count_ && user_method(class_of(v), "toString", 0) != nullptr) break;
      const auto order = heap.map_order(v);
      const bool java_form = mode == TextMode::java;
      if (class_of(v) == java::describable) {
        // As Jenkins writes what a symbol gives: @string(name=A,value=b).
        const std::vector<MapSlot> all(heap.slots(v).begin(), heap.slots(v).end());
        const Value symbol = heap.map_get(v, std::string_view("$class"));
        out.append("@");
        if (symbol.is_string()) out.append(heap.text(symbol));
        out.append("(");
        bool first = true;
        for (const std::uint32_t slot : order) {
          const Value key = all[slot].key.plain();
          if (key.is_string() && heap.text(key) == TextView(std::string_view("$class"))) continue;
          if (!first) out.append(",");
          first = false;
          const bool unnamed = key.is_string() && heap.text(key).empty();
          if (unnamed) out.append("<anonymous>");
          if (!unnamed) VM_DO(text(call, key, out, inner, depth + 1));
          out.append("=");
          VM_DO(text(call, all[slot].value, out, inner, depth + 1));
        }
        out.append(")");
        return Status::ok;
      }
      if (order.empty()) {
        out.append(java_form ? "{}" : "[:]");
        return Status::ok;
      }
      out.append(java_form ? "{" : "[");
      const std::vector<MapSlot> all(heap.slots(v).begin(), heap.slots(v).end());
      bool first = true;
      for (const std::uint32_t slot : order) {
        if (!first) out.append(", ");
        first = false;
        VM_DO(text(call, all[slot].key.plain(), out, inner, depth + 1));
        out.append(java_form ? "=" : ":");
        if (all[slot].value.identical(v)) {
          out.append("(this Map)");
        } else {
          VM_DO(text(call, all[slot].value, out, inner, depth + 1));
        }
      }
      out.append(java_form ? "}" : "]");
      return Status::ok;
    }
    case Kind::map_entry: {
      const bool groovy_entry = class_of(v) == java::map_entry_groovy;
      const Value key = heap.entry(v)->key;
      const Value value = heap.entry(v)->value;
      VM_DO(text(call, key, out, mode == TextMode::inspect ? mode : TextMode::plain, depth + 1));
      out.append(mode == TextMode::inspect || groovy_entry ? ":" : "=");
      return text(call, value, out, mode == TextMode::inspect ? mode : TextMode::plain, depth + 1);
    }
    case Kind::string_builder:
      out.append(heap.builder_text(v));
      return Status::ok;
    case Kind::pattern:
      out.append(heap.text(heap.pattern(v)->source));
      return Status::ok;
    default:
      break;
  }
  const ClassId id = class_of(v);
  if (user_method(id, "toString", 0) != nullptr) {
    if (call == nullptr) return Status::suspended;
    Value result;
    VM_DO(call->invoke_method(v, "toString", {}, result));
    if (result.is(Kind::instance)) {
      out.append("null");
      return Status::ok;
    }
    return text(call, result, out, TextMode::plain, depth + 1);
  }
  if (v.is(Kind::instance)) {
    const ClassInfo* c = info(id);
    if (is_subclass(id, java::throwable)) {
      if (user_method(id, "getMessage", 0) != nullptr || user_method(id, "getLocalizedMessage", 0) != nullptr) {
        if (call == nullptr) return Status::suspended;
        Value message;
        VM_DO(call->invoke_method(
            v, user_method(id, "getLocalizedMessage", 0) != nullptr ? "getLocalizedMessage" : "getMessage", {},
            message));
        out.append_utf8(name_of(id));
        if (!message.is_null()) {
          out.append(": ");
          VM_DO(text(call, message, out, TextMode::plain, depth + 1));
        }
        return Status::ok;
      }
      out.append_utf8(throwable_text(v));
      return Status::ok;
    }
    if (is_subclass(id, java::enum_)) {
      const Value name = heap.instance_slots(v)[0];
      return text(call, name, out, TextMode::plain, depth + 1);
    }
    if (c != nullptr && c->code != nullptr && (c->code->annotations & annotation_to_string) != 0) {
      std::string_view name = c->name;
      if ((c->code->annotations & annotation_no_package) != 0) name.remove_prefix(name.rfind('.') + 1);
      out.append_utf8(name);
      out.append("(");
      bool first = true;
      const std::vector<Value> slots(heap.instance_slots(v).begin(), heap.instance_slots(v).end());
      for (const std::string& wanted : c->code->shown_fields) {
        const auto found = std::ranges::find(c->code->fields, wanted, &FieldTemplate::name);
        if (found == c->code->fields.end() || found->is_static) continue;
        const FieldTemplate& field = *found;
        if ((c->code->annotations & annotation_ignore_nulls) != 0 && slots[c->slot_base + field.slot].is_null())
          continue;
        if (!first) out.append(", ");
        first = false;
        if ((c->code->annotations & annotation_names) != 0) {
          out.append_utf8(field.name);
          out.append(":");
        }
        const Value value = slots[c->slot_base + field.slot];
        if (value.identical(v)) {
          out.append("(this)");
        } else {
          VM_DO(text(call, value, out, TextMode::plain, depth + 1));
        }
      }
      out.append(")");
      return Status::ok;
    }
  }
  if (v.is(Kind::native_object) || v.is(Kind::iterator)) {
    for (const NativeEntry& entry : runtime->find("toString")) {
      if (entry.kind == NativeKind::method && entry.owner != java::object && entry.parameters.empty() &&
          is_subclass(id, entry.owner)) {
        if (call == nullptr) {
          if (!tells_itself(id)) return Status::suspended;
          Fiber alone;
          Value window[1] = {v};
          Call own = CallAccess::make(vm, heap, alone, window, 0, "toString");
          VM_DO(entry.function(own));
          return text(nullptr, window[0], out, TextMode::plain, depth + 1);
        }
        Value result;
        VM_DO(call->invoke_method(v, "toString", {}, result));
        return text(call, result, out, TextMode::plain, depth + 1);
      }
    }
  }
  if (v.is(Kind::array)) {
    out.append_utf8(class_name(v));
  } else if (v.is(Kind::closure) && heap.closure(v)->flavor == static_cast<std::uint8_t>(ClosureFlavor::code)) {
    out.append_utf8(functions[heap.closure(v)->function]->code->closure_name);
  } else {
    out.append_utf8(name_of(id));
  }
  out.append("@");
  std::int32_t h = 0;
  if (v.is(Kind::instance)) {
    VM_DO(hash(call, v, h));
  } else {
    h = heap.identity_hash(v);
  }
  append_hex(out, static_cast<std::uint32_t>(h));
  return Status::ok;
}

bool Vm::State::tells_itself(ClassId id) const {
  if (!java_enum_names(id).empty()) return true;
  constexpr ClassId kThem[] = {java::date, java::uuid, java::url, java::uri, java::file, java::locale};
  return std::ranges::find(kThem, id) != std::end(kThem) || name_of(id).starts_with("java.time.");
}

std::string Vm::State::simple_text(Value v) {
  TextBuilder out;
  const Value saved = exception;
  const Aside aside(*this);
  try {
    if (text(nullptr, v, out) == Status::ok) return out.view().utf8();
  } catch (const BudgetSpent&) {
    if (!aside.is_active()) throw;
  } catch (const std::bad_alloc&) {
    if (!aside.is_active()) throw;
  }
  exception = saved;
  if (v.is_object()) return std::string(name_of(class_of(v))) + "@" + std::to_string(heap.identity_hash(v));
  return "?";
}

std::string Vm::State::list_text(std::span<const Value> args, bool quote_strings) {
  (void)quote_strings;
  std::string out;
  for (const Value v : args) {
    if (!out.empty()) out += ", ";
    // A range shows its borders here.
    TextBuilder borders;
    const bool shown = v.is(Kind::range) && text(nullptr, v, borders, TextMode::plain, 1) == Status::ok;
    out += shown ? borders.view().utf8() : simple_text(v);
  }
  return out;
}

}  // namespace windlass::vm
