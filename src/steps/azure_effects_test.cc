#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "steps/testing/fake_run.h"
#include "steps/testing/http_peer.h"

namespace windlass::steps {
namespace {

using data::Value;
using testing::HasSubstr;

struct AzureVault : testing::Test {
  AzureVault() {
    run.credentials.push_back(Value::map_of("id", "sp", "type", "azureServicePrincipal", "subscriptionId", "sub",
                                            "clientId", "client", "clientSecret", "client-secret-1", "tenant",
                                            "ten ant"));
  }
  Value wanted(const std::string& vault, const std::string& type = "Secret") const {
    auto secrets = Value::list();
    secrets.push(Value::map_of("secretType", type, "name", "db", "version", "", "envVariable", "DB"));
    return Value::map_of("secrets", std::move(secrets), "vault", vault, "credentialId", "sp");
  }
  FakeRun run;
};

TEST_F(AzureVault, BindsSecretsByAServicePrincipal) {
  HttpPeer peer([](const SeenRequest& request) {
    if (request.method == "POST") return PeerAnswer{.body = R"({"access_token":"token-of-azure","expires_in":10})"};
    return PeerAnswer{.body = R"({"value":"s3cret-value","id":"x"})"};
  });
  run.place.environment["AZURE_AUTHORITY_HOST"] = peer.url("/");
  auto outcome = run.perform("azure.secrets", wanted(peer.url("/vault/")));
  ASSERT_TRUE(outcome) << outcome.error().message;
  const auto seen = peer.seen();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].target, "/ten%20ant/oauth2/v2.0/token");
  EXPECT_THAT(seen[0].body, HasSubstr("client_id=client&client_secret=client-secret-1&scope="));
  EXPECT_EQ(seen[1].target, "/vault/secrets/db?api-version=7.4");
  EXPECT_EQ(seen[1].headers.at("authorization"), "Bearer token-of-azure");
  EXPECT_EQ(outcome->value.find("env")->items().at(0).text(), "DB=s3cret-value");
  EXPECT_EQ(outcome->value.find("names")->items().at(0).text(), "DB");
  EXPECT_THAT(run.secrets, testing::IsSupersetOf({"s3cret-value", "client-secret-1", "token-of-azure"}));
}

TEST_F(AzureVault, CertificatesAreFiles) {
  HttpPeer peer([](const SeenRequest& request) {
    if (request.method == "POST") return PeerAnswer{.body = R"({"access_token":"t-o-k-e-n"})"};
    return PeerAnswer{.body = R"({"value":"UEZY"})"};
  });
  run.place.environment["AZURE_AUTHORITY_HOST"] = peer.url();
  auto outcome = run.perform("azure.secrets", wanted(peer.url("/v"), "Certificate"));
  ASSERT_TRUE(outcome) << outcome.error().message;
  const std::string path = outcome->value.find("env")->items().at(0).text().substr(3);
  EXPECT_THAT(path, testing::EndsWith("/db.pfx"));
  std::ifstream file(path);
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(file), {}}), "PFX");
}

TEST_F(AzureVault, SaysWhatIsMissing) {
  EXPECT_THAT(run.error_of("azure.secrets", wanted("")), HasSubstr("has no address of a vault"));
  auto nobody = wanted("http://127.0.0.1:1/");
  nobody.set("credentialId", "");
  EXPECT_THAT(run.error_of("azure.secrets", nobody), HasSubstr("has no service principal"));
  HttpPeer refusing([](const SeenRequest&) { return PeerAnswer{.status = 401, .body = "{}"}; });
  run.place.environment["AZURE_AUTHORITY_HOST"] = refusing.url();
  EXPECT_THAT(run.error_of("azure.secrets", wanted(refusing.url("/v"))),
              HasSubstr("Azure gave no token: the answer was"));
  HttpPeer empty([](const SeenRequest& request) {
    return request.method == "POST" ? PeerAnswer{.body = R"({"access_token":"tkn-1"})"}
                                    : PeerAnswer{.status = 404, .body = R"({"error":"SecretNotFound"})"};
  });
  run.place.environment["AZURE_AUTHORITY_HOST"] = empty.url();
  EXPECT_THAT(run.error_of("azure.secrets", wanted(empty.url("/v"))),
              HasSubstr("Failed to retrieve secret db from vault " + empty.url("/v") + ": the answer was 404"));
}

}  // namespace
}  // namespace windlass::steps
