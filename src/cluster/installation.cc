#include "cluster/installation.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cluster/definitions.h"
#include "objects/metadata.h"
#include "rt/timers.h"

namespace windlass::cluster {

using data::Value;
using objects::ApiTask;
using State = AppliedObject::State;

namespace {

constexpr std::chrono::milliseconds kLook{500};
constexpr std::chrono::seconds kServed{20};
constexpr std::string_view kDefinition = "CustomResourceDefinition", kSecret = "Secret";

const std::array<kube::Resource, 12>& kinds() {
  static const std::array<kube::Resource, 12> kAll = {{
      {"", "v1", "namespaces", "Namespace", false},
      {"", "v1", "serviceaccounts", "ServiceAccount", true},
      {"", "v1", "configmaps", "ConfigMap", true},
      {"", "v1", "secrets", "Secret", true},
      {"", "v1", "services", "Service", true},
      {"", "v1", "persistentvolumes", "PersistentVolume", false},
      {"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true},
      {"apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false},
      {"rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false},
      {"rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", false},
      {"rbac.authorization.k8s.io", "v1", "roles", "Role", true},
      {"rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", true},
  }};
  return kAll;
}

const kube::Resource& deployments() {
  static const kube::Resource kDeployments{"apps", "v1", "deployments", "Deployment", true};
  return kDeployments;
}

const objects::ResourceType* type_of_definition(const Value& definition) {
  const auto name = objects::meta_text(definition, "name");
  for (const auto* type : custom_types()) {
    if (objects::storage_name(*type) == name) return type;
  }
  return nullptr;
}

AppliedObject described(const Value& object) {
  AppliedObject out;
  out.kind = object.get_string("kind");
  out.name = objects::meta_text(object, "name");
  out.namespace_ = objects::meta_text(object, "namespace");
  return out;
}

/// The namespace of the account that a binding is for.
std::string namespace_of_subject(const Value& binding) {
  const Value* subjects = binding.find("subjects");
  return subjects != nullptr && subjects->size() != 0 ? subjects->items()[0].get_string("namespace") : std::string();
}

std::string taken(const AppliedObject& one, const Value& stored) {
  if (one.kind == "ClusterRoleBinding" && objects::label(stored, kManagedBy) == kWindlass) {
    return "another Windlass works on this cluster, in the namespace " + namespace_of_subject(stored) +
           "; both would act on the same objects. Remove it first, or name that namespace (--system-namespace)";
  }
  if (one.kind == kDefinition) {
    return "the cluster has it without our version, and it is not ours to change; remove or upgrade what installed it";
  }
  return "it is there and not of Windlass (label " + std::string(kManagedBy) +
         "); remove what installed it, or install into another namespace";
}

bool is_established(const Value& definition) {
  const Value* status = definition.find("status");
  const Value* conditions = status != nullptr ? status->find("conditions") : nullptr;
  for (const auto& one : conditions != nullptr ? conditions->items() : Value::List{}) {
    if (one.get_string("type") == "Established") return one.get_string("status") == "True";
  }
  return false;
}

/// Objects of a kind can be made when its definition is established.
ApiTask<bool> wait_until_served(kube::Client& client, const kube::Resource& resource, std::string name) {
  auto& timers = client.timers();
  const auto deadline = timers.now() + kServed;
  for (;;) {
    const auto now = WL_API_TRY(co_await client.get(resource, "", name));
    if (is_established(now)) co_return true;
    if (timers.now() >= deadline) co_return objects::unavailable("it was installed, and the cluster does not serve it");
    co_await rt::sleep_until(client.io(), timers, timers.now() + kLook);
  }
}

/// The last line that is no blank.
std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  const auto at = text.rfind('\n');
  return std::string(at == std::string_view::npos ? text : text.substr(at + 1));
}

std::string of_container(const Value& status) {
  const Value* state = status.find("state");
  const Value* waiting = state != nullptr ? state->find("waiting") : nullptr;
  const Value* ended = state != nullptr ? state->find("terminated") : nullptr;
  const Value* last = status.find("lastState");
  if (ended == nullptr && last != nullptr) ended = last->find("terminated");
  const auto reason = waiting != nullptr ? waiting->get_string("reason") : std::string();
  if (ended != nullptr) {
    const Value* code = ended->find("exitCode");
    auto out = "the server ended with exit code " + std::to_string(code != nullptr ? code->as_int() : 0);
    if (const auto why = ended->get_string("reason"); !why.empty() && why != "Error") out += " (" + why + ")";
    if (const auto said = last_line(ended->get_string("message")); !said.empty()) out += ": " + said;
    return out;
  }
  if (reason == "ErrImagePull" || reason == "ImagePullBackOff" || reason == "InvalidImageName" ||
      reason == "ErrImageNeverPull") {
    return "the image " + status.get_string("image") + " cannot be pulled: " + waiting->get_string("message", reason);
  }
  if (!reason.empty() && reason != "ContainerCreating" && reason != "PodInitializing") {
    return "the container cannot be made: " + waiting->get_string("message", reason);
  }
  return {};
}

}  // namespace

std::string_view to_string(State state) {
  switch (state) {
    case State::made:
      return "made";
    case State::changed:
      return "changed";
    case State::same:
      return "same";
    case State::kept:
      return "kept";
    case State::refused:
      return "refused";
    case State::failed:
      return "failed";
    case State::removed:
      return "removed";
  }
  return "failed";
}

const kube::Resource* resource_of_manifest(const Value& object) {
  const auto kind = object.get_string("kind");
  if (kind == deployments().kind) return &deployments();
  const auto found = std::ranges::find(kinds(), kind, &kube::Resource::kind);
  return found == kinds().end() ? nullptr : &*found;
}

State whose(const Value& stored, const Value& wanted) {
  const auto kind = wanted.get_string("kind");
  if (kind == kDefinition) {
    const auto* type = type_of_definition(wanted);
    if (type == nullptr) return State::refused;
    switch (standing_of(*type, stored, wanted)) {
      case Standing::current:
      case Standing::old:
        return State::same;
      case Standing::foreign:
        return State::kept;
      case Standing::lacking:
        return State::refused;
    }
  }
  const bool is_elsewhere =
      kind == "ClusterRoleBinding" && namespace_of_subject(stored) != namespace_of_subject(wanted);
  if (objects::label(stored, kManagedBy) == kWindlass && !is_elsewhere) return State::same;
  return kind == "Namespace" || kind == kSecret ? State::kept : State::refused;
}

ApiTask<bool> apply_manifests(kube::Client& client, std::vector<Value> manifests,
                              std::function<void(const AppliedObject&)> tell) {
  std::vector<std::string> versions(manifests.size());  ///< empty: not there
  std::vector<State> states(manifests.size(), State::made);
  bool good = true;
  for (std::size_t at = 0; at < manifests.size(); ++at) {
    const auto& wanted = manifests[at];
    auto one = described(wanted);
    const auto* resource = resource_of_manifest(wanted);
    if (resource == nullptr) co_return objects::internal("there is no path for the kind " + one.kind);
    auto stored = co_await client.get(*resource, one.namespace_, one.name);
    if (stored) {
      states[at] = whose(*stored, wanted);
      versions[at] = objects::meta_text(*stored, "resourceVersion");
      if (states[at] == State::same && objects::is_being_deleted(*stored)) {
        one.message = "it is being deleted; wait until it is gone";
        states[at] = State::refused;
      } else if (states[at] == State::refused) {
        one.message = taken(one, *stored);
      }
    } else if (stored.error().code != 404) {
      one.message = stored.error().message;
      one.state = State::failed;
      tell(one);
      co_return false;
    }
    if (states[at] != State::refused) continue;
    one.state = State::refused;
    tell(one);
    good = false;
  }
  if (!good) co_return false;

  kube::WriteOptions force;
  force.force = true;
  for (std::size_t at = 0; at < manifests.size(); ++at) {
    auto one = described(manifests[at]);
    one.state = states[at];
    // A Secret is made once: what is in it may have been given to people since.
    const bool is_made_once = one.kind == kSecret && !versions[at].empty();
    if (one.state == State::kept || is_made_once) {
      tell(one);
      continue;
    }
    const auto* resource = resource_of_manifest(manifests[at]);
    auto written = co_await client.patch(*resource, one.namespace_, one.name, kube::PatchKind::apply,
                                         std::move(manifests[at]), force);
    if (written && one.kind == kDefinition) {
      if (auto served = co_await wait_until_served(client, *resource, one.name); !served) {
        written = std::unexpected(std::move(served).error());
      }
    }
    if (!written) {
      one.state = State::failed;
      one.message = written.error().message;
      tell(one);
      co_return false;
    }
    if (!versions[at].empty()) {
      one.state = objects::meta_text(*written, "resourceVersion") == versions[at] ? State::same : State::changed;
    }
    tell(one);
  }
  co_return true;
}

std::string why_not_ready(const Value& pod) {
  const Value* status = pod.find("status");
  if (status == nullptr) return {};
  const Value* containers = status->find("containerStatuses");
  for (const auto& one : containers != nullptr ? containers->items() : Value::List{}) {
    const Value* ready = one.find("ready");
    if (ready != nullptr && ready->as_bool()) continue;
    if (auto why = of_container(one); !why.empty()) return why;
  }
  const Value* conditions = status->find("conditions");
  for (const auto& one : conditions != nullptr ? conditions->items() : Value::List{}) {
    if (one.get_string("type") != "PodScheduled" || one.get_string("status") != "False") continue;
    return "no node takes the pod: " + one.get_string("message");
  }
  if (status->get_string("phase") == "Failed") {
    return "the pod failed: " + status->get_string("message", status->get_string("reason"));
  }
  return {};
}

namespace {

/// What the kubelet complains of before there is a container: volumes that cannot be mounted.
objects::ApiTask<std::string> complaint(kube::Client& client, std::string namespace_, std::string pod) {
  kube::ListQuery query;
  query.namespace_ = std::move(namespace_);
  query.fields = "involvedObject.kind=Pod,type=Warning,involvedObject.name=" + pod;
  const auto events = WL_API_TRY(co_await client.list(kube::resources::events(), std::move(query)));
  const Value* items = events.find("items");
  std::string out, newest;
  for (const auto& one : items != nullptr ? items->items() : Value::List{}) {
    const auto when = one.get_string("lastTimestamp");
    const auto reason = one.get_string("reason");
    if ((reason != "FailedMount" && reason != "FailedAttachVolume" && reason != "FailedCreatePodSandBox") ||
        when < newest) {
      continue;
    }
    newest = when;
    out = one.get_string("message");
  }
  co_return out;
}

bool is_rolled_out(const Value& deployment) {
  const auto number = [](const Value* of, std::string_view name) -> std::int64_t {
    const Value* found = of != nullptr ? of->find(name) : nullptr;
    return found != nullptr ? found->as_int() : 0;
  };
  const Value* status = deployment.find("status");
  const auto wanted = number(deployment.find("spec"), "replicas");
  return number(status, "observedGeneration") >= number(&objects::metadata_of(deployment), "generation") &&
         number(status, "updatedReplicas") == wanted && number(status, "replicas") == wanted &&
         number(status, "availableReplicas") == wanted;
}

/// Of the Deployment's pods, the first that is not ready and known to have a reason; else why there is none.
objects::ApiTask<std::string> trouble_of(kube::Client& client, const Value& deployment, std::string namespace_) {
  kube::ListQuery query;
  query.namespace_ = namespace_;
  const Value* spec = deployment.find("spec");
  const Value* selector = spec != nullptr ? spec->find("selector") : nullptr;
  const Value* labels = selector != nullptr ? selector->find("matchLabels") : nullptr;
  if (labels != nullptr) {
    for (const auto& [name, value] : labels->members()) {
      query.labels += (query.labels.empty() ? "" : ",") + std::string(name) + "=" + value.text();
    }
  }
  const auto pods = WL_API_TRY(co_await client.list(kube::resources::pods(), std::move(query)));
  const Value* items = pods.find("items");
  if (items == nullptr || items->size() == 0) {
    const Value* status = deployment.find("status");
    const Value* conditions = status != nullptr ? status->find("conditions") : nullptr;
    for (const auto& one : conditions != nullptr ? conditions->items() : Value::List{}) {
      if (one.get_string("type") == "ReplicaFailure") co_return "no pod is made: " + one.get_string("message");
    }
    co_return std::string();
  }
  for (const auto& pod : items->items()) {
    if (objects::is_being_deleted(pod)) continue;
    if (auto why = why_not_ready(pod); !why.empty()) co_return why;
    const Value* status = pod.find("status");
    if (status != nullptr && status->get_string("phase") == "Pending") {
      auto said = WL_API_TRY(co_await complaint(client, namespace_, objects::meta_text(pod, "name")));
      if (!said.empty()) co_return "the pod cannot begin: " + said;
    }
  }
  co_return std::string();
}

}  // namespace

ApiTask<bool> wait_for_deployment(kube::Client& client, std::string namespace_, std::string name,
                                  std::chrono::milliseconds patience, std::function<void(const std::string&)> tell) {
  auto& timers = client.timers();
  const auto deadline = timers.now() + patience;
  std::string told;
  for (;;) {
    const auto deployment = WL_API_TRY(co_await client.get(deployments(), namespace_, name));
    if (is_rolled_out(deployment)) co_return true;
    auto why = WL_API_TRY(co_await trouble_of(client, deployment, namespace_));
    if (!why.empty() && why != told) tell(told = std::move(why));
    if (timers.now() >= deadline) co_return false;
    co_await rt::sleep_until(client.io(), timers, timers.now() + kLook);
  }
}

}  // namespace windlass::cluster
