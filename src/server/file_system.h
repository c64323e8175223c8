// Whether a folder is on this machine. Over a network a lock of a file does not tell who is alive, and what is on the
// disk is not what the next machine reads; a store with one owner at a time cannot be kept there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace windlass::server {

/// What a file system is called that another machine may have open too, by the number that statfs gives; "" for others.
std::string_view shared_file_system(std::uint64_t magic);
/// Errors: forbidden, with what to do instead.
Result<> check_is_local(const std::string& folder);

/// The same for two processes exactly if this file of this machine is the same to both, whatever folders and containers
/// they see it through: what one kernel's lock on it keeps apart.
Result<std::string> lock_mark(const std::string& lock_file);

}  // namespace windlass::server
