// What the nodes of a run are called in every run of its pipeline: the labels of the stages and branches around them
// and their own, "Build / sh@12 (2)" the second time. Runs are compared, and durations expected, by these.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/console.h"

namespace windlass::runs {

[[nodiscard]] bool is_stage(const engine::FlowNode& node);

class NodePaths {
 public:
  /// In order of their ids, each once.
  void add(const engine::FlowNode& node);
  /// Of one that was added.
  [[nodiscard]] std::string of(const engine::FlowNode& node) const;
  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] std::uint64_t last() const { return places_.empty() ? 0 : places_.back().id; }

 private:
  struct Place {
    std::uint64_t id = 0;
    std::uint64_t stage = 0;  ///< the nearest around it; 0: there is none
    std::uint32_t times = 1;  ///< so many have had this name, it included
  };
  [[nodiscard]] const Place* find(std::uint64_t id) const;
  [[nodiscard]] std::string name_of(const engine::FlowNode& node, std::uint64_t stage) const;

  std::vector<Place> places_;  ///< ordered by id
  std::unordered_map<std::uint64_t, std::string> stages_;
  std::unordered_map<std::string, std::uint32_t> seen_;
};

}  // namespace windlass::runs
