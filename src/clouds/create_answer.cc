#include "clouds/create_answer.h"

namespace windlass::clouds {

namespace {

/// The account of a namespace that was made just now comes a moment later.
constexpr unsigned kAccountTries = 10;

bool contains(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

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
