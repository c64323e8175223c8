// Our rights in the namespace of a project, bound there by a RoleBinding of ours when they are needed for the first
// time: who runs with the roles of manifests.h may read Secrets and ConfigMaps in projects and nowhere else.
//
// A namespace is a project's when its label says so and it is not on its way out. What was bound, and for a while what
// is no project, is known until a call is refused all the same (forget()); then it is looked at again. The binding has
// a finalizer of ours: in a namespace that is being deleted it must outlive the Secrets, whose own finalizers nobody
// else would take off. docs/decisions/025-rights-bound-per-project.md.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "kube/client.h"

namespace windlass::cluster {

struct ProjectRightsOptions {
  std::string role;                           ///< the ClusterRole that is bound
  std::function<bool()> may_write;            ///< as of the store; empty: always
  std::function<void(std::string_view)> log;  ///< one line for each binding that is made
};

class ProjectRights {
 public:
  /// `client` must outlive it; it must outlive the io_context's last run.
  ProjectRights(kube::Client& client, ProjectRightsOptions options);

  /// True: the rights are there. False: the namespace is no project's (or gone), and nothing was bound. Errors: 403 (we
  /// may not bind; somebody else's binding is in its place), those of the API server.
  objects::ApiTask<bool> ensure(std::string namespace_);
  /// A call was refused by what was known.
  void forget(const std::string& namespace_) {
    bound_.erase(namespace_);
    foreign_.erase(namespace_);
  }
  /// The namespace is on its way out: the binding may go as soon as no Secret there waits for us. Any number of times.
  void leave(const std::string& namespace_);

 private:
  objects::ApiTask<bool> bind(std::string namespace_);
  objects::ApiTask<bool> is_there(std::string namespace_);
  /// Whom the binding is for: the account of our token.
  objects::ApiTask<data::Value> subject();
  boost::asio::awaitable<void> see_off(std::string namespace_);
  objects::ApiTask<bool> let_go(std::string namespace_);

  kube::Client& client_;
  ProjectRightsOptions options_;
  std::unordered_set<std::string> bound_;
  std::unordered_map<std::string, rt::Timers::Moment> foreign_;           ///< no project's, seen then
  std::unordered_map<std::string, std::shared_ptr<rt::Signal>> in_work_;  ///< one binds, the others wait
  std::unordered_set<std::string> leaving_;
};

}  // namespace windlass::cluster
