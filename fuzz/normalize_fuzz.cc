// links: windlass::catalog
// Any arguments for any step or symbol: a map or an exception with a class name, never a crash; and what was normalized
// normalizes to itself. Input: name of a step (or a symbol's context, when there is no such step), newline, a JSON list
// whose maps with "$class" are symbols; its first map without "$class" is the named arguments.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "catalog/catalog.h"
#include "catalog/normalize.h"
#include "data/json.h"

using namespace windlass;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const auto cut = input.find('\n');
  if (cut == input.npos) return 0;
  const auto parsed = data::parse_json(input.substr(cut + 1));
  if (!parsed || !parsed->is_list()) return 0;
  const catalog::Catalog catalog;
  const auto* step = catalog.find_step(input.substr(0, cut));
  if (step == nullptr) {
    for (const auto& value : parsed->items()) {
      const auto made = catalog::normalize_describable(catalog, value, input.substr(0, cut));
      if (!made && made.error().java_class.empty()) std::abort();
    }
    return 0;
  }
  data::Map named;
  data::Value::List positional;
  bool have_named = false;
  for (const auto& value : parsed->items()) {
    if (!have_named && value.is_map() && value.find("$class") == nullptr) {
      for (const auto& entry : value.members()) named.set(entry.key, entry.value);
      have_named = true;
    } else {
      positional.push_back(value);
    }
  }
  const auto once = catalog::normalize(*step, named, positional);
  if (!once) {
    if (once.error().java_class.empty()) std::abort();
    return 0;
  }
  const auto twice = catalog::normalize(*step, once->arguments, {});
  if (!twice || !(data::Value(twice->arguments) == data::Value(once->arguments))) std::abort();
  return 0;
}
