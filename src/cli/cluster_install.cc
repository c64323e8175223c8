#include "cli/cluster_install.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <charconv>
#include <optional>

#include "cli/cluster_report.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/terminal_text.h"
#include "cluster/connection.h"
#include "cluster/installation.h"
#include "cluster/manifests.h"
#include "data/yaml.h"
#include "identity/random_text.h"
#include "kube/load_access.h"

namespace windlass::cli {
namespace {

using cluster::AppliedObject;
using data::Value;
constexpr std::string_view kWorkersNamespace = "kubesphere-devops-worker";
constexpr int kLongestWait = 3600;
constexpr std::size_t kFirstPassword = 22;  ///< letters, as KubeSphere's chart has it

struct Outcome {
  bool applied = false, runs = false;
  std::string error;  ///< the cluster did not answer as it should
};

boost::asio::awaitable<void> install(kube::Client& client, std::vector<Value> manifests, std::string namespace_,
                                     std::chrono::seconds patience, const ClusterReport& report, Outcome& out) {
  auto applied = co_await cluster::apply_manifests(client, std::move(manifests),
                                                   [&report](const AppliedObject& one) { report.tell(one); });
  if (!applied) out.error = applied.error().message;
  out.applied = applied && *applied;
  if (out.applied && patience.count() > 0) {
    auto runs =
        co_await cluster::wait_for_deployment(client, std::move(namespace_), std::string(cluster::kServerName),
                                              patience, [&report](const std::string& why) { report.trouble(why); });
    if (!runs) out.error = runs.error().message;
    out.runs = runs && *runs;
  }
  client.close();
}

Result<cluster::InstallOptions> read_options(const Invocation& in, const ParsedOptions& options) {
  cluster::InstallOptions out;
  out.version = kVersion;
  out.namespace_ = options.get("--system-namespace", out.namespace_);
  out.workers = options.get("--namespace", kWorkersNamespace);
  out.image = options.get("--image", "windlass/server:" + std::string(kVersion));
  out.agent_image = options.get("--agent-image", "windlass/agent:" + std::string(kVersion));
  out.pull_secret = options.get("--pull-secret");
  out.storage = WL_TRY(cluster::parse_storage(options.get("--storage")));
  out.storage.size = options.get("--size", out.storage.size);
  out.config = options.get("--config-from", out.config);
  out.tls_only = options.has("--tls-only");
  if (options.has("--casc")) {
    out.casc = WL_TRY(read_file(absolute_path(in.working_folder, options.get("--casc")), in.language));
    if (out.casc.empty())
      return fail(ErrorKind::invalid, {"--casc: the file {} is empty", "--casc：文件 {} 为空"},
                  {options.get("--casc")});
  }
  return out;
}

std::string what_next(Language language, const cluster::InstallOptions& given) {
  const auto& space = given.namespace_;
  const auto server = std::string(cluster::kServerName);
  return say(language,
             {"Windlass runs in the cluster. What to try next:\n"
              "  kubectl -n {} get secret {} -o jsonpath='{.data.jenkins-admin-password}' | base64 -d\n"
              "                                                 the first password of admin\n"
              "  kubectl -n {} port-forward svc/{} 9090         then log in at http://127.0.0.1:9090/login\n"
              "  kubectl get devopsprojects,pipelines,pipelineruns -A\n",
              "Windlass 已在集群中运行。接下来可以尝试：\n"
              "  kubectl -n {} get secret {} -o jsonpath='{.data.jenkins-admin-password}' | base64 -d\n"
              "                                                 admin 的初始密码\n"
              "  kubectl -n {} port-forward svc/{} 9090         然后在 http://127.0.0.1:9090/login 登录\n"
              "  kubectl get devopsprojects,pipelines,pipelineruns -A\n"},
             {space, std::string(cluster::kFirstPassword), space, server});
}

}  // namespace

int install_in_cluster(const Invocation& in, const ParsedOptions& options) {
  auto given = read_options(in, options);
  if (!given) return complain("cluster install: " + error_text(given.error(), in.language), kExitUsage);
  // Of a Secret that is there already nothing is written; a printed one would be a secret in a file.
  if (!options.has("--print")) given->first_password = identity::random_text(kFirstPassword);
  auto manifests = cluster::install_manifests(*given);
  if (!manifests) return complain("cluster install: " + error_text(manifests.error(), in.language), kExitUsage);
  if (options.has("--print")) {
    data::YamlStyle style;
    style.dialect = data::YamlDialect::k8s;
    return print(data::format_yaml_documents(*manifests, style)) ? kExitSuccess : kExitInternal;
  }
  const auto wait = options.get("--wait", "300");
  int seconds = 0;
  const auto parsed = std::from_chars(wait.data(), wait.data() + wait.size(), seconds);
  if (parsed.ec != std::errc() || parsed.ptr != wait.data() + wait.size() || seconds < 0 || seconds > kLongestWait) {
    return complain(say(in.language,
                        {"cluster install: --wait takes seconds from 0 to 3600, not {}",
                         "cluster install：--wait 须为 0 到 3600 的秒数，而不是 {}"},
                        {without_controls(wait)}),
                    kExitUsage);
  }
  auto surroundings = kube::real_surroundings(in.environment);
  auto path = options.get("--kubeconfig");
  if (!path.empty()) path = absolute_path(in.working_folder, path);
  const auto access = kube::load_access(path, options.get("--context"), surroundings);
  if (!access) return complain("cluster install: " + error_text(access.error(), in.language), kExitUsage);
  boost::asio::io_context io(1);
  auto connection = cluster::Connection::make(io, *access, surroundings, "windlass/" + std::string(kVersion),
                                              cluster::Connection::Use::objects);
  if (!connection) return complain("cluster install: " + error_text(connection.error(), in.language), kExitUsage);
  const auto form = form_of(options);
  const ClusterReport report(in.language, form);
  Outcome outcome;
  boost::asio::co_spawn(io,
                        install((*connection)->client(), std::move(*manifests), given->namespace_,
                                std::chrono::seconds(seconds), report, outcome),
                        boost::asio::detached);
  io.run();
  if (!outcome.error.empty()) {
    return complain(
        say(in.language, {"cluster install: {} does not answer as it should: {}", "cluster install：{} 未正常响应：{}"},
            {access->server.text(), without_controls(outcome.error)}),
        kExitInternal);
  }
  if (!outcome.applied) {
    return complain(say(in.language, {"cluster install: not installed; what stands above is in the way",
                                      "cluster install：未安装；原因见上"}),
                    kExitFailure);
  }
  if (seconds == 0) return kExitSuccess;
  if (!outcome.runs) {
    return complain(
        say(in.language,
            {"cluster install: everything is there, and the server does not run after {} s; look at it: "
             "kubectl -n {} describe pods",
             "cluster install：对象均已就绪，但服务器在 {} 秒后仍未运行；请查看：kubectl -n {} describe pods"},
            {std::to_string(seconds), given->namespace_}),
        kExitFailure);
  }
  if (form == Form::words) print(what_next(in.language, *given));
  return kExitSuccess;
}

}  // namespace windlass::cli
