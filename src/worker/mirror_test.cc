// Effects of the server that read and write files of a pod: the pod is a workspace of another FakeRun, which the
// server's side reaches by the worker only.
#include <gmock/gmock.h>

#include "steps/remote_mirror.h"
#include "steps/testing/http_peer.h"
#include "steps/testing/smtp_peer.h"
#include "worker/testing/pod_child.h"

namespace windlass::worker {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Mirror : public ::testing::Test {
 protected:
  void SetUp() override { set_up(run); }

  /// Decodes what a child printed; the error, or "".
  static std::string take(const Child& child, const std::string& effect, steps::FileSink& sink) {
    steps::OutputDecoder decoder({.effect = effect}, sink);
    if (auto taken = decoder.push(child.out); !taken) return taken.error().message;
    const auto outcome = decoder.outcome();
    return !outcome ? "no result" : *outcome ? "" : outcome->error().message;
  }

  Outcome perform(const std::string& effect, const Value& arguments) {
    steps::EffectContext context{.key = "1:1", .step = effect, .place = run.place, .run = run};
    const auto folder = run.folder + "/mirror";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    steps::RemoteMirror mirror(context, effect, arguments, folder);
    has_read = mirror.has_reads();
    if (has_read) {
      EXPECT_EQ(take(run_worker(run, steps::encode_request(mirror.request())), std::string(steps::kReadEffect),
                     mirror.sink()),
                "");
    }
    came = tree(folder);
    auto outcome = mirror.perform(function_of(effect));
    auto pushes = mirror.written();
    EXPECT_TRUE(pushes) << pushes.error().message;
    written = 0;
    for (;;) {
      auto script = pushes->next();
      EXPECT_TRUE(script) << script.error().message;
      if (!script || !*script) break;
      ++written;
      EXPECT_EQ(take(run_worker(run, **script), "", mirror.sink()), "");
    }
    return outcome;
  }

  static steps::EffectFunction function_of(const std::string& effect) {
    for (const auto& row : steps::effect_table()) {
      if (row.name == effect) return row.perform;
    }
    return nullptr;
  }

  FakeRun run;
  bool has_read = false;
  std::string came;
  int written = 0;
};

TEST_F(Mirror, UploadsAFileOfThePod) {
  steps::HttpPeer peer([](const steps::SeenRequest&) { return steps::PeerAnswer{.body = "answer"}; });
  run.write("d/up.txt", "of the pod");
  const auto outcome = perform("httpRequest", Value::map_of("url", peer.url(), "httpMode", "POST", "uploadFile",
                                                            "d/up.txt", "outputFile", "o/down.txt"));
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(peer.seen().size(), 1U);
  EXPECT_THAT(peer.seen()[0].body, HasSubstr("of the pod"));
  EXPECT_EQ(run.read("o/down.txt"), "answer");
  EXPECT_EQ(written, 1);
  EXPECT_THAT(run.logged, HasSubstr("Saving response body to " + run.place.workspace + "/o/down.txt"));
  EXPECT_THAT(run.logged, Not(HasSubstr("/mirror")));
}

TEST_F(Mirror, WritesOverWhatItHasRead) {
  steps::HttpPeer peer([](const steps::SeenRequest&) { return steps::PeerAnswer{.body = "new"}; });
  run.write("a", "old");
  old_times(run.place.workspace);
  ASSERT_TRUE(perform("httpRequest",
                      Value::map_of("url", peer.url(), "httpMode", "POST", "uploadFile", "a", "outputFile", "a")));
  EXPECT_EQ(run.read("a"), "new");
}

TEST_F(Mirror, AsksNothingOfThePodWhereNoFileIsMeant) {
  steps::HttpPeer peer;
  ASSERT_TRUE(perform("httpRequest", Value::map_of("url", peer.url())));
  EXPECT_FALSE(has_read);
  EXPECT_EQ(written, 0);
}

/// A script must not read this machine's files because its workspace is elsewhere.
TEST_F(Mirror, NeverLeadsToFilesOfTheServer) {
  steps::HttpPeer peer;
  write_file(run.folder + "/server-secret", "of the server");
  for (const auto& path : {run.folder + "/server-secret", std::string("../server-secret"),
                           std::string("../../../../../../../../../../") + run.folder + "/server-secret",
                           std::string("/../../server-secret")}) {
    steps::EffectContext context{.key = "1:1", .step = "x", .place = run.place, .run = run};
    const auto folder = run.folder + "/empty";
    std::filesystem::create_directories(folder);
    const auto arguments = Value::map_of("url", peer.url(), "httpMode", "POST", "uploadFile", path);
    steps::RemoteMirror mirror(context, "httpRequest", arguments, folder);
    const auto outcome = mirror.perform(function_of("httpRequest"));
    EXPECT_FALSE(outcome) << path;
    const auto saved = Value::map_of("url", peer.url(), "outputFile", path);
    steps::RemoteMirror writing(context, "httpRequest", saved, folder);
    static_cast<void>(writing.perform(function_of("httpRequest")));
    EXPECT_EQ(read_file(run.folder + "/server-secret"), "of the server") << path;
    std::filesystem::remove_all(folder);
  }
  for (const auto& seen : peer.seen()) EXPECT_THAT(seen.body, Not(HasSubstr("of the server")));
}

TEST_F(Mirror, MailsFilesOfThePod) {
  steps::SmtpPeer peer;
  run.credentials.clear();
  run.place.environment["SMTP_HOST"] = "127.0.0.1";
  run.write("r/a.txt", "attached text");
  run.write("other.bin", "not asked for");
  const auto arguments = Value::map_of("to", "a@x", "subject", "s", "body", "b", "attachmentsPattern", "r/*.txt");
  static_cast<void>(perform("mail", arguments));
  EXPECT_TRUE(has_read);
  EXPECT_THAT(came, HasSubstr("r/a.txt"));
  EXPECT_THAT(came, Not(HasSubstr("other.bin")));
}

TEST_F(Mirror, SendsFilesOfThePodToBuckets) {
  steps::HttpPeer peer;
  run.place.environment["AWS_ACCESS_KEY_ID"] = "key";
  run.place.environment["AWS_SECRET_ACCESS_KEY"] = "aws-secret";
  run.place.environment["AWS_ENDPOINT_URL"] = peer.url();
  run.write("out/a.txt", "one");
  run.write("out/deep/b.txt", "two");
  run.write("out/c.log", "three");
  const auto outcome = perform(
      "s3Upload", Value::map_of("bucket", "bin", "includePathPattern", "**/*.txt", "workingDir", "out", "path", "p"));
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(peer.seen().size(), 2U);
  EXPECT_EQ(peer.seen()[0].body, "one");
  EXPECT_EQ(peer.seen()[1].target, "/bin/p/deep/b.txt");
  EXPECT_THAT(run.logged, HasSubstr("Uploading file:" + run.place.workspace + "/out/a.txt to"));
  EXPECT_EQ(written, 0);

  const auto none = perform("s3Upload", Value::map_of("bucket", "bin", "file", "none"));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, run.place.workspace + "/none (No such file or directory)");
}

}  // namespace
}  // namespace windlass::worker
