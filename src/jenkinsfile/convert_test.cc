#include "jenkinsfile/convert.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "data/json.h"
#include "groovy/parser.h"
#include "jenkinsfile/test_catalog.h"
#include "jenkinsfile/transform.h"
#include "jenkinsfile/validate.h"

namespace windlass::jenkinsfile {
namespace {

struct Parsed {
  std::unique_ptr<groovy::Tree> tree;
  Validation validation;
  [[nodiscard]] bool ok() const { return validation.errors.empty() && validation.models.size() == 1; }
};

Parsed parse(const std::string& text) {
  Parsed out;
  auto parsed = groovy::parse(std::make_shared<const groovy::Source>("WorkflowScript", text));
  out.tree = std::move(parsed.tree);
  if (!parsed.diagnostics.empty()) {
    out.validation.errors = std::move(parsed.diagnostics);
    return out;
  }
  out.validation = validate(*out.tree, *test_catalog());
  return out;
}

data::Value json_of(const Parsed& parsed) {
  return to_json(parsed.tree->source(), parsed.validation.models.at(0), *test_catalog());
}

constexpr const char* kFile = R"(// a comment that stays
pipeline {
  agent any   // anywhere
  environment {
    A = 'one' /* first */
    B = "${A}x"
    C = credentials('c')
  }
  options { timeout(time: 5, unit: 'HOURS') }
  stages {
    // the build
    stage('Build') {
      steps {
        sh 'make'   // all of it
        echo "done ${A}"
        script {
          def x = 1
          echo "$x"
        }
      }
    }
    stage('Test') {
      when { branch 'main' }
      steps {
        retry(2) { sh 'test' }
      }
      post { always { echo 'tested' } }
    }
  }
}
)";

TEST(Convert, ToJson) {
  auto parsed = parse(kFile);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(
      data::format_json(json_of(parsed)),
      R"({"pipeline":{"stages":[{"name":"Build","branches":[{"name":"default","steps":[{"name":"sh","arguments":[{"key":"script","value":{"isLiteral":true,"value":"make"}}]},{"name":"echo","arguments":[{"key":"message","value":{"isLiteral":false,"value":"\"done ${A}\""}}]},{"name":"script","arguments":[{"key":"scriptBlock","value":{"isLiteral":true,"value":"def x = 1\n          echo \"$x\""}}]}]}]},{"name":"Test","branches":[{"name":"default","steps":[{"name":"retry","arguments":{"isLiteral":true,"value":2},"children":[{"name":"sh","arguments":[{"key":"script","value":{"isLiteral":true,"value":"test"}}]}]}]}],"when":{"conditions":[{"name":"branch","arguments":{"isLiteral":true,"value":"main"}}]},"post":{"conditions":[{"condition":"always","branch":{"name":"default","steps":[{"name":"echo","arguments":[{"key":"message","value":{"isLiteral":true,"value":"tested"}}]}]}}]}}],"environment":[{"key":"A","value":{"isLiteral":true,"value":"one"}},{"key":"B","value":{"isLiteral":false,"value":"\"${A}x\""}},{"key":"C","value":{"name":"credentials","arguments":[{"isLiteral":true,"value":"c"}]}}],"agent":{"type":"any"},"options":{"options":[{"name":"timeout","arguments":[{"key":"time","value":{"isLiteral":true,"value":5}},{"key":"unit","value":{"isLiteral":true,"value":"HOURS"}}]}]}}})");
}

TEST(Convert, EqualJsonGivesEqualBytes) {
  auto parsed = parse(kFile);
  auto text = patch_with_json(parsed.tree->source(), parsed.validation.models[0], *test_catalog(), json_of(parsed));
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, kFile);
}

/// Replaces in the compact JSON, patches, and expects exactly these replacements in the text.
void expect_patch(const std::vector<std::pair<std::string, std::string>>& in_json,
                  const std::vector<std::pair<std::string, std::string>>& in_text) {
  auto parsed = parse(kFile);
  auto json = data::format_json(json_of(parsed));
  std::string expected = kFile;
  auto substitute = [](std::string& s, const std::pair<std::string, std::string>& change) {
    auto at = s.find(change.first);
    ASSERT_NE(at, std::string::npos) << change.first;
    s.replace(at, change.first.size(), change.second);
  };
  for (const auto& change : in_json) substitute(json, change);
  for (const auto& change : in_text) substitute(expected, change);
  auto value = data::parse_json(json);
  ASSERT_TRUE(value) << json;
  auto text = patch_with_json(parsed.tree->source(), parsed.validation.models[0], *test_catalog(), *value);
  ASSERT_TRUE(text) << text.error().text();
  EXPECT_EQ(*text, expected);
  auto again = parse(*text);
  ASSERT_TRUE(again.ok()) << *text;
  EXPECT_EQ(data::format_json_canonical(json_of(again)), data::format_json_canonical(*value));
}

TEST(Convert, PatchValues) {
  expect_patch({{R"("value":"make")", R"("value":"make 'all'")"}}, {{"sh 'make' ", R"(sh 'make \'all\'' )"}});
  expect_patch({{R"("value":"one")", R"("value":"two")"}}, {{"'one'", "'two'"}});
  expect_patch({{R"("value":2)", R"("value":3)"}}, {{"retry(2)", "retry(3)"}});
  expect_patch({{R"("name":"Build")", R"("name":"Compile")"}}, {{"stage('Build')", "stage('Compile')"}});
  expect_patch({{R"({"isLiteral":true,"value":5})", R"({"isLiteral":true,"value":6})"}}, {{"time: 5", "time: 6"}});
  expect_patch({{R"("arguments":[{"isLiteral":true,"value":"c"}])", R"("arguments":[{"isLiteral":true,"value":"d"}])"}},
               {{"credentials('c')", "credentials('d')"}});
}

TEST(Convert, PatchLists) {
  // a new step at the end of a block
  expect_patch(
      {{R"(echo \"$x\""}}]})",
        R"(echo \"$x\""}}]},{"name":"sh","arguments":[{"key":"script","value":{"isLiteral":true,"value":"ls"}}]})"}},
      {{"          echo \"$x\"\n        }\n", "          echo \"$x\"\n        }\n        sh 'ls'\n"}});
  // a step goes, the comment on its line goes with nothing else
  expect_patch(
      {{R"(,{"name":"echo","arguments":[{"key":"message","value":{"isLiteral":false,"value":"\"done ${A}\""}}]})", ""}},
      {{"        echo \"done ${A}\"\n", ""}});
  // a new environment entry in the middle
  expect_patch({{R"({"key":"B",)", R"({"key":"N","value":{"isLiteral":true,"value":"n"}},{"key":"B",)"}},
               {{"/* first */\n", "/* first */\n    N = 'n'\n"}});
  // a whole stage
  expect_patch(
      {{R"({"name":"Test",)",
        R"({"name":"Lint","branches":[{"name":"default","steps":[{"name":"echo","arguments":[{"key":"message","value":{"isLiteral":true,"value":"l"}}]}]}]},{"name":"Test",)"}},
      {{"    stage('Test') {",
        "    stage('Lint') {\n      steps {\n        echo 'l'\n      }\n    }\n    stage('Test') {"}});
}

TEST(Convert, PatchSections) {
  expect_patch(
      {{R"("agent":{"type":"any"})", R"("agent":{"type":"label","argument":{"isLiteral":true,"value":"linux"}})"}},
      {{"agent any", "agent {\n    label 'linux'\n  }"}});
  expect_patch({{R"("when":{"conditions":[{"name":"branch","arguments":{"isLiteral":true,"value":"main"}}]},)", ""}},
               {{"      when { branch 'main' }\n", ""}});
  expect_patch({{R"("agent":{"type":"any"})",
                 R"("agent":{"type":"any"},"tools":[{"key":"maven","value":{"isLiteral":true,"value":"M3"}}])"}},
               {{"      post { always { echo 'tested' } }\n    }\n  }\n",
                 "      post { always { echo 'tested' } }\n    }\n  }\n  tools {\n    maven 'M3'\n  }\n"}});
}

TEST(Convert, FromJsonRefusesWhatIsNoPipeline) {
  for (const char* text : {R"({})", R"({"pipeline":[]})", R"({"pipeline":{"stages":[{}]}})",
                           R"({"pipeline":{"agent":{}}})", R"({"pipeline":{"stages":[{"name":"a","branches":[]}]}})",
                           R"({"pipeline":{"banana":1}})", R"({"pipeline":{"environment":[{"key":"A","value":3}]}})"}) {
    auto json = data::parse_json(text);
    ASSERT_TRUE(json);
    EXPECT_FALSE(from_json(*json, *test_catalog())) << text;
  }
}

TEST(Convert, DeepNesting) {
  std::string text = "pipeline {\nagent any\nstages {\nstage('a') {\nsteps {\n";
  for (int i = 0; i < 800; ++i) text += "retry(2) {\n";
  text += "echo 'x'\n";
  for (int i = 0; i < 804; ++i) text += "}\n";
  auto parsed = parse(text);
  ASSERT_TRUE(parsed.ok());
  const auto json = json_of(parsed);
  auto same = patch_with_json(parsed.tree->source(), parsed.validation.models[0], *test_catalog(), json);
  ASSERT_TRUE(same);
  EXPECT_EQ(*same, text);
  transform(*parsed.tree, parsed.validation.models);
}

/// Every valid file of the validation cases: JSON, text made from it, JSON again.
TEST(Convert, RoundTripOfAllValidCases) {
  const std::filesystem::path folder = "tests/jenkinsfile/validation";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "run from the source folder";
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".Jenkinsfile") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto parsed = parse(text);
    if (!parsed.ok()) continue;
    ++seen;
    const auto json = json_of(parsed);
    auto unchanged = patch_with_json(parsed.tree->source(), parsed.validation.models[0], *test_catalog(), json);
    ASSERT_TRUE(unchanged);
    EXPECT_EQ(*unchanged, text);
    auto written = from_json(json, *test_catalog());
    ASSERT_TRUE(written) << entry.path() << written.error().text();
    auto again = parse(*written);
    ASSERT_TRUE(again.ok()) << entry.path() << "\n" << *written << again.validation.errors.at(0).message;
    EXPECT_EQ(data::format_json(json_of(again)), data::format_json(json)) << entry.path() << "\n" << *written;
  }
  EXPECT_GE(seen, 15);
}

}  // namespace
}  // namespace windlass::jenkinsfile
