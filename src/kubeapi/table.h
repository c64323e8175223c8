// `Table`: how kubectl asks for lists, with the columns of each kind. Pure; the time is an argument.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/value.h"
#include "objects/resource_type.h"

namespace windlass::kubeapi {

enum class TableRows : unsigned char { none, metadata, object };  ///< includeObject

/// `version` and `continue_` go into the table's own metadata; empty ones are left out. Column definitions are given
/// with the first part of a watch only.
data::Value make_table(const objects::ResourceType& type, const std::vector<data::Value>& items, TableRows rows,
                       std::int64_t now_millis, const std::string& version, const std::string& continue_,
                       bool with_columns);

/// As kubectl prints ages: "45s", "3m20s", "5h", "2d".
std::string human_duration(std::int64_t seconds);

}  // namespace windlass::kubeapi
