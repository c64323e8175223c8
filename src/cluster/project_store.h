// The store of a cluster for who may read Secrets and ConfigMaps in projects only: calls about those kinds bind the
// rights in their namespace first (ProjectRights), and "all namespaces" means those of projects. Every other kind, and
// every namespace that is no project's, goes to the API server as it is, which says no where it means no.
//
// Not a cache, and no rule about what objects mean.
#pragma once

#include "cluster/cluster_store.h"
#include "cluster/project_rights.h"

namespace windlass::cluster {

class ProjectStore final : public objects::ObjectStore {
 public:
  /// Is read and written in projects alone.
  static bool is_confined(const objects::ResourceType& type);

  /// `client` must outlive it and its watchers, and it the io_context's last run.
  ProjectStore(kube::Client& client, ClusterStoreOptions options, ProjectRightsOptions rights);

  objects::ApiTask<data::Value> get(const objects::ResourceType& type, std::string namespace_,
                                    std::string name) override;
  objects::ApiTask<data::Value> look(const objects::ResourceType& type, std::string namespace_,
                                     std::string name) override;
  objects::ApiTask<objects::ListResult> list(const objects::ResourceType& type, objects::ListOptions options) override;
  objects::ApiTask<data::Value> create(const objects::ResourceType& type, std::string namespace_, data::Value object,
                                       bool dry_run) override;
  objects::ApiTask<data::Value> update(const objects::ResourceType& type, std::string namespace_, std::string name,
                                       data::Value object, objects::Part part, bool dry_run) override;
  objects::ApiTask<data::Value> modify(const objects::ResourceType& type, std::string namespace_, std::string name,
                                       objects::Modifier modifier, objects::Part part, bool dry_run) override;
  objects::ApiTask<data::Value> remove(const objects::ResourceType& type, std::string namespace_, std::string name,
                                       objects::DeleteOptions options) override;
  std::unique_ptr<objects::Watcher> watch(const objects::ResourceType& type, objects::WatchOptions options) override;

 private:
  template <class T>
  objects::ApiTask<T> within(const objects::ResourceType& type, std::string namespace_,
                             std::function<objects::ApiTask<T>()> call);
  objects::ApiTask<objects::ListResult> in_all_projects(const objects::ResourceType& type,
                                                        objects::ListOptions options);

  kube::Client& client_;
  ClusterStore store_;
  ProjectRights rights_;
  std::function<void(std::string_view)> log_;
};

}  // namespace windlass::cluster
