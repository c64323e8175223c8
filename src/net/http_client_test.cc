#include "net/http_client.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>
#include <optional>

#include "net/testing/scripted_peer.h"
#include "rt/testing/manual_timers.h"

namespace windlass::net {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using Then = Reply::Then;

struct Done {
  int status = 0;
  std::string body;
  std::optional<Error> error;
};

asio::awaitable<void> call(HttpClient& client, rt::Timers& timers, ClientRequest request, std::chrono::seconds limit,
                           std::optional<Done>& done) {
  const auto deadline = timers.now() + limit;
  Done out;
  auto answer = co_await client.send(std::move(request), deadline);
  if (!answer) {
    out.error = answer.error();
  } else {
    out.status = (*answer)->status();
    auto body = co_await (*answer)->read_all(1000, deadline);
    if (!body) {
      out.error = body.error();
    } else {
      out.body = *body;
    }
  }
  done = std::move(out);
}

struct World {
  explicit World(std::vector<std::vector<Reply>> script, HttpClientOptions options = {})
      : peer(io, timers, std::move(script)) {
    if (options.origin.host.empty()) options.origin = *parse_url("http://api:8080/k8s", "x");
    client = std::make_unique<HttpClient>(io, timers, peer.connector, std::move(options));
  }
  Done get(std::string target, std::string method = "GET", std::string body = {}, std::chrono::seconds limit = 10s) {
    std::optional<Done> done;
    ClientRequest request{
        .method = std::move(method), .target = std::move(target), .headers = {}, .body = std::move(body)};
    asio::co_spawn(io, call(*client, timers, std::move(request), limit, done), asio::detached);
    EXPECT_TRUE(timers.run_until([&] { return done.has_value(); }));
    return done.value_or(Done{});
  }

  asio::io_context io;
  rt::ManualTimers timers{io};
  ScriptedPeer peer;
  std::unique_ptr<HttpClient> client;
};

TEST(HttpClient, AConnectionIsUsedAgain) {
  World world({{Reply::json(200, "one"), Reply::chunks({"t", "wo"}, true), Reply::json(201, "three")}});
  EXPECT_EQ(world.get("/a?b=c").body, "one");
  EXPECT_EQ(world.get("/b").body, "two");
  const auto third = world.get("/c", "POST", "hello");
  EXPECT_EQ(third.status, 201);
  EXPECT_EQ(world.client->connections_opened(), 1u);
  EXPECT_EQ(world.peer.requests.at(0), "GET /k8s/a?b=c HTTP/1.1\r\nHost: api:8080\r\n\r\n");
  EXPECT_EQ(world.peer.requests.at(2), "POST /k8s/c HTTP/1.1\r\nHost: api:8080\r\nContent-Length: 5\r\n\r\nhello");
}

TEST(HttpClient, AConnectionThatDiedMeanwhileIsReplaced) {
  World world({{{Reply::json(200, "one").pieces, {}, Then::close}}, {Reply::json(200, "two")}});
  EXPECT_EQ(world.get("/a").body, "one");
  EXPECT_EQ(world.get("/b", "POST", "x").body, "two");  // seen before anything is sent: any method
  EXPECT_EQ(world.client->connections_opened(), 2u);
}

TEST(HttpClient, OnlyAGetIsSentTwice) {
  const Reply swallows{{}, {}, Then::reset};
  {
    World world({{Reply::json(200, "one"), swallows}, {Reply::json(200, "two")}});
    EXPECT_EQ(world.get("/a").body, "one");
    EXPECT_EQ(world.get("/b").body, "two");
  }
  {
    World world({{Reply::json(200, "one"), swallows}, {Reply::json(200, "two")}});
    EXPECT_EQ(world.get("/a").body, "one");
    const auto second = world.get("/b", "POST", "x");
    ASSERT_TRUE(second.error);
    EXPECT_EQ(second.error->kind, ErrorKind::unavailable);
    EXPECT_EQ(world.peer.requests.size(), 2u);
  }
  {
    World world({{swallows}, {Reply::json(200, "two")}});  // a new connection: the server does not want to
    EXPECT_TRUE(world.get("/a").error);
    EXPECT_EQ(world.peer.requests.size(), 1u);
  }
}

TEST(HttpClient, EveryCallEndsAtItsDeadline) {
  World world(
      {{{{}, {}, Then::silence}}, {Reply{{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"}, {}, Then::silence}}});
  auto before = world.timers.now();
  auto done = world.get("/a", "GET", "", 7s);
  ASSERT_TRUE(done.error);
  EXPECT_EQ(done.error->kind, ErrorKind::timeout);
  EXPECT_EQ(done.error->message, "http://api:8080/k8s did not answer in time");
  EXPECT_EQ(world.timers.now() - before, 7s);
  before = world.timers.now();
  done = world.get("/b", "GET", "", 7s);
  ASSERT_TRUE(done.error);
  EXPECT_EQ(done.error->kind, ErrorKind::timeout);
  EXPECT_EQ(world.timers.now() - before, 7s);
}

TEST(HttpClient, ASlowAnswerIsWaitedFor) {
  World world({{Reply::chunks({"a", "b", "c"}, true, Then::keep, 2s)}});
  EXPECT_EQ(world.get("/a", "GET", "", 30s).body, "abc");
}

TEST(HttpClient, WhatBreaksInTheMiddleIsSaid) {
  World world({{Reply::chunks({"abc"}, false, Then::close)},
               {Reply{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}, {}, Then::reset}},
               {Reply{{"SSH-2.0-x\r\n"}, {}, Then::keep}},
               {Reply::json(200, std::string(2000, 'x')), Reply::json(200, "ok")}});
  auto done = world.get("/a");
  ASSERT_TRUE(done.error);
  EXPECT_EQ(done.error->message, "the server closed the connection in the middle of its answer");
  done = world.get("/b");
  ASSERT_TRUE(done.error);
  EXPECT_EQ(done.error->kind, ErrorKind::unavailable);
  done = world.get("/c");
  ASSERT_TRUE(done.error);
  EXPECT_EQ(done.error->kind, ErrorKind::invalid);
  done = world.get("/d");
  ASSERT_TRUE(done.error);
  EXPECT_EQ(done.error->kind, ErrorKind::exhausted);
  EXPECT_EQ(world.get("/e").body, "ok");  // the one that was whole is used again, the broken ones are not
  EXPECT_EQ(world.peer.by_connection, (std::vector<std::size_t>{0, 1, 2, 3, 3}));
}

TEST(HttpClient, CallsBeyondTheBoundWaitAndTheNextOnesAreRefused) {
  HttpClientOptions options;
  options.max_calls = 2;
  options.max_waiting = 1;
  const auto slow = Reply::chunks({"a"}, true, Then::keep, 5s);
  World world({{slow, slow, slow}}, options);
  std::vector<std::optional<Done>> done(4);
  for (auto& one : done) {
    asio::co_spawn(world.io, call(*world.client, world.timers, {.target = "/"}, 60s, one), asio::detached);
  }
  world.timers.settle();
  ASSERT_TRUE(done[3] && done[3]->error);
  EXPECT_EQ(done[3]->error->kind, ErrorKind::exhausted);
  EXPECT_EQ(world.peer.requests.size(), 2u);
  EXPECT_TRUE(world.timers.run_until([&] { return done[0] && done[1]; }));
  EXPECT_TRUE(world.timers.run_until([&] { return done[2].has_value(); }));
  EXPECT_EQ(done[2]->body, "a");
  EXPECT_EQ(world.client->connections_opened(), 2u);
  EXPECT_EQ(world.get("/", "GET", "", 60s).body, "a");
}

TEST(HttpClient, CloseEndsWhatWaits) {
  World world({{{{}, {}, Then::silence}}});
  std::optional<Done> done;
  asio::co_spawn(world.io, call(*world.client, world.timers, {.target = "/"}, 60s, done), asio::detached);
  world.timers.settle();
  world.client->close();
  world.timers.settle();
  ASSERT_TRUE(done && done->error);
  EXPECT_EQ(done->error->kind, ErrorKind::cancelled);
  EXPECT_EQ(world.get("/").error->kind, ErrorKind::cancelled);
}

TEST(HttpClient, NothingThatSplitsARequestIsSent) {
  World world({{Reply::json(200, "x")}});
  EXPECT_EQ(world.get("/a b").error->kind, ErrorKind::invalid);
  EXPECT_EQ(world.get("/a\r\nX: y").error->kind, ErrorKind::invalid);
  EXPECT_EQ(world.get("a").error->kind, ErrorKind::invalid);
  std::optional<Done> done;
  ClientRequest request{.target = "/"};
  request.headers.add("Authorization", "Bearer x\r\nEvil: y");
  asio::co_spawn(world.io, call(*world.client, world.timers, request, 5s, done), asio::detached);
  EXPECT_TRUE(world.timers.run_until([&] { return done.has_value(); }));
  ASSERT_TRUE(done->error);
  EXPECT_EQ(done->error->message.find("Bearer"), std::string::npos);
  EXPECT_TRUE(world.peer.requests.empty());
}

TEST(HttpClient, AProxyOfHttpGetsWholeAddresses) {
  HttpClientOptions options;
  options.origin = *parse_url("http://api", "x");
  options.proxy = *parse_url("http://me:pw@proxy:3128", "x");
  World world({{Reply::json(200, "ok")}}, options);
  EXPECT_EQ(world.get("/a").body, "ok");
  EXPECT_EQ(world.peer.connector.asked.at(0), "proxy:3128");
  EXPECT_EQ(world.peer.requests.at(0),
            "GET http://api:80/a HTTP/1.1\r\nHost: api\r\nProxy-Authorization: Basic bWU6cHc=\r\n\r\n");
}

TEST(HttpClient, AProxyThatRefusesTheTunnelIsNamed) {
  HttpClientOptions options;
  options.origin = *parse_url("https://api:6443", "x");
  options.proxy = *parse_url("http://me:pw@proxy:3128", "x");
  World world({{Reply::json(407, "no")}}, options);
  const auto done = world.get("/a");
  ASSERT_TRUE(done.error);
  EXPECT_EQ(done.error->message,
            "the proxy http://proxy:3128 refuses a connection to api:6443: 407 Proxy Authentication Required");
  EXPECT_TRUE(world.peer.requests.at(0).starts_with("CONNECT api:6443 HTTP/1.1\r\nHost: api:6443\r\n"));
}

}  // namespace
}  // namespace windlass::net
