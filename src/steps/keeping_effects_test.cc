// stash, artifacts and reports: what is kept with a run, and that it comes back as it was.
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/json.h"
#include "steps/testing/fake_run.h"

namespace windlass::steps {
namespace {

using data::Value;

TEST(StashEffects, ComesBackWithModesAndLinks) {
  FakeRun run;
  run.write("a/x.sh", "#!/bin/sh\n");
  ::chmod((run.place.workspace + "/a/x.sh").c_str(), 0755);
  std::filesystem::create_symlink("x.sh", run.place.workspace + "/a/l");
  run.write("a/note~", "");
  run.write("b.txt", "B");
  EXPECT_EQ(run.error_of("stash", Value::map_of("name", "one", "includes", "a/**")), "");
  EXPECT_EQ(run.logged, "Stashed 2 file(s)\n");
  run.place.cwd = run.place.workspace + "/deep/er";
  EXPECT_EQ(run.error_of("unstash", Value::map_of("name", "one")), "");
  EXPECT_EQ(run.read("deep/er/a/x.sh"), "#!/bin/sh\n");
  EXPECT_EQ(FakeRun::mode_of(run.place.workspace + "/deep/er/a/x.sh"), 0755U);
  EXPECT_TRUE(std::filesystem::is_symlink(run.place.workspace + "/deep/er/a/l"));
  EXPECT_FALSE(run.exists("deep/er/b.txt"));
  EXPECT_FALSE(run.exists("deep/er/a/note~"));
  // Overwrites what is there, through no link.
  run.write("deep/er/a/x.sh", "other");
  EXPECT_EQ(run.error_of("unstash", Value::map_of("name", "one")), "");
  EXPECT_EQ(run.read("deep/er/a/x.sh"), "#!/bin/sh\n");
}

TEST(StashEffects, SaysWhatJenkinsSays) {
  FakeRun run;
  EXPECT_EQ(run.error_of("unstash", Value::map_of("name", "n")), "hudson.AbortException: No such saved stash ‘n’");
  EXPECT_EQ(run.error_of("stash", Value::map_of("name", "n")), "hudson.AbortException: No files included in stash ‘n’");
  EXPECT_EQ(run.error_of("stash", Value::map_of("name", "a/b")), "hudson.model.Failure: ‘/’ is an unsafe character");
  EXPECT_EQ(run.error_of("stash", Value::map_of("name", "n", "allowEmpty", true)), "");
  EXPECT_EQ(run.error_of("unstash", Value::map_of("name", "n")), "");
  run.place.cwd = run.place.workspace + "/missing";
  EXPECT_EQ(run.error_of("stash", Value::map_of("name", "m")), "hudson.AbortException: No files included in stash ‘m’");
}

TEST(StashEffects, TheLastOneOfANameCountsAndOldOnesGo) {
  FakeRun run;
  for (int i = 1; i <= 4; ++i) {
    run.write("f", std::to_string(i));
    ASSERT_TRUE(run.perform("stash", Value::map_of("name", "n"), "1:" + std::to_string(i)));
  }
  EXPECT_EQ(run.logged,
            "Stashed 1 file(s)\nWarning: overwriting stash ‘n’\nStashed 1 file(s)\nWarning: overwriting stash ‘n’\n"
            "Stashed 1 file(s)\nWarning: overwriting stash ‘n’\nStashed 1 file(s)\n");
  run.write("f", "");
  ASSERT_TRUE(run.perform("unstash", Value::map_of("name", "n")));
  EXPECT_EQ(run.read("f"), "4");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(run.folder + "/run/stashes"), {}), 2);
}

TEST(ArtifactEffects, ArchivesByPattern) {
  FakeRun run;
  run.write("build/app.jar", "jar");
  run.write("build/sub/notes.txt", "n");
  run.write("build/.git/config", "");
  EXPECT_EQ(run.error_of("archiveArtifacts", Value::map_of("artifacts", "build/**, nothing/*", "fingerprint", true)),
            "");
  EXPECT_EQ(run.logged, "Archiving artifacts\nRecording fingerprints\n");
  EXPECT_EQ(run.kept["artifact"].size(), 2U);
  EXPECT_EQ(run.kept["artifact"]["build/app.jar"].get_int("size"), 3);
  EXPECT_EQ(run.kept["fingerprint"]["build/app.jar"].get_string("md5"), "68995fcbf432492d15484d04a9d2ac40");
  EXPECT_TRUE(std::filesystem::exists(run.folder + "/run/artifacts/build/sub/notes.txt"));
}

TEST(ArtifactEffects, NothingFound) {
  FakeRun run;
  run.write("build/x", "");
  const std::string none = "No artifacts found that match the file pattern \"build/libs/*.jar\". Configuration error?";
  EXPECT_EQ(run.error_of("archiveArtifacts", Value::map_of("artifacts", "build/libs/*.jar")),
            "hudson.AbortException: " + none);
  EXPECT_EQ(run.logged,
            "Archiving artifacts\n‘build/libs/*.jar’ doesn’t match anything: ‘build’ exists but not ‘build/libs’\n");
  run.logged.clear();
  EXPECT_EQ(run.error_of("archiveArtifacts", Value::map_of("artifacts", "*.jar", "allowEmptyArchive", true)), "");
  EXPECT_EQ(run.logged,
            "Archiving artifacts\n‘*.jar’ doesn’t match anything\nNo artifacts found that match the file pattern "
            "\"*.jar\". Configuration error?\n");
  run.facts["result"] = "FAILURE";
  run.logged.clear();
  EXPECT_EQ(run.error_of("archiveArtifacts", Value::map_of("artifacts", "*.jar")), "");
  EXPECT_EQ(run.logged, "Archiving artifacts\n");
  run.logged.clear();
  EXPECT_EQ(run.error_of("archiveArtifacts", Value::map_of("artifacts", "build/x", "onlyIfSuccessful", true)), "");
  EXPECT_EQ(run.logged, "Archiving artifacts\nSkipped archiving because build is not successful\n");
  EXPECT_TRUE(run.kept["artifact"].empty());
}

TEST(ArtifactEffects, T18DoesNotArchiveWhatLinksLeadTo) {
  FakeRun run;
  FakeRun outside;
  outside.write("secret", "s");
  std::filesystem::create_symlink(outside.place.workspace + "/secret", run.place.workspace + "/leak.txt");
  std::filesystem::create_symlink(outside.place.workspace, run.place.workspace + "/folder");
  run.write("real.txt", "r");
  std::filesystem::create_symlink("real.txt", run.place.workspace + "/alias.txt");
  EXPECT_EQ(run.error_of("archiveArtifacts", Value::map_of("artifacts", "**")), "");
  ASSERT_EQ(run.kept["artifact"].size(), 2U);
  EXPECT_TRUE(run.kept["artifact"].contains("alias.txt"));
  EXPECT_TRUE(run.kept["artifact"].contains("real.txt"));
}

TEST(ArtifactEffects, UnarchivesToFilesAndFolders) {
  FakeRun run;
  run.write("a/one.txt", "1");
  run.write("a/two.txt", "2");
  ASSERT_TRUE(run.perform("archiveArtifacts", Value::map_of("artifacts", "a/*")));
  const auto& ws = run.place.workspace;
  auto files =
      run.perform("unarchive", Value::map_of("mapping", Value::map_of("a/one.txt", "copy.txt", "a/*", "all/")));
  ASSERT_TRUE(files);
  EXPECT_EQ(run.read("copy.txt"), "1");
  EXPECT_EQ(run.read("all/a/two.txt"), "2");
  EXPECT_EQ(files->value, Value::list_of(ws + "/copy.txt", ws + "/all/a/one.txt", ws + "/all/a/two.txt"));
  EXPECT_EQ(run.error_of("unarchive", Value::map_of("mapping", Value::map_of("x", "."))),
            "hudson.AbortException: no artifacts to unarchive in x");
}

class CopyArtifacts : public ::testing::Test {
 protected:
  CopyArtifacts() {
    run.facts["job"] = "team/app";
    add("lib", 3, "FAILURE", "3");
    add("lib", 2, "UNSTABLE", "2");
    add("lib", 1, "SUCCESS", "1");
    add("team/near", 7, "SUCCESS", "near");
    add("near", 9, "SUCCESS", "far");
  }
  void add(const std::string& job, std::uint64_t number, const std::string& result, const std::string& text) {
    const auto files = run.folder + "/other/" + job + std::to_string(number);
    std::filesystem::create_directories(files + "/artifacts/out");
    std::ofstream(files + "/artifacts/out/lib.so") << text;
    run.other_runs.push_back({{job, number, result},
                              "artifact",
                              {files, {{"V", std::to_string(number)}}, {{"out/lib.so", Value::map_of("size", 1)}}}});
  }
  std::string copy(Value arguments) {
    auto error = run.error_of("copyArtifacts", arguments);
    return error.empty() ? run.read("out/lib.so") : error;
  }
  FakeRun run;
};

TEST_F(CopyArtifacts, SelectsARun) {
  EXPECT_EQ(copy(Value::map_of("projectName", "lib")), "2");
  EXPECT_EQ(run.logged, "Copied 1 artifact from \"lib\" build number 2\n");
  auto by = [](const char* kind, auto... more) { return Value::map_of("$class", kind, more...); };
  auto with = [&](Value selector) {
    return copy(Value::map_of("projectName", "lib", "selector", std::move(selector)));
  };
  EXPECT_EQ(with(by("lastSuccessful", "stable", true)), "1");
  EXPECT_EQ(with(by("lastCompleted")), "3");
  EXPECT_EQ(with(by("specific", "buildNumber", "1")), "1");
  EXPECT_EQ(with(by("permalink", "id", "lastFailedBuild")), "3");
  EXPECT_EQ(copy(Value::map_of("projectName", "lib", "parameters", "V=1")), "1");
  EXPECT_EQ(copy(Value::map_of("projectName", "near")), "near");
  EXPECT_EQ(copy(Value::map_of("projectName", "../near")), "far");
  EXPECT_EQ(copy(Value::map_of("projectName", "/near")), "far");
  EXPECT_EQ(with(by("lastWithArtifacts")), "3");
  run.other_runs.front().content.records.clear();
  EXPECT_EQ(with(by("lastWithArtifacts")), "2");
}

TEST_F(CopyArtifacts, SaysWhatIsMissing) {
  EXPECT_TRUE(copy(Value::map_of("projectName", "no"))
                  .starts_with("hudson.AbortException: Unable to find project for artifact copy: no\n"));
  EXPECT_EQ(
      copy(Value::map_of("projectName", "lib", "selector", Value::map_of("$class", "specific", "buildNumber", "8"))),
      "hudson.AbortException: Unable to find a build for artifact copy from: lib");
  EXPECT_EQ(copy(Value::map_of("projectName", "lib", "filter", "*.zip")),
            "hudson.AbortException: Failed to copy artifacts from lib with filter: *.zip");
  EXPECT_EQ(run.error_of("copyArtifacts", Value::map_of("projectName", "lib", "filter", "*.zip", "optional", true)),
            "");
}

TEST_F(CopyArtifacts, FlattensIntoATarget) {
  EXPECT_EQ(run.error_of("copyArtifacts", Value::map_of("projectName", "lib", "flatten", true, "target", "t",
                                                        "includeBuildNumberInTargetPath", true)),
            "");
  EXPECT_EQ(run.read("t/2/lib.so"), "2");
  EXPECT_TRUE(run.kept["fingerprint"].contains("out/lib.so"));
}

TEST(ReportEffects, CountsTestsAndKeepsThem) {
  FakeRun run;
  run.write("r/a.xml",
            "<testsuite name='S'><testcase classname='C' name='ok'/><testcase classname='C' name='bad'>"
            "<failure message='m'>trace</failure></testcase><testcase name='s'><skipped/></testcase>"
            "</testsuite>");
  run.write("r/broken.xml", "<testsuite><testcase");
  run.write("r/empty.xml", "");
  auto found = run.perform("junit", Value::map_of("testResults", "r/*.xml"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->value.get_int("totalCount"), 5);
  EXPECT_EQ(found->value.get_int("failCount"), 3);
  EXPECT_EQ(found->value.get_int("skipCount"), 1);
  EXPECT_EQ(found->value.get_int("passCount"), 1);
  EXPECT_EQ(*found->value.find("files"), Value::list_of("r/a.xml", "r/broken.xml", "r/empty.xml"));
  EXPECT_EQ(run.logged, "");
  ASSERT_EQ(run.kept["junit"].size(), 1U);
  const auto file = run.folder + "/run/junit/" + run.kept["junit"].begin()->second.get_string("file");
  std::ifstream in(file);
  auto kept = data::parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
  ASSERT_TRUE(kept);
  const auto& bad = kept->find("suites")->items()[0].find("cases")->items()[1];
  EXPECT_EQ(bad.get_string("status"), "FAILED");
  EXPECT_EQ(bad.get_string("details"), "trace");
  EXPECT_EQ(run.perform("junit", Value::map_of("testResults", "none/*"))->value.find("files")->size(), 0U);
  run.write("r/readme.txt", "no report");
  EXPECT_TRUE(run.error_of("junit", Value::map_of("testResults", "r/*.txt"))
                  .starts_with("java.io.IOException: Failed to read " + run.place.workspace + "/r/readme.txt\n"));
}

TEST(ReportEffects, SkipsReportsOfEarlierRuns) {
  FakeRun run;
  run.write("old.xml", "<testsuite><testcase name='a'/></testsuite>");
  run.facts["started_millis"] = "9000000000000";
  EXPECT_EQ(run.perform("junit", Value::map_of("testResults", "*.xml"))->value.get_int("totalCount"), 1);
  auto found = run.perform("junit", Value::map_of("testResults", "*.xml", "skipOldReports", true));
  EXPECT_EQ(found->value.get_int("totalCount"), 0);
}

TEST(ReportEffects, KeepsHtml) {
  FakeRun run;
  run.write("site/index.html", "<p>");
  run.write("site/css/a.css", "");
  auto target = Value::map_of("reportDir", "site", "reportFiles", "index.html", "reportName", "My Report");
  EXPECT_EQ(run.error_of("publishHTML", Value::map_of("target", target)), "");
  EXPECT_EQ(run.kept["html"]["My Report"].get_int("count"), 2);
  EXPECT_TRUE(std::filesystem::exists(run.folder + "/run/html/My_20Report/css/a.css"));
  target.set("reportDir", "nope");
  auto failed = run.perform("publishHTML", Value::map_of("target", target));
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->run_result, "FAILURE");
  EXPECT_TRUE(
      run.logged.ends_with("ERROR: Specified HTML directory '" + run.place.workspace + "/nope' does not exist.\n"));
  target.set("allowMissing", true);
  EXPECT_EQ(run.perform("publishHTML", Value::map_of("target", target))->run_result, "");
}

TEST(ReportEffects, StoresReportsOfOtherTools) {
  FakeRun run;
  run.write("cov/c.xml", "<coverage/>");
  auto stored = run.perform("report.store", Value::map_of("type", "cobertura", "patterns",
                                                          Value::list_of("**/c.xml", "x"), "arguments", Value::map()));
  ASSERT_TRUE(stored);
  EXPECT_EQ(*stored->value.find("files"), Value::list_of("cov/c.xml"));
  ASSERT_EQ(run.kept["report"].size(), 1U);
  auto none = run.perform("report.store", Value::map_of("type", "x", "patterns", Value::list()));
  EXPECT_EQ(none->value.find("files")->size(), 0U);
  EXPECT_TRUE(none->records.empty());
}

}  // namespace
}  // namespace windlass::steps
