// Suggestions for mistyped names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace windlass::text {

/// Optimal string alignment distance (insert, delete, replace, swap of neighbours), capped at `limit` + 1.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit = 64);

/// The nearest candidate if it is near enough to be meant (a third of the length, at least 1, case differences cost
/// nothing); ties go to the earlier one.
std::optional<std::string> nearest_name(std::string_view name, const std::vector<std::string>& candidates);
std::optional<std::string_view> nearest_name(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace windlass::text
