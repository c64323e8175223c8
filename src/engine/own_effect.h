// One row of the effects that the run performs itself (own_effects.cc has the table).
#pragma once

#include <string_view>

#include "engine/run_actor.h"

namespace windlass::engine {

struct OwnEffect {
  std::string_view name;
  journal::EffectKind kind;
  void (RunActor::*start)(PendingEffect&);
  bool needs_node;
};

}  // namespace windlass::engine
