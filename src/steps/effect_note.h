// A word that an effect leaves for its own repetition: what it found when it began. After a crash the same effect is
// performed again over what the killed try left behind, and must do and say the same as if it had begun now.
//
// One small file per branch of the run in the workspace's @tmp: a branch does one thing after the other, so a later
// effect may overwrite the note of an earlier one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "steps/effect.h"

namespace windlass::steps {

/// The note of a killed try of this very effect; nothing when this is the first one.
std::optional<std::string> read_note(const EffectContext& context);
/// Before anything is changed. Errors: those of files.
Result<void> write_note(const EffectContext& context, std::string_view text);

}  // namespace windlass::steps
