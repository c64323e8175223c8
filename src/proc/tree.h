// Finding and signalling all processes that belong to one task: by session, by process group, and by a cookie in their
// environment, because builds start daemons that leave both. Linux /proc only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace windlass::proc {

struct TreeQuery {
  std::int64_t session = 0;  ///< members of this session or process group; 0: none
  std::string cookie;        ///< an entry "K=V" of the environment to look for; empty: none
  bool cookie_is_prefix = false;
};

/// A process whose environment (as it was when it began) has JENKINS_NODE_COOKIE=dontKillMe asked to survive.
bool asks_to_survive(std::string_view environ_block);
/// Pure: is "K=V" (or a prefix of an entry) in a block of NUL-ended entries?
bool has_entry(std::string_view environ_block, std::string_view entry, bool is_prefix);

/// All living members (no zombies, not this process, nobody who asked to survive).
std::vector<std::int64_t> find_tree(const TreeQuery& query);

/// Sends `signal` to each and returns how many there were. Cost: one walk over /proc.
std::size_t signal_tree(const TreeQuery& query, int signal);

/// The children of this process's main thread; nothing where the kernel does not tell. A child subreaper whose only
/// children are its own helpers has no tree to look for.
std::optional<std::vector<std::int64_t>> list_children();

}  // namespace windlass::proc
