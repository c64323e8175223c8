#include "data/maven_pom.h"

#include <algorithm>
#include <array>

namespace windlass::data {

namespace {

constexpr int kMaxDepth = 200;

// Elements that hold a list, with the name of one item. Source: maven.apache.org/xsd/maven-4.0.0.xsd.
constexpr std::pair<std::string_view, std::string_view> kLists[] = {
    {"modules", "module"},
    {"dependencies", "dependency"},
    {"plugins", "plugin"},
    {"executions", "execution"},
    {"goals", "goal"},
    {"exclusions", "exclusion"},
    {"repositories", "repository"},
    {"pluginRepositories", "pluginRepository"},
    {"profiles", "profile"},
    {"developers", "developer"},
    {"contributors", "contributor"},
    {"licenses", "license"},
    {"mailingLists", "mailingList"},
    {"otherArchives", "otherArchive"},
    {"roles", "role"},
    {"resources", "resource"},
    {"testResources", "testResource"},
    {"includes", "include"},
    {"excludes", "exclude"},
    {"extensions", "extension"},
    {"filters", "filter"},
    {"notifiers", "notifier"},
    {"reportSets", "reportSet"},
    {"reports", "report"},
};

constexpr std::array<std::string_view, 29> kOrder = {"modelVersion",
                                                     "parent",
                                                     "groupId",
                                                     "artifactId",
                                                     "version",
                                                     "packaging",
                                                     "name",
                                                     "description",
                                                     "url",
                                                     "inceptionYear",
                                                     "organization",
                                                     "licenses",
                                                     "developers",
                                                     "contributors",
                                                     "mailingLists",
                                                     "prerequisites",
                                                     "modules",
                                                     "scm",
                                                     "issueManagement",
                                                     "ciManagement",
                                                     "distributionManagement",
                                                     "properties",
                                                     "dependencyManagement",
                                                     "dependencies",
                                                     "repositories",
                                                     "pluginRepositories",
                                                     "build",
                                                     "reporting",
                                                     "profiles"};

std::string_view item_of(std::string_view list) {
  for (const auto& [name, item] : kLists) {
    if (name == list) return item;
  }
  return {};
}

// A list only where every child has the item's name: <extensions>true</extensions> of a plugin is a text, and inside
// <configuration> names mean whatever the plugin likes.
bool is_list(const XmlNode& node) {
  const std::string_view item = item_of(node.name);
  if (item.empty()) return false;
  return std::all_of(node.children.begin(), node.children.end(), [item](const XmlNode& child) {
    return child.is_text() ? trim_blanks(child.text).empty() : child.name == item;
  });
}

bool has_elements(const XmlNode& node) {
  return std::any_of(node.children.begin(), node.children.end(), [](const XmlNode& child) { return !child.is_text(); });
}

// Called for its own children, at most kMaxDepth deep.
Value to_value(const XmlNode& node) {
  if (is_list(node)) {
    Value list = Value::list();
    for (const auto& child : node.children) {
      if (!child.is_text()) list.push(to_value(child));
    }
    return list;
  }
  if (!has_elements(node)) {
    if (node.name == "properties" || node.name == "build") return Value::map();
    return Value(trim_blanks(node.content()));
  }
  Map members;
  for (const auto& child : node.children) {
    if (child.is_text()) continue;
    Value value = to_value(child);
    if (Value* earlier = members.find(child.name)) {
      // A name given twice (as plugins' configuration does) becomes a list of all.
      if (!earlier->is_list()) *earlier = Value::list_of(std::move(*earlier));
      earlier->push(std::move(value));
    } else {
      members.set(child.name, std::move(value));
    }
  }
  return Value(std::move(members));
}

std::string scalar_text(const Value& value) {
  switch (value.kind()) {
    case Kind::boolean:
      return value.as_bool() ? "true" : "false";
    case Kind::integer:
    case Kind::long_integer:
      return std::to_string(value.as_int());
    case Kind::null:
    case Kind::real:
    case Kind::big_integer:
    case Kind::decimal:
    case Kind::string:
    case Kind::bytes:
    case Kind::list:
    case Kind::map:
    case Kind::object:
      break;
  }
  return value.text();
}

bool is_empty(const Value& value) {
  return value.is_null() || ((value.is_list() || value.has_members()) && value.size() == 0);
}

Result<void> add_member(XmlNode& parent, const std::string& name, const Value& value, int depth) {
  if (depth > kMaxDepth) return fail(ErrorKind::exhausted, "writing a pom: nested deeper than 200");
  if (is_empty(value)) return {};
  const std::string_view item = item_of(name);
  if (value.is_list() && item.empty()) {
    for (const auto& one : value.items()) WL_CHECK_OK(add_member(parent, name, one, depth + 1));
    return {};
  }
  XmlNode node = XmlNode::element(name, scalar_text(value));
  for (const auto& one : value.items()) WL_CHECK_OK(add_member(node, std::string(item), one, depth + 1));
  for (const auto& entry : value.members()) WL_CHECK_OK(add_member(node, entry.key, entry.value, depth + 1));
  parent.children.push_back(std::move(node));
  return {};
}

bool is_name(std::string_view name) {
  return !name.empty() && name.find_first_of(" \t\r\n<>&\"'/=!?") == std::string_view::npos && name[0] != '-' &&
         name[0] != '.' && !(name[0] >= '0' && name[0] <= '9');
}

Result<void> check_names(const Value& root) {
  std::vector<const Value*> work{&root};
  while (!work.empty()) {
    const Value& value = *work.back();
    work.pop_back();
    for (const auto& one : value.items()) work.push_back(&one);
    for (const auto& entry : value.members()) {
      if (!is_name(entry.key)) {
        return fail(ErrorKind::invalid,
                    "writing a pom: '" + entry.key.substr(0, 60) + "' cannot be the name of an element");
      }
      work.push_back(&entry.value);
    }
  }
  return {};
}

}  // namespace

Result<Value> parse_maven_pom(std::string_view text, const XmlParseOptions& options) {
  XmlParseOptions shallow = options;
  shallow.max_depth = std::min<std::uint32_t>(options.max_depth, kMaxDepth);
  const XmlNode root = WL_TRY(parse_xml(text, shallow));
  if (root.name != "project") {
    return fail(ErrorKind::invalid,
                "pom: expected the root element <project>, found <" + root.name.substr(0, 60) + ">");
  }
  Value model = has_elements(root) ? to_value(root) : Value::map();
  const std::pair<const char*, Value> defaults[] = {
      {"packaging", "jar"}, {"properties", Value::map()}, {"modules", Value::list()}, {"dependencies", Value::list()}};
  for (const auto& [name, value] : defaults) {
    if (model.find(name) == nullptr) model.set(name, value);
  }
  return model;
}

Result<std::string> format_maven_pom(const Value& model) {
  if (!model.has_members()) {
    return fail(ErrorKind::invalid, "writing a pom: expected a map, found " + std::string(to_string(model.kind())));
  }
  WL_CHECK_OK(check_names(model));
  XmlNode root = XmlNode::element("project");
  root.attributes = {
      {"xmlns", "http://maven.apache.org/POM/4.0.0"},
      {"xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"},
      {"xsi:schemaLocation", "http://maven.apache.org/POM/4.0.0 http://maven.apache.org/xsd/maven-4.0.0.xsd"}};
  for (const std::string_view name : kOrder) {
    if (const Value* value = model.find(name)) WL_CHECK_OK(add_member(root, std::string(name), *value, 0));
  }
  for (const auto& entry : model.members()) {
    if (std::find(kOrder.begin(), kOrder.end(), entry.key) != kOrder.end()) continue;
    WL_CHECK_OK(add_member(root, entry.key, entry.value, 0));
  }
  return format_xml(root);
}

}  // namespace windlass::data
