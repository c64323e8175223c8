// What is wrong with a pod, as a reason is kept: a code and its evidence. Words are made from them, in both languages
// (pods/trouble_texts.h).
//
// Not here: how it is found out (pod_state.h, create_answer.h). A code never changes its meaning; an evidence is a map
// of texts and numbers and holds no secret. What `retry(conditions: [kubernetesAgent()])` makes of it is `error`, by
// the reference's rules for agent errors (docs/compat/kubernetes-agents.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "pods/trouble_texts.h"

namespace windlass::clouds {

/// What a run sees of it.
enum class AgentError : std::uint8_t {
  none,       ///< nothing has ended: it may heal
  removed,    ///< the node was removed: RemovedNodeCause, an agent error, `retry` makes a new pod
  cancelled,  ///< the wait for the node ended: QueueTaskCancelled, an agent error too
  ignored,    ///< an agent error that `retry` leaves alone: all termination reasons are of is_ignored_reason()
};
std::string_view to_string(AgentError error);

struct Trouble {
  std::string code;
  data::Value evidence = data::Value::map();
  bool final = false;
  AgentError error = AgentError::none;
  std::vector<std::string> reasons;  ///< of termination: "OOMKilled", "Error", "Evicted" …

  /// The same thing again, whatever time has passed.
  friend bool operator==(const Trouble&, const Trouble&) = default;
};

/// OOMKilled, Completed, DeadlineExceeded: another pod would end the same way.
bool is_ignored_reason(std::string_view reason);
/// Makes it final. `cancelled`: it was before the node was there. No reasons: an agent error as it is.
void finish(Trouble& trouble, bool cancelled);

/// One sentence without a full stop; of an unknown code: the code.
std::string sentence(const Trouble& trouble, bool chinese = false);

}  // namespace windlass::clouds
