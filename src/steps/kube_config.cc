#include "steps/kube_config.h"

#include "data/json.h"
#include "data/yaml.h"
#include "steps/credential_store.h"
#include "text/codec.h"

namespace windlass::steps {

namespace {

using data::Value;

/// The member `inner` of the entry called `name` in a list of {name, inner: {…}}; nullptr without.
Value* entry_of(Value& config, std::string_view list, std::string_view inner, std::string_view name) {
  auto* entries = config.find(list);
  if (entries == nullptr || !entries->is_list()) return nullptr;
  for (auto& entry : entries->mutable_items()) {
    if (entry.get_string("name") == name) return entry.find(inner);
  }
  return nullptr;
}

/// Tokens and passwords of all users: they may show up in what kubectl prints.
std::vector<std::string> secrets_of_users(const Value& config) {
  std::vector<std::string> out;
  const auto* users = config.find("users");
  if (users == nullptr) return out;
  for (const auto& entry : users->items()) {
    const auto* user = entry.find("user");
    if (user == nullptr) continue;
    for (const char* member : {"token", "password", "client-key-data"}) {
      if (auto secret = user->get_string(member); !secret.empty()) out.push_back(std::move(secret));
    }
  }
  return out;
}

void mask_users(EffectContext& context, const Value& config) {
  for (const auto& secret : secrets_of_users(config)) context.run.mask(secret);
}

Result<Value> parse_config(const Value& credential) {
  return data::parse_yaml(credential_bytes(credential, "content"),
                          {.dialect = data::YamlDialect::k8s, .max_bytes = 4U << 20U});
}

void set_cluster(Value& cluster, const KubeConfigWish& wish) {
  if (!wish.server_url.empty()) cluster.set("server", wish.server_url);
  if (wish.ca_certificate.empty()) {
    if (!wish.server_url.empty()) cluster.set("insecure-skip-tls-verify", true);
    return;
  }
  std::string pem = wish.ca_certificate;
  if (pem.find("-----BEGIN") == std::string::npos) {
    pem = "-----BEGIN CERTIFICATE-----\n" + pem + "\n-----END CERTIFICATE-----\n";
  }
  cluster.set("certificate-authority-data", text::encode_base64(pem));
}

std::expected<std::string, StepError> change_file(EffectContext& context, const Value& credential,
                                                  const KubeConfigWish& wish) {
  auto parsed = parse_config(credential);
  if (!parsed || !parsed->has_members()) {
    return abort_with("Credentials '" + wish.credentials_id + "' hold no kubeconfig" +
                      (parsed ? "" : ": " + parsed.error().message));
  }
  auto& config = *parsed;
  mask_users(context, config);
  if (!wish.context_name.empty()) config.set("current-context", wish.context_name);
  auto* chosen = entry_of(config, "contexts", "context", config.get_string("current-context"));
  if (chosen == nullptr && (!wish.context_name.empty() || !wish.namespace_name.empty() || !wish.server_url.empty())) {
    return abort_with("The kubeconfig of '" + wish.credentials_id + "' has no context '" +
                      config.get_string("current-context") + "'");
  }
  if (chosen != nullptr) {
    if (!wish.cluster_name.empty()) chosen->set("cluster", wish.cluster_name);
    if (!wish.namespace_name.empty()) chosen->set("namespace", wish.namespace_name);
    if (auto* cluster = entry_of(config, "clusters", "cluster", chosen->get_string("cluster"))) {
      set_cluster(*cluster, wish);
    }
  }
  return data::format_json(config);
}

}  // namespace

std::vector<std::string> kube_config_secrets(const Value& credential) {
  const auto parsed = parse_config(credential);
  return parsed ? secrets_of_users(*parsed) : std::vector<std::string>();
}

std::expected<std::string, StepError> make_kube_config(EffectContext& context, const KubeConfigWish& wish) {
  auto found = find_credential(context, wish.credentials_id);
  if (!found) return std::unexpected(std::move(found).error());
  auto user = Value::map();
  switch (credential_type(*found)) {
    case CredentialType::file:
    case CredentialType::kubeconfig:
      return change_file(context, *found, wish);
    case CredentialType::text:
      user.set("token", found->get_string("secret"));
      break;
    case CredentialType::username_password:
      user.set("username", found->get_string("username"));
      user.set("password", found->get_string("password"));
      break;
    default:
      return abort_with("Unsupported credentials of type '" + std::string(display_name(credential_type(*found))) +
                        "' for a kubeconfig: use a secret file, a secret text or a username with password");
  }
  if (wish.server_url.empty()) return abort_with("Credentials '" + wish.credentials_id + "' need a serverUrl");
  const auto cluster_name = wish.cluster_name.empty() ? "k8s" : wish.cluster_name;
  const auto context_name = wish.context_name.empty() ? "k8s" : wish.context_name;
  auto cluster = Value::map();
  set_cluster(cluster, wish);
  auto chosen = Value::map_of("cluster", cluster_name, "user", "cred-user");
  if (!wish.namespace_name.empty()) chosen.set("namespace", wish.namespace_name);
  auto config =
      Value::map_of("apiVersion", "v1", "kind", "Config", "clusters",
                    Value::list_of(Value::map_of("name", cluster_name, "cluster", std::move(cluster))), "users",
                    Value::list_of(Value::map_of("name", "cred-user", "user", std::move(user))), "contexts",
                    Value::list_of(Value::map_of("name", context_name, "context", std::move(chosen))),
                    "current-context", context_name);
  mask_users(context, config);
  return data::format_json(config);
}

}  // namespace windlass::steps
