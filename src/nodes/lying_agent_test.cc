// The server's end of a conversation with an agent that does not keep to the protocol: what it says beside it is not
// heard, what it does beside it costs this conversation (T22–T24). fuzz/agent_peer_fuzz.cc goes further.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include "agentproto/codec.h"
#include "nodes/agent_connection.h"

namespace windlass::nodes {
namespace {

using namespace agentproto;

struct Told final : AgentEvents {
  std::string said;  ///< one word for each call
  void on_ready(std::string_view) override { said += "ready "; }
  void on_started(std::string_view, std::int64_t) override { said += "started "; }
  void on_output(std::string_view, Stream, std::uint64_t, std::string_view bytes) override {
    said += std::string(bytes) + " ";
  }
  void on_exit(std::string_view, const TaskExit& exit) override {
    EXPECT_GE(exit.elapsed.count(), 0);
    said += "exit" + std::to_string(exit.code) + " ";
  }
  void on_start_failed(std::string_view, const Error&) override { said += "failed "; }
  void on_resumed(std::string_view, TaskState) override { said += "resumed "; }
  void on_lost(std::string_view, const Error&) override { said += "lost "; }
  void on_cookie_killed(std::string_view, std::uint32_t) override { said += "killed "; }
  void on_gone(const Error&) override { said += "gone "; }
};

class LyingAgent : public testing::Test {
 protected:
  void SetUp() override {
    RemoteAgentOptions options;
    options.name = "pod";
    options.owner = "run";
    options.reach = [this]() -> Result<proc::Fd> {
      ++calls_;
      int ends[2];
      if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
        return fail(ErrorKind::exhausted, "no socket");
      }
      peer_ = proc::Fd(ends[1]);
      return proc::Fd(ends[0]);
    };
    auto made = call_agent(std::move(options), told_);
    ASSERT_TRUE(made) << made.error().text();
    connection_ = std::move(*made);
  }
  template <class Message>
  void say(const Message& message) {
    std::string bytes;
    append_frame(bytes, message);
    ASSERT_EQ(::send(peer_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    connection_->pump();
  }
  void start(const std::string& token) {
    TaskSpec spec;
    spec.token = token;
    spec.script = "true";
    ASSERT_TRUE(connection_->start(spec));
  }

  Told told_;
  proc::Fd peer_;
  int calls_ = 0;
  std::unique_ptr<AgentConnection> connection_;
};

const Welcome kWelcome{.instance = "one", .boot_id = "b", .epoch = 1, .version = "v"};

TEST_F(LyingAgent, WhatIsSaidOfATaskOutOfTurnIsNotHeard) {
  say(kWelcome);
  start("t");
  say(Output{.token = "t", .stream = 0, .offset = 0, .bytes = "early"});
  say(Exit{.token = "t", .code = 1, .signal = 0, .elapsed_ms = 1, .log_bytes = 0, .out_bytes = 0});
  say(Started{"t", 7});
  say(Started{"t", 8});
  say(Output{.token = "t", .stream = 0, .offset = 0, .bytes = "ab"});
  say(Output{.token = "t", .stream = 0, .offset = 0, .bytes = "xyc"});  // the first two have been said
  say(Output{.token = "t", .stream = 0, .offset = 9, .bytes = "gap"});
  say(Exit{.token = "t", .code = 3, .signal = 0, .elapsed_ms = UINT64_MAX, .log_bytes = 3, .out_bytes = 0});
  say(Output{.token = "t", .stream = 0, .offset = 3, .bytes = "late"});
  say(Known{{{"t", State::running}}});
  say(StartFailed{"t", "no"});
  say(Exit{.token = "t", .code = 4, .signal = 0, .elapsed_ms = 1, .log_bytes = 3, .out_bytes = 0});
  say(Exit{.token = "other", .code = 4, .signal = 0, .elapsed_ms = 1, .log_bytes = 0, .out_bytes = 0});
  EXPECT_EQ(told_.said, "ready started ab c exit3 ");
  EXPECT_EQ(calls_, 1);
}

TEST_F(LyingAgent, WhoAnswersTwiceIsHungUpOnAndCalledAgainAfterABreath) {
  say(kWelcome);
  say(kWelcome);
  char byte = 0;
  while (::recv(peer_.get(), &byte, 1, MSG_DONTWAIT) == 1) continue;
  EXPECT_EQ(::recv(peer_.get(), &byte, 1, MSG_DONTWAIT), 0);  // the end
  for (int i = 0; i < 10; ++i) connection_->pump();
  EXPECT_EQ(calls_, 1);
  start("t");
  pollfd waits{.fd = connection_->fd(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&waits, 1, 60'000), 1);
  connection_->pump();
  EXPECT_EQ(calls_, 2);
  say(Started{"t", 7});  // before it has said who it is
  EXPECT_EQ(told_.said, "ready ");
}

TEST_F(LyingAgent, PingsOfWhoReadsNothingTakeNoRoom) {
  say(kWelcome);
  std::string pings;
  for (int i = 0; i < 5'000; ++i) append_frame(pings, Ping{1});
  std::size_t sent = 0;
  for (int i = 0; i < 200; ++i) {
    for (std::size_t at = 0; at < pings.size();) {
      const auto count = ::send(peer_.get(), pings.data() + at, pings.size() - at, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count > 0) at += static_cast<std::size_t>(count);
      connection_->pump();
    }
    sent += pings.size();
  }
  std::size_t heard = 0;
  std::string space(1U << 20U, '\0');
  for (int idle = 0; idle < 3; connection_->pump()) {
    const auto count = ::recv(peer_.get(), space.data(), space.size(), MSG_DONTWAIT);
    idle = count > 0 ? 0 : idle + 1;
    if (count > 0) heard += static_cast<std::size_t>(count);
  }
  EXPECT_GT(sent, 10U << 20U);
  EXPECT_GT(heard, 0U);
  EXPECT_LT(heard, 3U << 20U);
  say(Surroundings{});
  EXPECT_EQ(told_.said, "ready ");
  EXPECT_EQ(calls_, 1);
}

}  // namespace
}  // namespace windlass::nodes
