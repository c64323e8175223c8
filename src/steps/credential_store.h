// Credentials as steps look them up: by id, with the type they need, and Jenkins' sentences when that fails.
// The list is that of --credentials: maps with `id`, `type` and the type's own members.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "steps/effect.h"

namespace windlass::steps {

enum class CredentialType : std::uint8_t {
  username_password,
  text,  ///< "string": one secret text
  file,
  ssh_key,
  certificate,
  aws,
  kubeconfig,
  docker_cert,
  azure,
  unknown,
};

CredentialType credential_type(const data::Value& credential);
/// What `type` of a credential may be.
std::vector<std::string_view> credential_type_names();
/// As Jenkins' pages call it: "Username with password".
std::string_view display_name(CredentialType type);

/// The credential of that id, of any type. Error: CredentialNotFoundException.
std::expected<data::Value, StepError> find_credential(EffectContext& context, const std::string& id);
/// The same, of that type; where several fit, the first of `types` names what was expected.
std::expected<data::Value, StepError> find_credential(EffectContext& context, const std::string& id,
                                                      std::initializer_list<CredentialType> types);

/// Content of a member that may be given as text (`content`) or encoded (`contentBase64`).
std::string credential_bytes(const data::Value& credential, std::string_view member);

/// Username and password of an optional credential id; a secret text is a password with an empty user name.
struct Login {
  std::string user, password;
};
std::expected<Login, StepError> find_login(EffectContext& context, const std::string& id);

}  // namespace windlass::steps
