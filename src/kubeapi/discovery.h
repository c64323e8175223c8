// Discovery documents: which groups, versions and resources there are. Pure; made from objects/resource_type.h.
#pragma once

#include <optional>
#include <string_view>

#include "data/value.h"

namespace windlass::kubeapi {

data::Value core_versions();                              ///< /api
data::Value group_list();                                 ///< /apis
std::optional<data::Value> group(std::string_view name);  ///< /apis/GROUP
/// /api/v1, /apis/GROUP/VERSION
std::optional<data::Value> resource_list(std::string_view group, std::string_view version);
data::Value server_version(std::string_view windlass_version);  ///< /version

}  // namespace windlass::kubeapi
