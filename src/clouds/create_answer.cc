#include "clouds/create_answer.h"

namespace windlass::clouds {

namespace {

/// The account of a namespace that was made just now comes a moment later.
constexpr unsigned kAccountTries = 10;

bool contains(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

/// "exceeded quota: Q, requested: A=1,B=2, used: A=3, limited: A=3": its name and its numbers. False: it reads
/// otherwise.
bool read_quota(const std::string& message, data::Value& evidence) {
  constexpr std::string_view kParts[] = {"exceeded quota: ", ", requested: ", ", used: ", ", limited: "};
  constexpr std::string_view kNames[] = {"quota", "requested", "used", "limited"};
  std::size_t begins[4];
  std::size_t at = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    at = message.find(kParts[i], at);
    if (at == std::string::npos) return false;
    begins[i] = at;
    at += kParts[i].size();
  }
  for (std::size_t i = 0; i < 4; ++i) {
    const auto begin = begins[i] + kParts[i].size();
    evidence.set(std::string(kNames[i]), message.substr(begin, i == 3 ? std::string::npos : begins[i + 1] - begin));
  }
  return true;
}

}  // namespace

CreateStep judge_creation(const objects::ApiStatus& answer, std::string_view namespace_, std::string_view pod,
                          unsigned tries) {
  CreateStep out;
  const auto& message = answer.message;
  const auto tell = [&](std::string_view code) {
    out.trouble.code = code;
    out.trouble.evidence = data::Value::map_of("namespace", namespace_, "message", message, "status", answer.code);
  };
  if (answer.code == 403 && contains(message, "exceeded quota")) {
    tell("pod-quota");
    auto numbers = data::Value::map_of("namespace", namespace_, "status", answer.code);
    if (read_quota(message, numbers)) out.trouble.evidence = std::move(numbers);
    out.line = "WARNING: Unable to create pod: " + std::string(pod) + " because kubernetes resource quota exceeded. " +
               message + " Retrying...";
    return out;
  }
  if (answer.code == 409 && answer.reason != "AlreadyExists") {
    // Two at once change the use of one quota.
    out.quick = true;
    return out;
  }
  if (answer.code == 409) {
    out.kind = CreateStep::Kind::look;
    return out;
  }
  if (answer.code == 403 && contains(message, "serviceaccount") && contains(message, "not found") &&
      tries < kAccountTries) {
    out.quick = true;
    return out;
  }
  // 401 is about us, not about the pod; credentials are exchanged. 408, 429: too much at once.
  if (answer.code >= 500 || answer.code == 401 || answer.code == 408 || answer.code == 429 || answer.code < 400) {
    tell("pod-api");
    return out;
  }
  out.kind = CreateStep::Kind::refused;
  tell("pod-refused");
  out.trouble.reasons = {answer.reason.empty() ? std::to_string(answer.code) : answer.reason};
  finish(out.trouble, true);
  out.line = "ERROR: Unable to create pod " + std::string(pod) + ". " + message;
  return out;
}

}  // namespace windlass::clouds
