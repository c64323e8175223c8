// All effects that are plain functions, joined from the families' tables once, at first use. Names are unique.
#include <vector>

#include "steps/families.h"

namespace windlass::steps {

std::span<const EffectDescription> effect_table() {
  static const std::vector<EffectDescription> all = [] {
    std::vector<EffectDescription> out;
    for (auto family : {
             file_effects(), packing_effects(), stash_effects(), artifact_effects(), report_effects(), scm_effects(),
             tool_effects(),
             // Secrets, tools and the outside world.
             credential_effects(), http_effects(), chat_effects(), mail_effects(), ssh_agent_effects(),
             wrapper_effects(), docker_effects(), aws_effects(), azure_effects(), sonar_effects(), status_effects(),
             deploy_effects(),
             // Each further family is one line here and one in families.h.
         }) {
      out.insert(out.end(), family.begin(), family.end());
    }
    return out;
  }();
  return all;
}

}  // namespace windlass::steps
