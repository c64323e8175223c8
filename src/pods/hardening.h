// What a pod is where its template is silent: Kubernetes' profile "restricted". What the template says stands.
//
// A container that names no user gets one, with a HOME that it can write to: a root without its capabilities could not
// even write into a workspace of another user. One that asks for root or privileges keeps what makes them work.
// Source: docs/compat/kubernetes-agents.md, "Security"; kubernetes.io/docs/concepts/security/pod-security-standards.
#pragma once

#include <string>

#include "data/value.h"
#include "pods/pods.h"

namespace windlass::pods {

/// After the agent was injected: which containers only wait is seen by their command.
void harden(data::Value& pod, const Hardening& hardening, const std::string& agent_container);

}  // namespace windlass::pods
