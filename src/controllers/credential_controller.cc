#include "controllers/credential_controller.h"

#include "controllers/names.h"
#include "controllers/object_changes.h"
#include "data/json.h"
#include "data/yaml.h"
#include "objects/metadata.h"
#include "text/codec.h"

namespace windlass::controllers {

using data::Value;

namespace {

const objects::ResourceType& secret_type() { return *objects::find_resource("", "v1", "secrets"); }
const objects::ResourceType& namespace_type() { return *objects::find_resource("", "v1", "namespaces"); }

bool bring_in_order(Value& secret, const std::string& hash, std::int64_t now_millis) {
  bool changed = add_finalizer(secret, names::kCredentialFinalizer);
  const auto problem = joined_sentences(check_credential(secret));
  const bool new_values = ensure_annotation(secret, names::kCredentialHash, hash);
  const bool new_state = write_sync(secret, names::kCredentialSync, {problem.empty(), problem}, now_millis);
  if (new_values && !new_state) {
    ensure_annotation(secret, std::string(names::kCredentialSync) + std::string(names::kSyncTime),
                      objects::format_rfc3339(now_millis));
  }
  changed |= new_values | new_state;
  return changed;
}

}  // namespace

std::vector<CredentialKey> credential_keys(std::string_view type) {
  if (type == names::kBasicAuth) return {{"username", true, false}, {"password", true, true}};
  if (type == names::kSshAuth) {
    return {{"username", true, false}, {"private_key", true, true}, {"passphrase", false, true}};
  }
  if (type == names::kSecretText) return {{"secret", true, true}};
  if (type == names::kKubeconfig) return {{"content", true, true}};
  return {};
}

bool is_credential_type(std::string_view type) { return !credential_keys(type).empty(); }

std::vector<std::string> check_credential(const Value& secret) {
  std::vector<std::string> out;
  const auto type = secret.get_string("type");
  const Value* values = secret.find("data");
  for (const auto& key : credential_keys(type)) {
    const auto encoded = values != nullptr ? values->get_string(key.name) : std::string();
    const std::string place = "data." + std::string(key.name);
    if (encoded.empty()) {
      if (key.required) out.push_back(place + ": missing, and the type is " + type);
      continue;
    }
    const auto plain = text::decode_base64(encoded);
    if (!plain) {
      out.push_back(place + ": is no base64");
      continue;
    }
    if (key.name == "private_key" && plain->find("-----BEGIN ") == std::string::npos) {
      out.push_back(place + ": is no private key: the line -----BEGIN … PRIVATE KEY----- is missing");
    }
    if (key.name == "content") {
      auto config = data::parse_yaml(*plain);
      if (!config || !config->has_members() || config->find("clusters") == nullptr) {
        out.push_back(place + ": is no kubeconfig: it has no list of clusters");
      }
    }
  }
  return out;
}

const objects::FieldSelector& CredentialReconciler::not_of_others() {
  // A selector of fields cannot say "one of these", so it says what the many others of a cluster are.
  static const auto kSelector =
      objects::FieldSelector::parse(
          "type!=Opaque,type!=kubernetes.io/service-account-token,type!=kubernetes.io/dockerconfigjson,"
          "type!=kubernetes.io/dockercfg,type!=kubernetes.io/tls,type!=helm.sh/release.v1,"
          "type!=bootstrap.kubernetes.io/token")
          .value_or(objects::FieldSelector());
  return kSelector;
}

/// A Secret outside of projects is looked at without its content, and only a finalizer of ours is a matter of ours.
rt::Task<bool> CredentialReconciler::waits_for_us(const Key& key) {
  objects::ListOptions alone;
  alone.namespace_ = key.namespace_;
  alone.fields = WL_CO_TRY(objects::to_result(objects::FieldSelector::parse("metadata.name=" + key.name)));
  alone.metadata_only = true;
  const auto found = WL_CO_TRY(objects::to_result(co_await store_.list(secret_type(), std::move(alone))));
  for (const auto& one : found.items) {
    if (objects::is_being_deleted(one) && has_finalizer(one, names::kCredentialFinalizer)) co_return true;
  }
  co_return false;
}

rt::Task<Requeue> CredentialReconciler::reconcile(Key key) {
  auto space = co_await store_.get(namespace_type(), "", key.namespace_);
  if (!space && space.error().code != 404) co_return fail(objects::to_error(space.error()));
  const bool in_project = space && !objects::label(*space, names::kProjectLabel).empty();
  if (!in_project && !WL_CO_TRY(co_await waits_for_us(key))) co_return Requeue{};
  auto found = co_await store_.get(secret_type(), key.namespace_, key.name);
  if (!found) {
    if (found.error().code == 404) co_return Requeue{};
    co_return fail(objects::to_error(found.error()));
  }
  const bool ours = is_credential_type(found->get_string("type"));
  if (objects::is_being_deleted(*found) || !ours) {
    // Runs that bound it keep what they bound; nothing outside has to agree (ill 18).
    if (!has_finalizer(*found, names::kCredentialFinalizer)) co_return Requeue{};
    auto gone =
        co_await store_.modify(secret_type(), key.namespace_, key.name, [](Value object) -> objects::Outcome<Value> {
          remove_finalizer(object, names::kCredentialFinalizer);
          return object;
        });
    if (!gone && gone.error().code != 404) co_return fail(objects::to_error(gone.error()));
    co_return Requeue{};
  }
  if (!in_project) co_return Requeue{};

  const auto message_key = std::string(names::kCredentialSync) + std::string(names::kSyncMessage);
  const auto before = objects::annotation(*found, message_key);
  const auto hash_of = [keyed_hash = keyed_hash_](const Value& secret) {
    const Value* values = secret.find("data");
    return keyed_hash(secret.get_string("type") + "\n" +
                      (values != nullptr ? data::format_json_canonical(*values) : std::string()));
  };
  Value wanted = *found;
  if (!bring_in_order(wanted, hash_of(*found), now_millis_())) co_return Requeue{};
  auto written = co_await store_.modify(secret_type(), key.namespace_, key.name,
                                        [hash_of, now = now_millis_()](Value object) -> objects::Outcome<Value> {
                                          if (objects::is_being_deleted(object)) return object;
                                          if (!is_credential_type(object.get_string("type"))) return object;
                                          const auto hash = hash_of(object);
                                          bring_in_order(object, hash, now);
                                          return object;
                                        });
  if (!written) {
    if (written.error().code == 404) co_return Requeue{};
    co_return fail(objects::to_error(written.error()));
  }
  const auto message = objects::annotation(*written, message_key);
  if (!message.empty() && message != before) {
    co_await events_.record(*written, EventType::warning, "CredentialInvalid", message);
  }
  co_return Requeue{};
}

}  // namespace windlass::controllers
