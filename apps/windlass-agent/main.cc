// windlass-agent: the two processes of an agent in one small binary.
//
//   windlass-agent shim --state=DIR [--exit-when-idle=SECONDS] [--abandon-after=SECONDS]
//   [--abandon-aborted-after=SECONDS]
//   windlass-agent pod                 the shim as process 1 of a container; the environment says which
//   windlass-agent install|deliver|delivered FOLDER    how it gets into a pod (agent/install.h)
//   windlass-agent link …, dial …      started by the shim only
#include <charconv>
#include <chrono>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "agent/dialer.h"
#include "agent/install.h"
#include "agent/link.h"
#include "agent/shim.h"
#include "agent/shim_tags.h"
#include "agentproto/channels.h"
#include "proc/private_memory.h"

namespace {

using windlass::agent::kSecond;

/// Where the agents of a pod's containers have their folders.
constexpr std::string_view kCommonFolder = "/windlass/run";

constexpr std::string_view kUsage =
    "usage: windlass-agent shim --state=DIR [--exit-when-idle=SECONDS] [--abandon-after=SECONDS]\n"
    "                           [--abandon-aborted-after=SECONDS]\n"
    "       windlass-agent pod [--detach] [--container=NAME]     in a container: JENKINS_URL, JENKINS_AGENT_NAME,\n"
    "                                                            JENKINS_SECRET, WINDLASS_CONTAINER say which\n"
    "       windlass-agent install FOLDER                        copies itself there\n"
    "       windlass-agent deliver FOLDER                        the same, and stays until the pod ends\n"
    "       windlass-agent delivered FOLDER                      waits until another process has done it\n"
    "       windlass-agent --version\n";

int usage(std::string_view complaint) {
  const std::string text = "windlass-agent: " + std::string(complaint) + "\n" + std::string(kUsage);
  (void)!::write(2, text.data(), text.size());
  return 64;
}

bool take(std::string_view argument, std::string_view name, std::string_view& value) {
  if (!argument.starts_with(name) || argument.size() <= name.size() || argument[name.size()] != '=') return false;
  value = argument.substr(name.size() + 1);
  return true;
}

/// Seconds, with decimals if wanted; false if it is no number.
bool parse_seconds(std::string_view text, windlass::agent::Micros& out) {
  double seconds = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || seconds < 0 || seconds > 1e9) return false;
  out = static_cast<windlass::agent::Micros>(seconds * static_cast<double>(kSecond));
  return true;
}

windlass::proc::Fd inherited(std::string_view text) {
  int fd = -1;
  std::from_chars(text.data(), text.data() + text.size(), fd);
  if (fd >= 0) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  return windlass::proc::Fd(fd);
}

/// Our own path, absolute: the link is started from it, even after a chdir or when argv[0] was relative.
std::string own_path(const char* argv0) {
  char path[4096];
  const auto size = ::readlink("/proc/self/exe", path, sizeof path);
  if (size > 0) return std::string(path, static_cast<std::size_t>(size));
  return argv0 != nullptr ? argv0 : "";
}

int run_shim(int argc, char** argv) {
  windlass::agent::ShimOptions options;
  options.program = own_path(argv[0]);
  for (int i = 2; i < argc; ++i) {
    const std::string_view argument = argv[i];
    std::string_view value;
    bool is_fine = true;
    if (take(argument, "--state", value)) {
      options.state_dir = value;
    } else if (argument == "--state" && i + 1 < argc) {
      options.state_dir = argv[++i];
    } else if (take(argument, "--exit-when-idle", value)) {
      is_fine = parse_seconds(value, options.exit_when_idle);
    } else if (take(argument, "--abandon-after", value)) {
      is_fine = parse_seconds(value, options.abandon_after);
    } else if (take(argument, "--abandon-aborted-after", value)) {
      is_fine = parse_seconds(value, options.abandon_aborted_after);
    } else if (take(argument, "--lock-fd", value)) {
      options.lock = inherited(value);
    } else if (take(argument, "--listen-fd", value)) {
      options.listener = inherited(value);
    } else if (take(argument, "--direct-fd", value)) {
      options.direct_listener = inherited(value);
    } else if (take(argument, "--test-fault-shim", value)) {
      options.shim_fault = value;
    } else if (take(argument, "--test-fault-link", value)) {
      options.link_fault = value;
    } else {
      is_fine = false;
    }
    if (!is_fine) return usage("cannot use the argument " + std::string(argument));
  }
  if (options.state_dir.empty()) return usage("--state=DIR is needed");
  if (options.state_dir.front() != '/') {
    char here[4096];
    if (::getcwd(here, sizeof here) != nullptr) options.state_dir = std::string(here) + "/" + options.state_dir;
  }
  // Nobody's folder stays in use because of us.
  (void)!::chdir("/");
  windlass::agent::Shim shim(std::move(options));
  return shim.run();
}

/// The container's environment without what is ours alone. The secret is wiped where it stands, so that
/// /proc/PID/environ does not show it to the build.
struct PodEnvironment {
  std::vector<std::string> lent;
  std::string url, name, pod, secret, container, authorities;
};
PodEnvironment take_environment() {
  PodEnvironment out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = text.substr(0, equals);
    const auto value = text.substr(equals + 1);
    if (name == "JENKINS_SECRET") {
      out.secret = value;
      ::explicit_bzero(*entry + equals + 1, value.size());
      continue;
    }
    if (name == "JENKINS_URL") out.url = value;
    if (name == "JENKINS_AGENT_NAME") out.name = value;
    if (name == "WINDLASS_CA") {
      out.authorities = value;
      continue;
    }
    if (name == "WINDLASS_POD_UID") {
      out.pod = value;
      continue;
    }
    if (name == "WINDLASS_CONTAINER") {
      out.container = value;
      continue;
    }
    out.lent.emplace_back(text);
  }
  return out;
}

/// Process 1 of a container of a pod, or (--detach) a process beside the container's own.
int run_pod(int argc, char** argv) {
  auto surroundings = take_environment();
  std::string folder(kCommonFolder);
  bool detach = false;
  for (int i = 2; i < argc; ++i) {
    const std::string_view argument = argv[i];
    std::string_view value;
    if (argument == "--detach") {
      detach = true;
    } else if (take(argument, "--container", value)) {
      surroundings.container = value;
    } else if (take(argument, "--run", value)) {
      folder = value;
    } else {
      return usage("cannot use the argument " + std::string(argument));
    }
  }
  if (!windlass::agentproto::is_container_name(surroundings.container)) {
    return usage("WINDLASS_CONTAINER must name the container");
  }
  windlass::agent::ShimOptions options;
  options.program = own_path(argv[0]);
  options.state_dir = folder + "/" + surroundings.container;
  options.is_open_to_pod = true;
  // A variable of its own, so that "lends an environment" holds where the container has none.
  options.environment = std::move(surroundings.lent);
  options.environment.push_back("WINDLASS_AGENT=" + options.program);
  if (!surroundings.secret.empty()) {
    if (surroundings.url.empty() || surroundings.name.empty()) {
      return usage("JENKINS_SECRET is set, JENKINS_URL and JENKINS_AGENT_NAME must be too");
    }
    options.dial = {.url = std::move(surroundings.url),
                    .name = std::move(surroundings.name),
                    .pod = std::move(surroundings.pod),
                    .secret = std::move(surroundings.secret),
                    .authorities = std::move(surroundings.authorities),
                    .others = folder};
  }
  if (::mkdir(folder.c_str(), 01777) == 0) ::chmod(folder.c_str(), 01777);
  (void)!::chdir("/");
  if (detach) {
    const auto child = ::fork();
    if (child < 0) return usage("cannot start a process beside this one");
    if (child > 0) return 0;
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; ++fd) ::dup2(null, fd);
  }
  windlass::agent::Shim shim(std::move(options));
  return shim.run();
}

/// Puts this program and those beside it that belong to it into a folder of the pod; or waits for whoever does.
int run_install(int argc, char** argv) {
  constexpr std::chrono::seconds kDeliveryLimit{60};
  const std::string_view command = argv[1];
  if (argc != 3 || argv[2][0] != '/') return usage(std::string(command) + " needs the folder, an absolute path");
  const std::string target = argv[2];
  windlass::Result<> done;
  if (command == "delivered") {
    done = windlass::agent::await_programs(target, kDeliveryLimit);
  } else {
    if (command == "deliver") windlass::agent::block_end_signals();
    done = windlass::agent::install_programs(own_path(argv[0]), target);
    if (done && command == "deliver") done = windlass::agent::await_end(std::string(kCommonFolder));
  }
  if (done) return 0;
  const std::string text = "windlass-agent: " + done.error().text() + "\n";
  (void)!::write(2, text.data(), text.size());
  return 1;
}

int run_dial(int argc, char** argv) {
  windlass::agent::DialerOptions options;
  options.secret = windlass::proc::Fd(windlass::agent::kDialerSecretFd);
  options.keeps = windlass::proc::Fd(windlass::agent::kDialerKeepFd);
  if (const char* authorities = ::getenv("WINDLASS_CA"); authorities != nullptr) options.authorities = authorities;
  for (int i = 2; i < argc; ++i) {
    std::string_view value;
    if (take(argv[i], "--state", value)) options.own_folder = value;
    if (take(argv[i], "--url", value)) options.url = value;
    if (take(argv[i], "--name", value)) options.name = value;
    if (take(argv[i], "--pod", value)) options.pod = value;
    if (take(argv[i], "--others", value)) options.other_folder = value;
  }
  windlass::agent::Dialer dialer(std::move(options));
  return dialer.run();
}

int run_link(int argc, char** argv) {
  windlass::agent::LinkOptions options;
  options.shim_fd = windlass::agent::kLinkShimFd;
  options.listen_fd = windlass::agent::kLinkListenFd;
  for (int i = 2; i < argc; ++i) {
    std::string_view value;
    if (take(argv[i], "--state", value)) options.state_dir = value;
    if (take(argv[i], "--test-fault", value)) options.fault = value;
    if (std::string_view(argv[i]) == "--open-to-pod") options.is_open_to_pod = true;
    if (std::string_view(argv[i]) == "--lends-environment") {
      for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry)
        options.environment.emplace_back(*entry);
    }
  }
  windlass::agent::Link link(std::move(options));
  return link.run();
}

}  // namespace

int main(int argc, char** argv) {
  windlass::proc::keep_memory_private();
  // A file that may not grow (ulimit -f) is a disk that is full: no reason to die with the shells of others. They have
  // the signal as ever.
  ::signal(SIGXFSZ, SIG_IGN);
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "shim") return run_shim(argc, argv);
  if (command == "link") return run_link(argc, argv);
  if (command == "pod") return run_pod(argc, argv);
  if (command == "dial") return run_dial(argc, argv);
  if (command == "install" || command == "deliver" || command == "delivered") return run_install(argc, argv);
  if (command == "--version") {
    (void)!::write(1, "windlass-agent 0.1.0\n", 21);
    return 0;
  }
  if (command == "--help" || command == "help") {
    (void)!::write(1, kUsage.data(), kUsage.size());
    return 0;
  }
  return usage(command.empty() ? "a command is needed" : "no such command: " + std::string(command));
}
