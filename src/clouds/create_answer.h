// What to do with the API server's answer to the creation of a pod or lease: try again, look whether it is there, give
// up. Pure. Source: agents.md B6.2.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "clouds/pod_trouble.h"
#include "objects/api_status.h"

namespace windlass::clouds {

struct CreateStep {
  enum class Kind : std::uint8_t {
    again,    ///< the same creation, under the same name, after a pause
    look,     ///< there is one of that name: ours, or another's?
    refused,  ///< it will not be better: the trouble is final
  };
  Kind kind = Kind::again;
  bool quick = false;  ///< a pause of a moment, not one that grows
  Trouble trouble;     ///< empty code: nothing worth telling
  std::string line;    ///< for the log of the run; empty: none
};

/// `pod` is "kubernetes ns/name" for sentences; `tries` counts those before.
CreateStep judge_creation(const objects::ApiStatus& answer, std::string_view namespace_, std::string_view pod,
                          unsigned tries);

}  // namespace windlass::clouds
