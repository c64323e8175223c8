#include "pods/tenant_policy.h"

#include <algorithm>

#include "pods/pod_security.h"

namespace windlass::pods {
namespace {

using data::Value;

const Value& child(const Value& map, std::string_view key) {
  static const Value kNothing;
  const auto* found = map.find(key);
  return found == nullptr ? kNothing : *found;
}

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

bool is_control_plane(std::string_view key) {
  return key == "node-role.kubernetes.io/control-plane" || key == "node-role.kubernetes.io/master";
}

constexpr std::string_view kSpecFields[] = {"activeDeadlineSeconds",
                                            "affinity",
                                            "automountServiceAccountToken",
                                            "containers",
                                            "dnsConfig",
                                            "dnsPolicy",
                                            "enableServiceLinks",
                                            "hostAliases",
                                            "hostIPC",
                                            "hostNetwork",
                                            "hostPID",
                                            "hostUsers",
                                            "hostname",
                                            "imagePullSecrets",
                                            "initContainers",
                                            "nodeSelector",
                                            "os",
                                            "preemptionPolicy",
                                            "priorityClassName",
                                            "readinessGates",
                                            "restartPolicy",
                                            "runtimeClassName",
                                            "schedulerName",
                                            "securityContext",
                                            "serviceAccount",
                                            "serviceAccountName",
                                            "setHostnameAsFQDN",
                                            "shareProcessNamespace",
                                            "subdomain",
                                            "terminationGracePeriodSeconds",
                                            "tolerations",
                                            "topologySpreadConstraints",
                                            "volumes"};
constexpr std::string_view kMetadataFields[] = {"annotations",  "labels",    "name",
                                                "generateName", "namespace", "creationTimestamp"};
constexpr std::string_view kVolumeFields[] = {
    "configMap", "csi", "downwardAPI",           "emptyDir",  "ephemeral", "hostPath",
    "name",      "nfs", "persistentVolumeClaim", "projected", "secret"};

class Policeman {
 public:
  Policeman(const Value& part, const TenantPolicy& policy) : part_(part), spec_(child(part, "spec")), policy_(policy) {}

  void check(const std::vector<std::string>& namespaces) {
    metadata(namespaces);
    for (const auto& [key, value] : spec_.members()) {
      if (std::ranges::find(kSpecFields, key) == std::end(kSpecFields)) {
        refuse("spec." + key, "a pipeline cannot set this field");
      }
    }
    profile();
    identity();
    placement();
    volumes();
    if (!policy_.root) roots();
  }

  std::vector<std::string> refused;

 private:
  void refuse(const std::string& path, const std::string& sentence) { refused.push_back(path + ": " + sentence); }

  void metadata(const std::vector<std::string>& namespaces) {
    const auto& metadata = child(part_, "metadata");
    for (const auto& [key, value] : metadata.members()) {
      if (std::ranges::find(kMetadataFields, key) == std::end(kMetadataFields)) {
        refuse("metadata." + key, "a pipeline cannot set this field");
      }
    }
    const auto space = metadata.get_string("namespace");
    if (!space.empty() && !contains(namespaces, space)) {
      refuse("metadata.namespace", "pods of pipelines cannot be in namespace " + space);
    }
    for (const auto* list : {"labels", "annotations"}) {
      for (const auto& [key, value] : child(metadata, list).members()) {
        if (key.starts_with("windlass.io/") || key.starts_with("kubernetes.jenkins.io/")) {
          refuse("metadata." + std::string(list) + "[" + key + "]", "this name is ours");
        }
      }
    }
  }

  /// Kubernetes' baseline profile, but for what the policy allows.
  void profile() {
    for (const auto& one : baseline_violations(part_)) {
      using Kind = Violation::Kind;
      const bool allowed = one.kind == Kind::host_namespaces ? policy_.host_namespaces
                           : one.kind == Kind::host_path     ? policy_.host_path
                           : one.kind == Kind::host_ports    ? policy_.host_ports
                                                             : policy_.privileged;
      if (!allowed) refuse(one.path, one.sentence);
    }
  }

  void identity() {
    for (const auto* key : {"serviceAccountName", "serviceAccount"}) {
      const auto account = spec_.get_string(key);
      if (!account.empty() && account != "default" && !contains(policy_.service_accounts, account)) {
        refuse("spec." + std::string(key), "pods of pipelines cannot run as service account " + account);
      }
    }
    const bool own =
        !spec_.get_string("serviceAccountName").empty() && spec_.get_string("serviceAccountName") != "default";
    if (spec_.get_bool("automountServiceAccountToken") && !policy_.service_account_token && !own) {
      refuse("spec.automountServiceAccountToken", "pods of pipelines get no token of the cluster");
    }
    auto listed = [&](const char* key, const std::vector<std::string>& allowed) {
      const auto name = spec_.get_string(key);
      if (!name.empty() && !contains(allowed, name))
        refuse(std::string("spec.") + key, "a pipeline cannot choose " + name);
    };
    listed("runtimeClassName", policy_.runtime_classes);
    listed("priorityClassName", policy_.priority_classes);
  }

  void placement() {
    constexpr std::string_view kSentence = "pods of pipelines cannot be on nodes of the control plane";
    for (const auto& [key, value] : child(spec_, "nodeSelector").members()) {
      if (is_control_plane(key)) refuse("spec.nodeSelector[" + key + "]", std::string(kSentence));
    }
    const auto& tolerations = child(spec_, "tolerations").items();
    for (std::size_t i = 0; i < tolerations.size(); ++i) {
      const auto path = "spec.tolerations[" + std::to_string(i) + "]";
      const auto key = tolerations[i].get_string("key");
      if (is_control_plane(key)) {
        refuse(path, std::string(kSentence));
      } else if (key.empty()) {
        refuse(path, "a pipeline must name the taint that its pod tolerates");
      }
    }
    const auto& node = child(child(spec_, "affinity"), "nodeAffinity");
    const auto& required = child(child(node, "requiredDuringSchedulingIgnoredDuringExecution"), "nodeSelectorTerms");
    for (const auto& term : required.items()) {
      for (const auto& one : child(term, "matchExpressions").items()) {
        const auto how = one.get_string("operator");
        if (is_control_plane(one.get_string("key")) && (how == "Exists" || how == "In")) {
          refuse("spec.affinity.nodeAffinity", std::string(kSentence));
        }
      }
    }
  }

  void volumes() {
    const auto& list = child(spec_, "volumes").items();
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto path = "spec.volumes[" + std::to_string(i) + "].";
      for (const auto& [key, value] : list[i].members()) {
        if (std::ranges::find(kVolumeFields, key) == std::end(kVolumeFields) || (key == "nfs" && !policy_.nfs)) {
          refuse(path + key, "a pipeline cannot mount volumes of this kind");
        }
      }
      if (policy_.service_account_token) continue;
      for (const auto& source : child(child(list[i], "projected"), "sources").items()) {
        if (source.find("serviceAccountToken") != nullptr) {
          refuse(path + "projected", "pods of pipelines get no token of the cluster");
        }
      }
    }
  }

  void roots() {
    auto check_one = [this](const std::string& path, const Value& security) {
      const auto& user = child(security, "runAsUser");
      if ((user.is_int() && user.as_int() == 0) || !child(security, "runAsNonRoot").as_bool(true)) {
        refuse(path + ".securityContext", "pods of pipelines cannot run as root");
      }
    };
    check_one("spec", child(spec_, "securityContext"));
    for_each_container(part_, [&](const std::string& path, const Value& container) {
      check_one(path, child(container, "securityContext"));
    });
  }

  const Value& part_;
  const Value& spec_;
  const TenantPolicy& policy_;
};

}  // namespace

std::vector<std::string> tenant_violations(const Value& part, const TenantPolicy& policy,
                                           const std::vector<std::string>& namespaces) {
  Policeman policeman(part, policy);
  policeman.check(namespaces);
  return std::move(policeman.refused);
}

std::vector<std::string> takeover_violations(const Value& part, const Value& pod, const Value& administrators,
                                             const TenantPolicy& policy) {
  std::vector<std::string> out;
  // By what the volume is in the end: a pipeline may define one of the same name, and the template's wins.
  std::vector<std::string> host_volumes;
  for (const auto& volume : child(child(pod, "spec"), "volumes").items()) {
    if (volume.find("hostPath") != nullptr && !policy.host_path) host_volumes.push_back(volume.get_string("name"));
  }
  std::vector<std::string> powerful;
  for_each_container(administrators, [&](const std::string&, const Value& container) {
    const auto& security = child(container, "securityContext");
    const bool more =
        child(security, "privileged").as_bool() || child(child(security, "capabilities"), "add").size() != 0;
    if (more && !policy.privileged) powerful.push_back(container.get_string("name"));
  });
  for_each_container(part, [&](const std::string& path, const Value& container) {
    for (const auto& mount : child(container, "volumeMounts").items()) {
      const auto name = mount.get_string("name");
      if (contains(host_volumes, name)) {
        out.push_back(path + ".volumeMounts: volume " + name +
                      " is a folder of the host, which only the administrator's template can mount");
      }
    }
    const auto name = container.get_string("name");
    if (contains(powerful, name)) {
      out.push_back(path + ": container " + name +
                    " has privileges from the administrator's template, so a pipeline cannot change it");
    }
  });
  return out;
}

std::vector<std::string> tenant_namespaces(const Clouds& clouds, const Cloud& cloud) {
  auto out = clouds.policy.namespaces;
  out.push_back(cloud.namespace_.empty() ? clouds.default_namespace : cloud.namespace_);
  for (const auto& one : cloud.templates) {
    if (!one.namespace_.empty()) out.push_back(one.namespace_);
  }
  return out;
}

}  // namespace windlass::pods
