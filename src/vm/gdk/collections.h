// What the native files about lists, sets, maps and arrays share. Views (subList, keySet(), headMap …) are up to date
// when a native sees them (views.cc), and what the heap is told to do to them is done to their source.
#pragma once

#include <vector>

#include "vm/native.h"

namespace windlass::vm {

/// Writers check first: an immutable or fixed-size receiver throws as Java's do.
#define VM_MUTABLE(call, resizes)                                                \
  do {                                                                           \
    if ((call).heap().has_flag((call).self(), flag_immutable) ||                 \
        ((resizes) && (call).heap().has_flag((call).self(), flag_fixed_size))) { \
      return (call).throw_java(java::unsupported_operation_exception);           \
    }                                                                            \
  } while (false)

/// An immutable receiver throws at once, one of fixed size when an element is found that is to go.
#define VM_REMOVES(call)                                               \
  do {                                                                 \
    if ((call).heap().has_flag((call).self(), flag_immutable))         \
      return (call).throw_java(java::unsupported_operation_exception); \
  } while (false)
Status throw_fixed_size(Call& call, Value list);

inline Value new_list(Call& call, const std::vector<Value>& items) {
  return call.heap().make_list(std::span<const Value>(items));
}
/// Number of elements without running any code, or -1.
std::int64_t size_of(Call& call, Value v);
/// collection.contains(item) with Groovy's ==, sets by their own rule.
Status contains_in(Call& call, Value collection, Value item, bool& has);
/// Groovy's NumberAwareComparator: <=>, and by hash code what cannot be compared.
Status compare_aware(Call& call, Value a, Value b, std::int32_t& order);
/// What plus, minus and findAll make of a set: a TreeSet of a sorted one, else a LinkedHashSet.
Value similar_set(Call& call, Value set);
/// What plus and findAll make of a map: a TreeMap of a sorted one, else a LinkedHashMap.
Value similar_map(Call& call, Value map);
/// Of a sorted map or set: the view of the part between two keys (undefined: no border), and in falling order.
Status make_span(Call& call, Value low, Value high, bool includes_low, bool includes_high);
Status make_falling(Call& call, Value sorted);
/// Entries of a map in its iteration order.
std::vector<MapSlot> entries_of(Call& call, Value map);
/// Java's HashMap has as many buckets as it was told to have (rounded up to a power of two), or as the entries it is
/// made from need; its order of iteration shows it. No effect once there are entries.
void set_buckets(Heap& heap, Value map_or_set, std::size_t capacity);
inline std::size_t buckets_for(std::size_t entries) {
  return static_cast<std::size_t>(static_cast<float>(entries) / 0.75F + 1.0F);
}
/// Removes elements of a list or set by their positions (ascending), through a view from its map too.
Status remove_positions(Call& call, Value collection, const std::vector<std::uint32_t>& positions);

}  // namespace windlass::vm
