#include "prelude/definitions.h"

namespace windlass::prelude {

Definitions find_definitions(std::string_view text) {
  Definitions out;
  std::string package;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (const auto open = line.find('('); line.starts_with("def ") && open != std::string_view::npos) {
      out.functions.emplace_back(line.substr(4, open - 4));
    } else if (line.starts_with("package ")) {
      package = std::string(line.substr(8)) + '.';
    } else if (!package.empty() && line.starts_with("class ")) {
      out.classes.push_back(package + std::string(line.substr(6, line.find(' ', 6) - 6)));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

}  // namespace windlass::prelude
