// One life of the server: from its start to its death.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <utility>

#include "http_life.h"
#include "objects.h"
#include "reactor.h"
#include "world.h"

namespace windlass::simulation {

inline constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;

struct World::Life {
  Life(Clock& clock, std::mt19937_64& random, std::string boot)
      : reactor(clock, random), disk(std::make_shared<store::FaultDisk>(std::move(boot))) {}
  SimulatedReactor reactor;
  std::shared_ptr<store::FaultDisk> disk;
  std::unique_ptr<ObjectLife> objects;
  std::unique_ptr<HttpLife> http;
  std::unique_ptr<runs::RunCore> core;
};

}  // namespace windlass::simulation
