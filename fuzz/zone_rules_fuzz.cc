// links: windlass::text
// Zone files of any bytes: refused, or periods that hold the moment asked for and lie side by side, and local times
// whose offset is one that the zone has.
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string_view>

#include "text/detail/zone_rules.h"

using windlass::text::detail::ZoneRules;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rules = ZoneRules::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!rules) return 0;
  for (const std::int64_t at : {std::int64_t{-5'000'000'000}, std::int64_t{0}, std::int64_t{1'711'846'800},
                                std::int64_t{4'102'444'800}, std::int64_t{1} << 50}) {
    const auto period = rules->at(at);
    if (at < period.begin || at >= period.end) std::abort();
    if (period.end != std::numeric_limits<std::int64_t>::max() && rules->at(period.end).begin != period.end) {
      std::abort();
    }
    static_cast<void>(rules->local_offset(at, false));
    static_cast<void>(rules->local_offset(at, true));
  }
  return 0;
}
