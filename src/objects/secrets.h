// Values of Secrets do not leave: masking what is answered, and taking masked values back as "unchanged". Pure.
#pragma once

#include "data/value.h"
#include "objects/resource_type.h"

namespace windlass::objects {

bool is_secret(const ResourceType& type);
/// Every value of `data` becomes "", and what kubectl remembers of an earlier apply goes.
void mask_secret(data::Value& secret);
/// Empty values of `wanted` that `stored` has are the stored ones.
void restore_masked(data::Value& wanted, const data::Value& stored);

}  // namespace windlass::objects
