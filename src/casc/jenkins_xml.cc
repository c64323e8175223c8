// XStream's elements become the maps that JCasC would have: an element of elements is a map, one whose children are
// named by classes is a list of describables, an empty one says nothing.
#include "casc/jenkins_xml.h"

#include <algorithm>

#include "casc/document.h"
#include "data/xml.h"
#include "pods/field_reader.h"

namespace windlass::casc {
namespace {

using data::Value;
using data::XmlNode;

bool is_class_name(std::string_view name) { return name.find('.') != std::string_view::npos; }

/// A class that only says which kind of list or map it is.
bool is_container(std::string_view name) {
  return name.empty() || name.starts_with("java.") || name.starts_with("hudson.util.") || name.ends_with("List");
}

class Converter {
 public:
  explicit Converter(const std::string& file) : file_(file) {}

  Value convert(const XmlNode& node, const std::string& path) {
    places_.insert_or_assign(path, Place{file_, node.line});
    std::vector<const XmlNode*> children;
    for (const auto& child : node.children) {
      if (!child.is_text()) children.push_back(&child);
    }
    const auto name = node.attribute("class");
    if (children.empty()) {
      const auto text = node.content();
      if (!is_container(name)) return Value::map_of("$class", name);
      return text.empty() ? Value() : Value(text);
    }
    const bool is_list = std::ranges::all_of(
        children, [](const XmlNode* child) { return is_class_name(child->name) || child->name == "string"; });
    if (is_list) return list_of(children, path);
    Value out = Value::map();
    if (!is_container(name)) out.set("$class", name);
    for (const auto* child : children) {
      if (auto value = convert(*child, pods::join_path(path, child->name)); !value.is_null()) {
        out.set(child->name, std::move(value));
      }
    }
    return out;
  }

  std::map<std::string, Place, std::less<>> places_;

 private:
  Value list_of(const std::vector<const XmlNode*>& children, const std::string& path) {
    Value out = Value::list();
    for (const auto* child : children) {
      auto item = convert(*child, pods::item_path(path, out.size()));
      if (is_class_name(child->name)) {
        if (!item.is_map()) item = Value::map();
        item.set("$class", child->name);
      }
      if (!item.is_null()) out.push(std::move(item));
    }
    return out;
  }

  const std::string& file_;
};

/// `<roleMap type="globalRoles"><role name pattern><permissions/><assignedSIDs/>`.
Value roles_of(const XmlNode& strategy) {
  Value roles = Value::map();
  for (const auto& map : strategy.children) {
    if (map.name != "roleMap") continue;
    const auto type = map.attribute("type");
    const char* key = type == "globalRoles" ? "global" : type == "projectRoles" ? "items" : "agents";
    Value list = Value::list();
    for (const auto& role : map.children) {
      if (role.name != "role") continue;
      Value one = Value::map_of("name", role.attribute("name"));
      if (const auto pattern = role.attribute("pattern"); pattern != ".*") one.set("pattern", pattern);
      auto texts = [&role](std::string_view outer) {
        Value out = Value::list();
        const auto* element = role.find(outer);
        for (const auto& child : element == nullptr ? std::vector<XmlNode>() : element->children) {
          if (!child.is_text()) out.push(child.content());
        }
        return out;
      };
      one.set("permissions", texts("permissions"));
      one.set("assignments", texts("assignedSIDs"));
      list.push(std::move(one));
    }
    if (list.size() != 0) roles.set(key, std::move(list));
  }
  return Value::map_of("roleBased", Value::map_of("roles", std::move(roles)));
}

Value strategy_of(const XmlNode& strategy) {
  const auto name = strategy.attribute("class");
  if (name.ends_with("FullControlOnceLoggedInAuthorizationStrategy")) {
    const bool deny = strategy.child_content("denyAnonymousReadAccess") == "true";
    return Value::map_of("loggedInUsersCanDoAnything", Value::map_of("allowAnonymousRead", !deny));
  }
  if (name.ends_with("RoleBasedAuthorizationStrategy")) return roles_of(strategy);
  if (name.ends_with("AuthorizationStrategy$Unsecured")) return {"unsecured"};
  return Value(name);
}

/// The names that JCasC has for elements of config.xml.
std::string casc_name(const std::string& element) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {{"label", "labelString"}};
  for (const auto& [from, to] : kNames) {
    if (element == from) return std::string(to);
  }
  return element;
}

/// What each config.xml has and what is only Jenkins' own housekeeping.
bool is_housekeeping(std::string_view element) {
  constexpr std::string_view kNames[] = {
      "version",   "installStateName", "disabledAdministrativeMonitors", "workspaceDir",
      "buildsDir", "useSecurity",      "nodeRenameMigrationNeeded"};
  return std::ranges::find(kNames, element) != std::end(kNames);
}

}  // namespace

Result<Outcome> read_config_xml(const File& file) {
  data::XmlParseOptions limits;
  limits.max_bytes = 4 * 1024 * 1024;
  limits.max_depth = 64;
  limits.max_nodes = 200'000;
  const auto root = data::parse_xml(file.text, limits);
  if (!root) return fail(root.error().kind, {"{}: {}", "{}：{}"}, {file.name, root.error()});
  if (root->name != "hudson" && root->name != "jenkins") {
    return fail(ErrorKind::invalid,
                file.name + ": <" + root->name + "> is no configuration of a Jenkins, which begins with <hudson>");
  }
  Converter converter(file.name);
  Value jenkins = Value::map();
  for (const auto& element : root->children) {
    if (element.is_text()) continue;
    const auto name = casc_name(element.name);
    const auto path = "jenkins." + name;
    if (name == "clouds") {
      Value clouds = Value::list();
      for (const auto& cloud : element.children) {
        if (cloud.is_text()) continue;
        const bool kubernetes = cloud.name.ends_with(".KubernetesCloud");
        const auto key = kubernetes ? std::string("kubernetes") : cloud.name;
        const auto at = pods::item_path(path, clouds.size());
        clouds.push(Value::map_of(key, converter.convert(cloud, pods::join_path(at, key))));
      }
      jenkins.set(name, std::move(clouds));
    } else if (name == "authorizationStrategy") {
      jenkins.set(name, strategy_of(element));
    } else if (name == "securityRealm") {
      const auto realm = element.attribute("class");
      // The first is the servlet container's, which has nobody here.
      if (realm.ends_with("LegacySecurityRealm")) continue;
      if (realm.ends_with("HudsonPrivateSecurityRealm")) {
        jenkins.set(name, Value::map_of("local", Value::map_of("allowsSignup", "false")));
      } else {
        jenkins.set(name, Value::map_of(realm, Value::map()));
      }
    } else {
      auto value = converter.convert(element, path);
      if (!value.is_null() && !(is_housekeeping(element.name) && value.is_string()))
        jenkins.set(name, std::move(value));
    }
    converter.places_.insert_or_assign(path, Place{file.name, element.line});
  }
  Value document = Value::map();
  document.set("jenkins", std::move(jenkins));
  return read_document(Document(std::move(document), std::move(converter.places_)), {});
}

}  // namespace windlass::casc
