// Copying the agent's programs to where a pod's containers find them.
//
// Two ways. As an init container: install_programs, and the kubelet starts the others when it has seen the end. As the
// pod's first container, which is quicker: Delivery, while the container's postStart hook waits in await_programs; the
// kubelet starts no other container before the hook has returned.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "proc/fd.h"

namespace windlass::agent {

/// Copies `program` and, where it stands beside it, `windlass-worker` into `folder`, executable for everybody, each
/// whole or not at all; the agent last. Errors: unavailable, with the file; forbidden: nothing there can be started.
[[nodiscard]] Result<> install_programs(const std::string& program, const std::string& folder);

/// Errors: forbidden, where programs in this folder cannot be started (noexec).
[[nodiscard]] Result<> check_executable(const std::string& folder);

/// Until install_programs is done there, by another process. Errors: timeout; unavailable.
[[nodiscard]] Result<> await_programs(const std::string& folder, std::chrono::milliseconds limit);

/// A file in the folder that the pod's agents have in common: this pod is given up, and nobody is waited for.
void mark_given_up(const std::string& common_folder);

/// Returns at SIGTERM or SIGINT, or when the pod is given up. Call block_end_signals() before anything else, so that
/// none is missed. Errors: unavailable.
void block_end_signals();
[[nodiscard]] Result<> await_end(const std::string& common_folder);

}  // namespace windlass::agent
