// Between objects as controllers write them and as a real API server wants them. Pure.
//
// The embedded store forgives what an API server refuses: a finalizer that is added to an object on its way out, fields
// that only the server sets, an Event about something without a namespace. Here it is put right, so that what stands
// on the store need not know which one it has. Source: Kubernetes' validation by behaviour, 1.20 and 1.32.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/value.h"
#include "objects/api_status.h"
#include "objects/object_options.h"
#include "objects/resource_type.h"

namespace windlass::cluster {

/// A selector as a query has it: "a=b,c in (x,y),!d".
std::string selector_text(const objects::LabelSelector& selector);

/// What of a field selector the API server can do, and what is left to do here.
struct SplitFields {
  std::string query;
  objects::FieldSelector rest;
};
/// Custom resources know their name and namespace only; Secrets their type, Events what they are about.
SplitFields split_fields(const objects::ResourceType& type, const objects::FieldSelector& selector);

/// An object as create sends it. `name` instead of its own where that is empty.
data::Value shape_new(const objects::ResourceType& type, std::string_view namespace_, std::string name,
                      data::Value object);
/// `wanted`, which somebody made of `stored`, as update sends it: with the version of `stored`. Equal to `stored` where
/// there is nothing to write.
data::Value shape_update(const objects::ResourceType& type, const data::Value& stored, data::Value wanted,
                         objects::Part part);
/// An object as the server gave it: it says what it is, also out of a list or without its content, and not who owns
/// which field.
void shape_answer(const objects::ResourceType& type, data::Value& object);

/// The number in metadata.resourceVersion. Errors: internal (it is none, which no API server on etcd does).
objects::Outcome<std::int64_t> version_of(const data::Value& object);

/// True: the answer is not about an object that is missing but about the kind: the cluster does not have it.
bool is_missing_kind(const objects::ApiStatus& status);
/// 503 with a sentence instead of that 404, so that nobody takes the objects for deleted; others as they are.
objects::ApiStatus explain(const objects::ResourceType& type, objects::ApiStatus status);

}  // namespace windlass::cluster
