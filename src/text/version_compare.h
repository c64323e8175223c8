// Comparing version texts as people and Maven mean them: numbers as numbers, qualifiers before the release.
#pragma once

#include <string_view>

namespace windlass::text {

/// -1, 0, 1. Segments split at `.`, `-`, `_`, `+` and between digits and letters; trailing zeros do not count;
/// alpha < beta < milestone < rc = cr < snapshot < "" = ga = final = release < sp < other words < numbers. As
/// compareVersions, an empty text is before every version.
int compare_versions(std::string_view a, std::string_view b);

}  // namespace windlass::text
