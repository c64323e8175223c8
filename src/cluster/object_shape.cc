#include "cluster/object_shape.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "objects/metadata.h"

namespace windlass::cluster {

using data::Value;
using objects::Requirement;

namespace {

using Names = std::initializer_list<std::string_view>;

bool is_known_field(const objects::ResourceType& type, std::string_view field) {
  static constexpr std::array<std::string_view, 2> kAll = {"metadata.name", "metadata.namespace"};
  static constexpr std::array<std::string_view, 8> kEvents = {"involvedObject.kind",
                                                              "involvedObject.namespace",
                                                              "involvedObject.name",
                                                              "involvedObject.uid",
                                                              "reason",
                                                              "source",
                                                              "type",
                                                              "involvedObject.apiVersion"};
  const auto has = [&](const auto& names) { return std::find(names.begin(), names.end(), field) != names.end(); };
  if (has(kAll)) return true;
  if (!type.group.empty()) return false;
  if (type.kind == "Secret") return field == "type";
  if (type.kind == "Namespace") return field == "status.phase";
  return type.kind == "Event" && has(kEvents);
}

std::string joined(const std::vector<std::string>& values) {
  std::string out;
  for (const auto& value : values) out += (out.empty() ? "" : ",") + value;
  return out;
}

/// What only the server sets.
constexpr Names kSystemFields = {
    "uid",          "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds",
    "selfLink",     "namespace",         "name",       "generateName",      "resourceVersion",
    "managedFields"};

bool is_core(const objects::ResourceType& type, std::string_view kind) {
  return type.group.empty() && type.kind == kind;
}

}  // namespace

std::string selector_text(const objects::LabelSelector& selector) {
  std::string out;
  for (const auto& one : selector.requirements()) {
    if (!out.empty()) out += ",";
    switch (one.op) {
      case Requirement::Operator::exists:
        out += one.key;
        break;
      case Requirement::Operator::missing:
        out += "!" + one.key;
        break;
      case Requirement::Operator::in:
        out +=
            one.values.size() == 1 ? one.key + "=" + one.values.front() : one.key + " in (" + joined(one.values) + ")";
        break;
      case Requirement::Operator::not_in:
        out += one.values.size() == 1 ? one.key + "!=" + one.values.front()
                                      : one.key + " notin (" + joined(one.values) + ")";
        break;
    }
  }
  return out;
}

SplitFields split_fields(const objects::ResourceType& type, const objects::FieldSelector& selector) {
  SplitFields out;
  std::string rest;
  for (const auto& one : selector.requirements()) {
    auto& into = is_known_field(type, one.key) ? out.query : rest;
    if (!into.empty()) into += ",";
    into += one.key + (one.op == Requirement::Operator::in ? "=" : "!=") + one.values.front();
  }
  if (auto parsed = objects::FieldSelector::parse(rest)) out.rest = std::move(*parsed);
  return out;
}

Value shape_new(const objects::ResourceType& type, std::string_view namespace_, std::string name, Value object) {
  Value out = Value::map_of("apiVersion", type.api_version(), "kind", type.kind);
  for (const auto& [key, value] : object.members()) {
    if (key != "apiVersion" && key != "kind") out.set(key, value);
  }
  for (const auto* field : {"resourceVersion", "uid", "creationTimestamp", "generation", "selfLink",
                            "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields"}) {
    objects::erase_meta(out, field);
  }
  if (!name.empty()) objects::set_meta(out, "name", std::move(name));
  if (type.namespaced) {
    objects::set_meta(out, "namespace", namespace_);
  } else {
    objects::erase_meta(out, "namespace");
  }
  if (is_core(type, "Event")) {
    // An Event is refused where it is not in the namespace of what it is about; about what has none, it would have to
    // be in `default`, where nobody of the project may look.
    if (Value* about = out.find("involvedObject");
        about != nullptr && about->has_members() && about->get_string("namespace").empty() && namespace_ != "default") {
      about->set("namespace", namespace_);
    }
  }
  return out;
}

Value shape_update(const objects::ResourceType& type, const Value& stored, Value wanted, objects::Part part) {
  if (part == objects::Part::status) {
    Value out = stored;
    if (const Value* status = wanted.find("status")) {
      out.set("status", *status);
    } else {
      out.mutable_members().erase("status");
    }
    return out;
  }
  Value out = Value::map_of("apiVersion", type.api_version(), "kind", type.kind);
  for (const auto& [key, value] : wanted.members()) {
    if (key != "apiVersion" && key != "kind" && !(key == "status" && type.has_status)) out.set(key, value);
  }
  if (type.has_status) {
    if (const Value* status = stored.find("status")) out.set("status", *status);
  }
  for (const auto field : kSystemFields) {
    if (const Value* value = objects::metadata_of(stored).find(field)) {
      objects::set_meta(out, field, *value);
    } else {
      objects::erase_meta(out, field);
    }
  }
  if (objects::is_being_deleted(stored)) {
    const auto before = objects::finalizers_of(stored);
    auto kept = objects::finalizers_of(out);
    std::erase_if(kept,
                  [&](const std::string& one) { return std::find(before.begin(), before.end(), one) == before.end(); });
    objects::set_finalizers(out, kept);
  }
  return out;
}

void shape_answer(const objects::ResourceType& type, Value& object) {
  if (!object.has_members()) return;
  object.set("apiVersion", type.api_version());
  object.set("kind", type.kind);
  if (Value* metadata = object.find("metadata"); metadata != nullptr && metadata->has_members()) {
    metadata->mutable_members().erase("managedFields");
  }
}

objects::Outcome<std::int64_t> version_of(const Value& object) {
  const auto text = objects::meta_text(object, "resourceVersion");
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < 0) {
    return objects::internal("the API server's resourceVersion is no number");
  }
  return out;
}

bool is_missing_kind(const objects::ApiStatus& status) {
  return status.code == 404 && status.kind.empty() && status.name.empty();
}

objects::ApiStatus explain(const objects::ResourceType& type, objects::ApiStatus status) {
  if (!is_missing_kind(status)) return status;
  std::string sentence = "the cluster does not have " + objects::storage_name(type) + " (" + type.api_version() +
                         "), and what is made of them is off until it has";
  if (!type.group.empty()) sentence += "; windlass cluster crds | kubectl apply -f - installs them";
  auto out = objects::unavailable(std::move(sentence)).error();
  out.group = type.group;
  out.kind = type.plural;
  return out;
}

}  // namespace windlass::cluster
