#include "cluster/manifests.h"

#include <algorithm>

#include "cluster/definitions.h"
#include "cluster/role_rules.h"
#include "kube/needs.h"
#include "text/codec.h"

namespace windlass::cluster {

using data::Value;

namespace {

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
constexpr std::string_view kVolume = "windlass";
constexpr std::string_view kCascMap = "jenkins-casc-config";
constexpr int kGroupMayRead = 0440;
constexpr std::string_view kMount = "/var/lib/windlass", kConfigMount = "/etc/kubesphere",
                           kPasswordMount = "/etc/windlass/first-password", kCascMount = "/etc/windlass/casc";
constexpr int kPort = 9090, kAgentsPort = 50000, kJenkinsPort = 80;
constexpr int kUser = 65532;

bool is_dns_name(std::string_view text, std::size_t most = 63) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !text.empty() && text.size() <= most && std::ranges::all_of(text, good) && text.front() != '-' &&
         text.back() != '-' && text.front() != '.' && text.back() != '.';
}

Result<> check_name(std::string_view what, std::string_view text) {
  if (is_dns_name(text) && text.find('.') == std::string_view::npos) return {};
  return fail(ErrorKind::invalid,
              {"{}: {} is no name of Kubernetes (small letters, digits and -, at most 63)",
               "{}：{} 不是 Kubernetes 名称（小写字母、数字与 -，最多 63 个字符）"},
              {what, text});
}

Result<> check_image(std::string_view what, std::string_view text) {
  const bool bad = text.empty() || text.size() > 512 ||
                   std::ranges::any_of(text, [](unsigned char c) { return c <= ' ' || c >= 127; });
  if (!bad) return {};
  return fail(ErrorKind::invalid, std::string(what) + ": " +
                                      (text.empty() ? std::string("an image is needed")
                                                    : "\"" + std::string(text) + "\" is no name of an image"));
}

Value labels_of(const InstallOptions& options) {
  return Value::map_of("app.kubernetes.io/name", "windlass", std::string(kManagedBy), kWindlass,
                       "app.kubernetes.io/version", options.version);
}

Value object(const InstallOptions& options, std::string_view api_version, std::string_view kind, std::string_view name,
             std::string_view namespace_ = {}) {
  Value metadata = Value::map_of("name", name);
  if (!namespace_.empty()) metadata.set("namespace", std::string(namespace_));
  metadata.set("labels", labels_of(options));
  return Value::map_of("apiVersion", api_version, "kind", kind, "metadata", std::move(metadata));
}

/// The labels by which KubeSphere knows it as a part of its own.
Value namespace_of(const InstallOptions& options, const std::string& name) {
  Value out = object(options, "v1", "Namespace", name);
  Value& labels = *out.find("metadata")->find("labels");
  labels.set("kubesphere.io/namespace", name);
  labels.set("kubesphere.io/workspace", "system-workspace");
  return out;
}

Value account(const InstallOptions& options, std::string_view name) {
  Value out = object(options, "v1", "ServiceAccount", name, options.namespace_);
  out.set("automountServiceAccountToken", false);
  return out;
}

Value role(const InstallOptions& options, std::string_view kind, std::string_view name, std::string_view namespace_,
           kube::Reach reach) {
  Value out = object(options, std::string(kRbac) + "/v1", kind, name, namespace_);
  out.set("rules", role_rules(reach));
  return out;
}

Value binding(const InstallOptions& options, std::string_view kind, std::string_view name, std::string_view namespace_,
              std::vector<std::string_view> accounts) {
  Value out = object(options, std::string(kRbac) + "/v1", kind, name, namespace_);
  out.set("roleRef",
          Value::map_of("apiGroup", kRbac, "kind", kind == "RoleBinding" ? "Role" : "ClusterRole", "name", name));
  Value subjects = Value::list();
  for (const auto one : accounts) {
    subjects.push(Value::map_of("kind", "ServiceAccount", "name", one, "namespace", options.namespace_));
  }
  out.set("subjects", std::move(subjects));
  return out;
}

Value selector() {
  return Value::map_of("app.kubernetes.io/name", "windlass", "app.kubernetes.io/component", "server");
}

Value service(const InstallOptions& options, std::string_view name, std::string_view port_name, int port, int target) {
  Value out = object(options, "v1", "Service", name, options.namespace_);
  out.set("spec", Value::map_of("type", "ClusterIP", "selector", selector(), "ports",
                                Value::list_of(Value::map_of("name", port_name, "port", port, "targetPort", target,
                                                             "protocol", "TCP"))));
  return out;
}

/// A folder of one node as a volume, so that the pod itself names no path of a host.
Value node_volume(const InstallOptions& options) {
  const auto& storage = options.storage;
  Value out = object(options, "v1", "PersistentVolume", std::string(kVolume) + "-" + options.namespace_);
  Value where =
      Value::map_of("key", "kubernetes.io/hostname", "operator", "In", "values", Value::list_of(storage.name));
  Value terms = Value::list_of(Value::map_of("matchExpressions", Value::list_of(std::move(where))));
  // No storageClassName: an empty one is not stored, and would be written again each time.
  out.set("spec",
          Value::map_of("capacity", Value::map_of("storage", storage.size), "accessModes",
                        Value::list_of("ReadWriteOnce"), "volumeMode", "Filesystem", "persistentVolumeReclaimPolicy",
                        "Retain", "claimRef", Value::map_of("namespace", options.namespace_, "name", kVolume), "local",
                        Value::map_of("path", storage.path), "nodeAffinity",
                        Value::map_of("required", Value::map_of("nodeSelectorTerms", std::move(terms)))));
  return out;
}

Value claim(const InstallOptions& options) {
  const auto& storage = options.storage;
  Value spec = Value::map_of("accessModes", Value::list_of("ReadWriteOnce"), "resources",
                             Value::map_of("requests", Value::map_of("storage", storage.size)));
  if (storage.kind == Storage::Kind::node) {
    spec.set("storageClassName", "");
    spec.set("volumeName", std::string(kVolume) + "-" + options.namespace_);
  } else if (!storage.name.empty()) {
    spec.set("storageClassName", storage.name);
  }
  Value out = object(options, "v1", "PersistentVolumeClaim", kVolume, options.namespace_);
  out.set("spec", std::move(spec));
  return out;
}

Value arguments(const InstallOptions& options) {
  Value out = Value::list_of(
      "server", "--data", std::string(kMount) + "/data", "--listen", "0.0.0.0:" + std::to_string(kPort), "--cluster",
      "--executors", "0", "--namespace", options.workers, "--project-role", kube::kProjectRole, "--agents-listen",
      "0.0.0.0:" + std::to_string(kAgentsPort), "--first-password", kPasswordMount, "--agents-url",
      "https://devops-jenkins-agent." + options.namespace_ + ":" + std::to_string(kAgentsPort), "--agent-image",
      options.agent_image, "--config", std::string(kConfigMount) + "/kubesphere.yaml", "--config-may-be-missing");
  if (!options.tls_only) {
    out.push("--plain");
    out.push("everywhere");
  }
  if (!options.casc.empty()) {
    out.push("--casc");
    out.push(kCascMount);
  }
  return out;
}

/// Plain where plain is taken. With TLS only, one that stands by answers nothing but a connection.
Value probe(const InstallOptions& options, std::string_view path, bool of_readiness, int period, int failures) {
  Value out = options.tls_only && !of_readiness
                  ? Value::map_of("tcpSocket", Value::map_of("port", kPort))
                  : Value::map_of("httpGet", Value::map_of("path", path, "port", kPort, "scheme",
                                                           options.tls_only ? "HTTPS" : "HTTP"));
  out.set("periodSeconds", period);
  out.set("timeoutSeconds", 5);
  out.set("failureThreshold", failures);
  return out;
}

Value mount(std::string_view name, std::string_view path, bool read_only) {
  Value out = Value::map_of("name", name, "mountPath", path);
  if (read_only) out.set("readOnly", true);
  return out;
}

Value container(const InstallOptions& options) {
  Value mounts = Value::list_of(mount("data", kMount, false), mount("tmp", "/tmp", false),
                                mount("config", kConfigMount, true), mount("first-password", kPasswordMount, true));
  if (!options.casc.empty()) mounts.push(mount("casc", kCascMount, true));
  Value ports = Value::list_of(Value::map_of("name", "http", "containerPort", kPort, "protocol", "TCP"),
                               Value::map_of("name", "agents", "containerPort", kAgentsPort, "protocol", "TCP"));
  Value security = Value::map_of("allowPrivilegeEscalation", false, "readOnlyRootFilesystem", true, "capabilities",
                                 Value::map_of("drop", Value::list_of("ALL")));
  return Value::map_of("name", "server", "image", options.image, "terminationMessagePolicy", "FallbackToLogsOnError",
                       "args", arguments(options), "env",
                       Value::list_of(Value::map_of("name", "HOME", "value", kMount),
                                      Value::map_of("name", "LC_ALL", "value", "C.UTF-8")),
                       "ports", std::move(ports), "resources",
                       Value::map_of("requests", Value::map_of("cpu", "50m", "memory", "64Mi"), "limits",
                                     Value::map_of("memory", "1Gi")),
                       "startupProbe", probe(options, "/livez", false, 2, 60), "readinessProbe",
                       probe(options, "/readyz", true, 5, 3), "livenessProbe", probe(options, "/livez", false, 10, 6),
                       "securityContext", std::move(security), "volumeMounts", std::move(mounts));
}

Value config_volume(const std::string& from) {
  const auto slash = from.find('/');
  const auto name = from.substr(slash + 1);
  if (from.substr(0, slash) == "secret") {
    return Value::map_of("name", "config", "secret", Value::map_of("secretName", name, "optional", true));
  }
  return Value::map_of("name", "config", "configMap", Value::map_of("name", name, "optional", true));
}

Value first_password(const InstallOptions& options) {
  Value out = object(options, "v1", "Secret", kFirstPassword, options.namespace_);
  out.set("type", "Opaque");
  out.set("data", Value::map_of("jenkins-admin-user", text::encode_base64("admin"), "jenkins-admin-password",
                                text::encode_base64(options.first_password)));
  return out;
}

Value deployment(const InstallOptions& options) {
  Value volumes = Value::list();
  if (options.storage.kind == Storage::Kind::memory) {
    volumes.push(Value::map_of("name", "data", "emptyDir", Value::map()));
  } else {
    volumes.push(Value::map_of("name", "data", "persistentVolumeClaim", Value::map_of("claimName", kVolume)));
  }
  volumes.push(Value::map_of("name", "tmp", "emptyDir", Value::map_of("sizeLimit", "1Gi")));
  volumes.push(config_volume(options.config));
  volumes.push(
      Value::map_of("name", "first-password", "secret",
                    Value::map_of("secretName", kFirstPassword, "optional", true, "defaultMode", kGroupMayRead)));
  if (!options.casc.empty()) {
    volumes.push(Value::map_of("name", "casc", "configMap", Value::map_of("name", kCascMap)));
  }
  // OnRootMismatch: a volume that was ours before is left as it is; else the folder would be opened to the group again.
  Value security =
      Value::map_of("runAsNonRoot", true, "runAsUser", kUser, "runAsGroup", kUser, "fsGroup", kUser,
                    "fsGroupChangePolicy", "OnRootMismatch", "seccompProfile", Value::map_of("type", "RuntimeDefault"));
  Value spec = Value::map_of("serviceAccountName", kServerAccount, "automountServiceAccountToken", true,
                             "enableServiceLinks", false, "terminationGracePeriodSeconds", 30, "nodeSelector",
                             Value::map_of("kubernetes.io/os", "linux"), "securityContext", std::move(security));
  if (!options.pull_secret.empty()) {
    spec.set("imagePullSecrets", Value::list_of(Value::map_of("name", options.pull_secret)));
  }
  spec.set("containers", Value::list_of(container(options)));
  spec.set("volumes", std::move(volumes));
  Value pod_labels = labels_of(options);
  pod_labels.set("app.kubernetes.io/component", "server");
  Value out = object(options, "apps/v1", "Deployment", kServerName, options.namespace_);
  // One at a time: the volume is of one machine, on which a kubelet starts an ended process as fast as a second one
  // would take over, and where the machine is gone a second one has no volume either.
  out.set("spec", Value::map_of("replicas", 1, "revisionHistoryLimit", 3, "strategy", Value::map_of("type", "Recreate"),
                                "selector", Value::map_of("matchLabels", selector()), "template",
                                Value::map_of("metadata", Value::map_of("labels", std::move(pod_labels)), "spec",
                                              std::move(spec))));
  return out;
}

Result<> check(const InstallOptions& options) {
  WL_CHECK_OK(check_name("the namespace", options.namespace_));
  WL_CHECK_OK(check_name("the namespace of agents", options.workers));
  if (options.namespace_ == options.workers) {
    return fail(ErrorKind::invalid,
                {"the server and its agents need a namespace each, or an agent's pod could stand in for the server",
                 "服务器与其代理须使用不同的命名空间，否则代理的 Pod 可能冒充服务器"});
  }
  WL_CHECK_OK(check_image("--image", options.image));
  WL_CHECK_OK(check_image("--agent-image", options.agent_image));
  if (!options.pull_secret.empty() && !is_dns_name(options.pull_secret, 253)) {
    return fail(ErrorKind::invalid,
                {"--pull-secret: {} is no name of a Secret", "--pull-secret：{} 不是 Secret 的名称"},
                {options.pull_secret});
  }
  const auto slash = options.config.find('/');
  const auto kind = options.config.substr(0, slash);
  if (slash == std::string::npos || (kind != "configmap" && kind != "secret") ||
      !is_dns_name(options.config.substr(slash + 1), 253)) {
    return fail(ErrorKind::invalid,
                {"--config-from takes configmap/NAME or secret/NAME, not {}",
                 "--config-from 须为 configmap/名称 或 secret/名称，而不是 {}"},
                {options.config});
  }
  return {};
}

}  // namespace

Result<Storage> parse_storage(std::string_view text) {
  Storage out;
  if (text.empty()) return out;
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorKind::invalid,
                {"--storage takes class:NAME, node:NODE:/FOLDER or memory, not {}{}",
                 "--storage 须为 class:名称、node:节点:/目录 或 memory，而不是 {}{}"},
                {text, why});
  };
  if (text == "memory") {
    out.kind = Storage::Kind::memory;
    return out;
  }
  if (text.starts_with("class:")) {
    out.name = text.substr(6);
    if (!is_dns_name(out.name, 253)) return wrong(": that is no name of a storage class");
    return out;
  }
  if (!text.starts_with("node:")) return wrong("");
  const auto rest = text.substr(5);
  const auto colon = rest.find(':');
  if (colon == std::string_view::npos) return wrong(": the folder is missing");
  out.kind = Storage::Kind::node;
  out.name = rest.substr(0, colon);
  out.path = rest.substr(colon + 1);
  if (!is_dns_name(out.name, 253)) return wrong(": that is no name of a node");
  if (!out.path.starts_with('/') || out.path.size() < 2 || out.path.find("..") != std::string::npos) {
    return wrong(": the folder must be an absolute path without ..");
  }
  return out;
}

Result<std::vector<Value>> install_manifests(const InstallOptions& options) {
  WL_CHECK_OK(check(options));
  std::vector<Value> out = {namespace_of(options, options.namespace_), namespace_of(options, options.workers)};
  // First, because a cluster takes its time to bind a volume.
  if (options.storage.kind == Storage::Kind::node) out.push_back(node_volume(options));
  if (options.storage.kind != Storage::Kind::memory) out.push_back(claim(options));
  for (auto& one : definitions()) out.push_back(std::move(one));
  out.push_back(account(options, kServerAccount));
  out.push_back(account(options, kAgentsAccount));
  out.push_back(role(options, "ClusterRole", "windlass", "", kube::Reach::cluster));
  out.push_back(role(options, "ClusterRole", kube::kProjectRole, "", kube::Reach::projects));
  out.push_back(binding(options, "ClusterRoleBinding", "windlass", "", {kServerAccount}));
  out.push_back(role(options, "Role", "windlass", options.namespace_, kube::Reach::system));
  out.push_back(binding(options, "RoleBinding", "windlass", options.namespace_, {kServerAccount}));
  out.push_back(role(options, "Role", "windlass-agents", options.workers, kube::Reach::workers));
  out.push_back(binding(options, "RoleBinding", "windlass-agents", options.workers, {kServerAccount, kAgentsAccount}));
  out.push_back(role(options, "Role", "windlass-registry", options.workers, kube::Reach::registry));
  out.push_back(binding(options, "RoleBinding", "windlass-registry", options.workers, {kServerAccount}));
  if (!options.casc.empty()) {
    Value map = object(options, "v1", "ConfigMap", kCascMap, options.namespace_);
    map.set("data", Value::map_of("jenkins.yaml", options.casc));
    out.push_back(std::move(map));
  }
  if (!options.first_password.empty()) out.push_back(first_password(options));
  out.push_back(service(options, kServerName, "http", kPort, kPort));
  out.push_back(service(options, "devops-jenkins", "http", kJenkinsPort, kPort));
  out.push_back(service(options, "devops-jenkins-agent", "agents", kAgentsPort, kAgentsPort));
  out.push_back(deployment(options));
  return out;
}

}  // namespace windlass::cluster
