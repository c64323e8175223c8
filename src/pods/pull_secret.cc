// registryCredentialsId where agents are pods: what the kubelet says to a registry, in a Secret of one pod.
//
// Not here: whose credential it is, and that the Secret ends with its pod (clouds/). The manifest names it only.
#include "data/json.h"
#include "pods/pods.h"
#include "text/codec.h"

namespace windlass::pods {

using data::Value;

namespace {
constexpr std::string_view kDockerHub = "https://index.docker.io/v1/";
}

void add_pull_secret(PodPlan& plan, const std::vector<RegistryLogin>& logins) {
  if (logins.empty()) return;
  Value registries = Value::map();
  for (const auto& one : logins) {
    registries.set(one.registry.empty() ? std::string(kDockerHub) : one.registry,
                   Value::map_of("username", one.user, "password", one.password, "auth",
                                 text::encode_base64(one.user + ":" + one.password)));
  }
  const auto name = plan.name + "-pull";
  plan.secrets.push_back(Value::map_of(
      "apiVersion", "v1", "kind", "Secret", "metadata", Value::map_of("name", name, "namespace", plan.namespace_),
      "type", "kubernetes.io/dockerconfigjson", "data",
      Value::map_of(".dockerconfigjson",
                    text::encode_base64(data::format_json(Value::map_of("auths", std::move(registries)))))));
  plan.manifest.find("spec")->mutable_members()["imagePullSecrets"].push(Value::map_of("name", name));
}

}  // namespace windlass::pods
