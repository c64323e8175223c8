// /apidocs.json: the routes as a Swagger 2.0 document, made from the rows. Pure.
#pragma once

#include <span>
#include <string_view>

#include "data/value.h"
#include "kapis/route.h"

namespace windlass::kapis {

data::Value api_docs(std::span<const Route> routes, std::string_view windlass_version);

}  // namespace windlass::kapis
