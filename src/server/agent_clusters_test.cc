// Which cluster a cloud is in, and as whom it is called there.
#include "server/agent_clusters.h"

#include <gtest/gtest.h>

namespace windlass::server {
namespace {

using Kind = casc::Credential::Kind;

kube::Access own() {
  kube::Access out;
  out.server = *net::parse_url("https://10.0.0.1:6443", "x");
  return out;
}

std::vector<casc::Credential> credentials() {
  return {
      {.kind = Kind::token, .id = "token", .user = {}, .secret = "t0ken", .certificate = {}, .authority = {}},
      {.kind = Kind::password, .id = "basic", .user = "ann", .secret = "pw", .certificate = {}, .authority = {}},
      {.kind = Kind::certificate, .id = "cert", .user = {}, .secret = "KEY", .certificate = "CERT", .authority = "CA"},
      {.kind = Kind::service_account, .id = "account", .user = {}, .secret = {}, .certificate = {}, .authority = {}},
      {.kind = Kind::kubeconfig,
       .id = "file",
       .user = {},
       .secret =
           "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
           "clusters: [{name: k, cluster: {server: 'https://far.example.org:8443', insecure-skip-tls-verify: true}}]\n"
           "users: [{name: u, user: {token: of-the-file}}]\n"
           "contexts: [{name: c, context: {cluster: k, user: u}}]\n",
       .certificate = {},
       .authority = {}},
  };
}

pods::Cloud cloud(std::string url, std::string id) {
  pods::Cloud out;
  out.name = "far";
  out.server_url = std::move(url);
  out.credentials_id = std::move(id);
  return out;
}

TEST(AgentClusters, TheServersOwnClusterByAllItsNames) {
  const auto ours = own();
  for (const auto& [url, id] : {std::pair{"", ""}, std::pair{"https://kubernetes.default", "k8s-service-account"},
                                std::pair{"https://kubernetes.default.svc", ""},
                                std::pair{"https://10.0.0.1:6443/", ""}, std::pair{"", "k8s-service-account"}}) {
    const auto access = access_of(cloud(url, id), credentials(), &ours);
    ASSERT_TRUE(access) << url << ": " << access.error().text();
    EXPECT_FALSE(access->has_value()) << url;
  }
}

TEST(AgentClusters, AnotherClusterAsItsCredentialSays) {
  const auto ours = own();
  const auto of = [&](const pods::Cloud& one) {
    auto access = access_of(one, credentials(), &ours);
    EXPECT_TRUE(access) << access.error().text();
    EXPECT_TRUE(access->has_value());
    return **access;
  };
  auto far = cloud("https://far.example.org:6443", "token");
  far.server_certificate = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==";  // PEM in base64, as forms of Jenkins keep it
  auto access = of(far);
  EXPECT_EQ(access.server.authority(), "far.example.org:6443");
  EXPECT_EQ(access.identity.token, "t0ken");
  EXPECT_EQ(access.authority.data, "-----BEGIN CERTIFICATE-----\n");
  EXPECT_FALSE(access.skip_tls_verify);
  far.skip_tls_verify = true;
  EXPECT_TRUE(of(far).skip_tls_verify);

  access = of(cloud("https://far.example.org", "cert"));
  EXPECT_EQ(access.identity.certificate.data + access.identity.key.data, "CERTKEY");
  EXPECT_EQ(access.authority.data, "CA");
  access = of(cloud("https://far.example.org", "basic"));
  EXPECT_EQ(access.identity.user + access.identity.password, "annpw");
  EXPECT_NE(of(cloud("https://far.example.org", "account")).identity.token_file, "");

  access = of(cloud("", "file"));
  EXPECT_EQ(access.server.authority(), "far.example.org:8443");
  EXPECT_EQ(access.identity.token, "of-the-file");
  EXPECT_TRUE(access.skip_tls_verify);
  EXPECT_EQ(of(cloud("https://near.example.org", "file")).server.host, "near.example.org");
  EXPECT_EQ(of(cloud("", "token")).server.authority(), "10.0.0.1:6443");  // ours, as somebody else
}

TEST(AgentClusters, OneClientForEachOneWhoCalls) {
  const auto as = [](const std::string& id, const std::string& profile) {
    auto out = credentials().back();
    out.id = id;
    out.secret =
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
        "clusters: [{name: k, cluster: {server: 'https://far.example.org:8443'}}]\n"
        "users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: login, "
        "args: [--profile, " +
        profile + "]}}}]\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n";
    return out;
  };
  const std::vector<casc::Credential> all = {as("ann", "ann"), as("bob", "bob"), as("ann-again", "ann")};
  boost::asio::io_context io;
  AgentClustersOptions options;
  options.access = own();
  AgentClusters clusters(io, std::move(options));
  const auto of = [&](const std::string& id) {
    auto one = cloud("", id);
    one.name = id;
    const auto fleet = clusters.fleet_of(one, all);
    EXPECT_TRUE(fleet) << fleet.error().text();
    return fleet ? *fleet : nullptr;
  };
  EXPECT_NE(of("ann"), of("bob"));
  EXPECT_EQ(of("ann"), of("ann-again"));
  auto slow = cloud("", "ann");
  slow.read_timeout_seconds = 60;
  slow.max_requests = 4;
  EXPECT_EQ(limits_of(slow).call, std::chrono::seconds(65));
  EXPECT_EQ(limits_of(slow).at_once, 4U);
  const auto fleet = clusters.fleet_of(slow, all);
  ASSERT_TRUE(fleet);
  EXPECT_NE(*fleet, of("ann"));
}

TEST(AgentClusters, WhatIsMissingIsSaidAndOurTokenGoesNowhere) {
  const auto ours = own();
  const auto why = [&](const pods::Cloud& one, const kube::Access* from) {
    const auto access = access_of(one, credentials(), from);
    return access ? std::string("none") : access.error().text();
  };
  EXPECT_NE(why(cloud("https://far.example.org", ""), &ours).find("another cluster needs a credentialsId"),
            std::string::npos);
  EXPECT_NE(why(cloud("https://far.example.org", "nobody"), &ours).find("there is no credential nobody"),
            std::string::npos);
  EXPECT_NE(why(cloud("ftp://far", "token"), &ours).find("cloud far: serverUrl"), std::string::npos);
  EXPECT_NE(why(cloud("", "token"), nullptr).find("its serverUrl is missing"), std::string::npos);
  for (const auto* secret : {"t0ken", "pw", "of-the-file"}) {
    EXPECT_EQ(why(cloud("ftp://far", "token"), &ours).find(secret), std::string::npos);
  }
}

}  // namespace
}  // namespace windlass::server
