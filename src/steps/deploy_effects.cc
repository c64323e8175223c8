// kubernetesDeploy: manifests of the workspace applied by kubectl, in the order of their names. Source:
// pipeline-language 6.11. Kind once: what a crash hid is not applied again by itself.
#include "data/json.h"
#include "proc/spawn.h"
#include "steps/credential_store.h"
#include "steps/families.h"
#include "steps/kube_config.h"
#include "steps/place_files.h"
#include "steps/secret_folder.h"
#include "steps/substitute.h"
#include "steps/tool_process.h"
#include "text/codec.h"

namespace windlass::steps {

namespace {

using data::Value;
using Done = std::expected<void, StepError>;

/// The secret that pods pull images with.
std::expected<std::string, StepError> pull_secret(EffectContext& context, const Value& arguments) {
  const auto* wanted = arguments.find("dockerCredentials");
  auto auths = Value::map();
  for (const auto& one : wanted->items()) {
    auto login = find_login(context, text_of(one, "credentialsId"));
    if (!login) return std::unexpected(std::move(login).error());
    const auto pair = text::encode_base64(login->user + ":" + login->password);
    context.run.mask(pair);
    auths.set(text_of(one, "url", "https://index.docker.io/v1/"),
              Value::map_of("username", login->user, "password", login->password, "auth", pair));
  }
  const auto config = data::format_json(Value::map_of("auths", std::move(auths)));
  return data::format_json(Value::map_of("apiVersion", "v1", "kind", "Secret", "type", "kubernetes.io/dockerconfigjson",
                                         "metadata",
                                         Value::map_of("name", text_of(arguments, "secretName"), "namespace",
                                                       text_of(arguments, "secretNamespace", "default")),
                                         "data", Value::map_of(".dockerconfigjson", text::encode_base64(config))));
}

class Cluster {
 public:
  explicit Cluster(EffectContext& context) : context_(context) {}
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster() {
    if (auto gone = remove_secret_folder(folder_); !gone) log_line(context_, gone.error().message);
  }

  Done open(const Value& arguments) {
    if (!proc::find_program("kubectl", environment_variable(context_.place, "PATH"))) {
      return abort_with("kubernetesDeploy needs kubectl, and it is not on the PATH of this node");
    }
    if (const auto id = text_of(arguments, "kubeconfigId"); !id.empty()) {
      auto config = make_kube_config(context_, {.credentials_id = id,
                                                .server_url = {},
                                                .context_name = {},
                                                .cluster_name = {},
                                                .namespace_name = {},
                                                .ca_certificate = {}});
      if (!config) return std::unexpected(std::move(config).error());
      auto folder = make_secret_folder(context_, "deploy");
      if (!folder) return io_error(folder.error());
      folder_ = *folder;
      auto path = write_secret(folder_, "config", *config);
      if (!path) return io_error(path.error());
      config_ = *path;
    } else if (const auto* old = arguments.find("kubeConfig"); old != nullptr && old->has_members()) {
      if (const auto path = text_of(*old, "path"); !path.empty()) config_ = absolute_path(context_.place, path);
    }
    return {};
  }

  Done run(std::vector<std::string> words, const std::string& manifest) const {
    std::vector<std::string> argv{"kubectl"};
    if (!config_.empty()) argv.push_back("--kubeconfig=" + config_);
    argv.insert(argv.end(), words.begin(), words.end());
    argv.insert(argv.end(), {"-f", "-"});
    auto done = run_tool(context_, std::move(argv), {.variables = {}, .input = manifest, .join_err = true});
    if (!done) return abort_with("kubectl: " + done.error().message);
    log_output(context_, done->out);
    if (done->status.code != 0) {
      return abort_with("kubectl " + words.front() + " ended with exit code " + std::to_string(done->status.code));
    }
    return {};
  }

 private:
  EffectContext& context_;
  std::string folder_, config_;
};

Outcome deploy(EffectContext& context, const Value& arguments) {
  log_line(context, "Starting Kubernetes deployment");
  const auto glob = text_of(arguments, "configs");
  auto patterns = text::AntFileSet::compile(glob, "");
  if (!patterns) return abort_with(patterns.error().message);
  auto files = find_files(context, context.place.cwd, *patterns);
  if (!files) return io_error(files.error());
  if (files->empty()) return abort_with("No matching configuration files found for " + glob);
  Cluster cluster(context);
  if (auto done = cluster.open(arguments); !done) return std::unexpected(std::move(done).error());
  auto variables = context.place.environment;
  const auto* pull = arguments.find("dockerCredentials");
  if (pull != nullptr && pull->size() > 0 && !text_of(arguments, "secretName").empty()) {
    auto secret = pull_secret(context, arguments);
    if (!secret) return std::unexpected(std::move(secret).error());
    if (auto done = cluster.run({"apply"}, *secret); !done) return std::unexpected(std::move(done).error());
    variables["KUBERNETES_SECRET_NAME"] = text_of(arguments, "secretName");
  }
  auto root = machine_root();
  if (!root) return io_error(root.error());
  const bool removes = flag_of(arguments, "deleteResource");
  for (const auto& file : *files) {
    log_line(context, "Loading configuration: " + context.place.cwd + "/" + file.path);
    auto manifest = root->read(file.from, 32U << 20U);
    if (!manifest) return file_error(manifest.error(), file.from);
    if (flag_of(arguments, "enableConfigSubstitution", true)) *manifest = substitute_variables(variables, *manifest);
    auto done = removes ? cluster.run({"delete", "--ignore-not-found"}, *manifest) : cluster.run({"apply"}, *manifest);
    if (!done) return std::unexpected(std::move(done).error());
  }
  log_line(context, "Finished Kubernetes deployment");
  return EffectResult();
}

constexpr EffectDescription kEffects[] = {
    {"kubernetesDeploy", EffectKind::once, true, deploy},
};

}  // namespace

std::span<const EffectDescription> deploy_effects() { return kEffects; }

}  // namespace windlass::steps
