#include "clouds/pod_state.h"

#include <algorithm>
#include <array>

#include "objects/metadata.h"
#include "pods/agent_injection.h"

namespace windlass::clouds {

using data::Value;

namespace {

constexpr std::int64_t kBackOffWindow = 15 * 60 * 1000;
constexpr std::size_t kBackOffLimit = 3;
constexpr std::size_t kMaxEvents = 200;

const Value& child(const Value& value, std::string_view key) {
  static const Value kNone;
  const auto* found = value.find(key);
  return found != nullptr ? *found : kNone;
}

const Value* named(const Value& list, std::string_view name) {
  for (const auto& one : list.items()) {
    if (one.get_string("name") == name) return &one;
  }
  return nullptr;
}

const Value* condition(const Value& pod, std::string_view type) {
  for (const auto& one : child(child(pod, "status"), "conditions").items()) {
    if (one.get_string("type") == type) return &one;
  }
  return nullptr;
}

std::string or_none(const std::string& text) { return text.empty() ? "No message" : text; }

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(" \n\t") + 1);
  return text;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> all) {
  return std::ranges::find(all, text) != all.end();
}

ContainerFacts facts_of(const Value& status, const Value& spec_containers, bool init) {
  ContainerFacts out;
  out.name = status.get_string("name");
  out.init = init;
  out.restarts = status.get_int("restartCount");
  out.image = status.get_string("image");
  if (const auto* spec = named(spec_containers, out.name)) {
    // As it was asked for, not as the runtime resolved it.
    out.image = spec->get_string("image", out.image);
    if (init && spec->get_string("restartPolicy") == "Always") out.init = false;  // a sidecar: it runs on
  }
  const auto& state = child(status, "state");
  const auto take = [&](const Value& from, ContainerFacts::State what) {
    out.state = what;
    out.reason = from.get_string("reason");
    out.message = trimmed(from.get_string("message"));
    out.exit_code = from.get_int("exitCode");
  };
  const auto& last = child(child(status, "lastState"), "terminated");
  if (state.find("terminated") != nullptr) {
    take(child(state, "terminated"), ContainerFacts::State::ended);
  } else if (!init && last.has_members()) {
    // It was started again, without what ran in it.
    take(last, ContainerFacts::State::ended);
  } else if (state.find("waiting") != nullptr) {
    take(child(state, "waiting"), ContainerFacts::State::waiting);
  } else if (state.find("running") != nullptr) {
    take(child(state, "running"), ContainerFacts::State::running);
  }
  return out;
}

/// "Back-off pulling image "x": ErrImagePull: why", as newer kubelets say it.
std::string error_in_back_off(const std::string& message) {
  const auto at = message.find("\": ");
  return at == std::string::npos ? std::string() : message.substr(at + 3);
}

}  // namespace

std::string format_bytes(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 5> kUnits = {"", "Ki", "Mi", "Gi", "Ti"};
  std::size_t unit = 0;
  std::uint64_t tenths = bytes * 10;
  while (tenths >= 10'240 && unit + 1 < kUnits.size()) {
    tenths /= 1024;
    ++unit;
  }
  auto out = std::to_string(tenths / 10);
  if (tenths % 10 != 0) out += "." + std::to_string(tenths % 10);
  return out + std::string(kUnits[unit]);
}

bool was_preempted(const std::vector<Value>& events, Trouble& trouble) {
  const auto found =
      std::ranges::find_if(events, [](const Value& one) { return one.get_string("reason") == "Preempted"; });
  if (found == events.end()) return false;
  trouble.code = "pod-preempted";
  trouble.evidence.set("message", found->get_string("message"));
  trouble.reasons = {"Preempted"};
  return true;
}

std::string tail_heading(const ContainerFacts& container) {
  std::string out = "- " + container.name + " -- ";
  switch (container.state) {
    case ContainerFacts::State::ended:
      return out + "terminated (" + std::to_string(container.exit_code) + ")";
    case ContainerFacts::State::running:
      return out + "running";
    case ContainerFacts::State::waiting:
      return out + "waiting [" + container.reason + "]";
    case ContainerFacts::State::unknown:
      return out + "unknown";
  }
  return out;
}

void PodState::read(const Value& pod) {
  const auto& status = child(pod, "status");
  const auto& spec = child(pod, "spec");
  uid_ = objects::meta_text(pod, "uid");
  phase_ = status.get_string("phase");
  reason_ = status.get_string("reason");
  message_ = trimmed(status.get_string("message"));
  node_ = spec.get_string("nodeName");
  restarts_ = spec.get_string("restartPolicy", "Always") != "Never";
  containers_.clear();
  for (const auto& one : child(status, "initContainerStatuses").items()) {
    containers_.push_back(facts_of(one, child(spec, "initContainers"), true));
  }
  for (const auto& one : child(status, "containerStatuses").items()) {
    containers_.push_back(facts_of(one, child(spec, "containers"), false));
  }
  const auto* ready = condition(pod, "Ready");
  ready_ = ready != nullptr && ready->get_string("status") == "True";
  not_ready_.clear();
  for (const auto& one : child(status, "conditions").items()) {
    if (one.get_string("status") == "False" && !one.get_string("message").empty()) {
      not_ready_ = one.get_string("reason") + ": " + one.get_string("message");
    }
  }
}

std::vector<std::string> PodState::info_lines(const Value& pod) const {
  std::vector<std::string> out;
  for (const auto& one : containers_) {
    if (one.state != ContainerFacts::State::waiting && one.state != ContainerFacts::State::ended) continue;
    if (one.init && one.state == ContainerFacts::State::ended && one.exit_code == 0) continue;
    const bool waits = one.state == ContainerFacts::State::waiting;
    out.push_back("\tContainer [" + one.name + (waits ? "] waiting [" : "] terminated [") + one.reason + "] " +
                  or_none(one.message));
  }
  for (const auto& one : child(child(pod, "status"), "conditions").items()) {
    if (one.get_string("status") != "False") continue;
    // ContainersReady says what Ready says.
    if (one.get_string("type") == "ContainersReady") continue;
    out.push_back("\tPod [" + phase_ + "][" + one.get_string("reason") + "] " + or_none(one.get_string("message")));
  }
  return out;
}

bool PodState::has_ended(const ContainerFacts& container) const {
  if (container.state != ContainerFacts::State::ended) return false;
  // What brought the agent has done its work once that has called.
  if (container.name == pods::kAgentVolume && online_) return false;
  // An init container is there to end; one that fails is tried again where the pod says so.
  return !container.init || (container.exit_code != 0 && !restarts_);
}

void PodState::put(Trouble trouble, PodNews& news) {
  if (trouble_ && *trouble_ == trouble) return;
  news.lines.push_back((trouble.final ? "ERROR: " : "WARNING: ") + sentence(trouble));
  if (trouble.final) over_ = true;
  trouble_ = trouble;
  news.trouble = std::move(trouble);
  news.ask_events = true;
}

std::string PodState::limit_of(const Value& pod, std::string_view container) const {
  for (const auto* list : {"containers", "initContainers"}) {
    if (const auto* spec = named(child(child(pod, "spec"), list), container)) {
      return child(child(*spec, "resources"), "limits").get_string("memory");
    }
  }
  return {};
}

PodNews PodState::saw(const Value& pod, std::int64_t now_millis, bool expected) {
  PodNews news;
  if (over_) return news;
  read(pod);
  if (expected) return news;
  const auto note = [&](std::int64_t& when, std::string_view type) {
    const auto* found = when == 0 ? condition(pod, type) : nullptr;
    if (found != nullptr && found->get_string("status") == "True") when = now_millis;
  };
  note(times_.scheduled, "PodScheduled");
  note(times_.initialized, "Initialized");
  note(times_.ready, "Ready");
  if (ready_ && !was_ready_) {
    was_ready_ = true;
    news.became_ready = true;
  }
  auto info = info_lines(pod);
  if (!was_ready_ && info != told_info_ && !info.empty()) {
    news.lines.push_back("[PodInfo] " + namespace_ + "/" + name_);
    news.lines.insert(news.lines.end(), info.begin(), info.end());
  }
  told_info_ = std::move(info);
  if (objects::is_being_deleted(pod) && reason_.empty()) {
    tell_deletion(pod, news);
    return news;
  }
  if (phase_ == "Failed" || phase_ == "Succeeded" ||
      std::ranges::any_of(containers_, [this](const auto& one) { return has_ended(one); })) {
    tell_end(pod, news);
    return news;
  }
  if (objects::is_being_deleted(pod)) {
    tell_deletion(pod, news);
    return news;
  }
  if (auto trouble = waiting_trouble(pod, now_millis, news)) {
    put(std::move(*trouble), news);
  } else if (trouble_ && (ready_ || !is_one_of(trouble_->code, {"pod-mount", "pod-sandbox"}))) {
    // What only events tell is over when the pod is ready; all else when the object no longer says so.
    trouble_.reset();
    news.healed = true;
  }
  return news;
}

PodNews PodState::gone(bool expected) {
  PodNews news;
  if (over_ || expected) return news;
  tell_deletion(Value::map(), news);
  return news;
}

void PodState::tell_deletion(const Value& pod, PodNews& news) {
  news.lines.push_back("Pod " + namespace_ + "/" + name_ + " was just deleted");
  Trouble trouble;
  trouble.code = "pod-deleted";
  std::string cause = reason_;
  if (const auto* disruption = condition(pod, "DisruptionTarget")) {
    cause = disruption->get_string("reason");
    trouble.evidence.set("message", disruption->get_string("message"));
  } else if (!message_.empty()) {
    trouble.evidence.set("message", message_);
  }
  if (!node_.empty()) trouble.evidence.set("node", node_);
  const bool lost = trouble_ && trouble_->code == "pod-node-lost";
  if (lost || is_one_of(cause, {"NodeLost", "DeletionByTaintManager", "DeletionByPodGC"})) {
    trouble.code = "pod-node-lost";
  } else if (is_one_of(cause, {"EvictionByEvictionAPI", "Evicted", "TerminationByKubelet"})) {
    trouble.code = "pod-evicted";
  } else if (cause == "PreemptionByScheduler" || cause == "PreemptionByKubeScheduler") {
    trouble.code = "pod-preempted";
  }
  if (cause == "EvictionByEvictionAPI") news.lines.emplace_back("Pod was evicted by the Kubernetes Eviction API.");
  if (!cause.empty()) trouble.reasons.push_back(cause);
  finish(trouble, !online_);
  put(std::move(trouble), news);
}

void PodState::tell_end(const Value& pod, PodNews& news) {
  std::vector<const ContainerFacts*> ended;
  std::string names;
  for (const auto& one : containers_) {
    if (!has_ended(one)) continue;
    ended.push_back(&one);
    names += (names.empty() ? "" : ",") + one.name;
  }
  // The one that explains the others.
  const ContainerFacts* chief = nullptr;
  const auto weight = [](const ContainerFacts& one) {
    // Without what brings the agent no other container has a first process.
    const bool brings = one.name == pods::kAgentVolume && one.exit_code != 0;
    return one.reason == "OOMKilled" ? 3 : one.init || brings ? 2 : one.exit_code != 0 ? 1 : 0;
  };
  for (const auto* one : ended) {
    if (chief == nullptr || weight(*one) > weight(*chief)) chief = one;
  }
  const auto why = [](const std::string& reason, const std::string& message) {
    std::string out;
    if (!reason.empty()) out += " Reason: " + reason;
    if (!message.empty()) out += (out.empty() ? " Message: " : ", Message: ") + message;
    return out.empty() || out.ends_with('.') ? out : out + ".";
  };
  const auto subject = namespace_ + "/" + name_ + " ";
  if (chief != nullptr) {
    const bool several = ended.size() > 1;
    news.lines.push_back(subject + (several ? "Containers " : "Container ") + names +
                         (several ? " were terminated." : " was terminated.") +
                         why(reason_.empty() ? chief->reason : reason_, message_.empty() ? chief->message : message_));
  }
  if (phase_ == "Failed" && (chief == nullptr || !reason_.empty())) {
    news.lines.push_back(subject + "Pod just failed." + why(reason_, message_));
  }
  const auto* disruption = condition(pod, "DisruptionTarget");
  if (disruption != nullptr && disruption->get_string("reason") == "EvictionByEvictionAPI") {
    news.lines.emplace_back("Pod was evicted by the Kubernetes Eviction API.");
  }
  Trouble trouble;
  auto message = message_;
  if (reason_ == "Evicted" || (disruption != nullptr && disruption->get_string("status") == "True")) {
    trouble.code = "pod-evicted";
    if (!node_.empty()) trouble.evidence.set("node", node_);
    trouble.reasons = {reason_.empty() ? "Evicted" : reason_};
  } else if (reason_ == "DeadlineExceeded") {
    trouble.code = "pod-deadline";
    trouble.reasons = {reason_};
  } else if (reason_ == "NodeLost" || reason_ == "NodeShutdown" || reason_ == "Shutdown" || reason_ == "Terminated") {
    trouble.code = "pod-node-lost";
    trouble.evidence.set("node", node_);
    trouble.reasons = {reason_};
  } else if (chief == nullptr) {
    trouble.code = "pod-failed";
    trouble.evidence.set("reason", reason_.empty() ? phase_ : reason_);
    trouble.reasons = {reason_.empty() ? phase_ : reason_};
  } else {
    if (message.empty()) message = chief->message;
    trouble.evidence.set("container", chief->name);
    if (chief->reason == "OOMKilled") {
      trouble.code = "pod-memory";
      if (auto limit = limit_of(pod, chief->name); !limit.empty()) trouble.evidence.set("limit", limit);
      if (const auto peak = peaks_.find(chief->name); peak != peaks_.end()) {
        trouble.evidence.set("peak", format_bytes(peak->second));
      }
    } else {
      trouble.code = chief->init ? "pod-init" : "pod-container-ended";
      trouble.evidence.set("exitCode", chief->exit_code);
      trouble.evidence.set("reason", chief->reason);
    }
    for (const auto* one : ended) {
      if (std::ranges::find(trouble.reasons, one->reason) == trouble.reasons.end()) {
        trouble.reasons.push_back(one->reason);
      }
    }
  }
  if (!message.empty()) trouble.evidence.set("message", message);
  finish(trouble, !online_);
  put(std::move(trouble), news);
  for (const auto& one : containers_) {
    if (!one.init || has_ended(one)) news.tails.push_back(one.name);
  }
}

std::optional<Trouble> PodState::image_trouble(const ContainerFacts& container, std::int64_t now_millis,
                                               PodNews& news) {
  const bool hopeless = is_one_of(container.reason, {"InvalidImageName", "ErrImageNeverPull"});
  const bool backs_off = container.reason == "ImagePullBackOff";
  if (!hopeless && !backs_off &&
      !is_one_of(container.reason,
                 {"ErrImagePull", "RegistryUnavailable", "ImageInspectError", "SignatureValidationFailed"})) {
    return std::nullopt;
  }
  auto& pull = pulls_[container.name];
  if (pull.since == 0) pull.since = now_millis;
  if (auto error = backs_off ? error_in_back_off(container.message) : container.message; !error.empty()) {
    pull.error = std::move(error);
  }
  if (pull.error.empty()) news.ask_events = true;
  bool last = hopeless;
  if (backs_off && !pull.backing_off) {
    std::erase_if(pull.back_offs, [&](std::int64_t at) { return at <= now_millis - kBackOffWindow; });
    pull.back_offs.push_back(now_millis);
    if (const auto left = kBackOffLimit - std::min(kBackOffLimit, pull.back_offs.size()); left > 0) {
      news.lines.push_back("ERROR: Image pull backoff detected, waiting for image to be available. Will wait for " +
                           std::to_string(left) + " more events before terminating the node.");
    } else {
      last = true;
    }
  }
  pull.backing_off = backs_off;
  if (last) {
    news.lines.push_back("ERROR: Unable to pull container image \"" + container.image +
                         "\". Check if image tag name is spelled correctly.");
  }
  Trouble trouble;
  trouble.code = "pod-image";
  trouble.evidence =
      Value::map_of("container", container.name, "image", container.image, "since", objects::format_rfc3339(pull.since),
                    "message", pull.error.empty() ? container.message : pull.error);
  if (last) {
    trouble.reasons = {container.reason};
    finish(trouble, true);
  }
  return trouble;
}

std::optional<Trouble> PodState::waiting_trouble(const Value& pod, std::int64_t now_millis, PodNews& news) {
  std::optional<Trouble> out;
  for (const auto& one : containers_) {
    if (one.state != ContainerFacts::State::waiting) {
      if (one.state == ContainerFacts::State::running) pulls_.erase(one.name);
      continue;
    }
    auto image = image_trouble(one, now_millis, news);
    if (image && (!out || image->final)) out = std::move(image);
  }
  if (out) return out;
  for (const auto& one : containers_) {
    if (one.init && one.exit_code != 0 && one.state == ContainerFacts::State::ended) {
      out.emplace();
      out->code = "pod-init";
      out->evidence = Value::map_of("container", one.name, "exitCode", one.exit_code, "reason", one.reason);
      if (!one.message.empty()) out->evidence.set("message", one.message);
      return out;
    }
    if (one.state == ContainerFacts::State::waiting &&
        is_one_of(one.reason, {"CreateContainerConfigError", "CreateContainerError", "RunContainerError",
                               "PostStartHookError", "CrashLoopBackOff", "PreCreateHookError", "PreStartHookError"})) {
      out.emplace();
      out->code = "pod-container-start";
      out->evidence = Value::map_of("container", one.name, "message", one.message.empty() ? one.reason : one.message,
                                    "reason", one.reason);
      return out;
    }
  }
  const auto* scheduled = condition(pod, "PodScheduled");
  if (scheduled != nullptr && scheduled->get_string("status") == "False" &&
      scheduled->get_string("reason") == "Unschedulable") {
    out.emplace();
    out->code = "pod-unschedulable";
    out->evidence.set("message", scheduled->get_string("message"));
    return out;
  }
  // The kubelet gives a reason when a pod is not ready; whoever gives none speaks for a node that is silent.
  const auto* ready = condition(pod, "Ready");
  if (was_ready_ && phase_ == "Running" && ready != nullptr && ready->get_string("status") != "True" &&
      ready->get_string("reason").empty()) {
    out.emplace();
    out->code = "pod-node-lost";
    out->evidence.set("node", node_);
    if (auto message = ready->get_string("message"); !message.empty()) out->evidence.set("message", message);
  }
  return out;
}

PodNews PodState::saw_events(const std::vector<Value>& events, std::int64_t now_millis) {
  PodNews news;
  for (const auto& event : events) {
    const auto type = event.get_string("type"), reason = event.get_string("reason"),
               message = event.get_string("message");
    if (type != "Warning" || told_events_.size() >= kMaxEvents) continue;
    if (!told_events_.insert(reason + " " + message).second) continue;
    news.lines.push_back("\tEvent [" + type + "][" + reason + "] " + or_none(message));
    if (over_ || ready_) continue;
    if (reason == "Failed" && message.starts_with("Failed to pull image")) {
      const auto at = message.find("\": ");
      for (auto& [container, pull] : pulls_) {
        if (!pull.error.empty() || !trouble_ || trouble_->code != "pod-image" ||
            trouble_->evidence.get_string("container") != container) {
          continue;
        }
        pull.error = at == std::string::npos ? message : message.substr(at + 3);
        auto trouble = *trouble_;
        trouble.evidence.set("message", pull.error);
        put(std::move(trouble), news);
      }
    } else if (!trouble_ || is_one_of(trouble_->code, {"pod-mount", "pod-sandbox"})) {
      const bool mount = is_one_of(reason, {"FailedMount", "FailedAttachVolume", "FailedMapVolume"});
      if (!mount && reason != "FailedCreatePodSandBox") continue;
      Trouble trouble;
      trouble.code = mount ? "pod-mount" : "pod-sandbox";
      trouble.evidence = Value::map_of("message", message, "since", objects::format_rfc3339(now_millis));
      put(std::move(trouble), news);
    }
  }
  return news;
}

void PodState::saw_memory(std::string_view container, std::uint64_t bytes) {
  auto& peak = peaks_[std::string(container)];
  peak = std::max(peak, bytes);
}

std::string PodState::why_not_ready() const {
  if (trouble_) return sentence(*trouble_);
  for (const auto& one : containers_) {
    if (one.state == ContainerFacts::State::waiting && !one.reason.empty()) {
      return "container " + one.name + " waits: " + one.reason + (one.message.empty() ? "" : ": " + one.message);
    }
  }
  return not_ready_;
}

}  // namespace windlass::clouds
