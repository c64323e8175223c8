// Manifests to a cluster: what is missing is made, what is ours is brought up to date, what is somebody else's is left
// alone. Before anything is written it is known of every object whose it is, so that a name that is taken stops the
// installation and not half of it. Again with the same manifests it changes nothing.
//
// Written by server-side apply under a field manager of its own: fields that others have set stay theirs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kube/client.h"

namespace windlass::cluster {

struct AppliedObject {
  enum class State : unsigned char {
    made,
    changed,
    same,
    kept,     ///< somebody else's that does as it is
    refused,  ///< somebody else's in the place of ours
    failed,
    removed,
  };
  State state = State::same;
  std::string kind, namespace_, name;
  std::string message;  ///< of those that were refused or failed
};
std::string_view to_string(AppliedObject::State state);

/// Whose an object is that the cluster has, and what that means for `wanted`: same (ours), kept or refused. Pure.
AppliedObject::State whose(const data::Value& stored, const data::Value& wanted);
/// The path of an object's kind, for the kinds of manifests.h. Pure.
const kube::Resource* resource_of_manifest(const data::Value& object);

/// True: all of it is there. `tell` hears of each object once, in order; after a failure of no further one.
objects::ApiTask<bool> apply_manifests(kube::Client& client, std::vector<data::Value> manifests,
                                       std::function<void(const AppliedObject&)> tell);

/// Why a pod is not ready, one sentence; empty: nothing is known against it. Pure.
std::string why_not_ready(const data::Value& pod);

/// Waits until the Deployment runs as it was applied. `tell` hears why not, each time that changes. False: not within
/// `patience`.
objects::ApiTask<bool> wait_for_deployment(kube::Client& client, std::string namespace_, std::string name,
                                           std::chrono::milliseconds patience,
                                           std::function<void(const std::string&)> tell);

}  // namespace windlass::cluster
