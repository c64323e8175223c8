// A server by its folder: who owns the folder may ask the server that works on it, as its administrator.
#pragma once

#include <optional>
#include <string>

#include "cli/client.h"
#include "server/data_folder.h"

namespace windlass::cli {

/// The folder with the server's lock, when no server works on it; else a client of that server with a token that ends
/// soon. Errors: not_found (no folder), unavailable (a server that is not ready).
struct FolderOrServer {
  std::optional<server::DataFolder> folder;
  std::optional<Client> client;
};
Result<FolderOrServer> folder_or_server(const Invocation& in, const std::string& path);

}  // namespace windlass::cli
