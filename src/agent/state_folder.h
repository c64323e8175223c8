// Names of the files in an agent's state folder, and its log of complaints.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace windlass::agent {

inline constexpr const char* kSocketName = "agent.sock";   ///< for servers: the link answers
inline constexpr const char* kDirectName = "direct.sock";  ///< for links, also those inside a server

std::string lock_path(const std::string& dir);
std::string ledger_path(const std::string& dir);
std::string key_path(const std::string& dir);
std::string output_folder(const std::string& dir);
/// stream 0: TOKEN.log, 1: TOKEN.out
std::string output_path(const std::string& dir, std::string_view token, unsigned stream);

/// One line to standard error, which is agent.log when a server started us.
void complain(const std::string& dir, std::string_view text);

}  // namespace windlass::agent
