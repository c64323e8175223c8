// groovy.lang.Range, and java.util.Arrays with what arrays have of their own. Arrays share most methods with other
// sequences (collection_methods.cc, list_methods.cc).
#include <algorithm>

#include "text/java_hash.h"
#include "vm/gdk/collections.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

// ---- ranges
// ----------------------------------------------------------------------------------------------------------

Status range_from(Call& call) {
  auto self = call.self();
  if (call.heap().is_int_range(self)) return call.give(call.heap().int_range(self).low());
  auto* range = call.heap().range(self);
  return call.give(range->reverse != 0 ? range->to : range->from);
}
Status range_to(Call& call) {
  auto self = call.self();
  if (call.heap().is_int_range(self)) return call.give(call.heap().int_range(self).high());
  auto* range = call.heap().range(self);
  return call.give(range->reverse != 0 ? range->from : range->to);
}
Status range_is_reverse(Call& call) { return call.give(call.heap().range(call.self())->reverse != 0); }
Status range_get(Call& call) {
  std::vector<Value> items;
  VM_DO(call.elements(call.self(), items));
  auto i = call.long_arg(0);
  if (i < 0 || i >= static_cast<std::int64_t>(items.size())) {
    return call.throw_java(java::index_out_of_bounds_exception,
                           "Index: " + std::to_string(i) + " too big for range: " + call.vm().display(call.self()));
  }
  return call.give(items[static_cast<std::size_t>(i)]);
}
Status range_step(Call& call) {
  std::vector<Value> items;
  VM_DO(call.elements(call.self(), items));
  auto step = call.int_arg(0);
  if (step == 0) {
    if (items.size() < 2) return call.give(call.heap().make_list());
    return call.throw_java("groovy.lang.GroovyRuntimeException", "Infinite loop detected due to step size of 0");
  }
  if (step < 0) {
    std::reverse(items.begin(), items.end());
    step = -step;
  }
  std::vector<Value> out;
  for (std::size_t i = 0; i < items.size(); i += static_cast<std::size_t>(step)) out.push_back(items[i]);
  return call.give(new_list(call, out));
}
Status contains_within_bounds(Call& call) {
  if (call.heap().is_int_range(call.self()) && !call.arg(0).is_int()) return call.give(false);
  Value from;
  Value to;
  VM_DO(call.get_property(call.self(), "from", from));
  VM_DO(call.get_property(call.self(), "to", to));
  std::int32_t low = 0;
  std::int32_t high = 0;
  VM_DO(call.compare(call.arg(0), from, low));
  VM_DO(call.compare(call.arg(0), to, high));
  return call.give(low >= 0 && high <= 0);
}
Status refuse(Call& call) { return call.throw_java(java::unsupported_operation_exception); }

// ---- arrays
// ----------------------------------------------------------------------------------------------------------

Value like(Call& call, Value array, const std::vector<Value>& items) {
  const auto* object = call.heap().array(array);
  const Value out = call.heap().make_array(object->element, static_cast<std::uint32_t>(items.size()), object->depth);
  std::copy(items.begin(), items.end(), call.heap().array_items(out).begin());
  return out;
}
std::vector<Value> items_of(Call& call, Value array) {
  const auto items = call.heap().array_items(array);
  return {items.begin(), items.end()};
}
Status array_clone(Call& call) { return call.give(like(call, call.self(), items_of(call, call.self()))); }

Status arrays_sort(Call& call) {
  const Value array = call.arg(0);
  if (!array.is(Kind::array)) return call.throw_missing_method();
  std::vector<Value> items = items_of(call, array);
  std::size_t from = 0;
  std::size_t to = items.size();
  if (call.has(2)) {
    from = static_cast<std::size_t>(
        std::clamp<std::int64_t>(call.long_arg(1), 0, static_cast<std::int64_t>(items.size())));
    to = static_cast<std::size_t>(
        std::clamp<std::int64_t>(call.long_arg(2), 0, static_cast<std::int64_t>(items.size())));
  }
  // Binary insertion keeps equal elements in order and asks few comparisons.
  for (std::size_t i = from; i < to; ++i) {
    std::size_t low = from;
    std::size_t high = i;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      std::int32_t order = 0;
      VM_DO(call.compare(items[i], items[middle], order));
      if (order < 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    std::rotate(items.begin() + static_cast<std::ptrdiff_t>(low), items.begin() + static_cast<std::ptrdiff_t>(i),
                items.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
  std::copy(items.begin(), items.end(), call.heap().array_items(array).begin());
  return call.give_null();
}
Status arrays_to_string(Call& call) {
  if (call.arg(0).is_null()) return call.give_utf8("null");
  TextBuilder out;
  VM_DO(call.to_text(call.arg(0), out));
  return call.give_text(out);
}
Status arrays_equals(Call& call) {
  const Value a = call.arg(0);
  const Value b = call.arg(1);
  if (a.is_null() || b.is_null()) return call.give(a.is_null() && b.is_null());
  const auto x = items_of(call, a);
  const auto y = items_of(call, b);
  if (x.size() != y.size()) return call.give(false);
  for (std::size_t i = 0; i < x.size(); ++i) {
    bool same = false;
    VM_DO(x[i].is(Kind::array) ? call.equals(x[i], y[i], same) : call.java_equals(x[i], y[i], same));
    if (!same) return call.give(false);
  }
  return call.give(true);
}
Status arrays_copy(Call& call) {
  const auto items = items_of(call, call.arg(0));
  std::int64_t from = 0;
  std::int64_t to = call.long_arg(1);
  if (call.has(2)) {
    from = call.long_arg(1);
    to = call.long_arg(2);
    if (from > to) {
      return call.throw_java(java::illegal_argument_exception, std::to_string(from) + " > " + std::to_string(to));
    }
    if (from < 0 || from > static_cast<std::int64_t>(items.size())) {
      return call.throw_java(java::array_index_out_of_bounds_exception);
    }
  } else if (to < 0) {
    return call.throw_java(java::negative_array_size_exception, std::to_string(to));
  }
  VM_DO(call.check_size(static_cast<std::uint64_t>(to - from) * sizeof(Value)));
  const auto* object = call.heap().array(call.arg(0));
  const Value out = call.heap().make_array(object->element, static_cast<std::uint32_t>(to - from), object->depth);
  auto target = call.heap().array_items(out);
  for (std::int64_t i = from; i < to && i < static_cast<std::int64_t>(items.size()); ++i) {
    target[static_cast<std::size_t>(i - from)] = items[static_cast<std::size_t>(i)];
  }
  return call.give(out);
}
Status arrays_fill(Call& call) {
  auto items = call.heap().array_items(call.arg(0));
  const std::uint32_t last = call.count() - 1;
  std::int64_t from = 0;
  auto to = static_cast<std::int64_t>(items.size());
  if (call.count() == 4) {
    from = call.long_arg(1);
    to = call.long_arg(2);
    if (from < 0 || from > to || to > static_cast<std::int64_t>(items.size())) {
      return call.throw_java(java::array_index_out_of_bounds_exception,
                             "Array index out of range: " + std::to_string(to));
    }
  }
  const ClassId element = call.heap().array(call.arg(0))->element;
  Value v = call.arg(last);
  VM_DO(call.cast(v, element, v));
  items = call.heap().array_items(call.arg(0));
  std::fill(items.begin() + from, items.begin() + to, v.plain());
  return call.give_null();
}
Status arrays_hash(Call& call) {
  std::int32_t out = 1;
  for (const Value v : items_of(call, call.arg(0))) {
    std::int32_t one = 0;
    VM_DO(call.hash(v, one));
    out = text::hash_combine(out, one);
  }
  return call.give(out);
}
/// Arrays.binarySearch, Collections.binarySearch.
Status binary_search(Call& call) {
  std::vector<Value> items;
  VM_DO(call.elements(call.arg(0), items));
  std::size_t low = 0;
  std::size_t high = items.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    std::int32_t order = 0;
    VM_DO(call.compare(items[middle], call.arg(1), order));
    if (order == 0) return call.give(static_cast<std::int32_t>(middle));
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return call.give(-static_cast<std::int32_t>(low) - 1);
}
Status array_length(Call& call) { return call.give(static_cast<std::int32_t>(call.heap().array(call.arg(0))->length)); }

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"groovy.lang.Range", "getFrom", "", range_from},
    {"groovy.lang.Range", "getTo", "", range_to},
    {"groovy.lang.Range", "isReverse", "", range_is_reverse},
    {"groovy.lang.Range", "get", "int", range_get},
    {"groovy.lang.Range", "step", "int", range_step},
    {"groovy.lang.Range", "containsWithinBounds", "Object", contains_within_bounds},
    {"groovy.lang.Range", "add", "Object", refuse},
    {"groovy.lang.Range", "add", "int,Object", refuse},
    {"groovy.lang.Range", "set", "int,Object", refuse},
    {"groovy.lang.Range", "remove", "int", refuse},
    {"groovy.lang.Range", "removeAt", "int", refuse},
    {"groovy.lang.Range", "clear", "", refuse},
    {"groovy.lang.Range", "pop", "", refuse},
    {"java.lang.Object[]", "clone", "", array_clone},
    {"java.util.Arrays", "sort", "Object", arrays_sort, K::static_method},
    {"java.util.Arrays", "sort", "Object,int,int", arrays_sort, K::static_method},
    {"java.util.Arrays", "toString", "Object", arrays_to_string, K::static_method},
    {"java.util.Arrays", "deepToString", "Object", arrays_to_string, K::static_method},
    {"java.util.Arrays", "equals", "Object,Object", arrays_equals, K::static_method},
    {"java.util.Arrays", "deepEquals", "Object,Object", arrays_equals, K::static_method},
    {"java.util.Arrays", "copyOf", "Object,int", arrays_copy, K::static_method},
    {"java.util.Arrays", "copyOfRange", "Object,int,int", arrays_copy, K::static_method},
    {"java.util.Arrays", "fill", "Object,Object", arrays_fill, K::static_method},
    {"java.util.Arrays", "fill", "Object,int,int,Object", arrays_fill, K::static_method},
    {"java.util.Arrays", "hashCode", "Object", arrays_hash, K::static_method},
    {"java.util.Arrays", "binarySearch", "Object,Object", binary_search, K::static_method},
    {"java.util.Collections", "binarySearch", "Object,Object", binary_search, K::static_method},
    {"java.lang.reflect.Array", "getLength", "Object", array_length, K::static_method},
};

}  // namespace

NativeTable array_methods() { return kMethods; }

}  // namespace windlass::vm
