#include "pods/template_reader.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "text/edit_distance.h"

namespace windlass::pods {
namespace {

using data::Value;

constexpr std::string_view kMinIdleAnnotation = "windlass.io/min-idle";
constexpr int kMostIdle = 100;

struct VolumeRow {
  std::string_view symbol;
  Volume::Kind kind;
};
// Classes carry the same words, and those of a workspace an infix: `HostPathWorkspaceVolume`.
constexpr VolumeRow kVolumes[] = {
    {"emptyDirVolume", Volume::Kind::empty_dir},
    {"hostPathVolume", Volume::Kind::host_path},
    {"configMapVolume", Volume::Kind::config_map},
    {"secretVolume", Volume::Kind::secret},
    {"persistentVolumeClaim", Volume::Kind::claim},
    {"nfsVolume", Volume::Kind::nfs},
    {"dynamicPVC", Volume::Kind::dynamic_claim},
    {"genericEphemeralVolume", Volume::Kind::ephemeral},
    {"emptyDirWorkspaceVolume", Volume::Kind::empty_dir},
    {"hostPathWorkspaceVolume", Volume::Kind::host_path},
    {"persistentVolumeClaimWorkspaceVolume", Volume::Kind::claim},
    {"nfsWorkspaceVolume", Volume::Kind::nfs},
    {"dynamicPVCWorkspaceVolume", Volume::Kind::dynamic_claim},
    {"genericEphemeralWorkspaceVolume", Volume::Kind::ephemeral},
};

std::vector<std::string_view> volume_symbols() {
  std::vector<std::string_view> out;
  for (const auto& row : kVolumes) out.push_back(row.symbol);
  return out;
}

const std::vector<std::string_view> kEnvSymbols = {"envVar", "containerEnvVar", "podEnvVar", "secretEnvVar",
                                                   "keyValueEnvVar"};
const std::vector<std::string_view> kContainerSymbols = {"containerTemplate"};

std::unexpected<Error> wrong(const std::string& path, std::string sentence) {
  return fail(ErrorKind::invalid, (path.empty() ? "pod template" : path) + ": " + std::move(sentence));
}

std::string trimmed(std::string text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Result<EnvVar> read_env(const Value& value, std::string path, std::vector<Note>& notes) {
  auto described = describe(value, kEnvSymbols, std::move(path));
  FieldReader in(described.fields, described.path, notes);
  EnvVar out;
  out.key = in.text("key");
  out.value = in.text("value");
  out.secret_name = in.text("secretName");
  out.secret_key = in.text("secretKey");
  out.optional = in.flag("optional").value_or(false);
  in.finish();
  if (out.key.empty()) return wrong(described.path, "a variable needs a key");
  if (described.symbol == "secretEnvVar" && (out.secret_name.empty() || out.secret_key.empty())) {
    return wrong(described.path, "secretEnvVar needs secretName and secretKey");
  }
  return out;
}

Result<std::vector<EnvVar>> read_envs(FieldReader& in, std::string_view key, std::vector<Note>& notes) {
  std::vector<EnvVar> out;
  const auto items = in.items(key);
  for (std::size_t i = 0; i < items.size(); ++i) {
    out.push_back(WL_TRY(read_env(items[i], item_path(in.path_of(key), i), notes)));
  }
  return out;
}

Port read_port(const Value& value, std::string path, std::vector<Note>& notes) {
  auto described = describe(value, {"portMapping"}, std::move(path));
  FieldReader in(described.fields, described.path, notes);
  Port out{in.text("name"), in.count("containerPort").value_or(0), in.count("hostPort").value_or(0)};
  in.finish();
  return out;
}

LivenessProbe read_probe(const Value& value, std::string path, std::vector<Note>& notes) {
  auto described = describe(value, {"containerLivenessProbe"}, std::move(path));
  FieldReader in(described.fields, described.path, notes);
  LivenessProbe out;
  out.exec_args = in.text("execArgs");
  out.initial_delay_seconds = in.count("initialDelaySeconds").value_or(0);
  out.timeout_seconds = in.count("timeoutSeconds").value_or(0);
  out.failure_threshold = in.count("failureThreshold").value_or(0);
  out.period_seconds = in.count("periodSeconds").value_or(0);
  out.success_threshold = in.count("successThreshold").value_or(0);
  in.finish();
  return out;
}

/// The fields that a container has, and that stand on old templates for their only container.
Result<void> read_container_fields(FieldReader& in, ContainerTemplate& out) {
  auto set = [](std::string& field, std::string given) {
    if (!given.empty()) field = std::move(given);
  };
  set(out.image, trimmed(in.text("image")));
  set(out.command, in.text("command"));
  set(out.args, in.text("args"));
  if (in.flag("privileged").value_or(false)) out.privileged = true;
  if (in.flag("alwaysPullImage").value_or(false)) out.always_pull = true;
  set(out.requests.cpu, in.text("resourceRequestCpu"));
  set(out.requests.memory, in.text("resourceRequestMemory"));
  set(out.requests.ephemeral_storage, in.text("resourceRequestEphemeralStorage"));
  set(out.limits.cpu, in.text("resourceLimitCpu"));
  set(out.limits.memory, in.text("resourceLimitMemory"));
  set(out.limits.ephemeral_storage, in.text("resourceLimitEphemeralStorage"));
  return {};
}

Result<ContainerTemplate> read_container(const Value& value, std::string path, std::vector<Note>& notes) {
  auto described = describe(value, kContainerSymbols, std::move(path));
  if (!described.symbol.empty() && described.symbol != "containerTemplate") {
    return wrong(described.path,
                 "'" + described.symbol + "' is no container; write containerTemplate(name: …, image: …)");
  }
  FieldReader in(described.fields, described.path, notes);
  ContainerTemplate out;
  out.name = trimmed(in.text("name"));
  if (!is_dns_label(out.name)) {
    return wrong(in.path_of("name"), out.name.empty()
                                         ? std::string("a container needs a name")
                                         : "'" + out.name +
                                               "' is no name of a container: Container Names MUST match RFC "
                                               "1123 - They can only contain lowercase letters, numbers or dashes");
  }
  WL_CHECK_OK(read_container_fields(in, out));
  out.tty = in.flag("ttyEnabled").value_or(false);
  out.working_dir = in.text("workingDir");
  if (out.working_dir == kDefaultWorkingDir) out.working_dir.clear();
  out.shell = in.text("shell");
  out.run_as_user = in.integer("runAsUser");
  out.run_as_group = in.integer("runAsGroup");
  out.env = WL_TRY(read_envs(in, "envVars", notes));
  const auto ports = in.items("ports");
  for (std::size_t i = 0; i < ports.size(); ++i) {
    out.ports.push_back(read_port(ports[i], item_path(in.path_of("ports"), i), notes));
    if (out.ports.back().container_port == 0) {
      return wrong(item_path(in.path_of("ports"), i), "a port needs a containerPort");
    }
  }
  if (const auto* probe = in.take("livenessProbe"); probe != nullptr && probe->size() != 0) {
    out.liveness_probe = read_probe(*probe, in.path_of("livenessProbe"), notes);
  }
  in.finish();
  return out;
}

Result<Volume> read_volume(const Value& value, std::string path, bool workspace, std::vector<Note>& notes) {
  auto described = describe(value, volume_symbols(), std::move(path));
  const auto* row = std::ranges::find(kVolumes, described.symbol, &VolumeRow::symbol);
  if (row == std::end(kVolumes)) {
    auto symbol = described.symbol;
    if (symbol.empty() && value.size() == 1 && value.has_members()) symbol = value.members().at(0).key;
    const auto near = text::nearest_name(symbol, volume_symbols());
    return wrong(described.path, "'" + symbol + "' is no kind of volume" +
                                     (near ? "; did you mean " + std::string(*near) + "?" : std::string()));
  }
  FieldReader in(described.fields, described.path, notes);
  Volume out;
  out.kind = row->kind;
  out.mount_path = in.text("mountPath");
  const auto unnamed = in.text("");
  bool needs_source = true;
  switch (out.kind) {
    case Volume::Kind::empty_dir:
      out.memory = in.flag("memory").value_or(unnamed == "true");
      out.size_limit = in.text("sizeLimit");
      needs_source = false;
      break;
    case Volume::Kind::host_path:
      out.source = in.text("hostPath");
      if (out.source.empty() && workspace) out.source = unnamed;
      out.read_only = in.flag("readOnly").value_or(false);
      break;
    case Volume::Kind::config_map:
      out.source = in.text("configMapName");
      out.sub_path = in.text("subPath");
      out.optional = in.flag("optional").value_or(false);
      break;
    case Volume::Kind::secret:
      out.source = in.text("secretName");
      out.default_mode = in.text("defaultMode");
      out.optional = in.flag("optional").value_or(false);
      break;
    case Volume::Kind::claim:
      out.source = in.text("claimName");
      out.read_only = in.flag("readOnly").value_or(false);
      break;
    case Volume::Kind::nfs:
      out.server = in.text("serverAddress");
      out.source = in.text("serverPath");
      out.read_only = in.flag("readOnly").value_or(false);
      if (out.server.empty()) return wrong(in.path_of("serverAddress"), "an NFS volume needs a server");
      break;
    case Volume::Kind::dynamic_claim:
    case Volume::Kind::ephemeral:
      out.storage_class = in.text("storageClassName");
      out.requests_size = in.text("requestsSize");
      out.access_modes = in.text("accessModes");
      needs_source = false;
      break;
  }
  if (out.mount_path.empty() && !workspace && out.kind == Volume::Kind::empty_dir) out.mount_path = unnamed;
  in.finish();
  if (needs_source && out.source.empty()) {
    return wrong(described.path, std::string(row->symbol) + " does not say what it mounts");
  }
  if (!workspace && !out.mount_path.starts_with('/')) {
    return wrong(in.path_of("mountPath"), "a volume needs an absolute mountPath");
  }
  return out;
}

Result<std::optional<bool>> read_merge(const Value& value, const std::string& path) {
  const auto symbol = describe(value, {"merge", "override", "overrides"}, path).symbol;
  if (symbol == "merge") return true;
  if (symbol == "override" || symbol == "overrides") return false;
  return wrong(path, "'" + symbol + "' is no way to merge manifests; there are merge() and override()");
}

Result<void> read_lists(FieldReader& in, PodTemplate& out, std::vector<Note>& notes) {
  for (const auto* key : {"containers", "containerTemplates"}) {
    const auto items = in.items(key);
    for (std::size_t i = 0; i < items.size(); ++i) {
      out.containers.push_back(WL_TRY(read_container(items[i], item_path(in.path_of(key), i), notes)));
    }
  }
  const auto volumes = in.items("volumes");
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    out.volumes.push_back(WL_TRY(read_volume(volumes[i], item_path(in.path_of("volumes"), i), false, notes)));
  }
  if (const auto* workspace = in.take("workspaceVolume")) {
    out.workspace = WL_TRY(read_volume(*workspace, in.path_of("workspaceVolume"), true, notes));
    if (*out.workspace == Volume{}) out.workspace.reset();  // the default is as good as not given
  }
  out.env = WL_TRY(read_envs(in, "envVars", notes));
  const auto annotations = in.items("annotations");
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    auto described = describe(annotations[i], {"podAnnotation"}, item_path(in.path_of("annotations"), i));
    FieldReader one(described.fields, described.path, notes);
    Pair pair{one.text("key"), one.text("value")};
    one.finish();
    if (pair.key.empty()) return wrong(described.path, "an annotation needs a key");
    out.annotations.push_back(std::move(pair));
  }
  for (const auto& item : in.items("imagePullSecrets")) {
    std::string name = item.is_string() ? item.text() : item.get_string("name");
    if (item.has_members() && name.empty()) {
      name = describe(item, {"podImagePullSecret"}, {}).fields.get_string("name");
    }
    if (name.empty()) return wrong(in.path_of("imagePullSecrets"), "a pull secret needs a name");
    out.image_pull_secrets.push_back(std::move(name));
  }
  return {};
}

Result<void> read_numbers(FieldReader& in, PodTemplate& out) {
  // A value that is the default cannot override a parent's; the `Str` forms are what Jenkins' forms save.
  auto count = [&in](std::string_view key, std::string_view text_key, int otherwise) -> std::optional<int> {
    auto number = in.count(key);
    if (auto text = in.count(text_key); !number) number = text;
    return number && *number != otherwise && *number != 0 ? number : std::nullopt;
  };
  out.instance_cap = count("instanceCap", "instanceCapStr", std::numeric_limits<int>::max());
  out.connect_timeout_seconds = count("slaveConnectTimeout", "slaveConnectTimeoutStr", 1000);
  out.idle_minutes = count("idleMinutes", "idleMinutesStr", 0);
  if (auto seconds = count("activeDeadlineSeconds", "activeDeadlineSecondsStr", 0)) {
    out.active_deadline_seconds = *seconds;
  }
  out.min_idle = count("minIdle", "minIdleStr", 0);
  out.termination_grace_seconds = in.count("terminationGracePeriodSeconds");
  out.run_as_user = in.integer("runAsUser");
  out.run_as_group = in.integer("runAsGroup");
  return {};
}

}  // namespace

bool is_dns_label(std::string_view name) {
  auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 63 && alphanumeric(name.front()) && alphanumeric(name.back()) &&
         std::ranges::all_of(name, [&](char c) { return c == '-' || alphanumeric(c); });
}

Result<std::optional<Retention>> read_retention(const Value& value, const std::string& path) {
  constexpr std::array kAll = {Retention::never, Retention::always, Retention::on_failure, Retention::evicted};
  std::vector<std::string_view> symbols = {"default"};
  for (const auto one : kAll) symbols.push_back(to_string(one));
  auto symbol = describe(value, symbols, path).symbol;
  // What a chart has in its values: `Never`, `On Failure`.
  std::erase(symbol, ' ');
  if (symbol.empty() || symbol == "default") return std::nullopt;
  for (const auto one : kAll) {
    if (symbol == to_string(one)) return one;
  }
  return wrong(path,
               "'" + symbol + "' is no retention; there are never(), always(), onFailure(), evicted(), default()");
}

Result<ReadTemplate> read_template(const Value& map, const std::string& path) {
  ReadTemplate result;
  auto& out = result.pod;
  if (!map.has_members()) return wrong(path, "a pod template is a map of fields");
  FieldReader in(map, path, result.notes);
  out.name = in.text("name");
  out.id = in.text("id");
  out.label = in.text("label");
  out.namespace_ = in.text("namespace");
  result.cloud = in.text("cloud");
  out.inherit_from = in.given_text("inheritFrom");
  if (const auto mode = in.text("nodeUsageMode"); mode == "NORMAL") {
    out.usage = UsageMode::normal;
  } else if (!mode.empty() && mode != "EXCLUSIVE") {
    return wrong(in.path_of("nodeUsageMode"), "'" + mode + "' is no mode; there are NORMAL and EXCLUSIVE");
  }
  WL_CHECK_OK(read_lists(in, out, result.notes));
  out.node_selector = in.text("nodeSelector");
  out.service_account = in.text("serviceAccount");
  out.scheduler_name = in.text("schedulerName");
  out.supplemental_groups = in.text("supplementalGroups");
  WL_CHECK_OK(read_numbers(in, out));
  out.host_network = in.flag("hostNetwork");
  if (const auto* retention = in.take("podRetention")) {
    out.retention = WL_TRY(read_retention(*retention, in.path_of("podRetention")));
  }
  for (const auto* key : {"yaml", "yamls"}) {
    for (const auto& item : in.items(key)) {
      if (!item.is_string()) return wrong(in.path_of(key), "a manifest is given as a text (yaml: | in JCasC)");
      if (item.text().find_first_not_of(" \t\r\n") != std::string::npos) out.yamls.push_back(item.text());
    }
  }
  if (const auto* strategy = in.take("yamlMergeStrategy")) {
    out.yaml_merge = WL_TRY(read_merge(*strategy, in.path_of("yamlMergeStrategy")));
  }
  out.inherit_yaml_merge = in.flag("inheritYamlMergeStrategy").value_or(false);
  if (in.flag("showRawYaml") == false) out.show_raw_yaml = false;
  out.agent_container = in.text("agentContainer");
  // Our agent is put into every pod, and needs no Java: there is nothing to choose.
  in.take("agentInjection");
  out.working_dir = in.text("workingDir");
  if (const auto root = in.text("remoteFs"); out.working_dir.empty()) out.working_dir = root;
  if (out.working_dir == kDefaultWorkingDir) out.working_dir.clear();

  // For files that Jenkins reads too: it does not know our key, but any annotation.
  for (auto at = out.annotations.begin(); at != out.annotations.end();) {
    if (at->key != kMinIdleAnnotation) {
      ++at;
      continue;
    }
    int number = 0;
    const auto& text = at->value;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size() || number < 0) {
      return wrong(in.path_of("annotations"), "'" + text + "' is no number of idle pods (" + at->key + ")");
    }
    if (number > 0) out.min_idle = number;
    at = out.annotations.erase(at);
  }
  if (out.min_idle && *out.min_idle > kMostIdle) {
    in.note("minIdle", "more than " + std::to_string(kMostIdle) + " idle pods are not kept; it is taken as that many");
    out.min_idle = kMostIdle;
  }

  ContainerTemplate old;
  const auto before = out.containers.empty() ? old : out.containers.front();
  auto first = before;
  WL_CHECK_OK(read_container_fields(in, first));
  if (first != before) {
    if (out.containers.empty()) {
      first.name = kDefaultAgentContainer;
      out.containers.push_back(std::move(first));
    } else {
      out.containers.front() = std::move(first);
    }
  }
  if (const auto properties = in.items("nodeProperties"); !properties.empty()) {
    in.note("nodeProperties", "properties of nodes are not used; give variables as envVars", Note::Kind::unused);
  }
  in.finish();
  return result;
}

}  // namespace windlass::pods
