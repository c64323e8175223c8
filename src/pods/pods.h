// The front door: what clouds offer, and the pod that a `node(label)` gets.
//
// Pure: nothing here knows a cluster, a clock or a random number. The same request gives the same manifest.
// Source: docs/compat/kubernetes-agents.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/value.h"
#include "pods/pod_template.h"
#include "text/label_expression.h"

namespace windlass::pods {

/// What the security of pods is where their template is silent.
struct Hardening {
  /// Which of the containers that name no user get ours, without capabilities. The others run as their image says, with
  /// the runtime's usual ones: a database's image begins as root and changes its user itself. Tokens, seccomp,
  /// privilege escalation and the agent's container are hardened in any case.
  enum class Users : std::uint8_t {
    agent,    ///< the agent's container only
    waiting,  ///< those that only wait for steps
    all,
  };
  Users users = Users::waiting;
  std::int64_t user = 1000;  ///< ours; the HOME of such containers is the workspace's folder
};

/// What the manifest of a pipeline may ask for. Templates of the administrator may ask for everything.
struct TenantPolicy {
  bool host_path = false, host_namespaces = false, host_ports = false, privileged = false, nfs = false;
  bool root = true;                           ///< runAsUser 0, without privileges
  bool service_account_token = false;         ///< automountServiceAccountToken: true, or a projected token
  std::vector<std::string> service_accounts;  ///< beside "" and "default"
  std::vector<std::string> namespaces;        ///< beside the cloud's and its templates'
  std::vector<std::string> runtime_classes;   ///< beside none
  std::vector<std::string> priority_classes;  ///< beside none
};

/// One `jenkins.clouds[].kubernetes` of JCasC.
struct Cloud {
  std::string name = "kubernetes";
  std::string server_url, server_certificate, credentials_id;
  bool skip_tls_verify = false;
  std::string namespace_;
  std::string jenkins_url, jenkins_tunnel;
  bool web_socket = false, direct_connection = false;
  int container_cap = 0;  ///< 0: none
  int connect_timeout_seconds = 5, read_timeout_seconds = 15, max_requests = 32;
  int retention_minutes = 5;  ///< longest idle time of a pod for one build
  std::vector<Pair> pod_labels;
  Retention retention = Retention::never;
  std::string defaults_template;                ///< inherited by all
  bool usage_restricted = false;                ///< for permitted_projects alone
  std::vector<std::string> permitted_projects;  ///< ours: Jenkins has it at its folders
  std::string agent_registry;                   ///< prefix of the default image of the agent's container
  bool proxy_variables = false;
  bool restricted = false;                      ///< all containers of the restricted profile, whatever `Hardening` says
  std::vector<std::string> collect_namespaces;  ///< garbageCollection
  int collect_timeout_seconds = 0;              ///< 0: off
  std::vector<PodTemplate> templates;
};

/// What JCasC and the program's settings say.
struct Clouds {
  std::vector<Cloud> clouds;
  std::string default_namespace = "kubesphere-devops-worker";        ///< of clouds that name none
  std::string root_url;                                              ///< for agents of clouds without jenkinsUrl
  std::string default_agent_image = "jenkins/inbound-agent:4.10-2";  ///< of agent containers that name none
  std::string agent_authority;  ///< PEM: signs what is shown where agents call by https://; may be empty
  std::vector<std::string>
      agent_hosts;                    ///< for which hosts of such URLs that is so; the image's authorities for others
  std::vector<Pair> proxy_variables;  ///< for clouds with addMasterProxyEnvVars
  Hardening hardening;
  TenantPolicy policy;

  [[nodiscard]] const Cloud* find(std::string_view name) const;
};

/// The host of an https:// URL, without brackets; empty for others.
std::string secret_host(std::string_view url);

struct ContainerPlan {
  std::string name, image, working_dir, shell;
  bool injected = true;  ///< our agent is its first process; else it is started by exec
};

struct PodPlan {
  std::string cloud, namespace_, name, template_name, template_id, labels;  ///< labels: as NODE_LABELS
  data::Value manifest;                                                     ///< whole v1 Pod, ready to POST
  std::string agent_container, root;                                        ///< root: workingDir of the agent container
  std::vector<ContainerPlan> containers;
  std::vector<data::Value> secrets;  ///< Secrets that are to be there before the pod and go with it
  std::vector<data::Value> claims;   ///< PersistentVolumeClaims of dynamic volumes, to be made with the pod as owner
  int connect_timeout_seconds = 1000, idle_minutes = 0, instance_cap = 0, cloud_cap = 0;  ///< caps: 0 is none
  Retention retention = Retention::never;
  bool show_raw_yaml = true;
  std::vector<std::string> warnings;  ///< sentences for the log
};

struct PodRequest {
  std::string label;     ///< of node(label); may be empty
  data::Value declared;  ///< list of the podTemplate maps around, outermost first
  std::string job, run_uid, run_url, build_url;
  std::uint64_t number = 0;
  std::string suffix;  ///< random characters for the name, at least 10 of [bcdfghjklmnpqrstvwxz0-9]
  std::function<std::string(std::string_view name)> secret_of;  ///< JENKINS_SECRET of the pod of that name
  std::string agent_image;
  std::string effect_key;
  std::vector<std::string> full_clouds;     ///< at their cap: passed over
  std::vector<std::string> full_templates;  ///< ids of templates at their cap: passed over
};

/// Whether a template of a cloud, or one of `declared`, serves the expression; an empty one asks for NORMAL templates.
bool offers(const Clouds& clouds, const text::LabelExpression& label, const data::Value& declared);

/// The pod of the first template that serves the label: the innermost of `declared`, then the clouds' in their order.
/// Errors: invalid (a template, a manifest or the label is wrong), not_found (no template serves the label; the
/// message names labels that are near), forbidden (the tenant policy, a restricted cloud), exhausted (all are full).
Result<PodPlan> plan_pod(const Clouds& clouds, const PodRequest& request);

/// The pod of one template of a cloud, whoever is going to need it: for those that are there before anybody asks. Of
/// the request job and label are not looked at.
Result<PodPlan> plan_template(const Clouds& clouds, const Cloud& cloud, std::size_t at, const PodRequest& request);

/// What two pods have in common that do as well for the next run: the whole manifest but what is of one run or one pod.
std::string plan_digest(const PodPlan& plan);

/// Labels of templates, the one most like `label` first; at most five.
std::vector<std::string> nearest_labels(const Clouds& clouds, const std::string& label);

/// Why Kubernetes' pod security profile "restricted" refuses this pod, a sentence each; empty: it passes.
std::vector<std::string> restricted_violations(const data::Value& pod);

/// `agent { docker { image } }`: the pod of `plan` with one container more. `args` are those of `docker run`.
struct DockerContainer {
  std::string name;  ///< empty: "docker", and a number if that is taken
  std::string image;
  std::string args;
  bool always_pull = false;
};
/// Returns the container's name. Errors: invalid (args that a container cannot have, each named), forbidden (policy).
Result<std::string> add_docker_container(const Clouds& clouds, PodPlan& plan, const DockerContainer& wanted);

struct RegistryLogin {
  std::string registry;  ///< as Docker knows it, a URL or a host; empty: Docker Hub
  std::string user, password;
};
/// The pod's images may come from these registries: one pull secret beside those that the pod has. It is the pod's own.
void add_pull_secret(PodPlan& plan, const std::vector<RegistryLogin>& logins);

}  // namespace windlass::pods
