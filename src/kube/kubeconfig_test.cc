#include "kube/kubeconfig.h"

#include <gtest/gtest.h>
#include <map>

namespace windlass::kube {
namespace {

constexpr std::string_view kWhole = R"(
apiVersion: v1
kind: Config
current-context: one
contexts:
- name: one
  context: {cluster: c, user: certificate, namespace: shop}
- name: two
  context: {cluster: proxied, user: token}
- name: three
  context: {cluster: c, user: plugin}
clusters:
- name: c
  cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: Q0E=}
- name: proxied
  cluster:
    server: https://api.example.com/k8s/clusters/x
    certificate-authority: pki/ca.crt
    tls-server-name: kubernetes
    proxy-url: http://user:word@proxy:3128
users:
- name: certificate
  user: {client-certificate-data: Q0VSVA==, client-key: keys/me.key}
- name: token
  user: {token: abc, tokenFile: token, as: ann, as-groups: [dev, ops], as-user-extra: {scopes: [a, b]}}
- name: plugin
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./bin/login
      args: [get, "7"]
      env: [{name: REGION, value: eu}]
      installHint: install login
      provideClusterInfo: true
      interactiveMode: IfAvailable
)";

Result<Access> read(std::string_view text, std::string_view context = {}) {
  auto config = read_kubeconfig(text, "config", "/home/me/.kube");
  if (!config) return fail(config.error());
  return select_context(*config, context);
}

TEST(Kubeconfig, AClientCertificate) {
  const auto access = read(kWhole);
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->name, "one");
  EXPECT_EQ(access->server.text(), "https://10.0.0.1:6443");
  EXPECT_EQ(access->authority.data, "CA");
  EXPECT_EQ(access->namespace_, "shop");
  EXPECT_EQ(access->identity.certificate.data, "CERT");
  EXPECT_EQ(access->identity.key.file, "/home/me/.kube/keys/me.key");
}

TEST(Kubeconfig, ATokenFileAProxyAndImpersonation) {
  const auto access = read(kWhole, "two");
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->server.path, "/k8s/clusters/x");
  EXPECT_EQ(access->authority.file, "/home/me/.kube/pki/ca.crt");
  EXPECT_EQ(access->tls_server_name, "kubernetes");
  ASSERT_TRUE(access->proxy);
  EXPECT_EQ(access->proxy->password, "word");
  EXPECT_EQ(access->namespace_, "default");
  EXPECT_EQ(access->identity.token, "");
  EXPECT_EQ(access->identity.token_file, "/home/me/.kube/token");
  EXPECT_EQ(access->identity.impersonate, "ann");
  EXPECT_EQ(access->identity.impersonate_groups, (std::vector<std::string>{"dev", "ops"}));
  EXPECT_EQ(access->identity.impersonate_extra.size(), 2u);
}

TEST(Kubeconfig, AnExecPlugin) {
  const auto access = read(kWhole, "three");
  ASSERT_TRUE(access) << access.error().message;
  ASSERT_TRUE(access->identity.exec);
  EXPECT_EQ(access->identity.exec->command, "/home/me/.kube/./bin/login");
  EXPECT_EQ(access->identity.exec->arguments, (std::vector<std::string>{"get", "7"}));
  EXPECT_EQ(access->identity.exec->environment.at(0), (std::pair<std::string, std::string>("REGION", "eu")));
  EXPECT_TRUE(access->identity.exec->provide_cluster_info);
}

TEST(Kubeconfig, TheFirstFileWinsAsAWhole) {
  auto first = *read_kubeconfig("users: [{name: u, user: {token: first}}]\ncurrent-context: ''", "a", "/a");
  auto second = *read_kubeconfig(
      "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n"
      "clusters: [{name: c, cluster: {server: 'https://h', certificate-authority: ca}}]\n"
      "users: [{name: u, user: {token: second, username: n}}]",
      "b", "/b");
  merge_kubeconfig(first, std::move(second));
  const auto access = select_context(first, "");
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->identity.token, "first");
  EXPECT_EQ(access->identity.user, "");
  EXPECT_EQ(access->authority.file, "/b/ca");  // relative to the file that named it
}

TEST(Kubeconfig, WhatIsWrongIsOneSentenceWithoutSecrets) {
  const std::string cluster =
      "clusters: [{name: c, cluster: {server: 'https://h'}}]\ncontexts: [{name: x, context: {cluster: c, user: "
      "u}}]\ncurrent-context: x\n";
  struct Case {
    std::string text;
    ErrorKind kind;
    std::string says;
  };
  const Case kCases[] = {
      {"", ErrorKind::not_found, "the kubeconfig has no context"},
      {"[1]", ErrorKind::invalid, "must be a map"},
      {"kind: Pod", ErrorKind::invalid, "its kind is Pod"},
      {"users: [{name: u, user: {token: geheim}]", ErrorKind::invalid, "config is no kubeconfig"},
      {"contexts: [{name: a},{name: b}]", ErrorKind::not_found, "name one of a, b"},
      {"contexts: [{name: a}]\ncurrent-context: z", ErrorKind::not_found, "no context z; it has a"},
      {"contexts: [{name: a, context: {cluster: q}}]\ncurrent-context: a", ErrorKind::not_found, "no cluster q"},
      {cluster, ErrorKind::not_found, "no user u"},
      {cluster + "users: [{name: u, user: {token: 12345}}]", ErrorKind::invalid,
       "token must be a text; put it in quotes"},
      {cluster + "users: [{name: u, user: {client-certificate-data: '!geheim'}}]", ErrorKind::invalid, "is not base64"},
      {cluster + "users: [{name: u, user: {client-certificate: c}}]", ErrorKind::invalid, "has no client-key"},
      {cluster + "users: [{name: u, user: {auth-provider: {name: gcp}}}]", ErrorKind::unsupported, "exec plugin"},
      {cluster + "users: [{name: u, user: {exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}}}]",
       ErrorKind::unsupported, "v1beta1 is needed"},
      {cluster + "users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1}}}]", ErrorKind::invalid,
       "exec has no command"},
      {cluster + "users: [{name: u, user: {exec: {command: x, interactiveMode: Always, apiVersion: "
                 "client.authentication.k8s.io/v1}}}]",
       ErrorKind::unsupported, "wants a terminal"},
      {"clusters: [{name: c, cluster: {server: h}}]\ncontexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x",
       ErrorKind::invalid, "cluster c: server is not like https://host:port"},
      {"clusters: [{name: c, cluster: {server: 'https://h', insecure-skip-tls-verify: true, certificate-authority: "
       "x}}]\ncontexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x",
       ErrorKind::invalid, "exclude each other"},
      {"clusters: [{cluster: {}}]", ErrorKind::invalid, "has no name"},
      {"clusters: 7", ErrorKind::invalid, "clusters must be a list"},
  };
  for (const auto& one : kCases) {
    const auto access = read(one.text);
    ASSERT_FALSE(access) << one.text;
    EXPECT_EQ(access.error().kind, one.kind) << access.error().message;
    EXPECT_NE(access.error().message.find(one.says), std::string::npos) << access.error().message;
    EXPECT_EQ(access.error().message.find("geheim"), std::string::npos) << access.error().message;
  }
}

TEST(Kubeconfig, WhichFilesAreRead) {
  std::map<std::string, std::string> variables = {{"HOME", "/home/me"}};
  const auto environment = [&](std::string_view name) { return variables[std::string(name)]; };
  EXPECT_EQ(kubeconfig_paths("", environment).paths, (std::vector<std::string>{"/home/me/.kube/config"}));
  variables["KUBECONFIG"] = "/a::/b:/a";
  EXPECT_EQ(kubeconfig_paths("", environment).paths, (std::vector<std::string>{"/a", "/b"}));
  EXPECT_TRUE(kubeconfig_paths("", environment).may_be_missing);
  EXPECT_EQ(kubeconfig_paths("x", environment).paths, (std::vector<std::string>{"x"}));
  EXPECT_FALSE(kubeconfig_paths("x", environment).may_be_missing);
}

TEST(InCluster, TheServiceAccountOfThePod) {
  std::map<std::string, std::string> variables;
  const auto environment = [&](std::string_view name) { return variables[std::string(name)]; };
  EXPECT_EQ(in_cluster_access(environment, "").error().kind, ErrorKind::not_found);
  variables = {{"KUBERNETES_SERVICE_HOST", "fd00::1"}, {"KUBERNETES_SERVICE_PORT", "443"}};
  const auto access = in_cluster_access(environment, "shop\n");
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->server.text(), "https://[fd00::1]:443");
  EXPECT_EQ(access->namespace_, "shop");
  EXPECT_EQ(access->identity.token_file, "/var/run/secrets/kubernetes.io/serviceaccount/token");
  EXPECT_EQ(access->authority.file, "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt");
}

}  // namespace
}  // namespace windlass::kube
