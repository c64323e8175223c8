// What of a run travels with an effect that acts in a pod, and what the server still does with its outcome.
//
// Blocking: reads records, other runs and files of this machine; for the pool's threads. How it is written is
// remote_effect.h, how it is sent remote_push.h.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "steps/effect.h"
#include "steps/remote_effect.h"

namespace windlass::steps {

/// Everything that the effect may ask of its run, asked now. `environment` is for programs that run here (git).
/// `secrets` of the result are to be masked before anything of it is sent. Errors: as the effect itself would fail.
std::expected<RemoteRequest, StepError> make_request(EffectContext& context, std::string_view effect,
                                                     const data::Value& arguments,
                                                     const std::map<std::string, std::string>& environment);

/// The outcome as the effect would have given it here, and what it would have left here: texts are decoded from the
/// encoding that the step names, the archive of a stash that was replaced twice goes. After the files are durable.
Outcome settle_remote(EffectContext& context, std::string_view effect, const data::Value& arguments, Outcome outcome);

}  // namespace windlass::steps
