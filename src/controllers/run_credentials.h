// The credentials of a project as its runs are given them: the Secrets of KubeSphere's four types in its namespace.
#pragma once

#include <string>
#include <string_view>

#include "controllers/controller.h"

namespace windlass::controllers {

/// A ConfigMap each of whose keys is a managed file (`configFileProvider`, `withMaven`) of every project.
struct ManagedFiles {
  std::string_view namespace_, name;
};

/// A list as `windlass run --credentials` takes it. Read anew for each run that begins or goes on, so a credential that
/// was taken away is not there any more. A credential of the project's own goes before a managed file of its id.
rt::Task<data::Value> credentials_of(objects::ObjectStore& store, std::string project, ManagedFiles files = {});

/// One Secret as a credential; null for one of another type.
data::Value credential_from(const data::Value& secret);

}  // namespace windlass::controllers
