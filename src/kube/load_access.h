// From files and variables to an Access: what a command or the server begins with. Reads files, once.
#pragma once

#include <string>

#include "kube/credentials.h"
#include "kube/kubeconfig.h"

namespace windlass::kube {

/// `kubeconfig` (a path) and `context` as the user gave them, both may be empty. Without a path: KUBECONFIG, then
/// ~/.kube/config, then the pod that we are in. Errors: not_found (none of these), those of kubeconfig.h.
Result<Access> load_access(const std::string& kubeconfig, const std::string& context, const Surroundings& surroundings);

}  // namespace windlass::kube
