// What comes of files and a ConfigMap that change: taken as a whole or not at all, said once.
#include "server/live_casc.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace windlass::server {
namespace {

struct World {
  World() {
    std::string pattern = (std::filesystem::temp_directory_path() / "windlass-casc-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  LiveCasc make(const std::string& path) {
    LiveCascOptions options;
    options.path = path;
    options.variable = [](const std::string& name) { return name == "WHO" ? std::string("world") : std::string(); };
    options.apply = [this](const casc::Configuration* fresh) -> Result<> {
      if (refuses) return fail(ErrorKind::invalid, "it cannot be used");
      applied.push_back(fresh->system_message);
      return {};
    };
    options.kept = [this]() -> Result<std::string> {
      if (kept.empty()) return fail(ErrorKind::not_found, "nothing is kept");
      return kept;
    };
    options.keep = [this](const std::string& text) -> Result<> {
      kept = text;
      return {};
    };
    options.log = [this](std::string_view line) { log += std::string(line) + "\n"; };
    return LiveCasc(std::move(options));
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder + "/" + name, std::ios::binary) << text;
    return folder + "/" + name;
  }
  static std::vector<casc::File> map(const std::string& text) { return {{"m#jenkins.yaml", text}}; }

  std::string folder, log, kept;
  std::vector<std::string> applied;
  bool refuses = false;
};

/// Ill 15, ill 30: templates are what the configuration is now, on whatever volume.
TEST(LiveCasc, AFileThatChangesIsTakenAndAWrongOneIsNot) {
  World world;
  const auto path = world.write("j.yaml", "jenkins: {systemMessage: one}");
  auto casc = world.make(path);
  ASSERT_TRUE(casc.load());
  EXPECT_EQ(casc.current()->configuration.system_message, "one");
  EXPECT_TRUE(world.applied.empty()) << "at the start whoever starts takes it";
  casc.look();
  EXPECT_TRUE(world.applied.empty()) << "nothing has changed";
  world.write("j.yaml", "jenkins: {systemMessage: 'hello ${WHO}'}");
  casc.look();
  EXPECT_EQ(world.applied, std::vector<std::string>{"hello world"});
  world.write("j.yaml", "jenkins: {mode: wrong, systemMessage: three}");
  casc.look();
  EXPECT_EQ(casc.current()->configuration.system_message, "hello world");
  EXPECT_NE(casc.problem().find("'wrong' is no mode"), std::string::npos) << casc.problem();
  const auto said = world.log;
  EXPECT_FALSE(casc.reload());
  EXPECT_EQ(world.log, said) << "the same once more is no news";
  EXPECT_EQ(casc.counts().refused, 2U);
  world.refuses = true;
  world.write("j.yaml", "jenkins: {systemMessage: four four}");
  casc.look();
  EXPECT_EQ(casc.problem(), "it cannot be used");
  EXPECT_EQ(casc.current()->configuration.system_message, "hello world");
  world.refuses = false;
  ASSERT_TRUE(casc.reload());
  EXPECT_EQ(casc.problem(), "");
}

TEST(LiveCasc, AWrongFileIsNoStart) {
  World world;
  EXPECT_FALSE(world.make(world.write("j.yaml", "jenkins: {mode: wrong}")).load());
  EXPECT_FALSE(world.make(world.folder + "/nowhere").load());
}

TEST(LiveCasc, TheConfigMapStandsAboveTheFileAndIsKept) {
  World world;
  auto casc = world.make(world.write("j.yaml", "jenkins: {systemMessage: file, quietPeriod: 1}"));
  ASSERT_TRUE(casc.load());
  EXPECT_TRUE(casc.set_map(World::map("jenkins: {systemMessage: map}")).value());
  EXPECT_EQ(casc.current()->configuration.system_message, "map");
  EXPECT_EQ(casc.current()->configuration.quiet_period, 1);
  EXPECT_FALSE(casc.set_map(World::map("jenkins: {systemMessage: map}")).value()) << "the same";
  EXPECT_FALSE(casc.set_map(World::map("jenkins: {mode: wrong}")));
  EXPECT_FALSE(casc.set_map(std::nullopt).value());
  EXPECT_EQ(casc.current()->configuration.system_message, "map") << "what was taken holds on";
  auto again = world.make({});
  ASSERT_TRUE(again.load());
  EXPECT_EQ(again.current()->configuration.system_message, "map");
}

TEST(LiveCasc, AKeptOneOfAnotherVersionIsWaitedFor) {
  World world;
  world.kept = R"([{"name":"m","text":"jenkins: {mode: wrong}"}])";
  auto casc = world.make({});
  ASSERT_TRUE(casc.load());
  EXPECT_EQ(casc.current(), nullptr);
  EXPECT_TRUE(casc.set_map(World::map("jenkins: {systemMessage: x}")).value());
}

TEST(LiveCasc, AConfigMapReadsNoFilesOfThisMachine) {
  World world;
  const auto secret = world.write("key", "the key");
  auto casc = world.make({});
  ASSERT_TRUE(casc.load());
  const auto taken = casc.set_map(World::map("jenkins: {systemMessage: '${readFile:" + secret + "}'}"));
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().message.find("/run/secrets only"), std::string::npos) << taken.error().message;
  EXPECT_FALSE(casc.set_map(World::map("jenkins: {systemMessage: '${readFile:/run/secrets/../../etc/passwd}'}")));
}

TEST(LiveCasc, FindingsAreSaidWhenTheyChange) {
  World world;
  auto casc = world.make({});
  ASSERT_TRUE(casc.load());
  const std::string unknown = "nobody knows this key";
  const auto times = [&] {
    std::size_t out = 0;
    for (auto at = world.log.find(unknown); at != std::string::npos; at = world.log.find(unknown, at + 1)) ++out;
    return out;
  };
  ASSERT_TRUE(casc.set_map(World::map("jenkins: {systemMessage: a, xyz: 1}")));
  EXPECT_EQ(times(), 1U) << world.log;
  ASSERT_TRUE(casc.set_map(World::map("jenkins: {systemMessage: b, xyz: 1}")));
  EXPECT_EQ(times(), 1U) << world.log;
  EXPECT_NE(world.log.find("changed: jenkins.systemMessage"), std::string::npos) << world.log;
  ASSERT_TRUE(casc.set_map(World::map("jenkins: {systemMessage: b, xyz: 1, zyx: 1}")));
  EXPECT_EQ(times(), 3U) << world.log;
}

}  // namespace
}  // namespace windlass::server
