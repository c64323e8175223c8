// What a prelude file defines, by the text at the beginning of its lines: functions (`def NAME(`) of steps, globals and
// block steps; classes of a file with a package, which scripts may name. For building an index once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace windlass::prelude {

struct Definitions {
  std::vector<std::string> functions;
  std::vector<std::string> classes;  ///< full names
};

[[nodiscard]] Definitions find_definitions(std::string_view text);

}  // namespace windlass::prelude
