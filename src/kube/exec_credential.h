// What an exec plugin is given and what it prints: ExecCredential of client.authentication.k8s.io, v1 and v1beta1.
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "kube/kubeconfig.h"

namespace windlass::kube {

struct ExecCredential {
  std::string token;
  std::string certificate, key;  ///< PEM; both or none
  std::int64_t expires = 0;      ///< milliseconds since 1970; 0: not said
};

/// The value of KUBERNETES_EXEC_INFO. `authority` is the cluster's PEM, empty for none.
std::string exec_info(const ExecPlugin& plugin, const Access& access, std::string_view authority);
/// Errors: invalid; no message holds anything of what was printed.
Result<ExecCredential> parse_exec_credential(std::string_view printed, const ExecPlugin& plugin);

}  // namespace windlass::kube
