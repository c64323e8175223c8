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

}  // namespace windlass::vm
