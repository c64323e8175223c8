#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "steps/testing/fake_run.h"

namespace windlass::steps {
namespace {

using data::Value;

TEST(FileEffects, WritesAndReadsTexts) {
  FakeRun run;
  EXPECT_EQ(run.error_of("writeFile", Value::map_of("file", "a/b/c.txt", "text", "grüße\n")), "");
  EXPECT_EQ(run.read("a/b/c.txt"), "grüße\n");
  EXPECT_EQ(run.perform("readFile", Value::map_of("file", "./a/../a/b/c.txt"))->value.text(), "grüße\n");
  EXPECT_EQ(run.perform("readFile", Value::map_of("file", run.place.workspace + "/a/b/c.txt", "encoding", nullptr))
                ->value.text(),
            "grüße\n");
  EXPECT_EQ(run.perform("readFile", Value::map_of("file", "a/b/c.txt", "encoding", "Base64"))->value.text(),
            "Z3LDvMOfZQo=");
  run.perform("writeFile", Value::map_of("file", "bin", "text", "AAH/", "encoding", "Base64"));
  EXPECT_EQ(run.read("bin"), std::string("\0\x01\xFF", 3));
  run.perform("writeFile", Value::map_of("file", "l1", "text", "ü中", "encoding", "ISO-8859-1"));
  EXPECT_EQ(run.read("l1"), "\xFC?");
  EXPECT_EQ(run.perform("readFile", Value::map_of("file", "l1", "encoding", "ISO-8859-1"))->value.text(), "ü?");
  run.perform("writeFile", Value::map_of("file", "gbk", "text", "中文", "encoding", "GBK"));
  EXPECT_EQ(run.read("gbk"), "\xD6\xD0\xCE\xC4");
  EXPECT_EQ(run.perform("readFile", Value::map_of("file", "gbk", "encoding", "GBK"))->value.text(), "中文");
  run.perform("writeFile", Value::map_of("file", "u16", "text", "a", "encoding", "UTF-16"));
  EXPECT_EQ(run.read("u16"), std::string("\xFE\xFF\0a", 4));
  EXPECT_EQ(run.perform("readFile", Value::map_of("file", "u16", "encoding", "UTF-16"))->value.text(), "a");
  EXPECT_EQ(run.error_of("readFile", Value::map_of("file", "l1", "encoding", "nope")),
            "java.nio.charset.UnsupportedCharsetException: nope");
}

TEST(FileEffects, FailsAsJavaDoes) {
  FakeRun run;
  const auto& ws = run.place.workspace;
  EXPECT_EQ(run.error_of("readFile", Value::map_of("file", "x/y")),
            "java.nio.file.NoSuchFileException: " + ws + "/x/y");
  EXPECT_EQ(run.error_of("file.digest", Value::map_of("file", "no", "algorithm", "SHA-1")),
            "java.io.FileNotFoundException: " + ws + "/no");
  run.write("d/f", "");
  EXPECT_EQ(run.error_of("readFile", Value::map_of("file", "d")), "java.io.IOException: " + ws + "/d: Is a directory");
}

TEST(FileEffects, T18RefusesPipesAndDevices) {
  FakeRun run;
  ASSERT_EQ(::mkfifo((run.place.workspace + "/pipe").c_str(), 0600), 0);
  EXPECT_EQ(run.error_of("readFile", Value::map_of("file", "pipe")),
            "java.io.IOException: " + run.place.workspace + "/pipe is not a regular file");
  EXPECT_NE(run.error_of("writeFile", Value::map_of("file", "pipe", "text", "x")), "");
  EXPECT_NE(run.error_of("readFile", Value::map_of("file", "/dev/zero")), "");
  EXPECT_NE(run.error_of("file.digest", Value::map_of("file", "pipe", "algorithm", "MD5")), "");
}

TEST(FileEffects, ExistsFindsDigestsTouches) {
  FakeRun run;
  run.write("a.txt", "abc");
  run.write("sub/b.txt", "");
  run.write("sub/.git/config", "");
  EXPECT_TRUE(run.perform("fileExists", Value::map_of("file", "sub"))->value.as_bool());
  EXPECT_FALSE(run.perform("fileExists", Value::map_of("file", "nope/x"))->value.as_bool());
  auto all = run.perform("file.find", Value::map_of("glob", nullptr, "excludes", nullptr))->value;
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all.items()[1].get_string("path"), "sub");
  EXPECT_TRUE(all.items()[1].get_bool("directory"));
  auto some = run.perform("file.find", Value::map_of("glob", "**"))->value;
  ASSERT_EQ(some.size(), 2U);
  EXPECT_EQ(some.items()[1].get_string("name"), "b.txt");
  EXPECT_EQ(some.items()[1].get_string("path"), "sub/b.txt");
  EXPECT_EQ(run.perform("file.digest", Value::map_of("file", "a.txt", "algorithm", "SHA-1"))->value.text(),
            "a9993e364706816aba3e25717850c26c9cd0d89d");
  auto touched =
      run.perform("file.touch", Value::map_of("file", "new/t", "timestamp", std::int64_t{1'000'000'000'000}))->value;
  EXPECT_EQ(touched.get_int("lastModified"), 1'000'000'000'000);
  EXPECT_EQ(touched.get_string("path"), "new/t");
  run.place.cwd = run.place.workspace + "/missing";
  EXPECT_EQ(run.perform("file.find", Value::map())->value.size(), 0U);
}

TEST(FileEffects, T18FindDoesNotFollowLinksOutOfTheWorkspace) {
  FakeRun run;
  std::filesystem::create_directories(run.folder + "/other");
  FakeRun outside;
  outside.write("secret", "s");
  std::filesystem::create_symlink(outside.place.workspace, run.place.workspace + "/out");
  std::filesystem::create_symlink(outside.place.workspace + "/secret", run.place.workspace + "/leak");
  run.write("real", "r");
  std::filesystem::create_symlink("real", run.place.workspace + "/alias");
  auto found = run.perform("file.find", Value::map_of("glob", "**"))->value;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found.items()[0].get_string("path"), "alias");
  EXPECT_EQ(found.items()[1].get_string("path"), "real");
}

TEST(FileEffects, DeleteDirTakesTheCurrentDirectoryOnly) {
  FakeRun run;
  run.write("keep", "");
  run.write("d/e/f", "");
  std::filesystem::create_symlink(run.place.workspace + "/keep", run.place.workspace + "/d/link");
  run.place.cwd = run.place.workspace + "/d";
  EXPECT_EQ(run.error_of("deleteDir", Value::map()), "");
  EXPECT_FALSE(run.exists("d"));
  EXPECT_TRUE(run.exists("keep"));
  EXPECT_EQ(run.error_of("deleteDir", Value::map()), "");
}

TEST(FileEffects, CleanWsByResultAndPatterns) {
  FakeRun run;
  run.write("a.log", "");
  run.write("b.txt", "");
  run.write("d/c.log", "");
  run.facts["result"] = "FAILURE";
  run.perform("cleanWs", Value::map_of("cleanWhenFailure", false));
  EXPECT_EQ(run.logged, "");
  EXPECT_TRUE(run.exists("a.log"));
  auto include = Value::list_of(Value::map_of("pattern", "**/*.log", "type", "INCLUDE"),
                                Value::map_of("pattern", "d/**", "type", "EXCLUDE"));
  run.perform("cleanWs", Value::map_of("patterns", include));
  EXPECT_EQ(run.logged, "[WS-CLEANUP] Deleting project workspace...\n[WS-CLEANUP] done\n");
  EXPECT_FALSE(run.exists("a.log"));
  EXPECT_TRUE(run.exists("b.txt"));
  EXPECT_TRUE(run.exists("d/c.log"));
  run.perform("cleanWs", Value::map_of("deleteDirs", true, "patterns",
                                       Value::list_of(Value::map_of("pattern", "d", "type", "INCLUDE"))));
  EXPECT_FALSE(run.exists("d"));
  EXPECT_TRUE(run.exists("b.txt"));
  run.perform("cleanWs", Value::map());
  EXPECT_FALSE(std::filesystem::exists(run.place.workspace));
}

TEST(PackingEffects, ZipAndBack) {
  FakeRun run;
  const auto& ws = run.place.workspace;
  run.write("src/a.txt", "A");
  run.write("src/d/b.md", "B");
  EXPECT_EQ(run.error_of("zip", Value::map_of("zipFile", "out.zip", "dir", "src", "archive", true)), "");
  EXPECT_EQ(run.logged, "Writing zip file of " + ws + "/src to " + ws + "/out.zip\nZipped 2 entries.\nArchiving " + ws +
                            "/out.zip\n");
  EXPECT_TRUE(run.kept["artifact"].contains("out.zip"));
  EXPECT_TRUE(run.perform("zip", Value::map_of("zipFile", "killed.zip", "dir", "src"), "1:7"));
  EXPECT_TRUE(run.perform("zip", Value::map_of("zipFile", "killed.zip", "dir", "src"), "1:7"));
  EXPECT_FALSE(run.perform("zip", Value::map_of("zipFile", "killed.zip", "dir", "src"), "1:8"));
  EXPECT_EQ(run.error_of("zip", Value::map_of("zipFile", "out.zip")),
            "java.io.IOException: " + ws + "/out.zip exists.");
  EXPECT_EQ(run.error_of("zip", Value::map_of("zipFile", "o2.zip", "dir", "no")),
            "java.io.IOException: " + ws + "/no does not exist.");
  auto texts = run.perform("unzip", Value::map_of("zipFile", "out.zip", "read", true, "glob", "**/*.md"))->value;
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts.get_string("d/b.md"), "B");
  EXPECT_EQ(run.error_of("unzip", Value::map_of("zipFile", "out.zip", "dir", "back", "quiet", true)), "");
  EXPECT_EQ(run.read("back/d/b.md"), "B");
  EXPECT_TRUE(run.perform("unzip", Value::map_of("zipFile", "out.zip", "test", true))->value.as_bool());
  run.write("broken.zip", "PK\x03\x04 nonsense");
  EXPECT_FALSE(run.perform("unzip", Value::map_of("zipFile", "broken.zip", "test", true))->value.as_bool());
}

TEST(PackingEffects, TarKeepsModesAndLinks) {
  FakeRun run;
  run.write("s/x.sh", "#!/bin/sh\n");
  ::chmod((run.place.workspace + "/s/x.sh").c_str(), 0755);
  std::filesystem::create_symlink("x.sh", run.place.workspace + "/s/l");
  EXPECT_EQ(run.error_of("tar", Value::map_of("file", "t.tgz", "dir", "s")), "");
  EXPECT_EQ(run.error_of("untar", Value::map_of("file", "t.tgz", "dir", "u")), "");
  EXPECT_EQ(FakeRun::mode_of(run.place.workspace + "/u/x.sh"), 0755U);
  EXPECT_TRUE(std::filesystem::is_symlink(run.place.workspace + "/u/l"));
}

}  // namespace
}  // namespace windlass::steps
