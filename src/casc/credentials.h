// `credentials.system.domainCredentials`: the kinds by which an API server is called. No message holds a secret.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "casc/configuration.h"
#include "data/value.h"
#include "pods/field_reader.h"

namespace windlass::casc {

/// Errors: invalid, with the path (a credential without an id, a file that is no base64).
Result<std::vector<Credential>> read_credentials(const data::Value& value, const std::string& path,
                                                 std::vector<pods::Note>& notes);
/// The same as it was written, secrets as `********`; null where there are none.
data::Value write_credentials(const std::vector<Credential>& credentials);

}  // namespace windlass::casc
