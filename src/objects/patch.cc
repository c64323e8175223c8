#include "objects/patch.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "data/binary.h"

namespace windlass::objects {

using data::Value;

namespace {

constexpr std::size_t kMaxOperations = 10'000;
constexpr std::size_t kMaxParts = 512;
constexpr std::size_t kMaxDocumentBytes = 8u << 20;
constexpr int kMaxDepth = 200;

std::unexpected<ApiStatus> unfit(std::string message) {
  auto out = bad_request(std::move(message));
  out.error().code = 422;
  out.error().reason = "Invalid";
  return out;
}

Outcome<std::vector<std::string>> parts_of(std::string_view pointer) {
  std::vector<std::string> parts;
  if (pointer.empty()) return parts;
  if (pointer[0] != '/') return bad_request("a JSON pointer must begin with '/': '" + std::string(pointer) + "'");
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto end = pointer.find('/');
    std::string part;
    for (std::size_t i = 0; i < std::min(end, pointer.size()); ++i) {
      if (pointer[i] == '~' && i + 1 < pointer.size() && (pointer[i + 1] == '0' || pointer[i + 1] == '1')) {
        part += pointer[++i] == '0' ? '~' : '/';
      } else {
        part += pointer[i];
      }
    }
    parts.push_back(std::move(part));
    if (parts.size() > kMaxParts) return bad_request("a JSON pointer has more than 512 parts");
    if (end == std::string_view::npos) break;
    pointer.remove_prefix(end);
  }
  return parts;
}

std::optional<std::size_t> index_of(const std::string& part, std::size_t size, bool end_allowed) {
  if (end_allowed && part == "-") return size;
  if (part.empty() || part.size() > 9 || (part.size() > 1 && part[0] == '0')) return std::nullopt;
  std::size_t index = 0;
  for (const char c : part) {
    if (c < '0' || c > '9') return std::nullopt;
    index = index * 10 + static_cast<std::size_t>(c - '0');
  }
  if (index > size || (index == size && !end_allowed)) return std::nullopt;
  return index;
}

Value* walk(Value& document, const std::vector<std::string>& parts, std::size_t count) {
  Value* at = &document;
  for (std::size_t i = 0; i < count && at != nullptr; ++i) {
    if (at->has_members()) {
      at = at->find(parts[i]);
    } else if (at->is_list()) {
      const auto index = index_of(parts[i], at->size(), false);
      at = index ? &at->mutable_items()[*index] : nullptr;
    } else {
      at = nullptr;
    }
  }
  return at;
}

Outcome<void> add_at(Value& document, const std::vector<std::string>& parts, Value value, std::string_view path) {
  if (parts.empty()) {
    document = std::move(value);
    return {};
  }
  Value* parent = walk(document, parts, parts.size() - 1);
  if (parent == nullptr) return unfit("the path '" + std::string(path) + "' does not exist");
  if (parent->has_members()) {
    parent->set(parts.back(), std::move(value));
    return {};
  }
  if (parent->is_list()) {
    if (const auto index = index_of(parts.back(), parent->size(), true)) {
      auto& items = parent->mutable_items();
      items.insert(items.begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
      return {};
    }
  }
  return unfit("nothing can be added at '" + std::string(path) + "'");
}

Outcome<Value> take_at(Value& document, const std::vector<std::string>& parts, std::string_view path) {
  if (parts.empty()) return unfit("the whole document cannot be removed");
  Value* parent = walk(document, parts, parts.size() - 1);
  if (parent != nullptr && parent->has_members()) {
    if (Value* found = parent->find(parts.back())) {
      Value taken = std::move(*found);
      parent->mutable_members().erase(parts.back());
      return taken;
    }
  } else if (parent != nullptr && parent->is_list()) {
    if (const auto index = index_of(parts.back(), parent->size(), false)) {
      auto& items = parent->mutable_items();
      Value taken = std::move(items[*index]);
      items.erase(items.begin() + static_cast<std::ptrdiff_t>(*index));
      return taken;
    }
  }
  return unfit("the path '" + std::string(path) + "' does not exist");
}

/// As `test` compares: numbers by value, members in any order.
bool same(const Value& a, const Value& b, int depth) {
  if (depth > kMaxDepth) return false;
  if (a.has_members() && b.has_members()) {
    if (a.size() != b.size()) return false;
    return std::all_of(a.members().begin(), a.members().end(), [&](const auto& entry) {
      const Value* other = b.find(entry.key);
      return other != nullptr && same(entry.value, *other, depth + 1);
    });
  }
  if (a.is_list() && b.is_list()) {
    return a.size() == b.size() && std::equal(a.items().begin(), a.items().end(), b.items().begin(),
                                              [&](const Value& x, const Value& y) { return same(x, y, depth + 1); });
  }
  if (a.is_int() && b.is_int()) return a.as_int() == b.as_int();
  if (a.is_number() && b.is_number()) return a.as_double() == b.as_double();
  return a == b;
}

Outcome<void> check_size(const Value& document) {
  auto bytes = data::encode_binary(document);
  if (!bytes || bytes->size() > kMaxDocumentBytes) return bad_request("the patched document is too large");
  return {};
}

/// The key by which lists of maps merge, by the field's name; none: the list is replaced.
std::string_view merge_key(std::string_view field) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kKeys = {{{"ownerReferences", "uid"},
                                                                                          {"containers", "name"},
                                                                                          {"initContainers", "name"},
                                                                                          {"env", "name"},
                                                                                          {"volumes", "name"},
                                                                                          {"volumeMounts", "mountPath"},
                                                                                          {"ports", "containerPort"},
                                                                                          {"imagePullSecrets", "name"},
                                                                                          {"secrets", "name"}}};
  for (const auto& [name, key] : kKeys) {
    if (name == field) return key;
  }
  return {};
}
bool is_set_of_texts(std::string_view field) { return field == "finalizers"; }

Outcome<void> strategic(Value& document, const Value& patch, int depth);

Outcome<void> merge_lists(Value& list, const Value& patch, std::string_view field, int depth) {
  const auto key = merge_key(field);
  if (key.empty()) {
    if (!is_set_of_texts(field)) {
      list = patch;
      return {};
    }
    for (const auto& item : patch.items()) {
      if (std::find(list.items().begin(), list.items().end(), item) == list.items().end()) list.push(item);
    }
    return {};
  }
  for (const auto& item : patch.items()) {
    if (item.get_string("$patch") == "replace") {
      Value replaced = Value::list();
      for (const auto& other : patch.items()) {
        if (other.find("$patch") == nullptr) replaced.push(other);
      }
      list = std::move(replaced);
      return {};
    }
  }
  for (const auto& item : patch.items()) {
    const Value* wanted = item.find(key);
    if (wanted == nullptr) return bad_request("an element of " + std::string(field) + " lacks " + std::string(key));
    auto& items = list.mutable_items();
    const auto found = std::find_if(items.begin(), items.end(), [&](const Value& other) {
      const Value* id = other.find(key);
      return id != nullptr && same(*id, *wanted, 0);
    });
    if (item.get_string("$patch") == "delete") {
      if (found != items.end()) items.erase(found);
    } else if (found == items.end()) {
      Value added = Value::map();
      if (auto done = strategic(added, item, depth + 1); !done) return done;
      items.push_back(std::move(added));
    } else if (auto done = strategic(*found, item, depth + 1); !done) {
      return done;
    }
  }
  return {};
}

Outcome<void> strategic(Value& document, const Value& patch, int depth) {
  if (depth > kMaxDepth) return bad_request("the patch is nested too deeply");
  if (!document.has_members()) document = Value::map();
  const auto directive = patch.get_string("$patch");
  if (directive == "delete") {
    document = Value::map();
    return {};
  }
  if (directive == "replace") {
    document = patch;
    document.mutable_members().erase("$patch");
    return {};
  }
  for (const auto& [key, value] : patch.members()) {
    if (key == "$patch" || key.starts_with("$setElementOrder/")) continue;
    if (key == "$retainKeys") {
      std::vector<std::string> gone;
      for (const auto& entry : document.members()) {
        const bool kept = std::any_of(value.items().begin(), value.items().end(),
                                      [&](const Value& name) { return name.text() == entry.key; });
        if (!kept) gone.push_back(entry.key);
      }
      for (const auto& name : gone) document.mutable_members().erase(name);
      continue;
    }
    constexpr std::string_view kDeletes = "$deleteFromPrimitiveList/";
    if (key.starts_with(kDeletes)) {
      if (Value* list = document.find(std::string_view(key).substr(kDeletes.size()));
          list != nullptr && list->is_list()) {
        std::erase_if(list->mutable_items(), [&](const Value& item) {
          return std::find(value.items().begin(), value.items().end(), item) != value.items().end();
        });
      }
      continue;
    }
    if (value.is_null()) {
      document.mutable_members().erase(key);
      continue;
    }
    Value* old = document.find(key);
    if (value.has_members()) {
      if (old == nullptr) {
        document.set(key, Value::map());
        old = document.find(key);
      }
      if (auto done = strategic(*old, value, depth + 1); !done) return done;
    } else if (value.is_list() && old != nullptr && old->is_list()) {
      if (auto done = merge_lists(*old, value, key, depth + 1); !done) return done;
    } else {
      document.set(key, value);
    }
  }
  return {};
}

void merge(Value& document, const Value& patch, int depth) {
  if (!patch.has_members() || depth > kMaxDepth) {
    document = patch;
    return;
  }
  if (!document.has_members()) document = Value::map();
  for (const auto& [key, value] : patch.members()) {
    if (value.is_null()) {
      document.mutable_members().erase(key);
      continue;
    }
    if (document.find(key) == nullptr) document.set(key, Value());
    merge(*document.find(key), value, depth + 1);
  }
}

}  // namespace

Outcome<Value> apply_json_patch(Value document, const Value& patch) {
  if (!patch.is_list()) return bad_request("a JSON patch must be a list of operations");
  if (patch.size() > kMaxOperations) {
    return bad_request("the patch has more than " + std::to_string(kMaxOperations) + " operations");
  }
  for (const auto& step : patch.items()) {
    const auto op = step.get_string("op");
    const auto path = step.get_string("path");
    const Value* path_value = step.find("path");
    if (path_value == nullptr || !path_value->is_string()) return bad_request("a patch operation lacks its path");
    auto parts = parts_of(path);
    if (!parts) return std::unexpected(std::move(parts).error());
    const Value* value = step.find("value");
    if ((op == "add" || op == "replace" || op == "test") && value == nullptr) {
      return bad_request("the patch operation '" + op + "' lacks its value");
    }
    if (op == "add") {
      if (auto done = add_at(document, *parts, *value, path); !done) return std::unexpected(std::move(done).error());
    } else if (op == "remove") {
      if (auto done = take_at(document, *parts, path); !done) return std::unexpected(std::move(done).error());
    } else if (op == "replace") {
      Value* at = walk(document, *parts, parts->size());
      if (at == nullptr) return unfit("the path '" + path + "' does not exist");
      *at = *value;
    } else if (op == "test") {
      const Value* at = walk(document, *parts, parts->size());
      if (at == nullptr || !same(*at, *value, 0)) return unfit("testing '" + path + "' failed: the value differs");
    } else if (op == "move" || op == "copy") {
      const auto from = step.get_string("from");
      auto from_parts = parts_of(from);
      if (!from_parts) return std::unexpected(std::move(from_parts).error());
      Value moved;
      if (op == "move") {
        if (path.starts_with(from + "/")) return bad_request("'" + from + "' cannot be moved into itself");
        auto taken = take_at(document, *from_parts, from);
        if (!taken) return std::unexpected(std::move(taken).error());
        moved = std::move(*taken);
      } else {
        const Value* at = walk(document, *from_parts, from_parts->size());
        if (at == nullptr) return unfit("the path '" + from + "' does not exist");
        moved = *at;
      }
      if (auto done = add_at(document, *parts, std::move(moved), path); !done)
        return std::unexpected(std::move(done).error());
      if (op == "copy") {
        if (auto done = check_size(document); !done) return std::unexpected(std::move(done).error());
      }
    } else {
      return bad_request("the patch operation '" + op + "' is not one of add, remove, replace, move, copy, test");
    }
  }
  return document;
}

Value apply_merge_patch(Value document, const Value& patch) {
  merge(document, patch, 0);
  return document;
}

Outcome<Value> apply_strategic_patch(Value document, const Value& patch) {
  if (!patch.has_members()) return bad_request("a strategic merge patch must be a map");
  if (auto done = strategic(document, patch, 0); !done) return std::unexpected(std::move(done).error());
  return document;
}

}  // namespace windlass::objects
