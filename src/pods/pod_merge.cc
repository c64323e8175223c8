#include "pods/pod_merge.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "data/yaml.h"
#include "pods/field_reader.h"

namespace windlass::pods {
namespace {

using data::Value;

bool is_empty(const Value& value) {
  return value.is_null() || (value.is_string() && value.text().empty()) || (value.is_list() && value.size() == 0);
}

Value combine_list(const Value& parent, const Value& child, std::string_view key,
                   Value (*meet)(const Value&, const Value&)) {
  Value out = parent.is_list() ? parent : Value::list();
  for (const auto& one : child.items()) {
    const auto* name = one.find(key);
    auto& items = out.mutable_items();
    const auto at = std::ranges::find_if(items, [&](const Value& other) {
      const auto* its = other.find(key);
      return name != nullptr && its != nullptr && *its == *name;
    });
    if (at == items.end()) {
      items.push_back(one);
    } else {
      *at = meet(*at, one);
    }
  }
  return out;
}

Value take_child(const Value&, const Value& child) { return child; }

/// Maps key by key, depth first; everything else is the child's.
Value deep(const Value& parent, const Value& child) {
  if (!parent.has_members() || !child.has_members()) return is_empty(child) ? parent : child;
  Value out = parent;
  for (const auto& [key, value] : child.members()) {
    auto& place = out.mutable_members()[key];
    place = place.is_null() ? value : deep(place, value);
  }
  return out;
}

Value chain(const Value& parent, const Value& child) {
  Value out = parent.is_list() ? parent : Value::list();
  for (const auto& one : child.items()) out.push(one);
  return out;
}

/// A container's variables, mounts and ports by what makes them one; its security and resources key by key.
Value combine_containers(const Value& parent, const Value& child) {
  Value out = parent;
  for (const auto& [key, value] : child.members()) {
    if (is_empty(value)) continue;
    auto& place = out.mutable_members()[key];
    if (key == "env") {
      place = combine_list(place, value, "name", take_child);
    } else if (key == "volumeMounts") {
      place = combine_list(place, value, "mountPath", take_child);
    } else if (key == "ports") {
      place = combine_list(place, value, "containerPort", take_child);
    } else if (key == "envFrom") {
      place = chain(place, value);
    } else if (key == "securityContext" || key == "resources") {
      place = deep(place, value);
    } else {
      place = value;
    }
  }
  return out;
}

Value combine_specs(const Value& parent, const Value& child) {
  Value out = parent;
  for (const auto& [key, value] : child.members()) {
    auto& place = out.mutable_members()[key];
    if (key == "containers" || key == "initContainers") {
      place = combine_list(place, value, "name", combine_containers);
    } else if (key == "volumes" || key == "imagePullSecrets") {
      place = combine_list(place, value, "name", take_child);
    } else if (key == "tolerations") {
      place = chain(place, value);
    } else {
      place = deep(place, value);
    }
  }
  return out;
}

std::unexpected<Error> wrong(std::string sentence) {
  return fail(ErrorKind::invalid, "yaml of the pod template: " + std::move(sentence));
}

/// What the rest takes for granted: lists of maps are lists of maps.
Result<void> check_shape(const Value& pod) {
  auto is = [](const Value* value, bool list) {
    return value == nullptr || value->is_null() || (list ? value->is_list() : value->is_map());
  };
  for (const auto* key : {"metadata", "spec"}) {
    if (!is(pod.find(key), false)) return wrong(std::string(key) + " must be a map");
  }
  const auto* spec = pod.find("spec");
  if (spec == nullptr) return {};
  for (const auto* key : {"containers", "initContainers", "volumes", "tolerations", "imagePullSecrets"}) {
    const auto* list = spec->find(key);
    if (!is(list, true)) return wrong("spec." + std::string(key) + " must be a list");
    if (list == nullptr) continue;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const auto& item = list->items()[i];
      const auto path = "spec." + std::string(key) + "[" + std::to_string(i) + "]";
      if (!item.is_map()) return wrong(path + " must be a map");
      if (std::string_view(key) == "tolerations") continue;
      if (item.get_string("name").empty()) return wrong(path + " needs a name");
      for (const auto* inner : {"env", "volumeMounts", "ports", "envFrom"}) {
        const auto* values = item.find(inner);
        if (!is(values, true)) return wrong(path + "." + inner + " must be a list");
        if (values == nullptr) continue;
        for (const auto& one : values->items()) {
          if (!one.is_map()) return wrong(path + "." + inner + " must be a list of maps");
        }
      }
      for (const auto* inner : {"securityContext", "resources"}) {
        if (!is(item.find(inner), false)) return wrong(path + "." + inner + " must be a map");
      }
    }
  }
  for (const auto* key : {"securityContext", "nodeSelector", "affinity"}) {
    if (!is(spec->find(key), false)) return wrong("spec." + std::string(key) + " must be a map");
  }
  return {};
}

/// What Jenkins' reader makes a text because the field is one: `value: 1.20`, `args: [1]`, `value: yes`. `plain` is the
/// same place of the document with all words as they were written.
void make_text(Value& place, const Value* plain) {
  if (place.is_string() || place.is_null()) return;
  if (plain != nullptr && plain->is_string()) {
    place = *plain;
  } else if (auto text = scalar_text(place)) {
    place = std::move(*text);
  }
}

void make_number(Value& place) {
  const auto& text = place.text();
  if (!place.is_string() || text.empty() || text.size() > 18) return;
  std::int64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec == std::errc() && end.ptr == text.data() + text.size()) place = Value::number(number);
}

const Value* same(const Value* plain, std::string_view key) { return plain == nullptr ? nullptr : plain->find(key); }
const Value* same(const Value* plain, std::size_t index) {
  return plain == nullptr || index >= plain->items().size() ? nullptr : &plain->items()[index];
}

void make_texts(Value* map_or_list, const Value* plain) {
  if (map_or_list == nullptr) return;
  if (map_or_list->is_map()) {
    // With its keys: `y` is one too.
    if (plain != nullptr && plain->is_map()) *map_or_list = *plain;
    for (auto& entry : map_or_list->mutable_members()) make_text(entry.value, nullptr);
  } else if (map_or_list->is_list()) {
    for (std::size_t i = 0; i < map_or_list->size(); ++i) make_text(map_or_list->mutable_items()[i], same(plain, i));
  }
}

void make_fields(Value& map, std::initializer_list<const char*> keys, const Value* plain) {
  for (const auto* key : keys) {
    if (auto* field = map.find(key)) make_text(*field, same(plain, key));
  }
}

void make_users(Value* security) {
  if (security == nullptr || !security->is_map()) return;
  for (const auto* key : {"runAsUser", "runAsGroup", "fsGroup"}) {
    if (auto* field = security->find(key)) make_number(*field);
  }
}

void type_container(Value& container, const Value* plain) {
  make_fields(container, {"name", "image", "workingDir"}, plain);
  make_texts(container.find("command"), same(plain, "command"));
  make_texts(container.find("args"), same(plain, "args"));
  make_users(container.find("securityContext"));
  for (const auto* key : {"env", "volumeMounts"}) {
    auto* list = container.find(key);
    if (list == nullptr || !list->is_list()) continue;
    const auto* plain_list = same(plain, key);
    for (std::size_t i = 0; i < list->size(); ++i) {
      auto& one = list->mutable_items()[i];
      if (one.is_map()) make_fields(one, {"name", "value", "mountPath", "subPath"}, same(plain_list, i));
    }
  }
}

void type_manifest(Value& pod, const Value* plain) {
  if (auto* metadata = pod.find("metadata"); metadata != nullptr && metadata->is_map()) {
    const auto* its = same(plain, "metadata");
    make_fields(*metadata, {"name", "namespace"}, its);
    make_texts(metadata->find("labels"), same(its, "labels"));
    make_texts(metadata->find("annotations"), same(its, "annotations"));
  }
  auto* spec = pod.find("spec");
  if (spec == nullptr || !spec->is_map()) return;
  const auto* its = same(plain, "spec");
  make_texts(spec->find("nodeSelector"), same(its, "nodeSelector"));
  make_users(spec->find("securityContext"));
  for (const auto* key : {"initContainers", "containers"}) {
    auto* list = spec->find(key);
    if (list == nullptr || !list->is_list()) continue;
    for (std::size_t i = 0; i < list->size(); ++i) {
      auto& one = list->mutable_items()[i];
      if (one.is_map()) type_container(one, same(same(its, key), i));
    }
  }
}

}  // namespace

Value combine_pods(const Value& parent, const Value& child) {
  Value out = parent.is_map() ? parent : Value::map();
  for (const auto& [key, value] : child.members()) {
    auto& place = out.mutable_members()[key];
    place = key == "spec" ? combine_specs(place, value) : deep(place, value);
  }
  return out;
}

Result<Value> parse_manifest(const std::string& yaml) {
  data::YamlParseOptions limits;
  limits.dialect = data::YamlDialect::k8s;
  limits.max_bytes = 1024 * 1024;
  limits.max_depth = 64;
  limits.max_nodes = 100'000;
  limits.max_copied_bytes = 1024 * 1024;
  auto documents = data::parse_yaml_documents(yaml, limits);
  if (!documents) return fail(std::move(documents.error()).while_doing("reading the yaml of a pod template"));
  if (documents->empty()) return Value::map();
  if (documents->size() > 1) return wrong("there are several documents in it, and a template has one pod");
  auto& pod = documents->front();
  if (pod.is_null()) return Value::map();
  if (!pod.is_map())
    return wrong("a manifest is a map with apiVersion, kind and spec, and this is a " +
                 std::string(to_string(pod.kind())));
  if (const auto kind = pod.get_string("kind", "Pod"); kind != "Pod")
    return wrong("kind is '" + kind + "', and only a Pod can be an agent");
  limits.words_as_written = true;
  const auto plain = data::parse_yaml_documents(yaml, limits);
  type_manifest(pod, plain && plain->size() == 1 ? &plain->front() : nullptr);
  WL_CHECK_OK(check_shape(pod));
  return std::move(pod);
}

Result<Value> combine_yamls(const std::vector<std::string>& yamls, bool merge) {
  Value out = Value::map();
  // With override() the others are not even read: a broken one of a parent does not matter then.
  const auto used = merge || yamls.empty() ? std::span(yamls) : std::span(yamls).last(1);
  for (const auto& yaml : used) out = combine_pods(out, WL_TRY(parse_manifest(yaml)));
  return out;
}

}  // namespace windlass::pods
