// Names to addresses without the C library's plugins, which a static program in a foreign image does not have: numbers,
// /etc/hosts, then the name servers of /etc/resolv.conf with its search list.
#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

#include "base/result.h"

namespace windlass::agent {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

/// The addresses of `name` in the text of a hosts file. Pure.
std::vector<std::string> addresses_in_hosts(std::string_view text, std::string_view name);
/// All addresses, IPv4 first. May wait for name servers as long as resolv.conf says (some seconds). Errors: not_found.
[[nodiscard]] Result<std::vector<SocketAddress>> look_up(const std::string& name, std::uint16_t port);

}  // namespace windlass::agent
