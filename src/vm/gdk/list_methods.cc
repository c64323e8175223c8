// java.util.List as Java and Groovy 2.4 extend it, and Groovy's ways to cut and combine any Iterable, without closures.
#include <algorithm>

#include "vm/gdk/collections.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

Status all_of(Call& call, Value v, std::vector<Value>& out) { return call.elements(v, out); }

Status bad_index(Call& call, std::int64_t index, std::int64_t size) {
  const ClassId id = call.class_of(call.self().is_class() ? call.arg(0) : call.self());
  return call.throw_java(id == java::vector || id == java::stack || id == java::arrays_list
                             ? java::array_index_out_of_bounds_exception
                             : java::index_out_of_bounds_exception,
                         "Index " + std::to_string(index) + " out of bounds for length " + std::to_string(size));
}
bool in_bounds(std::int64_t i, std::size_t size) { return i >= 0 && i < static_cast<std::int64_t>(size); }

// ---- by index
// --------------------------------------------------------------------------------------------------------

Status list_get(Call& call) {
  auto items = call.heap().items(call.self());
  auto i = call.long_arg(0);
  if (!in_bounds(i, items.size())) {
    if (call.class_of(call.self()) == java::arrays_list) {
      return call.throw_java(
          java::array_index_out_of_bounds_exception,
          "Index " + std::to_string(i) + " out of bounds for length " + std::to_string(items.size()));
    }
    if (call.class_of(call.self()) == java::linked_list) {
      return call.throw_index(i, static_cast<std::int64_t>(items.size()));
    }
    return bad_index(call, i, static_cast<std::int64_t>(items.size()));
  }
  return call.give(items[static_cast<std::size_t>(i)]);
}
Status list_set(Call& call) {
  VM_MUTABLE(call, false);
  auto items = call.heap().items(call.self());
  auto i = call.long_arg(0);
  if (!in_bounds(i, items.size())) return bad_index(call, i, static_cast<std::int64_t>(items.size()));
  auto old = items[static_cast<std::size_t>(i)];
  VM_DO(call.vm().state().check_store(call.self(), call.arg(1)));
  items[static_cast<std::size_t>(i)] = call.arg(1);
  return call.give(old);
}
Status list_add(Call& call) {
  VM_MUTABLE(call, true);
  call.heap().list_add(call.self(), call.arg(0));
  return call.give(true);
}
/// What ArrayList says about a place to add at.
Status throw_add_index(Call& call, std::int64_t index, std::int64_t size) {
  return call.throw_java(java::index_out_of_bounds_exception,
                         "Index: " + std::to_string(index) + ", Size: " + std::to_string(size));
}
Status list_add_at(Call& call) {
  VM_MUTABLE(call, true);
  auto i = call.long_arg(0);
  auto n = static_cast<std::int64_t>(call.heap().list(call.self())->size);
  if (i < 0 || i > n) return throw_add_index(call, i, n);
  call.heap().list_insert(call.self(), static_cast<std::uint32_t>(i), call.arg(1));
  return call.give_null();
}
Status add_all_at(Call& call) {
  VM_MUTABLE(call, true);
  std::vector<Value> items;
  VM_DO(all_of(call, call.arg(1), items));
  auto at = call.long_arg(0);
  auto n = static_cast<std::int64_t>(call.heap().list(call.self())->size);
  if (at < 0 || at > n) return throw_add_index(call, at, n);
  for (const auto& item : items) call.heap().list_insert(call.self(), static_cast<std::uint32_t>(at++), item);
  return call.give(!items.empty());
}
/// list.plus(index, items): a new list.
Status plus_at(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  std::vector<Value> more;
  VM_DO(all_of(call, call.arg(1), more));
  auto at = call.long_arg(0);
  if (at < 0 || at > static_cast<std::int64_t>(items.size())) {
    return throw_add_index(call, at, static_cast<std::int64_t>(items.size()));
  }
  items.insert(items.begin() + at, more.begin(), more.end());
  return call.give(new_list(call, items));
}
Status remove_at(Call& call) {
  VM_MUTABLE(call, true);
  auto items = call.heap().items(call.self());
  auto i = call.long_arg(0);
  if (!in_bounds(i, items.size())) return bad_index(call, i, static_cast<std::int64_t>(items.size()));
  auto old = items[static_cast<std::size_t>(i)];
  call.heap().list_remove(call.self(), static_cast<std::uint32_t>(i));
  return call.give(old);
}
Status pop(Call& call) {
  auto items = call.heap().items(call.self());
  if (items.empty()) return call.throw_java(java::no_such_element_exception, "Cannot pop() an empty List");
  VM_MUTABLE(call, true);
  auto last = items.back();
  call.heap().list_remove(call.self(), static_cast<std::uint32_t>(items.size() - 1));
  return call.give(last);
}
Status find_index(Call& call, bool last) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  for (std::size_t k = 0; k < items.size(); ++k) {
    auto i = last ? items.size() - 1 - k : k;
    bool same = false;
    VM_DO(call.java_equals(call.arg(0), items[i], same));
    if (same) return call.give(static_cast<std::int32_t>(i));
  }
  return call.give(-1);
}
Status index_of(Call& call) { return find_index(call, false); }
Status last_index_of(Call& call) { return find_index(call, true); }
Status sub_list(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  auto from = call.long_arg(0);
  auto to = call.long_arg(1);
  auto n = static_cast<std::int64_t>(items.size());
  if (from < 0) return call.throw_java(java::index_out_of_bounds_exception, "fromIndex = " + std::to_string(from));
  if (to > n) return call.throw_java(java::index_out_of_bounds_exception, "toIndex = " + std::to_string(to));
  if (from > to) {
    return call.throw_java(java::illegal_argument_exception,
                           "fromIndex(" + std::to_string(from) + ") > toIndex(" + std::to_string(to) + ")");
  }
  if (call.vm().state().limits.live_views() && call.self().is(Kind::list)) {
    return call.give(
        call.heap().make_part(call.self(), static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)));
  }
  return call.give(new_list(call, std::vector<Value>(items.begin() + from, items.begin() + to)));
}
/// For the prelude: list.subList(from, to).clear() and sort through a part.
Status remove_range(Call& call) {
  VM_MUTABLE(call, true);
  const auto n = static_cast<std::int64_t>(call.heap().list(call.self())->size);
  const auto from = std::clamp<std::int64_t>(call.long_arg(0), 0, n);
  const auto to = std::clamp<std::int64_t>(call.long_arg(1), from, n);
  if (to > from) {
    call.heap().list_remove(call.self(), static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to - from));
  }
  return call.give_null();
}
Status swap(Call& call) {
  const bool fixed = call.self().is_class();  // Collections.swap(list, i, j)
  const Value list = fixed ? call.arg(0) : call.self();
  if (call.heap().has_flag(list, flag_immutable)) return call.throw_java(java::unsupported_operation_exception);
  auto items = call.heap().items(list);
  auto i = call.long_arg(fixed ? 1 : 0);
  auto j = call.long_arg(fixed ? 2 : 1);
  auto n = static_cast<std::int64_t>(items.size());
  if (!in_bounds(i, items.size())) return bad_index(call, i, n);
  if (!in_bounds(j, items.size())) return bad_index(call, j, n);
  std::swap(items[static_cast<std::size_t>(i)], items[static_cast<std::size_t>(j)]);
  return fixed ? call.give_null() : call.give(list);
}
Status indices(Call& call) {
  const std::int64_t n = call.self().is_text() ? call.text_of(call.self()).size() : size_of(call, call.self());
  return call.give(call.heap().make_range(Value::of_int(0), Value::of_int(static_cast<std::int32_t>(n)), false, false));
}

// ---- ends and pieces
// -------------------------------------------------------------------------------------------------

Status end_of(Call& call, bool last) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  if (items.empty()) {
    const bool is_list = call.self().is(Kind::list) || call.self().is(Kind::range);
    if (call.self().is(Kind::array)) {
      return call.throw_java(java::no_such_element_exception,
                             last ? "Cannot access last() element from an empty Array"
                                  : "Cannot access first() element from an empty Array");
    }
    if (!is_list)
      return call.throw_java(java::no_such_element_exception, "Cannot access " + std::string(last ? "last" : "first") +
                                                                  "() element from an empty Iterable");
    return call.throw_java(java::no_such_element_exception, last ? "Cannot access last() element from an empty List"
                                                                 : "Cannot access first() element from an empty List");
  }
  return call.give(last ? items.back() : items.front());
}
/// iterable[n] of what is no list: null past the end.
Status at_index(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  auto n = call.long_arg(0);
  if (n < 0) n += static_cast<std::int64_t>(items.size());
  if (n < 0) {
    return call.throw_java(java::array_index_out_of_bounds_exception,
                           "Negative array index [" + std::to_string(call.long_arg(0)) + "] too large for array size " +
                               std::to_string(items.size()));
  }
  return call.give(in_bounds(n, items.size()) ? items[static_cast<std::size_t>(n)] : Value::null());
}
Status first(Call& call) { return end_of(call, false); }
Status last(Call& call) { return end_of(call, true); }
Status tail_of(Call& call, bool head_dropped) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  if (items.empty()) {
    return call.throw_java(java::no_such_element_exception, head_dropped
                                                                ? "Cannot access tail() for an empty iterable"
                                                                : "Cannot access init() for an empty Iterable");
  }
  if (head_dropped) {
    items.erase(items.begin());
  } else {
    items.pop_back();
  }
  return call.give(new_list(call, items));
}
Status tail(Call& call) { return tail_of(call, true); }
Status init(Call& call) { return tail_of(call, false); }

/// A part of what `self` is: sets stay sets, arrays arrays.
Value part_like(Call& call, const std::vector<Value>& part) {
  if (call.self().is(Kind::array)) {
    const auto element = call.heap().array(call.self())->element;
    const Value out = call.heap().make_array(element, static_cast<std::uint32_t>(part.size()));
    std::copy(part.begin(), part.end(), call.heap().array_items(out).begin());
    return out;
  }
  return new_list(call, part);
}
Status slice(Call& call, bool take, bool from_right) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  auto n = std::clamp<std::int64_t>(call.int_arg(0), 0, static_cast<std::int64_t>(items.size()));
  auto size = static_cast<std::int64_t>(items.size());
  auto begin = take ? (from_right ? size - n : 0) : (from_right ? 0 : n);
  auto end = take ? (from_right ? size : n) : (from_right ? size - n : size);
  return call.give(part_like(call, std::vector<Value>(items.begin() + begin, items.begin() + end)));
}
Status take(Call& call) { return slice(call, true, false); }
Status drop(Call& call) { return slice(call, false, false); }
Status take_right(Call& call) { return slice(call, true, true); }
Status drop_right(Call& call) { return slice(call, false, true); }

Status reverse(Call& call) {
  const bool fixed = call.self().is_class();  // Collections.reverse(list)
  const Value self = fixed ? call.arg(0) : call.self();
  if (self.is_null()) return call.throw_java(java::null_pointer_exception);
  std::vector<Value> items;
  VM_DO(all_of(call, self, items));
  std::reverse(items.begin(), items.end());
  const bool mutate = fixed || (call.has(0) && call.bool_arg(0));
  if (mutate && (self.is(Kind::list) || self.is(Kind::array))) {
    if (call.heap().has_flag(self, flag_immutable) && items.size() > 1)
      return call.throw_java(java::unsupported_operation_exception);
    auto own = call.heap().elements(self);
    std::copy(items.begin(), items.end(), own.begin());
    return fixed ? call.give_null() : call.give(self);
  }
  if (self.is(Kind::iterator)) {
    return call.give(call.heap().make_iterator(IteratorMode::list, new_list(call, items)));
  }
  return call.give(part_like(call, items));
}
/// For the prelude: puts the elements in another order, as sort does. To an ArrayList that is a change of its
/// structure.
Status arrange(Call& call) {
  const Value self = call.self();
  if (!self.is(Kind::list) || call.class_of(self) >= java::count_) return call.give(false);
  std::vector<Value> items;
  VM_DO(all_of(call, call.arg(0), items));
  if (!items.empty() || call.heap().is_view(self)) VM_MUTABLE(call, false);
  const auto own = call.heap().items(self);
  std::copy_n(items.begin(), std::min(items.size(), own.size()), own.begin());
  const ClassId id = call.class_of(self);
  if (call.vm().state().limits.live_views() && (id == java::array_list || id == java::vector || id == java::stack)) {
    ++call.heap().list(self)->changes;
  }
  return call.give(true);
}
Status rotate(Call& call) {
  const Value list = call.arg(0);
  auto items = call.heap().items(list);
  if (items.empty()) return call.give_null();
  const auto n = static_cast<std::int64_t>(items.size());
  const auto by = ((call.long_arg(1) % n) + n) % n;
  if (by == 0) return call.give_null();
  if (call.heap().has_flag(list, flag_immutable)) return call.throw_java(java::unsupported_operation_exception);
  std::rotate(items.begin(), items.begin() + (n - by), items.end());
  return call.give_null();
}
Status fill(Call& call) {
  const Value target = call.arg(0);
  if (target.is_null()) return call.throw_java(java::null_pointer_exception);
  auto items = call.heap().elements(target);
  if (items.empty()) return call.give_null();
  if (call.heap().has_flag(target, flag_immutable)) return call.throw_java(java::unsupported_operation_exception);
  std::fill(items.begin(), items.end(), call.arg(1).plain());
  return call.give_null();
}

Status flatten_into(Call& call, Value v, std::vector<Value>& out, int depth) {
  if (depth > 500) return call.throw_java(java::stack_overflow_error);
  std::vector<Value> items;
  VM_DO(all_of(call, v, items));
  for (const auto& item : items) {
    if (call.is_collection(item) || item.is(Kind::array)) {
      VM_DO(flatten_into(call, item, out, depth + 1));
    } else {
      out.push_back(item);
    }
  }
  return Status::ok;
}
Status flatten(Call& call) {
  std::vector<Value> out;
  VM_DO(flatten_into(call, call.self(), out, 0));
  if (call.self().is(Kind::set)) {
    const Value set = similar_set(call, call.self());
    bool added = false;
    for (const auto& item : out) VM_DO(call.set_add(set, item, added));
    return call.give(set);
  }
  return call.give(new_list(call, out));
}

/// GroovyCollections.transpose: as many columns as the longest row has, short rows leave their places out.
Status transpose(Call& call) {
  std::vector<Value> rows;
  VM_DO(all_of(call, call.self().is_class() ? call.arg(0) : call.self(), rows));
  std::vector<std::vector<Value>> all(rows.size());
  std::size_t width = rows.empty() ? 0 : SIZE_MAX;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    // Each row is a list, or becomes one by a cast.
    if (!call.is_collection(rows[i]) && !rows[i].is(Kind::array)) VM_DO(call.cast(rows[i], java::list, rows[i]));
    VM_DO(all_of(call, rows[i], all[i]));
    width = std::min(width, all[i].size());
  }
  auto out = call.heap().make_list();
  for (std::size_t c = 0; c < width; ++c) {
    auto column = call.heap().make_list();
    for (const auto& row : all) call.heap().list_add(column, row[c]);
    call.heap().list_add(out, column);
  }
  return call.give(out);
}

Status collate(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  const auto wanted = call.int_arg(0);
  if (wanted <= 0) {
    auto out = call.heap().make_list();
    call.heap().list_add(out, new_list(call, items));
    return call.give(out);
  }
  auto width = static_cast<std::size_t>(wanted);
  std::size_t step = width;
  bool keep = true;
  if (call.has(1)) {
    if (call.arg(1).is_boolean()) {
      keep = call.bool_arg(1);
    } else {
      if (call.int_arg(1) == 0) return call.throw_java(java::illegal_argument_exception, "step cannot be zero");
      // Backwards there is only the first.
      step = call.int_arg(1) > 0 ? static_cast<std::size_t>(call.int_arg(1)) : std::max<std::size_t>(items.size(), 1);
    }
  }
  if (call.has(2)) keep = call.bool_arg(2);
  auto out = call.heap().make_list();
  for (std::size_t i = 0; i < items.size(); i += step) {
    if (!keep && i + width > items.size()) break;
    auto end = std::min(items.size(), i + width);
    call.heap().list_add(out, call.heap().make_list(std::span<const Value>(items).subspan(i, end - i)));
  }
  return call.give(out);
}

Status combinations(Call& call) {
  std::vector<Value> rows;
  VM_DO(all_of(call, call.self().is_class() ? call.arg(0) : call.self(), rows));
  std::vector<std::vector<Value>> out{{}};
  for (const auto& row : rows) {
    std::vector<Value> choices;
    if (call.is_collection(row) || row.is(Kind::array)) {
      VM_DO(all_of(call, row, choices));
    } else {
      choices.push_back(row);
    }
    std::vector<std::vector<Value>> next;
    VM_DO(call.check_size(out.size() * choices.size() * sizeof(Value) * (rows.size() + 2)));
    for (const auto& choice : choices) {
      for (const auto& done : out) {
        next.push_back(done);
        next.back().push_back(choice);
      }
    }
    out = std::move(next);
  }
  auto list = call.heap().make_list();
  for (const auto& row : out) call.heap().list_add(list, new_list(call, row));
  return call.give(list);
}

/// subsequences(): all non-empty subsets in order, as a set of lists.
Status subsequences(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  if (items.size() > 20) VM_DO(call.check_size(std::uint64_t{1} << std::min<std::size_t>(62, items.size() + 8)));
  std::vector<std::vector<Value>> out;
  for (const auto& item : items) {
    const std::size_t have = out.size();
    std::vector<std::vector<Value>> next;
    for (std::size_t i = 0; i < have; ++i) {
      next.push_back(out[i]);
      next.back().push_back(item);
    }
    next.push_back({item});
    out.insert(out.end(), next.begin(), next.end());
  }
  const Value set = call.heap().make_set(java::hash_set);
  bool added = false;
  for (const auto& one : out) VM_DO(call.set_add(set, new_list(call, one), added));
  return call.give(set);
}
/// Every permutation, in the order Groovy's generator makes them; permutations() is their set.
Status permutations(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  if (items.empty()) return call.throw_java(java::illegal_argument_exception, "At least one item required");
  if (items.size() > 9) VM_DO(call.check_size(std::uint64_t{1} << 62));
  std::vector<std::size_t> order(items.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const Value set = call.heap().make_set(java::hash_set);
  do {
    std::vector<Value> one;
    for (const std::size_t i : order) one.push_back(items[i]);
    bool added = false;
    VM_DO(call.set_add(set, new_list(call, one), added));
  } while (std::next_permutation(order.begin(), order.end()));
  return call.give(set);
}

/// For the prelude's sort: a new list in the order of Groovy's NumberAwareComparator.
Status natural_order(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  std::vector<Value> other(items.size());
  for (std::size_t width = 1; width < items.size(); width *= 2) {
    for (std::size_t low = 0; low < items.size(); low += 2 * width) {
      const std::size_t middle = std::min(low + width, items.size());
      const std::size_t high = std::min(low + 2 * width, items.size());
      std::size_t i = low;
      std::size_t j = middle;
      for (std::size_t k = low; k < high; ++k) {
        bool left = i < middle;
        if (left && j < high) {
          std::int32_t order = 0;
          VM_DO(compare_aware(call, items[i], items[j], order));
          left = order <= 0;
        }
        other[k] = left ? items[i++] : items[j++];
      }
    }
    std::swap(items, other);
  }
  return call.give(new_list(call, items));
}
/// a.__order(b): the comparison itself.
Status order_of(Call& call) {
  std::int32_t order = 0;
  VM_DO(compare_aware(call, call.arg(0), call.arg(1), order));
  return call.give(order);
}

// ---- making lists
// ----------------------------------------------------------------------------------------------------

Status list_new(Call& call) {
  auto class_id = call.self().class_id();
  if (class_id == java::collections) class_id = java::array_list;
  auto list = call.heap().make_list(0, class_id);
  if (call.has(0) && !call.arg(0).is_integral()) {
    std::vector<Value> items;
    if (call.arg(0).is_null()) return call.throw_java(java::null_pointer_exception);
    VM_DO(all_of(call, call.arg(0), items));
    for (const auto& item : items) call.heap().list_add(list, item);
  } else if (call.has(0) && call.arg(0).integer < 0) {
    return call.throw_java(java::illegal_argument_exception, "Illegal Capacity: " + std::to_string(call.long_arg(0)));
  }
  return call.give(list);
}
Status list_clone(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  return call.give(call.heap().make_list(std::span<const Value>(items), call.class_of(call.self())));
}
Status immutable_list(Call& call) {
  std::vector<Value> items;
  if (call.vm().state().limits.live_views()) {
    const Value from = call.self().is_class() ? (call.has(0) ? call.arg(0) : Value::undefined()) : call.self();
    if (from.is_null()) return call.throw_java(java::null_pointer_exception);
    if (from.is(Kind::list)) return call.give(call.heap().make_whole(from));
  }
  if (!call.self().is_class()) {
    VM_DO(all_of(call, call.self(), items));
  } else if (call.has(0)) {
    VM_DO(all_of(call, call.arg(0), items));
  }
  auto list = new_list(call, items);
  call.heap().set_flag(list, flag_immutable);
  return call.give(list);
}
Status single(Call& call) {
  const bool set = call.name() == "singleton";
  const Value out = set ? call.heap().make_set() : call.heap().make_list();
  bool added = false;
  if (set) {
    VM_DO(call.set_add(out, call.arg(0), added));
  } else {
    call.heap().list_add(out, call.arg(0));
  }
  call.heap().set_flag(out, flag_immutable);
  return call.give(out);
}
Status mutable_copy(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.arg(0), items));
  return call.give(new_list(call, items));
}
Status n_copies(Call& call) {
  const auto n = call.long_arg(0);
  if (n < 0) return call.throw_java(java::illegal_argument_exception, "List length = " + std::to_string(n));
  VM_DO(call.check_size(static_cast<std::uint64_t>(n) * sizeof(Value)));
  const Value list = new_list(call, std::vector<Value>(static_cast<std::size_t>(n), call.arg(1)));
  call.heap().set_flag(list, flag_immutable);
  return call.give(list);
}
Status arrays_as_list(Call& call) {
  auto args = call.args();
  std::vector<Value> items(args.begin(), args.end());
  if (call.vm().state().limits.live_views() && items.size() == 1 && items[0].is(Kind::array)) {
    // The numbers of an array of a primitive type are boxed, so that the list has an array of its own.
    const ArrayObject* array = call.heap().array(items[0]);
    if (array->depth > 1 || array->element < java::p_boolean || array->element > java::p_double) {
      return call.give(call.heap().make_array_view(items[0]));
    }
  }
  if (items.size() == 1 && items[0].is(Kind::array)) {
    auto own = call.heap().array_items(items[0]);
    items.assign(own.begin(), own.end());
  }
  auto list = call.heap().make_list(std::span<const Value>(items), java::arrays_list);
  call.heap().set_flag(list, flag_fixed_size);
  return call.give(list);
}
Status synchronized(Call& call) { return call.give(call.arg(0)); }

/// list.withDefault { index -> … } and withEagerDefault: the same elements, missing ones are made when read.
Status with_default(Call& call) {
  std::vector<Value> items;
  VM_DO(all_of(call, call.self(), items));
  const Value list = new_list(call, items);
  call.heap().list(list)->extra = call.arg(0).ref;
  call.heap().set_flag(list, flag_default);
  // Eager: the gap before a new element is filled too, not left null.
  call.heap().list(list)->detail = call.name() == "withEagerDefault" ? 1 : 0;
  return call.give(list);
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.util.List", "get", "int", list_get},
    {"java.util.List", "set", "int,Object", list_set},
    {"java.util.List", "add", "Object", list_add},
    {"java.util.List", "add", "int,Object", list_add_at},
    {"java.util.List", "push", "Object", list_add},
    {"java.util.List", "addAll", "int,Object", add_all_at},
    {"java.util.List", "plus", "int,Object", plus_at},
    {"java.util.List", "remove", "int", remove_at},
    {"java.util.List", "removeAt", "int", remove_at},
    {"java.util.List", "pop", "", pop},
    // Groovy's own come before Deque's, and are about the end.
    {"java.util.LinkedList", "push", "Object", list_add},
    {"java.util.LinkedList", "pop", "", pop},
    {"java.util.List", "removeLast", "", pop},
    {"java.util.List", "indexOf", "Object", index_of},
    {"java.util.List", "lastIndexOf", "Object", last_index_of},
    {"java.util.List", "subList", "int,int", sub_list},
    {"java.util.List", "__removeRange", "int,int", remove_range},
    {"java.util.List", "swap", "int,int", swap},
    {"java.util.List", "__arrange", "List", arrange},
    {"java.util.Collection", "getIndices", "", indices},
    {"java.lang.Object[]", "getIndices", "", indices},
    {"java.lang.CharSequence", "getIndices", "", indices},
    {"java.util.Collections", "swap", "Object,int,int", swap, K::static_method},
    {"java.lang.Iterable", "getAt", "int", at_index},
    {"java.lang.Iterable", "first", "", first},
    {"java.lang.Iterable", "head", "", first},
    {"java.lang.Iterable", "last", "", last},
    {"java.lang.Object[]", "first", "", first},
    {"java.lang.Object[]", "last", "", last},
    {"java.lang.Object[]", "head", "", first},
    {"java.lang.Iterable", "tail", "", tail},
    {"java.lang.Object[]", "tail", "", tail},
    {"java.lang.Iterable", "init", "", init},
    {"java.lang.Object[]", "init", "", init},
    {"java.lang.Iterable", "take", "int", take},
    {"java.lang.Iterable", "drop", "int", drop},
    {"java.lang.Iterable", "takeRight", "int", take_right},
    {"java.lang.Iterable", "dropRight", "int", drop_right},
    {"java.lang.Object[]", "take", "int", take},
    {"java.lang.Object[]", "drop", "int", drop},
    {"java.lang.Object[]", "takeRight", "int", take_right},
    {"java.lang.Object[]", "dropRight", "int", drop_right},
    {"java.util.Iterator", "take", "int", take},
    {"java.util.Iterator", "drop", "int", drop},
    {"java.util.List", "reverse", "", reverse},
    {"java.util.List", "reverse", "boolean", reverse},
    {"java.lang.Object[]", "reverse", "", reverse},
    {"java.lang.Object[]", "reverse", "boolean", reverse},
    {"java.util.Iterator", "reverse", "", reverse},
    {"java.util.Collections", "reverse", "Object", reverse, K::static_method},
    {"java.util.Collections", "rotate", "Object,int", rotate, K::static_method},
    {"java.util.Collections", "fill", "Object,Object", fill, K::static_method},
    {"java.lang.Iterable", "flatten", "", flatten},
    {"java.lang.Object[]", "flatten", "", flatten},
    {"java.util.List", "transpose", "", transpose},
    {"groovy.util.GroovyCollections", "transpose", "Object", transpose, K::static_method},
    {"groovy.util.GroovyCollections", "combinations", "Object", combinations, K::static_method},
    {"java.lang.Iterable", "collate", "int", collate},
    {"java.lang.Iterable", "collate", "int,boolean", collate},
    {"java.lang.Iterable", "collate", "int,int", collate},
    {"java.lang.Iterable", "collate", "int,int,boolean", collate},
    {"java.lang.Object[]", "collate", "int", collate},
    {"java.lang.Iterable", "combinations", "", combinations},
    {"java.util.List", "subsequences", "", subsequences},
    {"java.lang.Iterable", "permutations", "", permutations},
    {"java.lang.Object", "__naturalOrder", "", natural_order},
    {"java.util.Collections", "__order", "Object,Object", order_of, K::static_method},
    {"java.util.List", "asImmutable", "", immutable_list},
    {"java.util.List", "clone", "", list_clone},
    {"java.util.List", "withDefault", "Closure", with_default},
    {"java.util.List", "withLazyDefault", "Closure", with_default},
    {"java.util.List", "withEagerDefault", "Closure", with_default},
    {"java.util.Collections", "unmodifiableList", "Object", immutable_list, K::static_method},
    {"java.util.Collections", "emptyList", "", immutable_list, K::static_method},
    {"java.util.Collections", "singletonList", "Object", single, K::static_method},
    {"java.util.Collections", "singleton", "Object", single, K::static_method},
    {"java.util.Collections", "nCopies", "int,Object", n_copies, K::static_method},
    {"java.util.Collections", "list", "Object", mutable_copy, K::static_method},
    {"java.util.Collections", "synchronizedList", "Object", synchronized, K::static_method},
    {"java.util.Collections", "synchronizedSet", "Object", synchronized, K::static_method},
    {"java.util.Collections", "synchronizedMap", "Object", synchronized, K::static_method},
    {"java.util.Collections", "synchronizedCollection", "Object", synchronized, K::static_method},
    {"java.util.Arrays", "asList", "Object...", arrays_as_list, K::static_method},
    {"java.util.ArrayList", "<init>", "", list_new, K::constructor},
    {"java.util.ArrayList", "<init>", "Object", list_new, K::constructor},
    {"java.util.LinkedList", "<init>", "", list_new, K::constructor},
    {"java.util.LinkedList", "<init>", "Object", list_new, K::constructor},
    {"java.util.Vector", "<init>", "", list_new, K::constructor},
    {"java.util.Vector", "<init>", "Object", list_new, K::constructor},
    {"java.util.Stack", "<init>", "", list_new, K::constructor},
    {"net.sf.json.JSONArray", "<init>", "", list_new, K::constructor},
    {"java.util.ArrayDeque", "<init>", "", list_new, K::constructor},
    {"java.util.ArrayDeque", "<init>", "Object", list_new, K::constructor},
    {"java.util.concurrent.CopyOnWriteArrayList", "<init>", "", list_new, K::constructor},
    {"java.util.concurrent.CopyOnWriteArrayList", "<init>", "Object", list_new, K::constructor},
    {"java.util.concurrent.ConcurrentLinkedQueue", "<init>", "", list_new, K::constructor},
    {"java.util.concurrent.ConcurrentLinkedQueue", "<init>", "Object", list_new, K::constructor},
    {"java.util.concurrent.LinkedBlockingQueue", "<init>", "", list_new, K::constructor},
    {"java.util.concurrent.LinkedBlockingQueue", "<init>", "Object", list_new, K::constructor},
};

}  // namespace

NativeTable list_methods() { return kMethods; }

}  // namespace windlass::vm
