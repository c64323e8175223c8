// The real agent binary against its server's end: shells as people write them, and each of the two processes killed at
// every point between start, output, exit, report and forget. Nothing here sleeps: it waits on descriptors.
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <poll.h>
#include <set>
#include <signal.h>
#include <sstream>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "nodes/agent_connection.h"
#include "nodes/local_agent.h"
#include "proc/endpoint.h"
#include "proc/identity.h"
#include "proc/run_capture.h"
#include "proc/tree.h"

namespace windlass::nodes {
namespace {

using namespace std::chrono_literals;

struct Seen {
  std::string log, out;
  std::optional<TaskExit> exit;
  std::optional<Error> failed, lost;
  std::optional<TaskState> resumed;
  int starts = 0, exits = 0;
  bool has_gap = false;
};

struct Recorder : AgentEvents {
  std::map<std::string, Seen, std::less<>> tasks;
  std::map<std::string, std::uint32_t, std::less<>> cookies;
  std::vector<std::string> instances;
  std::optional<Error> gone;
  std::function<void(std::string_view)> when_output;

  void on_ready(std::string_view instance) override { instances.emplace_back(instance); }
  void on_started(std::string_view token, std::int64_t) override { ++tasks[std::string(token)].starts; }
  void on_output(std::string_view token, Stream stream, std::uint64_t offset, std::string_view bytes) override {
    auto& seen = tasks[std::string(token)];
    auto& text = stream == Stream::log ? seen.log : seen.out;
    if (offset != text.size()) seen.has_gap = true;
    text += bytes;
    if (when_output) when_output(token);
  }
  void on_exit(std::string_view token, const TaskExit& exit) override {
    auto& seen = tasks[std::string(token)];
    seen.exit = exit;
    ++seen.exits;
  }
  void on_start_failed(std::string_view token, const Error& why) override { tasks[std::string(token)].failed = why; }
  void on_resumed(std::string_view token, TaskState state) override { tasks[std::string(token)].resumed = state; }
  void on_lost(std::string_view token, const Error& why) override { tasks[std::string(token)].lost = why; }
  void on_cookie_killed(std::string_view cookie, std::uint32_t killed) override {
    cookies[std::string(cookie)] = killed;
  }
  void on_gone(const Error& why) override { gone = why; }
};

class Agent : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/wl-agent-XXXXXX";
    folder_ = ::mkdtemp(name);
    options_.state_dir = folder_ + "/agent";
    options_.agent_binary = WL_AGENT_BINARY;
    options_.owner = "run-1";
    options_.exit_when_idle = 1s;
    workspace_ = folder_ + "/ws";
  }
  void TearDown() override {
    if (connection_) connection_->goodbye();
    connection_.reset();
    if (auto shim = shim_identity(); shim && proc::is_alive(*shim)) ::kill(static_cast<pid_t>(shim->pid), SIGTERM);
    (void)!::system(("rm -rf " + folder_).c_str());
  }

  std::optional<proc::ProcessIdentity> shim_identity() const {
    return proc::read_lock_owner(options_.state_dir + "/lock");
  }
  /// The one child of the shim that is no shell.
  std::int64_t link_pid() const {
    const auto shim = shim_identity();
    proc::CaptureOptions list{
        .argv = {"sh", "-c", "pgrep -P " + std::to_string(shim->pid) + " -f 'windlass-agent link'"},
        .env = {"PATH=/usr/bin:/bin"}};
    return std::stol(proc::run_capture(list)->out);
  }

  /// Whether the link process that runs now is not the one that was to die: only the first has a fault point.
  bool is_link_replaced() const {
    const auto shim = shim_identity();
    if (!shim) return false;
    proc::CaptureOptions list{
        .argv = {"sh", "-c", "pgrep -P " + std::to_string(shim->pid) + " -a -f 'windlass-agent link'"},
        .env = {"PATH=/usr/bin:/bin"}};
    const auto found = proc::run_capture(list)->out;
    return !found.empty() && found.find("--test-fault") == std::string::npos;
  }

  void connect() {
    auto made = start_local_agent(options_, seen_);
    ASSERT_TRUE(made) << made.error().text();
    connection_ = std::move(*made);
    until([&] { return !connection_->instance().empty() || seen_.gone; });
  }
  static bool ends(const proc::ProcessIdentity& process) {
    const proc::Fd watched(static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(process.pid), 0)));
    pollfd ended{watched.get(), POLLIN, 0};
    return !watched.is_open() || ::poll(&ended, 1, 60'000) == 1;
  }
  /// As kill -9 of the server: no word, the socket just ends.
  void vanish() { connection_.reset(); }

  void until(const std::function<bool()>& condition, std::chrono::milliseconds limit = 60s) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
      if (left.count() <= 0) FAIL() << "did not happen within its limit";
      pollfd watched{connection_->fd(), POLLIN, 0};
      // Some conditions are files, which nobody announces: looked at again now and then.
      ::poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 20)));
      connection_->pump();
    }
  }
  TaskSpec spec(std::string token, std::string script) const {
    TaskSpec made;
    made.token = token;
    made.script = std::move(script);
    made.control_dir = workspace_ + "@tmp/durable-" + token;
    made.cwd = workspace_;
    made.env = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"GREETING", "hi"}};
    made.cookie = "cookie-" + token;
    return made;
  }
  Seen& run(const TaskSpec& task) {
    EXPECT_TRUE(connection_->start(task));
    auto& seen = seen_.tasks[task.token];
    until([&] { return seen.exit || seen.failed || seen.lost; });
    return seen;
  }
  Seen& run(std::string token, std::string script) { return run(spec(std::move(token), std::move(script))); }
  static std::string text_of(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  static bool is_there(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

  std::string folder_, workspace_;
  LocalAgentOptions options_;
  Recorder seen_;
  std::unique_ptr<AgentConnection> connection_;
};

class EitherWay : public Agent, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    Agent::SetUp();
    options_.through_link_process = GetParam();
  }
};
INSTANTIATE_TEST_SUITE_P(Ways, EitherWay, testing::Bool(),
                         [](const auto& info) { return std::string(info.param ? "link_process" : "direct"); });

TEST_P(EitherWay, RunsAShellAsJenkinsDoes) {
  connect();
  auto& seen = run("t1", "echo $GREETING\npwd\nfalse\necho never");
  EXPECT_EQ(seen.log, "+ echo hi\nhi\n+ pwd\n" + workspace_ + "\n+ false\n");
  EXPECT_EQ(seen.exit->code, 1);
  EXPECT_EQ(seen.exit->signal, 0);
  EXPECT_EQ(seen.exit->log_bytes, seen.log.size());
  EXPECT_EQ(seen.starts, 1);
}

TEST_F(Agent, GivesExactlyTheEnvironmentAndTheCookies) {
  connect();
  auto task = spec("t1", "#!/usr/bin/env -S sh\nenv | sort; cat; ls -l /proc/self/fd | grep -c ' -> '");
  auto& seen = run(task);
  EXPECT_NE(seen.log.find("GREETING=hi\n"), std::string::npos) << seen.log;
  EXPECT_NE(seen.log.find("JENKINS_NODE_COOKIE=cookie-t1\n"), std::string::npos) << seen.log;
  EXPECT_NE(seen.log.find("JENKINS_SERVER_COOKIE=durable-"), std::string::npos) << seen.log;
  EXPECT_EQ(seen.log.find("HOME="), std::string::npos) << seen.log;
  EXPECT_NE(seen.log.find("\n4\n"), std::string::npos) << seen.log;
}

TEST_F(Agent, SplitsStdoutWhenItIsCaptured) {
  connect();
  auto task = spec("t1", "echo out; echo err >&2");
  task.capture_stdout = true;
  auto& seen = run(task);
  EXPECT_EQ(seen.out, "out\n");
  EXPECT_EQ(seen.log, "+ echo out\n+ echo err\nerr\n");
}

TEST_F(Agent, HonoursTheInterpreterLine) {
  connect();
  struct Row {
    const char* token;
    const char* script;
    int code;
    const char* log;
  };
  const Row rows[] = {
      {"plain", "#!/bin/sh\necho $0 | sed 's|.*/||'; false; exit 3", 3, "script.sh\n"},
      {"arguments", "#!/bin/sh -x -e\ntrue", 2, nullptr},  // one argument "-x -e", as the kernel gives it
      {"one-argument", "#! /bin/sh -x \ntrue", 0, "+ true\n"},
      {"not-first", "\n#!/bin/cat\ntrue", 0, "+ true\n"},
      {"missing", "#!/no/such/interpreter\n", 127, nullptr},
      {"folder", "#!/etc\n", 126, nullptr},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.token);
    auto& seen = run(row.token, row.script);
    ASSERT_TRUE(seen.exit);
    EXPECT_EQ(seen.exit->code, row.code) << seen.log;
    if (row.log != nullptr) EXPECT_EQ(seen.log, row.log);
  }
  EXPECT_EQ(seen_.tasks["missing"].log,
            workspace_ + "@tmp/durable-missing/script.sh: /no/such/interpreter: not found\n");
}

TEST_F(Agent, RunsACommandWithoutAShellAndAScriptBehindAPrefix) {
  connect();
  auto task = spec("argv", "");
  task.mode = TaskMode::argv;
  task.argv = {"printf", "%s|", "a b", "c"};
  EXPECT_EQ(run(task).log, "a b|c|");
  task = spec("prefix", "echo $EXTRA");
  task.argv = {"env", "EXTRA=yes"};
  EXPECT_EQ(run(task).log, "+ echo yes\nyes\n");
  task = spec("nothing", "");
  task.mode = TaskMode::argv;
  task.argv = {"surely-not-there"};
  auto& seen = run(task);
  ASSERT_TRUE(seen.failed);
  EXPECT_EQ(seen.failed->message, "no program surely-not-there on the PATH");
}

TEST_F(Agent, KeepsBytesWhenAScriptOpensItsOwnOutputAnew) {
  connect();
  auto& seen = run("t1", "#!/bin/sh\necho one; echo two > /dev/stderr; echo three | tee /dev/stderr; echo four");
  EXPECT_EQ(seen.log, "one\ntwo\nthree\nthree\nfour\n");
}

TEST_F(Agent, SaysWhatItCannotStart) {
  connect();
  proc::Fd(::open((folder_ + "/file").c_str(), O_CREAT | O_WRONLY, 0600));
  auto task = spec("t1", "true");
  task.cwd = folder_ + "/file/below";
  auto& seen = run(task);
  ASSERT_TRUE(seen.failed);
  EXPECT_NE(seen.failed->message.find("/file/below"), std::string::npos) << seen.failed->message;
  EXPECT_FALSE(connection_->start(spec("../evil", "true")));
}

TEST_P(EitherWay, StreamsMuchOutputWithinTheWindowAndAcknowledged) {
  connect();
  seen_.when_output = [&](std::string_view token) {
    connection_->ack(token, Stream::log, seen_.tasks.find(token)->second.log.size());
  };
  auto& seen = run("t1", "#!/bin/sh\nseq 1 2000000");
  EXPECT_FALSE(seen.has_gap);
  EXPECT_EQ(seen.log.size(), 14'888'896U);
  EXPECT_EQ(seen.log.substr(seen.log.size() - 8), "2000000\n");
  EXPECT_TRUE(is_there(options_.state_dir + "/out/t1.log"));
  connection_->forget("t1");
  run("t2", "true");  // the agent has read the Forget before this
  EXPECT_FALSE(is_there(options_.state_dir + "/out/t1.log"));
}

TEST_P(EitherWay, StopsPushingWithoutAcknowledgement) {
  connect();
  ASSERT_TRUE(connection_->start(spec("t1", "#!/bin/sh\nseq 1 2000000; touch done")));
  auto& seen = seen_.tasks["t1"];
  until([&] { return seen.log.size() >= (4U << 20U) && is_there(workspace_ + "/done"); });
  EXPECT_FALSE(seen.exit);
  EXPECT_LE(seen.log.size(), (4U << 20U) + (256U << 10U));
  seen_.when_output = [&](std::string_view token) { connection_->ack(token, Stream::log, seen.log.size()); };
  connection_->ack("t1", Stream::log, seen.log.size());
  until([&] { return seen.exit.has_value(); });
  EXPECT_EQ(seen.log.size(), 14'888'896U);
}

TEST_P(EitherWay, PushesALineWhileTheShellRuns) {
  connect();
  (void)!::system(("mkdir -p " + workspace_ + " && mkfifo " + workspace_ + "/gate").c_str());
  ASSERT_TRUE(connection_->start(spec("t1", "#!/bin/sh\necho first; read line < gate; echo got $line")));
  auto& seen = seen_.tasks["t1"];
  until([&] { return seen.log == "first\n"; });
  proc::Fd gate(::open((workspace_ + "/gate").c_str(), O_RDWR | O_CLOEXEC));
  (void)!::write(gate.get(), "go\n", 3);
  until([&] { return seen.exit.has_value(); });
  EXPECT_EQ(seen.log, "first\ngot go\n");
}

TEST_P(EitherWay, EndsTheWholeTreeButNotWhoAskedToSurvive) {
  connect();
  auto& seen = seen_.tasks["t1"];
  ASSERT_TRUE(connection_->start(
      spec("t1",
           "#!/bin/sh\n"
           "setsid sh -c 'echo up; tail -f /dev/null' &\n"
           "JENKINS_NODE_COOKIE=dontKillMe setsid sh -c 'echo $$ > survivor; echo up; exec tail -f /dev/null' &\n"
           "(trap '' TERM; echo up; tail -f /dev/null) & wait")));
  until([&] { return seen.log == "up\nup\nup\n"; });
  connection_->stop("t1", 100ms);
  until([&] { return seen.exit.has_value(); });
  EXPECT_EQ(seen.exit->code, 143);
  EXPECT_EQ(seen.exit->signal, SIGTERM);
  connection_->kill_by_cookie("cookie-t1", 100ms);
  until([&] { return seen_.cookies.contains("cookie-t1"); });
  EXPECT_TRUE(proc::find_tree({.cookie = "JENKINS_NODE_COOKIE=cookie-t1"}).empty());
  const auto survivor = std::stol(text_of(workspace_ + "/survivor"));
  EXPECT_EQ(::kill(static_cast<pid_t>(survivor), 0), 0);
  ::kill(static_cast<pid_t>(survivor), SIGKILL);
}

TEST_F(Agent, KillsAtOnceWhenTheGraceIsZero) {
  connect();
  auto& seen = seen_.tasks["t1"];
  ASSERT_TRUE(connection_->start(spec("t1", "#!/bin/sh\ntrap '' TERM\necho ready\ntail -f /dev/null")));
  until([&] { return !seen.log.empty(); });
  connection_->stop("t1", 1h);
  connection_->stop("t1", 0ms);
  until([&] { return seen.exit.has_value(); });
  EXPECT_EQ(seen.exit->code, 137);
}

TEST_F(Agent, AnswersACookieKillAtOnceWhenNothingIsLeft) {
  connect();
  run("t1", "true");
  connection_->kill_by_cookie("cookie-t1", 1h);
  until([&] { return seen_.cookies.contains("cookie-t1"); });
  EXPECT_EQ(seen_.cookies["cookie-t1"], 0U);
}

TEST_P(EitherWay, CleansUpAfterForgetAndEndsWhenIdle) {
  connect();
  run("t1", "true");
  EXPECT_TRUE(is_there(workspace_ + "@tmp/durable-t1/script.sh"));
  const auto shim = *shim_identity();
  EXPECT_TRUE(proc::is_alive(shim));
  connection_->forget("t1");
  connection_->goodbye();
  vanish();
  EXPECT_TRUE(ends(shim));
  EXPECT_FALSE(is_there(workspace_ + "@tmp/durable-t1"));
}

TEST_F(Agent, OneThatNobodyCameToEndsToo) {
  // Whoever started it died before a word was said.
  auto reached = reach_local_agent(options_);
  ASSERT_TRUE(reached);
  reached->socket.reset();
  EXPECT_TRUE(reached->shim.wait_for(60s));
}

TEST_F(Agent, KeepsItsLedgerInProportionWhileThereIsAlwaysATask) {
  connect();
  const auto instance = connection_->instance();
  (void)!::system(("mkdir -p " + workspace_ + " && mkfifo " + workspace_ + "/gate").c_str());
  ASSERT_TRUE(connection_->start(spec("keeper", "#!/bin/sh\nread line < gate\necho kept")));
  run("done", "#!/bin/sh\nprintf whole");
  for (int i = 0; i < 100; ++i) {
    const auto token = "t" + std::to_string(i);
    run(token, "#!/bin/sh\nhead -c 12000 /dev/zero");
    connection_->forget(token);
  }
  run("last", "true");
  EXPECT_LT(std::filesystem::file_size(options_.state_dir + "/ledger"), 400'000U);  // 1.2 MB of heads went through it

  // What it was rewritten with is what the next one needs.
  vanish();
  const auto shim = *shim_identity();
  ::kill(static_cast<pid_t>(shim.pid), SIGKILL);
  ASSERT_TRUE(ends(shim));
  seen_.tasks.clear();
  options_.epoch = 2;
  connect();
  ASSERT_TRUE(connection_->resume({"done", instance, 0, 0}));
  ASSERT_TRUE(connection_->resume({"keeper", instance, 0, 0}));
  until([&] { return seen_.tasks["done"].exit && seen_.tasks["keeper"].resumed; });
  EXPECT_EQ(seen_.tasks["done"].log, "whole");
  EXPECT_EQ(seen_.tasks["keeper"].resumed, TaskState::lost);
}

TEST_P(EitherWay, GoesOnWithoutAServerAndDeliversEachByteOnce) {
  connect();
  const auto instance = connection_->instance();
  auto task = spec("t1", "#!/bin/sh\necho run >> runs\nseq 1 100000\nread line < gate\nseq 100001 200000");
  (void)!::system(("mkdir -p " + workspace_ + " && mkfifo " + workspace_ + "/gate").c_str());
  ASSERT_TRUE(connection_->start(task));
  auto& seen = seen_.tasks["t1"];
  until([&] { return seen.log.size() > 1000; });
  vanish();
  // While nobody listens it goes on to its end.
  proc::Fd gate(::open((workspace_ + "/gate").c_str(), O_RDWR | O_CLOEXEC));
  (void)!::write(gate.get(), "go\n", 3);
  options_.epoch = 2;
  connect();
  EXPECT_EQ(connection_->instance(), instance);
  ASSERT_TRUE(connection_->resume({"t1", instance, seen.log.size(), 0}));
  until([&] { return seen.exit.has_value(); });
  EXPECT_FALSE(seen.has_gap);
  EXPECT_EQ(seen.log.size(), 1'288'895U);
  EXPECT_EQ(text_of(workspace_ + "/runs"), "run\n");
  // The same token again attaches, and starts nothing.
  connection_->forget("t1");
  vanish();
  connect();
  ASSERT_TRUE(connection_->resume({"t1", instance, 0, 0}));
  until([&] { return seen.resumed == TaskState::unknown; });
}

TEST_P(EitherWay, StartsATokenOnceEvenIfItIsOrderedAgain) {
  connect();
  run("t1", "echo run >> runs");
  vanish();
  seen_.tasks.clear();
  connect();
  auto& seen = run("t1", "echo run >> runs");
  EXPECT_EQ(seen.log, "+ echo run\n");
  EXPECT_EQ(seen.exit->code, 0);
  EXPECT_EQ(text_of(workspace_ + "/runs"), "run\n");
}

TEST_P(EitherWay, RefusesAnOlderEpochAndHidesTasksFromOtherOwners) {
  options_.epoch = 5;
  connect();
  run("t1", "true");
  const auto instance = connection_->instance();
  auto older = options_;
  older.epoch = 4;
  Recorder old_seen;
  auto old = start_local_agent(older, old_seen);
  ASSERT_TRUE(old);
  std::swap(connection_, *old);
  until([&] { return old_seen.gone.has_value(); });
  EXPECT_EQ(old_seen.gone->kind, ErrorKind::conflict);
  std::swap(connection_, *old);
  EXPECT_FALSE(seen_.gone);

  auto stranger = options_;
  stranger.owner = "run-2";
  Recorder other_seen;
  auto other = start_local_agent(stranger, other_seen);
  ASSERT_TRUE(other);
  std::swap(connection_, *other);
  ASSERT_TRUE(connection_->resume({"t1", instance, 0, 0}));
  until([&] { return other_seen.tasks["t1"].resumed == TaskState::unknown; });
  std::swap(connection_, *other);
}

TEST_P(EitherWay, ANewerConnectionOfTheSameOwnerTakesOver) {
  connect();
  auto newer = options_;
  newer.epoch = 2;
  Recorder new_seen;
  auto made = start_local_agent(newer, new_seen);
  ASSERT_TRUE(made);
  until([&] { return seen_.gone.has_value(); });
  EXPECT_EQ(seen_.gone->kind, ErrorKind::conflict);
  EXPECT_FALSE(connection_->start(spec("t9", "true")));
  connection_ = std::move(*made);
  until([&] { return !new_seen.instances.empty(); });
}

TEST_F(Agent, EndsTasksOfAServerThatNeverComesBack) {
  options_.shim_arguments = {"--abandon-after=0.2"};
  connect();
  ASSERT_TRUE(connection_->start(spec("t1", "#!/bin/sh\necho $$\nexec tail -f /dev/null")));
  auto& seen = seen_.tasks["t1"];
  until([&] { return !seen.log.empty(); });
  const auto shell = *proc::identify(std::stol(seen.log));
  const auto shim = *shim_identity();
  vanish();
  EXPECT_TRUE(ends(shim));
  EXPECT_FALSE(proc::is_alive(shell));
}

TEST_F(Agent, WaitsForNobodyOnceItsFolderIsGone) {
  connect();
  ASSERT_TRUE(connection_->start(spec("t1", "#!/bin/sh\necho $$\nexec tail -f /dev/null")));
  auto& seen = seen_.tasks["t1"];
  until([&] { return !seen.log.empty(); });
  const auto shell = *proc::identify(std::stol(seen.log));
  const auto shim = *shim_identity();
  vanish();
  EXPECT_TRUE(proc::is_alive(shim));
  std::filesystem::remove_all(options_.state_dir);
  EXPECT_TRUE(ends(shim));
  EXPECT_FALSE(proc::is_alive(shell));
}

// --- crashes -------------------------------------------------------------------------------------------------------

/// Through the process that a server elsewhere would speak to, instead of being the link ourselves.
class AgentByLink : public Agent {
 protected:
  void SetUp() override {
    Agent::SetUp();
    options_.through_link_process = true;
  }
};

class LinkKilled : public AgentByLink, public testing::WithParamInterface<const char*> {};

TEST_P(LinkKilled, NothingIsLostDoubledOrRunTwice) {
  options_.shim_arguments = {std::string("--test-fault-link=") + GetParam()};
  connect();
  // Three tasks in a row and one beside them, so that every point is passed by a first, a later and a parallel one.
  ASSERT_TRUE(connection_->start(spec("beside", "#!/bin/sh\necho run >> runs-beside\nseq 1 50000\n")));
  for (int i = 0; i < 3; ++i) {
    const std::string token = "t" + std::to_string(i);
    auto& seen = run(token, "#!/bin/sh\necho run >> runs-" + token + "\necho some; seq 1 10000; exit 7");
    ASSERT_TRUE(seen.exit) << (seen.lost ? seen.lost->text() : "");
    EXPECT_EQ(seen.exit->code, 7);
    EXPECT_EQ(seen.exits, 1);
    EXPECT_FALSE(seen.has_gap);
    EXPECT_EQ(seen.log.size(), 48'899U);
    EXPECT_EQ(text_of(workspace_ + "/runs-" + token), "run\n");
    connection_->ack(token, Stream::log, seen.log.size());
    connection_->forget(token);
  }
  auto& beside = seen_.tasks["beside"];
  until([&] { return beside.exit.has_value(); });
  EXPECT_EQ(beside.log.size(), 288'894U);
  EXPECT_FALSE(beside.has_gap);
  EXPECT_EQ(text_of(workspace_ + "/runs-beside"), "run\n");
  // It was killed, before or after it had greeted us, and replaced under the same shim.
  until([&] { return is_link_replaced(); });
  EXPECT_EQ(seen_.instances.front(), seen_.instances.back());
  connection_->forget("beside");
}
INSTANTIATE_TEST_SUITE_P(Points, LinkKilled,
                         testing::Values("prepared:1", "prepared:3", "handed-over:1", "handed-over:2", "started:1",
                                         "started:3", "output:1", "output:2", "output:4", "ended:1", "ended:2",
                                         "exit:1", "exit:3", "forget:1", "forget:2", "round:2", "round:3", "round:4",
                                         "round:5", "round:6", "round:7", "round:8", "round:9", "round:10"),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name) c = c == ':' || c == '-' ? '_' : c;
                           return name;
                         });

TEST_F(AgentByLink, ALinkKilledFromOutsideIsReplacedWhileAShellRuns) {
  connect();
  (void)!::system(("mkdir -p " + workspace_ + " && mkfifo " + workspace_ + "/gate").c_str());
  ASSERT_TRUE(connection_->start(spec("t1", "#!/bin/sh\necho a; read x < gate; echo b; read x < gate; echo c")));
  proc::Fd gate(::open((workspace_ + "/gate").c_str(), O_RDWR | O_CLOEXEC));
  auto& seen = seen_.tasks["t1"];
  for (const char* wanted : {"a\n", "a\nb\n"}) {
    until([&] { return seen.log == wanted; });
    const auto readies = seen_.instances.size();
    ::kill(static_cast<pid_t>(link_pid()), SIGKILL);
    until([&] { return seen_.instances.size() > readies; });
    (void)!::write(gate.get(), "go\n", 3);
  }
  until([&] { return seen.exit.has_value(); });
  EXPECT_EQ(seen.log, "a\nb\nc\n");
}

class ShimKilled : public Agent, public testing::WithParamInterface<const char*> {};

TEST_P(ShimKilled, TheTaskIsLostOrDeliveredAndNeverRunAgain) {
  options_.shim_arguments = {std::string("--test-fault-shim=") + GetParam()};
  connect();
  options_.shim_arguments.clear();
  auto& seen = run("t1", "#!/bin/sh\necho run >> runs\necho output");
  ASSERT_TRUE(seen.lost || seen.exit);
  if (std::string_view(GetParam()) == "after-end:1") {
    // Its end was on record: the next shim delivers it.
    ASSERT_TRUE(seen.exit);
    EXPECT_EQ(seen.log, "output\n");
  } else {
    ASSERT_TRUE(seen.lost);
  }
  EXPECT_EQ(seen_.instances.size(), 2U);
  EXPECT_NE(seen_.instances.front(), seen_.instances.back());
  connection_->forget("t1");
  run("t2", "true");
  const auto runs = text_of(workspace_ + "/runs");
  EXPECT_TRUE(runs == "run\n" || runs.empty()) << runs;
}
INSTANTIATE_TEST_SUITE_P(Points, ShimKilled, testing::Values("spawned:1", "before-end:1", "after-end:1"),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name) c = c == ':' || c == '-' ? '_' : c;
                           return name;
                         });

TEST_P(EitherWay, AShimKilledWithARunningShellEndsItAndReportsLost) {
  connect();
  ASSERT_TRUE(connection_->start(spec("t1", "#!/bin/sh\necho $$\nexec tail -f /dev/null")));
  auto& seen = seen_.tasks["t1"];
  until([&] { return !seen.log.empty(); });
  const auto shell = *proc::identify(std::stol(seen.log));
  const auto instance = connection_->instance();
  ::kill(static_cast<pid_t>(shim_identity()->pid), SIGKILL);
  until([&] { return seen.lost.has_value(); });
  EXPECT_NE(seen.lost->message.find("killed"), std::string::npos);
  EXPECT_FALSE(proc::is_alive(shell));
  EXPECT_NE(connection_->instance(), instance);
  // A server that comes later and asks the new instance hears the same; a token it never heard of too.
  vanish();
  connect();
  ASSERT_TRUE(connection_->resume({"t1", instance, 0, 0}));
  ASSERT_TRUE(connection_->resume({"t-never", instance, 0, 0}));
  ASSERT_TRUE(connection_->resume({"t-new", connection_->instance(), 0, 0}));
  until([&] { return seen_.tasks["t-new"].resumed.has_value(); });
  EXPECT_EQ(seen.resumed, TaskState::lost);
  EXPECT_EQ(seen_.tasks["t-never"].resumed, TaskState::lost);
  EXPECT_EQ(seen_.tasks["t-new"].resumed, TaskState::unknown);
}

TEST_F(Agent, TwoServersAtOnceShareOneShim) {
  auto other_options = options_;
  other_options.owner = "run-2";
  Recorder other_seen;
  auto first = start_local_agent(options_, seen_);
  auto second = start_local_agent(other_options, other_seen);
  ASSERT_TRUE(first && second);
  connection_ = std::move(*first);
  until([&] { return !seen_.instances.empty(); });
  std::swap(connection_, *second);
  until([&] { return !other_seen.instances.empty(); });
  EXPECT_EQ(seen_.instances[0], other_seen.instances[0]);
  std::swap(connection_, *second);
}

TEST(FindAgentBinary, NamesWhereItLooked) {
  auto found = find_agent_binary();
  if (!found) EXPECT_NE(found.error().message.find("windlass-agent: looked for"), std::string::npos);
}

}  // namespace
}  // namespace windlass::nodes
