// Structural schemas of the kinds (src/objects/schemas/KIND.json, OpenAPI v3 as custom resource definitions have it):
// checking objects, dropping what no schema knows, and what /openapi serves. Pure; immutable, any thread.
#pragma once

#include <string>
#include <vector>

#include "data/value.h"
#include "objects/api_status.h"
#include "objects/resource_type.h"

namespace windlass::objects {

/// The schema without apiVersion, kind and metadata, which all kinds share.
const data::Value& schema_of(const ResourceType& type);

/// What is wrong with an object, by path; empty: nothing. Types, required fields, enumerations.
std::vector<FieldError> check_schema(const ResourceType& type, const data::Value& object);
/// Removes fields that the schema does not know, and says which ("spec.foo").
std::vector<std::string> prune(const ResourceType& type, data::Value& object);

}  // namespace windlass::objects
