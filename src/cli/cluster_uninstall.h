// windlass cluster uninstall: out of a cluster what cluster install made, a line for each object, and what is left.
#pragma once

#include "cli/command.h"

namespace windlass::cli {

/// The exit code.
int uninstall_from_cluster(const Invocation& in, const ParsedOptions& options);

}  // namespace windlass::cli
