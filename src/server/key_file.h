// The keys of a server's folder in one file, apart from its backups: what opens them, and the authority that clients
// trust. 0600; who has it and a backup has every secret of the server.
#pragma once

#include <string>

#include "base/result.h"

namespace windlass::server {

/// Writes the keys that are in the folder into a new file, synced. Errors: already_exists, not_found.
/// `key_file`: where the key is kept; empty: in the folder.
Result<> write_key_file(const std::string& folder, const std::string& file, const std::string& key_file = {});
/// Puts the keys of such a file into a folder that has none. `mark` (of a backup) names the key that must be among
/// them. Errors: corrupt (no such file), conflict (they are other keys).
Result<> install_key_file(const std::string& file, const std::string& folder, const std::string& mark);

}  // namespace windlass::server
