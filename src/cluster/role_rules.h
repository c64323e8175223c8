// Rows of kube/needs.h as the rules of a role: exactly those verbs, on exactly those resources. Pure.
#pragma once

#include "data/value.h"
#include "kube/needs.h"

namespace windlass::cluster {

/// A list of PolicyRules, one for each resource (or object of it) in the order of the rows.
data::Value role_rules(kube::Reach reach);

}  // namespace windlass::cluster
