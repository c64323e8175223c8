// The run core on a disk that fails. What happens over a day is tests/simulation.
#include "runs/run_core.h"

#include <atomic>
#include <gtest/gtest.h>

#include "journal/journal_testing.h"
#include "runs/fenced_reactor.h"
#include "store/fault_disk.h"

namespace windlass::runs {
namespace {

using journal::testing_support::TemporaryFolder;

/// Accepts a run while the n-th write or sync fails, and again; whether the first one had failed.
bool accept_twice(std::uint64_t n, bool is_sync) {
  SCOPED_TRACE((is_sync ? "sync " : "write ") + std::to_string(n));
  TemporaryFolder folder;
  engine::SystemReactor reactor;
  const auto disk = std::make_shared<store::FaultDisk>();
  RunCoreOptions options;
  options.folder = folder.path;
  options.disk = disk;
  options.now_millis = [] { return std::int64_t{1'000}; };
  options.random = [] { return std::uint64_t{1}; };
  options.log = [](std::string_view) {};
  options.credentials = [](const std::string&, auto) {};
  options.properties_changed = [](const std::string&, const JobProperties&) {};
  options.changed = [](const RunInfo&, const RunDelta&) {};
  options.load_changed = [](const auto&) {};
  const auto key = std::make_shared<journal::KeyRing>(journal::SealKey::from_bytes(std::string(32, 'k')).value());
  const auto core = RunCore::open(reactor, options, key).value();
  RunRequest request;
  request.uid = "u";
  request.project = "p";
  request.pipeline = "x";
  request.name = "x-1";
  request.script =
      "pipeline { agent any\n options { disableConcurrentBuilds() }\n stages { stage('a') { steps { echo '1' } } } }";
  if (is_sync) {
    disk->fail_sync(n, store::FaultDisk::Fault::io_error, false);
  } else {
    disk->fail_write(n, store::FaultDisk::Fault::io_error, false);
  }
  const bool failed = !core->accept(request);
  disk->fail_sync(0, store::FaultDisk::Fault::none, false);
  disk->fail_write(0, store::FaultDisk::Fault::none, false);
  const auto again = core->accept(request);
  EXPECT_TRUE(again && *again);
  if (again && *again) EXPECT_EQ((*again)->number, 1u);
  const auto load = core->load();
  EXPECT_EQ(load.queued + load.running, 1u);
  return failed;
}

TEST(RunCore, ARunWhoseAcceptanceFailedHalfwayIsTakenUpWhenItIsAskedForAgain) {
  for (const bool is_sync : {true, false}) {
    std::uint64_t n = 1;
    while (accept_twice(n, is_sync)) ++n;
    EXPECT_GT(n, 2u) << "acceptance is more than one write";
  }
}

/// Of a core that stops the loop when a run has ended; without credentials.
RunCoreOptions options_of(const TemporaryFolder& folder, engine::SystemReactor& reactor) {
  RunCoreOptions options;
  options.folder = folder.path;
  options.now_millis = [] { return std::int64_t{1'000}; };
  options.random = [] { return std::uint64_t{1}; };
  options.log = [](std::string_view) {};
  options.credentials = [](const std::string&, auto done) { done(data::Value::list()); };
  options.properties_changed = [](const std::string&, const JobProperties&) {};
  options.changed = [&reactor](const RunInfo& run, const RunDelta&) {
    if (run.phase == Phase::ended) reactor.stop();
  };
  options.load_changed = [](const auto&) {};
  return options;
}

/// With one run "u" accepted.
std::unique_ptr<RunCore> open_with_run(engine::SystemReactor& reactor, RunCoreOptions options, std::string script) {
  const auto key = std::make_shared<journal::KeyRing>(journal::SealKey::from_bytes(std::string(32, 'k')).value());
  auto core = RunCore::open(reactor, std::move(options), key).value();
  RunRequest request;
  request.uid = "u";
  request.project = "p";
  request.pipeline = "x";
  request.name = "x-1";
  request.script = std::move(script);
  EXPECT_TRUE(core->accept(request).value());
  return core;
}

struct ClaimedCore {
  ClaimedCore() {
    auto options = options_of(folder, reactor);
    options.credentials = [this](const std::string&, auto) {
      ++asked;
      reactor.stop();
    };
    options.claim = [this](const RunInfo& run, std::function<void(Result<>)> done) {
      claims.push_back(run.uid);
      EXPECT_EQ(asked, 0) << "nothing of a run happens before its object says that it begins here";
      EXPECT_EQ(run.phase, Phase::queued);
      answer(std::move(done));
    };
    core = open_with_run(reactor, std::move(options), "echo '1'");
  }

  TemporaryFolder folder;
  engine::SystemReactor reactor;
  std::function<void(std::function<void(Result<>)>)> answer;
  std::vector<std::string> claims;
  int asked = 0;  ///< for credentials: the next thing that happens to a run
  std::unique_ptr<RunCore> core;
};

TEST(RunCore, ARunBeginsWhenItsObjectSaysSo) {
  ClaimedCore world;
  world.answer = [&](std::function<void(Result<>)> done) {
    // Not at once: an API server takes its time.
    world.reactor.after(std::chrono::milliseconds(5), [done = std::move(done)] { done({}); });
  };
  world.reactor.run();
  EXPECT_EQ(world.claims, std::vector<std::string>{"u"});
  EXPECT_EQ(world.asked, 1);
}

TEST(RunCore, ARunWhoseObjectHasGoneDoesNotBegin) {
  ClaimedCore world;
  world.answer = [](const std::function<void(Result<>)>& done) { done(fail(ErrorKind::not_found, "it is gone")); };
  world.reactor.run();
  const auto run = world.core->find("u");
  ASSERT_TRUE(run && *run);
  EXPECT_EQ((*run)->result, "ABORTED");
  EXPECT_EQ((*run)->started_millis, 0);
  EXPECT_EQ(world.asked, 0);
}

TEST(RunCore, WhoeverShowsAnEndNeedsNoJournalForIt) {
  TemporaryFolder folder;
  engine::SystemReactor reactor;
  const auto core = open_with_run(reactor, options_of(folder, reactor), "stage('a') { echo '1' }");
  reactor.run();
  const auto nodes = core->nodes("u");
  ASSERT_TRUE(nodes);
  EXPECT_FALSE(nodes->empty());
  EXPECT_TRUE(core->kept_facts("u"));
  EXPECT_EQ(core->find("u").value()->result, "SUCCESS");
  // It is no more than a help.
  core->release_memory();
  EXPECT_FALSE(core->nodes("u"));
  EXPECT_FALSE(core->kept_facts("u"));
  EXPECT_EQ(core->find("u").value()->result, "SUCCESS");
  reactor.end_pool();
}

TEST(FencedReactor, AsksBeforeEverythingThatIsBegun) {
  engine::SystemReactor inner;
  std::atomic<int> asked = 0, done = 0;
  FencedReactor reactor(inner, [&] {
    EXPECT_EQ(asked, done) << "before each, and once for each";
    ++asked;
  });
  reactor.post([&] {
    ++done;
    reactor.offload([&] {
      ++done;
      // Timers are the loop's own.
      inner.post([&] {
        reactor.after(std::chrono::milliseconds(1), [&] {
          ++done;
          reactor.stop();
        });
      });
    });
  });
  reactor.run();
  EXPECT_EQ(done, 3);
  EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace windlass::runs
