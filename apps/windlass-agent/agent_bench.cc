// What a durable step costs above the bare process: N steps `true` through shim and link, one after the other, each
// forgotten, beside N × posix_spawn of `sh -c true` in the same run. usage: windlass_agent_bench N AGENT_BINARY FOLDER
// [argv|link]
#include <algorithm>
#include <chrono>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "nodes/agent_connection.h"

namespace {

using Clock = std::chrono::steady_clock;
using namespace windlass::nodes;

double since(Clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

double bare(int count, const char* script) {
  const auto begin = Clock::now();
  for (int i = 0; i < count; ++i) {
    const char* shell[] = {"sh", "-c", "true", nullptr};
    const char* file[] = {"sh", "-xe", script, nullptr};
    pid_t pid = 0;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (script != nullptr) posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
    ::posix_spawn(&pid, "/bin/sh", &actions, nullptr, const_cast<char**>(script == nullptr ? shell : file), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::waitpid(pid, nullptr, 0);
  }
  return since(begin) / count;
}

struct Counter : AgentEvents {
  bool is_ready = false, is_ended = false;
  void on_ready(std::string_view) override { is_ready = true; }
  void on_started(std::string_view, std::int64_t) override {}
  void on_output(std::string_view, Stream, std::uint64_t, std::string_view) override {}
  void on_exit(std::string_view, const TaskExit&) override { is_ended = true; }
  void on_start_failed(std::string_view, const windlass::Error& why) override { stop(why); }
  void on_resumed(std::string_view, TaskState) override {}
  void on_lost(std::string_view, const windlass::Error& why) override { stop(why); }
  void on_cookie_killed(std::string_view, std::uint32_t) override {}
  void on_gone(const windlass::Error& why) override { stop(why); }
  static void stop(const windlass::Error& why) {
    ::fprintf(stderr, "%s\n", why.text().c_str());
    ::exit(1);
  }
};

void wait(AgentConnection& connection, const bool& flag) {
  while (!flag) {
    pollfd watched{connection.fd(), POLLIN, 0};
    ::poll(&watched, 1, -1);
    connection.pump();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return ::fprintf(stderr, "usage: windlass_agent_bench N AGENT_BINARY FOLDER [argv|link]\n"), 64;
  const int count = ::atoi(argv[1]);
  const std::string folder = argv[3];
  const std::string_view way = argc > 4 ? argv[4] : "";
  const bool is_argv = way == "argv";  // without a script file, to see what the file costs
  Counter counter;
  LocalAgentOptions options;
  options.state_dir = folder + "/agent";
  options.agent_binary = argv[2];
  options.owner = "bench";
  options.through_link_process = way == "link";
  options.exit_when_idle = std::chrono::seconds(1);
  const auto begin = Clock::now();
  auto connection = start_local_agent(options, counter);
  if (!connection) Counter::stop(connection.error());
  wait(**connection, counter.is_ready);
  ::printf("start of shim and link to Welcome: %.0f us\n", since(begin));

  int number = 0;
  std::vector<double> ratios, ours_all, bare_all, file_all;
  for (int round = 0; round < 5; ++round) {
    const double floor = bare(count, nullptr);
    const auto start = Clock::now();
    for (int i = 0; i < count; ++i) {
      TaskSpec spec;
      spec.token = "bench-" + std::to_string(::getpid()) + "-" + std::to_string(++number);
      spec.script = "true";
      spec.control_dir = folder + "/ws@tmp/durable-" + std::to_string(number);
      spec.cwd = folder + "/ws";
      if (is_argv) {
        spec.mode = TaskMode::argv;
        spec.argv = {"/bin/sh", "-c", "true"};
      }
      for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) spec.env.emplace_back(text.substr(0, equals), text.substr(equals + 1));
      }
      spec.cookie = "bench-cookie";
      counter.is_ended = false;
      if (auto started = (*connection)->start(spec); !started) Counter::stop(started.error());
      wait(**connection, counter.is_ended);
      (*connection)->forget(spec.token);
    }
    const double ours = since(start) / count;
    const std::string script = folder + "/script.sh";
    if (FILE* file = ::fopen(script.c_str(), "w")) {
      ::fputs("true", file);
      ::fclose(file);
    }
    const double from_file = bare(count, script.c_str());
    ::printf(
        "bare sh -c true %.0f us · bare sh -xe script.sh %.0f us · through the agent %.0f us · above bare %.0f us · "
        "ratio %.2f\n",
        floor, from_file, ours, ours - floor, ours / floor);
    ratios.push_back(ours / floor);
  }
  std::sort(ratios.begin(), ratios.end());
  ::printf("median ratio %.2f\n", ratios[ratios.size() / 2]);
  (*connection)->goodbye();
  return 0;
}
