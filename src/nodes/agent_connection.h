// The server's end of one agent: starts tasks, receives their output and exit codes, survives the death of the link.
//
// It is not a scheduler and it journals nothing: whoever calls decides what is durable when. The invariants it keeps:
// output of a task arrives gapless and in order per stream, each byte once; the exit comes after the last byte; a task
// is started at most once per token; "unknown" is believed only from the agent instance that the caller expects, from
// every other instance it becomes "lost". The link may die at any time: the connection is made again inside pump() and
// each open task goes on from the last offset received; the caller sees nothing of it.
// An interface: whoever speaks to agents is given start_local_agent() or another way to reach them.
// One thread: all calls and all callbacks. Nothing blocks except start_local_agent() (a few ms).
// Source: docs/formats/agent.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "proc/fd.h"

namespace windlass::nodes {

enum class Stream : std::uint8_t {
  log = 0,  ///< stdout and stderr in the order of writing; stderr alone where stdout is captured
  out = 1,  ///< stdout of a task with capture_stdout
};

enum class TaskMode : std::uint8_t {
  script,  ///< `script` is written to control_dir/script.sh and run by `sh -xe`, or by its own `#!` line
  argv,    ///< `argv` is executed directly; the first word is looked up in the PATH of `env`
};

enum class TaskState : std::uint8_t {
  unknown,  ///< the expected instance never saw this token: a start is allowed
  running,  ///< output and exit will follow by themselves
  ended,    ///< the rest of the output and the exit will follow by themselves
  lost,     ///< the shim that had it is dead: an agent error, never to be started again
};

/// One thing to run. All paths are absolute.
struct TaskSpec {
  std::string token;  ///< 1..128 of [A-Za-z0-9._-], unique for ever; the same token is never started twice
  TaskMode mode = TaskMode::script;
  std::string script;  ///< mode script: the text as given by the user
  std::vector<std::string>
      argv;                 ///< mode argv: the command; mode script: words put before the interpreter (docker exec …)
  std::string control_dir;  ///< mode script: WORKSPACE@tmp/durable-xxxxxxxx; made by the agent, removed by forget()
  std::string cwd;          ///< made if it is not there
  std::vector<std::pair<std::string, std::string>> env;  ///< exactly this, plus JENKINS_NODE_COOKIE when cookie is set
  /// `env` goes on top of what the agent itself was given (a container's), as far as it lends that.
  bool inherit_env = false;
  std::string cookie;           ///< marks the whole process tree for kill_by_cookie(); may be empty
  bool capture_stdout = false;  ///< stdout to Stream::out, stderr to Stream::log
};

/// What a restarted caller knows of a task from its journal.
struct TaskResume {
  std::string token;
  std::string instance;          ///< AgentConnection::instance() when the task was about to be started
  std::uint64_t log_offset = 0;  ///< bytes of Stream::log that are stored durably
  std::uint64_t out_offset = 0;  ///< bytes of Stream::out that are stored durably
};

struct TaskExit {
  int code = 0;                          ///< exit code as a shell would say it: 128+n after signal n
  int signal = 0;                        ///< n, or 0 when it exited by itself
  std::chrono::milliseconds elapsed{0};  ///< by the agent's own monotonic clock, start to end
  std::uint64_t log_bytes = 0;           ///< totals: all of them have been delivered before
  std::uint64_t out_bytes = 0;
};

/// What the agent tells. Called only from inside AgentConnection::pump(), on the same thread. A callback may call the
/// connection's methods, but must not destroy it. Views live for the call only.
class AgentEvents {
 public:
  virtual ~AgentEvents() = default;

  /// The agent has answered: at first, and again whenever a link was replaced. `instance` differs from the one before
  /// only if the shim itself was replaced; on_lost() follows for each task of the old one.
  virtual void on_ready(std::string_view instance) = 0;
  /// What an agent in a container was given, "K=V" each; after each on_ready() of such an agent.
  virtual void on_surroundings(const std::vector<std::string>& environment) { static_cast<void>(environment); }
  /// How much memory the agent's container has used at most (bytes; no limit: 0), and how many of its processes the
  /// kernel has ended for that.
  virtual void on_memory(std::uint64_t peak, std::uint64_t limit, std::uint64_t kills) {
    static_cast<void>(peak), static_cast<void>(limit), static_cast<void>(kills);
  }
  /// The process runs. Repeated after a reconnect at most once per link.
  virtual void on_started(std::string_view token, std::int64_t pid) = 0;
  /// Bytes at `offset`; the next call for this stream continues at offset + bytes.size().
  virtual void on_output(std::string_view token, Stream stream, std::uint64_t offset, std::string_view bytes) = 0;
  /// The task ended; no more output comes. The agent keeps everything until forget().
  virtual void on_exit(std::string_view token, const TaskExit& exit) = 0;
  /// Nothing was started and nothing will be: one sentence for the log (no /bin/sh, cwd cannot be made …).
  virtual void on_start_failed(std::string_view token, const Error& why) = 0;
  /// The answer to resume(). For `unknown` the caller may now start() the same token; for `lost` it must not.
  virtual void on_resumed(std::string_view token, TaskState state) = 0;
  /// A task that was running or being started is gone with its shim. Final: nothing more is said about this token.
  virtual void on_lost(std::string_view token, const Error& why) = 0;
  /// The processes of kill_by_cookie() are gone; `killed` of them had to be ended.
  virtual void on_cookie_killed(std::string_view cookie, std::uint32_t killed) = 0;
  /// No agent answers (its shim is dead and no other listens), or it refuses us (a newer owner epoch has it). Tasks
  /// that are open are reported by on_lost() first, except when `why.kind` is conflict: then they go on without us.
  virtual void on_gone(const Error& why) = 0;
};

struct LocalAgentOptions {
  std::string state_dir;     ///< made (0700) if missing; one shim per folder
  std::string agent_binary;  ///< empty: find_agent_binary()
  std::string owner;         ///< who we are: run uid or store id; tasks belong to an owner and are seen by it only
  std::uint64_t epoch = 1;   ///< of this owner; an agent that has seen a greater one refuses us (conflict)
  /// Speak to the link process of that agent instead of being the link ourselves: as a server elsewhere would. Two more
  /// process switches each way; nothing else differs.
  bool through_link_process = false;
  std::string link_fault;                   ///< crash tests only: where the link inside this process dies
  std::vector<std::string> shim_arguments;  ///< further flags for a shim that is started: --abandon-after=SECONDS …
  /// The shim ends this long after the last goodbye() once all tasks are forgotten; zero: it stays.
  std::chrono::seconds exit_when_idle{0};
};

class AgentConnection {
 public:
  AgentConnection() = default;
  virtual ~AgentConnection() = default;
  AgentConnection(const AgentConnection&) = delete;
  AgentConnection& operator=(const AgentConnection&) = delete;

  /// Waits for readability of this one descriptor (level or edge triggered; an epoll descriptor inside), then pump().
  /// It never changes during the life of the object.
  [[nodiscard]] virtual int fd() const = 0;

  /// Does what can be done without waiting: reads, calls back, writes what was pending, reconnects after a dead link.
  virtual void pump() = 0;

  /// The instance id of the living shim (32 hex digits); empty before the first on_ready(). Journal it before start().
  [[nodiscard]] virtual const std::string& instance() const = 0;

  /// Sends the start at once. Answers: on_started or on_start_failed, then on_output…, on_exit; or on_lost. Starting a
  /// token that the agent knows attaches to it instead. May be called before on_ready(). Errors: invalid (token,
  /// sizes).
  [[nodiscard]] virtual Result<> start(const TaskSpec& spec) = 0;

  /// Attaches to a task of an earlier life of the caller: on_resumed(), then output from the offsets on, and the exit.
  [[nodiscard]] virtual Result<> resume(const TaskResume& task) = 0;

  /// Says that all bytes before `offset` are stored. Output stops at 4 MiB unacknowledged per stream; small outputs
  /// need no ack() of their own: forget() acknowledges everything.
  virtual void ack(std::string_view token, Stream stream, std::uint64_t offset) = 0;

  /// Ends the whole process tree of a task: SIGTERM, after `grace` SIGKILL. on_exit() comes as always. Idempotent;
  /// a later call with a shorter grace hastens it, `grace` zero kills at once.
  virtual void stop(std::string_view token, std::chrono::milliseconds grace) = 0;

  /// The result is stored: the agent removes output and control folder. No callbacks for this token any more.
  virtual void forget(std::string_view token) = 0;

  /// End of a node block: ends every process that carries JENKINS_NODE_COOKIE=cookie, then on_cookie_killed().
  virtual void kill_by_cookie(std::string_view cookie, std::chrono::milliseconds grace) = 0;

  /// The run is over: whatever is left of this owner is ended and forgotten, and an idle shim may end (exit_when_idle).
  /// Not for a caller that means to come back: that one just goes away. Written out before it returns, if possible.
  virtual void goodbye() = 0;

  /// For a leaving process: true once all that was sent has been handed to the kernel.
  [[nodiscard]] virtual bool is_flushed() const = 0;
};

/// Connects to the agent of a state folder; where none lives, starts one in its own session that survives this process.
/// `events` must outlive the result. Errors: not_found (no agent binary), unavailable (folder or socket cannot be
/// made). Takes one fork+exec at most and does not wait for the agent to come up: on_ready() tells.
[[nodiscard]] Result<std::unique_ptr<AgentConnection>> start_local_agent(const LocalAgentOptions& options,
                                                                         AgentEvents& events);

/// How an agent is reached: start_local_agent(), or a simulated one.
using ConnectAgent =
    std::function<Result<std::unique_ptr<AgentConnection>>(const LocalAgentOptions& options, AgentEvents& events)>;

/// How the link of an agent elsewhere is reached: a connected, non-blocking stream socket. Called again whenever the
/// one before has ended. Errors: the agent is gone for good, and why.
using ReachAgent = std::function<Result<proc::Fd>()>;
struct RemoteAgentOptions {
  std::string name;  ///< for messages
  ReachAgent reach;
  std::string owner;
  std::uint64_t epoch = 1;
};
/// Speaks to an agent elsewhere. While it cannot be reached nothing happens; nothing is started here.
/// Errors: as `reach`, invalid (no owner).
[[nodiscard]] Result<std::unique_ptr<AgentConnection>> call_agent(RemoteAgentOptions options, AgentEvents& events);

/// windlass-agent beside this executable, or in ../libexec/windlass. Errors: not_found, naming where it was looked for.
[[nodiscard]] Result<std::string> find_agent_binary();

}  // namespace windlass::nodes
