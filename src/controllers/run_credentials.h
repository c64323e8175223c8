// The credentials of a project as its runs are given them: the Secrets of KubeSphere's four types in its namespace.
#pragma once

#include <string>

#include "controllers/controller.h"

namespace windlass::controllers {

/// A list as `windlass run --credentials` takes it. Read anew for each run that begins or goes on, so a credential that
/// was taken away is not there any more.
rt::Task<data::Value> credentials_of(objects::ObjectStore& store, std::string project);

/// One Secret as a credential; null for one of another type.
data::Value credential_from(const data::Value& secret);

}  // namespace windlass::controllers
