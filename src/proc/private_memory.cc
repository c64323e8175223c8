#include "proc/private_memory.h"

#include <cstdlib>
#include <sys/prctl.h>

namespace windlass::proc {

void keep_memory_private() {
  if (::getenv("WINDLASS_CORE_DUMPS") == nullptr) ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace windlass::proc
