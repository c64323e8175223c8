// Checkouts by the real svn from a repository of its own.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "proc/run_capture.h"
#include "proc/spawn.h"
#include "steps/testing/fake_run.h"

namespace windlass::steps {
namespace {

using data::Value;

class Svn : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!proc::find_program("svnadmin", run.place.environment["PATH"])) GTEST_SKIP() << "subversion is not installed";
    run.place.environment["HOME"] = run.folder;
    run.facts["job"] = "app";
    run.facts["number"] = "2";
    command({"svnadmin", "create", run.folder + "/repository"});
    url = "file://" + run.folder + "/repository/trunk";
    command({"svn", "mkdir", "--quiet", "-m", "trunk", url});
    work = run.folder + "/work";
    command({"svn", "checkout", "--quiet", url, work});
  }
  void command(std::vector<std::string> words) const {
    proc::CaptureOptions options;
    options.argv = std::move(words);
    for (const auto& [name, value] : run.place.environment) options.env.push_back(name + "=" + value);
    auto done = proc::run_capture(options);
    ASSERT_TRUE(done && done->status.code == 0) << (done ? done->err : done.error().text());
  }
  void commit(const std::string& file, const std::string& text, const std::string& message) const {
    std::ofstream(work + "/" + file) << text;
    command({"svn", "add", "--quiet", "--force", work + "/" + file});
    command({"svn", "commit", "--quiet", "--username", "ann", "-m", message, work});
  }
  Outcome check_out(const std::string& remote) {
    run.logged.clear();
    return run.perform("scm.checkout",
                       Value::map_of("scm", Value::map_of("$class", "svnScm", "locations",
                                                          Value::list_of(Value::map_of("remote", remote)))),
                       "1:" + std::to_string(++ordinal));
  }

  FakeRun run;
  std::string url, work;
  int ordinal = 0;
};

TEST_F(Svn, ChecksOutUpdatesAndTellsWhatChanged) {
  commit("a.txt", "one", "first");
  run.write("left over", "");
  auto done = check_out(url);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(run.read("a.txt"), "one");
  EXPECT_FALSE(run.exists("left over"));
  const auto* variables = done->value.find("variables");
  EXPECT_EQ(variables->get_string("SVN_REVISION"), "2");
  EXPECT_EQ(variables->get_string("SVN_URL"), url);
  EXPECT_TRUE(run.logged.starts_with("Checking out " + url + "\nA ")) << run.logged;

  run.other_runs.push_back({{"app", 1, "SUCCESS"}, "scm", {"", {}, {}}});
  for (const auto& [key, value] : run.kept["scm"]) run.other_runs.back().content.records.emplace_back(key, value);
  commit("b.txt", "b", "add b\nwith more");
  done = check_out(url);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(run.logged.starts_with("Updating " + url + "\n")) << run.logged;
  EXPECT_EQ(run.read("b.txt"), "b");
  const auto* changes = done->value.find("changes");
  ASSERT_EQ(changes->size(), 1U);
  EXPECT_EQ(changes->items()[0].get_string("commitId"), "3");
  EXPECT_EQ(changes->items()[0].get_string("msg"), "add b");
  EXPECT_EQ(*changes->items()[0].find("paths"), Value::list_of("/trunk/b.txt"));
  EXPECT_EQ(changes->items()[0].find("author")->get_string("fullName"), "ann");

  done = check_out(url + "@2");
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_FALSE(run.exists("b.txt"));
}

TEST_F(Svn, SaysWhatIsWrong) {
  auto done = check_out(url + "/nope");
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().message.starts_with("Failed to check out " + url + "/nope: svn: E")) << done.error().message;
  EXPECT_EQ(check_out("--config-dir=/x").error().message, "the location cannot be used: --config-dir=/x");
  run.place.environment["PATH"] = "/nonexistent";
  EXPECT_EQ(check_out(url).error().message,
            "svn is needed for this step and is not on the PATH of this node; install the package subversion");
}

}  // namespace
}  // namespace windlass::steps
