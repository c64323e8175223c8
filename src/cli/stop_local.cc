// `windlass stop --local`: ends a run of this machine's state folder, whether a process is at work on it, one died, or
// nobody can go on with it.
#include "cli/stop_local.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <unistd.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/plain_view.h"
#include "cli/state.h"
#include "cli/terminal_text.h"
#include "engine/give_up.h"
#include "engine/local_run.h"

namespace windlass::cli {

namespace {

using State = journal::RunInfo::State;

std::int64_t now_millis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int told(const Invocation& in, const journal::RunInfo& run, const std::string& result) {
  print(say(in.language, {"{} ended {}", "{} 已结束，结果为 {}"}, {run.id(), result}) + "\n");
  return kExitSuccess;
}

}  // namespace

int stop_local(const Invocation& in, const std::string& id, const std::string& folder, bool force) {
  auto state = open_state(in, folder);
  if (!state) return complain_of("stop", state.error(), in.language);
  auto run = find_stored_run(**state, id, in.language);
  if (!run) return complain_of("stop", run.error(), in.language);
  if (run->end) {
    std::fprintf(stderr, "%s\n",
                 say(in.language, {"stop: {} has ended already", "stop：{} 已经结束"}, {run->id()}).c_str());
    return kExitSuccess;
  }
  if (run->state == State::running && run->of_server) {
    // Its process is not told as by Ctrl-C: it would end the server, not the run.
    return complain(
        say(in.language,
            {"stop: {} belongs to the server of process {}; stop it there: windlass stop PROJECT/PIPELINE#N",
             "stop：{} 属于进程 {} 的服务器；请在服务器上停止：windlass stop 项目/流水线#编号"},
            {run->id(), std::to_string(run->owner_pid)}),
        kExitUsage);
  }
  if (run->state == State::running && run->owner_pid > 0) {
    // As Ctrl-C at its terminal: the second time it does not wait.
    if (::kill(static_cast<pid_t>(run->owner_pid), SIGINT) != 0) {
      return complain_of(
          "stop",
          Error(ErrorKind::unavailable,
                say(in.language, {"process {} cannot be told", "无法通知进程 {}"}, {std::to_string(run->owner_pid)})),
          in.language);
    }
    print(say(in.language, {"{}: process {} was told to end it", "{}：已通知进程 {} 结束它"},
              {run->id(), std::to_string(run->owner_pid)}) +
          "\n");
    return kExitSuccess;
  }
  const auto user =
      in.env("USER").empty() ? (::getuid() == 0 ? std::string("root") : std::to_string(::getuid())) : in.env("USER");
  if (!force && run->state == State::interrupted && run->problem.empty()) {
    // It goes on just to its end: post conditions and `finally` happen.
    PlainView view(print);
    engine::LocalRunHooks hooks;
    hooks.observer = &view;
    hooks.now_millis = now_millis;
    hooks.complain = [](std::string_view text) {
      std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
    };
    hooks.abort_at_start = "Aborted by " + user;
    const auto outermost = engine::outermost_run(**state, *run);
    if (!outermost) return complain_of("stop", outermost.error(), in.language);
    auto ending = engine::run_resume(**state, *outermost, hooks);
    if (ending) return ending->killed ? kExitKilled : kExitSuccess;
    if (ending.error().kind != ErrorKind::conflict) return complain_of("stop", ending.error(), in.language);
    // Its replay disagrees: nobody can go on with it.
  }
  if (auto done = engine::give_up_run(**state, *run, user, {}, now_millis()); !done) {
    return complain_of("stop", done.error(), in.language);
  }
  return told(in, *run, "ABORTED");
}

}  // namespace windlass::cli
