// The flow nodes of a run by id, as of one moment. A long run has tens of thousands: whoever looks at them gets parts
// of some hundred that are shared and never change, so that a look costs a pointer for each part and tells, part by
// part, what is the same as at the last look.
//
// FlowNodes is immutable and may go to any thread; FlowNodeBook belongs to the thread that writes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <span>
#include <vector>

#include "engine/console.h"

namespace windlass::runs {

class FlowNodes {
 public:
  using Part = std::vector<engine::FlowNode>;  ///< ordered by id; those of one `id / kPart`
  static constexpr std::uint64_t kPart = 256;

  FlowNodes() = default;
  explicit FlowNodes(std::vector<engine::FlowNode> nodes);
  FlowNodes(std::initializer_list<engine::FlowNode> nodes) : FlowNodes(std::vector<engine::FlowNode>(nodes)) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] const engine::FlowNode* find(std::uint64_t id) const;
  [[nodiscard]] std::span<const std::shared_ptr<const Part>> parts() const { return parts_; }

  /// In order of their ids. Nothing may be held beyond the life of this object and its copies.
  class Iterator {
   public:
    using value_type = engine::FlowNode;
    using difference_type = std::ptrdiff_t;
    using reference = const engine::FlowNode&;
    using pointer = const engine::FlowNode*;
    using iterator_category = std::bidirectional_iterator_tag;

    Iterator() = default;
    Iterator(const std::vector<std::shared_ptr<const Part>>& parts, std::size_t part, std::size_t at)
        : parts_(&parts), part_(part), at_(at) {}
    reference operator*() const { return (*(*parts_)[part_])[at_]; }
    pointer operator->() const { return &**this; }
    Iterator& operator++() {
      if (++at_ == (*parts_)[part_]->size()) {
        ++part_;
        at_ = 0;
      }
      return *this;
    }
    Iterator operator++(int) {
      auto before = *this;
      ++*this;
      return before;
    }
    Iterator& operator--() {
      if (at_ == 0) at_ = (*parts_)[--part_]->size();
      --at_;
      return *this;
    }
    Iterator operator--(int) {
      auto before = *this;
      --*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.part_ == b.part_ && a.at_ == b.at_; }

   private:
    const std::vector<std::shared_ptr<const Part>>* parts_ = nullptr;
    std::size_t part_ = 0, at_ = 0;
  };
  [[nodiscard]] Iterator begin() const { return {parts_, 0, 0}; }
  [[nodiscard]] Iterator end() const { return {parts_, parts_.size(), 0}; }
  /// The first whose id is not smaller.
  [[nodiscard]] Iterator from(std::uint64_t id) const;

 private:
  friend class FlowNodeBook;
  std::vector<std::shared_ptr<const Part>> parts_;
  std::size_t size_ = 0;
};

/// Where they are written.
class FlowNodeBook {
 public:
  /// A new one, or one again by its id.
  void put(const engine::FlowNode& node);
  /// As they are now. What is put afterwards is put into copies of the parts that it is in.
  [[nodiscard]] FlowNodes look();

 private:
  struct Slot {
    std::uint64_t place = 0;  ///< id / kPart
    std::shared_ptr<FlowNodes::Part> part;
    bool is_seen = false;  ///< somebody may read it
  };
  std::vector<Slot> slots_;  ///< ordered by place
  std::size_t size_ = 0;
};

}  // namespace windlass::runs
