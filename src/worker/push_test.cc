// Files on their way to a pod.
#include <gmock/gmock.h>

#include "worker/testing/pod_child.h"

namespace windlass::worker {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> pushes_of(const std::string& folder, std::vector<steps::RemoteInput> files) {
  steps::PushScripts scripts(folder, std::move(files));
  std::vector<std::string> out;
  for (;;) {
    auto script = scripts.next();
    EXPECT_TRUE(script) << script.error().message;
    if (!script || !*script) return out;
    out.push_back(std::move(**script));
  }
}

std::string push_error(FakeRun& run, const std::string& script) {
  const auto outcome = outcome_in(run_worker(run, script).out, "", run);
  EXPECT_TRUE(outcome);
  return outcome && !*outcome ? (*outcome).error().message : "";
}

TEST(Push, BringsFilesInPieces) {
  FakeRun run;
  std::string large;
  while (large.size() < 2 * steps::kPieceBytes + 1234) large += std::to_string(large.size()) + ",";
  run.write("large", large);
  run.write("d/small", "small");
  ::chmod((run.place.workspace + "/d/small").c_str(), 0755);
  run.write("empty", "");
  old_times(run.place.workspace);
  auto files = steps::inputs_below(run.place.workspace, "p");
  ASSERT_TRUE(files) << files.error().message;
  files->push_back({.source = {}, .path = "text", .content = "of no file"});
  const auto target = run.folder + "/there";
  const auto scripts = pushes_of(target, *files);
  EXPECT_EQ(scripts.size(), 3U);
  EXPECT_EQ(pushes_of(target, *files), scripts) << "a server that was killed makes the same";
  for (const auto& script : scripts) {
    EXPECT_LE(script.size(), steps::kMostScriptBytes);
    EXPECT_EQ(push_error(run, script), "");
    EXPECT_EQ(push_error(run, script), "") << "again";
  }
  EXPECT_EQ(push_error(run, scripts[1]), "") << "one of long ago";
  EXPECT_EQ(read_file(target + "/p/large"), large);
  EXPECT_EQ(read_file(target + "/p/d/small"), "small");
  EXPECT_EQ(FakeRun::mode_of(target + "/p/d/small"), 0755U);
  EXPECT_EQ(read_file(target + "/text"), "of no file");
  EXPECT_TRUE(std::filesystem::exists(target + "/p/empty"));
  struct stat info = {};
  ASSERT_EQ(::stat((target + "/p/large").c_str(), &info), 0);
  EXPECT_EQ(info.st_mtim.tv_sec, kOldTime);
}

TEST(Push, RefusesWhatWouldLeaveAGap) {
  FakeRun run;
  run.write("large", std::string(2 * steps::kPieceBytes, 'x'));
  const auto scripts = pushes_of(run.folder + "/there", {{.source = run.place.workspace + "/large", .path = "large"}});
  ASSERT_EQ(scripts.size(), 2U);
  EXPECT_THAT(push_error(run, scripts[1]), HasSubstr("a piece of large is missing: it ends at byte 0"));
}

TEST(Push, StaysInItsFolder) {
  FakeRun run;
  const auto target = run.folder + "/there";
  std::filesystem::create_directories(target);
  std::filesystem::create_symlink(run.folder, target + "/link");
  const auto piece = [](const char* path) {
    return steps::PutRequest{.folder = "", .pieces = {{.path = path, .size = 1, .total = 1}}, .content = "x"};
  };
  for (const char* path : {"../x", "/x", "", ".", "a/../../x"}) {
    auto put = piece(path);
    put.folder = target;
    EXPECT_NE(push_error(run, steps::encode_put(put)), "") << path;
  }
  auto put = piece("link/x");
  put.folder = target;
  EXPECT_NE(push_error(run, steps::encode_put(put)), "");
  EXPECT_FALSE(std::filesystem::exists(run.folder + "/x"));
  auto odd = piece("a");
  odd.folder = "relative";
  EXPECT_THAT(push_error(run, steps::encode_put(odd)), HasSubstr("no folder"));
  odd.folder = target;
  odd.pieces[0].size = 2;
  EXPECT_THAT(push_error(run, steps::encode_put(odd)), HasSubstr("without its place"));
  odd.pieces[0] = {.path = "a", .size = 0, .total = 0};
  EXPECT_THAT(push_error(run, steps::encode_put(odd)), HasSubstr("not as long as they say"));
}

TEST(Push, BringsARequestThatIsTooLargeForAScript) {
  FakeRun run;
  set_up(run);
  const std::string text(steps::kMostScriptBytes + 1, 't');
  const auto arguments = Value::map_of("file", "a", "text", text);
  EXPECT_EQ(scripts_of(run, "writeFile", arguments).size(), 3U);
  const auto outcome = perform_in_pod(run, "writeFile", arguments);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(run.read("a"), text);
  EXPECT_EQ(tree(run.place.workspace_tmp), "") << "the request is gone";
}

TEST(Push, BringsLargeTextsBack) {
  FakeRun run;
  set_up(run);
  const std::string text(20U << 20U, 'r');
  run.write("a", text);
  const auto outcome = perform_in_pod(run, "readFile", Value::map_of("file", "a"));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->value.text(), text);
}

}  // namespace
}  // namespace windlass::worker
