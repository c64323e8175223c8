#include "cluster/definitions.h"

#include <string>

#include "data/json.h"
#include "objects/metadata.h"
#include "objects/schema.h"
#include "text/codec.h"
#include "text/digest.h"

namespace windlass::cluster {

using data::Value;

namespace {

constexpr std::string_view kPreserve = "x-kubernetes-preserve-unknown-fields";

/// Texts may be null, as they may be for the original's programs. What counts is the empty one: servers of 1.20 that
/// are built with a newer validator (Debian's) take it for null and would refuse `description: ""`.
void allow_null_texts(Value& schema) {
  if (schema.get_string("type") == "string" && schema.find("enum") == nullptr) schema.set("nullable", true);
  if (auto* properties = schema.find("properties")) {
    for (auto& [name, one] : properties->mutable_members()) allow_null_texts(one);
  }
  for (const auto* inner : {"items", "additionalProperties"}) {
    if (auto* one = schema.find(inner); one != nullptr && one->is_map()) allow_null_texts(*one);
  }
}

/// The schema of the whole object. Top-level fields that none of ours names are dropped by both stores.
Value open_api_schema(const objects::ResourceType& type) {
  Value out = objects::schema_of(type);
  Value properties = Value::map_of("apiVersion", Value::map_of("type", "string"), "kind",
                                   Value::map_of("type", "string"), "metadata", Value::map_of("type", "object"));
  if (const Value* own = out.find("properties")) {
    for (const auto& [name, schema] : own->members()) {
      auto lenient = schema;
      allow_null_texts(lenient);
      properties.set(name, std::move(lenient));
    }
  }
  // A sub-resource needs the field that it is about.
  if (type.has_status && properties.find("status") == nullptr) {
    properties.set("status", Value::map_of("type", "object", std::string(kPreserve), true));
  }
  out.set("properties", std::move(properties));
  return out;
}

Value columns_of(const objects::ResourceType& type) {
  Value out = Value::list();
  for (const auto& column : type.columns) {
    Value one = Value::map_of("name", column.name, "type", column.type, "jsonPath", "." + std::string(column.path));
    if (column.priority > 0) one.set("priority", column.priority);
    out.push(std::move(one));
  }
  return out;
}

}  // namespace

std::vector<const objects::ResourceType*> custom_types() {
  std::vector<const objects::ResourceType*> out;
  for (const auto& type : objects::resource_types()) {
    if (type.group.ends_with(".kubesphere.io")) out.push_back(&type);
  }
  return out;
}

Value definition_of(const objects::ResourceType& type) {
  Value names = Value::map_of("kind", type.kind, "listKind", std::string(type.kind) + "List", "plural", type.plural,
                              "singular", type.singular);
  if (!type.short_name.empty()) names.set("shortNames", Value::list_of(type.short_name));
  if (!type.category.empty()) names.set("categories", Value::list_of(type.category));
  Value version = Value::map_of("name", type.version, "served", true, "storage", true, "schema",
                                Value::map_of("openAPIV3Schema", open_api_schema(type)));
  if (type.has_status) version.set("subresources", Value::map_of("status", Value::map()));
  if (!type.columns.empty()) version.set("additionalPrinterColumns", columns_of(type));
  Value spec = Value::map_of("group", type.group, "scope", type.namespaced ? "Namespaced" : "Cluster", "names",
                             std::move(names), "versions", Value::list_of(std::move(version)));
  const auto fingerprint =
      text::encode_hex(text::digest("SHA-256", data::format_json_canonical(spec)).value_or("")).substr(0, 16);
  Value metadata =
      Value::map_of("name", objects::storage_name(type), "labels", Value::map_of(std::string(kManagedBy), kWindlass),
                    "annotations", Value::map_of(std::string(kFingerprint), fingerprint));
  return Value::map_of("apiVersion", "apiextensions.k8s.io/v1", "kind", "CustomResourceDefinition", "metadata",
                       std::move(metadata), "spec", std::move(spec));
}

std::vector<Value> definitions() {
  std::vector<Value> out;
  for (const auto* type : custom_types()) out.push_back(definition_of(*type));
  return out;
}

Standing standing_of(const objects::ResourceType& type, const Value& stored, const Value& wanted) {
  const auto fingerprint = objects::annotation(stored, kFingerprint);
  if (fingerprint == objects::annotation(wanted, kFingerprint)) return Standing::current;
  if (!fingerprint.empty()) return Standing::old;
  const Value* spec = stored.find("spec");
  const Value* versions = spec != nullptr ? spec->find("versions") : nullptr;
  for (const auto& version : versions != nullptr ? versions->items() : Value::List{}) {
    if (version.get_string("name") == type.version && version.get_bool("served")) return Standing::foreign;
  }
  return Standing::lacking;
}

}  // namespace windlass::cluster
