#include "server/idle_memory.h"

#include <malloc.h>

namespace windlass::server {

void give_back_memory() { ::malloc_trim(0); }

}  // namespace windlass::server
