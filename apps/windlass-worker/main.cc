// windlass-worker: performs the file effects of a run in its pod, started by the agent there.
//
//   windlass-worker perform FILE      FILE: a script whose first line names this program; the rest is the request
//   windlass-worker perform-at FILE   the rest is the path of the request
//   windlass-worker put FILE          the rest is pieces of files
//
// The result goes to standard output, the step's log to standard error; docs/formats/worker.md.
#include <atomic>
#include <fcntl.h>
#include <signal.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include "files/root.h"
#include "proc/private_memory.h"
#include "steps/remote_effect.h"
#include "worker/output.h"
#include "worker/perform.h"

namespace {

std::atomic<bool> cancelled{false};

void on_signal(int) { cancelled.store(true, std::memory_order_relaxed); }

int complain(const std::string& text) {
  static_cast<void>(windlass::worker::write_whole(2, "windlass-worker: " + text + "\n"));
  return 64;
}

constexpr std::uint64_t kMostRequest = 1ULL << 30U;

windlass::Result<std::string> read_file(const std::string& path) {
  const auto root = WL_TRY(windlass::files::Root::absolute("."));
  return root.read(path, kMostRequest);
}

/// What follows the first line of a script.
std::string_view document_of(std::string_view script) {
  if (!script.starts_with("#!")) return script;
  const auto end = script.find('\n');
  return end == std::string_view::npos ? std::string_view() : script.substr(end + 1);
}

void catch_signals() {
  // Only a flag, and no restart: what waits for a program notices.
  struct sigaction action = {};
  action.sa_handler = on_signal;
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::sigaction(number, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

int main(int argc, char** argv) {
  windlass::proc::keep_memory_private();
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "--version") {
    const auto text =
        "windlass-worker " WINDLASS_VERSION " (protocol " + std::to_string(windlass::steps::kWorkerVersion) + ")\n";
    return windlass::worker::write_whole(1, text) ? 0 : 1;
  }
  if (argc != 3 || (command != "perform" && command != "perform-at" && command != "put")) {
    return complain("usage: windlass-worker perform|perform-at|put FILE; it is started by the agent of a pod");
  }
  catch_signals();
  auto script = read_file(argv[2]);
  if (!script) return complain(script.error().message);
  std::string document(document_of(*script));
  if (command == "perform-at") {
    auto request = read_file(document);
    if (!request) return complain(request.error().message);
    document = std::move(*request);
  }
  windlass::worker::Output output(1);
  if (command == "put") {
    windlass::worker::put(document, output);
  } else {
    windlass::worker::perform(document, cancelled, output, 2);
  }
  return output.is_broken() ? 1 : 0;
}
