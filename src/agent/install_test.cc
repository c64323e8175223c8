// How the programs get into a pod's volume: whole files for everybody, a hook that waits for them, and a process that
// stays until the pod is over.
#include "agent/install.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace windlass::agent {
namespace {

using namespace std::chrono_literals;

struct Install : testing::Test {
  Install() {
    std::filesystem::create_directories(path + "/image");
    put("image/windlass-agent", "the agent");
  }
  ~Install() override { std::filesystem::remove_all(path); }
  void put(const std::string& name, const std::string& text) const { std::ofstream(path + "/" + name) << text; }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream in(path + "/" + name);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
  }
  /// The status of a process that does this.
  template <typename Function>
  static pid_t process(Function function) {
    const auto pid = ::fork();
    if (pid == 0) ::_exit(function() ? 0 : 1);
    return pid;
  }
  static int status_of(pid_t pid) {
    int status = -1;
    ::waitpid(pid, &status, 0);
    return status;
  }
  std::string path = testing::TempDir() + "install-" + std::to_string(::getpid());
};

TEST_F(Install, CopiesBothProgramsForEverybody) {
  put("image/windlass-worker", "the worker");
  ASSERT_TRUE(install_programs(path + "/image/windlass-agent", path + "/bin"));
  EXPECT_EQ(read("bin/windlass-agent"), "the agent");
  EXPECT_EQ(read("bin/windlass-worker"), "the worker");
  struct stat found{};
  ASSERT_EQ(::stat((path + "/bin/windlass-agent").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0755U);
  EXPECT_TRUE(await_programs(path + "/bin", 0ms));
}

TEST_F(Install, SaysWhichFileCannotBeRead) {
  const auto done = install_programs(path + "/image/none", path + "/bin");
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().text().find("cannot read " + path + "/image/none"), std::string::npos) << done.error().text();
}

TEST_F(Install, SaysWhereNothingCanBeStarted) {
  EXPECT_TRUE(check_executable(path));
  struct statvfs found{};
  ASSERT_EQ(::statvfs("/proc/self", &found), 0);
  const auto checked = check_executable("/proc/self");
  EXPECT_EQ(checked.has_value(), (found.f_flag & ST_NOEXEC) == 0);
  if (!checked) EXPECT_NE(checked.error().text().find("(noexec)"), std::string::npos);
}

TEST_F(Install, WhoWaitsReturnsWhenTheAgentIsThere) {
  std::thread waits([&] { EXPECT_TRUE(await_programs(path + "/bin", 20s)); });
  ASSERT_TRUE(install_programs(path + "/image/windlass-agent", path + "/bin"));
  waits.join();
}

TEST_F(Install, WhoWaitsInVainSaysSo) {
  const auto done = await_programs(path + "/bin", 1ms);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::timeout);
  EXPECT_NE(done.error().text().find("/bin/windlass-agent is not there after 1 ms"), std::string::npos);
}

TEST_F(Install, WhoBroughtThemEndsWithASignal) {
  block_end_signals();  // before there is a child that could miss it
  const auto pid = process([&] { return await_end(path + "/run").has_value(); });
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGTERM);
  sigaddset(&both, SIGINT);
  ::sigprocmask(SIG_UNBLOCK, &both, nullptr);
  ASSERT_EQ(::kill(pid, SIGTERM), 0);
  EXPECT_EQ(status_of(pid), 0);
}

TEST_F(Install, WhoBroughtThemEndsWithThePod) {
  const auto pid = process([&] { return await_end(path + "/run").has_value(); });
  std::filesystem::create_directories(path + "/run");
  mark_given_up(path + "/run");
  EXPECT_EQ(status_of(pid), 0);
  EXPECT_TRUE(await_end(path + "/run"));  // also of one that comes late
}

}  // namespace
}  // namespace windlass::agent
