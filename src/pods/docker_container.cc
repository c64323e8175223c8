// `agent { docker { image; args } }` where agents are pods: the image is one more container of the pod, and what
// `docker run` would have been told is said in the container's fields, or refused with the option's name.
#include <algorithm>
#include <charconv>
#include <optional>

#include "pods/agent_injection.h"
#include "pods/hardening.h"
#include "pods/pods.h"
#include "pods/template_reader.h"
#include "text/shell_quote.h"

namespace windlass::pods {
namespace {

using data::Value;

struct RunOption {
  std::string_view name, short_name;
  bool takes_value;
};
constexpr RunOption kOptions[] = {
    {"--user", "-u", true},    {"--volume", "-v", true}, {"--env", "-e", true},          {"--entrypoint", "", true},
    {"--workdir", "-w", true}, {"--memory", "-m", true}, {"--cpus", "", true},           {"--name", "", true},
    {"--network", "", true},   {"--net", "", true},      {"--label", "-l", true},        {"--privileged", "", false},
    {"--rm", "", false},       {"--tty", "-t", false},   {"--interactive", "-i", false}, {"--init", "", false},
    {"--pull", "", true},      {"--platform", "", true}, {"--hostname", "-h", true},     {"--group-add", "", true},
};

struct Parsed {
  std::string name, value;
};

/// The options of a `docker run` line; what is not known is in `unknown`.
Result<std::vector<Parsed>> parse_args(const std::string& line, std::vector<std::string>& unknown) {
  const auto words = WL_TRY(text::split_shell_words(line));
  std::vector<Parsed> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto word = words[i];
    if (word.size() > 2 && word[0] == '-' && word[1] != '-') {
      // -it, -uroot, -eK=V: short options in one word.
      bool consumed = false;
      for (std::size_t at = 1; at < word.size() && !consumed; ++at) {
        const std::string one = std::string("-") + word[at];
        const auto* row = std::ranges::find(kOptions, one, &RunOption::short_name);
        if (row == std::end(kOptions)) {
          unknown.push_back(one);
          break;
        }
        if (!row->takes_value) {
          out.push_back({std::string(row->name), {}});
          continue;
        }
        auto value = word.substr(at + 1);
        if (value.starts_with("=")) value.erase(0, 1);
        if (value.empty() && i + 1 < words.size()) value = words[++i];
        out.push_back({std::string(row->name), std::move(value)});
        consumed = true;
      }
      continue;
    }
    std::optional<std::string> value;
    if (const auto sign = word.find('='); word.starts_with("--") && sign != std::string::npos) {
      value = word.substr(sign + 1);
      word.resize(sign);
    }
    const auto* row = std::ranges::find_if(
        kOptions, [&](const RunOption& one) { return one.name == word || (one.short_name == word && !word.empty()); });
    if (row == std::end(kOptions)) {
      // A word behind it is its value, as far as we can know.
      if (word.starts_with("-")) unknown.push_back(word);
      continue;
    }
    if (row->takes_value && !value) {
      if (i + 1 == words.size()) return fail(ErrorKind::invalid, "docker args: " + word + " needs a value");
      value = words[++i];
    }
    out.push_back({std::string(row->name), value.value_or("")});
  }
  return out;
}

/// "2g" of docker as a quantity.
std::string quantity(std::string text) {
  if (text.empty()) return text;
  switch (text.back()) {
    case 'k':
    case 'K':
      return text.substr(0, text.size() - 1) + "Ki";
    case 'm':
    case 'M':
      return text.substr(0, text.size() - 1) + "Mi";
    case 'g':
    case 'G':
      return text.substr(0, text.size() - 1) + "Gi";
    case 'b':
      return text.substr(0, text.size() - 1);
    default:
      return text;
  }
}

class Builder {
 public:
  Builder(const TenantPolicy& policy, PodPlan& plan, Value& container)
      : policy_(policy), plan_(plan), out_(container) {}

  Result<void> option(const Parsed& one) {
    if (one.name == "--user") return user(one.value);
    if (one.name == "--volume") return volume(one.value);
    if (one.name == "--env") {
      const auto sign = one.value.find('=');
      // Without a value the variable of the agent is meant, which every step has anyway.
      if (sign == std::string::npos) return {};
      out_.mutable_members()["env"].push(
          Value::map_of("name", one.value.substr(0, sign), "value", one.value.substr(sign + 1)));
      return {};
    }
    if (one.name == "--memory" || one.name == "--cpus") {
      auto& limits = out_.mutable_members()["resources"].mutable_members()["limits"];
      limits.set(one.name == "--cpus" ? "cpu" : "memory", one.name == "--cpus" ? one.value : quantity(one.value));
      return {};
    }
    if (one.name == "--privileged") {
      if (!policy_.privileged) return refuse("--privileged", "a pipeline's container has no privileges");
      out_.mutable_members()["securityContext"].set("privileged", true);
      return {};
    }
    if ((one.name == "--network" || one.name == "--net") && one.value == "host") {
      if (!policy_.host_namespaces) return refuse(one.name + " host", "a pipeline's pod has its own network");
      plan_.manifest.find("spec")->set("hostNetwork", true);
      return {};
    }
    if (one.name == "--network" || one.name == "--net") {
      plan_.warnings.push_back(
          "docker args: " + one.name + " " + one.value +
          " means nothing in a pod: its containers share one network and reach each other as localhost");
    }
    return {};
  }

 private:
  static std::unexpected<Error> refuse(const std::string& option, const std::string& why) {
    return fail(ErrorKind::forbidden, "docker args: " + option + ": " + why);
  }

  Result<void> user(const std::string& text) {
    auto& security = out_.mutable_members()["securityContext"];
    const auto colon = std::min(text.find(':'), text.size());
    auto number = [](std::string_view part) -> std::optional<std::int64_t> {
      if (part == "root") return 0;
      std::int64_t value = 0;
      const auto end = std::from_chars(part.data(), part.data() + part.size(), value);
      if (part.empty() || end.ec != std::errc() || end.ptr != part.data() + part.size()) return std::nullopt;
      return value;
    };
    const auto id = number(std::string_view(text).substr(0, colon));
    if (!id) {
      return fail(ErrorKind::invalid,
                  "docker args: -u " + text + ": a container of a pod needs the user's number, or root");
    }
    if (*id == 0 && !policy_.root) return refuse("-u " + text, "pods of pipelines cannot run as root");
    security.set("runAsUser", Value::number(*id));
    if (colon < text.size()) {
      if (const auto group = number(std::string_view(text).substr(colon + 1))) {
        security.set("runAsGroup", Value::number(*group));
      }
    }
    return {};
  }

  Result<void> volume(const std::string& text) {
    const auto colon = text.find(':');
    const auto source = text.substr(0, std::min(colon, text.size()));
    auto target = colon == std::string::npos ? source : text.substr(colon + 1);
    bool read_only = false;
    if (const auto options = target.find(':'); options != std::string::npos) {
      read_only = target.find("ro", options) != std::string::npos;
      target.resize(options);
    }
    if (!target.starts_with('/'))
      return fail(ErrorKind::invalid, "docker args: -v " + text + ": the target is no absolute path");
    auto& mounts = out_.mutable_members()["volumeMounts"];
    for (const auto& mount : mounts.items()) {
      if (mount.get_string("mountPath") == target) return {};
    }
    const bool host = source.starts_with('/') && colon != std::string::npos;
    if (host && !policy_.host_path && source.ends_with("docker.sock")) {
      return refuse("-v " + text, "a pipeline's pod has no access to the container runtime of its host");
    }
    auto& volumes = plan_.manifest.find("spec")->mutable_members()["volumes"];
    const auto name = "docker-volume-" + std::to_string(volumes.size());
    Value volume = Value::map_of("name", name);
    if (host && policy_.host_path) {
      volume.set("hostPath", Value::map_of("path", source));
    } else {
      volume.set("emptyDir", Value::map());
      plan_.warnings.push_back("docker args: -v " + text + ": " + target +
                               " is a folder of the pod, empty at first and gone with it, not one of the host");
    }
    volumes.push(std::move(volume));
    Value mount = Value::map_of("name", name, "mountPath", target);
    if (read_only) mount.set("readOnly", true);
    mounts.push(std::move(mount));
    return {};
  }

  const TenantPolicy& policy_;
  PodPlan& plan_;
  Value& out_;
};

std::string free_name(const Value& containers, const std::string& wanted) {
  for (int number = 1;; ++number) {
    auto name = number == 1 ? wanted : wanted + "-" + std::to_string(number);
    if (std::ranges::none_of(containers.items(), [&](const Value& one) { return one.get_string("name") == name; })) {
      return name;
    }
  }
}

}  // namespace

Result<std::string> add_docker_container(const Clouds& clouds, PodPlan& plan, const DockerContainer& wanted) {
  if (wanted.image.empty()) return fail(ErrorKind::invalid, "agent { docker } needs an image");
  if (!wanted.name.empty() && !is_dns_label(wanted.name)) {
    return fail(ErrorKind::invalid, "'" + wanted.name + "' is no name of a container");
  }
  std::vector<std::string> unknown;
  const auto options = WL_TRY(parse_args(wanted.args, unknown));
  if (!unknown.empty()) {
    std::string all;
    for (const auto& one : unknown) all += (all.empty() ? "" : ", ") + one;
    return fail(ErrorKind::invalid, "docker args: a container of a pod cannot have " + all +
                                        "; write agent { kubernetes { yaml } } instead");
  }
  auto& spec = *plan.manifest.find("spec");
  const auto& containers = spec.mutable_members()["containers"];
  Value container = Value::map_of("name", free_name(containers, wanted.name.empty() ? "docker" : wanted.name), "image",
                                  wanted.image, "imagePullPolicy", wanted.always_pull ? "Always" : "IfNotPresent",
                                  "command", Value::list_of(kAgentProgram, "pod"), "workingDir", plan.root);
  container.mutable_members()["env"].push(
      Value::map_of("name", "WINDLASS_CONTAINER", "value", container.get_string("name")));
  for (const auto& one : containers.items()) {
    if (one.get_string("name") == plan.agent_container) container.set("volumeMounts", *one.find("volumeMounts"));
  }
  Builder builder(clouds.policy, plan, container);
  for (const auto& one : options) WL_CHECK_OK(builder.option(one));

  ContainerPlan added{container.get_string("name"), wanted.image, plan.root, {}, true};
  spec.mutable_members()["containers"].push(std::move(container));
  auto hardening = clouds.hardening;
  if (const auto* cloud = clouds.find(plan.cloud); cloud != nullptr && cloud->restricted) {
    hardening.users = Hardening::Users::all;
  }
  harden(plan.manifest, hardening, plan.agent_container);
  plan.containers.push_back(std::move(added));
  return plan.containers.back().name;
}

}  // namespace windlass::pods
