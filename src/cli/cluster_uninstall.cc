#include "cli/cluster_uninstall.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "cli/cluster_report.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/terminal_text.h"
#include "cluster/connection.h"
#include "cluster/removal.h"
#include "kube/load_access.h"

namespace windlass::cli {
namespace {

struct Outcome {
  bool done = false;
  std::string error;
};

boost::asio::awaitable<void> uninstall(kube::Client& client, cluster::RemovalOptions options,
                                       const ClusterReport& report, std::size_t& told, Outcome& out) {
  auto removed =
      co_await cluster::remove_installation(client, std::move(options), [&](const cluster::AppliedObject& one) {
        ++told;
        report.tell(one);
      });
  if (!removed) out.error = removed.error().message;
  out.done = removed && *removed;
  client.close();
}

std::string what_is_left(Language language, const cluster::RemovalOptions& given) {
  const auto& space = given.namespace_;
  if (!given.data) {
    return say(
        language,
        {"Kept: the volume with runs, logs and accounts (claim {}/windlass), Configuration as Code, projects with "
         "their objects, our kinds, namespaces.\n"
         "windlass cluster install goes on with them. Until then a project that is deleted waits for it.\n"
         "windlass cluster uninstall --delete-data deletes the first two and lets go of projects.\n",
         "已保留：存有运行、日志与账户的卷（{}/windlass）、配置即代码、项目及其对象、自定义资源与命名空间。\n"
         "windlass cluster install 会继续使用它们；在此之前，被删除的项目会一直等待。\n"
         "windlass cluster uninstall --delete-data 删除前两者，并放开各项目。\n"},
        {space});
  }
  return say(
      language,
      {"Kept: projects with their objects, our kinds, namespaces, and of a volume of one node the folder there.\n"
       "  windlass cluster crds | kubectl delete -f -      deletes our kinds with every object of theirs\n"
       "  kubectl delete namespace {} {}\n",
       "已保留：项目及其对象、自定义资源、命名空间；若卷位于某节点，则该节点上的目录亦保留。\n"
       "  windlass cluster crds | kubectl delete -f -      删除自定义资源及其全部对象\n"
       "  kubectl delete namespace {} {}\n"},
      {space, given.workers});
}

}  // namespace

int uninstall_from_cluster(const Invocation& in, const ParsedOptions& options) {
  cluster::RemovalOptions given;
  given.namespace_ = options.get("--system-namespace", "kubesphere-devops-system");
  given.workers = options.get("--namespace", "kubesphere-devops-worker");
  given.data = options.has("--delete-data");
  auto surroundings = kube::real_surroundings(in.environment);
  auto path = options.get("--kubeconfig");
  if (!path.empty()) path = absolute_path(in.working_folder, path);
  const auto access = kube::load_access(path, options.get("--context"), surroundings);
  if (!access) return complain("cluster uninstall: " + error_text(access.error(), in.language), kExitUsage);
  boost::asio::io_context io(1);
  auto connection = cluster::Connection::make(io, *access, surroundings, "windlass/" + std::string(kVersion),
                                              cluster::Connection::Use::objects);
  if (!connection) return complain("cluster uninstall: " + error_text(connection.error(), in.language), kExitUsage);
  const auto form = form_of(options);
  const ClusterReport report(in.language, form);
  std::size_t told = 0;
  Outcome outcome;
  boost::asio::co_spawn(io, uninstall((*connection)->client(), given, report, told, outcome), boost::asio::detached);
  io.run();
  if (!outcome.error.empty()) {
    return complain(
        say(in.language,
            {"cluster uninstall: {} does not answer as it should: {}", "cluster uninstall：{} 未正常响应：{}"},
            {access->server.text(), without_controls(outcome.error)}),
        kExitInternal);
  }
  if (!outcome.done) {
    return complain(say(in.language, {"cluster uninstall: not all of it is away; the same again goes on from there",
                                      "cluster uninstall：尚未全部删除；再次执行即可继续"}),
                    kExitFailure);
  }
  if (form != Form::words) return kExitSuccess;
  if (told == 0) {
    print(say(in.language, {"There is no Windlass in the namespace {}.\n", "命名空间 {} 中没有 Windlass。\n"},
              {without_controls(given.namespace_)}));
  }
  print(what_is_left(in.language, given));
  return kExitSuccess;
}

}  // namespace windlass::cli
