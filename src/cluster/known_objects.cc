#include "cluster/known_objects.h"

#include <algorithm>

#include "cluster/object_shape.h"
#include "objects/metadata.h"

namespace windlass::cluster {

using data::Value;
using objects::ResourceType;

namespace {

constexpr std::string_view kOwnGroup = "devops.kubesphere.io";  ///< secrets and others are not kept in memory

std::string key_of(const ResourceType& type, const std::string& namespace_, const std::string& name) {
  return std::string(type.plural) + "/" + namespace_ + "/" + name;
}

std::string key_of(const ResourceType& type, const Value& object) {
  return key_of(type, objects::meta_text(object, "namespace"), objects::meta_text(object, "name"));
}

}  // namespace

bool KnownObjects::is_watched(const std::string& plural) const {
  const auto found = watches_.find(plural);
  return found != watches_.end() && found->second > 0;
}

bool KnownObjects::is_over(const Known& known, Moment now) const {
  return now - known.since > for_a_moment_ && !is_watched(known.plural);
}

void KnownObjects::put(const ResourceType& type, const Value& object, Moment now) {
  if (type.group != kOwnGroup || most_ == 0) return;
  const auto version = version_of(object);
  if (!version) return;
  auto key = key_of(type, object);
  const auto before = known_.find(key);
  if (before != known_.end() && before->second.version > *version) return;
  if (known_.size() >= most_ && before == known_.end()) {
    std::erase_if(known_, [&](const auto& one) { return is_over(one.second, now); });
    if (known_.size() >= most_) {
      known_.erase(std::ranges::min_element(known_, {}, [](const auto& one) { return one.second.since; }));
    }
  }
  known_.insert_or_assign(std::move(key), Known{std::string(type.plural), object, *version, now});
}

void KnownObjects::answered(const ResourceType& type, const Value& object, std::uint64_t mark, Moment now) {
  if (mark == mark_) return put(type, object, now);
  // What is known from before is older all the same.
  const auto found = known_.find(key_of(type, object));
  const auto version = version_of(object);
  if (found != known_.end() && version && found->second.version < *version) known_.erase(found);
}

void KnownObjects::forget(const ResourceType& type, const std::string& namespace_, const std::string& name) {
  known_.erase(key_of(type, namespace_, name));
}

void KnownObjects::forget_all(const ResourceType& type) {
  ++mark_;
  std::erase_if(known_, [&](const auto& one) { return one.second.plural == type.plural; });
}

/// What was known until now may be of before the version that the watch begins behind.
void KnownObjects::watch_began(const ResourceType& type) {
  if (watches_[std::string(type.plural)]++ == 0) forget_all(type);
}

void KnownObjects::watch_ended(const ResourceType& type) {
  auto& count = watches_[std::string(type.plural)];
  if (count > 0) --count;
  forget_all(type);
}

void KnownObjects::told(const ResourceType& type, const objects::WatchEvent& event, Moment now) {
  if (event.kind == objects::WatchEvent::Kind::bookmark) return;
  if (event.kind != objects::WatchEvent::Kind::deleted) return put(type, event.object, now);
  ++mark_;
  const auto found = known_.find(key_of(type, event.object));
  if (found != known_.end() && found->second.version <= event.version) known_.erase(found);
}

std::optional<Value> KnownObjects::recent(const ResourceType& type, const std::string& namespace_,
                                          const std::string& name, Moment now) const {
  const auto found = known_.find(key_of(type, namespace_, name));
  if (found == known_.end()) return std::nullopt;
  if (is_over(found->second, now)) return std::nullopt;
  return found->second.object;
}

std::optional<Value> KnownObjects::watched(const ResourceType& type, const std::string& namespace_,
                                           const std::string& name, Moment now) const {
  if (!is_watched(std::string(type.plural))) return std::nullopt;
  return recent(type, namespace_, name, now);
}

}  // namespace windlass::cluster
