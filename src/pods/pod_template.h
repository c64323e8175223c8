// What a pod template says: the fields of Jenkins' Kubernetes plugin (names and defaults:
// docs/compat/kubernetes-agents.md).
//
// Not a pod: it may inherit, and says nothing about the agent. An optional without a value, an empty text or list is
// "not given", which is what inheritance asks for; a field with a default of its own is only resolved when the pod is
// built.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/value.h"

namespace windlass::pods {

inline constexpr std::string_view kDefaultWorkingDir = "/home/jenkins/agent";
inline constexpr std::string_view kDefaultAgentContainer = "jnlp";

/// What happens with a pod whose work is over.
enum class Retention : std::uint8_t { never, always, on_failure, evicted };
std::string_view to_string(Retention retention);  ///< as in JCasC: "never", "onFailure"

enum class UsageMode : std::uint8_t { exclusive, normal };

/// A variable: its value, or where a Secret has it.
struct EnvVar {
  std::string key, value;
  std::string secret_name, secret_key;  ///< of a Secret when secret_name is not empty
  bool optional = false;
  friend bool operator==(const EnvVar&, const EnvVar&) = default;
};

struct Port {
  std::string name;
  int container_port = 0;
  int host_port = 0;  ///< 0: none
  friend bool operator==(const Port&, const Port&) = default;
};

struct LivenessProbe {
  std::string exec_args;
  int initial_delay_seconds = 0, timeout_seconds = 0, failure_threshold = 0, period_seconds = 0, success_threshold = 0;
  friend bool operator==(const LivenessProbe&, const LivenessProbe&) = default;
};

struct Resources {
  std::string cpu, memory, ephemeral_storage;
  friend bool operator==(const Resources&, const Resources&) = default;
};

struct ContainerTemplate {
  std::string name, image, working_dir, shell;
  std::string command, args;  ///< one line each, split as a shell does; empty: the image's
  bool tty = false, privileged = false, always_pull = false;
  std::optional<std::int64_t> run_as_user, run_as_group;
  std::vector<EnvVar> env;
  std::vector<Port> ports;
  std::optional<LivenessProbe> liveness_probe;
  Resources requests, limits;
  friend bool operator==(const ContainerTemplate&, const ContainerTemplate&) = default;
};

/// A volume that all containers mount, or the workspace's.
struct Volume {
  enum class Kind : std::uint8_t { empty_dir, host_path, config_map, secret, claim, nfs, dynamic_claim, ephemeral };
  Kind kind = Kind::empty_dir;
  std::string mount_path;  ///< empty for a workspace volume
  std::string source;      ///< host path, name of ConfigMap, Secret or claim, path on the NFS server
  std::string server;      ///< NFS
  std::string sub_path, size_limit, default_mode;
  std::string storage_class, requests_size, access_modes;  ///< of claims that are made for the pod
  bool memory = false, read_only = false, optional = false;
  friend bool operator==(const Volume&, const Volume&) = default;
};
std::string_view to_string(Volume::Kind kind);  ///< the symbol of JCasC: "hostPathVolume"

/// One given key of a map that keeps its order: labels, annotations.
struct Pair {
  std::string key, value;
  friend bool operator==(const Pair&, const Pair&) = default;
};

struct PodTemplate {
  std::string name, id, label, namespace_;
  std::optional<std::string> inherit_from;  ///< names between blanks; "" is nothing, absent is "what is around"
  UsageMode usage = UsageMode::exclusive;
  std::vector<ContainerTemplate> containers;
  std::vector<Volume> volumes;
  std::optional<Volume> workspace;
  std::vector<EnvVar> env;
  std::vector<Pair> annotations;
  std::vector<std::string> image_pull_secrets;
  std::string node_selector, service_account, scheduler_name, supplemental_groups;
  std::optional<std::int64_t> run_as_user, run_as_group;
  std::optional<bool> host_network;
  std::optional<int> instance_cap, connect_timeout_seconds, idle_minutes, termination_grace_seconds;
  std::optional<std::int64_t> active_deadline_seconds;
  std::optional<int> min_idle;         ///< pods that are there before anybody asks; ours, never inherited
  std::optional<Retention> retention;  ///< absent: the cloud's
  std::vector<std::string> yamls;      ///< manifests, the parents' first
  std::optional<bool> yaml_merge;      ///< merge() or override()
  bool inherit_yaml_merge = false;
  std::optional<bool> show_raw_yaml;
  std::string agent_container;
  std::string working_dir;  ///< of containers that say none
  /// A pipeline wrote it, not the administrator: the tenant policy holds for its part.
  bool from_pipeline = false;
  friend bool operator==(const PodTemplate&, const PodTemplate&) = default;
};

}  // namespace windlass::pods
