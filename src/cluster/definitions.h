// CustomResourceDefinitions of our kinds, made from the rows and schemas of objects/ that the embedded store serves
// too. Pure.
//
// apiextensions.k8s.io/v1 with structural schemas, as 1.20 and every later release take them. Each says which schema it
// was made of (kFingerprint), so that a start writes only what differs.
#pragma once

#include <string_view>
#include <vector>

#include "data/value.h"
#include "objects/resource_type.h"

namespace windlass::cluster {

inline constexpr std::string_view kManagedBy = "app.kubernetes.io/managed-by";
inline constexpr std::string_view kWindlass = "windlass";
/// Of the spec, on each definition that is ours.
inline constexpr std::string_view kFingerprint = "windlass.io/definition";

/// Kinds that are no part of Kubernetes itself.
std::vector<const objects::ResourceType*> custom_types();
data::Value definition_of(const objects::ResourceType& type);
std::vector<data::Value> definitions();

/// What to do about a definition that a cluster has.
enum class Standing : unsigned char {
  current,  ///< nothing
  old,      ///< ours, of another version of this program: written anew
  foreign,  ///< somebody else's that serves our version: left as it is
  lacking,  ///< somebody else's that does not
};
Standing standing_of(const objects::ResourceType& type, const data::Value& stored, const data::Value& wanted);

}  // namespace windlass::cluster
