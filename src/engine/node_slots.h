// Categories of throttling that count on each node by itself, as categories with names that no configuration can have:
//
//   db               all of them, wherever
//   db \x1f          the limit of each node
//   db \x1f NODE     those on that node
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace windlass::engine {

inline constexpr char kOnNode = '\x1f';

inline std::string each_node(std::string_view category) { return std::string(category) + kOnNode; }
inline std::string on_node(std::string_view category, std::string_view node) {
  return each_node(category).append(node);
}
/// The category, and the node if it counts on one.
inline std::pair<std::string, std::string> plain_category(std::string_view name) {
  const auto end = name.find(kOnNode);
  if (end == std::string_view::npos) return {std::string(name), {}};
  return {std::string(name.substr(0, end)), std::string(name.substr(end + 1))};
}

}  // namespace windlass::engine
