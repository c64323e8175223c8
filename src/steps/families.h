// The families of effects: each is a table of its own file. effect_table.cc joins them.
#pragma once

#include <span>

#include "steps/effect.h"

namespace windlass::steps {

std::span<const EffectDescription> file_effects();
std::span<const EffectDescription> packing_effects();
std::span<const EffectDescription> stash_effects();
std::span<const EffectDescription> artifact_effects();
std::span<const EffectDescription> report_effects();
std::span<const EffectDescription> scm_effects();
std::span<const EffectDescription> tool_effects();

// Secrets, tools and the outside world.
std::span<const EffectDescription> credential_effects();
std::span<const EffectDescription> http_effects();
std::span<const EffectDescription> chat_effects();
std::span<const EffectDescription> mail_effects();
std::span<const EffectDescription> ssh_agent_effects();
std::span<const EffectDescription> wrapper_effects();
std::span<const EffectDescription> docker_effects();
std::span<const EffectDescription> aws_effects();
std::span<const EffectDescription> azure_effects();
std::span<const EffectDescription> sonar_effects();
std::span<const EffectDescription> status_effects();
std::span<const EffectDescription> deploy_effects();

}  // namespace windlass::steps
