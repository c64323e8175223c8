// What withCredentials and Declarative's credentials() lend to a body.
// Texts, file names and which values are secret: pipeline-language 6.8 and 2.5.
//
// Invariant: a secret is known to the log's masking before anything of it can be printed; files are 0400 in a folder of
// their own and gone after the body. Kind keyed: a repeated bind writes the same files at the same place.
#include "steps/credential_bindings.h"

#include <algorithm>
#include <array>

#include "files/archive.h"
#include "steps/bound.h"
#include "steps/credential_store.h"
#include "steps/place_files.h"
#include "steps/secret_folder.h"

namespace windlass::steps {

namespace {

using data::Value;
using Done = std::expected<void, StepError>;

struct Binding {
  EffectContext& context;
  const Value& wanted;
  Bound& bound;
  TakeRole take_role;
  std::string part;  ///< tells the folders of one step apart

  [[nodiscard]] std::string id() const { return wanted.get_string("credentialsId"); }
  [[nodiscard]] std::string variable(std::string_view name) const { return wanted.get_string(name); }
};

std::unexpected<StepError> needs_node(const EffectContext& context) {
  return throw_with("org.jenkinsci.plugins.workflow.steps.MissingContextVariableException",
                    "Required context class hudson.FilePath is missing\nPerhaps you forgot to surround the " +
                        context.step + " step with a step that provides this, such as: node");
}

std::unexpected<StepError> failed(const Error& error) { return throw_with("java.io.IOException", error.message); }

std::expected<std::string, StepError> folder_for(Binding& binding) {
  if (!binding.context.place.has_node) return needs_node(binding.context);
  auto folder = make_secret_folder(binding.context, binding.part);
  if (!folder) return failed(folder.error());
  binding.bound.owns(*folder);
  return *folder;
}

std::expected<std::string, StepError> file_for(Binding& binding, std::string_view name, std::string_view bytes) {
  auto folder = folder_for(binding);
  if (!folder) return folder;
  auto path = write_secret(*folder, name, bytes);
  if (!path) return failed(path.error());
  return *path;
}

void set_user(Binding& binding, const std::string& variable, const Value& credential) {
  if (variable.empty()) return;
  const auto user = credential.get_string("username");
  if (credential.get_bool("usernameSecret")) {
    binding.bound.set_secret(binding.context, variable, user);
  } else {
    binding.bound.set(variable, user);
  }
}

void set_secret_if_named(Binding& binding, const std::string& variable, std::string_view value) {
  if (!variable.empty()) binding.bound.set_secret(binding.context, variable, value);
}

/// Lines of a key that are nothing but key: long and without blanks.
void mask_key_lines(Binding& binding, std::string_view key) {
  constexpr std::size_t kLeastLine = 32;
  while (!key.empty()) {
    const auto end = std::min(key.find('\n'), key.size());
    const auto line = key.substr(0, end);
    if (line.size() >= kLeastLine && line.find_first_of(" -\t") == std::string_view::npos) {
      binding.bound.mask(binding.context, line);
    }
    key.remove_prefix(std::min(end + 1, key.size()));
  }
}

Done bind_username_password(Binding& binding) {
  auto found = find_credential(binding.context, binding.id(), {CredentialType::username_password});
  if (!found) return std::unexpected(std::move(found).error());
  set_user(binding, binding.variable("usernameVariable"), *found);
  set_secret_if_named(binding, binding.variable("passwordVariable"), found->get_string("password"));
  return {};
}

void set_pair(Binding& binding, const std::string& variable, const Value& credential) {
  const auto password = credential.get_string("password");
  binding.bound.set_secret(binding.context, variable, credential.get_string("username") + ":" + password);
  binding.bound.mask(binding.context, password);
}

Done bind_username_colon_password(Binding& binding) {
  auto found = find_credential(binding.context, binding.id(), {CredentialType::username_password});
  if (!found) return std::unexpected(std::move(found).error());
  set_pair(binding, binding.variable("variable"), *found);
  return {};
}

Done bind_text(Binding& binding) {
  auto found = find_credential(binding.context, binding.id(), {CredentialType::text});
  if (!found) return std::unexpected(std::move(found).error());
  binding.bound.set_secret(binding.context, binding.variable("variable"), found->get_string("secret"));
  return {};
}

Done bind_file(Binding& binding) {
  auto found = find_credential(binding.context, binding.id(), {CredentialType::file, CredentialType::kubeconfig});
  if (!found) return std::unexpected(std::move(found).error());
  auto path = file_for(binding, found->get_string("fileName", "secret"), credential_bytes(*found, "content"));
  if (!path) return std::unexpected(std::move(path).error());
  binding.bound.set_secret(binding.context, binding.variable("variable"), *path);
  return {};
}

Done bind_zip(Binding& binding) {
  auto found = find_credential(binding.context, binding.id(), {CredentialType::file});
  if (!found) return std::unexpected(std::move(found).error());
  auto folder = folder_for(binding);
  if (!folder) return std::unexpected(std::move(folder).error());
  auto root = files::Root::confined(*folder);
  if (!root) return failed(root.error());
  constexpr std::string_view kArchive = ".credential.zip";
  auto archive = write_secret(*folder, kArchive, credential_bytes(*found, "content"), 0600);
  if (!archive) return failed(archive.error());
  files::UnpackOptions options;
  options.limits.max_bytes = 1ULL << 30U;
  if (auto done = files::unpack(*root, kArchive, *root, "content", options); !done) return failed(done.error());
  if (auto gone = root->remove(kArchive); !gone) return failed(gone.error());
  binding.bound.set_secret(binding.context, binding.variable("variable"), *folder + "/content");
  return {};
}

Done bind_key(Binding& binding) {
  auto found = find_credential(binding.context, binding.id(), {CredentialType::ssh_key});
  if (!found) return std::unexpected(std::move(found).error());
  auto key = found->get_string("privateKey");
  if (!key.ends_with('\n')) key += '\n';
  const auto variable = binding.variable("keyFileVariable");
  auto path = file_for(binding, "ssh-key-" + variable, key);
  if (!path) return std::unexpected(std::move(path).error());
  mask_key_lines(binding, key);
  binding.bound.set_secret(binding.context, variable, *path);
  set_secret_if_named(binding, binding.variable("passphraseVariable"), found->get_string("passphrase"));
  set_user(binding, binding.variable("usernameVariable"), *found);
  return {};
}

Done bind_certificate(Binding& binding) {
  auto found = find_credential(binding.context, binding.id(), {CredentialType::certificate});
  if (!found) return std::unexpected(std::move(found).error());
  const auto variable = binding.variable("keystoreVariable");
  auto path = file_for(binding, "keystore-" + variable, credential_bytes(*found, "keystore"));
  if (!path) return std::unexpected(std::move(path).error());
  binding.bound.set_secret(binding.context, variable, *path);
  set_secret_if_named(binding, binding.variable("passwordVariable"), found->get_string("password"));
  if (const auto alias = binding.variable("aliasVariable"); !alias.empty()) {
    binding.bound.set(alias, found->get_string("alias", found->get_string("description")));
  }
  return {};
}

/// git asks this program for name and password; the secret stays in the environment of the body.
Done bind_git(Binding& binding) {
  auto found = find_credential(binding.context, binding.id(), {CredentialType::username_password});
  if (!found) return std::unexpected(std::move(found).error());
  auto folder = folder_for(binding);
  if (!folder) return std::unexpected(std::move(folder).error());
  auto script = write_secret(*folder, "askpass.sh",
                             "#!/bin/sh\ncase \"$1\" in\n[Uu]sername*) printf '%s\\n' \"$GIT_USERNAME\" ;;\n"
                             "*) printf '%s\\n' \"$GIT_PASSWORD\" ;;\nesac\n",
                             0500);
  if (!script) return failed(script.error());
  set_user(binding, "GIT_USERNAME", *found);
  binding.bound.set_secret(binding.context, "GIT_PASSWORD", found->get_string("password"));
  binding.bound.set("GIT_ASKPASS", *script);
  binding.bound.set("GIT_TERMINAL_PROMPT", "false");
  binding.bound.set("GCM_INTERACTIVE", "false");
  return {};
}

Done bind_aws(Binding& binding) {
  auto found = find_credential(binding.context, binding.id(), {CredentialType::aws, CredentialType::username_password});
  if (!found) return std::unexpected(std::move(found).error());
  const bool pair = credential_type(*found) == CredentialType::username_password;
  AwsKeys keys{.access_key = found->get_string(pair ? "username" : "accessKey"),
               .secret_key = found->get_string(pair ? "password" : "secretKey"),
               .session_token = found->get_string("sessionToken")};
  binding.bound.mask(binding.context, keys.secret_key);
  if (const auto role = binding.wanted.get_string("roleArn", found->get_string("iamRoleArn")); !role.empty()) {
    AwsRole wanted{.arn = role,
                   .session_name = binding.wanted.get_string("roleSessionName", "windlass"),
                   .external_id = found->get_string("iamExternalId"),
                   .seconds = binding.wanted.get_int("roleSessionDurationSeconds", 3600)};
    if (binding.take_role == nullptr) return abort_with("the role " + role + " can be taken by the server only");
    auto assumed = binding.take_role(binding.context, keys, wanted);
    if (!assumed) return std::unexpected(std::move(assumed).error());
    keys = std::move(*assumed);
  }
  binding.bound.set_secret(binding.context, binding.wanted.get_string("accessKeyVariable", "AWS_ACCESS_KEY_ID"),
                           keys.access_key);
  binding.bound.set_secret(binding.context, binding.wanted.get_string("secretKeyVariable", "AWS_SECRET_ACCESS_KEY"),
                           keys.secret_key);
  if (!keys.session_token.empty()) {
    binding.bound.set_secret(binding.context, "AWS_SESSION_TOKEN", keys.session_token);
  }
  return {};
}

Done bind_docker_certificate(Binding& binding) {
  auto found = find_credential(binding.context, binding.id(), {CredentialType::docker_cert});
  if (!found) return std::unexpected(std::move(found).error());
  auto folder = folder_for(binding);
  if (!folder) return std::unexpected(std::move(folder).error());
  static constexpr std::pair<std::string_view, std::string_view> kFiles[] = {
      {"key.pem", "clientKey"}, {"cert.pem", "clientCertificate"}, {"ca.pem", "serverCaCertificate"}};
  for (const auto& [name, member] : kFiles) {
    if (auto done = write_secret(*folder, name, credential_bytes(*found, member)); !done) return failed(done.error());
  }
  mask_key_lines(binding, credential_bytes(*found, "clientKey"));
  binding.bound.set_secret(binding.context, binding.variable("variable"), *folder);
  return {};
}

Done bind_azure(Binding& binding) {
  auto found = find_credential(binding.context, binding.id(), {CredentialType::azure});
  if (!found) return std::unexpected(std::move(found).error());
  static constexpr std::array<std::array<std::string_view, 3>, 4> kVariables = {
      {{"subscriptionIdVariable", "AZURE_SUBSCRIPTION_ID", "subscriptionId"},
       {"clientIdVariable", "AZURE_CLIENT_ID", "clientId"},
       {"clientSecretVariable", "AZURE_CLIENT_SECRET", "clientSecret"},
       {"tenantIdVariable", "AZURE_TENANT_ID", "tenant"}}};
  for (const auto& [field, otherwise, member] : kVariables) {
    binding.bound.set_secret(binding.context, binding.wanted.get_string(field, otherwise), found->get_string(member));
  }
  return {};
}

/// `NAME = credentials('id')`: the variables follow from the credential's type.
Done bind_declarative(Binding& binding) {
  const auto variable = binding.variable("variable");
  auto found = find_credential(binding.context, binding.id());
  if (!found) return std::unexpected(std::move(found).error());
  const auto type = credential_type(*found);
  switch (type) {
    case CredentialType::text:
      return bind_text(binding);
    case CredentialType::file:
    case CredentialType::kubeconfig:
      return bind_file(binding);
    case CredentialType::username_password:
      set_pair(binding, variable, *found);
      set_user(binding, variable + "_USR", *found);
      binding.bound.set_secret(binding.context, variable + "_PSW", found->get_string("password"));
      return {};
    case CredentialType::ssh_key: {
      const auto wanted = Value::map_of("credentialsId", binding.id(), "keyFileVariable", variable,
                                        "passphraseVariable", variable + "_PSW", "usernameVariable", variable + "_USR");
      Binding key{.context = binding.context,
                  .wanted = wanted,
                  .bound = binding.bound,
                  .take_role = binding.take_role,
                  .part = binding.part};
      return bind_key(key);
    }
    case CredentialType::certificate:
    case CredentialType::aws:
    case CredentialType::docker_cert:
    case CredentialType::azure:
    case CredentialType::unknown:
      break;
  }
  const auto name = type == CredentialType::unknown ? found->get_string("type") : std::string(display_name(type));
  return throw_with(
      "org.jenkinsci.plugins.credentialsbinding.impl.CredentialNotFoundException",
      "No suitable binding handler could be found for type " + name +
          ". Supported types are StringCredentials, FileCredentials, StandardUsernamePasswordCredentials, "
          "SSHUserPrivateKey; bind others by the withCredentials step.");
}

struct BindingRow {
  std::string_view name;
  Done (*bind)(Binding&);
};
constexpr BindingRow kBindings[] = {
    {"usernamePassword", bind_username_password},
    {"usernameColonPassword", bind_username_colon_password},
    {"string", bind_text},
    {"vaultString", bind_text},
    {"file", bind_file},
    {"kubeconfigFile", bind_file},
    {"zip", bind_zip},
    {"sshUserPrivateKey", bind_key},
    {"certificate", bind_certificate},
    {"gitUsernamePassword", bind_git},
    {"aws", bind_aws},
    {"dockerCert", bind_docker_certificate},
    {"azureServicePrincipal", bind_azure},
    {"DeclarativeCredentials", bind_declarative},
};

Done bind_all(EffectContext& context, const Value& arguments, Bound& bound, TakeRole take_role) {
  const auto* list = arguments.find("bindings");
  if (list == nullptr) return {};
  std::size_t position = 0;
  for (const auto& wanted : list->items()) {
    const auto name = wanted.get_string("$class");
    const auto* row = std::find_if(std::begin(kBindings), std::end(kBindings),
                                   [&](const auto& candidate) { return candidate.name == name; });
    if (row == std::end(kBindings)) return abort_with("there is no credential binding " + name);
    Binding binding{.context = context,
                    .wanted = wanted,
                    .bound = bound,
                    .take_role = take_role,
                    .part = "binding " + std::to_string(position++)};
    if (auto done = row->bind(binding); !done) return done;
  }
  return {};
}

}  // namespace

Outcome bind_credentials(EffectContext& context, const Value& arguments, TakeRole take_role) {
  Bound bound;
  if (auto done = bind_all(context, arguments, bound, take_role); !done) {
    bound.release();
    return std::unexpected(std::move(done).error());
  }
  return std::move(bound).result();
}

}  // namespace windlass::steps
