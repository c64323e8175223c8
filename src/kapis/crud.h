// What the families share: objects in and out, as KubeSphere's handlers treat them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "kapis/list_query.h"
#include "kapis/route.h"

namespace windlass::kapis {

/// A kind by its plural name; core and devops kinds.
const objects::ResourceType& resource(std::string_view plural);

/// All objects of a kind in a namespace (empty: all).
objects::ApiTask<std::vector<data::Value>> list_objects(Call& call, const objects::ResourceType& type,
                                                        std::string namespace_);
/// The body of a list route: `keep` may drop more than the query does.
objects::ApiTask<net::Response> list_answer(Call& call, const objects::ResourceType& type, std::string namespace_,
                                            std::function<bool(const data::Value&)> keep = {});

/// What a PUT of `body` makes of `stored`: the body, with what only others may change: uid, owners, finalizers and
/// status stay where the body does not have them, and no resource version, so that it never conflicts.
data::Value replaced(const data::Value& stored, data::Value body);

/// The annotations syncstatus=pending and synctime, behind a prefix of controllers/names.h.
void mark_pending(data::Value& object, std::string_view prefix, std::int64_t now_millis);

}  // namespace windlass::kapis
