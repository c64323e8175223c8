// Looking names up in the generated tables: binary search over sorted constants, no state.
#include "catalog/catalog.h"

#include <algorithm>
#include <vector>

#include "catalog/catalog_table.h"
#include "text/edit_distance.h"

namespace windlass::catalog {
namespace {

const Parameter* find_in(std::span<const Parameter> parameters, std::string_view name) {
  auto found = std::ranges::find(parameters, name, &Parameter::name);
  return found == parameters.end() ? nullptr : &*found;
}

const SymbolDescription* find_exact(std::string_view name, std::string_view context) {
  for (auto [first, last] = std::ranges::equal_range(symbol_names(), name, {}, &SymbolName::name); first != last;
       ++first) {
    const auto& symbol = symbol_table()[first->index];
    if (context.empty() || symbol.context == context) return &symbol;
  }
  return nullptr;
}

}  // namespace

const Parameter* StepDescription::find_parameter(std::string_view parameter) const {
  return find_in(parameters, parameter);
}

const Parameter* SymbolDescription::find_field(std::string_view field) const { return find_in(fields, field); }

const StepDescription* Catalog::find_step(std::string_view name) const {
  auto table = step_table();
  auto found = std::ranges::lower_bound(table, name, {}, &StepDescription::name);
  return found != table.end() && found->name == name ? &*found : nullptr;
}

std::optional<std::string_view> Catalog::nearest_step(std::string_view name) const {
  std::vector<std::string_view> names;
  names.reserve(step_table().size());
  for (const auto& step : step_table()) names.push_back(step.name);
  return text::nearest_name(name, names);
}

std::span<const StepDescription> Catalog::steps() const { return step_table(); }

const SymbolDescription* Catalog::find_symbol(std::string_view name, std::string_view context) const {
  if (const auto* symbol = find_exact(name, context)) return symbol;
  auto dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    name.remove_prefix(dot + 1);
    if (const auto* symbol = find_exact(name, context)) return symbol;
  }
  auto dollar = name.rfind('$');
  if (dollar == std::string_view::npos) return nullptr;
  return find_exact(name.substr(dollar + 1), context);
}

std::span<const SymbolDescription> Catalog::symbols_of(std::string_view context) const {
  auto table = symbol_table();
  auto first = std::ranges::find(table, context, &SymbolDescription::context);
  auto last = std::find_if(first, table.end(), [&](const auto& symbol) { return symbol.context != context; });
  return {first, last};
}

std::span<const SymbolDescription> Catalog::symbols() const { return symbol_table(); }

}  // namespace windlass::catalog
