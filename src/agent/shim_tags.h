// What an epoll event of the shim belongs to.
#pragma once

#include <cstdint>

namespace windlass::agent {

inline constexpr std::uint64_t kTagSignals = 1;
inline constexpr std::uint64_t kTagListener = 2;
inline constexpr std::uint64_t kTagDirect = 3;
inline constexpr std::uint64_t kTagFolder = 4;
inline constexpr std::uint64_t kTagTasks = 16;            ///< + 2 × serial + stream
inline constexpr std::uint64_t kTagLink = 1ULL << 62U;    ///< | id
inline constexpr std::uint64_t kTagOrphan = 1ULL << 63U;  ///< | descriptor

/// Descriptors that a link begins with.
inline constexpr int kLinkShimFd = 3;
inline constexpr int kLinkListenFd = 4;
/// … and a dialer.
inline constexpr int kDialerSecretFd = 3;
inline constexpr int kDialerKeepFd = 4;

}  // namespace windlass::agent
