// The synchronous calls of prelude code, `__host(name, …)`: docs/steps.md lists them. Each is one row here.
#pragma once

#include <span>
#include <string_view>

#include "engine/run_actor.h"

namespace windlass::engine {

struct HostCall {
  RunActor& actor;
  vm::FiberId fiber;
  std::span<const vm::Value> args;
  vm::Value& out;
};

struct HostFunctions {
  using Function = vm::Status (*)(HostCall&);
  /// nullptr: no such call.
  static Function find(std::string_view name);
};

}  // namespace windlass::engine
