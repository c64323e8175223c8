// The chance of a simulated day: everything that libsodium gives out (keys, nonces, ids of runs) follows from the seed,
// so that a seed is one history. Ids stand in indexes of databases, and which of them share a page decides how many
// writes there are before the one that fails.
//
// For a process of one thread that keeps no secret.
#pragma once

#include <cstdint>

namespace windlass::simulation {

/// From now on, until the next call.
void seed_chance(std::uint64_t seed);

}  // namespace windlass::simulation
