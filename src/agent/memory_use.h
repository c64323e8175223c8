// How much memory the container uses that this process is in, as its kernel counts (cgroup v2 or v1).
//
// Not here: who is told. What is mounted below `root` is the container's own group, as container runtimes do it; where
// nothing of the kind is there, or not yet (an old kernel keeps no peak), the answer is what there is.
// Source: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst of Linux.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace windlass::agent {

struct MemoryUse {
  std::uint64_t peak = 0;   ///< bytes; where the kernel keeps none: what is in use now
  std::uint64_t limit = 0;  ///< 0: none
  std::uint64_t kills = 0;  ///< processes that were ended because it was used up
  friend bool operator==(const MemoryUse&, const MemoryUse&) = default;
};

/// Nothing: there are no such files.
std::optional<MemoryUse> read_memory_use(const std::string& root = "/sys/fs/cgroup");

}  // namespace windlass::agent
