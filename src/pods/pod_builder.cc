#include "pods/pod_builder.h"

#include <algorithm>

#include "pods/agent_injection.h"
#include "pods/hardening.h"
#include "pods/pod_merge.h"
#include "pods/pod_names.h"
#include "pods/template_manifest.h"
#include "pods/tenant_policy.h"

namespace windlass::pods {
namespace {

using data::Value;

Value& containers_of(Value& pod) { return pod.mutable_members()["spec"].mutable_members()["containers"]; }

Value* find_container(Value& pod, const std::string& name) {
  for (auto& one : containers_of(pod).mutable_items()) {
    if (one.get_string("name") == name) return &one;
  }
  return nullptr;
}

bool has(const Value& list, std::string_view key, std::string_view text) {
  return std::ranges::any_of(list.items(), [&](const Value& one) { return one.get_string(key) == text; });
}

/// The container that the agent runs in, added when the template has none.
void put_agent_container(Value& pod, const std::string& name, const Clouds& clouds, const Cloud& cloud) {
  auto* agent = find_container(pod, name);
  if (agent == nullptr) {
    containers_of(pod).push(Value::map_of("name", name));
    agent = find_container(pod, name);
  }
  if (agent->get_string("image").empty()) {
    auto registry = cloud.agent_registry;
    if (!registry.empty() && !registry.ends_with('/')) registry += '/';
    agent->set("image", registry + clouds.default_agent_image);
  }
  if (agent->find("resources") == nullptr) {
    agent->set("resources", Value::map_of("requests", Value::map_of("cpu", "100m", "memory", "256Mi")));
  }
}

/// What the agent checks the server's certificate against, where we know who signed it.
std::string authority_for(const Clouds& clouds, std::string_view url) {
  const auto host = secret_host(url);
  return !host.empty() && std::ranges::find(clouds.agent_hosts, host) != clouds.agent_hosts.end()
             ? clouds.agent_authority
             : std::string();
}

/// What the scheduler and the kubelet are told when nobody says it.
void put_defaults(Value& pod) {
  Value& spec = *pod.find("spec");
  const auto* affinity = spec.find("affinity");
  const bool chosen = (spec.find("nodeSelector") != nullptr && spec.find("nodeSelector")->size() != 0) ||
                      !spec.get_string("runtimeClassName").empty() ||
                      (affinity != nullptr && affinity->find("nodeAffinity") != nullptr);
  if (!chosen) spec.set("nodeSelector", Value::map_of("kubernetes.io/os", "linux"));
  if (spec.get_string("restartPolicy").empty()) spec.set("restartPolicy", "Never");
}

void put_metadata(Value& pod, const BuildInput& input, const PodRequest& request, const std::string& space,
                  const std::string& agent_url) {
  const auto& label = input.resolved.label;
  auto& metadata = pod.mutable_members()["metadata"];
  if (!metadata.is_map()) metadata = Value::map();
  auto& members = metadata.mutable_members();
  members.erase("generateName");
  members.erase("creationTimestamp");
  metadata.set("name", input.pod_name);
  metadata.set("namespace", space);
  auto& labels = members["labels"];
  if (!labels.is_map()) labels = Value::map();
  if (input.cloud->pod_labels.empty()) {
    labels.set("jenkins", "slave");
  } else {
    for (const auto& one : input.cloud->pod_labels) labels.set(one.key, one.value);
  }
  labels.set("jenkins/label", label.empty() ? std::string("slave-default") : sanitize_label(label));
  labels.set("jenkins/label-digest", label.empty() ? std::string("0") : label_digest(label));
  labels.set("kubernetes.jenkins.io/controller", sanitize_label(agent_url));
  if (!request.run_uid.empty()) labels.set("windlass.io/run", sanitize_label(request.run_uid));
  auto& annotations = members["annotations"];
  if (!annotations.is_map()) annotations = Value::map();
  if (!input.pipeline_parts.empty()) {
    if (!request.build_url.empty()) annotations.set("buildUrl", request.build_url);
    if (!request.run_url.empty()) annotations.set("runUrl", request.run_url);
  }
  if (!request.effect_key.empty()) annotations.set("windlass.io/effect", request.effect_key);
  if (annotations.size() == 0) members.erase("annotations");
}

Value reorder(const Value& map, std::initializer_list<const char*> first) {
  Value out = Value::map();
  for (const auto* key : first) {
    if (const auto* value = map.find(key)) out.set(key, *value);
  }
  for (const auto& [key, value] : map.members()) {
    if (out.find(key) == nullptr) out.set(key, value);
  }
  return out;
}

/// Keys in the order in which people read a manifest.
Value ordered(const Value& pod) {
  Value out = Value::map_of("apiVersion", "v1", "kind", "Pod");
  for (const auto* key : {"metadata", "spec"}) {
    if (const auto* value = pod.find(key)) out.set(key, *value);
  }
  auto& metadata = *out.find("metadata");
  metadata = reorder(metadata, {"name", "namespace", "labels", "annotations"});
  auto& spec = *out.find("spec");
  for (const auto* list : {"initContainers", "containers"}) {
    auto* containers = spec.find(list);
    if (containers == nullptr) continue;
    for (auto& one : containers->mutable_items()) {
      one = reorder(one, {"name", "image", "imagePullPolicy", "command", "args", "workingDir", "tty", "env", "envFrom",
                          "ports", "resources", "volumeMounts", "securityContext"});
    }
  }
  spec = reorder(spec, {"serviceAccountName", "automountServiceAccountToken", "restartPolicy", "nodeSelector",
                        "affinity", "tolerations", "securityContext", "initContainers", "containers", "volumes"});
  return out;
}

std::unexpected<Error> refused(const std::vector<std::string>& sentences) {
  constexpr std::size_t kMost = 10;
  std::string all = "this pipeline's pod is refused";
  for (std::size_t i = 0; i < sentences.size() && i < kMost; ++i) all += (i == 0 ? ": " : "; ") + sentences[i];
  if (sentences.size() > kMost) all += "; and " + std::to_string(sentences.size() - kMost) + " more";
  return fail(ErrorKind::forbidden, std::move(all));
}

Result<void> check_policy(const BuildInput& input, const Value& pod) {
  if (input.pipeline_parts.empty()) return {};
  const auto& policy = input.clouds->policy;
  const auto namespaces = tenant_namespaces(*input.clouds, *input.cloud);
  auto administrators = WL_TRY(manifest_of(input.administrators, input.pod_name)).pod;
  administrators = combine_pods(WL_TRY(combine_yamls(input.administrators.yamls, true)), administrators);
  std::vector<std::string> sentences;
  for (const auto& part : input.pipeline_parts) {
    std::vector<Value> manifests = {WL_TRY(manifest_of(part, input.pod_name)).pod};
    if (!part.namespace_.empty()) manifests[0].mutable_members()["metadata"].set("namespace", part.namespace_);
    for (const auto& yaml : part.yamls) manifests.push_back(WL_TRY(parse_manifest(yaml)));
    for (const auto& manifest : manifests) {
      for (auto& one : tenant_violations(manifest, policy, namespaces)) sentences.push_back(std::move(one));
      for (auto& one : takeover_violations(manifest, pod, administrators, policy)) sentences.push_back(std::move(one));
    }
    if (part.workspace && part.workspace->kind == Volume::Kind::host_path && !policy.host_path) {
      sentences.emplace_back("workspaceVolume: a folder of the host must not be mounted by a pipeline");
    }
  }
  std::vector<std::string> once;
  for (auto& one : sentences) {
    if (std::ranges::find(once, one) == once.end()) once.push_back(std::move(one));
  }
  if (!once.empty()) return refused(once);
  return {};
}

/// As NODE_LABELS: the node's own name is one of them.
std::string node_labels(const std::string& label, const std::string& pod_name) {
  auto words = label_atoms(label);
  words.push_back(pod_name);
  std::ranges::sort(words);
  words.erase(std::ranges::unique(words).begin(), words.end());
  std::string out;
  for (const auto& one : words) {
    const bool quoted = one.find(' ') != std::string::npos;
    out += std::string(out.empty() ? "" : " ") + (quoted ? "\"" : "") + one + (quoted ? "\"" : "");
  }
  return out;
}

}  // namespace

std::string secret_host(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) return {};
  auto authority = url.substr(kScheme.size());
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (authority.starts_with('[')) return std::string(authority.substr(1, authority.find(']') - 1));
  return std::string(authority.substr(0, authority.find(':')));
}

void complete_containers(Value& pod, const std::string& agent_container, const Value& mounts, const Value& env,
                         const Value& workspace, const std::string& only) {
  Value& spec = *pod.find("spec");
  auto& volumes = spec.mutable_members()["volumes"];
  if (!has(volumes, "name", kWorkspaceVolume)) volumes.push(workspace);
  auto* agent = find_container(pod, agent_container);
  if (agent->get_string("workingDir").empty()) agent->set("workingDir", kDefaultWorkingDir);
  const auto root = agent->get_string("workingDir");
  for (auto& container : containers_of(pod).mutable_items()) {
    if (!only.empty() && container.get_string("name") != only) continue;
    if (container.get_string("workingDir").empty()) container.set("workingDir", root);
    if (env.size() != 0) {
      // What all containers have stands before what the container has itself, which wins.
      Value all = env;
      for (const auto& one : container.find("env") == nullptr ? Value::List{} : container.find("env")->items()) {
        const auto name = one.get_string("name");
        auto& items = all.mutable_items();
        const auto at =
            std::ranges::find_if(items, [&](const Value& other) { return other.get_string("name") == name; });
        if (at == items.end()) {
          items.push_back(one);
        } else {
          *at = one;
        }
      }
      container.set("env", std::move(all));
    }
    auto& own = container.mutable_members()["volumeMounts"];
    for (const auto& mount : mounts.items()) {
      if (!has(own, "mountPath", mount.get_string("mountPath"))) own.push(mount);
    }
    const auto dir = container.get_string("workingDir");
    if (!has(own, "mountPath", dir)) own.push(Value::map_of("name", kWorkspaceVolume, "mountPath", dir));
    // Steps name the workspace as the agent's container does: whoever has it elsewhere has it there too.
    if (!has(own, "mountPath", root)) own.push(Value::map_of("name", kWorkspaceVolume, "mountPath", root));
  }
}

/// A container that has something else where steps look for the workspace.
void warn_of_other_workspaces(const Value& pod, PodPlan& plan) {
  for (const auto& container : pod.find("spec")->find("containers")->items()) {
    const auto* mounts = container.find("volumeMounts");
    for (const auto& one : mounts == nullptr ? Value::List{} : mounts->items()) {
      if (one.get_string("mountPath") != plan.root || one.get_string("name") == kWorkspaceVolume) continue;
      if (container.get_string("name") == plan.agent_container) return;
      plan.warnings.push_back("container " + container.get_string("name") + " mounts " + one.get_string("name") +
                              " at " + plan.root + ": steps in it do not see the workspace of the pod's agent");
    }
  }
}

Result<PodPlan> build_pod(const BuildInput& input, const PodRequest& request) {
  const auto& cloud = *input.cloud;
  const auto& resolved = input.resolved;
  PodPlan plan;
  auto fields = WL_TRY(manifest_of(resolved, input.pod_name));
  plan.warnings = std::move(fields.warnings);
  Value pod = combine_pods(WL_TRY(combine_yamls(resolved.yamls, resolved.yaml_merge.value_or(false))), fields.pod);
  if (!pod.mutable_members()["spec"].is_map()) pod.set("spec", Value::map());
  WL_CHECK_OK(check_policy(input, pod));

  const auto* metadata = pod.find("metadata");
  plan.namespace_ = metadata == nullptr ? std::string() : metadata->get_string("namespace");
  for (const auto* next : {&resolved.namespace_, &cloud.namespace_, &input.clouds->default_namespace}) {
    if (plan.namespace_.empty()) plan.namespace_ = *next;
  }
  plan.claims = std::move(fields.claims);
  for (auto& claim : plan.claims) claim.find("metadata")->set("namespace", plan.namespace_);
  auto agent_url = cloud.jenkins_url.empty() ? input.clouds->root_url : cloud.jenkins_url;
  if (agent_url.empty()) {
    return fail(ErrorKind::invalid, "Jenkins URL for Kubernetes is null: set jenkinsUrl of cloud " + cloud.name +
                                        ", or the server's own URL, so that agents know whom to call");
  }
  if (!agent_url.ends_with('/')) agent_url += '/';

  plan.agent_container =
      resolved.agent_container.empty() ? std::string(kDefaultAgentContainer) : resolved.agent_container;
  put_agent_container(pod, plan.agent_container, *input.clouds, cloud);
  complete_containers(pod, plan.agent_container, fields.mounts, fields.env, fields.workspace);
  plan.root = find_container(pod, plan.agent_container)->get_string("workingDir");
  warn_of_other_workspaces(pod, plan);
  for (const auto& one : containers_of(pod).items()) {
    if (one.get_string("image").empty()) {
      return fail(ErrorKind::invalid, "container " + one.get_string("name") + " of the pod template has no image");
    }
  }
  put_defaults(pod);

  std::vector<Pair> shells;
  for (const auto& one : resolved.containers) shells.push_back({one.name, one.shell});
  Injection how{input.pod_name,
                request.secret_of ? request.secret_of(input.pod_name) : std::string(),
                agent_url,
                request.agent_image,
                plan.agent_container,
                {},
                authority_for(*input.clouds, agent_url)};
  if (cloud.proxy_variables) how.proxy_variables = input.clouds->proxy_variables;
  plan.containers = WL_TRY(inject_agent(pod, how, shells));
  auto hardening = input.clouds->hardening;
  if (cloud.restricted) hardening.users = Hardening::Users::all;
  harden(pod, hardening, plan.agent_container);
  put_metadata(pod, input, request, plan.namespace_, agent_url);

  plan.manifest = ordered(pod);
  plan.cloud = cloud.name;
  plan.name = input.pod_name;
  plan.template_name = resolved.name;
  plan.labels = node_labels(resolved.label, input.pod_name);
  plan.connect_timeout_seconds = resolved.connect_timeout_seconds.value_or(1000);
  plan.idle_minutes = resolved.idle_minutes.value_or(0);
  plan.instance_cap = resolved.instance_cap.value_or(0);
  plan.cloud_cap = cloud.container_cap;
  plan.retention = resolved.retention.value_or(cloud.retention);
  plan.show_raw_yaml = resolved.show_raw_yaml.value_or(true);
  return plan;
}

}  // namespace windlass::pods
