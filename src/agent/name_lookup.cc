#include "agent/name_lookup.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <array>
#include <cstring>
#include <fcntl.h>
#include <netdb.h>
#include <resolv.h>
#include <unistd.h>

#include "proc/fd.h"

namespace windlass::agent {

namespace {

constexpr std::size_t kMostHosts = 1U << 20U;
constexpr std::string_view kBlanks = " \t\r";

std::string_view next_word(std::string_view& line) {
  const auto begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return line = {};
  line.remove_prefix(begin);
  const auto word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

bool add_number(std::vector<SocketAddress>& out, const std::string& text, std::uint16_t port) {
  SocketAddress address;
  auto* four = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* six = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (::inet_pton(AF_INET, text.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    address.size = sizeof *four;
  } else if (::inet_pton(AF_INET6, text.c_str(), &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    address.size = sizeof *six;
  } else {
    return false;
  }
  out.push_back(address);
  return true;
}

std::string read_hosts() {
  const proc::Fd file(::open("/etc/hosts", O_RDONLY | O_CLOEXEC));
  std::string text;
  char piece[4096];
  for (ssize_t count = 0; file.is_open() && text.size() < kMostHosts;) {
    count = ::read(file.get(), piece, sizeof piece);
    if (count <= 0) break;
    text.append(piece, static_cast<std::size_t>(count));
  }
  return text;
}

/// Asks for one kind of record. `why` is what the resolver said when there is none.
void ask(const std::string& name, int type, std::uint16_t port, std::vector<SocketAddress>& out, std::string& why) {
  std::array<unsigned char, 4096> answer{};
  const int size = ::res_search(name.c_str(), ns_c_in, type, answer.data(), static_cast<int>(answer.size()));
  if (size < 0) {
    why = h_errno == TRY_AGAIN ? "no name server answers" : "no name server knows it";
    return;
  }
  ns_msg message;
  if (::ns_initparse(answer.data(), std::min<int>(size, static_cast<int>(answer.size())), &message) != 0) return;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record;
    if (::ns_parserr(&message, ns_s_an, i, &record) != 0 || ns_rr_type(record) != type) continue;
    char text[INET6_ADDRSTRLEN] = {};
    const bool is_four = type == ns_t_a;
    if (ns_rr_rdlen(record) != (is_four ? 4 : 16)) continue;
    ::inet_ntop(is_four ? AF_INET : AF_INET6, ns_rr_rdata(record), text, sizeof text);
    add_number(out, text, port);
  }
}

}  // namespace

std::vector<std::string> addresses_in_hosts(std::string_view text, std::string_view name) {
  std::vector<std::string> out;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    line = line.substr(0, line.find('#'));
    const auto number = next_word(line);
    for (auto word = next_word(line); !word.empty(); word = next_word(line)) {
      if (word == name) out.emplace_back(number);
    }
  }
  return out;
}

Result<std::vector<SocketAddress>> look_up(const std::string& name, std::uint16_t port) {
  std::vector<SocketAddress> out;
  if (add_number(out, name, port)) return out;
  for (const auto& number : addresses_in_hosts(read_hosts(), name)) add_number(out, number, port);
  if (!out.empty()) return out;
  if (name == "localhost") {
    add_number(out, "127.0.0.1", port);
    return out;
  }
  std::string why = "no name server knows it";
  // resolv.conf may have changed since the last try.
  ::res_init();
  ask(name, ns_t_a, port, out, why);
  ask(name, ns_t_aaaa, port, out, why);
  if (out.empty()) return fail(ErrorKind::not_found, "the name " + name + " cannot be looked up: " + why);
  return out;
}

}  // namespace windlass::agent
