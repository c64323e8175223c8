#include "pods/inherit.h"

#include <algorithm>

namespace windlass::pods {
namespace {

const std::string& given(const std::string& parent, const std::string& child) { return child.empty() ? parent : child; }

template <class T>
std::optional<T> given(const std::optional<T>& parent, const std::optional<T>& child) {
  return child ? child : parent;
}

Resources combine_resources(const Resources& parent, const Resources& child) {
  return {given(parent.cpu, child.cpu), given(parent.memory, child.memory),
          given(parent.ephemeral_storage, child.ephemeral_storage)};
}

/// The parent's in their places, those of the child with the same key instead of them, then the child's others.
template <class T, class Key>
std::vector<T> by_key(const std::vector<T>& parent, const std::vector<T>& child, Key key) {
  auto out = parent;
  for (const auto& one : child) {
    const auto at = std::ranges::find_if(out, [&](const T& other) { return other.*key == one.*key; });
    if (at == out.end()) {
      out.push_back(one);
    } else {
      *at = one;
    }
  }
  return out;
}

std::vector<std::string> names_of(const std::string& inherit_from) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : inherit_from + " ") {
    if (c != ' ' && c != '\t' && c != '\n') {
      word += c;
    } else if (!word.empty()) {
      out.push_back(std::exchange(word, {}));
    }
  }
  return out;
}

class Resolver {
 public:
  Resolver(const std::vector<PodTemplate>& all, const std::string& defaults) : all_(all), defaults_(defaults) {}

  Result<PodTemplate> resolve(const PodTemplate& pod, const PodTemplate* around) {
    if (std::ranges::find(open_, &pod) != open_.end()) {
      return fail(ErrorKind::invalid, "pod template '" + pod.name + "' inherits from itself: " + circle(pod));
    }
    open_.push_back(&pod);
    PodTemplate parent;
    auto names = names_of(pod.inherit_from.value_or(""));
    if (!defaults_.empty() && pod.name != defaults_) names.insert(names.begin(), defaults_);
    for (const auto& name : names) {
      const auto found = std::ranges::find(all_, name, &PodTemplate::name);
      if (found == all_.end()) continue;
      parent = combine(parent, WL_TRY(resolve(*found, nullptr)));
      if (parent.yamls.size() > kMostYamls || parent.containers.size() > kMostContainers) {
        return fail(ErrorKind::exhausted, "pod template '" + pod.name + "' inherits more than a pod can hold");
      }
    }
    if (!pod.inherit_from && around != nullptr) parent = combine(parent, *around);
    open_.pop_back();
    return combine(parent, pod);
  }

 private:
  static constexpr std::size_t kMostYamls = 1000;
  static constexpr std::size_t kMostContainers = 1000;

  std::string circle(const PodTemplate& end) const {
    std::string out;
    for (const auto* one : open_) out += one->name + " → ";
    return out + end.name;
  }

  const std::vector<PodTemplate>& all_;
  const std::string& defaults_;
  std::vector<const PodTemplate*> open_;
};

}  // namespace

ContainerTemplate combine(const ContainerTemplate& parent, const ContainerTemplate& child) {
  ContainerTemplate out;
  out.name = child.name;
  out.image = given(parent.image, child.image);
  out.command = given(parent.command, child.command);
  out.args = given(parent.args, child.args);
  out.working_dir = given(parent.working_dir, child.working_dir);
  out.shell = given(parent.shell, child.shell);
  out.tty = parent.tty || child.tty;
  out.privileged = parent.privileged || child.privileged;
  out.always_pull = parent.always_pull || child.always_pull;
  out.run_as_user = given(parent.run_as_user, child.run_as_user);
  out.run_as_group = given(parent.run_as_group, child.run_as_group);
  out.env = by_key(parent.env, child.env, &EnvVar::key);
  out.ports = by_key(parent.ports, child.ports, &Port::container_port);
  out.liveness_probe = given(parent.liveness_probe, child.liveness_probe);
  out.requests = combine_resources(parent.requests, child.requests);
  out.limits = combine_resources(parent.limits, child.limits);
  return out;
}

PodTemplate combine(const PodTemplate& parent, const PodTemplate& child) {
  PodTemplate out;
  out.name = child.name;
  out.label = child.label;
  out.id = child.id;
  out.usage = child.usage;
  out.retention = child.retention;
  out.inherit_from = child.inherit_from;
  out.from_pipeline = child.from_pipeline;
  out.namespace_ = given(parent.namespace_, child.namespace_);
  out.containers = parent.containers;
  for (const auto& one : child.containers) {
    const auto at = std::ranges::find(out.containers, one.name, &ContainerTemplate::name);
    if (at == out.containers.end()) {
      out.containers.push_back(one);
    } else {
      *at = combine(*at, one);
    }
  }
  out.volumes = by_key(parent.volumes, child.volumes, &Volume::mount_path);
  out.workspace = given(parent.workspace, child.workspace);
  out.env = by_key(parent.env, child.env, &EnvVar::key);
  out.annotations = child.annotations;
  for (const auto& one : parent.annotations) {
    if (std::ranges::find(out.annotations, one.key, &Pair::key) == out.annotations.end()) {
      out.annotations.push_back(one);
    }
  }
  out.image_pull_secrets = parent.image_pull_secrets;
  for (const auto& one : child.image_pull_secrets) {
    if (std::ranges::find(out.image_pull_secrets, one) == out.image_pull_secrets.end()) {
      out.image_pull_secrets.push_back(one);
    }
  }
  out.node_selector = given(parent.node_selector, child.node_selector);
  out.service_account = given(parent.service_account, child.service_account);
  out.scheduler_name = given(parent.scheduler_name, child.scheduler_name);
  out.supplemental_groups = given(parent.supplemental_groups, child.supplemental_groups);
  out.run_as_user = given(parent.run_as_user, child.run_as_user);
  out.run_as_group = given(parent.run_as_group, child.run_as_group);
  out.host_network = given(parent.host_network, child.host_network);
  out.instance_cap = given(parent.instance_cap, child.instance_cap);
  out.connect_timeout_seconds = given(parent.connect_timeout_seconds, child.connect_timeout_seconds);
  out.idle_minutes = given(parent.idle_minutes, child.idle_minutes);
  out.termination_grace_seconds = given(parent.termination_grace_seconds, child.termination_grace_seconds);
  out.active_deadline_seconds = given(parent.active_deadline_seconds, child.active_deadline_seconds);
  out.yamls = parent.yamls;
  out.yamls.insert(out.yamls.end(), child.yamls.begin(), child.yamls.end());
  out.yaml_merge = child.yaml_merge || !parent.inherit_yaml_merge ? child.yaml_merge : parent.yaml_merge;
  out.inherit_yaml_merge = parent.inherit_yaml_merge || child.inherit_yaml_merge;
  out.show_raw_yaml = given(parent.show_raw_yaml, child.show_raw_yaml);
  out.agent_container = given(parent.agent_container, child.agent_container);
  out.working_dir = given(parent.working_dir, child.working_dir);
  return out;
}

Result<PodTemplate> resolve(const PodTemplate& pod, const std::vector<PodTemplate>& all, const std::string& defaults,
                            const PodTemplate* around) {
  return Resolver(all, defaults).resolve(pod, around);
}

}  // namespace windlass::pods
