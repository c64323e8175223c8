// The lock and the socket of a state folder: who lives there, and how to reach it.
//
// The lock is flock on a file, held by whoever has the descriptor (a parent may take it and hand it to its child), so
// the kernel lets go of it with the last holder; its text (pid, start time, boot id) says who, for people and for
// checks. Socket paths are limited to 107 bytes, folders are not: bind and connect go through /proc/self/fd.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "proc/fd.h"
#include "proc/identity.h"

namespace windlass::proc {

/// Nothing inside if somebody else holds it. Errors: unavailable, forbidden (the file cannot be made).
[[nodiscard]] Result<std::optional<Fd>> try_lock(const std::string& path);
/// Who wrote his name into the lock last; nothing if nobody or unreadable. Does not say whether he lives: is_alive().
std::optional<ProcessIdentity> read_lock_owner(const std::string& path);
/// Writes our identity into a lock that we hold.
void write_lock_owner(const Fd& lock, const ProcessIdentity& identity);

/// Replaces `folder`/`name` by a listening stream socket (mode 0600). Call it under the lock. Non-blocking,
/// close-on-exec.
[[nodiscard]] Result<Fd> listen_in(const std::string& folder, const std::string& name);
/// A connected stream socket, non-blocking. Errors: not_found (no socket there), unavailable (nobody listens).
[[nodiscard]] Result<Fd> connect_in(const std::string& folder, const std::string& name);

}  // namespace windlass::proc
