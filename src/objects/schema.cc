#include "objects/schema.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "data/json.h"
#include "objects/schema_table.h"

namespace windlass::objects {

using data::Value;

namespace {

constexpr int kMaxDepth = 100;
constexpr std::size_t kMaxFindings = 20;

/// All schemas, read once; a text that is no JSON is a fault of the build and found by the tests.
const std::map<std::string_view, Value>& schemas() {
  static const std::map<std::string_view, Value> kAll = [] {
    std::map<std::string_view, Value> out;
    for (const auto& text : schema_texts()) {
      auto value = data::parse_json(text.json);
      if (value) out.emplace(text.kind, std::move(*value));
    }
    return out;
  }();
  return kAll;
}

std::string_view kind_of(const Value& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "boolean";
  if (value.is_int()) return "integer";
  if (value.is_number()) return "number";
  if (value.is_string()) return "string";
  if (value.is_list()) return "array";
  return "object";
}

bool fits(const Value& value, std::string_view type) {
  const auto kind = kind_of(value);
  return kind == type || (type == "number" && kind == "integer");
}

std::string shown(const Value& value) {
  if (value.is_string()) return "\"" + value.text() + "\"";
  return value.has_members() || value.is_list() ? std::string(kind_of(value)) : data::format_json(value);
}

void check(const Value& schema, const Value& value, const std::string& path, std::vector<FieldError>& out, int depth) {
  if (depth > kMaxDepth || out.size() >= kMaxFindings) return;
  const auto type = schema.get_string("type");
  if (!type.empty() && !fits(value, type)) {
    out.push_back({"FieldValueTypeInvalid", path,
                   "Invalid value: \"" + std::string(kind_of(value)) + "\": " + path + " in body must be of type " +
                       type + ": \"" + std::string(kind_of(value)) + "\""});
    return;
  }
  if (const Value* allowed = schema.find("enum"); allowed != nullptr) {
    if (std::find(allowed->items().begin(), allowed->items().end(), value) == allowed->items().end()) {
      std::string list;
      for (const auto& item : allowed->items()) list += (list.empty() ? "" : ", ") + shown(item);
      out.push_back(
          {"FieldValueNotSupported", path, "Unsupported value: " + shown(value) + ": supported values: " + list});
    }
  }
  const auto below = [&](const std::string& name) { return path.empty() ? name : path + "." + name; };
  if (value.has_members()) {
    if (const Value* required = schema.find("required")) {
      for (const auto& name : required->items()) {
        const Value* member = value.find(name.text());
        if (member == nullptr || member->is_null()) {
          out.push_back({"FieldValueRequired", below(name.text()), "Required value"});
        }
      }
    }
    const Value* properties = schema.find("properties");
    const Value* additional = schema.find("additionalProperties");
    for (const auto& [name, member] : value.members()) {
      const Value* own = properties != nullptr ? properties->find(name) : nullptr;
      if (own == nullptr) own = additional;
      // null is as good as absent, which is how clients send what they have not set.
      if (own != nullptr && !member.is_null()) check(*own, member, below(name), out, depth + 1);
    }
  } else if (value.is_list()) {
    if (const Value* items = schema.find("items")) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        check(*items, value.items()[i], path + "[" + std::to_string(i) + "]", out, depth + 1);
      }
    }
  }
}

void prune_at(const Value& schema, Value& value, const std::string& path, std::vector<std::string>& out, int depth) {
  if (depth > kMaxDepth || schema.get_bool("x-kubernetes-preserve-unknown-fields")) return;
  if (value.has_members()) {
    const Value* properties = schema.find("properties");
    const Value* additional = schema.find("additionalProperties");
    std::vector<std::string> unknown;
    for (auto& entry : value.mutable_members()) {
      const Value* own = properties != nullptr ? properties->find(entry.key) : nullptr;
      if (own == nullptr) own = additional;
      const auto below = path.empty() ? entry.key : path + "." + entry.key;
      if (own == nullptr) {
        unknown.push_back(entry.key);
        out.push_back(below);
      } else {
        prune_at(*own, entry.value, below, out, depth + 1);
      }
    }
    for (const auto& name : unknown) value.mutable_members().erase(name);
  } else if (value.is_list()) {
    if (const Value* items = schema.find("items")) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        prune_at(*items, value.mutable_items()[i], path + "[" + std::to_string(i) + "]", out, depth + 1);
      }
    }
  }
}

bool is_shared_field(std::string_view name) { return name == "apiVersion" || name == "kind" || name == "metadata"; }

}  // namespace

const Value& schema_of(const ResourceType& type) {
  static const Value kNone = Value::map_of("type", "object", "x-kubernetes-preserve-unknown-fields", true);
  const auto found = schemas().find(type.kind);
  return found == schemas().end() ? kNone : found->second;
}

std::vector<FieldError> check_schema(const ResourceType& type, const Value& object) {
  std::vector<FieldError> out;
  check(schema_of(type), object, "", out, 0);
  return out;
}

std::vector<std::string> prune(const ResourceType& type, Value& object) {
  std::vector<std::string> out;
  const Value& schema = schema_of(type);
  if (schema.get_bool("x-kubernetes-preserve-unknown-fields")) return out;
  const Value* properties = schema.find("properties");
  std::vector<std::string> unknown;
  for (auto& entry : object.mutable_members()) {
    if (is_shared_field(entry.key)) continue;
    const Value* own = properties != nullptr ? properties->find(entry.key) : nullptr;
    if (own == nullptr) {
      unknown.push_back(entry.key);
      out.push_back(entry.key);
    } else {
      prune_at(*own, entry.value, entry.key, out, 0);
    }
  }
  for (const auto& name : unknown) object.mutable_members().erase(name);
  return out;
}

}  // namespace windlass::objects
