#include "casc/sections.h"

namespace windlass::casc {
namespace {

constexpr Section kSections[] = {
    // clang-format off
    {"jenkins.mode", Use::acts, "whether the built-in node takes work without a label", "内置节点是否接受无标签任务"},
    {"jenkins.numExecutors", Use::acts, "whether the built-in node takes steps; how many is for --executors to say", "内置节点是否执行步骤；数量由 --executors 决定"},
    {"jenkins.labelString", Use::acts, "labels of the built-in node, beside those of --label", "内置节点的标签（与 --label 并用）"},
    {"jenkins.quietPeriod", Use::acts, "seconds that a run waits before it begins, where neither who starts it nor its pipeline says", "运行开始前的等待秒数（启动者与流水线均未指定时）"},
    {"jenkins.scmCheckoutRetryCount", Use::acts, "further tries of a checkout", "检出失败后的重试次数"},
    {"jenkins.systemMessage", Use::read, "a message for everybody", "系统消息"},
    {"jenkins.clouds", Use::acts, "pods as agents", "作为 Agent 的 Pod"},
    {"jenkins.globalNodeProperties", Use::acts, "variables of all runs", "所有运行的环境变量"},
    {"jenkins.authorizationStrategy", Use::acts, "who may do what", "授权策略"},
    {"jenkins.securityRealm", Use::read, "who people are", "用户来源"},
    {"unclassified.location", Use::acts, "where agents reach this server, for clouds without jenkinsUrl", "未设置 jenkinsUrl 的云中 Agent 访问服务器的地址"},
    {"unclassified.mailer", Use::acts, "how mail is sent", "邮件发送方式"},
    {"unclassified.sonarGlobalConfiguration", Use::acts, "servers for withSonarQubeEnv", "withSonarQubeEnv 使用的服务器"},
    {"unclassified.globalLibraries", Use::acts, "shared libraries", "共享库"},
    {"unclassified.gitLabServers", Use::read, "names of GitLab servers", "GitLab 服务器名称"},
    {"unclassified.kubespheretokenauthglobalconfiguration", Use::read, "tokens of KubeSphere", "KubeSphere 令牌"},
    {"unclassified.eventDispatcher", Use::read, "where events of runs are sent", "运行事件的接收地址"},
    {"tool", Use::acts, "names and folders of tools", "工具的名称和目录"},

    {"jenkins.disableRememberMe", Use::none, "sessions end by the server's own settings", "会话时长由服务器自身设置决定"},
    {"jenkins.crumbIssuer", Use::none, "requests are protected by tokens and SameSite cookies", "请求由令牌与 SameSite Cookie 保护"},
    {"jenkins.slaveAgentPort", Use::none, "agents connect by WebSocket on the server's own port", "Agent 通过服务器自身端口以 WebSocket 连接"},
    {"jenkins.agentProtocols", Use::none, "agents connect by WebSocket", "Agent 以 WebSocket 连接"},
    {"jenkins.disabledAgentProtocols", Use::none, "agents connect by WebSocket", "Agent 以 WebSocket 连接"},
    {"jenkins.remotingSecurity", Use::none, "agents never run code of the server's, nor the server theirs", "Agent 与服务器互不执行对方代码"},
    {"jenkins.remotingSecurityEnabled", Use::none, "agents never run code of the server's, nor the server theirs", "Agent 与服务器互不执行对方代码"},
    {"jenkins.nodes", Use::none, "machines as agents are not configured here", "此处不配置固定 Agent 主机"},
    {"jenkins.nodeMonitors", Use::none, "agents report what they are short of by themselves", "Agent 自行上报资源不足"},
    {"jenkins.updateCenter", Use::none, "there are no plugins", "没有插件"},
    {"jenkins.views", Use::none, "lists are those of the console", "列表由控制台提供"},
    {"jenkins.primaryView", Use::none, "lists are those of the console", "列表由控制台提供"},
    {"jenkins.viewsTabBar", Use::none, "lists are those of the console", "列表由控制台提供"},
    {"jenkins.myViewsTabBar", Use::none, "lists are those of the console", "列表由控制台提供"},
    {"jenkins.markupFormatter", Use::none, "descriptions are shown as plain text", "描述按纯文本显示"},
    {"jenkins.disabledAdministrativeMonitors", Use::none, "there are none", "没有此项功能"},
    {"jenkins.projectNamingStrategy", Use::none, "names follow Kubernetes' rules", "名称遵循 Kubernetes 规则"},
    {"jenkins.noUsageStatistics", Use::none, "nothing is sent anywhere", "不发送任何统计"},
    {"jenkins.rawBuildsDir", Use::none, "folders of runs are the server's own matter", "运行目录由服务器自行管理"},
    {"jenkins.log", Use::none, "the log has no recorders", "日志没有记录器"},
    {"credentials.system", Use::acts, "credentials of clouds", "云的凭证"},
    {"credentials", Use::none, "credentials of pipelines are objects of a project; make them with the console or kubectl", "流水线的凭证是项目中的对象，请用控制台或 kubectl 创建"},
    {"jobs", Use::none, "Job DSL is not run; make pipelines with the console or kubectl", "不执行 Job DSL，请用控制台或 kubectl 创建流水线"},
    {"security", Use::none, "scripts run in the sandbox of the language", "脚本在语言自带的沙箱中运行"},
    {"appearance", Use::none, "there is nothing to dress", "没有外观设置"},
    {"aws", Use::none, "clouds of virtual machines are not supported", "不支持虚拟机云"},
    {"groovy", Use::none, "scripts of the administrator are not run at the start", "启动时不执行管理员脚本"},
    {"configuration-as-code", Use::none, "a key that nobody knows never stops the load", "未知的键不会中断加载"},
    {"unclassified.buildDiscarders", Use::none, "old runs go as each pipeline says", "旧运行按各流水线的设置清理"},
    {"unclassified.pollSCM", Use::none, "polls are limited by the server", "轮询由服务器限制"},
    {"unclassified.scmGit", Use::none, "name and mail of commits come from the node's git", "提交者信息取自节点的 git"},
    {"unclassified.timestamper", Use::none, "logs have times of their own", "日志自带时间"},
    {"unclassified.fingerprints", Use::none, "fingerprints go with their runs", "指纹随运行一起清理"},
    {"unclassified.shell", Use::none, "sh is the node's", "使用节点自身的 sh"},
    {"unclassified.globalDefaultFlowDurabilityLevel", Use::none, "every step is durable", "每个步骤都是持久的"},
    {"unclassified.resourceRoot", Use::none, "files are served where they are", "文件就地提供"},
    {"unclassified.usageStatistics", Use::none, "nothing is sent anywhere", "不发送任何统计"},
    {"unclassified.hudson", Use::none, "nothing here asks for it", "此处不使用"},
    // clang-format on
};

}  // namespace

std::span<const Section> sections() { return kSections; }

const Section* find_section(std::string_view path) {
  const Section* best = nullptr;
  for (const auto& one : kSections) {
    const bool inside = path == one.path || (path.starts_with(one.path) && path.size() > one.path.size() &&
                                             (path[one.path.size()] == '.' || path[one.path.size()] == '['));
    if (inside && (best == nullptr || one.path.size() > best->path.size())) best = &one;
  }
  return best;
}

}  // namespace windlass::casc
