// Credentials: Secrets of four types whose values go in and never come out. Source: kubesphere API 4.4.
//
// A value that comes back empty, or not at all, is unchanged (ill 7: reading a credential and sending it back wiped
// it). User names are shown, as clients fill their forms with them.
#include <algorithm>

#include "controllers/credential_controller.h"
#include "controllers/names.h"
#include "kapis/answers.h"
#include "kapis/crud.h"
#include "objects/metadata.h"
#include "objects/secrets.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
using objects::Outcome;
namespace names = controllers::names;

namespace {

const objects::ResourceType& secrets() { return resource("secrets"); }

bool is_credential(const Value& secret) { return controllers::is_credential_type(secret.get_string("type")); }

void mask(Value& secret) {
  std::vector<std::pair<std::string, Value>> open;
  const Value* values = secret.find("data");
  for (const auto& key : controllers::credential_keys(secret.get_string("type"))) {
    const Value* value = values != nullptr && !key.secret ? values->find(key.name) : nullptr;
    if (value != nullptr) open.emplace_back(key.name, *value);
  }
  objects::mask_secret(secret);
  for (auto& [key, value] : open) secret.find("data")->set(key, std::move(value));
}

Response masked_answer(Value secret) {
  mask(secret);
  return json_answer(secret);
}

ApiTask<Value> find(Call& call) {
  auto secret = WL_API_TRY(co_await call.services.store.get(secrets(), call.at("d"), call.at("c")));
  // Another kind of Secret is none of this API's business, and its name is not told either.
  if (!is_credential(secret)) co_return objects::not_found(secrets().subject(call.at("c")));
  co_return secret;
}

ApiTask<Response> list(Call& call) {
  const auto query = WL_API_TRY(ListQuery::parse(call.request));
  auto all = WL_API_TRY(co_await list_objects(call, secrets(), call.at("d")));
  std::erase_if(all, [](const Value& secret) { return !is_credential(secret); });
  for (auto& secret : all) mask(secret);
  co_return json_answer(list_body(std::move(all), query));
}

Outcome<void> check_type(const std::string& type) {
  if (controllers::is_credential_type(type)) return {};
  return objects::bad_request("the type must be one of " + std::string(names::kBasicAuth) + ", " +
                              std::string(names::kSshAuth) + ", " + std::string(names::kSecretText) + ", " +
                              std::string(names::kKubeconfig) + ", not '" + type + "'");
}

ApiTask<Response> create(Call& call) {
  auto secret = WL_API_TRY(call.object());
  if (auto good = check_type(secret.get_string("type")); !good) co_return std::unexpected(std::move(good).error());
  objects::erase_meta(secret, "namespace");
  objects::set_annotation(secret, names::kCreator, call.user.name);
  objects::set_annotation(secret, names::kCredentialAutoSync, "true");
  mark_pending(secret, names::kCredentialSync, call.services.now_millis());
  auto made = WL_API_TRY(co_await call.services.store.create(secrets(), call.at("d"), std::move(secret)));
  co_return masked_answer(std::move(made));
}

ApiTask<Response> get(Call& call) { co_return masked_answer(WL_API_TRY(co_await find(call))); }

/// What the type keeps and the body leaves empty or out is as it was.
void keep_values(Value& wanted, const Value& stored) {
  if (wanted.find("data") == nullptr || !wanted.find("data")->has_members()) wanted.set("data", Value::map());
  Value& values = *wanted.find("data");
  const Value* texts = wanted.find("stringData");
  const Value* before = stored.find("data");
  for (const auto& key : controllers::credential_keys(stored.get_string("type"))) {
    const Value* kept = before != nullptr ? before->find(key.name) : nullptr;
    const bool given =
        !values.get_string(key.name).empty() || (texts != nullptr && !texts->get_string(key.name).empty());
    if (given || kept == nullptr) continue;
    values.set(std::string(key.name), *kept);
    if (Value* plain = wanted.find("stringData")) plain->mutable_members().erase(key.name);
  }
  objects::restore_masked(wanted, stored);
}

ApiTask<Response> update(Call& call) {
  auto body = WL_API_TRY(call.object());
  WL_API_TRY(co_await find(call));
  auto made = WL_API_TRY(co_await call.services.store.modify(
      secrets(), call.at("d"), call.at("c"), [body, now = call.services.now_millis()](Value stored) -> Outcome<Value> {
        Value wanted = replaced(stored, body);
        const auto type = wanted.get_string("type");
        if (!type.empty() && type != stored.get_string("type")) {
          return objects::bad_request("the type of a credential does not change: make a new one");
        }
        wanted.set("type", stored.get_string("type"));
        keep_values(wanted, stored);
        objects::set_annotation(wanted, names::kCredentialAutoSync, "true");
        mark_pending(wanted, names::kCredentialSync, now);
        return wanted;
      }));
  co_return masked_answer(std::move(made));
}

ApiTask<Response> remove(Call& call) {
  WL_API_TRY(co_await find(call));
  WL_API_TRY(co_await call.services.store.remove(secrets(), call.at("d"), call.at("c")));
  co_return deleted_answer();
}

/// Whether a script names an id as a text of its own: 'id' or "id".
bool names_credential(const std::string& script, const std::string& id) {
  return script.find("'" + id + "'") != std::string::npos || script.find("\"" + id + "\"") != std::string::npos;
}

std::string_view display_class(std::string_view type) {
  if (type == names::kBasicAuth) return "Username with password";
  if (type == names::kSshAuth) return "SSH Username with private key";
  if (type == names::kSecretText) return "Secret text";
  return "Kubernetes configuration (kubeconfig)";
}

ApiTask<Response> usage(Call& call) {
  auto secret = WL_API_TRY(co_await find(call));
  auto pipelines = WL_API_TRY(co_await list_objects(call, resource("pipelines"), call.at("d")));
  Value users = Value::list();
  for (const auto& pipeline : pipelines) {
    const Value* spec = pipeline.find("spec");
    const Value* block = spec != nullptr ? spec->find("pipeline") : nullptr;
    const Value* multi = spec != nullptr ? spec->find("multi_branch_pipeline") : nullptr;
    bool uses = block != nullptr && names_credential(block->get_string("jenkinsfile"), call.at("c"));
    if (multi != nullptr) {
      for (const auto& [key, source] : multi->members()) {
        uses = uses || (key.ends_with("_source") && source.get_string("credential_id") == call.at("c"));
      }
    }
    if (uses) {
      users.push(Value::map_of("name", call.at("d") + "/" + objects::meta_text(pipeline, "name"), "ranges",
                               Value::map_of("ranges", Value::list())));
    }
  }
  const auto type = secret.get_string("type");
  co_return json_answer(
      Value::map_of("id", call.at("c"), "type", display_class(type), "display_name", call.at("c"), "fingerprint",
                    Value::map_of("file_name", "", "hash", objects::annotation(secret, names::kCredentialHash), "usage",
                                  std::move(users)),
                    "description", objects::annotation(secret, names::kDescription), "domain", "_"));
}

constexpr Right of_secret(std::string_view verb) { return {verb, "", "secrets", "d", "c"}; }

constexpr Route kRoutes[] = {
    {"GET",
     "v1alpha3",
     "/DP/credentials",
     {"list", "", "secrets", "d", ""},
     Failures::crud,
     list,
     "credentials of a project, their values empty"},
    {"POST",
     "v1alpha3",
     "/DP/credentials",
     {"create", "", "secrets", "d", ""},
     Failures::crud,
     create,
     "a new credential"},
    {"GET", "v1alpha3", "/DP/credentials/{c}", of_secret("get"), Failures::crud, get,
     "one credential, its values empty whatever ?content says"},
    {"PUT", "v1alpha3", "/DP/credentials/{c}", of_secret("update"), Failures::crud, update,
     "changes a credential; values that are empty or left out stay"},
    {"DELETE", "v1alpha3", "/DP/credentials/{c}", of_secret("delete"), Failures::crud, remove, "deletes a credential"},
    {"GET", "v1alpha2", "/DP/credentials/{c}/usage", of_secret("get"), Failures::plain, usage,
     "which pipelines name the credential"},
};

}  // namespace

std::span<const Route> credential_routes() { return kRoutes; }

}  // namespace windlass::kapis
