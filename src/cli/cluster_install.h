// windlass cluster install: this program into a cluster, with a line for each object and why it does not start. What is
// made is cluster/manifests.h, how it is written cluster/installation.h.
#pragma once

#include "cli/command.h"

namespace windlass::cli {

/// The exit code.
int install_in_cluster(const Invocation& in, const ParsedOptions& options);

}  // namespace windlass::cli
