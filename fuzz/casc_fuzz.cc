// links: windlass::casc
// Any bytes as a Configuration as Code document: no crash; what was read is written in a form that reads back the same;
// each template becomes a pod or an error, and the secret is in the agent's container alone.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "casc/authorization.h"
#include "casc/casc.h"
#include "casc/import_values.h"
#include "data/json.h"
#include "data/yaml.h"

using namespace windlass;

namespace {

std::size_t count(std::string_view text, std::string_view word) {
  std::size_t found = 0;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const casc::Sources sources{.variable = [](std::string_view name) -> std::optional<std::string> {
                                if (name.size() > 3) return std::nullopt;
                                return std::string(name) + "!";
                              },
                              .file = [](std::string_view) -> Result<std::string> { return std::string("content"); }};
  casc::File file{"f", std::string(reinterpret_cast<const char*>(bytes), size)};
  (void)casc::import_values(file);
  const auto files = casc::files_of(std::move(file));
  const auto outcome = casc::read(files, sources);
  if (!outcome) return 0;
  // Whatever a strategy says, nobody without a token has a right by it.
  rights::User nobody;
  casc::rights_of(outcome->configuration.authorization, casc::RightsMode::everything).table.apply(nobody);
  if (nobody.is_admin() || !nobody.grants.empty()) __builtin_trap();
  const auto written = casc::write(outcome->configuration);
  const auto again = casc::read({{"again", data::format_yaml(written)}}, sources);
  if (!again || casc::write(again->configuration) != written) __builtin_trap();

  constexpr std::string_view kSecret = "q7z-the-secret-of-the-agent";
  auto clouds = outcome->configuration.clouds;
  clouds.root_url = "http://server";
  pods::PodRequest request;
  request.suffix = "bcdfghjklm";
  request.agent_image = "agent:1";
  request.secret_of = [kSecret](std::string_view) { return std::string(kSecret); };
  for (const auto& cloud : outcome->configuration.clouds.clouds) {
    const auto& permitted = cloud.permitted_projects;
    request.job = (permitted.empty() ? std::string("p") : permitted.front()) + "/job";
    for (const auto& one : cloud.templates) {
      request.label = one.label;
      const auto plan = pods::plan_pod(clouds, request);
      if (!plan) continue;
      const auto text = data::format_json(plan->manifest);
      if (count(text, kSecret) != 1 || plan->name.size() > 63) __builtin_trap();
      pods::restricted_violations(plan->manifest);
    }
  }
  return 0;
}
