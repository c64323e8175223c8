// The shim's dealings with the dialer, where there is one: started with the shim, and again whenever it dies.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/dialer.h"
#include "agent/install.h"
#include "agent/shim.h"
#include "agent/shim_tags.h"
#include "agent/state_folder.h"
#include "proc/spawn.h"

namespace windlass::agent {

namespace {
constexpr std::size_t kMostKept = 4096;  ///< bytes of a secret that a server gives
}  // namespace

void Shim::start_dialer() {
  dialer_restart_at_ = 0;
  if (options_.dial.url.empty() || dialer_pid_ != 0 || is_stopping_) return;
  char kept[kMostKept];
  const auto count = kept_secret_.is_open() ? ::read(kept_secret_.get(), kept, sizeof kept) : 0;
  if (count > 0) options_.dial.secret.assign(kept, static_cast<std::size_t>(count));
  ::explicit_bzero(kept, sizeof kept);
  // Secrets fit into pipes, so nobody waits.
  int ends[2], kept_ends[2];
  const auto& secret = options_.dial.secret;
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    dialer_restart_at_ = now() + kSecond;
    return;
  }
  const proc::Fd theirs(ends[0]);
  proc::Fd ours(ends[1]);
  if (::pipe2(kept_ends, O_CLOEXEC) != 0) {
    dialer_restart_at_ = now() + kSecond;
    return;
  }
  kept_secret_ = proc::Fd(kept_ends[0]);
  const proc::Fd keeps(kept_ends[1]);
  ::fcntl(kept_secret_.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  if (::write(ours.get(), secret.data(), secret.size()) != static_cast<ssize_t>(secret.size())) {
    complain(options_.state_dir, "the agent's secret is longer than a pipe takes");
    return;
  }
  ours.reset();
  proc::SpawnOptions spawned;
  spawned.program = ::access(options_.program.c_str(), X_OK) == 0 ? options_.program : "/proc/self/exe";
  spawned.argv = {"windlass-agent",
                  "dial",
                  "--state=" + options_.state_dir,
                  "--url=" + options_.dial.url,
                  "--name=" + options_.dial.name,
                  "--pod=" + options_.dial.pod,
                  "--others=" + options_.dial.others};
  if (!options_.dial.authorities.empty()) spawned.env = {"WINDLASS_CA=" + options_.dial.authorities};
  spawned.fds = {{2, 2}, {theirs.get(), kDialerSecretFd}, {keeps.get(), kDialerKeepFd}};
  spawned.new_session = true;
  auto pid = proc::spawn_pid(spawned);
  if (!pid) {
    complain(options_.state_dir, pid.error().text());
    dialer_restart_at_ = now() + kSecond;
    return;
  }
  dialer_pid_ = *pid;
}

void Shim::on_dialer_ended(int wait_status) {
  dialer_pid_ = 0;
  // The pod is being deleted, or has been taken for lost: a container that ends by itself is gone before its kubelet
  // comes to it, which may take more than a minute where the pod was short.
  if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == kGivenUp) {
    mark_given_up(options_.dial.others);
    return begin_to_end();
  }
  dialer_restart_at_ = now() + kSecond / 10;
}

}  // namespace windlass::agent
