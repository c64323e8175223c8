#include "chance.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <sodium.h>

namespace windlass::simulation {

namespace {

// libsodium's table has no room for a state of its own.
std::mt19937_64 chance;

const char* name() { return "simulation"; }
std::uint32_t random_number() { return static_cast<std::uint32_t>(chance()); }
void fill(void* to, std::size_t size) {
  for (auto* at = static_cast<unsigned char*>(to); size > 0;) {
    const auto word = chance();
    const auto part = std::min(size, sizeof word);
    std::memcpy(at, &word, part);
    at += part;
    size -= part;
  }
}

randombytes_implementation table = {.implementation_name = name,
                                    .random = random_number,
                                    .stir = nullptr,
                                    .uniform = nullptr,
                                    .buf = fill,
                                    .close = nullptr};

}  // namespace

void seed_chance(std::uint64_t seed) {
  randombytes_set_implementation(&table);
  (void)sodium_init();  // draws too, the first time: before the seed
  chance.seed(seed);
}

}  // namespace windlass::simulation
