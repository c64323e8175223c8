// The metadata that every object has, read and changed in its tree. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace windlass::objects {

/// metadata of an object; a shared empty map when it has none.
const data::Value& metadata_of(const data::Value& object);
data::Value& metadata_of(data::Value& object);

std::string meta_text(const data::Value& object, std::string_view field);
void set_meta(data::Value& object, std::string_view field, data::Value value);
void erase_meta(data::Value& object, std::string_view field);

std::vector<std::string> finalizers_of(const data::Value& object);
void set_finalizers(data::Value& object, const std::vector<std::string>& finalizers);
/// metadata.deletionTimestamp is set: the object waits for its finalizers.
bool is_being_deleted(const data::Value& object);
std::vector<std::string> owner_uids(const data::Value& object);

std::string annotation(const data::Value& object, std::string_view key);
std::string label(const data::Value& object, std::string_view key);
void set_annotation(data::Value& object, std::string_view key, std::string value);
void set_label(data::Value& object, std::string_view key, std::string value);

/// RFC 3339 in UTC with seconds, as Kubernetes writes times; and back (0 for what is none).
std::string format_rfc3339(std::int64_t millis);
std::int64_t parse_rfc3339(std::string_view text);

}  // namespace windlass::objects
