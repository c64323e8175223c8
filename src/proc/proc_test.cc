#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "proc/endpoint.h"
#include "proc/identity.h"
#include "proc/run_capture.h"
#include "proc/spawn.h"
#include "proc/tree.h"

namespace windlass::proc {
namespace {

using namespace std::chrono_literals;

struct TempFolder {
  std::string path;
  TempFolder() {
    char name[] = "/tmp/wl-proc-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~TempFolder() { (void)!::system(("rm -rf " + path).c_str()); }
};

Result<Captured> shell(std::string text, std::chrono::milliseconds limit = 60s) {
  CaptureOptions options;
  options.argv = {"sh", "-c", std::move(text)};
  options.env = {"PATH=/usr/bin:/bin", "GREETING=hi"};
  options.limit = limit;
  return run_capture(options);
}

TEST(Identity, ReadsAStatLineWhoseCommandHasBlanksAndParentheses) {
  auto stat = parse_proc_stat("42 (a) b (c) S 1 40 41 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->pid, 42);
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->parent, 1);
  EXPECT_EQ(stat->group, 40);
  EXPECT_EQ(stat->session, 41);
  EXPECT_EQ(stat->start_time, 987654U);
  for (auto bad : {"", "x", "42 (a", "42 (a) ", "42 (a) S 1 2"}) EXPECT_FALSE(parse_proc_stat(bad)) << bad;
}

TEST(Identity, IsAliveForThisProcessOnlyWithItsOwnStartTimeAndBoot) {
  auto self = identify(::getpid());
  ASSERT_TRUE(self);
  EXPECT_TRUE(is_alive(*self));
  auto other = *self;
  other.start_time += 1;
  EXPECT_FALSE(is_alive(other));
  other = *self;
  other.boot_id = "another";
  EXPECT_FALSE(is_alive(other));
  EXPECT_EQ(parse_identity(format_identity(*self)), *self);
  EXPECT_FALSE(parse_identity("12 x y"));
}

TEST(Spawn, GivesExactlyTheEnvironmentFolderAndDescriptorsAsked) {
  TempFolder folder;
  CaptureOptions options;
  options.argv = {"sh", "-c", "env; pwd; ls /proc/self/fd | wc -l; cat"};
  options.env = {"A=1", "PATH=/usr/bin:/bin"};
  options.cwd = folder.path;
  options.input = "from stdin";
  auto captured = run_capture(options);
  ASSERT_TRUE(captured) << captured.error().text();
  EXPECT_NE(captured->out.find("A=1\n"), std::string::npos);
  EXPECT_EQ(captured->out.find("HOME="), std::string::npos);
  EXPECT_NE(captured->out.find("\n" + folder.path + "\n4\nfrom stdin"), std::string::npos) << captured->out;
}

TEST(Spawn, SaysInOneSentenceWhatIsMissing) {
  SpawnOptions options{.program = "/no/such/program", .argv = {"x"}};
  auto missing = spawn(options);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_EQ(missing.error().message, "cannot run /no/such/program: No such file or directory");
  options = {.program = "/bin/true", .argv = {"true"}, .cwd = "/no/such/folder"};
  EXPECT_EQ(spawn(options).error().message, "cannot run /bin/true: no folder /no/such/folder");
  EXPECT_EQ(find_program("surely-not-there", "/usr/bin:/bin").error().kind, ErrorKind::not_found);
  EXPECT_EQ(find_program("sh", "/nowhere:/bin").value(), "/bin/sh");
}

TEST(Spawn, SwapsDescriptorsThatAreEachOthersTargets) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  SpawnOptions options{.program = "/bin/sh", .argv = {"sh", "-c", "echo one >&4; echo two >&3"}};
  Fd low(::fcntl(ends[1], F_DUPFD_CLOEXEC, 3));
  options.fds = {{low.get(), 4}, {low.get(), 3}};
  auto process = spawn(options);
  ASSERT_TRUE(process);
  ASSERT_TRUE(process->wait_for(60s));
  char bytes[64];
  EXPECT_EQ(std::string(bytes, static_cast<std::size_t>(::read(ends[0], bytes, sizeof bytes))), "one\ntwo\n");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(RunCapture, TellsExitCodesSignalsAndStreams) {
  auto captured = shell("echo out; echo err >&2; exit 7");
  ASSERT_TRUE(captured);
  EXPECT_EQ(captured->status.code, 7);
  EXPECT_EQ(captured->out, "out\n");
  EXPECT_EQ(captured->err, "err\n");
  captured = shell("kill -TERM $$");
  EXPECT_EQ(captured->status.code, 143);
  EXPECT_EQ(captured->status.signal, SIGTERM);
}

TEST(RunCapture, EndsAtItsLimitAndWithTheProcessNotWithThePipe) {
  auto late = shell("exec tail -f /dev/null", 50ms);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::timeout);
  auto held = shell("tail -f /dev/null & echo $!", 60s);
  ASSERT_TRUE(held);
  ::kill(static_cast<pid_t>(std::stol(held->out)), SIGKILL);
}

TEST(RunCapture, EndsWhenItIsAskedTo) {
  CaptureOptions options;
  TempFolder folder;
  const auto ready = folder.path + "/ready";
  options.argv = {"sh", "-c", "trap 'echo > \"$1\"; exit 0' TERM; echo > \"$0\"; while :; do sleep 0.05; done", ready,
                  folder.path + "/trapped"};
  options.env = {"PATH=/usr/bin:/bin"};
  options.cancelled = [&ready] { return ::access(ready.c_str(), F_OK) == 0; };
  auto captured = run_capture(options);
  ASSERT_FALSE(captured);
  EXPECT_EQ(captured.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(::access((folder.path + "/trapped").c_str(), F_OK), 0);
}

TEST(RunCapture, KeepsAtMostWhatIsAllowedAndSurvivesAnUnreadInput) {
  CaptureOptions options;
  options.argv = {"sh", "-c", "head -c 300000 /dev/zero"};
  options.env = {"PATH=/usr/bin:/bin"};
  options.max_bytes = 1000;
  options.input = std::string(1'000'000, 'x');
  auto captured = run_capture(options);
  ASSERT_TRUE(captured);
  EXPECT_EQ(captured->out.size(), 1000U);
  EXPECT_TRUE(captured->is_truncated);
  EXPECT_EQ(captured->status.code, 0);
}

TEST(Tree, FindsSessionAndCookieButNotWhoAskedToSurvive) {
  EXPECT_TRUE(has_entry(std::string_view("A=1\0B=2\0", 8), "B=2", false));
  EXPECT_FALSE(has_entry(std::string_view("A=12\0", 5), "A=1", false));
  EXPECT_TRUE(has_entry(std::string_view("A=12\0", 5), "A=1", true));
  const std::string cookie = "WL_TEST_COOKIE=c" + std::to_string(::getpid());
  auto start = [](std::vector<std::string> env) {
    SpawnOptions options{.program = "/usr/bin/tail", .argv = {"tail", "-f", "/dev/null"}, .env = std::move(env)};
    options.new_session = true;
    return spawn(options);
  };
  auto by_session = start({});
  auto by_cookie = start({cookie});
  auto survivor = start({cookie, "JENKINS_NODE_COOKIE=dontKillMe"});
  ASSERT_TRUE(by_session && by_cookie && survivor);
  EXPECT_EQ(find_tree({.session = by_session->pid()}), std::vector<std::int64_t>{by_session->pid()});
  // posix_spawn returns a moment before the kernel has put the new program's environment where it is read.
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (find_tree({.cookie = cookie}).empty() && std::chrono::steady_clock::now() < end) ::sched_yield();
  EXPECT_EQ(find_tree({.cookie = cookie}), std::vector<std::int64_t>{by_cookie->pid()});
  EXPECT_EQ(signal_tree({.session = by_session->pid(), .cookie = cookie}, SIGTERM), 2U);
  EXPECT_EQ(by_session->wait_for(60s)->signal, SIGTERM);
  EXPECT_EQ(by_cookie->wait_for(60s)->signal, SIGTERM);
  EXPECT_FALSE(survivor->try_wait());
  survivor->signal(SIGKILL);
  EXPECT_TRUE(survivor->wait_for(60s));
}

TEST(Tree, ListsItsOwnChildren) {
  SpawnOptions options{.program = "/usr/bin/tail", .argv = {"tail", "-f", "/dev/null"}};
  auto child = spawn(options);
  ASSERT_TRUE(child);
  if (auto children = list_children()) EXPECT_EQ(*children, std::vector<std::int64_t>{child->pid()});
  child->signal(SIGKILL);
  EXPECT_TRUE(child->wait_for(60s));
  if (auto children = list_children()) EXPECT_TRUE(children->empty());
}

TEST(Endpoint, LocksOnceAndConnectsInFoldersOfAnyLength) {
  TempFolder folder;
  const std::string deep = folder.path + "/" + std::string(120, 'd');
  ASSERT_TRUE(ensure_folder(deep + "/more", 0700));
  auto lock = try_lock(deep + "/lock");
  ASSERT_TRUE(lock && *lock);
  EXPECT_FALSE(*try_lock(deep + "/lock"));
  write_lock_owner(**lock, *identify(::getpid()));
  EXPECT_TRUE(is_alive(*read_lock_owner(deep + "/lock")));
  EXPECT_EQ(connect_in(deep, "sock").error().kind, ErrorKind::not_found);
  auto listener = listen_in(deep, "sock");
  ASSERT_TRUE(listener) << listener.error().text();
  EXPECT_TRUE(connect_in(deep, "sock"));
  listener->reset();
  EXPECT_EQ(connect_in(deep, "sock").error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(listen_in(deep, "sock"));
  (*lock)->reset();
  EXPECT_TRUE(*try_lock(deep + "/lock"));
}

TEST(EnsureFolder, NamesTheFolderThatCannotBe) {
  TempFolder folder;
  Fd(::open((folder.path + "/file").c_str(), O_CREAT | O_WRONLY, 0600));
  EXPECT_FALSE(ensure_folder(folder.path + "/file", 0755));
  auto result = ensure_folder(folder.path + "/file/below", 0755);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("/file/below"), std::string::npos) << result.error().message;
}

TEST(EnsureFolder, BelowOneThatAGroupSharesTheGroupMayWrite) {
  TempFolder folder;
  const auto mode_of = [&](const std::string& name) {
    struct stat info{};
    EXPECT_EQ(::stat((folder.path + name).c_str(), &info), 0) << name;
    return info.st_mode & 07777U;
  };
  ASSERT_TRUE(ensure_folder(folder.path + "/own/a", 0755));
  EXPECT_EQ(mode_of("/own/a"), 0755U);
  ASSERT_EQ(::chmod((folder.path + "/own").c_str(), 02777), 0);
  ASSERT_TRUE(ensure_folder(folder.path + "/own/workspace/job", 0755));
  EXPECT_EQ(mode_of("/own/workspace"), 02775U);
  EXPECT_EQ(mode_of("/own/workspace/job"), 02775U);
  ASSERT_TRUE(ensure_folder(folder.path + "/own/workspace/secret", 0700));
  EXPECT_EQ(mode_of("/own/workspace/secret") & 0777U, 0700U);
}

TEST(EnsureFolder, SaysWhoseFolderItIs) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can be somebody else";
  TempFolder folder;
  ASSERT_EQ(::chmod(folder.path.c_str(), 0755), 0);
  ASSERT_TRUE(ensure_folder(folder.path + "/theirs", 0755));
  ASSERT_EQ(::chown((folder.path + "/theirs").c_str(), 1000, 1000), 0);
  ASSERT_EQ(::seteuid(12345), 0);
  const auto refused = ensure_folder(folder.path + "/theirs/a/b", 0755);
  const auto of_root = ensure_folder(folder.path + "/mine", 0755);
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(
      refused.error().message,
      "cannot make the folder " + folder.path + "/theirs/a: Permission denied; " + folder.path +
          "/theirs belongs to user 1000 and this process is user 12345: let both be one user (in a pod: runAsUser "
          "of the containers)");
  ASSERT_FALSE(of_root);
  EXPECT_EQ(of_root.error().message, "cannot make the folder " + folder.path + "/mine: Permission denied");
}

}  // namespace
}  // namespace windlass::proc
