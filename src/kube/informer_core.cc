#include "kube/informer_core.h"

#include <algorithm>
#include <utility>

#include "objects/metadata.h"

namespace windlass::kube {

using data::Value;
using objects::ApiStatus;
using objects::Outcome;

namespace {
constexpr int kMaxPauseSeconds = 60;  ///< however long the server asks for
}

std::string object_key(const Value& object) {
  const auto namespace_ = objects::meta_text(object, "namespace"), name = objects::meta_text(object, "name");
  return namespace_.empty() ? name : namespace_ + "/" + name;
}

const Value* InformerCore::find(std::string_view key) const {
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : &found->second;
}

InformerCore::Step InformerCore::next() {
  Step out;
  out.after = std::exchange(pause_, std::chrono::milliseconds(0));
  if (version_.empty()) {
    out.kind = Step::Kind::list;
    out.continue_ = continue_;
    // After a 410 the cache may be as old as what we had: the first list only.
    out.from_cache = first_list_ && continue_.empty();
    return out;
  }
  out.kind = Step::Kind::watch;
  out.version = version_;
  return out;
}

void InformerCore::restart_list() {
  version_.clear();
  continue_.clear();
  arriving_.clear();
}

void InformerCore::remove(std::string_view key, Value last, std::vector<Delta>& out) {
  const auto found = objects_.find(key);
  if (found == objects_.end()) return;
  if (last.is_null()) last = std::move(found->second);
  objects_.erase(found);
  out.push_back({Delta::Kind::deleted, std::move(last)});
}

Outcome<void> InformerCore::put(Value object, std::vector<Delta>& out) {
  auto key = object_key(object);
  const auto found = objects_.find(key);
  if (found != objects_.end()) {
    if (objects::meta_text(found->second, "uid") != objects::meta_text(object, "uid")) {
      remove(key, Value(), out);
    } else {
      if (objects::meta_text(found->second, "resourceVersion") == objects::meta_text(object, "resourceVersion"))
        return {};
      found->second = object;
      out.push_back({Delta::Kind::modified, std::move(object)});
      return {};
    }
  }
  if (objects_.size() >= options_.max_objects) {
    return objects::internal("there are more than " + std::to_string(options_.max_objects) + " objects to keep");
  }
  objects_.emplace(std::move(key), object);
  out.push_back({Delta::Kind::added, std::move(object)});
  return {};
}

Outcome<std::vector<Delta>> InformerCore::listed(Value list, PaceMoment now) {
  std::vector<Delta> out;
  Value* items = list.find("items");
  const auto version = objects::meta_text(list, "resourceVersion");
  if (items == nullptr || !(items->is_list() || items->is_null()) || version.empty()) {
    return objects::internal("the answer to a list is no list");
  }
  const auto kind = list.get_string("kind"), api_version = list.get_string("apiVersion");
  if (items->is_list()) {
    for (auto& item : items->mutable_items()) {
      auto key = object_key(item);
      if (!item.is_map() || key.empty() || key.ends_with('/')) {
        return objects::internal("a list holds an object without a name");
      }
      if (arriving_.size() >= options_.max_objects) {
        return objects::internal("there are more than " + std::to_string(options_.max_objects) + " objects to keep");
      }
      // In a list they do not say what they are, in events they do.
      if (item.find("kind") == nullptr && kind.ends_with("List")) item.set("kind", kind.substr(0, kind.size() - 4));
      if (item.find("apiVersion") == nullptr && !api_version.empty()) item.set("apiVersion", api_version);
      drop_managed_fields(item);
      arriving_[std::move(key)] = std::move(item);
    }
  }
  continue_ = objects::meta_text(list, "continue");
  if (!continue_.empty()) return out;

  std::vector<std::string> gone;
  for (const auto& [key, object] : objects_) {
    if (!arriving_.contains(key)) gone.push_back(key);
  }
  for (const auto& key : gone) remove(key, Value(), out);
  for (auto& [key, object] : arriving_) {
    if (auto done = put(std::move(object), out); !done) return std::unexpected(std::move(done).error());
  }
  arriving_.clear();
  version_ = version;
  first_list_ = false;
  synced_ = true;
  trouble_ = {};
  backoff_.worked(now);
  return out;
}

Outcome<std::vector<Delta>> InformerCore::watched(std::vector<Event> events, PaceMoment now) {
  std::vector<Delta> out;
  for (auto& event : events) {
    if (event.kind == Event::Kind::deleted) {
      const auto key = object_key(event.object);
      const auto* known = find(key);
      // A deletion that is told late is not that of a later object of the name.
      if (known != nullptr && objects::meta_text(*known, "uid") == objects::meta_text(event.object, "uid")) {
        remove(key, std::move(event.object), out);
      }
    } else if (event.kind != Event::Kind::bookmark) {
      if (auto done = put(std::move(event.object), out); !done) return std::unexpected(std::move(done).error());
    }
    version_ = std::move(event.version);
  }
  if (!events.empty()) {
    trouble_ = {};
    backoff_.worked(now);
  }
  return out;
}

void InformerCore::ended(const ApiStatus* why, PaceMoment now, double chance) {
  // A watch that ends in order again and again at once is asked for with pauses too.
  const bool again_at_once = last_end_ && now - *last_end_ < std::chrono::seconds(1);
  last_end_ = now;
  if (why == nullptr) {
    if (again_at_once) pause_ = backoff_.failed(now, chance);
    return;
  }
  if (why->code == 410) {
    // Where it is a page's token that is too old, or the version of the watch: a new list, at once the first time.
    const bool had_version = !version_.empty();
    restart_list();
    first_list_ = false;
    if (had_version) return;
  }
  trouble_ = *why;
  if (version_.empty()) restart_list();  // pages of two lists do not fit together
  pause_ = std::max(backoff_.failed(now, chance),
                    std::chrono::milliseconds(std::min(why->retry_after_seconds, kMaxPauseSeconds) * 1000));
}

}  // namespace windlass::kube
