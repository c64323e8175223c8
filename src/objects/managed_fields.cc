#include "objects/managed_fields.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "objects/metadata.h"

namespace windlass::objects {

using data::Value;

namespace {

constexpr std::string_view kBefore = "before-first-apply";
constexpr std::size_t kMostEntries = 50;
constexpr int kMostDepth = 64;

/// A set of paths through maps.
struct Fields {
  bool own = false;
  std::map<std::string, Fields> below;

  [[nodiscard]] bool empty() const { return !own && below.empty(); }
};

using Path = std::vector<std::string>;

/// What the server sets itself, and what says which object it is.
bool is_of_server(const Path& path) {
  if (path.empty()) return false;
  if (path[0] == "apiVersion" || path[0] == "kind" || path[0] == "status") return true;
  if (path.size() < 2 || path[0] != "metadata") return false;
  static constexpr std::string_view kOurs[] = {"name",
                                               "namespace",
                                               "uid",
                                               "resourceVersion",
                                               "generation",
                                               "selfLink",
                                               "creationTimestamp",
                                               "deletionTimestamp",
                                               "managedFields",
                                               "deletionGracePeriodSeconds",
                                               "generateName"};
  return std::ranges::find(kOurs, path[1]) != std::end(kOurs);
}

void collect(const Value& value, Path& path, Fields& into, int depth) {
  if (!value.is_map() || value.members().empty() || depth > kMostDepth) {
    into.own = true;
    return;
  }
  for (const auto& entry : value.members()) {
    path.push_back(entry.key);
    if (!is_of_server(path)) {
      auto& below = into.below[entry.key];
      collect(entry.value, path, below, depth + 1);
      if (below.empty()) into.below.erase(entry.key);
    }
    path.pop_back();
  }
}

Fields fields_of(const Value& object) {
  Fields out;
  Path path;
  if (object.is_map() && !object.members().empty()) collect(object, path, out, 0);
  out.own = false;
  return out;
}

Value to_value(const Fields& fields) {
  auto out = Value::map();
  if (fields.own && !fields.below.empty()) out.set(".", Value::map());
  for (const auto& [name, below] : fields.below) out.set("f:" + name, to_value(below));
  return out;
}

Fields from_value(const Value& value, int depth = 0) {
  Fields out;
  if (depth > kMostDepth) return out;
  for (const auto& entry : value.members()) {
    if (entry.key == ".") out.own = true;
    if (entry.key.starts_with("f:")) out.below[entry.key.substr(2)] = from_value(entry.value, depth + 1);
  }
  if (out.below.empty()) out.own = depth > 0;
  return out;
}

void visit(const Fields& fields, Path& path, const std::function<void(const Path&)>& each) {
  if (fields.own) each(path);
  for (const auto& [name, below] : fields.below) {
    path.push_back(name);
    visit(below, path, each);
    path.pop_back();
  }
}

void for_each(const Fields& fields, const std::function<void(const Path&)>& each) {
  Path path;
  visit(fields, path, each);
}

/// Does the set have this path, or one above or below it?
bool touches(const Fields& fields, const Path& path) {
  const Fields* at = &fields;
  for (const auto& name : path) {
    if (at->own) return true;
    const auto found = at->below.find(name);
    if (found == at->below.end()) return false;
    at = &found->second;
  }
  return true;
}

void take_out(Fields& fields, const Path& path, std::size_t at = 0) {
  if (at == path.size()) {
    fields = {};
    return;
  }
  const auto found = fields.below.find(path[at]);
  if (found == fields.below.end()) return;
  take_out(found->second, path, at + 1);
  if (found->second.empty()) fields.below.erase(found);
}

void put_in(Fields& fields, const Path& path) {
  Fields* at = &fields;
  for (const auto& name : path) at = &at->below[name];
  at->own = true;
}

const Value* value_at(const Value& object, const Path& path) {
  const Value* at = &object;
  for (const auto& name : path) {
    at = at->find(name);
    if (at == nullptr) return nullptr;
  }
  return at;
}

void set_at(Value& object, const Path& path, const Value& value) {
  Value* at = &object;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    Value* next = at->find(path[i]);
    if (next == nullptr || !next->is_map()) {
      at->set(path[i], Value::map());
      next = at->find(path[i]);
    }
    at = next;
  }
  at->set(path.back(), value);
}

/// And the maps around it that become empty by that.
void erase_at(Value& object, const Path& path, std::size_t at = 0) {
  Value* below = object.find(path[at]);
  if (below == nullptr) return;
  if (at + 1 == path.size()) {
    object.mutable_members().erase(path[at]);
    return;
  }
  erase_at(*below, path, at + 1);
  if (at > 0 && below->is_map() && below->members().empty()) object.mutable_members().erase(path[at]);
}

struct Entry {
  std::string manager, operation, api_version, time, subresource;
  Fields fields;
};

std::vector<Entry> entries_of(const Value& object) {
  std::vector<Entry> out;
  const Value* list = metadata_of(object).find("managedFields");
  if (list == nullptr) return out;
  for (const auto& one : list->items()) {
    const Value* fields = one.find("fieldsV1");
    if (fields == nullptr) continue;
    out.push_back({one.get_string("manager"), one.get_string("operation"), one.get_string("apiVersion"),
                   one.get_string("time"), one.get_string("subresource"), from_value(*fields)});
  }
  return out;
}

void set_entries(Value& object, const std::vector<Entry>& entries) {
  auto list = Value::list();
  for (const auto& entry : entries) {
    if (entry.fields.empty()) continue;
    auto one = Value::map_of("manager", entry.manager, "operation", entry.operation, "apiVersion", entry.api_version,
                             "time", entry.time, "fieldsType", "FieldsV1", "fieldsV1", to_value(entry.fields));
    if (!entry.subresource.empty()) one.set("subresource", entry.subresource);
    list.push(std::move(one));
  }
  if (list.size() == 0) {
    erase_meta(object, "managedFields");
  } else {
    set_meta(object, "managedFields", std::move(list));
  }
}

Entry& entry_for(std::vector<Entry>& entries, const ResourceType& type, const FieldManager& manager,
                 std::string_view operation) {
  const auto found = std::ranges::find_if(entries, [&](const Entry& one) {
    return one.manager == manager.name && one.operation == operation && one.subresource.empty();
  });
  if (found != entries.end()) return *found;
  if (entries.size() >= kMostEntries) entries.erase(entries.begin());
  entries.push_back({manager.name, std::string(operation), std::string(type.api_version()), manager.now, "", {}});
  return entries.back();
}

std::string shown(const Path& path) {
  std::string out;
  for (const auto& name : path) out += "." + name;
  return out;
}

/// Takes out of every set what the object does not have any more.
void forget_missing(std::vector<Entry>& entries, const Value& object) {
  for (auto& entry : entries) {
    std::vector<Path> gone;
    for_each(entry.fields, [&](const Path& path) {
      if (value_at(object, path) == nullptr) gone.push_back(path);
    });
    for (const auto& path : gone) take_out(entry.fields, path);
  }
}

}  // namespace

Outcome<Value> apply_config(const ResourceType& type, const Value& stored, const Value& config,
                            const FieldManager& manager, bool force) {
  if (!config.is_map()) return bad_request("what is applied must be an object");
  if (const Value* list = metadata_of(config).find("managedFields"); list != nullptr && list->size() > 0) {
    return bad_request("metadata.managedFields must be nil");
  }
  auto entries = entries_of(stored);
  if (entries.empty() && !stored.is_null()) {
    entries.push_back(
        {std::string(kBefore), "Update", std::string(type.api_version()), manager.now, "", fields_of(stored)});
  }
  const auto wanted = fields_of(config);
  const auto is_mine = [&](const Entry& one) {
    return one.manager == manager.name && one.operation == "Apply" && one.subresource.empty();
  };
  ApiStatus conflicts;
  for_each(wanted, [&](const Path& path) {
    const Value* there = value_at(stored, path);
    const Value* asked = value_at(config, path);
    if (there != nullptr && asked != nullptr && *there == *asked) return;  // they agree, and share it
    for (auto& entry : entries) {
      if (is_mine(entry) || !touches(entry.fields, path)) continue;
      if (force) {
        take_out(entry.fields, path);
      } else {
        conflicts.causes.push_back({"FieldManagerConflict", shown(path),
                                    "conflict with \"" + entry.manager + "\" using " + entry.api_version});
      }
    }
  });
  if (!conflicts.causes.empty()) {
    conflicts.code = 409;
    conflicts.reason = "Conflict";
    const auto count = conflicts.causes.size();
    conflicts.message = "Apply failed with " + std::to_string(count) + " conflict" + (count == 1 ? "" : "s") + ": ";
    for (std::size_t i = 0; i < count; ++i) {
      conflicts.message += (i == 0 ? "" : ", ") + conflicts.causes[i].message + ": " + conflicts.causes[i].field;
    }
    return std::unexpected(std::move(conflicts));
  }
  Value out = stored.is_null() ? Value::map_of("apiVersion", type.api_version(), "kind", type.kind) : stored;
  if (stored.is_null()) {
    out.set("metadata", Value::map());
    for (const char* field : {"name", "generateName", "namespace"}) {
      if (const auto text = meta_text(config, field); !text.empty()) set_meta(out, field, text);
    }
  }
  if (const auto version = meta_text(config, "resourceVersion"); !version.empty())
    set_meta(out, "resourceVersion", version);
  if (const auto uid = meta_text(config, "uid"); !uid.empty()) set_meta(out, "uid", uid);
  auto& mine = entry_for(entries, type, manager, "Apply");
  for_each(mine.fields, [&](const Path& path) {
    if (touches(wanted, path) || path.empty()) return;
    const bool shared =
        std::ranges::any_of(entries, [&](const Entry& one) { return !is_mine(one) && touches(one.fields, path); });
    if (!shared) erase_at(out, path);
  });
  for_each(wanted, [&](const Path& path) {
    if (const Value* asked = value_at(config, path)) set_at(out, path, *asked);
  });
  mine.fields = wanted;
  mine.time = manager.now;
  forget_missing(entries, out);
  set_entries(out, entries);
  return out;
}

Value note_update(const ResourceType& type, const Value& before, Value after, const FieldManager& manager) {
  auto entries = entries_of(before);
  const Value* given = metadata_of(after).find("managedFields");
  const bool forgets = given != nullptr && given->is_list() &&
                       (given->size() == 0 || (given->size() == 1 && given->items()[0].size() == 0));
  if (entries.empty() || forgets) {
    erase_meta(after, "managedFields");
    return after;
  }
  Fields changed;
  for_each(fields_of(after), [&](const Path& path) {
    const Value* old = value_at(before, path);
    if (old == nullptr || !(*old == *value_at(after, path))) put_in(changed, path);
  });
  for_each(changed, [&](const Path& path) {
    for (auto& entry : entries) {
      if (touches(entry.fields, path)) take_out(entry.fields, path);
    }
  });
  forget_missing(entries, after);
  if (!changed.empty()) {
    auto& mine = entry_for(entries, type, manager, "Update");
    for_each(changed, [&](const Path& path) { put_in(mine.fields, path); });
    mine.time = manager.now;
  }
  set_entries(after, entries);
  return after;
}

}  // namespace windlass::objects
