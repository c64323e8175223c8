// Kubernetes' pod security profiles as pure checks: "baseline" and what "restricted" adds.
// Source: kubernetes.io/docs/concepts/security/pod-security-standards (version 1.30).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/value.h"

namespace windlass::pods {

/// One field that a profile refuses.
struct Violation {
  enum class Kind : std::uint8_t {
    host_namespaces,
    privileged,
    host_path,
    host_ports,
    capabilities,
    unconfined,     ///< seccomp, AppArmor, SELinux, /proc, sysctls
    other_volumes,  ///< neither a hostPath nor a kind that "restricted" allows
    escalation,
    root,
    no_seccomp,
  };
  Kind kind;
  std::string path, sentence;  ///< "spec.hostNetwork", "it must not be true"
};

/// A pod's or container's path and value: spec.containers[0], initContainers and ephemeralContainers too.
void for_each_container(const data::Value& pod,
                        const std::function<void(const std::string& path, const data::Value& container)>& visit);

std::vector<Violation> baseline_violations(const data::Value& pod);
/// Those of baseline too.
std::vector<Violation> all_restricted_violations(const data::Value& pod);

}  // namespace windlass::pods
