// What a run costs that waits: N runs of one Jenkinsfile in this process, on one reactor, until each of them sleeps.
// Their journals forget what is written, so the figures are the engine's and the evaluator's own part: memory per run,
// and how long one takes from its text to its wait, which is also what having back a run costs that was put aside.
// `parked`: the evaluator of each gives back at its wait what it does not need there.
// usage: windlass_parked_bench live|parked N FOLDER JENKINSFILE → "KiB ms", both per run
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <malloc.h>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "engine/discarding_journal.h"
#include "engine/open_run.h"
#include "engine/run_actor.h"

using namespace windlass;

namespace {

struct Watcher final : engine::RunObserver {
  std::size_t waiting = 0;
  void on_run(std::string_view, std::uint64_t) override {}
  void on_log(std::string_view, std::uint64_t, std::string_view) override {}
  void on_node_started(const engine::FlowNode&) override {}
  void on_node_ended(const engine::FlowNode&) override {}
  void on_waiting(const std::vector<engine::Waiting>& what) override {
    for (const auto& one : what) waiting += one.code == "timer" ? 1 : 0;
  }
  void on_aborting() override {}
  void on_finished(std::string_view) override {
    std::fputs("parked_runs: a run ended instead of waiting\n", stderr);
    std::exit(1);
  }
};

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "parked_runs: %s\n", result.error().text().c_str());
    std::exit(1);
  }
  return std::move(*result);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 64;
  const bool parks = std::string_view(argv[1]) == "parked";
  const auto count = static_cast<std::size_t>(std::strtoul(argv[2], nullptr, 10));
  std::ostringstream text;
  text << std::ifstream(argv[4]).rdbuf();
  auto state = must(journal::StateFolder::open(argv[3]));
  engine::RunInputs inputs;
  inputs.script = text.str();
  inputs.job = "parked";
  inputs.user_id = inputs.user_name = "bench";
  inputs.started_millis = 1'795'539'152'000;
  inputs.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", "/"}};
  inputs.project_folder = argv[3];
  // A real run, for what the journals below read.
  auto opened = must(engine::open_new_run(*state, inputs));
  must(opened.journal->commit());
  engine::DiscardingJournal journal(std::move(opened.journal));

  Watcher watcher;
  engine::LocalRunHooks hooks;
  hooks.observer = &watcher;
  hooks.now_millis = [] { return std::int64_t{1'795'539'152'000}; };
  hooks.complain = [](std::string_view what) { std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data()); };

  engine::SystemReactor reactor;
  std::vector<std::unique_ptr<engine::RunActor>> runs;
  const auto add = [&] {
    auto program = engine::build_program(inputs.script_name, inputs.script, engine::built_in_prelude(),
                                         [](const auto&) { return Result<std::vector<engine::LoadedLibrary>>(); });
    runs.push_back(std::make_unique<engine::RunActor>(reactor, *state, journal, opened.inputs, std::move(program), hooks));
    const auto begun = runs.back()->begin(false);
    if (!begun) std::exit(1);
  };
  // One after the other, as runs come; the first ones make what all share.
  constexpr std::size_t kWarm = 100;
  std::size_t before = 0;
  std::chrono::steady_clock::time_point began;
  std::function<void()> look = [&] {
    if (watcher.waiting < runs.size()) return reactor.post([&] { look(); });
    if (parks && !runs.empty()) runs.back()->vm().shrink();
    if (runs.size() == kWarm) {
      ::malloc_trim(0);
      before = resident_bytes();
      began = std::chrono::steady_clock::now();
    }
    if (runs.size() < kWarm + count) {
      add();
      return reactor.post([&] { look(); });
    }
    const double millis = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
    const double counted = static_cast<double>(count);
    std::printf("%.2f %.4f\n", static_cast<double>(resident_bytes() - before) / 1024 / counted, millis / counted);
    std::fflush(stdout);
    std::_Exit(0);  // taking thousands of runs apart is not measured
  };
  runs.reserve(kWarm + count);
  reactor.post([&] { look(); });
  reactor.run();
  return 1;
}
