// Small changes to objects that every reconciler makes, as pure functions: finalizers and the annotations that tell
// whether an object is in order. Each changes only what differs and says whether it did.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "objects/object_options.h"
#include "objects/resource_type.h"

namespace windlass::controllers {

bool has_finalizer(const data::Value& object, std::string_view finalizer);
bool add_finalizer(data::Value& object, std::string_view finalizer);
bool remove_finalizer(data::Value& object, std::string_view finalizer);

/// Sets an annotation or label if it has another value.
bool ensure_annotation(data::Value& object, std::string_view key, std::string_view value);
bool ensure_label(data::Value& object, std::string_view key, std::string_view value);

/// A change of the object with this uid: 404 for one that has its name later.
objects::Modifier only_of(const objects::ResourceType& type, std::string uid, objects::Modifier change);

/// What KubeSphere's clients read to know whether an object is in order.
struct Sync {
  bool good = true;     ///< syncstatus successful or failed
  std::string message;  ///< why not
};
/// Writes PREFIXsyncstatus, PREFIXsyncmsg and, if one of them changed, PREFIXsynctime.
bool write_sync(data::Value& object, std::string_view prefix, const Sync& sync, std::int64_t now_millis);

/// Sentences as one annotation holds them: "a; b; and 7 more". Bounded, whatever is in them.
std::string joined_sentences(const std::vector<std::string>& sentences);

/// FNV-1a, 32 bit, in decimal: the fingerprint that KubeSphere keeps of a spec. Only equality with itself matters.
std::string fingerprint_of(const data::Value& value);

}  // namespace windlass::controllers
