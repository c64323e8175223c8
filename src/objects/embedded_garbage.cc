// What deletions leave to do: dependents of what is gone, foreground and orphan deletions, the content of namespaces.
//
// The table `garbage` is the work list; a row goes when nothing is left for it. Work is done in small parts, each in a
// transaction of its own, so that deleting a project of ten thousand runs holds nobody up.
#include <algorithm>

#include "objects/embedded_core.h"
#include "objects/metadata.h"
#include "text/codec.h"

namespace windlass::objects {

using data::Value;

namespace {

const ResourceType* type_of_storage_name(std::string_view stored) {
  for (const auto& type : resource_types()) {
    if (storage_name(type) == stored) return &type;
  }
  return nullptr;
}

void drop_owner(Value& object, const std::string& uid) {
  Value* owners = metadata_of(object).find("ownerReferences");
  if (owners == nullptr) return;
  std::erase_if(owners->mutable_items(), [&](const Value& owner) { return owner.get_string("uid") == uid; });
  if (owners->size() == 0) erase_meta(object, "ownerReferences");
}

}  // namespace

std::string encode_secret_text(const std::string& plain) { return text::encode_base64(plain); }

Outcome<bool> EmbeddedCore::exists(const std::string& uid) {
  get_uid_.start(uid);
  auto found = get_uid_.next();
  get_uid_.reset();
  if (!found) return store_failure(found.error());
  return *found;
}

/// One pass over what depends on `uid`; true when nothing does any more.
Outcome<bool> EmbeddedCore::collect_owner(const std::string& uid, int kind, std::size_t limit, const Moment& moment) {
  struct Dependent {
    const ResourceType* type;
    std::string namespace_, name;
  };
  std::vector<Dependent> dependents;
  dependents_.start(uid, static_cast<std::int64_t>(limit + 1));
  for (;;) {
    auto more = dependents_.next();
    if (!more) return store_failure(more.error());
    if (!*more) break;
    dependents.push_back({type_of_storage_name(dependents_.bytes(0)), std::string(dependents_.bytes(1)),
                          std::string(dependents_.bytes(2))});
  }
  dependents_.reset();
  const bool more_left = dependents.size() > limit;
  if (more_left) dependents.pop_back();
  bool waiting = false;
  for (const auto& dependent : dependents) {
    if (dependent.type == nullptr) continue;
    auto row = find(*dependent.type, dependent.namespace_, dependent.name);
    if (!row) return std::unexpected(std::move(row).error());
    if (!*row) continue;
    // Another owner that still lives keeps it.
    bool other_owner = false;
    for (const auto& owner : owner_uids((*row)->object)) {
      if (owner == uid) continue;
      auto alive = exists(owner);
      if (!alive) return std::unexpected(std::move(alive).error());
      other_owner = other_owner || *alive;
    }
    if (kind == kGarbageOrphan || other_owner) {
      Value changed = (*row)->object;
      drop_owner(changed, uid);
      auto done = store_updated(*dependent.type, std::move(**row), std::move(changed), Part::main, false);
      if (!done) return std::unexpected(std::move(done).error());
      continue;
    }
    DeleteOptions options;
    if (kind == kGarbageForeground) options.propagation = Propagation::foreground;
    if (is_being_deleted((*row)->object)) {
      waiting = true;  // its own finalizers come first
      continue;
    }
    auto done = remove(*dependent.type, dependent.namespace_, dependent.name, options, moment);
    if (!done) return std::unexpected(std::move(done).error());
    if (!finalizers_of(*done).empty()) waiting = true;
  }
  if (more_left || waiting) return false;
  if (kind == kGarbageForeground || kind == kGarbageOrphan) {
    // The owner itself waited for this.
    get_uid_.start(uid);
    auto found = get_uid_.next();
    if (!found) return store_failure(found.error());
    if (*found) {
      const auto* type = type_of_storage_name(get_uid_.bytes(0));
      const std::string namespace_(get_uid_.bytes(1)), name(get_uid_.bytes(2));
      get_uid_.reset();
      if (type != nullptr) {
        auto done = modify(
            *type, namespace_, name,
            [&](Value object) -> Outcome<Value> {
              auto kept = finalizers_of(object);
              std::erase(kept, kind == kGarbageForeground ? "foregroundDeletion" : "orphan");
              set_finalizers(object, kept);
              return object;
            },
            Part::main, moment, false);
        if (!done) return std::unexpected(std::move(done).error());
      }
    } else {
      get_uid_.reset();
    }
  }
  return true;
}

/// Deletes what a namespace holds, then the namespace; true when it is gone.
Outcome<bool> EmbeddedCore::collect_namespace(const std::string& name, std::size_t limit, const Moment& moment) {
  struct Inside {
    const ResourceType* type;
    std::string name;
  };
  std::vector<Inside> inside;
  in_namespace_.start(name, static_cast<std::int64_t>(limit));
  for (;;) {
    auto more = in_namespace_.next();
    if (!more) return store_failure(more.error());
    if (!*more) break;
    inside.push_back({type_of_storage_name(in_namespace_.bytes(0)), std::string(in_namespace_.bytes(2))});
  }
  in_namespace_.reset();
  for (const auto& object : inside) {
    if (object.type == nullptr) continue;
    auto done = remove(*object.type, name, object.name, {}, moment);
    if (!done && done.error().code != 404) return std::unexpected(std::move(done).error());
  }
  in_namespace_.start(name, std::int64_t{1});
  auto left = in_namespace_.next();
  in_namespace_.reset();
  if (!left) return store_failure(left.error());
  if (*left) return false;
  const auto& type = *find_resource("", "v1", "namespaces");
  auto space = find(type, "", name);
  if (!space) return std::unexpected(std::move(space).error());
  if (!*space) return true;
  if (!finalizers_of((*space)->object).empty()) return false;
  auto gone = erase(type, (*space)->object);
  if (!gone) return std::unexpected(std::move(gone).error());
  return true;
}

Outcome<bool> EmbeddedCore::has_garbage() {
  garbage_next_.start();
  auto found = garbage_next_.next();
  garbage_next_.reset();
  if (!found) return store_failure(found.error());
  return *found;
}

Outcome<bool> EmbeddedCore::collect_garbage(std::size_t limit, const Moment& moment) {
  std::vector<std::pair<int, std::string>> work;
  garbage_next_.start();
  for (;;) {
    auto more = garbage_next_.next();
    if (!more) return store_failure(more.error());
    if (!*more) break;
    work.emplace_back(static_cast<int>(garbage_next_.integer(0)), std::string(garbage_next_.bytes(1)));
  }
  garbage_next_.reset();
  bool progress = false;
  for (const auto& [kind, subject] : work) {
    auto before = newest_version();
    auto done = kind == kGarbageOfNamespace ? collect_namespace(subject, limit, moment)
                                            : collect_owner(subject, kind, limit, moment);
    if (!done) return std::unexpected(std::move(done).error());
    if (*done) {
      if (auto removed = garbage_done_.run(kind, subject); !removed) return store_failure(removed.error());
      progress = true;
      continue;
    }
    auto after = newest_version();
    if (before && after && *after != *before) progress = true;
  }
  return progress;
}

}  // namespace windlass::objects
