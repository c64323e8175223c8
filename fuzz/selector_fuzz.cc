// links: windlass::objects
// Any text as a label selector, a field selector, a name: refused or a selector that answers for any labels.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "data/value.h"
#include "objects/selector.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace windlass;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto labels = data::Value::map_of("a", "b", "app", "x", "", "");
  if (const auto selector = objects::LabelSelector::parse(text)) {
    (void)selector->matches(&labels);
    (void)selector->matches(nullptr);
  }
  if (const auto selector = objects::FieldSelector::parse(text)) {
    (void)selector->matches(data::Value::map_of("metadata", data::Value::map_of("name", "a")));
    (void)selector->matches(data::Value());
  }
  return 0;
}
