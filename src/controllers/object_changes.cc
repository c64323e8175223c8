#include "controllers/object_changes.h"

#include <algorithm>

#include "controllers/names.h"
#include "data/json.h"
#include "objects/metadata.h"

namespace windlass::controllers {

using data::Value;

namespace {

bool ensure_member(Value& object, std::string_view map, std::string_view key, std::string_view value) {
  const Value* members = objects::metadata_of(std::as_const(object)).find(map);
  const Value* found = members != nullptr ? members->find(key) : nullptr;
  if (found != nullptr && found->text() == value) return false;
  if (map == "labels") {
    objects::set_label(object, key, std::string(value));
  } else {
    objects::set_annotation(object, key, std::string(value));
  }
  return true;
}

}  // namespace

bool has_finalizer(const Value& object, std::string_view finalizer) {
  const auto all = objects::finalizers_of(object);
  return std::find(all.begin(), all.end(), finalizer) != all.end();
}

bool add_finalizer(Value& object, std::string_view finalizer) {
  if (has_finalizer(object, finalizer)) return false;
  auto all = objects::finalizers_of(object);
  all.emplace_back(finalizer);
  objects::set_finalizers(object, all);
  return true;
}

bool remove_finalizer(Value& object, std::string_view finalizer) {
  auto all = objects::finalizers_of(object);
  if (std::erase(all, finalizer) == 0) return false;
  objects::set_finalizers(object, all);
  return true;
}

objects::Modifier only_of(const objects::ResourceType& type, std::string uid, objects::Modifier change) {
  return [&type, uid = std::move(uid), change = std::move(change)](Value one) -> objects::Outcome<Value> {
    if (objects::meta_text(one, "uid") != uid) return objects::not_found(type.subject(objects::meta_text(one, "name")));
    return change(std::move(one));
  };
}

bool ensure_annotation(Value& object, std::string_view key, std::string_view value) {
  return ensure_member(object, "annotations", key, value);
}
bool ensure_label(Value& object, std::string_view key, std::string_view value) {
  return ensure_member(object, "labels", key, value);
}

bool write_sync(Value& object, std::string_view prefix, const Sync& sync, std::int64_t now_millis) {
  const std::string start(prefix);
  bool changed =
      ensure_annotation(object, start + std::string(names::kSyncStatus), sync.good ? "successful" : "failed");
  changed |= ensure_annotation(object, start + std::string(names::kSyncMessage), sync.message);
  if (changed) {
    objects::set_annotation(object, start + std::string(names::kSyncTime), objects::format_rfc3339(now_millis));
  }
  return changed;
}

std::string joined_sentences(const std::vector<std::string>& sentences) {
  constexpr std::size_t kMost = 10, kLongest = 400;
  std::string out;
  for (std::size_t i = 0; i < std::min(sentences.size(), kMost); ++i) {
    auto one = sentences[i];
    if (one.size() > kLongest) {
      one.resize(kLongest);
      while (!one.empty() && (static_cast<unsigned char>(one.back()) & 0xC0) == 0x80) one.pop_back();
      if (!one.empty() && static_cast<unsigned char>(one.back()) >= 0xC0) one.pop_back();
      one += "...";
    }
    out += (out.empty() ? "" : "; ") + one;
  }
  if (sentences.size() > kMost) out += "; and " + std::to_string(sentences.size() - kMost) + " more";
  return out;
}

std::string fingerprint_of(const Value& value) {
  std::uint32_t hash = 0x811c9dc5u;
  for (const char c : data::format_json_canonical(value)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193u;
  }
  return std::to_string(hash);
}

}  // namespace windlass::controllers
