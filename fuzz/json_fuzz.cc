// links: windlass::data
// Any bytes as JSON, strict and lenient: no crash, and what was read is written in a form that reads back the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "data/json.h"
#include "data/json_path.h"

using namespace windlass::data;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (auto value = parse_json(text)) {
    const std::string written = format_json(*value);
    auto again = parse_json(written);
    // Two halves of a surrogate pair may meet and become one character, so texts are compared, not values.
    if (!again || format_json(*again) != written) __builtin_trap();
    if (!parse_json(format_json_groovy(*value)) || !parse_json(format_json(*value, {.layout = JsonLayout::groovy})))
      __builtin_trap();
    if (!parse_json(format_json(*value, {.layout = JsonLayout::json_lib, .indent = 2}))) __builtin_trap();
    static_cast<void>(format_json_canonical(*value));
    static_cast<void>(find_json_pointer(*value, text));
    static_cast<void>(find_json_path(*value, text));
  }
  JsonParseOptions lenient;
  lenient.lenient = true;
  if (auto value = parse_json(text, lenient)) {
    if (!parse_json(format_json(*value))) __builtin_trap();
  }
  static_cast<void>(pretty_print_json(text));
  return 0;
}
