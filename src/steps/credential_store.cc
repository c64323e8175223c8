#include "steps/credential_store.h"

#include <algorithm>
#include <array>

#include "text/codec.h"

namespace windlass::steps {

namespace {

struct TypeRow {
  CredentialType type;
  std::string_view name;       ///< in --credentials
  std::string_view display;    ///< what a credential is
  std::string_view interface;  ///< what a binding expects
};

constexpr std::array<TypeRow, 9> kTypes = {{
    {CredentialType::username_password, "usernamePassword", "Username with password",
     "com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials"},
    {CredentialType::text, "string", "Secret text", "org.jenkinsci.plugins.plaincredentials.StringCredentials"},
    {CredentialType::file, "file", "Secret file", "org.jenkinsci.plugins.plaincredentials.FileCredentials"},
    {CredentialType::ssh_key, "sshUserPrivateKey", "SSH Username with private key",
     "com.cloudbees.jenkins.plugins.sshcredentials.SSHUserPrivateKey"},
    {CredentialType::certificate, "certificate", "Certificate",
     "com.cloudbees.plugins.credentials.common.StandardCertificateCredentials"},
    {CredentialType::aws, "aws", "AWS Credentials",
     "com.cloudbees.jenkins.plugins.awscredentials.AmazonWebServicesCredentials"},
    {CredentialType::kubeconfig, "kubeconfig", "Kubernetes configuration (kubeconfig)",
     "com.microsoft.jenkins.kubernetes.credentials.KubeconfigCredentials"},
    {CredentialType::docker_cert, "dockerCert", "X.509 Client Certificate",
     "org.jenkinsci.plugins.docker.commons.credentials.DockerServerCredentials"},
    {CredentialType::azure, "azureServicePrincipal", "Azure Service Principal",
     "com.microsoft.azure.util.AzureCredentials"},
}};

const TypeRow* row_of(CredentialType type) {
  const auto* found = std::find_if(kTypes.begin(), kTypes.end(), [type](const auto& row) { return row.type == type; });
  return found == kTypes.end() ? nullptr : found;
}

std::unexpected<StepError> not_found(std::string message) {
  return throw_with("org.jenkinsci.plugins.credentialsbinding.impl.CredentialNotFoundException", std::move(message));
}

}  // namespace

CredentialType credential_type(const data::Value& credential) {
  const auto name = credential.get_string("type");
  for (const auto& row : kTypes) {
    if (row.name == name) return row.type;
  }
  return CredentialType::unknown;
}

std::vector<std::string_view> credential_type_names() {
  std::vector<std::string_view> out;
  for (const auto& row : kTypes) out.push_back(row.name);
  return out;
}

std::string_view display_name(CredentialType type) {
  const auto* row = row_of(type);
  return row == nullptr ? std::string_view("unknown") : row->display;
}

std::expected<data::Value, StepError> find_credential(EffectContext& context, const std::string& id) {
  auto found = context.run.credential(id);
  if (!found) return not_found("Could not find credentials entry with ID '" + id + "'");
  return std::move(*found);
}

std::expected<data::Value, StepError> find_credential(EffectContext& context, const std::string& id,
                                                      std::initializer_list<CredentialType> types) {
  auto found = find_credential(context, id);
  if (!found) return found;
  const auto type = credential_type(*found);
  if (std::find(types.begin(), types.end(), type) != types.end()) return found;
  const auto* expected = row_of(*types.begin());
  const auto is = type == CredentialType::unknown ? found->get_string("type") : std::string(display_name(type));
  return not_found("Credentials '" + id + "' is of type '" + is + "' where '" +
                   std::string(expected == nullptr ? std::string_view() : expected->interface) + "' was expected");
}

std::string credential_bytes(const data::Value& credential, std::string_view member) {
  const auto encoded = credential.get_string(std::string(member) + "Base64");
  if (!encoded.empty()) return text::decode_base64_lenient(encoded);
  const auto* plain = credential.find(member);
  return plain == nullptr ? std::string() : plain->text();
}

std::expected<Login, StepError> find_login(EffectContext& context, const std::string& id) {
  auto found = find_credential(context, id, {CredentialType::username_password, CredentialType::text});
  if (!found) return std::unexpected(std::move(found).error());
  Login login;
  if (credential_type(*found) == CredentialType::text) {
    login.password = found->get_string("secret");
  } else {
    login.user = found->get_string("username");
    login.password = found->get_string("password");
  }
  if (!login.password.empty()) context.run.mask(login.password);
  return login;
}

}  // namespace windlass::steps
