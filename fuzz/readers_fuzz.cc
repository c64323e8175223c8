// links: windlass::data
// Any bytes as CSV, TOML and a manifest: no crash; CSV and TOML that were written read back the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "data/csv.h"
#include "data/manifest.h"
#include "data/toml.h"

using namespace windlass::data;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (auto records = parse_csv(text)) {
    auto again = parse_csv(format_csv(*records));
    if (!again || *again != *records) __builtin_trap();
  }
  static_cast<void>(
      parse_csv(text, {.delimiter = '\t', .quote = 0, .comment = '#', .ignore_empty_lines = false, .trim = true}));
  if (auto table = parse_toml(text)) {
    auto written = format_toml(*table);
    if (written) {
      auto again = parse_toml(*written);
      if (!again && again.error().kind != windlass::ErrorKind::exhausted) __builtin_trap();
    }
  }
  static_cast<void>(parse_manifest(text));
  return 0;
}
