#include "net/url.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <charconv>

#include "net/http.h"

namespace windlass::net {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out == 0) return std::nullopt;
  return out;
}

std::uint16_t default_port(std::string_view scheme) {
  if (scheme == "https") return 443;
  return scheme == "http" ? 80 : 1080;
}

/// "host", "host:port", "[v6]", "[v6]:port"; the port is 0 when none is given.
bool split_authority(std::string_view text, std::string& host, std::uint16_t& port) {
  port = 0;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    host = lower(text.substr(1, end - 1));
    if (!parse_ip(host)) return false;
    rest = text.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return false;
  } else {
    const auto colon = text.find(':');
    host = lower(text.substr(0, colon));
    if (colon != std::string_view::npos) rest = text.substr(colon);
  }
  if (rest.size() > 1) {
    const auto parsed = parse_port(rest.substr(1));
    if (!parsed) return false;
    port = *parsed;
  }
  return !host.empty() && host.size() <= 253 &&
         std::all_of(host.begin(), host.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '%'; }) &&
         host.find_first_of("/?#@\\\"<>^`{|}") == std::string::npos;
}

bool in_block(std::string_view block, std::string_view address) {
  const auto slash = block.find('/');
  const auto network = parse_ip(block.substr(0, slash));
  if (!network || network->size() != address.size()) return false;
  unsigned bits = 0;
  const auto size = block.substr(slash + 1);
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), bits);
  if (error != std::errc() || end != size.data() + size.size() || bits > address.size() * 8) return false;
  for (std::size_t i = 0; i < address.size() && bits > 0; ++i) {
    const unsigned taken = std::min(bits, 8U);
    const auto mask = static_cast<unsigned char>(0xffU << (8U - taken));
    if ((static_cast<unsigned char>((*network)[i]) & mask) != (static_cast<unsigned char>(address[i]) & mask)) {
      return false;
    }
    bits -= taken;
  }
  return true;
}

bool is_own_machine(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  const auto address = parse_ip(host);
  if (!address) return false;
  if (address->size() == 4) return (*address)[0] == 127;
  return *address == std::string(15, '\0') + '\x01';
}

}  // namespace

std::optional<std::string> parse_ip(std::string_view text) {
  const std::string terminated(text);
  std::array<char, 16> bytes{};
  if (::inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 4);
  if (::inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 16);
  return std::nullopt;
}

std::string Url::authority() const {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string Url::text() const { return scheme + "://" + authority() + path; }

Result<Url> parse_url(std::string_view text, std::string_view what) {
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorKind::invalid, std::string(what) + " " + std::string(why));
  };
  text = trimmed(text);
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return wrong("is not like https://host:port");
  Url out;
  out.scheme = lower(text.substr(0, scheme_end));
  if (out.scheme != "http" && out.scheme != "https" && out.scheme != "socks5") {
    return wrong("begins with neither https:// nor http://");
  }
  auto rest = text.substr(scheme_end + 3);
  const auto path = rest.find_first_of("/?#");
  auto authority = rest.substr(0, path);
  if (path != std::string_view::npos) {
    out.path = rest.substr(path);
    if (out.path.find_first_of("?#") != std::string::npos) return wrong("may not have a query");
    for (const char c : out.path) {
      if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f) {
        return wrong("has a character in its path that must be written as %XX");
      }
    }
    while (out.path.ends_with('/')) out.path.pop_back();
  }
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    const auto who = authority.substr(0, at);
    const auto colon = who.find(':');
    const auto user = percent_decode(who.substr(0, colon), false);
    const auto password = percent_decode(colon == who.npos ? std::string_view() : who.substr(colon + 1), false);
    if (!user || !password) return wrong("has a broken %XX in its user or password");
    out.user = *user;
    out.password = *password;
    authority = authority.substr(at + 1);
  }
  if (!split_authority(authority, out.host, out.port)) return wrong("has no right host and port");
  if (out.port == 0) out.port = default_port(out.scheme);
  return out;
}

bool is_excepted(std::string_view no_proxy, std::string_view host, std::uint16_t port) {
  const auto address = parse_ip(host);
  while (!no_proxy.empty()) {
    const auto comma = no_proxy.find(',');
    const auto entry = lower(trimmed(no_proxy.substr(0, comma)));
    no_proxy = comma == std::string_view::npos ? std::string_view() : no_proxy.substr(comma + 1);
    if (entry.empty()) continue;
    if (entry == "*") return true;
    if (entry.find('/') != std::string::npos) {
      if (address && in_block(entry, *address)) return true;
      continue;
    }
    std::string name;
    std::uint16_t only_port = 0;
    if (parse_ip(entry)) {
      name = entry;
    } else if (!split_authority(entry, name, only_port)) {
      continue;
    }
    if (only_port != 0 && only_port != port) continue;
    if (const auto other = parse_ip(name)) {
      if (address == other) return true;
      continue;
    }
    if (address) continue;
    // `.x.y` and `*.x.y` are what is below x.y; `x.y` is itself too.
    if (name.starts_with("*.")) name.erase(0, 1);
    if (name.starts_with('.') ? host.ends_with(name) : host == name || host.ends_with("." + name)) return true;
  }
  return false;
}

Result<std::optional<Url>> proxy_for(const Url& target, const Environment& environment) {
  if (is_own_machine(target.host)) return std::nullopt;
  const auto first_of = [&](std::string_view upper, std::string_view small) {
    auto value = environment(upper);
    return value.empty() ? environment(small) : value;
  };
  // A CGI program gets HTTP_PROXY from a request's header; we are none, and Go refuses it there.
  const std::string_view name = target.is_tls() ? "HTTPS_PROXY" : "HTTP_PROXY";
  auto value = target.is_tls() ? first_of(name, "https_proxy") : first_of(name, "http_proxy");
  if (value.empty() || is_excepted(first_of("NO_PROXY", "no_proxy"), target.host, target.port)) return std::nullopt;
  if (value.find("://") == std::string::npos) value.insert(0, "http://");
  return WL_TRY(parse_url(value, std::string(name) + "'s value"));
}

}  // namespace windlass::net
