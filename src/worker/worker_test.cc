// The worker when things go wrong: killed, stopped, fed with nonsense, on a machine that lacks something. And what a
// request takes along.
#include <gmock/gmock.h>
#include <signal.h>

#include "worker/perform.h"
#include "worker/testing/pod_child.h"

namespace windlass::worker {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A docker that tells when it runs and then waits for good.
Value waiting_login(FakeRun& run) {
  EXPECT_EQ(::mkfifo((run.folder + "/began").c_str(), 0600), 0);
  run.program("docker", "cat > /dev/null; echo > '" + run.folder + "/began'; exec sleep 1000");
  run.credentials = {user_login("d")};
  return Value::map_of("credentialsId", "d", "url", "https://r");
}

void wait_until_it_began(const FakeRun& run) {
  const proc::Fd fifo(::open((run.folder + "/began").c_str(), O_RDONLY | O_CLOEXEC));
  char byte = 0;
  EXPECT_EQ(::read(fifo.get(), &byte, 1), 1);
}

TEST(Worker, EndsSoonWhenItIsAskedTo) {
  FakeRun run;
  set_up(run);
  const auto scripts = scripts_of(run, "docker.login", waiting_login(run));
  auto process = start_worker(run, scripts.back(), "child");
  wait_until_it_began(run);
  process.signal(SIGTERM);
  const auto child = end_worker(run, process, "child");
  EXPECT_EQ(child.status.code, 0);
  const auto outcome = outcome_in(child.out, "docker.login", run);
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(*outcome);
  // The login's folder is given back.
  EXPECT_EQ(tree(run.place.workspace_tmp + "/secretFiles"), "");
}

TEST(Worker, IsPerformedAgainAfterItWasKilled) {
  FakeRun run;
  set_up(run);
  const auto arguments = waiting_login(run);
  const auto scripts = scripts_of(run, "docker.login", arguments);
  auto process = start_worker(run, scripts.back(), "child");
  wait_until_it_began(run);
  ::kill(-static_cast<pid_t>(process.pid()), SIGKILL);
  const auto killed = end_worker(run, process, "child");
  EXPECT_FALSE(outcome_in(killed.out, "docker.login", run));
  EXPECT_EQ(killed.status.code, 137);

  run.program("docker", "cat > /dev/null");
  const auto outcome = perform_in_pod(run, "docker.login", arguments);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_THAT(tree(run.place.workspace_tmp + "/secretFiles"), HasSubstr("config.json"));
}

TEST(Worker, ItsOutputMayEndAnywhere) {
  FakeRun run;
  set_up(run);
  run.write("a", std::string(300'000, 'x'));
  const auto scripts = scripts_of(run, "archiveArtifacts", Value::map_of("artifacts", "a"));
  const auto child = run_worker(run, scripts.back());
  for (std::size_t cut = 0; cut < child.out.size(); cut += 1 + child.out.size() / 50) {
    EXPECT_FALSE(outcome_in(child.out.substr(0, cut), "archiveArtifacts", run)) << cut;
  }
  // A server that was killed reads it again from its beginning.
  ASSERT_TRUE(outcome_in(child.out, "archiveArtifacts", run));
  EXPECT_EQ(read_file(run.folder + "/run/artifacts/a"), std::string(300'000, 'x'));
}

TEST(Worker, AnswersWhatItCannotRead) {
  FakeRun run;
  set_up(run);
  const std::string begin = "#!" + std::string(steps::kWorkerProgram) + " ";
  for (const auto& script :
       {begin + "perform\n", begin + "perform\nnonsense", begin + "put\n", begin + "put\n\xff\xff"}) {
    const auto child = run_worker(run, script);
    EXPECT_EQ(child.status.code, 0);
    const auto outcome = outcome_in(child.out, "", run);
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(*outcome);
  }
  steps::RemoteRequest unknown{.effect = "mail", .place = run.place};
  const auto child = run_worker(run, steps::encode_request(unknown));
  const auto outcome = outcome_in(child.out, "mail", run);
  ASSERT_TRUE(outcome && !*outcome);
  EXPECT_THAT((*outcome).error().message, HasSubstr("must be of one release"));
  // No script at all.
  EXPECT_EQ(run_worker(run, begin + "perform-at\n/none").status.code, 64);
}

TEST(Worker, SaysThatGitIsMissing) {
  FakeRun run;
  set_up(run);
  run.place.environment["PATH"] = run.folder;
  const auto outcome =
      perform_in_pod(run, "scm.checkout",
                     Value::map_of("scm", Value::map_of("$class", "scmGit", "userRemoteConfigs",
                                                        Value::list_of(Value::map_of("url", "https://h/r")), "branches",
                                                        Value::list_of(Value::map_of("name", "main")))));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "git is needed for this step and is not on the PATH of this node");
}

/// The worker as another user than this one's, where this one may do everything.
TEST(Worker, SaysWhoMayNotWrite) {
  if (::geteuid() != 0 || !proc::find_program("setpriv", "/usr/bin:/bin")) GTEST_SKIP() << "needs root and setpriv";
  FakeRun run;
  set_up(run);
  ::chmod(run.folder.c_str(), 0755);
  const auto worker = run.folder + "/windlass-worker";
  std::filesystem::copy_file(WINDLASS_WORKER, worker);
  const auto script = run.folder + "/request.sh";
  write_file(script, scripts_of(run, "writeFile", Value::map_of("file", "a", "text", "x")).back());
  ::chmod(script.c_str(), 0644);
  const auto done = proc::run_capture(
      {.argv = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", worker, "perform", script},
       .env = {"PATH=/usr/bin:/bin"},
       .cwd = "/",
       .input = {}});
  ASSERT_TRUE(done) << done.error().message;
  const auto outcome = outcome_in(done->out, "writeFile", run);
  ASSERT_TRUE(outcome && !*outcome);
  EXPECT_EQ((*outcome).error().java_class, "java.nio.file.AccessDeniedException");
  EXPECT_EQ(done->err, "ERROR: the user 65534 of this container may not write in " + run.place.workspace +
                           "; run it as the user of the agent's container, or set fsGroup in the pod's "
                           "securityContext\n");
}

TEST(Worker, NeedsNoExplanationWhereAllIsWell) {
  FakeRun run;
  EXPECT_EQ(explain_place(run.place), "");
  run.place.workspace += "/not/made/yet";
  EXPECT_EQ(explain_place(run.place), "");
  EXPECT_EQ(explain_place({}), "");
}

TEST(Request, TakesOnlyWhatTheEffectNeeds) {
  FakeRun run;
  set_up(run);
  run.facts["scm_folder"] = "/home/server/project";
  run.facts["state_folder"] = "/var/lib/windlass";
  run.credentials = {user_login("asked"), user_login("other")};
  run.kept["artifact"]["a"] = Value::map();
  steps::EffectContext context{.key = "1:1", .step = "x", .place = run.place, .run = run};
  const auto request = steps::make_request(context, "docker.login", Value::map_of("credentialsId", "asked"), {});
  ASSERT_TRUE(request);
  ASSERT_EQ(request->credentials.size(), 1U);
  EXPECT_THAT(request->secrets, ::testing::ElementsAre("pass word-1"));
  EXPECT_TRUE(request->records.empty());
  const auto document = steps::encode_request_document(*request);
  EXPECT_THAT(document, Not(HasSubstr("/home/server")));
  EXPECT_THAT(document, Not(HasSubstr("/var/lib")));
  EXPECT_FALSE(steps::make_request(context, "mail", Value::map(), {}));
}

TEST(Request, MasksWhatCredentialsHold) {
  FakeRun run;
  set_up(run);
  run.credentials = {
      Value::map_of("id", "k", "type", "sshUserPrivateKey", "privateKey",
                    "-----BEGIN KEY-----\n0123456789012345678901234567890123456789\n-----END KEY-----\n"),
      Value::map_of("id", "c", "type", "kubeconfig", "content",
                    "users: [{name: u, user: {token: token-of-kubeconfig}}]")};
  steps::EffectContext context{.key = "1:1", .step = "x", .place = run.place, .run = run};
  const auto request =
      steps::make_request(context, "sshagent.start", Value::map_of("credentials", Value::list_of("k", "c")), {});
  ASSERT_TRUE(request);
  EXPECT_THAT(request->secrets,
              ::testing::ElementsAre("0123456789012345678901234567890123456789", "token-of-kubeconfig"));
}

}  // namespace
}  // namespace windlass::worker
