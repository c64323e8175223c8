// A typed template as JCasC spells it: what `windlass casc export` shows and what is compared when settings change.
#include "pods/template_reader.h"

namespace windlass::pods {
namespace {

using data::Value;

void put(Value& map, const char* key, const std::string& text) {
  if (!text.empty()) map.set(key, text);
}
void put(Value& map, const char* key, bool flag) {
  if (flag) map.set(key, true);
}
template <class T>
void put(Value& map, const char* key, const std::optional<T>& number) {
  if (number) map.set(key, Value(*number));
}

Value write_env(const std::vector<EnvVar>& env) {
  Value out = Value::list();
  for (const auto& one : env) {
    const bool secret = !one.secret_name.empty();
    Value fields = Value::map_of("key", one.key);
    if (secret) {
      fields.set("secretName", one.secret_name);
      fields.set("secretKey", one.secret_key);
      put(fields, "optional", one.optional);
    } else {
      fields.set("value", one.value);
    }
    out.push(Value::map_of(secret ? "secretEnvVar" : "envVar", std::move(fields)));
  }
  return out;
}

void write_resources(Value& out, const Resources& requests, const Resources& limits) {
  put(out, "resourceRequestCpu", requests.cpu);
  put(out, "resourceRequestMemory", requests.memory);
  put(out, "resourceRequestEphemeralStorage", requests.ephemeral_storage);
  put(out, "resourceLimitCpu", limits.cpu);
  put(out, "resourceLimitMemory", limits.memory);
  put(out, "resourceLimitEphemeralStorage", limits.ephemeral_storage);
}

Value write_probe(const LivenessProbe& probe) {
  Value out = Value::map_of("execArgs", probe.exec_args);
  auto set = [&out](const char* key, int value) {
    if (value != 0) out.set(key, value);
  };
  set("initialDelaySeconds", probe.initial_delay_seconds);
  set("timeoutSeconds", probe.timeout_seconds);
  set("failureThreshold", probe.failure_threshold);
  set("periodSeconds", probe.period_seconds);
  set("successThreshold", probe.success_threshold);
  return out;
}

Value write_container(const ContainerTemplate& container) {
  Value out = Value::map_of("name", container.name);
  put(out, "image", container.image);
  put(out, "command", container.command);
  put(out, "args", container.args);
  put(out, "ttyEnabled", container.tty);
  put(out, "privileged", container.privileged);
  put(out, "alwaysPullImage", container.always_pull);
  put(out, "workingDir", container.working_dir);
  put(out, "shell", container.shell);
  put(out, "runAsUser", container.run_as_user);
  put(out, "runAsGroup", container.run_as_group);
  write_resources(out, container.requests, container.limits);
  if (!container.env.empty()) out.set("envVars", write_env(container.env));
  if (!container.ports.empty()) {
    Value ports = Value::list();
    for (const auto& port : container.ports) {
      Value one = Value::map_of("name", port.name, "containerPort", port.container_port);
      if (port.host_port != 0) one.set("hostPort", port.host_port);
      ports.push(std::move(one));
    }
    out.set("ports", std::move(ports));
  }
  if (container.liveness_probe) out.set("livenessProbe", write_probe(*container.liveness_probe));
  return out;
}

Value write_volume(const Volume& volume, bool workspace) {
  Value fields = Value::map();
  switch (volume.kind) {
    case Volume::Kind::empty_dir:
      fields.set("memory", volume.memory);
      put(fields, "sizeLimit", volume.size_limit);
      break;
    case Volume::Kind::host_path:
      fields.set("hostPath", volume.source);
      break;
    case Volume::Kind::config_map:
      fields.set("configMapName", volume.source);
      break;
    case Volume::Kind::secret:
      fields.set("secretName", volume.source);
      put(fields, "defaultMode", volume.default_mode);
      break;
    case Volume::Kind::claim:
      fields.set("claimName", volume.source);
      break;
    case Volume::Kind::nfs:
      fields.set("serverAddress", volume.server);
      fields.set("serverPath", volume.source);
      break;
    case Volume::Kind::dynamic_claim:
    case Volume::Kind::ephemeral:
      put(fields, "storageClassName", volume.storage_class);
      put(fields, "requestsSize", volume.requests_size);
      put(fields, "accessModes", volume.access_modes);
      break;
  }
  put(fields, "mountPath", volume.mount_path);
  put(fields, "subPath", volume.sub_path);
  put(fields, "readOnly", volume.read_only);
  put(fields, "optional", volume.optional);
  std::string symbol(to_string(volume.kind));
  if (workspace) {
    if (volume.kind == Volume::Kind::claim) {
      symbol += "WorkspaceVolume";
    } else if (symbol.ends_with("Volume") && volume.kind != Volume::Kind::ephemeral) {
      symbol.insert(symbol.size() - 6, "Workspace");
    }
  }
  return Value::map_of(symbol, std::move(fields));
}

}  // namespace

Value write_template(const PodTemplate& pod) {
  Value out = Value::map_of("name", pod.name);
  put(out, "id", pod.id);
  put(out, "namespace", pod.namespace_);
  put(out, "label", pod.label);
  out.set("nodeUsageMode", pod.usage == UsageMode::normal ? "NORMAL" : "EXCLUSIVE");
  put(out, "inheritFrom", pod.inherit_from);
  if (!pod.containers.empty()) {
    Value list = Value::list();
    for (const auto& one : pod.containers) list.push(write_container(one));
    out.set("containers", std::move(list));
  }
  if (!pod.volumes.empty()) {
    Value list = Value::list();
    for (const auto& one : pod.volumes) list.push(write_volume(one, false));
    out.set("volumes", std::move(list));
  }
  if (pod.workspace) out.set("workspaceVolume", write_volume(*pod.workspace, true));
  if (!pod.env.empty()) out.set("envVars", write_env(pod.env));
  if (!pod.annotations.empty()) {
    Value list = Value::list();
    for (const auto& one : pod.annotations) list.push(Value::map_of("key", one.key, "value", one.value));
    out.set("annotations", std::move(list));
  }
  if (!pod.image_pull_secrets.empty()) {
    Value list = Value::list();
    for (const auto& name : pod.image_pull_secrets) list.push(Value::map_of("name", name));
    out.set("imagePullSecrets", std::move(list));
  }
  put(out, "nodeSelector", pod.node_selector);
  put(out, "serviceAccount", pod.service_account);
  put(out, "schedulerName", pod.scheduler_name);
  put(out, "supplementalGroups", pod.supplemental_groups);
  put(out, "runAsUser", pod.run_as_user);
  put(out, "runAsGroup", pod.run_as_group);
  put(out, "hostNetwork", pod.host_network);
  put(out, "instanceCap", pod.instance_cap);
  put(out, "slaveConnectTimeout", pod.connect_timeout_seconds);
  put(out, "idleMinutes", pod.idle_minutes);
  put(out, "minIdle", pod.min_idle);
  put(out, "terminationGracePeriodSeconds", pod.termination_grace_seconds);
  put(out, "activeDeadlineSeconds", pod.active_deadline_seconds);
  if (pod.retention) out.set("podRetention", to_string(*pod.retention));
  if (pod.yamls.size() == 1) {
    out.set("yaml", pod.yamls.front());
  } else if (!pod.yamls.empty()) {
    Value list = Value::list();
    for (const auto& yaml : pod.yamls) list.push(yaml);
    out.set("yamls", std::move(list));
  }
  if (pod.yaml_merge) out.set("yamlMergeStrategy", *pod.yaml_merge ? "merge" : "override");
  put(out, "inheritYamlMergeStrategy", pod.inherit_yaml_merge);
  put(out, "showRawYaml", pod.show_raw_yaml);
  put(out, "agentContainer", pod.agent_container);
  put(out, "workingDir", pod.working_dir);
  return out;
}

}  // namespace windlass::pods
