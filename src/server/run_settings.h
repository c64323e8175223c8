// What Configuration as Code, and the chart's variables, give to the runs that begin: pure. What each of them does
// there is docs/compat/casc.md's table.
#pragma once

#include <functional>
#include <string>

#include "casc/configuration.h"
#include "runs/run_settings.h"

namespace windlass::server {

/// `configuration` may be null. `variable` is the server's environment: EMAIL_… and SONAR_… as the chart's Jenkins has
/// them, each service where the configuration does not name it.
runs::RunSettings run_settings(const casc::Configuration* configuration,
                               const std::function<std::string(const std::string& name)>& variable);

}  // namespace windlass::server
