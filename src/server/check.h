// `windlass check`: a server's folder looked through for damage, and nothing changed in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace windlass::server {

struct FolderCheck {
  std::vector<std::string> findings;  ///< what is wrong, a sentence each, with the file
  std::uint64_t objects = 0, runs = 0, entries = 0, log_bytes = 0, artifacts = 0, audit_lines = 0;
  std::uint64_t behind = 0;  ///< journals of which the commit log of a killed server has more: not looked at
};

/// Reads every database, journal, blob, artifact, upload and the audit log, each with its own checksums, and what one
/// says of the other. `at_rest`: no server works on the folder (its lock is the caller's). Errors: not_found (there is
/// no folder of a server). `key_file`: where the key is kept; empty: in the folder.
Result<FolderCheck> check_folder(const std::string& folder, bool at_rest, const std::string& key_file = {});

}  // namespace windlass::server
