#include "pods/pod_security.h"

#include <algorithm>

#include "pods/pods.h"

namespace windlass::pods {
namespace {

using data::Value;
using Kind = Violation::Kind;

const Value& child(const Value& map, std::string_view key) {
  static const Value kNothing;
  const auto* found = map.find(key);
  return found == nullptr ? kNothing : *found;
}

class Checker {
 public:
  explicit Checker(const Value& pod)
      : pod_(pod), spec_(child(pod, "spec")), security_(child(spec_, "securityContext")) {}

  void baseline() {
    for (const auto* key : {"hostNetwork", "hostPID", "hostIPC"}) {
      if (child(spec_, key).as_bool()) add(Kind::host_namespaces, std::string("spec.") + key, "it must not be true");
    }
    const auto& volumes = child(spec_, "volumes").items();
    for (std::size_t i = 0; i < volumes.size(); ++i) {
      if (volumes[i].find("hostPath") != nullptr) {
        add(Kind::host_path, "spec.volumes[" + std::to_string(i) + "].hostPath",
            "a folder of the host (" + child(volumes[i], "hostPath").get_string("path") + ") must not be mounted");
      }
    }
    confined(security_, "spec.securityContext");
    sysctls();
    for (const auto& [key, value] : child(child(pod_, "metadata"), "annotations").members()) {
      const bool apparmor = key.starts_with("container.apparmor.security.beta.kubernetes.io/") &&
                            value.text() != "runtime/default" && !value.text().starts_with("localhost/");
      const bool seccomp = key.starts_with("seccomp.security.alpha.kubernetes.io/") ||
                           key.starts_with("container.seccomp.security.alpha.kubernetes.io/");
      if (apparmor || (seccomp && value.text() == "unconfined")) {
        add(Kind::unconfined, "metadata.annotations[" + key + "]", "it must not switch the confinement off");
      }
    }
    for_each_container(pod_, [this](const std::string& path, const Value& container) {
      const auto& security = child(container, "securityContext");
      if (child(security, "privileged").as_bool()) {
        add(Kind::privileged, path + ".securityContext.privileged", "it must not be true");
      }
      const auto& ports = child(container, "ports").items();
      for (std::size_t i = 0; i < ports.size(); ++i) {
        if (child(ports[i], "hostPort").as_int() != 0) {
          add(Kind::host_ports, path + ".ports[" + std::to_string(i) + "].hostPort",
              "a port of the host must not be used");
        }
      }
      capabilities(security, path + ".securityContext.capabilities");
      if (const auto& mount = child(security, "procMount"); mount.is_string() && mount.text() != "Default") {
        add(Kind::unconfined, path + ".securityContext.procMount", "it must be Default");
      }
      confined(security, path + ".securityContext");
    });
  }

  void restricted() {
    constexpr std::string_view kAllowed[] = {"configMap", "csi",       "downwardAPI",
                                             "emptyDir",  "ephemeral", "persistentVolumeClaim",
                                             "projected", "secret",    "hostPath"};
    const auto& volumes = child(spec_, "volumes").items();
    for (std::size_t i = 0; i < volumes.size(); ++i) {
      for (const auto& [key, value] : volumes[i].members()) {
        if (key == "name" || std::ranges::find(kAllowed, key) != std::end(kAllowed)) continue;
        add(Kind::other_volumes, "spec.volumes[" + std::to_string(i) + "]." + key,
            "volumes of this kind are not allowed");
      }
    }
    const auto& pod_user = child(security_, "runAsUser");
    if (pod_user.is_int() && pod_user.as_int() == 0) {
      add(Kind::root, "spec.securityContext.runAsUser", "it must not be 0");
    }
    const bool pod_not_root = child(security_, "runAsNonRoot").as_bool();
    const bool pod_seccomp = has_seccomp(security_);
    for_each_container(pod_, [&](const std::string& path, const Value& container) {
      const auto& security = child(container, "securityContext");
      const auto at = path + ".securityContext.";
      if (child(security, "allowPrivilegeEscalation").as_bool(true)) {
        add(Kind::escalation, at + "allowPrivilegeEscalation", "it must be false");
      }
      const auto& not_root = child(security, "runAsNonRoot");
      if (!not_root.as_bool(pod_not_root)) add(Kind::root, at + "runAsNonRoot", "it must be true");
      if (const auto& user = child(security, "runAsUser"); user.is_int() && user.as_int() == 0) {
        add(Kind::root, at + "runAsUser", "it must not be 0");
      }
      const bool own_seccomp = child(security, "seccompProfile").is_map();
      if (own_seccomp ? !has_seccomp(security) : !pod_seccomp) {
        add(Kind::no_seccomp, at + "seccompProfile.type", "it must be RuntimeDefault or Localhost");
      }
      const auto& capabilities = child(security, "capabilities");
      const auto& drop = child(capabilities, "drop").items();
      if (std::ranges::none_of(drop, [](const Value& one) { return one.text() == "ALL"; })) {
        add(Kind::capabilities, at + "capabilities.drop", "ALL must be dropped");
      }
      for (const auto& one : child(capabilities, "add").items()) {
        if (one.text() != "NET_BIND_SERVICE") {
          add(Kind::capabilities, at + "capabilities.add", one.text() + " must not be added");
        }
      }
    });
  }

  std::vector<Violation> found;

 private:
  void add(Kind kind, std::string path, std::string sentence) {
    // What baseline refuses, restricted need not say again.
    for (const auto& one : found) {
      if (one.path == path && one.sentence == sentence) return;
    }
    found.push_back({kind, std::move(path), std::move(sentence)});
  }

  static bool has_seccomp(const Value& security) {
    const auto type = child(security, "seccompProfile").get_string("type");
    return type == "RuntimeDefault" || type == "Localhost";
  }

  void confined(const Value& security, const std::string& path) {
    for (const auto* key : {"seccompProfile", "appArmorProfile"}) {
      if (child(security, key).get_string("type") == "Unconfined") {
        add(Kind::unconfined, path + "." + key + ".type", "it must not be Unconfined");
      }
    }
    const auto& selinux = child(security, "seLinuxOptions");
    constexpr std::string_view kTypes[] = {"", "container_t", "container_init_t", "container_kvm_t",
                                           "container_engine_t"};
    if (std::ranges::find(kTypes, selinux.get_string("type")) == std::end(kTypes)) {
      add(Kind::unconfined, path + ".seLinuxOptions.type", "it must be one of the types of containers");
    }
    for (const auto* key : {"user", "role"}) {
      if (!selinux.get_string(key).empty()) {
        add(Kind::unconfined, path + ".seLinuxOptions." + key, "it must not be set");
      }
    }
    if (child(child(security, "windowsOptions"), "hostProcess").as_bool()) {
      add(Kind::privileged, path + ".windowsOptions.hostProcess", "it must not be true");
    }
  }

  void capabilities(const Value& security, const std::string& path) {
    constexpr std::string_view kAllowed[] = {"AUDIT_WRITE", "CHOWN",  "DAC_OVERRIDE",     "FOWNER",  "FSETID",
                                             "KILL",        "MKNOD",  "NET_BIND_SERVICE", "SETFCAP", "SETGID",
                                             "SETPCAP",     "SETUID", "SYS_CHROOT"};
    for (const auto& one : child(child(security, "capabilities"), "add").items()) {
      if (std::ranges::find(kAllowed, one.text()) == std::end(kAllowed)) {
        add(Kind::capabilities, path + ".add",
            (one.text().empty() ? std::string("this") : one.text()) + " must not be added");
      }
    }
  }

  void sysctls() {
    constexpr std::string_view kSafe[] = {
        "kernel.shm_rmid_forced",       "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.tcp_syncookies",      "net.ipv4.ping_group_range",    "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time",  "net.ipv4.tcp_fin_timeout",     "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes"};
    for (const auto& one : child(security_, "sysctls").items()) {
      const auto name = one.get_string("name");
      if (std::ranges::find(kSafe, name) == std::end(kSafe)) {
        add(Kind::unconfined, "spec.securityContext.sysctls", name + " is not one of the safe ones");
      }
    }
  }

  const Value& pod_;
  const Value& spec_;
  const Value& security_;
};

}  // namespace

void for_each_container(const Value& pod, const std::function<void(const std::string&, const Value&)>& visit) {
  for (const auto* key : {"initContainers", "containers", "ephemeralContainers"}) {
    const auto& list = child(child(pod, "spec"), key).items();
    for (std::size_t i = 0; i < list.size(); ++i) {
      visit(std::string("spec.") + key + "[" + std::to_string(i) + "]", list[i]);
    }
  }
}

std::vector<Violation> baseline_violations(const Value& pod) {
  Checker checker(pod);
  checker.baseline();
  return std::move(checker.found);
}

std::vector<Violation> all_restricted_violations(const Value& pod) {
  Checker checker(pod);
  checker.baseline();
  checker.restricted();
  return std::move(checker.found);
}

std::vector<std::string> restricted_violations(const Value& pod) {
  std::vector<std::string> out;
  for (const auto& one : all_restricted_violations(pod)) out.push_back(one.path + ": " + one.sentence);
  return out;
}

}  // namespace windlass::pods
