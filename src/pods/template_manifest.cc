#include "pods/template_manifest.h"

#include <algorithm>
#include <charconv>

#include "text/shell_quote.h"

namespace windlass::pods {
namespace {

using data::Value;

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

Value variable(const EnvVar& env) {
  if (env.secret_name.empty()) return Value::map_of("name", env.key, "value", env.value);
  Value key = Value::map_of("name", env.secret_name, "key", env.secret_key);
  if (env.optional) key.set("optional", true);
  return Value::map_of("name", env.key, "valueFrom", Value::map_of("secretKeyRef", std::move(key)));
}

Value quantities(const Resources& resources) {
  Value out = Value::map();
  if (!resources.cpu.empty()) out.set("cpu", resources.cpu);
  if (!resources.memory.empty()) out.set("memory", resources.memory);
  if (!resources.ephemeral_storage.empty()) out.set("ephemeral-storage", resources.ephemeral_storage);
  return out;
}

Result<Value> words(const std::string& line, const std::string& container, std::string_view field) {
  auto split = text::split_shell_words(line);
  if (!split) {
    return fail(ErrorKind::invalid,
                "container " + container + ": " + std::string(field) + ": " + split.error().message);
  }
  Value out = Value::list();
  for (auto& word : *split) out.push(std::move(word));
  return out;
}

Value claim_spec(const Volume& volume) {
  const auto size = volume.requests_size.empty() ? std::string("10Gi") : volume.requests_size;
  const auto mode = volume.access_modes.empty() ? std::string("ReadWriteOnce") : volume.access_modes;
  Value spec = Value::map_of("accessModes", Value::list_of(mode));
  if (!volume.storage_class.empty()) spec.set("storageClassName", volume.storage_class);
  spec.set("resources", Value::map_of("requests", Value::map_of("storage", size)));
  return spec;
}

/// The manifest's volume; a claim that has to be made goes to `claims`.
Result<Value> volume_of(const Volume& volume, const std::string& name, const std::string& pod_name,
                        std::vector<Value>& claims) {
  Value out = Value::map_of("name", name);
  switch (volume.kind) {
    case Volume::Kind::empty_dir: {
      Value source = Value::map();
      if (volume.memory) source.set("medium", "Memory");
      if (!volume.size_limit.empty()) source.set("sizeLimit", volume.size_limit);
      out.set("emptyDir", std::move(source));
      break;
    }
    case Volume::Kind::host_path:
      out.set("hostPath", Value::map_of("path", volume.source));
      break;
    case Volume::Kind::config_map: {
      Value source = Value::map_of("name", volume.source);
      if (volume.optional) source.set("optional", true);
      out.set("configMap", std::move(source));
      break;
    }
    case Volume::Kind::secret: {
      Value source = Value::map_of("secretName", volume.source);
      if (!volume.default_mode.empty()) {
        int mode = 0;
        const auto& text = volume.default_mode;
        const auto end = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
        if (end.ec != std::errc() || end.ptr != text.data() + text.size() || mode < 0 || mode > 0777) {
          return fail(ErrorKind::invalid, "volume of secret " + volume.source + ": defaultMode '" + text +
                                              "' is no octal number up to 0777");
        }
        source.set("defaultMode", mode);
      }
      if (volume.optional) source.set("optional", true);
      out.set("secret", std::move(source));
      break;
    }
    case Volume::Kind::claim: {
      Value source = Value::map_of("claimName", volume.source);
      if (volume.read_only) source.set("readOnly", true);
      out.set("persistentVolumeClaim", std::move(source));
      break;
    }
    case Volume::Kind::nfs: {
      Value source = Value::map_of("server", volume.server, "path", volume.source);
      if (volume.read_only) source.set("readOnly", true);
      out.set("nfs", std::move(source));
      break;
    }
    case Volume::Kind::dynamic_claim: {
      const auto claim = "pvc-" + pod_name + "-" + name;
      out.set("persistentVolumeClaim", Value::map_of("claimName", claim));
      claims.push_back(Value::map_of("apiVersion", "v1", "kind", "PersistentVolumeClaim", "metadata",
                                     Value::map_of("name", claim), "spec", claim_spec(volume)));
      break;
    }
    case Volume::Kind::ephemeral:
      out.set("ephemeral", Value::map_of("volumeClaimTemplate", Value::map_of("spec", claim_spec(volume))));
      break;
  }
  return out;
}

Value mount_of(const Volume& volume, const std::string& name) {
  Value out = Value::map_of("name", name, "mountPath", volume.mount_path);
  if (!volume.sub_path.empty()) out.set("subPath", volume.sub_path);
  if (volume.read_only) out.set("readOnly", true);
  return out;
}

Value probe_of(const LivenessProbe& probe, Value command) {
  Value out = Value::map_of("exec", Value::map_of("command", std::move(command)));
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

Result<Value> container_of(const ContainerTemplate& container, const PodTemplate& pod, const std::string& pod_name,
                           std::vector<std::string>& warnings) {
  Value out = Value::map_of("name", container.name);
  if (!container.image.empty()) out.set("image", container.image);
  out.set("imagePullPolicy", container.always_pull ? "Always" : "IfNotPresent");
  if (!container.command.empty()) out.set("command", WL_TRY(words(container.command, container.name, "command")));
  auto args = container.args;
  const bool is_agent =
      container.name == (pod.agent_container.empty() ? std::string(kDefaultAgentContainer) : pod.agent_container);
  constexpr std::string_view kSecret = "${computer.jnlpmac}";
  if (!is_agent && args.find(kSecret) != std::string::npos) {
    warnings.push_back("container " + container.name +
                       ": the agent's secret is not given to it; ${computer.jnlpmac} is empty there");
  }
  replace_all(args, kSecret, "");
  replace_all(args, "${computer.name}", pod_name);
  if (!args.empty()) out.set("args", WL_TRY(words(args, container.name, "args")));
  if (const auto& dir = container.working_dir.empty() ? pod.working_dir : container.working_dir; !dir.empty()) {
    out.set("workingDir", dir);
  }
  if (!container.env.empty()) {
    Value env = Value::list();
    for (const auto& one : container.env) env.push(variable(one));
    out.set("env", std::move(env));
  }
  if (!container.ports.empty()) {
    Value ports = Value::list();
    for (const auto& port : container.ports) {
      Value one = Value::map_of("containerPort", port.container_port);
      if (!port.name.empty()) one.set("name", port.name);
      if (port.host_port != 0) one.set("hostPort", port.host_port);
      ports.push(std::move(one));
    }
    out.set("ports", std::move(ports));
  }
  Value resources = Value::map();
  if (auto requests = quantities(container.requests); requests.size() != 0)
    resources.set("requests", std::move(requests));
  if (auto limits = quantities(container.limits); limits.size() != 0) resources.set("limits", std::move(limits));
  if (resources.size() != 0) out.set("resources", std::move(resources));
  if (container.liveness_probe && !container.liveness_probe->exec_args.empty()) {
    auto command = WL_TRY(words(container.liveness_probe->exec_args, container.name, "livenessProbe"));
    out.set("livenessProbe", probe_of(*container.liveness_probe, std::move(command)));
  }
  Value security = Value::map();
  if (container.privileged) security.set("privileged", true);
  if (container.run_as_user) security.set("runAsUser", Value::number(*container.run_as_user));
  if (container.run_as_group) security.set("runAsGroup", Value::number(*container.run_as_group));
  if (security.size() != 0) out.set("securityContext", std::move(security));
  out.set("tty", container.tty);
  return out;
}

/// "a=b,c=d" as a map; what has no '=' is left out with a warning.
Value selector_of(const std::string& text, std::vector<std::string>& warnings) {
  Value out = Value::map();
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    auto part = text.substr(from, comma - from);
    std::erase_if(part, [](char c) { return c == ' ' || c == '\t' || c == '\n'; });
    from = comma + 1;
    if (part.empty()) continue;
    const auto sign = part.find('=');
    if (sign == std::string::npos || sign == 0) {
      warnings.push_back("nodeSelector: '" + part + "' is not KEY=VALUE and is left out");
      continue;
    }
    out.set(part.substr(0, sign), part.substr(sign + 1));
  }
  return out;
}

Value groups_of(const std::string& text, std::vector<std::string>& warnings) {
  Value out = Value::list();
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    auto part = text.substr(from, comma - from);
    std::erase(part, ' ');
    from = comma + 1;
    std::int64_t group = 0;
    const auto end = std::from_chars(part.data(), part.data() + part.size(), group);
    if (part.empty()) continue;
    if (end.ec == std::errc() && end.ptr == part.data() + part.size()) {
      out.push(Value::number(group));
    } else {
      warnings.push_back("supplementalGroups: '" + part + "' is no number and is left out");
    }
  }
  return out;
}

void set_pod_fields(const PodTemplate& pod, TemplateManifest& out, Value& spec) {
  if (!pod.service_account.empty()) {
    spec.set("serviceAccountName", pod.service_account);
  }
  if (!pod.scheduler_name.empty()) spec.set("schedulerName", pod.scheduler_name);
  if (auto selector = selector_of(pod.node_selector, out.warnings); selector.size() != 0) {
    spec.set("nodeSelector", std::move(selector));
  }
  if (pod.host_network) spec.set("hostNetwork", *pod.host_network);
  if (pod.active_deadline_seconds) spec.set("activeDeadlineSeconds", Value::number(*pod.active_deadline_seconds));
  if (pod.termination_grace_seconds) spec.set("terminationGracePeriodSeconds", *pod.termination_grace_seconds);
  if (!pod.image_pull_secrets.empty()) {
    Value secrets = Value::list();
    for (const auto& name : pod.image_pull_secrets) secrets.push(Value::map_of("name", name));
    spec.set("imagePullSecrets", std::move(secrets));
  }
  Value security = Value::map();
  if (pod.run_as_user) security.set("runAsUser", Value::number(*pod.run_as_user));
  if (pod.run_as_group) security.set("runAsGroup", Value::number(*pod.run_as_group));
  if (auto groups = groups_of(pod.supplemental_groups, out.warnings); groups.size() != 0) {
    security.set("supplementalGroups", std::move(groups));
  }
  if (security.size() != 0) spec.set("securityContext", std::move(security));
}

}  // namespace

Result<TemplateManifest> manifest_of(const PodTemplate& pod, const std::string& pod_name) {
  TemplateManifest out;
  out.mounts = Value::list();
  out.env = Value::list();
  Value volumes = Value::list();
  std::vector<std::string_view> seen;
  for (const auto& volume : pod.volumes) {
    if (std::ranges::find(seen, volume.mount_path) != seen.end()) continue;
    seen.push_back(volume.mount_path);
    const auto name = "volume-" + std::to_string(seen.size() - 1);
    volumes.push(WL_TRY(volume_of(volume, name, pod_name, out.claims)));
    out.mounts.push(mount_of(volume, name));
  }
  out.workspace =
      WL_TRY(volume_of(pod.workspace.value_or(Volume{}), std::string(kWorkspaceVolume), pod_name, out.claims));
  for (const auto& one : pod.env) out.env.push(variable(one));

  Value spec = Value::map();
  Value containers = Value::list();
  for (const auto& container : pod.containers) {
    containers.push(WL_TRY(container_of(container, pod, pod_name, out.warnings)));
  }
  if (containers.size() != 0) spec.set("containers", std::move(containers));
  if (pod.workspace) volumes.push(out.workspace);
  if (volumes.size() != 0) spec.set("volumes", std::move(volumes));
  set_pod_fields(pod, out, spec);

  out.pod = Value::map();
  if (!pod.annotations.empty()) {
    Value annotations = Value::map();
    // The first of equal keys counts: a child's stand before its parent's.
    for (const auto& one : pod.annotations) {
      if (annotations.find(one.key) == nullptr) annotations.set(one.key, one.value);
    }
    out.pod.set("metadata", Value::map_of("annotations", std::move(annotations)));
  }
  out.pod.set("spec", std::move(spec));
  return out;
}

}  // namespace windlass::pods
