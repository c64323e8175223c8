#include "steps/configured.h"

#include "data/json.h"

namespace windlass::steps {

data::Value configured_service(const RunServices& run, std::string_view service) {
  const auto text = run.fact("service:" + std::string(service));
  if (text.empty()) return {};
  auto value = data::parse_json(text);
  return value ? std::move(*value) : data::Value();
}

}  // namespace windlass::steps
