// The keys of a state folder: keys/state.key, and while it is being replaced keys/state.key.old with those before it.
//
// Rotation, crash-safe: the old keys into state.key.old, the new one in the place of state.key, the keys of every run
// wrapped anew, state.key.old away. At each point in between both files together open every run; whoever goes on begins
// where that left off. A run that is at work meanwhile is no obstacle: its own keys stay what they are.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/fault.h"
#include "base/result.h"
#include "journal/key_ring.h"

namespace windlass::journal {

/// not_found: there is no key (yet); corrupt: one is damaged, with what to do.
[[nodiscard]] Result<std::shared_ptr<KeyRing>> read_state_keys(const std::string& state);

/// The first half: a fresh key seals from now on. Nothing to do where an earlier rotation is to be gone on with, or
/// where there is no key yet. Errors: as read_state_keys(), unavailable.
[[nodiscard]] Result<> begin_state_rotation(const std::string& state, Fault* fault = nullptr);
/// The rest: wraps the keys of each run anew, then the old key is gone. Every StateFolder of this process that makes
/// runs must have looked at the new key before (StateFolder::renew_keys). What is damaged beyond its keys is told to
/// `notice` and left as it is. How many runs were changed.
[[nodiscard]] Result<std::size_t> finish_state_rotation(const std::string& state,
                                                        const std::function<void(const std::string&)>& notice,
                                                        Fault* fault = nullptr);

}  // namespace windlass::journal
