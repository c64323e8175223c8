// The constants that tools/embed_catalog.py makes from steps/*.json and symbols.json; for catalog.cc only.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "catalog/catalog.h"

namespace windlass::catalog {

struct SymbolName {
  std::string_view name;
  std::uint32_t index;  ///< into symbol_table()
};

/// Sorted by name.
std::span<const StepDescription> step_table();
/// In the order of symbols.json.
std::span<const SymbolDescription> symbol_table();
/// Symbols and classes, sorted by name, then index.
std::span<const SymbolName> symbol_names();

}  // namespace windlass::catalog
