// /openapi/v2 as the protobuf message that kubectl before 1.25 insists on (openapi.v2.Document of gnostic). Pure; of
// the Swagger document only what openapi_v2() has is written: definitions with their schemas, and paths with their
// actions. Source: the field numbers of the published message; anything with a name of `x-…` and every default is YAML
// text there.
#pragma once

#include <string>
#include <string_view>

#include "data/value.h"

namespace windlass::kubeapi {

inline constexpr std::string_view kOpenApiProtobuf = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
/// For who asks by the older name, which has an @: no such name is a media type, and old clients refuse it themselves.
inline constexpr std::string_view kPlainBytes = "application/octet-stream";

std::string openapi_v2_protobuf(const data::Value& document);

}  // namespace windlass::kubeapi
