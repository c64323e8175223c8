// Who owns which field of an object: metadata.managedFields of server-side apply, as Kubernetes has it.
//
// Pure. An object that nobody ever applied carries none; with its first apply all that was there before belongs to the
// manager `before-first-apply`. Maps are owned key by key, lists and scalars as a whole. What the server sets itself
// (name, uid, versions, times, status) is nobody's. Source: Kubernetes' description of server-side apply by behaviour.
#pragma once

#include <string>

#include "data/value.h"
#include "objects/api_status.h"
#include "objects/resource_type.h"

namespace windlass::objects {

struct FieldManager {
  std::string name;  ///< "kubectl", "kubectl-edit" …
  std::string now;   ///< RFC 3339, for `time`
};

/// What becomes of `stored` (null: it is made) when `config` is applied: fields of it are set, fields that this manager
/// applied before and does not any more are taken out, unless another one has them too. 409 with one cause for each
/// field that another manager has with another value; with `force` it loses them instead.
Outcome<data::Value> apply_config(const ResourceType& type, const data::Value& stored, const data::Value& config,
                                  const FieldManager& manager, bool force);

/// `after`, which a manager made of `before` by any other write: what it changed is its own from now on. The entries
/// are `before`'s whatever `after` says, but that an empty list forgets them.
data::Value note_update(const ResourceType& type, const data::Value& before, data::Value after,
                        const FieldManager& manager);

}  // namespace windlass::objects
