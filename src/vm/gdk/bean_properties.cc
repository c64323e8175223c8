// Fields that are properties, getters and setters; then the order of the table that a meta class keeps them in,
// read from its end.
#include "vm/gdk/bean_properties.h"

#include <algorithm>
#include <cstdint>

namespace windlass::vm {

namespace {

/// java.beans.Introspector's: `Name` is `name`, `URL` stays.
std::string decapitalized(std::string_view rest) {
  std::string out(rest);
  const bool acronym = out.size() > 1 && out[0] >= 'A' && out[0] <= 'Z' && out[1] >= 'A' && out[1] <= 'Z';
  if (!acronym && out[0] >= 'A' && out[0] <= 'Z') out[0] = static_cast<char>(out[0] + 32);
  return out;
}

std::uint32_t table_hash(std::string_view name) {
  auto h = static_cast<std::uint32_t>(TextView(name).hash());
  h += ~(h << 9);
  h ^= h >> 14;
  h += h << 4;
  h ^= h >> 10;
  return h;
}

/// `get`, `set` or `is` with the name of a property.
std::string accessor_of(std::string_view prefix, std::string_view property) {
  std::string out(prefix);
  out += property;
  const bool small = property[0] >= 'a' && property[0] <= 'z';
  const bool then_great = property.size() > 1 && property[1] >= 'A' && property[1] <= 'Z';
  if (small && !then_great) out[prefix.size()] = static_cast<char>(out[prefix.size()] - 32);
  return out;
}

/// Calls visit(name, parameters) for each accessor that the properties of the class itself bring.
template <class Visit>
void for_accessors(Vm::State& state, const ClassInfo& c, const Visit& visit) {
  for (const FieldTemplate& field : c.code->fields) {
    if (field.hidden || !field.is_property || field.name.empty()) continue;
    visit(accessor_of("get", field.name), 0U);
    if (field.type != kNone16 && state.resolve(*c.unit, field.type).id == java::p_boolean) {
      visit(accessor_of("is", field.name), 0U);
    }
    if (!field.is_final) visit(accessor_of("set", field.name), 1U);
  }
}

/// The property that a method makes, or nothing.
std::string property_of(Vm::State& state, const ClassInfo& c, const FunctionCode& code, bool readable) {
  const std::string_view name = code.name;
  if ((code.modifiers & groovy::mod_private) != 0) return {};
  const bool starts_upper = [&](std::size_t at) {
    return name.size() > at && (name[at] < 'a' || name[at] > 'z');
  }(name.starts_with("is") ? 2 : 3);
  if (!starts_upper) return {};
  if (code.parameters.empty() && name.starts_with("get")) return decapitalized(name.substr(3));
  if (code.parameters.empty() && name.starts_with("is") && code.return_type != kNone16) {
    const ClassId type = state.resolve(*c.unit, code.return_type).id;
    return type == java::p_boolean ? decapitalized(name.substr(2)) : std::string();
  }
  if (!readable && code.parameters.size() == 1 && name.starts_with("set")) return decapitalized(name.substr(3));
  return {};
}

}  // namespace

std::vector<std::string> bean_properties(Vm::State& state, ClassId id, bool readable) {
  std::vector<std::string> names{"class"};
  const auto add = [&](std::string name) {
    if (!name.empty() && name != "metaClass" && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  };
  for (const ClassId at : state.linear(id)) {
    const ClassInfo* c = state.info(at);
    if (c == nullptr || c->code == nullptr) continue;
    for (const FieldTemplate& field : c->code->fields) {
      if (field.hidden) continue;
      if (field.is_property) add(std::string(field.name));
    }
    for (const std::uint32_t number : c->code->methods)
      add(property_of(state, *c, *c->unit->functions[number].code, readable));
  }
  if (state.is_subclass(id, java::collection) || state.is_subclass(id, java::map)) add("empty");
  if (state.is_subclass(id, java::map_entry)) {
    add("key");
    add("value");
  }
  std::uint32_t capacity = 32;
  while (names.size() >= capacity / 4 * 3) capacity *= 2;
  // Of one place the last comes first.
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    const auto x = table_hash(a) & (capacity - 1);
    const auto y = table_hash(b) & (capacity - 1);
    return x != y ? x > y : a > b;
  });
  return names;
}

std::optional<std::size_t> accessor_parameters(Vm::State& state, ClassId id, std::string_view name) {
  std::optional<std::size_t> found;
  for (const ClassId at : state.linear(id)) {
    const ClassInfo* c = state.info(at);
    if (c == nullptr || c->code == nullptr) continue;
    for_accessors(state, *c, [&](const std::string& one, std::size_t parameters) {
      if (one == name) found = parameters;
    });
  }
  return found;
}

std::vector<std::string> accessor_names(Vm::State& state, ClassId id) {
  std::vector<std::string> names;
  for (const ClassId at : state.linear(id)) {
    const ClassInfo* c = state.info(at);
    if (c == nullptr || c->code == nullptr) continue;
    for_accessors(state, *c, [&](std::string one, std::size_t) { names.push_back(std::move(one)); });
  }
  return names;
}

}  // namespace windlass::vm
