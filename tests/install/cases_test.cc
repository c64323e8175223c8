// The cases of tests/install: options of `windlass cluster install` and the objects that come of them. WL_ACCEPT=1 in
// the environment writes what comes instead of comparing it; look at the difference then. A case is one YAML document:
// `about`, the options by the names of cluster/manifests.h (storage as on the command line), and `show`: which objects,
// "KIND/NAME"; without it all of them. Definitions of kinds are shown by name: they have tests of their own.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "cluster/installation.h"
#include "cluster/manifests.h"
#include "data/yaml.h"
#include "kube/needs.h"
#include "objects/metadata.h"
#include "pods/pods.h"

namespace windlass::cluster {
namespace {

using data::Value;

constexpr const char* kCases = "tests/install/cases.yaml";
constexpr const char* kExpected = "tests/install/cases.out";

std::string read_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

data::YamlStyle style() {
  data::YamlStyle out;
  out.dialect = data::YamlDialect::k8s;
  return out;
}

Result<InstallOptions> options_of(const Value& test) {
  InstallOptions out;
  out.version = "1";
  out.namespace_ = test.get_string("namespace", out.namespace_);
  out.workers = test.get_string("workers", out.workers);
  out.image = test.get_string("image", "windlass/server:1");
  out.agent_image = test.get_string("agent_image", "windlass/agent:1");
  out.pull_secret = test.get_string("pull_secret");
  out.casc = test.get_string("casc");
  out.first_password = test.get_string("first_password");
  out.config = test.get_string("config", out.config);
  out.tls_only = test.get_bool("tls_only");
  out.storage = WL_TRY(parse_storage(test.get_string("storage")));
  out.storage.size = test.get_string("size", out.storage.size);
  return out;
}

Result<std::vector<Value>> manifests_of(const Value& test) { return install_manifests(WL_TRY(options_of(test))); }

std::string outcome(const Value& test) {
  const auto all = manifests_of(test);
  if (!all) return "error: " + all.error().text() + "\n";
  const Value* show = test.find("show");
  std::vector<Value> shown;
  std::string definitions;
  for (const auto& one : *all) {
    const auto name = one.get_string("kind") + "/" + objects::meta_text(one, "name");
    if (one.get_string("kind") == "CustomResourceDefinition") {
      if (show == nullptr) definitions += "# " + name + "\n";
      continue;
    }
    if (show == nullptr || std::ranges::find(show->items(), Value(name)) != show->items().end()) shown.push_back(one);
  }
  return definitions + data::format_yaml_documents(shown, style());
}

const Value& deployment_of(const std::vector<Value>& all) { return all.back(); }

Value pod_of(const std::vector<Value>& all) {
  const auto* spec = deployment_of(all).find("spec")->find("template");
  return Value::map_of("apiVersion", "v1", "kind", "Pod", "metadata", *spec->find("metadata"), "spec",
                       *spec->find("spec"));
}

TEST(InstallCases, AsWritten) {
  const bool accept = std::getenv("WL_ACCEPT") != nullptr;
  const auto tests = data::parse_yaml_documents(read_file(kCases));
  ASSERT_TRUE(tests) << tests.error().text();
  std::string all;
  for (const auto& test : *tests) all += "==== " + test.get_string("about") + "\n" + outcome(test);
  EXPECT_GE(tests->size(), 10U);
  if (accept) {
    std::ofstream(kExpected, std::ios::binary) << all;
  } else {
    EXPECT_EQ(read_file(kExpected), all) << "WL_ACCEPT=1 takes what came as what is expected";
  }
}

TEST(InstallCases, EachPodPassesTheProfileRestricted) {
  const auto tests = data::parse_yaml_documents(read_file(kCases));
  ASSERT_TRUE(tests);
  for (const auto& test : *tests) {
    const auto all = manifests_of(test);
    if (!all) continue;
    ASSERT_EQ(deployment_of(*all).get_string("kind"), "Deployment");
    const auto refused = pods::restricted_violations(pod_of(*all));
    EXPECT_TRUE(refused.empty()) << test.get_string("about") << ": " << refused.front();
  }
}

/// What would make least rights a word: everything, everywhere, or the way to more of it.
TEST(InstallCases, NoRoleHasMoreThanItsRows) {
  const auto all = install_manifests(*options_of(Value::map()));
  ASSERT_TRUE(all);
  std::size_t roles = 0, verbs = 0;
  for (const auto& one : *all) {
    const Value* rules = one.find("rules");
    if (rules == nullptr) continue;
    ++roles;
    const bool everywhere = objects::meta_text(one, "name") == "windlass" && one.get_string("kind") == "ClusterRole";
    for (const auto& rule : rules->items()) {
      verbs += rule.find("verbs")->size();
      for (const auto* key : {"apiGroups", "resources", "verbs"}) {
        for (const auto& word : rule.find(key)->items()) EXPECT_NE(word.text(), "*") << objects::meta_text(one, "name");
      }
      const auto resource = rule.find("resources")->items()[0].text();
      for (const auto& verb : rule.find("verbs")->items()) {
        EXPECT_NE(verb.text(), "escalate");
        EXPECT_NE(verb.text(), "impersonate");
        EXPECT_NE(verb.text(), "deletecollection");
        if (verb.text() == "bind") {
          ASSERT_NE(rule.find("resourceNames"), nullptr);
          EXPECT_EQ(*rule.find("resourceNames"), Value::list_of(kube::kProjectRole));
        }
      }
      // Those of the agents' account too: who only makes pods has no Secrets.
      if (objects::meta_text(one, "name") == "windlass-agents") {
        EXPECT_NE(resource, "secrets");
      }
      if (everywhere) {
        EXPECT_NE(resource, "secrets");
        EXPECT_NE(resource, "configmaps");
        EXPECT_NE(resource, "pods");
      }
    }
  }
  EXPECT_EQ(roles, 5U);
  std::size_t rows = 0;
  for (const auto& right : kube::needed_rights()) rows += right.reach != kube::Reach::installer ? 1 : 0;
  EXPECT_EQ(verbs, rows);
}

TEST(InstallCases, EveryManifestHasAPathAndIsOurs) {
  const auto all = install_manifests(*options_of(Value::map_of("storage", "node:n:/x", "casc", "jenkins: {}")));
  ASSERT_TRUE(all);
  for (const auto& one : *all) {
    EXPECT_NE(resource_of_manifest(one), nullptr) << one.get_string("kind");
    // As the cluster gives it after it was applied: ours.
    EXPECT_EQ(whose(one, one), AppliedObject::State::same) << one.get_string("kind");
    auto anothers = one;
    anothers.find("metadata")->set("labels", Value::map());
    anothers.find("metadata")->set("annotations", Value::map());
    const auto kind = one.get_string("kind");
    EXPECT_EQ(whose(anothers, one), kind == "Namespace" || kind == "CustomResourceDefinition"
                                        ? AppliedObject::State::kept
                                        : AppliedObject::State::refused)
        << kind;
  }
}

TEST(InstallCases, OneWindlassForACluster) {
  const auto here = *install_manifests(*options_of(Value::map()));
  const auto there = *install_manifests(*options_of(Value::map_of("namespace", "ci")));
  ASSERT_EQ(here.size(), there.size());
  std::size_t refused = 0;
  for (std::size_t at = 0; at < here.size(); ++at) {
    if (whose(here[at], there[at]) != AppliedObject::State::refused) continue;
    ++refused;
    EXPECT_EQ(here[at].get_string("kind"), "ClusterRoleBinding");
  }
  EXPECT_EQ(refused, 1U);
}

Value pod_status(std::string_view yaml) {
  auto status = data::parse_yaml(yaml);
  EXPECT_TRUE(status) << status.error().text();
  return Value::map_of("status", *status);
}

TEST(InstallCases, WhyAPodIsNotReady) {
  EXPECT_EQ(why_not_ready(Value::map()), "");
  EXPECT_EQ(why_not_ready(pod_status(R"(
phase: Pending
containerStatuses: [{name: server, image: "x:1", ready: false, state: {waiting: {reason: ContainerCreating}}}])")),
            "");
  EXPECT_EQ(why_not_ready(pod_status(R"(
phase: Pending
containerStatuses:
- {name: server, image: "x:1", ready: false, state: {waiting: {reason: ImagePullBackOff, message: no such host}}})")),
            "the image x:1 cannot be pulled: no such host");
  EXPECT_EQ(why_not_ready(pod_status(R"(
phase: Running
containerStatuses:
- name: server
  ready: false
  state: {waiting: {reason: CrashLoopBackOff, message: back-off}}
  lastState: {terminated: {exitCode: 70, reason: Error, message: "one\nwindlass: server: it cannot\n"}})")),
            "the server ended with exit code 70: windlass: server: it cannot");
  EXPECT_EQ(why_not_ready(pod_status(R"(
phase: Running
containerStatuses: [{name: server, ready: false, state: {terminated: {exitCode: 137, reason: OOMKilled}}}])")),
            "the server ended with exit code 137 (OOMKilled)");
  EXPECT_EQ(why_not_ready(pod_status(R"(
phase: Pending
conditions: [{type: PodScheduled, status: "False", message: pod has unbound immediate PersistentVolumeClaims}])")),
            "no node takes the pod: pod has unbound immediate PersistentVolumeClaims");
}

}  // namespace
}  // namespace windlass::cluster
