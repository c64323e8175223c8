// links: windlass::pods
// Any bytes as the template of a pipeline, once as its fields (YAML) and once as its manifest: no crash, and what the
// policy let through asks for nothing that it forbids, also when an administrator's template is inherited.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "data/yaml.h"
#include "pods/pod_security.h"
#include "pods/pods.h"

using namespace windlass;

namespace {

pods::Clouds clouds_of(bool powerful) {
  pods::Clouds out;
  out.root_url = "http://server";
  pods::Cloud cloud;
  cloud.namespace_ = "workers";
  pods::PodTemplate base;
  base.name = "base";
  if (powerful) {
    pods::ContainerTemplate docker;
    docker.name = "docker";
    docker.image = "docker:dind";
    docker.privileged = true;
    base.containers.push_back(docker);
    pods::Volume host;
    host.kind = pods::Volume::Kind::host_path;
    host.source = "/var/run/docker.sock";
    host.mount_path = "/sock";
    base.volumes.push_back(host);
  }
  cloud.templates.push_back(std::move(base));
  out.clouds.push_back(std::move(cloud));
  return out;
}

void check(const data::Value& pod, bool powerful) {
  for (const auto& one : pods::baseline_violations(pod)) {
    using Kind = pods::Violation::Kind;
    // Of the administrator: one container with privileges, one folder of the host.
    if (!powerful || (one.kind != Kind::privileged && one.kind != Kind::host_path)) __builtin_trap();
  }
  const auto* spec = pod.find("spec");
  for (const auto* key : {"serviceAccountName", "serviceAccount"}) {
    const auto account = spec->get_string(key);
    if (!account.empty() && account != "default") __builtin_trap();
  }
  if (pod.find("metadata")->get_string("namespace") != "workers") __builtin_trap();
  std::size_t privileged = 0;
  pods::for_each_container(pod, [&](const std::string&, const data::Value& container) {
    const auto* security = container.find("securityContext");
    if (security == nullptr || !security->get_bool("privileged")) return;
    ++privileged;
    if (container.get_string("name") != "docker" || container.get_string("image") != "docker:dind") __builtin_trap();
  });
  if (privileged > (powerful ? 1U : 0U)) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  pods::PodRequest request;
  request.label = "mine";
  request.suffix = "bcdfghjklm";
  request.agent_image = "agent:1";
  request.secret_of = [](std::string_view) { return std::string("secret"); };
  for (const bool powerful : {false, true}) {
    const auto clouds = clouds_of(powerful);
    for (const bool fields : {false, true}) {
      data::Value map = data::Value::map();
      if (fields) {
        auto parsed = data::parse_yaml(text);
        if (!parsed || !parsed->is_map()) continue;
        map = std::move(*parsed);
      } else {
        map.set("yaml", text);
        map.set("yamlMergeStrategy", "merge");
      }
      map.set("label", "mine");
      if (powerful) map.set("inheritFrom", "base");
      request.declared = data::Value::list_of(map);
      if (auto plan = pods::plan_pod(clouds, request)) {
        check(plan->manifest, powerful);
        if (pods::add_docker_container(clouds, *plan, {.name = {}, .image = "x", .args = text, .always_pull = false})) {
          check(plan->manifest, powerful);
        }
      }
    }
  }
  return 0;
}
