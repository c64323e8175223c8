// Values of the old stack as our files: the files of tests/casc_values, what is made of each beside it. WL_ACCEPT=1
// writes them anew.
#include "casc/import_values.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "data/yaml.h"

namespace windlass::casc {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(ImportValues, EachFileGivesWhatIsWritten) {
  std::size_t count = 0;
  for (const auto& one : std::filesystem::directory_iterator("tests/casc_values")) {
    if (one.path().extension() != ".yaml") continue;
    ++count;
    const auto got = import_values({one.path().filename().string(), read_file(one.path())});
    ASSERT_TRUE(got) << got.error().text();
    std::string text;
    for (const auto& path : got->taken) text += "taken " + path + "\n";
    for (const auto& finding : got->findings) {
      text += std::to_string(finding.line) + ": " + std::string(to_string(finding.kind)) + " " + finding.path + ": " +
              finding.sentence + "\n";
    }
    const auto jenkins = data::format_yaml(got->jenkins);
    text += "--- kubesphere.yaml\n" + data::format_yaml(got->kubesphere) + "--- jenkins.yaml\n" + jenkins;
    // What is made is a configuration, and says what the values said.
    const auto read_in = read({{"jenkins.yaml", jenkins}}, {});
    ASSERT_TRUE(read_in) << read_in.error().text();
    for (const auto& finding : read_in->findings) EXPECT_EQ(finding.kind, Finding::Kind::unused) << finding.path;
    if (one.path().stem() == "installer") {
      EXPECT_EQ(read_in->configuration.mailer->password, "P@ss${w0rd}");
      EXPECT_EQ(read_in->configuration.clouds.clouds.at(0).namespace_, "builders");
    }
    auto expected = one.path();
    expected.replace_extension(".txt");
    if (std::getenv("WL_ACCEPT") != nullptr) {
      std::ofstream(expected, std::ios::binary) << text;
    } else {
      EXPECT_EQ(read_file(expected), text) << one.path() << ": WL_ACCEPT=1 takes what came as what is expected";
    }
  }
  EXPECT_EQ(count, 2U);
}

TEST(ImportValues, TheChartOfJenkinsAlone) {
  const auto got =
      import_values({"v", "Master: {HostName: ci.example.org, CLI: false}\nAgent: {ImageTag: x}\n"}).value();
  EXPECT_EQ(got.taken, (std::vector<std::string>{"jenkins.Master.HostName", "jenkins.Agent.ImageTag"}));
  EXPECT_NE(data::format_yaml(got.jenkins).find("http://ci.example.org"), std::string::npos);
  ASSERT_EQ(got.findings.size(), 1U);
  EXPECT_EQ(got.findings[0].path, "jenkins.Master.CLI");
  EXPECT_NE(data::format_yaml(got.jenkins).find("jenkins/inbound-agent:x"), std::string::npos);
}

TEST(ImportValues, OtherFilesAreRefused) {
  for (const auto* text : {"[1]", "jenkins", "kind: ConfigMap", "a: b", "jenkins: [", ""}) {
    EXPECT_FALSE(import_values({"v", text})) << text;
  }
}

}  // namespace
}  // namespace windlass::casc
