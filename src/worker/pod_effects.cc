#include "worker/pod_effects.h"

#include "steps/credential_bindings.h"
#include "steps/families.h"
#include "steps/remote_effect.h"
#include "steps/secret_folder.h"

namespace windlass::worker {

namespace {

using steps::EffectDescription;
using steps::EffectKind;

/// The family's own table would bring a client for AWS: roles are taken before the request is sent.
steps::Outcome bind(steps::EffectContext& context, const data::Value& arguments) {
  return steps::bind_credentials(context, arguments, nullptr);
}

constexpr EffectDescription kCredentials[] = {
    {"credentials.bind", EffectKind::keyed, false, bind, nullptr, steps::release_lease},
    {"credentials.release", EffectKind::keyed, false, steps::release_lease},
};

}  // namespace

const EffectDescription* find_pod_effect(std::string_view name) {
  if (!steps::acts_in_pod(name)) return nullptr;
  for (const auto family :
       {steps::file_effects(), steps::packing_effects(), steps::stash_effects(), steps::artifact_effects(),
        steps::report_effects(), steps::scm_effects(), steps::tool_effects(), steps::ssh_agent_effects(),
        steps::wrapper_effects(), steps::docker_effects(), steps::deploy_effects(),
        std::span<const EffectDescription>(kCredentials)}) {
    for (const auto& row : family) {
      if (row.name == name) return &row;
    }
  }
  return nullptr;
}

}  // namespace windlass::worker
