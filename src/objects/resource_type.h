// The kinds of objects: names, scope, sub-resources, columns of their tables. One row each in resource_types.cc;
// discovery, routing, kubectl's tables and the checks of names all read it. Pure constants.
#pragma once

#include <span>
#include <string_view>

#include "objects/api_status.h"

namespace windlass::objects {

/// A column of `kubectl get`, beside NAME.
struct Column {
  std::string_view name;
  std::string_view type;  ///< string, integer, date
  std::string_view path;  ///< JSON path without the leading dot; `metadata.annotations.a\.b/c` for keys with dots
  int priority = 0;       ///< above 0: only with `-o wide`
};

struct ResourceType {
  std::string_view group;  ///< "" for the core group
  std::string_view version;
  std::string_view plural;
  std::string_view singular;
  std::string_view kind;
  bool namespaced = true;
  bool has_status = false;  ///< a status sub-resource: `update` leaves status alone and `update_status` the rest
  std::string_view short_name;
  std::string_view category;
  std::span<const Column> columns;

  /// "devops.kubesphere.io/v1alpha3", "v1".
  [[nodiscard]] std::string api_version() const;
  [[nodiscard]] Subject subject(std::string_view name) const { return {group, plural, kind, name}; }
};

std::span<const ResourceType> resource_types();
/// nullptr when there is none. Pointers live as long as the program.
const ResourceType* find_resource(std::string_view group, std::string_view version, std::string_view plural);
const ResourceType* find_kind(std::string_view group, std::string_view kind);
/// The stable name under which the store keeps objects of a type: "pipelines.devops.kubesphere.io", "secrets".
std::string storage_name(const ResourceType& type);

}  // namespace windlass::objects
