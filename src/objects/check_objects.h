// Looking through the database of the embedded store for damage. Nothing is written.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "objects/embedded_core.h"
#include "objects/resource_type.h"

namespace windlass::objects {

struct ObjectsCheck {
  std::uint64_t objects = 0, changes = 0;
  std::vector<std::string> findings;  ///< a sentence each
};

/// Every object and every kept change: readable, sealed where it must be, in its place, counted. `seen` is called for
/// each object that is whole. Inside a read transaction of the caller.
ObjectsCheck check_objects(store::Database& database, Sealer& sealer,
                           const std::function<void(const ResourceType& type, const data::Value& object)>& seen);

}  // namespace windlass::objects
