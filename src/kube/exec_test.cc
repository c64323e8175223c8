// An exec against a server of ours that says what a test wants, frame by frame.
#include "kube/exec.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>
#include <optional>

#include "kube/api_answer.h"
#include "net/testing/memory_stream.h"
#include "net/websocket_accept.h"
#include "rt/testing/manual_timers.h"

namespace windlass::kube {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using Op = websocket::Opcode;
using Kind = ChannelMessage::Kind;

struct Script {
  std::string protocol = "v5.channel.k8s.io";
  std::string head;  ///< instead of a right answer
  bool wrong_accept = false;
  std::vector<std::string> frames;
  bool ends = false;
};

std::string frame(std::string_view payload, Op opcode = Op::binary) {
  return websocket::format_frame(opcode, payload, std::nullopt);
}

template <class T>
asio::awaitable<void> keep(ApiTask<T> task, std::optional<objects::Outcome<T>>& into) {
  into = co_await std::move(task);
}

struct World {
  explicit World(Script script_) : script(std::move(script_)) {
    Access access;
    access.server = *net::parse_url("http://127.0.0.1:8001", "x");
    client = std::move(*Client::make(io, timers, connector, access, real_surroundings({})));
  }
  ~World() {
    client->close();
    timers.settle();
  }
  asio::awaitable<void> serve(std::shared_ptr<net::MemoryStream> stream) {
    std::string request;
    char space[4096];
    while (request.find("\r\n\r\n") == std::string::npos) {
      auto count = co_await stream->read_some(space);
      if (!count || *count == 0) co_return;
      request.append(space, *count);
    }
    asked = request;
    const auto at = request.find("Sec-WebSocket-Key: ") + 19;
    const auto key = request.substr(at, request.find("\r\n", at) - at);
    const auto head = !script.head.empty()
                          ? script.head
                          : "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: " +
                                net::websocket_accept(script.wrong_accept ? "x" : key) +
                                "\r\nSec-WebSocket-Protocol: " + script.protocol + "\r\n\r\n";
    std::string all = head;  // the first frames may come in the same piece as the head
    for (const auto& one : script.frames) all += one;
    (void)co_await stream->write_all(all);
    if (script.ends) co_return stream->close();
    for (;;) {
      auto count = co_await stream->read_some(space);
      if (!count || *count == 0) co_return;
      server.feed({space, *count});
      for (;;) {
        auto message = server.next();
        if (!message || !*message) break;
        got.push_back(std::move(**message));
      }
    }
  }
  template <class T>
  objects::Outcome<T> wait(ApiTask<T> task) {
    std::optional<objects::Outcome<T>> out;
    asio::co_spawn(io, keep(std::move(task), out), asio::detached);
    EXPECT_TRUE(timers.run_until([&] { return out.has_value(); }));
    return out ? std::move(*out) : objects::internal("it never ended");
  }
  objects::Outcome<std::unique_ptr<Exec>> open() {
    return wait(Exec::open(
        *client, {.namespace_ = "ns", .pod = "p", .container = "main", .command = {"sh", "-c", "a b&c"}, .in = true}));
  }
  rt::Timers::Moment soon() { return timers.now() + 10s; }

  Script script;
  asio::io_context io;
  rt::ManualTimers timers{io};
  net::MemoryConnector connector{io, timers, [this](std::unique_ptr<net::MemoryStream> stream, std::size_t) {
                                   asio::co_spawn(io, serve(std::shared_ptr<net::MemoryStream>(std::move(stream))),
                                                  asio::detached);
                                 }};
  websocket::Reader server{websocket::Reader::Role::server, 1 << 20};
  std::string asked;
  std::vector<websocket::Message> got;
  std::unique_ptr<Client> client;
};

constexpr std::string_view kSuccess = "\x03{\"kind\":\"Status\",\"status\":\"Success\"}";

TEST(Exec, OutputInputAndTheEnd) {
  World world(
      {.frames = {frame("\x01"), frame("\x01hello"), frame("ping", Op::ping), frame("\x02oops"), frame(kSuccess)}});
  auto exec = world.open();
  ASSERT_TRUE(exec) << exec.error().message;
  EXPECT_TRUE(
      world.asked.starts_with("GET "
                              "/api/v1/namespaces/ns/pods/p/"
                              "exec?container=main&command=sh&command=-c&command=a%20b%26c&stdin=true&stdout=true&"
                              "stderr=true&tty=false HTTP/1.1"))
      << world.asked;
  EXPECT_NE(world.asked.find("Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io"), std::string::npos);
  EXPECT_TRUE(world.wait((*exec)->write("input", world.soon())));
  EXPECT_TRUE(*world.wait((*exec)->close_stdin(world.soon())));
  EXPECT_EQ(world.wait((*exec)->read(world.soon()))->bytes, "hello");
  const auto err = world.wait((*exec)->read(world.soon()));
  EXPECT_EQ(err->kind, Kind::err);
  const auto end = world.wait((*exec)->read(world.soon()));
  EXPECT_EQ(end->kind, Kind::result);
  EXPECT_FALSE(end->result.failure);
  EXPECT_EQ(world.wait((*exec)->read(world.soon())).error().code, kCancelled);
  world.timers.settle();
  ASSERT_EQ(world.got.size(), 4u);
  EXPECT_EQ(world.got[0].payload, std::string("\0input", 6));
  EXPECT_EQ(world.got[1].payload, std::string("\xff\0", 2));
  EXPECT_EQ(world.got[2].opcode, Op::pong);
  EXPECT_EQ(world.got[2].payload, "ping");
  EXPECT_EQ(world.got[3].opcode, Op::close);
}

TEST(Exec, AnOldServerSpeaksV4) {
  World world({.protocol = "v4.channel.k8s.io", .frames = {frame(kSuccess)}});
  auto exec = world.open();
  ASSERT_TRUE(exec) << exec.error().message;
  EXPECT_EQ((*exec)->version(), ChannelVersion::v4);
  EXPECT_FALSE(*world.wait((*exec)->close_stdin(world.soon())));
  EXPECT_EQ(world.wait((*exec)->read(world.soon()))->kind, Kind::result);
}

TEST(Exec, LongInputGoesInFramesThatAreMessages) {
  World world({});
  auto exec = world.open();
  ASSERT_TRUE(exec);
  EXPECT_TRUE(world.wait((*exec)->write(std::string(100'000, 'x'), world.soon())));
  world.timers.settle();
  ASSERT_EQ(world.got.size(), 4u);
  std::size_t sum = 0;
  for (const auto& one : world.got) sum += one.payload.size() - 1;
  EXPECT_EQ(sum, 100'000u);
}

TEST(Exec, WhatGoesWrongIsOneSentence) {
  struct Case {
    Script script;
    int open_code;  ///< 0: it opens
    int read_code;
  };
  const Case kCases[] = {
      {{.protocol = "base64.channel.k8s.io"}, 500, 0},
      {{.protocol = "v5", .wrong_accept = true}, 500, 0},
      {{.head = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"}, 404, 0},
      {{.head = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"}, 403, 0},
      {{.head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno"}, 500, 0},
      {{.frames = {frame("\x01x")}, .ends = true}, 0, 503},
      {{.frames = {frame(websocket::close_payload(1011, "broken"), Op::close)}}, 0, 503},
      {{.frames = {"\xff\xff"}}, 0, 500},
      {{.frames = {frame("\x07what")}}, 0, 500},
      {{}, 0, 504},
  };
  for (const auto& one : kCases) {
    World world(one.script);
    auto exec = world.open();
    if (one.open_code != 0) {
      ASSERT_FALSE(exec);
      EXPECT_EQ(exec.error().code, one.open_code) << exec.error().message;
      EXPECT_FALSE(exec.error().message.empty());
      continue;
    }
    ASSERT_TRUE(exec) << exec.error().message;
    auto message = world.wait((*exec)->read(world.soon()));
    if (message) message = world.wait((*exec)->read(world.soon()));
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().code, one.read_code) << message.error().message;
  }
}

TEST(Exec, CloseEndsAWaitingRead) {
  World world({});
  auto exec = world.open();
  ASSERT_TRUE(exec);
  std::optional<objects::Outcome<ChannelMessage>> out;
  asio::co_spawn(world.io, keep((*exec)->read(world.timers.now() + 1h), out), asio::detached);
  world.timers.settle();
  (*exec)->close();
  world.timers.settle();
  ASSERT_TRUE(out && !*out);
  EXPECT_EQ(out->error().code, kCancelled);
}

}  // namespace
}  // namespace windlass::kube
