// windlass-agent: the two processes of an agent in one small binary.
//
//   windlass-agent shim --state=DIR [--exit-when-idle=SECONDS] [--abandon-after=SECONDS]
//   [--abandon-aborted-after=SECONDS] windlass-agent link …            started by the shim only
#include <charconv>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <string>
#include <string_view>
#include <unistd.h>

#include "agent/link.h"
#include "agent/shim.h"
#include "agent/shim_tags.h"

namespace {

using windlass::agent::kSecond;

constexpr std::string_view kUsage =
    "usage: windlass-agent shim --state=DIR [--exit-when-idle=SECONDS] [--abandon-after=SECONDS]\n"
    "                           [--abandon-aborted-after=SECONDS]\n"
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

int run_link(int argc, char** argv) {
  windlass::agent::LinkOptions options;
  options.shim_fd = windlass::agent::kLinkShimFd;
  options.listen_fd = windlass::agent::kLinkListenFd;
  for (int i = 2; i < argc; ++i) {
    std::string_view value;
    if (take(argv[i], "--state", value)) options.state_dir = value;
    if (take(argv[i], "--test-fault", value)) options.fault = value;
  }
  windlass::agent::Link link(std::move(options));
  return link.run();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "shim") return run_shim(argc, argv);
  if (command == "link") return run_link(argc, argv);
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
