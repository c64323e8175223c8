// How a configuration names the limit of a category on each node: the map of limits has it beside the one at all.
#pragma once

#include "engine/node_slots.h"

namespace windlass::runs {

using engine::each_node;
using engine::kOnNode;
using engine::plain_category;

}  // namespace windlass::runs
