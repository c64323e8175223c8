// The embedded texts of src/objects/schemas, made at build time by tools/embed_schemas.py.
#pragma once

#include <span>
#include <string_view>

namespace windlass::objects {

struct SchemaText {
  std::string_view kind;
  std::string_view json;
};
std::span<const SchemaText> schema_texts();

}  // namespace windlass::objects
