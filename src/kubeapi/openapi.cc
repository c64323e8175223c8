#include "kubeapi/openapi.h"

#include "objects/resource_type.h"
#include "objects/schema.h"

namespace windlass::kubeapi {

using data::Value;
using objects::ResourceType;

namespace {

/// "com.kubesphere.devops.v1alpha3.Pipeline", "io.k8s.api.core.v1.Secret": as Kubernetes names its definitions.
std::string definition_name(const ResourceType& type) {
  if (type.group.empty()) return "io.k8s.api.core." + std::string(type.version) + "." + std::string(type.kind);
  if (type.group.ends_with(".k8s.io")) {
    return "io.k8s.api." + std::string(type.group.substr(0, type.group.find('.'))) + "." + std::string(type.version) +
           "." + std::string(type.kind);
  }
  std::string reversed;
  std::string_view rest = type.group;
  while (!rest.empty()) {
    const auto dot = rest.rfind('.');
    reversed.append(dot == std::string_view::npos ? rest : rest.substr(dot + 1)).append(".");
    rest = dot == std::string_view::npos ? std::string_view() : rest.substr(0, dot);
  }
  return reversed + std::string(type.version) + "." + std::string(type.kind);
}

constexpr std::string_view kMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

Value text_field(std::string_view description) { return Value::map_of("type", "string", "description", description); }

/// metadata, as far as clients write it.
Value meta_schema() {
  Value properties = Value::map();
  for (const auto& [name, what] : {std::pair{"name", "Unique within the namespace."},
                                   {"generateName", "Prefix of a name that the server completes."},
                                   {"namespace", "The space the object is in."},
                                   {"uid", "Unique in time and space; by the server."},
                                   {"resourceVersion", "Changes with every write; by the server."},
                                   {"creationTimestamp", "When it was made; by the server."},
                                   {"deletionTimestamp", "When its deletion was asked for; by the server."}}) {
    properties.set(name, text_field(what));
  }
  properties.set("generation",
                 Value::map_of("type", "integer", "format", "int64", "description", "Counts changes of the spec."));
  const auto texts = [](std::string_view what) {
    return Value::map_of("type", "object", "additionalProperties", Value::map_of("type", "string"), "description",
                         what);
  };
  properties.set("labels", texts("What selectors select by."));
  properties.set("annotations", texts("Any further texts."));
  properties.set("finalizers", Value::map_of("type", "array", "items", Value::map_of("type", "string"), "description",
                                             "Who must agree before the object goes."));
  properties.set("ownerReferences",
                 Value::map_of("type", "array", "description", "The object goes with the last of these.", "items",
                               Value::map_of("type", "object", "x-kubernetes-preserve-unknown-fields", true)));
  properties.set("managedFields",
                 Value::map_of("type", "array", "items",
                               Value::map_of("type", "object", "x-kubernetes-preserve-unknown-fields", true)));
  return Value::map_of("type", "object", "description", "What all objects have.", "properties", std::move(properties));
}

Value kind_schema(const ResourceType& type, std::string_view reference_root) {
  const Value& own = objects::schema_of(type);
  Value properties = Value::map_of("apiVersion", text_field("Group and version."), "kind", text_field("The kind."));
  const std::string reference = std::string(reference_root) + std::string(kMeta);
  properties.set("metadata", reference_root.starts_with("#/components")
                                 ? Value::map_of("description", "What all objects have.", "allOf",
                                                 Value::list_of(Value::map_of("$ref", reference)))
                                 : Value::map_of("description", "What all objects have.", "$ref", reference));
  if (const Value* members = own.find("properties")) {
    for (const auto& [name, schema] : members->members()) properties.set(name, schema);
  }
  Value out = Value::map_of("type", "object", "description", own.get_string("description"), "properties",
                            std::move(properties));
  if (const Value* required = own.find("required")) out.set("required", *required);
  out.set("x-kubernetes-group-version-kind",
          Value::list_of(Value::map_of("group", type.group, "version", type.version, "kind", type.kind)));
  return out;
}

std::string collection_path(const ResourceType& type) {
  std::string out = type.group.empty() ? "/api/" : "/apis/" + std::string(type.group) + "/";
  out += std::string(type.version) + "/";
  if (type.namespaced) out += "namespaces/{namespace}/";
  return out + std::string(type.plural);
}

/// Enough of the paths that clients find the kind and what it can validate.
void add_paths(const ResourceType& type, Value& paths) {
  const auto action = [&](std::string_view verb) {
    const auto query = [](std::string_view name) {
      return Value::map_of("name", name, "in", "query", "schema", Value::map_of("type", "string"));
    };
    return Value::map_of("x-kubernetes-action", verb, "x-kubernetes-group-version-kind",
                         Value::map_of("group", type.group, "version", type.version, "kind", type.kind), "parameters",
                         Value::list_of(query("fieldValidation"), query("dryRun")), "responses",
                         Value::map_of("200", Value::map_of("description", "OK")));
  };
  paths.set(collection_path(type), Value::map_of("get", action("list"), "post", action("post")));
  paths.set(collection_path(type) + "/{name}", Value::map_of("get", action("get"), "put", action("put"), "patch",
                                                             action("patch"), "delete", action("delete")));
}

Value info(std::string_view windlass_version) {
  return Value::map_of("title", "Windlass", "version", windlass_version);
}

}  // namespace

Value openapi_index() {
  Value paths = Value::map();
  for (const auto& type : objects::resource_types()) {
    const std::string path =
        (type.group.empty() ? "api/" : "apis/" + std::string(type.group) + "/") + std::string(type.version);
    paths.set(path, Value::map_of("serverRelativeURL", "/openapi/v3/" + path));
  }
  return Value::map_of("paths", std::move(paths));
}

std::optional<Value> openapi_v3(std::string_view group, std::string_view version, std::string_view windlass_version) {
  Value schemas = Value::map();
  Value paths = Value::map();
  for (const auto& type : objects::resource_types()) {
    if (type.group != group || type.version != version) continue;
    schemas.set(definition_name(type), kind_schema(type, "#/components/schemas/"));
    add_paths(type, paths);
  }
  if (schemas.size() == 0) return std::nullopt;
  schemas.set(std::string(kMeta), meta_schema());
  return Value::map_of("openapi", "3.0.0", "info", info(windlass_version), "paths", std::move(paths), "components",
                       Value::map_of("schemas", std::move(schemas)));
}

Value openapi_v2(std::string_view windlass_version) {
  Value definitions = Value::map();
  Value paths = Value::map();
  for (const auto& type : objects::resource_types()) {
    definitions.set(definition_name(type), kind_schema(type, "#/definitions/"));
    add_paths(type, paths);
  }
  definitions.set(std::string(kMeta), meta_schema());
  return Value::map_of("swagger", "2.0", "info", info(windlass_version), "paths", std::move(paths), "definitions",
                       std::move(definitions));
}

}  // namespace windlass::kubeapi
