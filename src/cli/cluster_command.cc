// windlass cluster check: what a Kubernetes cluster has for us, and what it lacks, a sentence each. windlass cluster
// crds: our kinds, for kubectl. Neither changes anything. windlass cluster install is in cluster_install.h,
// uninstall in cluster_uninstall.h.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "cli/cluster_install.h"
#include "cli/cluster_uninstall.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/terminal_text.h"
#include "cluster/definitions.h"
#include "data/yaml.h"
#include "kube/cluster_check.h"
#include "kube/load_access.h"
#include "net/connector.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
using data::Value;
using kube::CheckItem;
using kube::Feature;

constexpr std::string_view kWorkersNamespace = "kubesphere-devops-worker";

constexpr OptionRow kOptions[] = {
    {"ACTION", "check|crds|install|uninstall", Shape::value, {"what to do (default check)", "操作（默认 check）"}},
    {"--kubeconfig",
     "FILE",
     Shape::value,
     {"which cluster and as whom (default: KUBECONFIG, ~/.kube/config, the pod that this runs in)",
      "集群与身份（默认：KUBECONFIG、~/.kube/config、所在的 Pod）"}},
    {"--context",
     "NAME",
     Shape::value,
     {"of the kubeconfig (default: its current one)", "kubeconfig 中的上下文（默认：当前上下文）"}},
    {"--namespace",
     "NAMESPACE",
     Shape::value,
     {"where the pods of agents run (default kubesphere-devops-worker)",
      "Agent Pod 所在的命名空间（默认 kubesphere-devops-worker）"}},
    kOutputRow,
    {"--image",
     "IMAGE",
     Shape::value,
     {"of the server (default windlass/server:VERSION)", "服务器镜像（默认 windlass/server:VERSION）"},
     {"With install", "用于 install"}},
    {"--agent-image",
     "IMAGE",
     Shape::value,
     {"with the agents' programs (default windlass/agent:VERSION)",
      "包含 Agent 程序的镜像（默认 windlass/agent:VERSION）"}},
    {"--pull-secret",
     "NAME",
     Shape::value,
     {"Secret by which the server's image is pulled", "拉取服务器镜像所用的 Secret"}},
    {"--system-namespace",
     "NAMESPACE",
     Shape::value,
     {"of the server (default kubesphere-devops-system)", "服务器所在的命名空间（默认 kubesphere-devops-system）"}},
    {"--storage",
     "PLACE",
     Shape::value,
     {"where the server's folder is: class:NAME, a claim of this storage class; node:NODE:/FOLDER, a folder of one "
      "node; memory, which is gone with the pod (default: a claim of the cluster's default class)",
      "服务器数据所在：class:NAME 指定存储类的卷；node:NODE:/FOLDER 某节点上的目录；memory 随 Pod "
      "消失（默认为集群默认存储类的卷）"}},
    {"--size", "QUANTITY", Shape::value, {"of the claim (default 8Gi)", "卷的大小（默认 8Gi）"}},
    {"--casc",
     "FILE",
     Shape::value,
     {"Jenkins' Configuration as Code with clouds and pod templates (default: the chart's templates)",
      "含云与 Pod 模板的 Jenkins 配置即代码（默认使用 chart 的模板）"}},
    {"--config-from",
     "SOURCE",
     Shape::value,
     {"where kubesphere.yaml is, configmap/NAME or secret/NAME; it may be missing and come later (default "
      "configmap/devops-config)",
      "kubesphere.yaml 的位置，configmap/NAME 或 secret/NAME，可暂缺（默认 configmap/devops-config）"}},
    {"--tls-only",
     "",
     Shape::flag,
     {"no plain HTTP from other pods (KubeSphere's own parts speak it)",
      "不接受来自其他 Pod 的明文 HTTP（KubeSphere 自身组件使用明文）"}},
    {"--wait",
     "SECONDS",
     Shape::value,
     {"for the server to run (default 300; 0: not at all)", "等待服务器运行的秒数（默认 300；0 表示不等待）"}},
    {"--print",
     "",
     Shape::flag,
     {"nothing but print the manifests, for kubectl apply and GitOps", "仅输出清单，供 kubectl apply 与 GitOps 使用"}},
    {"--delete-data",
     "",
     Shape::flag,
     {"also the volume, Configuration as Code and pods of runs; finalizers are taken off projects",
      "同时删除卷、配置即代码与运行的 Pod，并移除项目上的 finalizer"},
     {"With uninstall", "用于 uninstall"}},
};
constexpr Example kExamples[] = {
    {"windlass cluster check", {"everything there that Windlass needs?", "集群是否满足 Windlass 的全部要求？"}},
    {"windlass cluster install",
     {"Windlass in the cluster, with the least rights", "以最小权限将 Windlass 安装到集群"}},
    {"windlass cluster install --print > windlass.yaml", {"the same as manifests", "以清单形式输出"}},
    {"windlass cluster uninstall", {"the server and its rights out of the cluster", "从集群中卸载服务器及其权限"}},
    {"windlass cluster crds | kubectl apply -f -",
     {"install our kinds, where the server itself may not", "安装自定义资源（当服务器自身无权安装时）"}},
    {"windlass cluster check --context prod --output json", {"facts for a program", "供程序使用的数据"}},
};
constexpr ExitCode kExits[] = {
    {kExitSuccess, {"everything is there; with install: and runs", "一切就绪；install：并已运行"}},
    {kExitFailure,
     {"something is missing; the output says what for. With install: something is in the way, or the server does not "
      "run",
      "有所缺失；输出说明其用途。install：存在冲突，或服务器未运行"}},
    {kExitUsage, {"the kubeconfig cannot be used", "kubeconfig 无法使用"}},
    {kExitInternal, {"the cluster does not answer, or does not know us", "集群无响应，或不认识当前身份"}},
};

/// What does not work without it.
Text loss(Feature feature) {
  switch (feature) {
    case Feature::agents:
      return {"no pod can be an agent", "Pod 无法用作 Agent"};
    case Feature::claims:
      return {"no pod has a volume that is made for it", "Pod 无法使用为其创建的卷"};
    case Feature::pull_secrets:
      return {"agent { docker } has no registryCredentialsId", "agent { docker } 无法使用 registryCredentialsId"};
    case Feature::exec:
      return {"no step runs in a container that keeps its own entry point", "步骤无法在保留自身入口程序的容器中运行"};
    case Feature::events:
      return {"why a pod does not start is not known", "无法得知 Pod 未启动的原因"};
    case Feature::objects:
      return {"the cluster's objects do not drive Windlass", "集群中的对象无法驱动 Windlass"};
    case Feature::credentials:
      return {"Secrets are no credentials", "Secret 无法用作凭证"};
    case Feature::settings:
      return {"ConfigMaps with templates and settings are not seen", "无法读取含模板与设置的 ConfigMap"};
    case Feature::kinds:
      return {"the server does not install its kinds: windlass cluster crds | kubectl apply -f -",
              "服务器无法自行安装自定义资源：windlass cluster crds | kubectl apply -f -"};
    case Feature::leadership:
      return {"there can be no second replica", "无法运行第二个副本"};
    case Feature::sign_in:
      return {"nobody signs in with a token of the cluster", "无法使用集群令牌登录"};
    case Feature::binding:
      return {"rights in the namespaces of projects must be there for the whole cluster",
              "项目命名空间中的权限须在整个集群范围授予"};
  }
  return {"", ""};
}

std::string sentence(Language language, const CheckItem& item) {
  const auto said = item.message.empty() ? std::string() : " (" + without_controls(item.message) + ")";
  if (item.state == CheckItem::State::unknown) {
    return say(language, {"could not be found out{}", "无法确认{}"}, {said});
  }
  switch (item.kind) {
    case CheckItem::Kind::namespace_:
      return say(
          language,
          {"there is no such namespace: kubectl create namespace {}", "该命名空间不存在：kubectl create namespace {}"},
          {item.what});
    case CheckItem::Kind::resource:
      return say(language, {"the cluster does not have it: {}", "集群中没有：{}"}, {loss(item.feature).in(language)});
    case CheckItem::Kind::registration:
      return say(
          language,
          {"not registered: kubectl and controllers do not find its kinds. A kube-apiserver registers it at "
           "its start: on each node of the control plane, one after the other, move "
           "/etc/kubernetes/manifests/kube-apiserver.yaml away, wait until its pod is gone (kubectl -n "
           "kube-system delete pod kube-apiserver-NODE, by another node's server), and move it back",
           "未注册：kubectl 与控制器无法发现其资源类型。kube-apiserver 仅在启动时注册它：请逐个在控制平面节点上移走 "
           "/etc/kubernetes/manifests/kube-apiserver.yaml，等待其 Pod 消失（通过其他节点的 API 执行 kubectl -n "
           "kube-system delete pod kube-apiserver-NODE），再移回原处"});
    case CheckItem::Kind::crash: {
      const auto what = without_controls(item.message);
      if (item.kinds.empty()) {
        const auto which = item.what.substr(item.what.find(' ') + 1);
        const auto slash = which.find('/');
        return say(language,
                   {"ends again and again ({}); why: kubectl -n {} logs --previous {}",
                    "反复崩溃（{}）；原因请看：kubectl -n {} logs --previous {}"},
                   {what, which.substr(0, slash), which.substr(slash + 1)});
      }
      std::string kinds, remedy;
      for (const auto& one : item.kinds) {
        kinds += (kinds.empty() ? "" : ", ") + one.kind + " (" + one.group_version + ")";
        const auto group = one.group_version.substr(0, one.group_version.find('/'));
        if (group == "notification.kubesphere.io") {
          remedy = say(language, {": kubectl apply -f bundle.yaml of Notification Manager",
                                  "：kubectl apply -f Notification Manager 的 bundle.yaml"});
        } else if (group == "devops.kubesphere.io") {
          remedy = say(language, {": windlass cluster crds | kubectl apply -f -",
                                  "：windlass cluster crds | kubectl apply -f -"});
        }
      }
      return say(language,
                 {"ends again and again ({}), because the cluster does not serve {}: install the definitions of that{}",
                  "反复崩溃（{}），因为集群中没有 {}：请安装其资源定义{}"},
                 {what, kinds, remedy});
    }
    case CheckItem::Kind::right:
      return say(language, {"not allowed: {}", "无权限：{}"}, {loss(item.feature).in(language)}) + said;
  }
  return {};
}

std::string_view kind_of(const CheckItem& item) {
  switch (item.kind) {
    case CheckItem::Kind::resource:
      return "resource";
    case CheckItem::Kind::right:
      return "right";
    case CheckItem::Kind::namespace_:
      return "namespace";
    case CheckItem::Kind::registration:
      return "registration";
    case CheckItem::Kind::crash:
      return "crash";
  }
  return "";
}

std::string_view state_of(const CheckItem& item) {
  switch (item.state) {
    case CheckItem::State::there:
      return "ok";
    case CheckItem::State::missing:
      return "missing";
    case CheckItem::State::unknown:
      return "unknown";
  }
  return "";
}

Value facts(const kube::Access& access, const kube::ClusterReport& report) {
  Value groups = Value::list();
  for (const auto& one : report.groups) groups.push(one);
  Value items = Value::list();
  for (const auto& item : report.items) {
    Value one = Value::map_of("kind", kind_of(item), "what", item.what, "state", state_of(item));
    if (item.kind == CheckItem::Kind::resource || item.kind == CheckItem::Kind::right)
      one.set("feature", kube::to_string(item.feature));
    if (item.state != CheckItem::State::there && !item.message.empty()) one.set("message", item.message);
    if (!item.kinds.empty()) {
      Value kinds = Value::list();
      for (const auto& kind : item.kinds) {
        kinds.push(Value::map_of("kind", kind.kind, "version", kind.group_version));
      }
      one.set("missingKinds", std::move(kinds));
    }
    items.push(std::move(one));
  }
  return Value::map_of("server", access.server.text(), "context", access.name, "version", report.version, "user",
                       Value::map_of("name", report.user, "groups", std::move(groups), "from", report.user_from),
                       "complete", report.is_complete(), "items", std::move(items));
}

std::string words(Language language, const kube::Access& access, const kube::ClusterReport& report) {
  std::string out = say(language, {"{} (context {}), Kubernetes {}\n", "{}（上下文 {}），Kubernetes {}\n"},
                        {access.server.text(), without_controls(access.name), without_controls(report.version)});
  std::string groups;
  for (const auto& one : report.groups) groups += (groups.empty() ? "" : ", ") + without_controls(one);
  if (report.user.empty()) {
    out += say(language, {"who we are there is not known\n", "无法得知当前身份\n"});
  } else {
    out += say(language, {"we are {}", "当前身份为 {}"}, {without_controls(report.user)});
    if (!groups.empty()) out += say(language, {", of {}", "，所属组：{}"}, {groups});
    out += "\n";
  }
  std::size_t there = 0;
  for (const auto& item : report.items) there += item.state == CheckItem::State::there ? 1 : 0;
  for (const auto& item : report.items) {
    if (item.state == CheckItem::State::there) continue;
    out += padded(without_controls(item.what), 52) + " " + sentence(language, item) + "\n";
  }
  out += say(language, {"{} of {} things that Windlass needs are there\n", "Windlass 所需的 {} / {} 项已就绪\n"},
             {std::to_string(there), std::to_string(report.items.size())});
  return out;
}

boost::asio::awaitable<void> check(kube::Client& client, std::string workers_namespace,
                                   std::optional<objects::Outcome<kube::ClusterReport>>& out) {
  out = co_await kube::check_cluster(client, std::move(workers_namespace));
  client.close();
}

/// The definitions of our kinds, as kubectl apply takes them.
int print_definitions() {
  data::YamlStyle style;
  style.dialect = data::YamlDialect::k8s;
  return print(data::format_yaml_documents(cluster::definitions(), style)) ? kExitSuccess : kExitInternal;
}

int run(const Invocation& in, const ParsedOptions& options) {
  const auto action = options.get("ACTION", "check");
  if (action == "crds") return print_definitions();
  if (action == "install") return install_in_cluster(in, options);
  if (action == "uninstall") return uninstall_from_cluster(in, options);
  if (action != "check") {
    return complain(
        say(in.language,
            {"cluster: there is no action {}; windlass cluster check looks at a cluster, windlass cluster "
             "crds prints our kinds, windlass cluster install installs, windlass cluster uninstall removes that",
             "cluster：没有操作 {}；windlass cluster check 用于检查集群，windlass cluster crds "
             "输出自定义资源，windlass "
             "cluster install 进行安装，windlass cluster uninstall 进行卸载"},
            {without_controls(action)}),
        kExitUsage);
  }
  auto surroundings = kube::real_surroundings(in.environment);
  auto path = options.get("--kubeconfig");
  if (!path.empty() && !path.starts_with('/')) path = in.working_folder + "/" + path;
  const auto access = kube::load_access(path, options.get("--context"), surroundings);
  if (!access) return complain("cluster: " + error_text(access.error(), in.language), kExitUsage);

  boost::asio::io_context io(1);
  auto timers = rt::make_timers(io);
  auto connector = net::make_tcp_connector(io, *timers);
  kube::ClientOptions client_options;
  client_options.user_agent = "windlass/" + std::string(kVersion);
  auto client = kube::Client::make(io, *timers, *connector, *access, std::move(surroundings), client_options);
  if (!client) return complain("cluster: " + error_text(client.error(), in.language), kExitUsage);
  std::optional<objects::Outcome<kube::ClusterReport>> report;
  boost::asio::co_spawn(io, check(**client, options.get("--namespace", kWorkersNamespace), report),
                        boost::asio::detached);
  io.run();
  if (!report) return complain("cluster: the check did not end", kExitInternal);
  if (!*report) {
    return complain(say(in.language, {"cluster: {} does not answer as it should: {}", "cluster：{} 未正常响应：{}"},
                        {access->server.text(), without_controls(report->error().message)}),
                    kExitInternal);
  }
  const auto form = form_of(options);
  if (form != Form::words) {
    if (const int code = print_whole(form, facts(*access, **report)); code != kExitSuccess) return code;
  } else if (!print(words(in.language, *access, **report))) {
    return kExitInternal;
  }
  return (*report)->is_complete() ? kExitSuccess : kExitFailure;
}

}  // namespace

const Command kClusterCommand{
    "cluster",
    {"what a Kubernetes cluster has and lacks for Windlass; Windlass into it",
     "检查 Kubernetes 集群是否满足 Windlass 的要求，并将其安装到集群"},
    "[check|crds|install|uninstall] [--kubeconfig FILE] [--context NAME] [--namespace NAMESPACE] [--output "
    "table|json|yaml]",
    kOptions,
    {"Who we are there, which API versions and custom resources there are, what we may do; for each thing that is "
     "missing what does not work without it; which of KubeSphere's programs crash, and for want of which kinds. crds "
     "prints the definitions of our kinds for kubectl apply. Both change "
     "nothing.\n"
     "install makes namespaces, kinds, accounts with their rights, Services, the volume and the Deployment, or brings "
     "them up to date; what is somebody else's is not touched. Whoever calls it needs the rights that it gives.\n"
     "uninstall removes the server, its accounts and its rights; data, kinds and projects stay unless they are asked "
     "for.",
     "显示当前身份、现有的 API 版本与自定义资源以及权限；对每一缺失项说明其影响；并指出 KubeSphere "
     "的哪些程序反复崩溃、缺少哪些资源类型。crds 输出供 kubectl apply "
     "使用的自定义资源定义。两者均不做任何修改。\n"
     "install 创建或更新命名空间、自定义资源、账户及其权限、Service、存储卷与 "
     "Deployment；不触碰他人的对象。调用者须拥有其所授予的权限。\n"
     "uninstall 删除服务器及其账户与权限；数据、自定义资源与项目默认保留。"},
    run,
    Group::server,
    kExamples,
    kExits};

}  // namespace windlass::cli
