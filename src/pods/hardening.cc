#include "pods/hardening.h"

#include "pods/agent_injection.h"

namespace windlass::pods {
namespace {

using data::Value;

void put(Value& map, std::string_view key, Value value) {
  auto& place = map.mutable_members()[key];
  if (place.is_null()) place = std::move(value);
}

bool names_user(const Value& security) {
  const auto* user = security.find("runAsUser");
  return (user != nullptr && user->is_int()) || security.find("runAsNonRoot") != nullptr;
}

void put_home(Value& container) {
  const auto dir = container.get_string("workingDir");
  if (dir.empty()) return;
  auto& env = container.mutable_members()["env"];
  for (const auto& one : env.items()) {
    if (one.get_string("name") == "HOME") return;
  }
  env.push(Value::map_of("name", "HOME", "value", dir));
}

/// Whether our agent is its first process.
bool is_ours(const Value& container) {
  const auto* command = container.find("command");
  return command != nullptr && command->size() != 0 && command->items()[0].text() == kAgentProgram;
}

/// True when we chose its user. References into a map end with the next new key: each is taken where it is used.
bool harden_container(Value& container, const Value& pod_security, const Hardening& hardening, bool choose_user) {
  auto security = [&container]() -> Value& { return *container.find("securityContext"); };
  if (container.find("securityContext") == nullptr || !security().is_map())
    container.set("securityContext", Value::map());
  if (security().get_bool("privileged")) return false;
  put(security(), "allowPrivilegeEscalation", false);
  const bool said = names_user(security()) || names_user(pod_security);
  if (!said) {
    if (!choose_user) return false;
    security().set("runAsUser", Value::number(hardening.user));
    put_home(container);
  } else {
    const auto* own = security().find("runAsUser");
    const auto* user = own != nullptr ? own : pod_security.find("runAsUser");
    const bool not_root = security().get_bool("runAsNonRoot", pod_security.get_bool("runAsNonRoot"));
    if (!not_root && (user == nullptr || user->as_int() == 0)) return false;
  }
  put(security(), "runAsNonRoot", true);
  Value capabilities = security().find("capabilities") == nullptr ? Value::map() : *security().find("capabilities");
  if (!capabilities.is_map()) capabilities = Value::map();
  put(capabilities, "drop", Value::list_of("ALL"));
  security().set("capabilities", std::move(capabilities));
  return !said;
}

}  // namespace

void harden(Value& pod, const Hardening& hardening, const std::string& agent_container) {
  Value& spec = *pod.find("spec");
  if (spec.get_string("serviceAccountName").empty() && spec.get_string("serviceAccount").empty()) {
    put(spec, "automountServiceAccountToken", false);
  }
  Value security = spec.find("securityContext") == nullptr ? Value::map() : *spec.find("securityContext");
  if (!security.is_map()) security = Value::map();
  put(security, "seccompProfile", Value::map_of("type", "RuntimeDefault"));
  bool chosen = false;
  for (const auto* list : {"initContainers", "containers"}) {
    auto* containers = spec.find(list);
    if (containers == nullptr) continue;
    for (auto& container : containers->mutable_items()) {
      const auto name = container.get_string("name");
      const bool choose = name == agent_container || name == kAgentVolume || hardening.users == Hardening::Users::all ||
                          (hardening.users == Hardening::Users::waiting && is_ours(container));
      chosen = harden_container(container, security, hardening, choose) || chosen;
    }
  }
  // Volumes that are no emptyDir belong to root: the group makes them writable to whom we chose.
  if (chosen && security.find("fsGroup") == nullptr) {
    security.set("fsGroup", Value::number(hardening.user));
    put(security, "fsGroupChangePolicy", "OnRootMismatch");
  }
  spec.set("securityContext", std::move(security));
}

}  // namespace windlass::pods
