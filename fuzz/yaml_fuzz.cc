// links: windlass::data
// Any bytes as YAML in each dialect; what one reads, the writer writes so that it reads back the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "data/yaml.h"

using namespace windlass::data;

namespace {

// Dates carry their text, which the writer puts in another form; documents with them are not compared.
bool comparable(const Value& root) {
  std::vector<const Value*> work{&root};
  while (!work.empty()) {
    const Value& value = *work.back();
    work.pop_back();
    if (value.is_object() || value.is_bytes()) return false;
    for (const auto& item : value.items()) work.push_back(&item);
    for (const auto& entry : value.members()) work.push_back(&entry.value);
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const auto dialect : {YamlDialect::snake, YamlDialect::k8s, YamlDialect::strict}) {
    YamlParseOptions options;
    options.dialect = dialect;
    options.max_nodes = 20'000;
    options.max_copied_bytes = 1'000'000;
    auto documents = parse_yaml_documents(text, options);
    if (!documents) continue;
    for (const auto& value : *documents) {
      const std::string written = format_yaml(value, {.dialect = dialect});
      if (dialect != YamlDialect::snake || !comparable(value)) continue;
      // A text with characters that no YAML may hold is written as SnakeYAML writes it, and reads back as bytes.
      if (written.find("!!binary") != std::string::npos) continue;
      auto again = parse_yaml(written);
      if (again && !(*again == value)) __builtin_trap();
      if (!again && again.error().kind != windlass::ErrorKind::exhausted) __builtin_trap();
    }
  }
  return 0;
}
