// The hub behind a real HTTP server, and the real agent as process 1 of a "container" that calls it: shells run, links
// break and come back, whoever has the wrong secret stays outside.
#include "agents/agent_hub.h"

#include <arpa/inet.h>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <poll.h>
#include <signal.h>
#include <sstream>
#include <stdlib.h>
#include <sys/socket.h>

#include "agentproto/channels.h"
#include "net/certificate.h"
#include "net/http_server.h"
#include "nodes/agent_connection.h"
#include "proc/spawn.h"
#include "websocket/frames.h"

namespace windlass::agents {
namespace {

using namespace std::chrono_literals;

struct Recorder : nodes::AgentEvents {
  std::map<std::string, std::string, std::less<>> logs;
  std::map<std::string, int, std::less<>> exits;
  std::map<std::string, std::string, std::less<>> failed;
  std::map<std::string, std::string, std::less<>> lost;
  std::vector<std::string> surroundings;
  std::optional<Error> gone;
  int ready = 0;

  void on_ready(std::string_view) override { ++ready; }
  void on_surroundings(const std::vector<std::string>& environment) override { surroundings = environment; }
  void on_started(std::string_view, std::int64_t) override {}
  void on_output(std::string_view token, nodes::Stream, std::uint64_t offset, std::string_view bytes) override {
    auto& log = logs[std::string(token)];
    EXPECT_EQ(offset, log.size());
    log += bytes;
  }
  void on_exit(std::string_view token, const nodes::TaskExit& exit) override { exits[std::string(token)] = exit.code; }
  void on_start_failed(std::string_view token, const Error& why) override { failed[std::string(token)] = why.text(); }
  void on_resumed(std::string_view, nodes::TaskState) override {}
  void on_lost(std::string_view token, const Error& why) override { lost[std::string(token)] = why.text(); }
  void on_cookie_killed(std::string_view, std::uint32_t) override {}
  void on_gone(const Error& why) override { gone = why; }
};

class Hub : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/wl-hub-XXXXXX";
    folder_ = ::mkdtemp(name);
    timers_ = rt::make_timers(io_);
    auto options = secrets();
    options.connected = [this](const std::string& agent) { connected_.push_back(agent); };
    options.disconnected = [this](const std::string& agent) { disconnected_.push_back(agent); };
    options.log = [this](std::string_view line) { lines_.emplace_back(line); };
    hub_ = std::make_unique<AgentHub>(io_, *timers_, std::move(options));
    listen("127.0.0.1:0");
  }
  void TearDown() override {
    for (auto& pod : pods_) pod.signal(SIGKILL);
    connection_.reset();
    http_.reset();
    hub_.reset();
    io_.restart();
    io_.run_for(100ms);
    (void)!::system(("pkill -KILL -f " + folder_ + " >/dev/null 2>&1; rm -rf " + folder_).c_str());
  }
  [[nodiscard]] AgentHubOptions secrets() {
    AgentHubOptions options;
    options.secret_of = [](std::string_view agent) { return "secret of " + std::string(agent); };
    options.own_secret_of = [](std::string_view agent, std::string_view pod) {
      return "secret of " + std::string(agent) + " in " + std::string(pod);
    };
    options.pod_of = [this](std::string_view agent) {
      return knows_pods_ ? std::optional("uid of " + std::string(agent)) : std::nullopt;
    };
    return options;
  }
  void listen(const std::string& where) {
    net::HttpServerOptions options;
    options.tls = tls_;
    options.head_timeout = std::chrono::seconds(1);
    http_ = std::make_unique<net::HttpServer>(
        io_, options,
        [this](net::Request request) -> rt::Task<net::Response> {
          ++knocks_;
          if (AgentHub::serves(request.path)) co_return hub_->accept(request);
          co_return net::Response::text(404, "nothing here\n");
        },
        [](std::string_view) {});
    auto bound = http_->listen(where);
    ASSERT_TRUE(bound) << bound.error().text();
    address_ = *bound;
  }
  /// A container of the pod "pod-1"; only the first one has the secret.
  void start_pod(const std::string& container, const std::string& secret) {
    proc::SpawnOptions spawned;
    spawned.program = WL_AGENT_BINARY;
    spawned.argv = {"windlass-agent", "pod", "--run=" + folder_ + "/run"};
    spawned.env = {"PATH=/usr/local/bin:/usr/bin:/bin",
                   "JAVA_HOME=/opt/" + container,
                   "WINDLASS_CONTAINER=" + container,
                   std::string("JENKINS_URL=") + (tls_ ? "https://" : "http://") + address_ + "/",
                   "JENKINS_AGENT_NAME=pod-1",
                   "WINDLASS_POD_UID=uid of pod-1"};
    if (!authorities_.empty()) spawned.env.push_back("WINDLASS_CA=" + authorities_);
    if (!secret.empty()) spawned.env.push_back("JENKINS_SECRET=" + secret);
    const proc::Fd log(::open((folder_ + "/agent.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    spawned.fds = {{log.get(), 2}};
    auto process = proc::spawn(spawned);
    ASSERT_TRUE(process) << process.error().text();
    pods_.push_back(std::move(*process));
  }
  void until(const std::function<bool()>& condition, std::chrono::milliseconds limit = 60s) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << "did not happen within its limit";
      io_.restart();
      io_.run_for(5ms);
      if (connection_) connection_->pump();
    }
  }
  void call(const std::string& container) {
    nodes::RemoteAgentOptions options;
    options.name = "pod-1/" + container;
    options.owner = "run-1";
    options.reach = [this, container] { return hub_->call("pod-1", container); };
    auto made = nodes::call_agent(std::move(options), seen_);
    ASSERT_TRUE(made) << made.error().text();
    connection_ = std::move(*made);
  }
  nodes::TaskSpec spec(const std::string& token, std::string script) const {
    nodes::TaskSpec out;
    out.token = token;
    out.script = std::move(script);
    out.control_dir = folder_ + "/ws@tmp/durable-" + token;
    out.cwd = folder_ + "/ws";
    out.inherit_env = true;
    out.env = {{"GREETING", "hi"}};
    return out;
  }

  static std::int64_t now() {
    using std::chrono::system_clock;
    return std::chrono::duration_cast<std::chrono::seconds>(system_clock::now().time_since_epoch()).count();
  }
  /// From now on the server speaks TLS; the pods that start know the authority.
  void use_tls(const std::vector<std::string>& names = {"127.0.0.1", "localhost"}, std::int64_t made = now()) {
    const auto authority = net::make_authority("test authority", made);
    ASSERT_TRUE(authority) << authority.error().text();
    const auto pair = net::make_server_certificate(*authority, names, made);
    ASSERT_TRUE(pair) << pair.error().text();
    auto tls = net::TlsContext::make(*pair);
    ASSERT_TRUE(tls) << tls.error().text();
    tls_ = *tls;
    authorities_ = authority->certificate;
    listen_anew();
  }
  /// At another port.
  void listen_anew() {
    io_.restart();
    io_.run_for(1ms);  // what the one before has begun, it has begun
    http_.reset();
    listen("127.0.0.1:0");
  }
  /// What the agent says of its server, where people look.
  void says(const std::string& words) {
    std::string log;
    until([&] {
      std::stringstream text;
      text << std::ifstream(folder_ + "/agent.log").rdbuf();
      log = text.str();
      return log.find(words) != std::string::npos || std::ranges::count(log, '\n') > 3;
    });
    EXPECT_NE(log.find(words), std::string::npos) << log;
    EXPECT_EQ(log.find("secret of"), std::string::npos);
    EXPECT_EQ(hub_->count(), 0U);
  }

  std::shared_ptr<net::TlsContext> tls_;
  std::string authorities_;
  boost::asio::io_context io_;
  std::unique_ptr<rt::Timers> timers_;
  std::unique_ptr<AgentHub> hub_;
  std::unique_ptr<net::HttpServer> http_;
  std::string folder_, address_;
  int knocks_ = 0;
  bool knows_pods_ = true;
  std::vector<proc::Process> pods_;
  std::vector<std::string> connected_, disconnected_, lines_;
  Recorder seen_;
  std::unique_ptr<nodes::AgentConnection> connection_;
};

TEST_F(Hub, AShellRunsInTheContainerThatItIsFor) {
  call("maven");  // before anybody is there
  start_pod("maven", "");
  start_pod("jnlp", "secret of pod-1");
  ASSERT_TRUE(connection_->start(spec("t1", "echo $GREETING $JAVA_HOME; test -z \"$JENKINS_SECRET\"; exit 3")));
  until([&] { return seen_.exits.contains("t1"); });
  EXPECT_EQ(seen_.exits["t1"], 3);
  EXPECT_NE(seen_.logs["t1"].find("\nhi /opt/maven\n"), std::string::npos) << seen_.logs["t1"];
  EXPECT_EQ(connected_, std::vector<std::string>{"pod-1"});
  EXPECT_NE(std::ranges::find(seen_.surroundings, "JAVA_HOME=/opt/maven"), seen_.surroundings.end());
  for (const auto& entry : seen_.surroundings) EXPECT_FALSE(entry.starts_with("JENKINS_SECRET")) << entry;
}

TEST_F(Hub, MuchOutputComesWholeWhileTheConnectionBreaks) {
  start_pod("jnlp", "secret of pod-1");
  call("");
  ASSERT_TRUE(connection_->start(spec("t1", "set +x; seq 1 400000")));
  until([&] { return seen_.logs["t1"].size() > 500'000; });
  // The server goes, and comes back at the same address.
  const auto address = address_;
  http_.reset();
  hub_.reset();
  io_.restart();
  io_.run_for(10ms);
  auto options = secrets();
  options.log = [](std::string_view) {};
  hub_ = std::make_unique<AgentHub>(io_, *timers_, std::move(options));
  listen(address);
  until([&] { return seen_.exits.contains("t1"); });
  std::string expected = "+ set +x\n";
  for (int i = 1; i <= 400'000; ++i) expected += std::to_string(i) + "\n";
  EXPECT_EQ(seen_.logs["t1"], expected);
}

TEST_F(Hub, OverTlsAShellRunsAndMuchOutputComesWhole) {
  use_tls();
  start_pod("jnlp", "secret of pod-1");
  call("");
  ASSERT_TRUE(connection_->start(spec("t1", "set +x; test -z \"$WINDLASS_CA\" || exit 9; seq 1 200000")));
  until([&] { return seen_.exits.contains("t1"); });
  EXPECT_EQ(seen_.exits["t1"], 0);
  std::string expected = "+ set +x\n";
  for (int i = 1; i <= 200'000; ++i) expected += std::to_string(i) + "\n";
  EXPECT_EQ(seen_.logs["t1"], expected);
  for (const auto& entry : seen_.surroundings) EXPECT_FALSE(entry.starts_with("WINDLASS_CA")) << entry;
}

TEST_F(Hub, OverTlsMuchGoesToTheAgentToo) {
  use_tls();
  start_pod("jnlp", "secret of pod-1");
  call("");
  const std::string much(3U << 20U, 'x');
  ASSERT_TRUE(connection_->start(spec("t1", "set +x\n: <<'END'\n" + much + "\nEND\nwc -c < \"$0\"")));
  until([&] { return seen_.exits.contains("t1"); });
  EXPECT_NE(seen_.logs["t1"].find(std::to_string(much.size() + 34)), std::string::npos)
      << seen_.logs["t1"].substr(0, 200);
}

TEST_F(Hub, TheAuthorityMayBeInAFileOfThePod) {
  use_tls();
  std::ofstream(folder_ + "/ca.pem") << authorities_;
  authorities_ = folder_ + "/ca.pem";
  start_pod("jnlp", "secret of pod-1");
  until([&] { return hub_->count() == 1; });
}

TEST_F(Hub, ACertificateOfAnotherAuthorityIsNotTaken) {
  use_tls();
  authorities_ = net::make_authority("another", now())->certificate;
  start_pod("jnlp", "secret of pod-1");
  says("is signed by nobody of the authority that this pod was given");
}

TEST_F(Hub, ACertificateOfOursIsNotTakenByWhoKnowsOnlyTheImagesAuthorities) {
  use_tls();
  authorities_.clear();
  start_pod("jnlp", "secret of pod-1");
  says("WINDLASS_CA");
}

TEST_F(Hub, ACertificateForAnotherNameIsNotTaken) {
  use_tls({"ci.example.org", "10.9.8.7"});
  start_pod("jnlp", "secret of pod-1");
  says("is for ci.example.org, 10.9.8.7, not for 127.0.0.1");
}

TEST_F(Hub, ACertificateThatHasExpiredIsNotTaken) {
  constexpr std::int64_t kTwoYears = std::int64_t{2} * 365 * 86'400;
  use_tls({"127.0.0.1"}, now() - kTwoYears);
  start_pod("jnlp", "secret of pod-1");
  says("has expired, on 20");
}

TEST_F(Hub, AServerWithoutTlsIsSaid) {
  use_tls();
  auto tls = std::exchange(tls_, nullptr);
  listen_anew();
  tls_ = tls;  // the pod is told https://
  start_pod("jnlp", "secret of pod-1");
  says("is it an http:// address?");
}

TEST_F(Hub, WhoHasAnotherSecretStaysOutside) {
  start_pod("jnlp", "secret of pod-2");
  call("");
  until([&] { return knocks_ >= 2; });
  EXPECT_EQ(hub_->count(), 0U);
  EXPECT_EQ(seen_.ready, 0);
}

/// Who has the secret of pod-2 and says what he likes.
class Stranger {
 public:
  Stranger(const std::string& address, const std::string& secret, const std::string& pod = "uid of pod-2") {
    socket_ = proc::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    say("GET /kapis/windlass.io/v1/agents/pod-2/link HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + secret +
        "\r\nWindlass-Pod: " + pod +
        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: " +
        std::string(agentproto::kChannelProtocol) + "\r\n\r\n");
  }
  void say(std::string_view bytes) { (void)!::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  void say_message(std::string_view payload) {
    say(websocket::format_frame(websocket::Opcode::binary, payload, 0x01020304U));
  }
  /// What has come so far; whether the other side has hung up.
  bool is_over() {
    char space[4096];
    for (;;) {
      const auto count = ::recv(socket_.get(), space, sizeof space, MSG_DONTWAIT);
      if (count == 0 || (count < 0 && errno != EAGAIN)) return true;
      if (count < 0) return false;
      heard_.append(space, static_cast<std::size_t>(count));
    }
  }
  [[nodiscard]] bool is_in() { return !is_over() && heard_.starts_with("HTTP/1.1 101"); }
  [[nodiscard]] const std::string& heard() const { return heard_; }

 private:
  proc::Fd socket_;
  std::string heard_;
};

/// T20, T22, T24: what a stolen secret is good for, and that it harms nobody else.
TEST_F(Hub, AnAgentThatLiesHarmsItselfAlone) {
  start_pod("jnlp", "secret of pod-1");
  call("");
  ASSERT_TRUE(connection_->start(spec("t1", "while [ ! -e go ]; do sleep 0.05; done; echo through")));
  until([&] { return hub_->count() == 1; });
  {
    Stranger other(address_, "secret of pod-1");  // somebody else's name with it
    until([&] { return other.is_over() || !other.heard().empty(); });
    EXPECT_TRUE(other.heard().starts_with("HTTP/1.1 403")) << other.heard();
  }
  const auto open = agentproto::format_channel_message(1, agentproto::ChannelKind::open, "jnlp");
  const auto data = agentproto::format_channel_message(7, agentproto::ChannelKind::data, std::string(1000, 'x'));
  // It opens a conversation, says what is no message, or one without end.
  std::string endless = "\x82\xff";
  endless += std::string(8, '\x7f') + "mask";
  for (const auto& words : {open, std::string("\xff"), std::string()}) {
    Stranger one(address_, "secret of pod-2");
    until([&] { return one.is_in(); });
    one.say_message(data);  // of a conversation that nobody began: not heard
    words.empty() ? one.say(endless) : one.say_message(words);
    until([&] { return one.is_over(); });
  }
  for (int i = 0; i < 1000; ++i) {
    Stranger again(address_, "secret of pod-2");
    until([&] { return again.is_in(); });
    if (i % 100 == 0) again.say_message(std::string(100'000, 'y'));
  }
  std::ofstream(folder_ + "/ws/go").put('x');
  until([&] { return seen_.exits.contains("t1"); });
  EXPECT_NE(seen_.logs["t1"].find("\nthrough\n"), std::string::npos);
  until([&] { return hub_->count() == 1; });
  EXPECT_EQ(std::ranges::count(connected_, "pod-1"), 1);
  EXPECT_LT(lines_.size(), 1100U);
}

/// T21: what stands in a pod's object is good for one call from that pod.
TEST_F(Hub, TheSecretOfAPodsObjectIsUsedUpByItsAgent) {
  const auto answer = [this](const std::string& secret, const std::string& pod) {
    Stranger one(address_, secret, pod);
    until([&] { return one.is_over() || !one.heard().empty(); });
    return one.heard();
  };
  knows_pods_ = false;
  EXPECT_TRUE(answer("secret of pod-2", "uid of pod-2").starts_with("HTTP/1.1 503"));
  knows_pods_ = true;
  EXPECT_TRUE(answer("secret of pod-2", "uid of pod-1").starts_with("HTTP/1.1 403"));
  EXPECT_TRUE(answer("secret of pod-2 in uid of pod-1", "uid of pod-1").starts_with("HTTP/1.1 403"));
  EXPECT_TRUE(answer("secret of pod-2 in uid of pod-1", "uid of pod-2").starts_with("HTTP/1.1 403"));
  // Until the agent has said that it has its own, it may lose it again.
  for (int i = 0; i < 2; ++i) {
    const auto first = answer("secret of pod-2", "uid of pod-2");
    EXPECT_TRUE(first.starts_with("HTTP/1.1 101")) << first;
    EXPECT_NE(first.find("secret of pod-2 in uid of pod-2\r\n"), std::string::npos) << first;
  }
  {
    Stranger one(address_, "secret of pod-2");
    until([&] { return one.is_in(); });
    one.say(websocket::format_frame(websocket::Opcode::text, agentproto::kSecretKept, 0x01020304U));
    one.say_message("\xff");
    until([&] { return one.is_over(); });
  }
  const auto again = answer("secret of pod-2", "uid of pod-2");
  EXPECT_TRUE(again.starts_with("HTTP/1.1 403")) << again;
  EXPECT_NE(again.find("is used up"), std::string::npos) << again;
  const auto own = answer("secret of pod-2 in uid of pod-2", "uid of pod-2");
  EXPECT_TRUE(own.starts_with("HTTP/1.1 101")) << own;
  EXPECT_EQ(own.find("secret of"), std::string::npos) << own;
}

TEST_F(Hub, AnAgentComesBackByItsOwnSecretToAServerThatKnowsNoPodsYet) {
  start_pod("jnlp", "secret of pod-1");
  call("");
  ASSERT_TRUE(connection_->start(spec("t1", "echo up; while [ ! -e go ]; do sleep 0.05; done; echo through")));
  until([&] { return seen_.logs["t1"].find("\nup\n") != std::string::npos; });
  {
    Stranger other(address_, "secret of pod-1");
    until([&] { return other.is_over() || !other.heard().empty(); });
    EXPECT_TRUE(other.heard().starts_with("HTTP/1.1 403")) << other.heard();
  }
  // Another server in its place has heard of nobody; and its dialer is another, too.
  const auto address = address_;
  http_.reset();
  hub_.reset();
  io_.restart();
  io_.run_for(10ms);
  (void)!::system(("pkill -KILL -f 'windlass-agent dial --state=" + folder_ + "'").c_str());
  knows_pods_ = false;
  auto options = secrets();
  options.log = [](std::string_view) {};
  hub_ = std::make_unique<AgentHub>(io_, *timers_, std::move(options));
  listen(address);
  until([&] { return hub_->count() == 1; });
  std::ofstream(folder_ + "/ws/go").put('x');
  until([&] { return seen_.exits.contains("t1"); });
  EXPECT_NE(seen_.logs["t1"].find("\nthrough\n"), std::string::npos);
}

TEST_F(Hub, WhatRunsOnAnAgentThatIsGivenUpIsLost) {
  start_pod("jnlp", "secret of pod-1");
  call("");
  ASSERT_TRUE(connection_->start(spec("t1", "echo up; sleep 1000")));
  until([&] { return seen_.logs["t1"].find("\nup\n") != std::string::npos; });
  hub_->gone("pod-1", Error(ErrorKind::unavailable, "the pod was deleted"));
  until([&] { return seen_.gone.has_value(); });
  EXPECT_NE(seen_.lost["t1"].find("the pod was deleted"), std::string::npos) << seen_.lost["t1"];
  EXPECT_FALSE(hub_->call("pod-1", ""));
  until([&] { return disconnected_.size() == 1; });
  // It calls again, is told that it was given up, and ends by itself.
  until([&] { return pods_.front().try_wait().has_value(); });
  EXPECT_EQ(pods_.front().try_wait()->code, 0);
  EXPECT_EQ(hub_->count(), 0U);
}

TEST_F(Hub, AServerThatStopsGivesNobodyUp) {
  start_pod("jnlp", "secret of pod-1");
  call("");
  ASSERT_TRUE(connection_->start(spec("t1", "echo up; sleep 1000")));
  until([&] { return seen_.logs["t1"].find("\nup\n") != std::string::npos; });
  hub_->stop();
  const auto knocks = knocks_;
  until([&] { return knocks_ > knocks + 1; });  // the agent calls again, and is to call later
  EXPECT_TRUE(hub_->call("pod-1", ""));
  EXPECT_TRUE(seen_.lost.empty());
  EXPECT_FALSE(seen_.gone.has_value());
  EXPECT_FALSE(pods_.front().try_wait().has_value());
  EXPECT_EQ(hub_->count(), 0U);
}

TEST_F(Hub, AContainerThatIsEndedDoesNotSayThatItsShellEnded) {
  start_pod("jnlp", "secret of pod-1");
  call("");
  ASSERT_TRUE(connection_->start(spec("t1", "echo up; sleep 1000")));
  until([&] { return seen_.logs["t1"].find("\nup\n") != std::string::npos; });
  pods_.front().signal(SIGTERM);
  ASSERT_TRUE(pods_.front().wait_for(60s));
  until([&] { return disconnected_.size() == 1; });
  EXPECT_FALSE(seen_.exits.contains("t1"));
  hub_->gone("pod-1", Error(ErrorKind::unavailable, "the pod was deleted"));
  until([&] { return seen_.gone.has_value(); });
  EXPECT_TRUE(seen_.lost.contains("t1"));
}

TEST_F(Hub, AContainerWithoutAnAgentIsWaitedFor) {
  start_pod("jnlp", "secret of pod-1");
  until([&] { return hub_->count() == 1; });
  call("late");
  ASSERT_TRUE(connection_->start(spec("t1", "echo here")));
  until([&] { return !lines_.empty(); });
  EXPECT_NE(lines_.front().find("no agent in container late"), std::string::npos) << lines_.front();
  start_pod("late", "");
  until([&] { return seen_.exits.contains("t1"); });
  EXPECT_EQ(seen_.exits["t1"], 0);
}

}  // namespace
}  // namespace windlass::agents
