#include "cluster/role_rules.h"

#include <algorithm>
#include <string>

#include "cluster/definitions.h"
#include "objects/metadata.h"

namespace windlass::cluster {

using data::Value;

namespace {

constexpr std::string_view kDefinitions = "customresourcedefinitions";

/// Which objects of the resource, where not all of them.
Value names_of(const kube::NeededRight& right) {
  Value out = Value::list();
  if (!right.name.empty()) out.push(right.name);
  // Definitions are asked for by name, and only ours.
  if (right.resource == kDefinitions) {
    for (const auto& one : definitions()) out.push(objects::meta_text(one, "name"));
  }
  return out;
}

}  // namespace

Value role_rules(kube::Reach reach) {
  Value out = Value::list();
  for (const auto& right : kube::needed_rights()) {
    if (right.reach != reach) continue;
    std::string resource(right.resource);
    if (!right.subresource.empty()) resource += "/" + std::string(right.subresource);
    const Value groups = Value::list_of(right.group), resources = Value::list_of(resource);
    const Value names = names_of(right);
    auto& rules = out.mutable_items();
    const auto same = std::ranges::find_if(rules, [&](const Value& one) {
      const Value* of = one.find("resourceNames");
      return *one.find("apiGroups") == groups && *one.find("resources") == resources &&
             (of == nullptr ? names.size() == 0 : *of == names);
    });
    if (same != rules.end()) {
      same->find("verbs")->push(right.verb);
      continue;
    }
    Value rule = Value::map_of("apiGroups", groups, "resources", resources);
    if (names.size() != 0) rule.set("resourceNames", names);
    rule.set("verbs", Value::list_of(right.verb));
    rules.push_back(std::move(rule));
  }
  return out;
}

}  // namespace windlass::cluster
