// The part of `windlass stop` that needs no server.
#pragma once

#include <string>

#include "cli/command.h"

namespace windlass::cli {

/// Ends the run that `id` names (empty: the newest) in the state folder (empty: the usual one). One that a process
/// works on is told as by Ctrl-C; one whose process died goes on just to its end; `force`, or one that nobody can go on
/// with: its shells are ended and it is ABORTED without its post conditions. Returns the exit code.
int stop_local(const Invocation& in, const std::string& id, const std::string& folder, bool force);

}  // namespace windlass::cli
