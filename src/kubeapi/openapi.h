// OpenAPI documents of the served kinds: what `kubectl explain` and `kubectl apply` read. Made from the schemas and the
// table of kinds; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "data/value.h"

namespace windlass::kubeapi {

/// /openapi/v3: where the document of each group and version is.
data::Value openapi_index();
/// /openapi/v3/api/v1, /openapi/v3/apis/GROUP/VERSION
std::optional<data::Value> openapi_v3(std::string_view group, std::string_view version,
                                      std::string_view windlass_version);
/// /openapi/v2: all groups in one Swagger document.
data::Value openapi_v2(std::string_view windlass_version);

}  // namespace windlass::kubeapi
