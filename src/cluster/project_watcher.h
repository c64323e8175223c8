// A watch of one kind in the namespaces of projects, one watch each, as if it were one of all namespaces. Namespaces
// are watched too: what becomes a project's is listed and told as `added`, what ceases to be is told no more.
//
// Beyond kMostWatched namespaces the others are listed again each minute instead, so the connections to the API server
// are bounded; what changed there is told then. As with every feed an object may be told twice.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cluster/cluster_store.h"
#include "cluster/project_rights.h"

namespace windlass::cluster {

/// The namespaces of projects, by name.
struct ProjectNamespaces {
  std::vector<std::string> names;
  std::vector<data::Value> objects;  ///< their metadata
  std::int64_t resource_version = 0;
};
objects::ApiTask<ProjectNamespaces> project_namespaces(ClusterStore& store);

class ProjectWatcher final : public objects::Watcher {
 public:
  static constexpr std::size_t kMostWatched = 100;

  /// All must outlive the io_context's last run.
  ProjectWatcher(kube::Client& client, ClusterStore& store, ProjectRights& rights, const objects::ResourceType& type,
                 objects::WatchOptions options, std::function<void(std::string_view)> log);
  /// Ends all watches.
  ~ProjectWatcher() override;

  objects::ApiTask<std::vector<objects::WatchEvent>> next(std::chrono::steady_clock::time_point deadline) override;
  [[nodiscard]] std::int64_t position() const override;
  void wake() override;

  struct Impl;

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace windlass::cluster
