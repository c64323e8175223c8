// A set of elements that are all Strings, all Integers or all Longs: their equality is that of their contents, for `==`
// and for equals() alike, and runs no code. With it unique, minus and intersect of lists need not compare each element
// with each other one. For one native, which keeps the texts where they are.
#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <unordered_set>
#include <utility>

#include "vm/heap.h"

namespace windlass::vm {

class PlainSet {
 public:
  explicit PlainSet(const Heap& heap) : set_(16, Hash{&heap}, Same{&heap, &work_}) {}
  PlainSet(const PlainSet&) = delete;
  PlainSet& operator=(const PlainSet&) = delete;

  /// Whether all of both are of one such class, and so many that a set is worth it.
  static bool serves(std::span<const Value> a, std::span<const Value> b) {
    constexpr std::size_t few = 8;
    if (a.size() <= few || a.empty() || b.empty()) return false;
    const Value first = a.front();
    if (!first.is_string() && !first.is_int() && !first.is_long()) return false;
    const auto alike = [&](const Value& v) { return v.tag == first.tag && v.kind == first.kind; };
    return std::all_of(a.begin(), a.end(), alike) && std::all_of(b.begin(), b.end(), alike);
  }

  /// False when it was there.
  bool insert(Value v) { return set_.insert(v.plain()).second; }
  [[nodiscard]] bool has(Value v) const { return set_.contains(v.plain()); }
  /// What the budget is to be charged with: comparisons since the last call, of which chosen texts can cause many.
  [[nodiscard]] std::uint64_t take_work() const { return std::exchange(work_, 1); }

 private:
  struct Hash {
    const Heap* heap;
    std::size_t operator()(const Value& v) const {
      if (!v.is_string()) return std::hash<std::int64_t>{}(v.integer);
      const TextView text = heap->text(v);
      std::uint64_t hash = 0xCBF29CE484222325ULL;
      for (std::size_t i = 0; i < text.size(); ++i) hash = (hash ^ text[i]) * 0x100000001B3ULL;
      return hash;
    }
  };
  struct Same {
    const Heap* heap;
    std::uint64_t* work;
    bool operator()(const Value& a, const Value& b) const {
      *work += a.is_string() ? 1 + heap->text(a).size() / 64 : 1;
      return a.is_string() ? heap->text(a) == heap->text(b) : a.integer == b.integer;
    }
  };
  mutable std::uint64_t work_ = 1;
  std::unordered_set<Value, Hash, Same> set_;
};

}  // namespace windlass::vm
