// Our client against our server over loopback: TLS, who is trusted, and proxies in between.
#include "net/tls_client.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <optional>

#include "net/http_client.h"
#include "net/http_server.h"

namespace windlass::net {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::int64_t kNow = 1'796'000'000;
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

rt::Task<Response> answer(Request request) {
  co_return Response::text(200, request.method + " " + request.path + " " + std::to_string(request.body.size()));
}

struct Server {
  explicit Server(asio::io_context& io) {
    authority = *make_authority("test", std::time(nullptr));
    const auto pair = *make_server_certificate(authority, {"localhost", "127.0.0.1", "api.test"}, std::time(nullptr));
    HttpServerOptions options;
    options.tls = *TlsContext::make(pair);
    server = std::make_unique<HttpServer>(io, options, answer, [](std::string_view) {});
    address = *server->listen("127.0.0.1:0");
    port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }
  CertificatePair authority;
  std::unique_ptr<HttpServer> server;
  std::string address;
  std::uint16_t port = 0;
};

struct Got {
  std::string body;
  std::optional<Error> error;
};

asio::awaitable<void> call(HttpClient& client, rt::Timers& timers, std::string body, Got& got,
                           std::function<void()> then) {
  const auto deadline = timers.now() + 20s;
  auto sent =
      co_await client.send({.method = "POST", .target = "/x", .headers = {}, .body = std::move(body)}, deadline);
  if (!sent) {
    got.error = sent.error();
  } else {
    auto read = co_await (*sent)->read_all(1 << 20, deadline);
    if (read) got.body = *read;
    if (!read) got.error = read.error();
  }
  then();
}

struct World {
  Got get(HttpClientOptions options, TlsClientOptions tls, std::string body = "hello") {
    options.tls = [tls] { return TlsClientContext::make(tls); };
    HttpClient client(io, *timers, *connector, options);
    Got got;
    asio::co_spawn(io, call(client, *timers, std::move(body), got, [&] { io.stop(); }), asio::detached);
    io.restart();
    io.run_for(30s);
    client.close();
    return got;
  }
  HttpClientOptions to(std::string host) const {
    HttpClientOptions options;
    options.origin = *parse_url("https://" + host + ":" + std::to_string(server.port), "x");
    return options;
  }
  asio::io_context io;
  std::unique_ptr<rt::Timers> timers = rt::make_timers(io);
  std::unique_ptr<Connector> connector = make_tcp_connector(io, *timers);
  Server server{io};
};

TEST(TlsClient, TrustsTheAuthorityThatItIsGivenAndNoOther) {
  World world;
  const TlsClientOptions ours{.authorities = world.server.authority.certificate};
  EXPECT_EQ(world.get(world.to("127.0.0.1"), ours).body, "POST /x 5");
  EXPECT_EQ(world.get(world.to("localhost"), ours).body, "POST /x 5");
  EXPECT_EQ(world.get(world.to("localhost"), ours, std::string(3'000'000, 'x')).body, "POST /x 3000000");
  const auto other = make_authority("other", std::time(nullptr));
  auto got = world.get(world.to("127.0.0.1"), {.authorities = other->certificate});
  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->kind, ErrorKind::forbidden);
  EXPECT_TRUE(got.error->message.starts_with("the certificate of 127.0.0.1 is not trusted: ")) << got.error->message;
  got = world.get(world.to("127.0.0.1"), {});  // the system's
  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->kind, ErrorKind::forbidden);
  EXPECT_EQ(world.get(world.to("127.0.0.1"), {.authorities = "", .verify = false}).body, "POST /x 5");
}

TEST(TlsClient, TheNameMustBeInTheCertificate) {
  World world;
  const TlsClientOptions ours{.authorities = world.server.authority.certificate};
  auto options = world.to("127.0.0.1");
  options.server_name = "api.test";
  EXPECT_EQ(world.get(options, ours).body, "POST /x 5");
  options.server_name = "api.other";
  const auto got = world.get(options, ours);
  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->message, "the certificate of api.other is not trusted: hostname mismatch");
}

TEST(TlsClient, WhatIsNoCertificateIsSaidWithoutIt) {
  World world;
  const auto& authority = world.server.authority;
  EXPECT_EQ(TlsClientContext::make({.authorities = "geheim"}).error().message,
            "the certificate of the authority is no PEM certificate");
  EXPECT_EQ(TlsClientContext::make({.certificate = authority.certificate}).error().kind, ErrorKind::invalid);
  EXPECT_EQ(TlsClientContext::make({.certificate = "geheim", .key = authority.key}).error().message,
            "the client's certificate is no PEM certificate");
  EXPECT_EQ(TlsClientContext::make({.certificate = authority.certificate, .key = "geheim"}).error().message,
            "the client's key is no PEM key without a pass phrase");
  const auto other = make_authority("other", kNow);
  EXPECT_EQ(TlsClientContext::make({.certificate = authority.certificate, .key = other->key}).error().message,
            "the client's certificate and key do not belong together");
  EXPECT_EQ(certificate_subject(authority.certificate)->common_name, "test");
  EXPECT_FALSE(certificate_subject("nonsense"));
}

TEST(TlsClient, AServerWithoutTlsIsNamed) {
  asio::io_context io;
  auto timers = rt::make_timers(io);
  auto connector = make_tcp_connector(io, *timers);
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  asio::co_spawn(
      io,
      [](tcp::acceptor& from) -> asio::awaitable<void> {
        auto [error, socket] = co_await from.async_accept(kAwait);
        if (!error) (void)co_await asio::async_write(socket, asio::buffer("SSH-2.0-OpenSSH\r\n", 17), kAwait);
      }(acceptor),
      asio::detached);
  HttpClientOptions options;
  options.origin = *parse_url("https://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()), "x");
  options.tls = [] { return TlsClientContext::make({}); };
  HttpClient client(io, *timers, *connector, options);
  Got got;
  asio::co_spawn(io, call(client, *timers, "", got, [&] { io.stop(); }), asio::detached);
  io.run_for(30s);
  ASSERT_TRUE(got.error);
  EXPECT_TRUE(got.error->message.starts_with("the TLS handshake with 127.0.0.1 failed: ")) << got.error->message;
}

// ---- proxies

asio::awaitable<void> copy(std::shared_ptr<tcp::socket> from, std::shared_ptr<tcp::socket> to) {
  char space[4096];
  for (;;) {
    auto [error, count] = co_await from->async_read_some(asio::buffer(space), kAwait);
    if (error) break;
    auto [failed, written] = co_await asio::async_write(*to, asio::buffer(space, count), kAwait);
    if (failed) break;
  }
  boost::system::error_code ignored;
  to->shutdown(tcp::socket::shutdown_both, ignored);
}

asio::awaitable<std::string> read_bytes(tcp::socket& socket, std::size_t size) {
  std::string out(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    auto [error, count] = co_await socket.async_read_some(asio::buffer(out.data() + have, size - have), kAwait);
    if (error) co_return "";
    have += count;
  }
  co_return out;
}

/// A proxy that leads everything to one port of this machine and keeps what it was asked.
struct Proxy {
  Proxy(asio::io_context& io_, std::uint16_t to_, bool socks_) : io(io_), to(to_), socks(socks_) {
    asio::co_spawn(io, accept(), asio::detached);
  }
  asio::awaitable<void> accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor.async_accept(kAwait);
      if (error) co_return;
      asio::co_spawn(io, serve(std::make_shared<tcp::socket>(std::move(socket))), asio::detached);
    }
  }
  asio::awaitable<void> serve(std::shared_ptr<tcp::socket> client) {
    std::string reply = "HTTP/1.1 200 Connection established\r\n\r\n";
    if (socks) {
      const auto hello = co_await read_bytes(*client, 4);  // version, two methods
      (void)co_await asio::async_write(*client, asio::buffer("\x05\x02", 2), kAwait);
      const auto user = co_await read_bytes(*client, 2 + 2 + 1 + 2);
      asked = hello + user;
      (void)co_await asio::async_write(*client, asio::buffer("\x01\x00", 2), kAwait);
      const auto head = co_await read_bytes(*client, 5);
      const auto name = co_await read_bytes(*client, static_cast<unsigned char>(head.at(4)) + 2U);
      asked += head + name;
      reply = std::string("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x01", 10);
    } else {
      while (asked.find("\r\n\r\n") == std::string::npos) {
        const auto byte = co_await read_bytes(*client, 1);
        if (byte.empty()) co_return;
        asked += byte;
      }
    }
    auto server = std::make_shared<tcp::socket>(io);
    auto [error] = co_await server->async_connect({asio::ip::address_v4::loopback(), to}, kAwait);
    if (error) co_return;
    (void)co_await asio::async_write(*client, asio::buffer(reply), kAwait);
    asio::co_spawn(io, copy(client, server), asio::detached);
    co_await copy(server, client);
  }
  asio::io_context& io;
  std::uint16_t to;
  bool socks;
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  std::string asked;
};

TEST(Proxy, ATunnelOfAnHttpProxy) {
  World world;
  Proxy proxy(world.io, world.server.port, false);
  auto options = world.to("api.test");  // a name that only the proxy can resolve
  options.proxy = *parse_url("http://me:pw@127.0.0.1:" + std::to_string(proxy.acceptor.local_endpoint().port()), "x");
  const auto got = world.get(options, {.authorities = world.server.authority.certificate});
  EXPECT_EQ(got.body, "POST /x 5") << got.error->message;
  EXPECT_TRUE(proxy.asked.starts_with("CONNECT api.test:" + std::to_string(world.server.port) + " HTTP/1.1\r\n"));
  EXPECT_NE(proxy.asked.find("Proxy-Authorization: Basic bWU6cHc=\r\n"), std::string::npos);
}

TEST(Proxy, ATunnelOfASocksProxy) {
  World world;
  Proxy proxy(world.io, world.server.port, true);
  auto options = world.to("api.test");
  options.proxy = *parse_url("socks5://me:pw@127.0.0.1:" + std::to_string(proxy.acceptor.local_endpoint().port()), "x");
  const auto got = world.get(options, {.authorities = world.server.authority.certificate});
  EXPECT_EQ(got.body, "POST /x 5") << got.error->message;
  EXPECT_NE(proxy.asked.find("\x02me\x02pw"), std::string::npos);
  EXPECT_NE(proxy.asked.find("\x08"
                             "api.test"),
            std::string::npos);
}

}  // namespace
}  // namespace windlass::net
