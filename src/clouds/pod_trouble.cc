#include "clouds/pod_trouble.h"

#include <algorithm>

namespace windlass::clouds {

namespace {

constexpr TroubleText kTexts[] = {
    {"pod-cap", "waits for one of the {cap} pods that {what} may have", "等待 {what} 的 {cap} 个 Pod 名额"},
    {"pod-quota", "the quota of namespace {namespace} is used up: {message}",
     "命名空间 {namespace} 的配额已用完：{message}"},
    {"pod-api", "the Kubernetes API server does not take the pod: {message}; it is tried again",
     "Kubernetes API 服务器未接受该 Pod：{message}；将重试"},
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
};

/// The value of a key, as a text; empty: not there.
std::string evidence_text(const data::Value& evidence, std::string_view key) {
  const auto* found = evidence.find(key);
  if (found == nullptr) return {};
  return found->is_int() ? std::to_string(found->as_int()) : found->text();
}

}  // namespace

std::string_view to_string(AgentError error) {
  switch (error) {
    case AgentError::none:
      return "none";
    case AgentError::removed:
      return "removed";
    case AgentError::cancelled:
      return "cancelled";
    case AgentError::ignored:
      return "ignored";
  }
  return "none";
}

bool is_ignored_reason(std::string_view reason) {
  return reason == "OOMKilled" || reason == "Completed" || reason == "DeadlineExceeded";
}

void finish(Trouble& trouble, bool cancelled) {
  trouble.final = true;
  trouble.error = !trouble.reasons.empty() && std::ranges::all_of(trouble.reasons, is_ignored_reason)
                      ? AgentError::ignored
                  : cancelled ? AgentError::cancelled
                              : AgentError::removed;
}

std::span<const TroubleText> trouble_texts() { return kTexts; }

std::string sentence(const Trouble& trouble, bool chinese) {
  const auto* text = std::ranges::find_if(kTexts, [&](const TroubleText& one) { return one.code == trouble.code; });
  if (text == std::end(kTexts)) return trouble.code;
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
      const auto value = evidence_text(trouble.evidence, rest.substr(1, end - 1));
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

}  // namespace windlass::clouds
