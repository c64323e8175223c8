// What install_manifests made, taken away again: the server first, so that nobody works with half of its rights; then
// Services, accounts, roles and their bindings, also those in the namespaces of projects. What is not ours stays, as
// do namespaces, our kinds and every object of people.
//
// Its data stays too unless it is asked for: the volume, Configuration as Code, pods and leases of runs. Then the
// finalizers of Windlass are taken off projects, pipelines, runs and credentials as well, because nobody comes to do
// so later, and an object that keeps one cannot be deleted.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "cluster/installation.h"

namespace windlass::cluster {

struct RemovalOptions {
  std::string namespace_, workers;
  bool data = false;
  std::chrono::milliseconds patience{90'000};  ///< for the server's pod to end
};

/// True: all of it is away. `tell` hears of each object that is removed, changed (a finalizer) or kept because it is
/// not ours; after a failure of no further one.
objects::ApiTask<bool> remove_installation(kube::Client& client, RemovalOptions options,
                                           std::function<void(const AppliedObject&)> tell);

}  // namespace windlass::cluster
