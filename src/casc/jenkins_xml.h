// The config.xml of an old Jenkins as the same configuration: built-in node, clouds with their templates, roles. Pure.
#pragma once

#include "base/result.h"
#include "casc/casc.h"

namespace windlass::casc {

/// Errors: invalid (no XML, not a Jenkins' <hudson> or <jenkins>), exhausted; those of casc::read.
Result<Outcome> read_config_xml(const File& file);

}  // namespace windlass::casc
