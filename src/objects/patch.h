// Patches of the Kubernetes API as pure functions from tree to tree: JSON Patch (RFC 6902), JSON Merge Patch (RFC
// 7386), strategic merge (what kubectl sends for built-in kinds; lists of the kinds kept here merge by the keys listed
// in patch.cc), and the merge of server-side apply.
//
// Bounded: at most 10,000 operations, paths of at most 512 parts; a `copy` may not make the document pass 8 MiB.
#pragma once

#include <string_view>

#include "data/value.h"
#include "objects/api_status.h"

namespace windlass::objects {

/// 400 for a patch that is malformed, 422 where it does not fit the document (a `test` that fails, a missing path).
Outcome<data::Value> apply_json_patch(data::Value document, const data::Value& patch);
/// Never fails: null removes, maps merge, everything else replaces.
data::Value apply_merge_patch(data::Value document, const data::Value& patch);
/// `$patch: replace|delete`, `$retainKeys`, `$deleteFromPrimitiveList/…`, `$setElementOrder/…` as kubectl sends them.
Outcome<data::Value> apply_strategic_patch(data::Value document, const data::Value& patch);

}  // namespace windlass::objects
