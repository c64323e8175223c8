// The evaluator's own natives: slow paths of operators, subscripts, regular expressions, power assertions, construction
// by map. They are run like any other native, so user code they call may wait for effects.
#include <algorithm>

#include "vm/compiler.h"
#include "vm/state.h"

namespace windlass::vm {

namespace {

Vm::State& state_of(Call& call) { return call.vm().state(); }

// ---- operators
// ------------------------------------------------------------------------------------------------------------------

Status concat_values(Call& call, Value a, Value b) {
  Vm::State& s = state_of(call);
  if (a.is_gstring() && (b.is_gstring() || b.is_string())) {
    const std::vector<Value> parts_a(s.heap.gstring_parts(a).begin(), s.heap.gstring_parts(a).end());
    std::vector<Value> values(s.heap.gstring_values(a).begin(), s.heap.gstring_values(a).end());
    std::vector<Value> parts = parts_a;
    if (b.is_string()) {
      parts.back() = s.heap.concat(s.heap.text(parts.back()), s.heap.text(b));
    } else {
      const std::vector<Value> more(s.heap.gstring_parts(b).begin(), s.heap.gstring_parts(b).end());
      parts.back() = s.heap.concat(s.heap.text(parts.back()), s.heap.text(more.front()));
      parts.insert(parts.end(), more.begin() + 1, more.end());
      values.insert(values.end(), s.heap.gstring_values(b).begin(), s.heap.gstring_values(b).end());
    }
    return call.give(s.heap.make_gstring(parts, values));
  }
  if (a.is_string() && b.is_gstring()) {
    // String + GString is a String.
  }
  TextBuilder out;
  VM_DO(s.text(&call, a, out));
  VM_DO(s.text(&call, b, out));
  VM_DO(call.check_size(out.size()));
  return call.give_text(out);
}

Status binary_value(Call& call, Op op, Value a, Value b) {
  Vm::State& s = state_of(call);
  Value out;
  bool failed = false;
  if (s.arithmetic(op, a, b, out, failed)) return failed ? Status::thrown : call.give(out);
  if (op == Op::add) {
    if (a.is_text()) return concat_values(call, a, b);
    if (b.is_text() && (a.is_number() || a.is_character() || a.is_null() || a.is_boolean())) {
      if (!a.is_boolean()) return concat_values(call, a, b);
    }
  }
  if (a.is_null()) {
    if (op == Op::add) return call.throw_java(java::null_pointer_exception, "Cannot execute null+" + s.simple_text(b));
    return call.throw_java(java::null_pointer_exception,
                           "Cannot invoke method " + std::string(operator_name(op)) + "() on null object");
  }
  const Value args[] = {b};
  VM_DO(call.invoke_method(a, operator_name(op), args, out));
  return call.give(out);
}

template <Op kOp>
Status binary_native(Call& call) {
  return binary_value(call, kOp, call.self(), call.arg(0));
}

template <Op kOp>
Status compare_native(Call& call) {
  std::int32_t order = 0;
  VM_DO(call.compare(call.self(), call.arg(0), order));
  switch (kOp) {
    case Op::less:
      return call.give(order < 0);
    case Op::less_equal:
      return call.give(order <= 0);
    case Op::greater:
      return call.give(order > 0);
    case Op::greater_equal:
      return call.give(order >= 0);
    default:
      return call.give(std::int32_t{order < 0 ? -1 : order > 0 ? 1 : 0});
  }
}

template <bool kWanted>
Status equal_native(Call& call) {
  bool same = false;
  VM_DO(call.equals(call.self(), call.arg(0), same));
  return call.give(same == kWanted);
}

template <bool kWanted>
Status truth_native(Call& call) {
  bool truthy = false;
  VM_DO(call.truth(call.self(), truthy));
  return call.give(truthy == kWanted);
}

template <Op kOp>
Status unary_native(Call& call) {
  const Value v = call.self();
  if (kOp == Op::bitwise_not && v.is_gstring()) {
    TextView text;
    VM_DO(call.text(v, text));
    return call.give(call.heap().make_pattern(call.heap().make_string(text), 0));
  }
  Value out;
  if (v.is_null()) {
    return call.throw_java(java::null_pointer_exception,
                           "Cannot invoke method " + std::string(operator_name(kOp)) + "() on null object");
  }
  if (v.is(Kind::list) && kOp == Op::negative) {
    const std::vector<Value> all(call.heap().items(v).begin(), call.heap().items(v).end());
    const Value list = call.heap().make_list(static_cast<std::uint32_t>(all.size()));
    std::vector<Value> results;
    for (const Value item : all) {
      Value one;
      VM_DO(call.binary("minus", Value::of_int(0), item, one));
      results.push_back(one);
    }
    for (const Value item : results) call.heap().list_add(list, item);
    return call.give(list);
  }
  VM_DO(call.invoke_method(v, operator_name(kOp), {}, out));
  return call.give(out);
}

// ---- conversions
// --------------------------------------------------------------------------------------------------------------------

Status coerce_native(Call& call) {
  Vm::State& s = state_of(call);
  const ResolvedType type{call.arg(0).class_id(), static_cast<std::uint8_t>(call.arg(1).integer)};
  Value out;
  const std::int64_t how = call.arg(2).integer;
  if (how == 2) {
    VM_DO(s.as_type(&call, call.self(), type, out));
  } else {
    VM_DO(s.coerce(&call, call.self(), type, out, how == 1));
  }
  return call.give(out);
}

Status is_case_native(Call& call) {
  bool out = false;
  VM_DO(call.is_case(call.arg(0), call.self(), out));
  return call.give(out);
}

Status map_put_native(Call& call) {
  Value old;
  const Value map = call.self();
  VM_DO(call.map_put(map, call.arg(0), call.arg(1), old));
  return call.give(map);
}

Status map_put_all_native(Call& call) {
  Heap& heap = call.heap();
  const Value from = call.arg(0);
  if (from.is_null()) return call.throw_java(java::null_pointer_exception);
  if (!from.is(Kind::map)) {
    TextView text;
    VM_DO(call.text(from, text));
    return call.throw_java(java::spread_map_evaluating_exception,
                           "Cannot spread the map " + call.class_name(from) + ", value " + std::string(text.utf8()));
  }
  const std::vector<MapSlot> all(heap.slots(from).begin(), heap.slots(from).end());
  const auto order = heap.map_order(from);
  for (const std::uint32_t slot : order) {
    Value old;
    VM_DO(call.map_put(call.self(), all[slot].key.plain(), all[slot].value, old));
  }
  return call.give(call.self());
}

Status list_push_all_native(Call& call) {
  std::vector<Value> all;
  VM_DO(call.elements(call.arg(0), all));
  for (const Value v : all) call.heap().list_add(call.self(), v);
  return call.give(call.self());
}

Status iterator_native(Call& call) {
  bool ok = false;
  const Value own = call.vm().state().make_iterator(call.self(), ok);
  if (ok) return call.give(own);
  std::vector<Value> all;
  VM_DO(call.elements(call.self(), all));
  return call.give(call.heap().make_iterator(IteratorMode::list, call.heap().make_list(all)));
}

Status range_native(Call& call) {
  const Value from = call.self();
  const Value to = call.arg(0);
  std::int32_t order = 0;
  if (from.is_null() || to.is_null())
    return call.throw_java(java::illegal_argument_exception,
                           from.is_null() ? "Must specify a non-null value for the 'from' index in a Range"
                                          : "Must specify a non-null value for the 'to' index in a Range");
  Value a = from;
  Value b = to;
  if (a.is_gstring() || b.is_gstring()) {
    TextView x;
    VM_DO(call.text(a, x));
    a = call.heap().make_string(x);
    VM_DO(call.text(b, x));
    b = call.heap().make_string(x);
  }
  VM_DO(call.compare(a, b, order));
  return call.give(call.heap().make_range(a, b, call.arg(1).is_true(), order > 0));
}

// ---- subscripts
// -----------------------------------------------------------------------------------------------------------------------

Status sub_text(Call& call, TextView text, std::int64_t from, std::int64_t to, bool reverse) {
  TextBuilder out;
  if (reverse) {
    for (std::int64_t i = to; i >= from; --i) out.append_unit(text[static_cast<std::size_t>(i)]);
  } else {
    out.append(text.substring(static_cast<std::size_t>(from), static_cast<std::size_t>(to + 1)));
  }
  return call.give_text(out);
}

/// As String.substring refuses.
Status throw_substring(Call& call, std::int64_t begin, std::int64_t end, std::int64_t size) {
  return call.throw_java(
      java::string_index_out_of_bounds_exception,
      "begin " + std::to_string(begin) + ", end " + std::to_string(end) + ", length " + std::to_string(size));
}

Status throw_negative_index(Call& call, std::int64_t written, std::int64_t size) {
  return call.throw_java(
      java::array_index_out_of_bounds_exception,
      "Negative array index [" + std::to_string(written) + "] too large for array size " + std::to_string(size));
}

/// What substring() and subList() say about borders they do not have.
bool check_borders(Call& call, std::int64_t from, std::int64_t to, std::int64_t size, bool is_text) {
  if (is_text) {
    if (from >= 0 && to <= size && from <= to) return true;
    (void)call.throw_java(
        java::string_index_out_of_bounds_exception,
        "begin " + std::to_string(from) + ", end " + std::to_string(to) + ", length " + std::to_string(size));
    return false;
  }
  if (from < 0) {
    (void)call.throw_java(java::index_out_of_bounds_exception, "fromIndex = " + std::to_string(from));
  } else if (to > size) {
    (void)call.throw_java(java::index_out_of_bounds_exception, "toIndex = " + std::to_string(to));
  } else if (from > to) {
    (void)call.throw_java(java::illegal_argument_exception,
                          "fromIndex(" + std::to_string(from) + ") > toIndex(" + std::to_string(to) + ")");
  } else {
    return true;
  }
  return false;
}

/// Borders of a range as an index into something of `size` elements; false: an exception is pending.
bool range_borders(Call& call, Value range, std::int64_t size, std::int64_t& from, std::int64_t& to, bool& reverse,
                   bool is_text, bool checks = true) {
  Heap& heap = call.heap();
  const RangeObject* r = heap.range(range);
  std::int64_t a = r->from.integer;
  std::int64_t b = r->to.integer;
  bool inclusive = r->inclusive != 0;
  if (heap.is_int_range(range)) {
    if (!inclusive && a == b) {  // an empty range
      from = 0;
      to = -1;
      reverse = false;
      return true;
    }
    from = a < 0 ? a + size : a;
    to = b < 0 ? b + size : b;
    reverse = from > to;
    if (reverse) {
      std::swap(from, to);
      if (!inclusive) ++from;
    } else if (!inclusive) {
      --to;
    }
    return !checks || check_borders(call, from, to + 1, size, is_text);
  }
  // A range of other things counts by what they are as an int: letters by their code.
  const auto index_of = [&](Value v) -> std::int64_t {
    if (v.is_string() && heap.text(v).size() == 1) return heap.text(v)[0];
    return call.to_int(v);
  };
  a = index_of(r->from);
  b = index_of(r->to);
  reverse = a > b;
  if (!inclusive) {
    if (a == b) {
      from = 0;
      to = -1;
      reverse = false;
      return true;
    }
    b += reverse ? 1 : -1;
  }
  if (reverse) std::swap(a, b);
  const auto normal = [&](std::int64_t n, std::int64_t& out) {
    out = n < 0 ? n + size : n;
    if (out >= 0) return true;
    (void)call.throw_java(
        java::array_index_out_of_bounds_exception,
        "Negative array index [" + std::to_string(n) + "] too large for array size " + std::to_string(size));
    return false;
  };
  if (!normal(a, from) || !normal(b, to)) return false;
  if (from > to) {
    std::swap(from, to);
    reverse = !reverse;
  }
  return !checks || check_borders(call, from, to + 1, size, is_text);
}

/// object['name'] reads a property unless the class's own getAt takes a text more exactly than Groovy's method of every
/// object does, which takes a String.
bool names_property(Vm::State& s, Value object, Value key, std::span<const Value> args, const Target& own) {
  if (own.kind != Target::Kind::code || !key.is_text() || !object.is(Kind::instance)) return false;
  const std::vector<ResolvedType> types = s.parameter_types(*own.function);
  if (types.empty() || args.size() > types.size()) return false;
  return s.distance(key, {java::string, 0}) < s.distance(key, types[0]);
}

/// An element of a list with a default that is not there yet: the closure makes it, eager lists fill the gap too.
Status default_element(Call& call, Value list, std::int64_t n) {
  Heap& heap = call.heap();
  const Value closure = heap.value_of(heap.list(list)->extra);
  const auto size = static_cast<std::int64_t>(heap.list(list)->size);
  VM_DO(call.check_size(static_cast<std::uint64_t>(n) * sizeof(Value)));
  std::vector<Value> made;
  const std::int64_t first = heap.list(list)->detail == 1 ? std::min(size, n) : n;
  for (std::int64_t i = first; i <= n; ++i) {
    Value one;
    VM_DO(call.invoke(closure, {Value::of_int(static_cast<std::int32_t>(i))}, one));
    made.push_back(one);
  }
  if (n >= size) heap.list_resize(list, static_cast<std::uint32_t>(n + 1));
  for (std::size_t i = 0; i < made.size(); ++i) heap.items(list)[static_cast<std::size_t>(first) + i] = made[i].plain();
  return call.give(made.back());
}

/// One of several indexes: what it is as an int, a text of one character by its code.
Status collected_index(Call& call, Value v, std::int64_t& out) {
  if (v.is_text()) {
    TextView text;
    VM_DO(call.text(v, text));
    if (text.size() != 1) {
      return call.throw_java(
          "org.codehaus.groovy.runtime.typehandling.GroovyCastException",
          "Cannot cast object '" + text.utf8() + "' with class '" + call.class_name(v) + "' to class 'int'");
    }
    out = text[0];
    return Status::ok;
  }
  out = state_of(call).to_long(v);
  return Status::ok;
}

Status get_index_native(Call& call) {
  Vm::State& s = state_of(call);
  Heap& heap = call.heap();
  const Value object = call.self();
  Value key = call.arg(0);
  if (object.is_null()) {
    if (key.is_string())
      return call.throw_java(java::null_pointer_exception,
                             "Cannot get property '" + heap.utf8(key) + "' on null object");
    return call.throw_java(java::null_pointer_exception, "Cannot invoke method getAt() on null object");
  }
  // As set_index_native: the library's getAt comes here.
  const bool collection = object.is(Kind::list) || object.is(Kind::map);
  const bool user_class = call.class_of(object) >= java::count_ &&
                          !(collection && state_of(call).user_method(call.class_of(object), "getAt", 1) == nullptr);
  if (!user_class && object.is(Kind::map) && call.class_of(object) >= java::count_ &&
      state_of(call).user_method(call.class_of(object), "get", 1) != nullptr) {
    Value out;
    VM_DO(call.invoke_method(object, "get", {&key, 1}, out));
    return call.give(out);
  }
  const bool whole = key.is_integral() || key.is(Kind::big_integer);
  if (!user_class || object.is(Kind::closure)) {
    if (object.is(Kind::map)) {
      if (key.is_gstring()) {
        TextView text;
        VM_DO(call.text(key, text));
        key = heap.make_string(text);
      }
      Value out;
      if (heap.has_flag(object, flag_default)) {
        VM_DO(call.map_get(object, key, out));
        if (!out.is_undefined()) return call.give(out);
        VM_DO(call.invoke(heap.map(object)->extra, {key}, out));
        Value old;
        VM_DO(call.map_put(object, key, out, old));
        return call.give(out);
      }
      if (key.is_string() && call.class_of(object) == java::config_object) {
        VM_DO(call.get_property(object, heap.utf8(key), out));
        return call.give(out);
      }
      VM_DO(call.map_get(object, key, out));
      return call.give(out.is_undefined() ? Value::null() : out);
    }
    if ((object.is(Kind::list) || object.is(Kind::array)) && (whole || key.tag == Tag::character)) {
      const auto all = heap.elements(object);
      std::int64_t n = s.to_long(key);
      const auto size = static_cast<std::int64_t>(all.size());
      if (n < 0) n += size;
      if (object.is(Kind::array)) {
        if (n < 0 || n >= size) {
          const std::int64_t written = s.to_long(key);
          if (n < 0) {
            return call.throw_java(java::array_index_out_of_bounds_exception,
                                   "Negative array index [" + std::to_string(written) + "] too large for array size " +
                                       std::to_string(size));
          }
          return call.throw_java(
              java::array_index_out_of_bounds_exception,
              "Index " + std::to_string(written) + " out of bounds for length " + std::to_string(size));
        }
        return call.give(all[static_cast<std::size_t>(n)]);
      }
      if (n < 0 && object.is(Kind::list) && heap.has_flag(object, flag_default)) {
        return call.throw_java(
            java::index_out_of_bounds_exception,
            "Negative index [" + std::to_string(n) + "] too large for list size " + std::to_string(size));
      }
      if (n < 0) {
        return call.throw_java(java::array_index_out_of_bounds_exception,
                               "Negative array index [" + std::to_string(s.to_long(key)) +
                                   "] too large for array size " + std::to_string(size));
      }
      if (object.is(Kind::list) && heap.has_flag(object, flag_default) &&
          (n >= size || all[static_cast<std::size_t>(n)].is_null())) {
        return default_element(call, object, n);
      }
      return call.give(n < size ? all[static_cast<std::size_t>(n)] : Value::null());
    }
    if (object.is(Kind::range) && whole) {
      if (heap.is_int_range(object)) {
        const auto r = heap.int_range(object);
        std::int64_t n = s.to_long(key);
        if (n < 0) n += r.size;
        if (n < 0)
          return call.throw_java(java::array_index_out_of_bounds_exception,
                                 "Negative array index [" + std::to_string(s.to_long(key)) +
                                     "] too large for array size " + std::to_string(r.size));
        if (n >= r.size) return call.give_null();
        return call.give(Value::of_int(r.at(static_cast<std::uint32_t>(n))));
      }
      std::vector<Value> all;
      VM_DO(call.elements(object, all));
      std::int64_t n = s.to_long(key);
      if (n < 0) n += static_cast<std::int64_t>(all.size());
      if (n < 0) return throw_negative_index(call, s.to_long(key), static_cast<std::int64_t>(all.size()));
      return call.give(n < static_cast<std::int64_t>(all.size()) ? all[static_cast<std::size_t>(n)] : Value::null());
    }
    if (object.is_text() && (whole || key.is(Kind::range) || key.is(Kind::list) || key.is(Kind::set))) {
      TextBuilder flat;
      VM_DO(s.text(&call, object, flat));
      const TextView text = flat.view();
      const auto size = static_cast<std::int64_t>(text.size());
      if (whole) {
        std::int64_t n = s.to_long(key);
        if (n < 0) n += size;
        if (n < 0) {
          return call.throw_java(java::array_index_out_of_bounds_exception,
                                 "Negative array index [" + std::to_string(s.to_long(key)) +
                                     "] too large for array size " + std::to_string(size));
        }
        if (n >= size) return throw_substring(call, n, n + 1, size);
        return call.give_text(text.substring(static_cast<std::size_t>(n), static_cast<std::size_t>(n + 1)));
      }
      if (key.is(Kind::range)) {
        std::int64_t from = 0;
        std::int64_t to = 0;
        bool reverse = false;
        if (!range_borders(call, key, size, from, to, reverse, true)) return Status::thrown;
        if (to < from) return call.give_text(TextView(std::string_view()));
        return sub_text(call, text, from, to, reverse);
      }
      TextBuilder out;
      std::vector<Value> indexes;
      VM_DO(call.elements(key, indexes));
      for (const Value one : indexes) {
        if (one.is(Kind::range)) {
          std::vector<Value> inner;
          VM_DO(call.elements(one, inner));
          for (const Value k : inner) {
            std::int64_t n = s.to_long(k);
            if (n < 0) n += size;
            if (n >= 0 && n < size) out.append_unit(text[static_cast<std::size_t>(n)]);
          }
          continue;
        }
        std::int64_t written = 0;
        VM_DO(collected_index(call, one, written));
        const std::int64_t n = written < 0 ? written + size : written;
        if (n < 0) return throw_negative_index(call, written, size);
        if (n >= size) return throw_substring(call, n, n + 1, size);
        out.append_unit(text[static_cast<std::size_t>(n)]);
      }
      return call.give_text(out);
    }
    if ((object.is(Kind::list) || object.is(Kind::array) || object.is(Kind::range)) && key.is(Kind::range)) {
      std::vector<Value> all;
      VM_DO(call.elements(object, all));
      const auto size = static_cast<std::int64_t>(all.size());
      std::int64_t from = 0;
      std::int64_t to = 0;
      bool reverse = false;
      if (!range_borders(call, key, size, from, to, reverse, false)) return Status::thrown;
      std::vector<Value> part;
      for (std::int64_t i = from; i <= to; ++i) part.push_back(all[static_cast<std::size_t>(i)]);
      if (reverse) std::reverse(part.begin(), part.end());
      if (object.is(Kind::array)) {
        const Value array = heap.make_array(heap.array(object)->element, static_cast<std::uint32_t>(part.size()),
                                            heap.array(object)->depth);
        (void)array;
      }
      return call.give(heap.make_list(part));
    }
    if ((object.is(Kind::list) || object.is(Kind::array) || object.is(Kind::range)) &&
        (key.is(Kind::list) || key.is(Kind::array) || key.is(Kind::set))) {
      std::vector<Value> all;
      VM_DO(call.elements(object, all));
      std::vector<Value> indexes;
      VM_DO(call.elements(key, indexes));
      std::vector<Value> part;
      for (const Value one : indexes) {
        std::vector<Value> numbers{one};
        if (one.is(Kind::range) || one.is(Kind::list)) {
          numbers.clear();
          VM_DO(call.elements(one, numbers));
        }
        for (const Value k : numbers) {
          std::int64_t written = 0;
          VM_DO(collected_index(call, k, written));
          const std::int64_t n = written < 0 ? written + static_cast<std::int64_t>(all.size()) : written;
          if (n < 0) return throw_negative_index(call, written, static_cast<std::int64_t>(all.size()));
          part.push_back(n < static_cast<std::int64_t>(all.size()) ? all[static_cast<std::size_t>(n)] : Value::null());
        }
      }
      return call.give(heap.make_list(part));
    }
    if (object.is(Kind::map_entry) && whole) {
      return call.give(s.to_long(key) == 0 ? heap.entry(object)->key : heap.entry(object)->value);
    }
  }
  const Value args[] = {key};
  const Target own =
      s.find_method(object.is_class() ? object.class_id() : call.class_of(object), "getAt", args, object.is_class());
  const bool has_method = own.kind != Target::Kind::none && !names_property(s, object, key, args, own);
  Value out;
  if (object.is(Kind::map) && !has_method) {
    if (key.is_gstring()) {
      TextView text;
      VM_DO(call.text(key, text));
      key = heap.make_string(text);
    }
    VM_DO(call.map_get(object, key, out));
    return call.give(out.is_undefined() ? Value::null() : out);
  }
  if (!has_method && key.is_text() && !object.is_class()) {
    // object['name'] reads a property; a collection spreads it.
    TextView text;
    VM_DO(call.text(key, text));
    VM_DO(call.get_property(object, text.utf8(), out));
    return call.give(out);
  }
  VM_DO(call.invoke_method(object, "getAt", args, out));
  return call.give(out);
}

Status set_index_native(Call& call) {
  Vm::State& s = state_of(call);
  Heap& heap = call.heap();
  const Value object = call.self();
  Value key = call.arg(0);
  const Value value = call.arg(1);
  if (object.is_null()) {
    if (key.is_string())
      return call.throw_java(java::null_pointer_exception,
                             "Cannot set property '" + heap.utf8(key) + "' on null object");
    return call.throw_java(java::null_pointer_exception, "Cannot invoke method putAt() on null object");
  }
  // A collection of a script's class without a putAt of its own is written as any other: the library's putAt comes
  // here.
  const bool collection = object.is(Kind::list) || object.is(Kind::map);
  const bool user_class = call.class_of(object) >= java::count_ &&
                          !(collection && s.user_method(call.class_of(object), "putAt", 2) == nullptr);
  if (!user_class && object.is(Kind::map) && call.class_of(object) >= java::count_ &&
      s.user_method(call.class_of(object), "put", 2) != nullptr) {
    const Value pair[] = {key, value};
    Value ignored;
    VM_DO(call.invoke_method(object, "put", pair, ignored));
    return call.give(value);
  }
  if (!user_class) {
    if (object.is(Kind::map)) {
      if (heap.has_flag(object, flag_immutable)) return call.throw_java(java::unsupported_operation_exception);
      if (key.is_gstring()) {
        TextView text;
        VM_DO(call.text(key, text));
        key = heap.make_string(text);
      }
      Value old;
      VM_DO(call.map_put(object, key, value, old));
      return call.give(value);
    }
    if (object.is(Kind::list) && key.is_integral()) {
      if (heap.has_flag(object, flag_immutable)) return call.throw_java(java::unsupported_operation_exception);
      std::int64_t n = key.integer;
      const auto size = static_cast<std::int64_t>(heap.items(object).size());
      if (n < 0) n += size;
      if (n < 0) {
        return call.throw_java(java::array_index_out_of_bounds_exception,
                               "Negative array index [" + std::to_string(key.integer) + "] too large for array size " +
                                   std::to_string(size));
      }
      VM_DO(call.check_size(static_cast<std::uint64_t>(n) * sizeof(Value)));
      if (n >= size) {
        if (heap.has_flag(object, flag_fixed_size)) return call.throw_java(java::unsupported_operation_exception);
        heap.list_resize(object, static_cast<std::uint32_t>(n + 1));
      }
      VM_DO(s.check_store(object, value));
      heap.items(object)[static_cast<std::size_t>(n)] = value;
      return call.give(value);
    }
    if (object.is(Kind::list) && (key.is(Kind::range) || key.is(Kind::list))) {
      if (heap.has_flag(object, flag_immutable) || (key.is(Kind::range) && heap.has_flag(object, flag_fixed_size))) {
        return call.throw_java(java::unsupported_operation_exception);
      }
      if (key.is(Kind::list)) {
        std::vector<Value> indexes;
        VM_DO(call.elements(key, indexes));
        std::vector<Value> values;
        if (value.is(Kind::list)) {
          VM_DO(call.elements(value, values));
          if (values.size() != indexes.size()) {
            return call.throw_java(java::illegal_argument_exception,
                                   "Trying to replace " + std::to_string(indexes.size()) + " items with " +
                                       std::to_string(values.size()) + " items");
          }
        }
        for (std::size_t i = 0; i < indexes.size(); ++i) {
          std::int64_t n = s.to_long(indexes[i]);
          if (n < 0) n += static_cast<std::int64_t>(heap.items(object).size());
          if (n < 0 || n > 100'000'000)
            return call.throw_index(n, static_cast<std::int64_t>(heap.items(object).size()));
          if (n >= static_cast<std::int64_t>(heap.items(object).size()))
            heap.list_resize(object, static_cast<std::uint32_t>(n + 1));
          heap.items(object)[static_cast<std::size_t>(n)] = value.is(Kind::list) ? values[i] : value;
        }
        return call.give(value);
      }
      std::int64_t from = 0;
      std::int64_t to = 0;
      bool reverse = false;
      const auto size = static_cast<std::int64_t>(heap.items(object).size());
      if (!range_borders(call, key, size, from, to, reverse, false, false)) return Status::thrown;
      if (to < from && heap.is_int_range(key)) {
        // An empty range says where to insert.
        from = heap.range(key)->from.integer;
        if (from < 0) from += size;
        to = from - 1;
        if (!check_borders(call, from, from, size, false)) return Status::thrown;
      }
      std::vector<Value> values;
      if (value.is(Kind::list) || value.is(Kind::range)) {
        VM_DO(call.elements(value, values));
      } else {
        values.push_back(value);
      }
      // Filled up to the range's end, then the range's elements are replaced by the values.
      const std::int64_t end = to + 1;
      VM_DO(call.check_size(static_cast<std::uint64_t>(std::max<std::int64_t>(end, 0)) * sizeof(Value)));
      std::vector<Value> all(heap.items(object).begin(), heap.items(object).end());
      if (end > size) all.resize(static_cast<std::size_t>(end), Value::null());
      if (!check_borders(call, from, end, static_cast<std::int64_t>(all.size()), false)) {
        const Value failure = call.take_exception();
        while (static_cast<std::int64_t>(heap.items(object).size()) < end) heap.list_add(object, Value::null());
        return call.throw_value(failure);
      }
      all.erase(all.begin() + from, all.begin() + end);
      all.insert(all.begin() + from, values.begin(), values.end());
      heap.list_clear(object);
      for (const Value v : all) heap.list_add(object, v);
      return call.give(value);
    }
    if (object.is(Kind::array) && (key.is_integral())) {
      const auto size = static_cast<std::int64_t>(heap.array(object)->length);
      std::int64_t n = key.integer;
      if (n < 0) n += size;
      if (n < 0 || n >= size) {
        if (n < 0) {
          return call.throw_java(java::array_index_out_of_bounds_exception,
                                 "Negative array index [" + std::to_string(key.integer) +
                                     "] too large for array size " + std::to_string(size));
        }
        return call.throw_java(java::array_index_out_of_bounds_exception,
                               "Index " + std::to_string(n) + " out of bounds for length " + std::to_string(size));
      }
      const ArrayObject* array = heap.array(object);
      ResolvedType type{array->element, static_cast<std::uint8_t>(array->depth - 1)};
      Value converted = value;
      VM_DO(s.coerce(&call, value, type, converted, false));
      heap.array_items(object)[static_cast<std::size_t>(n)] = converted;
      return call.give(value);
    }
  }
  const Value args[] = {key, value};
  Value out;
  const Target own = s.find_method(call.class_of(object), "putAt", args, false);
  const bool has_method =
      own.kind != Target::Kind::none && !names_property(s, object, key, std::span<const Value>(args), own);
  if (!has_method && object.is(Kind::map)) {
    Value old;
    if (key.is_gstring()) {
      TextView text;
      VM_DO(call.text(key, text));
      key = heap.make_string(text);
    }
    VM_DO(call.map_put(object, key, value, old));
    return call.give(value);
  }
  if (!has_method && key.is_text()) {
    TextView text;
    VM_DO(call.text(key, text));
    VM_DO(call.set_property(object, text.utf8(), value));
    return call.give(value);
  }
  VM_DO(call.invoke_method(object, "putAt", args, out));
  return call.give(value);
}

// ---- construction
// ------------------------------------------------------------------------------------------------------------------------

/// What an @Immutable class keeps of a collection: a copy that cannot be changed.
Value frozen(Vm::State& s, ClassId id, Value v) {
  const ClassInfo* c = s.info(id);
  if (c == nullptr || c->code == nullptr || (c->code->annotations & annotation_immutable) == 0) return v;
  if (v.is(Kind::list)) {
    const std::vector<Value> all(s.heap.items(v).begin(), s.heap.items(v).end());
    const Value copy = s.heap.make_list(all, java::unmodifiable_random_access_list);
    s.heap.set_flag(copy, flag_immutable);
    return copy;
  }
  return v;
}

/// Whether a class field of that name can be set although it is final: constructors of @Immutable classes.
bool set_final_field(Vm::State& s, Value object, std::string_view name, Value value) {
  if (!object.is(Kind::instance)) return false;
  ClassId owner = kNoClass;
  const FieldTemplate* field = s.find_field(s.class_of(object), name, false, owner);
  if (field == nullptr || !field->is_final) return false;
  Value v = value;
  if (field->type != kNone16) {
    const ResolvedType type = s.resolve(*s.info(owner)->unit, field->type);
    Value converted;
    if (!s.instance_of(v, type) && s.coerce_simple(v, type, converted)) v = converted;
  }
  v = frozen(s, owner, v);
  s.heap.instance_slots(object)[s.slot_of(s.class_of(object), owner, *field)] = v;
  return true;
}

/// A property without a setter of its own whose value needs no user code to convert: stored at once.
bool set_plain_property(Vm::State& s, Value object, std::string_view name, Value value) {
  if (!object.is(Kind::instance) || s.has_expandos || name.empty()) return false;
  const ClassId id = s.class_of(object);
  const ClassInfo* c = s.info(id);
  if (c == nullptr || c->overrides_set_property) return false;
  ClassId owner = kNoClass;
  const FieldTemplate* field = s.find_field(id, name, false, owner);
  if (field == nullptr || !field->is_property || field->is_final) return false;
  std::string setter = "set" + std::string(name);
  if (setter[3] >= 'a' && setter[3] <= 'z') setter[3] = static_cast<char>(setter[3] - 32);
  for (const ClassId at : s.linear(id)) {
    const ClassInfo* i = s.info(at);
    if (i != nullptr && i->code != nullptr && i->code->methods_by_name.contains(setter)) return false;
  }
  Value v = value;
  if (field->type != kNone16) {
    const ResolvedType type = s.resolve(*s.info(owner)->unit, field->type);
    if (!s.instance_of(v, type) && !s.coerce_simple(value, type, v)) return false;
  }
  s.heap.instance_slots(object)[s.slot_of(s.class_of(object), owner, *field)] = v;
  return true;
}

/// `new C(a: 1)`: self is the new object (or a Java class), the argument the map.
Status construct_map_native(Call& call) {
  Vm::State& s = state_of(call);
  Heap& heap = call.heap();
  Value object = call.self();
  const Value map = call.arg(0);
  Value ignored;
  if (object.is_class()) {
    VM_DO(call.invoke_static(object.class_id(), "<init>", {}, object));
  } else {
    const ClassInfo* c = s.info(s.class_of(object));
    FunctionState* constructor = nullptr;
    for (const std::uint32_t number : c->code->constructors) {
      if (c->unit->functions[number].code->required == 0) constructor = &c->unit->functions[number];
    }
    if (constructor != nullptr) {
      VM_DO(s.nested(
          call, 4,
          [&](Fiber& f, std::uint32_t w) {
            *f.at(w) = object;
            return s.enter(f, constructor, w, 0);
          },
          ignored));
    }
  }
  const std::vector<MapSlot> all(heap.slots(map).begin(), heap.slots(map).end());
  for (const MapSlot& slot : all) {
    if (slot.key.is_undefined()) continue;
    TextView key;
    VM_DO(call.text(slot.key.plain(), key));
    const std::string name = key.utf8();
    if (set_final_field(s, object, name, slot.value) || set_plain_property(s, object, name, slot.value)) continue;
    VM_DO(call.set_property(object, name, slot.value));
  }
  return call.give(object);
}

/// (value, class that declares the field, its name): converts with whatever user code that takes, then stores.
Status assign_field_native(Call& call) {
  Vm::State& s = state_of(call);
  const Value object = call.self();
  ClassInfo* c = s.info(call.arg(1).class_id());
  const std::string name = call.heap().utf8(call.arg(2));
  for (const FieldTemplate& field : c->code->fields) {
    if (field.name != name) continue;
    Value v = call.arg(0);
    VM_DO(s.coerce(&call, v, s.resolve(*c->unit, field.type), v, false));
    if (field.is_static) {
      c->statics[field.slot] = v;
    } else {
      call.heap().instance_slots(object)[s.slot_of(s.class_of(object), c->id, field)] = v;
    }
    break;
  }
  return call.give_null();
}

/// Tuple constructors: self is the new object, the arguments go to its properties in order.
Status set_properties_native(Call& call) {
  Vm::State& s = state_of(call);
  const Value object = call.self();
  const ClassInfo* c = s.info(s.class_of(object));
  Value ignored;
  FunctionState* constructor = &c->unit->functions[c->code->constructors[0]];
  VM_DO(s.nested(
      call, 4,
      [&](Fiber& f, std::uint32_t w) {
        *f.at(w) = object;
        return s.enter(f, constructor, w, 0);
      },
      ignored));
  std::uint32_t next = 0;
  for (const FieldTemplate& field : c->code->fields) {
    if (field.is_static || !field.is_property || field.hidden || next >= call.count()) continue;
    Value v = call.arg(next++);
    if (field.type != kNone16) VM_DO(s.coerce(&call, v, s.resolve(*c->unit, field.type), v, false));
    v = frozen(s, c->id, v);
    call.heap().instance_slots(object)[c->slot_base + field.slot] = v;
  }
  if (next < call.count()) {
    std::string message = "Could not find matching constructor for: " + c->name + "(";
    for (std::uint32_t i = 0; i < call.count(); ++i)
      message += (i > 0 ? ", " : "") + (call.arg(i).is_null() ? std::string("null") : s.class_name(call.arg(i)));
    return call.throw_java(java::groovy_runtime_exception, message + ")");
  }
  return call.give(object);
}

// ---- numbered helpers
// ----------------------------------------------------------------------------------------------------------------------

Status find_regex_helper(Call& call) {
  // text =~ pattern: Pattern.matcher
  Heap& heap = call.heap();
  Value pattern = call.arg(0);
  TextView text;
  if (!pattern.is(Kind::pattern)) {
    VM_DO(call.text(pattern, text));
    pattern = heap.make_pattern(heap.make_string(text), 0);
  }
  VM_DO(call.text(call.self(), text));
  const Value args[] = {heap.make_string(text)};
  Value out;
  VM_DO(call.invoke_method(pattern, "matcher", args, out));
  state_of(call).last_matcher = out;
  return call.give(out);
}

Status match_regex_helper(Call& call) {
  Heap& heap = call.heap();
  Value pattern = call.arg(0);
  TextView text;
  if (call.self().is_null() || pattern.is_null()) return call.give(false);
  if (!pattern.is(Kind::pattern)) {
    VM_DO(call.text(pattern, text));
    pattern = heap.make_pattern(heap.make_string(text), 0);
  }
  VM_DO(call.text(call.self(), text));
  const Value args[] = {heap.make_string(text)};
  Value matcher;
  VM_DO(call.invoke_method(pattern, "matcher", args, matcher));
  state_of(call).last_matcher = matcher;
  Value out;
  VM_DO(call.invoke_method(matcher, "matches", {}, out));
  return call.give(out);
}

Status method_pointer_helper(Call& call) {
  const Value receiver = call.self();
  if (receiver.is_null())
    return call.throw_java(java::null_pointer_exception,
                           "Cannot access method pointer for '" + call.utf8_arg(0) + "' on null object");
  TextView name;
  VM_DO(call.text(call.arg(0), name));
  return call.give(call.vm().method_pointer(receiver, name.utf8()));
}

Status make_arrays(Call& call, ClassId element, std::uint16_t depth, std::span<const Value> sizes, Value& out) {
  Heap& heap = call.heap();
  const std::int64_t n = call.to_long(sizes[0]);
  if (n < 0) return call.throw_java(java::negative_array_size_exception, std::to_string(n));
  VM_DO(call.check_size(static_cast<std::uint64_t>(n) * sizeof(Value)));
  out = heap.make_array(element, static_cast<std::uint32_t>(n), depth);
  if (sizes.size() > 1) {
    for (std::int64_t i = 0; i < n; ++i) {
      Value inner;
      VM_DO(make_arrays(call, element, static_cast<std::uint16_t>(depth - 1), sizes.subspan(1), inner));
      heap.array_items(out)[static_cast<std::size_t>(i)] = inner;
    }
  }
  return Status::ok;
}

Status new_array_helper(Call& call) {
  // (element class, depth, sizes…)
  Value out;
  if (call.count() < 3) return call.give(call.heap().make_array(call.arg(0).class_id(), 0, 1));
  VM_DO(make_arrays(call, call.arg(0).class_id(), static_cast<std::uint16_t>(call.arg(1).integer),
                    call.args().subspan(2), out));
  return call.give(out);
}

/// (message, text of the condition, name, value, name, value …)
Status assert_message_helper(Call& call) {
  Vm::State& s = state_of(call);
  const Value message = call.arg(0);
  TextBuilder out;
  if (!message.is_null()) {
    VM_DO(call.to_text(message, out));
    out.append(". Expression: ");
  }
  out.append(call.text_of(call.arg(1)));
  for (std::uint32_t i = 2; i + 1 < call.count(); i += 2) {
    out.append(i == 2 ? ". Values: " : ", ");
    out.append(call.text_of(call.arg(i)));
    out.append(" = ");
    VM_DO(s.text(&call, call.arg(i + 1), out, Vm::State::TextMode::java));
  }
  const Value text = call.heap().make_string(out);
  return call.throw_value(s.make_throwable(message.is_null() ? static_cast<ClassId>(java::power_assertion_error)
                                                             : static_cast<ClassId>(java::assertion_error),
                                           text));
}

/// The power-assert picture: the text, then lines of bars and values under their columns.
Status assert_power_helper(Call& call) {
  Vm::State& s = state_of(call);
  const Frame* frame = nullptr;
  for (std::size_t i = call.fiber().frames.size(); i-- > 0;) {
    if (call.fiber().frames[i].kind == FrameKind::code) {
      frame = &call.fiber().frames[i];
      break;
    }
  }
  if (frame == nullptr) return call.throw_java(java::assertion_error);
  const auto& picture = frame->function->unit->unit->pictures[static_cast<std::size_t>(call.arg(0).integer)];
  struct Shown {
    std::uint32_t column;
    std::vector<std::u16string> lines;
    std::size_t order = 0;
  };
  std::vector<Shown> values;
  for (std::size_t i = 0; i < picture.columns.size() && i + 1 < call.count(); ++i) {
    const Value v = call.arg(static_cast<std::uint32_t>(i + 1));
    if (v.is_undefined()) continue;
    TextBuilder text;
    VM_DO(v.is_text() ? s.text(&call, v, text) : s.text(&call, v, text));
    std::u16string all = text.view().utf16();
    if (all.empty()) all = u"\"\"";
    Shown shown{picture.columns[i], {}, i};
    std::size_t start = 0;
    while (true) {
      const auto end = all.find(u'\n', start);
      shown.lines.push_back(all.substr(start, end == std::u16string::npos ? end : end - start));
      if (end == std::u16string::npos) break;
      start = end + 1;
    }
    values.push_back(std::move(shown));
  }
  // Rightmost first; of those at one column the one evaluated last counts.
  std::ranges::sort(values, [](const Shown& x, const Shown& y) {
    return x.column != y.column ? x.column > y.column : x.order < y.order;
  });
  TextBuilder head;
  head.append("assert ");
  std::string one_line;
  for (std::size_t at = 0; at < picture.text.size(); ++at) {
    const char c = picture.text[at];
    if (c != '\n' && c != '\r') {
      one_line += c;
      continue;
    }
    while (!one_line.empty() && one_line.back() == ' ') one_line.pop_back();
    one_line += ' ';
    while (at + 1 < picture.text.size() && (picture.text[at + 1] == ' ' || picture.text[at + 1] == '\t' ||
                                            picture.text[at + 1] == '\n' || picture.text[at + 1] == '\r')) {
      ++at;
    }
  }
  head.append_utf8(one_line);
  constexpr std::size_t kIndent = 7;
  std::vector<std::u16string> lines{head.view().utf16(), {}};
  std::vector<std::size_t> start_columns{0, 0};
  const auto put = [](std::u16string& line, std::u16string_view text, std::size_t column) {
    if (line.size() < column + text.size()) line.resize(std::max(line.size(), column), u' ');
    line.replace(column, std::min(text.size(), line.size() - column), text);
  };
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i + 1 < values.size() && values[i + 1].column == values[i].column) continue;
    const std::size_t column = values[i].column + kIndent;
    const bool single = values[i].lines.size() == 1;
    const std::size_t end_column = column + values[i].lines[0].size();
    bool placed = false;
    // The first line below the text never takes a value, only bars.
    for (std::size_t l = 1; l < lines.size() && !placed; ++l) {
      placed = single && end_column < start_columns[l];
      put(lines[l], placed ? std::u16string_view(values[i].lines[0]) : std::u16string_view(u"|"), column);
      if (placed || l > 1) start_columns[l] = placed ? column : column + 1;
    }
    if (placed) continue;
    for (const std::u16string& text : values[i].lines) {
      lines.emplace_back();
      put(lines.back(), text, column);
      start_columns.push_back(column);
    }
  }
  std::u16string joined;
  for (const std::u16string& line : lines) {
    if (!joined.empty()) joined += u'\n';
    joined += line;
  }
  const Value message = call.heap().make_string(std::u16string_view(joined));
  return call.throw_value(s.make_throwable(java::power_assertion_error, message));
}

Status spread_property_helper(Call& call) {
  // object*.name
  Heap& heap = call.heap();
  const Value object = call.self();
  if (object.is_null()) return call.give_null();
  TextView name;
  VM_DO(call.text(call.arg(0), name));
  const std::string key = name.utf8();
  std::vector<Value> all;
  VM_DO(call.elements(object, all));
  std::vector<Value> results;
  for (const Value v : all) {
    Value one;
    if (call.has(1) && v.is(Kind::instance)) {
      // object*.@name
      if (!state_of(call).get_field_value(v, key, one)) {
        return call.throw_java(java::missing_field_exception,
                               "No such field: " + key + " for class: " + call.class_name(v));
      }
    } else if (!v.is_null()) {
      VM_DO(call.get_property(v, call.has(1) ? "@" + key : key, one));
    }
    results.push_back(one);
  }
  return call.give(heap.make_list(results));
}

/// list.name: of all elements that are there.
Status list_property_helper(Call& call) {
  const Value object = call.self();
  TextView name;
  VM_DO(call.text(call.arg(0), name));
  const std::string key = name.utf8();
  std::vector<Value> all;
  VM_DO(call.elements(object, all));
  std::vector<Value> results;
  for (const Value v : all) {
    if (v.is_null()) continue;
    Value one;
    const Status status = call.get_property(v, key, one);
    if (status == Status::suspended) return status;
    if (status == Status::thrown) {
      const Value failure = call.take_exception();
      if (call.class_of(failure) != java::missing_property_exception) return call.throw_value(failure);
      bool has_message = false;
      return call.throw_java(
          java::missing_property_exception,
          "Exception evaluating property '" + key + "' for " +
              (object.is(Kind::array) ? "java.util.Arrays$ArrayList" : call.class_name(object)) +
              ", Reason: groovy.lang.MissingPropertyException: " + state_of(call).message_of(failure, has_message));
    }
    results.push_back(one);
  }
  return call.give(call.heap().make_list(results));
}

Status closure_delegate_helper(Call& call) { return call.give(call.heap().closure(call.self())->delegate); }
Status closure_owner_helper(Call& call) { return call.give(call.heap().closure(call.self())->owner); }
Status unused_helper(Call& call) { return call.give_null(); }

}  // namespace

Native helper_native(std::uint16_t number) {
  switch (static_cast<Helper>(number)) {
    case Helper::find_regex:
      return find_regex_helper;
    case Helper::match_regex:
      return match_regex_helper;
    case Helper::method_pointer:
      return method_pointer_helper;
    case Helper::new_array:
      return new_array_helper;
    case Helper::assert_power:
      return assert_power_helper;
    case Helper::assert_message:
      return assert_message_helper;
    case Helper::spread_property:
      return spread_property_helper;
    case Helper::list_property:
      return list_property_helper;
    case Helper::closure_delegate:
      return closure_delegate_helper;
    case Helper::closure_owner:
      return closure_owner_helper;
    case Helper::get_index_many:
    case Helper::set_index_many:
    case Helper::named_class:
      break;
  }
  return unused_helper;
}

Native slow_operator(Op op) {
  switch (op) {
    case Op::add:
      return binary_native<Op::add>;
    case Op::sub:
      return binary_native<Op::sub>;
    case Op::mul:
      return binary_native<Op::mul>;
    case Op::div:
      return binary_native<Op::div>;
    case Op::mod:
      return binary_native<Op::mod>;
    case Op::power:
      return binary_native<Op::power>;
    case Op::shl:
      return binary_native<Op::shl>;
    case Op::shr:
      return binary_native<Op::shr>;
    case Op::ushr:
      return binary_native<Op::ushr>;
    case Op::bit_and:
      return binary_native<Op::bit_and>;
    case Op::bit_or:
      return binary_native<Op::bit_or>;
    case Op::bit_xor:
      return binary_native<Op::bit_xor>;
    case Op::less:
      return compare_native<Op::less>;
    case Op::less_equal:
      return compare_native<Op::less_equal>;
    case Op::greater:
      return compare_native<Op::greater>;
    case Op::greater_equal:
      return compare_native<Op::greater_equal>;
    case Op::compare:
      return compare_native<Op::compare>;
    case Op::equal:
      return equal_native<true>;
    case Op::not_equal:
      return equal_native<false>;
    case Op::truth:
      return truth_native<true>;
    case Op::logical_not:
      return truth_native<false>;
    case Op::negative:
      return unary_native<Op::negative>;
    case Op::positive:
      return unary_native<Op::positive>;
    case Op::bitwise_not:
      return unary_native<Op::bitwise_not>;
    default:
      return unused_helper;
  }
}

const Native kNativeCoerce = coerce_native;
const Native kNativeIsCase = is_case_native;
const Native kNativeTruth = truth_native<true>;
const Native kNativeMapPut = map_put_native;
const Native kNativeMapPutAll = map_put_all_native;
const Native kNativeListPushAll = list_push_all_native;
const Native kNativeIterator = iterator_native;
const Native kNativeGetIndex = get_index_native;
const Native kNativeSetIndex = set_index_native;
const Native kNativeConstructMap = construct_map_native;
const Native kNativeRange = range_native;
const Native kNativeAssignField = assign_field_native;
const Native kNativeSetProperties = set_properties_native;

}  // namespace windlass::vm
