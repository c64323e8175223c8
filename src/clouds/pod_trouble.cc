#include "clouds/pod_trouble.h"

#include <algorithm>

namespace windlass::clouds {

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

std::string sentence(const Trouble& trouble, bool chinese) {
  return pods::trouble_sentence(trouble.code, trouble.evidence, chinese);
}

}  // namespace windlass::clouds
