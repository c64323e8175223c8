// Access to the generated table; see prelude.h.
#include "prelude/prelude.h"

#include <algorithm>
#include <string>

#include "prelude/prelude_table.h"

namespace windlass::prelude {

std::span<const PreludeFile> files() { return prelude_table(); }

const PreludeFile* find_file(std::string_view name) {
  auto table = prelude_table();
  auto found = std::ranges::lower_bound(table, name, {}, &PreludeFile::name);
  return found != table.end() && found->name == name ? &*found : nullptr;
}

std::string_view total_hash() { return prelude_table_hash(); }

const PreludeFile* find_function(std::string_view function) {
  std::string line = "\ndef " + std::string(function) + "(";
  for (const auto& file : prelude_table()) {
    if (file.text.starts_with(std::string_view(line).substr(1)) || file.text.find(line) != std::string_view::npos) {
      return &file;
    }
  }
  return nullptr;
}

}  // namespace windlass::prelude
