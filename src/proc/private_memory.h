// Memory with secrets in it stays in the process: no core dump is written of it, and no other process of the same user
// may look into it (a build that runs as the server does).
#pragma once

namespace windlass::proc {

/// Of this process; what it executes begins anew. Not where WINDLASS_CORE_DUMPS is set, for those who look for a fault.
void keep_memory_private();

}  // namespace windlass::proc
