#include "net/proxy_tunnel.h"

#include <array>
#include <openssl/evp.h>

#include "net/response_reader.h"

namespace windlass::net {

namespace {

constexpr std::size_t kMaxHead = 16 * 1024;

rt::Task<std::string> read_exactly(ByteStream& stream, std::size_t size) {
  std::string out(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const auto count = WL_CO_TRY(co_await stream.read_some({out.data() + have, size - have}));
    if (count == 0) co_return fail(ErrorKind::unavailable, "the proxy closed the connection");
    have += count;
  }
  co_return out;
}

rt::Task<> connect_http(ByteStream& stream, Url proxy, Url target) {
  std::string head = "CONNECT " + target.authority() + " HTTP/1.1\r\nHost: " + target.authority() + "\r\n";
  if (const auto who = proxy_authorization(proxy); !who.empty()) head += "Proxy-Authorization: " + who + "\r\n";
  head += "\r\n";
  WL_CO_TRY_VOID(co_await stream.write_all(head));
  ResponseReader reader(kMaxHead);
  reader.begin(true);  // a tunnel follows its head at once
  while (reader.state() == ResponseReader::State::head) {
    char byte = 0;  // one at a time: what comes behind the head is not ours
    const auto count = WL_CO_TRY(co_await stream.read_some({&byte, 1}));
    if (count == 0) co_return fail(ErrorKind::unavailable, "the proxy " + proxy.text() + " closed the connection");
    auto taken = reader.feed({&byte, 1});
    if (!taken) co_return fail(taken.error().kind, "the proxy " + proxy.text() + " speaks no HTTP");
  }
  if (reader.status() / 100 != 2) {
    co_return fail(ErrorKind::forbidden, "the proxy " + proxy.text() + " refuses a connection to " +
                                             target.authority() + ": " + std::to_string(reader.status()) + " " +
                                             std::string(reason_phrase(reader.status())));
  }
  co_return Result<>();
}

std::string_view socks_reason(unsigned code) {
  static constexpr std::array<std::string_view, 9> kReasons = {"no reason",
                                                               "it failed",
                                                               "its rules do not allow it",
                                                               "the network cannot be reached",
                                                               "the host cannot be reached",
                                                               "nobody listens",
                                                               "it took too long",
                                                               "it cannot connect",
                                                               "it does not know such addresses"};
  return code < kReasons.size() ? kReasons[code] : kReasons[0];
}

rt::Task<> connect_socks5(ByteStream& stream, Url proxy, Url target) {
  const bool with_user = !proxy.user.empty();
  WL_CO_TRY_VOID(
      co_await stream.write_all(with_user ? std::string("\x05\x02\x00\x02", 4) : std::string("\x05\x01\x00", 3)));
  auto answer = WL_CO_TRY(co_await read_exactly(stream, 2));
  if (answer[0] != 5) co_return fail(ErrorKind::invalid, "the proxy " + proxy.text() + " speaks no SOCKS5");
  if (answer[1] == 2 && with_user) {
    if (proxy.user.size() > 255 || proxy.password.size() > 255) {
      co_return fail(ErrorKind::invalid, "the proxy's user or password is too long for SOCKS5");
    }
    std::string who("\x01", 1);
    who += static_cast<char>(proxy.user.size());
    who += proxy.user;
    who += static_cast<char>(proxy.password.size());
    who += proxy.password;
    WL_CO_TRY_VOID(co_await stream.write_all(who));
    answer = WL_CO_TRY(co_await read_exactly(stream, 2));
    if (answer[1] != 0) co_return fail(ErrorKind::forbidden, "the proxy " + proxy.text() + " refuses our user");
  } else if (answer[1] != 0) {
    co_return fail(ErrorKind::forbidden, "the proxy " + proxy.text() + " asks for a user");
  }
  std::string request("\x05\x01\x00", 3);
  if (const auto address = parse_ip(target.host)) {
    request += address->size() == 4 ? '\x01' : '\x04';
    request += *address;
  } else {
    request += '\x03';
    request += static_cast<char>(target.host.size());  // at most 253: parse_url sees to it
    request += target.host;
  }
  request += static_cast<char>(target.port >> 8);
  request += static_cast<char>(target.port & 0xff);
  WL_CO_TRY_VOID(co_await stream.write_all(request));
  answer = WL_CO_TRY(co_await read_exactly(stream, 4));
  if (answer[1] != 0) {
    co_return fail(ErrorKind::forbidden, "the proxy " + proxy.text() + " refuses a connection to " +
                                             target.authority() + ": " +
                                             std::string(socks_reason(static_cast<unsigned char>(answer[1]))));
  }
  std::size_t rest = answer[3] == 1 ? 4 : 16;
  if (answer[3] == 3) rest = static_cast<unsigned char>(WL_CO_TRY(co_await read_exactly(stream, 1))[0]);
  (void)WL_CO_TRY(co_await read_exactly(stream, rest + 2));
  co_return Result<>();
}

}  // namespace

std::string proxy_authorization(const Url& proxy) {
  if (proxy.user.empty()) return {};
  const std::string who = proxy.user + ":" + proxy.password;
  std::string out(4 * ((who.size() + 2) / 3) + 1, '\0');
  const int size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(who.data()), static_cast<int>(who.size()));
  out.resize(static_cast<std::size_t>(size));
  return "Basic " + out;
}

rt::Task<> open_tunnel(ByteStream& stream, Url proxy, Url target) {
  if (proxy.scheme == "socks5") co_return co_await connect_socks5(stream, std::move(proxy), std::move(target));
  co_return co_await connect_http(stream, std::move(proxy), std::move(target));
}

}  // namespace windlass::net
