// What the server's configuration says of a service that steps call: "mail", "sonar". For effects that act on the
// server; it has secrets in it and travels nowhere.
#pragma once

#include <string_view>

#include "data/value.h"
#include "steps/effect.h"

namespace windlass::steps {

/// null where it says nothing.
data::Value configured_service(const RunServices& run, std::string_view service);

}  // namespace windlass::steps
