// The routes as documents, made from the rows: /apidocs.json in Swagger 2.0 as KubeSphere has it, our own API in
// OpenAPI
// 3. Pure.
#pragma once

#include <span>
#include <string_view>

#include "data/value.h"
#include "kapis/route.h"

namespace windlass::kapis {

data::Value api_docs(std::span<const Route> routes, std::string_view windlass_version);
/// Only the routes of our own API.
data::Value open_api(std::span<const Route> routes, std::string_view windlass_version);

}  // namespace windlass::kapis
