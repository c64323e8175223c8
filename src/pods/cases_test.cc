// The cases of tests/pods: what a cloud and a request say, and the pod that comes of it. WL_ACCEPT=1 in the environment
// writes what comes instead of comparing it; look at the difference then. The form of a case: tests/pods/README.md.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "data/json.h"
#include "data/yaml.h"
#include "pods/cloud_reader.h"
#include "pods/default_templates.h"
#include "pods/pod_security.h"
#include "pods/pods.h"
#include "pods/template_reader.h"

namespace windlass::pods {
namespace {

using data::Value;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> texts(const Value* list) {
  std::vector<std::string> out;
  for (const auto& one : list == nullptr ? Value::List{} : list->items()) out.push_back(one.text());
  return out;
}

Result<Clouds> read_clouds(const Value& test) {
  Clouds out;
  if (const auto* list = test.find("clouds")) {
    for (const auto& one : list->items()) out.clouds.push_back(WL_TRY(read_cloud(one, "clouds")).cloud);
  } else {
    out.clouds.push_back(default_cloud());
    out.clouds[0].jenkins_url = "http://server";
  }
  out.root_url = "http://root.example.org";
  if (const auto* settings = test.find("settings")) {
    out.root_url = settings->get_string("root_url", out.root_url);
    out.agent_authority = settings->get_string("authority");
    out.agent_hosts = texts(settings->find("agent_hosts"));
    const auto* proxy = settings->find("proxy_variables");
    for (const auto& one : proxy == nullptr ? Value::List{} : proxy->items()) {
      out.proxy_variables.push_back({one.get_string("key"), one.get_string("value")});
    }
    const auto users = settings->get_string("users", "waiting");
    out.hardening.users = users == "all"     ? Hardening::Users::all
                          : users == "agent" ? Hardening::Users::agent
                                             : Hardening::Users::waiting;
    auto& policy = out.policy;
    policy.host_path = settings->get_bool("host_path");
    policy.privileged = settings->get_bool("privileged");
    policy.root = settings->get_bool("root", true);
    policy.service_accounts = texts(settings->find("service_accounts"));
    policy.namespaces = texts(settings->find("namespaces"));
  }
  return out;
}

PodRequest read_request(const Value& test) {
  PodRequest out;
  if (const auto* declared = test.find("declared")) out.declared = *declared;
  out.label = test.get_string("label");
  out.job = test.get_string("job", "team1/shop");
  out.run_uid = "0d9c2f6e-run";
  out.run_url = "job/team1/job/shop/7/";
  out.build_url = "http://server/job/team1/job/shop/7/";
  out.number = 7;
  out.suffix = "bcdfghjklm";
  out.secret_of = [](std::string_view name) { return "secret-of-" + std::string(name); };
  out.agent_image = "windlass/agent:1";
  out.effect_key = "effect-1";
  out.full_clouds = texts(test.find("full_clouds"));
  out.full_templates = texts(test.find("full_templates"));
  return out;
}

Value facts(const PodPlan& plan) {
  Value containers = Value::list();
  for (const auto& one : plan.containers) {
    containers.push(one.name + (one.injected ? "" : " (exec)") + " " + one.image + " in " + one.working_dir +
                    (one.shell.empty() ? "" : ", shell " + one.shell));
  }
  Value out = Value::map_of("cloud", plan.cloud, "namespace", plan.namespace_, "name", plan.name, "template",
                            plan.template_name, "id", plan.template_id, "labels", plan.labels, "agent",
                            plan.agent_container + " in " + plan.root, "containers", std::move(containers), "timeout",
                            plan.connect_timeout_seconds, "idle", plan.idle_minutes, "caps",
                            std::to_string(plan.instance_cap) + " of " + std::to_string(plan.cloud_cap), "retention",
                            to_string(plan.retention), "raw", plan.show_raw_yaml);
  if (!plan.secrets.empty()) out.set("secrets", Value(Value::List(plan.secrets.begin(), plan.secrets.end())));
  if (!plan.claims.empty()) out.set("claims", Value(Value::List(plan.claims.begin(), plan.claims.end())));
  Value warnings = Value::list();
  for (const auto& one : plan.warnings) warnings.push(one);
  if (warnings.size() != 0) out.set("warnings", std::move(warnings));
  Value refused = Value::list();
  for (const auto& one : restricted_violations(plan.manifest)) refused.push(one);
  if (refused.size() != 0) out.set("restricted", std::move(refused));
  out.set("manifest", plan.manifest);
  return out;
}

/// The manifest's containers in the order in which the template has them.
Value as_in_template(const PodPlan& plan) {
  Value out = Value::list();
  for (const auto& one : plan.containers) {
    for (const auto& container : plan.manifest.find("spec")->find("containers")->items()) {
      if (container.get_string("name") == one.name) out.push(container);
    }
  }
  return out;
}

std::string outcome(const Value& test) {
  if (const auto* pod = test.find("pod")) {
    std::string out;
    for (const auto& one : restricted_violations(*pod)) out += one + "\n";
    return out.empty() ? "passes\n" : out;
  }
  auto clouds = read_clouds(test);
  if (!clouds) return std::string(to_string(clouds.error().kind)) + ": " + clouds.error().text() + "\n";
  const auto request = read_request(test);
  auto plan = plan_pod(*clouds, request);
  if (plan) {
    if (const auto* docker = test.find("docker")) {
      auto added = add_docker_container(*clouds, *plan,
                                        {.name = docker->get_string("name"),
                                         .image = docker->get_string("image"),
                                         .args = docker->get_string("args"),
                                         .always_pull = docker->get_bool("alwaysPull")});
      if (!added) return std::string(to_string(added.error().kind)) + ": " + added.error().text() + "\n";
      std::vector<RegistryLogin> logins;
      for (const auto& one : test.find("logins") == nullptr ? Value::List{} : test.find("logins")->items()) {
        logins.push_back({one.get_string("registry"), one.get_string("user"), one.get_string("password")});
      }
      add_pull_secret(*plan, logins);
    }
  }
  if (!plan) return std::string(to_string(plan.error().kind)) + ": " + plan.error().text() + "\n";
  Value all = facts(*plan);
  const auto* show = test.find("show");
  if (show == nullptr) return data::format_yaml(all, {.dialect = data::YamlDialect::k8s, .width = 200});
  all.set("container", as_in_template(*plan));
  Value some = Value::map();
  for (const auto& one : show->items()) {
    const auto* found = data::find_json_pointer(all, one.text());
    some.set(one.text(), found == nullptr ? Value("nothing") : *found);
  }
  return data::format_yaml(some, {.dialect = data::YamlDialect::k8s, .width = 200});
}

TEST(PodCases, EachGivesWhatIsWritten) {
  const bool accept = std::getenv("WL_ACCEPT") != nullptr;
  std::vector<std::filesystem::path> files;
  for (const auto& one : std::filesystem::recursive_directory_iterator("tests/pods")) {
    if (one.path().extension() == ".yaml") files.push_back(one.path());
  }
  std::ranges::sort(files);
  std::size_t cases = 0;
  for (const auto& file : files) {
    auto documents = data::parse_yaml_documents(read_file(file));
    ASSERT_TRUE(documents) << file << ": " << documents.error().text();
    std::string all;
    for (const auto& test : *documents) {
      ++cases;
      all += "# " + test.get_string("about") + "\n" + outcome(test) + "\n";
    }
    auto expected = file;
    expected.replace_extension(".out");
    if (accept) {
      std::ofstream(expected, std::ios::binary) << all;
    } else {
      EXPECT_EQ(read_file(expected), all) << file << ": WL_ACCEPT=1 takes what came as what is expected";
    }
  }
  EXPECT_GE(cases, 60U);
}

}  // namespace
}  // namespace windlass::pods
