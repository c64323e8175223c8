// links: windlass::data
// Any bytes as a Go template with both pairs of delimiters: no crash, and bounds hold.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "data/go_template.h"
#include "data/json.h"

using namespace windlass::data;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const Value data = *parse_json(R"({"params":{"a":"x","n":3,"l":[1,"b",{"c":null}]},"param":{"b":true}})");
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const bool dollar : {false, true}) {
    GoTemplateOptions options;
    options.max_steps = 5'000;
    options.max_output_bytes = 1u << 16;
    if (dollar) {
      options.open = "$(";
      options.close = ")";
    }
    auto parsed = GoTemplate::parse(text, options);
    if (!parsed) continue;
    auto out = parsed->render(data);
    if (out && out->size() > options.max_output_bytes) __builtin_trap();
  }
  return 0;
}
