#include "controllers/run_credentials.h"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "controllers/credential_controller.h"
#include "controllers/names.h"
#include "objects/metadata.h"
#include "text/codec.h"

namespace windlass::controllers {

using data::Value;

namespace {

std::string field(const Value& secret, std::string_view key) {
  const auto* map = secret.find("data");
  if (map == nullptr) return {};
  const auto decoded = text::decode_base64(map->get_string(key));
  return decoded ? *decoded : std::string();
}

}  // namespace

Value credential_from(const Value& secret) {
  const auto type = secret.get_string("type");
  auto out = Value::map_of("id", objects::meta_text(secret, "name"), "description",
                           objects::annotation(secret, names::kDescription));
  if (type == names::kBasicAuth) {
    out.set("type", "usernamePassword");
    out.set("username", field(secret, "username"));
    out.set("password", field(secret, "password"));
  } else if (type == names::kSshAuth) {
    out.set("type", "sshUserPrivateKey");
    out.set("username", field(secret, "username"));
    out.set("privateKey", field(secret, "private_key"));
    out.set("passphrase", field(secret, "passphrase"));
  } else if (type == names::kSecretText) {
    out.set("type", "string");
    out.set("secret", field(secret, "secret"));
  } else if (type == names::kKubeconfig) {
    out.set("type", "kubeconfig");
    out.set("content", field(secret, "content"));
  } else {
    return {};
  }
  return out;
}

namespace {

/// Nothing where no file is named.
objects::ApiTask<Value> managed_files(objects::ObjectStore& store, ManagedFiles files) {
  if (files.name.empty()) co_return Value();
  co_return co_await store.get(*objects::find_resource("", "v1", "configmaps"), std::string(files.namespace_),
                               std::string(files.name));
}

}  // namespace

rt::Task<Value> credentials_of(objects::ObjectStore& store, std::string project, ManagedFiles files) {
  objects::ListOptions options;
  options.namespace_ = std::move(project);
  options.fields = CredentialReconciler::not_of_others();
  // Both at once: a run waits for them, and each is a way to the cluster.
  using boost::asio::experimental::awaitable_operators::operator&&;
  auto [secrets, map] = co_await (store.list(*objects::find_resource("", "v1", "secrets"), std::move(options)) &&
                                  managed_files(store, files));
  if (!secrets) co_return fail(objects::to_error(secrets.error()));
  auto out = Value::list();
  for (const auto& secret : secrets->items) {
    // Deleted is deleted, though its finalizer has not been seen to: nothing binds it any more.
    if (objects::is_being_deleted(secret)) continue;
    if (auto credential = credential_from(secret); !credential.is_null()) out.push(std::move(credential));
  }
  // A server that may not read it, or a cluster without it, has no such files; whoever names one is told.
  if (!map && map.error().code != 404 && map.error().code != 403) co_return fail(objects::to_error(map.error()));
  const auto* texts = map ? map->find("data") : nullptr;
  if (texts == nullptr) co_return out;
  for (const auto& [key, text] : texts->members()) {
    const bool taken = std::ranges::any_of(out.items(), [&](const Value& one) { return one.get_string("id") == key; });
    if (!taken) out.push(Value::map_of("id", key, "name", key, "type", "configFile", "content", text.text()));
  }
  co_return out;
}

}  // namespace windlass::controllers
