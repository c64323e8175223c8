#include "nodes/local_agent.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/state_folder.h"
#include "proc/endpoint.h"

namespace windlass::nodes {
namespace {

const char* socket_name(const LocalAgentOptions& options) {
  return options.through_link_process ? agent::kSocketName : agent::kDirectName;
}

Result<LocalEndpoint> start_shim(const LocalAgentOptions& options, const proc::Fd& lock) {
  const std::string& dir = options.state_dir;
  // Without a binary there is no reason to touch the socket.
  std::string binary = options.agent_binary;
  if (binary.empty()) binary = WL_TRY(find_agent_binary());
  const proc::Fd listener = WL_TRY(proc::listen_in(dir, agent::kSocketName));
  const proc::Fd direct = WL_TRY(proc::listen_in(dir, agent::kDirectName));
  const proc::Fd log(::open((dir + "/agent.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!log.is_open()) {
    return fail(ErrorKind::unavailable, {"cannot write {}/agent.log: {}", "无法写入 {}/agent.log：{}"},
                {dir, std::strerror(errno)});
  }
  proc::SpawnOptions spawned;
  spawned.program = binary;
  spawned.argv = {"windlass-agent", "shim", "--state=" + dir, "--lock-fd=3", "--listen-fd=4", "--direct-fd=5"};
  if (options.exit_when_idle.count() > 0) {
    spawned.argv.push_back("--exit-when-idle=" + std::to_string(options.exit_when_idle.count()));
  }
  for (const auto& argument : options.shim_arguments) spawned.argv.push_back(argument);
  spawned.fds = {{log.get(), 2}, {lock.get(), 3}, {listener.get(), 4}, {direct.get(), 5}};
  spawned.new_session = true;
  LocalEndpoint endpoint;
  auto process = proc::spawn(spawned);
  if (!process) return fail(std::move(process.error()).while_doing({"starting the local agent", "启动本地代理"}));
  endpoint.shim = std::move(*process);
  endpoint.is_started = true;
  endpoint.socket = WL_TRY(proc::connect_in(dir, socket_name(options)));
  return endpoint;
}

}  // namespace

Result<LocalEndpoint> reach_local_agent(const LocalAgentOptions& options) {
  const std::string& dir = options.state_dir;
  if (dir.empty() || dir.front() != '/') {
    return fail(ErrorKind::invalid,
                {"the agent's state folder must be an absolute path: {}", "代理的状态目录必须是绝对路径：{}"}, {dir});
  }
  WL_CHECK_OK(proc::ensure_folder(dir, 0700));
  // Whoever holds the lock listens within moments (or is just dying, then the lock becomes free): 2 s at most.
  constexpr int kTries = 1000;
  for (int i = 0;; ++i) {
    if (auto socket = proc::connect_in(dir, socket_name(options))) {
      LocalEndpoint endpoint;
      endpoint.socket = std::move(*socket);
      return endpoint;
    }
    auto lock = WL_TRY(proc::try_lock(dir + "/lock"));
    if (lock) return start_shim(options, *lock);
    if (i == kTries) break;
    const timespec pause{0, 2'000'000};
    ::nanosleep(&pause, nullptr);
  }
  auto owner = proc::read_lock_owner(dir + "/lock");
  return fail(ErrorKind::unavailable,
              {"the agent in {} (process {}) holds its lock but does not answer; end that process and try again",
               "{} 中的代理（进程 {}）持有锁但无响应；请结束该进程后重试"},
              {dir, (owner ? std::to_string(owner->pid) : std::string("unknown"))});
}

Result<std::string> find_agent_binary() {
  char path[4096];
  const auto size = ::readlink("/proc/self/exe", path, sizeof path);
  std::string here(path, size > 0 ? static_cast<std::size_t>(size) : 0);
  here.resize(here.rfind('/') == std::string::npos ? 0 : here.rfind('/'));
  const std::string beside = here + "/windlass-agent";
  const std::string packaged = here + "/../libexec/windlass/windlass-agent";
  for (const auto& candidate : {beside, packaged}) {
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return fail(ErrorKind::not_found,
              {"no windlass-agent: looked for {} and {}; install it beside windlass",
               "找不到 windlass-agent：已查找 {} 与 {}；请将它安装在 windlass 旁边"},
              {beside, packaged});
}

}  // namespace windlass::nodes
