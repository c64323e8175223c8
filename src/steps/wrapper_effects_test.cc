#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "data/yaml.h"
#include "proc/run_capture.h"
#include "steps/substitute.h"
#include "steps/testing/fake_run.h"

namespace windlass::steps {
namespace {

using data::Value;
using testing::HasSubstr;
using testing::Not;

std::map<std::string, std::string> variables(const Value& bound) {
  std::map<std::string, std::string> out;
  for (const auto& entry : bound.find("env")->items()) {
    const auto at = entry.text().find('=');
    out[entry.text().substr(0, at)] = entry.text().substr(at + 1);
  }
  return out;
}

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void release(FakeRun& run, const Value& bound) {
  ASSERT_TRUE(run.perform("credentials.release", Value::map_of("lease", *bound.find("lease"))));
  EXPECT_TRUE(std::filesystem::is_empty(run.place.workspace_tmp + "/secretFiles"));
}

TEST(Substitute, ReplacesWhatItKnows) {
  const std::map<std::string, std::string> known = {{"A", "1"}, {"B_2", "$A"}};
  EXPECT_EQ(substitute_variables(known, "$A ${A} ${B_2}$A. $C ${C} $ ${A $$A"), "1 1 $A1. $C ${C} $ ${A $1");
  EXPECT_EQ(substitute_variables(known, "$"), "$");
  EXPECT_EQ(substitute_variables(known, ""), "");
}

// ---- ssh-agent -----------------------------------------------------------------------------------------------------

struct SshAgent : testing::Test {
  SshAgent() {
    make_key("plain", "");
    make_key("locked", "open-sesame");
  }
  void make_key(const std::string& id, const std::string& passphrase) {
    const auto file = run.folder + "/" + id;
    proc::CaptureOptions options;
    options.argv = {"ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "test-" + id, "-f", file};
    options.env = {"PATH=/usr/bin:/bin"};
    options.cwd = "/";
    auto done = proc::run_capture(options);
    ASSERT_TRUE(done && done->status.code == 0);
    run.credentials.push_back(Value::map_of("id", id, "type", "sshUserPrivateKey", "username", "git", "privateKey",
                                            slurp(file), "passphrase", passphrase));
  }
  std::string list_keys(const std::map<std::string, std::string>& env) {
    proc::CaptureOptions options;
    options.argv = {"ssh-add", "-l"};
    options.env = {"PATH=/usr/bin:/bin", "SSH_AUTH_SOCK=" + env.at("SSH_AUTH_SOCK")};
    options.cwd = "/";
    options.join_err = true;
    auto done = proc::run_capture(options);
    return done ? done->out : done.error().message;
  }
  FakeRun run;
};

TEST_F(SshAgent, HoldsTheKeysForTheBody) {
  auto started = run.perform("sshagent.start", Value::map_of("credentials", Value::list_of("plain", "locked")));
  ASSERT_TRUE(started) << started.error().message << run.logged;
  const auto env = variables(started->value);
  const auto listed = list_keys(env);
  EXPECT_THAT(listed, HasSubstr("test-plain"));
  EXPECT_THAT(listed, HasSubstr("test-locked"));
  EXPECT_THAT(run.logged, HasSubstr("[ssh-agent] Using credentials git\n"));
  EXPECT_THAT(run.logged, HasSubstr("[ssh-agent] Started.\n"));
  EXPECT_THAT(run.logged, Not(HasSubstr("open-sesame")));
  // No key lies about while the body runs.
  for (const auto& entry : std::filesystem::recursive_directory_iterator(run.place.workspace_tmp)) {
    EXPECT_FALSE(entry.is_regular_file()) << entry.path();
  }
  ASSERT_TRUE(run.perform("sshagent.stop", Value::map_of("lease", *started->value.find("lease"))));
  EXPECT_THAT(list_keys(env), Not(HasSubstr("test-plain")));
  EXPECT_FALSE(std::filesystem::exists(env.at("SSH_AUTH_SOCK")));
  EXPECT_TRUE(run.logged.ends_with("[ssh-agent] Stopped.\n"));
  EXPECT_TRUE(run.perform("sshagent.stop", Value::map_of("lease", *started->value.find("lease"))));
}

TEST_F(SshAgent, MissingKeysAreAnErrorUnlessToldOtherwise) {
  EXPECT_EQ(run.error_of("sshagent.start", Value::map_of("credentials", Value::list_of("none"))),
            "hudson.AbortException: [ssh-agent] Could not find specified credentials");
  auto started =
      run.perform("sshagent.start", Value::map_of("credentials", Value::list_of("none"), "ignoreMissing", true));
  ASSERT_TRUE(started);
  EXPECT_THAT(list_keys(variables(started->value)), HasSubstr("no identities"));
  ASSERT_TRUE(run.perform("sshagent.stop", Value::map_of("lease", *started->value.find("lease"))));
}

// ---- kubeconfig ----------------------------------------------------------------------------------------------------

constexpr std::string_view kConfig = R"(apiVersion: v1
kind: Config
clusters:
- name: one
  cluster: {server: "https://one:6443"}
- name: two
  cluster: {server: "https://two:6443"}
users:
- name: u
  user: {token: token-of-u}
contexts:
- name: first
  context: {cluster: one, user: u}
- name: second
  context: {cluster: two, user: u}
current-context: first
)";

TEST(KubeConfig, ChangesWhatTheStepAsksFor) {
  FakeRun run;
  run.credentials = {Value::map_of("id", "kube", "type", "file", "fileName", "k", "content", kConfig),
                     Value::map_of("id", "token", "type", "string", "secret", "a-bearer-token")};
  auto bound = run.perform("kubeconfig.bind",
                           Value::map_of("credentialsId", "kube", "contextName", "second", "namespace", "team"));
  ASSERT_TRUE(bound) << bound.error().message;
  const auto path = variables(bound->value).at("KUBECONFIG");
  EXPECT_EQ(FakeRun::mode_of(path), 0600u);
  auto config = data::parse_yaml(slurp(path));
  ASSERT_TRUE(config);
  EXPECT_EQ(config->get_string("current-context"), "second");
  EXPECT_EQ(config->find("contexts")->items()[1].find("context")->get_string("namespace"), "team");
  EXPECT_THAT(run.secrets, testing::Contains("token-of-u"));
  release(run, bound->value);

  bound = run.perform("kubeconfig.bind", Value::map_of("credentialsId", "token", "serverUrl", "https://api:6443",
                                                       "caCertificate", "QUJD"));
  ASSERT_TRUE(bound);
  config = data::parse_yaml(slurp(variables(bound->value).at("KUBECONFIG")));
  EXPECT_EQ(config->find("users")->items()[0].find("user")->get_string("token"), "a-bearer-token");
  EXPECT_EQ(config->find("clusters")->items()[0].find("cluster")->get_string("server"), "https://api:6443");
  EXPECT_THAT(run.secrets, testing::Contains("a-bearer-token"));
  release(run, bound->value);
  EXPECT_THAT(run.error_of("kubeconfig.bind", Value::map_of("credentialsId", "token")), HasSubstr("need a serverUrl"));
  EXPECT_THAT(run.error_of("kubeconfig.bind", Value::map_of("credentialsId", "kube", "contextName", "third")),
              HasSubstr("has no context 'third'"));
}

TEST(KubernetesDeploy, AppliesManifestsByKubectl) {
  FakeRun run;
  run.program("kubectl", "echo \"$@\" >> \"$RECORD\"; cat >> \"$RECORD\"; echo applied; exit ${FAIL:-0}\n");
  run.place.environment["RECORD"] = run.folder + "/record";
  run.place.environment["TAG"] = "v7";
  run.credentials = {Value::map_of("id", "kube", "type", "file", "fileName", "k", "content", kConfig)};
  run.write("k8s/a.yaml", "image: x:$TAG\n");
  run.write("k8s/b.yaml", "image: y:${TAG}\n");
  EXPECT_EQ(run.error_of("kubernetesDeploy", Value::map_of("configs", "k8s/*.yaml", "kubeconfigId", "kube")), "");
  const auto record = slurp(run.folder + "/record");
  EXPECT_THAT(record, HasSubstr("apply -f -\nimage: x:v7\n"));
  EXPECT_THAT(record, HasSubstr("image: y:v7\n"));
  EXPECT_THAT(record, HasSubstr("--kubeconfig=" + run.place.workspace_tmp + "/secretFiles/"));
  EXPECT_TRUE(std::filesystem::is_empty(run.place.workspace_tmp + "/secretFiles"));
  EXPECT_THAT(run.logged, HasSubstr("applied\n"));
  run.place.environment["FAIL"] = "1";
  EXPECT_EQ(run.error_of("kubernetesDeploy", Value::map_of("configs", "k8s/*.yaml", "deleteResource", true)),
            "hudson.AbortException: kubectl delete ended with exit code 1");
  EXPECT_EQ(run.error_of("kubernetesDeploy", Value::map_of("configs", "none/*.yaml")),
            "hudson.AbortException: No matching configuration files found for none/*.yaml");
}

// ---- managed files, Maven ------------------------------------------------------------------------------------------

TEST(ConfigFiles, AreLentToTheBody) {
  FakeRun run;
  run.credentials = {
      Value::map_of("id", "settings", "type", "configFile", "name", "settings.xml", "content", "user=${WHO}\n")};
  run.place.environment["WHO"] = "ann";
  auto bound = run.perform(
      "configfiles.provide",
      Value::map_of("files", Value::list_of(Value::map_of("$class", "configFile", "fileId", "settings", "variable", "S",
                                                          "targetLocation", "", "replaceTokens", true),
                                            Value::map_of("$class", "configFile", "fileId", "settings", "variable", "",
                                                          "targetLocation", "conf/", "replaceTokens", false))));
  ASSERT_TRUE(bound) << bound.error().message;
  EXPECT_EQ(slurp(variables(bound->value).at("S")), "user=ann\n");
  EXPECT_EQ(run.read("conf/settings.xml"), "user=${WHO}\n");
  EXPECT_THAT(run.logged, HasSubstr("provisioning config files...\ncopy managed file [settings.xml] to file:"));
  release(run, bound->value);
  EXPECT_THAT(run.error_of("configfiles.provide",
                           Value::map_of("files", Value::list_of(Value::map_of("fileId", "none", "variable", "X")))),
              HasSubstr("not able to provide the file [ManagedFile: id=none, targetLocation=null, variable=X]"));
}

TEST(Maven, IsWrappedWithItsSettings) {
  FakeRun run;
  run.program("mvn", "echo \"mvn got: $*\"\n");
  run.credentials = {Value::map_of("id", "settings", "type", "configFile", "content", "<settings/>")};
  auto bound = run.perform("maven.prepare", Value::map_of("mavenSettingsConfig", "settings", "mavenLocalRepo",
                                                          ".repository", "mavenOpts", "-Xmx1g"));
  ASSERT_TRUE(bound) << bound.error().message;
  const auto env = variables(bound->value);
  EXPECT_EQ(env.at("MAVEN_OPTS"), "-Xmx1g");
  proc::CaptureOptions options;
  options.argv = {env.at("PATH+MAVEN") + "/mvn", "-B", "a b"};
  options.env = {"PATH=/usr/bin:/bin"};
  options.cwd = "/";
  auto done = proc::run_capture(options);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->out, "----- withMaven Wrapper script -----\nmvn got: --batch-mode --show-version --settings " +
                           env.at("PATH+MAVEN") + "/settings.xml -Dmaven.repo.local=" + run.place.workspace +
                           "/.repository -B a b\n");
  release(run, bound->value);
  EXPECT_THAT(run.error_of("maven.prepare", Value::map_of("mavenSettingsConfig", "none")),
              HasSubstr("Could not find the Maven settings.xml config file id:none"));
}

// ---- docker --------------------------------------------------------------------------------------------------------

TEST(Docker, FindsWhatTheNodeHas) {
  FakeRun run;
  run.place.environment["PATH"] = "";
  EXPECT_THAT(run.error_of("docker.program", Value::map()), HasSubstr("needs docker or podman"));
  run.program("podman", "");
  EXPECT_EQ(run.perform("docker.program", Value::map())->value.text(), "podman");
  run.program("docker", "");
  EXPECT_EQ(run.perform("docker.program", Value::map())->value.text(), "docker");
  run.facts["tool:d19"] = "/opt/d19";
  EXPECT_EQ(run.perform("docker.program", Value::map_of("toolName", "d19"))->value.text(), "/opt/d19/bin/docker");
}

TEST(Docker, T39_LogsInWithoutThePasswordInSight) {
  FakeRun run;
  run.program("docker", "echo \"$@\" >> \"$RECORD\"; env >> \"$RECORD\"; cat > \"$RECORD.in\"; echo Login Succeeded\n");
  run.place.environment["RECORD"] = run.folder + "/record";
  run.place.environment["HOME"] = run.folder;
  std::filesystem::create_directories(run.folder + "/.docker");
  std::ofstream(run.folder + "/.docker/config.json") << R"({"auths":{"x":{}},"proxies":{"default":{}}})";
  run.credentials = {
      Value::map_of("id", "reg", "type", "usernamePassword", "username", "ann", "password", "registry-password")};
  auto bound = run.perform("docker.login", Value::map_of("url", "https://r.example", "credentialsId", "reg"));
  ASSERT_TRUE(bound) << bound.error().message;
  EXPECT_EQ(run.logged, "$ docker login -u ann -p ******** https://r.example\nLogin Succeeded\n");
  EXPECT_THAT(slurp(run.folder + "/record"), Not(HasSubstr("registry-password")));
  EXPECT_EQ(slurp(run.folder + "/record.in"), "registry-password");
  const auto config = variables(bound->value).at("DOCKER_CONFIG");
  EXPECT_EQ(slurp(config + "/config.json"), R"({"proxies":{"default":{}}})");
  release(run, bound->value);
  run.program("docker", "echo no; exit 1\n");
  EXPECT_EQ(run.error_of("docker.login", Value::map_of("url", "", "credentialsId", "reg")),
            "hudson.AbortException: docker login failed");
  EXPECT_TRUE(std::filesystem::is_empty(run.place.workspace_tmp + "/secretFiles"));
}

TEST(Docker, ServersHaveCertificates) {
  FakeRun run;
  run.credentials = {Value::map_of("id", "tls", "type", "dockerCert", "clientKey", "K", "clientCertificate", "C",
                                   "serverCaCertificate", "A")};
  auto bound = run.perform("docker.server", Value::map_of("uri", "tcp://d:2376", "credentialsId", "tls"));
  ASSERT_TRUE(bound);
  const auto env = variables(bound->value);
  EXPECT_EQ(env.at("DOCKER_HOST"), "tcp://d:2376");
  EXPECT_EQ(env.at("DOCKER_TLS_VERIFY"), "1");
  EXPECT_EQ(slurp(env.at("DOCKER_CERT_PATH") + "/key.pem"), "K");
  release(run, bound->value);
}

}  // namespace
}  // namespace windlass::steps
