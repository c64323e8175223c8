#include "kubeapi/discovery.h"

#include <algorithm>
#include <string>
#include <vector>

#include "objects/resource_type.h"

namespace windlass::kubeapi {

using data::Value;

namespace {

/// Groups that exist without a stored kind: reviews that are answered at once.
struct Review {
  std::string_view group, version, plural, kind;
  bool namespaced;
};
constexpr Review kReviews[] = {
    {"authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false},
    {"authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", false},
    {"authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview", false},
};

/// (group, version) pairs other than the core, in order of first appearance.
std::vector<std::pair<std::string_view, std::string_view>> group_versions() {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  const auto add = [&](std::string_view group, std::string_view version) {
    if (group.empty()) return;
    if (std::find(out.begin(), out.end(), std::pair(group, version)) == out.end()) out.emplace_back(group, version);
  };
  for (const auto& type : objects::resource_types()) add(type.group, type.version);
  for (const auto& review : kReviews) add(review.group, review.version);
  return out;
}

Value group_value(std::string_view name) {
  Value versions = Value::list();
  Value preferred;
  for (const auto& [group, version] : group_versions()) {
    if (group != name) continue;
    auto one = Value::map_of("groupVersion", std::string(group) + "/" + std::string(version), "version", version);
    if (preferred.is_null()) preferred = one;
    versions.push(std::move(one));
  }
  return Value::map_of("name", name, "versions", std::move(versions), "preferredVersion", std::move(preferred));
}

Value texts(std::initializer_list<std::string_view> items) {
  Value out = Value::list();
  for (const auto item : items) out.push(item);
  return out;
}

}  // namespace

Value core_versions() {
  return Value::map_of("kind", "APIVersions", "versions", texts({"v1"}), "serverAddressByClientCIDRs", Value::list());
}

Value group_list() {
  Value groups = Value::list();
  std::string_view last;
  for (const auto& [name, version] : group_versions()) {
    if (name == last) continue;
    last = name;
    groups.push(group_value(name));
  }
  return Value::map_of("kind", "APIGroupList", "apiVersion", "v1", "groups", std::move(groups));
}

std::optional<Value> group(std::string_view name) {
  auto value = group_value(name);
  if (value.find("versions")->size() == 0) return std::nullopt;
  Value out = Value::map_of("kind", "APIGroup", "apiVersion", "v1");
  for (const auto& [key, member] : value.members()) out.set(key, member);
  return out;
}

std::optional<Value> resource_list(std::string_view group, std::string_view version) {
  Value resources = Value::list();
  for (const auto& type : objects::resource_types()) {
    if (type.group != group || type.version != version) continue;
    Value row = Value::map_of(
        "name", type.plural, "singularName", type.singular, "namespaced", type.namespaced, "kind", type.kind, "verbs",
        texts({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}));
    if (!type.short_name.empty()) row.set("shortNames", texts({type.short_name}));
    if (!type.category.empty()) row.set("categories", texts({type.category}));
    resources.push(std::move(row));
    if (type.has_status) {
      resources.push(Value::map_of("name", std::string(type.plural) + "/status", "singularName", "", "namespaced",
                                   type.namespaced, "kind", type.kind, "verbs", texts({"get", "patch", "update"})));
    }
  }
  for (const auto& review : kReviews) {
    if (review.group != group || review.version != version) continue;
    resources.push(Value::map_of("name", review.plural, "singularName", "", "namespaced", review.namespaced, "kind",
                                 review.kind, "verbs", texts({"create"})));
  }
  if (resources.size() == 0) return std::nullopt;
  const std::string name = group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
  return Value::map_of("kind", "APIResourceList", "apiVersion", "v1", "groupVersion", name, "resources",
                       std::move(resources));
}

Value server_version(std::string_view windlass_version) {
  // Clients look at major and minor to choose what they ask for: 1.20 is what this protocol is checked against.
  return Value::map_of("major", "1", "minor", "20", "gitVersion", "v1.20.0+windlass." + std::string(windlass_version),
                       "gitCommit", "", "gitTreeState", "clean", "buildDate", "1970-01-01T00:00:00Z", "goVersion", "",
                       "compiler", "clang", "platform", "linux/amd64");
}

}  // namespace windlass::kubeapi
