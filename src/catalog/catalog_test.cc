#include "catalog/catalog.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "catalog/alternatives.h"
#include "catalog/help.h"

namespace windlass::catalog {
namespace {

// pipeline-language 6.2 - 6.11 and the tables of section 9.
constexpr std::string_view kStepsOfTheSpecification[] = {"stage",
                                                         "node",
                                                         "ws",
                                                         "dir",
                                                         "deleteDir",
                                                         "cleanWs",
                                                         "echo",
                                                         "error",
                                                         "sleep",
                                                         "timeout",
                                                         "retry",
                                                         "waitUntil",
                                                         "parallel",
                                                         "script",
                                                         "catchError",
                                                         "warnError",
                                                         "unstable",
                                                         "withEnv",
                                                         "input",
                                                         "build",
                                                         "lock",
                                                         "milestone",
                                                         "properties",
                                                         "library",
                                                         "libraryResource",
                                                         "load",
                                                         "readTrusted",
                                                         "evaluate",
                                                         "tool",
                                                         "isUnix",
                                                         "pwd",
                                                         "getContext",
                                                         "withContext",
                                                         "step",
                                                         "wrap",
                                                         "sh",
                                                         "bat",
                                                         "powershell",
                                                         "pwsh",
                                                         "checkout",
                                                         "git",
                                                         "svn",
                                                         "readScmFile",
                                                         "resolveScm",
                                                         "readFile",
                                                         "writeFile",
                                                         "fileExists",
                                                         "findFiles",
                                                         "stash",
                                                         "unstash",
                                                         "archiveArtifacts",
                                                         "archive",
                                                         "unarchive",
                                                         "fingerprint",
                                                         "readJSON",
                                                         "writeJSON",
                                                         "readYaml",
                                                         "writeYaml",
                                                         "readProperties",
                                                         "readCSV",
                                                         "writeCSV",
                                                         "readTOML",
                                                         "writeTOML",
                                                         "readManifest",
                                                         "readMavenPom",
                                                         "writeMavenPom",
                                                         "zip",
                                                         "unzip",
                                                         "tar",
                                                         "untar",
                                                         "sha1",
                                                         "sha256",
                                                         "sha512",
                                                         "md5",
                                                         "verifySha256",
                                                         "touch",
                                                         "tee",
                                                         "prependToFile",
                                                         "compareVersions",
                                                         "nodesByLabel",
                                                         "junit",
                                                         "publishHTML",
                                                         "recordIssues",
                                                         "xunit",
                                                         "cobertura",
                                                         "jacoco",
                                                         "publishCoverage",
                                                         "allure",
                                                         "robot",
                                                         "addBadge",
                                                         "githubNotify",
                                                         "publishChecks",
                                                         "updateGitlabCommitStatus",
                                                         "gitlabCommitStatus",
                                                         "copyArtifacts",
                                                         "mail",
                                                         "emailext",
                                                         "slackSend",
                                                         "hipchatSend",
                                                         "office365ConnectorSend",
                                                         "telegramSend",
                                                         "discordSend",
                                                         "withCredentials",
                                                         "sshagent",
                                                         "withKubeConfig",
                                                         "withAWS",
                                                         "ansiColor",
                                                         "timestamps",
                                                         "configFileProvider",
                                                         "withMaven",
                                                         "withSonarQubeEnv",
                                                         "waitForQualityGate",
                                                         "withGradle",
                                                         "nodejs",
                                                         "withDockerRegistry",
                                                         "withDockerServer",
                                                         "withDockerContainer",
                                                         "httpRequest",
                                                         "podTemplate",
                                                         "container",
                                                         "containerLog",
                                                         "kubernetesDeploy",
                                                         "s3Upload",
                                                         "println",
                                                         "print"};

TEST(Catalog, HasEveryStepOfTheSpecification) {
  Catalog catalog;
  for (auto name : kStepsOfTheSpecification) EXPECT_NE(catalog.find_step(name), nullptr) << name;
  EXPECT_EQ(catalog.find_step("buildPlugin"), nullptr) << "a global of somebody's library is no step";
}

TEST(Catalog, StepsAreSortedAndDescribed) {
  Catalog catalog;
  EXPECT_TRUE(std::ranges::is_sorted(catalog.steps(), {}, &StepDescription::name));
  for (const auto& step : catalog.steps()) {
    EXPECT_FALSE(step.help.en.empty() || step.help.zh.empty()) << step.name;
    std::set<std::string_view> names;
    for (const auto& parameter : step.parameters) {
      EXPECT_TRUE(names.insert(parameter.name).second) << step.name << "." << parameter.name;
      EXPECT_FALSE(parameter.help.en.empty() || parameter.help.zh.empty()) << step.name << "." << parameter.name;
      EXPECT_FALSE(parameter.required && parameter.default_value.kind != DefaultKind::none)
          << step.name << "." << parameter.name << " is required and has a default";
      EXPECT_EQ(parameter.type == ParameterType::enumeration, !parameter.choices.empty());
    }
    if (step.block) EXPECT_TRUE(step.runs_in_prelude()) << step.name << " takes a body, so it needs a prelude function";
    if (step.block) EXPECT_FALSE(step.announce) << step.name;
  }
}

TEST(Catalog, FacetsOfKnownSteps) {
  Catalog catalog;
  const auto* sh = catalog.find_step("sh");
  ASSERT_NE(sh, nullptr);
  EXPECT_EQ(sh->kind, StepKind::task);
  EXPECT_TRUE(sh->needs_node && sh->announce && !sh->block);
  EXPECT_EQ(sh->positional, "script");
  EXPECT_EQ(sh->label_parameter, "label");
  const auto* timeout = catalog.find_step("timeout");
  EXPECT_EQ(timeout->find_parameter("unit")->default_value.text, "MINUTES");
  EXPECT_EQ(timeout->find_parameter("speed"), nullptr);
}

TEST(Catalog, SuggestsTheNearestStep) {
  Catalog catalog;
  EXPECT_EQ(catalog.nearest_step("archiveArtifact"), "archiveArtifacts");
  EXPECT_EQ(catalog.nearest_step("timeOut"), "timeout");
  EXPECT_EQ(catalog.nearest_step("zzzzzzzzzzzz"), std::nullopt);
}

TEST(Catalog, SaysWhatToUseInsteadOnlyOfWhatIsMissing) {
  Catalog catalog;
  EXPECT_EQ(hint_for_unknown(catalog, "sshPut"), "; use sh 'scp FROM HOST:TO' inside sshagent instead");
  EXPECT_EQ(hint_for_unknown(catalog, "archiveArtifact"), "; did you mean \"archiveArtifacts\"?");
  EXPECT_EQ(hint_for_unknown(catalog, "zzzzzzzzzzzz"), "");
  for (const auto name : steps_with_alternative()) EXPECT_EQ(catalog.find_step(name), nullptr) << name;
}

TEST(Catalog, FindsSymbolsByNameClassAndContext) {
  Catalog catalog;
  EXPECT_EQ(catalog.find_symbol("string", "parameter")->classes[0], "StringParameterDefinition");
  EXPECT_EQ(catalog.find_symbol("string", "parameter value")->classes[0], "StringParameterValue");
  EXPECT_EQ(catalog.find_symbol("string", "credential binding")->classes[0], "StringBinding");
  EXPECT_EQ(catalog.find_symbol("string", "trigger"), nullptr);
  const auto* git = catalog.find_symbol("GitSCM", "scm");
  ASSERT_NE(git, nullptr);
  EXPECT_EQ(git->canonical(), "scmGit");
  EXPECT_EQ(catalog.find_symbol("hudson.plugins.git.GitSCM"), git);
  EXPECT_EQ(catalog.find_symbol("hudson.tasks.Maven$MavenInstallation", "tool")->canonical(), "maven");
  EXPECT_EQ(catalog.find_symbol("WipeWorkspace", "scm extension")->canonical(), "WipeWorkspace");
  EXPECT_EQ(catalog.find_symbol("nothing.of.that.Name"), nullptr);
}

TEST(Catalog, SymbolsOfOneContextAreNeighbours) {
  Catalog catalog;
  std::set<std::string_view> finished;
  std::string_view context;
  for (const auto& symbol : catalog.symbols()) {
    if (symbol.context == context) continue;
    EXPECT_TRUE(finished.insert(symbol.context).second) << symbol.context << " is split";
    context = symbol.context;
  }
  EXPECT_GE(catalog.symbols_of("recipient provider").size(), 6U);
  EXPECT_TRUE(catalog.symbols_of("no such context").empty());
}

TEST(Help, ShowsCallParametersAndResult) {
  Catalog catalog;
  auto text = help_text(*catalog.find_step("timeout"), Language::english);
  EXPECT_TRUE(text.starts_with("timeout(time: int, unit: enum, activity: boolean) { }\n")) << text;
  EXPECT_NE(text.find("  unit: enum = 'MINUTES'\n"), std::string::npos) << text;
  EXPECT_NE(text.find("One of NANOSECONDS, MICROSECONDS"), std::string::npos) << text;
  auto chinese = help_text(*catalog.find_step("sh"), Language::chinese);
  EXPECT_NE(chinese.find("script: String（必填）"), std::string::npos) << chinese;
}

}  // namespace
}  // namespace windlass::catalog
