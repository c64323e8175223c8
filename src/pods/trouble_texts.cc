#include "pods/trouble_texts.h"

#include <algorithm>

namespace windlass::pods {

namespace {

constexpr TroubleText kTexts[] = {
    {"pod-cap", "waits for one of the {cap} pods that {what} may have", "等待 {what} 的 {cap} 个 Pod 名额"},
    {"pod-quota",
     "the quota[ {quota}] of namespace {namespace} is used up[: the pod asks for {requested}, {used} are used, and no "
     "more than {limited} may be][: {message}]",
     "命名空间 {namespace} 的配额[ {quota} ]已用完[：该 Pod 需要 {requested}，已用 {used}，上限 "
     "{limited}][：{message}]"},
    {"pod-api", "the Kubernetes API server does not take the pod: {message}; it is tried again",
     "Kubernetes API 服务器未接受该 Pod：{message}；将重试"},
    {"pod-label", "no template has the label {label}[; the nearest are {nearest}]",
     "没有模板具有标签 {label}[；相近的标签有 {nearest}]"},
    {"pod-label-syntax", "the label {label} is no expression of labels[: {message}]",
     "标签 {label} 不是有效的标签表达式[：{message}]"},
    {"pod-label-none", "no template of a cloud takes work without a label", "没有云模板接受不带标签的任务"},
    {"pod-cloud", "the pod {pod} is in the cloud {cloud}, which is not connected any more[: {message}]",
     "Pod {pod} 位于云 {cloud}，该云已断开连接[：{message}]"},
    {"pod-request", "no pod can be made of what is asked for[: {message}]", "无法据此请求创建 Pod[：{message}]"},
    {"pod-lost", "the agent that ran the step is gone[: {message}]", "运行该步骤的代理已消失[：{message}]"},
    {"pod-refused", "the Kubernetes API server refuses the pod: {message}",
     "Kubernetes API 服务器拒绝了该 Pod：{message}"},
    {"pod-name", "a pod {pod} that is not of this run is there already", "已存在不属于本次运行的 Pod {pod}"},
    {"pod-unschedulable", "no node takes the pod: {message}", "没有节点可以调度该 Pod：{message}"},
    {"pod-image", "the image {image} of container {container} cannot be pulled[ since {since}]: {message}",
     "[自 {since} 起]无法拉取容器 {container} 的镜像 {image}：{message}"},
    {"pod-container-start", "container {container} cannot be started: {message}",
     "无法启动容器 {container}：{message}"},
    {"pod-mount", "a volume of the pod is not there: {message}", "Pod 的卷不可用：{message}"},
    {"pod-sandbox", "the node cannot set the pod up: {message}", "节点无法建立 Pod 沙箱：{message}"},
    {"pod-memory", "container {container} ran out of memory[, its limit is {limit}][, it had used {peak}]",
     "容器 {container} 内存不足[，上限为 {limit}][，已使用 {peak}]"},
    {"pod-memory-process",
     "the kernel ended a process of container {container}, whose memory was used up[, its limit is {limit}][, it had "
     "used {peak}]",
     "容器 {container} 内存耗尽，内核终止了其中一个进程[，上限为 {limit}][，已使用 {peak}]"},
    {"pod-container-ended", "container {container} ended with exit code {exitCode} ({reason})[: {message}]",
     "容器 {container} 已退出，退出码 {exitCode}（{reason}）[：{message}]"},
    {"pod-init", "init container {container} failed with exit code {exitCode} ({reason})[: {message}]",
     "初始化容器 {container} 失败，退出码 {exitCode}（{reason}）[：{message}]"},
    {"pod-evicted", "the pod was evicted[ from node {node}][: {message}]", "Pod 已[从节点 {node} ]被驱逐[：{message}]"},
    {"pod-preempted", "the pod had to make room for one of higher priority[: {message}]",
     "Pod 被更高优先级的 Pod 抢占[：{message}]"},
    {"pod-deadline", "the pod was active for longer than its activeDeadlineSeconds allow[: {message}]",
     "Pod 运行时间超过 activeDeadlineSeconds[：{message}]"},
    {"pod-node-lost", "node {node} of the pod does not answer[: {message}]", "Pod 所在节点 {node} 无响应[：{message}]"},
    {"pod-failed", "the pod failed ({reason})[: {message}]", "Pod 失败（{reason}）[：{message}]"},
    {"pod-deleted", "somebody deleted the pod", "Pod 被删除"},
    {"pod-not-ready", "the pod was not ready within {seconds} s[: {message}]",
     "Pod 未能在 {seconds} 秒内就绪[：{message}]"},
    {"pod-agent", "the agent in the pod has not connected to {url} for {seconds} s[; {check}][; it says: {tail}]",
     "Pod 中的代理 {seconds} 秒内未连接到 {url}[；{check}][；其日志：{tail}]"},
    // What a look at the address found that an agent cannot use: part of pod-agent.
    {"url-none", "it was given no URL: set jenkinsUrl of the cloud, or the server's own URL",
     "未给出 URL：请设置云的 jenkinsUrl 或服务器自身的 URL"},
    {"url-invalid", "that is no URL", "该 URL 无效"},
    {"url-loopback",
     "inside the pod that address is the pod itself: set jenkinsUrl of the cloud to one that leads here",
     "在 Pod 内该地址指向 Pod 自身：请将云的 jenkinsUrl 设为可到达此服务器的地址"},
    {"url-changed", "the pod's template has changed JENKINS_URL, the cloud's is {given}",
     "Pod 模板更改了 JENKINS_URL，云的地址是 {given}"},
    {"url-name", "the server does not find the name {host} either", "服务器也无法解析名称 {host}"},
    {"url-refused", "nobody answers there, as the server sees it: {message}", "服务器访问该地址也无人应答：{message}"},
    {"url-timeout", "from the server there is no answer of {address} in time either",
     "服务器访问 {address} 同样超时无应答"},
    {"url-no-http", "what answers there speaks no HTTP: {message}", "该地址的应答不是 HTTP：{message}"},
    {"url-open", "a connection to {address} is possible, as the server sees it", "服务器可以连接到 {address}"},
    {"url-ours",
     "the server itself reaches that address: what keeps the pod from it lies between them (a network policy, the "
     "pod's "
     "DNS, a proxy)",
     "服务器自身可访问该地址：阻碍在 Pod 与服务器之间（网络策略、Pod 的 DNS、代理）"},
    {"url-jenkins", "a Jenkins answers there, {status} to GET {path}", "该地址上是 Jenkins，GET {path} 返回 {status}"},
    {"url-other", "what answers there is no server of this kind: {status} to GET {path}",
     "该地址上不是本服务器：GET {path} 返回 {status}"},
};

/// The value of a key, as a text; empty: not there. A finding within a finding is a sentence of its own.
std::string evidence_text(const data::Value& evidence, std::string_view key, bool chinese) {
  const auto* found = evidence.find(key);
  if (found == nullptr) return {};
  if (found->is_map()) return trouble_sentence(found->get_string("code"), *found, chinese);
  return found->is_int() ? std::to_string(found->as_int()) : found->text();
}

}  // namespace

std::span<const TroubleText> trouble_texts() { return kTexts; }

bool is_trouble(std::string_view code) {
  return std::ranges::any_of(kTexts, [&](const TroubleText& one) { return one.code == code; });
}

std::string trouble_sentence(std::string_view code, const data::Value& evidence, bool chinese) {
  const auto* text = std::ranges::find_if(kTexts, [&](const TroubleText& one) { return one.code == code; });
  if (text == std::end(kTexts)) return std::string(code);
  std::string out, part;
  bool optional = false, missing = false;
  for (auto rest = chinese ? text->zh : text->en; !rest.empty();) {
    const char first = rest.front();
    auto& into = optional ? part : out;
    if (first == '[' || first == ']') {
      if (first == ']' && !missing) out += part;
      part.clear();
      optional = first == '[';
      missing = false;
      rest.remove_prefix(1);
    } else if (first == '{') {
      const auto end = rest.find('}');
      const auto value = evidence_text(evidence, rest.substr(1, end - 1), chinese);
      if (value.empty()) missing = true;
      into += value.empty() && !optional ? "?" : value;
      rest.remove_prefix(end + 1);
    } else {
      const auto end = std::min(rest.find_first_of("[]{"), rest.size());
      into += rest.substr(0, end);
      rest.remove_prefix(end);
    }
  }
  return out;
}

}  // namespace windlass::pods
