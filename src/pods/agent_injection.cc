#include "pods/agent_injection.h"

#include <algorithm>

#include "text/shell_quote.h"

namespace windlass::pods {
namespace {

using data::Value;

std::string_view base_name(std::string_view path) {
  const auto slash = path.find_last_of('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_shell(std::string_view program) {
  constexpr std::string_view kShells[] = {"sh", "bash", "ash", "dash", "ksh", "zsh"};
  return std::ranges::find(kShells, base_name(program)) != std::end(kShells);
}

bool waits(std::vector<std::string> words, int depth = 0) {
  if (words.empty()) return false;
  const auto program = base_name(words[0]);
  if (program == "cat") return words.size() == 1 || (words.size() == 2 && words[1] == "-");
  if (program == "sleep") {
    return words.size() == 2 && (words[1] == "infinity" || words[1] == "inf" ||
                                 (!words[1].empty() && words[1][0] >= '0' && words[1][0] <= '9'));
  }
  if (program == "tail") return words.size() == 3 && words[1] == "-f" && words[2] == "/dev/null";
  if (program == "busybox" || program == "exec" || program == "env") {
    words.erase(words.begin());
    return waits(std::move(words), depth);
  }
  if (!is_shell(words[0])) return false;
  // `sh`, `bash -l`, and `sh -c 'sleep infinity'`, which is what a shell would do for us all the same.
  bool command = false;
  std::size_t next = 1;
  for (; next < words.size() && words[next].starts_with("-") && !command; ++next) {
    const auto& option = words[next];
    if (option == "--") continue;
    command = option.find('c') != std::string::npos && !option.starts_with("--");
    if (!command && option != "-l" && option != "-i" && option != "-li" && option != "-il" && option != "--login") {
      return false;
    }
  }
  if (!command) return next == words.size();
  if (next + 1 != words.size() || depth > 3) return false;
  if (words[next].find_first_of(";&|<>()$`\n") != std::string::npos) return false;
  auto inner = text::split_shell_words(words[next]);
  return inner && waits(std::move(*inner), depth + 1);
}

void put_env(Value& container, const std::string& name, Value value, bool over = true) {
  auto& list = container.mutable_members()["env"];
  for (auto& one : list.mutable_items()) {
    if (one.get_string("name") == name) {
      if (over) one = Value::map_of("name", name, "value", std::move(value));
      return;
    }
  }
  list.push(Value::map_of("name", name, "value", std::move(value)));
}

/// What Kubernetes alone can say of the pod.
void put_field(Value& container, const std::string& name, std::string_view path) {
  auto& list = container.mutable_members()["env"].mutable_items();
  std::erase_if(list, [&](const Value& one) { return one.get_string("name") == name; });
  const auto field = Value::map_of("fieldRef", Value::map_of("fieldPath", path));
  list.push_back(Value::map_of("name", name, "valueFrom", field));
}

Value delivering_container(const Injection& how, bool is_init) {
  const auto folder = std::string(kAgentFolder) + "/bin";
  Value out =
      Value::map_of("name", kAgentVolume, "image", how.agent_image, "imagePullPolicy", "IfNotPresent", "command",
                    Value::list_of("/windlass-agent", is_init ? "install" : "deliver", folder), "resources",
                    Value::map_of("requests", Value::map_of("cpu", "10m", "memory", "32Mi"), "limits",
                                  Value::map_of("cpu", "500m", "memory", "128Mi")),
                    "terminationMessagePolicy", "FallbackToLogsOnError", "volumeMounts",
                    Value::list_of(Value::map_of("name", kAgentVolume, "mountPath", kAgentFolder)), "securityContext",
                    Value::map_of("readOnlyRootFilesystem", true));
  if (!is_init) {
    const auto hook =
        Value::map_of("exec", Value::map_of("command", Value::list_of("/windlass-agent", "delivered", folder)));
    out.set("lifecycle", Value::map_of("postStart", hook));
  }
  return out;
}

std::unexpected<Error> taken(std::string sentence) {
  return fail(ErrorKind::invalid, std::move(sentence) + ": that belongs to Windlass' agent; use another one");
}

Result<void> mount_agent(Value& container) {
  auto& mounts = container.mutable_members()["volumeMounts"];
  for (const auto& mount : mounts.items()) {
    const auto path = mount.get_string("mountPath");
    if (path == kAgentFolder || path.starts_with(std::string(kAgentFolder) + "/")) {
      return taken("container " + container.get_string("name") + " mounts something at " + path);
    }
  }
  mounts.push(Value::map_of("name", kAgentVolume, "mountPath", kAgentFolder));
  return {};
}

/// Who brings the agent stands before all that need it. The kubelet starts containers one after the other, each when
/// the hook of the one before has returned; the end of an init container it sees at its next look around only, which is
/// a second later. Where all of them wait for us the agent's own comes next, because a run's first step needs no other;
/// one with a program of its own is entered by an exec, so it has to run by then.
void deliver_agent(Value& pod, const Injection& how, bool all_wait) {
  auto& metadata = pod.mutable_members()["metadata"];
  if (!metadata.is_map()) metadata = Value::map();
  auto& annotations = metadata.mutable_members()["annotations"];
  if (!annotations.is_map()) annotations = Value::map();
  const bool is_init = annotations.get_string(kDeliveryAnnotation) == kByInitContainer;
  auto& members = pod.find("spec")->mutable_members();
  if (is_init) {
    auto& inits = members["initContainers"].mutable_items();
    inits.insert(inits.begin(), delivering_container(how, true));
    return;
  }
  auto& containers = members["containers"].mutable_items();
  // What kubectl takes where no container is named: the first, until there was one before it.
  if (annotations.get_string(kDefaultContainer).empty()) {
    annotations.set(std::string(kDefaultContainer), containers.front().get_string("name"));
  }
  const auto agent =
      std::ranges::find_if(containers, [&](const Value& one) { return one.get_string("name") == how.agent_container; });
  if (all_wait && agent != containers.end()) std::rotate(containers.begin(), agent, agent + 1);
  containers.insert(containers.begin(), delivering_container(how, false));
}

}  // namespace

bool only_waits(const Value& container) {
  std::vector<std::string> words;
  for (const auto* key : {"command", "args"}) {
    const auto* list = container.find(key);
    if (list == nullptr) continue;
    for (const auto& word : list->items()) words.push_back(word.text());
  }
  const auto* command = container.find("command");
  if (command == nullptr || command->size() == 0) {
    // The image's own program runs. Arguments for it mean that it is wanted.
    return words.empty() && container.get_bool("tty");
  }
  return waits(std::move(words));
}

Result<std::vector<ContainerPlan>> inject_agent(Value& pod, const Injection& how, const std::vector<Pair>& shells) {
  Value& spec = *pod.find("spec");
  auto& volumes = spec.mutable_members()["volumes"];
  for (const auto& volume : volumes.items()) {
    if (volume.get_string("name") == kAgentVolume) return taken("a volume is named " + std::string(kAgentVolume));
  }
  volumes.push(Value::map_of("name", kAgentVolume, "emptyDir", Value::map()));
  for (const auto* list : {"initContainers", "containers"}) {
    const auto* containers = spec.find(list);
    for (const auto& one : containers == nullptr ? Value::List{} : containers->items()) {
      if (one.get_string("name") == kAgentVolume) return taken("a container is named " + std::string(kAgentVolume));
    }
  }

  std::vector<ContainerPlan> plans;
  for (auto& container : spec.mutable_members()["containers"].mutable_items()) {
    ContainerPlan plan;
    plan.name = container.get_string("name");
    plan.image = container.get_string("image");
    plan.working_dir = container.get_string("workingDir");
    const auto shell = std::ranges::find(shells, plan.name, &Pair::key);
    if (shell != shells.end()) plan.shell = shell->value;
    const bool is_agent = plan.name == how.agent_container;
    plan.injected = is_agent || only_waits(container);
    WL_CHECK_OK(mount_agent(container));
    if (plan.injected) {
      container.set("command", Value::list_of(kAgentProgram, "pod"));
      if (is_agent) {
        container.set("args", Value::list());
      } else if (container.find("args") != nullptr) {
        container.mutable_members().erase("args");
      }
      put_env(container, "WINDLASS_CONTAINER", plan.name);
    }
    if (is_agent) {
      // A template may say otherwise, for instance which URL; what makes the agent this pod's agent it may not.
      put_env(container, "JENKINS_SECRET", how.secret);
      put_field(container, "WINDLASS_POD_UID", "metadata.uid");
      put_env(container, "JENKINS_AGENT_NAME", how.pod_name);
      put_env(container, "JENKINS_NAME", how.pod_name);
      put_env(container, "JENKINS_AGENT_WORKDIR", plan.working_dir);
      put_env(container, "JENKINS_URL", how.agent_url, false);
      if (!how.authority.empty()) put_env(container, "WINDLASS_CA", how.authority, false);
      for (const auto& one : how.proxy_variables) put_env(container, one.key, one.value, false);
    }
    plans.push_back(std::move(plan));
  }
  deliver_agent(pod, how, std::ranges::all_of(plans, &ContainerPlan::injected));
  return plans;
}

}  // namespace windlass::pods
