// azure.secrets: what withAzureKeyvault binds. A service principal asks Microsoft's authority (AZURE_AUTHORITY_HOST)
// for a token, then the vault for each secret; values become variables, certificates files.
#include <algorithm>

#include "data/json.h"
#include "steps/bound.h"
#include "steps/credential_store.h"
#include "steps/families.h"
#include "steps/http_client.h"
#include "steps/http_service.h"
#include "steps/place_files.h"
#include "steps/secret_folder.h"
#include "text/codec.h"

namespace windlass::steps {

namespace {

using data::Value;

struct Principal {
  std::string tenant, client, secret;
};

std::expected<Principal, StepError> principal_of(EffectContext& context, const Value& arguments) {
  Principal out{.tenant = text_of(arguments, "tenantId"),
                .client = text_of(arguments, "applicationId"),
                .secret = text_of(arguments, "applicationSecret")};
  auto id = text_of(arguments, "credentialId");
  if (id.empty()) id = environment_variable(context.place, "AZURE_KEYVAULT_CREDENTIAL_ID");
  if (out.client.empty() && !id.empty()) {
    auto found = find_credential(context, id, {CredentialType::azure});
    if (!found) return std::unexpected(std::move(found).error());
    out = {.tenant = std::string(found->get_string("tenant")),
           .client = std::string(found->get_string("clientId")),
           .secret = std::string(found->get_string("clientSecret"))};
  }
  const auto fill = [&](std::string& value, std::string_view variable) {
    if (value.empty()) value = environment_variable(context.place, variable);
  };
  fill(out.tenant, "AZURE_TENANT_ID");
  fill(out.client, "AZURE_CLIENT_ID");
  fill(out.secret, "AZURE_CLIENT_SECRET");
  if (!out.secret.empty()) context.run.mask(out.secret);
  if (out.client.empty() || out.secret.empty() || out.tenant.empty()) {
    return std::unexpected(StepError{.message = "withAzureKeyvault has no service principal: name credentials of type "
                                                "azureServicePrincipal by credentialIDOverride",
                                     .fields = {}});
  }
  return out;
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

/// A token for the vault's service. Its own form is not JSON.
std::expected<std::string, StepError> token_of(EffectContext& context, const Principal& who, const std::string& vault) {
  auto authority = without_slash(environment_variable(context.place, "AZURE_AUTHORITY_HOST"));
  if (authority.empty()) authority = "https://login.microsoftonline.com";
  auto scope = environment_variable(context.place, "AZURE_KEYVAULT_RESOURCE");
  if (scope.empty()) {
    // The service is the vault's domain without the vault's name.
    const auto begin = vault.find("://");
    const auto host = vault.substr(begin == std::string::npos ? 0 : begin + 3);
    const auto dot = host.find('.');
    scope = dot == std::string::npos ? vault : "https://" + host.substr(dot + 1, host.find_first_of(":/") - dot - 1);
  }
  HttpRequest request;
  request.method = "POST";
  request.url = authority + "/" + text::encode_uri_component(who.tenant) + "/oauth2/v2.0/token";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = "grant_type=client_credentials&client_id=" + text::encode_uri_component(who.client) +
                 "&client_secret=" + text::encode_uri_component(who.secret) +
                 "&scope=" + text::encode_uri_component(scope + "/.default");
  request.timeout_millis = 60'000;
  auto answer = http_send(request, [&] { return context.run.cancelled(); });
  const auto refuse = [](const std::string& why) {
    return std::unexpected(StepError{.message = "Azure gave no token: " + why, .fields = {}});
  };
  if (!answer) return refuse(answer.error().message);
  if (answer->status != 200) return refuse("the answer was " + answer->status_line);
  auto body = data::parse_json(answer->body);
  if (!body) return refuse("the answer is no JSON");
  std::string token(body->get_string("access_token"));
  if (token.empty()) return refuse("the answer has no access_token");
  context.run.mask(token);
  return token;
}

Outcome bind_secrets(EffectContext& context, const Value& arguments) {
  auto vault = text_of(arguments, "vault");
  if (vault.empty()) vault = environment_variable(context.place, "AZURE_KEYVAULT_URL");
  vault = without_slash(vault);
  if (vault.empty()) return abort_with("withAzureKeyvault has no address of a vault: give keyVaultURLOverride");
  auto who = principal_of(context, arguments);
  if (!who) return std::unexpected(std::move(who).error());
  auto token = token_of(context, *who, vault);
  if (!token) return std::unexpected(std::move(token).error());
  Bound bound;
  const auto* wanted = arguments.find("secrets");
  for (const auto& one : wanted == nullptr ? std::span<const Value>{} : std::span<const Value>(wanted->items())) {
    if (context.run.cancelled()) {
      bound.release();
      return abort_with("the step was asked to stop");
    }
    const auto name = text_of(one, "name");
    const auto version = text_of(one, "version");
    const auto variable = text_of(one, "envVariable");
    std::string url = vault + "/secrets/" + text::encode_uri_component(name);
    if (!version.empty()) url += "/" + text::encode_uri_component(version);
    auto answer = call_json(context, "GET", url + "?api-version=7.4", {{"Authorization", "Bearer " + *token}}, nullptr);
    const auto refuse = [&](const std::string& why) -> Outcome {
      bound.release();
      return abort_with("Failed to retrieve secret " + name + " from vault " + vault + ": " + why);
    };
    if (!answer) return refuse(answer.error().message);
    if (!answer->is_success()) return refuse("the answer was " + std::to_string(answer->status) + " " + answer->text);
    const std::string value(answer->body.get_string("value"));
    if (text_of(one, "secretType") != "Certificate") {
      bound.set_secret(context, variable, value);
      continue;
    }
    // A certificate's secret is a PKCS #12 file; the variable is its path.
    if (!context.place.has_node) return refuse("a certificate becomes a file and needs a node");
    const auto content = text::decode_base64(value);
    auto folder = make_secret_folder(context, variable);
    if (!folder) return refuse(folder.error().message);
    bound.owns(*folder);
    if (!content) return refuse("the certificate is not Base64");
    if (auto done = write_secret(*folder, name + ".pfx", *content); !done) return refuse(done.error().message);
    bound.set_secret(context, variable, *folder + "/" + name + ".pfx");
  }
  return std::move(bound).result();
}

constexpr EffectDescription kEffects[] = {
    {"azure.secrets", EffectKind::keyed, false, bind_secrets},
};

}  // namespace

std::span<const EffectDescription> azure_effects() { return kEffects; }

}  // namespace windlass::steps
